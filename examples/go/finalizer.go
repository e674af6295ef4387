// A ring of objects of which one has a finalizer is never freed: the finalizer
// keeps alive what the object leads to, and that leads back to it.
package main

import "runtime"

type Node struct {
	next *Node
	data [4000]byte
}

//go:noinline
func ring() {
	a, b := new(Node), new(Node)
	a.next, b.next = b, a
	runtime.SetFinalizer(a, func(*Node) {})
}

func main() {
	for i := 0; i < 500; i++ {
		ring()
	}
	runtime.GC()
	crash()
}
