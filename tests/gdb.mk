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
	tests/gdb-loader/steps.sh tests/gdb-loader/echo.c \
	tests/gdb-loader/frames.c tests/gdb-loader/language.c
