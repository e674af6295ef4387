#!/bin/sh
# The plugin in the GDB of Debian trixie.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/gdb.sh"
need_gdb trixie
. "$source/tests/gdb/steps.sh"
