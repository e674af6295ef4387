// A heap with objects of most size classes, live ones and garbage, and what
// the runtime says of it after a collection, in lines that allocate nothing.
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

type triple struct{ first, second, third *node }

type page struct {
	nodes [100]*node
	used  int
}

var (
	list    *node
	byText  = map[string]*node{}
	pages   []*page
	triples []*triple
	texts   [][]byte
	values  []any
	stats   runtime.MemStats
)

//go:noinline
func garbage() (kept []byte) {
	for i := 0; i < 3000; i++ {
		kept = make([]byte, 1+i*7%2000)
	}
	return kept
}

func build() {
	for i := 0; i < 2000; i++ {
		text := string([]byte{byte('a' + i%26), byte('a' + i/26%26), byte('a' + i/676)})
		list = &node{list, int64(i), text}
		byText[text] = list
	}
	for i := 0; i < 60; i++ {
		pages = append(pages, &page{used: i})
		pages[i].nodes[i] = list
		triples = append(triples, &triple{list, nil, list.next})
		texts = append(texts, make([]byte, 1000*i+1))
		values = append(values, i+1000, int8(i), &triple{})
	}
}

// What the runtime does in the background after a collection gets its time.
func settle() { syscall.Nanosleep(&syscall.Timespec{Nsec: 20e6}, nil) }

// Threads to spare: the runtime allocates for each that it has to start.
func spare() {
	done := make(chan bool)
	for i := 0; i < 8; i++ {
		go func() {
			settle()
			done <- true
		}()
	}
	for i := 0; i < 8; i++ {
		<-done
	}
}

// The signal at the end goes to the thread of main: were that one to go on, the
// runtime might find that all are asleep while another one handles the signal.
func init() { runtime.LockOSThread() }

func main() {
	spare()
	build()
	garbage()
	runtime.GC()
	settle()
	runtime.GC()
	settle()
	runtime.ReadMemStats(&stats)
	println("alloc", stats.HeapAlloc)
	for _, class := range stats.BySize {
		if class.Mallocs != class.Frees {
			println("class", class.Size, class.Mallocs-class.Frees)
		}
	}
	syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGABRT))
	select {}
}
