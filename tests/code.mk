# What instructions say.
UNIT_TESTS += tests/unit/instruction
tests_unit_instruction_SOURCES = tests/unit/instruction.c tests/unit/check.h
tests_unit_instruction_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/word
tests_unit_word_SOURCES = tests/unit/word.c tests/unit/check.h
tests_unit_word_LDADD = $(UNIT_LDADD)

# Every instruction of whole libraries, by our tables and by capstone.
check_PROGRAMS += tests/encoding/encoding
tests_encoding_encoding_SOURCES = tests/encoding/encoding.c
tests_encoding_encoding_LDADD = $(UNIT_LDADD)
SCRIPT_TESTS += tests/encoding/test.sh

check_PROGRAMS += tests/mined/mined
tests_mined_mined_SOURCES = tests/mined/mined.c
tests_mined_mined_LDADD = $(UNIT_LDADD)
SCRIPT_TESTS += tests/mined/test.sh
EXTRA_DIST += tests/mined/idioms.c tests/mined/idioms.golden

# What one run keeps for the next.
SCRIPT_TESTS += tests/cache/test.sh
SANITIZED_TESTS += tests/cache/test.sh
EXTRA_DIST += tests/cache/kept.c

SCRIPT_TESTS += tests/mined-damage/test.sh tests/newer-capstone/test.sh
SANITIZED_TESTS += tests/mined-damage/test.sh

# What of a thread's registers is dead: overwritten in live programs.
check_PROGRAMS += tests/poison/poison
tests_poison_poison_SOURCES = tests/poison/poison.c tests/unit/check.h
tests_poison_poison_LDADD = $(UNIT_LDADD)
SCRIPT_TESTS += tests/poison/test.sh
EXTRA_DIST += tests/poison/throws.cpp tests/poison/texts.lua \
	tests/poison/texts.py tests/poison/table.sql

# The same with more programs and stops; some minutes.
.PHONY: poison
poison: tests/poison/poison
	builddir='$(abs_builddir)' POISON_ALL=1 $(srcdir)/tests/poison/test.sh

# Blocks that only such words lead to.
SCRIPT_TESTS += tests/weak/test.sh
EXTRA_DIST += tests/weak/kept.h tests/weak/numbers.c tests/weak/waits.c
