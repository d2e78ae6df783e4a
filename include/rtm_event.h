/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entity events: who came and who went, until read() has delivered it.
 */
#ifndef RTM_EVENT_H
#define RTM_EVENT_H

#include <linux/types.h>

#include "rtm_types.h"

struct rtm_event;

int rtm_event_join(struct rtm_entity *entity);
void rtm_event_leave(struct rtm_entity *entity);
bool rtm_event_pending(struct rtm_client *client);
ssize_t rtm_event_read(struct rtm_client *client, char __user *buf, size_t size);

#endif /* RTM_EVENT_H */
