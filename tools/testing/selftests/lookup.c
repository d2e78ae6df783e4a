// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many destinations looked up in one call.
 *
 * How this file works: every item of a call is compared with what the single command
 * says about the same prefix.  The items are in a guarded array.
 */
#include <pthread.h>

#include "rtm_notify_test.h"

#define N	6

static const char *const asked[N] = {
	"10.1.0.0/16", "10.1.2.0/24", "10.0.0.0/8", "11.0.0.0/8", "10.2.0.0/16", "10.3.0.1/32",
};

FIXTURE(lookup) {
	struct env env;
	int fd;
	__u64 e;
	__u64 other;
	struct rtm_net_prefix *prefixes;
	char *items;
};

FIXTURE_SETUP(lookup)
{
	static const char *const there[] = { "10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16" };
	__u64 route;
	int i;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, RTM_REQ_OPAQUE_SLOT,
				  &self->other));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, dev_route(self->fd, self->e, there[i], 0, 1, &route));
		ASSERT_EQ(0, dev_release(self->fd, self->e, route));
	}
	self->prefixes = guard_alloc(N * sizeof(*self->prefixes));
	self->items = guard_alloc(N * views_size(RTM_V_SUPPORTED));
	for (i = 0; i < N; i++)
		self->prefixes[i] = prefix(asked[i]);
}

FIXTURE_TEARDOWN(lookup)
{
	guard_free(self->prefixes);
	guard_free(self->items);
	EXPECT_EQ(0, dev_deregister(self->fd, self->e));
	EXPECT_EQ(0, dev_deregister(self->fd, self->other));
	env_clean(_metadata, &self->env);
}

static void start_arg(FIXTURE_DATA(lookup) *self, struct rtm_get_dests *arg)
{
	lookup_arg(arg, self->e, self->prefixes, self->items, N, RTM_V_SUPPORTED);
}

static struct rtm_dest_item *nth(FIXTURE_DATA(lookup) *self, unsigned int i)
{
	return (void *)(self->items + i * views_size(RTM_V_SUPPORTED));
}

static __u64 handles_of(int fd)
{
	struct rtm_get_stats s;

	return dev_stats(fd, &s) ? ~0ull : s.handles;
}

/* Give back what an item carries. */
static void release(struct __test_metadata *_metadata, FIXTURE_DATA(lookup) *self,
		    const struct rtm_dest_item *item)
{
	struct changed c;

	EXPECT_EQ(0, item->status);
	take_item(self->fd, self->e, item, &c);
}

/* What the single command says. */
static int single(FIXTURE_DATA(lookup) *self, bool exact, unsigned int i,
		  struct rtm_get_dest *arg, struct rtm_dest_view *views)
{
	dest_arg(arg, self->e, RTM_PROTO_BEST, RTM_V_SUPPORTED, views, RTM_N_VIEWS);
	arg->prefix = self->prefixes[i];
	arg->flags = RTM_REQ_NOWAIT;
	return dev_call(self->fd, exact ? RTM_IOC_GET_EXACT_DEST : RTM_IOC_GET_MOST_SPECIFIC_DEST,
			arg);
}

static void compare(struct __test_metadata *_metadata, FIXTURE_DATA(lookup) *self, bool exact,
		    unsigned int i)
{
	struct rtm_dest_view *views = guard_alloc(RTM_N_VIEWS * sizeof(*views));
	const struct rtm_dest_item *item = nth(self, i);
	struct rtm_get_dest arg;
	__u64 handles[1 + 3 * RTM_N_VIEWS];
	unsigned int v, n = 0;
	__u32 done;

	EXPECT_EQ(item->status, single(self, exact, i, &arg, views));
	EXPECT_EQ(item_size(RTM_N_VIEWS), item->size);
	if (item->status) {
		EXPECT_EQ(0, item->dest | item->n_views | item->belongs | item->last_changed);
		EXPECT_TRUE(prefix_is(&item->prefix, asked[i]));
		guard_free(views);
		return;
	}
	EXPECT_EQ(item->dest, arg.dest);
	EXPECT_EQ(item->n_views, arg.n_views);
	EXPECT_EQ(item->belongs, arg.belongs);
	EXPECT_EQ(item->last_changed, arg.last_changed);
	EXPECT_EQ(0, memcmp(&item->prefix, &arg.prefix, sizeof(arg.prefix)));
	EXPECT_EQ(0, memcmp(item->views, views, arg.n_views * sizeof(*views)));
	handles[n++] = arg.dest;
	for (v = 0; v < arg.n_views; v++) {
		handles[n++] = views[v].route;
		handles[n++] = views[v].owner;
		handles[n++] = views[v].hold_route;
	}
	EXPECT_EQ(0, dev_release_n(self->fd, self->e, RTM_HANDLE_ANY, handles, n, &done));
	release(_metadata, self, item);
	guard_free(views);
}

/*
 * Wrong values
 */

TEST_F(lookup, wrong_flags)
{
	struct rtm_get_dests arg;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		start_arg(self, &arg);
		arg.flags = 1u << bit;
		if (arg.flags & (RTM_REQ_NOWAIT | RTM_REQ_EXACT))
			continue;
		EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	}
}

TEST_F(lookup, wrong_numbers)
{
	struct rtm_get_dests arg;

	start_arg(self, &arg);
	arg.count = 0;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	start_arg(self, &arg);
	arg.item_size -= 8;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	arg.item_size = 0;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	arg.item_size = views_size(RTM_V_SUPPORTED) + 4;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	start_arg(self, &arg);
	arg.views = 1u << 20;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	start_arg(self, &arg);
	arg.entity = 0;
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
}

/* No handle is given out by a call that fails, however far it came. */
TEST_F(lookup, wrong_memory)
{
	__u64 before = handles_of(self->fd);
	struct rtm_get_dests arg;
	unsigned int i;

	start_arg(self, &arg);
	arg.prefixes = 16;
	EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	start_arg(self, &arg);
	arg.items = 16;
	EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	/* the array ends one prefix, or one item, too early */
	for (i = 0; i < 2; i++) {
		size_t bytes = i ? views_size(RTM_V_SUPPORTED) : sizeof(struct rtm_net_prefix);
		char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				  -1, 0);

		ASSERT_NE(MAP_FAILED, (void *)page);
		ASSERT_EQ(0, munmap(page + 4096, 4096));
		start_arg(self, &arg);
		arg.count = 3;
		if (i)
			arg.items = ptr_u64(page + 4096 - 2 * bytes);
		else
			arg.prefixes = ptr_u64(memcpy(page + 4096 - 2 * bytes, self->prefixes,
						      2 * bytes));
		EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
		EXPECT_EQ(0, munmap(page, 4096));
	}
	EXPECT_EQ(before, handles_of(self->fd));
}

TEST_F(lookup, wrong_prefixes)
{
	struct rtm_get_dests arg;

	self->prefixes[0].len = 33;
	self->prefixes[1].pad = 1;
	self->prefixes[2].family = AF_INET6;
	start_arg(self, &arg);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	ASSERT_EQ(N, arg.count);
	EXPECT_EQ(-EINVAL, nth(self, 0)->status);
	EXPECT_EQ(33, nth(self, 0)->prefix.len);
	EXPECT_EQ(-EINVAL, nth(self, 1)->status);
	EXPECT_EQ(-EINVAL, nth(self, 2)->status);
	EXPECT_EQ(-ENOENT, nth(self, 3)->status);
	release(_metadata, self, nth(self, 4));
	release(_metadata, self, nth(self, 5));
}

/*
 * What is told
 */

TEST_F(lookup, longest)
{
	static const char *const found[N] = {
		"10.1.0.0/16", "10.1.0.0/16", "10.0.0.0/8", NULL, "10.2.0.0/16", "10.0.0.0/8",
	};
	__u64 before = handles_of(self->fd);
	struct rtm_get_dests arg;
	int i;

	start_arg(self, &arg);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	ASSERT_EQ(N, arg.count);
	for (i = 0; i < N; i++) {
		EXPECT_EQ(found[i] ? 0 : -ENOENT, nth(self, i)->status);
		if (found[i])
			EXPECT_TRUE(prefix_is(&nth(self, i)->prefix, found[i]));
		compare(_metadata, self, false, i);
	}
	EXPECT_EQ(before, handles_of(self->fd));
}

TEST_F(lookup, exact)
{
	static const bool found[N] = { true, false, true, false, true, false };
	struct rtm_get_dests arg;
	int i;

	start_arg(self, &arg);
	arg.flags = RTM_REQ_EXACT;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	ASSERT_EQ(N, arg.count);
	for (i = 0; i < N; i++) {
		EXPECT_EQ(found[i] ? 0 : -ENOENT, nth(self, i)->status);
		compare(_metadata, self, true, i);
	}
}

/* Without views there are no blocks, and items may be further apart than they need. */
TEST_F(lookup, other_sizes)
{
	struct rtm_dest_item *items = guard_alloc(2 * 256);
	struct rtm_get_dests arg;
	struct rtm_dest_item *second = (void *)((char *)items + 256);

	lookup_arg(&arg, self->e, self->prefixes + 2, items, 2, 0);
	arg.item_size = 256;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	EXPECT_EQ(2, arg.count);
	EXPECT_EQ(0, items->status);
	EXPECT_EQ(0, items->n_views);
	EXPECT_EQ(sizeof(*items), items->size);
	EXPECT_EQ(-ENOENT, second->status);
	EXPECT_TRUE(prefix_is(&second->prefix, "11.0.0.0/8"));
	EXPECT_EQ(0, dev_release(self->fd, self->e, items->dest));
	guard_free(items);
}

TEST_F(lookup, protocol)
{
	struct rtm_get_dests arg;

	lookup_arg(&arg, self->other, self->prefixes, self->items, 1, RTM_V_UCAST);
	arg.protocol = RTM_PROTO_THIS;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	EXPECT_EQ(0, nth(self, 0)->status);
	EXPECT_EQ(0, nth(self, 0)->views[0].route);
	EXPECT_EQ(0, dev_release(self->fd, self->other, nth(self, 0)->dest));
}

/* One call has its limit, and says how far it came. */
TEST_F(lookup, many)
{
	unsigned int max = param_number("max_handles_in_enum");
	struct rtm_get_dests arg;
	unsigned int i;

	ASSERT_EQ(0, param_set_number("max_handles_in_enum", 2));
	start_arg(self, &arg);
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	EXPECT_EQ(0, param_set_number("max_handles_in_enum", max));
	EXPECT_EQ(2, arg.count);
	for (i = 0; i < arg.count; i++)
		compare(_metadata, self, false, i);
}

/*
 * Locks
 */

/**
 * struct holder - a thread that has 10.0.0.0/8 locked
 * @fd: the file
 * @entity: whose lock it is
 * @dest: the destination
 * @held: it has it
 * @let_go: it may give it up, and takes its time
 * @err: what went wrong, or 0
 * @thread: the thread
 */
struct holder {
	int fd;
	__u64 entity;
	__u64 dest;
	bool held;
	bool let_go;
	int err;
	pthread_t thread;
};

static void *hold(void *arg)
{
	struct holder *h = arg;

	h->err = dev_lock(h->fd, h->entity, h->dest, RTM_REQ_EXCLUSIVE);
	__atomic_store_n(&h->held, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&h->let_go, __ATOMIC_ACQUIRE))
		sleep_ms(10);
	sleep_ms(150);
	if (!h->err)
		h->err = dev_unlock(h->fd, h->entity, h->dest, RTM_REQ_EXCLUSIVE);
	return NULL;
}

static void holder_start(struct __test_metadata *_metadata, FIXTURE_DATA(lookup) *self,
			 struct holder *h)
{
	memset(h, 0, sizeof(*h));
	h->fd = self->fd;
	h->entity = self->other;
	h->dest = dev_dest(self->fd, self->other, "10.0.0.0/8");
	ASSERT_NE(0, h->dest);
	ASSERT_EQ(0, pthread_create(&h->thread, NULL, hold, h));
	ASSERT_TRUE(wait_until(__atomic_load_n(&h->held, __ATOMIC_ACQUIRE)));
}

static void holder_lets_go(struct holder *h)
{
	__atomic_store_n(&h->let_go, true, __ATOMIC_RELEASE);
}

static void holder_end(struct __test_metadata *_metadata, struct holder *h)
{
	holder_lets_go(h);
	ASSERT_EQ(0, pthread_join(h->thread, NULL));
	EXPECT_EQ(0, h->err);
	EXPECT_EQ(0, dev_release(h->fd, h->entity, h->dest));
}

TEST_F(lookup, locked)
{
	struct rtm_get_dests arg;
	struct holder h;

	holder_start(_metadata, self, &h);
	/* shown as locked */
	start_arg(self, &arg);
	arg.flags = RTM_REQ_NOWAIT;
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	EXPECT_EQ(N, arg.count);
	EXPECT_EQ(-EAGAIN, nth(self, 2)->status);
	EXPECT_EQ(-EAGAIN, nth(self, 5)->status);
	release(_metadata, self, nth(self, 0));
	release(_metadata, self, nth(self, 1));
	release(_metadata, self, nth(self, 4));
	/* the call ends before it, whatever its deadline */
	start_arg(self, &arg);
	arg.deadline = 1;
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	EXPECT_EQ(2, arg.count);
	release(_metadata, self, nth(self, 0));
	release(_metadata, self, nth(self, 1));
	/* and begins with it: that waits */
	holder_lets_go(&h);
	lookup_arg(&arg, self->e, self->prefixes + 2, self->items, 2, RTM_V_SUPPORTED);
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	EXPECT_EQ(2, arg.count);
	release(_metadata, self, nth(self, 0));
	holder_end(_metadata, &h);
}

TEST_F(lookup, deadline)
{
	struct rtm_get_dests arg;
	struct holder h;

	holder_start(_metadata, self, &h);
	lookup_arg(&arg, self->e, self->prefixes + 2, self->items, 2, RTM_V_SUPPORTED);
	arg.deadline = 1;
	EXPECT_EQ(-ETIMEDOUT, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	holder_end(_metadata, &h);
}

/* What this thread has locked itself it may look at, through whichever registration. */
TEST_F(lookup, locked_by_this_thread)
{
	__u64 dest = dev_dest(self->fd, self->other, "10.0.0.0/8");
	struct rtm_get_dests arg;
	int i;

	ASSERT_EQ(0, dev_lock(self->fd, self->other, dest, RTM_REQ_EXCLUSIVE));
	start_arg(self, &arg);
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DESTS, &arg));
	EXPECT_EQ(N, arg.count);
	for (i = 0; i < N; i++)
		compare(_metadata, self, false, i);
	EXPECT_EQ(0, dev_unlock(self->fd, self->other, dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, dev_release(self->fd, self->other, dest));
}

TEST_HARNESS_MAIN
