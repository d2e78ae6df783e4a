// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one commit changed at a destination, in the words of change notification.
 *
 * Three kinds of change are told apart, for each view: some route changed (ALL), the
 * best one is another or looks different (BEST), and so to those who forward packets
 * (FORWARDING).  Nothing is remembered between commits: the best routes are noted
 * before, what happens to routes is reported on the way, and the end compares.
 *
 *  - A route that comes or goes changed in the views it belongs to.
 *  - A route that changes in place changed in the views it belonged to and those it
 *    belongs to now; if it only joined or left views, in these alone.  One that was
 *    given what it had did not change.
 *  - A best route that is replaced is a change of forwarding, even if both have the
 *    same next hops.  One that stays best changed if its preference, metric, next
 *    hops or flags did; private values and the neighbour do not count.
 *
 * No locks, no memory; the caller has the destination in an exclusive section.
 */
#include "rtm_change.h"

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <kunit/visibility.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_nhset.h"
#include "rtm_route.h"

/* Flags that decide about forwarding: martian, blackhole, discard, inactive. */
#define FORWARDING_FLAGS \
	(RTM_RF_MARTIAN | RTM_RF_BLACKHOLE | RTM_RF_DISCARD | RTM_RF_INACTIVE)

/* How much a route changed in place; each includes those before it. */
enum degree {
	DEGREE_SAME,
	DEGREE_PRIVATE,
	DEGREE_FLAGS,
	DEGREE_FORWARDING,
};

static const struct rtm_route *best_of(const struct rtm_dest *dest, unsigned int view)
{
	return rtm_dest_best(dest, view);
}

/**
 * rtm_change_begin() - before the first change of a commit
 * @c: memory, of which only @c->node need be initialised
 * @dest: the destination
 */
void rtm_change_begin(struct rtm_change *c, const struct rtm_dest *dest)
{
	struct rtm_change_node *node = c->node;
	unsigned int view;

	memset(c, 0, sizeof(*c));
	c->active = true;
	c->node = node;
	for (view = 0; view < RTM_N_VIEWS; view++)
		c->old_best[view] = best_of(dest, view);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_change_begin);

static void concern(struct rtm_change *c, const struct rtm_route *route)
{
	u32 protocol = rtm_route_owner(route)->id.protocol;
	unsigned int i;

	for (i = 0; i < c->n_owners; i++)
		if (c->owners[i] == protocol)
			return;
	if (c->n_owners < ARRAY_SIZE(c->owners))
		c->owners[c->n_owners++] = protocol;
	else
		c->many = true;
}

/**
 * rtm_change_member() - a route came or is about to go
 * @c: the commit
 * @route: the route, content complete
 */
void rtm_change_member(struct rtm_change *c, const struct rtm_route *route)
{
	c->any = true;
	c->all |= route->views;
	concern(c, route);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_change_member);

/**
 * rtm_change_edit() - a route is about to be changed in place
 * @c: the commit; one such route in each
 * @route: the route; its next hops stay until rtm_change_edited()
 */
void rtm_change_edit(struct rtm_change *c, const struct rtm_route *route)
{
	c->edited = route;
	c->was = (struct rtm_change_content){
		.neighbour = rtm_route_neighbour(route),
		.nhs = rcu_dereference_protected(route->nhs, true),
		.cookie = route->cookie,
		.metric = route->metric,
		.preference = route->preference,
		.views = route->views,
		.flags = route->flags,
		.flags1 = route->flags1,
	};
}
EXPORT_SYMBOL_IF_KUNIT(rtm_change_edit);

/* Order counts: to forwarders the first of several may be the one. */
static bool same_nexthops(const struct rtm_nhset *a, const struct rtm_nhset *b)
{
	if (a == b)
		return true;
	return a->n == b->n && a->mtu == b->mtu && !memcmp(a->src, b->src, sizeof(a->src)) &&
	       !memcmp(a->nh, b->nh, a->n * sizeof(a->nh[0]));
}

static enum degree compare(const struct rtm_change_content *was, const struct rtm_route *route)
{
	u16 flags = was->flags ^ route->flags;

	if (flags & FORWARDING_FLAGS || was->metric != route->metric ||
	    was->preference != route->preference ||
	    !same_nexthops(was->nhs, rcu_dereference_protected(route->nhs, true)))
		return DEGREE_FORWARDING;
	if (flags)
		return DEGREE_FLAGS;
	if (was->cookie != route->cookie || was->neighbour != rtm_route_neighbour(route) ||
	    was->flags1 != route->flags1)
		return DEGREE_PRIVATE;
	return DEGREE_SAME;
}

/**
 * rtm_change_edited() - the route announced by rtm_change_edit() was changed
 * @c: the commit
 */
void rtm_change_edited(struct rtm_change *c)
{
	const struct rtm_route *route = c->edited;
	u32 views = c->was.views ^ route->views;

	c->degree = compare(&c->was, route);
	if (c->degree > DEGREE_SAME)
		views = c->was.views | route->views;
	if (c->degree == DEGREE_SAME && !views)
		return;
	c->any = true;
	c->all |= views;
	concern(c, route);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_change_edited);

/**
 * rtm_change_note() - something else happened that listeners shall hear of
 * @c: the commit
 * @views: in these views
 * @types: RTM_CT_BEST, RTM_CT_FORWARDING; RTM_CT_ALL goes without saying
 *
 * For what the routes themselves do not show: a hold that begins or ends, a next hop
 * that leads somewhere else.
 */
void rtm_change_note(struct rtm_change *c, u32 views, u32 types)
{
	c->any = true;
	c->all |= views;
	if (types & RTM_CT_BEST)
		c->best |= views;
	if (types & RTM_CT_FORWARDING)
		c->forwarding |= views;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_change_note);

static void compare_best(struct rtm_change *c, unsigned int view, const struct rtm_route *old,
			 const struct rtm_route *best)
{
	unsigned int degree = DEGREE_SAME;

	if (old != best)
		degree = DEGREE_FORWARDING;
	else if (best && best == c->edited)
		degree = c->degree;
	if (degree >= DEGREE_FLAGS)
		c->best |= BIT(view);
	if (degree >= DEGREE_FORWARDING)
		c->forwarding |= BIT(view);
}

/**
 * rtm_change_end() - after the best routes have followed
 * @c: the commit
 * @dest: the destination; routes that left it are still allocated
 *
 * A best route can be replaced without any route of this commit being the reason,
 * when one was found dead on the way; that is a change of its view all the same.
 */
void rtm_change_end(struct rtm_change *c, const struct rtm_dest *dest)
{
	const struct rtm_route *old, *best;
	unsigned int view;

	for (view = 0; view < RTM_N_VIEWS; view++) {
		old = c->old_best[view];
		best = best_of(dest, view);
		compare_best(c, view, old, best);
		if (old == best)
			continue;
		if (old)
			concern(c, old);
		if (best)
			concern(c, best);
	}
	c->all |= c->best | c->forwarding;
	c->any |= c->all;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_change_end);

/**
 * rtm_change_concerns() - whether a route of some protocol had a part in it
 * @c: the commit, ended
 * @protocol: EntityProtocolId
 *
 * Return: true also when it cannot be told, because too many had.
 */
bool rtm_change_concerns(const struct rtm_change *c, u32 protocol)
{
	unsigned int i;

	for (i = 0; i < c->n_owners; i++)
		if (c->owners[i] == protocol)
			return true;
	return c->many || !c->n_owners;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_change_concerns);
