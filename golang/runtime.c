#include "golang/runtime.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "golang/module_data.h"
#include "golang/release.h"
#include "target/elf_file.h"
#include "target/symbol.h"

/*
 * cmd/link puts it at the start of the data, a multiple of 16: 14 bytes of
 * magic, the size of a pointer, flags; when these say so, at 32 the version
 * as a varint length and text.
 */
enum {
	BUILDINFO_ALIGN = 16,
	BUILDINFO_FLAGS = 15,
	BUILDINFO_INLINE = 2,
	BUILDINFO_TEXT = 32,
	MAX_VERSION = 127, /* a varint of one byte */
	/* A module's data that is searched where no section says. */
	MAX_SEARCH = 64 << 20,
	PAGE = 8192,
};

static const char magic[14] = "\xff Go buildinf:";

/* "go1.22.12 X:…" as "1.22.12"; NULL: no such text. */
static char *version_at(const struct cw_target *target, cw_addr address)
{
	const unsigned char *bytes =
		cw_target_bytes(target, address, BUILDINFO_TEXT + 1);

	if (!bytes || memcmp(bytes, magic, sizeof(magic)) != 0 ||
	    !(bytes[BUILDINFO_FLAGS] & BUILDINFO_INLINE) ||
	    bytes[BUILDINFO_TEXT] > MAX_VERSION)
		return NULL;
	size_t length = bytes[BUILDINFO_TEXT];
	const char *text =
		cw_target_bytes(target, address + BUILDINFO_TEXT + 1, length);
	if (!text || length < 3 || memcmp(text, "go", 2) != 0)
		return NULL;
	return cw_strndup(text + 2, strcspn(text + 2, " ") < length - 2
					    ? strcspn(text + 2, " ")
					    : length - 2);
}

static char *search_version(const struct cw_target *target,
			    const struct cw_module *module)
{
	cw_array_foreach(segment, &target->segments)
	{
		if (!segment->bytes || segment->start < module->start ||
		    segment->start >= module->end ||
		    !(segment->flags & CW_SEGMENT_WRITE))
			continue;
		uint64_t size = segment->end - segment->start;
		if (size > MAX_SEARCH)
			size = MAX_SEARCH;
		for (uint64_t at = 0; at + BUILDINFO_TEXT < size;
		     at += BUILDINFO_ALIGN) {
			if (memcmp(segment->bytes + at, magic, sizeof(magic)))
				continue;
			char *version = version_at(target, segment->start + at);
			if (version)
				return version;
		}
	}
	return NULL;
}

static char *read_version(const struct cw_target *target,
			  const struct cw_module *module)
{
	struct cw_elf_section section;

	if (module->file &&
	    cw_elf_file_section(module->file, ".go.buildinfo", &section)) {
		char *version = version_at(
			target, module->bias + section.header.sh_addr);
		if (version)
			return version;
	}
	return search_version(target, module);
}

static cw_addr symbol_address(const struct cw_go *go, struct cw_target *target,
			      const char *name)
{
	const struct cw_symbol *symbol =
		cw_symbol_find_in(target, go->module, name);

	return symbol ? symbol->address : 0;
}

static struct cw_go_table read_table(const struct cw_go *go,
				     const unsigned char *module,
				     enum cw_go_field field,
				     uint64_t element_size)
{
	struct cw_go_table table = {
		.start = cw_go_field(&go->layout, module, field)};
	uint64_t num;

	memcpy(&num, module + go->layout.places[field].offset + 8, sizeof(num));
	if (__builtin_mul_overflow(num, element_size, &table.size))
		table.size = 0;
	return table;
}

/* Of a bitvector: a number, and the address of bytes. */
static cw_addr mask_address(const struct cw_go *go, const unsigned char *module,
			    enum cw_go_field field)
{
	cw_addr address;

	memcpy(&address, module + go->layout.places[field].offset + 8,
	       sizeof(address));
	return address;
}

/* The first module is the program; plugins' types and code are left out. */
static bool read_module(struct cw_go *go, struct cw_target *target)
{
	cw_addr address =
		cw_go_module_data_find(target, go->module, &go->layout);
	const unsigned char *bytes = cw_target_bytes(
		target, address,
		cw_go_layout_extent(&go->layout, CW_GO_MODULE_NAMES,
				    CW_GO_MODULE_ETYPES));

	if (!bytes)
		return false;
	go->types = cw_go_field(&go->layout, bytes, CW_GO_MODULE_TYPES);
	go->types_end = cw_go_field(&go->layout, bytes, CW_GO_MODULE_ETYPES);
	go->text = cw_go_field(&go->layout, bytes, CW_GO_MODULE_TEXT);
	go->function_data =
		cw_go_field(&go->layout, bytes, CW_GO_MODULE_FUNCTION_DATA);
	go->rodata = cw_go_field(&go->layout, bytes, CW_GO_MODULE_RODATA);
	go->data = cw_go_field(&go->layout, bytes, CW_GO_MODULE_DATA);
	go->data_end = cw_go_field(&go->layout, bytes, CW_GO_MODULE_DATA_END);
	go->bss = cw_go_field(&go->layout, bytes, CW_GO_MODULE_BSS);
	go->bss_end = cw_go_field(&go->layout, bytes, CW_GO_MODULE_BSS_END);
	go->data_mask = mask_address(go, bytes, CW_GO_MODULE_DATA_MASK);
	go->has_plugins =
		cw_go_field(&go->layout, bytes, CW_GO_MODULE_NEXT) != 0;
	go->bss_mask = mask_address(go, bytes, CW_GO_MODULE_BSS_MASK);
	/* Which comes first depends on the linker. */
	go->variables = cw_go_field(&go->layout, bytes, CW_GO_MODULE_VARIABLES);
	if (go->variables > go->data)
		go->variables = go->data;
	go->variables_end =
		cw_go_field(&go->layout, bytes, CW_GO_MODULE_VARIABLES_END);
	go->names = read_table(go, bytes, CW_GO_MODULE_NAMES, 1);
	go->units = read_table(go, bytes, CW_GO_MODULE_UNITS, 4);
	go->files = read_table(go, bytes, CW_GO_MODULE_FILES, 1);
	go->values = read_table(go, bytes, CW_GO_MODULE_VALUES, 1);
	go->functions = read_table(go, bytes, CW_GO_MODULE_FUNCTIONS, 1);
	go->entries = read_table(go, bytes, CW_GO_MODULE_ENTRIES, 8);
	return true;
}

/* A list of spans, of which the first is one: the heap is what it is said to
 * be. */
static bool is_heap(const struct cw_go *go, cw_addr heap)
{
	const struct cw_go_place *places = go->layout.places;
	uint64_t list[3], span, start;

	return heap &&
	       cw_target_read(go->target,
			      heap + places[CW_GO_HEAP_ALLSPANS].offset, list,
			      sizeof(list)) &&
	       list[1] > 0 && list[1] <= list[2] &&
	       cw_target_read_word(go->target, list[0], &span) &&
	       cw_target_read_word(go->target,
				   span + places[CW_GO_SPAN_START].offset,
				   &start) &&
	       start != 0 && start % PAGE == 0;
}

static const char *const global_names[CW_GO_NUM_GLOBALS] = {
	[CW_GO_ALL_GOROUTINES] = "runtime.allgs",
	[CW_GO_WAIT_REASONS] = "runtime.waitReasonStrings",
	[CW_GO_STATS] = "runtime.memstats",
	[CW_GO_PACER] = "runtime.gcController",
	[CW_GO_PHASE] = "runtime.gcphase",
	[CW_GO_PROCESSORS] = "runtime.allp",
	[CW_GO_FINALIZER_BLOCKS] = "runtime.allfin",
	[CW_GO_FINALIZER_GOROUTINE] = "runtime.fing",
	[CW_GO_CLEANUPS] = "runtime.gcCleanups",
	[CW_GO_MEMORY_BUCKETS] = "runtime.mbuckets",
	[CW_GO_BLOCK_BUCKETS] = "runtime.bbuckets",
	[CW_GO_MUTEX_BUCKETS] = "runtime.xbuckets",
	[CW_GO_MEMORY_CYCLE] = "runtime.mProfCycle",
	[CW_GO_MEMORY_RATE] = "runtime.MemProfileRate",
};

/* Where there is no symbol for the heap there is none at all. */
static void read_variables(struct cw_go *go, struct cw_target *target)
{
	static const char *const heap_name = "runtime.mheap_";

	go->heap = symbol_address(go, target, heap_name);
	if (go->heap == 0) {
		cw_go_release_variables(go, &heap_name, 1, &go->heap);
		cw_go_release_variables(go, global_names, CW_GO_NUM_GLOBALS,
					go->globals);
		return;
	}
	for (size_t i = 0; i < CW_GO_NUM_GLOBALS; i++)
		go->globals[i] = symbol_address(go, target, global_names[i]);
}

static void open_runtime(struct cw_go *go, struct cw_target *target,
			 struct cw_debug *debug)
{
	cw_cleanup_text struct cw_text missing = {0};

	if (!cw_go_layout_read(debug, go->minor, &go->layout, &missing)) {
		go->problem = cw_format(
			"it has no debug info with %s, and where this "
			"release has it is not known",
			missing.chars);
		return;
	}
	if (!read_module(go, target)) {
		go->problem = cw_strdup("its table of functions is not found");
		return;
	}
	read_variables(go, target);
	if (!is_heap(go, go->heap))
		go->problem = cw_strdup("its heap is not found");
}

bool cw_go_is_program(const struct cw_target *target)
{
	cw_array_foreach(module, &target->modules)
	{
		cw_cleanup_free char *version = read_version(target, module);

		if (version)
			return true;
	}
	return false;
}

struct cw_go *cw_go_create(struct cw_target *target, struct cw_debug *debug)
{
	cw_array_foreach(module, &target->modules)
	{
		char *version = read_version(target, module);
		if (!version)
			continue;
		struct cw_go *go = cw_alloc(sizeof(*go));
		go->target = target;
		go->module = module;
		go->debug = debug;
		go->version = version;
		sscanf(version, "1.%u", &go->minor);
		open_runtime(go, target, debug);
		return go;
	}
	return NULL;
}

void cw_go_destroy(struct cw_go *go)
{
	if (!go)
		return;
	free(go->version);
	free(go->problem);
	free(go);
}
