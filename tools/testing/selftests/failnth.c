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
#include "rtm_module_test.h"
#include "rtm_notify_test.h"
#include "rtm_paths.h"

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

/* A world in which @p can be gone, and a picture of it. */
static void step_begin(struct __test_metadata *_metadata, FIXTURE_DATA(failnth) *self,
		       const struct path *p, struct world *w, struct picture *before)
{
	world_setup(_metadata, w, self->env.fd);
	if (p->prepare)
		ASSERT_EQ(0, p->prepare(w))
			TH_LOG("%s", p->name);
	picture_take(_metadata, before, self->env.fd, WORLD_INSTANCE);
}

static void step_end(FIXTURE_DATA(failnth) *self, const struct path *p, struct world *w,
		     const void *arg, int err)
{
	const struct rtm_register_entity *made = arg;

	if (p->cmd == RTM_IOC_REGISTER_ENTITY && !err)
		dev_deregister(self->env.fd, made->entity);
	if (p->undo)
		p->undo(w);
	world_end(w);
	self->enomem += err == -ENOMEM;
}

/* One call whose n-th fails.  False when there is no n-th any more. */
static bool step(struct __test_metadata *_metadata, FIXTURE_DATA(failnth) *self,
		 const struct command *c, const struct path *p, unsigned int n)
{
	unsigned char arg[ARG_MAX_BYTES];
	struct picture before;
	struct world w;
	bool met;
	int err;

	step_begin(_metadata, self, p, &w, &before);
	world_arg(&w, p->cmd, arg);
	if (p->fill)
		p->fill(&w, arg);
	arm(self, n);
	err = ioctl(self->env.fd, p->cmd, arg) ? -errno : 0;
	met = disarm(self);
	if (!met)
		EXPECT_EQ(0, err)
			TH_LOG("%s, %s: error without a failure", c->name, p->name);
	EXPECT_TRUE(!err || err == -ENOMEM || err == -EFAULT)
		TH_LOG("%s, %s: failure %u, error %d", c->name, p->name, n, err);
	if (!may_change(c, err))
		EXPECT_TRUE(world_same(_metadata, &w, &before))
			TH_LOG("%s, %s: failure %u, error %d changed something", c->name,
			       p->name, n, err);
	picture_free(&before);
	step_end(self, p, &w, arg, err);
	return met;
}

static void sweep(struct __test_metadata *_metadata, FIXTURE_DATA(failnth) *self,
		  const struct command *c, const struct path *p)
{
	unsigned int n;

	for (n = 1; n < NTH_MAX; n++)
		if (!step(_metadata, self, c, p, n))
			break;
	EXPECT_GT(NTH_MAX, n);
	/* each of them copies its argument at least */
	EXPECT_LT(1, n)
		TH_LOG("%s, %s", c->name, p->name);
}

TEST_F(failnth, commands)
{
	const struct command *c;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	for_each_command(c) {
		struct path p = { .name = "plain", .cmd = c->cmd };

		sweep(_metadata, self, c, &p);
	}
	/* not only copies have failed, but allocations as well, those of several commands */
	fprintf(stderr, "# %u calls failed for want of memory\n", self->enomem);
	EXPECT_LT(20, self->enomem);
}

static const struct command *command_of(unsigned long cmd)
{
	const struct command *c;

	for_each_command(c)
		if (c->cmd == cmd)
			return c;
	abort();
}

TEST_F(failnth, paths)
{
	const struct path *p;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	for_each_path(p)
		sweep(_metadata, self, command_of(p->cmd), p);
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

/* One of everything, as far as a process can leave it behind; nobody looks how it went. */
static void leave_behind(unsigned int policy)
{
	int fd = dev_open(O_RDWR);
	struct rtm_register_entity arg;
	__u64 nexthop, route, dest, list, notify;

	register_arg(&arg, AF_INET, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT | RTM_REQ_EVENTS | policy);
	arg.id.instance = WORLD_INSTANCE;
	arg.hold_ms = policy ? 1 : 0;
	if (dev_call(fd, RTM_IOC_REGISTER_ENTITY, &arg) ||
	    dev_add_nexthop(fd, arg.entity, "192.0.2.1", 1, &nexthop) ||
	    dev_route(fd, arg.entity, "10.1.0.0/16", nexthop, 1, &route) ||
	    dev_route_for(fd, arg.entity, "10.2.0.0/16", 60000, &route) ||
	    dev_new_list(fd, arg.entity, &list) || dev_insert(fd, arg.entity, list, &route, 1) ||
	    dev_notify(fd, arg.entity, RTM_CT_ALL, 0, &notify))
		_exit(1);
	dest = dev_dest(fd, arg.entity, "10.1.0.0/16");
	if (dev_mark(fd, arg.entity, notify, dest, true) ||
	    dev_set_opaque(fd, arg.entity, dest, 5) || dev_hold(fd, arg.entity, dest, 0, 60000) ||
	    dev_lock(fd, arg.entity, dest, RTM_REQ_EXCLUSIVE) ||
	    dev_lock_nexthop(fd, arg.entity, nexthop, RTM_REQ_EXCLUSIVE))
		_exit(1);
}

/* The end of a process has much to do before and after it comes to our file. */
#define EXIT_NTH	60

/* Whatever fails while a process dies, what it had goes. */
TEST_F(failnth, exit)
{
	unsigned int n;
	int status;
	pid_t pid;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	for (n = 1; n < EXIT_NTH; n++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			leave_behind(n % 2 ? RTM_REQ_HOLD : 0);
			close(self->nth);
			self->nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
			arm(self, n);
			_exit(0);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(0, status);
		expect_clean(_metadata, self->env.watch, 2);
	}
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

#define FAILSLAB	"/sys/kernel/debug/failslab/"

/*
 * No next hop can be made, by whomever, and no node for listeners; all else can.  The
 * machine's command line has chosen the caches: slub_debug.
 */
static void fail_caches(struct __test_metadata *_metadata, bool fail)
{
	if (!fail)
		ASSERT_EQ(0, write_file(FAILSLAB "probability", "0"));
	ASSERT_EQ(0, write_file(FAILSLAB "cache-filter", fail ? "Y" : "N"));
	ASSERT_EQ(0, write_file(FAILSLAB "task-filter", fail ? "N" : "Y"));
	ASSERT_EQ(0, write_file(FAILSLAB "interval", "1"));
	ASSERT_EQ(0, write_file(FAILSLAB "times", "-1"));
	if (fail)
		ASSERT_EQ(0, write_file(FAILSLAB "probability", "100"));
}

/*
 * What a remote next hop leads to now cannot be worked out: what is in the FIB stays.  One
 * that is on a link takes a next hop of the writer's own making.
 */
TEST_F(failnth, fib_writer_keeps)
{
	__u64 ospf, bgp, any[2], far, route;
	struct rtm_fib_sync sync;
	int i;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	net_setup(_metadata);
	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_OSPF, 1, 0, &ospf));
	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_BGP, 1, 0, &bgp));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, dev_add_nexthop(self->env.fd, ospf, "0.0.0.0",
					     if_nametoindex(i ? "dummy1" : "dummy0"), &any[i]));
	ASSERT_EQ(0, dev_add_nexthop(self->env.fd, bgp, "203.0.113.129", 0, &far));
	ASSERT_EQ(0, dev_route(self->env.fd, ospf, "203.0.113.0/24", any[0], 1, &route));
	put_many(_metadata, self->env.fd, bgp, far);
	ASSERT_EQ(0, dev_fib_sync(self->env.fd, &sync));
	ASSERT_EQ(MANY + 1, sync.installed);
	ASSERT_TRUE(fib_is("10.0.7.0/24", "*via 203.0.113.129 dev dummy0*"));

	fail_caches(_metadata, true);
	ASSERT_EQ(0, dev_route(self->env.fd, ospf, "203.0.113.0/24", any[1], 1, &route));
	ASSERT_EQ(0, dev_fib_sync(self->env.fd, &sync));
	fail_caches(_metadata, false);
	EXPECT_EQ(MANY, sync.failed);
	EXPECT_EQ(MANY, fib_count(AF_INET, "203.0.113.129"));

	/* and follows as soon as it can */
	EXPECT_TRUE(fib_will_be("10.0.7.0/24", "*via 203.0.113.129 dev dummy1*"));
	EXPECT_EQ(MANY, fib_count(AF_INET, "203.0.113.129"));
}

/*
 * What a listener is to be told cannot be remembered: the change happens all the same, and
 * the listener learns that it has to look at everything.  A mark is refused.
 */
TEST_F(failnth, listener)
{
	static struct changes c;
	struct rtm_register_notify arg;
	struct rtm_event event;
	__u64 e, n, route, dest;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_RIP, 1, 0, &e));
	ASSERT_EQ(0, dev_route(self->env.fd, e, "10.0.0.0/8", 0, 1, &route));
	ASSERT_EQ(0, fcntl(self->env.fd, F_SETFL, O_NONBLOCK));
	notify_arg(&arg, e, CT_EVERY, RTM_V_UCAST);
	arg.flags = RTM_REQ_EVENTS;
	ASSERT_EQ(0, dev_call(self->env.fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	n = arg.notify;

	fail_caches(_metadata, true);
	EXPECT_EQ(0, dev_route(self->env.fd, e, "10.1.0.0/16", 0, 1, &route));
	dest = dev_dest(self->env.fd, e, "10.1.0.0/16");
	EXPECT_NE(0, dest);
	EXPECT_EQ(-ENOMEM, dev_mark(self->env.fd, e, n, dest, true));
	EXPECT_EQ(0, dev_is_marked(self->env.fd, e, n, dest));
	fail_caches(_metadata, false);
	EXPECT_EQ(sizeof(event), read(self->env.fd, &event, sizeof(event)));
	EXPECT_EQ(RTM_EVENT_CHANGED, event.type);
	EXPECT_EQ(0, dev_changes(self->env.fd, e, n, RTM_V_UCAST, 10, &c));
	EXPECT_TRUE(c.state & RTM_NOTIFY_DESYNC);
	EXPECT_EQ(2, c.n);

	/* from here on it is told of changes again */
	EXPECT_EQ(0, dev_changes(self->env.fd, e, n, RTM_V_UCAST, 10, &c));
	EXPECT_EQ(0, c.n);
	EXPECT_EQ(0, dev_route(self->env.fd, e, "10.2.0.0/16", 0, 1, &route));
	EXPECT_EQ(0, dev_mark(self->env.fd, e, n, dest, true));
	EXPECT_EQ(0, dev_changes(self->env.fd, e, n, RTM_V_UCAST, 10, &c));
	EXPECT_EQ(0, c.state & RTM_NOTIFY_DESYNC);
	EXPECT_EQ(1, c.n);
}

/* A module opens a client, registers, adds and looks: whatever fails, nothing is left. */
TEST_F(failnth, module)
{
	unsigned int n, refused = 0;
	bool met = true;
	int run, err;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	ASSERT_EQ(0, module_load(TESTER, ""));
	run = open("/sys/module/" TESTER "/parameters/run", O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, run);
	for (n = 1; n < NTH_MAX && met; n++) {
		arm(self, n);
		err = pwrite(run, "entity", 6, 0) == 6 ? 0 : -errno;
		met = disarm(self);
		EXPECT_TRUE(!err || err == -ENOMEM || err == -EFAULT || err == -EPROTO)
			TH_LOG("failure %u, error %d", n, err);
		refused += err == -ENOMEM;
	}
	EXPECT_EQ(0, err);
	EXPECT_FALSE(met);
	/* the client, its table of handles, the registration, at least */
	EXPECT_LT(5, refused);
	close(run);
	EXPECT_EQ(0, module_unload(TESTER));
}

/* What the callback could not be told for want of memory it is told later. */
TEST_F(failnth, module_events)
{
	int round;

	if (!have_faults())
		SKIP(return, "this kernel cannot inject failures");
	ASSERT_EQ(0, module_load(TESTER, ""));
	for (round = 0; round < 4; round++) {
		mark_kthreads("1");
		set_probability("30");
		EXPECT_EQ(0, run_case("told"));
		set_probability("0");
		mark_kthreads("0");
	}
	EXPECT_EQ(0, module_unload(TESTER));
}

TEST_HARNESS_MAIN
