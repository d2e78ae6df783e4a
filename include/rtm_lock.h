/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locking of destinations: user holds that outlive a system call, and the short
 * sections inside which a destination is read or changed.
 */
#ifndef RTM_LOCK_H
#define RTM_LOCK_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "rtm_types.h"

struct pid;
struct rtm_dest_lock;

/**
 * struct rtm_wait - how long a request may wait for a user's lock
 * @deadline: absolute nanoseconds of CLOCK_MONOTONIC, 0 for ever
 * @nowait: fail with -EAGAIN instead of waiting for a user; a short section of
 *	another call is waited for all the same
 */
struct rtm_wait {
	u64 deadline;
	bool nowait;
};

/**
 * enum rtm_lock_mode - the two modes of a lock or section
 * @RTM_LOCK_SHARED: several holders; nobody changes the destination
 * @RTM_LOCK_EXCLUSIVE: one holder; nobody else reads or changes it
 */
enum rtm_lock_mode {
	RTM_LOCK_SHARED,
	RTM_LOCK_EXCLUSIVE,
};

/**
 * enum rtm_lock_action - what the tracepoint rtm_dest_lock reports
 * @RTM_LOCK_ACTION_WAIT: a request queued
 * @RTM_LOCK_ACTION_GRANT: a user lock was granted
 * @RTM_LOCK_ACTION_RELEASE: it was released
 * @RTM_LOCK_ACTION_BREAK: it was taken away: by its holder's end or by force
 * @RTM_LOCK_ACTION_ABORT: a waiting request was ended, because its entity or its
 *	process is going
 */
enum rtm_lock_action {
	RTM_LOCK_ACTION_WAIT,
	RTM_LOCK_ACTION_GRANT,
	RTM_LOCK_ACTION_RELEASE,
	RTM_LOCK_ACTION_BREAK,
	RTM_LOCK_ACTION_ABORT,
};

/**
 * struct rtm_lockable - the lock state inside a destination
 * @sem: orders short sections; a user's hold keeps it read-held
 * @side: grant list and queue, made at the first user lock or contention; NULL
 *	for nearly every destination.  Protected by a hashed spinlock.
 *
 * Private to rtm_lock.c.
 */
struct rtm_lockable {
	struct rw_semaphore sem;
	struct rtm_dest_lock *side;
};

/**
 * struct rtm_lock_owner - per entity: what to drop and whom to wake at its end
 * @lock: protects the fields below but @evict and @pass; a leaf, nested in a
 *	destination's hashed spinlock
 * @evict: serialises the drops, so that none misses what another looks at
 * @lockers: user holds and waiting requests
 * @tickets: places in queues, kept for calls that a signal interrupted
 * @n_tickets: entries of @tickets, at most RTM_LOCK_MAX_TICKETS
 * @pass: last walk over a file's entities that came by; under
 *	rtm_client.entities_lock
 * @dead: the end of the entity has begun; requests that come later fail with -EIDRM
 *
 * Private to rtm_lock*.c.
 */
struct rtm_lock_owner {
	spinlock_t lock;	/* protects what follows, see above */
	struct mutex evict;	/* one drop at a time */
	struct list_head lockers;
	struct list_head tickets;
	unsigned int n_tickets;
	u64 pass;
	bool dead;
};

/**
 * struct rtm_locker - what a holder and a waiter have in common
 * @link: among the destination's holds or waiters
 * @owner_link: in rtm_lock_owner.lockers, a user hold or a waiter only
 * @dest: the destination
 * @entity: through which it was asked for
 * @thread: who asked
 * @process: and its process
 * @seq: order among the holds (by grant) or the waiters (by arrival)
 * @since: ktime_get_ns() of the grant or of the arrival
 *
 * Private to rtm_lock*.c.
 */
struct rtm_locker {
	struct list_head link;
	struct list_head owner_link;
	struct rtm_dest *dest;
	struct rtm_entity *entity;
	struct pid *thread;
	struct pid *process;
	u64 seq;
	u64 since;
};

/**
 * struct rtm_hold - a granted (entity, thread)
 * @l: who
 * @user: acquisitions by mode that survive the call
 * @turn: by mode, calls of the thread that are inside or on their way in
 * @pinned: keeps one read count of the semaphore
 * @owned: in the list of its entity
 * @heap: allocated, with references to all that @l names; otherwise on the stack
 *	of the call that has the turn
 *
 * Private to rtm_lock*.c.
 */
struct rtm_hold {
	struct rtm_locker l;
	u32 user[2];
	u32 turn[2];
	bool pinned;
	bool owned;
	bool heap;
};

/**
 * struct rtm_section - a turn of the calling thread inside a destination
 * @dest: the destination; NULL once ended
 * @hold: grant behind it, NULL when no side structure was needed
 * @mode: what was asked for
 * @own: memory for @hold, so that a section needs none
 *
 * On the caller's stack from rtm_section_begin() to rtm_section_end().
 */
struct rtm_section {
	struct rtm_dest *dest;
	struct rtm_hold *hold;
	enum rtm_lock_mode mode;
	struct rtm_hold own;
};

int rtm_lock_init(void);
void rtm_lock_flush(void);
void rtm_lock_exit(void);

void rtm_lockable_init(struct rtm_lockable *l);
void rtm_lockable_destroy(struct rtm_lockable *l);
void rtm_lock_owner_init(struct rtm_lock_owner *owner);
void rtm_lock_owner_revive(struct rtm_lock_owner *owner);

/* What users hold: RtmLockDestination. */
int rtm_lock_dest(struct rtm_dest *dest, struct rtm_entity *entity, enum rtm_lock_mode mode,
		  const struct rtm_wait *wait);
int rtm_unlock_dest(struct rtm_dest *dest, struct rtm_entity *entity, enum rtm_lock_mode mode,
		    u64 *left);
bool rtm_lock_is_held(struct rtm_dest *dest, const struct rtm_entity *entity,
		      enum rtm_lock_mode mode);
unsigned int rtm_lock_break(struct rtm_dest *dest);

/* The end of a holder. */
void rtm_lock_drop_entity(struct rtm_entity *entity);
void rtm_lock_drop_process(struct rtm_client *client, struct pid *process);
bool rtm_process_is_dead(struct pid *process);

/* A client's turn: waits for other users' holds, runs under its own thread's. */
int rtm_section_begin(struct rtm_section *s, struct rtm_dest *dest, struct rtm_entity *entity,
		      enum rtm_lock_mode mode, const struct rtm_wait *wait);
void rtm_section_end(struct rtm_section *s);

/* The kernel's own turn: never waits for a user. */
void rtm_kernel_read_begin(struct rtm_dest *dest);
void rtm_kernel_read_end(struct rtm_dest *dest);
bool rtm_kernel_write_begin(struct rtm_dest *dest);
void rtm_kernel_write_end(struct rtm_dest *dest);

/**
 * struct rtm_lock_info - one holder or waiter, for listings
 * @dest: the destination
 * @entity: through which it holds or waits
 * @process: process
 * @thread: thread
 * @since: when granted or queued, ktime_get_ns()
 * @exclusive: number of exclusive acquisitions (waiter: 1 if wanted)
 * @shared: number of shared acquisitions (waiter: 1 if wanted)
 * @waiting: a waiter, not a holder
 *
 * Every pointer is a reference until rtm_lock_list_put().
 */
struct rtm_lock_info {
	struct rtm_dest *dest;
	struct rtm_entity *entity;
	struct pid *process;
	struct pid *thread;
	u64 since;
	u32 exclusive;
	u32 shared;
	bool waiting;
};

/**
 * struct rtm_lock_cursor - where a listing goes on; all zero to begin
 * @bucket: hash bucket
 * @side: last destination seen in it
 * @locker: last holder or waiter seen there
 */
struct rtm_lock_cursor {
	u64 bucket;
	u64 side;
	u64 locker;
};

unsigned int rtm_lock_state(struct rtm_dest *dest);
int rtm_lock_list(const struct rtm_net *rnet, struct rtm_lock_cursor *cursor,
		  struct rtm_lock_info *infos, unsigned int room);
void rtm_lock_list_put(struct rtm_lock_info *infos, unsigned int n);

#endif /* RTM_LOCK_H */
