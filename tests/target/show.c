/*
 * show [--exe FILE] [--sysroot DIR] [--debug-dir DIR] CORE WHAT [ARGUMENT]…
 *
 * Prints what target/ sees of a core, a line a thing, for the scripts to
 * compare with what others see.  "pid:1234" for CORE stops that process and
 * reads it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "target/debug_file.h"
#include "target/elf_file.h"
#include "target/symbol.h"
#include "target/target.h"

static void segments(struct cw_target *target, char **arguments)
{
	cw_array_foreach(segment, &target->segments)
	{
		unsigned flags = segment->flags;
		printf("%lx %lx %c%c%c%c%c %s %s %lx\n", segment->start,
		       segment->end, flags & CW_SEGMENT_READ ? 'r' : '-',
		       flags & CW_SEGMENT_WRITE ? 'w' : '-',
		       flags & CW_SEGMENT_EXEC ? 'x' : '-',
		       flags & CW_SEGMENT_SHARED ? 's' : 'p',
		       flags & CW_SEGMENT_FROM_FILE ? 'f' : '-',
		       segment->bytes ? "bytes" : cw_gap_name(segment->gap),
		       segment->path ? segment->path : "-",
		       segment->file_offset);
	}
}

static void threads(struct cw_target *target, char **arguments)
{
	cw_array_foreach(thread, &target->threads)
	{
		for (int i = 0; i < CW_NUM_REGS; i++)
			printf("%u %u %s %lx\n", thread->number, thread->tid,
			       cw_register_names[i], thread->regs[i]);
	}
}

static void vectors(struct cw_target *target, char **arguments)
{
	cw_array_foreach(thread, &target->threads)
	{
		printf("%u ", thread->number);
		/* Where FXSAVE has xmm0 to xmm15. */
		for (size_t i = 160; i < 416 && i < thread->vector_state_size;
		     i++)
			printf("%02x", thread->vector_state[i]);
		printf("\n");
	}
}

static void modules(struct cw_target *target, char **arguments)
{
	cw_array_foreach(module, &target->modules)
	{
		printf("%s %lx %lx %lx %s ", module->name, module->start,
		       module->end, module->bias,
		       module->is_executable ? "exe" : "lib");
		for (size_t i = 0; i < module->build_id_size; i++)
			printf("%02x", module->build_id[i]);
		printf(" %lu/%lu %s %s\n", module->tls_size, module->tls_align,
		       module->file ? module->file->path : "-",
		       module->problem ? module->problem : "");
	}
}

static void state(struct cw_target *target, char **arguments)
{
	printf("pid %u\nsignal %d\nfault %lx\ntruncated %d\nexe %s\n",
	       target->pid, target->signal, target->fault_address,
	       target->is_truncated, target->exe_path ? target->exe_path : "-");
	cw_array_foreach(entry, &target->auxv)
	{
		printf("auxv %lu %lx\n", entry->type, entry->value);
	}
	cw_array_foreach(warning, &target->warnings)
	{
		printf("warning %s\n", *warning);
	}
}

static void symbols(struct cw_target *target, char **arguments)
{
	cw_array_foreach(module, &target->modules)
	{
		const struct cw_symbol *list;
		size_t num;
		if (strcmp(module->name, *arguments) != 0)
			continue;
		cw_symbols_of(target, module, &list, &num);
		for (size_t i = 0; i < num; i++)
			printf("%016lx %016lx %s %s\n",
			       list[i].kind == CW_SYMBOL_TLS
				       ? list[i].address
				       : list[i].address - module->bias,
			       list[i].size,
			       list[i].kind == CW_SYMBOL_TLS ? "tls" : "mem",
			       list[i].name);
	}
}

static void at(struct cw_target *target, char **arguments)
{
	for (; *arguments; arguments++) {
		cw_addr address = strtoul(*arguments, NULL, 0);
		const struct cw_symbol *symbol = cw_symbol_at(target, address);
		printf("%s+%lu\n", symbol ? symbol->name : "-",
		       symbol ? address - symbol->address : 0);
	}
}

static void find(struct cw_target *target, char **arguments)
{
	for (; *arguments; arguments++) {
		const struct cw_symbol *symbol =
			cw_symbol_find(target, *arguments);
		printf("%s %lx %lu\n", *arguments, symbol ? symbol->address : 0,
		       symbol ? symbol->size : 0);
	}
}

static void debug_files(struct cw_target *target, char **arguments)
{
	cw_array_foreach(module, &target->modules)
	{
		struct cw_elf_file *file = cw_module_debug_file(target, module);
		printf("%s %s\n", module->name, file ? file->path : "-");
	}
}

static void section_sum(struct cw_target *target, char **arguments)
{
	struct cw_elf_file *file = target->modules.items[0].file;
	struct cw_elf_section section;
	const unsigned char *bytes;
	uint64_t size;

	if (cw_elf_file_section(file, *arguments, &section) &&
	    cw_elf_file_section_bytes(file, &section, &bytes, &size))
		fwrite(bytes, 1, size, stdout);
}

/* Eight words at each address, as GDB's x/8gx has them. */
static void words(struct cw_target *target, char **arguments)
{
	for (; *arguments; arguments++) {
		cw_addr address = strtoul(*arguments, NULL, 0);
		uint64_t word;
		for (int i = 0; i < 8; i++)
			if (cw_target_read_word(target, address + i * 8, &word))
				printf("0x%016lx\n", word);
			else
				printf("-\n");
	}
}

static const struct {
	const char *name;
	void (*show)(struct cw_target *target, char **arguments);
} shows[] = {
	{"segments", segments},
	{"threads", threads},
	{"vectors", vectors},
	{"modules", modules},
	{"state", state},
	{"symbols", symbols},
	{"at", at},
	{"find", find},
	{"debug", debug_files},
	{"section", section_sum},
	{"words", words},
};

/* All threads, as GDB does.  They run on when this program ends. */
static void process_stop(unsigned pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	DIR *dir = opendir(path);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		pid_t tid = atoi(entry->d_name);
		if (tid == 0)
			continue;
		if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) != 0 ||
		    ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) != 0 ||
		    waitpid(tid, NULL, __WALL) != tid)
			perror("stopping");
	}
	if (dir)
		closedir(dir);
}

static struct cw_error *target_open(const char *name,
				    const struct cw_target_options *options,
				    struct cw_target **ret)
{
	if (strncmp(name, "pid:", 4) != 0)
		return cw_target_open_core(name, options, ret);
	process_stop(atoi(name + 4));
	return cw_target_open_stopped(atoi(name + 4), options, ret);
}

int main(int num, char **arguments)
{
	struct cw_target_options options = {0};
	struct cw_target *target;

	for (arguments++; num > 2 && arguments[0][0] == '-'; arguments += 2) {
		if (strcmp(arguments[0], "--exe") == 0)
			options.exe = arguments[1];
		else if (strcmp(arguments[0], "--sysroot") == 0)
			options.sysroot = arguments[1];
		else
			options.debug_dir = arguments[1];
	}
	struct cw_error *err = target_open(arguments[0], &options, &target);
	if (err) {
		printf("%s\n", cw_error_message(err));
		int status = cw_error_kind(err) == CW_ERROR_TARGET ? 3 : 1;
		cw_error_destroy(err);
		return status;
	}
	for (size_t i = 0; i < sizeof(shows) / sizeof(shows[0]); i++)
		if (arguments[1] && strcmp(shows[i].name, arguments[1]) == 0)
			shows[i].show(target, arguments + 2);
	cw_target_close(target);
	return 0;
}
