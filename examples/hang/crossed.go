// Two goroutines lock two accounts in different order. The runtime does not
// see it: there is another one that goes on.
package main

import (
	"fmt"
	"sync"
	"time"
)

type account struct {
	lock    sync.Mutex
	balance int
}

func transfer(from, to *account, amount int) {
	from.lock.Lock()
	time.Sleep(100 * time.Millisecond)
	to.lock.Lock()
	from.balance -= amount
	to.balance += amount
	to.lock.Unlock()
	from.lock.Unlock()
}

func report(a, b *account) {
	for {
		time.Sleep(time.Hour)
		fmt.Println(a.balance, b.balance)
	}
}

func main() {
	var done sync.WaitGroup
	a, b := &account{balance: 100}, &account{balance: 100}
	go report(a, b)
	done.Add(2)
	go func() {
		defer done.Done()
		transfer(a, b, 10)
	}()
	go func() {
		defer done.Done()
		transfer(b, a, 20)
	}()
	done.Wait()
}
