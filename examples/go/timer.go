// Timers that are not stopped keep what they are to do until they fire.
package main

import "time"

type Job struct{ Data [2000]byte }

//go:noinline
func schedule() {
	job := new(Job)
	time.AfterFunc(24*time.Hour, func() { job.Data[0] = 1 })
}

func main() {
	for i := 0; i < 1000; i++ {
		schedule()
	}
	crash()
}
