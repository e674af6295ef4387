#include "golang/wait.h"

#include <string.h>

#include "base/memory.h"

/* Names of runtime.waitReason; each release has some of them. */
static const struct {
	const char *reason;
	enum cw_go_wait wait;
} reasons[] = {
	{"chan receive (nil chan)", CW_GO_WAIT_NEVER},
	{"chan send (nil chan)", CW_GO_WAIT_NEVER},
	{"select (no cases)", CW_GO_WAIT_NEVER},
	{"chan receive", CW_GO_WAIT_CHANNEL},
	{"chan send", CW_GO_WAIT_CHANNEL},
	{"select", CW_GO_WAIT_CHANNEL},
	{"sync.Cond.Wait", CW_GO_WAIT_CONDITION},
	{"sync.Mutex.Lock", CW_GO_WAIT_SEMAPHORE},
	{"sync.RWMutex.RLock", CW_GO_WAIT_SEMAPHORE},
	{"sync.RWMutex.Lock", CW_GO_WAIT_SEMAPHORE},
	{"sync.WaitGroup.Wait", CW_GO_WAIT_SEMAPHORE},
	{"semacquire", CW_GO_WAIT_SEMAPHORE},
	{"IO wait", CW_GO_WAIT_IO},
};

enum cw_go_wait cw_go_wait_of(const struct cw_goroutine *goroutine)
{
	if (!goroutine->reason || (goroutine->status != CW_GO_WAITING &&
				   goroutine->status != CW_GO_LEAKED))
		return CW_GO_WAIT_NONE;
	for (size_t i = 0; i < cw_num_elements(reasons); i++)
		if (strcmp(reasons[i].reason, goroutine->reason) == 0)
			return reasons[i].wait;
	return CW_GO_WAIT_NONE;
}

/* A pointer, or two words of which the collector is not told the second. */
static cw_addr hidden_pointer(const struct cw_go *go,
			      const unsigned char *bytes,
			      enum cw_go_field field)
{
	const struct cw_go_place *place = &go->layout.places[field];
	cw_addr pointer;

	memcpy(&pointer, bytes + place->offset + (place->size == 16 ? 8 : 0),
	       sizeof(pointer));
	return pointer;
}

bool cw_go_sudog_read(const struct cw_go *go, cw_addr address,
		      struct cw_go_sudog *ret)
{
	const struct cw_go_layout *layout = &go->layout;
	const unsigned char *bytes = NULL;

	for (enum cw_go_field i = CW_GO_SUDOG_G; i <= CW_GO_SUDOG_CHANNEL; i++)
		if (layout->places[i].size < 8)
			return false;
	if (address)
		bytes = cw_target_bytes(
			go->target, address,
			cw_go_layout_extent(layout, CW_GO_SUDOG_G,
					    CW_GO_SUDOG_CHANNEL));
	if (!bytes)
		return false;
	*ret = (struct cw_go_sudog){
		.address = address,
		.goroutine = cw_go_field(layout, bytes, CW_GO_SUDOG_G),
		.next = cw_go_field(layout, bytes, CW_GO_SUDOG_NEXT),
		.previous = cw_go_field(layout, bytes, CW_GO_SUDOG_PREVIOUS),
		.channel = hidden_pointer(go, bytes, CW_GO_SUDOG_CHANNEL),
		.element = hidden_pointer(go, bytes, CW_GO_SUDOG_ELEMENT),
		.link = cw_go_field(layout, bytes, CW_GO_SUDOG_LINK),
	};
	return true;
}

cw_addr cw_goroutine_first_sudog(const struct cw_go *go,
				 const struct cw_goroutine *goroutine)
{
	const struct cw_go_place *place = &go->layout.places[CW_GO_G_WAITING];
	cw_addr first;

	return place->size && cw_target_read_word(go->target,
						  goroutine->address +
							  place->offset,
						  &first)
		       ? first
		       : 0;
}

bool cw_go_poll_read(const struct cw_go *go, cw_addr address,
		     struct cw_go_poll *ret)
{
	const struct cw_go_layout *layout = &go->layout;
	const unsigned char *bytes;

	for (enum cw_go_field i = CW_GO_POLL_READER;
	     i <= CW_GO_POLL_WRITE_DEADLINE; i++)
		if (layout->places[i].size != 8)
			return false;
	bytes = cw_target_bytes(go->target, address,
				cw_go_layout_extent(layout, CW_GO_POLL_READER,
						    CW_GO_POLL_WRITE_DEADLINE));
	if (!bytes)
		return false;
	*ret = (struct cw_go_poll){
		.goroutines = {cw_go_field(layout, bytes, CW_GO_POLL_READER),
			       cw_go_field(layout, bytes, CW_GO_POLL_WRITER)},
		.deadlines = {cw_go_field(layout, bytes,
					  CW_GO_POLL_READ_DEADLINE),
			      cw_go_field(layout, bytes,
					  CW_GO_POLL_WRITE_DEADLINE)},
	};
	return true;
}
