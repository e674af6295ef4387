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
	plugin/memory_check.c plugin/memory_check.h \
	plugin/told.c plugin/told.h \
	plugin/words.c plugin/words.h
corewalk_plugin_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared
corewalk_plugin_la_LIBADD = libcorewalk.la

# Writes GDB's commands from the command table.
noinst_PROGRAMS += plugin/make-commands
plugin_make_commands_SOURCES = plugin/make_commands.c
plugin_make_commands_LDADD = libcorewalk.la
command_scripts = plugin/heap-commands.gdb plugin/cw-commands.gdb
pkgdata_DATA = $(command_scripts)
CLEANFILES += $(command_scripts)
$(command_scripts): plugin/make-commands$(EXEEXT)
	$(AM_V_GEN)name=$$(basename $@ .gdb); \
	plugin/make-commands $${name%-commands} >$@.new && mv $@.new $@

# Those that know paths: of the build folder, and where they are installed.
path_scripts = heap.gdb transport.gdb
here_scripts = $(path_scripts:%=plugin/%)
installed_scripts = $(path_scripts:%=plugin/installed/%)
noinst_DATA += $(here_scripts) $(installed_scripts)
EXTRA_DIST += plugin/heap.gdb.in plugin/transport.gdb.in
CLEANFILES += $(here_scripts) $(installed_scripts)

$(here_scripts): plugin/heap.gdb.in plugin/transport.gdb.in Makefile
	$(AM_V_GEN)$(MKDIR_P) plugin && \
	sed -e 's|@scripts@|$(abs_builddir)/plugin|g' \
	    -e 's|@plugin_dir@|$(abs_builddir)/.libs|g' \
	    $(srcdir)/plugin/$$(basename $@).in >$@

$(installed_scripts): plugin/heap.gdb.in plugin/transport.gdb.in Makefile
	$(AM_V_GEN)$(MKDIR_P) plugin/installed && \
	sed -e 's|@scripts@|$(pkgdatadir)|g' \
	    -e 's|@plugin_dir@|$(pkglibdir)|g' \
	    $(srcdir)/plugin/$$(basename $@).in >$@

install-data-local: $(installed_scripts)
	$(MKDIR_P) $(DESTDIR)$(pkgdatadir)
	$(INSTALL_DATA) $(installed_scripts) $(DESTDIR)$(pkgdatadir)

uninstall-local:
	cd $(DESTDIR)$(pkgdatadir) && rm -f $(path_scripts)
