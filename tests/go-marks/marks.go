// A heap with objects of all layouts, held by all that can hold an object;
// after a collection the runtime writes down what there is (marks.dump), and
// garbage is planted, whose addresses are told as "garbage ADDRESS" lines.  With
// "wait" it drops some more, waits for a byte from stdin, then has it collected
// and writes what is left (after.dump); with "die" it waits to be killed by a
// signal that it does not handle.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

type node struct {
	next *node
	id   int64
	text string
}

type triple struct{ first, second, third *node }

// Pointers and numbers by turns, more than 512 bytes.
type page struct {
	nodes [30]*node
	used  [17]uintptr
	more  [25]struct {
		id   uintptr
		node *node
	}
}

// Large enough for its mask to be made only when it is needed.
type huge struct {
	parts [400]page
	last  *node
}

type mixed struct {
	number uintptr
	node   *node
	floats [3]float64
	value  any
	call   func() int
}

type wide struct {
	numbers [100]uintptr
	node    *node
}

var (
	list     *node
	byText   = map[string]*node{}
	byID     = map[int64]mixed{}
	byPair   = map[[2]*node]bool{}
	pages    []*page
	arrays   [][]page
	hugest   *huge
	hugeList []huge
	triples  []*triple
	mixeds   []mixed
	wides    []*wide
	slots    [][]*node
	values   []any
	calls    []func() int
	events   = make(chan *triple, 30)
	shared   sync.Map
	pool     sync.Pool
	latest   atomic.Pointer[mixed]
	inside   **node
	texts    [][]byte
	once     sync.Once
	timers   []*time.Timer
	lock     sync.Mutex
	rwlock   sync.RWMutex
	cond     = sync.NewCond(&sync.Mutex{})
	group    sync.WaitGroup
	started  sync.WaitGroup
	never    = make(chan int)
	pipeRead *os.File

	held [5]unsafe.Pointer // for a while, so that it is in the heap

	// Addresses that are no pointers.
	planted []uintptr
	numbers [50]uintptr

	waiting [1]byte
	stats   runtime.MemStats
)

func add(next *node, id int64) *node {
	text := string([]byte{byte('a' + id%26), byte('a' + id/26%26), byte('a' + id/676)})
	return &node{next, id, text}
}

func build() {
	for i := int64(0); i < 2000; i++ {
		list = add(list, i)
		byText[list.text] = list
		byID[i] = mixed{node: add(nil, i), value: i + 1000}
		if i%10 == 0 {
			byPair[[2]*node{add(nil, i), list}] = true
		}
	}
	for i := 0; i < 60; i++ {
		number := i
		pages = append(pages, &page{})
		pages[i].nodes[i%30] = add(nil, 1)
		pages[i].more[i%25].node = add(nil, 2)
		arrays = append(arrays, make([]page, i))
		if i > 3 {
			arrays[i][3].nodes[29] = add(nil, 3)
			arrays[i][i-1].more[24].node = add(nil, 4)
		}
		triples = append(triples, &triple{list, nil, add(nil, 5)})
		mixeds = append(mixeds, mixed{node: add(nil, 6), value: &triple{third: add(nil, 7)}})
		wides = append(wides, &wide{node: add(nil, 8)})
		slots = append(slots, make([]*node, i*40))
		if i > 0 {
			slots[i][i*40-1] = add(nil, 9)
		}
		values = append(values, i+1000, int8(i), &triple{add(nil, 10), nil, nil}, "text"+list.text)
		calls = append(calls, func() int { number++; return number + int(pages[0].used[0]) })
		shared.Store(i, add(nil, 11))
		pool.Put(add(nil, 12))
		texts = append(texts, make([]byte, 1000*i+1))
		if i < 20 {
			events <- &triple{second: add(nil, 13)}
		}
		timers = append(timers, time.AfterFunc(time.Hour, func() { println(number, list) }))
	}
	hugest = &huge{}
	hugest.last = add(nil, 14)
	hugest.parts[399].more[24].node = add(nil, 15)
	hugeList = make([]huge, 3)
	hugeList[2].last = add(nil, 16)
	latest.Store(&mixed{node: add(nil, 17)})
	inside = &(&triple{nil, add(nil, 18), add(nil, 19)}).second
}

//go:noinline
func finalized() {
	for i := 0; i < 20; i++ {
		one := &triple{first: add(nil, 20)}
		other := &triple{first: add(nil, 21)}
		runtime.SetFinalizer(one, func(t *triple) { t.second = other.first })
		if i%2 == 0 {
			triples = append(triples, one)
		} else {
			// A ring with a finalizer is never collected.
			one.third = &node{text: "ring"}
			*(**triple)(unsafe.Pointer(&one.third.next)) = one
		}
	}
	weakly()
}

func block(what func()) {
	started.Add(1)
	go func() {
		local := add(nil, 22)
		object := triple{second: add(local, 23)}
		hold := &object
		deferred := add(nil, 24)
		defer func() { println(deferred.id, hold.second.id) }()
		started.Done()
		what()
		println(local.id)
	}()
}

func deep(depth int, above *node) {
	var row [4]*node
	row[depth%4] = add(above, int64(depth))
	if depth > 0 {
		deep(depth-1, row[depth%4])
	} else {
		<-never
	}
	println(row[depth%4].id, above)
}

func panicking() {
	held := add(nil, 25)
	defer func() {
		<-never
		println(held.id, recover())
	}()
	panic(add(nil, 26))
}

func goroutines() {
	send := make(chan *node)
	lock.Lock()
	rwlock.Lock()
	group.Add(1)
	block(func() { <-never })
	block(func() { send <- add(nil, 27) })
	block(func() {
		select {
		case <-never:
		case send <- add(nil, 28):
		case <-time.After(time.Hour):
		}
	})
	block(func() { select {} })
	block(func() { var none chan *node; <-none })
	block(lock.Lock)
	block(rwlock.RLock)
	block(func() { cond.L.Lock(); cond.Wait() })
	block(group.Wait)
	block(func() { time.Sleep(time.Hour) })
	block(func() { deep(40, nil) })
	block(panicking)
	read, write, _ := os.Pipe()
	pipeRead = write
	block(func() { read.Read(make([]byte, 10)) })
	var ends [2]int
	syscall.Pipe(ends[:])
	block(func() {
		runtime.LockOSThread()
		syscall.Read(ends[0], make([]byte, 10))
	})
	started.Wait()
}

//go:noinline
func plant() {
	for i := 0; i < len(planted)/5; i++ {
		one := &page{}
		one.nodes[i%30] = &node{id: 7}
		ring := &triple{first: &node{}}
		ring.first.next = (*node)(unsafe.Pointer(ring))
		row := make([]*node, 100)
		held = [5]unsafe.Pointer{unsafe.Pointer(one), unsafe.Pointer(one.nodes[i%30]),
			unsafe.Pointer(ring), unsafe.Pointer(ring.first), unsafe.Pointer(&row[0])}
		for j, address := range held {
			planted[i*5+j] = uintptr(address)
		}
		numbers[i%50] = uintptr(unsafe.Pointer(one))
		mixeds[i%60].number = uintptr(unsafe.Pointer(ring))
		pages[i%60].used[i%17] = uintptr(unsafe.Pointer(&row[0]))
		wides[i%60].numbers[i] = uintptr(unsafe.Pointer(&row[50]))
	}
	held = [5]unsafe.Pointer{}
}

// What the runtime does in the background after a collection gets its time.
func settle() { syscall.Nanosleep(&syscall.Timespec{Nsec: 20e6}, nil) }

// Waits to be told to go on while a core is written that has much garbage; then
// the collector finds it.
func collect(after uintptr) {
	list = list.next.next.next
	byID = nil
	hugeList = nil
	arrays[50] = nil
	slots = slots[:30]
	clear := byText["aaa"]
	*clear = node{}
	println("ready")
	syscall.Read(0, waiting[:])
	runtime.GC()
	debug.WriteHeapDump(after)
	os.Exit(0)
}

// SIGABRT is left to the kernel.
func die() {
	var byDefault [4]uintptr
	syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(syscall.SIGABRT),
		uintptr(unsafe.Pointer(&byDefault)), 0, 8, 0, 0)
	println("ready")
	for {
		syscall.Read(0, waiting[:])
	}
}

func create(name string) uintptr {
	file, _ := syscall.Open(name, syscall.O_CREAT|syscall.O_WRONLY|syscall.O_TRUNC, 0o600)
	return uintptr(file)
}

// The signal at the end goes to the thread of main: were that one to go on, the
// runtime might find that all are asleep while another one handles the signal.
func init() { runtime.LockOSThread() }

func main() {
	// What is allocated after a collection may be where garbage was.
	dump, after := create("marks.dump"), create("after.dump")
	debug.SetGCPercent(-1)
	build()
	finalized()
	goroutines()
	planted = make([]uintptr, 500)
	for i := 0; i < 3; i++ {
		settle()
		runtime.GC()
	}
	settle()
	debug.WriteHeapDump(dump)
	runtime.ReadMemStats(&stats)
	println("reachable", stats.HeapAlloc)
	plant()
	runtime.ReadMemStats(&stats)
	println("alloc", stats.HeapAlloc)
	for _, address := range planted {
		println("garbage", unsafe.Pointer(address))
	}
	for i := range planted {
		planted[i] |= 1
	}
	switch {
	case len(os.Args) == 1:
	case os.Args[1] == "wait":
		collect(after)
	default:
		die()
	}
	// Not syscall.Kill: the runtime knows that this is a system call, and so
	// where its goroutine is.
	syscall.Syscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGABRT))
	select {}
}
