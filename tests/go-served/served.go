// A server with profiles at its own endpoint, and goroutines of all kinds that
// are in one, or not.  It starts itself as a client, which keeps what the
// endpoint answers in heap.told and goroutine.told; in the midst of the second
// request, when it has answered, the server ends.
package main

import (
	"context"
	"io"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
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
	silent  = make(chan int)
	mutex   sync.Mutex
	ready   sync.WaitGroup
)

//go:noinline
func grow(n int) {
	for i := 0; i < n; i++ {
		records = &record{next: records}
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
func locker()  { ready.Done(); mutex.Lock() }
func caller()  { ready.Done(); syscall.Pause() }

// Many have the same labels, some none, some others.
func labeled(n int) {
	pprof.Do(context.Background(), pprof.Labels("request", string(rune('a'+n%3)), "kind", "mail"),
		func(ctx context.Context) {
			if n%2 == 0 {
				receive()
			}
			pprof.Do(ctx, pprof.Labels("step", "two"), func(context.Context) { receive() })
		})
}

//go:noinline
func lose() {
	runtime.SetFinalizer(new(record), func(*record) { receive() })
}

func wait() {
	for i := 0; i < 5; i++ {
		ready.Add(5)
		go receiver(i % 3)
		go sleeper()
		go locker()
		go caller()
		go labeled(2 * i)
	}
	for i := 0; i < 4; i++ {
		ready.Add(1)
		go labeled(2*i + 1)
	}
	ready.Add(1)
	lose()
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	ready.Wait()
	signal.Notify(make(chan os.Signal, 1), syscall.SIGUSR1)
}

func serve(w http.ResponseWriter, r *http.Request) {
	// The goroutine that reads on is begun, but may not have run yet.
	time.Sleep(500 * time.Millisecond)
	http.DefaultServeMux.ServeHTTP(w, r)
	if r.FormValue("last") == "" {
		return
	}
	w.(http.Flusher).Flush()
	runtime.LockOSThread()
	syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGABRT))
	select {}
}

func connect() net.Conn {
	connection, err := net.Dial("unix", "socket")
	if err != nil {
		panic(err)
	}
	return connection
}

func get(name, parameters string) {
	client := http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return connect(), nil
		}}}
	answer, err := client.Get("http://served/debug/pprof/" + name + parameters)
	if err != nil {
		panic(err)
	}
	// The last one has no end.
	bytes, _ := io.ReadAll(answer.Body)
	os.WriteFile(name+".part", bytes, 0o600)
	os.Rename(name+".part", name+".told")
}

func main() {
	if len(os.Args) > 1 {
		get("heap", "")
		get("goroutine", "?last=1")
		return
	}
	runtime.MemProfileRate = 8192
	mutex.Lock()
	grow(5000)
	wait()
	runtime.GC()
	runtime.GC()
	debug.SetGCPercent(-1)
	listener, err := net.Listen("unix", "socket")
	if err != nil {
		panic(err)
	}
	connect() // and ask for nothing
	// No os/exec, which has goroutines of its own.
	if _, err := syscall.ForkExec(os.Args[0], []string{os.Args[0], "get"}, &syscall.ProcAttr{}); err != nil {
		panic(err)
	}
	http.Serve(listener, http.HandlerFunc(serve))
}
