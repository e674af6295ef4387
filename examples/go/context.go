// Contexts that nobody cancels: each has a goroutine that waits for its end.
package main

import (
	"context"
	"time"
)

type Request struct{ Body [8192]byte }

//go:noinline
func watch(ctx context.Context, request *Request) {
	<-ctx.Done()
	request.Body[0] = 1
}

func serve() {
	ctx, cancel := context.WithCancel(context.Background())
	_ = cancel // should have been deferred
	go watch(ctx, new(Request))
}

func main() {
	for i := 0; i < 25; i++ {
		serve()
	}
	time.Sleep(500 * time.Millisecond)
	crash()
}
