/* Stand-ins, as in absent.c, whose types do not matter: they are not called. */
#define ABSENT(name)                                                           \
	__attribute__((weak)) void name(void);                                 \
	__attribute__((weak)) void name(void)                                  \
	{                                                                      \
	}

ABSENT(cw_heap_block_at)
ABSENT(cw_debug_type)
ABSENT(cw_debug_types_named)
ABSENT(cw_type_is_aggregate)
ABSENT(cw_type_strip)
ABSENT(cw_type_print)
ABSENT(cw_symbols_of)
ABSENT(cw_demangle)
ABSENT(cw_debug_variables)
ABSENT(cw_type_members)
