// Objects of many types, and for each the type that it has: "object ADDRESS
// TYPE" is for all of a block, in the words of Go's debug info.
package main

import (
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

type node struct {
	next *node
	id   int64
	text string
}

type pair struct{ left, right *node }

type page struct {
	nodes [100]*node
	used  int
}

type shape interface{ area() float64 }
type square struct{ side float64 }
type circle struct {
	radius float64
	name   string
	owner  *node
}

func (s square) area() float64  { return s.side * s.side }
func (c *circle) area() float64 { return c.radius }

type event struct {
	kind   int
	target *pair
}

type keyed struct{ a, b int64 }

type tree[K any, V any] struct {
	left, right *tree[K, V]
	key         K
	value       V
}

func (t *tree[K, V]) insert(key K, value V, less func(a, b K) bool) *tree[K, V] {
	if t == nil {
		return &tree[K, V]{key: key, value: value}
	}
	if less(key, t.key) {
		t.left = t.left.insert(key, value, less)
	} else {
		t.right = t.right.insert(key, value, less)
	}
	return t
}

//go:noinline
func counter(p *pair, count int, text string) func(int) int {
	return func(i int) int { count += i; p.left.id++; return len(text) + count }
}

var (
	list     *node
	small    = map[int64]*pair{}
	large    = map[string]*pair{}
	wide     = map[keyed]event{}
	pages    []*page
	pairs    []*pair
	rows     [][]int64
	inside   *int64 // into a node that nothing else leads to
	anything []any
	shapes   []shape
	events   = make(chan event, 100)
	pointed  = make(chan *event, 4)
	latest   atomic.Pointer[circle]
	shared   sync.Map
	words    []string
	long     *node
	counters []func(int) int
	named    = map[string]func(string) string{}
	sorted   *tree[string, *circle]
	timers   []*time.Timer
	pool     sync.Pool
	pooled   [10]uintptr // no pointers: the pool alone has them
	dynamic  []any       // of types that the compiler has not seen
	stats    runtime.MemStats
)

//go:noinline
func object(p unsafe.Pointer, name string) { println("object", p, name) }

func build() {
	for i := 0; i < 5000; i++ {
		text := string([]byte{byte('a' + i%26), byte('a' + i/26%26), byte('a' + i/676), '-', '-', '-', '-', '-', '-', '-', '-', '-', '-', '-', '-', '-', '-', '-'})
		list = &node{list, int64(i), text}
		words = append(words, text)
		large[text] = &pair{list, nil}
		wide[keyed{int64(i), 1}] = event{i, &pair{nil, list}}
		rows = append(rows, make([]int64, i%40))
	}
	for i := 0; i < 500000; i++ {
		long = &node{next: long, id: int64(i)}
	}
	for i := 0; i < 2000; i++ {
		p := &pair{list, nil}
		word := words[i*7919%5000]
		counters = append(counters, counter(p, i, word))
		named[word] = func(s string) string { return s + p.left.text }
		sorted = sorted.insert(word, &circle{name: word}, func(a, b string) bool { return a < b })
		shared.Store(i, &circle{name: word})
		if i%100 == 0 {
			timers = append(timers, time.AfterFunc(time.Hour, func() { println(p.right) }))
		}
	}
	for i := 0; i < 5; i++ {
		small[int64(i)] = &pair{list, list}
	}
	for i := 0; i < 100; i++ {
		pages = append(pages, &page{used: i})
		pairs = append(pairs, &pair{list, nil})
		anything = append(anything, pair{list, nil}, &circle{name: "any"}, i+1000, []*pair{pairs[0]})
		shapes = append(shapes, square{1}, &circle{owner: list})
	}
	events <- event{1, &pair{}}
	pointed <- &event{2, &pair{}}
	latest.Store(&circle{name: "latest"})
}

// The first one is the processor's own, the others are in a ring.
func fill(half []uintptr) {
	for i := range half {
		one := &circle{name: "pooled"}
		half[i] = ^uintptr(unsafe.Pointer(one))
		pool.Put(one)
	}
}

// As when somebody looked for an object and found only those of others.
func forget() {
	size, _ := reflect.TypeOf(&pool).Elem().FieldByName("victimSize")
	*(*uintptr)(unsafe.Add(unsafe.Pointer(&pool), size.Offset)) = 0
}

func compose() {
	made := reflect.StructOf([]reflect.StructField{
		{Name: "A", Type: reflect.TypeOf(0)},
		{Name: "B", Type: reflect.TypeOf(list)},
	})
	one, many := reflect.New(made), reflect.New(reflect.ArrayOf(100, made))
	one.Elem().Field(1).Set(reflect.ValueOf(&node{id: 1}))
	many.Elem().Index(99).Field(1).Set(reflect.ValueOf(&node{id: 2}))
	dynamic = append(dynamic, one.Interface(), many.Interface())
}

func tellDynamic() {
	one, many := reflect.ValueOf(dynamic[0]), reflect.ValueOf(dynamic[1])
	object(one.UnsafePointer(), "struct { A int; B *main.node }")
	object(one.Elem().Field(1).UnsafePointer(), "main.node")
	object(many.UnsafePointer(), "struct { A int; B *main.node }")
	object(many.Elem().Index(99).Field(1).UnsafePointer(), "main.node")
}

func worker(in chan *pair, out []*circle) {
	own := map[int64]*node{}
	for i := int64(0); i < 100; i++ {
		own[i] = &node{id: i}
	}
	for p := range in {
		out = append(out, &circle{owner: p.left})
		own[p.left.id] = p.right
	}
	println(len(out), len(own))
}

func tell() {
	object(unsafe.Pointer(list), "main.node")
	object(unsafe.Pointer(list.next.next), "main.node")
	object(unsafe.Pointer(pages[50]), "main.page")
	object(unsafe.Pointer(pairs[50]), "main.pair")
	object(unsafe.Pointer(&pairs[0]), "*main.pair")
	object(unsafe.Pointer(&pages[0]), "*main.page")
	object(unsafe.Pointer(&rows[0]), "[]int64")
	object(unsafe.Pointer(&rows[39][0]), "int64")
	object(unsafe.Pointer(&words[0]), "string")
	object(unsafe.Pointer(&timers[0]), "*time.Timer")
	object(unsafe.Pointer(&anything[0]), "runtime.eface")
	object(unsafe.Pointer(&shapes[0]), "runtime.iface")
	object(unsafe.Pointer(small[3]), "main.pair")
	object(unsafe.Pointer(large[words[77]]), "main.pair")
	object(unsafe.Pointer(wide[keyed{99, 1}].target), "main.pair")
	object(unsafe.Pointer(latest.Load()), "main.circle")
	object(unsafe.Pointer(anything[1].(*circle)), "main.circle")
	object(unsafe.Pointer(anything[3].([]*pair)[0]), "main.pair")
	object(unsafe.Pointer(shapes[1].(*circle)), "main.circle")
	object(unsafe.Pointer(long.next.next), "main.node")
	object(unsafe.Pointer(sorted), "main.tree[string,*main.circle]")
	object(unsafe.Pointer(sorted.value), "main.circle")
	object(unsafe.Pointer(timers[3]), "time.Timer")
	value, _ := shared.Load(1999)
	object(unsafe.Pointer(value.(*circle)), "main.circle")
	for _, address := range pooled {
		object(unsafe.Pointer(^address), "main.circle")
	}
	tellDynamic()
}

func settle() { syscall.Nanosleep(&syscall.Timespec{Nsec: 20e6}, nil) }

// The signal at the end goes to the thread of main: were that one to go on, the
// runtime might find that all are asleep while another one handles the signal.
func init() { runtime.LockOSThread() }

func main() {
	build()
	for i := 0; i < 20; i++ {
		go worker(make(chan *pair), nil)
	}
	compose()
	runtime.GC()
	settle()
	fill(pooled[:5])
	runtime.GC()
	settle()
	fill(pooled[5:])
	forget()
	tell()
	syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGABRT))
	select {}
}
