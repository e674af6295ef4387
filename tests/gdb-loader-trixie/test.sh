#!/bin/sh
# The loader in the GDB of Debian trixie.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/gdb.sh"
need_gdb trixie
. "$source/tests/gdb-loader/steps.sh"
