# Tests of the plugin in GDB.

SCRIPT_TESTS += tests/gdb-loader/test.sh
EXTRA_DIST += tests/gdb.sh tests/gdb-loader/echo.c tests/gdb-loader/frames.c
