// A sync.Map whose keys are renamed: the old name is never deleted.
package main

import (
	"fmt"
	"sync"
)

type File struct{ Content [500]byte }

var files sync.Map

func rename(from, to string) {
	file, _ := files.Load(from)
	files.Store(to, file)
	files.Store(from, new(File)) // should have been Delete
}

func main() {
	files.Store("file-0", new(File))
	for i := 0; i < 4000; i++ {
		rename(fmt.Sprintf("file-%d", i), fmt.Sprintf("file-%d", i+1))
	}
	crash()
}
