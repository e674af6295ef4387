#include "command/run.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "command/condition.h"
#include "command/gap.h"
#include "command/request.h"
#include "config.h"

static const char *target_kind_name(enum cw_target_kind kind)
{
	static const char *const names[] = {
		[CW_TARGET_CORE] = "core",
		[CW_TARGET_PROCESS] = "process",
		[CW_TARGET_REMOTE] = "remote",
		[CW_TARGET_BYTES] = "bytes",
	};

	return names[kind];
}

static void write_json_header(const struct cw_call *call)
{
	const struct cw_target *target = call->session->target;
	struct cw_json *json = call->out->json;

	cw_json_text(json, "corewalk", PACKAGE_VERSION);
	cw_json_text(json, "command", call->command->name);
	cw_json_object(json, "target");
	cw_json_text(json, "kind", target_kind_name(target->kind));
	cw_json_text(json, "path", target->path);
	cw_json_text(json, "exe", target->exe_path);
	cw_json_count(json, "pid", target->pid);
	cw_json_text(json, "arch", target->arch);
	cw_json_end(json);
	cw_gaps_write_json(json, call->session);
}

static struct cw_error *run_as_json(struct cw_call *call, FILE *file)
{
	struct cw_json json;

	cw_json_init(&json, file);
	call->out->json = &json;
	cw_json_object(&json, NULL);
	write_json_header(call);
	struct cw_error *err = call->command->run(call);
	/* What was written stays one well-formed object. */
	while (json.depth > 1)
		cw_json_end(&json);
	if (err)
		cw_json_text(&json, "stopped", cw_error_message(err));
	cw_json_end_all(&json);
	call->out->json = NULL;
	return err;
}

static struct cw_error *run_as_text(struct cw_call *call)
{
	struct cw_error *err = call->command->run(call);

	if (err || call->options->is_short || !call->session)
		return err;
	cw_gaps_write_text(call->out, call->session);
	cw_output_suggestions(call->out);
	return NULL;
}

static struct cw_error *run_command(struct cw_call *call)
{
	struct cw_condition condition;
	const char *fail_if = call->options->fail_if;

	struct cw_error *err =
		fail_if ? cw_condition_parse(fail_if, &condition) : NULL;
	if (!err && call->session) {
		call->session->num_threads = call->options->threads;
		err = cw_session_need(call->session, call->command->needs);
	}
	if (err)
		return err;
	if (call->options->is_json && call->session)
		err = run_as_json(call, call->out->file);
	else
		err = run_as_text(call);
	if (err || !fail_if || !call->session)
		return err;

	bool holds;
	err = cw_condition_test(&condition, call->session, &holds);
	if (!err && holds)
		call->result->status = 1;
	return err;
}

/* Opens --output FILE, which must not be the core itself. */
static struct cw_error *
open_output(const char *path, const struct cw_session *session, FILE **ret)
{
	struct stat output, core;

	if (session && session->target->path && stat(path, &output) == 0 &&
	    stat(session->target->path, &core) == 0 &&
	    output.st_dev == core.st_dev && output.st_ino == core.st_ino)
		return cw_error_new(CW_ERROR_USAGE,
				    "--output '%s' is the core itself", path);
	FILE *file = fopen(path, "we");
	if (!file)
		return cw_error_errno(CW_ERROR_USAGE, errno,
				      "cannot write '%s'", path);
	*ret = file;
	return NULL;
}

/* Whatever could not be written (disk full, closed pipe) is known here. */
static struct cw_error *finish_output(FILE *file, const char *path,
				      struct cw_error *err)
{
	bool has_failed = fflush(file) != 0 || ferror(file);
	int errnum = errno;

	if (path && fclose(file) != 0 && !has_failed) {
		has_failed = true;
		errnum = errno;
	}
	if (has_failed && !err)
		err = cw_error_errno(CW_ERROR_TARGET, errnum, "cannot write %s",
				     path ? path : "the answer");
	return err;
}

struct cw_error *cw_request_run(struct cw_request *request,
				struct cw_session *session,
				const struct cw_run_style *style, FILE *file,
				struct cw_run_result *ret)
{
	const char *path = request->options.output;

	struct cw_error *err = cw_request_check(request);
	if (!err && path)
		err = open_output(path, session, &file);
	if (err)
		return err;

	struct cw_output out = {
		.file = file,
		.width = path ? 0 : style->width,
		.has_color = style->has_color && !path,
		.is_gdb = style->is_gdb,
		.is_exact = request->options.is_exact,
		.is_utf8 = style->is_utf8 || path,
	};
	struct cw_run_result result = {0};
	struct cw_call call = {
		.command = request->command,
		.options = &request->options,
		.num_arguments = request->arguments.num,
		.arguments = request->arguments.items,
		.session = session,
		.out = &out,
		.result = &result,
	};
	err = run_command(&call);
	cw_output_deinit(&out);
	err = finish_output(file, path, err);
	if (!err)
		*ret = result;
	return err;
}

int cw_run_status(const struct cw_error *err)
{
	switch (cw_error_kind(err)) {
	case CW_ERROR_USAGE:
		return 2;
	case CW_ERROR_INTERRUPTED:
		return CW_STATUS_STOPPED;
	default:
		return 3;
	}
}
