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

/* Bits in a word of a key.  A node is in one of the two words with all of its bits. */
#define RTM_TRIE_WORD_BITS	64

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
 * @shift: how far these are from the end of their word; constant
 * @mask: as many ones as there are bits; constant
 * @slot: children and fills, tagged
 *
 * A lookup reads what follows the counters, and computes nothing from the position that
 * could be computed before.
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
	u8 shift;
	u32 mask;
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
 * References: what stands in a slot or in the root.  The kind is in the three low bits
 * of the pointer; a leaf that is a child has none of them.  Nodes say in which word
 * of the address their bits are, the first one or the second: below one of the second all
 * are, so that a lookup is done with the first word before it begins with the other.
 */
#define RTM_TRIE_REF_FIRST	1UL
#define RTM_TRIE_REF_FILL	2UL
#define RTM_TRIE_REF_SECOND	4UL
#define RTM_TRIE_REF_NODE	(RTM_TRIE_REF_FIRST | RTM_TRIE_REF_SECOND)
#define RTM_TRIE_REF_KIND	7UL

/*
 * A node that starts right where the one above ends, as most do, need not be looked at to
 * know where its slot is: the number of its bits after the first is in the reference to
 * it, where that has room for it.  Zero says that the node has to be asked; nodes of one
 * bit are few.
 */
#define RTM_TRIE_REF_MORE	3
#define RTM_TRIE_REF_MORE_MAX	7UL

/* Nodes are aligned to this, which makes the room. */
#if SMP_CACHE_BYTES > 64
#define RTM_TRIE_NODE_ALIGN	SMP_CACHE_BYTES
#else
#define RTM_TRIE_NODE_ALIGN	64
#endif

/*
 * The root of a large table starts at a multiple of 4 KiB.  A reference to a root that
 * does, in the first word, has the geometry in the bits that gives, so that a lookup goes
 * straight to the slot: a line less of those it touches, and one load less to wait for.
 * It points into the node all the same, which is large enough for that: so kmemleak knows
 * who refers to it.  Tests want small ones to be packed, too.
 */
#define RTM_TRIE_PACKED		3UL
#define RTM_TRIE_PACKED_SHIFT	2
#define RTM_TRIE_PACKED_BITS	8
#define RTM_TRIE_PACKED_ALIGN	4096UL
#ifndef RTM_TRIE_PACKED_SIZE
#define RTM_TRIE_PACKED_SIZE	RTM_TRIE_PACKED_ALIGN
#endif

static inline bool ref_is_node(const void *ref)
{
	return (unsigned long)ref & RTM_TRIE_REF_NODE;
}

static inline bool ref_is_fill(const void *ref)
{
	return (unsigned long)ref & RTM_TRIE_REF_FILL;
}

static inline struct rtm_trie_node *ref_node(const void *ref)
{
	return (void *)((unsigned long)ref & -(unsigned long)RTM_TRIE_NODE_ALIGN);
}

/* Bits after the first of a node that starts where the one above ends; 0: ask the node. */
static inline unsigned int ref_more(const void *ref)
{
	return (unsigned long)ref >> RTM_TRIE_REF_MORE & RTM_TRIE_REF_MORE_MAX;
}

static inline struct rtm_trie_leaf *ref_leaf(void *ref)
{
	return (void *)((unsigned long)ref & ~RTM_TRIE_REF_KIND);
}

static inline void *node_ref(const struct rtm_trie_node *n)
{
	return (void *)n + (n->pos < RTM_TRIE_WORD_BITS ? RTM_TRIE_REF_FIRST :
							  RTM_TRIE_REF_SECOND);
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
	return ALIGN(sizeof(struct rtm_trie_node) + (sizeof(void *) << bits),
		     RTM_TRIE_NODE_ALIGN);
}

static inline u32 slot_in(const struct rtm_trie_node *n, u64 word)
{
	return (word >> n->shift) & n->mask;
}

static inline u32 slot_of(const struct rtm_trie_node *n, struct rtm_key key)
{
	return slot_in(n, n->pos < RTM_TRIE_WORD_BITS ? key.hi : key.lo);
}

static inline void *slot_get(const struct rtm_trie *t, void __rcu *const *slot)
{
	return rcu_dereference_check(*slot, lockdep_is_held(t->lock));
}

static inline bool ref_is_packed(const void *ref)
{
	return ((unsigned long)ref & RTM_TRIE_PACKED) == RTM_TRIE_PACKED;
}

static inline struct rtm_trie_node *packed_node(const void *ref)
{
	return (void *)((unsigned long)ref & ~(RTM_TRIE_PACKED_ALIGN - 1));
}

/* How far the bits of a packed root are from the end of their word. */
static inline unsigned int packed_shift(const void *ref)
{
	return (unsigned long)ref >> RTM_TRIE_PACKED_SHIFT & 63;
}

/* As many ones as a packed root has bits. */
static inline u32 packed_mask(const void *ref)
{
	return ~(~1U << ((unsigned long)ref >> RTM_TRIE_PACKED_BITS & 15));
}

/* The reference to a root as it is published, from any reference to it. */
static inline void *root_ref(void *ref)
{
	struct rtm_trie_node *n;

	if (!ref_is_node(ref))
		return ref;
	n = ref_node(ref);
	if (n->pos >= RTM_TRIE_WORD_BITS || !IS_ALIGNED((unsigned long)n, RTM_TRIE_PACKED_ALIGN) ||
	    node_size(n->bits) < RTM_TRIE_PACKED_SIZE)
		return node_ref(n);
	return (void *)((unsigned long)n | RTM_TRIE_PACKED |
			(unsigned long)n->shift << RTM_TRIE_PACKED_SHIFT |
			(unsigned long)(n->bits - 1) << RTM_TRIE_PACKED_BITS);
}

/* The root as any other reference. */
static inline void *root_get(const struct rtm_trie *t)
{
	void *ref = slot_get(t, &t->root);

	return ref_is_packed(ref) ? node_ref(packed_node(ref)) : ref;
}

/* Whether a child starts where the node ends: it takes part when that doubles. */
static inline bool is_full(const struct rtm_trie_node *n, void *ref)
{
	return ref_is_node(ref) && ref_node(ref)->pos == node_end(n);
}

/* A reference as it stands in a slot of @n, from wherever it comes. */
static inline void *slot_ref(const struct rtm_trie_node *n, void *ref)
{
	const struct rtm_trie_node *child;

	if (!ref_is_node(ref))
		return ref;
	child = ref_node(ref);
	ref = node_ref(child);
	/* a node of the first word says nothing of the second */
	if (child->pos != node_end(n) || child->pos % RTM_TRIE_WORD_BITS == 0 ||
	    child->bits - 1 > RTM_TRIE_REF_MORE_MAX)
		return ref;
	return ref + ((child->bits - 1UL) << RTM_TRIE_REF_MORE);
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
