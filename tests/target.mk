# Cores, processes, modules and symbols.
UNIT_TESTS += tests/unit/target_bytes tests/unit/target_process
tests_unit_target_bytes_SOURCES = tests/unit/target_bytes.c tests/unit/check.h
tests_unit_target_bytes_LDADD = $(UNIT_LDADD)
tests_unit_target_process_SOURCES = \
	tests/unit/target_process.c tests/unit/check.h
tests_unit_target_process_LDADD = $(UNIT_LDADD)
