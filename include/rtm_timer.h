/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers: one work item per table over a queue of deadlines.
 */
#ifndef RTM_TIMER_H
#define RTM_TIMER_H

#include <linux/spinlock.h>
#include <linux/timerqueue.h>
#include <linux/workqueue.h>

#include "rtm_types.h"

struct rtm_timer;

/**
 * struct rtm_timer_ops - what happens when a deadline has come
 * @due: decide; take a reference to what the timer is part of.  The table's timers
 *	are locked, and the timer may be set anew
 * @run: do what follows from it and give the reference back; may sleep, no lock held
 */
struct rtm_timer_ops {
	void (*due)(struct rtm_timer *timer);
	void (*run)(struct rtm_timer *timer);
};

/**
 * struct rtm_timer - something that ends at some time
 * @node: in rtm_timers.queue while it is set, by CLOCK_MONOTONIC nanoseconds
 * @ops: what it is, constant
 *
 * Part of a larger object, which must not go while it is set.
 */
struct rtm_timer {
	struct timerqueue_node node;
	const struct rtm_timer_ops *ops;
};

/**
 * struct rtm_timers - the timers of a table
 * @lock: protects @queue, and what its users say; nested in a destination's section,
 *	and an event_lock is nested in it
 * @queue: timers that are set, by deadline
 * @work: runs those whose deadline has come; has a reference to the table while queued
 * @table: the table
 */
struct rtm_timers {
	spinlock_t lock; /* what it protects: above */
	struct timerqueue_head queue;
	struct delayed_work work;
	struct rtm_table *table;
};

void rtm_timers_init(struct rtm_timers *timers, struct rtm_table *table);
void rtm_timers_run(struct rtm_timers *timers, u64 now);
void rtm_timer_init(struct rtm_timer *timer, const struct rtm_timer_ops *ops);
void rtm_timer_set(struct rtm_timers *timers, struct rtm_timer *timer, u64 deadline);
void rtm_timer_cancel(struct rtm_timers *timers, struct rtm_timer *timer);
u32 rtm_timer_left_ms(const struct rtm_timer *timer);

int rtm_timer_wq_init(void);
void rtm_timer_wq_flush(void);
void rtm_timer_wq_exit(void);

#endif /* RTM_TIMER_H */
