/*
 * What dwarf/ reads of this very program, held against the compiler: sizeof,
 * offsetof, the addresses of variables and functions, __LINE__.
 */
#include "dwarf/debug.h"

#include <link.h>
#include <stddef.h>

#include "target/elf_file.h"
#include "tests/unit/check.h"

struct nowhere;

typedef struct {
	short x, y;
} point;

enum color {
	RED = 1,
	GREEN,
	BLUE = -7,
};

struct node {
	struct node *next;
	const char *name;
	unsigned first : 3, second : 7;
	unsigned long long third : 33;
	struct {
		int inner;
		union {
			char *text;
			long number;
		};
	};
	struct nowhere *hidden;
	int grid[2][3];
	point place;
	enum color color;
	_Bool is_set;
	double weight;
	int (*call)(struct node *, int);
	char tail[];
};

extern struct node *unit_head;
struct node *unit_head;
extern point unit_points[5];
point unit_points[5];
extern __thread long unit_counter;
__thread long unit_counter;

/* Where the program was loaded, and which file it is. */
struct self {
	struct cw_target *target;
	struct cw_module *module;
	struct cw_debug *debug;
};

static int bias_find(struct dl_phdr_info *info, size_t size, void *bias)
{
	*(uint64_t *)bias = info->dlpi_addr;
	return 1;
}

static void self_open(struct self *self)
{
	uint64_t bias = 0;
	struct cw_elf_file *file;

	dl_iterate_phdr(bias_find, &bias);
	check_ok(cw_elf_file_open("/proc/self/exe", &file));
	self->target = cw_target_create_empty();
	*cw_array_push(&self->target->modules) = (struct cw_module){
		.path = "/proc/self/exe",
		.name = "exe",
		.start = bias,
		.end = bias + (UINT64_C(1) << 30),
		.bias = bias,
		.file = file,
	};
	*cw_array_push(&self->target->modules_by_address) = 0;
	self->module = &self->target->modules.items[0];
	self->debug = cw_debug_create(self->target);
}

static void self_close(struct self *self)
{
	cw_debug_destroy(self->debug);
	cw_target_close(self->target);
}

static const struct cw_type *type_named(struct self *self, const char *name)
{
	const struct cw_type **types;

	check(cw_debug_types_named(self->debug, name, &types) == 1);
	return types[0];
}

static const struct cw_member *member_named(const struct cw_type *type,
					    const char *name)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++)
		if (members[i].name && strcmp(members[i].name, name) == 0)
			return &members[i];
	check(!"a member of that name");
	return NULL;
}

static void check_print(const char *wanted, const struct cw_type *type)
{
	cw_cleanup_text struct cw_text text = {0};

	cw_type_print(type, &text);
	check_text(wanted, text.chars);
}

static void members_are_where_the_compiler_put_them(struct self *self)
{
	const struct cw_type *node = type_named(self, "node");

	check(node->kind == CW_TYPE_STRUCT);
	check_same(sizeof(struct node), node->size);
#define check_member(member, declaration)                                      \
	do {                                                                   \
		const struct cw_member *found = member_named(node, #member);   \
		check_same(offsetof(struct node, member), found->offset);      \
		check_same(sizeof(((struct node *)0)->member),                 \
			   found->type->size);                                 \
		check_print(declaration, found->type);                         \
	} while (0)
	check_member(next, "node *");
	check_member(name, "const char *");
	check_member(hidden, "nowhere *");
	check_member(grid, "int [2][3]");
	check_member(place, "point");
	check_member(color, "color");
	check_member(is_set, "_Bool");
	check_member(weight, "double");
	check_member(call, "int (*)()");
#undef check_member
	check_print("char []", member_named(node, "tail")->type);
	check_same(offsetof(struct node, tail),
		   member_named(node, "tail")->offset);
	check(member_named(node, "next")->type->target == node);
	check(member_named(node, "hidden")->type->target->is_declaration);
	check(cw_type_is_aggregate(member_named(node, "place")->type));
}

static void bit_fields_are_where_the_compiler_put_them(struct self *self)
{
	const struct cw_type *type = type_named(self, "node");
	const char *const names[] = {"first", "second", "third"};

	for (size_t i = 0; i < 3; i++) {
		const struct cw_member *member = member_named(type, names[i]);
		struct node node = {0};
		unsigned char bytes[sizeof(node)];

		/* The lowest bit of the field alone, then all of it. */
		node.first = i == 0;
		node.second = i == 1;
		node.third = i == 2;
		memcpy(bytes, &node, sizeof(bytes));
		uint64_t bit = 0;
		while (!(bytes[bit / 8] >> bit % 8 & 1))
			bit++;
		check_same(bit, member->offset * 8 + member->bit_offset);
		check_same(i == 0 ? 3 : i == 1 ? 7 : 33, member->bit_size);
	}
}

static void anonymous_members_are_kept(struct self *self)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type_named(self, "node"), &members);
	const struct cw_member *found = NULL;

	for (size_t i = 0; i < num; i++)
		if (!members[i].name)
			found = &members[i];
	check(found);
	check_same(offsetof(struct node, inner), found->offset);
	check_same(0, member_named(found->type, "inner")->offset);
}

static void enumerators_have_values(struct self *self)
{
	const struct cw_enumerator *all;
	const struct cw_type *type = type_named(self, "color");

	check(type->kind == CW_TYPE_ENUM);
	check_same(sizeof(enum color), type->size);
	check_same(3, cw_type_enumerators(type, &all));
	check_text("RED", all[0].name);
	check_same(RED, all[0].value);
	check(all[2].value == BLUE);
}

static const struct cw_variable *variable_named(struct self *self,
						const char *name)
{
	const struct cw_variable *variables;
	size_t num;

	check_ok(cw_debug_variables(self->debug, self->module, &variables,
				    &num));
	for (size_t i = 0; i < num; i++)
		if (strcmp(variables[i].name, name) == 0)
			return &variables[i];
	check(!"a variable of that name");
	return NULL;
}

static void variables_are_where_they_are(struct self *self)
{
	static struct node *local_static;

	unit_counter++;
	check_same((uintptr_t)&unit_head,
		   variable_named(self, "unit_head")->address);
	check_print("node *", variable_named(self, "unit_head")->type);
	check_same((uintptr_t)unit_points,
		   variable_named(self, "unit_points")->address);
	check_same(sizeof(unit_points),
		   variable_named(self, "unit_points")->type->size);
	check_same((uintptr_t)&local_static,
		   variable_named(self, "variables_are_where_they_are()::"
					"local_static")
			   ->address);
	check(variable_named(self, "unit_counter")->is_tls);
	check(!local_static);
}

__attribute__((noinline)) static unsigned where_am_i(cw_addr *ret_pc)
{
	__asm__ volatile("lea 0(%%rip), %0" : "=r"(*ret_pc));
	return __LINE__;
}

static void addresses_have_functions_and_lines(struct self *self)
{
	const char *file;
	unsigned line;
	uint64_t offset;
	cw_addr pc;
	unsigned wanted = where_am_i(&pc) - 1;

	check_text("where_am_i", cw_debug_function(self->debug, pc, &offset));
	check_same(pc - (uintptr_t)where_am_i, offset);
	check(cw_debug_line(self->debug, pc, &file, &line));
	check(line == wanted || line == wanted + 1);
	check(strstr(file, "tests/unit/debug.c"));
	check(!cw_debug_function(self->debug, 17, &offset));
}

static void symbols_are_demangled(void)
{
	static const char *const pairs[][2] = {
		{"_ZN3app5Cache3getEi", "app::Cache::get(int)"},
		{"_ZNSt6vectorIiSaIiEE9push_backEOi",
		 "std::vector<int, std::allocator<int> >::push_back(int&&)"},
		{"_RNvC6_123foo3bar", "123foo::bar"},
		{"_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char *name = cw_demangle(pairs[i][0]);
		check(name);
		check_text(pairs[i][1], name);
		free(name);
	}
	check(!cw_demangle("main"));
	check(!cw_demangle("_Z"));
}

int main(void)
{
	struct self self;

	self_open(&self);
	check(cw_debug_has(self.debug, self.module));
	members_are_where_the_compiler_put_them(&self);
	bit_fields_are_where_the_compiler_put_them(&self);
	anonymous_members_are_kept(&self);
	enumerators_have_values(&self);
	variables_are_where_they_are(&self);
	addresses_have_functions_and_lines(&self);
	symbols_are_demangled();
	self_close(&self);
	return 0;
}
