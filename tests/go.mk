# Programs of Go, compiled by releases of Go that are fetched.
EXTRA_DIST += tests/go.sh
EXTRA_DIST += tests/go-heap/heap.go
SCRIPT_TESTS += tests/go-heap/test.sh

EXTRA_DIST += tests/go-types/types.go
SCRIPT_TESTS += tests/go-types/test.sh

EXTRA_DIST += tests/go-tasks/tasks.go
SCRIPT_TESTS += tests/go-tasks/test.sh
