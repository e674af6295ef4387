#include "dwarf/library.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/die.h"

/* libdwarf 0.1 (2021) renamed the object interface and wants the file size. */
#ifdef DW_LIBDWARF_VERSION_MAJOR
#define HAS_VERSIONED_LIBDWARF 1
#endif

struct cw_library_object {
#ifdef HAS_VERSIONED_LIBDWARF
	struct Dwarf_Obj_Access_Interface_a_s interface;
#else
	struct Dwarf_Obj_Access_Interface_s interface;
#endif
};

/* Section 0 is the empty one of ELF. */
static const struct cw_section *section_at(void *object, uint64_t number)
{
	const struct cw_sections *sections = object;

	if (number == 0 || number > sections->items.num)
		return NULL;
	return &sections->items.items[number - 1];
}

static Dwarf_Unsigned count_sections(void *object)
{
	const struct cw_sections *sections = object;

	return sections->items.num + 1;
}

static Dwarf_Small size_of_address(void *object)
{
	return 8;
}

/* The format of lengths, 32-bit DWARF; 64-bit units say so themselves. */
static Dwarf_Small size_of_length(void *object)
{
	return 4;
}

#ifdef HAS_VERSIONED_LIBDWARF

static int describe(void *object, Dwarf_Unsigned number,
		    Dwarf_Obj_Access_Section_a *ret, int *error)
{
	const struct cw_section *section = section_at(object, number);

	*ret = (Dwarf_Obj_Access_Section_a){.as_name = "", .as_type = 0};
	if (section) {
		ret->as_name = section->name;
		ret->as_type = 1; /* SHT_PROGBITS */
		ret->as_addr = section->address;
		ret->as_size = section->size;
		ret->as_addralign = 1;
	}
	return DW_DLV_OK;
}

static int load(void *object, Dwarf_Unsigned number, Dwarf_Small **ret,
		int *error)
{
	const struct cw_section *section = section_at(object, number);

	if (!section)
		return DW_DLV_NO_ENTRY;
	*ret = (Dwarf_Small *)section->bytes;
	return DW_DLV_OK;
}

static Dwarf_Small byte_order(void *object)
{
	return DW_END_little;
}

static Dwarf_Unsigned file_size(void *object)
{
	const struct cw_sections *sections = object;
	uint64_t size = 0;

	cw_array_foreach(section, &sections->items) size += section->size;
	return size;
}

static const Dwarf_Obj_Access_Methods_a methods = {
	.om_get_section_info = describe,
	.om_get_byte_order = byte_order,
	.om_get_length_size = size_of_length,
	.om_get_pointer_size = size_of_address,
	.om_get_filesize = file_size,
	.om_get_section_count = count_sections,
	.om_load_section = load,
};

static void object_init(struct cw_library_object *object, void *sections)
{
	object->interface.ai_object = sections;
	object->interface.ai_methods = &methods;
}

static void object_finish(Dwarf_Debug debug)
{
	dwarf_object_finish(debug);
}

typedef Dwarf_Small *instructions_pointer;

int64_t cw_library_rule_offset(const Dwarf_Regtable_Entry3 *rule)
{
	return (int64_t)rule->dw_offset;
}

void cw_library_rule_expression(const Dwarf_Regtable_Entry3 *rule,
				const unsigned char **ret, size_t *ret_size)
{
	*ret = rule->dw_block.bl_data;
	*ret_size = rule->dw_block.bl_len;
}

void cw_library_free_fdes(struct cw_library *library, Dwarf_Cie *cies,
			  Dwarf_Signed num_cies, Dwarf_Fde *fdes,
			  Dwarf_Signed num_fdes)
{
	dwarf_dealloc_fde_cie_list(library->debug, cies, num_cies, fdes,
				   num_fdes);
}

#else

static int describe(void *object, Dwarf_Half number,
		    Dwarf_Obj_Access_Section *ret, int *error)
{
	const struct cw_section *section = section_at(object, number);

	*ret = (Dwarf_Obj_Access_Section){.name = ""};
	if (section) {
		ret->name = section->name;
		ret->type = 1; /* SHT_PROGBITS */
		ret->addr = section->address;
		ret->size = section->size;
	}
	return DW_DLV_OK;
}

static int load(void *object, Dwarf_Half number, Dwarf_Small **ret, int *error)
{
	const struct cw_section *section = section_at(object, number);

	if (!section)
		return DW_DLV_NO_ENTRY;
	*ret = (Dwarf_Small *)section->bytes;
	return DW_DLV_OK;
}

static Dwarf_Endianness byte_order(void *object)
{
	return DW_OBJECT_LSB;
}

static const Dwarf_Obj_Access_Methods methods = {
	.get_section_info = describe,
	.get_byte_order = byte_order,
	.get_length_size = size_of_length,
	.get_pointer_size = size_of_address,
	.get_section_count = count_sections,
	.load_section = load,
};

static void object_init(struct cw_library_object *object, void *sections)
{
	object->interface.object = sections;
	object->interface.methods = &methods;
}

static void object_finish(Dwarf_Debug debug)
{
	Dwarf_Error err = NULL;

	dwarf_object_finish(debug, &err);
}

typedef Dwarf_Ptr instructions_pointer;

int64_t cw_library_rule_offset(const Dwarf_Regtable_Entry3 *rule)
{
	return (int64_t)rule->dw_offset_or_block_len;
}

void cw_library_rule_expression(const Dwarf_Regtable_Entry3 *rule,
				const unsigned char **ret, size_t *ret_size)
{
	*ret = rule->dw_block_ptr;
	*ret_size = rule->dw_offset_or_block_len;
}

void cw_library_free_fdes(struct cw_library *library, Dwarf_Cie *cies,
			  Dwarf_Signed num_cies, Dwarf_Fde *fdes,
			  Dwarf_Signed num_fdes)
{
	dwarf_fde_cie_list_dealloc(library->debug, cies, num_cies, fdes,
				   num_fdes);
}

#endif

const char *cw_library_augmentation(struct cw_library *library, Dwarf_Fde fde)
{
	Dwarf_Error err = NULL;
	Dwarf_Cie cie;
	Dwarf_Unsigned size, code_factor, instructions_size;
	Dwarf_Signed data_factor;
	Dwarf_Small version;
	Dwarf_Half return_register, offset_size;
	char *augmentation = NULL;
	instructions_pointer instructions;

	if (!cw_library_is_ok(library, dwarf_get_cie_of_fde(fde, &cie, &err),
			      &err))
		return NULL;
	int status = dwarf_get_cie_info_b(
		cie, &size, &version, &augmentation, &code_factor, &data_factor,
		&return_register, &instructions, &instructions_size,
		&offset_size, &err);
	return cw_library_is_ok(library, status, &err) ? augmentation : NULL;
}

struct cw_error *cw_library_open(struct cw_library *library,
				 struct cw_sections *sections)
{
	*library = (struct cw_library){.sections = sections};

	struct cw_library_object *object = cw_alloc(sizeof(*object));
	object_init(object, sections);

	dwarf_set_de_alloc_flag(0);
	dwarf_set_reloc_application(0);
	Dwarf_Error err = NULL;
	int status =
		dwarf_object_init_b(&object->interface, NULL, NULL,
				    DW_GROUPNUMBER_ANY, &library->debug, &err);
	if (status == DW_DLV_OK) {
		library->object = object;
		return NULL;
	}

	struct cw_error *ours = cw_error_new(
		CW_ERROR_TARGET, "debug info is damaged: %s",
		status == DW_DLV_ERROR ? dwarf_errmsg(err) : "nothing there");
	if (status == DW_DLV_ERROR)
		dwarf_dealloc_error(NULL, err);
	library->debug = NULL;
	free(object);
	return ours;
}

void cw_library_set_init(struct cw_library_set *set)
{
	*set = (struct cw_library_set){0};
	cw_map_init(&set->signatures);
	/* Number 0 is the library that is asked. */
	*cw_array_push(&set->items) = NULL;
}

void cw_library_set_deinit(struct cw_library_set *set)
{
	cw_array_deinit(&set->items);
	cw_array_deinit(&set->signed_keys);
	cw_map_deinit(&set->signatures);
}

void cw_library_enter(struct cw_library *library, struct cw_library_set *set)
{
	if (set->items.num > CW_KEY_FILE_MASK)
		return;
	library->set = set;
	library->number = set->items.num;
	*cw_array_push(&set->items) = library;
}

void cw_library_set_alternate(struct cw_library *library,
			      struct cw_library *alternate)
{
	Dwarf_Error err = NULL;
	int status = dwarf_set_tied_dbg(library->debug, alternate->debug, &err);

	cw_library_is_ok(library, status, &err);
	library->alternate = alternate->number;
}

struct cw_library *cw_library_of(struct cw_library *library, uint64_t *key)
{
	uint64_t number = *key >> CW_KEY_FILE_SHIFT & CW_KEY_FILE_MASK;

	if (number == 0 || !library->set || number >= library->set->items.num)
		return library;
	*key &= ~(CW_KEY_FILE_MASK << CW_KEY_FILE_SHIFT);
	return library->set->items.items[number];
}

uint64_t cw_library_key(const struct cw_library *library, uint64_t key)
{
	if (key == 0 || key & CW_KEY_FILE_MASK << CW_KEY_FILE_SHIFT)
		return key;
	return key | (uint64_t)library->number << CW_KEY_FILE_SHIFT;
}

bool cw_library_signed(const struct cw_library *library, uint64_t signature,
		       uint64_t *ret_key)
{
	uint32_t place;

	if (cw_map_get(&library->signatures, signature, &place)) {
		*ret_key = library->signed_keys.items[place];
		return true;
	}
	if (!library->set ||
	    !cw_map_get(&library->set->signatures, signature, &place))
		return false;
	*ret_key = library->set->signed_keys.items[place];
	return true;
}

void cw_library_close(struct cw_library *library)
{
	if (library->debug)
		object_finish(library->debug);
	free(library->object);
	cw_die_units_destroy(library->units);
	cw_map_deinit(&library->signatures);
	cw_array_deinit(&library->signed_keys);
	*library = (struct cw_library){0};
}

bool cw_library_is_ok(struct cw_library *library, int status, Dwarf_Error *err)
{
	if (status == DW_DLV_ERROR) {
		library->num_errors++;
		dwarf_dealloc_error(library->debug, *err);
		*err = NULL;
	}
	return status == DW_DLV_OK;
}

void cw_library_note_signature(struct cw_library *library, uint64_t signature,
			       uint64_t key)
{
	struct cw_library_set *set = library->set;

	cw_map_set(&library->signatures, signature, library->signed_keys.num);
	*cw_array_push(&library->signed_keys) = key;
	if (!set)
		return;
	cw_map_set(&set->signatures, signature, set->signed_keys.num);
	*cw_array_push(&set->signed_keys) = cw_library_key(library, key);
}

const struct cw_section *cw_library_units(const struct cw_library *library,
					  bool is_info)
{
	static const char *const names[2][2] = {
		{".debug_types", ".debug_info"},
		{".debug_types.dwo", ".debug_info.dwo"},
	};

	return cw_sections_find(library->sections,
				names[library->is_split][is_info]);
}
