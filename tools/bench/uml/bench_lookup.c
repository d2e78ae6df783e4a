// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookups: rtm's and the kernel's, in turns.
 *
 * How this file works: a way to look a key up is a function from key to prefix length,
 * compiled into two loops of its own.  In the independent one the processor may begin a
 * lookup before the last one has ended, as far as it can look ahead: that is
 * throughput.  In the dependent one the place of a key is computed from the last
 * answer (it is the next one anyway, but the processor cannot know): that is latency.
 * Where nothing is found both modes are the same, as far as the processor guesses that.
 *
 * Rounds go through all ways in turn.  What else the machine does can only add to a time,
 * so the least counts: that of a whole round ("round-ns"), and, as no round is free of
 * disturbance where other programs run, the least of each slice of the keys, added up
 * ("ns").  A slice is looked up when all the others have been since the last time, so it
 * finds its memory as cold as in a whole round.
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
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "bench.h"

/* Keys between two looks at the clock. */
#define SLICE		1024

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
 * @slice: least time of each slice, by way
 * @round: least time of a round, by way
 * @sum: of the answers of a round, by way
 */
struct times {
	u64 *slice[N_WAYS];
	u64 round[N_WAYS];
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

/**
 * bench_lookup_rtm() - one lookup in rtm
 * @b: the bench
 * @key: address in network byte order
 *
 * Return: length of the prefix, or BENCH_NONE.
 */
u32 bench_lookup_rtm(const struct bench *b, const void *key)
{
	u32 len;

	rcu_read_lock();
	len = b->family == AF_INET ? rtm4(b, key) : rtm6(b, key);
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
		bad += len != bench_lookup_rtm(b, key);
		rcu_read_lock();
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

static void time_way(const struct bench *b, const void *keys, u32 mode, u32 w,
		     struct times *times)
{
	loop_fn *loop = ways[w].loop[b->family == AF_INET6][mode];
	u64 begin = bench_ns(), was = begin, now;
	u32 i;

	times->sum[w] = 0;
	for (i = 0; i < bench_keys / SLICE; i++) {
		times->sum[w] += loop(b, keys, SLICE);
		keys += SLICE * b->bits / 8;
		now = bench_ns();
		times->slice[w][i] = min(times->slice[w][i], now - was);
		was = now;
	}
	times->round[w] = min(times->round[w], was - begin);
}

static int time_round(const struct bench *b, const void *keys, u32 mode, u32 round,
		      struct times *times)
{
	u32 i, w;

	for (i = 0; i < N_WAYS; i++) {
		w = (i + round) % N_WAYS;
		cond_resched();
		rcu_read_lock();
		time_way(b, keys, mode, w, times);
		rcu_read_unlock();
	}
	for (w = 1; w < N_WAYS; w++)
		if (times->sum[w] != times->sum[0])
			return -EBADMSG;
	return 0;
}

static void report(const struct bench *b, const char *stream, const char *mode,
		   const struct times *times)
{
	u64 ns;
	u32 w, i;

	for (w = 0; w < N_WAYS; w++) {
		ns = 0;
		for (i = 0; i < bench_keys / SLICE; i++)
			ns += times->slice[w][i];
		bench_result(b, div_u64(ns * 1000, bench_keys), "lookup %s %s %s-ns",
			     stream, mode, ways[w].name);
		bench_result(b, div_u64(times->round[w] * 1000, bench_keys),
			     "lookup %s %s %s-round-ns", stream, mode, ways[w].name);
	}
}

static int measure(const struct bench *b, const void *keys, const char *stream,
		   struct times *times)
{
	u32 mode, round, w;
	int err;

	for (mode = 0; mode < ARRAY_SIZE(modes); mode++) {
		for (w = 0; w < N_WAYS; w++) {
			times->round[w] = U64_MAX;
			memset(times->slice[w], 0xff, bench_keys / SLICE * sizeof(u64));
		}
		for (round = 0; round < bench_rounds; round++) {
			err = time_round(b, keys, mode, round, times);
			if (err)
				return err;
		}
		report(b, stream, modes[mode], times);
	}
	return 0;
}

static int lookup_streams(const struct bench *b, void *keys, struct times *times)
{
	const char *stream;
	int err = 0;
	u32 i;

	for (i = 0; !err && (stream = bench_keys_stream(i)); i++) {
		err = bench_keys_make(b, i, keys, bench_keys);
		if (!err)
			err = check_keys(b, keys, stream);
		if (!err)
			err = measure(b, keys, stream, times);
	}
	return err;
}

/**
 * bench_lookup() - measure lookups of all streams
 * @b: the bench; its table is in the kernel's FIB and in rtm
 *
 * Return: 0, -EBADMSG for a wrong answer, or another negative errno.
 */
int bench_lookup(struct bench *b)
{
	struct times times = {};
	void *keys;
	u64 *slices;
	int err = -ENOMEM;
	u32 w, n = bench_keys / SLICE;

	keys = vmalloc(array_size(bench_keys, b->bits / 8));
	slices = vcalloc(n * N_WAYS, sizeof(*slices));
	for (w = 0; w < N_WAYS; w++)
		times.slice[w] = slices + w * n;
	if (keys && slices)
		err = lookup_streams(b, keys, &times);
	vfree(slices);
	vfree(keys);
	return err;
}
