/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Actors: tasks that make one call at a time, while the test looks on.
 *
 * How this file works: an actor is a thread of the test or a process.  The test puts
 * a command and its argument into the actor's box, which is shared memory, and writes
 * a byte into a pipe; the actor makes the call and writes a byte back.  The test itself
 * never makes a call that could wait for a lock, so it can see that another one waits:
 * RTM_IOC_DUMP_LOCKS names the thread.  Nothing here is decided by how long it takes.
 *
 * Actors that are processes have a file and an entity each; actors that are threads
 * have one file and one entity together, and differ by nothing but the thread.
 */
#ifndef RTM_ACTOR_H
#define RTM_ACTOR_H

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "rtm_test.h"

/* What must happen happens within this time, on the slowest machine. */
#define PATIENCE_MS	60000

/* What actor_end() says of a call that did not end, or of an actor that has died. */
#define ACTOR_BUSY	(-9999)
#define ACTOR_DEAD	(-9998)

#define ACTOR_DATA	16384

struct actor;

/**
 * struct box - what test and actor share
 * @cmd: command to make, if @fn is NULL
 * @fn: function to run in the actor
 * @arg: argument of the command
 * @data: room for arrays the argument points to; the same address on both sides
 * @ret: 0 or a negative errno, or what @fn returned
 * @pid: process of the actor
 * @tid: its thread
 * @fd: its file
 * @entity: its registration
 * @dest: handle of the destination it works with
 * @signals: signals it has handled
 */
struct box {
	unsigned long cmd;
	int (*fn)(struct actor *a);
	__u64 arg[ARG_MAX_BYTES / 8];
	__u64 data[ACTOR_DATA / 8];
	volatile int ret;
	volatile pid_t pid;
	volatile pid_t tid;
	int fd;
	__u64 entity;
	__u64 dest;
	volatile int signals;
};

/**
 * struct actor - the test's side
 * @box: shared memory
 * @thread: thread, if @pid is 0
 * @pid: process, or 0
 * @ask: pipe to the actor, the end to write to
 * @answer: pipe from the actor, the end to read from
 * @in: the actor's ends
 * @out: same
 * @running: a call was asked for and has not ended
 */
struct actor {
	struct box *box;
	pthread_t thread;
	pid_t pid;
	int ask;
	int answer;
	int in;
	int out;
	bool running;
};

static __thread struct box *my_box;

static inline void count_signal(int sig)
{
	(void)sig;
	if (my_box)
		my_box->signals++;
}

/* SIGUSR1 restarts a call, SIGUSR2 ends it. */
static inline void handle_signals(void)
{
	struct sigaction restart = { .sa_handler = count_signal, .sa_flags = SA_RESTART };
	struct sigaction end = { .sa_handler = count_signal };

	sigaction(SIGUSR1, &restart, NULL);
	sigaction(SIGUSR2, &end, NULL);
}

/* Whoever runs the test may be killed and must not leave anything behind. */
static inline void die_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static inline bool read_byte(int fd, char *byte)
{
	ssize_t n;

	do {
		n = read(fd, byte, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1;
}

static inline void write_byte(int fd, char byte)
{
	while (write(fd, &byte, 1) < 0 && errno == EINTR)
		;
}

static inline void *actor_main(void *arg)
{
	struct actor *a = arg;
	struct box *box = a->box;
	int out = a->out;
	char byte;

	my_box = box;
	box->pid = getpid();
	box->tid = (pid_t)syscall(SYS_gettid);
	write_byte(out, 'r');
	while (read_byte(a->in, &byte) && byte == 'c') {
		box->ret = box->fn ? box->fn(a) : dev_call(box->fd, box->cmd, box->arg);
		write_byte(out, 'd');
	}
	return NULL;
}

/* Wait for the actor's byte.  A process that has died closes its end. */
static inline int actor_wait_byte(struct actor *a, int ms)
{
	struct pollfd p = { .fd = a->answer, .events = POLLIN };
	char byte;
	int n;

	do {
		n = poll(&p, 1, ms);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return ACTOR_BUSY;
	return read_byte(a->answer, &byte) ? 0 : ACTOR_DEAD;
}

static inline void actor_pipes(struct actor *a)
{
	int ask[2], answer[2];

	if (pipe2(ask, O_CLOEXEC) || pipe2(answer, O_CLOEXEC))
		abort();
	a->in = ask[0];
	a->ask = ask[1];
	a->answer = answer[0];
	a->out = answer[1];
}

static inline void actor_process(struct actor *a)
{
	pid_t parent = getpid();

	fflush(stdout);
	fflush(stderr);
	a->pid = fork();
	if (a->pid < 0)
		abort();
	if (a->pid) {
		close(a->in);
		close(a->out);
		return;
	}
	die_with_parent();
	if (getppid() != parent)
		_exit(1);
	close(a->ask);
	close(a->answer);
	actor_main(a);
	_exit(0);
}

static inline void actor_start(struct actor *a, bool thread)
{
	memset(a, 0, sizeof(*a));
	a->box = mmap(NULL, sizeof(*a->box), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (a->box == MAP_FAILED)
		abort();
	a->box->fd = -1;
	actor_pipes(a);
	if (!thread)
		actor_process(a);
	else if (pthread_create(&a->thread, NULL, actor_main, a))
		abort();
	if (actor_wait_byte(a, PATIENCE_MS))
		abort();
}

/* Let an actor that is not in a call end. */
static inline void actor_stop(struct actor *a)
{
	write_byte(a->ask, 'q');
	if (a->pid) {
		waitpid(a->pid, NULL, 0);
	} else {
		pthread_join(a->thread, NULL);
		close(a->in);
		close(a->out);
	}
	close(a->ask);
	close(a->answer);
	munmap(a->box, sizeof(*a->box));
	a->box = NULL;
}

/* After the death of an actor that was a process. */
static inline void actor_forget(struct actor *a)
{
	close(a->ask);
	close(a->answer);
	munmap(a->box, sizeof(*a->box));
	a->box = NULL;
}

static inline void actor_kill(struct actor *a)
{
	kill(a->pid, SIGKILL);
	waitpid(a->pid, NULL, 0);
	actor_forget(a);
}

static inline void actor_signal(struct actor *a, int sig)
{
	syscall(SYS_tgkill, a->box->pid, a->box->tid, sig);
}

/*
 * Calls
 */

static inline void actor_go(struct actor *a)
{
	a->box->ret = ACTOR_BUSY;
	a->running = true;
	write_byte(a->ask, 'c');
}

static inline void actor_begin(struct actor *a, unsigned long cmd, const void *arg)
{
	__u32 size;

	memcpy(&size, arg, sizeof(size));
	memcpy(a->box->arg, arg, size);
	a->box->cmd = cmd;
	a->box->fn = NULL;
	actor_go(a);
}

/* The result of what was begun: waits for it, but not for ever. */
static inline int actor_end(struct actor *a)
{
	int err = actor_wait_byte(a, PATIENCE_MS);

	if (err)
		return err;
	a->running = false;
	return a->box->ret;
}

static inline int actor_call(struct actor *a, unsigned long cmd, void *arg)
{
	__u32 size;
	int err;

	memcpy(&size, arg, sizeof(size));
	actor_begin(a, cmd, arg);
	err = actor_end(a);
	memcpy(arg, a->box->arg, size);
	return err;
}

static inline void actor_begin_fn(struct actor *a, int (*fn)(struct actor *a))
{
	a->box->fn = fn;
	actor_go(a);
}

static inline int actor_run(struct actor *a, int (*fn)(struct actor *a))
{
	actor_begin_fn(a, fn);
	return actor_end(a);
}

/* Whether the call that was begun is over; its result is still to be fetched. */
static inline bool actor_ended(struct actor *a)
{
	struct pollfd p = { .fd = a->answer, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/*
 * Holders and waiters
 */

/* The first record for which @match says yes. */
static inline bool find_lock(int watch, bool (*match)(const struct rtm_lock_rec *rec, void *ctx),
			     void *ctx, struct rtm_lock_rec *found)
{
	struct rtm_lock_rec *rec;
	unsigned int count;
	bool seen = false;
	size_t size;
	void *buf;

	buf = dev_dump(watch, RTM_IOC_DUMP_LOCKS, 0, "0.0.0.0/0", 0, &size, &count);
	if (!buf)
		abort();
	for_each_record(rec, buf, size) {
		if (!match(rec, ctx))
			continue;
		if (found)
			*found = *rec;
		seen = true;
		break;
	}
	free(buf);
	return seen;
}

struct lock_of {
	pid_t tid;
	__u32 waiting;
};

static inline bool is_lock_of(const struct rtm_lock_rec *rec, void *ctx)
{
	const struct lock_of *l = ctx;

	return rec->tid == l->tid && rec->waiting == l->waiting;
}

static inline bool thread_waits(int watch, pid_t tid, struct rtm_lock_rec *rec)
{
	struct lock_of l = { .tid = tid, .waiting = 1 };

	return find_lock(watch, is_lock_of, &l, rec);
}

static inline bool thread_holds(int watch, pid_t tid, struct rtm_lock_rec *rec)
{
	struct lock_of l = { .tid = tid };

	return find_lock(watch, is_lock_of, &l, rec);
}

static inline __u64 held(int watch)
{
	struct rtm_get_stats s;

	return dev_stats(watch, &s) ? ~0ull : s.locks_held;
}

static inline __u64 waiting(int watch)
{
	struct rtm_get_stats s;

	return dev_stats(watch, &s) ? ~0ull : s.locks_waiting;
}

/*
 * A stage: some actors, one destination
 */

#define N_ACTORS	4
#define INSTANCE	3	/* one that does not forward */
#define PLACE		"10.1.0.0/16"

/* Where the actors register; to be changed before stage_setup(). */
static __u16 stage_instance = INSTANCE;

/**
 * struct stage - actors with a destination to lock
 * @watch: file of the test, for looking and for RTM_IOC_BREAK_DEST_LOCK
 * @actor: the actors
 * @threads: they are threads of one entity, not processes with one each
 */
struct stage {
	int watch;
	struct actor actor[N_ACTORS];
	bool threads;
};

static inline int actor_open(struct actor *a)
{
	struct box *box = a->box;

	box->fd = dev_open(O_RDWR);
	if (box->fd < 0)
		return -errno;
	return dev_register_in(box->fd, stage_instance, AF_INET, PROTO_BGP, (__u32)box->arg[0],
			       (__u32)box->arg[1], &box->entity);
}

static inline int actor_deregister(struct actor *a)
{
	return dev_deregister(a->box->fd, a->box->entity);
}

static inline int actor_close(struct actor *a)
{
	return close(a->box->fd) ? -errno : 0;
}

/* A blackhole route to PLACE, and a handle of it. */
static inline int actor_add_place(struct actor *a)
{
	struct box *box = a->box;
	struct rtm_add_route arg;

	route_arg(&arg, box->entity, PLACE, NULL, 0);
	arg.flags = RTM_REQ_NO_HANDLE;
	arg.attrs.flags = RTM_RF_BLACKHOLE;
	return dev_add_route(box->fd, &arg);
}

static inline int actor_find_place(struct actor *a)
{
	a->box->dest = dev_dest(a->box->fd, a->box->entity, PLACE);
	return a->box->dest ? 0 : -ENOENT;
}

static inline int actor_register(struct actor *a, unsigned int id, unsigned int flags)
{
	a->box->arg[0] = id;
	a->box->arg[1] = flags;
	return actor_run(a, actor_open);
}

static inline void stage_join(struct __test_metadata *_metadata, struct stage *s, int i)
{
	struct actor *a = &s->actor[i];

	actor_start(a, s->threads);
	if (i && s->threads) {
		a->box->fd = s->actor[0].box->fd;
		a->box->entity = s->actor[0].box->entity;
		a->box->dest = s->actor[0].box->dest;
		return;
	}
	ASSERT_EQ(0, actor_register(a, i + 1, RTM_REQ_OPAQUE_SLOT));
	if (!i)
		ASSERT_EQ(0, actor_run(a, actor_add_place));
	ASSERT_EQ(0, actor_run(a, actor_find_place));
}

/* Each actor has a stake in PLACE by its opaque slot; the first one has a route there. */
static inline void stage_setup(struct __test_metadata *_metadata, struct stage *s, bool threads)
{
	int i;

	die_with_parent();
	handle_signals();
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	s->watch = dev_open(O_RDWR);
	ASSERT_LE(0, s->watch);
	s->threads = threads;
	for (i = 0; i < N_ACTORS; i++)
		stage_join(_metadata, s, i);
}

static inline bool stage_stop(struct stage *s)
{
	bool calm = true;
	struct actor *a;

	for (a = s->actor; a < s->actor + N_ACTORS; a++) {
		if (!a->box)
			continue;
		if (!a->running) {
			if (a->pid || a == s->actor)
				actor_run(a, actor_close);
			actor_stop(a);
			continue;
		}
		calm = false;
		if (a->pid)
			actor_kill(a);
	}
	return calm;
}

/* Ends all actors; nothing may be left of what they did. */
static inline void stage_clean(struct __test_metadata *_metadata, struct stage *s)
{
	EXPECT_TRUE(stage_stop(s)) {
		TH_LOG("an actor was still in a call");
		return;
	}
	expect_clean(_metadata, s->watch, 1);
	close(s->watch);
}

/*
 * Locking PLACE
 */

static inline void begin_lock(struct actor *a, __u32 flags, __u64 deadline)
{
	struct rtm_lock_dest arg;

	lock_arg(&arg, a->box->entity, a->box->dest, flags);
	arg.deadline = deadline;
	actor_begin(a, RTM_IOC_LOCK_DEST, &arg);
}

static inline void begin_shared(struct actor *a)
{
	begin_lock(a, 0, 0);
}

static inline void begin_exclusive(struct actor *a)
{
	begin_lock(a, RTM_REQ_EXCLUSIVE, 0);
}

static inline int lock_shared(struct actor *a)
{
	begin_shared(a);
	return actor_end(a);
}

static inline int lock_exclusive(struct actor *a)
{
	begin_exclusive(a);
	return actor_end(a);
}

static inline int try_shared(struct actor *a)
{
	begin_lock(a, RTM_REQ_NOWAIT, 0);
	return actor_end(a);
}

static inline int try_exclusive(struct actor *a)
{
	begin_lock(a, RTM_REQ_NOWAIT | RTM_REQ_EXCLUSIVE, 0);
	return actor_end(a);
}

static inline int unlock(struct actor *a, __u32 flags)
{
	struct rtm_lock_dest arg;

	lock_arg(&arg, a->box->entity, a->box->dest, flags);
	return actor_call(a, RTM_IOC_UNLOCK_DEST, &arg);
}

static inline int unlock_shared(struct actor *a)
{
	return unlock(a, 0);
}

static inline int unlock_exclusive(struct actor *a)
{
	return unlock(a, RTM_REQ_EXCLUSIVE);
}

/* The actor's call waits for a lock, and goes on waiting. */
static inline bool waits(struct stage *s, struct actor *a)
{
	if (!wait_until(actor_ended(a) || thread_waits(s->watch, a->box->tid, NULL)))
		return false;
	sleep_ms(20);
	return !actor_ended(a) && thread_waits(s->watch, a->box->tid, NULL);
}

/* What the actor holds: number of shared and exclusive acquisitions. */
static inline bool holds(struct stage *s, struct actor *a, __u32 shared, __u32 exclusive)
{
	struct rtm_lock_rec rec = {};

	if (!thread_holds(s->watch, a->box->tid, &rec))
		return !shared && !exclusive;
	return rec.shared == shared && rec.exclusive == exclusive;
}

#endif /* RTM_ACTOR_H */
