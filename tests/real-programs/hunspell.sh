# Hunspell: a large dictionary with its rules, and words asked for.
package=hunspell

build() {
	autoreconf -fi >/dev/null 2>&1
	CXXFLAGS='-g -O2' ./configure -q --disable-shared --disable-nls &&
		make -s -j2 >/dev/null && cp src/tools/hunspell "$1"
}

load() {
	awk 'BEGIN {
		print "SET UTF-8\nTRY esianrtolcdugmphbyfvkw\nREP 20"
		for (i = 0; i < 20; i++)
			printf "REP a%c e%c\n", 97 + i, 98 + i
		for (i = 0; i < 26; i++) {
			printf "SFX %c Y 12\n", 65 + i
			for (k = 0; k < 12; k++)
				printf "SFX %c 0 %c%c [^%c]\n", 65 + i, 97 + k, 97 + i,
					97 + (i + k) % 26
		}
		print "PFX a Y 2\nPFX a 0 re .\nPFX a 0 un ."
	}' >words.aff
	awk -v num="${HUNSPELL_WORDS:-120000}" 'BEGIN {
		print num
		for (i = 0; i < num; i++) {
			word = ""
			for (n = i * 7 + 11; n > 0; n = int(n / 26))
				word = word sprintf("%c", 97 + n % 26)
			printf "%s%s%s\n", word, "ing", i % 3 ? sprintf("/%c%c", 65 + i % 26,
				i % 2 ? 97 : 65 + i % 7) : i % 5 ? "" : "\tpo:noun st:" word
		}
	}' >words.dic
	rm -f asked hunspell.out
	mkfifo asked
	exec 7<>asked
	record hunspell ./exe -a -d "$PWD/words" <asked
	printf '%s\n' ling abcing wordd letter unknwon >&7
	wait_for hunspell.out '^[&#*+].*' || return 1
	sleep 2
	echo "words ${HUNSPELL_WORDS:-120000}" >truth.txt
}
