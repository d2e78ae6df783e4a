// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a prefix that comes or goes costs.
 *
 * How this file works: the shim counts nodes and bytes that are allocated, and each store
 * to a slot or a covering link, be it in a node that readers see already or in a new one.
 * These are what the time of a change is made of, and do not depend on the machine; the
 * time is there too, but for people.
 *
 * Apart from the table itself, going in and out, the ones that are worst are looked for:
 * changes that gave the trie another root, a short prefix above as many others as there
 * can be, the default route, and half of all addresses.
 */
#include "update.h"

#include <time.h>

#include "sample.h"

/**
 * struct cost - of one change
 * @nodes: allocated
 * @bytes: and their bytes
 * @stores: to slots and links
 * @ns: time
 */
struct cost {
	unsigned long nodes;
	unsigned long bytes;
	unsigned long stores;
	unsigned long ns;
};

static struct cost spent(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (struct cost){
		.nodes = shim_allocs,
		.bytes = shim_alloc_bytes,
		.stores = shim_stores,
		.ns = ts.tv_sec * 1000000000UL + ts.tv_nsec,
	};
}

static struct cost since(struct cost before)
{
	struct cost now = spent();

	return (struct cost){
		.nodes = now.nodes - before.nodes,
		.bytes = now.bytes - before.bytes,
		.stores = now.stores - before.stores,
		.ns = now.ns - before.ns,
	};
}

static struct cost change(struct table *t, struct dest *d, bool in)
{
	struct cost before = spent();

	if (in)
		must(!rtm_trie_insert(&t->trie, &d->leaf));
	else
		rtm_trie_remove(&t->trie, &d->leaf);
	return since(before);
}

static void cost_worse(struct cost *worst, struct cost cost)
{
	worst->nodes = max(worst->nodes, cost.nodes);
	worst->bytes = max(worst->bytes, cost.bytes);
	worst->stores = max(worst->stores, cost.stores);
	worst->ns = max(worst->ns, cost.ns);
}

static void cost_report(const char *family, const char *what, const struct cost *cost)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.%s", family, what);
	report(name, "nodes", cost->nodes);
	report(name, "bytes", cost->bytes);
	report(name, "stores", cost->stores);
	report(name, "ns", cost->ns);
}

static void update_all(struct table *t, const char *family, const char *what, bool in)
{
	static const char *const of[] = { "nodes", "bytes", "stores", "ns" };
	struct samples samples[ARRAY_SIZE(of)];
	struct cost cost, resize = {};
	char name[64];
	void *root;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(of); i++)
		samples_init(&samples[i], t->n);
	for (i = 0; i < t->n; i++) {
		root = t->trie.root;
		cost = change(t, &t->dest[t->order[i]], in);
		samples_add(&samples[0], cost.nodes);
		samples_add(&samples[1], cost.bytes);
		samples_add(&samples[2], cost.stores);
		samples_add(&samples[3], cost.ns);
		if (t->trie.root != root)
			cost_worse(&resize, cost);
	}
	for (i = 0; i < ARRAY_SIZE(of); i++) {
		snprintf(name, sizeof(name), "%s.%s.%s", family, what, of[i]);
		samples_report(&samples[i], name, true);
	}
	snprintf(name, sizeof(name), "%s_root", what);
	cost_report(family, name, &resize);
}

void update_in(struct table *t, const char *family)
{
	update_all(t, family, "insert", true);
	report(family, "prefixes", t->n);
	report(family, "trie_bytes_per_prefix", (double)t->trie.n_bytes / t->n);
}

void update_out(struct table *t, const char *family)
{
	table_shuffle(t);
	update_all(t, family, "delete", false);
	must(!t->trie.n_bytes);
}

/* In the order a walk meets them, as an entity that goes takes its routes along. */
void update_sorted(struct table *t, const char *family)
{
	u32 i;

	for (i = 0; i < t->n; i++)
		t->order[i] = i;
	update_all(t, family, "insert_sorted", true);
	update_all(t, family, "delete_sorted", false);
	must(!t->trie.n_bytes);
}

/* A prefix comes and goes; or goes and comes, if it is there. */
static void come_and_go(struct table *t, struct rtm_prefix p, struct cost *in, struct cost *out)
{
	struct rtm_trie_leaf *leaf = rtm_trie_exact(&t->trie, &p);
	static struct dest spare;
	struct dest *d = &spare;

	if (leaf) {
		d = container_of(leaf, struct dest, leaf);
		cost_worse(out, change(t, d, false));
	}
	d->leaf.key = p.key;
	d->leaf.len = p.len;
	cost_worse(in, change(t, d, true));
	if (!leaf)
		cost_worse(out, change(t, d, false));
}

/* The dearest prefix of a length inside of another one. */
static void dearest(struct table *t, const char *family, const char *what,
		    struct rtm_prefix within, unsigned int len)
{
	struct rtm_prefix p = { .len = len };
	struct cost in = {}, out = {};
	char name[64];
	u64 i;

	for (i = 0; i < 1ULL << (len - within.len); i++) {
		p.key = within.key;
		if (len)
			p.key.hi |= i << (64 - len);
		come_and_go(t, p, &in, &out);
	}
	snprintf(name, sizeof(name), "%s_in", what);
	cost_report(family, name, &in);
	snprintf(name, sizeof(name), "%s_out", what);
	cost_report(family, name, &out);
}

void update_special(struct table *t, const char *family)
{
	static const struct rtm_prefix all, global = { { 0x2000000000000000ULL, 0 }, 3 };
	bool v4 = t->bits == 32;

	dearest(t, family, "default", all, 0);
	dearest(t, family, "half", all, 1);
	dearest(t, family, "cover", v4 ? all : global, v4 ? 8 : 16);
}
