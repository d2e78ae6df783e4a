/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the destination lock: what its three files and its tests share.
 */
#ifndef RTM_LOCK_GRANT_H
#define RTM_LOCK_GRANT_H

#include <linux/workqueue.h>

#include "rtm_lock.h"

struct task_struct;

/* Holders and waiters of one destination; bounds every walk under the spinlock. */
#define RTM_LOCK_MAX_LOCKERS	4096

/* Places kept for interrupted calls, per entity. */
#define RTM_LOCK_MAX_TICKETS	64

/* Hashed spinlocks. */
#define RTM_LOCK_N_BUCKETS	256

/* The answer that is no answer yet: the request has to queue. */
#define RTM_LOCK_QUEUED		(-EINPROGRESS)

/**
 * struct rtm_dest_lock - the side structure: who has a destination and who waits
 * @link: in its hash bucket, by @seq
 * @dest: the destination; whoever is in @holds or @waiters, and the work while
 *	it is queued, have a reference
 * @seq: order in the bucket, for listings
 * @holds: granted, by rtm_locker.seq
 * @waiters: queued, by rtm_locker.seq
 * @last_hold: seq of the newest hold
 * @next_sweep: ktime_get_ns() from which on a waiter looks for dead holders
 * @n_holds: entries of @holds
 * @n_user: of these, with a user acquisition
 * @n_user_excl: of these, with an exclusive one
 * @n_excl: entries of @holds that exclude all others, 0 or 1
 * @n_waiters: entries of @waiters
 * @n_user_waiters: of these, that ask for a user acquisition
 * @unpin: read counts of the semaphore to give up before the next grant
 * @kernel: the kernel has a turn of its own, or waits for short sections to end
 * @deferred: a turn of the kernel waits for @n_user to become 0
 * @reaping: that turn has its work queued or running
 * @work: runs it
 *
 * All of it is protected by the hashed spinlock of the destination.
 */
struct rtm_dest_lock {
	struct list_head link;
	struct rtm_dest *dest;
	u64 seq;
	struct list_head holds;
	struct list_head waiters;
	u64 last_hold;
	u64 next_sweep;
	u32 n_holds;
	u32 n_user;
	u32 n_user_excl;
	u32 n_excl;
	u32 n_waiters;
	u32 n_user_waiters;
	u32 unpin;
	bool kernel;
	bool deferred;
	bool reaping;
	struct work_struct work;
};

/**
 * struct rtm_lock_request - a call that asks for a hold or a section
 * @l: who asks; a waiter while @state says so
 * @task: whom to wake
 * @hold: in: memory for a hold; out, when granted: the hold that counts it
 * @mode: mode asked for
 * @state: RTM_LOCK_QUEUED, 0 once granted, or why not.  Written under the hashed
 *	spinlock, read without it by @task.
 * @user: an acquisition that survives the call; a section otherwise
 * @upgrade: from the shared hold the thread has; queued before all others
 * @turn: out, when granted: the caller has a turn and must take it
 * @spent: out, when granted: the memory of @hold was used
 *
 * On the stack of the call.
 */
struct rtm_lock_request {
	struct rtm_locker l;
	struct task_struct *task;
	struct rtm_hold *hold;
	enum rtm_lock_mode mode;
	int state;
	bool user;
	bool upgrade;
	bool turn;
	bool spent;
};

/**
 * rtm_hold_is_user() - does a hold outlive the calls
 * @hold: the hold
 *
 * Return: true when a user acquisition is counted on it.
 */
static inline bool rtm_hold_is_user(const struct rtm_hold *hold)
{
	return hold->user[RTM_LOCK_SHARED] || hold->user[RTM_LOCK_EXCLUSIVE];
}

/* rtm_lock_grant.c: who may */
void rtm_grant_init(struct rtm_dest_lock *side, struct rtm_dest *dest);
int rtm_grant_ask(struct rtm_dest_lock *side, struct rtm_lock_request *r);
bool rtm_grant_needs_user(const struct rtm_dest_lock *side, const struct rtm_lock_request *r);
int rtm_grant_queue(struct rtm_dest_lock *side, struct rtm_lock_request *r);
void rtm_grant_finish(struct rtm_dest_lock *side, struct rtm_lock_request *r, int result);
void rtm_grant_run(struct rtm_dest_lock *side);
struct rtm_hold *rtm_grant_find(struct rtm_dest_lock *side, const struct rtm_entity *entity,
				const struct pid *thread, enum rtm_lock_mode mode);
void rtm_grant_release(struct rtm_dest_lock *side, struct rtm_hold *hold,
		       enum rtm_lock_mode mode, struct list_head *doomed);
void rtm_grant_drop(struct rtm_dest_lock *side, struct rtm_hold *hold, struct list_head *doomed);
void rtm_grant_end_turn(struct rtm_dest_lock *side, struct rtm_hold *hold,
			enum rtm_lock_mode mode, struct list_head *doomed);
bool rtm_grant_idle(const struct rtm_dest_lock *side);

/* rtm_lock.c: the spinlock around it */
struct rtm_dest_lock *rtm_lock_side_begin(struct rtm_dest *dest);
void rtm_lock_side_end(struct rtm_dest *dest, struct list_head *doomed);
struct list_head *rtm_lock_bucket_begin(u64 bucket);
void rtm_lock_bucket_end(u64 bucket);

/* rtm_lock_user.c: places in queues, the dead */
u64 rtm_lock_ticket_claim(const struct rtm_lock_request *r);
void rtm_lock_ticket_park(const struct rtm_lock_request *r);
bool rtm_lock_sweep(struct rtm_dest_lock *side, struct list_head *doomed);

/**
 * enum rtm_lock_window - where a test can stop a task
 * @RTM_LOCK_WINDOW_TESTED: it found no side structure and could not get in at once
 * @RTM_LOCK_WINDOW_GRANTED: it was granted and goes into the semaphore
 */
enum rtm_lock_window {
	RTM_LOCK_WINDOW_TESTED,
	RTM_LOCK_WINDOW_GRANTED,
};

#if IS_ENABLED(CONFIG_KUNIT)
/**
 * struct rtm_lock_hooks - what a test puts in the way
 * @window: called where a task can be stopped, with no spinlock held; or NULL
 * @reap: called instead of rtm_dest_reap(); or NULL
 */
struct rtm_lock_hooks {
	void (*window)(struct rtm_dest *dest, enum rtm_lock_window at);
	void (*reap)(struct rtm_dest *dest);
};

extern const struct rtm_lock_hooks *rtm_lock_hooks;
#endif

#endif /* RTM_LOCK_GRANT_H */
