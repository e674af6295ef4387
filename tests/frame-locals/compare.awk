# compare.awk GDBS OURS: sums of the variables of which both say the same, of
# those that one does not know, and a line for each that differs.
{
	key = value = $0
	sub(/ = .*/, "", key)
	sub(/^[^=]*= /, "", value)
	if (value ~ /^[{}, U]*$/)
		value = "U"
}
FNR == NR { gdbs[key] = gdbs[key] "\n" value; next }
{ ours[key] = ours[key] "\n" value }
END {
	for (key in gdbs) {
		n = split(substr(gdbs[key], 2), want, "\n")
		m = split(substr(ours[key], 2), got, "\n")
		for (i = 1; i <= n; i++) {
			found = 0
			for (j = 1; j <= m && !found; j++)
				if (got[j] == want[i] "") {
					got[j] = "\a"
					found = 1
				}
			if (found)
				same++
			else
				rest[key] = rest[key] "\n" want[i]
		}
		n = split(substr(rest[key], 2), want, "\n")
		for (i = 1; i <= n; i++) {
			for (j = 1; j <= m && got[j] == "\a"; j++)
				;
			if (want[i] == "U") {
				if (j <= m && got[j] != "U" &&
				    got[j] != "{<No data fields>}")
					print "MORE", key, got[j]
				else
					left_out++
			} else if (j > m) {
				absent++
				print "ABSENT", key, want[i]
			} else if (got[j] ~ /U/) {
				unknown++
				print "UNKNOWN", key, got[j], "GDB", want[i]
			} else {
				wrong++
				print "WRONG", key, got[j], "GDB", want[i]
			}
			got[j] = "\a"
		}
	}
	print "SAME", same + 0, "unknown", unknown + 0, "absent", absent + 0, \
		"wrong", wrong + 0, "optimized out", left_out + 0
}
