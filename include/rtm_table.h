/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table: the destinations of one address family in one RTM instance.
 */
#ifndef RTM_TABLE_H
#define RTM_TABLE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/wait.h>

#include "rtm_notify.h"
#include "rtm_timer.h"
#include "rtm_trie.h"
#include "rtm_types.h"

/**
 * struct rtm_table - one (instance, family) pair
 * @refs: each entity and each destination holds one
 * @rnet: namespace state
 * @instance: RTM instance number
 * @family: AF_INET or AF_INET6
 * @fib_table: kernel FIB table the unicast view goes to, 0 for none
 * @lock: protects the trie's shape, @entities, @n_slots and every entity's next
 *	hops; nested in a destination's section and in rtm_net.lock
 * @trie: destinations by prefix
 * @trie_bytes: bytes of it that the namespace is charged for, under @lock
 * @entities: registered and kept entities, oldest first
 * @settled: who waits for an entity that is leaving
 * @n_entities: entries of @entities
 * @n_slots: opaque slots reserved
 * @notify: who listens to changes
 * @timers: when routes expire and holds end
 */
struct rtm_table {
	refcount_t refs;
	struct rtm_net *rnet;
	u16 instance;
	u16 family;
	u32 fib_table;
	struct mutex lock; /* what it protects: above */
	struct rtm_trie trie;
	unsigned long trie_bytes;
	struct list_head entities;
	wait_queue_head_t settled;
	unsigned int n_entities;
	unsigned int n_slots;
	struct rtm_notify_table notify;
	struct rtm_timers timers;
};

struct rtm_table *rtm_table_get_or_create(struct rtm_net *rnet, u16 instance, u16 family);
struct rtm_table *rtm_table_find(struct rtm_net *rnet, u16 instance, u16 family);
void rtm_table_put(struct rtm_table *table);
struct rtm_table *rtm_table_next(struct rtm_net *rnet, unsigned long *index);

/**
 * rtm_table_index() - place of a table in its namespace
 * @instance: RTM instance
 * @family: AF_INET or AF_INET6
 *
 * Return: index for rtm_net.tables, ascending by instance, IPv4 first.
 */
unsigned long rtm_table_index(u16 instance, u16 family);

/**
 * rtm_table_hold() - take another reference to a table one has already
 * @table: the table
 */
static inline void rtm_table_hold(struct rtm_table *table)
{
	refcount_inc(&table->refs);
}

/**
 * rtm_table_drop() - give a reference back that is not the last
 * @table: the table; the caller has another reference, or something that has one
 *
 * Context: any.
 */
static inline void rtm_table_drop(struct rtm_table *table)
{
	refcount_dec(&table->refs);
}

#endif /* RTM_TABLE_H */
