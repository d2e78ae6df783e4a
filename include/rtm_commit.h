/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commits: the frame of every change to the routes of a destination.
 */
#ifndef RTM_COMMIT_H
#define RTM_COMMIT_H

#include <linux/rcupdate.h>

#include "rtm_types.h"

struct rtm_change;

void rtm_commit_begin(struct rtm_dest *dest, struct rtm_change *c) __acquires(RCU);
u32 rtm_commit_end(struct rtm_dest *dest, u32 was_best, struct rtm_change *c) __releases(RCU);
void rtm_commit_insert(struct rtm_dest *dest, struct rtm_route *route, struct rtm_change *c);
void rtm_commit_remove(struct rtm_dest *dest, struct rtm_route **at, struct rtm_change *c);

#endif /* RTM_COMMIT_H */
