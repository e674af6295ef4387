bin_PROGRAMS += corewalk
corewalk_SOURCES = cli/main.c
corewalk_LDADD = libcorewalk.la

# Made from the tables of commands and options.
cli/corewalk.1: corewalk$(EXEEXT)
	$(AM_V_GEN)./corewalk$(EXEEXT) help --man --output $@
cli/corewalk.bash: corewalk$(EXEEXT)
	$(AM_V_GEN)./corewalk$(EXEEXT) help --completion --output $@
man1_MANS = cli/corewalk.1
noinst_DATA += cli/corewalk.bash
CLEANFILES += cli/corewalk.1 cli/corewalk.bash

# Bash looks for a file that is called as the program is.
bash_completion = $(datadir)/bash-completion/completions
install-data-hook: cli/corewalk.bash
	$(MKDIR_P) "$(DESTDIR)$(bash_completion)"
	$(INSTALL_DATA) cli/corewalk.bash \
		"$(DESTDIR)$(bash_completion)/corewalk"
uninstall-hook:
	rm -f "$(DESTDIR)$(bash_completion)/corewalk"
