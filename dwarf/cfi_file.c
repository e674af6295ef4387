#include "dwarf/cfi_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/augmentation.h"

enum {
	/* libdwarf writes beyond smaller tables in some versions. */
	NUM_RULES = 188,
	/* Stands for "no rule was given" and "undefined"; no register has
	 * these numbers. */
	SAME = 1035,
	UNDEFINED = 1034,
	CFA = 1436,
};

static void table_read(struct cw_cfi_file *cfi, struct cw_cfi_table *table,
		       bool is_eh)
{
	Dwarf_Error err = NULL;
	int status;

	if (is_eh)
		status = dwarf_get_fde_list_eh(cfi->library.debug, &table->cies,
					       &table->num_cies, &table->fdes,
					       &table->num_fdes, &err);
	else
		status = dwarf_get_fde_list(cfi->library.debug, &table->cies,
					    &table->num_cies, &table->fdes,
					    &table->num_fdes, &err);
	if (!cw_library_is_ok(&cfi->library, status, &err))
		*table = (struct cw_cfi_table){0};
}

struct cw_cfi_file *cw_cfi_file_open(struct cw_elf_file *file)
{
	struct cw_cfi_file *cfi = cw_alloc(sizeof(*cfi));

	cw_sections_init(&cfi->sections, file);
	cw_cleanup_error struct cw_error *err =
		cw_library_open(&cfi->library, &cfi->sections);
	if (err) {
		cw_sections_deinit(&cfi->sections);
		free(cfi);
		return NULL;
	}
	dwarf_set_frame_rule_table_size(cfi->library.debug, NUM_RULES);
	dwarf_set_frame_rule_initial_value(cfi->library.debug, SAME);
	dwarf_set_frame_cfa_value(cfi->library.debug, CFA);
	dwarf_set_frame_same_value(cfi->library.debug, SAME);
	dwarf_set_frame_undefined_value(cfi->library.debug, UNDEFINED);
	table_read(cfi, &cfi->tables[0], true);
	table_read(cfi, &cfi->tables[1], false);
	if (cfi->tables[0].num_fdes == 0 && cfi->tables[1].num_fdes == 0) {
		cw_cfi_file_close(cfi);
		return NULL;
	}
	return cfi;
}

void cw_cfi_file_close(struct cw_cfi_file *cfi)
{
	if (!cfi)
		return;
	for (size_t i = 0; i < cw_num_elements(cfi->tables); i++) {
		struct cw_cfi_table *table = &cfi->tables[i];
		if (table->fdes)
			cw_library_free_fdes(&cfi->library, table->cies,
					     table->num_cies, table->fdes,
					     table->num_fdes);
	}
	cw_library_close(&cfi->library);
	cw_sections_deinit(&cfi->sections);
	free(cfi);
}

static struct cw_cfi_rule rule_read(const struct Dwarf_Regtable_Entry3_s *entry)
{
	struct cw_cfi_rule rule = {.kind = CW_CFI_UNDEFINED};

	switch (entry->dw_value_type) {
	case DW_EXPR_OFFSET:
		if (entry->dw_regnum == UNDEFINED)
			return rule;
		if (entry->dw_regnum == SAME) {
			rule.kind = CW_CFI_SAME;
			return rule;
		}
		rule.kind = entry->dw_offset_relevant ? CW_CFI_OFFSET
						      : CW_CFI_REGISTER;
		rule.reg = entry->dw_regnum;
		if (entry->dw_offset_relevant)
			rule.offset = cw_library_rule_offset(entry);
		return rule;
	case DW_EXPR_VAL_OFFSET:
		rule.kind = CW_CFI_VALUE_OFFSET;
		rule.offset = cw_library_rule_offset(entry);
		return rule;
	case DW_EXPR_EXPRESSION:
	case DW_EXPR_VAL_EXPRESSION:
		rule.kind = entry->dw_value_type == DW_EXPR_EXPRESSION
				    ? CW_CFI_EXPRESSION
				    : CW_CFI_VALUE_EXPRESSION;
		cw_library_rule_expression(entry, &rule.expression,
					   &rule.expression_size);
		return rule;
	default:
		return rule;
	}
}

/* The CFA's rule has a form of its own: a register and an offset. */
static struct cw_cfi_rule
cfa_rule_read(const struct Dwarf_Regtable_Entry3_s *entry)
{
	struct cw_cfi_rule rule = rule_read(entry);

	if (rule.kind == CW_CFI_OFFSET)
		rule.kind = CW_CFI_REGISTER;
	else if (rule.kind == CW_CFI_EXPRESSION)
		rule.kind = CW_CFI_VALUE_EXPRESSION;
	return rule;
}

static bool table_row(struct cw_cfi_file *cfi, struct cw_cfi_table *table,
		      uint64_t pc, struct cw_cfi_row *ret)
{
	struct Dwarf_Regtable_Entry3_s entries[NUM_RULES] = {0};
	Dwarf_Regtable3 rules = {
		.rt3_reg_table_size = NUM_RULES,
		.rt3_rules = entries,
	};
	Dwarf_Error err = NULL;
	Dwarf_Fde fde;
	Dwarf_Addr low, high, row_pc;

	if (table->num_fdes == 0)
		return false;
	int status =
		dwarf_get_fde_at_pc(table->fdes, pc, &fde, &low, &high, &err);
	if (!cw_library_is_ok(&cfi->library, status, &err))
		return false;
	status = dwarf_get_fde_info_for_all_regs3(fde, pc, &rules, &row_pc,
						  &err);
	if (!cw_library_is_ok(&cfi->library, status, &err))
		return false;

	ret->lsda = 0;
	ret->function_start = low;
	ret->function_end = high + 1;
	const char *augmentation = cw_library_augmentation(&cfi->library, fde);
	ret->is_signal_trampoline = augmentation && strchr(augmentation, 'S');
	ret->lsda_state = cw_augmentation_lsda(&cfi->library, fde, &ret->lsda);
	ret->cfa = cfa_rule_read(&rules.rt3_cfa_rule);
	for (unsigned reg = 0; reg < CW_NUM_FRAME_REGS; reg++)
		ret->regs[reg] = rule_read(&entries[reg]);
	return true;
}

bool cw_cfi_file_row(struct cw_cfi_file *cfi, uint64_t pc,
		     struct cw_cfi_row *ret)
{
	for (size_t i = 0; i < cw_num_elements(cfi->tables); i++)
		if (table_row(cfi, &cfi->tables[i], pc, ret))
			return true;
	return false;
}
