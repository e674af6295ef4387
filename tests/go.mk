# Programs of Go, compiled by releases of Go that are fetched.
EXTRA_DIST += tests/go.sh tests/go-matrix
EXTRA_DIST += tests/go-heap/heap.go
SCRIPT_TESTS += tests/go-heap/test.sh

EXTRA_DIST += tests/go-marks/marks.go
EXTRA_DIST += tests/go-marks/strong.go tests/go-marks/weak.go
SCRIPT_TESTS += tests/go-marks/test.sh
check_PROGRAMS += tests/go-marks/marks
tests_go_marks_marks_SOURCES = tests/go-marks/marks.c
tests_go_marks_marks_LDADD = $(UNIT_LDADD)

EXTRA_DIST += tests/go-types/types.go
SCRIPT_TESTS += tests/go-types/test.sh

EXTRA_DIST += tests/go-tasks/tasks.go
SCRIPT_TESTS += tests/go-tasks/test.sh

EXTRA_DIST += tests/go-stack/stack.go
SCRIPT_TESTS += tests/go-stack/test.sh
check_PROGRAMS += tests/go-stack/stack_words
tests_go_stack_stack_words_SOURCES = tests/go-stack/stack_words.c
tests_go_stack_stack_words_LDADD = $(UNIT_LDADD)

EXTRA_DIST += tests/go-gc/collected.go
SCRIPT_TESTS += tests/go-gc/test.sh

EXTRA_DIST += tests/go-profile/sampled.go
SCRIPT_TESTS += tests/go-profile/test.sh

SCRIPT_TESTS += tests/go-gdb/test.sh

EXTRA_DIST += tests/go-served/served.go
SCRIPT_TESTS += tests/go-served/test.sh

EXTRA_DIST += tests/go-leaks/leaks.go
SCRIPT_TESTS += tests/go-leaks/test.sh

SCRIPT_TESTS += tests/examples-go/test.sh

SCRIPT_TESTS += tests/go-release/test.sh
check_PROGRAMS += tests/go-release/release_row
tests_go_release_release_row_SOURCES = tests/go-release/release_row.c
tests_go_release_release_row_LDADD = $(UNIT_LDADD)

EXTRA_DIST += tests/hang-go/waits.go tests/hang-go/mixed.go
SCRIPT_TESTS += tests/hang-go/test.sh
