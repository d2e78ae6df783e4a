// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quotas: limits per entity and per namespace.
 *
 * What a client makes is charged twice: to its entity for as long as it is in the
 * table, and to the namespace until its memory is free.  The two differ where others
 * keep what an entity has deleted, by a handle for instance.  That is no more the
 * entity's affair: a neighbour that never releases a handle can fill its own quota and
 * the namespace's, but nobody else's.  What a destination needs, the trie included,
 * belongs to all who have routes there and is charged to the namespace alone.
 *
 * Memory goes by what it is for.  Each resource that is counted stands for a fixed
 * number of bytes, and only what is not counted, or larger than usual, is charged as
 * bytes.  So a route costs one atomic operation more for its entity, while its
 * namespace counts it anyway, and none for its bytes.
 *
 * There is no lock.  Whoever takes counts first and looks then, so of those who
 * together go over a limit the one whose count came last sees all others and is
 * refused: a limit is never passed.  Both of two may be refused where one would have
 * had room, though only next to the limit and in the same instant.  What cannot be
 * refused is added without looking, and the next who asks is refused for it.
 *
 * A limit in force is the least of three: that of the module parameter, that of the
 * administrator of the namespace, and that of the registration itself.  The first is
 * for the administrator of the host: who is root in a network namespace of his own
 * cannot get beyond it.  A limit below what is used takes nothing away.
 */
#include "rtm_quota.h"

#include <linux/kernel.h>
#include <kunit/visibility.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_notify.h"
#include "rtm_route.h"
#include "rtm_table.h"

/*
 * Bytes that one of a kind stands for.  A next hop has the two sets that are just itself,
 * with a neighbour and without; a notification is the largest of the objects.
 */
static const u16 weights[RTM_N_RESOURCES] = {
	[RTM_RES_ROUTES] = sizeof(struct rtm_route),
	[RTM_RES_NEXTHOPS] = sizeof(struct rtm_nexthop) +
			     2 * (sizeof(struct rtm_nhset) + sizeof(void *)),
	[RTM_RES_HANDLES] = RTM_HANDLE_BYTES,
	[RTM_RES_OBJECTS] = sizeof(struct rtm_notify),
	[RTM_RES_DESTS] = sizeof(struct rtm_dest),
	[RTM_RES_BYTES] = 1,
};

/**
 * rtm_quota_init() - a quota of which nothing is used
 * @q: the quota
 * @max: limits of the module, one for each resource, that stay where they are
 */
void rtm_quota_init(struct rtm_quota *q, const u64 *max)
{
	memset(q, 0, sizeof(*q));
	q->max = max;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_quota_init);

static u64 bytes_used(const struct rtm_quota *q)
{
	u64 bytes = 0;
	unsigned int r;

	for (r = 0; r < RTM_N_RESOURCES; r++)
		bytes += atomic64_read(&q->used[r]) * weights[r];
	return bytes;
}

/**
 * rtm_quota_used() - how much of a resource is used
 * @q: the quota
 * @r: resource
 *
 * Return: the number; RTM_RES_BYTES includes what the others stand for.
 */
u64 rtm_quota_used(const struct rtm_quota *q, enum rtm_resource r)
{
	return r == RTM_RES_BYTES ? bytes_used(q) : atomic64_read(&q->used[r]);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_quota_used);

/**
 * rtm_quota_empty() - whether nothing is used
 * @q: the quota
 *
 * Return: true when all that was taken has been given back.
 */
bool rtm_quota_empty(const struct rtm_quota *q)
{
	unsigned int r;

	for (r = 0; r < RTM_N_RESOURCES; r++)
		if (atomic64_read(&q->used[r]))
			return false;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_quota_empty);

/* The limit without what some setters, from @first on, have asked for. */
static u64 limit_before(const struct rtm_quota *q, enum rtm_resource r,
			enum rtm_quota_setter first)
{
	u64 limit = q->max ? READ_ONCE(q->max[r]) : U64_MAX;
	unsigned int s;

	for (s = 0; s < first; s++)
		limit = min(limit, READ_ONCE(q->limits[s][r]) ? : U64_MAX);
	return limit;
}

/**
 * rtm_quota_limit() - the limit in force
 * @q: the quota
 * @r: resource
 *
 * Return: how much may be used; U64_MAX where nothing limits it.
 */
u64 rtm_quota_limit(const struct rtm_quota *q, enum rtm_resource r)
{
	return limit_before(q, r, RTM_N_QUOTA_SETTERS);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_quota_limit);

/**
 * rtm_quota_over() - whether more is used than may be
 * @q: the quota
 * @r: resource
 *
 * Return: true over the limit, not at it.
 */
bool rtm_quota_over(const struct rtm_quota *q, enum rtm_resource r)
{
	return rtm_quota_used(q, r) > rtm_quota_limit(q, r);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_quota_over);

/**
 * rtm_quota_take() - use more of a resource
 * @q: the quota
 * @r: resource
 * @n: how much of it
 *
 * Context: any.  The operation is a full barrier, on which the promise at the top of
 * this file rests.
 *
 * Return: 0, always so for nothing; -ENOSPC over a limit of the resource or of bytes,
 * nothing taken.
 */
int rtm_quota_take(struct rtm_quota *q, enum rtm_resource r, u64 n)
{
	enum rtm_resource over = r;

	if (!n)
		return 0;
	if (atomic64_add_return(n, &q->used[r]) <= limit_before(q, r, RTM_N_QUOTA_SETTERS) ||
	    r == RTM_RES_BYTES) {
		if (!rtm_quota_over(q, RTM_RES_BYTES))
			return 0;
		over = RTM_RES_BYTES;
	}
	rtm_quota_give(q, r, n);
	atomic64_inc(&q->refused[over]);
	return -ENOSPC;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_quota_take);

/**
 * rtm_quota_set() - set limits
 * @q: the quota
 * @setter: who does so
 * @which: resources, a bit for each
 * @limits: the limits, one for each resource; 0 takes back what @setter has set
 *
 * Context: any; of two callers who set the same limit either can be last.
 *
 * Return: 0; -EPERM for a limit above those of the setters before, nothing set.
 */
int rtm_quota_set(struct rtm_quota *q, enum rtm_quota_setter setter, u32 which,
		  const u64 *limits)
{
	unsigned int r;

	for (r = 0; r < RTM_N_RESOURCES; r++)
		if (which & BIT(r) && limits[r] > limit_before(q, r, setter))
			return -EPERM;
	for (r = 0; r < RTM_N_RESOURCES; r++)
		if (which & BIT(r))
			WRITE_ONCE(q->limits[setter][r], limits[r]);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_quota_set);

/**
 * rtm_quota_forget() - take back all limits of a setter
 * @q: the quota
 * @setter: who has set them
 */
void rtm_quota_forget(struct rtm_quota *q, enum rtm_quota_setter setter)
{
	static const u64 none[RTM_N_RESOURCES];

	rtm_quota_set(q, setter, BIT(RTM_N_RESOURCES) - 1, none);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_quota_forget);

/**
 * rtm_charge() - charge an entity and its namespace
 * @entity: the entity
 * @r: resource
 * @n: how much of it
 *
 * Context: any.
 *
 * Return: 0; -ENOSPC over a limit of either, nothing charged.
 */
int rtm_charge(struct rtm_entity *entity, enum rtm_resource r, u64 n)
{
	int err;

	err = rtm_quota_take(&entity->quota, r, n);
	if (err)
		return err;
	err = rtm_quota_take(&entity->table->rnet->quota, r, n);
	if (err)
		rtm_quota_give(&entity->quota, r, n);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_charge);

/**
 * rtm_uncharge() - undo rtm_charge()
 * @entity: the entity
 * @r: resource
 * @n: how much of it
 *
 * Context: any.
 */
void rtm_uncharge(struct rtm_entity *entity, enum rtm_resource r, u64 n)
{
	rtm_quota_give(&entity->quota, r, n);
	rtm_quota_give(&entity->table->rnet->quota, r, n);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_uncharge);
