// Two goroutines that take two locks in different order.
package main

import (
	"sync"
	"time"
)

type Account struct {
	sync.Mutex
	balance int
}

func transfer(from, to *Account) {
	from.Lock()
	time.Sleep(20 * time.Millisecond)
	to.Lock()
	from.balance--
	to.balance++
	to.Unlock()
	from.Unlock()
}

func main() {
	a, b := new(Account), new(Account)
	go transfer(a, b)
	go transfer(b, a)
	time.Sleep(500 * time.Millisecond)
	crash()
}
