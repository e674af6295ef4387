#include "command/filter.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "command/describe.h"
#include "dwarf/short_name.h"

struct cw_error *cw_filter_init(struct cw_filter *filter,
				const struct cw_options *options)
{
	*filter = (struct cw_filter){.options = options};
	if (!options->type)
		return NULL;
	int code =
		regcomp(&filter->type, options->type, REG_EXTENDED | REG_NOSUB);
	if (code != 0) {
		char why[128];
		regerror(code, &filter->type, why, sizeof(why));
		return cw_error_new(CW_ERROR_USAGE, "--type '%s': %s",
				    options->type, why);
	}
	filter->has_type = true;
	return NULL;
}

void cw_filter_deinit(struct cw_filter *filter)
{
	if (filter->has_type)
		regfree(&filter->type);
}

static bool passes_size(const struct cw_filter *filter, uint64_t size)
{
	return size >= filter->options->min_size &&
	       size <= filter->options->max_size;
}

/* @name may be NULL: the type is not known. */
static bool passes_type(const struct cw_filter *filter, const char *name)
{
	if (!filter->has_type ||
	    regexec(&filter->type, name ? name : "unknown", 0, NULL, 0) == 0)
		return true;
	if (!name || !strstr(name, "::"))
		return false;
	/* As text shows it. */
	cw_cleanup_free char *short_name = cw_strdup(name);
	cw_names_shorten(short_name);
	return regexec(&filter->type, short_name, 0, NULL, 0) == 0;
}

bool cw_filter_passes(const struct cw_filter *filter,
		      const struct cw_session *session,
		      const struct cw_block *block)
{
	struct cw_typed_block typed = {0};
	unsigned state = filter->options->state;

	if (!passes_size(filter, block->size))
		return false;
	if (state < CW_NUM_BLOCK_STATES && block->state != state)
		return false;
	if (!filter->has_type)
		return true;
	if (session->typing)
		cw_typing_of(session->typing, block, &typed);
	return passes_type(filter, typed.name);
}
