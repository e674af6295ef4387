# Tests of the plugin in GDB: the loader with a plugin that echoes, and the
# whole; in this machine's GDB and in those of other Debian suites.

SCRIPT_TESTS += \
	tests/gdb/test.sh \
	tests/gdb-trixie/test.sh \
	tests/gdb-sid/test.sh \
	tests/gdb-loader/test.sh \
	tests/gdb-loader-trixie/test.sh \
	tests/gdb-loader-sid/test.sh
EXTRA_DIST += tests/gdb.sh tests/gdb/steps.sh tests/gdb/store.c \
	tests/gdb/family.c tests/gdb-loader/steps.sh tests/gdb-loader/echo.c \
	tests/gdb-loader/frames.c tests/gdb-loader/language.c

UNIT_TESTS += tests/unit/plugin_text
tests_unit_plugin_text_SOURCES = tests/unit/plugin_text.c tests/unit/check.h \
	plugin/info.c plugin/info.h plugin/script.c plugin/script.h \
	plugin/told.c plugin/told.h plugin/words.c plugin/words.h
# With flags of its own its objects have names of their own.
tests_unit_plugin_text_CFLAGS = $(AM_CFLAGS)
tests_unit_plugin_text_LDADD = $(UNIT_LDADD)
