/*
 * Objects of classes with vtables, told by pointers to their bases.
 *
 * Prints a line for each pointer: its address, where the complete object
 * begins, its size (0: not said), and the name of its class.  Then it dies for
 * a core.
 */
#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <functional>
#include <stdexcept>
#include <typeinfo>

#include "classes.h"

struct plain {
	long data = 1;
};

struct shape {
	virtual ~shape()
	{
	}
	long sides = 3;
};

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

struct square : shape {
	long length = 5;
};

/* Two vtable pointers, and bytes of a base without one between. */
struct labelled : shape, plain, named {
	long mark = 7;
};

struct deeper : labelled {
	const char *name() const override
	{
		return "deeper";
	}
};

/* A base that all share: its place is found by the vtable. */
struct left : virtual shape {
	long l = 1;
};
struct right : virtual shape, named {
	long r = 2;
};
struct diamond : left, right {
	long d = 3;
};

/* Written otherwise by compilers and by the demangler. */
template <typename T, unsigned long N> struct box : named {
	T values[N] = {};
};

namespace
{
struct hidden : shape {
	long one = 1;
};
} // namespace

template <typename F> struct holder : shape {
	F function;
	explicit holder(F function) : function(function)
	{
	}
};

template <typename T> static void tell(const T *part, size_t size)
{
	int status;
	auto &type = typeid(*part);
	char *name =
		abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);

	printf("%p %p %zu %s\n", static_cast<const void *>(part),
	       dynamic_cast<const void *>(part), size, name);
	free(name);
}

template <typename F> static void tell_holder(F function)
{
	auto object = new holder<F>(function);

	tell<shape>(object, sizeof(*object));
}

static square global_square;
static diamond global_diamond;

int main()
{
	diamond on_stack;
	int captured = 1;

	tell(new shape, sizeof(shape));
	tell<shape>(new square, sizeof(square));
	auto several = new labelled;
	tell<shape>(several, sizeof(labelled));
	tell<named>(several, sizeof(labelled));
	tell<named>(new deeper, sizeof(deeper));
	auto joined = new diamond;
	tell<shape>(joined, sizeof(diamond));
	tell<named>(joined, sizeof(diamond));
	tell<left>(joined, sizeof(diamond));
	tell<right>(joined, sizeof(diamond));
	tell<shape>(&on_stack, sizeof(diamond));
	tell<shape>(&global_square, sizeof(square));
	tell<shape>(&global_diamond, sizeof(diamond));
	tell<named>(new box<unsigned long, 3>, sizeof(box<unsigned long, 3>));
	tell<named>(new box<const char *, 4>, sizeof(box<const char *, 4>));
	auto array = new square[3];
	tell<shape>(&array[2], sizeof(square));
	tell<shape>(new hidden, sizeof(hidden));
	tell<named>(other_make(), other_size());
	tell_holder([] { return 1; });
	tell_holder([captured] { return captured; });
	tell_holder([&captured](long) { return captured; });
	/* Of the library, whose debug info is not there. */
	tell<std::exception>(new std::runtime_error("why"), 0);
	fflush(stdout);
	abort();
}
