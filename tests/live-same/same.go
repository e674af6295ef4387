// Goroutines that wait for each other, and what they keep.
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

type page struct {
	next *page
	text string
	body [200]byte
}

var pages *page
var byName = map[string]*page{}
var mutex sync.Mutex

func waiter(queue chan int) {
	<-queue
}

func locker() {
	mutex.Lock()
}

func main() {
	queue := make(chan int)
	for i := 0; i < 500; i++ {
		pages = &page{next: pages, text: fmt.Sprint("page ", i)}
		byName[pages.text] = pages
	}
	mutex.Lock()
	for i := 0; i < 20; i++ {
		go waiter(queue)
		go locker()
	}
	time.Sleep(300 * time.Millisecond)
	os.WriteFile("report", []byte("ready\n"), 0644)
	select {
	case <-queue:
	case <-time.After(time.Hour):
	}
}
