// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of locks when holders and waiters end, one way or another.
 *
 * How this file works: the fixture "death" has processes with an entity each, which
 * are killed, close, fork, exec, and hand their files to each other.  A hold lasts as
 * long as its process can still release it; B, who waits, finds out.  What becomes of
 * the locks of threads is in lockthread.c.
 */
#include <sys/prctl.h>
#include <sys/un.h>

#include "rtm_actor.h"

#define N_PLACES	200

/* A wait that outlasts several looks of the kernel for dead holders. */
#define SWEEPS_MS	3500

/*
 * A new program that has inherited a locked destination: told what by AFTER_EXEC, it
 * unlocks whenever it is sent the mode, and answers with the error.
 */

#define AFTER_EXEC	"RTM_TEST_AFTER_EXEC"

static void __attribute__((constructor)) after_exec(void)
{
	const char *text = getenv(AFTER_EXEC);
	__u64 entity, dest;
	int fd, in, out;
	char mode;

	if (!text)
		return;
	if (sscanf(text, "%d %llu %llu %d %d", &fd, &entity, &dest, &in, &out) != 5)
		_exit(1);
	write_byte(out, 'r');
	while (read_byte(in, &mode))
		write_byte(out, (char)-dev_unlock(fd, entity, dest, mode == 'x' ?
						  RTM_REQ_EXCLUSIVE : 0));
	_exit(0);
}

FIXTURE(death)
{
	struct stage stage;
	struct stage *s;
	struct actor *a, *b, *c, *d;
};

/* Sockets to hand files over, inherited by all actors. */
static int post[2];

/* Pipes to a program started by exec. */
static int program_in[2], program_out[2];

FIXTURE_SETUP(death)
{
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, post));
	ASSERT_EQ(0, pipe(program_in));
	ASSERT_EQ(0, pipe(program_out));
	stage_setup(_metadata, &self->stage, false);
	self->s = &self->stage;
	self->a = &self->stage.actor[0];
	self->b = &self->stage.actor[1];
	self->c = &self->stage.actor[2];
	self->d = &self->stage.actor[3];
}

FIXTURE_TEARDOWN(death)
{
	stage_clean(_metadata, &self->stage);
}

/*
 * SIGKILL
 */

TEST_F(death, exclusive_holder_is_killed)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_kill(self->a);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(1, held(self->s->watch));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

TEST_F(death, shared_holders_are_killed)
{
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->c));
	ASSERT_EQ(0, lock_shared(self->d));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_kill(self->a);
	EXPECT_TRUE(wait_until(held(self->s->watch) == 2));
	ASSERT_TRUE(waits(self->s, self->b));
	actor_kill(self->c);
	EXPECT_TRUE(wait_until(held(self->s->watch) == 1));
	ASSERT_TRUE(waits(self->s, self->b));
	actor_kill(self->d);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

/* Dead is dead, even if nobody has asked for its exit status yet. */
TEST_F(death, holder_becomes_a_zombie)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	ASSERT_EQ(0, kill(self->a->pid, SIGKILL));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_shared(self->b));
	actor_kill(self->a);
}

TEST_F(death, waiter_is_killed)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_kill(self->b);
	EXPECT_EQ(0, waiting(self->s->watch));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, held(self->s->watch));
	EXPECT_EQ(0, lock_exclusive(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

/* Who stood behind it moves up. */
TEST_F(death, waiter_in_front_is_killed)
{
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	actor_kill(self->b);
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(2, held(self->s->watch));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->c));
}

/* Interrupted and then killed: its place must not stop anybody. */
TEST_F(death, interrupted_waiter_is_killed)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	actor_signal(self->b, SIGUSR2);
	EXPECT_EQ(-EINTR, actor_end(self->b));
	actor_kill(self->b);
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

TEST_F(death, holder_and_waiters_are_killed)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	kill(self->b->pid, SIGKILL);
	kill(self->a->pid, SIGKILL);
	EXPECT_EQ(0, actor_end(self->c));
	actor_kill(self->a);
	actor_kill(self->b);
	EXPECT_EQ(0, unlock_shared(self->c));
}

/*
 * The end of the registration and of the file
 */

TEST_F(death, holder_deregisters)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, actor_run(self->a, actor_deregister));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(-EBADF, unlock_exclusive(self->a));
	EXPECT_EQ(1, held(self->s->watch));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

TEST_F(death, holder_closes)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, actor_run(self->a, actor_close));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_shared(self->b));
}

static int keep_a_copy(struct actor *a)
{
	int copy = dup(a->box->fd);

	if (copy < 0 || close(a->box->fd))
		return -errno;
	a->box->fd = copy;
	return 0;
}

/* The file is still open in this process: it can unlock by its other descriptor. */
TEST_F(death, holder_closes_one_of_two_descriptors)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, actor_run(self->a, keep_a_copy));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_shared(self->b));
}

/*
 * fork()
 */

/* A child that has everything its parent had, and does nothing; data[0] is its id. */
static int fork_child(struct actor *a)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	a->box->data[0] = pid;
	return pid < 0 ? -errno : 0;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* The child keeps the file open, so nobody closes it for the last time. */
TEST_F(death, holder_is_killed_child_has_the_file)
{
	pid_t child;

	ASSERT_EQ(0, actor_run(self->a, fork_child));
	child = (pid_t)self->a->box->data[0];
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_kill(self->a);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	EXPECT_EQ(0, kill(child, 0));
	end_child(child);
}

TEST_F(death, holder_closes_child_has_the_file)
{
	pid_t child;

	ASSERT_EQ(0, actor_run(self->a, fork_child));
	child = (pid_t)self->a->box->data[0];
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, actor_run(self->a, actor_close));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	end_child(child);
}

TEST_F(death, waiter_is_killed_child_has_the_file)
{
	pid_t child;

	ASSERT_EQ(0, actor_run(self->b, fork_child));
	child = (pid_t)self->b->box->data[0];
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	actor_kill(self->b);
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->c));
	end_child(child);
}

/* What a child does with its copies does not concern the parent. */
TEST_F(death, child_of_the_holder_ends)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, actor_run(self->a, fork_child));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	kill((pid_t)self->a->box->data[0], SIGKILL);
	sleep_ms(SWEEPS_MS);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_TRUE(holds(self->s, self->a, 0, 1));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_shared(self->b));
}

/* A child that closes what it inherited, then locks nothing and lives on. */
static int fork_closing_child(struct actor *a)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(close(a->box->fd) ? 1 : 0);
	if (waitpid(pid, &status, 0) != pid || status)
		return -ECHILD;
	return 0;
}

TEST_F(death, child_of_the_holder_closes)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, actor_run(self->a, fork_closing_child));
	EXPECT_TRUE(holds(self->s, self->a, 0, 1));
	EXPECT_EQ(-EAGAIN, try_shared(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
}

/* A child is another thread, but of the same entity: it may release. */
static int fork_unlocking_child(struct actor *a)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(-dev_unlock(a->box->fd, a->box->entity, a->box->dest, RTM_REQ_EXCLUSIVE));
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

TEST_F(death, child_releases)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	EXPECT_EQ(0, actor_run(self->a, fork_unlocking_child));
	EXPECT_EQ(0, held(self->s->watch));
	EXPECT_EQ(-EACCES, actor_run(self->a, fork_unlocking_child));
	EXPECT_EQ(-EACCES, unlock_exclusive(self->a));
}

/*
 * SCM_RIGHTS
 */

static int send_file(struct actor *a)
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
	memcpy(CMSG_DATA(cmsg), &a->box->fd, sizeof(int));
	return sendmsg(post[0], &msg, 0) == 1 ? 0 : -errno;
}

/* Work with the file that was sent from now on; the own one is closed. */
static int receive_file(struct actor *a)
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

	if (recvmsg(post[1], &msg, MSG_CMSG_CLOEXEC) != 1)
		return -errno;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	close(a->box->fd);
	memcpy(&a->box->fd, CMSG_DATA(cmsg), sizeof(int));
	return 0;
}

/* @to makes its calls through the file and for the entity of @from. */
static void hand_over(struct __test_metadata *_metadata, struct actor *from, struct actor *to)
{
	ASSERT_EQ(0, actor_run(from, send_file));
	ASSERT_EQ(0, actor_run(to, receive_file));
	to->box->entity = from->box->entity;
	to->box->dest = from->box->dest;
}

TEST_F(death, passed_file)
{
	hand_over(_metadata, self->a, self->c);
	ASSERT_EQ(0, lock_exclusive(self->c));
	EXPECT_TRUE(holds(self->s, self->c, 0, 1));
	/* one entity, but another thread */
	EXPECT_EQ(-EAGAIN, try_shared(self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(-EACCES, unlock_exclusive(self->c));
	EXPECT_EQ(0, unlock_shared(self->b));
}

TEST_F(death, receiver_of_the_file_is_killed)
{
	hand_over(_metadata, self->a, self->c);
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->c));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_kill(self->c);
	/* its own holds, and not those of the one who registered */
	EXPECT_TRUE(wait_until(held(self->s->watch) == 1));
	EXPECT_TRUE(holds(self->s, self->a, 1, 0));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

TEST_F(death, receiver_of_the_file_closes)
{
	hand_over(_metadata, self->a, self->c);
	ASSERT_EQ(0, lock_exclusive(self->c));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, actor_run(self->c, actor_close));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	EXPECT_EQ(0, lock_exclusive(self->a));
	EXPECT_EQ(0, unlock_exclusive(self->a));
}

/* The registration was the dead one's: whatever was locked in its name goes. */
TEST_F(death, sender_of_the_file_is_killed)
{
	hand_over(_metadata, self->a, self->c);
	ASSERT_EQ(0, lock_exclusive(self->c));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_kill(self->a);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(-EACCES, unlock_exclusive(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	/* the file is open still, and so is the registration */
	EXPECT_EQ(0, lock_exclusive(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

TEST_F(death, receiver_waits_when_the_sender_is_killed)
{
	hand_over(_metadata, self->a, self->c);
	ASSERT_EQ(0, lock_exclusive(self->b));
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	actor_kill(self->a);
	sleep_ms(200);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

/*
 * exec
 */

static void become_program(struct actor *a)
{
	char text[128];

	snprintf(text, sizeof(text), "%d %llu %llu %d %d", a->box->fd, a->box->entity,
		 a->box->dest, program_in[0], program_out[1]);
	setenv(AFTER_EXEC, text, 1);
	close(program_in[1]);
	execl("/proc/self/exe", "program", NULL);
}

static int exec_without_file(struct actor *a)
{
	become_program(a);
	return -errno;
}

static int exec_with_file(struct actor *a)
{
	fcntl(a->box->fd, F_SETFD, 0);
	become_program(a);
	return -errno;
}

/* Wait for the new program to run. */
static bool program_runs(void)
{
	struct pollfd p = { .fd = program_out[0], .events = POLLIN };
	char byte;

	return poll(&p, 1, PATIENCE_MS) == 1 && read_byte(program_out[0], &byte) && byte == 'r';
}

static int program_unlocks(char mode)
{
	struct pollfd p = { .fd = program_out[0], .events = POLLIN };
	char byte;

	write_byte(program_in[1], mode);
	if (poll(&p, 1, PATIENCE_MS) != 1 || !read_byte(program_out[0], &byte))
		return -1000;
	return -byte;
}

TEST_F(death, exec_closes_the_file)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(ACTOR_DEAD, actor_run(self->a, exec_without_file));
	ASSERT_TRUE(program_runs());
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(-EBADF, program_unlocks('x'));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	actor_kill(self->a);
}

TEST_F(death, exec_keeps_the_file)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(ACTOR_DEAD, actor_run(self->a, exec_with_file));
	ASSERT_TRUE(program_runs());
	sleep_ms(SWEEPS_MS);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, program_unlocks('s'));
	EXPECT_EQ(-EACCES, program_unlocks('s'));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, program_unlocks('x'));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	actor_kill(self->a);
}

static void *exec_in_thread(void *arg)
{
	struct actor *a = arg;

	a->box->data[0] = -dev_lock(a->box->fd, a->box->entity, a->box->dest, 0);
	exec_with_file(a);
	return NULL;
}

/* The thread gets the id of the process, the others are gone: the holds stay. */
static int exec_from_thread(struct actor *a)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exec_in_thread, a))
		return -EAGAIN;
	pthread_join(thread, NULL);
	return -ECHILD;
}

TEST_F(death, exec_in_a_thread_keeps_the_file)
{
	ASSERT_EQ(0, lock_shared(self->a));
	EXPECT_EQ(ACTOR_DEAD, actor_run(self->a, exec_from_thread));
	ASSERT_TRUE(program_runs());
	EXPECT_EQ(0, self->a->box->data[0]);
	EXPECT_EQ(2, held(self->s->watch));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	sleep_ms(SWEEPS_MS);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, program_unlocks('s'));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, program_unlocks('s'));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	actor_kill(self->a);
}

/*
 * CLONE_FILES: two processes, one table of descriptors
 */

static int clone_sibling(struct actor *a)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);

	if (!pid)
		for (;;)
			pause();
	a->box->data[0] = pid;
	return pid < 0 ? -errno : 0;
}

/* No descriptor is closed by this death; whoever waits finds out by looking around. */
TEST_F(death, holder_is_killed_sibling_has_the_table)
{
	pid_t sibling;
	__u64 killed;

	ASSERT_EQ(0, actor_run(self->a, clone_sibling));
	sibling = (pid_t)self->a->box->data[0];
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	killed = now_ns();
	actor_kill(self->a);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_GE(10 * NSEC_PER_SEC, now_ns() - killed);
	EXPECT_EQ(0, kill(sibling, 0));
	EXPECT_EQ(1, held(self->s->watch));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	end_child(sibling);
}

/* Who comes after the death does not wait at all. */
TEST_F(death, dead_holder_of_a_shared_table_does_not_stop_others)
{
	pid_t sibling;

	ASSERT_EQ(0, actor_run(self->a, clone_sibling));
	sibling = (pid_t)self->a->box->data[0];
	ASSERT_EQ(0, lock_exclusive(self->a));
	EXPECT_EQ(-EAGAIN, try_exclusive(self->b));
	actor_kill(self->a);
	EXPECT_EQ(0, try_exclusive(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	end_child(sibling);
}

TEST_F(death, sibling_is_killed_holder_has_the_table)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, actor_run(self->a, clone_sibling));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	kill((pid_t)self->a->box->data[0], SIGKILL);
	sleep_ms(SWEEPS_MS);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

/*
 * Stopped, not dead
 */

TEST_F(death, stopped_holder)
{
	struct rtm_dest_rec rec;
	struct rtm_get_dest get;

	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, kill(self->a->pid, SIGSTOP));
	ASSERT_EQ(self->a->pid, waitpid(self->a->pid, NULL, WUNTRACED));
	EXPECT_TRUE(dev_dest_rec_in(self->s->watch, INSTANCE, PLACE, &rec));
	EXPECT_EQ(2, rec.locked);
	begin_lock(self->b, 0, now_ns() + 300 * NSEC_PER_MSEC);
	EXPECT_EQ(-ETIMEDOUT, actor_end(self->b));
	dest_arg(&get, self->b->box->entity, RTM_PROTO_BEST, 0, NULL, 0);
	get.prefix = prefix("10.0.0.0/8");
	EXPECT_EQ(-ENOENT, actor_call(self->b, RTM_IOC_GET_EXACT_DEST, &get));
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	ASSERT_EQ(0, kill(self->a->pid, SIGCONT));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

/* One that was stopped while it waited keeps nobody waiting. */
TEST_F(death, stopped_waiter)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	ASSERT_EQ(0, kill(self->b->pid, SIGSTOP));
	ASSERT_EQ(self->b->pid, waitpid(self->b->pid, NULL, WUNTRACED));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->c));
	ASSERT_EQ(0, kill(self->b->pid, SIGCONT));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->c));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

/*
 * Many at once
 */

static void place_name(char *text, size_t room, unsigned int i)
{
	snprintf(text, room, "10.3.%u.0/24", i);
}

static int lock_many(struct actor *a)
{
	struct box *box = a->box;
	unsigned int i;
	char text[32];
	__u64 route;
	int err = 0;

	for (i = 0; i < N_PLACES && !err; i++) {
		place_name(text, sizeof(text), i);
		err = dev_route(box->fd, box->entity, text, 0, 1, &route);
		box->data[i] = dev_dest(box->fd, box->entity, text);
		if (!err)
			err = dev_lock(box->fd, box->entity, box->data[i],
				       i % 2 ? RTM_REQ_EXCLUSIVE : 0);
	}
	return err;
}

static int unlock_many(struct actor *a)
{
	struct box *box = a->box;
	unsigned int i;
	int err = 0;

	for (i = 0; i < N_PLACES && !err; i++)
		err = dev_unlock(box->fd, box->entity, box->data[i],
				 i % 2 ? RTM_REQ_EXCLUSIVE : 0);
	return err;
}

/* Each of them once in a listing that takes several calls. */
static bool all_listed(int watch, pid_t tid)
{
	unsigned int count, i, n = 0;
	bool seen[N_PLACES] = {};
	struct rtm_lock_rec *rec;
	size_t size;
	void *buf;

	buf = dev_dump(watch, RTM_IOC_DUMP_LOCKS, 0, "0.0.0.0/0", 0, &size, &count);
	if (!buf || size <= RTM_DUMP_MIN_BUF)
		return false;
	for_each_record(rec, buf, size) {
		i = rec->prefix.addr[2];
		if (i >= N_PLACES || seen[i] || rec->tid != tid || rec->exclusive != i % 2 ||
		    rec->shared == i % 2)
			break;
		seen[i] = true;
		n++;
	}
	free(buf);
	return n == N_PLACES && count == N_PLACES;
}

TEST_F(death, many_destinations)
{
	ASSERT_EQ(0, actor_run(self->a, lock_many));
	EXPECT_EQ(N_PLACES, held(self->s->watch));
	EXPECT_TRUE(all_listed(self->s->watch, self->a->box->tid));
	EXPECT_EQ(0, actor_run(self->a, unlock_many));
	EXPECT_EQ(0, held(self->s->watch));
}

TEST_F(death, holder_of_many_destinations_is_killed)
{
	ASSERT_EQ(0, actor_run(self->a, lock_many));
	EXPECT_EQ(N_PLACES, held(self->s->watch));
	actor_kill(self->a);
	EXPECT_TRUE(wait_until(held(self->s->watch) == 0));
}

TEST_F(death, holder_of_many_destinations_deregisters)
{
	ASSERT_EQ(0, actor_run(self->a, lock_many));
	EXPECT_EQ(0, actor_run(self->a, actor_deregister));
	EXPECT_EQ(0, held(self->s->watch));
}

/*
 * As many as there may be
 */

#define MAX_LOCKERS	4096
#define N_ENTITIES	256
#define N_HOLDERS	(MAX_LOCKERS / N_ENTITIES)

static __u64 entities[N_ENTITIES];

static int lock_for_all_entities(struct actor *a)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < N_ENTITIES && !err; i++)
		err = dev_lock(a->box->fd, entities[i], a->box->dest, 0);
	return err;
}

/* Every (entity, thread) is a holder, and there is a limit to them. */
TEST(too_many_holders)
{
	unsigned int max = param_number("max_entities");
	struct actor holder[N_HOLDERS + 1];
	struct env env;
	unsigned int i;
	__u64 route, dest;

	die_with_parent();
	ASSERT_LE(N_ENTITIES, max);
	env_setup(_metadata, &env);
	for (i = 0; i < N_ENTITIES; i++)
		ASSERT_EQ(0, dev_register_in(env.fd, INSTANCE, AF_INET, PROTO_BGP, i, 0,
					     &entities[i]));
	ASSERT_EQ(0, dev_route(env.fd, entities[0], PLACE, 0, 1, &route));
	dest = dev_dest(env.fd, entities[0], PLACE);
	for (i = 0; i <= N_HOLDERS; i++) {
		actor_start(&holder[i], false);
		holder[i].box->fd = env.fd;
		holder[i].box->dest = dest;
		EXPECT_EQ(i < N_HOLDERS ? 0 : -ENOSPC,
			  actor_run(&holder[i], lock_for_all_entities));
	}
	EXPECT_EQ(MAX_LOCKERS, held(env.watch));
	/* waiting counts, too */
	EXPECT_EQ(-ENOSPC, dev_lock(env.fd, entities[0], dest, RTM_REQ_EXCLUSIVE));
	actor_kill(&holder[1]);
	EXPECT_EQ(MAX_LOCKERS - N_ENTITIES, held(env.watch));
	EXPECT_EQ(0, actor_run(&holder[N_HOLDERS], lock_for_all_entities));
	EXPECT_EQ(MAX_LOCKERS, held(env.watch));
	for (i = 0; i <= N_HOLDERS; i++)
		if (i != 1)
			actor_kill(&holder[i]);
	EXPECT_EQ(0, held(env.watch));
	env_clean(_metadata, &env);
}

/*
 * Registrations that are kept
 */

static int register_kept(struct actor *a)
{
	close(a->box->fd);
	a->box->arg[0] = 50;
	a->box->arg[1] = RTM_REQ_KEEP | RTM_REQ_OPAQUE_SLOT;
	return actor_open(a);
}

/* Routes may outlive the file, locks never do. */
TEST_F(death, kept_registration)
{
	struct rtm_dest_rec rec;

	ASSERT_EQ(0, actor_run(self->a, register_kept));
	ASSERT_EQ(0, actor_run(self->a, actor_add_place));
	ASSERT_EQ(0, actor_run(self->a, actor_find_place));
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, actor_run(self->a, actor_close));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_TRUE(dev_dest_rec_in(self->s->watch, INSTANCE, PLACE, &rec));
	EXPECT_EQ(1, rec.n_routes);
	/* the same name again: it begins without locks, and can take some */
	self->a->box->fd = -1;
	ASSERT_EQ(0, actor_run(self->a, register_kept));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	ASSERT_EQ(0, actor_run(self->a, actor_find_place));
	EXPECT_EQ(-EACCES, unlock_exclusive(self->a));
	EXPECT_EQ(0, lock_shared(self->b));
	begin_exclusive(self->a);
	ASSERT_TRUE(waits(self->s, self->a));
	EXPECT_EQ(0, unlock_shared(self->b));
	EXPECT_EQ(0, actor_end(self->a));
	EXPECT_EQ(0, actor_run(self->a, actor_deregister));
	EXPECT_EQ(0, held(self->s->watch));
}

/*
 * The namespace goes with all who were in it; what is looked for is on the console.
 */

static int move_to_namespace(struct actor *a)
{
	__u64 route;
	int err;

	if (unshare(CLONE_NEWNET))
		return -errno;
	a->box->arg[0] = 1;
	a->box->arg[1] = 0;
	err = actor_open(a);
	if (!err)
		err = dev_route(a->box->fd, a->box->entity, PLACE, 0, 1, &route);
	if (!err)
		err = actor_find_place(a);
	if (!err)
		err = dev_lock(a->box->fd, a->box->entity, a->box->dest, RTM_REQ_EXCLUSIVE);
	return err ? err : fork_child(a);
}

TEST(namespace_ends_while_locked)
{
	struct actor a;
	pid_t child;

	die_with_parent();
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	actor_start(&a, false);
	ASSERT_EQ(0, actor_run(&a, move_to_namespace));
	child = (pid_t)a.box->data[0];
	actor_kill(&a);
	EXPECT_EQ(0, kill(child, 0));
	end_child(child);
}

TEST_HARNESS_MAIN
