/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks of next hops: RtmLockNextHop.
 */
#ifndef RTM_NEXTHOP_LOCK_H
#define RTM_NEXTHOP_LOCK_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "rtm_lock.h"
#include "rtm_types.h"

struct pid;

/**
 * struct rtm_nexthop_locks - an entity's locks of its next hops
 * @lock: protects all but @changed; a leaf
 * @holds: who has one
 * @n_holds: their number, at most RTM_MAX_NEXTHOP_LOCKS
 * @waiters: who waits for one, in order of arrival
 * @changed: woken when one was given back, or somebody stopped waiting
 * @dead: the registration has ended; requests fail with -EIDRM
 *
 * Private to rtm_nexthop_lock.c.
 */
struct rtm_nexthop_locks {
	spinlock_t lock; /* what it protects: above */
	struct list_head holds;
	unsigned int n_holds;
	struct list_head waiters;
	wait_queue_head_t changed;
	bool dead;
};

void rtm_nexthop_locks_init(struct rtm_nexthop_locks *locks);
void rtm_nexthop_locks_revive(struct rtm_nexthop_locks *locks);
int rtm_nexthop_lock(struct rtm_entity *owner, struct rtm_nexthop *nh, enum rtm_lock_mode mode,
		     const struct rtm_wait *wait);
int rtm_nexthop_unlock(struct rtm_entity *owner, struct rtm_nexthop *nh, enum rtm_lock_mode mode);
void rtm_nexthop_locks_close(struct rtm_entity *owner);
void rtm_nexthop_locks_drop(struct rtm_entity *owner, const struct pid *holder,
			    const struct pid *waiter);

#endif /* RTM_NEXTHOP_LOCK_H */
