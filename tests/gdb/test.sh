#!/bin/sh
# The plugin in this machine's GDB.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/gdb.sh"
need_gdb
. "$source/tests/gdb/steps.sh"
