#include "target/symbol_table.h"

#include <string.h>

#include "base/memory.h"

/* The pieces of one symbol section. */
struct source {
	struct cw_elf_file *file;
	const unsigned char *symbols;
	uint64_t num;
	const char *names;
	uint64_t names_size;
	const unsigned char *versions; /* 2 bytes a symbol, or NULL */
	uint64_t num_versions;
};

static bool section_of_type(const struct cw_elf_file *file, uint32_t type,
			    struct cw_elf_section *ret)
{
	for (size_t i = 1; i < file->num_sections; i++) {
		const Elf64_Shdr header = file->sections[i].header;
		if (header.sh_type != type)
			continue;
		*ret = (struct cw_elf_section){i, header};
		return true;
	}
	return false;
}

static bool source_find(struct cw_elf_file *file, uint32_t type,
			struct source *ret)
{
	struct cw_elf_section symbols, names, versions;
	const unsigned char *bytes;
	uint64_t size;

	*ret = (struct source){.file = file};
	if (!section_of_type(file, type, &symbols) ||
	    symbols.header.sh_link >= file->num_sections ||
	    !cw_elf_file_section_bytes(file, &symbols, &ret->symbols, &size))
		return false;
	ret->num = size / sizeof(Elf64_Sym);

	names.number = symbols.header.sh_link;
	names.header = file->sections[names.number].header;
	if (!cw_elf_file_section_bytes(file, &names, &bytes, &ret->names_size))
		return false;
	ret->names = (const char *)bytes;

	if (type == SHT_DYNSYM &&
	    section_of_type(file, SHT_GNU_versym, &versions) &&
	    cw_elf_file_section_bytes(file, &versions, &ret->versions, &size))
		ret->num_versions = size / 2;
	return true;
}

/* The kind of a symbol that stands for memory; false: it does not. */
static bool kind_of(const Elf64_Sym *symbol, const Elf64_Shdr *section,
		    enum cw_symbol_kind *ret)
{
	switch (ELF64_ST_TYPE(symbol->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		*ret = CW_SYMBOL_FUNCTION;
		return symbol->st_value != 0;
	case STT_OBJECT:
		*ret = CW_SYMBOL_OBJECT;
		return symbol->st_value != 0;
	case STT_TLS:
		*ret = CW_SYMBOL_TLS;
		return true;
	case STT_NOTYPE:
		*ret = CW_SYMBOL_FUNCTION;
		return section->sh_flags & SHF_EXECINSTR;
	default:
		return false;
	}
}

static const char *name_of(const struct source *source, uint32_t at)
{
	if (at >= source->names_size ||
	    strnlen(source->names + at, source->names_size - at) ==
		    source->names_size - at)
		return NULL;
	return source->names + at;
}

/* "name@VERSION" is an old one, "name@@VERSION" the one to link with. */
static void version_cut(struct cw_symbol *symbol, struct cw_arena *arena)
{
	const char *at = strchr(symbol->name, '@');

	if (!at || at == symbol->name)
		return;
	symbol->is_old_version = at[1] != '@';
	symbol->name = cw_arena_strndup(arena, symbol->name, at - symbol->name);
}

static void symbol_read(struct cw_symbol_table *table,
			const struct source *source, uint64_t number,
			uint64_t bias, struct cw_arena *arena)
{
	enum { HIDDEN_VERSION = 0x8000 };
	Elf64_Sym raw;
	uint16_t version = 0;

	memcpy(&raw, source->symbols + number * sizeof(raw), sizeof(raw));
	if (raw.st_shndx == SHN_UNDEF ||
	    (raw.st_shndx >= SHN_LORESERVE && raw.st_shndx != SHN_XINDEX))
		return;

	/* More than 65280 sections: take it that the section is the whole. */
	Elf64_Shdr section = {.sh_flags = SHF_EXECINSTR};
	if (raw.st_shndx < source->file->num_sections)
		section = source->file->sections[raw.st_shndx].header;

	struct cw_symbol symbol = {
		.size = raw.st_size,
		.name = name_of(source, raw.st_name),
		.is_exported = ELF64_ST_BIND(raw.st_info) != STB_LOCAL,
	};
	if (!symbol.name || !symbol.name[0] ||
	    !kind_of(&raw, &section, &symbol.kind))
		return;
	symbol.address = raw.st_value;
	if (symbol.kind != CW_SYMBOL_TLS)
		symbol.address += bias;
	if (number < source->num_versions)
		memcpy(&version, source->versions + number * 2, 2);
	symbol.is_old_version = version & HIDDEN_VERSION;
	version_cut(&symbol, arena);
	*cw_array_push(&table->entries) = (struct cw_symbol_entry){
		symbol, bias + section.sh_addr + section.sh_size};
}

bool cw_symbol_table_read(struct cw_symbol_table *table,
			  struct cw_elf_file *file, uint32_t section_type,
			  uint64_t bias, struct cw_arena *arena)
{
	struct source source;

	if (!source_find(file, section_type, &source))
		return false;
	/* The first symbol is none (System V gABI). */
	for (uint64_t i = 1; i < source.num; i++)
		symbol_read(table, &source, i, bias, arena);
	return true;
}
