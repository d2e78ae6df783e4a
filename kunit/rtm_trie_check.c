// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verification of a trie's inner state, for tests.
 *
 * How this file works: rtm_trie.c opens with what holds of nodes and slots.  Here is
 * that list once more, as code that looks at every slot of every node.  Whether the
 * right leaves are in the trie and rightly linked is not for this file to say but for
 * the model in rtm_trie_rig.c.
 */
#include "rtm_trie_rig.h"

#include <linux/sched.h>
#include <linux/slab.h>

#include "rtm_trie_node.h"

/* A node and the slot looked at last. */
struct place {
	const struct rtm_trie_node *n;
	u32 at;
};

static struct rtm_trie_leaf *head_of(const struct rtm_trie *t, const struct rtm_trie_leaf *leaf)
{
	struct rtm_prefix p = { .key = leaf->key, .len = t->bits };

	return rtm_trie_match(t, &p);
}

/* @source is the slot of the child whose leaves may be here, of any before the first. */
static const char *check_slot(const struct rtm_trie *t, const struct rtm_trie_node *n, u32 at,
			      u32 source)
{
	void *ref = slot_get(t, &n->slot[at]);
	struct rtm_trie_leaf *leaf = ref_leaf(ref);

	if (!ref)
		return "empty slot";
	if (ref_is_node(ref)) {
		if (ref_node(ref)->pos < node_end(n))
			return "child starts too early";
		if (ref != slot_ref(n, ref))
			return "reference that says something else than its node";
		leaf = any_leaf(t, ref);
	} else if (head_of(t, leaf) != leaf) {
		return "leaf that is not the head of its address";
	}
	if (rtm_key_diff(leaf->key, any_leaf(t, node_ref(n))->key) < n->pos)
		return "leaf outside of the node's range";
	if (source != RTM_TRIE_NO_SLOT && slot_of(n, leaf->key) != source)
		return "leaf of another slot";
	if (at && ref_is_fill(ref) && ref_is_fill(slot_get(t, &n->slot[at - 1])) &&
	    ref != slot_get(t, &n->slot[at - 1]))
		return "different fills side by side";
	return NULL;
}

static const char *check_node(const struct rtm_trie *t, const struct rtm_trie_node *n)
{
	static const struct rtm_key ones = { ~0ULL, ~0ULL };
	u32 source = RTM_TRIE_NO_SLOT;
	u32 n_real = 0, n_full = 0;
	const char *wrong;
	void *ref;
	u32 i;

	if (!n->bits || n->bits > RTM_TRIE_BITS_MAX || node_end(n) > t->bits)
		return "geometry";
	if (n->pos / RTM_TRIE_WORD_BITS != (node_end(n) - 1) / RTM_TRIE_WORD_BITS)
		return "bits of two words";
	if (slot_of(n, ones) != node_last(n) || rtm_key_bits(ones, n->pos, n->bits) != n->mask)
		return "shift or mask";
	for (i = 0; i < node_slots(n); i++) {
		ref = slot_get(t, &n->slot[i]);
		if (!ref_is_fill(ref))
			source = i;
		wrong = check_slot(t, n, i, source);
		if (wrong)
			return wrong;
		n_real += !ref_is_fill(ref);
		n_full += is_full(n, ref);
	}
	if (n_real != n->n_real || n_full != n->n_full)
		return "counters";
	return n_real < 2 ? "fewer than two children" : NULL;
}

static const char *check_nodes(const struct rtm_trie *t, struct place *way, unsigned long *bytes)
{
	struct place *top = way;
	const char *wrong;
	void *ref;

	while (top >= way) {
		if (top->at == RTM_TRIE_NO_SLOT) {
			*bytes += node_size(top->n->bits);
			wrong = check_node(t, top->n);
			if (wrong)
				return wrong;
		}
		ref = child_after(t, top->n, &top->at, node_last(top->n));
		if (!ref) {
			top--;
		} else if (ref_is_node(ref)) {
			top++;
			top->n = ref_node(ref);
			top->at = RTM_TRIE_NO_SLOT;
		}
		cond_resched();
	}
	return NULL;
}

const char *rtm_trie_check(const struct rtm_trie *t)
{
	void *root = root_get(t);
	unsigned long bytes = 0;
	const char *wrong = NULL;
	struct place *way;

	lockdep_assert_held(t->lock);

	if (ref_is_fill(root))
		return "the root is a fill";
	if (ref_is_node(root) && root_ref(root) != slot_get(t, &t->root))
		return "the root's reference says something else than its node";
	if (ref_is_node(root)) {
		way = kmalloc_array(t->bits, sizeof(*way), GFP_KERNEL);
		if (!way)
			return "no memory to check";
		way->n = ref_node(root);
		way->at = RTM_TRIE_NO_SLOT;
		wrong = check_nodes(t, way, &bytes);
		kfree(way);
	}
	if (!wrong && bytes != t->n_bytes)
		wrong = "count of bytes";
	return wrong;
}
