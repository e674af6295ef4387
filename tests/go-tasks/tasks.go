// Goroutines that wait for all that there is to wait for.
package main

import (
	"runtime"
	"sync"
	"syscall"
	"time"
)

var (
	silent   = make(chan int)
	full     = make(chan int)
	quit     = make(chan bool)
	group    sync.WaitGroup
	mutex    sync.Mutex
	readers  sync.RWMutex
	waiting  sync.Mutex
	cond     = sync.NewCond(&waiting)
	ready    sync.WaitGroup
	spinning bool
)

//go:noinline
func receiver(depth int) {
	if depth > 0 {
		receiver(depth - 1)
		return
	}
	ready.Done()
	<-silent
}

func sender()   { ready.Done(); full <- 1 }
func chooser()  { ready.Done(); select { case <-silent: case <-quit: } }
func nobody()   { ready.Done(); var none chan int; <-none }
func forever()  { ready.Done(); select {} }
func waiter()   { ready.Done(); group.Wait() }
func locker()   { ready.Done(); mutex.Lock() }
func reader()   { ready.Done(); readers.RLock() }
func signaled() { cond.L.Lock(); ready.Done(); cond.Wait() }
func sleeper()  { ready.Done(); time.Sleep(time.Hour) }
func caller()   { ready.Done(); syscall.Pause() }

//go:noinline
func start(count int, what func()) {
	for i := 0; i < count; i++ {
		ready.Add(1)
		go what()
	}
}

// The signal at the end goes to the thread of main: were that one to go on, the
// runtime might find that all are asleep while another one handles the signal.
func init() { runtime.LockOSThread() }

func main() {
	group.Add(1)
	mutex.Lock()
	readers.Lock()
	start(30, func() { receiver(3) })
	start(3, sender)
	start(4, chooser)
	start(2, nobody)
	start(2, forever)
	start(5, waiter)
	start(6, locker)
	start(7, reader)
	start(8, signaled)
	start(9, sleeper)
	start(1, caller)
	ready.Wait()
	time.Sleep(500 * time.Millisecond)
	syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGABRT))
	select {}
}
