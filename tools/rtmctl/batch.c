// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many routes with one call.
 *
 * How this file works: the kernel does the items in order and stops before one whose
 * destination somebody has locked; called again it waits for that one.  If the wait
 * ends without the lock, that one item has failed and the rest goes on.
 */
#include <errno.h>
#include <stdlib.h>

#include "batch.h"
#include "device.h"

void batch_init(struct batch *b, uint32_t room)
{
	b->items = xcalloc(room, sizeof(*b->items));
	b->room = room;
	b->n = 0;
}

void batch_free(struct batch *b)
{
	free(b->items);
}

/* As many items from @at on as the kernel takes; *done says how many. */
static int send_some(struct batch *b, uint32_t at, uint32_t *done)
{
	struct rtm_route_batch req = {
		.size = sizeof(req),
		.flags = wait_flags(b->wait),
		.entity = b->session->handle,
		.items = (uintptr_t)&b->items[at],
		.count = b->n - at,
		.deadline = wait_deadline(b->wait),
	};
	int ret = dev_call(DEV_CHANGE, b->cmd, &req);

	*done = ret ? 0 : req.done;
	if (ret == -EAGAIN || ret == -ETIMEDOUT) {
		b->items[at].status = ret;
		*done = 1;
		return 0;
	}
	return ret || *done ? ret : -EPROTO;
}

/* Sends all items; each has been told to b->done() then.  0 or -errno. */
int batch_send(struct batch *b)
{
	uint32_t at = 0, done;
	int ret = 0;

	while (!ret && at < b->n) {
		ret = send_some(b, at, &done);
		for (; done; done--, at++)
			b->done(b, &b->items[at], at);
	}
	b->n = 0;
	return ret;
}
