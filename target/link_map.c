#include "target/link_map.h"

#include <elf.h>
#include <string.h>

#include "base/memory.h"
#include "target/target.h"

enum {
	MAX_OBJECTS = 16384,
	MAX_DYNAMIC = 4096,
	MAX_PHDRS = 1024,
	MAX_PATH = 4096,
};

/* The dynamic section of the executable, by AT_PHDR. */
static bool dynamic_find(const struct cw_target *target, cw_addr *ret)
{
	uint64_t address, num, bias = 0, dynamic = 0;

	if (!cw_target_auxv(target, AT_PHDR, &address) ||
	    !cw_target_auxv(target, AT_PHNUM, &num) || num > MAX_PHDRS)
		return false;
	for (uint64_t i = 0; i < num; i++) {
		Elf64_Phdr phdr;
		if (!cw_target_read(target, address + i * sizeof(phdr), &phdr,
				    sizeof(phdr)))
			return false;
		if (phdr.p_type == PT_PHDR)
			bias = address - phdr.p_vaddr;
		if (phdr.p_type == PT_DYNAMIC)
			dynamic = phdr.p_vaddr;
	}
	*ret = bias + dynamic;
	return dynamic != 0;
}

static bool debug_find(const struct cw_target *target, cw_addr dynamic,
		       cw_addr *ret)
{
	for (int i = 0; i < MAX_DYNAMIC; i++) {
		Elf64_Dyn entry;
		if (!cw_target_read(target, dynamic + i * sizeof(entry), &entry,
				    sizeof(entry)) ||
		    entry.d_tag == DT_NULL)
			return false;
		if (entry.d_tag == DT_DEBUG) {
			*ret = entry.d_un.d_ptr;
			return entry.d_un.d_ptr != 0;
		}
	}
	return false;
}

void cw_link_map_read(struct cw_target *target, struct cw_link_map *ret)
{
	/* struct r_debug { int version; struct link_map *map; … } */
	enum { R_MAP = 8 };
	/* struct link_map, the public part in <link.h>. */
	enum { L_ADDR, L_NAME, L_LD, L_NEXT, NUM_WORDS };
	uint64_t at, words[NUM_WORDS];

	*ret = (struct cw_link_map){0};
	if (!dynamic_find(target, &at) || !debug_find(target, at, &at) ||
	    !cw_target_read_word(target, at + R_MAP, &at))
		return;
	while (at != 0 && ret->entries.num < MAX_OBJECTS &&
	       cw_target_read(target, at, words, sizeof(words))) {
		cw_cleanup_free char *path =
			cw_target_read_string(target, words[L_NAME], MAX_PATH);
		*cw_array_push(&ret->entries) = (struct cw_link_map_entry){
			.bias = words[L_ADDR],
			.dynamic = words[L_LD],
			.path = cw_arena_strdup(&target->arena,
						path ? path : ""),
		};
		at = words[L_NEXT];
	}
}

void cw_link_map_deinit(struct cw_link_map *map)
{
	cw_array_deinit(&map->entries);
}
