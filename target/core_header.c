#include "target/core_header.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

/* What people give us instead of a core, by its first bytes. */
static const struct {
	const char *magic;
	size_t magic_size;
	const char *what;
} other_formats[] = {
	{"\x28\xb5\x2f\xfd", 4, "compressed with zstd, decompress it first"},
	{"\x04\x22\x4d\x18", 4, "compressed with lz4, decompress it first"},
	{"\xfd\x37zXZ", 5, "compressed with xz, decompress it first"},
	{"\x1f\x8b", 2, "compressed with gzip, decompress it first"},
	{"BZh", 3, "compressed with bzip2, decompress it first"},
};

static const struct {
	unsigned machine;
	const char *name;
} machines[] = {
	{EM_386, "i386"},
	{EM_AARCH64, "aarch64"},
	{EM_ARM, "arm"},
	{EM_PPC64, "ppc64"},
	{EM_S390, "s390"},
	{EM_RISCV, "riscv"},
	{EM_LOONGARCH, "loongarch"},
	{EM_MIPS, "mips"},
};

static struct cw_error *no_core(const char *path, const char *why)
{
	return cw_error_new(CW_ERROR_TARGET, "cannot open '%s': %s", path, why);
}

static struct cw_error *no_elf(const char *path,
			       const struct cw_mapped_file *file)
{
	for (size_t i = 0; i < cw_num_elements(other_formats); i++)
		if (file->size >= other_formats[i].magic_size &&
		    memcmp(file->bytes, other_formats[i].magic,
			   other_formats[i].magic_size) == 0)
			return no_core(path, other_formats[i].what);
	return no_core(path, "not an ELF file");
}

static struct cw_error *wrong_machine(const char *path, unsigned machine)
{
	for (size_t i = 0; i < cw_num_elements(machines); i++)
		if (machines[i].machine == machine)
			return cw_error_new(
				CW_ERROR_TARGET,
				"cannot open '%s': it is of machine %s, "
				"only x86-64 is read",
				path, machines[i].name);
	return cw_error_new(CW_ERROR_TARGET,
			    "cannot open '%s': it is of machine number %u, "
			    "only x86-64 is read",
			    path, machine);
}

static struct cw_error *wrong_type(const char *path, unsigned type)
{
	switch (type) {
	case ET_EXEC:
		return no_core(path, "it is an executable, not a core");
	case ET_DYN:
		return no_core(
			path,
			"it is an executable or shared object, not a core");
	case ET_REL:
		return no_core(path, "it is an object file, not a core");
	default:
		return no_core(path, "an ELF file, but not a core");
	}
}

/* Class and byte order come first: they say how to read the rest. */
static struct cw_error *ident_check(const char *path,
				    const unsigned char *ident)
{
	bool is_little = ident[EI_DATA] == ELFDATA2LSB;
	uint16_t machine;

	memcpy(&machine, ident + offsetof(Elf64_Ehdr, e_machine), 2);
	if (!is_little)
		machine = machine >> 8 | machine << 8;
	if (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB)
		return no_core(path, "the ELF header is damaged");
	if (machine != EM_X86_64)
		return wrong_machine(path, machine);
	if (!is_little)
		return no_core(path, "big-endian, only x86-64 is read");
	if (ident[EI_CLASS] == ELFCLASS32)
		return no_core(path, "a 32-bit (x32) file, "
				     "only 64-bit ones are read");
	if (ident[EI_CLASS] != ELFCLASS64)
		return no_core(path, "the ELF header is damaged");
	return NULL;
}

/*
 * With 65535 segments or more e_phnum is PN_XNUM and the number is in the
 * first section header (System V gABI).
 */
static bool num_phdrs_read(const struct cw_mapped_file *file,
			   const Elf64_Ehdr *header, uint64_t *ret)
{
	Elf64_Shdr section;

	if (header->e_phnum != PN_XNUM) {
		*ret = header->e_phnum;
		return true;
	}
	if (header->e_shoff > file->size ||
	    file->size - header->e_shoff < sizeof(section))
		return false;
	memcpy(&section, file->bytes + header->e_shoff, sizeof(section));
	*ret = section.sh_info;
	return true;
}

struct cw_error *cw_core_header_read(const char *path,
				     const struct cw_mapped_file *file,
				     struct cw_core_header *ret)
{
	Elf64_Ehdr header;
	uint64_t num_phdrs;

	if (file->size == 0)
		return no_core(path, "it is empty");
	if (file->size < SELFMAG || memcmp(file->bytes, ELFMAG, SELFMAG) != 0)
		return no_elf(path, file);
	if (file->size < sizeof(Elf32_Ehdr))
		return no_core(path, "it ends within its ELF header");

	struct cw_error *err = ident_check(path, file->bytes);
	if (err)
		return err;
	if (file->size < sizeof(header))
		return no_core(path, "it ends within its ELF header");
	memcpy(&header, file->bytes, sizeof(header));
	if (header.e_type != ET_CORE)
		return wrong_type(path, header.e_type);

	if (header.e_phnum == 0)
		return no_core(path, "the core has no program headers");
	if (header.e_phentsize != sizeof(Elf64_Phdr))
		return no_core(path, "the ELF header is damaged");
	if (!num_phdrs_read(file, &header, &num_phdrs) ||
	    header.e_phoff > file->size ||
	    (file->size - header.e_phoff) / sizeof(Elf64_Phdr) < num_phdrs)
		return no_core(path, "it ends within its program headers");

	ret->phdrs = (const void *)(file->bytes + header.e_phoff);
	ret->num_phdrs = num_phdrs;
	return NULL;
}
