// SPDX-License-Identifier: GPL-2.0-only
/*
 * The destination lock with real threads.
 *
 * How this file works: actors are kernel threads that do one call at a time and
 * report its result; to the lock each of them is a thread, and a process of its own.
 * The test posts calls and looks who has come back, who waits, and how: a call that
 * has to wait must be in the queue and in an interruptible sleep.  Destinations and
 * entities are plain memory with references to spare; at the end every reference
 * must be back and nothing may be left in any list.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_lock_grant.h"
#include "rtm_net.h"
#include "rtm_table.h"

#define N_ACTORS	5
#define N_ENTITIES	3
#define N_DESTS		3
#define SPARE_REFS	1000

/* What must happen happens long before; the machine may be slow. */
#define PATIENCE	(30 * HZ)

#define SHARED		RTM_LOCK_SHARED
#define EXCLUSIVE	RTM_LOCK_EXCLUSIVE

enum job {
	DO_LOCK,
	DO_UNLOCK,
	DO_BEGIN,
	DO_END,
	DO_KERNEL_READ,
	DO_KERNEL_WRITE,
	DO_KERNEL_WRITE_END,
	DO_STOP,
};

/**
 * struct actor - a thread that does what it is told
 * @task: the thread, a reference; NULL once it was let go
 * @job: call to make
 * @entity: its arguments
 * @dest: likewise
 * @mode: likewise
 * @wait: likewise
 * @s: section it is in
 * @result: what the call returned
 * @go: there is a call to make
 * @done: it has returned
 */
struct actor {
	struct task_struct *task;
	enum job job;
	struct rtm_entity *entity;
	struct rtm_dest *dest;
	enum rtm_lock_mode mode;
	struct rtm_wait wait;
	struct rtm_section s;
	int result;
	struct completion go;
	struct completion done;
};

/**
 * struct lock_ctx - the scene
 * @rnet: the namespace; only its counters are used
 * @table: the table
 * @client: the file
 * @dests: destinations
 * @entities: entities, all of the file
 * @actors: the threads
 */
struct lock_ctx {
	struct rtm_net rnet;
	struct rtm_table table;
	struct rtm_client client;
	struct rtm_dest dests[N_DESTS];
	struct rtm_entity entities[N_ENTITIES];
	struct actor actors[N_ACTORS];
};

/*
 * Hooks.  One task at a time can be stopped in a window.
 */

static struct {
	struct task_struct *task;
	enum rtm_lock_window at;
	struct completion reached;
	struct completion go_on;
	atomic_t reaped;
	atomic_t reap_failed;
	struct actor *reap_before;
} hooked;

static void hook_window(struct rtm_dest *dest, enum rtm_lock_window at)
{
	if (current != READ_ONCE(hooked.task) || at != hooked.at)
		return;
	complete(&hooked.reached);
	wait_for_completion(&hooked.go_on);
}

/* As rtm_dest_reap(): takes a turn, which must be granted, and before any waiter. */
static void hook_reap(struct rtm_dest *dest)
{
	struct actor *waiter = READ_ONCE(hooked.reap_before);

	if (waiter && completion_done(&waiter->done))
		atomic_inc(&hooked.reap_failed);
	if (rtm_kernel_write_begin(dest))
		rtm_kernel_write_end(dest);
	else
		atomic_inc(&hooked.reap_failed);
	atomic_inc(&hooked.reaped);
}

static const struct rtm_lock_hooks hooks = {
	.window = hook_window,
	.reap = hook_reap,
};

static void stop_at(struct actor *a, enum rtm_lock_window at)
{
	reinit_completion(&hooked.reached);
	reinit_completion(&hooked.go_on);
	hooked.at = at;
	WRITE_ONCE(hooked.task, a->task);
}

static void stopped(struct kunit *test)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&hooked.reached, PATIENCE), 0UL);
	WRITE_ONCE(hooked.task, NULL);
}

/*
 * Actors
 */

static int actor_call(struct actor *a)
{
	switch (a->job) {
	case DO_LOCK:
		return rtm_lock_dest(a->dest, a->entity, a->mode, &a->wait);
	case DO_UNLOCK:
		return rtm_unlock_dest(a->dest, a->entity, a->mode, NULL);
	case DO_BEGIN:
		return rtm_section_begin(&a->s, a->dest, a->entity, a->mode, &a->wait);
	case DO_END:
		rtm_section_end(&a->s);
		return 0;
	case DO_KERNEL_READ:
		rtm_kernel_read_begin(a->dest);
		rtm_kernel_read_end(a->dest);
		return 0;
	case DO_KERNEL_WRITE:
		return rtm_kernel_write_begin(a->dest);
	case DO_KERNEL_WRITE_END:
		rtm_kernel_write_end(a->dest);
		return 0;
	case DO_STOP:
		break;
	}
	return 0;
}

static int actor_main(void *arg)
{
	struct actor *a = arg;

	allow_signal(SIGUSR1);
	for (;;) {
		wait_for_completion(&a->go);
		if (a->job == DO_STOP)
			return 0;
		a->result = actor_call(a);
		flush_signals(current);
		complete(&a->done);
	}
}

static void post(struct actor *a, enum job what, struct rtm_dest *dest, struct rtm_entity *entity,
		 enum rtm_lock_mode mode)
{
	reinit_completion(&a->done);
	a->job = what;
	a->dest = dest;
	a->entity = entity;
	a->mode = mode;
	complete(&a->go);
}

static int outcome(struct kunit *test, struct actor *a)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&a->done, PATIENCE), 0UL);
	return a->result;
}

static int call(struct kunit *test, struct actor *a, enum job what, struct rtm_dest *dest,
		struct rtm_entity *entity, enum rtm_lock_mode mode)
{
	post(a, what, dest, entity, mode);
	return outcome(test, a);
}

/* Wait for what @test cannot be told of. */
#define EXPECT_SOON(condition) do {				\
	unsigned long __end = jiffies + PATIENCE;		\
	bool __met;						\
								\
	for (;;) {						\
		__met = (condition);				\
		if (__met || time_after(jiffies, __end))	\
			break;					\
		msleep(20);					\
	}							\
	KUNIT_ASSERT_TRUE_MSG(test, __met, #condition);		\
} while (0)

/* The actor and @n - 1 others wait, and everything about it is as it must be. */
static void expect_waits(struct kunit *test, struct actor *a, int n)
{
	struct lock_ctx *ctx = test->priv;

	EXPECT_SOON(atomic64_read(&ctx->rnet.count.locks_waiting) == n &&
		    READ_ONCE(a->task->__state) & TASK_INTERRUPTIBLE);
	KUNIT_EXPECT_FALSE(test, completion_done(&a->done));
	/* with PREEMPT_RT this says yes also when there is a writer inside */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		KUNIT_EXPECT_FALSE(test, rwsem_is_contended(&a->dest->lockable.sem));
}

static void interrupt(struct actor *a)
{
	send_sig(SIGUSR1, a->task, 1);
}

/* The thread dies, with all it has; on return its id is nobody's. */
static void let_go(struct actor *a)
{
	struct task_struct *task = a->task;
	struct pid *pid;

	if (!task)
		return;
	a->task = NULL;
	a->job = DO_STOP;
	pid = get_pid(task_pid(task));
	complete(&a->go);
	kthread_stop(task);
	while (pid_has_task(pid, PIDTYPE_PID))
		msleep(20);
	put_pid(pid);
	put_task_struct(task);
}

/* Short names for the scene; @test is always there. */
#define CTX		((struct lock_ctx *)test->priv)
#define ACTOR(i)	(&CTX->actors[i])
#define ENTITY(i)	(&CTX->entities[i])
#define DEST(i)		(&CTX->dests[i])
#define HELD()		((int)atomic64_read(&CTX->rnet.count.locks_held))

#define EXPECT_CALL(a, job, d, e, mode, expected) \
	KUNIT_EXPECT_EQ(test, call(test, ACTOR(a), job, DEST(d), ENTITY(e), mode), expected)
#define EXPECT_OUTCOME(a, expected) \
	KUNIT_EXPECT_EQ(test, outcome(test, ACTOR(a)), expected)
#define POST(a, job, d, e, mode) \
	post(ACTOR(a), job, DEST(d), ENTITY(e), mode)
#define EXPECT_WAITS(a, n) \
	expect_waits(test, ACTOR(a), n)

/*
 * What users hold.  Actor i uses entity i unless the case is about something else.
 */

static void lock_shared_together(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 0, 1, SHARED, 0);
	KUNIT_EXPECT_EQ(test, rtm_lock_state(DEST(0)), 1U);
	KUNIT_EXPECT_EQ(test, HELD(), 2);
	POST(2, DO_LOCK, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 1);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	EXPECT_WAITS(2, 1);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, 0);
	EXPECT_OUTCOME(2, 0);
	KUNIT_EXPECT_EQ(test, rtm_lock_state(DEST(0)), 2U);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, EXCLUSIVE, 0);
	KUNIT_EXPECT_EQ(test, rtm_lock_state(DEST(0)), 0U);
}

static void lock_exclusive_alone(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	POST(1, DO_LOCK, 0, 1, SHARED);
	EXPECT_WAITS(1, 1);
	/* another thread of the same entity is another holder */
	POST(2, DO_LOCK, 0, 0, SHARED);
	EXPECT_WAITS(2, 2);
	/* another destination is another lock */
	EXPECT_CALL(3, DO_LOCK, 1, 1, EXCLUSIVE, 0);
	EXPECT_CALL(3, DO_UNLOCK, 1, 1, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_OUTCOME(2, 0);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, 0);
	EXPECT_CALL(2, DO_UNLOCK, 0, 0, SHARED, 0);
}

static void lock_in_order(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	POST(1, DO_LOCK, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(1, 1);
	/* behind the exclusive request, though it would suit the holder */
	POST(2, DO_LOCK, 0, 2, SHARED);
	EXPECT_WAITS(2, 2);
	/* but who has it may have it again */
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_WAITS(2, 1);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, EXCLUSIVE, 0);
	EXPECT_OUTCOME(2, 0);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, SHARED, 0);
}

static void lock_again(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	KUNIT_EXPECT_EQ(test, HELD(), 1);
	POST(1, DO_LOCK, 0, 1, SHARED);
	EXPECT_WAITS(1, 1);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_WAITS(1, 1);
	/* what is left is shared: a downgrade */
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, -EACCES);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, -EACCES);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, 0);
}

static void lock_upgrade(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 0, 1, SHARED, 0);
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, -EACCES);
	KUNIT_EXPECT_EQ(test, HELD(), 2);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, 0);
	/* alone, but a reader is inside: it is waited for, before everybody else */
	EXPECT_CALL(1, DO_BEGIN, 0, 1, SHARED, 0);
	POST(2, DO_LOCK, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 1);
	ACTOR(0)->wait.nowait = true;
	POST(0, DO_LOCK, 0, 0, EXCLUSIVE);
	EXPECT_WAITS(0, 2);
	EXPECT_CALL(1, DO_END, 0, 1, SHARED, 0);
	EXPECT_OUTCOME(0, 0);
	KUNIT_EXPECT_EQ(test, rtm_lock_state(DEST(0)), 2U);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(2, 0);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, EXCLUSIVE, 0);
}

static void lock_two_entities(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_LOCK, 0, 1, EXCLUSIVE, -EACCES);
	EXPECT_CALL(0, DO_LOCK, 0, 1, SHARED, -EACCES);
	EXPECT_CALL(0, DO_BEGIN, 0, 1, EXCLUSIVE, -EACCES);
	EXPECT_CALL(0, DO_BEGIN, 0, 1, SHARED, 0);
	EXPECT_CALL(0, DO_END, 0, 1, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 1, EXCLUSIVE, -EACCES);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);

	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	POST(2, DO_LOCK, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 1);
	/* would wait for itself behind the exclusive request: passes it */
	EXPECT_CALL(0, DO_LOCK, 0, 1, SHARED, 0);
	EXPECT_CALL(0, DO_LOCK, 0, 1, EXCLUSIVE, -EACCES);
	EXPECT_CALL(0, DO_BEGIN, 0, 1, EXCLUSIVE, -EACCES);
	EXPECT_CALL(0, DO_UNLOCK, 0, 1, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	EXPECT_OUTCOME(2, 0);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, EXCLUSIVE, 0);
}

static void unlock_by_others(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 0, 0, SHARED, 0);
	/* its own first: then the other's is left */
	EXPECT_CALL(1, DO_UNLOCK, 0, 0, SHARED, 0);
	KUNIT_EXPECT_EQ(test, HELD(), 1);
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	/* wrong mode, wrong entity, nothing of the kind */
	EXPECT_CALL(1, DO_UNLOCK, 0, 0, SHARED, -EACCES);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, EXCLUSIVE, -EACCES);
	EXPECT_CALL(1, DO_UNLOCK, 1, 0, EXCLUSIVE, -EACCES);
	KUNIT_EXPECT_EQ(test, HELD(), 1);
	EXPECT_CALL(1, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, -EACCES);
}

/*
 * Waiting
 */

static void wait_limits(struct kunit *test)
{
	u64 start;

	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	ACTOR(1)->wait.nowait = true;
	EXPECT_CALL(1, DO_LOCK, 0, 1, SHARED, -EAGAIN);
	EXPECT_CALL(1, DO_BEGIN, 0, 1, SHARED, -EAGAIN);
	EXPECT_CALL(1, DO_BEGIN, 0, 1, EXCLUSIVE, -EAGAIN);
	ACTOR(1)->wait.nowait = false;
	start = ktime_get_ns();
	ACTOR(1)->wait.deadline = start + 300 * NSEC_PER_MSEC;
	EXPECT_CALL(1, DO_LOCK, 0, 1, EXCLUSIVE, -ETIMEDOUT);
	KUNIT_EXPECT_GE(test, ktime_get_ns(), start + 300 * NSEC_PER_MSEC);
	/* it has passed now */
	EXPECT_CALL(1, DO_BEGIN, 0, 1, EXCLUSIVE, -ETIMEDOUT);
	ACTOR(1)->wait.deadline = U64_MAX;
	POST(1, DO_LOCK, 0, 1, SHARED);
	EXPECT_WAITS(1, 1);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(1, 0);
	/* a deadline in the past is no hindrance where nobody waits */
	ACTOR(1)->wait.deadline = 1;
	EXPECT_CALL(1, DO_LOCK, 0, 1, EXCLUSIVE, 0);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, EXCLUSIVE, 0);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, 0);
}

/* Short sections are waited for even by those who said that they would not wait. */
static void wait_not_for_users(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_BEGIN, 0, 1, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	ACTOR(2)->wait.nowait = true;
	POST(2, DO_LOCK, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 1);
	/* behind one who will be a user: this one fails */
	ACTOR(3)->wait.nowait = true;
	EXPECT_CALL(3, DO_BEGIN, 0, 0, SHARED, -EAGAIN);
	EXPECT_CALL(1, DO_END, 0, 1, SHARED, 0);
	EXPECT_OUTCOME(2, 0);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, EXCLUSIVE, 0);
}

static void wait_interrupted(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	POST(1, DO_LOCK, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(1, 1);
	POST(2, DO_LOCK, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 2);
	interrupt(ACTOR(1));
	EXPECT_OUTCOME(1, -ERESTARTSYS);
	/* while it is away nobody waits for it; when it comes back it is first */
	POST(1, DO_LOCK, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(1, 2);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_WAITS(2, 1);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, EXCLUSIVE, 0);
	EXPECT_OUTCOME(2, 0);

	POST(1, DO_BEGIN, 0, 1, SHARED);
	EXPECT_WAITS(1, 1);
	POST(3, DO_LOCK, 0, 0, EXCLUSIVE);
	EXPECT_WAITS(3, 2);
	interrupt(ACTOR(1));
	EXPECT_OUTCOME(1, -ERESTARTSYS);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, EXCLUSIVE, 0);
	EXPECT_OUTCOME(3, 0);
	EXPECT_CALL(3, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
}

/* A ticket is for the same question only, and goes with its thread. */
static void wait_ticket_lost(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	POST(1, DO_LOCK, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(1, 1);
	POST(2, DO_LOCK, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(2, 2);
	interrupt(ACTOR(1));
	EXPECT_OUTCOME(1, -ERESTARTSYS);
	KUNIT_EXPECT_EQ(test, ENTITY(1)->locks.n_tickets, 1U);
	EXPECT_CALL(1, DO_LOCK, 1, 1, EXCLUSIVE, 0);
	KUNIT_EXPECT_EQ(test, ENTITY(1)->locks.n_tickets, 0U);
	EXPECT_CALL(1, DO_UNLOCK, 1, 1, EXCLUSIVE, 0);
	POST(1, DO_LOCK, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(1, 2);
	interrupt(ACTOR(1));
	EXPECT_OUTCOME(1, -ERESTARTSYS);
	let_go(ACTOR(1));
	interrupt(ACTOR(2));
	EXPECT_OUTCOME(2, -ERESTARTSYS);
	KUNIT_EXPECT_EQ(test, ENTITY(1)->locks.n_tickets, 1U);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
}

/*
 * Sections
 */

static void section_free(struct kunit *test)
{
	EXPECT_CALL(0, DO_BEGIN, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_BEGIN, 0, 1, SHARED, 0);
	KUNIT_EXPECT_PTR_EQ(test, DEST(0)->lockable.side, NULL);
	/* contended: gets itself a place in a queue */
	POST(2, DO_BEGIN, 0, 2, EXCLUSIVE);
	EXPECT_SOON(READ_ONCE(DEST(0)->lockable.side));
	EXPECT_CALL(0, DO_END, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_END, 0, 1, SHARED, 0);
	EXPECT_OUTCOME(2, 0);
	POST(0, DO_BEGIN, 0, 0, SHARED);
	EXPECT_WAITS(0, 1);
	EXPECT_CALL(2, DO_END, 0, 2, EXCLUSIVE, 0);
	EXPECT_OUTCOME(0, 0);
	EXPECT_CALL(0, DO_END, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_END, 0, 0, SHARED, 0);
}

static void section_and_holds(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_BEGIN, 0, 1, SHARED, 0);
	EXPECT_CALL(1, DO_END, 0, 1, SHARED, 0);
	POST(1, DO_BEGIN, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(1, 1);
	/* a reader does not mind who else waits for the user */
	EXPECT_CALL(2, DO_BEGIN, 0, 2, SHARED, 0);
	EXPECT_CALL(2, DO_END, 0, 2, SHARED, 0);
	/* the holder's change is an upgrade, and it is alone */
	EXPECT_CALL(0, DO_BEGIN, 0, 0, EXCLUSIVE, 0);
	POST(2, DO_BEGIN, 0, 2, SHARED);
	EXPECT_WAITS(2, 2);
	EXPECT_CALL(0, DO_END, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(2, 0);
	EXPECT_CALL(2, DO_END, 0, 2, SHARED, 0);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, SHARED, -EACCES);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_CALL(1, DO_END, 0, 1, EXCLUSIVE, 0);
}

static void section_denied(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 0, 1, SHARED, 0);
	EXPECT_CALL(0, DO_BEGIN, 0, 0, EXCLUSIVE, -EACCES);
	KUNIT_EXPECT_EQ(test, HELD(), 2);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, 0);
}

static void section_under_exclusive(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_BEGIN, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_END, 0, 0, SHARED, 0);
	POST(1, DO_BEGIN, 0, 1, SHARED);
	EXPECT_WAITS(1, 1);
	EXPECT_CALL(0, DO_BEGIN, 0, 0, EXCLUSIVE, 0);
	/* somebody else of the entity unlocks: the section is not cut short */
	EXPECT_CALL(2, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
	KUNIT_EXPECT_EQ(test, HELD(), 0);
	EXPECT_WAITS(1, 1);
	EXPECT_CALL(0, DO_END, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_CALL(1, DO_END, 0, 1, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, -EACCES);
}

/*
 * Windows: between a test and what is done on its strength
 */

static void window_tested(struct kunit *test)
{
	/* a reader makes the other section's trylock fail */
	EXPECT_CALL(0, DO_BEGIN, 0, 0, SHARED, 0);
	stop_at(ACTOR(1), RTM_LOCK_WINDOW_TESTED);
	POST(1, DO_BEGIN, 0, 1, EXCLUSIVE);
	stopped(test);
	EXPECT_CALL(0, DO_END, 0, 0, SHARED, 0);
	EXPECT_CALL(2, DO_LOCK, 0, 2, SHARED, 0);
	complete(&hooked.go_on);
	EXPECT_WAITS(1, 1);
	/* and it can be interrupted there */
	interrupt(ACTOR(1));
	EXPECT_OUTCOME(1, -ERESTARTSYS);
	/* nor is anybody else hindered by it */
	EXPECT_CALL(3, DO_KERNEL_READ, 0, 0, SHARED, 0);
	EXPECT_CALL(3, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(3, DO_UNLOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, SHARED, 0);
}

static void window_granted(struct kunit *test)
{
	EXPECT_CALL(0, DO_BEGIN, 0, 0, SHARED, 0);
	stop_at(ACTOR(1), RTM_LOCK_WINDOW_GRANTED);
	POST(1, DO_BEGIN, 0, 1, EXCLUSIVE);
	stopped(test);
	EXPECT_CALL(0, DO_END, 0, 0, SHARED, 0);
	/* granted and not inside: who comes now must queue, not slip in */
	POST(2, DO_LOCK, 0, 2, SHARED);
	EXPECT_WAITS(2, 1);
	POST(3, DO_BEGIN, 0, 0, SHARED);
	EXPECT_WAITS(3, 2);
	complete(&hooked.go_on);
	EXPECT_OUTCOME(1, 0);
	EXPECT_WAITS(2, 2);
	EXPECT_CALL(1, DO_END, 0, 1, EXCLUSIVE, 0);
	EXPECT_OUTCOME(2, 0);
	EXPECT_OUTCOME(3, 0);
	EXPECT_CALL(3, DO_END, 0, 0, SHARED, 0);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, SHARED, 0);
}

/* A hold that is taken away before it has its pin leaves none behind. */
static void window_dropped(struct kunit *test)
{
	stop_at(ACTOR(0), RTM_LOCK_WINDOW_GRANTED);
	POST(0, DO_LOCK, 0, 0, EXCLUSIVE);
	stopped(test);
	KUNIT_EXPECT_EQ(test, HELD(), 1);
	KUNIT_EXPECT_EQ(test, rtm_lock_break(DEST(0)), 1U);
	POST(1, DO_LOCK, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(1, 1);
	complete(&hooked.go_on);
	EXPECT_OUTCOME(0, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, -EACCES);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, EXCLUSIVE, 0);
}

/*
 * The kernel's turns
 */

static void kernel_reads(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	POST(1, DO_LOCK, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(1, 1);
	POST(2, DO_BEGIN, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 2);
	EXPECT_CALL(3, DO_KERNEL_READ, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, EXCLUSIVE, 0);
	EXPECT_OUTCOME(2, 0);
	EXPECT_CALL(2, DO_END, 0, 2, EXCLUSIVE, 0);
}

static void kernel_deferred(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 0, 1, SHARED, 0);
	POST(2, DO_LOCK, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 1);
	WRITE_ONCE(hooked.reap_before, ACTOR(2));
	EXPECT_CALL(3, DO_KERNEL_WRITE, 0, 0, EXCLUSIVE, false);
	EXPECT_CALL(3, DO_KERNEL_WRITE, 0, 0, EXCLUSIVE, false);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, 0);
	rtm_lock_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&hooked.reaped), 0);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, 0);
	EXPECT_OUTCOME(2, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&hooked.reaped), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hooked.reap_failed), 0);
	WRITE_ONCE(hooked.reap_before, NULL);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, EXCLUSIVE, 0);
	/* however the hold ends */
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_CALL(3, DO_KERNEL_WRITE, 0, 0, EXCLUSIVE, false);
	KUNIT_EXPECT_EQ(test, rtm_lock_break(DEST(0)), 1U);
	rtm_lock_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&hooked.reaped), 2);
}

static void kernel_writes(struct kunit *test)
{
	/* waits for a short section */
	EXPECT_CALL(0, DO_BEGIN, 0, 0, SHARED, 0);
	POST(3, DO_KERNEL_WRITE, 0, 0, EXCLUSIVE);
	EXPECT_SOON(rwsem_is_contended(&DEST(0)->lockable.sem));
	KUNIT_EXPECT_FALSE(test, completion_done(&ACTOR(3)->done));
	POST(1, DO_LOCK, 0, 1, SHARED);
	EXPECT_CALL(0, DO_END, 0, 0, SHARED, 0);
	EXPECT_OUTCOME(3, true);
	EXPECT_WAITS(1, 1);
	POST(2, DO_BEGIN, 0, 2, SHARED);
	EXPECT_WAITS(2, 2);
	EXPECT_CALL(3, DO_KERNEL_WRITE_END, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_OUTCOME(2, 0);
	EXPECT_CALL(2, DO_END, 0, 2, SHARED, 0);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, 0);
	EXPECT_CALL(3, DO_KERNEL_WRITE, 0, 0, EXCLUSIVE, true);
	EXPECT_CALL(3, DO_KERNEL_WRITE_END, 0, 0, EXCLUSIVE, 0);
}

/* Its turn begins with the claim: nobody overtakes it on the way into the semaphore. */
static void kernel_claims(struct kunit *test)
{
	stop_at(ACTOR(3), RTM_LOCK_WINDOW_GRANTED);
	POST(3, DO_KERNEL_WRITE, 0, 0, EXCLUSIVE);
	stopped(test);
	POST(0, DO_BEGIN, 0, 0, SHARED);
	EXPECT_WAITS(0, 1);
	POST(1, DO_LOCK, 0, 1, SHARED);
	EXPECT_WAITS(1, 2);
	complete(&hooked.go_on);
	EXPECT_OUTCOME(3, true);
	EXPECT_WAITS(0, 2);
	EXPECT_CALL(3, DO_KERNEL_WRITE_END, 0, 0, EXCLUSIVE, 0);
	EXPECT_OUTCOME(0, 0);
	EXPECT_OUTCOME(1, 0);
	EXPECT_CALL(0, DO_END, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, 0);
}

/*
 * The end of holders
 */

static void drop_entity(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_LOCK, 1, 0, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 2, 1, EXCLUSIVE, 0);
	POST(2, DO_LOCK, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 1);
	POST(3, DO_LOCK, 2, 0, SHARED);
	EXPECT_WAITS(3, 2);
	POST(4, DO_BEGIN, 2, 0, SHARED);
	EXPECT_WAITS(4, 3);
	rtm_lock_drop_entity(ENTITY(0));
	EXPECT_OUTCOME(2, 0);
	EXPECT_OUTCOME(3, -EIDRM);
	EXPECT_OUTCOME(4, -EIDRM);
	EXPECT_CALL(0, DO_LOCK, 1, 0, SHARED, -EIDRM);
	EXPECT_CALL(0, DO_BEGIN, 1, 0, SHARED, -EIDRM);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, EXCLUSIVE, -EACCES);
	KUNIT_EXPECT_EQ(test, HELD(), 2);
	EXPECT_CALL(1, DO_UNLOCK, 2, 1, EXCLUSIVE, 0);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, EXCLUSIVE, 0);
	rtm_lock_owner_revive(&ENTITY(0)->locks);
	EXPECT_CALL(0, DO_LOCK, 1, 0, SHARED, 0);
	EXPECT_CALL(0, DO_UNLOCK, 1, 0, SHARED, 0);
}

/* Entity 0 was registered by actor 0's process, entity 1 by that of actor 1. */
static void drop_process(struct kunit *test)
{
	struct lock_ctx *ctx = test->priv;

	ENTITY(0)->process = task_tgid(ACTOR(0)->task);
	ENTITY(1)->process = task_tgid(ACTOR(1)->task);
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_LOCK, 1, 1, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 1, 1, SHARED, 0);
	EXPECT_CALL(2, DO_LOCK, 2, 2, EXCLUSIVE, 0);
	POST(0, DO_LOCK, 2, 0, SHARED);
	EXPECT_WAITS(0, 1);
	POST(3, DO_LOCK, 2, 0, SHARED);
	EXPECT_WAITS(3, 2);
	rtm_lock_drop_process(&ctx->client, task_tgid(ACTOR(0)->task));
	EXPECT_OUTCOME(0, -EIDRM);
	EXPECT_WAITS(3, 1);
	KUNIT_EXPECT_EQ(test, HELD(), 2);
	KUNIT_EXPECT_EQ(test, rtm_lock_state(DEST(0)), 0U);
	EXPECT_CALL(1, DO_UNLOCK, 1, 1, SHARED, 0);
	EXPECT_CALL(1, DO_UNLOCK, 1, 1, SHARED, -EACCES);
	EXPECT_CALL(2, DO_UNLOCK, 2, 2, EXCLUSIVE, 0);
	EXPECT_OUTCOME(3, 0);
	EXPECT_CALL(3, DO_UNLOCK, 2, 0, SHARED, 0);
}

/* Nobody told us: who waits finds out. */
static void dead_process(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_LOCK, 1, 0, EXCLUSIVE, 0);
	EXPECT_CALL(0, DO_LOCK, 2, 0, SHARED, 0);
	POST(1, DO_LOCK, 0, 1, EXCLUSIVE);
	EXPECT_WAITS(1, 1);
	let_go(ACTOR(0));
	EXPECT_OUTCOME(1, 0);
	ACTOR(2)->wait.nowait = true;
	EXPECT_CALL(2, DO_LOCK, 1, 2, EXCLUSIVE, 0);
	EXPECT_CALL(3, DO_KERNEL_WRITE, 2, 0, EXCLUSIVE, true);
	EXPECT_CALL(3, DO_KERNEL_WRITE_END, 2, 0, EXCLUSIVE, 0);
	EXPECT_CALL(2, DO_UNLOCK, 1, 2, EXCLUSIVE, 0);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, EXCLUSIVE, 0);
}

static void break_all(struct kunit *test)
{
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 0, 1, SHARED, 0);
	POST(2, DO_LOCK, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 1);
	KUNIT_EXPECT_EQ(test, rtm_lock_break(DEST(0)), 2U);
	EXPECT_OUTCOME(2, 0);
	EXPECT_CALL(0, DO_UNLOCK, 0, 0, SHARED, -EACCES);
	EXPECT_CALL(1, DO_UNLOCK, 0, 1, SHARED, -EACCES);
	EXPECT_CALL(2, DO_UNLOCK, 0, 2, EXCLUSIVE, 0);
	KUNIT_EXPECT_EQ(test, rtm_lock_break(DEST(0)), 0U);
}

/* Each holder and waiter once, whatever the room. */
static void list_all(struct kunit *test)
{
	struct lock_ctx *ctx = test->priv;
	struct rtm_lock_cursor cursor;
	struct rtm_lock_info infos[4];
	int room, n, i, holders, waiters;

	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(0, DO_LOCK, 0, 0, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 0, 1, SHARED, 0);
	EXPECT_CALL(1, DO_LOCK, 1, 1, EXCLUSIVE, 0);
	POST(2, DO_LOCK, 0, 2, EXCLUSIVE);
	EXPECT_WAITS(2, 1);
	for (room = 1; room <= 4; room++) {
		memset(&cursor, 0, sizeof(cursor));
		holders = 0;
		waiters = 0;
		do {
			n = rtm_lock_list(&ctx->rnet, &cursor, infos, room);
			KUNIT_ASSERT_GE(test, n, 0);
			for (i = 0; i < n; i++) {
				waiters += infos[i].waiting;
				holders += !infos[i].waiting;
				if (infos[i].dest == DEST(1))
					KUNIT_EXPECT_EQ(test, infos[i].exclusive, 1U);
				else if (infos[i].entity == ENTITY(0))
					KUNIT_EXPECT_EQ(test, infos[i].shared, 2U);
			}
			rtm_lock_list_put(infos, n);
		} while (n == room);
		KUNIT_EXPECT_EQ(test, holders, 3);
		KUNIT_EXPECT_EQ(test, waiters, 1);
	}
	memset(&cursor, 0xff, sizeof(cursor));
	KUNIT_EXPECT_EQ(test, rtm_lock_list(&ctx->rnet, &cursor, infos, 4), -EINVAL);
}

static int lock_test_init(struct kunit *test)
{
	struct lock_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	struct actor *a;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	mutex_init(&ctx->table.lock);
	ctx->table.rnet = &ctx->rnet;
	spin_lock_init(&ctx->client.entities_lock);
	INIT_LIST_HEAD(&ctx->client.entities);
	for (i = 0; i < N_DESTS; i++) {
		ctx->dests[i].table = &ctx->table;
		refcount_set(&ctx->dests[i].leaf.refs, SPARE_REFS);
		rtm_lockable_init(&ctx->dests[i].lockable);
	}
	for (i = 0; i < N_ENTITIES; i++) {
		refcount_set(&ctx->entities[i].refs, SPARE_REFS);
		ctx->entities[i].table = &ctx->table;
		rtm_lock_owner_init(&ctx->entities[i].locks);
		rtm_nexthop_locks_init(&ctx->entities[i].nexthop_locks);
		ctx->entities[i].client = &ctx->client;
		list_add_tail(&ctx->entities[i].client_link, &ctx->client.entities);
	}
	init_completion(&hooked.reached);
	init_completion(&hooked.go_on);
	atomic_set(&hooked.reaped, 0);
	atomic_set(&hooked.reap_failed, 0);
	WRITE_ONCE(rtm_lock_hooks, &hooks);
	for (a = ctx->actors; a < ctx->actors + N_ACTORS; a++) {
		init_completion(&a->go);
		init_completion(&a->done);
		a->task = kthread_run(actor_main, a, "rtm_lock_test");
		if (IS_ERR(a->task)) {
			a->task = NULL;
			return -ENOMEM;
		}
		get_task_struct(a->task);
	}
	return 0;
}

/* Whatever a failed case has left behind: it must be possible to end it. */
static void lock_test_exit(struct kunit *test)
{
	struct lock_ctx *ctx = test->priv;
	int i;

	WRITE_ONCE(hooked.task, NULL);
	complete_all(&hooked.go_on);
	for (i = 0; i < N_ENTITIES; i++)
		rtm_lock_drop_entity(&ctx->entities[i]);
	for (i = 0; i < N_ACTORS; i++)
		let_go(&ctx->actors[i]);
	rtm_lock_flush();
	WRITE_ONCE(rtm_lock_hooks, NULL);
	KUNIT_EXPECT_EQ(test, HELD(), 0);
	KUNIT_EXPECT_EQ(test, (int)atomic64_read(&ctx->rnet.count.locks_waiting), 0);
	for (i = 0; i < N_DESTS; i++) {
		KUNIT_EXPECT_EQ(test, refcount_read(&ctx->dests[i].leaf.refs), SPARE_REFS);
		KUNIT_EXPECT_PTR_EQ(test, ctx->dests[i].lockable.side, NULL);
		KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&ctx->dests[i].lockable.sem));
		rtm_lockable_destroy(&ctx->dests[i].lockable);
	}
	for (i = 0; i < N_ENTITIES; i++) {
		KUNIT_EXPECT_EQ(test, refcount_read(&ctx->entities[i].refs), SPARE_REFS);
		KUNIT_EXPECT_TRUE(test, rtm_quota_empty(&ctx->entities[i].quota));
		KUNIT_EXPECT_TRUE(test, list_empty(&ctx->entities[i].locks.lockers));
		KUNIT_EXPECT_EQ(test, ctx->entities[i].locks.n_tickets, 0U);
	}
}

static struct kunit_case rtm_lock_cases[] = {
	KUNIT_CASE(lock_shared_together),
	KUNIT_CASE(lock_exclusive_alone),
	KUNIT_CASE(lock_in_order),
	KUNIT_CASE(lock_again),
	KUNIT_CASE(lock_upgrade),
	KUNIT_CASE(lock_two_entities),
	KUNIT_CASE(unlock_by_others),
	KUNIT_CASE(wait_limits),
	KUNIT_CASE(wait_not_for_users),
	KUNIT_CASE(wait_interrupted),
	KUNIT_CASE(wait_ticket_lost),
	KUNIT_CASE(section_free),
	KUNIT_CASE(section_and_holds),
	KUNIT_CASE(section_denied),
	KUNIT_CASE(section_under_exclusive),
	KUNIT_CASE(window_tested),
	KUNIT_CASE(window_granted),
	KUNIT_CASE(window_dropped),
	KUNIT_CASE(kernel_reads),
	KUNIT_CASE(kernel_deferred),
	KUNIT_CASE(kernel_writes),
	KUNIT_CASE(kernel_claims),
	KUNIT_CASE(drop_entity),
	KUNIT_CASE(drop_process),
	KUNIT_CASE(dead_process),
	KUNIT_CASE(break_all),
	KUNIT_CASE(list_all),
	{}
};

static struct kunit_suite rtm_lock_suite = {
	.name = "rtm_lock",
	.init = lock_test_init,
	.exit = lock_test_exit,
	.test_cases = rtm_lock_cases,
};

kunit_test_suite(rtm_lock_suite);
