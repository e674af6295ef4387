EXTRA_DIST += examples/leaks.cpp
