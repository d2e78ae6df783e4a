/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients: one per open file of the device and one for each a module has opened, with
 * its handles and events.
 */
#ifndef RTM_CLIENT_H
#define RTM_CLIENT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/sockptr.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <net/net_trackers.h>

#include "rtm_types.h"

struct net;

/**
 * struct rtm_client - an open file, or what is one to a module
 * @in_kernel: a module's: addresses in its arguments are the kernel's, and it may do
 *	everything; never changes
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
	bool in_kernel;
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

/**
 * rtm_client_ptr() - memory of a client
 * @client: the client
 * @address: as it stands in an argument
 *
 * Which kind of memory it is says the client and nothing in the argument: a file's is
 * always user memory, whatever it asks for.
 *
 * Return: what copy_from_sockptr() and copy_to_sockptr() take.
 */
static inline sockptr_t rtm_client_ptr(const struct rtm_client *client, u64 address)
{
	if (client->in_kernel)
		return KERNEL_SOCKPTR((void *)(uintptr_t)address);
	return USER_SOCKPTR(u64_to_user_ptr(address));
}

int rtm_client_init(struct rtm_client *client, struct net *net, bool in_kernel);
void rtm_client_destroy(struct rtm_client *client);

#endif /* RTM_CLIENT_H */
