/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entities: routing protocols and tools that registered.
 */
#ifndef RTM_ENTITY_H
#define RTM_ENTITY_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>
#include <uapi/linux/rtm.h>

#include "rtm_expiry.h"
#include "rtm_lock.h"
#include "rtm_method.h"
#include "rtm_nexthop_lock.h"
#include "rtm_quota.h"
#include "rtm_types.h"

struct pid;

/**
 * enum rtm_entity_state - life of an entity
 * @RTM_ENTITY_REGISTERED: a file has it
 * @RTM_ENTITY_LEAVING: its file is going, its routes will stay
 * @RTM_ENTITY_KEPT: its file is gone, its routes stay, for good or for a while; its
 *	name can be claimed
 * @RTM_ENTITY_GONE: deregistered; what it left is being or has been removed
 */
enum rtm_entity_state {
	RTM_ENTITY_REGISTERED,
	RTM_ENTITY_LEAVING,
	RTM_ENTITY_KEPT,
	RTM_ENTITY_GONE,
};

/**
 * struct rtm_crash_policy - what becomes of what an entity leaves when its file closes
 * @flags: RTM_REQ_HOLD, RTM_REQ_KEEP, or 0 to withdraw it
 * @hold_ms: milliseconds of RTM_REQ_HOLD, else 0
 */
struct rtm_crash_policy {
	u32 flags;
	u32 hold_ms;
};

/**
 * struct rtm_claim - what an entity was before it was registered
 * @kept: it was kept or held
 * @policy: its policy then
 * @hold_until: when its time would have been over, in jiffies
 */
struct rtm_claim {
	bool kept;
	struct rtm_crash_policy policy;
	unsigned long hold_until;
};

/**
 * struct rtm_entity - one registration
 * @link: in rtm_table.entities unless gone
 * @client_link: in rtm_client.entities while registered
 * @table: its table, holds a reference
 * @id: name, constant
 * @flags: RTM_REQ_OPAQUE_SLOT, _EVENTS as registered; 0 while kept
 * @policy: crash policy, under the table's lock
 * @state: enum rtm_entity_state, under the table's lock, read with READ_ONCE()
 * @client: the file that registered it while registered, else NULL; under the
 *	table's lock
 * @handle: its handle in that file
 * @process: process that registered it, a reference; NULL for a module's
 * @uid: user that registered it; root for a module's
 * @locks: its holds and waiters
 * @nexthop_locks: next hops its threads have locked
 * @methods: what it exports, the calls it makes and gets
 * @expiry: how it is told of its routes whose time is over
 * @routes_lock: protects @routes, @held, @n_routes, @closed, @resyncing, @epoch, @swept
 *	and its route lists; a leaf
 * @closed: no route can be added or held down any more; never cleared
 * @rotate_lock: for who goes round in @routes; outside of every other lock
 * @routes: its routes
 * @held: routes of it that were deleted and are held down
 * @n_routes: number of @routes
 * @resyncing: a resync has begun and not ended, under @routes_lock
 * @epoch: resyncs begun, under @routes_lock, read with READ_ONCE()
 * @swept: the last of them that has ended, likewise
 * @nexthops: its next hops by address, length and interface; under the table's
 *	lock
 * @n_nexthops: their number
 * @quota: what it has in the table, and handles
 * @cells: its opaque cells, under the table's lock
 * @objects_lock: protects @objects; a leaf
 * @objects: its enumerations, route lists and notifications
 * @announced: others were told of it, under the table's lock
 * @watchers: who is told when it goes, under the table's lock
 * @watching: whose coming and going it is told, under the table's lock
 * @purge: removes what it left when its file closed; has a reference while queued
 * @hold: removes a held entity when its time is over; has a reference while queued
 * @hold_until: when that is, in jiffies; under the table's lock
 * @refs: the table, the file, routes, next hops and handles hold one each
 * @rcu: for the free
 */
struct rtm_entity {
	struct list_head link;
	struct list_head client_link;
	struct rtm_table *table;
	struct rtm_entity_id id;
	u32 flags;
	struct rtm_crash_policy policy;
	u32 state;
	struct rtm_client *client;
	u64 handle;
	struct pid *process;
	kuid_t uid;
	struct rtm_lock_owner locks;
	struct rtm_nexthop_locks nexthop_locks;
	struct rtm_method_owner methods;
	struct rtm_expiry_owner expiry;
	spinlock_t routes_lock; /* what it protects: above */
	struct mutex rotate_lock; /* what it protects: above */
	struct list_head routes;
	struct list_head held;
	u64 n_routes;
	bool resyncing;
	u32 epoch;
	u32 swept;
	bool closed;
	struct rb_root nexthops;
	u64 n_nexthops;
	struct rtm_quota quota;
	struct list_head cells;
	spinlock_t objects_lock; /* what it protects: above */
	struct list_head objects;
	bool announced;
	struct list_head watchers;
	struct list_head watching;
	struct work_struct purge;
	struct delayed_work hold;
	unsigned long hold_until;
	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct rtm_entity_spec - a registration as it is asked for
 * @id: name
 * @flags: RTM_REQ_OPAQUE_SLOT, RTM_REQ_EVENTS
 * @n_methods: methods it exports
 * @policy: what is to happen when the file closes
 */
struct rtm_entity_spec {
	struct rtm_entity_id id;
	u32 flags;
	u32 n_methods;
	struct rtm_crash_policy policy;
};

struct rtm_entity *rtm_entity_register(struct rtm_client *client,
				       const struct rtm_entity_spec *spec,
				       struct rtm_claim *claim);
int rtm_entity_announce(struct rtm_entity *entity);
int rtm_entity_deregister(struct rtm_client *client, struct rtm_entity *entity);
void rtm_entity_unclaim(struct rtm_client *client, struct rtm_entity *entity,
			const struct rtm_claim *claim);
int rtm_entity_set_policy(struct rtm_entity *entity, const struct rtm_crash_policy *policy);
u32 rtm_entity_hold_ms(const struct rtm_entity *entity);
void rtm_entity_close(struct rtm_client *client, struct rtm_entity *entity);
bool rtm_entity_is_registered(const struct rtm_entity *entity);
void rtm_entity_purge_all(struct rtm_net *rnet);
void rtm_entity_hold(struct rtm_entity *entity);
void rtm_entity_put(struct rtm_entity *entity);

struct rtm_entity *rtm_entity_next(struct rtm_table *table, const struct rtm_entity_id *after,
				   bool kept);
struct rtm_entity *rtm_entity_find(struct rtm_table *table, const struct rtm_entity_id *id);

/**
 * rtm_entity_id_cmp() - order of entities within a table: protocol, then instance
 * @a: a name
 * @b: another name
 *
 * Return: negative, 0 or positive as @a sorts before, equals or sorts after @b.
 */
int rtm_entity_id_cmp(const struct rtm_entity_id *a, const struct rtm_entity_id *b);

int rtm_entity_init(void);
void rtm_entity_flush(void);
void rtm_entity_exit(void);

#endif /* RTM_ENTITY_H */
