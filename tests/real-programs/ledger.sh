# Ledger: a long journal, held between two questions.
package=ledger

build() {
	cmake -S . -B made -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS='-g -O2' \
		-DUSE_PYTHON=OFF -DBUILD_DOCS=OFF -DBUILD_LIBRARY=OFF >/dev/null &&
		make -C made ledger && cp made/ledger "$1"
}

journal() {
	awk -v num="${LEDGER_ENTRIES:-8000}" 'BEGIN {
	for (i = 0; i < num; i++) {
		printf "2020/%02d/%02d %sPayee %d\n", i % 12 + 1, i % 28 + 1,
			i % 3 ? "" : "* ", i % 500
		if (i % 4 == 0)
			printf "    ; Note: number %d\n    ; :tag%d:home:\n", i, i % 9
		printf "    Expenses:Kind%d:Sub%d    $%d.%02d\n", i % 20, i % 70,
			i % 900 + 1, i % 100
		if (i % 6 == 0)
			printf "    Assets:Shares    %d ACME%c @ $%d.00\n", i % 10 + 1,
				65 + i % 12, i % 40 + 1
		printf "    Assets:Bank%d\n\n", i % 5
	}
	}'
}

load() {
	journal >journal
	rm -f asked ledger.out
	mkfifo asked
	exec 7<>asked
	record ledger ./exe --pager none -f "$PWD/journal" <asked
	printf 'balance\nregister Assets\n' >&7
	wait_for ledger.out 'Assets:Bank4' || return 1
	size=0
	while [ "$size" != "$(stat -c %s ledger.out)" ]; do
		size=$(stat -c %s ledger.out)
		sleep 3
	done
	echo "entries ${LEDGER_ENTRIES:-8000}" >truth.txt
}
