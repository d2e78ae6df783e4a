/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hold-down: destinations whose last route stays visible for a while.
 */
#ifndef RTM_HOLDDOWN_H
#define RTM_HOLDDOWN_H

#include <uapi/linux/rtm.h>

#include "rtm_timer.h"
#include "rtm_types.h"

struct rtm_wait;

/**
 * struct rtm_holddown - what a destination has that was ever marked for hold-down
 * @dest: the destination, constant; this goes with it
 * @timer: ends the hold; set while there is one, unless it is to last for ever
 * @asker: who alone has asked, to be compared and not to be followed: it may be gone
 * @over: the timer has come; under rtm_timers.lock
 * @hold_ms: milliseconds of a hold: the most that was asked for since the last one
 * @marked: views in which the last route is to be held
 * @held: views in which one is; read without a section, too
 * @routes: these routes, a reference each
 *
 * But for @timer and @over written in an exclusive section and read in any.
 */
struct rtm_holddown {
	struct rtm_dest *dest;
	struct rtm_timer timer;
	const struct rtm_entity *asker;
	bool over;
	u32 hold_ms;
	u32 marked;
	u32 held;
	struct rtm_route *routes[RTM_N_VIEWS];
};

/**
 * struct rtm_holddown_info - hold-down of a destination, for listings
 * @held: views with a held-down route
 * @marked: views in which the last route is to be held
 * @ms: milliseconds of a hold, while there is one what is left of it
 */
struct rtm_holddown_info {
	u32 held;
	u32 marked;
	u32 ms;
};

int rtm_holddown_mark(struct rtm_dest *dest, struct rtm_entity *entity, u32 views, u32 ms,
		      const struct rtm_wait *wait);
u32 rtm_holddown_views(const struct rtm_dest *dest);
struct rtm_route *rtm_holddown_route(const struct rtm_dest *dest, unsigned int view);
void rtm_holddown_info(const struct rtm_dest *dest, struct rtm_holddown_info *info);

void rtm_holddown_look(const struct rtm_dest *dest, struct rtm_route **best);
u32 rtm_holddown_begin(struct rtm_dest *dest, struct rtm_route *const *best);
u32 rtm_holddown_ending(const struct rtm_dest *dest);
void rtm_holddown_end(struct rtm_dest *dest, u32 views, struct rtm_route **released);
void rtm_holddown_uncharge(const struct rtm_dest *dest);

#endif /* RTM_HOLDDOWN_H */
