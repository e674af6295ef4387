#!/bin/sh
# The loader in this machine's GDB.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/gdb.sh"
need_gdb
. "$source/tests/gdb-loader/steps.sh"
