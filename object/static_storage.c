#include "object/static_storage.h"

#include "base/memory.h"

/*
 * x86-64 (TLS variant II): the executable's storage ends at the thread
 * pointer, rounded up to its alignment.  Where another module's is, only the
 * dynamic linker's private data say, and the thread's table of addresses by
 * the module's number, which they give out.
 */
bool cw_tls_address(const struct cw_target *target,
		    const struct cw_module *module,
		    const struct cw_thread *thread, uint64_t offset,
		    cw_addr *ret)
{
	uint64_t align = module->tls_align ? module->tls_align : 1;

	if (!module->is_executable || offset >= module->tls_size ||
	    align & (align - 1))
		return false;
	uint64_t size = (module->tls_size + align - 1) & ~(align - 1);
	*ret = thread->regs[CW_REG_FS_BASE] - size + offset;
	return true;
}

static void object_add(const struct cw_target *target,
		       const struct cw_variable *variable, cw_addr address,
		       const struct cw_thread *thread,
		       struct cw_static_objects *ret)
{
	const struct cw_type *type = cw_type_strip(variable->type);
	const unsigned char *bytes;

	if (!type || type->size == 0)
		return;
	/* One that was taken apart is in no one place. */
	if (variable->pieces)
		address = 0;
	bytes = variable->pieces ? variable->bytes
				 : cw_target_bytes(target, address, type->size);
	if (!bytes)
		return;
	*cw_array_push(ret) = (struct cw_static_object){
		.variable = variable,
		.address = address,
		.bytes = bytes,
		.thread = thread,
	};
}

void cw_static_objects_find(const struct cw_target *target,
			    struct cw_debug *debug,
			    struct cw_static_objects *ret)
{
	cw_array_foreach(module, &target->modules)
	{
		const struct cw_variable *variables;
		size_t num;
		cw_cleanup_error struct cw_error *err =
			cw_debug_variables(debug, module, &variables, &num);

		/* Debug info that cannot be read is counted by the debug. */
		for (size_t i = 0; !err && i < num; i++) {
			if (!variables[i].is_tls) {
				object_add(target, &variables[i],
					   variables[i].address, NULL, ret);
				continue;
			}
			cw_array_foreach(thread, &target->threads)
			{
				cw_addr address;
				if (cw_tls_address(target, module, thread,
						   variables[i].address,
						   &address))
					object_add(target, &variables[i],
						   address, thread, ret);
			}
		}
	}
}
