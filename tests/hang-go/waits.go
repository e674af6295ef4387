// Goroutines that wait for each other and for what nobody will do, in functions
// whose names say what is to be found: ringNAME... are in the ring NAME, self...
// waits for itself, lost... is leaked, and free... is neither, but held up by
// what its second word names.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

type account struct {
	name    string
	lock    sync.Mutex
	balance int
}

type table struct {
	lock sync.RWMutex
	rows map[string]int
}

var (
	global   sync.Mutex
	second   sync.Mutex
	accounts = []*account{{name: "a"}, {name: "b"}, {name: "c"}}
	tables   = []*table{{}, {}}
	sink     int
)

func work() { time.Sleep(200 * time.Millisecond) }

func transfer(from, to *account) {
	from.lock.Lock()
	work()
	to.lock.Lock()
	from.balance--
	to.balance++
	to.lock.Unlock()
	from.lock.Unlock()
}

//go:noinline
func ringThree0() { transfer(accounts[0], accounts[1]); sink++ }

//go:noinline
func ringThree1() { transfer(accounts[1], accounts[2]); sink++ }

//go:noinline
func ringThree2() { transfer(accounts[2], accounts[0]); sink++ }

// Locks in variables of the program, one released by what was deferred.
//
//go:noinline
func ringGlobal0() {
	global.Lock()
	defer global.Unlock()
	work()
	second.Lock()
	sink++
	second.Unlock()
}

//go:noinline
func ringGlobal1() {
	second.Lock()
	work()
	func() {
		global.Lock()
		defer global.Unlock()
		sink++
	}()
	second.Unlock()
}

// One reads, and wants to write what the other reads.
//
//go:noinline
func ringRead0(from, to *table) {
	from.lock.RLock()
	work()
	to.lock.Lock()
	to.rows["x"] = from.rows["x"]
	to.lock.Unlock()
	from.lock.RUnlock()
}

//go:noinline
func ringRead1(from, to *table) {
	from.lock.RLock()
	defer from.lock.RUnlock()
	work()
	to.lock.Lock()
	to.rows["x"] = from.rows["x"]
	to.lock.Unlock()
}

// Waits for a worker with what the worker needs.
//
//go:noinline
func ringGroup0(group *sync.WaitGroup, held *account) {
	held.lock.Lock()
	go ringGroup1(group, held)
	group.Wait()
	held.lock.Unlock()
}

//go:noinline
func ringGroup1(group *sync.WaitGroup, held *account) {
	defer group.Done()
	work()
	held.lock.Lock()
	held.balance++
	held.lock.Unlock()
}

// Each has the channel that the other waits for.
//
//go:noinline
func ringPipe0(in, out chan int) {
	out <- <-in
	runtime.KeepAlive(in)
}

//go:noinline
func ringPipe1(in, out chan int) {
	out <- <-in
	runtime.KeepAlive(in)
}

//go:noinline
func selfLock(held *account) {
	held.lock.Lock()
	held.credit()
	held.lock.Unlock()
}

//go:noinline
func (held *account) credit() {
	held.lock.Lock()
	held.balance++
	held.lock.Unlock()
}

//go:noinline
func lostReceive(queue chan int) { sink += <-queue }

//go:noinline
func lostSend(queue chan int) { queue <- 1 }

// Holds a lock, and goes on.
//
//go:noinline
func holder(held *account) {
	held.lock.Lock()
	for i := 0; i < 1000; i++ {
		time.Sleep(time.Hour)
		held.balance++
	}
	held.lock.Unlock()
}

//go:noinline
func freeBehindHolder(held *account) {
	held.lock.Lock()
	sink++
	held.lock.Unlock()
}

//go:noinline
func writer(rows *table) {
	rows.lock.Lock()
	time.Sleep(time.Hour)
	rows.rows["y"]++
	rows.lock.Unlock()
}

//go:noinline
func freeBehindWriter(rows *table) {
	rows.lock.RLock()
	sink += rows.rows["y"]
	rows.lock.RUnlock()
}

// Has released its lock for as long as it waits.
//
//go:noinline
func conditional(condition *sync.Cond, held *account) {
	held.lock.Lock()
	condition.Wait()
	held.balance++
	held.lock.Unlock()
}

//go:noinline
func server(requests chan int) {
	for request := range requests {
		sink += request
	}
}

func main() {
	for _, run := range []func(){ringThree0, ringThree1, ringThree2,
		ringGlobal0, ringGlobal1} {
		go run()
	}
	go ringRead0(tables[0], tables[1])
	go ringRead1(tables[1], tables[0])
	group := &sync.WaitGroup{}
	group.Add(1)
	go ringGroup0(group, &account{name: "held"})
	left, right := make(chan int), make(chan int)
	go ringPipe0(left, right)
	go ringPipe1(right, left)
	go selfLock(&account{name: "own"})
	go lostReceive(make(chan int))
	go lostSend(make(chan int))
	kept := &account{name: "kept"}
	go holder(kept)
	rows := &table{rows: map[string]int{}}
	go writer(rows)
	waited := &account{name: "waited"}
	condition := sync.NewCond(&waited.lock)
	go conditional(condition, waited)
	requests := make(chan int)
	go server(requests)
	work()
	go freeBehindHolder(kept)
	go freeBehindWriter(rows)
	for i := 0; i < 5; i++ {
		work()
	}
	if len(os.Args) > 1 {
		os.WriteFile(os.Args[1], []byte("ready\n"), 0666)
	}
	for {
		time.Sleep(time.Hour)
		requests <- 1
		condition.Signal()
		fmt.Println(kept, rows)
	}
}
