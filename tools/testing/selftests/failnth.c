// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every allocation of every command fails once.
 *
 * How this file works: /proc/thread-self/fail-nth makes the n-th thing fail that can
 * fail in what this thread does next.  Each command is called with n = 1, 2, 3 and so on, in a
 * small world made anew for each call, until a call comes to its end without having
 * met the n-th.  A call that failed for want of memory must have changed nothing: a
 * picture before and one after are compared.  What the kernel has to say about it
 * (KASAN, lockdep, leaks) is looked at by whoever runs the machine.
 *
 * Copies to and from user space are made to fail as well.  When it is the last one, of
 * the answer, a change has happened already and cannot be told; then it only counts
 * that nothing is lost when the world ends.
 */
#include <dirent.h>
#include <poll.h>
#include <pthread.h>

#include "rtm_fib_test.h"
#include "rtm_world.h"

#define NTH_MAX	400
#define CALL_BYTES	3000

/* The filters that would spare allocations which may sleep. */
static const char * const filters[] = {
	"/sys/kernel/debug/failslab/ignore-gfp-wait",
	"/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait",
};

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -errno : 0;
}

/* Fetches calls and answers them with what they bring, until its registration ends. */
static void *echo_calls(void *arg)
{
	int fd = *(int *)arg;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char data[CALL_BYTES];
	struct rtm_fetch_call f;
	struct rtm_event event;
	int err = 0;

	while (err != -EBADF) {
		poll(&p, 1, 1000);
		if (read(fd, &event, sizeof(event)) != sizeof(event) ||
		    event.type != RTM_EVENT_METHOD_CALL)
			break;
		fetch_arg(&f, event.entity, event.context, data, sizeof(data));
		err = dev_call(fd, RTM_IOC_FETCH_CALL, &f);
		if (err)
			continue;
		dev_release(fd, f.entity, f.caller);
		err = dev_answer(fd, f.entity, f.call, data, f.input_size, 0);
	}
	return NULL;
}

static bool have_faults(void)
{
	return !access("/proc/thread-self/fail-nth", W_OK) &&
	       !access("/sys/kernel/debug/failslab", X_OK);
}

FIXTURE(failnth) {
	struct env env;
	int nth;
	unsigned int enomem;
};

FIXTURE_SETUP(failnth)
{
	unsigned int i;

	self->nth = -1;
	env_setup(_metadata, &self->env);
	if (!have_faults())
		return;
	for (i = 0; i < ARRAY_SIZE(filters); i++)
		ASSERT_EQ(0, write_file(filters[i], "N"));
	ASSERT_EQ(0, write_file("/sys/kernel/debug/fail_page_alloc/min-order", "0"));
	self->nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->nth);
}

FIXTURE_TEARDOWN(failnth)
{
	unsigned int i;

	if (self->nth >= 0) {
		close(self->nth);
		for (i = 0; i < ARRAY_SIZE(filters); i++)
			EXPECT_EQ(0, write_file(filters[i], "Y"));
		EXPECT_EQ(0, write_file("/sys/kernel/debug/fail_page_alloc/min-order", "1"));
	}
	env_clean(_metadata, &self->env);
}

static void arm(FIXTURE_DATA(failnth) *self, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(self->nth, text, len, 0) != len)
		abort();
}

/*
 * True if the n-th was met.  To ask is a copy, too, and to disarm is another: if the
 * n-th was one of these, it is not one of the call's.
 */
static bool disarm(FIXTURE_DATA(failnth) *self)
{
	char text[16] = "";
	bool met = pread(self->nth, text, sizeof(text) - 1, 0) > 0 && text[0] == '0';

	while (pwrite(self->nth, "0", 1, 0) != 1)
		if (errno != EFAULT)
			abort();
	return met;
}

/* Whether a failure may have left the world changed. */
static bool may_change(const struct command *c, int err)
{
	if (!err)
		return true;
	if (err != -EFAULT)
		return false;
	/* batches tell how far they came, and release cannot be undone */
	return c->changes || c->cmd == RTM_IOC_RELEASE_HANDLES;
}

/* One call whose n-th fails.  False when there is no n-th any more. */
static bool step(struct __test_metadata *_metadata, FIXTURE_DATA(failnth) *self,
		 const struct command *c, unsigned int n)
{
	unsigned char arg[ARG_MAX_BYTES];
	struct picture before;
	struct world w;
	bool met;
	int err;

	world_setup(_metadata, &w, self->env.fd);
	picture_take(_metadata, &before, self->env.fd, WORLD_INSTANCE);
	world_arg(&w, c->cmd, arg);
	arm(self, n);
	err = ioctl(self->env.fd, c->cmd, arg) ? -errno : 0;
	met = disarm(self);
	if (!met)
		EXPECT_EQ(0, err)
			TH_LOG("%s: error without a failure", c->name);
	EXPECT_TRUE(!err || err == -ENOMEM || err == -EFAULT)
		TH_LOG("%s: failure %u, error %d", c->name, n, err);
	if (!may_change(c, err))
		EXPECT_TRUE(world_same(_metadata, &w, &before))
			TH_LOG("%s: failure %u, error %d changed something", c->name, n, err);
	picture_free(&before);
	if (c->cmd == RTM_IOC_REGISTER_ENTITY && !err)
		dev_deregister(self->env.fd, ((struct rtm_register_entity *)arg)->entity);
	world_end(&w);
	self->enomem += err == -ENOMEM;
	return met;
}

TEST_F(failnth, commands)
{
	const struct command *c;
	unsigned int n;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	for_each_command(c) {
		for (n = 1; n < NTH_MAX; n++)
			if (!step(_metadata, self, c, n))
				break;
		EXPECT_GT(NTH_MAX, n);
		/* each of them copies its argument at least */
		EXPECT_LT(1, n)
			TH_LOG("%s", c->name);
	}
	/* not only copies have failed, but allocations as well, those of several commands */
	fprintf(stderr, "# %u calls failed for want of memory\n", self->enomem);
	EXPECT_LT(20, self->enomem);
}

/* A call to somebody who answers, which the table of commands has not got. */
static int call_echo(int fd, const __u64 *entity, char *output)
{
	static char input[CALL_BYTES] = "says";
	struct rtm_invoke_method arg;

	memset(output, 0, CALL_BYTES);
	invoke_arg(&arg, entity[0], entity[1], input, CALL_BYTES, output, CALL_BYTES);
	return ioctl(fd, RTM_IOC_INVOKE_METHOD, &arg) ? -errno : 0;
}

TEST_F(failnth, invoke)
{
	char output[CALL_BYTES];
	struct rtm_get_stats s;
	pthread_t thread;
	unsigned int n;
	__u64 entity[2];
	bool met;
	int err;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	ASSERT_EQ(0, dev_register_methods(self->env.fd, PROTO_RIP, 1, 0, &entity[0]));
	ASSERT_EQ(0, dev_register_methods(self->env.fd, PROTO_RIP, 2, 1, &entity[1]));
	ASSERT_EQ(0, pthread_create(&thread, NULL, echo_calls, &self->env.fd));
	for (n = 1; n < NTH_MAX; n++) {
		arm(self, n);
		err = call_echo(self->env.fd, entity, output);
		met = disarm(self);
		EXPECT_TRUE(!err || err == -ENOMEM || err == -EFAULT)
			TH_LOG("failure %u, error %d", n, err);
		if (!err)
			EXPECT_EQ(0, strcmp(output, "says"));
		if (!met)
			break;
	}
	EXPECT_LT(5, n);
	EXPECT_GT(NTH_MAX, n);
	EXPECT_TRUE(wait_until(!dev_stats(self->env.fd, &s) && !s.calls));
	/* to come or to go is no call, which ends the thread */
	ASSERT_EQ(0, dev_deregister(self->env.fd, entity[1]));
	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_RIP, 3, RTM_REQ_EVENTS, &entity[1]));
	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_RIP, 4, 0, &entity[1]));
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

/* The same for a batch whose items fail: each on its own. */
TEST_F(failnth, batch_items)
{
	struct rtm_route_batch arg;
	struct rtm_get_stats s;
	unsigned int n, added;
	struct world w;
	__u64 before;
	int err, i;
	bool met;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	for (n = 1; n < NTH_MAX; n++) {
		world_setup(_metadata, &w, self->env.fd);
		world_arg(&w, RTM_IOC_ADD_ROUTES, &arg);
		ASSERT_EQ(0, dev_stats(self->env.fd, &s));
		before = s.routes;
		arm(self, n);
		err = ioctl(self->env.fd, RTM_IOC_ADD_ROUTES, &arg) ? -errno : 0;
		met = disarm(self);
		ASSERT_EQ(0, dev_stats(self->env.fd, &s));
		for (i = 0, added = 0; i < WORLD_ITEMS; i++)
			added += !w.items[i].status;
		/* what is said to be there is there, and nothing else unless it got lost */
		EXPECT_TRUE(err == -EFAULT ? s.routes >= before + added :
					     s.routes == before + added)
			TH_LOG("failure %u, error %d: %u items, %llu routes", n, err, added,
			       s.routes);
		world_end(&w);
		if (!met)
			break;
	}
	EXPECT_LT(5, n);
	EXPECT_GT(NTH_MAX, n);
}

TEST_F(failnth, open_and_close)
{
	struct rtm_get_stats s;
	struct world w;
	unsigned int n;
	bool met;
	int fd;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	for (n = 1; n < NTH_MAX; n++) {
		arm(self, n);
		fd = dev_open(O_RDWR);
		met = disarm(self);
		if (fd < 0) {
			ASSERT_EQ(0, dev_stats(self->env.fd, &s));
			EXPECT_EQ(2, s.files);
			continue;
		}
		/* nothing can go wrong at the end of a file */
		world_setup(_metadata, &w, fd);
		arm(self, n);
		close(fd);
		met |= disarm(self);
		w.fd = -1;
		world_end(&w);
		expect_clean(_metadata, self->env.watch, 2);
		if (!met)
			break;
	}
	EXPECT_LT(3, n);
	EXPECT_GT(NTH_MAX, n);
}

TEST_F(failnth, events)
{
	struct rtm_event event;
	__u64 receiver, other;
	unsigned int n;
	ssize_t got;
	bool met;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	ASSERT_EQ(0, fcntl(self->env.fd, F_SETFL, O_NONBLOCK));
	for (n = 1; n < NTH_MAX; n++) {
		ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_RIP, 1, RTM_REQ_EVENTS,
					  &receiver));
		ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_RIP, 2, 0, &other));
		arm(self, n);
		got = read(self->env.fd, &event, sizeof(event));
		met = disarm(self);
		/* an event that could not be told is told the next time */
		if (got < 0)
			got = read(self->env.fd, &event, sizeof(event));
		EXPECT_EQ(sizeof(event), got);
		EXPECT_EQ(2, event.id.id);
		EXPECT_EQ(0, dev_release(self->env.fd, receiver, event.object));
		EXPECT_EQ(-EBADF, dev_release(self->env.fd, receiver, event.object));
		ASSERT_EQ(0, dev_deregister(self->env.fd, other));
		ASSERT_EQ(0, dev_deregister(self->env.fd, receiver));
		if (!met)
			break;
	}
	EXPECT_LT(1, n);
	EXPECT_GT(NTH_MAX, n);
}

/*
 * Work items
 */

#define MANY	100

/* Let allocations of kernel threads fail, or not. */
static void mark_kthreads(const char *value)
{
	DIR *dir = opendir("/proc");
	char path[300], name[64];
	struct dirent *d;
	FILE *f;

	while (dir && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", d->d_name);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (fscanf(f, "%63s", name) == 1 && !strncmp(name, "kworker/u", 9)) {
			snprintf(path, sizeof(path), "/proc/%s/make-it-fail", d->d_name);
			write_file(path, value);
		}
		fclose(f);
	}
	if (dir)
		closedir(dir);
}

static void set_probability(const char *percent)
{
	write_file("/sys/kernel/debug/failslab/task-filter", "Y");
	write_file("/sys/kernel/debug/failslab/interval", "1");
	write_file("/sys/kernel/debug/failslab/times", "-1");
	write_file("/sys/kernel/debug/failslab/probability", percent);
}

static void put_many(struct __test_metadata *_metadata, int fd, __u64 entity, __u64 nexthop)
{
	struct rtm_add_route arg;
	char text[32];
	int i;

	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "10.0.%d.0/24", i);
		route_arg(&arg, entity, text, &nexthop, 1);
		arg.flags = RTM_REQ_NO_HANDLE;
		ASSERT_EQ(0, dev_add_route(fd, &arg));
	}
}

/* The FIB writer has no memory for a while: what it could not do then, it does later. */
TEST_F(failnth, fib_writer)
{
	__u64 entity, nh[2];
	struct rtm_get_stats s;
	int round;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	net_setup(_metadata);
	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_RIP, 1, 0, &entity));
	ASSERT_EQ(0, dev_add_nexthop(self->env.fd, entity, "192.0.2.2",
				     if_nametoindex("dummy0"), &nh[0]));
	ASSERT_EQ(0, dev_add_nexthop(self->env.fd, entity, "192.0.2.3",
				     if_nametoindex("dummy0"), &nh[1]));
	for (round = 0; round < 4; round++) {
		mark_kthreads("1");
		set_probability(round % 2 ? "30" : "5");
		put_many(_metadata, self->env.fd, entity, nh[round % 2]);
		EXPECT_EQ(0, dev_fib_sync(self->env.fd, NULL));
		set_probability("0");
		mark_kthreads("0");
	}
	EXPECT_TRUE(wait_until(!dev_stats(self->env.fd, &s) && s.fib_installed == MANY));
	EXPECT_EQ(0, s.fib_failed | s.fib_conflict);
	EXPECT_EQ(MANY, fib_count(AF_INET, "192.0.2.3"));
	EXPECT_EQ(MANY, fib_count(AF_INET, NULL));

	/* withdrawals can fail as well */
	mark_kthreads("1");
	set_probability("30");
	ASSERT_EQ(0, dev_deregister(self->env.fd, entity));
	EXPECT_EQ(0, dev_fib_sync(self->env.fd, NULL));
	set_probability("0");
	mark_kthreads("0");
	EXPECT_TRUE(wait_until(!fib_count(AF_INET, NULL)));
}

TEST_HARNESS_MAIN
