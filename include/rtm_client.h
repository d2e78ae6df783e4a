/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients: one per open file of the device, with its handles and events.
 */
#ifndef RTM_CLIENT_H
#define RTM_CLIENT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <net/net_trackers.h>

#include "rtm_types.h"

/**
 * struct rtm_client - an open file
 * @rnet: state of the namespace it was opened in
 * @ns_tracker: tracks the reference to that namespace
 * @lock: protects @handles, @objects, @generation and @n_handles; never held while waiting
 * @handles: handles by index
 * @objects: the same handles by object
 * @generation: counts handles made
 * @n_handles: handles in the table
 * @entities_lock: protects @entities; a leaf
 * @entities: entities registered through this file
 * @event_lock: protects @events; a leaf
 * @events: pending events, oldest first
 * @event_wait: readers and pollers, and threads that serve calls while they wait
 * @calls: calls its entities may fetch, oldest first; under rtm_net.call_lock
 */
struct rtm_client {
	struct rtm_net *rnet;
	netns_tracker ns_tracker;
	struct mutex lock; /* what it protects: above */
	struct xarray handles;
	struct rhashtable objects;
	u32 generation;
	unsigned int n_handles;
	spinlock_t entities_lock; /* what it protects: above */
	struct list_head entities;
	spinlock_t event_lock; /* what it protects: above */
	struct list_head events;
	wait_queue_head_t event_wait;
	struct list_head calls;
};

#endif /* RTM_CLIENT_H */
