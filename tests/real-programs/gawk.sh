# gawk: tables of a long log by several keys, arrays of arrays, and functions.
package=gawk

build() {
	CFLAGS='-g -O2' ./configure -q --disable-nls --without-mpfr \
		--without-readline && make -s -C support >/dev/null &&
		make -s gawk >/dev/null && cp gawk "$1"
}

lines() {
	awk -v num="${GAWK_LINES:-60000}" 'BEGIN {
	for (i = 0; i < num; i++)
		printf "2024-%02d-%02d host%d user%d /page/%d/%s %d %.3f\n",
			i % 12 + 1, i % 28 + 1, i % 300, i * 7919 % 9000,
			i % 4000, i % 3 ? "view" : "edit", i % 5 * 100,
			i / 977
	}'
}

program() {
	cat <<'PROGRAM'
function seen(user, page) {
	pages[user][page]++
	return length(pages[user])
}
function report(name, table,	i, text) {
	for (i in table)
		if (!isarray(table[i]))
			text = text (text ? "," : "") i "=" table[i]
	return name ": " text
}
{
	by_day[$1] += $6
	by_host[$2, $5]++
	last[$3] = $0
	numbers[NR] = $6 * 2
	switch ($5) {
	case 0: case 100: quiet[$2] = quiet[$2] " " NR; break
	default: split($4, part, "/"); kind[part[3]][part[4]]++
	}
	if (match($4, /page\/([0-9]+)\/(view|edit)/, found))
		most = seen($3, found[1]) > most ? found[1] : most
}
END {
	print length(last), most, length(report("days", by_day))
	print "done"
	fflush()
	while (1)
		system("sleep 1")
}
PROGRAM
}

load() {
	lines >lines
	program >program.awk
	record gawk ./exe -f program.awk lines
	wait_for gawk.out 'done' || return 1
	sleep 1
	echo "lines ${GAWK_LINES:-60000}" >truth.txt
}
