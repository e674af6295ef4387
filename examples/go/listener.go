// Listeners that are never removed: each session adds one, and has long ended.
package main

type Session struct{ Data [1000]byte }

type Watcher struct {
	listeners map[int]func(name string)
	next      int
}

func (w *Watcher) Listen(what func(name string)) int {
	w.next++
	w.listeners[w.next] = what
	return w.next
}

var watcher = &Watcher{listeners: map[int]func(string){}}

func open() {
	session := new(Session)
	watcher.Listen(func(name string) { session.Data[0]++ })
}

func main() {
	for i := 0; i < 3000; i++ {
		open()
	}
	crash()
}
