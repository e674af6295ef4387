# Tests of the plugin in GDB.

SCRIPT_TESTS += \
	tests/gdb-loader/test.sh \
	tests/gdb-loader-trixie/test.sh \
	tests/gdb-loader-sid/test.sh
EXTRA_DIST += tests/gdb.sh tests/gdb-loader/steps.sh \
	tests/gdb-loader/echo.c tests/gdb-loader/frames.c \
	tests/gdb-loader/language.c
