EXTRA_DIST += examples/go/README.md examples/go/blocked.go \
	examples/go/cache.go examples/go/closure.go examples/go/context.go \
	examples/go/crash.go examples/go/deadlock.go examples/go/finalizer.go \
	examples/go/listener.go examples/go/rename.go examples/go/timer.go
EXTRA_DIST += examples/leaks.cpp examples/make-core \
	examples/hang/README.md examples/hang/crossed.go \
	examples/hang/order.c \
	examples/hang/orphan.c examples/hang/three.c examples/hang/wakeup.c
