// Goroutines and threads that check what they call: timers, pipes, sockets,
// files, children, and memory that comes and goes.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"time"
)

var served int64

func wrong(what string, err error) {
	fmt.Println("wrong", what, err)
}

func loop(what string, once func() error) {
	for {
		if err := once(); err != nil {
			wrong(what, err)
			return
		}
		atomic.AddInt64(&served, 1)
	}
}

func echo(connection net.Conn) {
	io.Copy(connection, connection)
	connection.Close()
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		wrong("listen", err)
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				wrong("accept", err)
				return
			}
			go echo(connection)
		}
	}()
	for i := 0; i < 4; i++ {
		go loop("echo", func() error {
			connection, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				return err
			}
			defer connection.Close()
			text := []byte("all that is said comes back")
			back := make([]byte, len(text))
			for i := 0; i < 20; i++ {
				if _, err := connection.Write(text); err != nil {
					return err
				}
				if _, err := io.ReadFull(connection, back); err != nil {
					return err
				}
				if string(back) != string(text) {
					return fmt.Errorf("%q", back)
				}
			}
			return nil
		})
	}
	go loop("timer", func() error {
		began := time.Now()
		time.Sleep(3 * time.Millisecond)
		if time.Since(began) < 3*time.Millisecond {
			return fmt.Errorf("early")
		}
		return nil
	})
	reader, writer, _ := os.Pipe()
	go loop("pipe", func() error {
		if _, err := writer.Write([]byte("x")); err != nil {
			return err
		}
		_, err := reader.Read(make([]byte, 1))
		return err
	})
	go loop("child", func() error {
		return exec.Command("/bin/true").Run()
	})
	go loop("file", func() error {
		_, err := os.ReadFile("/proc/self/stat")
		return err
	})
	var kept [1000][]byte
	go loop("memory", func() error {
		for i := range kept {
			kept[i] = make([]byte, 100+i)
			kept[i][i] = byte(i)
		}
		for i := range kept {
			if kept[i][i] != byte(i) {
				return fmt.Errorf("lost")
			}
		}
		runtime.Gosched()
		time.Sleep(time.Millisecond)
		return nil
	})
	for {
		before := atomic.LoadInt64(&served)
		time.Sleep(time.Second)
		fmt.Println("served", atomic.LoadInt64(&served)-before)
	}
}
