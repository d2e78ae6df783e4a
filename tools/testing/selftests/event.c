// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entity events: who comes and who goes, by poll() and read().
 *
 * How this file works: one registration listens, others come and go through another
 * file.  The listener does not wait, except where waiting is what is tested; then it
 * is a thread, and the test looks into /proc whether it sleeps.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "rtm_test.h"

static struct rtm_get_stats stats(struct __test_metadata *_metadata, int fd)
{
	struct rtm_get_stats s;

	ASSERT_EQ(0, dev_stats(fd, &s));
	return s;
}

FIXTURE(event) {
	struct env env;
	int fd;
	int other;
	__u64 receiver;
};

FIXTURE_SETUP(event)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	self->other = dev_open(O_RDWR);
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, RTM_REQ_EVENTS,
				  &self->receiver));
}

FIXTURE_TEARDOWN(event)
{
	close(self->other);
	env_clean(_metadata, &self->env);
}

static bool readable(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) == 1 && p.revents == POLLIN;
}

/* Returns the number of events, or a negative errno. */
static int read_events(int fd, struct rtm_event *events, unsigned int room)
{
	ssize_t n = read(fd, events, room * sizeof(*events));

	if (n < 0)
		return -errno;
	return n % sizeof(*events) ? -EIO : n / sizeof(*events);
}

static void expect_event(struct __test_metadata *_metadata, const struct rtm_event *event,
			 __u64 receiver, __u32 type, __u32 protocol, __u32 id)
{
	EXPECT_EQ(type, event->type);
	EXPECT_EQ(0, event->pad);
	EXPECT_EQ(receiver, event->entity);
	EXPECT_EQ(RTM_HANDLE_ENTITY, RTM_HANDLE_TYPE(event->object));
	EXPECT_EQ(protocol, event->id.protocol);
	EXPECT_EQ(id, event->id.id);
	EXPECT_EQ(0, event->id.pad);
}

/* The next event is this one; its reference is released. */
static void expect_next(struct __test_metadata *_metadata, int fd, __u64 receiver, __u32 type,
			__u32 protocol, __u32 id)
{
	struct rtm_event *event = guard_alloc(sizeof(*event));

	EXPECT_TRUE(readable(fd, 0));
	ASSERT_EQ(1, read_events(fd, event, 1));
	expect_event(_metadata, event, receiver, type, protocol, id);
	EXPECT_EQ(0, dev_release(fd, receiver, event->object));
	guard_free(event);
}

static void expect_no_event(struct __test_metadata *_metadata, int fd)
{
	struct rtm_event event;

	EXPECT_FALSE(readable(fd, 0));
	EXPECT_EQ(-EAGAIN, read_events(fd, &event, 1));
}

TEST_F(event, read_wrong)
{
	char small[sizeof(struct rtm_event)];
	size_t n;

	for (n = 0; n < sizeof(small); n++) {
		EXPECT_EQ(-1, read(self->fd, small, n));
		EXPECT_EQ(EINVAL, errno);
	}
	expect_no_event(_metadata, self->fd);
	/* a file without a registration has no events either */
	ASSERT_EQ(0, fcntl(self->env.watch, F_SETFL, O_NONBLOCK));
	expect_no_event(_metadata, self->env.watch);
}

TEST_F(event, come_and_go)
{
	struct rtm_get_entity_info info;
	struct rtm_event event;
	__u64 a, handle;

	expect_no_event(_metadata, self->fd);
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 7, 0, &a));
	ASSERT_EQ(1, read_events(self->fd, &event, 1));
	expect_event(_metadata, &event, self->receiver, RTM_EVENT_ENTITY_REGISTERED,
		     PROTO_OSPF, 7);
	handle = event.object;
	EXPECT_EQ(0, dev_entity_info(self->fd, self->receiver, handle, &info));
	EXPECT_EQ(RTM_STATE_CREATED, info.state);
	expect_no_event(_metadata, self->fd);

	ASSERT_EQ(0, dev_deregister(self->other, a));
	ASSERT_EQ(1, read_events(self->fd, &event, 1));
	expect_event(_metadata, &event, self->receiver, RTM_EVENT_ENTITY_DEREGISTERED,
		     PROTO_OSPF, 7);
	EXPECT_EQ(handle, event.object);
	EXPECT_EQ(0, dev_entity_info(self->fd, self->receiver, handle, &info));
	EXPECT_EQ(RTM_STATE_DELETED, info.state);
	/* one reference each */
	EXPECT_EQ(0, dev_release(self->fd, self->receiver, handle));
	EXPECT_EQ(0, dev_release(self->fd, self->receiver, handle));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->receiver, handle));
	expect_no_event(_metadata, self->fd);
}

TEST_F(event, only_own_table)
{
	__u64 a, b, c;

	ASSERT_EQ(0, dev_register(self->other, AF_INET6, PROTO_OSPF, 1, 0, &a));
	ASSERT_EQ(0, dev_register_in(self->other, 1, AF_INET, PROTO_OSPF, 1, 0, &b));
	expect_no_event(_metadata, self->fd);
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &c));
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_REGISTERED, PROTO_OSPF,
		    1);
}

/* Who was there before does not come, but it does go. */
TEST_F(event, those_before)
{
	__u64 late;

	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 2, RTM_REQ_EVENTS, &late));
	ASSERT_EQ(0, fcntl(self->other, F_SETFL, O_NONBLOCK));
	expect_no_event(_metadata, self->other);
	ASSERT_EQ(0, dev_deregister(self->fd, self->receiver));
	expect_next(_metadata, self->other, late, RTM_EVENT_ENTITY_DEREGISTERED, PROTO_RIP, 1);
	expect_no_event(_metadata, self->other);
}

TEST_F(event, nobody_asked)
{
	__u64 a, b;

	ASSERT_EQ(0, fcntl(self->other, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &a));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 2, 0, &b));
	expect_no_event(_metadata, self->other);
}

/* One who sleeps is not told of those who have gone again. */
TEST_F(event, coalesced)
{
	struct rtm_get_stats before, after;
	__u64 a;
	int i;

	ASSERT_EQ(0, dev_stats(self->fd, &before));
	for (i = 0; i < 1000; i++) {
		ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, i, 0, &a));
		ASSERT_EQ(0, dev_deregister(self->other, a));
	}
	expect_no_event(_metadata, self->fd);
	ASSERT_EQ(0, dev_stats(self->fd, &after));
	EXPECT_EQ(before.entities, after.entities);
	EXPECT_EQ(before.handles, after.handles);
}

TEST_F(event, several_in_order)
{
	struct rtm_event *events = guard_alloc(3 * sizeof(*events));
	__u64 e[4];
	int i;

	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 9 - i, 0, &e[i]));
	ASSERT_EQ(3, read_events(self->fd, events, 3));
	for (i = 0; i < 3; i++)
		expect_event(_metadata, &events[i], self->receiver, RTM_EVENT_ENTITY_REGISTERED,
			     PROTO_OSPF, 9 - i);
	ASSERT_EQ(0, dev_deregister(self->other, e[1]));
	ASSERT_EQ(2, read_events(self->fd, events, 3));
	expect_event(_metadata, &events[0], self->receiver, RTM_EVENT_ENTITY_REGISTERED,
		     PROTO_OSPF, 6);
	expect_event(_metadata, &events[1], self->receiver, RTM_EVENT_ENTITY_DEREGISTERED,
		     PROTO_OSPF, 8);
	guard_free(events);
}

/* Room for one and a half is room for one. */
TEST_F(event, odd_room)
{
	unsigned char *buf = guard_alloc(2 * sizeof(struct rtm_event) - 1);
	__u64 a, b;

	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &a));
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 2, 0, &b));
	EXPECT_EQ(sizeof(struct rtm_event),
		  read(self->fd, buf, 2 * sizeof(struct rtm_event) - 1));
	guard_free(buf);
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_REGISTERED, PROTO_OSPF,
		    2);
}

/* An event is consumed when it was copied out, and not before. */
TEST_F(event, unwritable_buffer)
{
	struct rtm_event *volatile nowhere = (void *)16;
	__u64 a, b, before;
	char *map;

	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map + 4096, 4096, PROT_READ));
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &a));
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 2, 0, &b));
	before = stats(_metadata, self->fd).handles;

	EXPECT_EQ(-EFAULT, read_events(self->fd, nowhere, 2));
	EXPECT_EQ(-EFAULT, read_events(self->fd, (void *)(map + 4096), 2));
	EXPECT_EQ(-EFAULT, read_events(self->fd, (void *)(map + 4096 - 8), 2));
	EXPECT_EQ(before, stats(_metadata, self->fd).handles);
	EXPECT_TRUE(readable(self->fd, 0));

	/* the first fits, the second does not and stays */
	EXPECT_EQ(1, read_events(self->fd, (void *)(map + 4096 - sizeof(struct rtm_event) - 8), 2));
	EXPECT_EQ(before + 1, stats(_metadata, self->fd).handles);
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_REGISTERED, PROTO_OSPF,
		    2);
	expect_no_event(_metadata, self->fd);
	munmap(map, 8192);
}

TEST_F(event, two_receivers_of_one_file)
{
	struct rtm_event events[4];
	__u64 second, a;
	int i, n = 0;

	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 2, RTM_REQ_EVENTS, &second));
	/* the first is told of the second */
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_REGISTERED, PROTO_RIP,
		    2);
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &a));
	ASSERT_EQ(2, read_events(self->fd, events, 4));
	for (i = 0; i < 2; i++)
		n += events[i].entity == self->receiver ? 1 : events[i].entity == second ? 2 : 0;
	EXPECT_EQ(3, n);
	EXPECT_EQ(events[0].object, events[1].object);
}

/* A registration that ends takes its unread events along. */
TEST_F(event, receiver_leaves)
{
	__u64 a;

	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &a));
	EXPECT_TRUE(readable(self->fd, 0));
	ASSERT_EQ(0, dev_deregister(self->fd, self->receiver));
	expect_no_event(_metadata, self->fd);
	ASSERT_EQ(0, dev_deregister(self->other, a));
	EXPECT_EQ(0, stats(_metadata, self->fd).entities);
}

TEST_F(event, close_counts_as_leaving)
{
	__u64 a, b;

	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &a));
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 2, RTM_REQ_KEEP, &b));
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_REGISTERED, PROTO_OSPF,
		    1);
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_REGISTERED, PROTO_OSPF,
		    2);
	close(self->other);
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_DEREGISTERED,
		    PROTO_OSPF, 1);
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_DEREGISTERED,
		    PROTO_OSPF, 2);
	/* one that was kept comes as any other */
	self->other = dev_open(O_RDWR);
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 2, 0, &b));
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_REGISTERED, PROTO_OSPF,
		    2);
	expect_no_event(_metadata, self->fd);
}

/* No room for a handle: the event waits until there is. */
TEST_F(event, no_room_for_the_handle)
{
	unsigned int limit = param_number("max_file_handles");
	struct rtm_event event;
	__u64 a;

	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &a));
	ASSERT_EQ(0, param_set("max_file_handles", "1"));
	EXPECT_EQ(-ENOSPC, read_events(self->fd, &event, 1));
	ASSERT_EQ(0, param_set_number("max_file_handles", limit));
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_REGISTERED, PROTO_OSPF,
		    1);
}

struct reader {
	int fd;
	struct rtm_event event;
	volatile int result;
};

static void *read_one(void *arg)
{
	struct reader *r = arg;

	r->result = read_events(r->fd, &r->event, 1);
	return NULL;
}

static bool sleeping(pid_t tid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return state == 'S';
}

/* The only other thread of this process. */
static pid_t other_thread(void)
{
	pid_t tid = 0;
	char *end;
	FILE *f;
	char line[64];

	f = popen("ls /proc/$PPID/task", "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		pid_t id = strtol(line, &end, 10);

		if (id != getpid())
			tid = id;
	}
	pclose(f);
	return tid;
}

TEST_F(event, blocking_read)
{
	struct reader r = { .fd = self->fd, .result = 1000 };
	pthread_t thread;
	pid_t tid;
	__u64 a;

	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, 0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_one, &r));
	tid = other_thread();
	ASSERT_NE(0, tid);
	ASSERT_TRUE(wait_until(sleeping(tid)));
	EXPECT_EQ(1000, r.result);
	ASSERT_EQ(0, dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &a));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(1, r.result);
	expect_event(_metadata, &r.event, self->receiver, RTM_EVENT_ENTITY_REGISTERED,
		     PROTO_OSPF, 1);
}

static void ignore(int sig __attribute__((unused)))
{
}

TEST_F(event, blocking_read_interrupted)
{
	struct sigaction action = { .sa_handler = ignore };
	struct reader r = { .fd = self->fd, .result = 1000 };
	pthread_t thread;
	pid_t tid;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, 0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_one, &r));
	tid = other_thread();
	ASSERT_NE(0, tid);
	ASSERT_TRUE(wait_until(sleeping(tid)));
	ASSERT_EQ(0, pthread_kill(thread, SIGUSR1));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(-EINTR, r.result);
}

/* poll() in one thread wakes for what another process does. */
TEST_F(event, poll_wakes)
{
	pid_t child;
	__u64 a;
	int status;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		sleep_ms(200);
		_exit(dev_register(self->other, AF_INET, PROTO_OSPF, 1, 0, &a) ? 1 : 0);
	}
	EXPECT_TRUE(readable(self->fd, 60000));
	expect_next(_metadata, self->fd, self->receiver, RTM_EVENT_ENTITY_REGISTERED, PROTO_OSPF,
		    1);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
