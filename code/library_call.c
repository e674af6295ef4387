#include "code/library_call.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* GLib's, sorted by name. */
static const struct cw_library_call calls[] = {
	{"g_hash_table_add", "ck", '-', NULL},
	{"g_hash_table_contains", "ck", '-', NULL},
	{"g_hash_table_find", "cfd", 'v', "kvd"},
	{"g_hash_table_foreach", "cfd", '-', "kvd"},
	{"g_hash_table_foreach_remove", "cfd", '-', "kvd"},
	{"g_hash_table_foreach_steal", "cfd", '-', "kvd"},
	{"g_hash_table_insert", "ckv", '-', NULL},
	{"g_hash_table_iter_init", "ic", '-', NULL},
	{"g_hash_table_iter_next", "iKV", '-', NULL},
	{"g_hash_table_lookup", "ck", 'v', NULL},
	{"g_hash_table_lookup_extended", "ckKV", '-', NULL},
	{"g_hash_table_new", "pp", 'c', NULL},
	{"g_hash_table_new_full", "pppq", 'c', NULL},
	{"g_hash_table_ref", "c", 'c', NULL},
	{"g_hash_table_remove", "ck", '-', NULL},
	{"g_hash_table_replace", "ckv", '-', NULL},
	{"g_hash_table_steal", "ck", '-', NULL},
	{"g_hash_table_steal_extended", "ckKV", '-', NULL},
	{"g_list_append", "ce", 'c', NULL},
	{"g_list_concat", "c-", 'c', NULL},
	{"g_list_copy", "c", 'c', NULL},
	{"g_list_find", "ce", 'c', NULL},
	{"g_list_first", "c", 'c', NULL},
	{"g_list_foreach", "cfd", '-', "ed"},
	{"g_list_free_full", "cf", '-', "e"},
	{"g_list_index", "ce", '-', NULL},
	{"g_list_insert", "ce-", 'c', NULL},
	{"g_list_insert_before", "c-e", 'c', NULL},
	{"g_list_insert_sorted", "cef", 'c', "ee"},
	{"g_list_last", "c", 'c', NULL},
	{"g_list_nth", "c-", 'c', NULL},
	{"g_list_nth_data", "c-", 'e', NULL},
	{"g_list_prepend", "ce", 'c', NULL},
	{"g_list_remove", "ce", 'c', NULL},
	{"g_list_remove_all", "ce", 'c', NULL},
	{"g_list_remove_link", "c-", 'c', NULL},
	{"g_list_reverse", "c", 'c', NULL},
	{"g_list_sort", "cf", 'c', "ee"},
	{"g_ptr_array_add", "ca", '-', NULL},
	{"g_ptr_array_foreach", "cfd", '-', "ad"},
	{"g_ptr_array_insert", "c-a", '-', NULL},
	{"g_ptr_array_new", "", 'c', NULL},
	{"g_ptr_array_new_full", "-f", 'c', "a"},
	{"g_ptr_array_new_with_free_func", "f", 'c', "a"},
	{"g_ptr_array_ref", "c", 'c', NULL},
	{"g_ptr_array_remove", "ca", '-', NULL},
	{"g_ptr_array_remove_fast", "ca", '-', NULL},
	{"g_ptr_array_remove_index", "c-", 'a', NULL},
	{"g_ptr_array_remove_index_fast", "c-", 'a', NULL},
	{"g_ptr_array_sized_new", "-", 'c', NULL},
	{"g_ptr_array_steal_index", "c-", 'a', NULL},
	{"g_slist_append", "ce", 'c', NULL},
	{"g_slist_concat", "c-", 'c', NULL},
	{"g_slist_copy", "c", 'c', NULL},
	{"g_slist_find", "ce", 'c', NULL},
	{"g_slist_foreach", "cfd", '-', "ed"},
	{"g_slist_free_full", "cf", '-', "e"},
	{"g_slist_index", "ce", '-', NULL},
	{"g_slist_insert", "ce-", 'c', NULL},
	{"g_slist_insert_before", "c-e", 'c', NULL},
	{"g_slist_insert_sorted", "cef", 'c', "ee"},
	{"g_slist_last", "c", 'c', NULL},
	{"g_slist_nth", "c-", 'c', NULL},
	{"g_slist_nth_data", "c-", 'e', NULL},
	{"g_slist_prepend", "ce", 'c', NULL},
	{"g_slist_remove", "ce", 'c', NULL},
	{"g_slist_remove_all", "ce", 'c', NULL},
	{"g_slist_remove_link", "c-", 'c', NULL},
	{"g_slist_reverse", "c", 'c', NULL},
	{"g_slist_sort", "cf", 'c', "ee"},
	{"g_tree_foreach", "cfd", '-', "kvd"},
	{"g_tree_insert", "ckv", '-', NULL},
	{"g_tree_lookup", "ck", 'v', NULL},
	{"g_tree_remove", "ck", '-', NULL},
	{"g_tree_replace", "ckv", '-', NULL},
};

static int compare(const void *name, const void *call)
{
	return strcmp(name, ((const struct cw_library_call *)call)->name);
}

const struct cw_library_call *cw_library_call_of(const char *name)
{
	return name ? bsearch(name, calls, cw_num_elements(calls),
			      sizeof(*calls), compare)
		    : NULL;
}
