/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The FIB writer: makes the kernel FIB show each destination's best unicast route.
 */
#ifndef RTM_FIB_H
#define RTM_FIB_H

#include <linux/list.h>
#include <linux/types.h>

#include "rtm_types.h"

/**
 * struct rtm_fib_entry - what the kernel FIB has of one destination
 * @link: on a list of the writer: changed, or to be tried again.  The list holds a
 *	reference to the destination.
 * @installed: next hops as last acknowledged by the kernel, NULL when nothing of
 *	ours is there or the entry has none (blackhole and friends)
 * @shape: how @installed is used, see rtm_fib_wish.c
 * @type: RTN_* of the entry we have in the kernel, RTN_UNSPEC for none
 * @state: enum rtm_fib_state
 * @error: positive errno of the last refusal, or 0
 * @dirty: on the list of changes
 * @busy: in the batch the writer has in hand
 * @verify: @installed may not be what the kernel has
 * @refused: the kernel refused to replace the entry; it has to be withdrawn
 * @waited: it has let others go first
 * @tries: how often it was tried in vain, up to the longest back-off
 *
 * @installed, @shape and @type belong to the writer alone; the rest is protected
 * by the writer's lock.
 */
struct rtm_fib_entry {
	struct list_head link;
	struct rtm_nhset *installed;
	u32 shape;
	u8 type;
	u8 state;
	u8 error;
	u8 dirty : 1;
	u8 busy : 1;
	u8 verify : 1;
	u8 refused : 1;
	u8 waited : 1;
	u8 tries : 3;
};

/**
 * struct rtm_fib_counts - how many destinations are in which state
 * @wanted: unicast best route belongs in the FIB
 * @installed: of these, installed
 * @failed: of these, refused
 * @conflict: of these, kept out by a foreign route
 * @unresolved: of these, without a usable next hop
 * @pending: waiting for the writer; what was decided of them before still counts
 *	above
 * @messages: rtnetlink route messages sent
 */
struct rtm_fib_counts {
	u64 wanted;
	u64 installed;
	u64 failed;
	u64 conflict;
	u64 unresolved;
	u64 pending;
	u64 messages;
};

int rtm_fib_net_init(struct rtm_net *rnet);
void rtm_fib_net_stop(struct rtm_net *rnet);
void rtm_fib_net_exit(struct rtm_net *rnet);

void rtm_fib_entry_init(struct rtm_fib_entry *entry);
void rtm_fib_entry_destroy(struct rtm_fib_entry *entry);
void rtm_fib_mark(struct rtm_dest *dest);
bool rtm_fib_is_behind(struct rtm_dest *dest);
void rtm_fib_wake(struct rtm_fib *fib);
int rtm_fib_sync(struct rtm_net *rnet, u64 deadline);
void rtm_fib_counts(struct rtm_net *rnet, struct rtm_fib_counts *c);
void rtm_fib_describe(struct rtm_dest *dest, u32 *state, u32 *error, char *text, size_t size);

#endif /* RTM_FIB_H */
