// SPDX-License-Identifier: GPL-2.0-only
/*
 * What routes are looked for: by an enumeration, or on one destination.
 *
 * Entities and next hops are compared as objects.  A next hop that was deleted and
 * added again is another one, as its handle is.
 */
#include "rtm_match.h"

#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <kunit/visibility.h>

#include "rtm_entity.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_route.h"

static bool set_has(const struct rtm_nhset *nhs, const struct rtm_nexthop *nh)
{
	unsigned int i;

	for (i = 0; i < nhs->n; i++)
		if (nhs->nh[i] == nh)
			return true;
	return false;
}

/* Neither the criteria nor a route has a next hop twice. */
static bool match_nexthops(const struct rtm_match *m, const struct rtm_nhset *nhs)
{
	unsigned int i;

	if ((!m->n || m->flags & RTM_RM_SAME_NEXTHOPS) && nhs->n != m->n)
		return false;
	for (i = 0; i < m->n; i++)
		if (!set_has(nhs, m->nh[i]))
			return false;
	return true;
}

static bool on_interface(const struct rtm_nhset *nhs, u32 ifindex)
{
	unsigned int i;

	for (i = 0; i < nhs->n; i++)
		if (nhs->nh[i]->ifindex == ifindex)
			return true;
	return false;
}

/**
 * rtm_match_route() - is a route one of those looked for
 * @m: what is looked for
 * @route: the route, its destination in a section
 *
 * Return: whether it meets every criterion.
 */
bool rtm_match_route(const struct rtm_match *m, const struct rtm_route *route)
{
	const struct rtm_nhset *nhs = rcu_dereference_protected(route->nhs, true);

	if (m->flags & RTM_RM_OWNER && rtm_route_owner(route) != m->owner)
		return false;
	if (m->flags & RTM_RM_NEIGHBOUR && nhs->neighbour != m->neighbour)
		return false;
	if (m->flags & RTM_RM_PREF &&
	    (route->metric != m->metric || route->preference != m->preference))
		return false;
	if (m->flags & RTM_RM_NEXTHOP && !match_nexthops(m, nhs))
		return false;
	return !(m->flags & RTM_RM_INTERFACE) || on_interface(nhs, m->ifindex);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_match_route);

/**
 * rtm_match_put() - drop the references of criteria
 * @m: the criteria; empty afterwards
 *
 * Context: process, may sleep.
 */
void rtm_match_put(struct rtm_match *m)
{
	if (m->owner)
		rtm_entity_put(m->owner);
	if (m->neighbour)
		rtm_nexthop_put(m->neighbour);
	while (m->n)
		rtm_nexthop_put(m->nh[--m->n]);
	kfree(m->nh);
	*m = (struct rtm_match){};
}
