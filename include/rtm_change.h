/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one commit changed at a destination, in the words of change notification.
 */
#ifndef RTM_CHANGE_H
#define RTM_CHANGE_H

#include <linux/types.h>
#include <uapi/linux/rtm.h>

#include "rtm_types.h"

/* Protocols of changed routes that are remembered one by one. */
#define RTM_CHANGE_OWNERS	6

/**
 * struct rtm_change_content - what a route said before it was changed in place
 * @neighbour: only compared
 * @nhs: next hops, kept by whoever changes the route until rtm_change_end()
 * @cookie: private value
 * @metric: compared second
 * @preference: compared first
 * @views: views it belonged to
 * @flags: RTM_RF_*
 * @flags1: carried
 */
struct rtm_change_content {
	const struct rtm_nexthop *neighbour;
	const struct rtm_nhset *nhs;
	u64 cookie;
	u32 metric;
	u32 preference;
	u32 views;
	u16 flags;
	u8 flags1;
};

/**
 * struct rtm_change - what one commit changed
 * @active: somebody listens; without it nothing else here but @node is valid
 * @node: memory for rtm_notify_record(), or NULL; what is left goes at the end
 * @any: some route came, went or changed, be it in no view at all
 * @all: views in which a route did
 * @best: views whose best route is another one, or has another preference, metric,
 *	next hops or flags
 * @forwarding: the same, but for flags that do not concern forwarding
 * @many: more protocols were concerned than @owners has room for
 * @n_owners: entries of @owners
 * @owners: protocols whose routes changed, became best or ceased to be
 * @edited: route changed in place, or NULL
 * @degree: how much it changed
 * @was: what it said before
 * @old_best: best routes before
 *
 * On the stack of whoever has the destination in an exclusive section, from
 * rtm_change_begin() to rtm_change_end().
 */
struct rtm_change {
	bool active;
	struct rtm_change_node *node;
	bool any;
	u32 all;
	u32 best;
	u32 forwarding;
	bool many;
	unsigned int n_owners;
	u32 owners[RTM_CHANGE_OWNERS];
	const struct rtm_route *edited;
	unsigned int degree;
	struct rtm_change_content was;
	const struct rtm_route *old_best[RTM_N_VIEWS];
};

void rtm_change_begin(struct rtm_change *c, const struct rtm_dest *dest);
void rtm_change_member(struct rtm_change *c, const struct rtm_route *route);
void rtm_change_edit(struct rtm_change *c, const struct rtm_route *route);
void rtm_change_edited(struct rtm_change *c);
void rtm_change_note(struct rtm_change *c, u32 views, u32 types);
void rtm_change_end(struct rtm_change *c, const struct rtm_dest *dest);
bool rtm_change_concerns(const struct rtm_change *c, u32 protocol);

#endif /* RTM_CHANGE_H */
