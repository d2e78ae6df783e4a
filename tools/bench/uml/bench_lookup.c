// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookups: rtm's and the kernel's, in turns.
 *
 * How this file works: a way to look a key up is a function from key to prefix length,
 * compiled into two loops of its own.  In the independent one the processor may begin a
 * lookup before the last one has ended, as far as it can look ahead: that is
 * throughput.  In the dependent one the place of a key is computed from the last
 * answer (it is the next one anyway, but the processor cannot know): that is latency.
 * Rounds go through all ways in turn, and the least time of each way counts, because
 * whatever else the machine does can only add.
 *
 * The three ways:
 *
 *	rtm	rtm_trie_match(), to the destination with RCU held
 *	dest	rtm_dest_match(), to a destination with a reference, which is given back
 *	kernel	fib_table_lookup() or fib6_table_lookup(), with RCU held
 *
 * Keys are in network byte order, as a packet has them: what rtm needs to make of one is
 * in its time.
 */
#include <linux/compiler.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "bench.h"

#define MAX_ROUNDS	64

typedef u32 lookup_fn(const struct bench *b, const void *key);
typedef u64 loop_fn(const struct bench *b, const void *keys, u32 n);

static __always_inline struct rtm_prefix prefix4(const void *key)
{
	return (struct rtm_prefix){
		.key.hi = (u64)be32_to_cpup(key) << 32,
		.len = 32,
	};
}

static __always_inline struct rtm_prefix prefix6(const void *key)
{
	const __be64 *word = key;

	return (struct rtm_prefix){
		.key.hi = be64_to_cpup(word),
		.key.lo = be64_to_cpup(word + 1),
		.len = 128,
	};
}

static __always_inline u32 trie_match(const struct bench *b, const struct rtm_prefix *p)
{
	struct rtm_trie_leaf *leaf = bench_sym.rtm_trie_match_fn(&b->table->trie, p);

	return leaf ? leaf->len : BENCH_NONE;
}

static __always_inline u32 dest_match(const struct bench *b, const struct rtm_prefix *p)
{
	struct rtm_dest *dest = bench_sym.rtm_dest_match_fn(b->table, p, RTM_V_UCAST);
	struct rtm_prefix found;

	if (!dest)
		return BENCH_NONE;
	bench_sym.rtm_dest_prefix_fn(dest, &found);
	bench_sym.rtm_dest_put_fn(dest);
	return found.len;
}

static __always_inline u32 rtm4(const struct bench *b, const void *key)
{
	struct rtm_prefix p = prefix4(key);

	return trie_match(b, &p);
}

static __always_inline u32 rtm6(const struct bench *b, const void *key)
{
	struct rtm_prefix p = prefix6(key);

	return trie_match(b, &p);
}

static __always_inline u32 dest4(const struct bench *b, const void *key)
{
	struct rtm_prefix p = prefix4(key);

	return dest_match(b, &p);
}

static __always_inline u32 dest6(const struct bench *b, const void *key)
{
	struct rtm_prefix p = prefix6(key);

	return dest_match(b, &p);
}

static __always_inline u32 kernel4(const struct bench *b, const void *key)
{
	struct flowi4 flow = { .daddr = *(const __be32 *)key };
	struct fib_result res;

	if (fib_table_lookup(b->fib4, &flow, &res, FIB_LOOKUP_NOREF))
		return BENCH_NONE;
	return res.prefixlen;
}

static __always_inline u32 kernel6(const struct bench *b, const void *key)
{
	struct flowi6 flow = { .daddr = *(const struct in6_addr *)key };
	struct fib6_result res = {};

	if (bench_sym.fib6_table_lookup_fn(&init_net, b->fib6, 0, &flow, &res, 0) ||
	    res.f6i == init_net.ipv6.fib6_null_entry)
		return BENCH_NONE;
	return res.f6i->fib6_dst.plen;
}

static __always_inline u64 independent(const struct bench *b, const void *keys, u32 n,
				       size_t size, lookup_fn *lookup)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < n; i++)
		sum += lookup(b, keys + i * size);
	return sum;
}

/* No answer is as large as 256; the compiler is not to know. */
static __always_inline u64 dependent(const struct bench *b, const void *keys, u32 n,
				     size_t size, lookup_fn *lookup)
{
	u32 answer = 0;
	u64 sum = 0;
	u32 i;

	for (i = 0; i < n; i++) {
		OPTIMIZER_HIDE_VAR(answer);
		answer = lookup(b, keys + (i + (answer >> 8)) * size);
		sum += answer;
	}
	return sum;
}

#define LOOPS(name, size)							\
static u64 name##_independent(const struct bench *b, const void *keys, u32 n)	\
{										\
	return independent(b, keys, n, size, name);				\
}										\
static u64 name##_dependent(const struct bench *b, const void *keys, u32 n)	\
{										\
	return dependent(b, keys, n, size, name);				\
}

LOOPS(rtm4, 4)
LOOPS(rtm6, 16)
LOOPS(dest4, 4)
LOOPS(dest6, 16)
LOOPS(kernel4, 4)
LOOPS(kernel6, 16)

/**
 * struct way - a way to look up
 * @name: its name
 * @loop: the loops of each family: independent and dependent
 */
struct way {
	const char *name;
	loop_fn *loop[2][2];
};

static const struct way ways[] = {
	{ "rtm", { { rtm4_independent, rtm4_dependent },
		   { rtm6_independent, rtm6_dependent } } },
	{ "dest", { { dest4_independent, dest4_dependent },
		    { dest6_independent, dest6_dependent } } },
	{ "kernel", { { kernel4_independent, kernel4_dependent },
		      { kernel6_independent, kernel6_dependent } } },
};

#define N_WAYS	ARRAY_SIZE(ways)

static const char *const modes[] = { "independent", "dependent" };

/**
 * struct times - what was measured of one stream in one mode
 * @ns: by way and round
 * @sum: of the answers, by way
 */
struct times {
	u64 ns[N_WAYS][MAX_ROUNDS];
	u64 sum[N_WAYS];
};

/**
 * bench_lookup_fib() - one lookup in the kernel's FIB
 * @b: the bench
 * @key: address in network byte order
 *
 * Return: length of the prefix, or BENCH_NONE.
 */
u32 bench_lookup_fib(const struct bench *b, const void *key)
{
	u32 len;

	rcu_read_lock();
	len = b->family == AF_INET ? kernel4(b, key) : kernel6(b, key);
	rcu_read_unlock();
	return len;
}

/* The address decides, with the length, which prefix it is. */
static int check_keys(const struct bench *b, const void *keys, const char *stream)
{
	u32 bad = 0, hits = 0, i, len;
	const void *key = keys;

	for (i = 0; i < bench_keys; i++, key += b->bits / 8) {
		len = bench_lookup_fib(b, key);
		hits += len != BENCH_NONE;
		rcu_read_lock();
		bad += len != (b->family == AF_INET ? rtm4(b, key) : rtm6(b, key));
		bad += len != (b->family == AF_INET ? dest4(b, key) : dest6(b, key));
		rcu_read_unlock();
		if (i % 4096 == 0)
			cond_resched();
	}
	if (bad)
		pr_err("rtm_bench: %s: %u answers differ from the kernel's\n", stream, bad);
	bench_result(b, div_u64(hits * 1000ULL, bench_keys), "lookup %s all hits", stream);
	return bad ? -EBADMSG : 0;
}

static void time_round(const struct bench *b, const void *keys, u32 mode, u32 round,
		       struct times *times)
{
	const bool six = b->family == AF_INET6;
	u64 begin;
	u32 i, w;

	for (i = 0; i < N_WAYS; i++) {
		w = (i + round) % N_WAYS;
		cond_resched();
		rcu_read_lock();
		begin = ktime_get_ns();
		times->sum[w] = ways[w].loop[six][mode](b, keys, bench_keys);
		times->ns[w][round] = ktime_get_ns() - begin;
		rcu_read_unlock();
	}
}

static int compare_u64(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void report(const struct bench *b, const char *stream, const char *mode, u32 rounds,
		   struct times *times)
{
	u64 *ns;
	u32 w;

	for (w = 0; w < N_WAYS; w++) {
		ns = times->ns[w];
		sort(ns, rounds, sizeof(*ns), compare_u64, NULL);
		bench_result(b, div_u64(ns[0] * 1000, bench_keys), "lookup %s %s %s-ns",
			     stream, mode, ways[w].name);
		bench_result(b, div_u64(ns[rounds / 2] * 1000, bench_keys),
			     "lookup %s %s %s-median-ns", stream, mode, ways[w].name);
	}
}

static int measure(const struct bench *b, const void *keys, const char *stream,
		   struct times *times)
{
	u32 rounds = min_t(u32, bench_rounds, MAX_ROUNDS);
	u32 mode, round;

	for (mode = 0; mode < ARRAY_SIZE(modes); mode++) {
		for (round = 0; round < rounds; round++) {
			time_round(b, keys, mode, round, times);
			if (times->sum[0] != times->sum[N_WAYS - 1])
				return -EBADMSG;
		}
		report(b, stream, modes[mode], rounds, times);
	}
	return 0;
}

/**
 * bench_lookup() - measure lookups of all streams
 * @b: the bench; its table is in the kernel's FIB and in rtm
 *
 * Return: 0, -EBADMSG for a wrong answer, or another negative errno.
 */
int bench_lookup(struct bench *b)
{
	void *keys = vmalloc(array_size(bench_keys, b->bits / 8));
	struct times *times = vmalloc(sizeof(*times));
	const char *stream;
	int err = -ENOMEM;
	u32 i;

	for (i = 0; keys && times && (stream = bench_keys_stream(i)); i++) {
		err = bench_keys_make(b, i, keys, bench_keys);
		if (!err)
			err = check_keys(b, keys, stream);
		if (!err)
			err = measure(b, keys, stream, times);
		if (err)
			break;
	}
	vfree(times);
	vfree(keys);
	return err;
}
