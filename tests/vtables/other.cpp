/* A second class called (anonymous namespace)::hidden, of another size. */
#include "classes.h"

struct named {
	virtual ~named()
	{
	}
	virtual const char *name() const
	{
		return "named";
	}
	char text[24] = "";
};

namespace
{
struct hidden : named {
	long one = 1, two = 2, three = 3;
};
} // namespace

named *other_make()
{
	return new hidden;
}

size_t other_size()
{
	return sizeof(hidden);
}
