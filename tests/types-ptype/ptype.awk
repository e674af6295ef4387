# GDB's "ptype /o" in the form of "types FILE layout": a TYPE line, then a line
# a member with offset, bit, size and name.  Only what is directly in the type.
# "@ NAME" begins one; of several answers the first counts.

function member(offset, size, text,    bits) {
	sub(/;.*$/, "", text)
	if (match(text, / : [0-9]+$/)) {
		bits = substr(text, RSTART + 3)
		text = substr(text, 1, RSTART - 1)
	}
	if (match(text, /\(\*+(const )?[A-Za-z_]/)) {
		text = substr(text, RSTART)
		sub(/^\(\*+(const )?/, "", text)
		sub(/[^A-Za-z0-9_$].*$/, "", text)
	} else {
		while (sub(/\[[0-9]*\]$/, "", text))
			;
		sub(/\)\(.*$/, "", text)
		sub(/^.*[^A-Za-z0-9_$]/, "", text)
	}
	if (text == "")
		text = "<anonymous>"
	sub(/: */, ":", offset)
	print "  " offset (bits ? "/" bits : "") " " size " " text
}

/^@ / {
	print "TYPE " substr($0, 3)
	depth = 0
	is_done = 0
	next
}

is_done { next }

/^\/\* XXX/ { next }
/total size/ {
	if (depth == 1) {
		match($0, /[0-9]+/)
		print "  total " substr($0, RSTART, RLENGTH)
	}
	next
}

{
	code = $0
	offset = size = ""
	if (match(code, /^\/\* [^*]*\*\//)) {
		head = substr(code, 4, RLENGTH - 5)
		code = substr(code, RLENGTH + 1)
		if (split(head, part, "|") == 2) {
			offset = part[1]
			size = part[2]
		} else {
			offset = "0"
			size = part[1]
		}
		gsub(/^ +| +$/, "", offset)
		gsub(/^ +| +$/, "", size)
		if (size !~ /^[0-9]+$/)
			size = ""
	}
	sub(/^ +/, "", code)
	sub(/ +$/, "", code)
	if (code ~ /^(type = .*)?[^;]*\{$/) {
		if (depth == 1) {
			open_offset = offset
			open_size = size
		}
		depth++
	} else if (code ~ /^\}/) {
		depth--
		if (depth == 0)
			is_done = 1
		if (depth == 1) {
			sub(/^\}[^A-Za-z_;]*/, "", code)
			member(open_offset, open_size, "struct " code)
		}
	} else if (depth == 1 && size != "" && code ~ /;$/) {
		member(offset, size, code)
	}
}
