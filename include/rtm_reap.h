/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reaping: what leaves the table without its owner saying so.
 */
#ifndef RTM_REAP_H
#define RTM_REAP_H

#include "rtm_types.h"

void rtm_route_purge(struct rtm_entity *owner);

#endif /* RTM_REAP_H */
