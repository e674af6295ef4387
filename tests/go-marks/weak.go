package main

import (
	"runtime"
	"weak"
)

var weaks []weak.Pointer[triple]

func weakly() {
	for i := 0; i < 20; i++ {
		one := &triple{second: add(nil, 30)}
		argument := add(nil, 31)
		weaks = append(weaks, weak.Make(one))
		runtime.AddCleanup(one, func(n *node) { println(n.id) }, argument)
		if i%2 == 0 {
			triples = append(triples, one)
		}
	}
}
