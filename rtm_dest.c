// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destinations: how they are found, how long they live, which route is best.
 *
 * A destination lives as long as somebody refers to it: a route on it, a handle,
 * an opaque cell, a hold of its lock, a place on the FIB writer's list.  While it
 * lives it stays in the trie, so that a prefix whose last route goes and comes
 * back is the same object to everybody who kept a handle.  It is *found* only
 * while it has routes: a destination that only references keep alive is invisible
 * to every search.
 *
 * The last reference goes under the table's lock, and the destination leaves the
 * trie in the same critical section.  So a writer who finds one under that lock
 * can simply count up, and a reader under RCU takes a reference only if it is
 * not zero yet.
 *
 * Best routes are computed inside an exclusive section, from a list in order of
 * rank: preference, then metric, then age.  The current best one keeps its place
 * against others of the same preference and metric, so equal routes that come and
 * go do not make traffic flap.
 */
#include "rtm_dest.h"

#include <linux/ktime.h>
#include <linux/slab.h>

#include "rtm_holddown.h"
#include "rtm_net.h"
#include "rtm_route.h"
#include "rtm_select.h"
#include "rtm_table.h"

static struct kmem_cache *dest_cache;

static struct rtm_dest *leaf_dest(struct rtm_trie_leaf *leaf)
{
	return container_of(leaf, struct rtm_dest, leaf);
}

/**
 * rtm_dest_visible() - does a search find a destination
 * @dest: the destination
 * @views: where is searched; 0 stands for everywhere
 *
 * Return: whether it has a route there, everywhere also a held-down one; stable in a
 * section only.
 */
bool rtm_dest_visible(const struct rtm_dest *dest, u32 views)
{
	if (views)
		return READ_ONCE(dest->leaf.views) & views;
	return READ_ONCE(dest->leaf.n_routes) || rtm_holddown_views(dest);
}

static struct rtm_dest *dest_alloc(struct rtm_table *table, const struct rtm_prefix *p)
{
	struct rtm_dest *dest = kmem_cache_zalloc(dest_cache, GFP_KERNEL | table->rnet->account);

	if (!dest)
		return NULL;
	dest->leaf.key = p->key;
	dest->leaf.len = p->len;
	refcount_set(&dest->leaf.refs, 1);
	dest->table = table;
	rtm_lockable_init(&dest->lockable);
	rtm_fib_entry_init(&dest->fib);
	dest->last_changed = ktime_get_real_ns();
	return dest;
}

static void extra_free(struct rtm_dest_extra *extra)
{
	if (!extra)
		return;
	kfree(extra->holddown);
	kfree(extra->fib_text);
	kfree(extra);
}

static void dest_free_rcu(struct rcu_head *rcu)
{
	struct rtm_dest *dest = container_of(rcu, struct rtm_dest, rcu);

	extra_free(dest->extra);
	kmem_cache_free(dest_cache, dest);
}

static void dest_free(struct rtm_dest *dest)
{
	rtm_lockable_destroy(&dest->lockable);
	rtm_fib_entry_destroy(&dest->fib);
	rtm_holddown_uncharge(dest);
	if (dest->extra)
		rtm_quota_give(&dest->table->rnet->quota, RTM_RES_BYTES, sizeof(*dest->extra));
	call_rcu(&dest->rcu, dest_free_rcu);
}

/**
 * rtm_dest_extra_get() - make sure that a destination has its extra
 * @dest: the destination; the caller has a reference
 *
 * At most one for each destination, which has been charged: so this is not refused.
 *
 * Context: process, may sleep.
 *
 * Return: the extra, or NULL without memory.
 */
struct rtm_dest_extra *rtm_dest_extra_get(struct rtm_dest *dest)
{
	struct rtm_dest_extra *extra = rtm_dest_extra(dest);
	struct rtm_dest_extra *other;

	if (extra)
		return extra;
	extra = kzalloc(sizeof(*extra), RTM_GFP_CLIENT);
	if (!extra)
		return NULL;
	rtm_quota_add(&dest->table->rnet->quota, RTM_RES_BYTES, sizeof(*extra));
	/* full barrier: whoever sees the pointer sees what is in it */
	other = cmpxchg(&dest->extra, NULL, extra);
	if (!other)
		return extra;
	rtm_quota_give(&dest->table->rnet->quota, RTM_RES_BYTES, sizeof(*extra));
	kfree(extra);
	return other;
}

/* The trie takes what it needs; whoever comes next is refused for it. */
static void charge_trie_locked(struct rtm_table *table)
{
	unsigned long bytes = table->trie.n_bytes;

	lockdep_assert_held(&table->lock);
	if (bytes == table->trie_bytes)
		return;
	rtm_quota_add(&table->rnet->quota, RTM_RES_BYTES, (u64)bytes - table->trie_bytes);
	table->trie_bytes = bytes;
}

static struct rtm_dest *dest_insert_locked(struct rtm_table *table, const struct rtm_prefix *p)
{
	struct rtm_dest *dest;
	int err;

	dest = dest_alloc(table, p);
	if (!dest)
		return ERR_PTR(-ENOMEM);
	err = rtm_trie_insert(&table->trie, &dest->leaf);
	if (err) {
		dest_free(dest);
		return ERR_PTR(err);
	}
	charge_trie_locked(table);
	rtm_table_hold(table);
	return dest;
}

static struct rtm_dest *dest_create_locked(struct rtm_table *table, const struct rtm_prefix *p)
{
	struct rtm_quota *q = &table->rnet->quota;
	struct rtm_dest *dest;
	int err;

	err = rtm_quota_take(q, RTM_RES_DESTS, 1);
	if (err)
		return ERR_PTR(err);
	dest = dest_insert_locked(table, p);
	if (IS_ERR(dest))
		rtm_quota_give(q, RTM_RES_DESTS, 1);
	return dest;
}

/**
 * rtm_dest_find() - a destination by prefix, whether it has routes or not
 * @table: its table
 * @p: masked prefix
 *
 * Context: any but NMI; takes an RCU read section.
 *
 * Return: a reference, or NULL.
 */
struct rtm_dest *rtm_dest_find(struct rtm_table *table, const struct rtm_prefix *p)
{
	struct rtm_dest *dest = NULL;
	struct rtm_trie_leaf *leaf;

	rcu_read_lock();
	leaf = rtm_trie_exact(&table->trie, p);
	if (leaf && refcount_inc_not_zero(&leaf->refs))
		dest = leaf_dest(leaf);
	rcu_read_unlock();
	return dest;
}

/**
 * rtm_dest_get_or_create() - a destination by prefix, made if need be
 * @table: its table
 * @p: masked prefix
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: a reference, or an ERR_PTR(): -ENOMEM, -ENOSPC over a limit of the namespace.
 */
struct rtm_dest *rtm_dest_get_or_create(struct rtm_table *table, const struct rtm_prefix *p)
{
	struct rtm_dest *dest = rtm_dest_find(table, p);
	struct rtm_trie_leaf *leaf;

	if (dest)
		return dest;
	mutex_lock(&table->lock);
	leaf = rtm_trie_exact(&table->trie, p);
	if (leaf) {
		dest = leaf_dest(leaf);
		rtm_dest_hold(dest);
	} else {
		dest = dest_create_locked(table, p);
	}
	mutex_unlock(&table->lock);
	return dest;
}

/**
 * rtm_dest_exact() - a destination that has routes, by prefix
 * @table: its table
 * @p: masked prefix
 * @views: it must have a route in one of these; 0 for any route at all
 *
 * Context: any but NMI; takes an RCU read section.
 *
 * Return: a reference, or NULL.
 */
struct rtm_dest *rtm_dest_exact(struct rtm_table *table, const struct rtm_prefix *p, u32 views)
{
	struct rtm_dest *dest = rtm_dest_find(table, p);

	if (!dest || rtm_dest_visible(dest, views))
		return dest;
	rtm_dest_put(dest);
	return NULL;
}

/*
 * The first destination from @leaf up its covers that a search may return.
 * One whose references just ran out lost its routes before, so passing it by is
 * an answer that was right a moment ago.
 */
static struct rtm_dest *first_visible(const struct rtm_trie *t, struct rtm_trie_leaf *leaf,
				      u32 views)
{
	for (; leaf; leaf = rtm_trie_cover(t, leaf))
		if (rtm_dest_visible(leaf_dest(leaf), views) &&
		    refcount_inc_not_zero(&leaf->refs))
			return leaf_dest(leaf);
	return NULL;
}

/**
 * rtm_dest_match() - the longest destination with routes that covers a prefix
 * @table: table to search
 * @p: masked prefix
 * @views: it must have a route in one of these; 0 for any route at all
 *
 * Context: any but NMI; takes an RCU read section.
 *
 * Return: a reference, or NULL.
 */
struct rtm_dest *rtm_dest_match(struct rtm_table *table, const struct rtm_prefix *p, u32 views)
{
	struct rtm_dest *dest;

	rcu_read_lock();
	dest = first_visible(&table->trie, rtm_trie_match(&table->trie, p), views);
	rcu_read_unlock();
	return dest;
}

/**
 * rtm_dest_less_specific() - the next shorter destination with routes
 * @dest: where to start; the caller holds a reference
 * @views: it must have a route in one of these; 0 for any route at all
 *
 * Context: any but NMI; takes an RCU read section.
 *
 * Return: a reference, or NULL.
 */
struct rtm_dest *rtm_dest_less_specific(struct rtm_dest *dest, u32 views)
{
	const struct rtm_trie *t = &dest->table->trie;
	struct rtm_dest *cover;

	rcu_read_lock();
	cover = first_visible(t, rtm_trie_cover(t, &dest->leaf), views);
	rcu_read_unlock();
	return cover;
}

/**
 * rtm_dest_next() - walk a table by address, shorter prefixes first
 * @table: table to walk
 * @p: prefix to start from, NULL for the first destination
 * @inclusive: whether a destination with prefix @p counts
 *
 * Destinations without routes are returned, too.  A walk goes on from the prefix
 * it saw last, so the caller may drop the reference and sleep between steps.
 *
 * Context: any but NMI; takes an RCU read section.
 *
 * Return: a reference, or NULL at the end.
 */
struct rtm_dest *rtm_dest_next(struct rtm_table *table, const struct rtm_prefix *p,
			       bool inclusive)
{
	struct rtm_trie_leaf *leaf;
	struct rtm_prefix at;

	rcu_read_lock();
	leaf = rtm_trie_next(&table->trie, p, inclusive);
	while (leaf && !refcount_inc_not_zero(&leaf->refs)) {
		rtm_dest_prefix(leaf_dest(leaf), &at);
		leaf = rtm_trie_next(&table->trie, &at, false);
	}
	rcu_read_unlock();
	return leaf ? leaf_dest(leaf) : NULL;
}

/**
 * rtm_dest_prefix() - the prefix of a destination
 * @dest: the destination
 * @p: out: its prefix
 */
void rtm_dest_prefix(const struct rtm_dest *dest, struct rtm_prefix *p)
{
	p->key = dest->leaf.key;
	p->len = dest->leaf.len;
}

/**
 * rtm_dest_put() - give a reference back
 * @dest: the destination; leaves the trie with its last reference
 *
 * Context: process, may sleep, takes the table's lock.
 */
void rtm_dest_put(struct rtm_dest *dest)
{
	struct rtm_table *table = dest->table;

	if (!refcount_dec_and_mutex_lock(&dest->leaf.refs, &table->lock))
		return;
	rtm_trie_remove(&table->trie, &dest->leaf);
	charge_trie_locked(table);
	mutex_unlock(&table->lock);
	rtm_quota_give(&table->rnet->quota, RTM_RES_DESTS, 1);
	dest_free(dest);
	rtm_table_put(table);
}

/**
 * rtm_dest_caches_init() - make the slab cache of destinations
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_dest_caches_init(void)
{
	dest_cache = kmem_cache_create("rtm_dest", sizeof(struct rtm_dest), RTM_TRIE_LEAF_ALIGN, 0,
				       NULL);
	return dest_cache ? 0 : -ENOMEM;
}

/**
 * rtm_dest_caches_exit() - destroy it
 *
 * Context: process; the caller has waited for pending RCU callbacks.
 */
void rtm_dest_caches_exit(void)
{
	kmem_cache_destroy(dest_cache);
}
