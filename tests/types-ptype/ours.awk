# The output of "types FILE layouts" in the form of ptype.awk, of the types
# whose names are in the file named by "drawn".  GDB shows neither bases nor
# the pointer to the vtable.

BEGIN {
	while ((getline line < drawn) > 0) {
		sub(/^[a-z]+\t/, "", line)
		is_wanted[line] = 1
	}
}

function finish() {
	if (on)
		print "  total " size
}

/^TYPE/ {
	finish()
	size = $3
	name = $0
	sub(/^TYPE [a-z]+ [0-9]+ /, "", name)
	on = name in is_wanted
	if (on)
		print "TYPE " name
	next
}

on && !/ <(virtual )?base> : / && !/ artificial$/ {
	print "  " $1 " " $2 " " $3
}

END { finish() }
