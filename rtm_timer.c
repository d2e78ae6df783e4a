// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers: one work item per table over a queue of deadlines.
 *
 * Few routes have a lifetime and few destinations are held down, but those that do may
 * be a million.  So none of them has a kernel timer: they are in a tree by deadline,
 * and the table has one delayed work item, set for the first of them.  What happens at
 * a deadline may sleep, which is why it is a work item.
 *
 * The work item may come too early, when the first deadline was cancelled: it looks,
 * and waits for the next.  It is cancelled with the last one, so that a table which
 * is not used any more does not wait for a time that means nothing.
 *
 * A timer that is set is in a route or a destination of the table, and whoever sets or
 * cancels it has a reference to that.  So the table cannot go meanwhile, and a reference
 * to it that is given up here is never the last one.
 */
#include "rtm_timer.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <kunit/visibility.h>

#include "rtm_table.h"

static struct workqueue_struct *timer_wq;

/**
 * rtm_timer_init() - a timer that is not set
 * @timer: part of a larger object
 * @ops: what it is
 */
void rtm_timer_init(struct rtm_timer *timer, const struct rtm_timer_ops *ops)
{
	timerqueue_init(&timer->node);
	timer->ops = ops;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_timer_init);

/* Rounded up: to be late by a tick is better than to look in vain. */
static unsigned long ticks_until(u64 deadline)
{
	u64 now = ktime_get_ns();

	return deadline > now ? nsecs_to_jiffies(deadline - now) + 1 : 0;
}

/* Look again at the first deadline. */
static void arm_locked(struct rtm_timers *timers)
{
	struct timerqueue_node *first = timerqueue_getnext(&timers->queue);

	rtm_table_hold(timers->table);
	if (mod_delayed_work(timer_wq, &timers->work, ticks_until(first->expires)))
		rtm_table_drop(timers->table);
}

/**
 * rtm_timer_set() - something is to end at some time
 * @timers: the table's
 * @timer: set already, it is set anew
 * @deadline: when, in ktime_get_ns(); may have passed
 *
 * Context: process, @timers->lock held; the caller has a reference to what the timer is
 * part of, and cancels it before it gives that up.
 */
void rtm_timer_set(struct rtm_timers *timers, struct rtm_timer *timer, u64 deadline)
{
	lockdep_assert_held(&timers->lock);
	if (timerqueue_node_queued(&timer->node))
		timerqueue_del(&timers->queue, &timer->node);
	timer->node.expires = min_t(u64, deadline, KTIME_MAX);
	if (timerqueue_add(&timers->queue, &timer->node))
		arm_locked(timers);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_timer_set);

/**
 * rtm_timer_cancel() - it does not end then
 * @timers: the table's
 * @timer: may be one that is not set
 *
 * One that is being run already goes on; whoever cares has to be told by the state of
 * what the timer is part of.
 *
 * Context: process, @timers->lock held.
 */
void rtm_timer_cancel(struct rtm_timers *timers, struct rtm_timer *timer)
{
	lockdep_assert_held(&timers->lock);
	if (!timerqueue_node_queued(&timer->node))
		return;
	timerqueue_del(&timers->queue, &timer->node);
	if (!timerqueue_getnext(&timers->queue) && cancel_delayed_work(&timers->work))
		rtm_table_drop(timers->table);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_timer_cancel);

/**
 * rtm_timer_left_ms() - time until a deadline
 * @timer: a timer that is set
 *
 * Context: the table's timers are locked.
 *
 * Return: milliseconds, rounded up, at least 1 and at most U32_MAX.
 */
u32 rtm_timer_left_ms(const struct rtm_timer *timer)
{
	s64 left = timer->node.expires - ktime_get();

	return clamp_t(s64, DIV_ROUND_UP_ULL(max_t(s64, left, 0), NSEC_PER_MSEC), 1, U32_MAX);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_timer_left_ms);

/* The first timer whose deadline has come, not set any more unless it wants to be. */
static struct rtm_timer *pop_due(struct rtm_timers *timers, u64 now)
{
	struct timerqueue_node *first;
	struct rtm_timer *timer = NULL;

	spin_lock(&timers->lock);
	first = timerqueue_getnext(&timers->queue);
	if (first && first->expires <= now) {
		timer = container_of(first, struct rtm_timer, node);
		timerqueue_del(&timers->queue, first);
		timer->ops->due(timer);
	} else if (first) {
		arm_locked(timers);
	}
	spin_unlock(&timers->lock);
	return timer;
}

/**
 * rtm_timers_run() - end all whose deadline has come
 * @timers: the table's
 * @now: what time it is, in ktime_get_ns()
 *
 * Context: process, may sleep, no lock held; the caller has a reference to the table.
 */
void rtm_timers_run(struct rtm_timers *timers, u64 now)
{
	struct rtm_timer *timer;

	while ((timer = pop_due(timers, now))) {
		timer->ops->run(timer);
		cond_resched();
	}
}
EXPORT_SYMBOL_IF_KUNIT(rtm_timers_run);

static void timers_work(struct work_struct *work)
{
	struct rtm_timers *timers = container_of(to_delayed_work(work), struct rtm_timers, work);
	struct rtm_table *table = timers->table;

	rtm_timers_run(timers, ktime_get_ns());
	rtm_table_put(table);
}

/**
 * rtm_timers_init() - a table without timers
 * @timers: the table's
 * @table: the table
 */
void rtm_timers_init(struct rtm_timers *timers, struct rtm_table *table)
{
	spin_lock_init(&timers->lock);
	timerqueue_init_head(&timers->queue);
	INIT_DELAYED_WORK(&timers->work, timers_work);
	timers->table = table;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_timers_init);

/**
 * rtm_timer_wq_flush() - wait for what has been running
 *
 * For the end of a namespace: without routes and holds no timer is set any more.
 *
 * Context: process, may sleep, no lock held, RTNL neither.
 */
void rtm_timer_wq_flush(void)
{
	flush_workqueue(timer_wq);
}

/**
 * rtm_timer_wq_init() - make what all timers share
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_timer_wq_init(void)
{
	timer_wq = alloc_workqueue("rtm_timer", WQ_UNBOUND, 0);
	return timer_wq ? 0 : -ENOMEM;
}

/**
 * rtm_timer_wq_exit() - undo rtm_timer_wq_init()
 */
void rtm_timer_wq_exit(void)
{
	destroy_workqueue(timer_wq);
}
