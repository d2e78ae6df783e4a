/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expiry: routes that live for a while, and what their owner says when it is over.
 */
#ifndef RTM_EXPIRY_H
#define RTM_EXPIRY_H

#include <linux/list.h>
#include <linux/types.h>

#include "rtm_event.h"
#include "rtm_timer.h"
#include "rtm_types.h"

/**
 * enum rtm_expiry_state - how far the life of a route has come
 * @RTM_EXPIRY_NEVER: it has no end
 * @RTM_EXPIRY_RUNNING: its timer is set
 * @RTM_EXPIRY_ASKED: its time is over, its owner has been or is to be told and may
 *	answer until the timer comes again
 * @RTM_EXPIRY_DUE: it is to be deleted, as soon as no user has its destination locked
 */
enum rtm_expiry_state {
	RTM_EXPIRY_NEVER,
	RTM_EXPIRY_RUNNING,
	RTM_EXPIRY_ASKED,
	RTM_EXPIRY_DUE,
};

/**
 * struct rtm_expiry - the life of a route that may end
 * @timer: set while RUNNING and ASKED
 * @ask: in rtm_expiry_owner.expired until the owner has been told
 * @round: counts how often the owner was asked
 * @state: enum rtm_expiry_state; changed from and to DUE in an exclusive section
 *	only, except by the timer and by the owner's answer
 *
 * Under rtm_timers.lock of the table.
 */
struct rtm_expiry {
	struct rtm_timer timer;
	struct list_head ask;
	u64 round;
	u8 state;
};

/**
 * struct rtm_expiry_owner - the part of an entity that is asked
 * @event: tells it, while @expired is not empty
 * @expired: routes it is to be told of, oldest first
 * @telling: the one that is being told, a reference, or NULL
 * @round: which of its rounds that is
 * @open: it is asked; otherwise its routes are deleted when their time is over
 *
 * Under rtm_timers.lock of the table.
 */
struct rtm_expiry_owner {
	struct rtm_event_node event;
	struct list_head expired;
	struct rtm_route *telling;
	u64 round;
	bool open;
};

void rtm_expiry_init(struct rtm_expiry *expiry);
void rtm_expiry_set(struct rtm_route *route, u32 ttl_ms);
bool rtm_expiry_is_due(const struct rtm_route *route);
u32 rtm_expiry_left_ms(const struct rtm_route *route);
int rtm_expiry_answer(struct rtm_route *route, u64 round, bool stays);

void rtm_expiry_owner_init(struct rtm_expiry_owner *owner);
void rtm_expiry_open(struct rtm_entity *entity, struct rtm_client *client);
void rtm_expiry_close(struct rtm_entity *entity);

#endif /* RTM_EXPIRY_H */
