# Tests of command/ and cli/.

UNIT_TESTS += tests/unit/command_words
tests_unit_command_words_SOURCES = tests/unit/command_words.c tests/unit/check.h
tests_unit_command_words_LDADD = $(UNIT_LDADD)

SCRIPT_TESTS += tests/command-json/test.sh tests/command-manual/test.sh \
	tests/command-use/test.sh
EXTRA_DIST += tests/command/planted.c tests/command/core.sh
