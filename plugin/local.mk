# The loader is of base libc only; see plugin/plugin.h.
pkglib_LTLIBRARIES += corewalk-gdb.la corewalk-plugin.la

corewalk_gdb_la_SOURCES = \
	plugin/channel.c plugin/channel.h \
	plugin/loader.c \
	plugin/plugin.h \
	plugin/script.c plugin/script.h
# nodelete: GDB's commands know the loader's files by their numbers.
corewalk_gdb_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-Wl,-z,nodelete

corewalk_plugin_la_SOURCES = \
	plugin/analysis.c plugin/analysis.h \
	plugin/answer.c \
	plugin/inferior.c plugin/inferior.h \
	plugin/info.c plugin/info.h \
	plugin/interrupt.c plugin/interrupt.h \
	plugin/words.c plugin/words.h
corewalk_plugin_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared
corewalk_plugin_la_LIBADD = libcorewalk.la

# GDB's commands.  In the build folder they are used as they are; those to be
# installed know other paths.
gdb_scripts = heap.gdb transport.gdb heap-commands.gdb cw-commands.gdb
gdb_templates = plugin/heap.gdb.in plugin/transport.gdb.in \
	plugin/commands.gdb.in
EXTRA_DIST += $(gdb_templates)
noinst_DATA += $(gdb_scripts:%=plugin/%) $(gdb_scripts:%=plugin/installed/%)
CLEANFILES += $(gdb_scripts:%=plugin/%) $(gdb_scripts:%=plugin/installed/%)

# make_gdb_script GROUP SCRIPTS-FOLDER PLUGIN-FOLDER <TEMPLATE
make_gdb_script = make_gdb_script() { \
	sed -e "s|@group@|$$1|g" -e "s|@scripts@|$$2|g" \
	    -e "s|@plugin_dir@|$$3|g"; \
}; $(MKDIR_P) plugin/installed; make_gdb_script
here_gdb_script = $(abs_builddir)/plugin $(abs_builddir)/.libs
installed_gdb_script = $(pkgdatadir) $(pkglibdir)

$(gdb_scripts:%=plugin/%) $(gdb_scripts:%=plugin/installed/%): \
		$(gdb_templates) Makefile
	$(AM_V_GEN)paths='$(here_gdb_script)'; \
	case $@ in */installed/*) paths='$(installed_gdb_script)' ;; esac; \
	name=$$(basename $@ .gdb); \
	group=$${name%-commands}; \
	$(make_gdb_script) $$group $$paths \
		<$(srcdir)/plugin/$${name#$$group-}.gdb.in >$@

install-data-local: $(gdb_scripts:%=plugin/installed/%)
	$(MKDIR_P) $(DESTDIR)$(pkgdatadir)
	$(INSTALL_DATA) $(gdb_scripts:%=plugin/installed/%) \
		$(DESTDIR)$(pkgdatadir)

uninstall-local:
	cd $(DESTDIR)$(pkgdatadir) && rm -f $(gdb_scripts)
