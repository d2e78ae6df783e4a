// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trie beside a list that cannot be wrong, and operations on both.
 *
 * How this file works: the model is an array of leaves in the order a walk shall meet
 * them.  What it answers it answers by looking at all of them, so that it has nothing
 * in common with the trie but the comparison of two prefixes, which has tests of its
 * own.  An operation is done on both and the answers must agree.  Nothing here knows
 * of KUnit: the same file is built for user space, where many more operations fit in
 * the time, with tools/testing/trie.
 *
 * Leaves are freed when a grace period has passed, as the users of the trie do it, so
 * that KASAN sees a leaf which is still linked.
 */
#include "rtm_trie_rig.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

/* xorshift64*, so that a seed means the same on every kernel and in user space. */
static u32 random32(struct rtm_rig *rig)
{
	rig->state ^= rig->state >> 12;
	rig->state ^= rig->state << 25;
	rig->state ^= rig->state >> 27;
	return (rig->state * 0x2545f4914f6cdd1dULL) >> 32;
}

u32 rtm_rig_random(struct rtm_rig *rig, u32 below)
{
	return (u64)random32(rig) * below >> 32;
}

static struct rtm_key random_key(struct rtm_rig *rig)
{
	struct rtm_key key = {
		.hi = (u64)random32(rig) << 32 | random32(rig),
		.lo = (u64)random32(rig) << 32 | random32(rig),
	};

	return rtm_key_mask(key, rig->bits);
}

static void set_bit_of(struct rtm_key *key, unsigned int pos)
{
	if (pos < 64)
		key->hi |= 1ULL << (63 - pos);
	else
		key->lo |= 1ULL << (127 - pos);
}

/* Six bits at either end and one in the middle: collisions everywhere. */
static struct rtm_key dense_key(struct rtm_rig *rig)
{
	struct rtm_key key = {};
	unsigned int i;

	for (i = 0; i < 6; i++) {
		if (rtm_rig_random(rig, 2))
			set_bit_of(&key, i);
		if (rtm_rig_random(rig, 2))
			set_bit_of(&key, rig->bits - 1 - i);
	}
	if (rtm_rig_random(rig, 2))
		set_bit_of(&key, rig->bits / 2);
	return key;
}

static struct rtm_key onesided_key(struct rtm_rig *rig, unsigned int *len)
{
	unsigned int ones = rtm_rig_random(rig, rig->bits + 1);
	struct rtm_key key = { .hi = ~0ULL, .lo = ~0ULL };

	key = rtm_key_mask(key, ones);
	*len = min(ones + rtm_rig_random(rig, 2), rig->bits);
	return key;
}

static struct rtm_key nested_key(struct rtm_rig *rig, unsigned int *len)
{
	struct rtm_key key = random_key(rig);
	struct rtm_key base;
	struct rtm_prefix p;

	if (!rig->n)
		return key;
	p = rig->item[rtm_rig_random(rig, rig->n)]->p;
	*len = min(p.len + rtm_rig_random(rig, 9), rig->bits);
	if (rtm_rig_random(rig, 2))
		*len = rtm_rig_random(rig, p.len + 1);
	/* half of them keep the base address, the others get random bits after it */
	base = rtm_key_mask(key, p.len);
	if (rtm_rig_random(rig, 2))
		return p.key;
	key.hi = p.key.hi | (key.hi ^ base.hi);
	key.lo = p.key.lo | (key.lo ^ base.lo);
	return key;
}

struct rtm_prefix rtm_rig_prefix(struct rtm_rig *rig, enum rtm_rig_style style)
{
	unsigned int len = rtm_rig_random(rig, rig->bits + 1);
	struct rtm_prefix p;

	if (style == RTM_RIG_MIXED)
		style = rtm_rig_random(rig, RTM_RIG_MIXED);
	switch (style) {
	case RTM_RIG_DENSE:
		p.key = dense_key(rig);
		break;
	case RTM_RIG_NESTED:
		p.key = nested_key(rig, &len);
		break;
	case RTM_RIG_HOSTS:
		p.key.hi = 0x20010db800000000ULL;
		p.key.lo = rtm_rig_random(rig, 512);
		len = rig->bits;
		if (len == 32)
			p.key.hi |= p.key.lo << 32;
		break;
	case RTM_RIG_ONESIDED:
		p.key = onesided_key(rig, &len);
		break;
	default:
		p.key = random_key(rig);
		break;
	}
	p.key = rtm_key_mask(p.key, len);
	p.len = len;
	return p;
}

int rtm_rig_init(struct rtm_rig *rig, unsigned int bits, u32 room, u64 seed)
{
	memset(rig, 0, sizeof(*rig));
	mutex_init(&rig->lock);
	rig->bits = bits;
	rig->room = room;
	rig->state = seed | 1;
	rig->item = kvcalloc(room, sizeof(*rig->item), GFP_KERNEL);
	if (!rig->item)
		return -ENOMEM;
	rtm_trie_init(&rig->trie, bits, &rig->lock);
	return 0;
}

struct rtm_rig_leaf *rtm_rig_new(const struct rtm_prefix *p)
{
	struct rtm_rig_leaf *leaf = kzalloc(sizeof(*leaf), GFP_KERNEL);

	if (leaf) {
		leaf->p = *p;
		leaf->leaf.key = p->key;
		leaf->leaf.len = p->len;
	}
	return leaf;
}

static void free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct rtm_rig_leaf, rcu));
}

void rtm_rig_free(struct rtm_rig_leaf *leaf)
{
	call_rcu(&leaf->rcu, free_rcu);
}

/* Number of items before a prefix, or up to it if it is one. */
static u32 count_before(const struct rtm_rig *rig, const struct rtm_prefix *p, bool inclusive)
{
	u32 from = 0, to = rig->n;
	u32 mid;
	int cmp;

	while (from < to) {
		mid = from + (to - from) / 2;
		cmp = rtm_prefix_cmp(&rig->item[mid]->p, p);
		if (cmp < 0 || (inclusive && !cmp))
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

struct rtm_rig_leaf *rtm_rig_next(const struct rtm_rig *rig, const struct rtm_prefix *p,
				  bool inclusive)
{
	u32 at = count_before(rig, p, !inclusive);

	return at < rig->n ? rig->item[at] : NULL;
}

struct rtm_rig_leaf *rtm_rig_match(const struct rtm_rig *rig, const struct rtm_prefix *p)
{
	struct rtm_rig_leaf *best = NULL;
	u32 i;

	for (i = 0; i < rig->n; i++) {
		if (!rtm_prefix_covers(&rig->item[i]->p, p))
			continue;
		if (!best || best->p.len < rig->item[i]->p.len)
			best = rig->item[i];
	}
	return best;
}

static struct rtm_rig_leaf *model_find(const struct rtm_rig *rig, const struct rtm_prefix *p)
{
	struct rtm_rig_leaf *leaf = rtm_rig_next(rig, p, true);

	return leaf && !rtm_prefix_cmp(&leaf->p, p) ? leaf : NULL;
}

static struct rtm_rig_leaf *model_cover(const struct rtm_rig *rig, const struct rtm_prefix *p)
{
	struct rtm_prefix up = *p;

	if (!up.len--)
		return NULL;
	up.key = rtm_key_mask(up.key, up.len);
	return rtm_rig_match(rig, &up);
}

static struct rtm_rig_leaf *rig_leaf(struct rtm_trie_leaf *leaf)
{
	return leaf ? container_of(leaf, struct rtm_rig_leaf, leaf) : NULL;
}

const char *rtm_rig_add(struct rtm_rig *rig, const struct rtm_prefix *p)
{
	bool there = model_find(rig, p);
	struct rtm_rig_leaf *leaf;
	u32 at;
	int err;

	if (rig->n == rig->room)
		return "the model is full";
	leaf = rtm_rig_new(p);
	if (!leaf)
		return "no memory for a leaf";

	mutex_lock(&rig->lock);
	err = rtm_trie_insert(&rig->trie, &leaf->leaf);
	mutex_unlock(&rig->lock);
	if (err)
		kfree(leaf);
	if (there)
		return err == -EEXIST ? NULL : "a prefix went in twice";
	if (err)
		return "insert failed";

	at = count_before(rig, p, false);
	memmove(&rig->item[at + 1], &rig->item[at], (rig->n - at) * sizeof(*rig->item));
	rig->item[at] = leaf;
	rig->n++;
	return NULL;
}

const char *rtm_rig_del(struct rtm_rig *rig, const struct rtm_prefix *p)
{
	struct rtm_rig_leaf *leaf = model_find(rig, p);
	struct rtm_trie_leaf *found;
	u32 at;

	if (leaf && leaf->fixed)
		return NULL;
	mutex_lock(&rig->lock);
	found = rtm_trie_exact(&rig->trie, p);
	if (found && rig_leaf(found) == leaf)
		rtm_trie_remove(&rig->trie, found);
	mutex_unlock(&rig->lock);
	if (rig_leaf(found) != leaf)
		return "exact match before removal";
	if (!leaf)
		return NULL;

	at = count_before(rig, p, false);
	memmove(&rig->item[at], &rig->item[at + 1], (rig->n - at - 1) * sizeof(*rig->item));
	rig->n--;
	rtm_rig_free(leaf);
	return NULL;
}

/* Every question about one prefix, which need not be in. */
const char *rtm_rig_probe(struct rtm_rig *rig, const struct rtm_prefix *p)
{
	struct rtm_rig_leaf *match = rtm_rig_match(rig, p);
	struct rtm_rig_leaf *exact = match && match->p.len == p->len ? match : NULL;
	const struct rtm_trie *t = &rig->trie;
	const char *wrong = NULL;

	rcu_read_lock();
	if (rig_leaf(rtm_trie_match(t, p)) != match)
		wrong = "longest match";
	else if (rig_leaf(rtm_trie_exact(t, p)) != exact)
		wrong = "exact match";
	else if (match && rig_leaf(rtm_trie_cover(t, &match->leaf)) != model_cover(rig, &match->p))
		wrong = "less specific";
	else if (rig_leaf(rtm_trie_next(t, p, true)) != rtm_rig_next(rig, p, true))
		wrong = "next at or after";
	else if (rig_leaf(rtm_trie_next(t, p, false)) != rtm_rig_next(rig, p, false))
		wrong = "next after";
	rcu_read_unlock();
	return wrong;
}

/*
 * The whole trie against the whole model.  The next less specific of an item is found
 * on the chain of the item before, which takes no search.
 */
static const char *verify_walk(struct rtm_rig *rig)
{
	struct rtm_rig_leaf *cover = NULL;
	struct rtm_trie_leaf *leaf;
	u32 i;

	leaf = rtm_trie_next(&rig->trie, NULL, true);
	for (i = 0; i < rig->n; i++) {
		if (rig_leaf(leaf) != rig->item[i])
			return "walk";
		while (cover && !rtm_prefix_covers(&cover->p, &rig->item[i]->p))
			cover = rig_leaf(rtm_trie_cover(&rig->trie, &cover->leaf));
		if (rig_leaf(rtm_trie_cover(&rig->trie, leaf)) != cover)
			return "less specific in walk";
		cover = rig->item[i];
		leaf = rtm_trie_next(&rig->trie, &rig->item[i]->p, false);
		cond_resched();
	}
	return leaf ? "walk goes on" : NULL;
}

const char *rtm_rig_verify(struct rtm_rig *rig)
{
	const char *wrong;

	mutex_lock(&rig->lock);
	wrong = verify_walk(rig);
	if (!wrong)
		wrong = rtm_trie_check(&rig->trie);
	if (!wrong && rig->trie.n_leaves != rig->n)
		wrong = "count of leaves";
	mutex_unlock(&rig->lock);
	return wrong;
}

/* Fills and empties the model by turns; @every so many operations all is verified. */
const char *rtm_rig_churn(struct rtm_rig *rig, enum rtm_rig_style style, u32 ops, u32 every)
{
	const char *wrong = NULL;
	struct rtm_prefix p;
	bool filling = true;
	u32 i;

	for (i = 1; i <= ops && !wrong; i++) {
		if (rig->n == rig->room || (filling && !rtm_rig_random(rig, rig->room)))
			filling = false;
		else if (!rig->n)
			filling = true;
		p = rtm_rig_prefix(rig, style);
		if (rig->n < rig->room && (filling || !rtm_rig_random(rig, 4))) {
			wrong = rtm_rig_add(rig, &p);
		} else {
			if (rig->n && rtm_rig_random(rig, 8))
				p = rig->item[rtm_rig_random(rig, rig->n)]->p;
			wrong = rtm_rig_del(rig, &p);
		}
		wrong = wrong ?: rtm_rig_probe(rig, &p);
		p = rtm_rig_prefix(rig, RTM_RIG_NESTED);
		wrong = wrong ?: rtm_rig_probe(rig, &p);
		p = rtm_rig_prefix(rig, style);
		wrong = wrong ?: rtm_rig_probe(rig, &p);
		if (!wrong && i % every == 0)
			wrong = rtm_rig_verify(rig);
		cond_resched();
	}
	return wrong ?: rtm_rig_verify(rig);
}

/* A prefix of each length; the order is any but rising. */
static const char *fill_lengths(struct rtm_rig *rig, struct rtm_key key, bool masked)
{
	const char *wrong = NULL;
	struct rtm_prefix p;
	u32 i;

	for (i = 0; i <= rig->bits && !wrong; i++) {
		p.len = i * 7 % (rig->bits + 1);
		p.key = masked ? rtm_key_mask(key, p.len) : key;
		wrong = rtm_rig_add(rig, &p);
	}
	return wrong;
}

static const char *fill_network(struct rtm_rig *rig, u32 n)
{
	struct rtm_prefix p = { .len = rig->bits };
	const char *wrong = NULL;
	u32 i;

	for (i = 0; i < n && !wrong; i++) {
		if (rig->bits == 32)
			p.key.hi = 0x0a00000000000000ULL + ((u64)i << 32);
		else
			p.key = (struct rtm_key){ 0x20010db800000001ULL, i };
		wrong = rtm_rig_add(rig, &p);
	}
	while (p.len-- && !wrong) {
		p.key = rtm_key_mask(p.key, p.len);
		wrong = rtm_rig_add(rig, &p);
	}
	return wrong;
}

static const char *fill_cover(struct rtm_rig *rig, u32 n)
{
	struct rtm_prefix p = { .len = 24 };
	const char *wrong = NULL;
	u32 i;

	for (i = 0; i < n && !wrong; i++) {
		p.key.hi = 0x0a00000000000000ULL + ((u64)i * 3 << 40);
		wrong = rtm_rig_add(rig, &p);
	}
	p.key.hi = 0x0a00000000000000ULL;
	p.len = 7;
	wrong = wrong ?: rtm_rig_add(rig, &p) ?: rtm_rig_verify(rig);
	return wrong ?: rtm_rig_del(rig, &p) ?: rtm_rig_verify(rig);
}

static const char *fill_dense(struct rtm_rig *rig, u32 n)
{
	struct rtm_prefix p = { .len = rig->bits == 32 ? 24 : 48 };
	const char *wrong = NULL;
	u32 i;

	for (i = 0; i < n && !wrong; i++) {
		p.key.hi = 0x2a00000000000000ULL + ((u64)i << (64 - p.len));
		wrong = rtm_rig_add(rig, &p);
	}
	return wrong;
}

/* Eight bits with four lengths: all values of them, and what covers these. */
static const char *fill_seam(struct rtm_rig *rig)
{
	unsigned int pos = rig->bits / 2 - 4;
	const char *wrong = NULL;
	struct rtm_prefix p;
	u32 i, j;

	for (i = 0; i < 256 && !wrong; i++) {
		p.key = (struct rtm_key){};
		for (j = 0; j < 8; j++)
			if (i >> j & 1)
				set_bit_of(&p.key, pos + 7 - j);
		for (p.len = pos + 5; p.len <= pos + 8 && !wrong; p.len++)
			if (rtm_key_diff(p.key, rtm_key_mask(p.key, p.len)) == RTM_KEY_EQUAL)
				wrong = rtm_rig_add(rig, &p);
	}
	return wrong;
}

static const char *fill_hollow(struct rtm_rig *rig, u32 n)
{
	struct rtm_prefix p = { .len = 16 };
	const char *wrong = NULL;
	u32 i;

	for (i = 0; i < n && !wrong; i++) {
		p.key.hi = (u64)i << 48;
		wrong = rtm_rig_add(rig, &p);
	}
	for (i = 1; i < n - 1 && !wrong; i++) {
		p.key.hi = (u64)i << 48;
		wrong = rtm_rig_del(rig, &p);
	}
	if (!wrong && rig->trie.n_bytes > 1024)
		wrong = "nodes do not shrink";
	return wrong;
}

const char *rtm_rig_fill(struct rtm_rig *rig, enum rtm_rig_shape shape, u32 n)
{
	const struct rtm_key zeros = {};
	const struct rtm_key ones = { ~0ULL, ~0ULL };

	switch (shape) {
	case RTM_RIG_CHAIN:
		return fill_lengths(rig, zeros, false);
	case RTM_RIG_COMB:
		return fill_lengths(rig, ones, true);
	case RTM_RIG_NETWORK:
		return fill_network(rig, n);
	case RTM_RIG_COVER:
		return fill_cover(rig, n);
	case RTM_RIG_DENSE_NETS:
		return fill_dense(rig, n);
	case RTM_RIG_SEAM:
		return fill_seam(rig);
	case RTM_RIG_HOLLOW:
		return fill_hollow(rig, n);
	default:
		return "no such shape";
	}
}

int rtm_rig_fix(struct rtm_rig *rig)
{
	u32 i;

	rig->fixed = kvcalloc(rig->n, sizeof(*rig->fixed), GFP_KERNEL);
	if (!rig->fixed)
		return -ENOMEM;
	for (i = 0; i < rig->n; i++) {
		rig->fixed[i] = rig->item[i];
		rig->fixed[i]->fixed = true;
	}
	rig->n_fixed = rig->n;
	return 0;
}

/* Every fixed leaf that covers @p is on the chain, whatever else is. */
static const char *read_chain(const struct rtm_rig *rig, const struct rtm_prefix *p)
{
	struct rtm_trie_leaf *leaf = rtm_trie_match(&rig->trie, p);
	unsigned int len = p->len + 1;
	u32 found = 0, there = 0;
	struct rtm_rig_leaf *at;
	u32 i;

	for (i = 0; i < rig->n_fixed; i++)
		there += rtm_prefix_covers(&rig->fixed[i]->p, p);
	for (; leaf; leaf = rtm_trie_cover(&rig->trie, leaf)) {
		at = rig_leaf(leaf);
		if (!rtm_prefix_covers(&at->p, p))
			return "a leaf that does not cover";
		if (at->p.len >= len)
			return "a chain that does not get shorter";
		len = at->p.len;
		found += at->fixed;
	}
	return found == there ? NULL : "a leaf is missing from the chain";
}

/* One round of questions while a writer is at work. */
const char *rtm_rig_read(const struct rtm_rig *rig, struct rtm_rig *dice)
{
	struct rtm_rig_leaf *fixed = rig->fixed[rtm_rig_random(dice, rig->n_fixed)];
	struct rtm_prefix p = rtm_rig_prefix(dice, RTM_RIG_DENSE);
	struct rtm_trie_leaf *next;
	const char *wrong;

	rcu_read_lock();
	wrong = read_chain(rig, &p) ?: read_chain(rig, &fixed->p);
	if (!wrong && rtm_trie_exact(&rig->trie, &fixed->p) != &fixed->leaf)
		wrong = "a leaf is missing";
	if (!wrong && rtm_trie_next(&rig->trie, &fixed->p, true) != &fixed->leaf)
		wrong = "a leaf is not its own next";
	next = rtm_trie_next(&rig->trie, &p, false);
	if (!wrong && next && rtm_prefix_cmp(&rig_leaf(next)->p, &p) <= 0)
		wrong = "next is not after";
	rcu_read_unlock();
	return wrong;
}

/* A walk in one read section a step: fixed leaves are met once each, in order. */
const char *rtm_rig_read_all(const struct rtm_rig *rig)
{
	struct rtm_trie_leaf *leaf;
	const char *wrong = NULL;
	struct rtm_prefix p;
	u32 met = 0;

	rcu_read_lock();
	leaf = rtm_trie_next(&rig->trie, NULL, true);
	while (leaf && !wrong) {
		p = rig_leaf(leaf)->p;
		if (rig_leaf(leaf)->fixed && rig_leaf(leaf) != rig->fixed[met++])
			wrong = "walk out of order";
		rcu_read_unlock();
		cond_resched();
		rcu_read_lock();
		leaf = rtm_trie_next(&rig->trie, &p, false);
		if (leaf && rtm_prefix_cmp(&rig_leaf(leaf)->p, &p) <= 0)
			wrong = "walk goes back";
	}
	rcu_read_unlock();
	if (!wrong && met != rig->n_fixed)
		wrong = "walk missed a leaf";
	return wrong;
}

/*
 * Takes all out and looks whether nothing is left.  The order is random near the end of
 * the model only: moving what is behind is slower than all else in an emulator.
 */
const char *rtm_rig_exit(struct rtm_rig *rig)
{
	const char *wrong = NULL;
	struct rtm_prefix p;

	while (rig->n_fixed)
		rig->fixed[--rig->n_fixed]->fixed = false;
	kvfree(rig->fixed);
	while (rig->n && !wrong) {
		p = rig->item[rig->n - 1 - rtm_rig_random(rig, min(rig->n, 64U))]->p;
		wrong = rtm_rig_del(rig, &p);
		cond_resched();
	}
	if (!wrong && (rig->trie.n_leaves || rig->trie.n_bytes))
		wrong = "something is left in an empty trie";
	if (!wrong)
		rtm_trie_destroy(&rig->trie);
	rcu_barrier();
	kvfree(rig->item);
	return wrong;
}
