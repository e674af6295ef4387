#include "target/elf_file.h"

#include <fcntl.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/memory.h"
#include "target/elf_note.h"

/* Sections that were decompressed, by number. */
struct cw_elf_unpacked {
	Elf *elf; /* its memory holds them */
	int fd;
};

static struct cw_error *no_file(const struct cw_elf_file *file, const char *why)
{
	return cw_error_new(CW_ERROR_TARGET, "cannot open '%s': %s", file->path,
			    why);
}

const unsigned char *cw_elf_file_range(const struct cw_elf_file *file,
				       uint64_t offset, uint64_t size)
{
	if (offset > file->size || size > file->size - offset)
		return NULL;
	return file->bytes + offset;
}

static bool shdr_get(const struct cw_elf_file *file, size_t number,
		     Elf64_Shdr *ret)
{
	if (number >= file->num_sections)
		return false;
	*ret = file->sections[number].header;
	return true;
}

/*
 * Many sections: their number is in sh_size and the number of the names in
 * sh_link of the first (System V gABI).  Damaged: none.
 */
static void sections_read(struct cw_elf_file *file, const Elf64_Ehdr *header)
{
	Elf64_Shdr first, names;
	const unsigned char *bytes =
		cw_elf_file_range(file, header->e_shoff, sizeof(first));

	if (header->e_shoff == 0 || header->e_shentsize != sizeof(first) ||
	    !bytes)
		return;
	memcpy(&first, bytes, sizeof(first));
	uint64_t num = header->e_shnum ? header->e_shnum : first.sh_size;
	if (num > (file->size - header->e_shoff) / sizeof(first))
		return;
	file->sections = (const void *)bytes;
	file->num_sections = num;

	uint32_t number = header->e_shstrndx == SHN_XINDEX ? first.sh_link
							   : header->e_shstrndx;
	if (!shdr_get(file, number, &names) || names.sh_type == SHT_NOBITS ||
	    !cw_elf_file_range(file, names.sh_offset, names.sh_size))
		return;
	file->section_names = (const char *)file->bytes + names.sh_offset;
	file->section_names_size = names.sh_size;
}

static void phdrs_read(struct cw_elf_file *file, const Elf64_Ehdr *header)
{
	uint64_t num = header->e_phnum;
	Elf64_Shdr first;

	if (num == PN_XNUM && shdr_get(file, 0, &first))
		num = first.sh_info;
	const unsigned char *bytes = cw_elf_file_range(
		file, header->e_phoff, num * sizeof(Elf64_Phdr));
	if (header->e_phentsize != sizeof(Elf64_Phdr) || !bytes)
		return;
	file->phdrs = (const void *)bytes;
	file->num_phdrs = num;
}

const unsigned char *cw_elf_build_id(const unsigned char *bytes, uint64_t size,
				     uint64_t alignment, size_t *ret_size)
{
	struct cw_elf_note_cursor cursor = {bytes, size, alignment};
	struct cw_elf_note note;

	while (cw_elf_note_next(&cursor, &note)) {
		if (!cw_elf_note_is(&note, "GNU", NT_GNU_BUILD_ID) ||
		    note.size == 0)
			continue;
		*ret_size = note.size;
		return note.data;
	}
	return NULL;
}

static bool build_id_in(struct cw_elf_file *file, uint64_t offset,
			uint64_t size, uint64_t alignment)
{
	const unsigned char *bytes = cw_elf_file_range(file, offset, size);

	if (bytes)
		file->build_id = cw_elf_build_id(bytes, size, alignment,
						 &file->build_id_size);
	return file->build_id;
}

/* Sections first: in a separate debug file program headers are stale. */
static void build_id_read(struct cw_elf_file *file)
{
	for (size_t i = 0; i < file->num_sections; i++) {
		const Elf64_Shdr section = file->sections[i].header;
		if (section.sh_type == SHT_NOTE &&
		    build_id_in(file, section.sh_offset, section.sh_size,
				section.sh_addralign))
			return;
	}
	for (size_t i = 0; i < file->num_phdrs; i++) {
		const Elf64_Phdr phdr = file->phdrs[i].header;
		if (phdr.p_type == PT_NOTE &&
		    build_id_in(file, phdr.p_offset, phdr.p_filesz,
				phdr.p_align))
			return;
	}
}

static struct cw_error *headers_read(struct cw_elf_file *file)
{
	Elf64_Ehdr header;

	if (file->size < SELFMAG || memcmp(file->bytes, ELFMAG, SELFMAG) != 0)
		return no_file(file, "not an ELF file");
	if (file->size < sizeof(header))
		return no_file(file, "it ends within its ELF header");
	memcpy(&header, file->bytes, sizeof(header));
	if (header.e_machine != EM_X86_64 ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_ident[EI_DATA] != ELFDATA2LSB)
		return no_file(file, "not an ELF file of x86-64");
	file->type = header.e_type;
	file->entry = header.e_entry;
	sections_read(file, &header);
	phdrs_read(file, &header);
	build_id_read(file);
	return NULL;
}

static struct cw_error *file_finish(struct cw_elf_file *file,
				    struct cw_elf_file **ret)
{
	struct cw_error *err = headers_read(file);

	if (err) {
		cw_elf_file_close(file);
		return err;
	}
	*ret = file;
	return NULL;
}

struct cw_error *cw_elf_file_open_link(const char *link, const char *path,
				       struct cw_elf_file **ret)
{
	struct cw_mapped_file mapped;
	struct cw_error *err = cw_mapped_file_open(link, &mapped);

	if (err)
		return err;

	struct cw_elf_file *file = cw_alloc(sizeof(*file));
	file->path = cw_strdup(path);
	file->link = cw_strdup(link);
	file->mapped = mapped;
	file->bytes = mapped.bytes;
	file->size = mapped.size;
	return file_finish(file, ret);
}

struct cw_error *cw_elf_file_open(const char *path, struct cw_elf_file **ret)
{
	return cw_elf_file_open_link(path, path, ret);
}

struct cw_error *cw_elf_file_open_image(const char *name, unsigned char *image,
					uint64_t size, struct cw_elf_file **ret)
{
	struct cw_elf_file *file = cw_alloc(sizeof(*file));

	file->path = cw_strdup(name);
	file->image = image;
	file->bytes = image;
	file->size = size;
	return file_finish(file, ret);
}

void cw_elf_file_close(struct cw_elf_file *file)
{
	if (!file)
		return;
	if (file->unpacked) {
		elf_end(file->unpacked->elf);
		close(file->unpacked->fd);
	}
	free(file->unpacked);
	cw_mapped_file_close(&file->mapped);
	free(file->image);
	free(file->link);
	free(file->path);
	free(file);
}

const char *cw_elf_file_section_name(const struct cw_elf_file *file,
				     const Elf64_Shdr *header)
{
	if (header->sh_name >= file->section_names_size)
		return "";

	const char *name = file->section_names + header->sh_name;
	uint64_t left = file->section_names_size - header->sh_name;
	return strnlen(name, left) < left ? name : "";
}

bool cw_elf_file_section(const struct cw_elf_file *file, const char *name,
			 struct cw_elf_section *ret)
{
	for (size_t i = 1; i < file->num_sections; i++) {
		const Elf64_Shdr header = file->sections[i].header;
		if (strcmp(cw_elf_file_section_name(file, &header), name) != 0)
			continue;
		*ret = (struct cw_elf_section){i, header};
		return true;
	}
	return false;
}

/*
 * libelf decompresses into memory of its own, and refuses sizes that cannot
 * be the section's.  It changes the section's header then, so it may not have
 * our bytes, which are read-only: it reads the file anew.
 */
static struct cw_elf_unpacked *unpacked_open(const struct cw_elf_file *file)
{
	if (file->image)
		return NULL;
	int fd = open(file->link, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf) {
		close(fd);
		return NULL;
	}
	struct cw_elf_unpacked *unpacked = cw_alloc(sizeof(*unpacked));
	*unpacked = (struct cw_elf_unpacked){elf, fd};
	return unpacked;
}

static bool section_unpack(struct cw_elf_file *file,
			   const struct cw_elf_section *section,
			   const unsigned char **ret, uint64_t *ret_size)
{
	if (!file->unpacked)
		file->unpacked = unpacked_open(file);
	if (!file->unpacked)
		return false;

	Elf_Scn *scn = elf_getscn(file->unpacked->elf, section->number);
	const Elf64_Shdr *header = scn ? elf64_getshdr(scn) : NULL;
	if (!header)
		return false;
	/* Once it is unpacked the flag is gone. */
	if (header->sh_flags & SHF_COMPRESSED && elf_compress(scn, 0, 0) < 0)
		return false;
	const Elf_Data *data = elf_getdata(scn, NULL);
	if (!data || !data->d_buf)
		return false;
	*ret = data->d_buf;
	*ret_size = data->d_size;
	return true;
}

bool cw_elf_file_section_bytes(struct cw_elf_file *file,
			       const struct cw_elf_section *section,
			       const unsigned char **ret, uint64_t *ret_size)
{
	const Elf64_Shdr *header = &section->header;

	if (header->sh_type == SHT_NOBITS || header->sh_type == SHT_NULL)
		return false;

	const unsigned char *bytes =
		cw_elf_file_range(file, header->sh_offset, header->sh_size);
	if (!bytes)
		return false;
	if (header->sh_flags & SHF_COMPRESSED)
		return section_unpack(file, section, ret, ret_size);
	*ret = bytes;
	*ret_size = header->sh_size;
	return true;
}

bool cw_elf_file_phdr(const struct cw_elf_file *file, uint32_t type,
		      Elf64_Phdr *ret)
{
	for (size_t i = 0; i < file->num_phdrs; i++) {
		const Elf64_Phdr phdr = file->phdrs[i].header;
		if (phdr.p_type != type)
			continue;
		*ret = phdr;
		return true;
	}
	return false;
}
