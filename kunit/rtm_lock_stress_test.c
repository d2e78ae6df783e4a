// SPDX-License-Identifier: GPL-2.0-only
/*
 * The destination lock under load: nothing is torn, nobody is stuck, nothing is left.
 *
 * How this file works: each destination guards two numbers that are equal whenever
 * nobody is changing them.  Threads lock, read and change at random, with every kind
 * of patience; one plays the kernel, one sends signals, and in the second case one
 * takes holds away by force.  Who has a destination exclusively writes its name on it,
 * so that a stranger who gets in can tell.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/sched/signal.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_lock_grant.h"
#include "rtm_net.h"
#include "rtm_table.h"

#define N_USERS		5
#define N_ENTITIES	3
#define N_DESTS		2
#define N_TASKS		(N_USERS + 3)
#define SPARE_REFS	1000
#define RUN_MS		4000

/**
 * struct place - a destination and what it guards
 * @dest: the destination
 * @left: one number
 * @right: the other
 * @owner: the user who has it exclusively
 * @deferred: the kernel was told to come back later and has not yet
 */
struct place {
	struct rtm_dest dest;
	u32 left;
	u32 right;
	struct task_struct *owner;
	atomic_t deferred;
};

/**
 * struct stress_ctx - the scene
 * @rnet: the namespace; only its counters are used
 * @table: the table
 * @client: the file
 * @places: destinations
 * @entities: entities
 * @tasks: the threads, users first
 * @stop: it is enough
 * @force: holds are taken away, so that a name may be outdated
 * @torn: numbers seen to differ
 * @strangers: times somebody was inside who must not
 * @wrong: unexpected results
 * @granted: user locks granted
 * @waited: requests that ended without
 * @reaped: deferred turns of the kernel
 */
struct stress_ctx {
	struct rtm_net rnet;
	struct rtm_table table;
	struct rtm_client client;
	struct place places[N_DESTS];
	struct rtm_entity entities[N_ENTITIES];
	struct task_struct *tasks[N_TASKS];
	bool stop;
	bool force;
	atomic_t torn;
	atomic_t strangers;
	atomic_t wrong;
	atomic_t granted;
	atomic_t waited;
	atomic_t reaped;
};

static struct stress_ctx *stress;

static u32 pick(u32 n)
{
	return get_random_u32() % n;
}

static void dawdle(void)
{
	if (!pick(4))
		usleep_range(10, 200);
	else
		cond_resched();
}

static void look(struct place *p)
{
	u32 left = READ_ONCE(p->left);

	dawdle();
	if (left != READ_ONCE(p->right))
		atomic_inc(&stress->torn);
}

static void change(struct place *p)
{
	look(p);
	WRITE_ONCE(p->left, p->left + 1);
	dawdle();
	WRITE_ONCE(p->right, p->right + 1);
}

/* Nobody but @current may have its name on a place where @current is inside. */
static void check_name(struct place *p)
{
	struct task_struct *owner = READ_ONCE(p->owner);

	if (owner && owner != current && !stress->force)
		atomic_inc(&stress->strangers);
}

static void random_wait(struct rtm_wait *wait)
{
	wait->nowait = !pick(4);
	wait->deadline = pick(3) ? ktime_get_ns() + pick(200) * NSEC_PER_MSEC : 0;
}

static bool is_expected(int err)
{
	switch (err) {
	case -EAGAIN:
	case -ETIMEDOUT:
	case -ERESTARTSYS:
	case -EACCES:
		atomic_inc(&stress->waited);
		return true;
	case -EIDRM:
		/* as to a process whose last descriptor was closed under its call */
		return stress->force;
	default:
		return !err;
	}
}

static void section(struct place *p, struct rtm_entity *entity)
{
	enum rtm_lock_mode mode = pick(2);
	struct rtm_section s;
	struct rtm_wait wait;
	int err;

	random_wait(&wait);
	err = rtm_section_begin(&s, &p->dest, entity, mode, &wait);
	if (!is_expected(err))
		atomic_inc(&stress->wrong);
	if (err)
		return;
	check_name(p);
	if (mode == RTM_LOCK_EXCLUSIVE)
		change(p);
	else
		look(p);
	rtm_section_end(&s);
}

static void user_lock(struct place *p, struct rtm_entity *entity)
{
	enum rtm_lock_mode mode = pick(2);
	struct rtm_wait wait;
	int err;

	random_wait(&wait);
	err = rtm_lock_dest(&p->dest, entity, mode, &wait);
	if (!is_expected(err))
		atomic_inc(&stress->wrong);
	if (err)
		return;
	atomic_inc(&stress->granted);
	check_name(p);
	if (mode == RTM_LOCK_EXCLUSIVE)
		WRITE_ONCE(p->owner, current);
	do {
		dawdle();
		section(p, &stress->entities[pick(N_ENTITIES)]);
	} while (pick(3));
	if (mode == RTM_LOCK_EXCLUSIVE)
		WRITE_ONCE(p->owner, NULL);
	err = rtm_unlock_dest(&p->dest, entity, mode, NULL);
	if (err && !stress->force)
		atomic_inc(&stress->wrong);
}

static int user_main(void *arg)
{
	struct rtm_entity *entity;
	struct place *p;

	allow_signal(SIGUSR1);
	while (!READ_ONCE(stress->stop)) {
		flush_signals(current);
		p = &stress->places[pick(N_DESTS)];
		entity = &stress->entities[pick(N_ENTITIES)];
		if (pick(2))
			user_lock(p, entity);
		else
			section(p, entity);
	}
	return 0;
}

static void kernel_turn(struct place *p)
{
	if (pick(2)) {
		rtm_kernel_read_begin(&p->dest);
		look(p);
		rtm_kernel_read_end(&p->dest);
		return;
	}
	atomic_set(&p->deferred, 1);
	if (!rtm_kernel_write_begin(&p->dest))
		return;
	change(p);
	atomic_set(&p->deferred, 0);
	rtm_kernel_write_end(&p->dest);
}

static int kernel_main(void *arg)
{
	while (!READ_ONCE(stress->stop)) {
		kernel_turn(&stress->places[pick(N_DESTS)]);
		usleep_range(500, 2000);
	}
	return 0;
}

static void hook_reap(struct rtm_dest *dest)
{
	struct place *p = container_of(dest, struct place, dest);

	if (!rtm_kernel_write_begin(dest)) {
		atomic_inc(&stress->wrong);
		return;
	}
	change(p);
	atomic_set(&p->deferred, 0);
	rtm_kernel_write_end(dest);
	atomic_inc(&stress->reaped);
}

static const struct rtm_lock_hooks hooks = {
	.reap = hook_reap,
};

static int signal_main(void *arg)
{
	while (!READ_ONCE(stress->stop)) {
		send_sig(SIGUSR1, stress->tasks[pick(N_USERS)], 1);
		usleep_range(2000, 10000);
	}
	return 0;
}

static int force_main(void *arg)
{
	while (!READ_ONCE(stress->stop)) {
		usleep_range(5000, 20000);
		if (!stress->force)
			continue;
		if (pick(2))
			rtm_lock_break(&stress->places[pick(N_DESTS)].dest);
		else
			rtm_lock_drop_process(&stress->client,
					      task_tgid(stress->tasks[pick(N_USERS)]));
	}
	return 0;
}

static int start(int i)
{
	static int (*const mains[])(void *arg) = { kernel_main, signal_main, force_main };
	struct task_struct *task;

	task = kthread_create(i < N_USERS ? user_main : mains[i - N_USERS], NULL, "rtm_stress");
	if (IS_ERR(task))
		return PTR_ERR(task);
	stress->tasks[i] = get_task_struct(task);
	return 0;
}

/* Who waits without a limit is waiting for somebody who lets go before he stops. */
static void stop_all(void)
{
	int i;

	WRITE_ONCE(stress->stop, true);
	for (i = N_TASKS - 1; i >= 0; i--) {
		if (!stress->tasks[i])
			continue;
		kthread_stop(stress->tasks[i]);
		put_task_struct(stress->tasks[i]);
		stress->tasks[i] = NULL;
	}
	rtm_lock_flush();
}

static void run(struct kunit *test, bool force)
{
	int i;

	stress->force = force;
	for (i = 0; i < N_TASKS; i++)
		KUNIT_ASSERT_EQ(test, start(i), 0);
	for (i = 0; i < N_TASKS; i++)
		wake_up_process(stress->tasks[i]);
	msleep(RUN_MS);
	stop_all();
	kunit_info(test, "%d locks, %d in vain, %d deferred, %u changes\n",
		   atomic_read(&stress->granted), atomic_read(&stress->waited),
		   atomic_read(&stress->reaped), stress->places[0].left);
	KUNIT_EXPECT_EQ(test, atomic_read(&stress->torn), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&stress->strangers), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&stress->wrong), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&stress->granted), 20);
	KUNIT_EXPECT_GT(test, atomic_read(&stress->waited), 20);
	KUNIT_EXPECT_GT(test, atomic_read(&stress->reaped), 2);
}

static void stress_strict(struct kunit *test)
{
	run(test, false);
}

static void stress_force(struct kunit *test)
{
	run(test, true);
}

static int stress_init(struct kunit *test)
{
	struct rtm_entity *entity;
	struct place *p;

	stress = kunit_kzalloc(test, sizeof(*stress), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, stress);
	mutex_init(&stress->table.lock);
	stress->table.rnet = &stress->rnet;
	spin_lock_init(&stress->client.entities_lock);
	INIT_LIST_HEAD(&stress->client.entities);
	for (p = stress->places; p < stress->places + N_DESTS; p++) {
		p->dest.table = &stress->table;
		refcount_set(&p->dest.leaf.refs, SPARE_REFS);
		rtm_lockable_init(&p->dest.lockable);
	}
	for (entity = stress->entities; entity < stress->entities + N_ENTITIES; entity++) {
		refcount_set(&entity->refs, SPARE_REFS);
		entity->table = &stress->table;
		rtm_lock_owner_init(&entity->locks);
		rtm_nexthop_locks_init(&entity->nexthop_locks);
		entity->client = &stress->client;
		list_add_tail(&entity->client_link, &stress->client.entities);
	}
	WRITE_ONCE(rtm_lock_hooks, &hooks);
	return 0;
}

static void stress_exit(struct kunit *test)
{
	int i;

	stop_all();
	for (i = 0; i < N_ENTITIES; i++)
		rtm_lock_drop_entity(&stress->entities[i]);
	rtm_lock_flush();
	WRITE_ONCE(rtm_lock_hooks, NULL);
	KUNIT_EXPECT_EQ(test, (int)atomic64_read(&stress->rnet.count.locks_held), 0);
	KUNIT_EXPECT_EQ(test, (int)atomic64_read(&stress->rnet.count.locks_waiting), 0);
	for (i = 0; i < N_DESTS; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&stress->places[i].deferred), 0);
		KUNIT_EXPECT_EQ(test, refcount_read(&stress->places[i].dest.leaf.refs), SPARE_REFS);
		KUNIT_EXPECT_PTR_EQ(test, stress->places[i].dest.lockable.side, NULL);
		KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&stress->places[i].dest.lockable.sem));
	}
	for (i = 0; i < N_ENTITIES; i++)
		KUNIT_EXPECT_EQ(test, refcount_read(&stress->entities[i].refs), SPARE_REFS);
}

static struct kunit_case rtm_lock_stress_cases[] = {
	KUNIT_CASE(stress_strict),
	KUNIT_CASE(stress_force),
	{}
};

static struct kunit_suite rtm_lock_stress_suite = {
	.name = "rtm_lock_stress",
	.init = stress_init,
	.exit = stress_exit,
	.test_cases = rtm_lock_stress_cases,
};

kunit_test_suite(rtm_lock_stress_suite);
