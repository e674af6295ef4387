#include "plugin/analysis.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plugin/memory_check.h"

static void destroy_inferiors(struct cw_inferiors **inferiors)
{
	cw_inferiors_destroy(*inferiors);
}

#define cleanup_inferiors __attribute__((cleanup(destroy_inferiors)))

static void free_options(struct cw_target_options *options)
{
	free((char *)options->exe);
	free((char *)options->sysroot);
	free((char *)options->debug_dir);
	free((char *)options->cache);
	*options = (struct cw_target_options){0};
}

static struct cw_target_options
copy_options(const struct cw_target_options *options)
{
	struct cw_target_options copy = *options;

	copy.exe = copy.exe ? cw_strdup(copy.exe) : NULL;
	copy.sysroot = copy.sysroot ? cw_strdup(copy.sysroot) : NULL;
	copy.debug_dir = copy.debug_dir ? cw_strdup(copy.debug_dir) : NULL;
	copy.cache = copy.cache ? cw_strdup(copy.cache) : NULL;
	return copy;
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same_options(const struct cw_target_options *a,
			    const struct cw_target_options *b)
{
	return is_same_text(a->exe, b->exe) &&
	       is_same_text(a->sysroot, b->sysroot) &&
	       is_same_text(a->debug_dir, b->debug_dir) &&
	       is_same_text(a->cache, b->cache);
}

void cw_analysis_init(struct cw_analysis *analysis)
{
	*analysis = (struct cw_analysis){0};
}

void cw_analysis_deinit(struct cw_analysis *analysis)
{
	if (analysis->session)
		cw_session_destroy(cw_take(analysis->session));
	cw_far_memory_destroy(cw_take(analysis->far));
	cw_inferior_deinit(&analysis->inferior);
	free_options(&analysis->options);
	free_options(&analysis->used_options);
}

/* Whether the session shows @frame, and memory is still what was read. */
static bool shows(const struct cw_analysis *analysis,
		  const struct cw_plugin_frame *frame,
		  const struct cw_target_options *options)
{
	return is_same_options(options, &analysis->options) &&
	       cw_inferior_shows_frame(analysis->session->target, frame) &&
	       (analysis->inferior.is_core || analysis->far ||
		cw_memory_is_as_copied(analysis->session->target));
}

/* Whether the session is that of @inferior, read with these options. */
static bool is_of(const struct cw_analysis *analysis,
		  const struct cw_inferior *inferior,
		  const struct cw_plugin_frame *frame,
		  const struct cw_target_options *options)
{
	return analysis->session && !analysis->far &&
	       cw_inferior_is_same(inferior, &analysis->inferior) &&
	       shows(analysis, frame, options);
}

bool cw_analysis_is_current(const struct cw_analysis *analysis,
			    const struct cw_plugin_frame *frame,
			    const struct cw_target_options *options)
{
	if (!analysis->session || analysis->is_stale)
		return false;
	if (analysis->far ? cw_far_memory_is_lost(analysis->far)
			  : !cw_inferior_is_unchanged(&analysis->inferior))
		return false;
	return shows(analysis, frame, options);
}

static struct cw_error *open_inferior(const struct cw_inferior *inferior,
				      const struct cw_target_options *options,
				      struct cw_target **ret)
{
	if (inferior->is_core)
		return cw_target_open_core(inferior->path, options, ret);
	return cw_target_open_stopped(inferior->pid, options, ret);
}

/* Whether what GDB says of its selected inferior allows it to be this one. */
static bool may_be(const struct cw_inferior *inferior,
		   const struct cw_inferior *core, const struct cw_info *info)
{
	if (core)
		return cw_inferior_is_same(inferior, core);
	if (inferior->is_core)
		return !info->connection ||
		       strcmp(info->connection, "core") == 0;
	return info->pid == 0 || info->pid == inferior->pid;
}

static struct cw_error *not_found(void)
{
	return cw_error_new(CW_ERROR_TARGET,
			    "cannot find the core or process with the "
			    "registers that GDB shows: only cores and "
			    "processes on this machine, in their present "
			    "state, can be read");
}

/* What is needed to open a target: the words', or GDB's, or none. */
static void use_options(struct cw_analysis *analysis,
			const struct cw_target_options *options,
			const struct cw_info *info,
			struct cw_progress *progress)
{
	struct cw_target_options *used = &analysis->used_options;

	analysis->options = copy_options(options);
	*used = copy_options(options);
	if (!used->exe && info->exe)
		used->exe = cw_strdup(info->exe);
	if (!used->sysroot && info->sysroot)
		used->sysroot = cw_strdup(info->sysroot);
	used->progress = progress;
}

/* The target knows where the progress is, and that stays there. */
static void replace(struct cw_analysis *analysis, struct cw_analysis *new,
		    struct cw_target *target)
{
	struct cw_progress progress = analysis->progress;

	cw_analysis_deinit(analysis);
	new->session = cw_session_create(target);
	new->progress = progress;
	*analysis = *new;
}

/* Opens @inferior if it is the one; else @ret_is_found is false. */
static struct cw_error *try(struct cw_analysis *analysis,
			    const struct cw_inferior *inferior,
			    const struct cw_plugin_frame *frame,
			    const struct cw_target_options *options,
			    const struct cw_info *info, bool *ret_is_found)
{
	struct cw_analysis new = {.inferior = cw_inferior_copy(inferior)};
	struct cw_target *target;

	use_options(&new, options, info, &analysis->progress);
	struct cw_error *err =
		open_inferior(inferior, &new.used_options, &target);
	*ret_is_found = !err && cw_inferior_shows_frame(target, frame);
	if (!*ret_is_found) {
		if (!err)
			cw_target_close(target);
		cw_analysis_deinit(&new);
		return err;
	}
	replace(analysis, &new, target);
	return NULL;
}

struct cw_error *cw_analysis_begin(struct cw_analysis *analysis,
				   const struct cw_plugin_frame *frame,
				   const struct cw_target_options *options,
				   const struct cw_info *info)
{
	cleanup_inferiors struct cw_inferiors *inferiors =
		cw_inferiors_create();
	const struct cw_inferior *core = NULL;
	if (info->core)
		core = cw_inferiors_add_core(inferiors, info->core);

	cw_array_foreach(inferior, &inferiors->items)
	{
		bool is_found;
		if (!may_be(inferior, core, info))
			continue;
		if (is_of(analysis, inferior, frame, options)) {
			analysis->is_stale = false;
			return NULL;
		}

		struct cw_error *err = try(analysis, inferior, frame, options,
					   info, &is_found);
		if (err || is_found)
			return err;
	}
	return not_found();
}

struct cw_error *cw_analysis_begin_remote(
	struct cw_analysis *analysis, const struct cw_plugin_frame *frame,
	const struct cw_target_options *options, const struct cw_info *info,
	const struct cw_remote *remote, struct cw_far_memory *far)
{
	struct cw_analysis new = {.far = far};
	struct cw_target *target;

	if (!far)
		new.inferior = cw_inferior_of_process(remote->pid);
	if (!far && is_of(analysis, &new.inferior, frame, options)) {
		analysis->is_stale = false;
		return NULL;
	}
	use_options(&new, options, info, &analysis->progress);
	struct cw_error *err =
		cw_target_open_remote(remote, far, &new.used_options, &target);
	if (err) {
		new.far = NULL; /* it is being served */
		cw_analysis_deinit(&new);
		return err;
	}
	replace(analysis, &new, target);
	return NULL;
}
