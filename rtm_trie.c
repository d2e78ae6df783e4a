// SPDX-License-Identifier: GPL-2.0-only
/*
 * Level-compressed trie: prefixes to leaves, readers under RCU, one writer.
 *
 * How this file works
 * ===================
 *
 * The trie is one of base addresses.  Prefixes that share one, as 10.0.0.0/8 and
 * 10.0.0.0/16 do, take one place: the longest of them, the *head*, stands in the
 * trie, and the others are reached through its covering links.
 *
 *	root -> [pos 8, bits 2]
 *		 00  10.0.0.0/16 --cover--> 10.0.0.0/8
 *		 01  (10.0.0.0/16)
 *		 10  -> [pos 11, bits 2]
 *			 00  10.128.0.0/16 --cover--> 10.0.0.0/8
 *			 01  (10.128.0.0/16)
 *			 10  10.144.0.0/12 --cover--> 10.0.0.0/8
 *			 11  (10.144.0.0/12)
 *		 11  10.192.0.0/10 --cover--> 10.0.0.0/8
 *
 * A node looks at @bits bits of the address from bit @pos on (0 is the first) and
 * has a slot for each of their values.  Bits between the end of one node and @pos
 * of the next are those in which everything below agrees; nothing looks at them on
 * the way down (blind descent), so that a lookup costs one or two cache lines per
 * node, one for the leaf it ends at, and one compare there.  Above, 10.150.1.1 takes slots 10 and
 * 10, and is in 10.144.0.0/12; so does 77.150.1.1, differs in the second bit, and
 * finds nothing as short as that on the chain; 10.129.0.1 ends in slot 00 of the
 * lower node and finds 10.0.0.0/8 one link up; and so does 10.65.0.1 from the leaf in
 * parentheses, a *fill*, which stands in an empty slot.
 *
 * Invariants, at every moment a reader can see, but for the leaf that is on its way in
 * or out:
 *
 * I1 The geometry of a node never changes, and neither does its range, that is the
 *    first @pos bits of whatever is below it.  A different shape is a new node,
 *    complete before it is published by one store; the old one stays as it was
 *    until a grace period has passed.
 * I2 A slot holds a child (the head or the node of that slot's addresses), or, where
 *    there are none, a fill: a head from below the nearest child to the left, or if
 *    there is none any head from below the node.  The fills between two children are
 *    all the same one, and so are those before the first.
 * I3 @cover is the longest other prefix that covers the leaf, except that the leaf
 *    of length 0 is never linked but implied by the end of the chain.
 *
 * Why the longest match of an address A is on the chain of the leaf X at which the
 * descent ends.  Let P cover A, and d be the first bit in which A and X differ.
 *
 * - P is not longer than d, that is, X is inside P.  In each node that ends within
 *   P, A takes the slot of P's own address, below which the head of P's address is.
 *   So A comes to that head, or to a node whose range is inside P, or to a node in
 *   which P ends.  In the last, P owns an aligned block of slots of which its own
 *   address has the first, and so a child in it.  Whether A's slot in that block has a
 *   child or a fill, it leads to a head from inside the block.
 * - A prefix not longer than d covers the address of X.  It is not longer than X
 *   either, since X is the longest of its address.  So it covers X and is on its
 *   chain; and the first of the chain that is not longer than d is the longest.
 *
 * The same argument carries a reader through changes.  Let Q be a leaf that is there
 * from the beginning of a lookup to its end, and covers A.  Each node and each leaf
 * the reader holds is either in the trie or was taken out after the lookup began,
 * and is as it was then, Q included.  By I1 "the head of Q's address is below, or Q
 * covers all that is below" is passed on from node to child, and "Q is this leaf or
 * on its chain" from leaf to cover.  So *the answer covers A, was in the trie at some
 * moment of the lookup, and is at least as long as every leaf which was there during
 * all of it*.  More is not to be had without taking the lookup back to its start:
 * when a /24 and then a /8 are inserted while a reader is on its way, it may report
 * the /8.  Positions rise on the way down and lengths fall on the chain, in whatever
 * mixture of old and new, so a lookup ends after at most 128 nodes and 128 links.
 *
 * A lookup has little to compute.  No node has bits of both words of an address, so that
 * its slot is one shift and one mask away from a word, both in the node; nodes of the
 * first word come first, and the kind of a reference says where the second begins, for
 * the few that get there.  The geometry of a large root is in the reference to it, and
 * where a node starts right at the end of the one above, its number of bits is in the
 * reference, so that nothing of it but the slot has to be read.  That leaves some thirteen
 * instructions a node, and for a full table of the Internet 3.5 lines of IPv4 or 6.2 of
 * IPv6 until the leaf has been read; tools/bench/README.rst has the rest.
 *
 * Writers hold the table's mutex.  rtm_trie_insert() allocates the one node it may
 * need before its first visible store; what follows cannot fail.  Changing the shape
 * afterwards is an optimisation that is skipped when memory is short, in
 * rtm_trie_remove() even without waiting for any.  Nothing recurses: the way down is
 * kept in a struct trail, as there are no parent pointers to keep right.
 *
 * A prefix that comes or goes is linked by its direct more-specifics, all of them:
 * repoint() goes from one to the next, skipping what is below each.  That is
 * proportional to their number, several thousand for the worst ones of the Internet,
 * but the whole table for the default route, which is why that stands apart.
 */
#include "rtm_trie.h"

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <kunit/visibility.h>

#include "rtm_trie_node.h"

/* Every node on a way down takes at least one bit of the address. */
#define DEPTH_MAX		128

/**
 * struct trail - the way from the root to a place, instead of parent pointers
 * @depth: nodes on it
 * @node: the nodes, root first
 * @at: the slot taken in each; RTM_TRIE_NO_SLOT before the first
 */
struct trail {
	unsigned int depth;
	struct rtm_trie_node *node[DEPTH_MAX];
	u32 at[DEPTH_MAX];
};

static struct rtm_trie_leaf *leaf_cover(const struct rtm_trie *t, const struct rtm_trie_leaf *leaf)
{
	return rcu_dereference_check(leaf->cover, lockdep_is_held(t->lock));
}

static bool same_key(struct rtm_key a, struct rtm_key b)
{
	return rtm_key_diff(a, b) == RTM_KEY_EQUAL;
}

/* Reading */

/*
 * One node down.  @turned is @word, a word of the address, rotated so that the bits of the
 * node above are its last ones; then so are, rotated by as many as there are, those of a
 * node which starts where that one ends.
 */
static __always_inline void *step(const struct rtm_trie *t, void *ref, u64 word, u64 *turned)
{
	struct rtm_trie_node *n = ref_node(ref);
	unsigned int more = ref_more(ref);
	u32 at;

	if (likely(more)) {
		*turned = rol64(rol64(*turned, more), 1);
		at = *turned & ~(~1U << more);
	} else {
		*turned = ror64(word, n->shift);
		at = *turned & n->mask;
	}
	return slot_get(t, &n->slot[at]);
}

static struct rtm_trie_leaf *descend(const struct rtm_trie *t, struct rtm_key key)
{
	u64 turned = 0;
	void *ref;

	ref = slot_get(t, &t->root);
	if (ref_is_packed(ref)) {
		turned = ror64(key.hi, packed_shift(ref));
		ref = slot_get(t, &packed_node(ref)->slot[turned & packed_mask(ref)]);
	}
	while ((unsigned long)ref & RTM_TRIE_REF_FIRST)
		ref = step(t, ref, key.hi, &turned);
	while ((unsigned long)ref & RTM_TRIE_REF_SECOND)
		ref = step(t, ref, key.lo, &turned);
	return ref_leaf(ref);
}

struct rtm_trie_leaf *rtm_trie_match(const struct rtm_trie *t, const struct rtm_prefix *p)
{
	struct rtm_key key = p->key;
	struct rtm_trie_leaf *leaf = descend(t, key);
	unsigned int agree;

	if (leaf) {
		agree = min_t(unsigned int, rtm_key_diff(leaf->key, key), p->len);
		while (leaf && leaf->len > agree)
			leaf = leaf_cover(t, leaf);
	}
	return leaf ?: rcu_dereference_check(t->dflt, lockdep_is_held(t->lock));
}
EXPORT_SYMBOL_IF_KUNIT(rtm_trie_match);

struct rtm_trie_leaf *rtm_trie_exact(const struct rtm_trie *t, const struct rtm_prefix *p)
{
	struct rtm_trie_leaf *leaf = rtm_trie_match(t, p);

	return leaf && leaf->len == p->len ? leaf : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_trie_exact);

/* Walking, which is reading with a trail */

static void trail_push(struct trail *w, struct rtm_trie_node *n, u32 at)
{
	w->node[w->depth] = n;
	w->at[w->depth++] = at;
}

static struct rtm_trie_node *trail_top(const struct trail *w)
{
	return w->node[w->depth - 1];
}

static struct rtm_trie_leaf *trail_to(const struct rtm_trie *t, struct trail *w, struct rtm_key key)
{
	struct rtm_trie_node *n;
	void *ref;
	u32 at;

	w->depth = 0;
	ref = root_get(t);
	while (ref_is_node(ref)) {
		n = ref_node(ref);
		at = slot_of(n, key);
		trail_push(w, n, at);
		ref = slot_get(t, &n->slot[at]);
	}
	return ref_leaf(ref);
}

/* The last slot of a node inside the prefix of length @len that covers slot @at. */
static u32 slot_last(const struct rtm_trie_node *n, u32 at, unsigned int len)
{
	if (n->pos >= len)
		return node_last(n);
	return node_end(n) <= len ? at : at | ((1U << (node_end(n) - len)) - 1);
}

/*
 * The first head right of a trail inside of the prefix of length @len the trail is in;
 * 0 for no limit.  A node may turn out to have no child to the right even when just
 * pushed, if all it has moves to the left meanwhile; then there was nothing in it to
 * be met.
 */
static struct rtm_trie_leaf *trail_next(const struct rtm_trie *t, struct trail *w,
					unsigned int len)
{
	struct rtm_trie_node *n;
	void *ref;
	u32 *at;

	while (w->depth) {
		n = trail_top(w);
		at = &w->at[w->depth - 1];
		ref = child_after(t, n, at, slot_last(n, *at, len));
		if (ref && !ref_is_node(ref))
			return ref;
		if (ref)
			trail_push(w, ref_node(ref), RTM_TRIE_NO_SLOT);
		else
			w->depth--;
	}
	return NULL;
}

/*
 * Where an address that differs in bit @diff from what a trail led to leaves it: below
 * the last node whose range it is in.  Returns true when a node was dropped; the first
 * of those follows the top still.
 */
static bool trail_leave(struct trail *w, unsigned int diff)
{
	unsigned int depth = w->depth;

	while (w->depth && trail_top(w)->pos > diff)
		w->depth--;
	return w->depth != depth;
}

/* The first head at or right of an address, with the trail to it. */
static struct rtm_trie_leaf *trail_seek(const struct rtm_trie *t, struct trail *w,
					struct rtm_key key)
{
	struct rtm_trie_leaf *leaf = trail_to(t, w, key);
	unsigned int diff;
	bool dropped;

	if (!leaf)
		return NULL;
	diff = rtm_key_diff(leaf->key, key);
	if (diff == RTM_KEY_EQUAL)
		return leaf;

	dropped = trail_leave(w, diff);
	if (w->depth && diff < node_end(trail_top(w)))
		return trail_next(t, w, 0);		/* the slot of @key is empty */
	if (rtm_key_bits(key, diff, 1))
		return trail_next(t, w, 0);		/* what is in it is all less */
	if (!dropped)
		return leaf;
	/* Not from the slot again: it may hold something else by now. */
	w->at[w->depth++] = RTM_TRIE_NO_SLOT;
	return trail_next(t, w, 0);
}

/* Go to the end of a prefix that covers the leaf met last. */
static void trail_skip(struct trail *w, unsigned int len)
{
	u32 *at;

	while (w->depth && trail_top(w)->pos >= len)
		w->depth--;
	if (w->depth) {
		at = &w->at[w->depth - 1];
		*at = slot_last(trail_top(w), *at, len);
	}
}

/* The shortest leaf of the base address of @head that is at least @len long. */
static struct rtm_trie_leaf *shortest(const struct rtm_trie *t, struct rtm_trie_leaf *head,
				      unsigned int len)
{
	struct rtm_trie_leaf *found = NULL;
	struct rtm_trie_leaf *leaf;

	for (leaf = head; leaf && leaf->len >= len; leaf = leaf_cover(t, leaf)) {
		if (!same_key(leaf->key, head->key))
			break;
		found = leaf;
	}
	return found;
}

static struct rtm_trie_leaf *next_from(const struct rtm_trie *t, struct rtm_key key,
				       unsigned int len)
{
	struct rtm_trie_leaf *found = NULL;
	struct rtm_trie_leaf *head;
	struct trail w;

	head = trail_seek(t, &w, key);
	if (head && same_key(head->key, key)) {
		found = shortest(t, head, len);
		if (!found)
			head = trail_next(t, &w, 0);
	}
	if (!found && head)
		found = shortest(t, head, 0);
	return found;
}

struct rtm_trie_leaf *rtm_trie_next(const struct rtm_trie *t, const struct rtm_prefix *p,
				    bool inclusive)
{
	static const struct rtm_prefix first;
	struct rtm_trie_leaf *leaf = NULL;

	if (!p) {
		p = &first;
		inclusive = true;
	}
	if (inclusive && !p->len && same_key(p->key, first.key))
		leaf = rcu_dereference_check(t->dflt, lockdep_is_held(t->lock));
	return leaf ?: next_from(t, p->key, p->len + !inclusive);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_trie_next);

/* Changing what readers see */

/* Put something else in the place a trail leads to. */
static void trail_replace(struct rtm_trie *t, struct trail *w, void *ref)
{
	struct rtm_trie_node *n;
	void __rcu **slot;

	if (!w->depth) {
		rcu_assign_pointer(t->root, root_ref(ref));
		return;
	}
	n = trail_top(w);
	slot = &n->slot[w->at[w->depth - 1]];
	n->n_full += is_full(n, ref) - is_full(n, slot_get(t, slot));
	rcu_assign_pointer(*slot, slot_ref(n, ref));
}

/*
 * Bring the nodes of a trail nearer to the shape they should have, the last one
 * first, by one step each: that bounds what one change can cost, and the next
 * change below a node takes the next step.
 */
static void trail_reshape(struct rtm_trie *t, struct trail *w, gfp_t gfp)
{
	void *ref;

	while (w->depth) {
		struct rtm_trie_reshape r = { .t = t, .gfp = gfp };

		w->depth--;
		ref = rtm_trie_reshape(&r, w->node[w->depth], !w->depth);
		if (ref) {
			trail_replace(t, w, ref);
			rtm_trie_reshape_commit(&r);
		}
	}
}

/* Let a run of fills, from @at up to the next child, be @leaf. */
static void set_fills(const struct rtm_trie *t, struct rtm_trie_node *n, u32 at,
		      struct rtm_trie_leaf *leaf)
{
	u32 slots = node_slots(n);

	for (; at < slots && ref_is_fill(slot_get(t, &n->slot[at])); at++)
		rcu_assign_pointer(n->slot[at], fill_ref(leaf));
}

static bool is_fill_of(const struct rtm_trie *t, const struct rtm_trie_node *n, u32 at,
		       struct rtm_trie_leaf *leaf)
{
	return at < node_slots(n) && slot_get(t, &n->slot[at]) == fill_ref(leaf);
}

/*
 * What fills the slots before the first child if it has to change: from below the last
 * one.  Were it from below the first, taking out a whole table from its beginning would
 * write all of these slots again for each prefix.
 */
static void set_first_fills(const struct rtm_trie *t, struct rtm_trie_node *n)
{
	set_fills(t, n, 0, any_leaf(t, slot_get(t, &n->slot[node_last(n)])));
}

/*
 * A head below the trail gave way to another one: so must the fills that come from it,
 * which are those right of the slot taken, and those before the first child.  As those of
 * a run are equal, looking at the first ones is enough.  From the bottom up, as
 * set_first_fills() goes down.
 */
static void trail_refill(const struct rtm_trie *t, const struct trail *w,
			 struct rtm_trie_leaf *old, struct rtm_trie_leaf *leaf)
{
	struct rtm_trie_node *n;
	unsigned int i;
	u32 at;

	for (i = w->depth; i--;) {
		n = w->node[i];
		at = w->at[i];
		if (is_fill_of(t, n, at + 1, old))
			set_fills(t, n, at + 1, leaf);
		if (is_fill_of(t, n, 0, old))
			set_first_fills(t, n);
	}
}

/* A child for the empty slot a trail leads to. */
static void occupy(struct rtm_trie *t, struct trail *w, struct rtm_trie_leaf *leaf)
{
	struct rtm_trie_node *n = trail_top(w);
	u32 at = w->at[w->depth - 1];

	n->n_real++;
	rcu_assign_pointer(n->slot[at], leaf);
	set_fills(t, n, at + 1, leaf);
}

/* The reverse, with two children left or more.  Returns the fill the slot gets. */
static struct rtm_trie_leaf *vacate(struct rtm_trie *t, struct rtm_trie_node *n, u32 at,
				    struct rtm_trie_leaf *leaf)
{
	struct rtm_trie_leaf *fill = leaf;

	n->n_real--;
	if (at)
		fill = any_leaf(t, slot_get(t, &n->slot[at - 1]));
	if (fill == leaf)	/* the first child, so not the last one too */
		fill = any_leaf(t, slot_get(t, &n->slot[node_last(n)]));
	rcu_assign_pointer(n->slot[at], fill_ref(fill));
	set_fills(t, n, at + 1, fill);
	if (is_fill_of(t, n, 0, leaf))
		set_first_fills(t, n);
	return fill;
}

/* A place for a new base address, which leaves the ways there are at bit @diff. */
static int place_head(struct rtm_trie *t, struct trail *w, struct rtm_trie_leaf *other,
		      struct rtm_trie_leaf *leaf, unsigned int diff)
{
	struct rtm_trie_node *n;
	bool dropped;
	void *ref;

	dropped = trail_leave(w, diff);
	if (w->depth && diff < node_end(trail_top(w))) {
		occupy(t, w, leaf);
	} else {
		ref = dropped ? node_ref(w->node[w->depth]) : (void *)other;
		n = rtm_trie_fork(t, ref, other, leaf, diff);
		if (!n)
			return -ENOMEM;
		trail_replace(t, w, node_ref(n));
		trail_push(w, n, slot_of(n, leaf->key));
	}
	trail_reshape(t, w, GFP_KERNEL | __GFP_RETRY_MAYFAIL);
	return 0;
}

/* A leaf becomes the head of its base address after, or before, another one. */
static void replace_head(struct rtm_trie *t, struct trail *w, struct rtm_trie_leaf *old,
			 struct rtm_trie_leaf *leaf)
{
	trail_replace(t, w, leaf);
	trail_refill(t, w, old, leaf);
}

static noinline_for_stack int place(struct rtm_trie *t, struct rtm_trie_leaf *leaf)
{
	struct rtm_trie_leaf *cover;
	struct rtm_trie_leaf *head;
	unsigned int diff;
	struct trail w;

	head = trail_to(t, &w, leaf->key);
	if (!head) {
		RCU_INIT_POINTER(leaf->cover, NULL);
		rcu_assign_pointer(t->root, leaf);
		return 0;
	}

	diff = rtm_key_diff(head->key, leaf->key);
	cover = head;
	while (cover && (cover->len > diff || cover->len > leaf->len))
		cover = leaf_cover(t, cover);
	if (cover && cover->len == leaf->len)
		return -EEXIST;
	RCU_INIT_POINTER(leaf->cover, cover);

	if (diff != RTM_KEY_EQUAL)
		return place_head(t, &w, head, leaf, diff);
	if (head->len < leaf->len)
		replace_head(t, &w, head, leaf);
	return 0;
}

static noinline_for_stack void unplace(struct rtm_trie *t, struct rtm_trie_leaf *leaf)
{
	struct rtm_trie_leaf *cover = leaf_cover(t, leaf);
	struct rtm_trie_node *n;
	u32 other = RTM_TRIE_NO_SLOT;
	struct trail w;
	void *ref;

	if (trail_to(t, &w, leaf->key) != leaf)
		return;			/* it is in the chain of its head only */
	if (cover && same_key(cover->key, leaf->key)) {
		replace_head(t, &w, leaf, cover);
		return;
	}
	if (!w.depth) {
		RCU_INIT_POINTER(t->root, NULL);
		return;
	}

	n = trail_top(&w);
	w.depth--;
	if (n->n_real > 2) {
		trail_refill(t, &w, leaf, vacate(t, n, w.at[w.depth], leaf));
		w.depth++;
	} else {
		ref = child_after(t, n, &other, node_last(n));
		if (ref == leaf)
			ref = child_after(t, n, &other, node_last(n));
		trail_replace(t, &w, ref);
		trail_refill(t, &w, leaf, any_leaf(t, ref));
		rtm_trie_retire(t, n);
	}
	trail_reshape(t, &w, GFP_NOWAIT);
}

/*
 * Set the covering link of the direct more-specifics of @p, which is in the trie.
 * The head under the walk has all that are longer than @p and cover it on its chain;
 * the last of them is the next direct one, and nothing below that is.
 */
static noinline_for_stack void repoint(struct rtm_trie *t, const struct rtm_trie_leaf *p,
				       struct rtm_trie_leaf *cover)
{
	struct rtm_trie_leaf *direct;
	struct rtm_trie_leaf *head;
	struct rtm_trie_leaf *up;
	struct trail w;

	for (head = trail_to(t, &w, p->key); head; head = trail_next(t, &w, p->len)) {
		direct = head;
		while ((up = leaf_cover(t, direct)) && up->len > p->len)
			direct = up;
		if (direct->len > p->len) {
			rcu_assign_pointer(direct->cover, cover);
			trail_skip(&w, direct->len);
		}
		cond_resched();
	}
}

int rtm_trie_insert(struct rtm_trie *t, struct rtm_trie_leaf *leaf)
{
	int err;

	lockdep_assert_held(t->lock);

	if (!leaf->len) {
		if (rcu_access_pointer(t->dflt))
			return -EEXIST;
		RCU_INIT_POINTER(leaf->cover, NULL);
		rcu_assign_pointer(t->dflt, leaf);
	} else {
		err = place(t, leaf);
		if (err)
			return err;
		repoint(t, leaf, leaf);
		rtm_trie_settle(t);
	}
	WRITE_ONCE(t->n_leaves, t->n_leaves + 1);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_trie_insert);

void rtm_trie_remove(struct rtm_trie *t, struct rtm_trie_leaf *leaf)
{
	lockdep_assert_held(t->lock);

	WRITE_ONCE(t->n_leaves, t->n_leaves - 1);
	if (!leaf->len) {
		RCU_INIT_POINTER(t->dflt, NULL);
		return;
	}
	repoint(t, leaf, leaf_cover(t, leaf));
	unplace(t, leaf);
	rtm_trie_settle(t);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_trie_remove);

/* Life */

void rtm_trie_init(struct rtm_trie *t, unsigned int bits, struct mutex *lock)
{
	BUILD_BUG_ON(__alignof__(struct rtm_trie_leaf) <= RTM_TRIE_REF_KIND);
	BUILD_BUG_ON(RTM_TRIE_NODE_ALIGN < (RTM_TRIE_REF_MORE_MAX + 1) << RTM_TRIE_REF_MORE);
	BUILD_BUG_ON(RTM_TRIE_BITS_MAX > 16);

	memset(t, 0, sizeof(*t));
	t->bits = bits;
	t->lock = lock;
	t->grace = get_state_synchronize_rcu();
}
EXPORT_SYMBOL_IF_KUNIT(rtm_trie_init);

void rtm_trie_destroy(struct rtm_trie *t)
{
	WARN_ON_ONCE(t->n_leaves || t->n_bytes);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_trie_destroy);
