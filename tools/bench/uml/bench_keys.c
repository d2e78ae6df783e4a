// SPDX-License-Identifier: GPL-2.0-only
/*
 * Streams of keys to look up, the same in every run.
 *
 * How this file works: each stream is an array that is made before the clock runs.
 *
 *	announced	addresses of prefixes drawn evenly from the table: all hit, and
 *			most touch memory that no cache has
 *	zipf		200000 of these, the r-th of them with weight 1/r: traffic
 *	uniform		any address; of IPv6 any of 2000::/3
 *	repeat		16 addresses again and again, others after a while: what is left
 *			when all is in the cache
 *	miss		addresses near to announced ones, in no prefix
 */
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "bench.h"

#define SEED		0x52544d7632ULL
#define FLOWS		200000
#define WINDOW		16
#define WINDOW_LOOKUPS	65536
#define MISS_TRIES	100000000

/**
 * bench_random() - the next of a sequence of numbers (Vigna's splitmix64)
 * @state: where the sequence is
 *
 * Return: 64 bits.
 */
u64 bench_random(u64 *state)
{
	u64 x = *state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static size_t key_size(const struct bench *b)
{
	return b->bits / 8;
}

static void random_addr(u64 *seed, struct in6_addr *addr)
{
	u64 words[2] = { bench_random(seed), bench_random(seed) };

	memcpy(addr, words, sizeof(words));
}

/* Random where the mask of @len has no bit. */
static void announced_key(const struct bench *b, u64 *seed, struct in6_addr *key)
{
	const struct bench_route *route = &b->routes[bench_random(seed) % b->n_routes];
	unsigned int i;
	u8 mask;

	random_addr(seed, key);
	for (i = 0; i < key_size(b); i++) {
		mask = route->len >= 8 * (i + 1) ? 0 :
		       route->len <= 8 * i ? 0xff : 0xff >> (route->len % 8);
		key->s6_addr[i] = route->addr.s6_addr[i] | (key->s6_addr[i] & mask);
	}
}

static void store(const struct bench *b, void *keys, u32 i, const struct in6_addr *key)
{
	memcpy(keys + i * key_size(b), key, key_size(b));
}

static int fill_announced(const struct bench *b, void *keys, u32 n)
{
	struct in6_addr key;
	u64 seed = SEED;
	u32 i;

	for (i = 0; i < n; i++) {
		announced_key(b, &seed, &key);
		store(b, keys, i, &key);
	}
	return 0;
}

static int fill_uniform(const struct bench *b, void *keys, u32 n)
{
	struct in6_addr key;
	u64 seed = SEED;
	u32 i;

	for (i = 0; i < n; i++) {
		random_addr(&seed, &key);
		if (b->family == AF_INET6)
			key.s6_addr[0] = 0x20 | (key.s6_addr[0] & 0x1f);
		store(b, keys, i, &key);
	}
	return 0;
}

/* The sums of weights up to each rank; 32 bits of fraction. */
static void zipf_sums(u64 *sums, u32 n)
{
	u64 sum = 0;
	u32 r;

	for (r = 0; r < n; r++) {
		sum += div_u64(1ULL << 32, r + 1);
		sums[r] = sum;
	}
}

static u32 zipf_rank(const u64 *sums, u32 n, u64 x)
{
	u32 low = 0, high = n - 1, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (sums[mid] > x)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static int fill_zipf(const struct bench *b, void *keys, u32 n)
{
	struct in6_addr *flows = vcalloc(FLOWS, sizeof(*flows));
	u64 *sums = vcalloc(FLOWS, sizeof(*sums));
	u64 seed = SEED;
	u32 i;

	if (!flows || !sums) {
		vfree(flows);
		vfree(sums);
		return -ENOMEM;
	}
	for (i = 0; i < FLOWS; i++)
		announced_key(b, &seed, &flows[i]);
	zipf_sums(sums, FLOWS);
	for (i = 0; i < n; i++)
		store(b, keys, i, &flows[zipf_rank(sums, FLOWS, bench_random(&seed) %
						   sums[FLOWS - 1])]);
	vfree(flows);
	vfree(sums);
	return 0;
}

static int fill_repeat(const struct bench *b, void *keys, u32 n)
{
	struct in6_addr window[WINDOW] = {};
	u64 seed = SEED;
	u32 i;

	for (i = 0; i < n; i++) {
		if (i % WINDOW_LOOKUPS < WINDOW)
			announced_key(b, &seed, &window[i % WINDOW]);
		store(b, keys, i, &window[i % WINDOW]);
	}
	return 0;
}

/* Where one bit is another than in an address that is announced, if nothing is there. */
static int fill_miss(const struct bench *b, void *keys, u32 n)
{
	struct in6_addr key;
	unsigned int bit;
	u64 seed = SEED;
	u32 i = 0, tries;

	for (tries = 0; i < n; tries++) {
		if (tries == MISS_TRIES)
			return -ERANGE;
		announced_key(b, &seed, &key);
		bit = bench_random(&seed) % min(b->bits, 48U);
		key.s6_addr[bit / 8] ^= 0x80 >> (bit % 8);
		if (bench_lookup_fib(b, &key) == BENCH_NONE)
			store(b, keys, i++, &key);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*fill)(const struct bench *b, void *keys, u32 n);
} streams[] = {
	{ "announced", fill_announced },
	{ "zipf", fill_zipf },
	{ "uniform", fill_uniform },
	{ "repeat", fill_repeat },
	{ "miss", fill_miss },
};

/**
 * bench_keys_stream() - the name of a stream
 * @i: its number
 *
 * Return: the name; NULL after the last.
 */
const char *bench_keys_stream(u32 i)
{
	return i < ARRAY_SIZE(streams) ? streams[i].name : NULL;
}

/**
 * bench_keys_make() - make the keys of a stream
 * @b: the bench; its table is in the kernel's FIB
 * @stream: number of the stream
 * @keys: out: @n keys, of 4 or of 16 bytes
 * @n: number of keys
 *
 * Return: 0 or a negative errno.
 */
int bench_keys_make(const struct bench *b, u32 stream, void *keys, u32 n)
{
	return streams[stream].fill(b, keys, n);
}
