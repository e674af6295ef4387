bin_PROGRAMS += corewalk
corewalk_SOURCES = cli/main.c
corewalk_LDADD = libcorewalk.la

# Made from the tables of commands and options.
cli/corewalk.1: corewalk$(EXEEXT)
	$(AM_V_GEN)./corewalk$(EXEEXT) help --man --output $@
cli/corewalk.bash: corewalk$(EXEEXT)
	$(AM_V_GEN)./corewalk$(EXEEXT) help --completion --output $@
CLEANFILES += cli/corewalk.1 cli/corewalk.bash
