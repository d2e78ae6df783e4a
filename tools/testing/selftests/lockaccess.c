// SPDX-License-Identifier: GPL-2.0-only
/*
 * What waits for a locked destination besides locks, and what does not.
 *
 * How this file works: actor A holds PLACE, in one mode or the other; actor B, another
 * process or another thread of the same entity, tries every command that reads or
 * changes it.  One that has to wait is tried three times: without waiting, with a
 * deadline, and for good until A unlocks.
 */
#include "rtm_ops.h"

#define ELSE	"10.2.0.0/16"

/* Batches report each item. */
static bool item_done(struct actor *a, const struct op *op)
{
	return op->fill != fill_batch || kit_of(a)->items[0].status == 0;
}

FIXTURE(access)
{
	struct stage stage;
	struct stage *s;
	struct actor *a, *b, *c;
	__u32 mode;
};

FIXTURE_VARIANT(access)
{
	bool threads;
	bool exclusive;
};

FIXTURE_VARIANT_ADD(access, processes_shared)
{
};

FIXTURE_VARIANT_ADD(access, processes_exclusive)
{
	.exclusive = true,
};

FIXTURE_VARIANT_ADD(access, threads_exclusive)
{
	.threads = true,
	.exclusive = true,
};

FIXTURE_SETUP(access)
{
	stage_setup(_metadata, &self->stage, variant->threads);
	self->s = &self->stage;
	self->a = &self->stage.actor[0];
	self->b = &self->stage.actor[1];
	self->c = &self->stage.actor[2];
	self->mode = variant->exclusive ? RTM_REQ_EXCLUSIVE : 0;
	ASSERT_EQ(0, actor_run(self->a, kit_setup));
	ASSERT_EQ(0, actor_run(self->b, kit_setup));
	ASSERT_EQ(0, actor_run(self->c, kit_setup));
	begin_lock(self->a, self->mode, 0);
	ASSERT_EQ(0, actor_end(self->a));
}

FIXTURE_TEARDOWN(access)
{
	stage_clean(_metadata, &self->stage);
}

/* What the tables say of PLACE, as far as it does not change by itself. */
static struct rtm_dest_rec picture(struct stage *s)
{
	struct rtm_dest_rec rec = {};

	dev_dest_rec_in(s->watch, INSTANCE, PLACE, &rec);
	rec.refs = 0;
	return rec;
}

static bool same_picture(struct stage *s, const struct rtm_dest_rec *before)
{
	struct rtm_dest_rec now = picture(s);

	return now.n_routes && !memcmp(&now, before, sizeof(now));
}

/* B waits with @op until A unlocks.  A has the lock again afterwards. */
static bool op_waits(struct stage *s, const struct op *op, __u32 mode)
{
	struct actor *a = &s->actor[0], *b = &s->actor[1];
	struct rtm_dest_rec before = picture(s);
	__u64 deadline = now_ns() + 200 * NSEC_PER_MSEC;
	bool good;

	good = run_op(b, op, RTM_REQ_NOWAIT, 0) == -EAGAIN;
	good &= run_op(b, op, 0, deadline) == -ETIMEDOUT && now_ns() >= deadline;
	good &= same_picture(s, &before);
	begin_op(b, op, 0, 0);
	good &= waits(s, b) && same_picture(s, &before);
	good &= unlock(a, mode) == 0;
	good &= actor_end(b) == 0 && item_done(b, op);
	begin_lock(a, mode, 0);
	return good && actor_end(a) == 0;
}

/*
 * Somebody else
 */

TEST_F(access, others_read)
{
	const struct op *op;

	for (op = reads; op < reads + ARRAY_SIZE(reads); op++) {
		if (variant->exclusive) {
			EXPECT_TRUE(op_waits(self->s, op, self->mode)) {
				TH_LOG("%s", op->name);
			}
			continue;
		}
		EXPECT_EQ(0, run_op(self->b, op, RTM_REQ_NOWAIT, 0)) {
			TH_LOG("%s", op->name);
		}
		EXPECT_EQ(0, run_op(self->b, op, 0, 0)) {
			TH_LOG("%s", op->name);
		}
	}
	EXPECT_EQ(0, unlock(self->a, self->mode));
}

TEST_F(access, others_change)
{
	const struct op *op;

	for (op = changes; op < changes + ARRAY_SIZE(changes); op++) {
		EXPECT_TRUE(op_waits(self->s, op, self->mode)) {
			TH_LOG("%s", op->name);
		}
		EXPECT_EQ(0, unlock(self->a, self->mode));
		EXPECT_EQ(0, actor_run(self->b, kit_restore));
		begin_lock(self->a, self->mode, 0);
		EXPECT_EQ(0, actor_end(self->a));
	}
	EXPECT_EQ(0, unlock(self->a, self->mode));
}

/* A call that is interrupted has changed nothing, and may be made again. */
TEST_F(access, interrupted_change)
{
	struct rtm_dest_rec before = picture(self->s);
	const struct op *op;

	for (op = changes; op < changes + ARRAY_SIZE(changes); op++) {
		begin_op(self->b, op, 0, 0);
		ASSERT_TRUE(waits(self->s, self->b));
		actor_signal(self->b, SIGUSR2);
		EXPECT_EQ(-EINTR, actor_end(self->b)) {
			TH_LOG("%s", op->name);
		}
		EXPECT_TRUE(same_picture(self->s, &before));
	}
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, waiting(self->s->watch));
	EXPECT_EQ(0, run_op(self->b, &changes[0], RTM_REQ_NOWAIT, 0));
}

/* The same with a handler that wants it restarted. */
TEST_F(access, restarted_change)
{
	begin_op(self->b, &changes[0], 0, 0);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_signal(self->b, SIGUSR1);
	ASSERT_TRUE(wait_until(self->b->box->signals == 1));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, actor_end(self->b));
}

/* The waiting change shows in the listing as a waiter that wants it exclusively. */
TEST_F(access, listing_of_sections)
{
	struct rtm_lock_rec rec;

	begin_op(self->b, &changes[0], 0, 0);
	ASSERT_TRUE(waits(self->s, self->b));
	ASSERT_TRUE(thread_waits(self->s->watch, self->b->box->tid, &rec));
	EXPECT_EQ(1, rec.exclusive);
	EXPECT_EQ(0, rec.shared);
	EXPECT_EQ(1, waiting(self->s->watch));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, held(self->s->watch));
	EXPECT_EQ(0, waiting(self->s->watch));
}

/*
 * While a change waits for a shared hold, reading goes on: it delays nobody.  A lock
 * would, and queues.
 */
TEST_F(access, reads_pass_a_waiting_change)
{
	const struct op *op;

	begin_op(self->b, &changes[0], 0, 0);
	ASSERT_TRUE(waits(self->s, self->b));
	for (op = reads; op < reads + ARRAY_SIZE(reads); op++) {
		EXPECT_EQ(variant->exclusive ? -EAGAIN : 0,
			  run_op(self->c, op, RTM_REQ_NOWAIT, 0)) {
			TH_LOG("%s", op->name);
		}
	}
	EXPECT_EQ(-EAGAIN, try_shared(self->c));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, actor_end(self->b));
}

/* Changes and locks stand in one queue. */
TEST_F(access, change_keeps_its_place)
{
	begin_op(self->b, &changes[0], 0, 0);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	begin_op(self->b, &changes[0], 0, 0);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->c));
	EXPECT_EQ(0, actor_end(self->b));
}

/*
 * What does not wait
 */

static int use_handles(struct actor *a)
{
	__u64 handles[] = { a->box->dest, kit_of(a)->route, a->box->entity };
	struct rtm_get_route_info info;
	int err;

	err = dev_reference(a->box->fd, a->box->entity, RTM_HANDLE_ANY, handles, 3);
	if (err)
		return err;
	err = dev_release_n(a->box->fd, a->box->entity, RTM_HANDLE_ANY, handles, 3, NULL);
	if (err)
		return err;
	/* the prefix of a route never changes */
	route_info_arg(&info, a->box->entity, kit_of(a)->route, NULL, 0);
	info.flags = RTM_REQ_NO_HANDLE;
	err = dev_call(a->box->fd, RTM_IOC_GET_ROUTE_INFO, &info);
	return err ? err : prefix_is(&info.prefix, PLACE) ? 0 : -EPROTO;
}

static int use_entities(struct actor *a)
{
	int fd = a->box->fd, err;
	__u64 self = a->box->entity;
	struct rtm_get_entity_info info;
	struct rtm_nexthop_req req;
	__u64 entity, nexthop;

	err = dev_register_in(fd, INSTANCE, AF_INET, PROTO_RIP, getpid(), 0, &entity);
	if (!err)
		err = dev_deregister(fd, entity);
	if (!err)
		err = dev_entity_info(fd, self, self, &info);
	if (!err)
		err = dev_add_nexthop(fd, self, "192.0.2.77", 1, &nexthop);
	if (!err)
		err = dev_find_nexthop(fd, self, "192.0.2.77", 1, &req);
	if (!err)
		err = dev_nexthop_info(fd, self, nexthop, &req);
	if (!err)
		err = dev_delete_nexthop(fd, self, nexthop);
	return err;
}

static int use_opaque(struct actor *a)
{
	__u64 value = 0;
	int err;

	err = dev_set_opaque(a->box->fd, a->box->entity, a->box->dest, 42);
	if (!err)
		err = dev_get_opaque(a->box->fd, a->box->entity, a->box->dest, &value);
	if (!err)
		err = value == 42 ? 0 : -EPROTO;
	return err ? err : dev_set_opaque(a->box->fd, a->box->entity, a->box->dest, 0);
}

/* Changes and searches that pass by PLACE. */
static int use_neighbours(struct actor *a)
{
	int fd = a->box->fd, err;
	__u64 self = a->box->entity, route;
	struct rtm_get_dest get;

	err = dev_route(fd, self, INNER, 0, 5, &route);
	if (!err)
		err = dev_route(fd, self, OUTER, 0, 5, &route);
	if (!err)
		err = dev_route(fd, self, ELSE, 0, 5, &route);
	if (!err)
		err = dev_delete_route(fd, self, route, NULL);
	if (!err)
		err = dev_find_dest(fd, RTM_IOC_GET_MOST_SPECIFIC_DEST, self, "10.1.2.9", 0, &get);
	if (err)
		return err;
	dest_arg(&get, self, RTM_PROTO_BEST, 0, NULL, 0);
	get.dest = a->box->dest;
	err = dev_call(fd, RTM_IOC_GET_LESS_SPECIFIC_DEST, &get);
	if (!err)
		err = prefix_is(&get.prefix, OUTER) ? 0 : -EPROTO;
	if (!err)
		err = dev_lock(fd, self, kit_of(a)->inner, RTM_REQ_EXCLUSIVE);
	return err ? err : dev_unlock(fd, self, kit_of(a)->inner, RTM_REQ_EXCLUSIVE);
}

TEST_F(access, others_do_something_else)
{
	EXPECT_EQ(0, actor_run(self->b, use_handles));
	EXPECT_EQ(0, actor_run(self->b, use_entities));
	EXPECT_EQ(0, actor_run(self->b, use_opaque));
	EXPECT_EQ(0, actor_run(self->b, use_neighbours));
	EXPECT_EQ(0, unlock(self->a, self->mode));
}

static int dump_everything(struct actor *a)
{
	static const unsigned long cmds[] = {
		RTM_IOC_DUMP_ENTITIES, RTM_IOC_DUMP_NEXTHOPS, RTM_IOC_DUMP_DESTS,
		RTM_IOC_DUMP_ROUTES, RTM_IOC_DUMP_LOCKS, RTM_IOC_DUMP_NOTIFIES,
	};
	struct rtm_get_stats stats;
	unsigned int count, i;
	size_t size;
	void *buf;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		buf = dev_dump(a->box->fd, cmds[i], 0, "0.0.0.0/0", INSTANCE, &size, &count);
		if (!buf)
			return -errno;
		free(buf);
	}
	return dev_stats(a->box->fd, &stats);
}

static int sync_fib(struct actor *a)
{
	return dev_fib_sync(a->box->fd, NULL);
}

/* Whoever only looks never waits, and is told that somebody has it locked. */
TEST_F(access, looking)
{
	struct rtm_route_rec *route;
	unsigned int count;
	size_t size;
	void *buf;

	EXPECT_EQ(0, actor_run(self->b, dump_everything));
	EXPECT_EQ(0, actor_run(self->b, sync_fib));
	EXPECT_EQ(variant->exclusive ? 2 : 1, picture(self->s).locked);
	buf = dev_dump(self->s->watch, RTM_IOC_DUMP_ROUTES, 0, PLACE, INSTANCE, &size, &count);
	ASSERT_NE(NULL, buf);
	EXPECT_LE(3, count);
	for_each_record(route, buf, size) {
		bool here = prefix_is(&route->dest, PLACE);

		EXPECT_EQ(!here ? 0 : variant->exclusive ? 2 : 1, route->locked);
	}
	free(buf);
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, picture(self->s).locked);
}

/* The debugfs file looks, too. */
TEST_F(access, looking_at_debugfs)
{
	FILE *file = fopen("/sys/kernel/debug/rtm/locks", "re");
	char line[256] = "", wanted[64];

	ASSERT_NE(NULL, file);
	EXPECT_NE(NULL, fgets(line, sizeof(line), file));
	EXPECT_NE(NULL, strstr(line, PLACE " holds"));
	snprintf(wanted, sizeof(wanted), " tid %d ", self->a->box->tid);
	EXPECT_NE(NULL, strstr(line, wanted)) {
		TH_LOG("'%s' is not in '%s'", wanted, line);
	}
	EXPECT_EQ(NULL, fgets(line, sizeof(line), file));
	fclose(file);
	EXPECT_EQ(0, unlock(self->a, self->mode));
}

/*
 * Batches
 */

static void begin_batch(struct actor *a, unsigned long cmd, const char *first,
			const char *second, const char *third)
{
	struct rtm_route_batch batch;

	fill_batch(a, &batch);
	batch.count = 3;
	fill_item(&kit_of(a)->items[0], first);
	fill_item(&kit_of(a)->items[1], second);
	fill_item(&kit_of(a)->items[2], third);
	actor_begin(a, cmd, &batch);
}

static __u32 batch_done(struct actor *a)
{
	return ((struct rtm_route_batch *)a->box->arg)->done;
}

TEST_F(access, batch_stops_before_a_locked_item)
{
	struct rtm_route_item *items = kit_of(self->b)->items;

	begin_batch(self->b, RTM_IOC_ADD_ROUTES, ELSE, PLACE, INNER);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(1, batch_done(self->b));
	EXPECT_EQ(0, items[0].status);
	EXPECT_EQ(1234, items[1].status);
	EXPECT_EQ(1234, items[2].status);
	begin_batch(self->b, RTM_IOC_DELETE_ROUTES, ELSE, PLACE, INNER);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(1, batch_done(self->b));
	EXPECT_EQ(0, items[0].status);
	EXPECT_EQ(1234, items[1].status);
	EXPECT_EQ(0, unlock(self->a, self->mode));
}

TEST_F(access, batch_waits_for_its_first_item)
{
	struct rtm_route_item *items = kit_of(self->b)->items;

	begin_batch(self->b, RTM_IOC_ADD_ROUTES, PLACE, ELSE, INNER);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(1234, items[0].status);
	EXPECT_EQ(1234, items[1].status);
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(3, batch_done(self->b));
	EXPECT_EQ(0, items[0].status | items[1].status | items[2].status);
}

/*
 * The holder itself
 */

TEST_F(access, holder_reads)
{
	const struct op *op;

	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	for (op = reads; op < reads + ARRAY_SIZE(reads); op++) {
		EXPECT_EQ(0, run_op(self->a, op, RTM_REQ_NOWAIT, 0)) {
			TH_LOG("%s", op->name);
		}
		EXPECT_EQ(0, run_op(self->a, op, 0, 0)) {
			TH_LOG("%s", op->name);
		}
	}
	EXPECT_EQ(0, actor_run(self->a, use_opaque));
	EXPECT_TRUE(holds(self->s, self->a, !variant->exclusive, variant->exclusive));
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

/* Under a shared hold a change is an upgrade for its time, and passes the queue. */
TEST_F(access, holder_changes)
{
	const struct op *op;

	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	for (op = changes; op < changes + ARRAY_SIZE(changes); op++) {
		EXPECT_EQ(0, run_op(self->a, op, RTM_REQ_NOWAIT, 0)) {
			TH_LOG("%s", op->name);
		}
		EXPECT_TRUE(item_done(self->a, op));
		EXPECT_EQ(0, actor_run(self->a, kit_restore));
		EXPECT_TRUE(holds(self->s, self->a, !variant->exclusive, variant->exclusive));
	}
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

/* Never a deadlock of two who have it shared and both want to change it. */
TEST_F(access, holder_among_others_changes)
{
	struct rtm_dest_rec before;
	const struct op *op;

	if (variant->exclusive) {
		/* alone by definition: what is tested is that it stays so */
		EXPECT_EQ(-EAGAIN, try_shared(self->c));
		EXPECT_EQ(0, unlock(self->a, self->mode));
		return;
	}
	ASSERT_EQ(0, lock_shared(self->c));
	before = picture(self->s);
	for (op = changes; op < changes + ARRAY_SIZE(changes); op++) {
		int err = run_op(self->a, op, 0, 0);

		if (op->fill == fill_batch && !err)
			err = kit_of(self->a)->items[0].status;
		EXPECT_EQ(-EACCES, err) {
			TH_LOG("%s", op->name);
		}
		EXPECT_TRUE(same_picture(self->s, &before));
		EXPECT_TRUE(holds(self->s, self->a, 1, 0));
		EXPECT_TRUE(holds(self->s, self->c, 1, 0));
	}
	EXPECT_EQ(0, unlock_shared(self->c));
	EXPECT_EQ(0, run_op(self->a, &changes[0], 0, 0));
	EXPECT_EQ(0, unlock_shared(self->a));
}

/*
 * The same thread through another registration: it must not wait for itself
 */

static int second_entity(struct actor *a)
{
	struct kit *kit = kit_of(a);
	struct box *box = a->box;
	int err;

	err = dev_register_in(box->fd, INSTANCE, AF_INET, PROTO_OSPF, box->tid,
			      RTM_REQ_OPAQUE_SLOT, &box->entity);
	if (!err)
		kit->inner = dev_dest(box->fd, box->entity, INNER);
	return err;
}

TEST_F(access, second_entity_of_the_holder)
{
	struct rtm_dest_rec before = picture(self->s);
	struct actor *a = self->a;
	__u64 first = a->box->entity;
	const struct op *op;

	ASSERT_EQ(0, actor_run(a, second_entity));
	/* nor for those who wait for it */
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	for (op = reads; op < reads + ARRAY_SIZE(reads); op++) {
		EXPECT_EQ(0, run_op(a, op, 0, 0)) {
			TH_LOG("%s", op->name);
		}
	}
	/* a route of the second entity, new or by batch; the route is not its own */
	EXPECT_EQ(-EACCES, run_op(a, &changes[0], 0, 0));
	EXPECT_EQ(-EACCES, run_op(a, &changes[0], RTM_REQ_NOWAIT, 0));
	EXPECT_EQ(-EACCES, run_op(a, &changes[2], 0, 0));
	EXPECT_EQ(0, run_op(a, &changes[5], 0, 0));
	EXPECT_EQ(-EACCES, kit_of(a)->items[0].status);
	EXPECT_TRUE(same_picture(self->s, &before));
	EXPECT_EQ(-EACCES, lock_exclusive(a));
	EXPECT_EQ(variant->exclusive ? -EACCES : 0, lock_shared(a));
	EXPECT_EQ(variant->exclusive ? -EACCES : 0, unlock_shared(a));
	a->box->entity = first;
	EXPECT_TRUE(holds(self->s, a, !variant->exclusive, variant->exclusive));
	EXPECT_EQ(0, unlock(a, self->mode));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

TEST_HARNESS_MAIN
