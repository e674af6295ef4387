libcorewalk_la_SOURCES += \
	dwarf/abbrev.c dwarf/abbrev.h \
	dwarf/address_list.c dwarf/address_list.h \
	dwarf/call_site.c dwarf/call_site.h \
	dwarf/cursor.h \
	dwarf/debug.c dwarf/debug.h dwarf/debug_private.h \
	dwarf/demangle.c dwarf/libiberty.h \
	dwarf/die.c dwarf/die.h \
	dwarf/entry_story.c dwarf/entry_story.h \
	dwarf/extract.c dwarf/extract.h \
	dwarf/file.c dwarf/file.h \
	dwarf/form.c dwarf/form.h \
	dwarf/function_read.c dwarf/function_read.h \
	dwarf/go_type.c \
	dwarf/head.c dwarf/head.h \
	dwarf/index.c dwarf/index.h \
	dwarf/index_walk.c dwarf/index_walk.h \
	dwarf/library.c dwarf/library.h \
	dwarf/line.c dwarf/line.h \
	dwarf/local_place.c dwarf/local_place.h \
	dwarf/location.c dwarf/location.h \
	dwarf/made_type.c dwarf/made_type.h \
	dwarf/outline.c dwarf/outline.h \
	dwarf/outline_local.c dwarf/outline_walk.c dwarf/outline_walk.h \
	dwarf/package.c dwarf/package.h \
	dwarf/prototype.c dwarf/prototype.h \
	dwarf/reader.c dwarf/reader.h \
	dwarf/record.c dwarf/record.h \
	dwarf/scan.c dwarf/scan.h \
	dwarf/scope.c dwarf/scope.h \
	dwarf/scope_store.c dwarf/scope_store.h \
	dwarf/section.c dwarf/section.h \
	dwarf/short_name.c dwarf/short_name.h \
	dwarf/spelling.c dwarf/spelling.h \
	dwarf/signed_scope.c dwarf/signed_scope.h \
	dwarf/split.c dwarf/split.h \
	dwarf/type.c dwarf/type.h \
	dwarf/type_store.c dwarf/type_store.h \
	dwarf/type_place.c dwarf/type_place.h \
	dwarf/unit.c dwarf/unit.h \
	dwarf/unit_entry.c dwarf/unit_entry.h \
	dwarf/variant.c dwarf/variant.h

libcorewalk_la_SOURCES += \
	dwarf/arithmetic.c dwarf/arithmetic.h \
	dwarf/augmentation.c dwarf/augmentation.h \
	dwarf/cfi.c dwarf/cfi.h \
	dwarf/cfi_file.c dwarf/cfi_file.h \
	dwarf/expression.c dwarf/expression.h \
	dwarf/entry_value.c dwarf/entry_value.h \
	dwarf/frame.h \
	dwarf/frame_variable.c dwarf/frame_variable.h \
	dwarf/machine.c dwarf/machine.h \
	dwarf/operation.c dwarf/operation.h \
	dwarf/stacks.c dwarf/stacks.h \
	dwarf/tail_call.c dwarf/tail_call.h \
	dwarf/unwind.c dwarf/unwind.h \
	dwarf/variable.c dwarf/variable.h \
	dwarf/variable_pieces.c dwarf/variable_pieces.h
