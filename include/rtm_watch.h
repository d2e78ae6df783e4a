/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches: entities that are told of others that come and go.
 */
#ifndef RTM_WATCH_H
#define RTM_WATCH_H

#include "rtm_types.h"

int rtm_watch_join(struct rtm_entity *entity);
void rtm_watch_leave(struct rtm_entity *entity);

#endif /* RTM_WATCH_H */
