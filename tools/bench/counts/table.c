// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table to measure: a trie, and objects like destinations that are in it.
 *
 * How this file works: the objects are one array in the order of the file, each at the
 * beginning of a line, so that lines can be told by address; the order in which they go
 * in and out is shuffled.  Random numbers begin with the same seed for each table.
 */
#include "table.h"

#include "../../testing/trie/table.h"

#define ROOM	(1u << 20)
#define SEED	20231229

void *must_alloc(size_t n, size_t size)
{
	void *p = aligned_alloc(SMP_CACHE_BYTES, ALIGN(n * size, SMP_CACHE_BYTES));

	must(p);
	return memset(p, 0, n * size);
}

/* xorshift64*, the same on every machine */
static u32 random32(struct table *t)
{
	t->state ^= t->state >> 12;
	t->state ^= t->state << 25;
	t->state ^= t->state >> 27;
	return (t->state * 0x2545f4914f6cdd1dULL) >> 32;
}

static u64 random64(struct table *t)
{
	u64 high = random32(t);

	return high << 32 | random32(t);
}

u32 random_below(struct table *t, u32 below)
{
	return (u64)random32(t) * below >> 32;
}

/* An address inside of a prefix, any of them. */
struct rtm_key random_address(struct table *t, const struct rtm_prefix *p)
{
	struct rtm_key key, net;

	key.hi = random64(t);
	key.lo = random64(t);
	net = rtm_key_mask(key, p->len);
	key.hi ^= net.hi ^ p->key.hi;
	key.lo ^= net.lo ^ p->key.lo;
	return rtm_key_mask(key, t->bits);
}

struct rtm_prefix dest_prefix(const struct dest *d)
{
	return (struct rtm_prefix){ .key = d->leaf.key, .len = d->leaf.len };
}

void table_read(struct table *t, unsigned int bits)
{
	struct rtm_prefix p;
	u32 i;

	memset(t, 0, sizeof(*t));
	t->bits = bits;
	t->state = SEED;
	t->dest = must_alloc(ROOM, sizeof(*t->dest));
	for (; table_read_line(&p, bits); t->n++) {
		must(t->n < ROOM);
		t->dest[t->n].leaf.key = p.key;
		t->dest[t->n].leaf.len = p.len;
	}
	must(t->n);
	t->order = must_alloc(t->n, sizeof(*t->order));
	for (i = 0; i < t->n; i++)
		t->order[i] = i;
	mutex_init(&t->lock);
	rtm_trie_init(&t->trie, bits, &t->lock);
	table_shuffle(t);
}

void table_shuffle(struct table *t)
{
	u32 i, j, swap;

	for (i = t->n; i > 1; i--) {
		j = random_below(t, i);
		swap = t->order[i - 1];
		t->order[i - 1] = t->order[j];
		t->order[j] = swap;
	}
}

void table_fill(struct table *t)
{
	u32 i;

	for (i = 0; i < t->n; i++)
		must(!rtm_trie_insert(&t->trie, &t->dest[t->order[i]].leaf));
}

void table_clear(struct table *t)
{
	u32 i;

	for (i = 0; i < t->n; i++)
		rtm_trie_remove(&t->trie, &t->dest[i].leaf);
}

void table_copy(struct table *to, const struct table *from)
{
	u32 i;

	*to = *from;
	to->dest = must_alloc(to->n, sizeof(*to->dest));
	to->order = must_alloc(to->n, sizeof(*to->order));
	memcpy(to->order, from->order, to->n * sizeof(*to->order));
	for (i = 0; i < to->n; i++) {
		to->dest[i].leaf.key = from->dest[i].leaf.key;
		to->dest[i].leaf.len = from->dest[i].leaf.len;
	}
	mutex_init(&to->lock);
	rtm_trie_init(&to->trie, to->bits, &to->lock);
	mutex_lock(&to->lock);
	table_fill(to);
	mutex_unlock(&to->lock);
}

void table_free(struct table *t)
{
	rtm_trie_destroy(&t->trie);
	synchronize_rcu();
	free(t->order);
	free(t->dest);
}
