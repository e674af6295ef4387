/*
 * vtables CORE <addresses: the complete object that the part at each address
 * belongs to: the address, where the object begins, its size as debug info has
 * it (0: none), and the name of its class.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "object/vtable.h"

static void die_if(struct cw_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "vtables: %s\n", cw_error_message(err));
	exit(1);
}

int main(int argc, char **argv)
{
	struct cw_target_options options = {0};
	struct cw_target *target;
	struct cw_vtables vtables;
	cw_addr address;

	if (argc != 2)
		return 2;
	die_if(cw_target_open_core(argv[1], &options, &target));
	struct cw_debug *debug = cw_debug_create(target);
	cw_vtables_init(&vtables, target, debug);
	while (scanf("%" SCNx64 "%*[^\n]", &address) == 1) {
		struct cw_complete_object object;
		if (!cw_vtable_complete(&vtables, address, &object)) {
			printf("0x%" PRIx64 " nothing\n", address);
			continue;
		}
		printf("0x%" PRIx64 " 0x%" PRIx64 " %" PRIu64 " %s\n", address,
		       object.address,
		       object.class->type ? object.class->type->size : 0,
		       object.class->name);
	}
	cw_vtables_deinit(&vtables);
	cw_debug_destroy(debug);
	cw_target_close(target);
	return 0;
}
