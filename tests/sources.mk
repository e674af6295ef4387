# Tests of the sources, and of the way to a machine with nothing installed.

SCRIPT_TESTS += \
	tests/format/test.sh \
	tests/install/test.sh \
	tests/readme/test.sh \
	tests/shell/test.sh \
	tests/structure/test.sh
EXTRA_DIST += tests/bare
