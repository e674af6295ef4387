// Goroutines that wait for what nobody has any more: whoever asked them gave up.
package main

import (
	"sync"
	"time"
)

type Answer struct{ Text [4096]byte }

//go:noinline
func ask(answers chan *Answer) { answers <- new(Answer) }

func first() {
	answers := make(chan *Answer)
	for i := 0; i < 10; i++ {
		go ask(answers)
	}
	<-answers // the others are never heard
}

//go:noinline
func listen(news chan int, quit chan bool) {
	select {
	case <-news:
	case <-quit:
	}
}

func subscribe() { go listen(make(chan int), make(chan bool)) }

//go:noinline
func wait(group *sync.WaitGroup) { group.Wait() }

func start() {
	group := new(sync.WaitGroup)
	group.Add(2)
	go func() { group.Done() }() // and the second one?
	go wait(group)
}

func main() {
	first()
	for i := 0; i < 3; i++ {
		subscribe()
	}
	start()
	time.Sleep(500 * time.Millisecond)
	crash()
}
