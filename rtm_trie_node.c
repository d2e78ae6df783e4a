// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inner nodes of the LC-trie: their memory and their shape.
 *
 * How this file works: read rtm_trie.c first, for what a node is and what holds of
 * it at every moment.  Here are the steps that need no reader to be thought of,
 * because they look at nodes in use and write only to nodes that are not published
 * yet.  The caller publishes the result with one store.
 *
 * A change of shape replaces one node and, when it doubles, those children that start
 * right where it ends; all else below is shared between the old and the new nodes.
 *
 *	doubled [0, 2 bits]:           [0, 3 bits]
 *	  00 -> [2, 2 bits] a . b c      000 a         the two halves of a full child;
 *	  01 -> [5, ...]                 001 -> b c    one of them has just one child
 *	  10 d                           010 (b)
 *	  11 (d)                         011 -> [5, ...]
 *	                                 100 d ...     and so on
 *
 * It is built from the old nodes bottom up: children first, fills last, as these are
 * taken from the children.  Nodes made are linked, and so are nodes replaced; if memory
 * runs out on the way, those made are freed and nothing has happened.
 *
 * Nodes up to 512 slots have slab caches of their own, as their sizes, a head and a
 * power of two, are the worst for kmalloc(); all are aligned to cache lines, so that
 * one of two bits, which most are, is one line with its head.  Freed nodes wait for
 * a grace period, and the writer for them when there are too many.
 */
#include "rtm_trie_node.h"

#include <linux/bitops.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

/*
 * In per cent of the slots.  A node doubles when the doubled one would have two fifths of
 * its slots in use, and halves when less than a fifth are: the factor of two between
 * them is what keeps a prefix that comes and goes from rebuilding a node each time,
 * and a fifth bounds memory to 40 bytes of slots a child.  With a half and a quarter a
 * full table of the Internet has as many bytes in more nodes; with a third and a sixth
 * it has more bytes, and a lookup passes hardly fewer lines.  The root may be emptier,
 * because every lookup passes it and it is only one; and however empty it is it may
 * have half as many slots as there are leaves, which is 4 bytes each.  That matters for
 * IPv6, where the first bits of all addresses are much the same.
 */
#define FILL_DOUBLE		40
#define FILL_HALVE		20
#define FILL_ROOT_DOUBLE	30
#define FILL_ROOT_HALVE		15

/* 512 slots are 4 KiB: above, rounding to pages costs little. */
#define BITS_CACHED		9

/*
 * Bytes that may wait for a grace period before the writer waits for it, per table,
 * and the same as a fraction of the table where that is more: loading a full one would
 * take hundreds of grace periods otherwise.
 */
#define RETIRED_MAX		(512UL * 1024)
#define RETIRED_FRACTION	8

static struct kmem_cache *node_caches[BITS_CACHED + 1];

static struct rtm_trie_node *node_alloc(struct rtm_trie *t, unsigned int pos, unsigned int bits,
					gfp_t gfp)
{
	struct rtm_trie_node *n;

	gfp |= t->account;
	if (bits <= BITS_CACHED)
		n = kmem_cache_zalloc(node_caches[bits], gfp);
	else
		n = kvzalloc(node_size(bits), gfp);
	if (!n)
		return NULL;
	n->pos = pos;
	n->bits = bits;
	n->shift = -node_end(n) % RTM_TRIE_WORD_BITS;
	n->mask = node_last(n);
	WRITE_ONCE(t->n_bytes, t->n_bytes + node_size(bits));
	return n;
}

static void node_free(struct rtm_trie_node *n)
{
	if (n->bits <= BITS_CACHED)
		kmem_cache_free(node_caches[n->bits], n);
	else
		kvfree(n);
}

static void node_free_rcu(struct rcu_head *rcu)
{
	node_free(container_of(rcu, struct rtm_trie_node, rcu));
}

/* Overwrites the counters only: what a reader may still look at stays. */
void rtm_trie_retire(struct rtm_trie *t, struct rtm_trie_node *n)
{
	size_t size = node_size(n->bits);

	WRITE_ONCE(t->n_bytes, t->n_bytes - size);
	t->retired += size;
	call_rcu(&n->rcu, node_free_rcu);
}

/*
 * There are never more than two shares waiting: the one that collects, and the one
 * before, whose grace period began when that was full, and has mostly ended by the
 * time this one is.
 */
void rtm_trie_settle(struct rtm_trie *t)
{
	if (t->retired < max(RETIRED_MAX, t->n_bytes / RETIRED_FRACTION) / 2)
		return;
	might_sleep();
	cond_synchronize_rcu(t->grace);
	t->grace = start_poll_synchronize_rcu();
	t->retired = 0;
}

static void put_child(struct rtm_trie_node *n, u32 at, void *ref)
{
	RCU_INIT_POINTER(n->slot[at], slot_ref(n, ref));
	n->n_real++;
	n->n_full += is_full(n, ref);
}

/* Last step of building a node: make I2 true of slots that are NULL. */
static void put_fills(const struct rtm_trie *t, struct rtm_trie_node *n)
{
	struct rtm_trie_leaf *fill = NULL;
	u32 slots = node_slots(n);
	void *child = NULL;
	void *ref;
	u32 i;

	for (i = 0; !child; i++)
		child = slot_get(t, &n->slot[i]);
	for (i = 0; i < slots; i++) {
		ref = slot_get(t, &n->slot[i]);
		if (ref) {
			child = ref;
			fill = NULL;
			continue;
		}
		if (!fill)
			fill = any_leaf(t, child);
		RCU_INIT_POINTER(n->slot[i], fill_ref(fill));
	}
}

static struct rtm_trie_node *reshape_node(struct rtm_trie_reshape *r, unsigned int pos,
					  unsigned int bits)
{
	struct rtm_trie_node *n = node_alloc(r->t, pos, bits, r->gfp | __GFP_NOWARN);

	if (!n) {
		r->failed = true;
		return NULL;
	}
	n->next = r->made;
	r->made = n;
	return n;
}

static void reshape_drop(struct rtm_trie_reshape *r, struct rtm_trie_node *n)
{
	n->next = r->old;
	r->old = n;
}

void rtm_trie_reshape_commit(struct rtm_trie_reshape *r)
{
	struct rtm_trie_node *next;
	struct rtm_trie_node *n;

	for (n = r->old; n; n = next) {
		next = n->next;
		rtm_trie_retire(r->t, n);
	}
}

static void reshape_abort(struct rtm_trie_reshape *r)
{
	struct rtm_trie_node *next;
	struct rtm_trie_node *n;

	for (n = r->made; n; n = next) {
		next = n->next;
		WRITE_ONCE(r->t->n_bytes, r->t->n_bytes - node_size(n->bits));
		node_free(n);
	}
}

/*
 * What stands for a run of slots of @n, a power of two and aligned, when they become
 * one slot: nothing, the only child, or a new node, which starts where its children
 * first differ.
 */
static void *gather(struct rtm_trie_reshape *r, struct rtm_trie_node *n, u32 first, u32 slots)
{
	u32 lo = RTM_TRIE_NO_SLOT, hi = 0;
	struct rtm_trie_node *part;
	unsigned int bits;
	void *ref = NULL;
	u32 i;

	for (i = first; i < first + slots; i++) {
		if (ref_is_fill(slot_get(r->t, &n->slot[i])))
			continue;
		lo = min(lo, i);
		hi = i;
	}
	if (lo == RTM_TRIE_NO_SLOT)
		return NULL;
	if (lo == hi)
		return slot_get(r->t, &n->slot[lo]);

	bits = fls(lo ^ hi);
	part = reshape_node(r, node_end(n) - bits, bits);
	if (!part)
		return NULL;
	first = round_down(lo, 1U << bits);
	for (i = lo; i <= hi; i++) {
		ref = slot_get(r->t, &n->slot[i]);
		if (!ref_is_fill(ref))
			put_child(part, i - first, ref);
	}
	put_fills(r->t, part);
	return node_ref(part);
}

static void put_gathered(struct rtm_trie_reshape *r, struct rtm_trie_node *to, u32 at,
			 struct rtm_trie_node *n, u32 first, u32 slots)
{
	void *ref = gather(r, n, first, slots);

	if (ref)
		put_child(to, at, ref);
}

/*
 * @n with one bit more.  A child that starts further down goes to one of its two
 * slots; one that starts right there is split into its halves.
 */
static void *doubled(struct rtm_trie_reshape *r, struct rtm_trie_node *n)
{
	struct rtm_trie_node *to = reshape_node(r, n->pos, n->bits + 1);
	struct rtm_trie_node *child;
	u32 at = RTM_TRIE_NO_SLOT;
	u32 half;
	void *ref;

	if (!to)
		return NULL;
	while ((ref = child_after(r->t, n, &at, node_last(n))) && !r->failed) {
		cond_resched();
		if (!is_full(n, ref)) {
			put_child(to, slot_of(to, any_leaf(r->t, ref)->key), ref);
			continue;
		}
		child = ref_node(ref);
		half = node_slots(child) / 2;
		put_gathered(r, to, 2 * at, child, 0, half);
		put_gathered(r, to, 2 * at + 1, child, half, half);
		reshape_drop(r, child);
	}
	if (r->failed)
		return NULL;
	put_fills(r->t, to);
	reshape_drop(r, n);
	return node_ref(to);
}

/*
 * @n with fewer bits: without the first ones where all children agree in them, else
 * without the last one.  The latter leaves a child in each half.
 */
static void *shrunk(struct rtm_trie_reshape *r, struct rtm_trie_node *n)
{
	u32 half = node_slots(n) / 2;
	u32 left = RTM_TRIE_NO_SLOT, right = half - 1;
	struct rtm_trie_node *to;
	u32 i;

	reshape_drop(r, n);
	child_after(r->t, n, &left, node_last(n));
	if (left >= half || !child_after(r->t, n, &right, node_last(n)))
		return gather(r, n, 0, 2 * half);

	to = reshape_node(r, n->pos, n->bits - 1);
	if (!to)
		return NULL;
	for (i = 0; i < half && !r->failed; i++) {
		cond_resched();
		put_gathered(r, to, i, n, 2 * i, 2);
	}
	if (r->failed)
		return NULL;
	put_fills(r->t, to);
	return node_ref(to);
}

static bool too_full(const struct rtm_trie *t, const struct rtm_trie_node *n, bool root)
{
	u32 percent = root ? FILL_ROOT_DOUBLE : FILL_DOUBLE;
	u32 slots = 2 * node_slots(n);

	/* at the end of its word of the address there is nothing to double with */
	if (n->bits >= RTM_TRIE_BITS_MAX || node_end(n) == t->bits ||
	    node_end(n) == RTM_TRIE_WORD_BITS)
		return false;
	if (root && slots <= t->n_leaves / 2)
		return true;
	/* a full child has at least two children of its own to put in */
	return (n->n_real + n->n_full) * 100 >= slots * percent;
}

static bool too_empty(const struct rtm_trie *t, const struct rtm_trie_node *n, bool root)
{
	u32 percent = root ? FILL_ROOT_HALVE : FILL_HALVE;

	if (root && node_slots(n) <= t->n_leaves)
		return false;
	return n->n_real * 100 < node_slots(n) * percent;
}

void *rtm_trie_reshape(struct rtm_trie_reshape *r, struct rtm_trie_node *n, bool root)
{
	void *ref = NULL;

	if (too_full(r->t, n, root))
		ref = doubled(r, n);
	else if (too_empty(r->t, n, root))
		ref = shrunk(r, n);
	if (r->failed) {
		reshape_abort(r);
		return NULL;
	}
	return ref;
}

/* Two bits if it can be, as a node of one with two children is always too full. */
struct rtm_trie_node *rtm_trie_fork(struct rtm_trie *t, void *ref, struct rtm_trie_leaf *other,
				    struct rtm_trie_leaf *leaf, unsigned int diff)
{
	unsigned int bits = 2;
	struct rtm_trie_node *n;

	if (diff + 1 == t->bits || diff + 1 == RTM_TRIE_WORD_BITS)
		bits = 1;
	if (ref_is_node(ref) && ref_node(ref)->pos == diff + 1)
		bits = 1;
	n = node_alloc(t, diff, bits, GFP_KERNEL);
	if (!n)
		return NULL;
	put_child(n, slot_of(n, other->key), ref);
	put_child(n, slot_of(n, leaf->key), leaf);
	put_fills(t, n);
	return n;
}

int rtm_trie_caches_init(void)
{
	unsigned int bits;
	char name[16];

	for (bits = 1; bits <= BITS_CACHED; bits++) {
		snprintf(name, sizeof(name), "rtm_trie_%u", bits);
		node_caches[bits] = kmem_cache_create(name, node_size(bits), RTM_TRIE_NODE_ALIGN,
						      0, NULL);
		if (!node_caches[bits])
			goto err_destroy;
	}
	return 0;

err_destroy:
	rtm_trie_caches_exit();
	return -ENOMEM;
}

void rtm_trie_caches_exit(void)
{
	unsigned int bits;

	rcu_barrier();
	for (bits = 1; bits <= BITS_CACHED; bits++) {
		kmem_cache_destroy(node_caches[bits]);
		node_caches[bits] = NULL;
	}
}
