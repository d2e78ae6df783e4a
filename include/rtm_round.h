/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rounds: what concerns all routes of an entity.
 */
#ifndef RTM_ROUND_H
#define RTM_ROUND_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "rtm_entity.h"
#include "rtm_route.h"
#include "rtm_types.h"

void rtm_nexthop_moved(struct rtm_nexthop *nh);
void rtm_resync_begin(struct rtm_entity *owner);
int rtm_resync_end(struct rtm_entity *owner, u64 *swept);
void rtm_resync_forget(struct rtm_entity *owner);

/**
 * rtm_resync_is_over() - whether a route was not announced in a resync that has ended
 * @route: the route; in a section of its destination for an answer that stays true
 *
 * Return: whether it was not.
 */
static inline bool rtm_resync_is_over(const struct rtm_route *route)
{
	return (s32)(READ_ONCE(rtm_route_owner(route)->swept) - READ_ONCE(route->epoch)) > 0;
}

#endif /* RTM_ROUND_H */
