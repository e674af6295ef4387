#!/bin/sh
# The used blocks of a core are those that a recorder of mallocs has, address
# and usable size, none missing, none extra; whoever wrote the core.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore c++

build_recorder
blocks=${ZOO_BLOCKS:-50000}

record gcore ./zoo "$blocks" report leaks
wait_for report ^ready
gcore_of gcore
compare gcore
# Every thread has a cache, and it is labelled.
same 5 "$(grep -c ^metadata gcore.blocks)" "thread caches"
# What was planted is used, what was freed is not.
sed -n 's/^leak [a-z]* [0-9]* \(.*\)/used \1/p' report | sort >leaks
same 7004 "$(wc -l <leaks)" "planted"
same 7004 "$(sort gcore.blocks | comm -12 leaks - | wc -l)" "planted and used"
forget gcore

has_kernel_cores || exit 0
rm report
record kernel ./zoo "$blocks" report
wait_for report ^ready
kernel_core_of kernel
compare kernel
