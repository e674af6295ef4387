#include "target/core_notes.h"

#include <signal.h>
#include <string.h>
#include <sys/procfs.h>

#include "base/memory.h"
#include "target/elf_note.h"

/* What NT_X86_XSTATE is called where <elf.h> does not know it. */
#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

struct notes {
	struct cw_target *target;
	struct cw_mappings *mappings;
};

static uint64_t word_at(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

static void damaged(struct notes *notes, const char *what)
{
	*cw_array_push(&notes->target->warnings) =
		cw_arena_format(&notes->target->arena,
				"the note %s of the core is damaged", what);
}

static void prstatus_read(struct notes *notes, const struct cw_elf_note *note)
{
	struct cw_target *target = notes->target;
	struct elf_prstatus status;
	struct cw_thread thread = {0};

	_Static_assert(sizeof(status.pr_reg) == sizeof(thread.regs),
		       "the registers are those of <sys/user.h>");
	if (note->size < sizeof(status)) {
		damaged(notes, "NT_PRSTATUS");
		return;
	}
	memcpy(&status, note->data, sizeof(status));
	memcpy(thread.regs, status.pr_reg, sizeof(thread.regs));
	thread.number = target->threads.num + 1;
	thread.tid = status.pr_pid;
	thread.signal = status.pr_cursig;
	/* The first thread is the one that the signal hit. */
	if (target->threads.num == 0)
		target->signal = status.pr_cursig;
	*cw_array_push(&target->threads) = thread;
}

/* Belongs to the NT_PRSTATUS before.  XSTATE holds FPREGSET and more. */
static void vector_state_read(struct notes *notes,
			      const struct cw_elf_note *note)
{
	struct cw_target *target = notes->target;

	if (target->threads.num == 0)
		return;
	struct cw_thread *thread =
		&target->threads.items[target->threads.num - 1];
	if (note->size <= thread->vector_state_size)
		return;
	thread->vector_state = note->data;
	thread->vector_state_size = note->size;
}

static void prpsinfo_read(struct notes *notes, const struct cw_elf_note *note)
{
	struct elf_prpsinfo info;

	if (note->size < sizeof(info)) {
		damaged(notes, "NT_PRPSINFO");
		return;
	}
	memcpy(&info, note->data, sizeof(info));
	notes->target->pid = info.pr_pid;
}

/*
 * The kernel writes one, of the signal that killed; gcore one a thread, of what
 * it was stopped with.  si_addr means something for faults only.
 */
static void siginfo_read(struct notes *notes, const struct cw_elf_note *note)
{
	struct cw_target *target = notes->target;
	siginfo_t info;

	if (note->size < sizeof(info)) {
		damaged(notes, "NT_SIGINFO");
		return;
	}
	memcpy(&info, note->data, sizeof(info));
	if (target->threads.num > 1 || info.si_signo != target->signal ||
	    info.si_code <= 0)
		return;
	switch (info.si_signo) {
	case SIGSEGV:
	case SIGBUS:
	case SIGILL:
	case SIGFPE:
	case SIGTRAP:
		target->fault_address = (uintptr_t)info.si_addr;
	}
}

static void auxv_read(struct notes *notes, const struct cw_elf_note *note)
{
	struct cw_target *target = notes->target;

	for (size_t at = 0; note->size - at >= 16; at += 16) {
		struct cw_auxv entry = {word_at(note->data + at),
					word_at(note->data + at + 8)};
		if (entry.type == AT_NULL)
			break;
		*cw_array_push(&target->auxv) = entry;
	}
}

/*
 * NT_FILE: the number of files, the size of a page, then for each file
 * start, end and offset in pages, then the names, each with its NUL
 * (Linux, fs/binfmt_elf.c since 3.7).
 */
static void file_read(struct notes *notes, const struct cw_elf_note *note)
{
	enum { HEADER_SIZE = 16, ENTRY_SIZE = 24 };

	if (note->size < HEADER_SIZE) {
		damaged(notes, "NT_FILE");
		return;
	}
	uint64_t num = word_at(note->data);
	uint64_t page_size = word_at(note->data + 8);
	if (num > (note->size - HEADER_SIZE) / ENTRY_SIZE) {
		damaged(notes, "NT_FILE");
		return;
	}

	const unsigned char *entry = note->data + HEADER_SIZE;
	const char *name = (const char *)entry + num * ENTRY_SIZE;
	const char *end = (const char *)note->data + note->size;
	for (uint64_t i = 0; i < num; i++, entry += ENTRY_SIZE) {
		size_t length = strnlen(name, end - name);
		if (length == (size_t)(end - name)) {
			damaged(notes, "NT_FILE");
			return;
		}
		struct cw_mapping mapping = {
			.start = word_at(entry),
			.end = word_at(entry + 8),
			.file_offset = word_at(entry + 16) * page_size,
		};
		/* Mappings of one file stand together: share the name. */
		size_t before = notes->mappings->list.num;
		const char *last =
			before ? notes->mappings->list.items[before - 1].path
			       : NULL;
		mapping.path =
			last && strcmp(last, name) == 0
				? last
				: cw_arena_strdup(&notes->target->arena, name);
		*cw_array_push(&notes->mappings->list) = mapping;
		name += length + 1;
	}
}

static const struct {
	const char *owner;
	uint32_t type;
	void (*read)(struct notes *notes, const struct cw_elf_note *note);
} readers[] = {
	{"CORE", NT_PRSTATUS, prstatus_read},
	{"CORE", NT_FPREGSET, vector_state_read},
	{"CORE", NT_PRPSINFO, prpsinfo_read},
	{"CORE", NT_SIGINFO, siginfo_read},
	{"CORE", NT_AUXV, auxv_read},
	{"CORE", NT_FILE, file_read},
	{"LINUX", NT_X86_XSTATE, vector_state_read},
};

static void notes_walk(struct notes *notes, struct cw_elf_note_cursor cursor)
{
	struct cw_elf_note note;

	while (cw_elf_note_next(&cursor, &note))
		for (size_t i = 0; i < cw_num_elements(readers); i++)
			if (cw_elf_note_is(&note, readers[i].owner,
					   readers[i].type))
				readers[i].read(notes, &note);
}

void cw_core_notes_read(struct cw_target *target,
			const struct cw_mapped_file *file,
			const struct cw_core_header *header,
			struct cw_mappings *mappings)
{
	struct notes notes = {target, mappings};

	for (size_t i = 0; i < header->num_phdrs; i++) {
		const Elf64_Phdr phdr = header->phdrs[i].header;
		if (phdr.p_type != PT_NOTE)
			continue;

		uint64_t size = phdr.p_filesz;
		if (phdr.p_offset > file->size)
			size = 0;
		else if (size > file->size - phdr.p_offset)
			size = file->size - phdr.p_offset;
		if (size < phdr.p_filesz)
			target->is_truncated = true;
		if (size > 0)
			notes_walk(&notes, (struct cw_elf_note_cursor){
						   file->bytes + phdr.p_offset,
						   size, phdr.p_align});
	}
	cw_mappings_sort(mappings);
	if (target->threads.num == 0)
		*cw_array_push(&target->warnings) =
			"the core has no threads: its notes are missing";
}
