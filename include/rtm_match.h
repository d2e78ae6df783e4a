/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What routes are looked for.  No locks but those of the route that is looked at.
 */
#ifndef RTM_MATCH_H
#define RTM_MATCH_H

#include <uapi/linux/rtm.h>

#include "rtm_types.h"

/**
 * struct rtm_match - criteria, handles resolved
 * @flags: set of RTM_RM_*; the other members count where it says so
 * @ifindex: interface
 * @metric: metric
 * @preference: preference
 * @owner: owner, a reference, or NULL
 * @neighbour: neighbour, a reference, or NULL
 * @n: number of next hops
 * @nh: next hops, a reference each, or NULL
 */
struct rtm_match {
	u32 flags;
	u32 ifindex;
	u32 metric;
	u32 preference;
	struct rtm_entity *owner;
	struct rtm_nexthop *neighbour;
	unsigned int n;
	struct rtm_nexthop **nh;
};

bool rtm_match_route(const struct rtm_match *m, const struct rtm_route *route);
void rtm_match_put(struct rtm_match *m);

#endif /* RTM_MATCH_H */
