// Goroutines that nobody can wake any more, main.leak…, and ones that wait just
// so but that somebody could, main.live…; and ones that nobody can but the other
// end of a connection, main.suspect….
package main

import (
	"context"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"
)

type load [1 << 16]byte

//go:noinline
func newLoad() *load { return new(load) }

type message struct {
	back chan *message
	load *load
}

// Objects of less than 16 bytes without pointers share memory with others.
type guarded struct {
	sync.Mutex
	load *load
}

var (
	globalChan  = make(chan int)
	globalMutex sync.Mutex
	globalCond  = sync.NewCond(new(sync.Mutex))
	globalGroup sync.WaitGroup
	started     sync.WaitGroup
)

func begun() { started.Done() }

func leakReceive(c chan int)             { begun(); <-c }
func leakSend(c chan int)                { begun(); c <- 1 }
func leakSelect(a, b chan int)           { begun(); select { case <-a: case b <- 1: } }
func leakNil()                           { begun(); var c chan int; <-c }
func leakForever()                       { begun(); select {} }
func leakGroup(w *sync.WaitGroup)        { begun(); w.Wait() }
func leakCond(c *sync.Cond)              { c.L.Lock(); begun(); c.Wait() }
func leakMutex(m *guarded)               { begun(); m.Lock() }
func leakRLock(m *sync.RWMutex)          { begun(); m.RLock() }
func leakWLock(m *sync.RWMutex)          { begun(); m.Lock() }
func leakFirst(a, b chan int)            { begun(); <-a; b <- 1 }
func leakSecond(a, b chan int)           { begun(); <-b; a <- 1 }
func leakCaptured(c chan *message, l *load) { m := &message{c, l}; begun(); c <- m }
func leakContext(ctx context.Context)    { begun(); <-ctx.Done() }

func leakDefer(n int, c chan int, l *load) {
	for i := 0; i < n; i++ {
		defer func() { c <- int(l[i%len(l)]) }()
	}
	begun()
	<-c
}

func liveReceive()           { begun(); <-globalChan }
func liveMutex()             { begun(); globalMutex.Lock() }
func liveCond()              { globalCond.L.Lock(); begun(); globalCond.Wait() }
func liveGroup()             { begun(); globalGroup.Wait() }
func liveTicker(t *time.Ticker) { begun(); for range t.C { } }
func liveTimeout(ctx context.Context) { begun(); <-ctx.Done() }
func liveSleep()             { begun(); time.Sleep(time.Hour) }
func livePipe(r *os.File)    { begun(); r.Read(make([]byte, 1)) }
func liveDeadline(r *os.File) { begun(); r.Read(make([]byte, 1)) }
func liveAccept(l net.Listener) { begun(); l.Accept() }
func liveDatagrams(c net.PacketConn) { begun(); c.ReadFrom(make([]byte, 1)) }
func liveReader(r *os.File, c chan int) { begun(); r.Read(make([]byte, 1)); c <- 1 }
func suspectPipe(r *os.File)  { begun(); r.Read(make([]byte, 1)) }
func suspectConn(c net.Conn)  { begun(); c.Read(make([]byte, 1)) }
func suspectReader(r *os.File, c chan int, l *load) {
	begun()
	r.Read(make([]byte, 1))
	c <- int(l[0])
}
func suspectBehind(c chan int) { begun(); <-c }
func liveHeld(c chan int)    { begun(); <-c }
func livePartner(c chan int) { begun(); time.Sleep(time.Hour); c <- 1 }
func liveLocal(w *sync.WaitGroup) { begun(); w.Wait() }
func liveLabeled() {
	pprof.Do(context.Background(), pprof.Labels("request", "17", "kind", "mail"),
		func(context.Context) { begun(); <-globalChan })
}


//go:noinline
func block(size int) []byte { return make([]byte, size) }

func leakLabeled(c chan int) {
	kept := block(20000)
	pprof.Do(context.Background(), pprof.Labels("worker", "file"),
		func(context.Context) { begun(); <-c })
	kept[0] = 1
	runtime.KeepAlive(kept)
}

func spawn(what func()) { started.Add(1); go what() }

//go:noinline
func leaks() {
	spawn(func() { leakReceive(make(chan int)) })
	spawn(func() { leakLabeled(make(chan int)) })
	spawn(func() { leakSend(make(chan int)) })
	spawn(func() { leakSelect(make(chan int), make(chan int)) })
	spawn(leakNil)
	spawn(leakForever)
	group := new(sync.WaitGroup)
	group.Add(1)
	spawn(func() { leakGroup(group) })
	spawn(func() { leakCond(sync.NewCond(new(sync.Mutex))) })
	mutex := new(guarded)
	mutex.Lock()
	spawn(func() { leakMutex(mutex) })
	lock := new(sync.RWMutex)
	lock.Lock()
	spawn(func() { leakRLock(lock) })
	other := new(sync.RWMutex)
	other.Lock()
	spawn(func() { leakWLock(other) })
	a, b := make(chan int), make(chan int)
	spawn(func() { leakFirst(a, b) })
	spawn(func() { leakSecond(a, b) })
	spawn(func() { leakCaptured(make(chan *message), new(load)) })
	spawn(func() { leakDefer(3, make(chan int), new(load)) })
	ctx, cancel := context.WithCancel(context.Background())
	_ = cancel
	spawn(func() { leakContext(ctx) })
}

//go:noinline
func lives() {
	spawn(liveReceive)
	globalMutex.Lock()
	spawn(liveMutex)
	spawn(liveCond)
	globalGroup.Add(1)
	spawn(liveGroup)
	spawn(func() { liveTicker(time.NewTicker(time.Hour)) })
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	_ = cancel
	spawn(func() { liveTimeout(ctx) })
	spawn(liveSleep)
	r := pipe()
	spawn(func() { livePipe(r) })
	keptReader = r
	timed := pipe()
	timed.SetReadDeadline(time.Now().Add(time.Hour))
	spawn(func() { liveDeadline(timed) })
	held := make(chan int)
	spawn(func() { liveHeld(held) })
	spawn(func() { livePartner(held) })
	spawn(liveLabeled)
}

//go:noinline
func suspects() {
	r := pipe()
	spawn(func() { suspectPipe(r) })
	other, c := pipe(), make(chan int)
	spawn(func() { suspectReader(other, c, newLoad()) })
	spawn(func() { suspectBehind(c) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	keptConn, err = net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	conn, _ := listener.Accept()
	spawn(func() { suspectConn(conn) })
	spawn(func() { liveAccept(listener) })
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	spawn(func() { liveDatagrams(packets) })
}

var (
	keptReader  *os.File
	keptWriters []*os.File
	keptConn    net.Conn
)

//go:noinline
func pipe() *os.File {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	keptWriters = append(keptWriters, w)
	return r
}

// What a caller left on the stack is written over.
//
//go:noinline
func wipe(n int) int {
	var room [512]int
	if n > 0 {
		room[n] = wipe(n - 1)
	}
	return room[n%7] + len(room)
}

func main() {
	leaks()
	wipe(30)
	lives()
	wipe(30)
	suspects()
	wipe(30)
	started.Wait()
	time.Sleep(500 * time.Millisecond)
	runtime.GC()
	wipe(30)
	local := new(sync.WaitGroup)
	local.Add(1)
	spawn(func() { liveLocal(local) })
	// Only this one keeps main() from waiting for ever.
	r, done := pipe(), make(chan int)
	spawn(func() { liveReader(r, done) })
	started.Wait()
	go abort()
	<-done
	r.Close()
	local.Done()
}

func abort() {
	time.Sleep(500 * time.Millisecond)
	// Not syscall.Kill: the scheduler knows of this one, and no register is in
	// doubt.
	syscall.Syscall(syscall.SYS_KILL, uintptr(syscall.Getpid()), uintptr(syscall.SIGABRT), 0)
	time.Sleep(time.Hour)
}
