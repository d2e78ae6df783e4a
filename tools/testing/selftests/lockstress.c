// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kill-and-close stress of the destination lock.
 *
 *	lockstress [SECONDS [SEED]]		60 seconds unless said otherwise
 *
 * How this file works: a crowd of processes of five kinds locks, changes and reads a
 * few destinations; the test kills them at random, starts new ones, breaks locks and
 * looks at the tables all the while.  Four destinations are of two sorts:
 *
 *  - behind each *guarded* one stands a pair of numbers in shared memory, written only
 *    under an exclusive lock, first one, then the other, and read under a shared one.
 *    Whoever sees them differ, or change under his eyes, has seen a torn section.  A
 *    writer that was killed half way leaves its id behind, so its pair may differ;
 *  - the *rough* ones are for everything that takes locks away from the living:
 *    breaking, unlocking for others, files handed on.
 *
 * At the end nothing is held, nobody waits, nothing is left, and no task sleeps
 * uninterruptibly.
 */
#include <sys/resource.h>
#include <sys/un.h>

#include "rtm_actor.h"
#include "rtm_tasks.h"

#define N_GUARDED	2
#define N_DESTS		4
#define N_WORKERS	8
#define N_THREADS	3

static unsigned int seconds = 60;
static unsigned int seed;

static const char * const dests[N_DESTS] = {
	"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16",
};

/**
 * struct pair - what an exclusive lock protects
 * @writer: thread that is writing, 0 when the numbers agree
 * @x: written first
 * @y: written last
 */
struct pair {
	volatile pid_t writer;
	volatile __u64 x;
	volatile __u64 y;
};

/* What happened how often. */
enum count {
	WRITES,
	READS,
	UPGRADES,
	CHANGES,
	LOOKS,
	TIMEOUTS,
	CLOSES,
	FORKS,
	PASSED,
	SIBLINGS,
	BREAKS,
	KILLS,
	N_EXPECTED,
	/* by chance, perhaps not at all */
	HALF_WRITTEN = N_EXPECTED,
	INTERRUPTS,
	ENDED,
	N_COUNTS,
};

static const char * const count_names[N_COUNTS] = {
	"writes", "reads", "upgrades", "changes", "looks", "timeouts", "closes", "forks",
	"passed", "siblings", "breaks", "kills", "half written", "interrupts", "ended",
};

/**
 * struct arena - memory of all processes
 * @pair: behind the guarded destinations
 * @count: what happened
 * @next_id: for the next entity
 * @bad: things that must not happen
 * @text: the first of them
 */
struct arena {
	struct pair pair[N_GUARDED];
	volatile unsigned int count[N_COUNTS];
	volatile unsigned int next_id;
	volatile unsigned int bad;
	char text[128];
};

static struct arena *arena;

static void did(enum count what)
{
	__atomic_add_fetch(&arena->count[what], 1, __ATOMIC_RELAXED);
}

static void bad(const char *text, int err)
{
	if (__atomic_fetch_add(&arena->bad, 1, __ATOMIC_RELAXED))
		return;
	snprintf(arena->text, sizeof(arena->text), "%s: %d (process %d)", text, err, getpid());
}

/**
 * struct worker - a thread at work
 * @fd: its file
 * @entity: its registration
 * @dest: handles of the destinations
 * @random: state of its generator
 */
struct worker {
	int fd;
	__u64 entity;
	__u64 dest[N_DESTS];
	__u64 random;
};

static unsigned int any(struct worker *w, unsigned int below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (unsigned int)(w->random >> 20) % below;
}

static bool once_in(struct worker *w, unsigned int times)
{
	return !any(w, times);
}

/* Some time, mostly none; but the CPU has to go round. */
static void dawdle(struct worker *w)
{
	if (once_in(w, 4))
		sleep_ms(1 + any(w, 8));
	else if (once_in(w, 2))
		sched_yield();
}

static __u32 any_mode(struct worker *w)
{
	return once_in(w, 2) ? RTM_REQ_EXCLUSIVE : 0;
}

static __u64 some_deadline(struct worker *w)
{
	return once_in(w, 4) ? now_ns() + (20 + any(w, 300)) * NSEC_PER_MSEC : 0;
}

/* Results of a call that had to wait: anything but success has a good reason. */
static bool granted(int err, const char *what)
{
	switch (err) {
	case 0:
		return true;
	case -ETIMEDOUT:
		did(TIMEOUTS);
		return false;
	case -EINTR:
		did(INTERRUPTS);
		return false;
	case -EIDRM:
		did(ENDED);
		return false;
	case -EAGAIN:
	case -EACCES:
		return false;
	}
	bad(what, err);
	return false;
}

/*
 * Work
 */

static int add_route(struct worker *w, unsigned int i, __u32 flags, __u64 deadline)
{
	struct rtm_add_route arg;

	route_arg(&arg, w->entity, dests[i], NULL, 0);
	arg.flags = RTM_REQ_NO_HANDLE | flags;
	arg.attrs.metric = 1 + any(w, 100);
	arg.attrs.flags = once_in(w, 2) ? RTM_RF_BLACKHOLE : RTM_RF_MARTIAN;
	arg.deadline = deadline;
	return dev_add_route(w->fd, &arg);
}

static int delete_route(struct worker *w, unsigned int i, __u64 deadline)
{
	struct rtm_delete_route arg;

	delete_arg(&arg, w->entity, 0);
	arg.dest = prefix(dests[i]);
	arg.deadline = deadline;
	return dev_call(w->fd, RTM_IOC_DELETE_ROUTE, &arg);
}

static int get_dest(struct worker *w, unsigned int i, __u64 deadline)
{
	struct rtm_dest_view view;
	struct rtm_get_dest arg;
	__u64 handles[3];
	int err;

	dest_arg(&arg, w->entity, RTM_PROTO_BEST, RTM_V_UCAST, &view, 1);
	arg.dest = w->dest[i];
	arg.deadline = deadline;
	err = dev_call(w->fd, RTM_IOC_GET_DEST_INFO, &arg);
	if (err)
		return err;
	handles[0] = arg.dest;
	handles[1] = view.route;
	handles[2] = view.owner;
	return dev_release_n(w->fd, w->entity, RTM_HANDLE_ANY, handles, 3, NULL);
}

static int lock(struct worker *w, unsigned int i, __u32 flags)
{
	return dev_lock_until(w->fd, w->entity, w->dest[i], flags, some_deadline(w));
}

/* What nobody may take away is there to be released. */
static void unlock_own(struct worker *w, unsigned int i, __u32 flags)
{
	int err = dev_unlock(w->fd, w->entity, w->dest[i], flags);

	if (err)
		bad("own lock was not there", err);
}

/* Alone with the pair: nobody else writes, and nobody has since the last one. */
static void write_pair(struct worker *w, struct pair *pair)
{
	__u64 value = (__u64)arena->count[WRITES] << 32 | any(w, 1u << 30);

	if (!pair->writer && pair->x != pair->y)
		bad("torn, seen by a writer", 0);
	if (pair->writer)
		did(HALF_WRITTEN);
	pair->writer = (pid_t)syscall(SYS_gettid);
	pair->x = value;
	dawdle(w);
	if (pair->x != value)
		bad("two writers", 0);
	pair->y = value;
	dawdle(w);
	if (pair->x != value || pair->y != value)
		bad("two writers at the end", 0);
	pair->writer = 0;
	did(WRITES);
}

static void read_pair(struct worker *w, const struct pair *pair)
{
	pid_t writer = pair->writer;
	__u64 x = pair->x, y = pair->y;

	if (!writer && x != y)
		bad("torn", 0);
	dawdle(w);
	if (writer != pair->writer || x != pair->x || y != pair->y)
		bad("written under a shared lock", 0);
	did(READS);
}

/* The holder itself never waits for its own lock. */
static void change_as_holder(struct worker *w, unsigned int i)
{
	int err;

	if (!once_in(w, 4))
		return;
	err = add_route(w, i, RTM_REQ_NOWAIT, 0);
	if (err)
		bad("change by the holder", err);
	err = get_dest(w, i, 1);
	if (err)
		bad("look by the holder", err);
}

static void guarded_write(struct worker *w, unsigned int i)
{
	bool twice = once_in(w, 4);

	if (!granted(lock(w, i, RTM_REQ_EXCLUSIVE), "exclusive lock"))
		return;
	if (twice && dev_lock(w->fd, w->entity, w->dest[i], once_in(w, 2) ? 0 : RTM_REQ_EXCLUSIVE))
		twice = false;
	change_as_holder(w, i);
	write_pair(w, &arena->pair[i]);
	if (twice && dev_unlock(w->fd, w->entity, w->dest[i], 0))
		unlock_own(w, i, RTM_REQ_EXCLUSIVE);
	unlock_own(w, i, RTM_REQ_EXCLUSIVE);
}

static void guarded_read(struct worker *w, unsigned int i)
{
	if (!granted(lock(w, i, 0), "shared lock"))
		return;
	read_pair(w, &arena->pair[i]);
	if (once_in(w, 3) && !lock(w, i, RTM_REQ_EXCLUSIVE)) {
		did(UPGRADES);
		write_pair(w, &arena->pair[i]);
		unlock_own(w, i, RTM_REQ_EXCLUSIVE);
		read_pair(w, &arena->pair[i]);
	}
	unlock_own(w, i, 0);
}

/* Locks that others may take away, and unlocking what was never locked. */
static void rough_lock(struct worker *w)
{
	unsigned int i = N_GUARDED + any(w, N_DESTS - N_GUARDED);
	__u32 mode = any_mode(w);

	if (granted(lock(w, i, mode | (once_in(w, 3) ? RTM_REQ_NOWAIT : 0)), "rough lock"))
		dawdle(w);
	if (!once_in(w, 10))
		dev_unlock(w->fd, w->entity, w->dest[i], mode);
	if (once_in(w, 10))
		dev_unlock(w->fd, w->entity, w->dest[i], mode ^ RTM_REQ_EXCLUSIVE);
}

static void change(struct worker *w, unsigned int i)
{
	int err;

	if (once_in(w, 3))
		err = delete_route(w, i, some_deadline(w));
	else
		err = add_route(w, i, once_in(w, 4) ? RTM_REQ_NOWAIT : 0, some_deadline(w));
	if (err != -ENOENT && err != -ESTALE && granted(err, "change"))
		did(CHANGES);
}

static void look(struct worker *w, unsigned int i)
{
	if (granted(get_dest(w, i, some_deadline(w)), "look"))
		did(LOOKS);
}

static void work_once(struct worker *w)
{
	dawdle(w);
	switch (any(w, 6)) {
	case 0:
		guarded_write(w, any(w, N_GUARDED));
		break;
	case 1:
	case 2:
		guarded_read(w, any(w, N_GUARDED));
		break;
	case 3:
		rough_lock(w);
		break;
	case 4:
		change(w, any(w, N_DESTS));
		break;
	case 5:
		look(w, any(w, N_DESTS));
		break;
	}
}

/*
 * Kinds of workers
 */

/* A registration with a stake everywhere, by slot or by routes. */
static bool worker_open(struct worker *w)
{
	unsigned int i, id = __atomic_add_fetch(&arena->next_id, 1, __ATOMIC_RELAXED);
	struct rtm_get_dest arg;
	int err;

	w->random = ((__u64)seed << 32 | id) * 0x9e3779b97f4a7c15ull | 1;
	w->fd = dev_open(O_RDWR);
	if (w->fd < 0)
		return false;
	err = dev_register(w->fd, AF_INET, PROTO_BGP, id, 0, &w->entity);
	for (i = 0; i < N_DESTS && !err; i++) {
		do {
			err = add_route(w, i, 0, 0);
		} while (err == -EINTR);
		dest_arg(&arg, w->entity, RTM_PROTO_BEST, 0, NULL, 0);
		arg.prefix = prefix(dests[i]);
		do {
			arg.flags = 0;
			err = err ? err : dev_call(w->fd, RTM_IOC_GET_EXACT_DEST, &arg);
		} while (err == -EINTR);
		w->dest[i] = arg.dest;
	}
	if (err && err != -EIDRM)
		bad("cannot begin", err);
	return !err;
}

static void *mixer_thread(void *arg)
{
	struct worker w = *(struct worker *)arg;

	w.random ^= (__u64)syscall(SYS_gettid) << 32;
	for (;;)
		work_once(&w);
	return NULL;
}

/* Threads of one entity, until they are killed. */
static void mixer(struct worker *w)
{
	pthread_t thread;
	unsigned int i;

	for (i = 1; i < N_THREADS; i++)
		if (pthread_create(&thread, NULL, mixer_thread, w))
			return;
	mixer_thread(w);
}

/*
 * Locks something rough with its file, and does not see to it any more.  The
 * registration may be another process's and have ended.
 */
static void leave_locked(struct worker *w)
{
	unsigned int i = N_GUARDED + any(w, N_DESTS - N_GUARDED);
	int err = lock(w, i, any_mode(w));

	if (err != -EBADF && granted(err, "lock to leave"))
		sleep_ms(any(w, 100));
}

/* A child that may still be waiting for a lock when the registration ends. */
static void leave_child(struct worker *w)
{
	if (fork())
		return;
	w->random += getpid();
	leave_locked(w);
	_exit(0);
}

/* Ends its registration or file with whatever is locked, and begins anew. */
static void closer(struct worker *w)
{
	unsigned int i, n;

	do {
		for (n = any(w, 10); n; n--)
			work_once(w);
		for (i = 0; i < N_DESTS; i++)
			if (once_in(w, 2))
				lock(w, i, RTM_REQ_NOWAIT | any_mode(w));
		if (once_in(w, 2))
			leave_child(w);
		dawdle(w);
		if (once_in(w, 2) && dev_deregister(w->fd, w->entity))
			bad("cannot deregister", 0);
		close(w->fd);
		did(CLOSES);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	} while (worker_open(w));
}

/* Its children inherit the file, one of them survives it for a while. */
static void forker(struct worker *w)
{
	pid_t pid;

	for (;;) {
		work_once(w);
		pid = fork();
		if (!pid) {
			w->random += getpid();
			leave_locked(w);
			_exit(0);
		}
		did(FORKS);
		if (once_in(w, 4)) {
			leave_locked(w);
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static void send_fd(int sock, int fd)
{
	char byte = 0, room[CMSG_SPACE(sizeof(int))] = {};
	struct iovec io = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	sendmsg(sock, &msg, MSG_NOSIGNAL);
}

static int receive_fd(int sock)
{
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec io = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	struct cmsghdr *cmsg;
	ssize_t n;
	int fd = -1;

	do {
		n = recvmsg(sock, &msg, 0);
	} while (n < 0 && errno == EINTR);
	if (n != 1)
		return -1;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	return fd;
}

/* A process that never had the file before gets it, and may be left with it. */
static void passer(struct worker *w)
{
	struct worker copy;
	int pair[2];
	pid_t pid;

	for (;;) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
			return;
		pid = fork();
		if (!pid) {
			copy = *w;
			close(w->fd);
			close(pair[0]);
			copy.fd = receive_fd(pair[1]);
			copy.random += getpid();
			leave_locked(&copy);
			_exit(0);
		}
		close(pair[1]);
		send_fd(pair[0], w->fd);
		close(pair[0]);
		did(PASSED);
		rough_lock(w);
		if (once_in(w, 6))
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

/* A holder that dies while a process with the same table of descriptors lives on. */
static void sibling(struct worker *w)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);

	if (!pid) {
		sleep_ms(1500);
		_exit(0);
	}
	did(SIBLINGS);
	leave_locked(w);
	_exit(0);
}

static void (* const kinds[])(struct worker *w) = {
	mixer, closer, mixer, forker, mixer, passer, mixer, sibling,
};

static pid_t start_worker(unsigned int i)
{
	struct worker w = {};
	pid_t pid;

	pid = fork();
	if (pid)
		return pid;
	die_with_parent();
	setpriority(PRIO_PROCESS, 0, 0);
	if (worker_open(&w))
		kinds[i % ARRAY_SIZE(kinds)](&w);
	_exit(0);
}

/*
 * The test
 */

FIXTURE(stress)
{
	struct env env;
	pid_t worker[N_WORKERS];
	struct worker self;
};

FIXTURE_SETUP(stress)
{
	die_with_parent();
	handle_signals();
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	/* the one who disturbs must get a word in */
	ASSERT_EQ(0, setpriority(PRIO_PROCESS, 0, -5));
	arena = mmap(NULL, sizeof(*arena), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)arena);
	env_setup(_metadata, &self->env);
	if (!seed)
		seed = (unsigned int)now_ns() | 1;
	self->self.random = seed;
	TH_LOG("%u seconds, seed %u", seconds, seed);
}

FIXTURE_TEARDOWN(stress)
{
	env_clean(_metadata, &self->env);
}

/* Children of those who were killed are ours now; they end by themselves. */
static void reap(pid_t *worker)
{
	unsigned int i;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < N_WORKERS; i++)
			if (worker[i] == pid)
				worker[i] = 0;
}

static void break_some(int fd, struct worker *w)
{
	unsigned int i = N_GUARDED + any(w, N_DESTS - N_GUARDED);
	__u32 broken;
	int err = dev_break_lock(fd, 0, dests[i], &broken);

	if (err && err != -ENOENT)
		bad("cannot break", err);
	if (!err && broken)
		did(BREAKS);
}

/* None of it may fail or wait; what it says is out of date at once. */
static void look_at_everything(int watch)
{
	static const unsigned long cmds[] = {
		RTM_IOC_DUMP_LOCKS, RTM_IOC_DUMP_ROUTES, RTM_IOC_DUMP_ENTITIES,
	};
	unsigned int count, i;
	char line[256];
	size_t size;
	void *buf;
	FILE *file;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		buf = dev_dump(watch, cmds[i], 0, "0.0.0.0/0", 0, &size, &count);
		if (!buf)
			bad("cannot dump", -errno);
		free(buf);
	}
	file = fopen("/sys/kernel/debug/rtm/locks", "re");
	while (file && fgets(line, sizeof(line), file))
		;
	if (file)
		fclose(file);
}

static void disturb(struct worker *w, int fd, pid_t *worker)
{
	pid_t victim = worker[any(w, N_WORKERS)];

	switch (any(w, 8)) {
	case 0:
	case 1:
		if (victim && !kill(victim, SIGKILL))
			did(KILLS);
		break;
	case 2:
	case 3:
		if (victim)
			kill(victim, once_in(w, 2) ? SIGUSR1 : SIGUSR2);
		break;
	case 4:
		if (victim && !kill(victim, SIGSTOP)) {
			sleep_ms(30);
			kill(victim, SIGCONT);
		}
		break;
	default:
		break_some(fd, w);
	}
}

/* Whether anything was written or read since the last look: once in a long while. */
static bool progress(unsigned int *before, __u64 *when)
{
	unsigned int now = arena->count[WRITES] + arena->count[READS];

	if (now != *before) {
		*before = now;
		*when = now_ns();
	}
	return now_ns() - *when < 60 * NSEC_PER_SEC;
}

static void stop_workers(pid_t *worker)
{
	unsigned int i;

	for (i = 0; i < N_WORKERS; i++)
		if (worker[i])
			kill(worker[i], SIGKILL);
}

static void print_counts(void)
{
	unsigned int i;

	for (i = 0; i < N_COUNTS; i++)
		fprintf(stderr, "# %-14s %u\n", count_names[i], arena->count[i]);
}

static bool all_gone(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

/* Kernel threads included. */
static bool nobody_sleeps_uninterruptibly(void)
{
	struct tasks now = {};
	unsigned int i;

	tasks_look(&now);
	for (i = 0; i < MAX_SLEEPERS; i++)
		if (now.sleeper[i].tid)
			return false;
	return true;
}

TEST_F(stress, kill_and_close)
{
	__u64 start = now_ns(), moved = start;
	struct tasks tasks = {};
	unsigned int i, before = 0;

	while (now_ns() - start < seconds * NSEC_PER_SEC) {
		for (i = 0; i < N_WORKERS; i++)
			if (!self->worker[i])
				self->worker[i] = start_worker(i);
		disturb(&self->self, self->env.fd, self->worker);
		if (once_in(&self->self, 4))
			look_at_everything(self->env.watch);
		if (once_in(&self->self, 8))
			tasks_look(&tasks);
		sleep_ms(any(&self->self, 50));
		reap(self->worker);
		ASSERT_TRUE(progress(&before, &moved));
	}
	stop_workers(self->worker);
	EXPECT_TRUE(wait_until(all_gone()));
	print_counts();
	EXPECT_EQ(0, arena->bad) {
		TH_LOG("%s", arena->text);
	}
	for (i = 0; i < N_EXPECTED; i++) {
		EXPECT_NE(0, arena->count[i]) {
			TH_LOG("no %s", count_names[i]);
		}
	}
	EXPECT_GE(5 * NSEC_PER_SEC, tasks.longest_sem) {
		TH_LOG("%llu ms: %s", tasks.longest_sem / NSEC_PER_MSEC, tasks.text_sem);
	}
	TH_LOG("longest uninterruptible sleep %llu ms: %s", tasks.longest_any / NSEC_PER_MSEC,
	       tasks.text_any);
	EXPECT_EQ(0, held(self->env.watch));
	EXPECT_EQ(0, waiting(self->env.watch));
	EXPECT_TRUE(wait_until(nobody_sleeps_uninterruptibly()));
}

/* Constructors get the arguments, too. */
static void __attribute__((constructor)) take_arguments(int argc, char **argv)
{
	if (argc > 1)
		seconds = (unsigned int)strtoul(argv[1], NULL, 0);
	if (argc > 2)
		seed = (unsigned int)strtoul(argv[2], NULL, 0);
	_stress_kill_and_close_object.timeout = (int)seconds + 240;
}

TEST_HARNESS_MAIN
