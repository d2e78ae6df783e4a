/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inner nodes of the LC-trie: what rtm_trie.c and rtm_trie_node.c share.
 */
#ifndef RTM_TRIE_NODE_H
#define RTM_TRIE_NODE_H

#include <linux/align.h>
#include <linux/cache.h>

#include "rtm_trie.h"

/*
 * A node of 16 bits has 512 KiB.  More would save a full table a tenth of the lines a
 * lookup touches, and double with each bit the longest single change, which rebuilds
 * the root, and the longest run of fills a walk has to cross in one read section.
 */
#define RTM_TRIE_BITS_MAX	16

/* Before the first slot, for rtm_trie_child_after(). */
#define RTM_TRIE_NO_SLOT	U32_MAX

/**
 * struct rtm_trie_node - inner node
 * @n_real: slots that hold a child; writer only
 * @n_full: of these, nodes that start where this one ends; writer only
 * @next: links the nodes of one change of shape; writer only
 * @rcu: when retired
 * @pos: first bit of the address it looks at; constant
 * @bits: number of bits; constant
 * @slot: children and fills, tagged
 */
struct rtm_trie_node {
	union {
		struct {
			u32 n_real;
			u32 n_full;
			struct rtm_trie_node *next;
		};
		struct rcu_head rcu;
	};
	u8 pos;
	u8 bits;
	void __rcu *slot[];
};

/**
 * struct rtm_trie_reshape - one change of shape, carried out or undone as a whole
 * @t: the trie
 * @gfp: how to allocate
 * @failed: memory was short
 * @made: nodes made for it
 * @old: nodes that are no longer needed with it
 */
struct rtm_trie_reshape {
	struct rtm_trie *t;
	gfp_t gfp;
	bool failed;
	struct rtm_trie_node *made;
	struct rtm_trie_node *old;
};

/*
 * References: what stands in a slot or in the root.  The kind is in the two low bits
 * of the pointer; a leaf that is a child has none of them.
 */
#define RTM_TRIE_REF_NODE	1UL
#define RTM_TRIE_REF_FILL	2UL
#define RTM_TRIE_REF_KIND	3UL

static inline bool ref_is_node(const void *ref)
{
	return (unsigned long)ref & RTM_TRIE_REF_NODE;
}

static inline bool ref_is_fill(const void *ref)
{
	return (unsigned long)ref & RTM_TRIE_REF_FILL;
}

static inline struct rtm_trie_node *ref_node(void *ref)
{
	return ref - RTM_TRIE_REF_NODE;
}

static inline struct rtm_trie_leaf *ref_leaf(void *ref)
{
	return (void *)((unsigned long)ref & ~RTM_TRIE_REF_KIND);
}

static inline void *node_ref(const struct rtm_trie_node *n)
{
	return (void *)n + RTM_TRIE_REF_NODE;
}

static inline void *fill_ref(const struct rtm_trie_leaf *leaf)
{
	return (void *)leaf + RTM_TRIE_REF_FILL;
}

static inline u32 node_slots(const struct rtm_trie_node *n)
{
	return 1U << n->bits;
}

static inline u32 node_last(const struct rtm_trie_node *n)
{
	return node_slots(n) - 1;
}

static inline unsigned int node_end(const struct rtm_trie_node *n)
{
	return n->pos + n->bits;
}

/* Bytes of a node, as its slab cache rounds them. */
static inline size_t node_size(unsigned int bits)
{
	return ALIGN(sizeof(struct rtm_trie_node) + (sizeof(void *) << bits), SMP_CACHE_BYTES);
}

static inline u32 slot_of(const struct rtm_trie_node *n, struct rtm_key key)
{
	return rtm_key_bits(key, n->pos, n->bits);
}

static inline void *slot_get(const struct rtm_trie *t, void __rcu *const *slot)
{
	return rcu_dereference_check(*slot, lockdep_is_held(t->lock));
}

/* Whether a child starts where the node ends: it takes part when that doubles. */
static inline bool is_full(const struct rtm_trie_node *n, void *ref)
{
	return ref_is_node(ref) && ref_node(ref)->pos == node_end(n);
}

/* A head from below a reference, and the cheapest to get; every slot leads to one. */
static inline struct rtm_trie_leaf *any_leaf(const struct rtm_trie *t, void *ref)
{
	while (ref_is_node(ref))
		ref = slot_get(t, &ref_node(ref)->slot[0]);
	return ref_leaf(ref);
}

/* The next child right of *@at up to slot @last, *@at following; NULL if there is none. */
static inline void *child_after(const struct rtm_trie *t, const struct rtm_trie_node *n, u32 *at,
				u32 last)
{
	void *ref;

	while (*at != last) {
		++*at;
		ref = slot_get(t, &n->slot[*at]);
		if (!ref_is_fill(ref))
			return ref;
	}
	return NULL;
}

/**
 * rtm_trie_fork() - make a node for two children
 * @t: the trie
 * @ref: a child that is there already
 * @other: a leaf from below it
 * @leaf: a new leaf
 * @diff: the first bit in which the two leaves differ
 *
 * Return: the node, unpublished; NULL when memory is short.
 *
 * Context: process, may sleep, @t->lock held.
 */
struct rtm_trie_node *rtm_trie_fork(struct rtm_trie *t, void *ref, struct rtm_trie_leaf *other,
				    struct rtm_trie_leaf *leaf, unsigned int diff);

/**
 * rtm_trie_reshape() - bring a node nearer to the shape it should have, by one step
 * @r: with @t and @gfp set, else zero
 * @n: the node
 * @root: whether it is the root
 *
 * Return: what shall take its place, for the caller to publish before
 * rtm_trie_reshape_commit(); NULL when it shall stay, or memory is short.
 *
 * Context: process, may sleep, @r->t->lock held.
 */
void *rtm_trie_reshape(struct rtm_trie_reshape *r, struct rtm_trie_node *n, bool root);

/**
 * rtm_trie_reshape_commit() - retire the nodes a change of shape has replaced
 * @r: the change
 *
 * Context: @r->t->lock held.
 */
void rtm_trie_reshape_commit(struct rtm_trie_reshape *r);

/**
 * rtm_trie_retire() - free a node after a grace period
 * @t: the trie
 * @n: a node readers can no longer find
 *
 * Context: @t->lock held.
 */
void rtm_trie_retire(struct rtm_trie *t, struct rtm_trie_node *n);

/**
 * rtm_trie_settle() - wait if too much waits
 * @t: the trie
 *
 * For the end of each change.
 *
 * Context: process, may wait for a grace period; @t->lock held, and nothing else.
 */
void rtm_trie_settle(struct rtm_trie *t);

#endif /* RTM_TRIE_NODE_H */
