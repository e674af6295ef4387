#include "dwarf/machine.h"

#include <string.h>

bool cw_machine_take(struct cw_machine *machine, size_t size,
		     const unsigned char **ret)
{
	if ((size_t)(machine->end - machine->at) < size)
		return false;
	*ret = machine->at;
	machine->at += size;
	return true;
}

bool cw_machine_take_fixed(struct cw_machine *machine, unsigned size,
			   bool is_signed, uint64_t *ret)
{
	const unsigned char *bytes;
	uint64_t value = 0;

	if (!cw_machine_take(machine, size, &bytes))
		return false;
	memcpy(&value, bytes, size);
	if (is_signed && size < 8 && value >> (size * 8 - 1))
		value |= ~UINT64_C(0) << (size * 8);
	*ret = value;
	return true;
}

bool cw_machine_take_leb(struct cw_machine *machine, bool is_signed,
			 uint64_t *ret)
{
	uint64_t value = 0;
	unsigned shift = 0;
	unsigned char byte;

	do {
		if (machine->at == machine->end || shift > 63)
			return false;
		byte = *machine->at++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (is_signed && shift < 64 && byte & 0x40)
		value |= ~UINT64_C(0) << shift;
	*ret = value;
	return true;
}

bool cw_machine_push_scalar(struct cw_machine *machine, struct cw_scalar scalar)
{
	if (machine->depth == CW_MACHINE_STACK)
		return false;
	machine->stack[machine->depth++] = scalar;
	return true;
}

bool cw_machine_pop_scalar(struct cw_machine *machine, struct cw_scalar *ret)
{
	if (machine->depth == 0)
		return false;
	*ret = machine->stack[--machine->depth];
	return true;
}

bool cw_machine_push(struct cw_machine *machine, uint64_t value)
{
	return cw_machine_push_scalar(machine, cw_scalar_generic(value));
}

bool cw_machine_pop(struct cw_machine *machine, uint64_t *ret)
{
	struct cw_scalar scalar;

	if (!cw_machine_pop_scalar(machine, &scalar) ||
	    scalar.type.kind == CW_SCALAR_REAL)
		return false;
	*ret = scalar.value;
	return true;
}

bool cw_machine_push_register(struct cw_machine *machine, uint64_t reg,
			      uint64_t offset)
{
	const struct cw_frame *frame = machine->context->frame;

	if (!frame || !cw_frame_knows(frame, reg))
		return false;
	return cw_machine_push(machine, frame->regs[reg] + offset);
}

bool cw_machine_dereference(struct cw_machine *machine, unsigned size)
{
	uint64_t address, value = 0;

	if (size < 1 || size > 8 || !cw_machine_pop(machine, &address) ||
	    !cw_target_read(machine->context->target, address, &value, size))
		return false;
	return cw_machine_push(machine, value);
}

bool cw_machine_jump(struct cw_machine *machine, uint64_t distance)
{
	int64_t target = machine->at - machine->start + (int64_t)distance;

	if (target < 0 || target > machine->end - machine->start)
		return false;
	machine->at = machine->start + target;
	return true;
}
