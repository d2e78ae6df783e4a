/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Destinations: a prefix, its candidate routes and the best of them in each view.
 */
#ifndef RTM_DEST_H
#define RTM_DEST_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <uapi/linux/rtm.h>

#include "rtm_fib.h"
#include "rtm_lock.h"
#include "rtm_notify.h"
#include "rtm_trie.h"
#include "rtm_types.h"

/**
 * struct rtm_dest_extra - what few destinations have
 * @best: best routes of the other views than the first
 * @cells: opaque cells of entities that set one, under the table's lock
 * @holddown: made when it is first marked for hold-down, and then there to stay
 * @fib_text: the kernel's message for the last failure, or NULL; kmalloc()ed, under the
 *	FIB writer's lock
 */
struct rtm_dest_extra {
	struct rtm_route __rcu *best[RTM_N_VIEWS - 1];
	struct hlist_head cells;
	struct rtm_holddown *holddown;
	char *fib_text;
};

/**
 * struct rtm_dest - a destination
 * @leaf: its place in the trie; first, so that a lookup reads one line
 * @leaf.views: views with at least one live candidate; written in a section, read
 *	under RCU
 * @leaf.n_routes: entries of @routes, likewise
 * @leaf.refs: routes, handles, cells and lists hold one each.  The last one takes the
 *	destination out of the trie under the table's lock.
 * @best: best route of the first view, unicast; see rtm_dest_best()
 * @routes: candidates in order of rank; changed and walked in a section
 * @table: its table, holds a reference
 * @lockable: the destination lock
 * @rcu: for the free, when nobody can lock it any more
 * @extra: made by rtm_dest_extra_get() when first needed, and then there to stay; NULL for
 *	nearly every destination
 * @fib: what the kernel FIB has
 * @changes: who is to be told that it changed, who marked it; NULL for nobody.  Under the
 *	listeners' lock.
 * @last_changed: CLOCK_REALTIME nanoseconds, written in a section
 */
struct rtm_dest {
	struct rtm_trie_leaf leaf;
	struct rtm_route __rcu *best;
	struct rtm_route *routes;
	struct rtm_table *table;
	union {
		struct rtm_lockable lockable;
		struct rcu_head rcu;
	};
	struct rtm_dest_extra *extra;
	struct rtm_fib_entry fib;
	struct rtm_change_node *changes;
	u64 last_changed;
};

struct rtm_dest *rtm_dest_get_or_create(struct rtm_table *table, const struct rtm_prefix *p);
struct rtm_dest *rtm_dest_find(struct rtm_table *table, const struct rtm_prefix *p);
struct rtm_dest *rtm_dest_exact(struct rtm_table *table, const struct rtm_prefix *p, u32 views);
struct rtm_dest *rtm_dest_match(struct rtm_table *table, const struct rtm_prefix *p, u32 views);
struct rtm_dest *rtm_dest_less_specific(struct rtm_dest *dest, u32 views);
struct rtm_dest *rtm_dest_next(struct rtm_table *table, const struct rtm_prefix *p,
			       bool inclusive);
bool rtm_dest_visible(const struct rtm_dest *dest, u32 views);
void rtm_dest_put(struct rtm_dest *dest);
void rtm_dest_prefix(const struct rtm_dest *dest, struct rtm_prefix *p);
struct rtm_dest_extra *rtm_dest_extra_get(struct rtm_dest *dest);

/**
 * rtm_dest_extra() - what a destination may have besides
 * @dest: the destination
 *
 * Return: its extra, or NULL; from any moment on not NULL any more.
 */
static inline struct rtm_dest_extra *rtm_dest_extra(const struct rtm_dest *dest)
{
	return READ_ONCE(dest->extra);
}

/**
 * rtm_dest_best() - the best route of a view
 * @dest: the destination, in a section; elsewhere the result may only be compared
 * @view: view number
 *
 * Return: the route, or NULL.
 */
static inline struct rtm_route *rtm_dest_best(const struct rtm_dest *dest, unsigned int view)
{
	const struct rtm_dest_extra *extra;

	if (!view)
		return rcu_dereference_protected(dest->best, true);
	extra = rtm_dest_extra(dest);
	return extra ? rcu_dereference_protected(extra->best[view - 1], true) : NULL;
}

/**
 * rtm_dest_hold() - take another reference to a destination one has already
 * @dest: the destination
 */
static inline void rtm_dest_hold(struct rtm_dest *dest)
{
	refcount_inc(&dest->leaf.refs);
}

/**
 * rtm_dest_reap() - do what is due: remove routes and holds that are over, tell listeners
 * @dest: the destination; see rtm_reap.c
 *
 * Runs at once, or when the user who has the destination locked lets go.
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_dest_reap(struct rtm_dest *dest);

int rtm_dest_caches_init(void);
void rtm_dest_caches_exit(void);

#endif /* RTM_DEST_H */
