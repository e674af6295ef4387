// 3 million objects, held by a list and a slice, and 7,000 goroutines that wait.
package main

import (
	"runtime"
	"syscall"
)

type node struct {
	next *node
	id   int64
	text string
}

var (
	list  *node
	nodes []*node
	never = make(chan int)
)

func main() {
	for i := 0; i < 1500000; i++ {
		list = &node{list, int64(i), string(make([]byte, 17+i%20))}
		nodes = append(nodes, list)
	}
	for i := 0; i < 7000; i++ {
		go func() { <-never }()
	}
	runtime.GC()
	syscall.Kill(syscall.Getpid(), syscall.SIGABRT)
	select {}
}
