/*
 * Release row: golang/release_1_NN.inc by a program of that release with debug
 * info and symbols.
 *
 *	release_row CORE
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "code/instruction.h"
#include "golang/release.h"
#include "target/symbol.h"

enum { MAX_VOTES = 5, MAX_VARIABLES = 64 };

struct maker {
	const struct cw_go *go;
	struct cw_target *target;
	struct cw_decoder *decoder;
	const char *const *names;
	size_t num_names;
	const struct cw_symbol *symbols[MAX_VARIABLES]; /* or NULL */
	unsigned num_votes[MAX_VARIABLES];
};

static void print_fields(const struct cw_go *go)
{
	for (size_t i = 0; i < CW_GO_NUM_FIELDS; i++) {
		const char *type, *member = cw_go_field_name(i, &type);
		const struct cw_go_place *place = &go->layout.places[i];

		if (place->size)
			printf("\t{\"%s\", \"%s\", {%u, %u}},\n", type, member,
			       place->offset, place->size);
	}
}

static void print_votes(struct maker *maker,
			const struct cw_go_function *function,
			const struct cw_go_mentions *mentions)
{
	for (size_t i = 0; i < maker->num_names; i++) {
		const struct cw_symbol *symbol = maker->symbols[i];

		if (!symbol || maker->num_votes[i] == MAX_VOTES)
			continue;
		for (size_t j = 0; j < mentions->addresses.num; j++) {
			uint64_t offset =
				mentions->addresses.items[j] - symbol->address;
			if (offset >= symbol->size)
				continue;
			printf("\t{\"%s\", \"%s\", %zu, %" PRIu64 "},\n",
			       maker->names[i], function->name, j + 1, offset);
			maker->num_votes[i]++;
			break;
		}
	}
}

static bool is_asked(const char *name)
{
	return cw_go_release_asks(name) && strpbrk(name, "[ {\"\\") == NULL &&
	       strstr(name, ".func") == NULL && strstr(name, ".init") == NULL;
}

static void print_variables(struct maker *maker)
{
	struct cw_go_mentions mentions = {0};
	uint64_t num = cw_go_num_functions(maker->go);

	maker->num_names = cw_go_release_names(&maker->names);
	for (size_t i = 0; i < maker->num_names; i++)
		maker->symbols[i] = cw_symbol_find_in(
			maker->target, maker->go->module, maker->names[i]);
	for (uint64_t i = 0; i < num; i++) {
		struct cw_go_function function;
		cw_addr end;

		if (!cw_go_function_number(maker->go, i, &function, &end) ||
		    !is_asked(function.name))
			continue;
		cw_go_mentions_read(&mentions, maker->go, maker->decoder,
				    function.entry, end);
		print_votes(maker, &function, &mentions);
	}
	cw_go_mentions_deinit(&mentions);
}

static int fail(const char *why)
{
	fprintf(stderr, "release_row: %s\n", why);
	return 3;
}

int main(int argc, char **argv)
{
	struct cw_target_options options = {0};
	struct maker maker = {0};

	if (argc != 2)
		return 2;
	struct cw_error *err =
		cw_target_open_core(argv[1], &options, &maker.target);
	if (!err)
		err = cw_decoder_create(&maker.decoder);
	if (err)
		return fail(cw_error_message(err));
	struct cw_debug *debug = cw_debug_create(maker.target);
	struct cw_go *go = cw_go_create(maker.target, debug);
	if (!go || go->problem)
		return fail(go ? go->problem : "no Go");
	maker.go = go;
	printf("/* Made by tests/go-release. */\n/* clang-format off */\n"
	       "static const struct field_row fields_%u[] = {\n",
	       go->minor);
	print_fields(go);
	printf("};\n\nstatic const struct vote_row votes_%u[] = {\n",
	       go->minor);
	print_variables(&maker);
	printf("};\n/* clang-format on */\n");
	cw_go_destroy(go);
	cw_debug_destroy(debug);
	cw_decoder_destroy(maker.decoder);
	cw_target_close(maker.target);
	return 0;
}
