/*
 * Loader: the JIT reader that GDB loads.
 *
 * GDB's only interface for C in it is the JIT reader: it calls unwind() for
 * every frame that it unwinds.  That is where a command runs, when one waits
 * in the channel; the frame itself is always left to GDB.  Without a process
 * or a core nothing is unwound; then heap.gdb loads the reader again, and the
 * command runs in gdb_init_reader().
 *
 * What GDB unwinds between commands says that the process may have run, or that
 * its memory or registers were changed: GDB then forgets all frames.
 *
 * This object stays in memory and keeps the channel open even when GDB drops
 * the reader: GDB's commands know the channel by file number only.
 */
#include <dlfcn.h>
#include <errno.h>
#include <gdb/jit-reader.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "plugin/channel.h"
#include "plugin/plugin.h"
#include "plugin/script.h"

#pragma GCC visibility push(default)
GDB_DECLARE_GPL_COMPATIBLE_READER
#pragma GCC visibility pop

#define exported	__attribute__((visibility("default")))
#define cleanup_message __attribute__((cleanup(cw_channel_message_deinit)))

/* The address sanitizer refuses RTLD_DEEPBIND. */
#ifdef __SANITIZE_ADDRESS__
#define BIND_DEEPLY 0
#else
#define BIND_DEEPLY RTLD_DEEPBIND
#endif

struct loader {
	struct cw_channel channel;
	const struct cw_plugin_functions *functions; /* NULL: not loaded */
	struct cw_plugin *plugin;
	/* The words of a command whose questions GDB is answering. */
	struct cw_channel_message command;
	bool has_moved;	    /* since the last command */
	bool had_moved;	    /* before the command */
	unsigned num_asked; /* commands */
	bool is_running; /* a frame that we cause GDB to unwind is none of ours
			  */
	char name[16];	 /* of GDB's process, while it names the channel */
};

/* The one thing that outlives a reader; see above. */
static struct loader loader = {.channel = {.request_fd = -1}};

/* The plugin lies in the folder of this object. */
static bool plugin_path(char path[PATH_MAX])
{
	static const char name[] = "corewalk-plugin.so";
	Dl_info info;

	if (!dladdr(&loader, &info) || !info.dli_fname)
		return false;
	const char *slash = strrchr(info.dli_fname, '/');
	size_t folder = slash ? slash + 1 - info.dli_fname : 0;
	if (folder + sizeof(name) > PATH_MAX)
		return false;
	memcpy(path, info.dli_fname, folder);
	memcpy(path + folder, name, sizeof(name));
	return true;
}

/* NULL, or why the plugin cannot be loaded. */
static const char *load_plugin(void)
{
	char path[PATH_MAX];

	if (loader.plugin)
		return NULL;
	if (!loader.functions) {
		if (!plugin_path(path))
			return "its folder is not known";
		void *object =
			dlopen(path, RTLD_NOW | RTLD_LOCAL | BIND_DEEPLY);
		if (!object)
			return dlerror();
		const struct cw_plugin_functions *functions =
			dlsym(object, "cw_plugin_functions");
		if (!functions || functions->version != CW_PLUGIN_VERSION) {
			dlclose(object);
			return "corewalk-gdb.so and corewalk-plugin.so are "
			       "not of the same build";
		}
		loader.functions = functions;
	}
	loader.plugin = loader.functions->create();
	return NULL;
}

void cw_plugin_answer_deinit(struct cw_plugin_answer *answer)
{
	for (size_t i = 0; i < answer->num_questions; i++)
		free(answer->questions[i].text);
	free(answer->questions);
	free(answer->text);
}

static void fail(struct cw_plugin_answer *answer, const char *problem)
{
	int size = asprintf(&answer->text, "corewalk cannot be loaded: %s\n",
			    problem);

	if (size < 0)
		answer->text = NULL;
	answer->size = size < 0 ? 0 : size;
	answer->status = 3;
}

/* Whether stderr is a terminal that curses, GDB's TUI, does not draw on. */
static bool has_plain_terminal(void)
{
	if (!isatty(STDERR_FILENO))
		return false;

	void **screen = dlsym(RTLD_DEFAULT, "stdscr");
	bool (*has_ended)(void) = dlsym(RTLD_DEFAULT, "isendwin");
	return !screen || !*screen || !has_ended || has_ended();
}

/*
 * The first record of a command is GDB's width, the second the number of the
 * last answer that GDB began to read, the others are its words.
 */
static void fill_words(struct cw_plugin_request *request)
{
	const struct cw_channel_message *command = &loader.command;

	if (command->num_records < 2)
		return;
	request->width = strtoul(command->records[0], NULL, 10);
	request->num_words = command->num_records - 2;
	request->words = command->records + 2;
}

static void answer_message(const struct cw_channel_message *replies,
			   const struct cw_plugin_frame *frame)
{
	struct cw_plugin_request request = {
		.has_terminal = has_plain_terminal(),
		.has_moved = loader.had_moved,
		.has_replies = replies,
		.num_replies = replies ? replies->num_records : 0,
		.replies = replies ? replies->records : NULL,
	};
	struct cw_plugin_answer answer = {0};

	fill_words(&request);
	const char *problem = load_plugin();
	if (problem)
		fail(&answer, problem);
	else
		loader.functions->answer(loader.plugin, &request, frame,
					 &answer);

	char *script = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&script, &size);
	if (stream) {
		cw_script_write(&answer, loader.channel.request_fd,
				loader.num_asked, stream);
		fclose(stream);
		cw_channel_put(&loader.channel, script, size);
	}
	free(script);
	cw_plugin_answer_deinit(&answer);
}

/* Whether GDB came to the end of the command before this one. */
static bool has_settled(void)
{
	const struct cw_channel_message *command = &loader.command;

	return command->num_records > 1 &&
	       strtoul(command->records[1], NULL, 10) == loader.num_asked;
}

static void leave(struct loader **running)
{
	(*running)->is_running = false;
}

/* Takes the message. */
static void run(struct cw_channel_message *message,
		const struct cw_plugin_frame *frame)
{
	__attribute__((cleanup(leave))) struct loader *running = &loader;

	running->is_running = true;
	if (loader.name[0])
		prctl(PR_SET_NAME, loader.name);
	loader.name[0] = '\0';
	if (message->is_replies) {
		answer_message(message, frame);
		return;
	}
	cw_channel_message_deinit(&loader.command);
	loader.command = *message;
	*message = (struct cw_channel_message){0};
	loader.had_moved = loader.has_moved || !has_settled();
	loader.has_moved = false;
	loader.num_asked++;
	answer_message(NULL, frame);
}

static bool read_target(void *context, uint64_t address, void *buffer,
			uint64_t size)
{
	struct gdb_unwind_callbacks *callbacks = context;

	return size <= INT_MAX &&
	       callbacks->target_read(address, buffer, size) == GDB_SUCCESS;
}

/* The registers of the frame that GDB is about to unwind, the innermost. */
static void read_frame(struct gdb_unwind_callbacks *callbacks,
		       struct cw_plugin_frame *frame)
{
	frame->has_registers = true;
	frame->read = read_target;
	frame->context = callbacks;
	for (int i = 0; i < CW_PLUGIN_NUM_REGISTERS; i++) {
		struct gdb_reg_value *value = callbacks->reg_get(callbacks, i);
		if (value->defined && value->size == sizeof(uint64_t))
			memcpy(&frame->registers[i], value->value,
			       sizeof(uint64_t));
		else
			frame->has_registers = false;
		if (value->free)
			value->free(value);
	}
}

static enum gdb_status unwind(struct gdb_reader_funcs *self,
			      struct gdb_unwind_callbacks *callbacks)
{
	cleanup_message struct cw_channel_message message = {0};
	struct cw_plugin_frame frame = {0};

	if (loader.is_running)
		return GDB_FAIL;
	if (!cw_channel_take(&loader.channel, &message)) {
		loader.has_moved |= !cw_channel_is_at_work(&loader.channel);
		return GDB_FAIL;
	}
	read_frame(callbacks, &frame);
	run(&message, &frame);
	return GDB_FAIL;
}

static enum gdb_status read_nothing(struct gdb_reader_funcs *self,
				    struct gdb_symbol_callbacks *callbacks,
				    void *memory, long size)
{
	return GDB_FAIL;
}

static struct gdb_frame_id no_frame_id(struct gdb_reader_funcs *self,
				       struct gdb_unwind_callbacks *callbacks)
{
	return (struct gdb_frame_id){0};
}

static void destroy(struct gdb_reader_funcs *self)
{
	if (loader.plugin)
		loader.functions->destroy(loader.plugin);
	loader.plugin = NULL;
}

/*
 * Tells heap.gdb the number of the channel: as the name of GDB's process,
 * which is a command of GDB, and which heap.gdb reads with
 * `source /proc/self/comm` right after it loaded us.
 */
static void say_channel(void)
{
	char name[16];

	prctl(PR_GET_NAME, loader.name);
	snprintf(name, sizeof(name), "_cw_fd %d", loader.channel.request_fd);
	prctl(PR_SET_NAME, name);
}

exported struct gdb_reader_funcs *gdb_init_reader(void)
{
	static struct gdb_reader_funcs functions = {
		.reader_version = GDB_READER_INTERFACE_VERSION,
		.read = read_nothing,
		.unwind = unwind,
		.get_frame_id = no_frame_id,
		.destroy = destroy,
	};
	cleanup_message struct cw_channel_message message = {0};
	struct cw_plugin_frame frame = {0};

	if (loader.channel.request_fd < 0 && !cw_channel_open(&loader.channel))
		fprintf(stderr, "corewalk: no memory files: %s\n",
			strerror(errno));
	else if (cw_channel_take(&loader.channel, &message))
		run(&message, &frame);
	else
		say_channel();
	return &functions;
}
