#!/bin/sh
# The plugin in the GDB of Debian sid.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/gdb.sh"
need_gdb sid
. "$source/tests/gdb/steps.sh"
