# The C++ program of the other tests.
package=

build() {
	${CXX:-c++} -std=c++17 -O2 -g -pthread -o "$1" \
		"$source/tests/programs/zoo.cpp"
}

load() {
	record zoo ./exe "${ZOO_BLOCKS:-400000}" truth.txt
	wait_for truth.txt "^ready" || return 1
}
