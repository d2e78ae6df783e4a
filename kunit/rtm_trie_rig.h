/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trie beside a list that cannot be wrong, and operations on both.
 */
#ifndef RTM_TRIE_RIG_H
#define RTM_TRIE_RIG_H

#include <linux/mutex.h>

#include "rtm_trie.h"

/**
 * struct rtm_rig_leaf - what is put into the trie
 * @leaf: the leaf
 * @p: its prefix
 * @fixed: stays while the others come and go
 * @rcu: frees it
 */
struct rtm_rig_leaf {
	struct rtm_trie_leaf leaf;
	struct rtm_prefix p;
	bool fixed;
	struct rcu_head rcu;
};

/**
 * struct rtm_rig - a trie and its model
 * @trie: what is tested
 * @lock: its lock
 * @bits: width of an address
 * @item: the model: leaves in the order of rtm_prefix_cmp()
 * @n: how many
 * @room: how many there can be
 * @fixed: the leaves that stay, in the same order
 * @n_fixed: how many
 * @state: of the random numbers
 */
struct rtm_rig {
	struct rtm_trie trie;
	struct mutex lock;	/* serialises writers of @trie */
	unsigned int bits;
	struct rtm_rig_leaf **item;
	u32 n;
	u32 room;
	struct rtm_rig_leaf **fixed;
	u32 n_fixed;
	u64 state;
};

/**
 * enum rtm_rig_style - what random prefixes are like
 * @RTM_RIG_UNIFORM: anything
 * @RTM_RIG_DENSE: addresses differ in few bits, so that many share a base address
 * @RTM_RIG_NESTED: below or above what is in the trie
 * @RTM_RIG_HOSTS: full-length ones in one network half as long
 * @RTM_RIG_ONESIDED: one on each level of a comb of ones
 * @RTM_RIG_MIXED: any of those
 * @RTM_RIG_STYLES: how many there are
 */
enum rtm_rig_style {
	RTM_RIG_UNIFORM,
	RTM_RIG_DENSE,
	RTM_RIG_NESTED,
	RTM_RIG_HOSTS,
	RTM_RIG_ONESIDED,
	RTM_RIG_MIXED,
	RTM_RIG_STYLES,
};

/**
 * enum rtm_rig_shape - sets of prefixes that are hard on a trie
 * @RTM_RIG_CHAIN: every length at one address
 * @RTM_RIG_COMB: every length at the address of as many ones
 * @RTM_RIG_NETWORK: all hosts of one network, then all that covers the last
 * @RTM_RIG_COVER: direct more-specifics of one prefix, which comes and goes
 * @RTM_RIG_DENSE_NETS: all networks of one length, side by side
 * @RTM_RIG_SEAM: all that differ in bits around the middle of the address, where its
 *	second word begins if it has one
 * @RTM_RIG_HOLLOW: many, of which then all but the first and the last go
 * @RTM_RIG_SHAPES: how many there are
 */
enum rtm_rig_shape {
	RTM_RIG_CHAIN,
	RTM_RIG_COMB,
	RTM_RIG_NETWORK,
	RTM_RIG_COVER,
	RTM_RIG_DENSE_NETS,
	RTM_RIG_SEAM,
	RTM_RIG_HOLLOW,
	RTM_RIG_SHAPES,
};

/* All that return text return what went wrong, or NULL. */
int rtm_rig_init(struct rtm_rig *rig, unsigned int bits, u32 room, u64 seed);
const char *rtm_rig_exit(struct rtm_rig *rig);

u32 rtm_rig_random(struct rtm_rig *rig, u32 below);
struct rtm_prefix rtm_rig_prefix(struct rtm_rig *rig, enum rtm_rig_style style);
struct rtm_rig_leaf *rtm_rig_new(const struct rtm_prefix *p);
void rtm_rig_free(struct rtm_rig_leaf *leaf);	/* after a grace period */

struct rtm_rig_leaf *rtm_rig_match(const struct rtm_rig *rig, const struct rtm_prefix *p);
struct rtm_rig_leaf *rtm_rig_next(const struct rtm_rig *rig, const struct rtm_prefix *p,
				  bool inclusive);

const char *rtm_rig_add(struct rtm_rig *rig, const struct rtm_prefix *p);
const char *rtm_rig_del(struct rtm_rig *rig, const struct rtm_prefix *p);
const char *rtm_rig_probe(struct rtm_rig *rig, const struct rtm_prefix *p);
const char *rtm_rig_verify(struct rtm_rig *rig);
const char *rtm_rig_churn(struct rtm_rig *rig, enum rtm_rig_style style, u32 ops, u32 every);

/* @n is the number of prefixes, for those shapes that have no natural one. */
const char *rtm_rig_fill(struct rtm_rig *rig, enum rtm_rig_shape shape, u32 n);

/*
 * For readers beside a writer: after rtm_rig_fix() what is in the trie stays in it, so
 * that readers know something.  Each reader has dice of its own, a rig with @bits and
 * @state set.
 */
int rtm_rig_fix(struct rtm_rig *rig);
const char *rtm_rig_read(const struct rtm_rig *rig, struct rtm_rig *dice);
const char *rtm_rig_read_all(const struct rtm_rig *rig);

/* Looks at every slot of every node; the trie's lock is held. */
const char *rtm_trie_check(const struct rtm_trie *t);

#endif /* RTM_TRIE_RIG_H */
