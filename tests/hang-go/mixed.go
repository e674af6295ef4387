// A ring of threads and goroutines: ring0 holds a lock of C's and waits, called
// by C, for one of Go's, which ring1 holds while it waits in C for the first.
package main

/*
#cgo LDFLAGS: -pthread
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
extern void takeInner(void);

static void take_outer(void)
{
	pthread_mutex_lock(&lock);
	takeInner();
	pthread_mutex_unlock(&lock);
}

static void take_only(void)
{
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
}
*/
import "C"

import (
	"os"
	"sync"
	"time"
)

var (
	inner sync.Mutex
	sink  int
)

func work() { time.Sleep(200 * time.Millisecond) }

//export takeInner
func takeInner() {
	work()
	inner.Lock()
	sink++
	inner.Unlock()
}

//go:noinline
func ring0() { C.take_outer() }

//go:noinline
func ring1() {
	inner.Lock()
	work()
	C.take_only()
	sink++
	inner.Unlock()
}

func main() {
	go ring0()
	go ring1()
	for i := 0; i < 5; i++ {
		work()
	}
	if len(os.Args) > 1 {
		os.WriteFile(os.Args[1], []byte("ready\n"), 0666)
	}
	for {
		time.Sleep(time.Hour)
		sink++
	}
}
