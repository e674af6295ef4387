#include "target/core_write.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/procfs.h>
#include <unistd.h>

#include "base/memory.h"

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

enum {
	CORE_PAGE = 4096,
	/* The FXSAVE area, with which each vector state begins. */
	FXSAVE_SIZE = 512,
};

struct bytes {
	CW_ARRAY(unsigned char) list;
};

static void append(struct bytes *bytes, const void *data, size_t size)
{
	size_t num = bytes->list.num;

	cw_array_reserve(&bytes->list, num + size);
	if (size > 0)
		memcpy(bytes->list.items + num, data, size);
	bytes->list.num = num + size;
}

static void align_note(struct bytes *notes)
{
	static const unsigned char zeros[4];

	append(notes, zeros, -notes->list.num & 3);
}

static void append_note(struct bytes *notes, const char *owner, uint32_t type,
			const void *data, size_t size)
{
	const Elf64_Nhdr header = {strlen(owner) + 1, size, type};

	append(notes, &header, sizeof(header));
	append(notes, owner, header.n_namesz);
	align_note(notes);
	append(notes, data, size);
	align_note(notes);
}

static void append_process(struct bytes *notes, const struct cw_target *target)
{
	struct elf_prpsinfo info = {.pr_pid = target->pid};
	const char *exe = target->exe_path ? target->exe_path : "";
	const char *slash = strrchr(exe, '/');

	strncpy(info.pr_fname, slash ? slash + 1 : exe,
		sizeof(info.pr_fname) - 1);
	strncpy(info.pr_psargs, exe, sizeof(info.pr_psargs) - 1);
	append_note(notes, "CORE", NT_PRPSINFO, &info, sizeof(info));

	struct bytes auxv = {0};
	const struct cw_auxv end = {AT_NULL, 0};
	cw_array_foreach(entry, &target->auxv)
		append(&auxv, entry, sizeof(*entry));
	append(&auxv, &end, sizeof(end));
	append_note(notes, "CORE", NT_AUXV, auxv.list.items, auxv.list.num);
	cw_array_deinit(&auxv.list);
}

/* The number, the size of a page, ranges with their offsets, then names. */
static void append_files(struct bytes *notes, const struct cw_target *target)
{
	struct bytes files = {0}, names = {0};
	const uint64_t header[2] = {0, CORE_PAGE};

	append(&files, header, sizeof(header));
	cw_array_foreach(segment, &target->segments)
	{
		if (!segment->path)
			continue;
		const uint64_t entry[] = {segment->start, segment->end,
					  segment->file_offset / CORE_PAGE};
		append(&files, entry, sizeof(entry));
		append(&names, segment->path, strlen(segment->path) + 1);
	}
	const uint64_t num = (files.list.num - sizeof(header)) / 24;
	memcpy(files.list.items, &num, sizeof(num));
	append(&files, names.list.items, names.list.num);
	append_note(notes, "CORE", NT_FILE, files.list.items, files.list.num);
	cw_array_deinit(&files.list);
	cw_array_deinit(&names.list);
}

static void append_thread(struct bytes *notes, const struct cw_thread *thread)
{
	struct elf_prstatus status = {
		.pr_pid = thread->tid,
		.pr_cursig = thread->signal,
		.pr_fpvalid = thread->vector_state != NULL,
	};

	_Static_assert(sizeof(status.pr_reg) == sizeof(thread->regs),
		       "the registers are those of <sys/user.h>");
	memcpy(status.pr_reg, thread->regs, sizeof(thread->regs));
	append_note(notes, "CORE", NT_PRSTATUS, &status, sizeof(status));
	if (thread->vector_state_size >= FXSAVE_SIZE)
		append_note(notes, "CORE", NT_FPREGSET, thread->vector_state,
			    FXSAVE_SIZE);
	if (thread->vector_state_size > FXSAVE_SIZE)
		append_note(notes, "LINUX", NT_X86_XSTATE, thread->vector_state,
			    thread->vector_state_size);
}

/* What was made read-only after it was relocated lies before what was not. */
static bool is_relocated(const struct cw_target *target, size_t number)
{
	const struct cw_segment *segment = &target->segments.items[number];
	const struct cw_segment *next = segment + 1;

	return number + 1 < target->segments.num &&
	       next->start == segment->end && next->path &&
	       strcmp(next->path, segment->path) == 0 &&
	       next->flags & CW_SEGMENT_WRITE;
}

/* How many of its bytes a reader cannot have from elsewhere. */
static uint64_t stored_size(const struct cw_target *target, size_t number)
{
	const struct cw_segment *segment = &target->segments.items[number];
	uint64_t size = segment->end - segment->start;

	if (!segment->bytes)
		return 0;
	if (!segment->path)
		return size;
	if (!(segment->flags & CW_SEGMENT_SHARED) &&
	    (segment->flags & CW_SEGMENT_WRITE || is_relocated(target, number)))
		return size;
	/* With its first page the file is known again by its build-id. */
	return segment->file_offset == 0 ? CORE_PAGE : 0;
}

static struct cw_error *write_at(int fd, uint64_t offset, const void *bytes,
				 uint64_t size)
{
	const unsigned char *from = bytes;

	while (size > 0) {
		ssize_t num = pwrite(fd, from, size, offset);
		if (num < 0 && errno == EINTR)
			continue;
		if (num <= 0)
			return cw_error_errno(CW_ERROR_TARGET,
					      num < 0 ? errno : ENOSPC,
					      "cannot write the core");
		from += num;
		offset += num;
		size -= num;
	}
	return NULL;
}

static bool is_zero(const unsigned char *bytes, uint64_t size)
{
	static const unsigned char zeros[CORE_PAGE];

	return memcmp(bytes, zeros, size) == 0;
}

/* All but pages of zeros, many at once. */
static struct cw_error *write_segment(int fd, uint64_t offset,
				      const unsigned char *bytes, uint64_t size)
{
	uint64_t at = 0;

	while (at < size) {
		uint64_t start = at;
		while (at < size) {
			uint64_t length =
				size - at < CORE_PAGE ? size - at : CORE_PAGE;
			if (is_zero(bytes + at, length))
				break;
			at += length;
		}
		struct cw_error *err =
			write_at(fd, offset + start, bytes + start, at - start);
		if (err)
			return err;
		at += CORE_PAGE;
	}
	return NULL;
}

/* Headers and notes first, then what is stored, each at a page. */
static struct cw_error *write_all(int fd, const struct cw_target *target,
				  const struct bytes *notes, Elf64_Phdr *phdrs)
{
	size_t num = target->segments.num + 1;
	Elf64_Ehdr header = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			    ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = num,
	};
	uint64_t at = sizeof(header) + num * sizeof(Elf64_Phdr);

	phdrs[0] = (Elf64_Phdr){
		.p_type = PT_NOTE,
		.p_offset = at,
		.p_filesz = notes->list.num,
		.p_align = 4,
	};
	struct cw_error *err =
		write_at(fd, at, notes->list.items, notes->list.num);
	at += notes->list.num;
	for (size_t i = 1; !err && i < num; i++) {
		const struct cw_segment *segment =
			&target->segments.items[i - 1];
		uint64_t size = stored_size(target, i - 1);
		unsigned flags = segment->flags;
		at = (at + CORE_PAGE - 1) & ~(uint64_t)(CORE_PAGE - 1);
		phdrs[i] = (Elf64_Phdr){
			.p_type = PT_LOAD,
			.p_flags = (flags & CW_SEGMENT_READ ? PF_R : 0) |
				   (flags & CW_SEGMENT_WRITE ? PF_W : 0) |
				   (flags & CW_SEGMENT_EXEC ? PF_X : 0),
			.p_offset = at,
			.p_vaddr = segment->start,
			.p_filesz = size,
			.p_memsz = segment->end - segment->start,
			.p_align = CORE_PAGE,
		};
		err = write_segment(fd, at, segment->bytes, size);
		at += size;
	}
	if (!err && ftruncate(fd, at) != 0)
		err = cw_error_errno(CW_ERROR_TARGET, errno,
				     "cannot write the core");
	if (!err)
		err = write_at(fd, sizeof(header), phdrs,
			       num * sizeof(Elf64_Phdr));
	if (!err)
		err = write_at(fd, 0, &header, sizeof(header));
	return err;
}

struct cw_error *cw_core_write(const struct cw_target *target, const char *path)
{
	struct bytes notes = {0};

	if (target->segments.num + 1 >= PN_XNUM)
		return cw_error_new(CW_ERROR_TARGET,
				    "cannot write '%s': too many mappings",
				    path);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open '%s'", path);
	append_process(&notes, target);
	append_files(&notes, target);
	cw_array_foreach(thread, &target->threads)
		append_thread(&notes, thread);
	cw_cleanup_free Elf64_Phdr *phdrs =
		cw_alloc((target->segments.num + 1) * sizeof(*phdrs));
	struct cw_error *err = write_all(fd, target, &notes, phdrs);
	cw_array_deinit(&notes.list);
	if (close(fd) != 0 && !err)
		err = cw_error_errno(CW_ERROR_TARGET, errno,
				     "cannot write '%s'", path);
	if (err)
		unlink(path);
	return err;
}
