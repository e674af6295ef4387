// Allocates, waits and contends by calls that differ, some of them inlined, and
// writes its own profiles a moment before the end.
package main

import (
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"
)

type record struct {
	next *record
	data [500]byte
}

var (
	records *record
	texts   [][]byte
	lost    []byte
	silent  = make(chan int)
	ready   sync.WaitGroup
	mutex   sync.Mutex
)

//go:noinline
func grow(n int) {
	for i := 0; i < n; i++ {
		records = &record{next: records}
	}
}

func inlined(n int) []byte { return make([]byte, n) }

//go:noinline
func keepTexts(depth int) {
	if depth > 0 {
		keepTexts(depth - 1)
		return
	}
	for i := 0; i < 3000; i++ {
		texts = append(texts, inlined(100+i))
	}
}

//go:noinline
func waste() {
	for i := 0; i < 20000; i++ {
		lost = inlined(1000)
	}
}

func receive() { ready.Done(); <-silent }

//go:noinline
func receiver(depth int) {
	if depth > 0 {
		receiver(depth - 1)
	} else {
		receive()
	}
}

func sleeper() { ready.Done(); time.Sleep(time.Hour) }

//go:noinline
func contend() {
	mutex.Lock()
	time.Sleep(time.Millisecond)
	mutex.Unlock()
	ready.Done()
}

func write(name string) {
	file, err := os.Create(name + ".told")
	if err != nil {
		panic(err)
	}
	pprof.Lookup(name).WriteTo(file, 0)
	file.Close()
}

// What the runtime sampled of what grow made.
func sampledRecords() (num int64) {
	profile := make([]runtime.MemProfileRecord, 10000)
	rows, _ := runtime.MemProfile(profile, false)
	for i := range profile[:rows] {
		frames := runtime.CallersFrames(profile[i].Stack())
		for more := true; more; {
			var frame runtime.Frame
			frame, more = frames.Next()
			if frame.Function == "main.grow" {
				num += profile[i].InUseObjects()
				break
			}
		}
	}
	return
}

// The signal at the end goes to the thread of main: were that one to go on, the
// runtime might find that all are asleep while another one handles the signal.
func init() { runtime.LockOSThread() }

func main() {
	runtime.MemProfileRate = 8192
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	grow(20000)
	keepTexts(5)
	waste()
	ready.Add(60)
	for i := 0; i < 20; i++ {
		go contend()
		go receiver(i % 3)
		go sleeper()
	}
	ready.Wait()
	time.Sleep(500 * time.Millisecond)
	runtime.GC()
	runtime.GC()
	time.Sleep(500 * time.Millisecond)
	for _, name := range []string{"heap", "goroutine", "block", "mutex"} {
		write(name)
	}
	println("records", sampledRecords())
	syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGABRT))
	select {}
}
