/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small model of a table: what several clients have put into it.
 *
 * How this file works: the model is a list of routes without any order, in memory that
 * all processes share, and each question is answered by going through all of it.  Each
 * client writes its own part; the whole is read while all clients rest.
 */
#ifndef RTM_MODEL_H
#define RTM_MODEL_H

#include "rtm_test.h"

#define N_CLIENTS	4
#define N_DESTS		64
#define N_HOPS		3
#define N_LISTS		2

/* A client's routes of a destination: one for each neighbour, and one without. */
#define N_KEYS		(N_HOPS + 1)

/* The last byte of the first address of a client's next hops. */
#define HOP_ADDR(client)	(2 + 8 * (client))

/* On a list or on none: it is not known which route this is. */
#define LIST_UNKNOWN	0xff

/**
 * struct entry - a route of the model
 * @present: it is there
 * @dying: it goes by itself, soon
 * @swept: because a resync has ended without it
 * @announced: added or changed since the client's resync began
 * @list: 0 or the number of the list it is on, or LIST_UNKNOWN
 * @hops: bit map of its next hops
 * @flags: its flags
 * @metric: its metric
 * @preference: its preference
 * @views: its views
 */
struct entry {
	bool present;
	bool dying;
	bool swept;
	bool announced;
	__u8 list;
	__u8 hops;
	__u16 flags;
	__u32 metric;
	__u32 preference;
	__u32 views;
};

/**
 * struct mirror - what a listener knows of a destination
 * @unknown: nothing: it has not been told since it began, or has asked not to be
 * @routes: by view, how many
 */
struct mirror {
	bool unknown;
	__u32 routes[RTM_N_VIEWS];
};

/**
 * struct arena - memory of all processes
 * @model: routes by client, destination and neighbour
 * @down: by client, bit map of its next hops that are down
 * @mirror: by client, what it was told
 * @touched: by destination, that somebody may have changed something there
 * @done: operations by client
 * @bad: things that must not happen
 * @text: the first of them
 */
struct arena {
	struct entry model[N_CLIENTS][N_DESTS][N_KEYS];
	__u8 down[N_CLIENTS];
	struct mirror mirror[N_CLIENTS][N_DESTS];
	bool touched[N_DESTS];
	unsigned int done[N_CLIENTS];
	unsigned int bad;
	char text[160];
};

static struct arena *arena;
static unsigned int seed;

/* The destinations, in host byte order. */
static struct {
	__u32 addr;
	unsigned int len;
} dests[N_DESTS];

static const __u32 protocols[N_CLIENTS] = { PROTO_RIP, PROTO_OSPF, PROTO_BGP, PROTO_STATIC };

/* Something to draw numbers from. */
struct dice {
	__u64 state;
};

static inline unsigned int any(struct dice *d, unsigned int below)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 7;
	d->state ^= d->state << 17;
	return (unsigned int)(d->state >> 20) % below;
}

static inline struct dice dice_of(unsigned int who)
{
	struct dice d = { .state = (seed + 1ull) * 0x9e3779b97f4a7c15ull + who * 7919 };
	unsigned int i;

	for (i = 0; i < 16; i++)
		any(&d, 2);
	return d;
}

static inline __u32 mask(unsigned int len)
{
	return len ? ~0u << (32 - len) : 0;
}

static inline struct rtm_net_prefix net_prefix(__u32 addr, unsigned int len)
{
	struct rtm_net_prefix p = { .family = AF_INET, .len = len };

	addr = htonl(addr & mask(len));
	memcpy(p.addr, &addr, sizeof(addr));
	return p;
}

static inline struct rtm_net_prefix dest_prefix(unsigned int dest)
{
	return net_prefix(dests[dest].addr, dests[dest].len);
}

static inline __u32 prefix_addr(const struct rtm_net_prefix *p)
{
	__u32 addr;

	memcpy(&addr, p->addr, sizeof(addr));
	return ntohl(addr);
}

static inline int dest_index(__u32 addr, unsigned int len)
{
	int i;

	for (i = 0; i < N_DESTS; i++)
		if (dests[i].addr == addr && dests[i].len == len)
			return i;
	return -1;
}

static inline int dest_of(const struct rtm_net_prefix *p)
{
	return dest_index(prefix_addr(p), p->len);
}

/* Prefixes inside of prefixes, all different. */
static inline void make_dests(void)
{
	static const unsigned int lens[] = { 8, 12, 16, 20, 24, 28, 32 };
	struct dice d = { .state = 4711 };
	unsigned int n = 0, len;
	__u32 addr;

	while (n < N_DESTS) {
		len = lens[any(&d, ARRAY_SIZE(lens))];
		addr = 10u << 24 | any(&d, 3) << 20 | any(&d, 3) << 12 | any(&d, 3) << 8 |
		       any(&d, 3) << 4 | any(&d, 4);
		addr &= mask(len);
		if (dest_index(addr, len) >= 0)
			continue;
		dests[n].addr = addr;
		dests[n++].len = len;
	}
}

static inline unsigned int default_preference(__u32 protocol)
{
	switch (protocol) {
	case PROTO_RIP:
		return 120;
	case PROTO_OSPF:
		return 110;
	case PROTO_BGP:
		return 20;
	default:
		return 3;
	}
}

/* Walk all routes of a client, those that are not there as well. */
#define for_each_entry(e, client)							\
	for ((e) = &arena->model[client][0][0];						\
	     (e) < &arena->model[client][0][0] + N_DESTS * N_KEYS; (e)++)

static inline unsigned int entry_dest(const struct entry *e)
{
	return (unsigned int)(e - &arena->model[0][0][0]) / N_KEYS % N_DESTS;
}

static inline void touch(unsigned int dest)
{
	__atomic_store_n(&arena->touched[dest], true, __ATOMIC_RELAXED);
}

/* Whatever a client has changes: it goes, or its next hops do. */
static inline void touch_all(unsigned int client)
{
	struct entry *e;

	for_each_entry(e, client)
		if (e->present)
			touch(entry_dest(e));
}

/**
 * struct best - what the model says of a destination
 * @n: routes
 * @views: views they belong to
 * @routes: by view, how many
 * @rank: by view, preference and metric of the best one in one number
 */
struct best {
	unsigned int n;
	__u32 views;
	__u32 routes[RTM_N_VIEWS];
	__u64 rank[RTM_N_VIEWS];
};

static inline __u64 rank_of(__u32 preference, __u32 metric)
{
	return (__u64)preference << 32 | metric;
}

static inline void count_entry(struct best *b, const struct entry *e)
{
	unsigned int view;
	__u64 rank = rank_of(e->preference, e->metric);

	b->n++;
	b->views |= e->views;
	for (view = 0; view < RTM_N_VIEWS; view++) {
		if (!(e->views & 1 << view))
			continue;
		b->routes[view]++;
		if (rank < b->rank[view])
			b->rank[view] = rank;
	}
}

static inline struct best model_best(unsigned int dest)
{
	struct best b = { .rank = { ~0ull, ~0ull } };
	unsigned int client, key;

	for (client = 0; client < N_CLIENTS; client++)
		for (key = 0; key < N_KEYS; key++)
			if (arena->model[client][dest][key].present)
				count_entry(&b, &arena->model[client][dest][key]);
	return b;
}

static inline unsigned int model_routes(void)
{
	unsigned int dest, n = 0;

	for (dest = 0; dest < N_DESTS; dest++)
		n += model_best(dest).n;
	return n;
}

/* The longest prefix that covers and has a route in one of VIEWS, or in any; or -1. */
static inline int model_search(__u32 addr, unsigned int len, __u32 views)
{
	int i, found = -1;
	struct best b;

	for (i = 0; i < N_DESTS; i++) {
		b = model_best(i);
		if (!b.n || (views && !(b.views & views)))
			continue;
		if (dests[i].len > len || (addr & mask(dests[i].len)) != dests[i].addr)
			continue;
		if (found < 0 || dests[i].len > dests[found].len)
			found = i;
	}
	return found;
}

/* Those that go by themselves have gone. */
static inline void model_settle(void)
{
	unsigned int client;
	struct entry *e;

	for (client = 0; client < N_CLIENTS; client++)
		for_each_entry(e, client)
			if (e->dying)
				memset(e, 0, sizeof(*e));
}

#endif /* RTM_MODEL_H */
