# Tests of command/ and cli/.

UNIT_TESTS += tests/unit/command_words
tests_unit_command_words_SOURCES = tests/unit/command_words.c tests/unit/check.h
tests_unit_command_words_LDADD = $(UNIT_LDADD)
