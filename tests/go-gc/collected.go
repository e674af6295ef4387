// A heap with garbage behind it, and finalizers that wait for one that blocks;
// tells what the runtime says of it in lines that allocate nothing.
package main

import (
	"runtime"
	"syscall"
	"time"
)

type node struct {
	next *node
	data [100]byte
}

var (
	list   *node
	pages  [][]byte
	nobody = make(chan int)
	begun  = make(chan bool)
	stats  runtime.MemStats
)

//go:noinline
func garbage() (kept []byte) {
	for i := 0; i < 5000; i++ {
		kept = make([]byte, 1+i*7%3000)
	}
	return kept
}

//go:noinline
func blocked(n *node) {
	begun <- true
	<-nobody
}

func finish(n *node) {}

//go:noinline
func lose(what func(*node)) { runtime.SetFinalizer(new(node), what) }

// The signal at the end goes to the thread of main: were that one to go on, the
// runtime might find that all are asleep while another one handles the signal.
func init() { runtime.LockOSThread() }

func main() {
	for i := 0; i < 3000; i++ {
		list = &node{next: list}
	}
	for i := 0; i < 20; i++ {
		pages = append(pages, make([]byte, 10000*(i+1)))
	}
	garbage()
	lose(blocked)
	runtime.GC()
	<-begun
	for i := 0; i < 7; i++ {
		lose(finish)
	}
	runtime.GC()
	runtime.GC()
	// With another processor the runtime's own goroutines might sleep there after
	// the figures were read, and its list of timers is an object of the heap, too.
	runtime.GOMAXPROCS(1)
	time.Sleep(500 * time.Millisecond)
	runtime.ReadMemStats(&stats)
	println("alloc", stats.HeapAlloc)
	println("in_use", stats.HeapInuse)
	println("idle", stats.HeapIdle)
	println("released", stats.HeapReleased)
	println("stacks", stats.StackInuse)
	println("objects", stats.HeapObjects)
	println("total_alloc", stats.TotalAlloc)
	println("mallocs", stats.Mallocs)
	println("frees", stats.Frees)
	println("next", stats.NextGC)
	println("num", stats.NumGC)
	println("forced", stats.NumForcedGC)
	println("last", stats.LastGC)
	println("pause_total", stats.PauseTotalNs)
	println("pause", stats.PauseNs[(stats.NumGC+255)%256])
	syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGABRT))
	select {}
}
