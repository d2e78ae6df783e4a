/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the benchmark module share.
 *
 * How this file works: a bench is all there is of one address family: a table that was
 * read from a file, the same table as rtm has it and as the kernel's FIB has it, and
 * keys to look up.  Functions that are not exported are called by pointers which
 * bench_main.c looks up by name; their types come from the headers, so that a change of
 * one fails to compile here.
 */
#ifndef BENCH_H
#define BENCH_H

#include <linux/in6.h>
#include <linux/types.h>
#include <os.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>

#include <rtm.h>

#include "rtm_dest.h"
#include "rtm_net.h"
#include "rtm_table.h"
#include "rtm_trie.h"

/* The kernel's table and rtm's instance: neither is used for anything else. */
#define BENCH_FIB_TABLE		100
#define BENCH_INSTANCE		1

#define BENCH_MAX_NEXTHOPS	1024

/* What a lookup says that finds nothing; any other answer is a prefix length. */
#define BENCH_NONE		255

/**
 * struct bench_route - a line of the table
 * @addr: address in network byte order; IPv4 has the first four bytes
 * @len: prefix length
 * @nexthop: index of its next hop
 */
struct bench_route {
	struct in6_addr addr;
	u16 len;
	u16 nexthop;
};

/**
 * struct bench - what there is of one family
 * @family: AF_INET or AF_INET6
 * @bits: width of an address
 * @ifindex: device of all next hops
 * @routes: the table, shuffled
 * @n_routes: entries of @routes
 * @nexthops: addresses of the next hops
 * @n_nexthops: entries of @nexthops
 * @client: the client of rtm
 * @entity: its registration
 * @handles: rtm's next hops
 * @metric: of the routes as they are now, higher with each replacement
 * @table: rtm's table
 * @fib4: the kernel's table, IPv4
 * @fib6: the kernel's table, IPv6
 */
struct bench {
	u16 family;
	unsigned int bits;
	int ifindex;
	struct bench_route *routes;
	u32 n_routes;
	struct in6_addr nexthops[BENCH_MAX_NEXTHOPS];
	u32 n_nexthops;
	struct rtm_client *client;
	u64 entity;
	u64 handles[BENCH_MAX_NEXTHOPS];
	u32 metric;
	struct rtm_table *table;
	struct fib_table *fib4;
	struct fib6_table *fib6;
};

/* What is not exported. */
#define BENCH_SYMBOLS(x)	\
	x(rtm_net_get)		\
	x(rtm_table_find)	\
	x(rtm_table_put)	\
	x(rtm_trie_match)	\
	x(rtm_dest_match)	\
	x(rtm_dest_prefix)	\
	x(rtm_dest_put)		\
	x(fib_table_insert)	\
	x(fib6_table_lookup)	\
	x(fib6_new_table)	\
	x(ip6_route_add)	\
	x(os_nsecs)

#define BENCH_SYMBOL_DECLARE(name)	typeof(name) *name##_fn;

struct bench_symbols {
	BENCH_SYMBOLS(BENCH_SYMBOL_DECLARE)
};

extern struct bench_symbols bench_sym;
extern unsigned int bench_rounds;
extern unsigned int bench_keys;
extern unsigned int bench_limit;

/* bench_main.c */
__printf(3, 4) void bench_result(const struct bench *b, u64 milli, const char *fmt, ...);

/* The host's clock: the kernel's own is a quarter of a microsecond coarse. */
static inline u64 bench_ns(void)
{
	return bench_sym.os_nsecs_fn();
}

/* bench_table.c */
int bench_table_read(struct bench *b, const char *path);
void bench_table_free(struct bench *b);

/* bench_keys.c */
u64 bench_random(u64 *state);
const char *bench_keys_stream(u32 i);
int bench_keys_make(const struct bench *b, u32 stream, void *keys, u32 n);

/* bench_fib.c */
int bench_fib_load(struct bench *b);

/* bench_lookup.c */
u32 bench_lookup_fib(const struct bench *b, const void *key);
u32 bench_lookup_rtm(const struct bench *b, const void *key);
int bench_lookup(struct bench *b);

/* bench_rib.c */
int bench_rib_open(struct bench *b);
void bench_rib_close(struct bench *b);
int bench_rib_load(struct bench *b);
int bench_rib_rates(struct bench *b);
int bench_rib_worst(struct bench *b);

#endif /* BENCH_H */
