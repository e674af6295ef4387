// A callback that is kept for a number, and keeps 10 MB with it.
package main

type Server struct {
	onClose []func() int
}

var server = new(Server)

//go:noinline
func load(size int) []byte { return make([]byte, size) }

func handle() {
	buffer := load(10 << 20)
	server.onClose = append(server.onClose, func() int { return len(buffer) })
}

func main() {
	handle()
	crash()
}
