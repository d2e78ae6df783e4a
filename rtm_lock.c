// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destination lock, second part: the semaphore, the waiting, and everybody's turn.
 *
 * How this file works: this is the only user of rtm_lockable.sem.  A user's lock is
 * that semaphore, taken for write or read, but it cannot stay *owned* by a task
 * over the return to user space: an rw_semaphore remembers its writer and looks at
 * that task later, only the writer may release it, and lockdep wants it released
 * before the system call ends.  So the exclusive holder downgrades, both hand
 * their acquisition over to nobody (rwsem_release() for lockdep), and what stays is
 * a read count without an owner, the pin, which any task may give up.  That the
 * exclusive holder is alone is then guaranteed by the grant list
 * (rtm_lock_grant.c), while the pin keeps out every writer, even one that would
 * forget to ask there.
 *
 * From this follows the rule that all depends on: *nobody queues in the semaphore
 * behind a user*.  A writer waiting behind a pin would wait as long as the user
 * likes, without being killable, and would stop all readers, too.  Therefore:
 *
 *  - who has a grant goes into the semaphore by down_read() or down_write(): only
 *    short sections can be inside, because a grant is given when no pin stands
 *    against it, and keeps out users until it is given back;
 *  - who has no grant gets in by trylock only.  This is how nearly all sections run:
 *    no side structure, nothing recorded, nothing allocated;
 *  - the kernel reads by plain down_read(): pins are read counts, and the writers
 *    above end soon;
 *  - the kernel writes after it has closed the grant list to others, and only when
 *    no user has a hold; else its turn is deferred to the last release.
 *
 * Whether a destination has a side structure is tested, and it is published and
 * dropped, under one spinlock out of an array, by hash of the address.  The trylock
 * runs under the same spinlock, so the answer "nobody, go in" cannot get stale.
 * The spinlock protects the side structure's content as well, so none is dropped
 * under somebody's eyes.  No two of them are ever held together.
 *
 * rtm_lock_side_begin() and rtm_lock_side_end() bracket every change.  The end
 * does what follows from it: gives up pins, starts a deferred turn, grants waiters,
 * drops the structure when it is idle, and after unlocking puts references, which
 * may sleep.
 */
#include "rtm_lock.h"

#include <kunit/visibility.h>
#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/hrtimer.h>
#include <linux/log2.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_lock_grant.h"

/* How often somebody who waits looks for holders that died without a word. */
#define SWEEP_NS	NSEC_PER_SEC

/**
 * struct bucket - the destinations of one hash value
 * @lock: protects rtm_lockable.side of these destinations and all that side
 *	structures contain; nests nothing but rtm_lock_owner.lock
 * @seq: last number given to a side structure or a request
 * @sides: side structures, by number
 * @kernel: the destination the kernel has a turn in; written under @turn and @lock
 * @turn: serialises the kernel's turns, so that one needs no memory to be known;
 *	outside of rtm_lockable.sem
 */
struct bucket {
	spinlock_t lock;	/* protects sides, see above */
	u64 seq;
	struct list_head sides;
	const struct rtm_lockable *kernel;
	struct mutex turn;	/* one kernel turn at a time */
} ____cacheline_aligned_in_smp;

static struct bucket buckets[RTM_LOCK_N_BUCKETS];

/* Runs deferred turns. */
static struct workqueue_struct *reap_wq;

#if IS_ENABLED(CONFIG_KUNIT)
const struct rtm_lock_hooks *rtm_lock_hooks;
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_hooks);

static void window(struct rtm_dest *dest, enum rtm_lock_window at)
{
	const struct rtm_lock_hooks *hooks = READ_ONCE(rtm_lock_hooks);

	if (hooks && hooks->window)
		hooks->window(dest, at);
}

static void reap(struct rtm_dest *dest)
{
	const struct rtm_lock_hooks *hooks = READ_ONCE(rtm_lock_hooks);

	if (hooks && hooks->reap)
		hooks->reap(dest);
	else
		rtm_dest_reap(dest);
}
#else
static void window(struct rtm_dest *dest, enum rtm_lock_window at)
{
}

static void reap(struct rtm_dest *dest)
{
	rtm_dest_reap(dest);
}
#endif

static struct bucket *bucket_of(const struct rtm_dest *dest)
{
	return &buckets[hash_ptr(dest, ilog2(RTM_LOCK_N_BUCKETS))];
}

/*
 * Side structures
 */

/* Each hold may be the one for which a destination has its side structure. */
#define HOLD_BYTES	(sizeof(struct rtm_hold) + sizeof(struct rtm_dest_lock))

static void free_holds(struct list_head *doomed)
{
	struct rtm_hold *hold, *next;

	list_for_each_entry_safe(hold, next, doomed, l.link) {
		put_pid(hold->l.thread);
		put_pid(hold->l.process);
		rtm_uncharge(hold->l.entity, RTM_RES_BYTES, HOLD_BYTES);
		rtm_entity_put(hold->l.entity);
		rtm_dest_put(hold->l.dest);
		kfree(hold);
	}
}

/*
 * The turn that met a user's hold and was put off.  Grants have been closed since
 * the last hold went, and are opened again when it is over.
 */
static void reap_work(struct work_struct *work)
{
	struct rtm_dest_lock *side = container_of(work, struct rtm_dest_lock, work);
	struct rtm_dest *dest = side->dest;
	LIST_HEAD(doomed);

	reap(dest);
	rtm_lock_side_begin(dest);
	side->reaping = false;
	rtm_lock_side_end(dest, &doomed);
	rtm_dest_put(dest);
}

static struct rtm_dest_lock *alloc_side(struct rtm_dest *dest)
{
	struct rtm_dest_lock *side = kzalloc(sizeof(*side), RTM_GFP_CLIENT);

	if (side) {
		rtm_grant_init(side, dest);
		INIT_WORK(&side->work, reap_work);
	}
	return side;
}

static void publish_side(struct rtm_dest_lock *side)
{
	struct rtm_lockable *l = &side->dest->lockable;
	struct bucket *b = bucket_of(side->dest);

	side->seq = ++b->seq;
	side->kernel = b->kernel == l;
	list_add_tail(&side->link, &b->sides);
	l->side = side;
}

/**
 * rtm_lock_side_begin() - lock a destination's side structure
 * @dest: the destination
 *
 * Context: process; to be followed by rtm_lock_side_end().
 *
 * Return: the side structure, or NULL when there is none: nobody holds the
 * destination and nobody waits for it.
 */
struct rtm_dest_lock *rtm_lock_side_begin(struct rtm_dest *dest)
	__acquires(bucket)
{
	struct bucket *b = bucket_of(dest);

	spin_lock(&b->lock);
	return dest->lockable.side;
}

/**
 * rtm_lock_side_end() - do what follows from a change, and unlock
 * @dest: the destination
 * @doomed: holds to free
 *
 * Context: process, may sleep once it has unlocked.
 */
void rtm_lock_side_end(struct rtm_dest *dest, struct list_head *doomed)
	__releases(bucket)
{
	struct rtm_dest_lock *side = dest->lockable.side;
	struct bucket *b = bucket_of(dest);

	if (side) {
		for (; side->unpin; side->unpin--)
			up_read_non_owner(&dest->lockable.sem);
		if (side->deferred && !side->n_user) {
			side->deferred = false;
			side->reaping = true;
			rtm_dest_hold(dest);
			queue_work(reap_wq, &side->work);
		}
		rtm_grant_run(side);
		if (rtm_grant_idle(side)) {
			dest->lockable.side = NULL;
			list_del(&side->link);
			kfree(side);
		}
	}
	spin_unlock(&b->lock);
	free_holds(doomed);
}

/**
 * rtm_lock_bucket_begin() - lock all side structures of a hash bucket
 * @bucket: number of the bucket, below RTM_LOCK_N_BUCKETS
 *
 * Context: process; to be followed by rtm_lock_bucket_end().
 *
 * Return: the list of side structures in ascending order of their numbers.
 */
struct list_head *rtm_lock_bucket_begin(u64 bucket)
	__acquires(bucket)
{
	spin_lock(&buckets[bucket].lock);
	return &buckets[bucket].sides;
}

/**
 * rtm_lock_bucket_end() - unlock a hash bucket
 * @bucket: its number
 *
 * Context: as rtm_lock_bucket_begin() left it.
 */
void rtm_lock_bucket_end(u64 bucket)
	__releases(bucket)
{
	spin_unlock(&buckets[bucket].lock);
}

/*
 * The semaphore
 */

/* Without a grant: the hashed spinlock is held and there is no side structure. */
static bool enter_free(struct rtm_dest *dest, enum rtm_lock_mode mode)
{
	const struct bucket *b = bucket_of(dest);
	struct rtm_lockable *l = &dest->lockable;

	lockdep_assert_held(&b->lock);
	if (b->kernel == l)
		return false;
	return mode == RTM_LOCK_EXCLUSIVE ? down_write_trylock(&l->sem) :
					    down_read_trylock(&l->sem);
}

/*
 * With a grant.  An exclusive turn under the thread's own pin gives that up first;
 * the grant keeps everybody else out meanwhile.
 */
static void enter_granted(struct rtm_dest *dest, struct rtm_hold *hold, enum rtm_lock_mode mode)
{
	LIST_HEAD(doomed);

	window(dest, RTM_LOCK_WINDOW_GRANTED);
	if (mode == RTM_LOCK_SHARED) {
		down_read(&dest->lockable.sem);
		return;
	}
	if (hold->heap) {
		rtm_lock_side_begin(dest)->unpin += hold->pinned;
		hold->pinned = false;
		rtm_lock_side_end(dest, &doomed);
	}
	down_write(&dest->lockable.sem);
}

/* What is left of the turn is a read count without an owner: a pin, or given up. */
static void leave_granted(struct rtm_dest *dest, struct rtm_hold *hold, enum rtm_lock_mode mode)
{
	struct rtm_lockable *l = &dest->lockable;
	LIST_HEAD(doomed);

	if (mode == RTM_LOCK_EXCLUSIVE)
		downgrade_write(&l->sem);
	rwsem_release(&l->sem.dep_map, _RET_IP_);
	rtm_grant_end_turn(rtm_lock_side_begin(dest), hold, mode, &doomed);
	rtm_lock_side_end(dest, &doomed);
}

/*
 * Requests and waiting
 */

static void init_hold(struct rtm_hold *hold, struct rtm_dest *dest, struct rtm_entity *entity)
{
	memset(hold, 0, sizeof(*hold));
	INIT_LIST_HEAD(&hold->l.link);
	INIT_LIST_HEAD(&hold->l.owner_link);
	hold->l.dest = dest;
	hold->l.entity = entity;
	hold->l.thread = task_pid(current);
	hold->l.process = task_tgid(current);
}

static void init_request(struct rtm_lock_request *r, struct rtm_hold *hold,
			 enum rtm_lock_mode mode, bool user)
{
	memset(r, 0, sizeof(*r));
	INIT_LIST_HEAD(&r->l.link);
	INIT_LIST_HEAD(&r->l.owner_link);
	r->l.dest = hold->l.dest;
	r->l.entity = hold->l.entity;
	r->l.thread = hold->l.thread;
	r->l.process = hold->l.process;
	r->task = current;
	r->hold = hold;
	r->mode = mode;
	r->user = user;
}

/* Sleep until woken, or until it is time to look around.  The task's state is set. */
static void sleep_until(u64 deadline)
{
	ktime_t expires = min_t(u64, ktime_get_ns() + SWEEP_NS, deadline);

	schedule_hrtimeout_range(&expires, 0, HRTIMER_MODE_ABS);
}

/* Look for dead holders, one waiter a second. */
static void look_around(struct rtm_lock_request *r)
{
	struct rtm_dest_lock *side;
	LIST_HEAD(doomed);

	side = rtm_lock_side_begin(r->l.dest);
	if (r->state == RTM_LOCK_QUEUED && ktime_get_ns() >= side->next_sweep) {
		side->next_sweep = ktime_get_ns() + SWEEP_NS;
		rtm_lock_sweep(side, &doomed);
	}
	rtm_lock_side_end(r->l.dest, &doomed);
}

/* Returns why the task stopped waiting; 0 when it has its answer. */
static int wait_for_answer(struct rtm_lock_request *r, u64 deadline)
{
	int err = 0;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(r->state) != RTM_LOCK_QUEUED)
			break;
		if (signal_pending(current)) {
			err = -ERESTARTSYS;
			break;
		}
		if (ktime_get_ns() >= deadline) {
			err = -ETIMEDOUT;
			break;
		}
		sleep_until(deadline);
		look_around(r);
	}
	__set_current_state(TASK_RUNNING);
	return err;
}

/*
 * Wait for the answer to a queued request.  An answer that came together with the
 * signal or the end of the time wins.  Taking the spinlock is needed even with an
 * answer: who gave it may still be looking at @r.
 */
static int wait_request(struct rtm_lock_request *r, u64 deadline)
{
	struct rtm_dest_lock *side;
	LIST_HEAD(doomed);
	int err;

	err = wait_for_answer(r, deadline && deadline < KTIME_MAX ? deadline : KTIME_MAX);
	side = rtm_lock_side_begin(r->l.dest);
	if (r->state == RTM_LOCK_QUEUED)
		rtm_grant_finish(side, r, err);
	else
		err = r->state;
	rtm_lock_side_end(r->l.dest, &doomed);
	if (err == -ERESTARTSYS)
		rtm_lock_ticket_park(r);
	return err;
}

/* Grant, refuse or queue a request; the side structure is locked. */
static int submit_request(struct rtm_dest_lock *side, struct rtm_lock_request *r,
			  const struct rtm_wait *wait, struct list_head *doomed)
{
	int err;

	r->l.seq = rtm_lock_ticket_claim(r) ?: ++bucket_of(side->dest)->seq;
	err = rtm_grant_ask(side, r);
	if (err && rtm_lock_sweep(side, doomed))
		err = rtm_grant_ask(side, r);
	if (err == RTM_LOCK_QUEUED && wait && wait->nowait && rtm_grant_needs_user(side, r))
		err = -EAGAIN;
	if (err == RTM_LOCK_QUEUED)
		err = rtm_grant_queue(side, r) ?: RTM_LOCK_QUEUED;
	return err;
}

/*
 * Ask, and wait if need be.  A section goes in at once where it can: INSIDE.  All
 * others need a side structure, which is made outside of the spinlock, and then the
 * question is asked again.
 */
#define INSIDE	1

static int run_request(struct rtm_lock_request *r, const struct rtm_wait *wait)
{
	struct rtm_dest_lock *spare = NULL;
	struct rtm_dest *dest = r->l.dest;
	struct rtm_dest_lock *side;
	LIST_HEAD(doomed);
	int err;

	for (;;) {
		side = rtm_lock_side_begin(dest);
		if (!side && !r->user && enter_free(dest, r->mode)) {
			err = INSIDE;
			break;
		}
		if (!side && spare) {
			side = spare;
			spare = NULL;
			publish_side(side);
		}
		if (side) {
			err = submit_request(side, r, wait, &doomed);
			break;
		}
		rtm_lock_side_end(dest, &doomed);
		window(dest, RTM_LOCK_WINDOW_TESTED);
		spare = alloc_side(dest);
		if (!spare)
			return -ENOMEM;
	}
	rtm_lock_side_end(dest, &doomed);
	kfree(spare);
	if (err == RTM_LOCK_QUEUED)
		err = wait_request(r, wait ? wait->deadline : 0);
	return err;
}

/*
 * Users
 */

static struct rtm_hold *alloc_hold(struct rtm_dest *dest, struct rtm_entity *entity)
{
	struct rtm_hold *hold;
	int err;

	err = rtm_charge(entity, RTM_RES_BYTES, HOLD_BYTES);
	if (err)
		return ERR_PTR(err);
	hold = kmalloc(sizeof(*hold), RTM_GFP_CLIENT);
	if (!hold) {
		rtm_uncharge(entity, RTM_RES_BYTES, HOLD_BYTES);
		return ERR_PTR(-ENOMEM);
	}
	init_hold(hold, dest, entity);
	hold->heap = true;
	rtm_dest_hold(dest);
	rtm_entity_hold(entity);
	get_pid(hold->l.thread);
	get_pid(hold->l.process);
	return hold;
}

/**
 * rtm_lock_dest() - RtmLockDestination, acquiring
 * @dest: the destination; the caller has a reference
 * @entity: the caller's entity, of the same table
 * @mode: shared or exclusive
 * @wait: how long to wait; NULL for ever
 *
 * Context: process, may sleep; no other lock held.
 *
 * Return: 0; -EACCES for an upgrade while others hold the destination, or when the
 * thread holds it through another entity in a way that forbids @mode; -ERESTARTSYS,
 * -ETIMEDOUT or -EAGAIN, nothing more being held than before; -EIDRM when the
 * entity has been deregistered; -ENOMEM, -ENOSPC.
 */
int rtm_lock_dest(struct rtm_dest *dest, struct rtm_entity *entity, enum rtm_lock_mode mode,
		  const struct rtm_wait *wait)
{
	struct rtm_lock_request r;
	struct rtm_hold *hold;
	LIST_HEAD(doomed);
	int err;

	hold = alloc_hold(dest, entity);
	if (IS_ERR(hold))
		return PTR_ERR(hold);
	init_request(&r, hold, mode, true);
	err = run_request(&r, wait);
	if (err || !r.spent)
		list_add(&hold->l.link, &doomed);
	if (!err && r.turn) {
		enter_granted(dest, r.hold, mode);
		leave_granted(dest, r.hold, mode);
	}
	free_holds(&doomed);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_dest);

/**
 * rtm_unlock_dest() - RtmLockDestination, releasing
 * @dest: the destination; the caller has a reference
 * @entity: the caller's entity
 * @mode: mode to release
 * @left: opt out: how often the same thread still has it in this mode
 *
 * Releases an acquisition of the calling thread if that has one in this mode, else
 * one of another thread of the entity.
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EACCES when the entity has nothing of the kind.
 */
int rtm_unlock_dest(struct rtm_dest *dest, struct rtm_entity *entity, enum rtm_lock_mode mode,
		    u64 *left)
{
	struct rtm_hold *hold = NULL;
	struct rtm_dest_lock *side;
	LIST_HEAD(doomed);

	side = rtm_lock_side_begin(dest);
	if (side)
		hold = rtm_grant_find(side, entity, task_pid(current), mode);
	if (hold && left)
		*left = hold->user[mode] - 1;
	if (hold)
		rtm_grant_release(side, hold, mode, &doomed);
	rtm_lock_side_end(dest, &doomed);
	return hold ? 0 : -EACCES;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_unlock_dest);

/*
 * Sections
 */

static noinline int begin_granted(struct rtm_section *s, struct rtm_entity *entity,
				  const struct rtm_wait *wait)
{
	struct rtm_lock_request r;
	int err;

	init_hold(&s->own, s->dest, entity);
	init_request(&r, &s->own, s->mode, false);
	err = run_request(&r, wait);
	if (err)
		return err == INSIDE ? 0 : err;
	s->hold = r.hold;
	enter_granted(s->dest, s->hold, s->mode);
	return 0;
}

/**
 * rtm_section_begin() - a client's turn in a destination
 * @s: memory, need not be initialised
 * @dest: the destination; the caller has a reference until rtm_section_end()
 * @entity: the caller's entity
 * @mode: exclusive to change the destination or its routes, shared to read them
 * @wait: how long to wait for a user's lock; NULL for ever
 *
 * Runs under the calling thread's own hold.  A section is short: no access to user
 * memory, no other destination, no RTNL, no waiting for a user.
 *
 * Context: process, may sleep; no other lock held.
 *
 * Return: 0, and then rtm_section_end() must follow in the same task; or as
 * rtm_lock_dest().
 */
int rtm_section_begin(struct rtm_section *s, struct rtm_dest *dest, struct rtm_entity *entity,
		      enum rtm_lock_mode mode, const struct rtm_wait *wait)
{
	struct bucket *b = bucket_of(dest);
	int err = 0;
	bool in;

	if (READ_ONCE(entity->locks.dead))
		return -EIDRM;
	s->dest = dest;
	s->hold = NULL;
	s->mode = mode;
	spin_lock(&b->lock);
	in = !dest->lockable.side && enter_free(dest, mode);
	spin_unlock(&b->lock);
	if (!in)
		err = begin_granted(s, entity, wait);
	if (err)
		s->dest = NULL;
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_section_begin);

/**
 * rtm_section_end() - the end of a client's turn
 * @s: as rtm_section_begin() made it; nothing happens if it has ended already
 *
 * Context: process, may sleep.
 */
void rtm_section_end(struct rtm_section *s)
{
	struct rtm_dest *dest = s->dest;

	if (!dest)
		return;
	s->dest = NULL;
	if (s->hold)
		leave_granted(dest, s->hold, s->mode);
	else if (s->mode == RTM_LOCK_EXCLUSIVE)
		up_write(&dest->lockable.sem);
	else
		up_read(&dest->lockable.sem);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_section_end);

/*
 * The kernel's own turns
 */

/**
 * rtm_kernel_read_begin() - the kernel looks at a destination
 * @dest: the destination; the caller has a reference until rtm_kernel_read_end()
 *
 * Sees what is committed, whoever has it locked.
 *
 * Context: process, may sleep, but never waits for a user.
 */
void rtm_kernel_read_begin(struct rtm_dest *dest)
{
	down_read(&dest->lockable.sem);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_kernel_read_begin);

/**
 * rtm_kernel_read_end() - undo rtm_kernel_read_begin()
 * @dest: the destination
 *
 * Context: the task that began.
 */
void rtm_kernel_read_end(struct rtm_dest *dest)
{
	up_read(&dest->lockable.sem);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_kernel_read_end);

/* Close the grant list to others, or leave word when a user has a hold. */
static bool claim_kernel_turn(struct bucket *b, struct rtm_dest *dest)
{
	struct rtm_dest_lock *side;
	bool mine = true;
	LIST_HEAD(doomed);

	side = rtm_lock_side_begin(dest);
	if (side && side->n_user)
		rtm_lock_sweep(side, &doomed);
	if (side && side->n_user) {
		side->deferred = true;
		mine = false;
	} else {
		b->kernel = &dest->lockable;
		if (side)
			side->kernel = true;
	}
	rtm_lock_side_end(dest, &doomed);
	return mine;
}

/**
 * rtm_kernel_write_begin() - the kernel changes a destination
 * @dest: the destination; the caller has a reference until rtm_kernel_write_end()
 *
 * Needs no memory.  When a user has the destination locked, in either mode, the
 * change has to wait: rtm_dest_reap() runs after the last of these holds has gone
 * and before anybody else is granted.
 *
 * Context: process, may sleep, but never waits for a user; no other lock held.
 *
 * Return: true when the caller may change it, and then rtm_kernel_write_end() must
 * follow in the same task; false when rtm_dest_reap() will be called for it.
 */
bool rtm_kernel_write_begin(struct rtm_dest *dest)
{
	struct bucket *b = bucket_of(dest);

	mutex_lock(&b->turn);
	if (!claim_kernel_turn(b, dest)) {
		mutex_unlock(&b->turn);
		return false;
	}
	window(dest, RTM_LOCK_WINDOW_GRANTED);
	down_write(&dest->lockable.sem);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_kernel_write_begin);

/**
 * rtm_kernel_write_end() - undo rtm_kernel_write_begin()
 * @dest: the destination
 *
 * Context: the task that began.
 */
void rtm_kernel_write_end(struct rtm_dest *dest)
{
	struct bucket *b = bucket_of(dest);
	struct rtm_dest_lock *side;
	LIST_HEAD(doomed);

	up_write(&dest->lockable.sem);
	side = rtm_lock_side_begin(dest);
	b->kernel = NULL;
	if (side)
		side->kernel = false;
	rtm_lock_side_end(dest, &doomed);
	mutex_unlock(&b->turn);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_kernel_write_end);

/*
 * Life
 */

/**
 * rtm_lockable_init() - prepare the lock of a new destination
 * @l: inside the destination
 */
void rtm_lockable_init(struct rtm_lockable *l)
{
	init_rwsem(&l->sem);
	l->side = NULL;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lockable_init);

/**
 * rtm_lockable_destroy() - the destination's last reference has gone
 * @l: inside the destination
 *
 * Holds, waiters and deferred turns have references, so nothing can be left.
 */
void rtm_lockable_destroy(struct rtm_lockable *l)
{
	WARN_ON_ONCE(l->side);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lockable_destroy);

/**
 * rtm_lock_flush() - wait for deferred turns
 *
 * For the end of a namespace: when its files are closed, no new ones come up.
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_lock_flush(void)
{
	flush_workqueue(reap_wq);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_flush);

/**
 * rtm_lock_init() - make what all destination locks share
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_lock_init(void)
{
	struct bucket *b;

	for (b = buckets; b < buckets + RTM_LOCK_N_BUCKETS; b++) {
		spin_lock_init(&b->lock);
		INIT_LIST_HEAD(&b->sides);
		mutex_init(&b->turn);
	}
	reap_wq = alloc_workqueue("rtm_reap", WQ_UNBOUND, 0);
	return reap_wq ? 0 : -ENOMEM;
}

/**
 * rtm_lock_exit() - undo rtm_lock_init()
 */
void rtm_lock_exit(void)
{
	destroy_workqueue(reap_wq);
}
