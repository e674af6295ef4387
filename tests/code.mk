# What instructions say.
UNIT_TESTS += tests/unit/instruction
tests_unit_instruction_SOURCES = tests/unit/instruction.c tests/unit/check.h
tests_unit_instruction_LDADD = $(UNIT_LDADD)
