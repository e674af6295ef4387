# Tcl: procedures, namespaces, dictionaries, lists, aliases, traces, timers and
# objects, held in the loop of events.  Its exe is put there by hand.
package=

build() {
	false
}

words() {
	cat <<'EOF'
proc fib {n} {
	if {$n < 2} {
		return $n
	}
	expr {[fib [expr {$n - 1}]] + [fib [expr {$n - 2}]]}
}
namespace eval shop {
	variable items {}
	proc add {name price} {
		variable items
		dict set items $name [dict create price $price \
			stock [expr {$price % 7}] tags [list a$price b]]
	}
}
for {set i 0} {$i < $num} {incr i} {
	shop::add item$i $i
	set arr(key$i) "value number $i"
	lappend l [list $i [expr {$i * 1.5}] name$i]
}
for {set i 0} {$i < 300} {incr i} {
	proc p$i {a b {c 3}} "
		set x \[expr {\$a + \$b * $i}\]
		foreach y {1 2 3} { lappend z \$y }
		if {\$x > $i} { return \$z } else { return {} }
	"
	p$i 1 2
}
for {set i 0} {$i < 200} {incr i} {
	namespace eval n$i {
		variable v 1
		proc get {} { variable v; return $v }
	}
	n${i}::get
	interp alias {} al$i {} p$i
	after 1000000 [list puts $i]
	trace add variable arr(key$i) write [list p$i]
}
oo::class create A {
	variable x
	constructor {v} { set x $v }
	method get {} { return $x }
}
for {set i 0} {$i < 500} {incr i} {
	lappend objs [A new $i]
	[lindex $objs end] get
}
fib 15
set big [string repeat "text " 10000]
regexp {(\w+)\s(\w+)} $big -> a b
puts ready
flush stdout
vwait forever
EOF
}

load() {
	rm -f tcl.out
	{
		echo "set num ${TCL_VALUES:-8000}"
		words
	} >script
	record tcl ./exe script
	wait_for tcl.out ready && sleep 1
}
