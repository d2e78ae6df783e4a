// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destination lock, first part: who may have it, who waits, and in which order.
 *
 * How this file works: a destination that a user has locked, or that two calls
 * want at once, has a side structure with two lists.  @holds are the granted ones:
 * one entry for each (entity, thread), with two pairs of counts.  "user" counts
 * what RtmLockDestination acquired and is kept over system calls; "turn" counts
 * calls that are inside the destination now or on their way into the semaphore.
 * A hold excludes others while any of its counts says so, and is unlinked when
 * all are zero.  @waiters are the calls that have to wait, in order of arrival.
 *
 * Everything is decided by judge(), from the request and a few numbers, so that
 * granting from the queue costs one step a waiter:
 *
 *  - what a thread holds through the same entity covers what it asks for: granted,
 *    however long the queue is;
 *  - from shared to exclusive: refused when another *user* has a hold, else it
 *    waits, before all others, for the short sections that are inside;
 *  - what a thread holds through another entity either suits the request (then it
 *    must not wait, or it would wait for itself) or refuses it;
 *  - anybody else waits for what is incompatible and behind those who came first.
 *    One exception: while the queue waits for a user, a read section need not, it
 *    delays nobody.  When the user has gone it queues like all others, so readers
 *    cannot starve a writer.
 *
 * Nothing here sleeps or touches the semaphore.  The caller has the destination's
 * hashed spinlock.  A pin that has to be given up is counted in @unpin, and a hold
 * that has to be freed goes to the list "doomed": rtm_lock_side_end() does both.
 */
#include "rtm_lock_grant.h"

#include <kunit/visibility.h>
#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_net.h"
#include "rtm_table.h"
#include "rtm_trace.h"

static struct rtm_counters *counters(const struct rtm_dest_lock *side)
{
	return &side->dest->table->rnet->count;
}

static bool excludes(const struct rtm_hold *hold)
{
	return hold->user[RTM_LOCK_EXCLUSIVE] || hold->turn[RTM_LOCK_EXCLUSIVE];
}

/* The only place where counts of a linked hold change: the sums follow. */
static void count(struct rtm_dest_lock *side, struct rtm_hold *hold, u32 *counter, int by)
{
	side->n_user -= rtm_hold_is_user(hold);
	side->n_user_excl -= !!hold->user[RTM_LOCK_EXCLUSIVE];
	side->n_excl -= excludes(hold);
	*counter += by;
	side->n_user += rtm_hold_is_user(hold);
	side->n_user_excl += !!hold->user[RTM_LOCK_EXCLUSIVE];
	side->n_excl += excludes(hold);
}

/* Make an entity answerable for a hold or waiter, unless its end has begun. */
static int owner_link(struct rtm_locker *l)
{
	struct rtm_lock_owner *owner = &l->entity->locks;
	int err = 0;

	spin_lock(&owner->lock);
	if (owner->dead)
		err = -EIDRM;
	else
		list_add(&l->owner_link, &owner->lockers);
	spin_unlock(&owner->lock);
	return err;
}

static void owner_unlink(struct rtm_locker *l)
{
	struct rtm_lock_owner *owner = &l->entity->locks;

	spin_lock(&owner->lock);
	list_del_init(&l->owner_link);
	spin_unlock(&owner->lock);
}

/*
 * What the asking thread has already, as a user: through the same entity (*own) and
 * through another one (*other).  If any of these is exclusive it is the only one.
 */
static void find_mine(const struct rtm_dest_lock *side, const struct rtm_lock_request *r,
		      struct rtm_hold **own, struct rtm_hold **other)
{
	struct rtm_hold *hold;

	*own = NULL;
	*other = NULL;
	list_for_each_entry(hold, &side->holds, l.link) {
		if (hold->l.thread != r->l.thread || !rtm_hold_is_user(hold))
			continue;
		if (hold->l.entity == r->l.entity)
			*own = hold;
		else
			*other = hold;
	}
}

/* The first waiter is stopped by a user, not by a section that soon ends. */
static bool queue_waits_for_user(const struct rtm_dest_lock *side)
{
	const struct rtm_lock_request *head;

	head = list_first_entry(&side->waiters, struct rtm_lock_request, l.link);
	return head->mode == RTM_LOCK_EXCLUSIVE && !head->upgrade && side->n_user;
}

/* For a thread that has no user hold here; @ahead: others came first. */
static int judge_stranger(const struct rtm_dest_lock *side, const struct rtm_lock_request *r,
			  bool ahead)
{
	if (side->kernel || side->reaping)
		return RTM_LOCK_QUEUED;
	if (r->mode == RTM_LOCK_EXCLUSIVE)
		return side->n_holds || ahead ? RTM_LOCK_QUEUED : 0;
	if (side->n_excl)
		return RTM_LOCK_QUEUED;
	if (!ahead || (!r->user && queue_waits_for_user(side)))
		return 0;
	return RTM_LOCK_QUEUED;
}

/* For a thread that has a shared hold and wants the exclusive one. */
static int judge_upgrade(const struct rtm_dest_lock *side)
{
	if (side->n_user > 1)
		return -EACCES;
	return side->n_holds > 1 ? RTM_LOCK_QUEUED : 0;
}

static int judge(const struct rtm_dest_lock *side, const struct rtm_lock_request *r,
		 const struct rtm_hold *own, const struct rtm_hold *other, bool ahead)
{
	bool exclusive = r->mode == RTM_LOCK_EXCLUSIVE;

	if (own && (!exclusive || own->user[RTM_LOCK_EXCLUSIVE]))
		return 0;
	if (other && (exclusive || (r->user && other->user[RTM_LOCK_EXCLUSIVE])))
		return -EACCES;
	if (other)
		return 0;
	if (own)
		return judge_upgrade(side);
	return judge_stranger(side, r, ahead);
}

static void insert_hold(struct rtm_dest_lock *side, struct rtm_hold *hold)
{
	hold->l.seq = ++side->last_hold;
	hold->l.since = ktime_get_ns();
	list_add_tail(&hold->l.link, &side->holds);
	side->n_holds++;
}

/*
 * Count a request on @hold, or on its own memory.  The turn is counted together
 * with the acquisition, so that nobody takes the hold apart before the caller has
 * been in the semaphore.
 */
static int give(struct rtm_dest_lock *side, struct rtm_lock_request *r, struct rtm_hold *hold)
{
	int err;

	r->spent = !hold;
	r->turn = !r->user || !hold ||
		  (r->mode == RTM_LOCK_EXCLUSIVE && !hold->user[RTM_LOCK_EXCLUSIVE]);
	if (!hold) {
		hold = r->hold;
		if (r->user) {
			err = owner_link(&hold->l);
			if (err)
				return err;
			hold->owned = true;
			atomic64_inc(&counters(side)->locks_held);
		}
		insert_hold(side, hold);
	}
	if (r->user)
		count(side, hold, &hold->user[r->mode], 1);
	if (r->turn)
		count(side, hold, &hold->turn[r->mode], 1);
	r->hold = hold;
	if (r->user)
		trace_rtm_dest_lock(r->l.dest, r->l.entity, r->mode, RTM_LOCK_ACTION_GRANT);
	return 0;
}

/**
 * rtm_grant_init() - prepare a side structure
 * @side: zeroed memory
 * @dest: the destination
 */
void rtm_grant_init(struct rtm_dest_lock *side, struct rtm_dest *dest)
{
	side->dest = dest;
	INIT_LIST_HEAD(&side->link);
	INIT_LIST_HEAD(&side->holds);
	INIT_LIST_HEAD(&side->waiters);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_init);

/**
 * rtm_grant_ask() - grant a request, refuse it, or say that it has to wait
 * @side: side structure
 * @r: the request, not queued; @r->l.seq is its place in the queue
 *
 * Context: any; hashed spinlock held.
 *
 * Return: 0 when granted; RTM_LOCK_QUEUED when it has to wait, which the caller
 * must do by rtm_grant_queue(); -EACCES; -EIDRM for an entity whose end has begun;
 * -ENOSPC when there are too many holders or acquisitions.
 */
int rtm_grant_ask(struct rtm_dest_lock *side, struct rtm_lock_request *r)
{
	const struct rtm_locker *head;
	struct rtm_hold *own, *other;
	bool ahead;
	int err;

	find_mine(side, r, &own, &other);
	head = list_first_entry_or_null(&side->waiters, struct rtm_locker, link);
	ahead = head && head->seq < r->l.seq;
	if (own && r->user && own->user[r->mode] == U32_MAX)
		return -ENOSPC;
	err = judge(side, r, own, other, ahead);
	r->upgrade = err == RTM_LOCK_QUEUED && own;
	if (err)
		return err;
	if (!own && !r->user)
		own = other;
	if (!own && side->n_holds + side->n_waiters >= RTM_LOCK_MAX_LOCKERS)
		return -ENOSPC;
	return give(side, r, own);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_ask);

/**
 * rtm_grant_needs_user() - would a request wait for what a user does
 * @side: side structure
 * @r: a request that rtm_grant_ask() told to queue
 *
 * Context: any; hashed spinlock held.
 *
 * Return: false when only short sections and the kernel's own turns are before it.
 */
bool rtm_grant_needs_user(const struct rtm_dest_lock *side, const struct rtm_lock_request *r)
{
	if (r->upgrade)
		return false;
	if (r->mode == RTM_LOCK_EXCLUSIVE ? side->n_user : side->n_user_excl)
		return true;
	return side->n_waiters && (side->n_user || side->n_user_waiters);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_needs_user);

/**
 * rtm_grant_queue() - let a request wait
 * @side: side structure
 * @r: a request that rtm_grant_ask() told to queue
 *
 * Context: any; hashed spinlock held.
 *
 * Return: 0; -EIDRM for an entity whose end has begun; -ENOSPC.
 */
int rtm_grant_queue(struct rtm_dest_lock *side, struct rtm_lock_request *r)
{
	struct rtm_locker *before;
	int err;

	if (side->n_holds + side->n_waiters >= RTM_LOCK_MAX_LOCKERS)
		return -ENOSPC;
	err = owner_link(&r->l);
	if (err)
		return err;
	if (r->upgrade)
		r->l.seq = 0;
	list_for_each_entry_reverse(before, &side->waiters, link)
		if (before->seq <= r->l.seq)
			break;
	list_add(&r->l.link, &before->link);
	r->l.since = ktime_get_ns();
	WRITE_ONCE(r->state, RTM_LOCK_QUEUED);
	side->n_waiters++;
	side->n_user_waiters += r->user;
	atomic64_inc(&counters(side)->locks_waiting);
	trace_rtm_dest_lock(r->l.dest, r->l.entity, r->mode, RTM_LOCK_ACTION_WAIT);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_queue);

/**
 * rtm_grant_finish() - take a request out of the queue and wake its task
 * @side: side structure
 * @r: a queued request
 * @result: 0 when granted, or why not
 *
 * The task takes the hashed spinlock before it leaves, so @r is there until the
 * caller has released that.
 *
 * Context: any; hashed spinlock held.
 */
void rtm_grant_finish(struct rtm_dest_lock *side, struct rtm_lock_request *r, int result)
{
	owner_unlink(&r->l);
	list_del_init(&r->l.link);
	side->n_waiters--;
	side->n_user_waiters -= r->user;
	atomic64_dec(&counters(side)->locks_waiting);
	WRITE_ONCE(r->state, result);
	if (r->task)
		wake_up_process(r->task);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_finish);

/**
 * rtm_grant_run() - grant what can be granted, in order
 * @side: side structure
 *
 * A waiter has no hold of its own, or else it would not wait; one that wants an
 * upgrade may have lost it meanwhile and then waits for a new one.
 *
 * Context: any; hashed spinlock held.
 */
void rtm_grant_run(struct rtm_dest_lock *side)
{
	struct rtm_lock_request *r, *next;
	struct rtm_hold *own, *other;
	int err;

	list_for_each_entry_safe(r, next, &side->waiters, l.link) {
		if (side->n_excl || side->kernel || side->reaping)
			break;
		own = NULL;
		other = NULL;
		if (r->upgrade)
			find_mine(side, r, &own, &other);
		err = judge(side, r, own, other, !list_is_first(&r->l.link, &side->waiters));
		if (!err)
			err = give(side, r, own);
		if (err != RTM_LOCK_QUEUED)
			rtm_grant_finish(side, r, err);
	}
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_run);

/**
 * rtm_grant_find() - a hold that an unlock call may release
 * @side: side structure
 * @entity: the caller's entity
 * @thread: the caller
 * @mode: the mode to release
 *
 * Context: any; hashed spinlock held.
 *
 * Return: the thread's own hold if that has the mode, else the oldest one of the
 * entity that has it, else NULL.
 */
struct rtm_hold *rtm_grant_find(struct rtm_dest_lock *side, const struct rtm_entity *entity,
				const struct pid *thread, enum rtm_lock_mode mode)
{
	struct rtm_hold *found = NULL;
	struct rtm_hold *hold;

	list_for_each_entry(hold, &side->holds, l.link) {
		if (hold->l.entity != entity || !hold->user[mode])
			continue;
		if (hold->l.thread == thread)
			return hold;
		if (!found)
			found = hold;
	}
	return found;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_find);

/* After a count went down: what nothing is left of is taken apart. */
static void settle(struct rtm_dest_lock *side, struct rtm_hold *hold, struct list_head *doomed)
{
	if (rtm_hold_is_user(hold))
		return;
	if (hold->owned) {
		hold->owned = false;
		owner_unlink(&hold->l);
		atomic64_dec(&counters(side)->locks_held);
	}
	if (hold->pinned) {
		hold->pinned = false;
		side->unpin++;
	}
	if (hold->turn[RTM_LOCK_SHARED] || hold->turn[RTM_LOCK_EXCLUSIVE])
		return;
	list_del_init(&hold->l.link);
	side->n_holds--;
	if (hold->heap)
		list_add(&hold->l.link, doomed);
}

/**
 * rtm_grant_release() - one acquisition less
 * @side: side structure
 * @hold: a hold of it
 * @mode: a mode it has
 * @doomed: takes the hold if nothing is left of it
 *
 * Context: any; hashed spinlock held.
 */
void rtm_grant_release(struct rtm_dest_lock *side, struct rtm_hold *hold,
		       enum rtm_lock_mode mode, struct list_head *doomed)
{
	trace_rtm_dest_lock(hold->l.dest, hold->l.entity, mode, RTM_LOCK_ACTION_RELEASE);
	count(side, hold, &hold->user[mode], -1);
	settle(side, hold, doomed);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_release);

/**
 * rtm_grant_drop() - no acquisition any more
 * @side: side structure
 * @hold: a hold of it
 * @doomed: takes the hold if nothing is left of it
 *
 * Context: any; hashed spinlock held.
 */
void rtm_grant_drop(struct rtm_dest_lock *side, struct rtm_hold *hold, struct list_head *doomed)
{
	count(side, hold, &hold->user[RTM_LOCK_SHARED], -hold->user[RTM_LOCK_SHARED]);
	count(side, hold, &hold->user[RTM_LOCK_EXCLUSIVE], -hold->user[RTM_LOCK_EXCLUSIVE]);
	settle(side, hold, doomed);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_drop);

/**
 * rtm_grant_end_turn() - a call has left the destination
 * @side: side structure
 * @hold: the hold it had its turn under
 * @mode: mode of the turn
 * @doomed: takes the hold if nothing is left of it
 *
 * The caller still has one read count of the semaphore, which becomes the hold's
 * pin if that needs one.
 *
 * Context: any; hashed spinlock held.
 */
void rtm_grant_end_turn(struct rtm_dest_lock *side, struct rtm_hold *hold,
			enum rtm_lock_mode mode, struct list_head *doomed)
{
	count(side, hold, &hold->turn[mode], -1);
	if (rtm_hold_is_user(hold) && !hold->pinned)
		hold->pinned = true;
	else
		side->unpin++;
	settle(side, hold, doomed);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_end_turn);

/**
 * rtm_grant_idle() - is there no reason left for a side structure
 * @side: side structure
 *
 * Context: any; hashed spinlock held.
 *
 * Return: true when it can go.
 */
bool rtm_grant_idle(const struct rtm_dest_lock *side)
{
	return !side->n_holds && !side->n_waiters && !side->deferred && !side->reaping;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grant_idle);
