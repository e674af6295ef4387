# cppcheck: stopped while it analyses a large source.
package=cppcheck

build() {
	make -s -j2 CXXFLAGS='-g -O2' FILESDIR="$PWD" cppcheck >/dev/null &&
		cp cppcheck "$1"
}

# Functions with classes, loops and conditions; many, so that it takes long.
subject() {
	awk -v num="${CPPCHECK_FUNCTIONS:-1500}" 'BEGIN {
	print "#include <string>\n#include <vector>\n#include <map>"
	print "template <typename T> struct box { T value; T get() const { return value; } };"
	for (i = 0; i < num; i++) {
		print "class thing" i " { public: int number; std::string name;" \
			" virtual ~thing" i "() {} int add(int a); };"
		print "int thing" i "::add(int a) {"
		print "  std::vector<int> v; int sum = 0; int *p = nullptr;"
		print "  for (int i = 0; i < a; i++) { if (i % 3 == " i % 3 \
			") sum += i; else v.push_back(sum); }"
		print "  if (a > " i ") p = &sum;"
		print "  while (sum > 10 && a) { sum -= v.size(); if (p) *p = a; }"
		print "  std::map<int, std::string> m; m[sum] = name;"
		print "  switch (a) { case 1: return sum; case 2: return *p; default: break; }"
		print "  box<int> b; b.value = a / (sum - " i % 7 "); return b.get(); }"
	}
	}'
}

load() {
	subject >subject.cpp
	record cppcheck ./exe --enable=all --force --library=std --max-configs=1 \
		--inconclusive subject.cpp
	sleep "${CPPCHECK_WAIT:-12}"
	echo "functions ${CPPCHECK_FUNCTIONS:-1500}" >truth.txt
}
