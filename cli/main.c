/*
 * The stand-alone program: words and a core file to an answer and a status.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "command/meter.h"
#include "command/run.h"

/* What the signal handler stops; set before the handler is. */
static struct cw_progress *running;

static void stop_running(int signal)
{
	running->must_stop = 1;
}

/* The first Ctrl-C stops the work at a good place, the second at once. */
static void catch_interrupts(struct cw_progress *progress)
{
	struct sigaction action = {
		.sa_handler = stop_running,
		.sa_flags = SA_RESETHAND | SA_RESTART,
	};

	running = progress;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Columns of the terminal; 0 when the answer goes elsewhere. */
static unsigned terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (columns && *columns) {
		char *end;
		unsigned long width = strtoul(columns, &end, 10);
		if (*end == '\0' && width < 10000)
			return width;
	}
	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

static struct cw_run_style find_style(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return (struct cw_run_style){
		.width = terminal_width(),
		.has_color = isatty(STDOUT_FILENO) &&
			     !(no_color && *no_color) &&
			     !(term && strcmp(term, "dumb") == 0),
		.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
}

static struct cw_error *no_target(void)
{
	return cw_error_new(CW_ERROR_USAGE,
			    "which core or process? corewalk [heap] COMMAND "
			    "[OPTIONS] CORE, or --pid PID; see 'corewalk "
			    "help'");
}

/* Beside the answer, which is the same as for a core. */
static void say_pause(const struct cw_request *request,
		      const struct cw_target *target)
{
	if (!target->pause || !cw_request_wants_progress(request))
		return;
	fprintf(stderr, "%s stood still for %.1f ms (%s%s%s)\n", target->path,
		target->pause / 1e6, cw_snapshot_name(target->snapshot),
		target->no_fork ? ": " : "",
		target->no_fork ? target->no_fork : "");
}

/* Where that may hurt. */
static void warn_of_pause(const struct cw_request *request, uint32_t pid)
{
	uint64_t expected =
		cw_process_expected_pause(pid, cw_request_snapshot(request));

	if (expected > 100000000 && cw_request_wants_progress(request))
		fprintf(stderr, "pid %u will stand still for about %.1f s\n",
			pid, expected / 1e9);
}

static struct cw_error *open_process(struct cw_request *request,
				     struct cw_target **ret)
{
	uint64_t pid = cw_request_pid(request);

	struct cw_error *err = cw_request_check(request);
	if (!err && pid > UINT32_MAX)
		err = cw_error_new(CW_ERROR_USAGE, "no process %llu",
				   (unsigned long long)pid);
	if (!err)
		warn_of_pause(request, pid);
	if (!err)
		err = cw_target_open_process(pid, cw_request_snapshot(request),
					     cw_request_target_options(request),
					     ret);
	if (!err)
		say_pause(request, *ret);
	return err;
}

static struct cw_error *open_core(struct cw_request *request,
				  struct cw_target **ret)
{
	const char *path = cw_request_take_core(request);

	if (!path)
		return no_target();
	struct cw_error *err = cw_request_check(request);
	if (err)
		return err;
	/* "corewalk laeks": neither a command nor a file. */
	if (access(path, F_OK) != 0 && errno == ENOENT && !strchr(path, '/')) {
		const char *meant = cw_command_meant(path);
		if (meant)
			return cw_error_new(CW_ERROR_USAGE,
					    "no file '%s'; did you mean the "
					    "command '%s'?",
					    path, meant);
	}
	return cw_target_open_core(path, cw_request_target_options(request),
				   ret);
}

static struct cw_error *open_session(struct cw_request *request,
				     struct cw_session **ret)
{
	struct cw_target *target = NULL;

	struct cw_error *err = cw_request_pid(request)
				       ? open_process(request, &target)
				       : open_core(request, &target);
	if (!err)
		*ret = cw_session_create(target);
	return err;
}

static struct cw_error *answer(struct cw_request *request, int *ret_status)
{
	struct cw_run_style style = find_style();
	struct cw_session *session = NULL;
	struct cw_run_result result = {0};
	struct cw_meter meter;

	if (cw_request_needs_target(request)) {
		struct cw_error *err = open_session(request, &session);
		if (err)
			return err;
		catch_interrupts(&session->progress);
		if (cw_request_wants_progress(request) && isatty(STDERR_FILENO))
			cw_meter_attach(&meter, &session->progress, stderr);
	}
	struct cw_error *err =
		cw_request_run(request, session, &style, stdout, &result);
	if (session && session->progress.show)
		cw_meter_detach(&meter, &session->progress);
	cw_session_destroy(session);
	*ret_status = result.status;
	return err;
}

int main(int argc, char **argv)
{
	struct cw_request *request = NULL;
	int status = 0;

	setlocale(LC_CTYPE, "");
	struct cw_error *err = cw_request_parse(
		argc - 1, (const char *const *)argv + 1, &request);
	if (!err)
		err = answer(request, &status);
	cw_request_destroy(request);
	if (err) {
		fprintf(stderr, "corewalk: %s\n", cw_error_message(err));
		status = cw_run_status(err);
		cw_error_destroy(err);
	}
	return status;
}
