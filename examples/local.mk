EXTRA_DIST += examples/leaks.cpp examples/make-core \
	examples/hang/README.md examples/hang/crossed.go \
	examples/hang/order.c \
	examples/hang/orphan.c examples/hang/three.c examples/hang/wakeup.c
