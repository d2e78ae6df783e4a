/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a destination or a route says at one moment, with references to all it names.
 */
#ifndef RTM_VIEW_H
#define RTM_VIEW_H

#include <linux/sockptr.h>
#include <uapi/linux/rtm.h>

#include "rtm_types.h"

struct rtm_grab;

/**
 * struct rtm_route_view - what a route says, collected in one section
 * @neighbour: reference, or NULL
 * @nhs: reference
 * @attrs: everything else, handles still zero
 */
struct rtm_route_view {
	struct rtm_nexthop *neighbour;
	struct rtm_nhset *nhs;
	struct rtm_route_attrs attrs;
};

/**
 * struct rtm_dest_views - what a destination says, collected in one section
 * @n: view blocks
 * @belongs: views it has routes in
 * @last_changed: CLOCK_REALTIME nanoseconds
 * @routes: best route of each block, a reference, or NULL
 * @held: held-down route of each block, a reference, or NULL
 * @blocks: the blocks, handles still zero
 */
struct rtm_dest_views {
	unsigned int n;
	u32 belongs;
	u64 last_changed;
	struct rtm_route *routes[RTM_N_VIEWS];
	struct rtm_route *held[RTM_N_VIEWS];
	struct rtm_dest_view blocks[RTM_N_VIEWS];
};

void rtm_route_view_collect(struct rtm_route_view *view, struct rtm_route *route);
int rtm_route_view_store(struct rtm_route_view *view, struct rtm_route *route,
			 struct rtm_grab *grab, struct rtm_route_attrs *attrs, u64 *dest,
			 u64 *owner);
void rtm_route_view_put(struct rtm_route_view *view);

void rtm_dest_views_collect(struct rtm_dest_views *dv, struct rtm_dest *dest, u32 views,
			    u32 protocol);
void rtm_dest_views_put(struct rtm_dest_views *dv);
int rtm_dest_views_grab(struct rtm_dest_views *dv, struct rtm_grab *grab);

/* Handles in one struct rtm_dest_item, and its bytes. */
#define RTM_DEST_ITEM_HANDLES	(1 + 3 * RTM_N_VIEWS)

static inline u32 rtm_dest_item_size(unsigned int n_views)
{
	return sizeof(struct rtm_dest_item) + n_views * sizeof(struct rtm_dest_view);
}

int rtm_dest_item_store(sockptr_t user, struct rtm_dest *dest,
			struct rtm_dest_views *dv, struct rtm_grab *grab);

#endif /* RTM_VIEW_H */
