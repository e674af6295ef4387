#include "golang/layout.h"

#include <string.h>

#include "base/memory.h"
#include "golang/release.h"

struct field_name {
	const char *type, *member;
	bool is_optional;
};

static const struct field_name names[CW_GO_NUM_FIELDS] = {
	[CW_GO_HEAP_ALLSPANS] = {"runtime.mheap", "allspans"},
	[CW_GO_HEAP_SWEEPGEN] = {"runtime.mheap", "sweepgen"},
	[CW_GO_HEAP_ARENAS] = {"runtime.mheap", "arenas"},
	[CW_GO_ARENA_BITMAP] = {"runtime.heapArena", "bitmap", true},
	[CW_GO_ARENA_NO_MORE_PTRS] = {"runtime.heapArena", "noMorePtrs", true},
	[CW_GO_SPAN_START] = {"runtime.mspan", "startAddr"},
	[CW_GO_SPAN_NUM_PAGES] = {"runtime.mspan", "npages"},
	[CW_GO_SPAN_NUM_ELEMENTS] = {"runtime.mspan", "nelems"},
	[CW_GO_SPAN_ELEMENT_SIZE] = {"runtime.mspan", "elemsize"},
	[CW_GO_SPAN_FREE_INDEX] = {"runtime.mspan", "freeindex"},
	[CW_GO_SPAN_ALLOC_BITS] = {"runtime.mspan", "allocBits"},
	[CW_GO_SPAN_MARK_BITS] = {"runtime.mspan", "gcmarkBits"},
	[CW_GO_SPAN_SWEEPGEN] = {"runtime.mspan", "sweepgen"},
	[CW_GO_SPAN_CLASS] = {"runtime.mspan", "spanclass"},
	[CW_GO_SPAN_STATE] = {"runtime.mspan", "state"},
	[CW_GO_SPAN_SPECIALS] = {"runtime.mspan", "specials"},
	[CW_GO_SPAN_LARGE_TYPE] = {"runtime.mspan", "largeType", true},
	[CW_GO_SPAN_ALLOC_COUNT] = {"runtime.mspan", "allocCount", true},
	[CW_GO_SPAN_ALLOC_COUNT_BEFORE] = {"runtime.mspan",
					   "allocCountBeforeCache", true},
	[CW_GO_MODULE_NAMES] = {"runtime.moduledata", "funcnametab"},
	[CW_GO_MODULE_UNITS] = {"runtime.moduledata", "cutab"},
	[CW_GO_MODULE_FILES] = {"runtime.moduledata", "filetab"},
	[CW_GO_MODULE_VALUES] = {"runtime.moduledata", "pctab"},
	[CW_GO_MODULE_FUNCTIONS] = {"runtime.moduledata", "pclntable"},
	[CW_GO_MODULE_ENTRIES] = {"runtime.moduledata", "ftab"},
	[CW_GO_MODULE_TEXT] = {"runtime.moduledata", "text"},
	[CW_GO_MODULE_FUNCTION_DATA] = {"runtime.moduledata", "gofunc"},
	[CW_GO_MODULE_RODATA] = {"runtime.moduledata", "rodata"},
	[CW_GO_MODULE_DATA] = {"runtime.moduledata", "data"},
	[CW_GO_MODULE_DATA_END] = {"runtime.moduledata", "edata"},
	[CW_GO_MODULE_BSS] = {"runtime.moduledata", "bss"},
	[CW_GO_MODULE_BSS_END] = {"runtime.moduledata", "ebss"},
	[CW_GO_MODULE_DATA_MASK] = {"runtime.moduledata", "gcdatamask"},
	[CW_GO_MODULE_BSS_MASK] = {"runtime.moduledata", "gcbssmask"},
	[CW_GO_MODULE_NEXT] = {"runtime.moduledata", "next"},
	[CW_GO_MODULE_VARIABLES] = {"runtime.moduledata", "noptrdata"},
	[CW_GO_MODULE_VARIABLES_END] = {"runtime.moduledata", "enoptrbss"},
	[CW_GO_MODULE_TYPES] = {"runtime.moduledata", "types"},
	[CW_GO_MODULE_ETYPES] = {"runtime.moduledata", "etypes"},
	[CW_GO_G_STACK] = {"runtime.g", "stack"},
	[CW_GO_G_THREAD] = {"runtime.g", "m"},
	[CW_GO_G_SCHED] = {"runtime.g", "sched"},
	[CW_GO_G_SYSCALL_SP] = {"runtime.g", "syscallsp"},
	[CW_GO_G_SYSCALL_PC] = {"runtime.g", "syscallpc"},
	[CW_GO_G_STATUS] = {"runtime.g", "atomicstatus"},
	[CW_GO_G_ID] = {"runtime.g", "goid"},
	[CW_GO_G_WAIT_REASON] = {"runtime.g", "waitreason"},
	[CW_GO_G_START] = {"runtime.g", "startpc"},
	[CW_GO_G_CREATOR] = {"runtime.g", "gopc"},
	[CW_GO_G_LABELS] = {"runtime.g", "labels"},
	[CW_GO_G_DEFER] = {"runtime.g", "_defer"},
	[CW_GO_G_PANIC] = {"runtime.g", "_panic"},
	[CW_GO_G_CREATOR_ID] = {"runtime.g", "parentGoid", true},
	[CW_GO_SAVED_SP] = {"runtime.gobuf", "sp"},
	[CW_GO_SAVED_PC] = {"runtime.gobuf", "pc"},
	[CW_GO_SAVED_CONTEXT] = {"runtime.gobuf", "ctxt"},
	[CW_GO_THREAD_TID] = {"runtime.m", "procid"},
	[CW_GO_THREAD_SIGNAL] = {"runtime.m", "gsignal"},
	[CW_GO_THREAD_VDSO_SP] = {"runtime.m", "vdsoSP"},
	[CW_GO_THREAD_VDSO_PC] = {"runtime.m", "vdsoPC"},
	[CW_GO_DEFER_IN_HEAP] = {"runtime._defer", "heap"},
	[CW_GO_DEFER_FUNCTION] = {"runtime._defer", "fn"},
	[CW_GO_DEFER_LINK] = {"runtime._defer", "link"},
	[CW_GO_CLEANUPS_ALL] = {"runtime.cleanupQueue", "all", true},
	[CW_GO_STATS_HEAP] = {"runtime.mstats", "heapStats", true},
	[CW_GO_STATS_LAST_GC] = {"runtime.mstats", "last_gc_unix", true},
	[CW_GO_STATS_LAST_GC_CLOCK] = {"runtime.mstats", "last_gc_nanotime",
				       true},
	[CW_GO_STATS_PAUSE_TOTAL] = {"runtime.mstats", "pause_total_ns", true},
	[CW_GO_STATS_PAUSES] = {"runtime.mstats", "pause_ns", true},
	[CW_GO_STATS_NUM_GC] = {"runtime.mstats", "numgc", true},
	[CW_GO_STATS_NUM_FORCED_GC] = {"runtime.mstats", "numforcedgc", true},
	[CW_GO_STATS_CPU_FRACTION] = {"runtime.mstats", "gc_cpu_fraction",
				      true},
	[CW_GO_DELTAS] = {"runtime.consistentHeapStats", "stats", true},
	[CW_GO_DELTA_STACKS] = {"runtime.heapStatsDelta", "inStacks", true},
	[CW_GO_DELTA_TINY] = {"runtime.heapStatsDelta", "tinyAllocCount", true},
	[CW_GO_DELTA_LARGE] = {"runtime.heapStatsDelta", "largeAllocCount",
			       true},
	[CW_GO_DELTA_SMALL] = {"runtime.heapStatsDelta", "smallAllocCount",
			       true},
	[CW_GO_DELTA_LARGE_FREED] = {"runtime.heapStatsDelta", "largeFreeCount",
				     true},
	[CW_GO_DELTA_SMALL_FREED] = {"runtime.heapStatsDelta", "smallFreeCount",
				     true},
	[CW_GO_PACER_PERCENT] = {"runtime.gcControllerState", "gcPercent",
				 true},
	[CW_GO_PACER_LIMIT] = {"runtime.gcControllerState", "memoryLimit",
			       true},
	[CW_GO_PACER_GOAL] = {"runtime.gcControllerState", "gcPercentHeapGoal",
			      true},
	[CW_GO_PACER_SWEEP_GOAL] = {"runtime.gcControllerState",
				    "sweepDistMinTrigger", true},
	[CW_GO_PACER_TRIGGERED] = {"runtime.gcControllerState", "triggered",
				   true},
	[CW_GO_PACER_HEAP_IN_USE] = {"runtime.gcControllerState", "heapInUse",
				     true},
	[CW_GO_PACER_HEAP_RELEASED] = {"runtime.gcControllerState",
				       "heapReleased", true},
	[CW_GO_PACER_HEAP_FREE] = {"runtime.gcControllerState", "heapFree",
				   true},
	[CW_GO_PACER_TOTAL_ALLOC] = {"runtime.gcControllerState", "totalAlloc",
				     true},
	[CW_GO_PROCESSOR_CACHE] = {"runtime.p", "mcache", true},
	[CW_GO_CACHE_TINY_ALLOCS] = {"runtime.mcache", "tinyAllocs", true},
	[CW_GO_CACHE_SPANS] = {"runtime.mcache", "alloc", true},
	[CW_GO_CLEANUPS_QUEUED] = {"runtime.cleanupQueue", "queued", true},
	[CW_GO_CLEANUPS_EXECUTED] = {"runtime.cleanupQueue", "executed", true},
	[CW_GO_BUCKET_NEXT] = {"runtime.bucket", "allnext", true},
	[CW_GO_BUCKET_SIZE] = {"runtime.bucket", "size", true},
	[CW_GO_BUCKET_DEPTH] = {"runtime.bucket", "nstk", true},
	[CW_GO_RECORD_ACTIVE] = {"runtime.memRecord", "active", true},
	[CW_GO_RECORD_FUTURE] = {"runtime.memRecord", "future", true},
	[CW_GO_RECORD_ALLOCS] = {"runtime.memRecordCycle", "allocs", true},
	[CW_GO_RECORD_FREES] = {"runtime.memRecordCycle", "frees", true},
	[CW_GO_G_WAIT_SINCE] = {"runtime.g", "waitsince", true},
	[CW_GO_G_WAITING] = {"runtime.g", "waiting", true},
	[CW_GO_G_LOCKED] = {"runtime.g", "lockedm", true},
	[CW_GO_SUDOG_G] = {"runtime.sudog", "g", true},
	[CW_GO_SUDOG_NEXT] = {"runtime.sudog", "next", true},
	[CW_GO_SUDOG_PREVIOUS] = {"runtime.sudog", "prev", true},
	[CW_GO_SUDOG_ELEMENT] = {"runtime.sudog", "elem", true},
	[CW_GO_SUDOG_LINK] = {"runtime.sudog", "waitlink", true},
	[CW_GO_SUDOG_CHANNEL] = {"runtime.sudog", "c", true},
	[CW_GO_POLL_READER] = {"runtime.pollDesc", "rg", true},
	[CW_GO_POLL_WRITER] = {"runtime.pollDesc", "wg", true},
	[CW_GO_POLL_READ_DEADLINE] = {"runtime.pollDesc", "rd", true},
	[CW_GO_POLL_WRITE_DEADLINE] = {"runtime.pollDesc", "wd", true},
};

static const struct cw_type *structure(struct cw_debug *debug, const char *name)
{
	const struct cw_type **types;
	size_t num = cw_debug_types_named(debug, name, &types);

	for (size_t i = 0; i < num; i++) {
		if (cw_type_is_aggregate(types[i]) && types[i]->size != 0 &&
		    !types[i]->is_declaration)
			return cw_type_strip(types[i]);
	}
	return NULL;
}

static bool place_read(const struct cw_type *type, const char *name,
		       struct cw_go_place *ret)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++) {
		const struct cw_member *member = &members[i];

		if (!member->name || strcmp(member->name, name) != 0)
			continue;
		uint64_t size = cw_type_strip(member->type)->size;

		if (size == 0 || size > type->size ||
		    member->offset > type->size - size ||
		    type->size > UINT32_MAX)
			return false;
		*ret = (struct cw_go_place){member->offset, size};
		return true;
	}
	return false;
}

bool cw_go_layout_read(struct cw_debug *debug, unsigned minor,
		       struct cw_go_layout *layout, struct cw_text *ret_missing)
{
	const char *last_name = "";
	const struct cw_type *type = NULL;
	bool has_debug = structure(debug, names[0].type) != NULL;

	*layout = (struct cw_go_layout){0};
	for (size_t i = 0; i < CW_GO_NUM_FIELDS; i++) {
		const struct field_name *name = &names[i];
		struct cw_go_place *place = &layout->places[i];

		if (has_debug && strcmp(name->type, last_name) != 0)
			type = structure(debug, name->type);
		last_name = name->type;
		if (has_debug ? type && place_read(type, name->member, place)
			      : cw_go_release_place(minor, name->type,
						    name->member, place))
			continue;
		if (name->is_optional)
			continue;
		cw_text_addf(ret_missing, "%s.%s", name->type, name->member);
		return false;
	}
	return true;
}

const char *cw_go_field_name(enum cw_go_field field, const char **ret_type)
{
	*ret_type = names[field].type;
	return names[field].member;
}

uint64_t cw_go_layout_extent(const struct cw_go_layout *layout,
			     enum cw_go_field first, enum cw_go_field last)
{
	uint64_t extent = 0;

	for (size_t i = first; i <= last; i++) {
		const struct cw_go_place *place = &layout->places[i];

		if (place->offset + (uint64_t)place->size > extent)
			extent = place->offset + (uint64_t)place->size;
	}
	return extent;
}

uint64_t cw_go_field(const struct cw_go_layout *layout,
		     const unsigned char *bytes, enum cw_go_field field)
{
	const struct cw_go_place *place = &layout->places[field];
	uint64_t value = 0;

	memcpy(&value, bytes + place->offset,
	       place->size < sizeof(value) ? place->size : sizeof(value));
	return value;
}
