// Objects that only a word of some stack keeps alive, or that no live word
// does: the collector's finalizers tell which.
package main

import (
	"reflect"
	"runtime"
	"syscall"
	"time"
)

type thing struct {
	next *thing
	id   int
	pad  [6]int
}

type holder struct {
	before [3]int
	thing  *thing
}

const numThings = 100

var (
	addresses [numThings]uintptr // of no consequence to the collector
	isDead    [numThings]bool
	numMade   int
	ready     = make(chan bool)
	never     = make(chan bool)
	nowhere   *holder
	sum       int
)

//go:noinline
func made(next *thing) *thing {
	t := &thing{next: next, id: numMade}
	numMade++
	addresses[t.id] = ^uintptr(reflect.ValueOf(t).Pointer())
	runtime.SetFinalizer(t, func(t *thing) { isDead[t.id] = true })
	return t
}

//go:noinline
func use(t *thing) { sum += t.id }

//go:noinline
func park() {
	ready <- true
	<-never
}

//go:noinline
func live() {
	t := made(nil)
	park()
	use(t)
}

//go:noinline
func dead() {
	t := made(nil)
	use(t)
	park()
}

//go:noinline
func argument(a int, t, u *thing) {
	use(t)
	use(u)
	park()
	use(t)
}

func arguments() { argument(1, made(nil), made(nil)) }

//go:noinline
func through(h *holder) {
	park()
	use(h.thing)
}

func pointed() {
	var h holder
	h.thing = made(nil)
	through(&h)
}

//go:noinline
func touch(h *holder) { use(h.thing) }

func pointedBefore() {
	var h holder
	h.thing = made(nil)
	touch(&h)
	park()
}

// A chain of stack objects, of which only the first is pointed to.
type link struct {
	next  *link
	thing *thing
}

//go:noinline
func walk(l *link) {
	park()
	for ; l != nil; l = l.next {
		use(l.thing)
	}
}

func chained() {
	var third, second, first link
	third.thing = made(nil)
	second.next, second.thing = &third, made(nil)
	first.next, first.thing = &second, made(nil)
	walk(&first)
}

func deferred() {
	t := made(nil)
	defer use(t)
	park()
}

func deferredOften() {
	for i := 0; i < 3; i++ {
		t := made(nil)
		defer func() { use(t) }()
	}
	park()
}

func panicking() {
	t := made(nil)
	defer func() {
		park()
		use(t)
		recover()
	}()
	unused := made(nil)
	use(unused)
	panic(made(nil))
}

// Where the function goes on, nothing of it is used any more.
func faulting() {
	t := made(nil)
	defer func() {
		park()
		recover()
	}()
	use(t)
	use(made(nil))
	sum = nowhere.before[1]
	use(t)
}

func closure() {
	t, u := made(nil), made(nil)
	f := func() { park(); use(t) }
	use(u)
	f()
}

func boxed() {
	var value interface{} = made(nil)
	park()
	use(value.(*thing))
}

func array() {
	var things [40]*thing
	for i := range things[:4] {
		things[i*10] = made(nil)
	}
	slice := things[:]
	park()
	for i := range slice[:sum%40] {
		use(slice[i])
	}
}

func mapped() {
	things := map[int]*thing{1: made(nil), 2: made(nil)}
	for _, t := range things {
		use(t)
		park()
	}
}

func reflected() {
	f := func(values []reflect.Value) []reflect.Value {
		park()
		return values
	}
	made2 := made(nil)
	stub := reflect.MakeFunc(reflect.TypeOf(func(t *thing) *thing { return t }), f)
	use(stub.Interface().(func(*thing) *thing)(made2))
}

type method struct{ thing *thing }

//go:noinline
func (m method) call(t *thing) {
	park()
	use(m.thing)
	use(t)
}

func bound() {
	m := method{made(nil)}
	reflect.ValueOf(m).MethodByName("Call")
	f := reflect.ValueOf(m.call).Interface().(func(*thing))
	f(made(nil))
}

func selecting() {
	t := made(nil)
	mine := make(chan *thing)
	ready <- true
	select {
	case mine <- t:
	case <-never:
	}
	use(t)
}

func spin() {
	t := made(nil)
	ready <- true
	for {
		sum += t.id
	}
}

// One more than can run: what was stopped has its pointers in registers alone,
// as the runtime saved them, and in frames without a map.
//
//go:noinline
func turn(t, u *thing) {
	for {
		sum += t.id + u.id
		t, u = u, t
	}
}

func stopped() {
	t, u := made(nil), made(nil)
	ready <- true
	turn(t, u)
}

var scenes = []func(){
	live, dead, arguments, pointed, pointedBefore, chained, deferred,
	deferredOften, panicking, faulting, closure, boxed, array, mapped,
	reflected, bound, selecting, spin, stopped, stopped, stopped,
}

//go:noinline
func tell() {
	for id := 0; id < numMade; id++ {
		what := "alive"
		if isDead[id] {
			what = "dead"
		}
		println(what, id, ^addresses[id])
	}
}

func main() {
	runtime.GOMAXPROCS(3)
	for _, scene := range scenes {
		first := numMade
		go scene()
		<-ready
		println("scene", first, numMade)
	}
	for i := 0; i < 4; i++ {
		runtime.GC()
		time.Sleep(20 * time.Millisecond)
	}
	t := made(nil)
	tell()
	syscall.Kill(syscall.Getpid(), syscall.SIGABRT)
	time.Sleep(time.Hour)
	use(t)
}
