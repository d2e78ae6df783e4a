/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files behind <librtm.h> share.
 *
 * How this file works: both public headers may be included together, but only
 * these files need the native one.
 */
#ifndef RTM_NATIVE_H
#define RTM_NATIVE_H

#include "rtm_private.h"

#pragma GCC visibility push(default)
#include "librtm.h"
#pragma GCC visibility pop

/**
 * struct rtm_ctx - an open file, and nothing more
 * @dev: the file
 */
struct rtm_ctx {
	struct rtmi_device dev;
};

/**
 * rtmi_wait() - put a deadline into a request
 * @deadline: deadline of <librtm.h>
 * @flags: request flags
 * @req_deadline: deadline of the request
 */
static inline void rtmi_wait(uint64_t deadline, __u32 *flags, __u64 *req_deadline)
{
	if (deadline == RTM_NOWAIT)
		*flags |= RTM_REQ_NOWAIT;
	else
		*req_deadline = deadline;
}

/* native_dest.c */
void rtmi_dest_from_item(const struct rtm_dest_item *item, struct rtm_dest *dest);
void *rtmi_items_alloc(unsigned int count, uint32_t item_size, int *err);
int rtmi_dests_take(struct rtm_dest *dests, const void *items, unsigned int count,
		    uint32_t item_size);

#endif /* RTM_NATIVE_H */
