/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of selection and of changes ask of a destination's candidates.
 */
#ifndef RTM_CANDIDATES_H
#define RTM_CANDIDATES_H

#include "rtm_dest.h"
#include "rtm_route.h"
#include "rtm_select.h"

/* A list that is linked one way does not say so of a route by itself. */
static inline bool in_table(const struct rtm_route *route)
{
	const struct rtm_route *pos;

	for (pos = route->dest->routes; pos; pos = pos->next)
		if (pos == route)
			return true;
	return false;
}

static inline void take_out_of_table(struct rtm_route *route)
{
	rtm_select_remove(rtm_select_place(route->dest, route));
}

#endif /* RTM_CANDIDATES_H */
