// SPDX-License-Identifier: GPL-2.0-only
/*
 * Next hops: every entity keeps its own, in a tree by address and interface.
 *
 * The key never changes; flags, private value and remote destination do, under the
 * table's lock.  A deleted next hop leaves the tree at once, so that adding the
 * same key again makes a new one, while routes and handles that refer to the old
 * one keep it until they let go: deleting a next hop changes no route.
 */
#include "rtm_nexthop.h"

#include <linux/slab.h>
#include <kunit/visibility.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_net.h"
#include "rtm_nexthop_lock.h"
#include "rtm_round.h"
#include "rtm_table.h"

static struct kmem_cache *nexthop_cache;

/* Order of the tree: address, then prefix length, then interface. */
static int key_cmp(const struct rtm_prefix *addr, u32 ifindex, const struct rtm_nexthop *nh)
{
	int cmp = rtm_prefix_cmp(addr, &nh->addr);

	if (cmp)
		return cmp;
	if (ifindex != nh->ifindex)
		return ifindex < nh->ifindex ? -1 : 1;
	return 0;
}

static struct rtm_nexthop *find_locked(struct rtm_entity *owner, const struct rtm_prefix *addr,
				       u32 ifindex)
{
	struct rb_node *node = owner->nexthops.rb_node;
	struct rtm_nexthop *nh;
	int cmp;

	while (node) {
		nh = rb_entry(node, struct rtm_nexthop, node);
		cmp = key_cmp(addr, ifindex, nh);
		if (!cmp)
			return nh;
		node = cmp < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}

static void insert_locked(struct rtm_entity *owner, struct rtm_nexthop *nh)
{
	struct rb_node **link = &owner->nexthops.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		if (key_cmp(&nh->addr, nh->ifindex, rb_entry(parent, struct rtm_nexthop, node)) < 0)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&nh->node, parent, link);
	rb_insert_color(&nh->node, &owner->nexthops);
	owner->n_nexthops++;
}

/*
 * Returns the remote destination, for the caller to put unlocked.  A deleted next hop
 * keeps none: a destination may keep the next hops that the FIB has of it, and whoever
 * keeps them must not keep destinations in turn.
 */
static struct rtm_dest *unlink_locked(struct rtm_entity *owner, struct rtm_nexthop *nh)
{
	struct rtm_dest *remote_dest = nh->remote_dest;

	rb_erase(&nh->node, &owner->nexthops);
	owner->n_nexthops--;
	rtm_quota_give(&owner->quota, RTM_RES_NEXTHOPS, 1);
	WRITE_ONCE(nh->state, RTM_STATE_DELETED);
	nh->remote_dest = NULL;
	return remote_dest;
}

/* What is left to do when it has been unlinked; the tree's reference goes. */
static void put_unlinked(struct rtm_nexthop *nh, struct rtm_dest *remote_dest)
{
	if (remote_dest)
		rtm_dest_put(remote_dest);
	rtm_nexthop_put(nh);
}

static struct rtm_nexthop *nexthop_alloc(struct rtm_entity *owner,
					 const struct rtm_nexthop_spec *spec)
{
	struct rtm_nexthop *nh = kmem_cache_zalloc(nexthop_cache, RTM_GFP_CLIENT);

	if (!nh)
		return NULL;
	refcount_set(&nh->refs, 1);
	rtm_entity_hold(owner);
	nh->owner = owner;
	nh->addr = spec->addr;
	nh->ifindex = spec->ifindex;
	nh->state = RTM_STATE_CREATED;
	return nh;
}

/* Returns the remote destination given up, for the caller to put unlocked. */
static struct rtm_dest *fill_locked(struct rtm_nexthop *nh, const struct rtm_nexthop_spec *spec,
				    bool *moved)
{
	struct rtm_dest *old = nh->remote_dest;

	*moved = old != spec->remote_dest ||
		 (nh->flags ^ spec->flags) & (RTM_NHF_REMOTE | RTM_NHF_DOWN);
	if (spec->remote_dest)
		rtm_dest_hold(spec->remote_dest);
	nh->remote_dest = spec->remote_dest;
	WRITE_ONCE(nh->flags, spec->flags);
	nh->cookie = spec->cookie;
	if (*moved) {
		/* last: whoever sees the new version acts on what is above */
		smp_store_release(&nh->version, nh->version + 1);
	}
	return old;
}

/* Find the key or make it from @fresh; the result carries a reference. */
static struct rtm_nexthop *add_locked(struct rtm_entity *owner, struct rtm_nexthop *fresh,
				      u32 *change)
{
	struct rtm_nexthop *nh;
	int err;

	if (!rtm_entity_is_registered(owner))
		return ERR_PTR(-EIDRM);
	nh = find_locked(owner, &fresh->addr, fresh->ifindex);
	if (nh) {
		*change = 0;
	} else {
		err = rtm_charge(owner, RTM_RES_NEXTHOPS, 1);
		if (err)
			return ERR_PTR(err);
		nh = fresh;
		rtm_nexthop_hold(nh);
		insert_locked(owner, nh);
		*change = RTM_RC_NEW;
	}
	rtm_nexthop_hold(nh);
	return nh;
}

/**
 * rtm_nexthop_add() - add a next hop, or update the one with the same key
 * @owner: owning entity
 * @spec: the next hop
 * @nhp: out: the next hop, with a reference for the caller
 * @change: out: RTM_RC_NEW or 0
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: 0; -ENOMEM, -ENOSPC (a limit of the owner or the namespace), -EIDRM (the
 * owner went).
 */
int rtm_nexthop_add(struct rtm_entity *owner, const struct rtm_nexthop_spec *spec,
		    struct rtm_nexthop **nhp, u32 *change)
{
	struct rtm_dest *old = NULL;
	struct rtm_nexthop *fresh;
	struct rtm_nexthop *nh;
	bool moved = false;

	fresh = nexthop_alloc(owner, spec);
	if (!fresh)
		return -ENOMEM;
	mutex_lock(&owner->table->lock);
	nh = add_locked(owner, fresh, change);
	if (!IS_ERR(nh))
		old = fill_locked(nh, spec, &moved);
	mutex_unlock(&owner->table->lock);
	rtm_nexthop_put(fresh);
	if (old)
		rtm_dest_put(old);
	if (IS_ERR(nh))
		return PTR_ERR(nh);
	if (moved && !*change)
		rtm_nexthop_moved(nh);
	*nhp = nh;
	return 0;
}

/**
 * rtm_nexthop_update() - change a next hop the caller has
 * @owner: entity that asks; must own it
 * @nh: the next hop
 * @spec: its new content; address and interface must be its own
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: 0; -EACCES for somebody else's, -EINVAL for another key, -ESTALE for a
 * deleted one.
 */
int rtm_nexthop_update(struct rtm_entity *owner, struct rtm_nexthop *nh,
		       const struct rtm_nexthop_spec *spec)
{
	struct rtm_dest *old = NULL;
	bool moved = false;
	int err = 0;

	if (nh->owner != owner)
		return -EACCES;
	if (key_cmp(&spec->addr, spec->ifindex, nh))
		return -EINVAL;
	mutex_lock(&owner->table->lock);
	if (nh->state == RTM_STATE_CREATED)
		old = fill_locked(nh, spec, &moved);
	else
		err = -ESTALE;
	mutex_unlock(&owner->table->lock);
	if (old)
		rtm_dest_put(old);
	if (moved)
		rtm_nexthop_moved(nh);
	return err;
}

/**
 * rtm_nexthop_update_unlock() - commit what was edited under an exclusive lock
 * @owner: the caller's entity, owner of the next hop
 * @nh: the next hop
 * @spec: its new content, with its own address and interface
 *
 * The lock goes and the content comes in one section of the table's lock, under which
 * the content is read, too: of several calls that name one lock one commits, and who has
 * the lock next finds what the one before has left.  A next hop that was deleted is not
 * changed, but its lock goes.
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: 0; -EACCES when the entity has not locked it exclusively.
 */
int rtm_nexthop_update_unlock(struct rtm_entity *owner, struct rtm_nexthop *nh,
			      const struct rtm_nexthop_spec *spec)
{
	struct rtm_dest *old = NULL;
	bool moved = false;
	int err;

	mutex_lock(&owner->table->lock);
	err = rtm_nexthop_unlock(owner, nh, RTM_LOCK_EXCLUSIVE);
	if (!err && nh->state == RTM_STATE_CREATED)
		old = fill_locked(nh, spec, &moved);
	mutex_unlock(&owner->table->lock);
	if (old)
		rtm_dest_put(old);
	if (moved)
		rtm_nexthop_moved(nh);
	return err;
}

/**
 * rtm_nexthop_find() - a next hop of an entity by its key
 * @owner: owning entity
 * @addr: address
 * @ifindex: interface
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: a reference, or NULL.
 */
struct rtm_nexthop *rtm_nexthop_find(struct rtm_entity *owner, const struct rtm_prefix *addr,
				     u32 ifindex)
{
	struct rtm_nexthop *nh;

	mutex_lock(&owner->table->lock);
	nh = find_locked(owner, addr, ifindex);
	if (nh)
		rtm_nexthop_hold(nh);
	mutex_unlock(&owner->table->lock);
	return nh;
}

/* Whether a walk that goes on from a key comes to @nh, now or later. */
static bool ahead(const struct rtm_prefix *addr, u32 ifindex, bool inclusive,
		  const struct rtm_nexthop *nh)
{
	int cmp = addr ? key_cmp(addr, ifindex, nh) : -1;

	return cmp < 0 || (inclusive && !cmp);
}

/**
 * rtm_nexthop_next() - walk the next hops of an entity in order
 * @owner: owning entity
 * @addr: address to go on from, NULL to begin
 * @ifindex: its interface
 * @inclusive: whether a next hop with just that key counts
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: a reference, or NULL at the end.
 */
struct rtm_nexthop *rtm_nexthop_next(struct rtm_entity *owner, const struct rtm_prefix *addr,
				     u32 ifindex, bool inclusive)
{
	struct rtm_nexthop *found = NULL;
	struct rtm_nexthop *nh;
	struct rb_node *node;

	mutex_lock(&owner->table->lock);
	node = owner->nexthops.rb_node;
	while (node) {
		nh = rb_entry(node, struct rtm_nexthop, node);
		if (ahead(addr, ifindex, inclusive, nh)) {
			found = nh;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	if (found)
		rtm_nexthop_hold(found);
	mutex_unlock(&owner->table->lock);
	return found;
}

/**
 * rtm_nexthop_derive() - an address that has turned out to be on a link
 * @remote: a next hop with that address
 * @ifindex: the link
 *
 * The result is on nobody's list and is there for the FIB alone.
 *
 * Context: process, may sleep.
 *
 * Return: a reference, or NULL.
 */
struct rtm_nexthop *rtm_nexthop_derive(const struct rtm_nexthop *remote, u32 ifindex)
{
	struct rtm_nexthop *nh = kmem_cache_zalloc(nexthop_cache, GFP_KERNEL);

	if (!nh)
		return NULL;
	refcount_set(&nh->refs, 1);
	nh->addr = remote->addr;
	nh->ifindex = ifindex;
	nh->state = RTM_STATE_DELETED;
	return nh;
}

/**
 * rtm_nexthop_delete() - take a next hop out of its owner's list
 * @owner: entity that asks; must own it
 * @nh: the next hop
 *
 * Routes that use it keep using it until they are updated.
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: 0; -EACCES for somebody else's, -ESTALE for a deleted one.
 */
int rtm_nexthop_delete(struct rtm_entity *owner, struct rtm_nexthop *nh)
{
	struct rtm_dest *remote_dest = NULL;
	int err = 0;

	if (nh->owner != owner)
		return -EACCES;
	mutex_lock(&owner->table->lock);
	if (nh->state == RTM_STATE_CREATED)
		remote_dest = unlink_locked(owner, nh);
	else
		err = -ESTALE;
	mutex_unlock(&owner->table->lock);
	if (!err)
		put_unlinked(nh, remote_dest);
	return err;
}

/**
 * rtm_nexthop_purge() - delete every next hop of an entity that has gone
 * @owner: the entity
 *
 * Context: process, may sleep; yields the CPU now and then.
 */
void rtm_nexthop_purge(struct rtm_entity *owner)
{
	struct rtm_dest *remote_dest;
	struct rtm_nexthop *nh;
	struct rb_node *node;

	for (;;) {
		mutex_lock(&owner->table->lock);
		node = rb_first(&owner->nexthops);
		nh = node ? rb_entry(node, struct rtm_nexthop, node) : NULL;
		if (nh)
			remote_dest = unlink_locked(owner, nh);
		mutex_unlock(&owner->table->lock);
		if (!nh)
			return;
		put_unlinked(nh, remote_dest);
		cond_resched();
	}
}

/**
 * rtm_nexthop_hold() - take another reference to a next hop one has already
 * @nh: the next hop
 */
void rtm_nexthop_hold(struct rtm_nexthop *nh)
{
	refcount_inc(&nh->refs);
}

static void nexthop_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(nexthop_cache, container_of(rcu, struct rtm_nexthop, rcu));
}

/**
 * rtm_nexthop_put() - give a reference back
 * @nh: the next hop
 *
 * Context: process, may sleep (its owner and remote destination may go with it);
 * not under the table's lock.
 */
void rtm_nexthop_put(struct rtm_nexthop *nh)
{
	if (!refcount_dec_and_test(&nh->refs))
		return;
	if (nh->remote_dest)
		rtm_dest_put(nh->remote_dest);
	if (nh->owner) {
		/* who was never in the tree was not charged for */
		if (nh->state == RTM_STATE_DELETED)
			rtm_quota_give(&nh->owner->table->rnet->quota, RTM_RES_NEXTHOPS, 1);
		rtm_entity_put(nh->owner);
	}
	call_rcu(&nh->rcu, nexthop_free_rcu);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_nexthop_put);

/**
 * rtm_nexthop_caches_init() - make the slab cache of next hops
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_nexthop_caches_init(void)
{
	nexthop_cache = KMEM_CACHE(rtm_nexthop, 0);
	return nexthop_cache ? 0 : -ENOMEM;
}

/**
 * rtm_nexthop_caches_exit() - destroy it
 *
 * Context: process; the caller has waited for pending RCU callbacks.
 */
void rtm_nexthop_caches_exit(void)
{
	kmem_cache_destroy(nexthop_cache);
}
