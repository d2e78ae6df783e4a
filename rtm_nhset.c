// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets of next hops.
 *
 * A daemon that has a full table sends it to a few hundred sets of next hops, so the
 * routes of an entity share them: two descriptions with the same next hops in the same
 * order, neighbour, MTU and source address get the same set, and may be compared by address.
 * What is the same for all of them, the owner, need not be said by each route, either.  The
 * key has the next hops themselves, which are made of gateway and interface, so what a
 * router has many of is what spreads the hash.
 *
 * A set lives as long as somebody refers to it.  It is found as long as it lives: the
 * last reference goes under nhset_lock, and the set leaves the hash table in the same
 * critical section.
 *
 * Besides, it is *used* by each route that is in the table or held down, and by each
 * description that may become one.  Its owner is charged for it while it is used, and the
 * namespace while it lives; see rtm_quota.c for why these are two things.  A plain set, of
 * one next hop and nothing else but the same one as neighbour, has been paid with the next
 * hop, so that who is at his limit can still send his routes somewhere else.
 */
#include "rtm_nhset.h"

#include <linux/err.h>
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/overflow.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "rtm_entity.h"
#include "rtm_limits.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_quota.h"
#include "rtm_table.h"

static struct rhashtable nhsets;

/* Membership in nhsets, last references, first and last uses. */
static DEFINE_SPINLOCK(nhset_lock);

/*
 * Just one next hop, which may be the neighbour, too: there are no more than two such sets
 * for each.
 */
static bool is_plain(const struct rtm_nhset *nhs)
{
	return nhs->n <= 1 && !nhs->mtu && !memchr_inv(nhs->src, 0, sizeof(nhs->src)) &&
	       (!nhs->neighbour || (nhs->n && nhs->neighbour == nhs->nh[0]));
}

/* What it is charged with as bytes; a plain one is part of what its next hop stands for. */
static size_t nhset_bytes(const struct rtm_nhset *nhs)
{
	return is_plain(nhs) ? 0 : struct_size(nhs, nh, nhs->n);
}

static u32 nhset_hash(const void *data, u32 len, u32 seed)
{
	const struct rtm_nhset *nhs = data;
	u32 hash;

	hash = jhash(nhs->nh, flex_array_size(nhs, nh, nhs->n), seed);
	hash = jhash(nhs->src, sizeof(nhs->src), hash);
	return jhash_3words(nhs->mtu, hash32_ptr(nhs->owner), hash32_ptr(nhs->neighbour), hash);
}

/* Not 0 unless the sets are the same in all that a route can tell. */
static int nhset_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct rtm_nhset *a = arg->key;
	const struct rtm_nhset *b = obj;

	return a->owner != b->owner || a->n != b->n || a->mtu != b->mtu ||
	       a->neighbour != b->neighbour ||
	       memcmp(a->src, b->src, sizeof(a->src)) ||
	       memcmp(a->nh, b->nh, flex_array_size(a, nh, a->n));
}

static const struct rhashtable_params nhset_params = {
	.head_offset = offsetof(struct rtm_nhset, node),
	.hashfn = nhset_hash,
	.obj_hashfn = nhset_hash,
	.obj_cmpfn = nhset_cmp,
	.automatic_shrinking = true,
};

/**
 * rtm_nhset_alloc() - room for a set
 * @n: number of next hops, at most RTM_MAX_NEXTHOPS
 *
 * The caller fills in what routes see, @nh and @neighbour with references of its own,
 * before anybody else sees the set; entries left NULL are skipped at the end.
 *
 * Context: process, may sleep.
 *
 * Return: a set with one reference, or NULL.
 */
struct rtm_nhset *rtm_nhset_alloc(unsigned int n)
{
	struct rtm_nhset *nhs;

	nhs = kzalloc(struct_size(nhs, nh, n), RTM_GFP_CLIENT);
	if (!nhs)
		return NULL;
	refcount_set(&nhs->refs, 1);
	nhs->n = n;
	return nhs;
}

/**
 * rtm_nhset_get() - take a reference to a set found under RCU
 * @nhs: the set
 *
 * Return: false when it is being freed; look again.
 */
bool rtm_nhset_get(struct rtm_nhset *nhs)
{
	return refcount_inc_not_zero(&nhs->refs);
}

static struct rtm_quota *net_quota(const struct rtm_nhset *nhs)
{
	return &nhs->owner->table->rnet->quota;
}

static void nhset_free(struct rtm_nhset *nhs)
{
	struct rtm_entity *owner = nhs->owner;
	unsigned int i;

	for (i = 0; i < nhs->n; i++)
		if (nhs->nh[i])
			rtm_nexthop_put(nhs->nh[i]);
	if (nhs->neighbour)
		rtm_nexthop_put(nhs->neighbour);
	if (owner) {
		rtm_quota_give(net_quota(nhs), RTM_RES_BYTES, nhset_bytes(nhs));
		rtm_entity_put(owner);
	}
	kfree_rcu(nhs, rcu);
}

/**
 * rtm_nhset_put() - give a reference back
 * @nhs: the set, or NULL
 *
 * Context: process, may sleep (next hops and their owner may go with it).
 */
void rtm_nhset_put(struct rtm_nhset *nhs)
{
	bool last;

	if (!nhs || refcount_dec_not_one(&nhs->refs))
		return;
	spin_lock(&nhset_lock);
	last = refcount_dec_and_test(&nhs->refs);
	if (last && nhs->owner)
		rhashtable_remove_fast(&nhsets, &nhs->node, nhset_params);
	spin_unlock(&nhset_lock);
	if (last)
		nhset_free(nhs);
}

/* Routes of a next hop: for people, so nobody has to see all of them change at once. */
static void count_users(const struct rtm_nhset *nhs, int n)
{
	unsigned int i;

	for (i = 0; i < nhs->n; i++)
		atomic_add(n, &nhs->nh[i]->users);
}

static int nhset_use(struct rtm_nhset *nhs)
{
	int err = 0;

	if (!atomic_inc_not_zero(&nhs->uses)) {
		spin_lock(&nhset_lock);
		if (!atomic_read(&nhs->uses))
			err = rtm_quota_take(&nhs->owner->quota, RTM_RES_BYTES, nhset_bytes(nhs));
		if (!err)
			atomic_inc(&nhs->uses);
		spin_unlock(&nhset_lock);
	}
	if (!err)
		count_users(nhs, 1);
	return err;
}

/**
 * rtm_nhset_reuse() - a route that has left the table is held down
 * @nhs: its set, a reference
 *
 * What its owner was charged for a moment ago cannot be refused.
 *
 * Context: any but interrupts.
 */
void rtm_nhset_reuse(struct rtm_nhset *nhs)
{
	if (!atomic_inc_not_zero(&nhs->uses)) {
		spin_lock(&nhset_lock);
		if (atomic_inc_return(&nhs->uses) == 1)
			rtm_quota_add(&nhs->owner->quota, RTM_RES_BYTES, nhset_bytes(nhs));
		spin_unlock(&nhset_lock);
	}
	count_users(nhs, 1);
}

/**
 * rtm_nhset_unuse() - give a use back
 * @nhs: the set, a reference; or NULL
 *
 * Context: any but interrupts.
 */
void rtm_nhset_unuse(struct rtm_nhset *nhs)
{
	if (!nhs)
		return;
	count_users(nhs, -1);
	if (!atomic_dec_and_lock(&nhs->uses, &nhset_lock))
		return;
	rtm_quota_give(&nhs->owner->quota, RTM_RES_BYTES, nhset_bytes(nhs));
	spin_unlock(&nhset_lock);
}

/* A set like @key, a reference; what is about to be freed counts as not there. */
static struct rtm_nhset *find(const struct rtm_nhset *key)
{
	struct rtm_nhset *nhs;

	rcu_read_lock();
	nhs = rhashtable_lookup(&nhsets, key, nhset_params);
	if (nhs && !rtm_nhset_get(nhs))
		nhs = NULL;
	rcu_read_unlock();
	return nhs;
}

/*
 * Put @fresh into the table, unless another one like it was faster; or an ERR_PTR().  With
 * the lock held, what is in the table has a reference.
 */
static struct rtm_nhset *find_or_insert(struct rtm_nhset *fresh)
{
	struct rtm_nhset *nhs;

	spin_lock(&nhset_lock);
	nhs = rhashtable_lookup_get_insert_key(&nhsets, fresh, &fresh->node, nhset_params);
	if (!nhs)
		nhs = fresh;
	else if (!IS_ERR(nhs))
		refcount_inc(&nhs->refs);
	spin_unlock(&nhset_lock);
	return IS_ERR(nhs) ? ERR_PTR(-ENOMEM) : nhs;
}

/* The set of the table that is like @fresh, charged to the namespace. */
static struct rtm_nhset *intern(struct rtm_nhset *fresh)
{
	struct rtm_nhset *nhs;
	int err;

	nhs = find(fresh);
	if (nhs)
		return nhs;
	err = rtm_quota_take(net_quota(fresh), RTM_RES_BYTES, nhset_bytes(fresh));
	if (err)
		return ERR_PTR(err);
	nhs = find_or_insert(fresh);
	if (nhs != fresh)
		rtm_quota_give(net_quota(fresh), RTM_RES_BYTES, nhset_bytes(fresh));
	return nhs;
}

/* A set that nobody has seen. */
static void discard(struct rtm_nhset *fresh, struct rtm_entity *owner)
{
	fresh->owner = NULL;
	rtm_nhset_put(fresh);
	rtm_entity_put(owner);
}

/**
 * rtm_nhset_share() - the one set that all routes with the same next hops have
 * @fresh: a set made for this, complete; used up
 * @owner: the entity its next hops belong to
 *
 * Context: process, may sleep.
 *
 * Return: a set, reference and use of which are the caller's; or an ERR_PTR(): -ENOMEM, or
 * -ENOSPC over a limit of the owner or the namespace.
 */
struct rtm_nhset *rtm_nhset_share(struct rtm_nhset *fresh, struct rtm_entity *owner)
{
	struct rtm_nhset *nhs;
	int err;

	rtm_entity_hold(owner);
	fresh->owner = owner;
	nhs = intern(fresh);
	if (nhs != fresh)
		discard(fresh, owner);
	if (IS_ERR(nhs))
		return nhs;
	err = nhset_use(nhs);
	if (!err)
		return nhs;
	rtm_nhset_put(nhs);
	return ERR_PTR(err);
}

/**
 * rtm_nhset_init() - make the table of sets
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_nhset_init(void)
{
	return rhashtable_init(&nhsets, &nhset_params);
}

/**
 * rtm_nhset_exit() - destroy it
 *
 * Context: process; no set is left.
 */
void rtm_nhset_exit(void)
{
	rhashtable_destroy(&nhsets);
}
