#include <cstddef>

struct named;
named *other_make();
size_t other_size();
