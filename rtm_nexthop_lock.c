// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks of next hops: RtmLockNextHop.
 *
 * Only its owner can lock a next hop, so all who ever meet here are threads with the
 * same registration, and what they do to each other is all there is to it: nothing in
 * the kernel waits for such a lock, and a next hop can be read, changed and deleted
 * while somebody has it locked.  What the lock is for is the copy that the holder
 * edits in its own memory and that the end of an exclusive lock commits.
 *
 * A lock belongs to a thread, which may take it again, and take it exclusively when
 * nobody else has it.  Requests are answered in the order in which they came, but
 * those of a thread that has the next hop locked already never wait.  A release that
 * names a mode the calling thread does not have ends that of another thread, as for
 * destinations.
 *
 * Locks are few and short, so they are in one list of their owner, and all who wait
 * look again when something has changed.  A process that dies gives its locks back in
 * the flush of its file; where it could not, because the file lives on elsewhere and
 * it was killed between the two, those who wait find out by themselves.
 */
#include "rtm_nexthop_lock.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <kunit/visibility.h>
#include <uapi/linux/rtm.h>

#include "rtm_entity.h"
#include "rtm_nexthop.h"

/* How often those who wait look for dead holders. */
#define LOOK_JIFFIES	HZ

/**
 * struct nexthop_hold - a next hop that a thread has locked
 * @link: in rtm_nexthop_locks.holds
 * @nh: the next hop, holds a reference
 * @thread: who, holds a reference
 * @process: and its process, likewise
 * @count: by mode, how often
 */
struct nexthop_hold {
	struct list_head link;
	struct rtm_nexthop *nh;
	struct pid *thread;
	struct pid *process;
	u32 count[2];
};

/**
 * struct nexthop_waiter - a request, on the stack of its call
 * @link: in rtm_nexthop_locks.waiters
 * @nh: the next hop
 * @mode: how it is wanted
 * @thread: who asks
 * @process: and its process
 * @gone: the process gave its file up meanwhile
 * @fresh: memory for a hold, NULL once that is in use
 */
struct nexthop_waiter {
	struct list_head link;
	struct rtm_nexthop *nh;
	enum rtm_lock_mode mode;
	struct pid *thread;
	struct pid *process;
	bool gone;
	struct nexthop_hold *fresh;
};

/**
 * rtm_nexthop_locks_init() - an entity without locks
 * @locks: the entity's
 */
void rtm_nexthop_locks_init(struct rtm_nexthop_locks *locks)
{
	spin_lock_init(&locks->lock);
	INIT_LIST_HEAD(&locks->holds);
	INIT_LIST_HEAD(&locks->waiters);
	init_waitqueue_head(&locks->changed);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_nexthop_locks_init);

/**
 * rtm_nexthop_locks_revive() - an entity that was kept is registered again
 * @locks: the entity's, after rtm_nexthop_locks_close()
 */
void rtm_nexthop_locks_revive(struct rtm_nexthop_locks *locks)
{
	spin_lock(&locks->lock);
	locks->dead = false;
	spin_unlock(&locks->lock);
}

static struct nexthop_hold *hold_alloc(struct rtm_nexthop *nh)
{
	struct nexthop_hold *hold = kzalloc(sizeof(*hold), RTM_GFP_CLIENT);

	if (!hold)
		return NULL;
	rtm_nexthop_hold(nh);
	hold->nh = nh;
	hold->thread = get_pid(task_pid(current));
	hold->process = get_pid(task_tgid(current));
	return hold;
}

static void hold_free(struct nexthop_hold *hold)
{
	put_pid(hold->thread);
	put_pid(hold->process);
	rtm_nexthop_put(hold->nh);
	kfree(hold);
}

static void free_all(struct list_head *doomed)
{
	struct nexthop_hold *hold, *next;

	list_for_each_entry_safe(hold, next, doomed, link) {
		list_del(&hold->link);
		hold_free(hold);
	}
}

/* The hold of the calling thread, or that of any other of the owner that has @mode. */
static struct nexthop_hold *find_hold(const struct rtm_nexthop_locks *locks,
				      const struct rtm_nexthop *nh, enum rtm_lock_mode mode)
{
	struct nexthop_hold *found = NULL;
	struct nexthop_hold *hold;

	list_for_each_entry(hold, &locks->holds, link) {
		if (hold->nh != nh || !hold->count[mode])
			continue;
		if (hold->thread == task_pid(current))
			return hold;
		if (!found)
			found = hold;
	}
	return found;
}

static struct nexthop_hold *own_hold(const struct rtm_nexthop_locks *locks,
				     const struct nexthop_waiter *w)
{
	struct nexthop_hold *hold;

	list_for_each_entry(hold, &locks->holds, link)
		if (hold->nh == w->nh && hold->thread == w->thread)
			return hold;
	return NULL;
}

/* Somebody else has it in a way that forbids what is wanted. */
static bool conflicts(const struct rtm_nexthop_locks *locks, const struct nexthop_waiter *w)
{
	const struct nexthop_hold *hold;

	list_for_each_entry(hold, &locks->holds, link)
		if (hold->nh == w->nh && hold->thread != w->thread &&
		    (w->mode == RTM_LOCK_EXCLUSIVE || hold->count[RTM_LOCK_EXCLUSIVE]))
			return true;
	return false;
}

static bool is_first(const struct rtm_nexthop_locks *locks, const struct nexthop_waiter *w)
{
	const struct nexthop_waiter *other;

	list_for_each_entry(other, &locks->waiters, link) {
		if (other == w)
			return true;
		if (other->nh == w->nh)
			return false;
	}
	return false;
}

static bool covers(const struct nexthop_hold *hold, enum rtm_lock_mode mode)
{
	return mode == RTM_LOCK_SHARED || hold->count[RTM_LOCK_EXCLUSIVE];
}

/* A thread that has it asks again; never waits. */
static int take_again(const struct rtm_nexthop_locks *locks, const struct nexthop_waiter *w,
		      struct nexthop_hold *hold)
{
	if (!covers(hold, w->mode) && conflicts(locks, w))
		return -EACCES;
	if (hold->count[w->mode] == U32_MAX)
		return -ENOSPC;
	hold->count[w->mode]++;
	return 0;
}

static int take(struct rtm_nexthop_locks *locks, struct nexthop_waiter *w)
{
	if (locks->n_holds >= RTM_MAX_NEXTHOP_LOCKS)
		return -ENOSPC;
	w->fresh->count[w->mode] = 1;
	list_add_tail(&w->fresh->link, &locks->holds);
	w->fresh = NULL;
	locks->n_holds++;
	return 0;
}

/* -EAGAIN: has to wait. */
static int try_lock(struct rtm_nexthop_locks *locks, struct nexthop_waiter *w)
{
	struct nexthop_hold *hold;
	int err;

	spin_lock(&locks->lock);
	hold = own_hold(locks, w);
	if (locks->dead || w->gone)
		err = -EIDRM;
	else if (hold)
		err = take_again(locks, w, hold);
	else if (conflicts(locks, w) || !is_first(locks, w))
		err = -EAGAIN;
	else
		err = take(locks, w);
	spin_unlock(&locks->lock);
	return err;
}

/* Move the holds that @ends says to @doomed; locked. */
static void take_away(struct rtm_nexthop_locks *locks, struct list_head *doomed,
		      bool (*ends)(const struct nexthop_hold *hold, const struct pid *process),
		      const struct pid *process)
{
	struct nexthop_hold *hold, *next;

	list_for_each_entry_safe(hold, next, &locks->holds, link) {
		if (!ends(hold, process))
			continue;
		list_move(&hold->link, doomed);
		locks->n_holds--;
	}
}

static bool is_of(const struct nexthop_hold *hold, const struct pid *process)
{
	return !process || hold->process == process;
}

static bool is_dead(const struct nexthop_hold *hold, const struct pid *process)
{
	return rtm_process_is_dead(hold->process);
}

static void look_around(struct rtm_nexthop_locks *locks)
{
	LIST_HEAD(doomed);

	spin_lock(&locks->lock);
	take_away(locks, &doomed, is_dead, NULL);
	spin_unlock(&locks->lock);
	if (!list_empty(&doomed))
		wake_up_all(&locks->changed);
	free_all(&doomed);
}

/* Jiffies until somebody has to look; 0 when the time is over. */
static long wait_slice(const struct rtm_wait *wait)
{
	u64 now = ktime_get_ns();

	if (!wait->deadline)
		return LOOK_JIFFIES;
	if (wait->deadline <= now)
		return 0;
	return min_t(u64, nsecs_to_jiffies64(wait->deadline - now) + 1, LOOK_JIFFIES);
}

static int wait_turn(struct rtm_nexthop_locks *locks, struct nexthop_waiter *w,
		     const struct rtm_wait *wait)
{
	int err = try_lock(locks, w);
	long slice, ret;

	while (err == -EAGAIN && !wait->nowait) {
		slice = wait_slice(wait);
		if (!slice)
			return -ETIMEDOUT;
		look_around(locks);
		ret = wait_event_interruptible_timeout(locks->changed,
						       (err = try_lock(locks, w)) != -EAGAIN,
						       slice);
		if (ret < 0)
			return ret;
	}
	return err;
}

/**
 * rtm_nexthop_lock() - RtmLockNextHop, acquiring
 * @owner: the caller's entity, owner of the next hop
 * @nh: the next hop
 * @mode: shared or exclusive
 * @wait: how long to wait
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: 0; -EACCES for an upgrade while others have it; -EAGAIN, -ETIMEDOUT or
 * -ERESTARTSYS; -EIDRM when the registration has ended; -ENOSPC, -ENOMEM.
 */
int rtm_nexthop_lock(struct rtm_entity *owner, struct rtm_nexthop *nh, enum rtm_lock_mode mode,
		     const struct rtm_wait *wait)
{
	struct rtm_nexthop_locks *locks = &owner->nexthop_locks;
	struct nexthop_waiter w = {
		.nh = nh,
		.mode = mode,
		.thread = task_pid(current),
		.process = task_tgid(current),
		.fresh = hold_alloc(nh),
	};
	int err;

	if (!w.fresh)
		return -ENOMEM;
	spin_lock(&locks->lock);
	list_add_tail(&w.link, &locks->waiters);
	spin_unlock(&locks->lock);
	err = wait_turn(locks, &w, wait);
	spin_lock(&locks->lock);
	list_del(&w.link);
	spin_unlock(&locks->lock);
	wake_up_all(&locks->changed);
	if (w.fresh)
		hold_free(w.fresh);
	return err;
}

/**
 * rtm_nexthop_unlock() - RtmLockNextHop, releasing
 * @owner: the caller's entity
 * @nh: the next hop
 * @mode: mode to release
 *
 * Of several calls that name one lock one succeeds.
 *
 * Context: process, may sleep.  With the table's lock held the caller needs a reference
 * to @nh of his own.
 *
 * Return: 0; -EACCES when the entity has nothing of the kind.
 */
int rtm_nexthop_unlock(struct rtm_entity *owner, struct rtm_nexthop *nh, enum rtm_lock_mode mode)
{
	struct rtm_nexthop_locks *locks = &owner->nexthop_locks;
	struct nexthop_hold *hold;
	bool last = false;

	spin_lock(&locks->lock);
	hold = find_hold(locks, nh, mode);
	if (hold) {
		hold->count[mode]--;
		last = !hold->count[RTM_LOCK_SHARED] && !hold->count[RTM_LOCK_EXCLUSIVE];
	}
	if (last) {
		list_del(&hold->link);
		locks->n_holds--;
	}
	spin_unlock(&locks->lock);
	wake_up_all(&locks->changed);
	if (last)
		hold_free(hold);
	return hold ? 0 : -EACCES;
}

/**
 * rtm_nexthop_locks_drop() - a process has no descriptor of a file any more
 * @owner: an entity of that file
 * @holder: process whose locks end; NULL: those of every process
 * @waiter: process whose requests end; NULL: those of every process
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_nexthop_locks_drop(struct rtm_entity *owner, const struct pid *holder,
			    const struct pid *waiter)
{
	struct rtm_nexthop_locks *locks = &owner->nexthop_locks;
	struct nexthop_waiter *w;
	LIST_HEAD(doomed);

	spin_lock(&locks->lock);
	list_for_each_entry(w, &locks->waiters, link)
		w->gone |= !waiter || w->process == waiter;
	take_away(locks, &doomed, is_of, holder);
	spin_unlock(&locks->lock);
	wake_up_all(&locks->changed);
	free_all(&doomed);
}

/**
 * rtm_nexthop_locks_close() - a registration ends: so do its locks and waiting calls
 * @owner: the entity
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_nexthop_locks_close(struct rtm_entity *owner)
{
	spin_lock(&owner->nexthop_locks.lock);
	owner->nexthop_locks.dead = true;
	spin_unlock(&owner->nexthop_locks.lock);
	rtm_nexthop_locks_drop(owner, NULL, NULL);
}
