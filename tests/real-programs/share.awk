# Holds `corewalk heap list --json --limit 0` against the recorder's live blocks
# and, when there is one, against what a walk of the program's own structures
# says of the types of some.
#
#	awk -v check=CHECK -v top=N -v types=FILE -f share.awk LIVE LIST
#
# LIVE	"0xADDRESS REQUESTED-BYTES" a line
# CHECK	"0xADDRESS NAME[|NAME...]" a line: any of the names is right, with "~"
#	behind it all that begin with it, with "~" before it all that hold it
#
# Shares are of the recorder's blocks and bytes.  A block that is live, but not
# in the list, is untyped; one in the list that is not live is told apart.
# Into FILE, of every type: bytes, blocks, name and confidence.
function short(name) {
	sub(/^(struct|class|union) /, "", name)
	return name
}

function is_any_of(name, wanted,    begin, i, num, one, part) {
	if (index("|" wanted "|", "|" name "|"))
		return 1
	num = split(wanted, one, "|")
	for (i = 1; i <= num; i++) {
		part = substr(one[i], 2)
		if ("~" part == one[i] && index(name, part))
			return 1
		begin = substr(one[i], 1, length(one[i]) - 1)
		if (begin "~" == one[i] && index(name, begin) == 1)
			return 1
	}
	return 0
}

FILENAME == ARGV[1] {
	size[$1] = $2
	live++
	live_bytes += $2
	next
}

/"address":/ && /"confidence":/ {
	split($0, part, "\"")
	address = part[4]
	if (!(address in size)) {
		foreign++
		next
	}
	bytes = size[address]
	seen++
	type = confidence = ""
	if (match($0, /"type": "[^"]*"/))
		type = substr($0, RSTART + 9, RLENGTH - 10)
	if (match($0, /"confidence": "[^"]*"/))
		confidence = substr($0, RSTART + 15, RLENGTH - 16)
	if (type == "")
		confidence = "none"
	blocks[confidence]++
	sum[confidence] += bytes
	if (confidence == "none") {
		untyped[bytes]++
	} else {
		by_type[type "\t" confidence]++
		bytes_of[type "\t" confidence] += bytes
	}
	name[address] = short(type)
}

function percent(part, whole) {
	return whole ? sprintf("%.2f", 100 * part / whole) : "0"
}

function biggest(of, weigh, limit, label,    key, command) {
	command = "sort -rn | head -n " limit
	for (key in of)
		printf "%d\t%d\t%s\t%s\n", weigh[key], of[key], label, key | command
	close(command)
}

END {
	sure = blocks["exact"] + blocks["derived"]
	sure_bytes = sum["exact"] + sum["derived"]
	likely = sure + blocks["likely"]
	likely_bytes = sure_bytes + sum["likely"]
	printf "live %d %d\n", live, live_bytes
	printf "unlisted %d foreign %d\n", live - seen, foreign
	printf "exact %s %s\n", percent(blocks["exact"], live),
		percent(sum["exact"], live_bytes)
	printf "sure %s %s\n", percent(sure, live),
		percent(sure_bytes, live_bytes)
	printf "likely %s %s\n", percent(likely, live),
		percent(likely_bytes, live_bytes)

	while (check != "" && (getline line < check) > 0) {
		at = index(line, " ")
		address = substr(line, 1, at - 1)
		wanted = substr(line, at + 1)
		if (!(address in size)) {
			not_live++
			continue
		}
		asked++
		if (name[address] == "") {
			unknown++
			missed[wanted]++
			missed_bytes[wanted] += size[address]
			continue
		}
		if (is_any_of(name[address], wanted)) {
			agree++
			continue
		}
		disagree++
		wrong[wanted " is called " name[address]]++
		wrong_bytes[wanted " is called " name[address]] += size[address]
		example[wanted " is called " name[address]] = address
	}
	if (check != "")
		printf "checked %d agree %d untyped %d wrong %d notlive %d\n",
			asked, agree, unknown, disagree, not_live
	fflush()
	if (types != "") {
		printf "" >types
		for (key in by_type)
			printf "%d\t%d\t%s\n", bytes_of[key], by_type[key],
				key >types
		close(types)
	}
	if (!top)
		exit
	biggest(wrong, wrong_bytes, top, "wrong")
	biggest(missed, missed_bytes, top, "missed")
	for (key in untyped)
		untyped_bytes[key] = untyped[key] * key
	biggest(untyped, untyped_bytes, top, "untyped of size")
	biggest(by_type, bytes_of, top * 2, "type")
}
