// Locks that are called as the members of locks are.
package main

import (
	"os"
	"sync"
	"time"
)

type server struct {
	name  string
	mu    sync.Mutex
	state sync.RWMutex
	w     sync.Mutex
	v     sync.WaitGroup
}

type outer struct {
	name  string
	inner server
}

var (
	mu     sync.Mutex
	w      sync.RWMutex
	state  sync.WaitGroup
	static = &server{name: "has no symbol"}
	alone  = &sync.Mutex{}
	heap   *outer
)

func main() {
	heap = &outer{name: os.Args[0]}
	things := []*server{static, &heap.inner}
	mu.Lock()
	alone.Lock()
	w.Lock()
	state.Add(1)
	go func() { mu.Lock() }()
	go func() { alone.Lock() }()
	go func() { w.RLock() }()
	go func() { state.Wait() }()
	for _, thing := range things {
		thing.mu.Lock()
		thing.state.Lock()
		thing.w.Lock()
		thing.v.Add(1)
		go func(thing *server) { thing.mu.Lock() }(thing)
		go func(thing *server) { thing.state.Lock() }(thing)
		go func(thing *server) { thing.w.Lock() }(thing)
		go func(thing *server) { thing.v.Wait() }(thing)
	}
	time.Sleep(200 * time.Millisecond)
	os.Stdout.WriteString("ready\n")
	time.Sleep(time.Hour)
}
