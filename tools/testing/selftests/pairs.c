// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that can happen to a route, two at a time.
 *
 * How this file works: a route can have expired, have a destination with a hold-down
 * time, be locked, edited in place, on a list, marked for change notification or under
 * an enumeration.  Each pair is made in both orders, and each of the two has to be
 * there afterwards as if it were alone: first while the route lives, then when it has
 * been deleted.  In the end the owner goes, and with it everything.
 */
#include "rtm_edit_test.h"
#include "rtm_enum_test.h"
#include "rtm_expiry_test.h"
#include "rtm_notify_test.h"

#define PLACE	"10.1.0.0/16"
#define LONG	600000	/* milliseconds */

FIXTURE(pairs) {
	struct env env;
	unsigned int answer_ms;
};

FIXTURE_SETUP(pairs)
{
	env_setup(_metadata, &self->env);
	self->answer_ms = param_number("expiry_answer_ms");
	ASSERT_EQ(0, param_set_number("expiry_answer_ms", LONG));
}

FIXTURE_TEARDOWN(pairs)
{
	EXPECT_EQ(0, param_set_number("expiry_answer_ms", self->answer_ms));
	env_clean(_metadata, &self->env);
}

/**
 * struct subject - the route of one pair, and what has happened to it
 * @fd: the file
 * @e: its owner
 * @route: the route; two references
 * @dest: its destination
 * @list: a list of the owner
 * @notify: registration for changes of marked destinations
 * @walk: an enumeration that has not come to the route yet
 * @question: what the answer about its life is to name
 * @settled: that was answered by an edit
 * @metric: what it has to be
 * @locks: how often it is locked
 */
struct subject {
	int fd;
	__u64 e;
	__u64 route;
	__u64 dest;
	__u64 list;
	__u64 notify;
	__u64 walk;
	__u64 question;
	bool settled;
	__u32 metric;
	unsigned int locks;
};

static void subject_make(struct __test_metadata *_metadata, struct subject *s, int fd)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->metric = 10;
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_RIP, 1, RTM_REQ_EVENTS, &s->e));
	ASSERT_EQ(0, dev_route(fd, s->e, PLACE, 0, s->metric, &s->route));
	ASSERT_EQ(0, dev_reference(fd, s->e, RTM_HANDLE_ROUTE, &s->route, 1));
	s->dest = dev_dest(fd, s->e, PLACE);
	ASSERT_NE(0, s->dest);
	ASSERT_EQ(0, dev_new_list(fd, s->e, &s->list));
	ASSERT_EQ(0, dev_notify(fd, s->e, RTM_CT_ALL | RTM_CT_ONLY_MARKED, RTM_V_SUPPORTED,
				&s->notify));
}

static bool nothing_left(int fd)
{
	struct rtm_get_stats s;

	return !dev_stats(fd, &s) && !s.entities && !s.routes && !s.dests && !s.handles &&
	       !s.locks_held;
}

/*
 * What can happen
 */

static void expire(struct __test_metadata *_metadata, struct subject *s)
{
	struct rtm_add_route arg;
	struct rtm_event event;

	route_arg(&arg, s->e, PLACE, NULL, 0);
	arg.route = s->route;
	arg.attrs.metric = s->metric;
	arg.attrs.ttl_ms = 1;
	ASSERT_EQ(0, dev_add_route(s->fd, &arg));
	ASSERT_TRUE(has_event(s->fd, 60000));
	ASSERT_EQ(sizeof(event), read(s->fd, &event, sizeof(event)));
	ASSERT_EQ(RTM_EVENT_ROUTE_EXPIRED, event.type);
	ASSERT_EQ(s->route, event.object);
	ASSERT_EQ(0, dev_release(s->fd, s->e, event.object));
	s->question = event.context;
	s->settled = false;
}

static void expire_alive(struct __test_metadata *_metadata, struct subject *s)
{
	__u32 ttl = 0;

	EXPECT_EQ(RTM_STATE_CREATED, dev_route_life(s->fd, s->e, s->route, &ttl));
	EXPECT_EQ(s->settled, !ttl);
	EXPECT_EQ(s->settled ? -ESTALE : 0,
		  dev_answer_expiry(s->fd, s->e, s->route, s->question, true));
	EXPECT_EQ(RTM_STATE_CREATED, dev_route_life(s->fd, s->e, s->route, &ttl));
	EXPECT_EQ(0, ttl);
}

static void expire_deleted(struct __test_metadata *_metadata, struct subject *s)
{
	EXPECT_EQ(-ESTALE, dev_answer_expiry(s->fd, s->e, s->route, s->question, true));
}

static void hold(struct __test_metadata *_metadata, struct subject *s)
{
	ASSERT_EQ(0, dev_hold(s->fd, s->e, s->dest, RTM_V_UCAST, LONG));
}

static void hold_alive(struct __test_metadata *_metadata, struct subject *s)
{
	struct rtm_dest_rec rec;

	(void)s;
	ASSERT_TRUE(dev_dest_rec(s->fd, PLACE, &rec));
	EXPECT_EQ(0, rec.held);
	EXPECT_EQ(RTM_V_UCAST, rec.hold_views);
}

static void hold_deleted(struct __test_metadata *_metadata, struct subject *s)
{
	struct rtm_dest_rec rec;

	ASSERT_TRUE(dev_dest_rec(s->fd, PLACE, &rec));
	EXPECT_EQ(RTM_V_UCAST, rec.held);
}

static void lock(struct __test_metadata *_metadata, struct subject *s)
{
	ASSERT_EQ(0, dev_lock(s->fd, s->e, s->dest, RTM_REQ_EXCLUSIVE));
	s->locks++;
}

static void lock_alive(struct __test_metadata *_metadata, struct subject *s)
{
	struct rtm_dest_rec rec;

	ASSERT_TRUE(dev_dest_rec(s->fd, PLACE, &rec));
	EXPECT_NE(0, rec.locked);
}

static void lock_deleted(struct __test_metadata *_metadata, struct subject *s)
{
	for (; s->locks; s->locks--)
		EXPECT_EQ(0, dev_unlock(s->fd, s->e, s->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EACCES, dev_unlock(s->fd, s->e, s->dest, RTM_REQ_EXCLUSIVE));
}

static void edit(struct __test_metadata *_metadata, struct subject *s)
{
	struct rtm_update_route arg;

	ASSERT_EQ(0, dev_lock_route(s->fd, s->e, s->route, RTM_REQ_EXCLUSIVE));
	update_route_arg(&arg, s->e, s->route, NULL, 0);
	arg.attrs.metric = ++s->metric;
	ASSERT_EQ(0, dev_call(s->fd, RTM_IOC_UPDATE_ROUTE, &arg));
	s->settled = true;
}

static void edit_alive(struct __test_metadata *_metadata, struct subject *s)
{
	struct rtm_get_route_info info;

	ASSERT_EQ(0, dev_route_info(s->fd, s->e, s->route, NULL, 0, &info));
	EXPECT_EQ(s->metric, info.attrs.metric);
	release_route_info(s->fd, &info);
}

static void list(struct __test_metadata *_metadata, struct subject *s)
{
	ASSERT_EQ(0, dev_insert(s->fd, s->e, s->list, &s->route, 1));
}

/* How many routes are on the list; all have to be this one. */
static int listed(struct subject *s)
{
	__u64 walk, ids[4];
	int n, i;

	if (dev_list_enum(s->fd, s->e, s->list, &walk))
		return -1;
	n = dev_get_enum(s->fd, RTM_IOC_GET_LIST_ENUM_ROUTES, s->e, walk, ids, 4, 8);
	for (i = 0; i < n; i++)
		if (ids[i] != s->route || dev_release(s->fd, s->e, ids[i]))
			return -1;
	return dev_delete_object(s->fd, RTM_IOC_DELETE_ENUM, s->e, walk) ? -1 : n;
}

static void list_alive(struct __test_metadata *_metadata, struct subject *s)
{
	EXPECT_EQ(1, listed(s));
}

static void list_deleted(struct __test_metadata *_metadata, struct subject *s)
{
	EXPECT_GE(0, listed(s));
}

static void mark(struct __test_metadata *_metadata, struct subject *s)
{
	ASSERT_EQ(0, dev_mark(s->fd, s->e, s->notify, s->dest, true));
}

static void mark_alive(struct __test_metadata *_metadata, struct subject *s)
{
	EXPECT_EQ(1, dev_is_marked(s->fd, s->e, s->notify, s->dest));
}

static void mark_deleted(struct __test_metadata *_metadata, struct subject *s)
{
	static struct changes c;

	EXPECT_EQ(0, dev_changes(s->fd, s->e, s->notify, RTM_V_SUPPORTED, 4, &c));
	ASSERT_EQ(1, c.n);
	EXPECT_TRUE(prefix_is(&c.dest[0].prefix, PLACE));
}

static void walk(struct __test_metadata *_metadata, struct subject *s)
{
	struct rtm_create_enum arg;

	enum_arg(&arg, s->e, RTM_V_SUPPORTED);
	ASSERT_EQ(0, dev_create_enum(s->fd, RTM_IOC_CREATE_ROUTE_ENUM, &arg, &s->walk));
}

static int walk_on(struct subject *s)
{
	__u64 ids[4];
	int n, i;

	n = dev_get_enum(s->fd, RTM_IOC_GET_ENUM_ROUTES, s->e, s->walk, ids, 4, 8);
	for (i = 0; i < n; i++)
		if (ids[i] != s->route || dev_release(s->fd, s->e, ids[i]))
			return -1;
	return n;
}

static void walk_alive(struct __test_metadata *_metadata, struct subject *s)
{
	EXPECT_EQ(1, walk_on(s));
}

static void walk_deleted(struct __test_metadata *_metadata, struct subject *s)
{
	EXPECT_GE(0, walk_on(s));
}

typedef void (*step_fn)(struct __test_metadata *_metadata, struct subject *s);

static const struct fate {
	const char *name;
	step_fn happens;
	step_fn alive;
	step_fn deleted;
} fates[] = {
	{ "expired", expire, expire_alive, expire_deleted },
	{ "held", hold, hold_alive, hold_deleted },
	{ "locked", lock, lock_alive, lock_deleted },
	{ "edited", edit, edit_alive, NULL },
	{ "listed", list, list_alive, list_deleted },
	{ "marked", mark, mark_alive, mark_deleted },
	{ "enumerated", walk, walk_alive, walk_deleted },
};

/* An answer to a question that is settled now would be another one's. */
static void look_alive(struct __test_metadata *_metadata, struct subject *s,
		       const struct fate *a, const struct fate *b)
{
	a->alive(_metadata, s);
	if (a != b)
		b->alive(_metadata, s);
	edit_alive(_metadata, s);
}

static void look_deleted(struct __test_metadata *_metadata, struct subject *s,
			 const struct fate *a, const struct fate *b)
{
	__u32 ttl;

	EXPECT_EQ(RTM_STATE_DELETED, dev_route_life(s->fd, s->e, s->route, &ttl));
	if (a->deleted)
		a->deleted(_metadata, s);
	if (a != b && b->deleted)
		b->deleted(_metadata, s);
}

static void one_pair(struct __test_metadata *_metadata, int fd, const struct fate *a,
		     const struct fate *b)
{
	struct subject s;

	subject_make(_metadata, &s, fd);
	a->happens(_metadata, &s);
	b->happens(_metadata, &s);
	look_alive(_metadata, &s, a, b);
	ASSERT_EQ(0, dev_delete_route(fd, s.e, s.route, NULL));
	look_deleted(_metadata, &s, a, b);
	ASSERT_EQ(0, dev_deregister(fd, s.e));
	EXPECT_TRUE(wait_until(nothing_left(fd)));
}

TEST_F(pairs, every_pair)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(fates); i++) {
		for (j = 0; j < ARRAY_SIZE(fates); j++) {
			one_pair(_metadata, self->env.fd, &fates[i], &fates[j]);
			if (!_metadata->passed)
				TH_LOG("%s, then %s", fates[i].name, fates[j].name);
			ASSERT_TRUE(_metadata->passed);
		}
	}
}

/* All of them, in the order of the table, and from its end. */
TEST_F(pairs, all_at_once)
{
	const unsigned int n = ARRAY_SIZE(fates);
	unsigned int round, i;
	struct subject s;

	for (round = 0; round < 2; round++) {
		subject_make(_metadata, &s, self->env.fd);
		for (i = 0; i < n; i++)
			fates[round ? n - 1 - i : i].happens(_metadata, &s);
		for (i = 0; i < n; i++)
			fates[i].alive(_metadata, &s);
		ASSERT_EQ(0, dev_delete_route(s.fd, s.e, s.route, NULL));
		for (i = 0; i < n; i++)
			if (fates[i].deleted)
				fates[i].deleted(_metadata, &s);
		ASSERT_EQ(0, dev_deregister(s.fd, s.e));
		EXPECT_TRUE(wait_until(nothing_left(s.fd)));
	}
}

/* Its owner goes in the middle of it. */
TEST_F(pairs, owner_goes)
{
	unsigned int i, j;
	struct subject s;

	for (i = 0; i < ARRAY_SIZE(fates); i++) {
		for (j = 0; j < ARRAY_SIZE(fates); j++) {
			subject_make(_metadata, &s, self->env.fd);
			fates[i].happens(_metadata, &s);
			fates[j].happens(_metadata, &s);
			ASSERT_EQ(0, dev_deregister(s.fd, s.e));
			EXPECT_TRUE(wait_until(nothing_left(s.fd)))
				TH_LOG("%s, then %s", fates[i].name, fates[j].name);
		}
	}
}

TEST_HARNESS_MAIN
