// A ring of objects of which one has a finalizer is never freed: the finalizer
// keeps alive what the object leads to, and that leads back to it.
package main

import "runtime"

type Parent struct {
	child *Child
	data  [4000]byte
}

type Child struct {
	parent *Parent
	data   [4000]byte
}

//go:noinline
func ring() {
	parent, child := new(Parent), new(Child)
	parent.child, child.parent = child, parent
	runtime.SetFinalizer(parent, func(*Parent) {})
}

func main() {
	for i := 0; i < 500; i++ {
		ring()
	}
	runtime.GC()
	crash()
}
