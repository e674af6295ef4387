#!/bin/sh
# Small cores and ELF files with bytes changed neither crash nor hang us.
# FUZZ_ROUNDS=100000 FUZZ_SEED=7 for a long run (make fuzz-target).
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need cc gdb
fuzz=$build/tests/target-fuzz/fuzz
rounds=${FUZZ_ROUNDS:-1000}
seed=${FUZZ_SEED:-1}
ASAN_OPTIONS=max_allocation_size_mb=1024:hard_rss_limit_mb=2048
export ASAN_OPTIONS

cc -g -O1 -pthread "$here/small.c" -o small
gdb -nx -q -batch -ex run -ex 'gcore core-gcore' ./small >gdb.log 2>&1
[ -s core-gcore ] || fail "gdb made no core: $(cat gdb.log)"
"$fuzz" core core-gcore "$rounds" "$seed"

cc -g -shared -fPIC "$here/small.c" -o small.so
"$fuzz" elf small.so "$rounds" "$seed"
if objcopy --compress-debug-sections=zlib-gabi small.so packed.so 2>/dev/null
then
	"$fuzz" elf packed.so "$rounds" "$seed"
fi
if command -v xz >/dev/null; then
	xz -k small.so
	objcopy --add-section .gnu_debugdata=small.so.xz small.so mini.so
	"$fuzz" elf mini.so "$rounds" "$seed"
fi

# What the kernel writes has its notes first.
if has_kernel_cores; then
	crash small ./small >/dev/null 2>&1
	"$fuzz" core small.core "$rounds" "$seed"
else
	echo "no core of the kernel: it writes them elsewhere"
fi
