/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel FIB should have of a destination.
 */
#ifndef RTM_FIB_WISH_H
#define RTM_FIB_WISH_H

#include <linux/types.h>
#include <uapi/linux/rtm.h>

#include "rtm_types.h"

struct rtm_fib_entry;
struct rtm_fib_resolver;
struct rtm_netlink_route;

/**
 * enum rtm_hop_use - how a next hop appears in the FIB
 * @RTM_HOP_UNUSED: not at all: it is down, or cannot stand beside others; or it is
 *	remote, and has to be resolved first
 * @RTM_HOP_GATEWAY: packets go to its address
 * @RTM_HOP_LINK: the destination is on its interface
 */
enum rtm_hop_use {
	RTM_HOP_UNUSED,
	RTM_HOP_GATEWAY,
	RTM_HOP_LINK,
};

/**
 * struct rtm_fib_wish - what the FIB should have of a destination
 * @nhs: next hops, a reference; NULL when the FIB entry has none
 * @shape: how they are used, in short
 * @type: RTN_*, RTN_UNSPEC for no entry
 * @state: enum rtm_fib_state of the destination once the wish is fulfilled
 * @use: enum rtm_hop_use of each next hop
 */
struct rtm_fib_wish {
	struct rtm_nhset *nhs;
	u32 shape;
	u8 type;
	u8 state;
	u8 use[RTM_MAX_NEXTHOPS];
};

enum rtm_hop_use rtm_fib_hop_use(const struct rtm_table *table, const struct rtm_nexthop *nh);
u8 rtm_fib_wish_best(struct rtm_dest *dest, struct rtm_nhset **nhs);
int rtm_fib_wish_read(struct rtm_fib_wish *wish, struct rtm_dest *dest,
		      struct rtm_fib_resolver *resolver);
void rtm_fib_wish_recall(struct rtm_fib_wish *wish, const struct rtm_dest *dest);
bool rtm_fib_wish_same(const struct rtm_fib_wish *wish, const struct rtm_fib_entry *entry);
void rtm_fib_wish_key(struct rtm_netlink_route *r, const struct rtm_dest *dest);
void rtm_fib_wish_fill(struct rtm_netlink_route *r, const struct rtm_fib_wish *wish, u8 family);

#endif /* RTM_FIB_WISH_H */
