/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The LC-trie: prefixes to leaves, read under RCU.  Knows nothing of routes.
 */
#ifndef RTM_TRIE_H
#define RTM_TRIE_H

#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "rtm_prefix.h"

struct rtm_trie_node;

/**
 * struct rtm_trie_leaf - what the trie stores, embedded in a destination
 * @len: prefix length; constant while in the trie
 * @views: the owner's, see struct rtm_dest
 * @n_routes: the owner's
 * @refs: the owner's
 * @key: masked address; constant while in the trie
 * @cover: next less specific leaf of the trie other than that of length 0, or NULL.
 *	Changed by the writer, read under RCU through rtm_trie_cover().
 *
 * The trie has nothing to do with what is the owner's; it stands here because it fits in
 * beside the length.  Of nearly every leaf a lookup reads no more than the first 16 bytes,
 * so it has to be aligned to RTM_TRIE_LEAF_ALIGN, which keeps them in one cache line.
 *
 * The owner allocates it, and frees it only after a grace period has passed since
 * rtm_trie_remove().
 */
struct rtm_trie_leaf {
	u8 len;
	u8 views;
	u16 n_routes;
	refcount_t refs;
	struct rtm_key key;
	struct rtm_trie_leaf __rcu *cover;
} __aligned(8);

#define RTM_TRIE_LEAF_ALIGN	16

/**
 * struct rtm_trie - one table of prefixes
 * @root: top node or leaf, RCU; through root_get() only
 * @dflt: the leaf of length 0, RCU; kept apart, so that a default route comes and
 *	goes without a look at the rest of the table
 * @lock: the mutex that serialises writers; for lockdep only, taken by the caller
 * @bits: width of an address, 32 or 128
 * @account: flags its nodes are allocated with besides, set after rtm_trie_init()
 * @n_leaves: leaves in the trie
 * @n_bytes: bytes in nodes, those waiting for a grace period not included
 * @retired: bytes retired since @grace was taken
 * @grace: a grace period the nodes retired before need
 *
 * Counters are written under @lock and may be read without it.
 */
struct rtm_trie {
	void __rcu *root;
	struct rtm_trie_leaf __rcu *dflt;
	struct mutex *lock;	/* the caller's */
	unsigned int bits;
	gfp_t account;
	unsigned long n_leaves;
	unsigned long n_bytes;
	unsigned long retired;
	unsigned long grace;
};

/**
 * rtm_trie_init() - make an empty trie
 * @t: the trie
 * @bits: width of an address, 32 or 128
 * @lock: mutex the caller holds around every change
 */
void rtm_trie_init(struct rtm_trie *t, unsigned int bits, struct mutex *lock);

/**
 * rtm_trie_destroy() - end of an empty trie
 * @t: the trie; must have no leaf left
 *
 * Context: process; no reader and no writer is left.
 */
void rtm_trie_destroy(struct rtm_trie *t);

/**
 * rtm_trie_insert() - add a leaf
 * @t: the trie
 * @leaf: leaf with @key (masked) and @len set; @cover is set here
 *
 * Readers see it, with its covering link, when this returns; the covering links of
 * its direct more-specifics point to it from then on.
 *
 * Return: 0; -EEXIST when the prefix is there already; -ENOMEM.  On failure the
 * trie is unchanged.
 *
 * Context: process, may sleep, @t->lock held.  When many nodes wait to be freed this
 * waits for a grace period, so what else the caller holds, others wait for as long.
 */
int rtm_trie_insert(struct rtm_trie *t, struct rtm_trie_leaf *leaf);

/**
 * rtm_trie_remove() - take a leaf out; cannot fail and needs no memory
 * @t: the trie
 * @leaf: a leaf of it
 *
 * Context: process, may sleep, @t->lock held.  When many nodes wait to be freed this
 * waits for a grace period, so what else the caller holds, others wait for as long.
 */
void rtm_trie_remove(struct rtm_trie *t, struct rtm_trie_leaf *leaf);

/**
 * rtm_trie_exact() - find the leaf of a prefix
 * @t: the trie
 * @p: masked prefix
 *
 * Return: the leaf or NULL.
 *
 * Context: RCU read section or @t->lock held.
 */
struct rtm_trie_leaf *rtm_trie_exact(const struct rtm_trie *t, const struct rtm_prefix *p);

/**
 * rtm_trie_match() - find the longest leaf that covers a prefix
 * @t: the trie
 * @p: masked prefix; a leaf equal to it counts
 *
 * From the result, shorter covers follow through rtm_trie_cover().  While the trie
 * changes, the result is a leaf that was in it at some moment of the call, and is at
 * least as long as every one that covers @p and was there during all of it.
 *
 * Return: the leaf or NULL.
 *
 * Context: RCU read section or @t->lock held.
 */
struct rtm_trie_leaf *rtm_trie_match(const struct rtm_trie *t, const struct rtm_prefix *p);

/**
 * rtm_trie_cover() - next less specific leaf
 * @t: the trie
 * @leaf: a leaf of it
 *
 * Return: the leaf or NULL.
 *
 * Context: RCU read section or @t->lock held.
 */
static inline struct rtm_trie_leaf *rtm_trie_cover(const struct rtm_trie *t,
						   const struct rtm_trie_leaf *leaf)
{
	struct rtm_trie_leaf *cover;

	cover = rcu_dereference_check(leaf->cover, lockdep_is_held(t->lock));
	if (!cover && leaf->len)
		cover = rcu_dereference_check(t->dflt, lockdep_is_held(t->lock));
	return cover;
}

/**
 * rtm_trie_next() - walk in the order of rtm_prefix_cmp()
 * @t: the trie
 * @p: where to start, NULL for the first leaf of all
 * @inclusive: whether a leaf equal to @p itself counts
 *
 * A walk goes on from the prefix it saw last, so it may sleep and drop RCU between
 * steps: leaves present throughout are met exactly once.
 *
 * Return: the first leaf at (@inclusive) or after @p, or NULL at the end.
 *
 * Context: RCU read section or @t->lock held.
 */
struct rtm_trie_leaf *rtm_trie_next(const struct rtm_trie *t, const struct rtm_prefix *p,
				    bool inclusive);

/**
 * rtm_trie_caches_init() - make the slab caches of all tries
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_trie_caches_init(void);

/**
 * rtm_trie_caches_exit() - destroy them
 *
 * Context: process; waits for pending RCU frees.
 */
void rtm_trie_caches_exit(void);

#endif /* RTM_TRIE_H */
