// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds a destination that a module has locked, and until when.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "client_test.h"

/* Long enough to be sure of, in nanoseconds. */
#define MINUTE	(60 * NSEC_PER_SEC)

/**
 * struct helper - another task that asks for a lock
 * @client: through which client
 * @arg: what it asks for
 * @err: what came of it, once @done
 * @done: it has its answer, and ends
 */
struct helper {
	struct rtm_client *client;
	struct rtm_lock_dest arg;
	int err;
	struct completion done;
};

static int helper_run(void *data)
{
	struct helper *h = data;

	h->err = rtm_client_lock_dest(h->client, &h->arg);
	kthread_complete_and_exit(&h->done, 0);
}

static bool helper_start(struct rig *rig, struct helper *h, const struct rtm_lock_dest *arg)
{
	h->client = rig->client;
	h->arg = *arg;
	init_completion(&h->done);
	return EXPECT(rig, !IS_ERR(kthread_run(helper_run, h, "rtm_client_test")));
}

static struct rtm_lock_dest exclusive(struct rig *rig, u32 flags)
{
	return (struct rtm_lock_dest){
		.flags = RTM_REQ_EXCLUSIVE | flags,
		.entity = rig->entity,
		.dest = rig_dest(rig, 0x0a010000, 16),
	};
}

static int look(struct rig *rig)
{
	struct rtm_get_dest arg = {
		.flags = RTM_REQ_NOWAIT,
		.entity = rig->entity,
		.prefix = rig_prefix(0x0a010000, 16),
	};

	return rtm_client_get_exact_dest(rig->client, &arg);
}

static bool somebody_waits(struct rig *rig)
{
	struct rtm_get_stats stats = {};

	return !rtm_client_get_stats(rig->client, &stats) && stats.locks_waiting;
}

/* What the task holds it may lock again and does not wait for; others do. */
void case_lock(struct rig *rig)
{
	struct rtm_lock_dest lock = exclusive(rig, 0);
	struct rtm_lock_dest nowait = lock;
	struct helper h;

	nowait.flags |= RTM_REQ_NOWAIT;
	EXPECT_EQ(rig, -EACCES, rtm_client_unlock_dest(rig->client, &lock));
	EXPECT_EQ(rig, 0, rtm_client_lock_dest(rig->client, &lock));
	EXPECT_EQ(rig, 0, rtm_client_lock_dest(rig->client, &nowait));
	EXPECT_EQ(rig, 0, look(rig));
	if (!helper_start(rig, &h, &nowait))
		return;
	wait_for_completion(&h.done);
	EXPECT_EQ(rig, -EAGAIN, h.err);
	EXPECT_EQ(rig, 0, rtm_client_unlock_dest(rig->client, &lock));
	EXPECT_EQ(rig, 0, rtm_client_unlock_dest(rig->client, &lock));
	EXPECT_EQ(rig, -EACCES, rtm_client_unlock_dest(rig->client, &lock));
}

/* A task that ends with a lock: whoever waits gets it. */
void case_task_ends(struct rig *rig)
{
	struct rtm_lock_dest lock = exclusive(rig, 0);
	struct helper h;

	if (!helper_start(rig, &h, &lock))
		return;
	wait_for_completion(&h.done);
	EXPECT_EQ(rig, 0, h.err);
	lock.deadline = ktime_get_ns() + MINUTE;
	EXPECT_EQ(rig, 0, rtm_client_lock_dest(rig->client, &lock));
	EXPECT_EQ(rig, 0, rtm_client_unlock_dest(rig->client, &lock));
	EXPECT_EQ(rig, -EACCES, rtm_client_unlock_dest(rig->client, &lock));
}

/* One that waits without an end is freed by the end of the registration. */
void case_registration_ends(struct rig *rig)
{
	struct rtm_lock_dest lock = exclusive(rig, 0);
	u64 end = ktime_get_ns() + MINUTE;
	struct helper h;

	EXPECT_EQ(rig, 0, rtm_client_lock_dest(rig->client, &lock));
	if (!helper_start(rig, &h, &lock))
		return;
	while (!somebody_waits(rig) && ktime_get_ns() < end)
		msleep(20);
	EXPECT(rig, !completion_done(&h.done));
	EXPECT_EQ(rig, 0, rig_deregister(rig->client, rig->entity));
	wait_for_completion(&h.done);
	EXPECT_EQ(rig, -EIDRM, h.err);
}

/* A program has 10.9.0.0/16 locked, and keeps it. */
void case_locked_by_user(struct rig *rig)
{
	struct rtm_get_dest arg = {
		.flags = RTM_REQ_NOWAIT,
		.entity = rig->entity,
		.prefix = rig_prefix(0x0a090000, 16),
	};
	struct rtm_break_dest_lock brk = { .prefix = arg.prefix };

	EXPECT_EQ(rig, -EAGAIN, rtm_client_get_exact_dest(rig->client, &arg));
	arg.flags = 0;
	arg.deadline = ktime_get_ns() + 200 * NSEC_PER_MSEC;
	EXPECT_EQ(rig, -ETIMEDOUT, rtm_client_get_exact_dest(rig->client, &arg));
	EXPECT_EQ(rig, 0, rtm_client_break_dest_lock(rig->client, &brk));
	EXPECT_EQ(rig, 1, brk.broken);
	arg.deadline = ktime_get_ns() + MINUTE;
	EXPECT_EQ(rig, 0, rtm_client_get_exact_dest(rig->client, &arg));
}
