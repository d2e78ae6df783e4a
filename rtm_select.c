// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selection: the candidates of a destination in order, and the best of them.
 *
 * Rank is preference, then metric; lower wins both.  A tie goes to the route that
 * is best already, so that traffic does not move without need, and among the
 * others to the one that has had this rank longest.  The list of candidates is
 * kept in this order, which makes the best route of a view the first live one
 * that belongs to it, save for that one exception.
 */
#include "rtm_select.h"

#include <linux/bits.h>
#include <linux/rcupdate.h>
#include <kunit/visibility.h>

#include "rtm_dest.h"

int rtm_route_rank_cmp(const struct rtm_route *a, const struct rtm_route *b)
{
	if (a->preference != b->preference)
		return a->preference < b->preference ? -1 : 1;
	if (a->metric != b->metric)
		return a->metric < b->metric ? -1 : 1;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_route_rank_cmp);

void rtm_select_insert(struct rtm_dest *dest, struct rtm_route *route)
{
	struct rtm_route **at = &dest->routes;
	int cmp;

	route->seq = 0;
	while (*at) {
		cmp = rtm_route_rank_cmp(*at, route);
		if (cmp > 0)
			break;
		if (!cmp)
			route->seq = (*at)->seq + 1;
		at = &(*at)->next;
	}
	route->next = *at;
	*at = route;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_select_insert);

struct rtm_route **rtm_select_place(struct rtm_dest *dest, const struct rtm_route *route)
{
	struct rtm_route **at = &dest->routes;

	while (*at != route)
		at = &(*at)->next;
	return at;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_select_place);

void rtm_select_remove(struct rtm_route **at)
{
	*at = (*at)->next;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_select_remove);

static bool eligible(const struct rtm_route *route, unsigned int view)
{
	return rtm_route_live(route) && route->views & BIT(view);
}

struct rtm_route *rtm_select_best(struct rtm_dest *dest, unsigned int view)
{
	struct rtm_route *current_route = rtm_dest_best(dest, view);
	struct rtm_route *route;

	for (route = dest->routes; route; route = route->next) {
		if (!eligible(route, view))
			continue;
		if (current_route && eligible(current_route, view) &&
		    !rtm_route_rank_cmp(current_route, route))
			return current_route;
		return route;
	}
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_select_best);

static u32 live_views(struct rtm_dest *dest)
{
	struct rtm_route *route;
	u32 views = 0;

	for (route = dest->routes; route; route = route->next)
		if (rtm_route_live(route))
			views |= route->views;
	return views;
}

/* A route in any view but the first has seen to it that there is an extra. */
static void set_best(struct rtm_dest *dest, unsigned int view, struct rtm_route *best)
{
	if (!view)
		rcu_assign_pointer(dest->best, best);
	else
		rcu_assign_pointer(rtm_dest_extra(dest)->best[view - 1], best);
}

u32 rtm_select_update(struct rtm_dest *dest)
{
	struct rtm_route *best;
	unsigned int view;
	u32 changed = 0;

	for (view = 0; view < RTM_N_VIEWS; view++) {
		best = rtm_select_best(dest, view);
		if (best == rtm_dest_best(dest, view))
			continue;
		set_best(dest, view, best);
		changed |= BIT(view);
	}
	WRITE_ONCE(dest->leaf.views, live_views(dest));
	return changed;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_select_update);
