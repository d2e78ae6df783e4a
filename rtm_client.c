// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients: their beginning and their end.
 *
 * A client belongs to one network namespace for good and keeps that alive.  It has
 * handles, registrations and pending events, and knows nothing of who uses it: that is
 * an open file (rtm_chardev.c) or another module (rtm_kernel.c).  What differs between
 * the two is one constant of the client, which says whose memory its arguments are in.
 */
#include <linux/list.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_net.h"

/**
 * rtm_client_init() - a client without handles or registrations
 * @client: memory for it, all zero
 * @net: its namespace; the client takes a reference
 * @in_kernel: a module's
 *
 * Context: process, may sleep.
 *
 * Return: 0, or -ENOMEM; there is nothing to destroy then.
 */
int rtm_client_init(struct rtm_client *client, struct net *net, bool in_kernel)
{
	int err;

	client->in_kernel = in_kernel;
	spin_lock_init(&client->entities_lock);
	INIT_LIST_HEAD(&client->entities);
	spin_lock_init(&client->event_lock);
	INIT_LIST_HEAD(&client->events);
	INIT_LIST_HEAD(&client->calls);
	init_waitqueue_head(&client->event_wait);
	err = rtm_handles_init(client);
	if (err)
		return err;
	client->rnet = rtm_net_get(get_net_track(net, &client->ns_tracker, GFP_KERNEL));
	atomic64_inc(&client->rnet->count.files);
	return 0;
}

/* The oldest registration of a client, with a reference. */
static struct rtm_entity *first_entity(struct rtm_client *client)
{
	struct rtm_entity *entity;

	spin_lock(&client->entities_lock);
	entity = list_first_entry_or_null(&client->entities, struct rtm_entity, client_link);
	if (entity)
		rtm_entity_hold(entity);
	spin_unlock(&client->entities_lock);
	return entity;
}

/**
 * rtm_client_destroy() - end all that is left of a client
 * @client: the client, in no call and never in one again
 *
 * Registrations end as their crash policies say.  The memory stays the caller's.
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_client_destroy(struct rtm_client *client)
{
	struct net *net = client->rnet->net;
	struct rtm_entity *entity;

	while ((entity = first_entity(client))) {
		rtm_entity_close(client, entity);
		rtm_entity_put(entity);
	}
	rtm_handles_destroy(client);
	atomic64_dec(&client->rnet->count.files);
	put_net_track(net, &client->ns_tracker);
}
