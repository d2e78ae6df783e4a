// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables: made at the first registration, gone with the last object.
 *
 * A namespace keeps its tables in an xarray indexed by (instance, family).  Every
 * entity and every destination holds a reference; the last one takes the table
 * out under rtm_net.lock, which is also where a lookup takes its reference, so
 * a table that can be found is alive.  Nothing here is on a fast path: routes are
 * added through an entity, which knows its table.
 */
#include "rtm_table.h"

#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/socket.h>

#include "rtm_limits.h"
#include "rtm_net.h"
#include "rtm_prefix.h"

unsigned long rtm_table_index(u16 instance, u16 family)
{
	return (unsigned long)instance * 2 + (family == AF_INET6);
}

/* Instance 0 forwards; the others go nowhere until they are mapped. */
static u32 default_fib_table(u16 instance)
{
	return instance ? 0 : RT_TABLE_MAIN;
}

static struct rtm_table *table_create(struct rtm_net *rnet, u16 instance, u16 family)
{
	struct rtm_table *table;
	int err;

	if (rnet->dying)
		return ERR_PTR(-ENODEV);
	if (rnet->n_tables >= rtm_max_tables)
		return ERR_PTR(-ENOSPC);
	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return ERR_PTR(-ENOMEM);
	refcount_set(&table->refs, 1);
	table->rnet = rnet;
	table->instance = instance;
	table->family = family;
	table->fib_table = default_fib_table(instance);
	mutex_init(&table->lock);
	rtm_trie_init(&table->trie, rtm_family_bits(family), &table->lock);
	table->trie.account = rnet->account;
	INIT_LIST_HEAD(&table->entities);
	init_waitqueue_head(&table->settled);
	rtm_notify_table_init(&table->notify);
	rtm_timers_init(&table->timers, table);
	err = xa_err(xa_store(&rnet->tables, rtm_table_index(instance, family), table,
			      GFP_KERNEL));
	if (err) {
		kfree(table);
		return ERR_PTR(err);
	}
	rnet->n_tables++;
	return table;
}

/**
 * rtm_table_get_or_create() - the table of an instance and family
 * @rnet: namespace state
 * @instance: RTM instance
 * @family: AF_INET or AF_INET6
 *
 * Context: process, may sleep, takes rtm_net.lock.
 *
 * Return: a reference, or an ERR_PTR(): -ENOSPC when the namespace has as many
 * tables as it may, -ENOMEM, -ENODEV while the namespace goes away.
 */
struct rtm_table *rtm_table_get_or_create(struct rtm_net *rnet, u16 instance, u16 family)
{
	struct rtm_table *table;

	mutex_lock(&rnet->lock);
	table = xa_load(&rnet->tables, rtm_table_index(instance, family));
	if (table)
		refcount_inc(&table->refs);
	else
		table = table_create(rnet, instance, family);
	mutex_unlock(&rnet->lock);
	return table;
}

/**
 * rtm_table_find() - the table of an instance and family, if there is one
 * @rnet: namespace state
 * @instance: RTM instance
 * @family: AF_INET or AF_INET6
 *
 * Context: process, may sleep, takes rtm_net.lock.
 *
 * Return: a reference, or NULL.
 */
struct rtm_table *rtm_table_find(struct rtm_net *rnet, u16 instance, u16 family)
{
	struct rtm_table *table;

	mutex_lock(&rnet->lock);
	table = xa_load(&rnet->tables, rtm_table_index(instance, family));
	if (table)
		refcount_inc(&table->refs);
	mutex_unlock(&rnet->lock);
	return table;
}

/**
 * rtm_table_next() - walk the tables of a namespace
 * @rnet: namespace state
 * @index: in: first index that counts; out: index of the table returned
 *
 * Context: process, may sleep, takes rtm_net.lock.
 *
 * Return: a reference to the table with the lowest index at or after @index, or
 * NULL at the end.
 */
struct rtm_table *rtm_table_next(struct rtm_net *rnet, unsigned long *index)
{
	struct rtm_table *table;

	mutex_lock(&rnet->lock);
	table = xa_find(&rnet->tables, index, ULONG_MAX, XA_PRESENT);
	if (table)
		refcount_inc(&table->refs);
	mutex_unlock(&rnet->lock);
	return table;
}

/**
 * rtm_table_put() - give a reference back
 * @table: the table; gone with its last reference
 *
 * Context: process, may sleep, takes rtm_net.lock; not under the table's lock.
 */
void rtm_table_put(struct rtm_table *table)
{
	struct rtm_net *rnet = table->rnet;

	if (!refcount_dec_and_mutex_lock(&table->refs, &rnet->lock))
		return;
	xa_erase(&rnet->tables, rtm_table_index(table->instance, table->family));
	rnet->n_tables--;
	mutex_unlock(&rnet->lock);
	rtm_trie_destroy(&table->trie);
	mutex_destroy(&table->lock);
	kfree(table);
}
