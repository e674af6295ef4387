# Debug info and types.
UNIT_TESTS += tests/unit/debug
tests_unit_debug_SOURCES = tests/unit/debug.c tests/unit/check.h
tests_unit_debug_CFLAGS = $(AM_CFLAGS) -g
tests_unit_debug_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/types/types
tests_types_types_SOURCES = tests/types/types.c
tests_types_types_LDADD = $(UNIT_LDADD)

SCRIPT_TESTS += tests/types/test.sh tests/types-rust/test.sh \
	tests/types-ptype/test.sh \
	tests/types-shared/test.sh tests/types-damage/test.sh \
	tests/newer-libdwarf/test.sh
EXTRA_DIST += tests/types-rust/variants.rs \
	tests/types/shapes.c tests/types/shapes.golden \
	tests/types/classes.cpp tests/types/classes.golden \
	tests/types-ptype/many.cpp tests/types-ptype/ours.awk \
	tests/types-ptype/ptype.awk

SANITIZED_TESTS += tests/types-damage/test.sh
check_PROGRAMS += tests/types-damage/damage
tests_types_damage_damage_SOURCES = tests/types-damage/damage.c
tests_types_damage_damage_LDADD = $(UNIT_LDADD)

# Types of blocks.
EXTRA_DIST += tests/typing/types.cpp tests/programs/ways.c
SCRIPT_TESTS += tests/merged-path/test.sh
SCRIPT_TESTS += tests/typing/test.sh

EXTRA_DIST += tests/virtual-bases/bases.cpp
SCRIPT_TESTS += tests/virtual-bases/test.sh

EXTRA_DIST += tests/self-check/counters.cpp
SCRIPT_TESTS += tests/self-check/test.sh

EXTRA_DIST += tests/typing-pointers/pointers.c
SCRIPT_TESTS += tests/typing-pointers/test.sh

EXTRA_DIST += tests/typing-python/objects.py
SCRIPT_TESTS += tests/typing-python/test.sh

EXTRA_DIST += tests/typing-qt/containers.cpp
SCRIPT_TESTS += tests/typing-qt/test.sh
EXTRA_DIST += tests/typing-pools/values.cpp
SCRIPT_TESTS += tests/typing-pools/test.sh
EXTRA_DIST += tests/typing-absl/containers.cpp
SCRIPT_TESTS += tests/typing-absl/test.sh
EXTRA_DIST += tests/typing-boost/containers.cpp tests/typing-boost/values.cpp
SCRIPT_TESTS += tests/typing-boost/test.sh
EXTRA_DIST += tests/typing-coroutines/frames.cpp
SCRIPT_TESTS += tests/typing-coroutines/test.sh

EXTRA_DIST += tests/typing-gobject/things.c
SCRIPT_TESTS += tests/typing-gobject/test.sh
EXTRA_DIST += tests/typing-glib/containers.c tests/typing-glib/counts.sh
SCRIPT_TESTS += tests/typing-glib/test.sh tests/typing-glib-trixie/test.sh

EXTRA_DIST += tests/typing-operations/operations.c
SCRIPT_TESTS += tests/typing-operations/test.sh

EXTRA_DIST += tests/shapes/shapes.c
SCRIPT_TESTS += tests/shapes/test.sh

EXTRA_DIST += tests/typing-bytes/bytes.c
SCRIPT_TESTS += tests/typing-bytes/test.sh

EXTRA_DIST += tests/typing-idioms/idioms.c tests/typing-idioms/queues.c
EXTRA_DIST += tests/typing-idioms/values.c tests/typing-idioms/pages.c \
	tests/typing-idioms/stores.c tests/typing-idioms/linked.c \
	tests/typing-idioms/fronts.c tests/typing-idioms/tree.c \
	tests/typing-idioms/tags.c tests/typing-idioms/counted.c \
	tests/typing-idioms/raw.c tests/typing-idioms/lost.c \
	tests/typing-idioms/numbers.c tests/typing-idioms/endings.c \
	tests/typing-idioms/tables.c tests/typing-idioms/handlers.c \
	tests/typing-idioms/names.c tests/typing-idioms/hashes.c \
	tests/typing-idioms/links.c tests/typing-idioms/timers.c \
	tests/typing-idioms/unions.c tests/typing-idioms/refused.c \
	tests/typing-idioms/arms.c \
	tests/typing-idioms/lesser.c tests/typing-idioms/slabs.c
SCRIPT_TESTS += tests/typing-idioms/test.sh

# What the C++ library's types hold.
check_PROGRAMS += tests/cxx/parts
tests_cxx_parts_SOURCES = tests/cxx/parts.c
tests_cxx_parts_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/cxx/containers.cpp tests/cxx/damage.py
SCRIPT_TESTS += tests/cxx/test.sh

# Classes by vtables.
check_PROGRAMS += tests/vtables/vtables
tests_vtables_vtables_SOURCES = tests/vtables/vtables.c
tests_vtables_vtables_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/vtables/classes.cpp tests/vtables/classes.h \
	tests/vtables/other.cpp
SCRIPT_TESTS += tests/vtables/test.sh

UNIT_TESTS += tests/unit/short_name
tests_unit_short_name_SOURCES = tests/unit/short_name.c tests/unit/check.h
tests_unit_short_name_LDADD = $(UNIT_LDADD)
