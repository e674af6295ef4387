EXTRA_DIST += examples/leaks.cpp examples/make-core
