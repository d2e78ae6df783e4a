// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is looked up.
 *
 * How this file works: each stream has random numbers of its own, which begin with its
 * name's place in the list, so that the first addresses of one are the same however many
 * are asked for, and whatever was asked for before.
 */
#include "stream.h"

#define FLOWS		200000
#define WINDOW		16
#define WINDOW_ROUNDS	64

const char *const stream_name[STREAMS] = {
	[STREAM_ANNOUNCED] = "announced",
	[STREAM_ZIPF] = "zipf",
	[STREAM_UNIFORM] = "uniform",
	[STREAM_REPEAT] = "repeat",
	[STREAM_MISS] = "miss",
};

static struct rtm_key announced(struct table *t)
{
	struct rtm_prefix p = dest_prefix(&t->dest[random_below(t, t->n)]);

	return random_address(t, &p);
}

static struct rtm_key uniform(struct table *t)
{
	static const struct rtm_prefix all, global = { { 0x2000000000000000ULL, 0 }, 3 };

	return random_address(t, t->bits == 32 ? &all : &global);
}

/* The default route is not in the tables: what nothing covers is found nowhere. */
static struct rtm_key missing(struct table *t)
{
	struct rtm_prefix p = { .len = t->bits };

	do
		p.key = uniform(t);
	while (rtm_trie_match(&t->trie, &p));
	return p.key;
}

/* The flow that a fraction of all traffic, from the first flow on, ends with. */
static u32 flow_at(const double *sum, double fraction)
{
	double where = sum[FLOWS - 1] * fraction;
	u32 low = 0, high = FLOWS - 1, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (sum[mid] > where)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static void fill_zipf(struct table *t, struct rtm_prefix *key, u32 n)
{
	struct rtm_key *flow = must_alloc(FLOWS, sizeof(*flow));
	double *sum = must_alloc(FLOWS, sizeof(*sum));
	double total = 0;
	u32 i;

	for (i = 0; i < FLOWS; i++) {
		flow[i] = announced(t);
		total += 1.0 / (i + 1);
		sum[i] = total;
	}
	for (i = 0; i < n; i++)
		key[i].key = flow[flow_at(sum, random_below(t, U32_MAX) / (double)U32_MAX)];
	free(sum);
	free(flow);
}

static void fill_repeat(struct table *t, struct rtm_prefix *key, u32 n)
{
	struct rtm_key window[WINDOW];
	u32 i;

	for (i = 0; i < WINDOW; i++)
		window[i] = announced(t);
	for (i = 0; i < n; i++) {
		if (i && i % WINDOW_ROUNDS == 0)
			window[i / WINDOW_ROUNDS % WINDOW] = announced(t);
		key[i].key = window[i % WINDOW];
	}
}

static void fill_each(struct table *t, struct rtm_prefix *key, u32 n,
		      struct rtm_key (*next)(struct table *t))
{
	u32 i;

	for (i = 0; i < n; i++)
		key[i].key = next(t);
}

struct rtm_prefix *stream_make(struct table *t, enum stream which, u32 n)
{
	struct rtm_prefix *key = must_alloc(n, sizeof(*key));
	u64 state = t->state;
	u32 i;

	t->state = which + 1;
	for (i = 0; i < n; i++)
		key[i].len = t->bits;
	switch (which) {
	case STREAM_ANNOUNCED:
		fill_each(t, key, n, announced);
		break;
	case STREAM_ZIPF:
		fill_zipf(t, key, n);
		break;
	case STREAM_UNIFORM:
		fill_each(t, key, n, uniform);
		break;
	case STREAM_REPEAT:
		fill_repeat(t, key, n);
		break;
	default:
		fill_each(t, key, n, missing);
	}
	t->state = state;
	return key;
}
