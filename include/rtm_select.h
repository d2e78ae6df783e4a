/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which route of a destination is best.  No locks, no memory.
 */
#ifndef RTM_SELECT_H
#define RTM_SELECT_H

#include <uapi/linux/rtm.h>

#include "rtm_route.h"

struct rtm_dest;

/**
 * rtm_route_live() - may a route be chosen
 * @route: the route
 *
 * Return: true while it is in the table and its owner has not gone.
 */
static inline bool rtm_route_live(const struct rtm_route *route)
{
	return READ_ONCE(route->state) == RTM_STATE_CREATED && !READ_ONCE(route->dead);
}

/**
 * rtm_route_rank_cmp() - compare two routes the way selection does
 * @a: a route
 * @b: another
 *
 * Return: negative when @a is better, 0 when they tie, positive when @b is better.
 */
int rtm_route_rank_cmp(const struct rtm_route *a, const struct rtm_route *b);

/**
 * rtm_select_insert() - place a route among the candidates
 * @dest: destination, in an exclusive section
 * @route: in no list; if it is in another view than the first, there is an extra
 *
 * Behind every candidate of the same rank: among equals the oldest comes first.
 */
void rtm_select_insert(struct rtm_dest *dest, struct rtm_route *route);

/**
 * rtm_select_place() - where a candidate is linked
 * @dest: destination, in a section
 * @route: one of its candidates
 *
 * Return: the link that leads to it.
 */
struct rtm_route **rtm_select_place(struct rtm_dest *dest, const struct rtm_route *route);

/**
 * rtm_select_remove() - take a candidate out
 * @at: rtm_select_place() of it; its destination in an exclusive section
 */
void rtm_select_remove(struct rtm_route **at);

/**
 * rtm_select_best() - the best route of one view
 * @dest: destination, in a section
 * @view: view number
 *
 * Return: the route, or NULL.
 */
struct rtm_route *rtm_select_best(struct rtm_dest *dest, unsigned int view);

/**
 * rtm_select_update() - bring the best routes of a destination up to date
 * @dest: destination, in an exclusive section
 *
 * Return: set of views whose best route is another one now.
 */
u32 rtm_select_update(struct rtm_dest *dest);

#endif /* RTM_SELECT_H */
