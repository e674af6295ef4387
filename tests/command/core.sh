# Sourced by tests/command-*/test.sh behind lib.sh: makes ./planted and its
# core, and what turns an answer into a golden.

need gcc gdb

make_core() {
	gcc -g -O0 -fno-stack-protector -o planted \
		"$source/tests/command/planted.c"
	gdb -q -nx -batch -iex 'set debuginfod enabled off' -ex run \
		-ex 'generate-core-file core' -ex kill ./planted \
		>gdb.log 2>&1 || true
	[ -s core ] || { cat gdb.log; skip "GDB makes no core here"; }
}

# Addresses by first appearance, no paths, versions, widths of columns.
steady() {
	sed -e 's/pid [0-9]*\(.*\), [0-9.,]*[KM B]*$/pid N\1, N B/' \
		-e 's/glibc malloc [0-9.]*/glibc malloc/' \
		-e "s|$PWD/||g" \
		-e 's/  */ /g' -e 's/ $//' |
		awk '/^code read for types/ {
			print "code read for types: N"
			is_of_compiler = 1
		}
		$0 == "" { is_of_compiler = 0 }
		is_of_compiler { next }
		{
			line = ""
			while (match($0, /0x[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]+/)) {
				address = substr($0, RSTART, RLENGTH)
				if (length(address) > 11 && !(address in seen))
					seen[address] = "0xA" ++num
				line = line substr($0, 1, RSTART - 1) \
					(address in seen ? seen[address] : address)
				$0 = substr($0, RSTART + RLENGTH)
			}
			print line $0
		}'
}
