// A cache that only grows: nobody ever takes a widget out.
package main

import (
	"fmt"
	"runtime/pprof"
)

type Widget struct {
	Name  string
	Bytes [200]byte
}

var widgets = map[string]*Widget{}

func lookup(name string) *Widget {
	widget := widgets[name]
	if widget == nil {
		widget = &Widget{Name: name}
		widgets[name] = widget
	}
	return widget
}

func main() {
	pprof.Lookup("heap") // who can be asked for a profile samples for it
	for i := 0; i < 20000; i++ {
		lookup(fmt.Sprintf("request-%d", i))
	}
	crash()
}
