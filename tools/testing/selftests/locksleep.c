// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody ever sleeps uninterruptibly behind a user's lock.
 *
 * How this file works: somebody has PLACE locked and does nothing.  Each call that has
 * to wait is looked at while it does: its thread must be in an interruptible sleep, not
 * in the semaphore, and SIGKILL must end it within a second.  Then many processes make
 * all of these calls, and the kernel has work of its own to do there, while all tasks
 * of the machine are looked at again and again.  As a check of the eyes, a vfork(2)
 * that takes long is seen: its parent sleeps in just the way that is looked for.
 */
#include <sys/resource.h>

#include "rtm_ops.h"
#include "rtm_tasks.h"

/* Longer than any short section takes, and shorter than a user holds here. */
#define LONG_SLEEP	NSEC_PER_SEC

/* What may happen to a task that waits for another one to get the CPU. */
#define STARVED		(30 * NSEC_PER_SEC)

/* How long to look, at least, and how often. */
#define CONTENTION_NS	(12 * NSEC_PER_SEC)
#define CONTENTION_LOOKS	20

FIXTURE(locksleep)
{
	struct stage stage;
	struct stage *s;
	struct actor *a, *b, *c, *d;
	__u32 mode;
};

FIXTURE_VARIANT(locksleep)
{
	bool exclusive;
};

FIXTURE_VARIANT_ADD(locksleep, shared)
{
};

FIXTURE_VARIANT_ADD(locksleep, exclusive)
{
	.exclusive = true,
};

FIXTURE_SETUP(locksleep)
{
	stage_instance = 0;
	stage_setup(_metadata, &self->stage, false);
	self->s = &self->stage;
	self->a = &self->stage.actor[0];
	self->b = &self->stage.actor[1];
	self->c = &self->stage.actor[2];
	self->d = &self->stage.actor[3];
	self->mode = variant->exclusive ? RTM_REQ_EXCLUSIVE : 0;
	ASSERT_EQ(0, actor_run(self->b, kit_setup));
	ASSERT_EQ(0, actor_run(self->c, kit_setup));
	ASSERT_EQ(0, actor_run(self->d, kit_setup));
	begin_lock(self->a, self->mode, 0);
	ASSERT_EQ(0, actor_end(self->a));
}

FIXTURE_TEARDOWN(locksleep)
{
	stage_clean(_metadata, &self->stage);
}

/*
 * One call at a time
 */

static void fill_lock(struct actor *a, void *arg)
{
	lock_arg(arg, a->box->entity, a->box->dest, 0);
}

static void fill_lock_exclusive(struct actor *a, void *arg)
{
	lock_arg(arg, a->box->entity, a->box->dest, RTM_REQ_EXCLUSIVE);
}

static const struct op locks[] = {
	{ "shared lock", RTM_IOC_LOCK_DEST, offsetof(struct rtm_lock_dest, deadline), fill_lock },
	{ "exclusive lock", RTM_IOC_LOCK_DEST, offsetof(struct rtm_lock_dest, deadline),
	  fill_lock_exclusive },
};

/* All calls that wait; under a shared hold those that read do not. */
static const struct op *nth_op(unsigned int n, bool exclusive)
{
	if (n < ARRAY_SIZE(changes))
		return &changes[n];
	n -= ARRAY_SIZE(changes);
	if (!n)
		return &locks[1];
	if (!exclusive)
		return NULL;
	if (n == 1)
		return &locks[0];
	n -= 2;
	return n < ARRAY_SIZE(reads) ? &reads[n] : NULL;
}

/* Interruptible at each look; awake for a moment is fine. */
static bool sleeps_well(pid_t tid)
{
	unsigned int asleep = 0, i;
	char state;

	for (i = 0; i < 20; i++) {
		state = task_state(tid, tid);
		if (state != 'S' && state != 'R')
			return false;
		asleep += state == 'S';
		sleep_ms(5);
	}
	return asleep > 10;
}

TEST_F(locksleep, every_waiter_is_interruptible)
{
	const struct op *op;
	unsigned int n;

	for (n = 0; (op = nth_op(n, variant->exclusive)); n++) {
		begin_op(self->b, op, 0, 0);
		ASSERT_TRUE(waits(self->s, self->b));
		EXPECT_TRUE(sleeps_well(self->b->box->tid)) {
			TH_LOG("%s: state %c", op->name,
			       task_state(self->b->box->tid, self->b->box->tid));
		}
		actor_signal(self->b, SIGUSR2);
		EXPECT_EQ(-EINTR, actor_end(self->b));
	}
	EXPECT_LE(ARRAY_SIZE(changes) + 1, n);
}

/* How long a process takes to die, in nanoseconds. */
static __u64 time_to_die(struct actor *a)
{
	__u64 killed = now_ns();

	actor_kill(a);
	return now_ns() - killed;
}

TEST_F(locksleep, every_waiter_can_be_killed)
{
	__u64 idle, took, longest = 0;
	const struct op *op;
	unsigned int n;

	/* as long as a process takes that does not wait, and a second more */
	idle = time_to_die(self->d);
	for (n = 0; (op = nth_op(n, variant->exclusive)); n++) {
		begin_op(self->b, op, 0, 0);
		ASSERT_TRUE(waits(self->s, self->b));
		took = time_to_die(self->b);
		EXPECT_GE(NSEC_PER_SEC + idle, took) {
			TH_LOG("%s: %llu ms", op->name, took / NSEC_PER_MSEC);
		}
		if (took > longest)
			longest = took;
		EXPECT_EQ(0, waiting(self->s->watch));
		/* for the handles of the next one */
		ASSERT_EQ(0, unlock(self->a, self->mode));
		actor_start(self->b, false);
		ASSERT_EQ(0, actor_register(self->b, 2, RTM_REQ_OPAQUE_SLOT));
		ASSERT_EQ(0, actor_run(self->b, actor_find_place));
		ASSERT_EQ(0, actor_run(self->b, kit_setup));
		begin_lock(self->a, self->mode, 0);
		ASSERT_EQ(0, actor_end(self->a));
	}
	TH_LOG("%u calls, idle %llu ms, longest %llu ms", n, idle / NSEC_PER_MSEC,
	       longest / NSEC_PER_MSEC);
}

/*
 * All of them at once
 */

#define N_CROWD		8
#define N_MOURNED	8

/**
 * struct crowd - processes that try everything, in shared memory
 * @stop: they are to end
 * @timeouts: calls that waited until their deadline
 * @other: calls with a result that cannot be, as nothing changes
 * @last: such a result
 */
struct crowd {
	volatile bool stop;
	volatile unsigned int timeouts;
	volatile unsigned int other;
	volatile int last;
};

static void crowd_count(struct crowd *crowd, int err)
{
	switch (err) {
	case -ETIMEDOUT:
		__atomic_add_fetch(&crowd->timeouts, 1, __ATOMIC_RELAXED);
		break;
	case 0:
	case -EAGAIN:
		break;
	default:
		crowd->last = err;
		__atomic_add_fetch(&crowd->other, 1, __ATOMIC_RELAXED);
	}
}

/* One call, let go again if it was a lock after all. */
static void crowd_call(struct actor *a, struct crowd *crowd, unsigned int n)
{
	__u64 deadline = now_ns() + (100 + n % 7 * 30) * NSEC_PER_MSEC;
	const struct op *op = nth_op(n % 15, true);
	__u64 room[ARG_MAX_BYTES / 8];
	struct box *box = a->box;
	__u32 *flags = (__u32 *)room + 1;
	int err;

	op->fill(a, room);
	if (n % 5 == 4)
		*flags |= RTM_REQ_NOWAIT;
	memcpy((char *)room + op->deadline, &deadline, sizeof(deadline));
	err = dev_call(box->fd, op->cmd, room);
	crowd_count(crowd, err);
	if (!err && op->cmd == RTM_IOC_LOCK_DEST)
		dev_unlock(box->fd, box->entity, box->dest, *flags & RTM_REQ_EXCLUSIVE);
}

static struct crowd *crowd;

static int join_crowd(struct actor *a)
{
	unsigned int n = (unsigned int)a->box->pid;

	setpriority(PRIO_PROCESS, 0, 0);
	while (!crowd->stop)
		crowd_call(a, crowd, n++);
	return 0;
}

/* An entity with a route to PLACE, which will end while that is locked. */
static void start_mourned(struct __test_metadata *_metadata, struct actor *a, unsigned int i)
{
	actor_start(a, false);
	ASSERT_EQ(0, actor_register(a, 100 + i, 0));
	ASSERT_EQ(0, actor_run(a, actor_add_place));
}

static void start_crowd(struct __test_metadata *_metadata, struct actor *a, unsigned int i)
{
	actor_start(a, false);
	ASSERT_EQ(0, actor_register(a, 200 + i, 0));
	ASSERT_EQ(0, actor_run(a, kit_setup));
	ASSERT_EQ(0, actor_run(a, actor_find_place));
}

static int look_at_tables(struct actor *a)
{
	struct rtm_dest_rec rec;
	FILE *file = fopen("/sys/kernel/debug/rtm/locks", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		;
	if (file)
		fclose(file);
	return dev_dest_rec_in(a->box->fd, 0, PLACE, &rec) && rec.locked ? 0 : -ENOENT;
}

TEST_F(locksleep, contention)
{
	struct actor mourned[N_MOURNED], many[N_CROWD];
	unsigned int i, n_mourned = 0;
	struct tasks tasks = {};
	__u64 end;

	/* the one who looks must get a word in */
	ASSERT_EQ(0, setpriority(PRIO_PROCESS, 0, -5));
	crowd = mmap(NULL, sizeof(*crowd), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)crowd);
	ASSERT_EQ(0, unlock(self->a, self->mode));
	for (i = 0; i < N_MOURNED; i++)
		start_mourned(_metadata, &mourned[i], i);
	for (i = 0; i < N_CROWD; i++)
		start_crowd(_metadata, &many[i], i);
	begin_lock(self->a, self->mode, 0);
	ASSERT_EQ(0, actor_end(self->a));
	for (i = 0; i < N_CROWD; i++)
		actor_begin_fn(&many[i], join_crowd);
	end = now_ns() + CONTENTION_NS;
	while (now_ns() < end || tasks.looks < CONTENTION_LOOKS) {
		if (n_mourned < N_MOURNED)
			actor_kill(&mourned[n_mourned++]);
		EXPECT_EQ(0, actor_run(self->c, look_at_tables));
		tasks_look(&tasks);
		sleep_ms(20);
	}
	crowd->stop = true;
	for (i = 0; i < N_CROWD; i++) {
		EXPECT_EQ(0, actor_end(&many[i]));
		actor_stop(&many[i]);
	}
	while (n_mourned < N_MOURNED)
		actor_kill(&mourned[n_mourned++]);
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_GE(LONG_SLEEP, tasks.longest_sem) {
		TH_LOG("%llu ms: %s", tasks.longest_sem / NSEC_PER_MSEC, tasks.text_sem);
	}
	EXPECT_GE(STARVED, tasks.longest) {
		TH_LOG("%llu ms: %s", tasks.longest / NSEC_PER_MSEC, tasks.text);
	}
	EXPECT_LE(N_CROWD, crowd->timeouts);
	EXPECT_EQ(0, crowd->other) {
		TH_LOG("last result %d", crowd->last);
	}
	TH_LOG("%u looks, %u timeouts, longest %llu ms %s", tasks.looks, crowd->timeouts,
	       tasks.longest / NSEC_PER_MSEC, tasks.text);
}

/*
 * The eyes
 */

/* Until the other end of the pipe is closed. */
static void sleep_uninterruptibly(const int *until)
{
	char byte;

	close(until[1]);
	if (!vfork()) {
		read_byte(until[0], &byte);
		_exit(0);
	}
	_exit(0);
}

TEST(uninterruptible_sleep_is_seen)
{
	struct tasks tasks = {};
	char wanted[32];
	int until[2];
	pid_t pid;
	__u64 end;

	die_with_parent();
	ASSERT_EQ(0, pipe(until));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		sleep_uninterruptibly(until);
	snprintf(wanted, sizeof(wanted), "task %d ", pid);
	end = now_ns() + PATIENCE_MS * NSEC_PER_MSEC;
	/* others may sleep long as well, but none as long as this one can */
	while (now_ns() < end &&
	       (tasks.longest_any < LONG_SLEEP || !strstr(tasks.text_any, wanted))) {
		tasks_look(&tasks);
		sleep_ms(20);
	}
	EXPECT_LE(LONG_SLEEP, tasks.longest_any);
	EXPECT_NE(NULL, strstr(tasks.text_any, wanted)) {
		TH_LOG("seen: %s", tasks.text_any);
	}
	TH_LOG("%s, %u looks", tasks.text_any, tasks.looks);
	close(until[1]);
	waitpid(pid, NULL, 0);
}

TEST_HARNESS_MAIN
