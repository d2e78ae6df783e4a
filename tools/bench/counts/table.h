/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table to measure: a trie, and objects like destinations that are in it.
 */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include "rtm_trie_node.h"

/* As many as a destination of a 64-bit kernel has. */
#define DEST_BYTES	160

/**
 * struct dest - stands for a struct rtm_dest
 * @leaf: at the beginning, as there
 * @rest: what a lookup does not read
 */
struct dest {
	struct rtm_trie_leaf leaf;
	u8 rest[DEST_BYTES - sizeof(struct rtm_trie_leaf)];
} __attribute__((aligned(RTM_TRIE_LEAF_ALIGN)));

/**
 * struct table - what is measured
 * @trie: the trie
 * @lock: serialises writers of @trie; held all the time where there is just one thread
 * @bits: width of an address
 * @dest: what is in it
 * @n: how many
 * @order: of their coming and going, numbers of @dest
 * @state: of the random numbers
 */
struct table {
	struct rtm_trie trie;
	struct mutex lock;	/* serialises writers of @trie */
	unsigned int bits;
	struct dest *dest;
	u32 n;
	u32 *order;
	u64 state;
};

/* What does not hold ends the program, with its place. */
#define must(cond) assert(cond)

void *must_alloc(size_t n, size_t size);
u32 random_below(struct table *t, u32 below);
struct rtm_key random_address(struct table *t, const struct rtm_prefix *p);
struct rtm_prefix dest_prefix(const struct dest *d);

/* From standard input, which has no prefix twice; then shuffled, with a fixed seed. */
void table_read(struct table *t, unsigned int bits);
void table_shuffle(struct table *t);
void table_fill(struct table *t);
void table_clear(struct table *t);

/* Another one with the same prefixes, filled as well. */
void table_copy(struct table *to, const struct table *from);
void table_free(struct table *t);

#endif /* BENCH_TABLE_H */
