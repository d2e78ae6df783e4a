// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child has none of its parent's registrations, however it was made.
 *
 * How this file works: the child runs a function that returns 0 or the line where
 * it found something wrong, under an alarm, so that a lock that nobody can release
 * shows as a death by signal.  Children leave by _exit(): tests and leak checks are
 * the parent's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <librtm.h>
#include <rtmv2.h>

#include "fake.h"

#define UH(id)		((HANDLE)(uintptr_t)(id))

/* In a child: the line is the verdict, and too long for an exit status. */
static int verdict_fd = -1;

static void must(bool good, int line)
{
	uint16_t verdict = (uint16_t)line;

	if (good)
		return;
	if (write(verdict_fd, &verdict, sizeof(verdict)) != sizeof(verdict))
		_exit(2);
	_exit(0);
}

#define MUST(expr)	must(expr, __LINE__)

static RTM_ENTITY_HANDLE H;
static atomic_int delivered;

static DWORD callback(RTM_ENTITY_HANDLE reg, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	(void)reg;
	(void)type;
	(void)c1;
	(void)c2;
	atomic_fetch_add(&delivered, 1);
	return 0;
}

static RTM_ENTITY_HANDLE reg(RTM_EVENT_CALLBACK cb)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE h = NULL;
	RTM_REGN_PROFILE prof;

	return RtmRegisterEntity(&info, NULL, cb, TRUE, &prof, &h) ? NULL : h;
}

static bool wait_delivered(int n)
{
	int i;

	for (i = 0; i < 500 && atomic_load(&delivered) < n; i++)
		poll(NULL, 0, 10);
	return atomic_load(&delivered) >= n;
}

/*
 * Wait until the dispatcher runs.  A sanitizer has locks of its own while a thread
 * begins, and a child forked just then waits for them for ever.
 */
static bool settled(RTM_ENTITY_HANDLE h)
{
	int before = atomic_load(&delivered);

	fake_event(0, (uintptr_t)h, FAKE_ENTITY(499), 1);
	return wait_delivered(before + 1);
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	H = reg(callback);
	if (!H || !settled(H))
		return 1;
	atomic_store(&delivered, 0);
	return 0;
}

/* The parent's registration still works, events included, and ends as always. */
static int teardown(void **state)
{
	int before = atomic_load(&delivered);

	(void)state;
	fake_event(0, (uintptr_t)H, FAKE_ENTITY(500), 1);
	if (!wait_delivered(before + 1))
		return 1;
	return RtmDeregisterEntity(H) != NO_ERROR || fcntl(fake_fd(), F_GETFD) >= 0;
}

static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void child_main(void (*fn)(void), int fd)
{
	verdict_fd = fd;
	alarm(20);
	fn();
	must(false, 0);
}

/* 0, the line of a child that found something wrong, or how it died. */
static int run_child(void (*fn)(void), bool raw)
{
	uint16_t verdict = 0;
	int fds[2];
	int status;
	pid_t pid;

	if (pipe(fds))
		return -1;
	pid = raw ? (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) : fork();
	if (!pid)
		child_main(fn, fds[1]);
	close(fds[1]);
	status = pid < 0 ? -1 : status_of(pid);
	if (!status && read(fds[0], &verdict, sizeof(verdict)) != sizeof(verdict))
		status = -1;
	close(fds[0]);
	return status ? status : verdict;
}

static void old_calls(void)
{
	RTM_NEXTHOP_INFO nh = { .InterfaceIndex = 1 };
	PVOID opaque = NULL;
	UINT n = 0;

	MUST(RtmDeregisterEntity(H) == ERROR_INVALID_HANDLE);
	MUST(RtmGetRegisteredEntities(H, &n, NULL, NULL) == ERROR_INVALID_HANDLE);
	MUST(RtmLockDestination(H, UH(FAKE_DEST(1)), TRUE, TRUE) == ERROR_INVALID_HANDLE);
	MUST(RtmGetOpaqueInformationPointer(H, UH(FAKE_DEST(1)), &opaque) ==
	     ERROR_INVALID_HANDLE);
	MUST(RtmFindNextHop(H, &nh, NULL, NULL) == ERROR_INVALID_HANDLE);
}

static void begins_clean(int inherited)
{
	RTM_ENTITY_HANDLE mine;

	old_calls();
	fake_opens = 0;
	mine = reg(callback);
	MUST(mine && mine != H);
	MUST(fake_opens == 1);
	MUST(fcntl(fake_fd(), F_GETFD) >= 0);
	old_calls();
	MUST(RtmReleaseRoutes(mine, 0, NULL) == NO_ERROR);
	atomic_store(&delivered, 0);
	fake_event(0, (uintptr_t)mine, FAKE_ENTITY(501), 1);
	MUST(wait_delivered(1));
	MUST(RtmDeregisterEntity(mine) == NO_ERROR);
	MUST(fcntl(fake_fd(), F_GETFD) < 0);
	MUST(fake_fd() == inherited || fcntl(inherited, F_GETFD) < 0);
}

static void child_after_fork(void)
{
	int inherited = fake_fd();

	MUST(fcntl(inherited, F_GETFD) < 0);
	begins_clean(inherited);
}

static void test_fork(void **state)
{
	(void)state;
	assert_int_equal(run_child(child_after_fork, false), 0);
}

/* The parent registered, the child registered, now its child. */
static void child_and_grandchild(void)
{
	RTM_ENTITY_HANDLE mine;

	mine = reg(callback);
	MUST(mine);
	MUST(settled(mine));
	H = mine;
	MUST(run_child(child_after_fork, false) == 0);
	MUST(RtmDeregisterEntity(mine) == NO_ERROR);
}

static void test_grandchild(void **state)
{
	(void)state;
	assert_int_equal(run_child(child_and_grandchild, false), 0);
}

/* Made without the C library's fork(): no handler closes the file at once. */
static void child_after_clone(void)
{
	begins_clean(fake_fd());
}

static void test_clone(void **state)
{
	(void)state;
	assert_int_equal(run_child(child_after_clone, true), 0);
}

/* Its number belongs to another file by now, which must stay open. */
static void child_reuses_number(void)
{
	RTM_ENTITY_HANDLE mine;
	int inherited = fake_fd();
	int null = open("/dev/null", O_RDONLY);

	MUST(null >= 0 && dup2(null, inherited) == inherited);
	mine = reg(NULL);
	MUST(mine);
	MUST(fcntl(inherited, F_GETFD) >= 0);
	MUST(fake_fd() != inherited);
	MUST(RtmDeregisterEntity(mine) == NO_ERROR);
	MUST(fcntl(inherited, F_GETFD) >= 0);
}

static void test_clone_reused(void **state)
{
	(void)state;
	assert_int_equal(run_child(child_reuses_number, true), 0);
}

/* Other threads are in the middle of things when the process forks. */

static atomic_bool stop;

static void *hammer(void *arg)
{
	RTM_ENTITY_HANDLE h;

	(void)arg;
	while (!atomic_load(&stop)) {
		RtmReleaseRoutes(H, 0, NULL);
		h = reg(NULL);
		if (!h || RtmDeregisterEntity(h))
			abort();
	}
	return NULL;
}

static void child_registers(void)
{
	RTM_ENTITY_HANDLE mine;

	old_calls();
	mine = reg(NULL);
	MUST(mine);
	MUST(RtmDeregisterEntity(mine) == NO_ERROR);
}

static void test_fork_busy(void **state)
{
	pthread_t thread[3];
	int i;

	(void)state;
	atomic_store(&stop, false);
	for (i = 0; i < 3; i++)
		pthread_create(&thread[i], NULL, hammer, NULL);
	for (i = 0; i < 150; i++)
		assert_int_equal(run_child(child_registers, false), 0);
	atomic_store(&stop, true);
	for (i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
}

/*
 * A callback forks.  In the child it is the only thread, whose start is inside the
 * library: it ends there, and with it the child.
 */
static atomic_int forked_status;
static bool is_forked;

/* Asked by the leak checker at exit: main()'s stack is gone in that child. */
int __lsan_is_turned_off(void)
{
	return is_forked;
}

static DWORD forking(RTM_ENTITY_HANDLE reg, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	pid_t pid = fork();

	if (!pid) {
		is_forked = true;
		alarm(20);
		return 0;
	}
	atomic_store(&forked_status, status_of(pid));
	return callback(reg, type, c1, c2);
}

static void test_fork_in_callback(void **state)
{
	RTM_ENTITY_HANDLE h = reg(forking);

	(void)state;
	assert_non_null(h);
	atomic_store(&forked_status, -1);
	fake_event(0, (uintptr_t)h, FAKE_ENTITY(500), 1);
	assert_true(wait_delivered(1));
	assert_int_equal(atomic_load(&forked_status), 0);
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
}

static struct rtm_ctx *native;

static void child_native(void)
{
	struct rtm_get_stats stats;
	struct rtm_event event;
	struct rtm_ctx *mine;

	MUST(rtm_stats(native, &stats) == -EBADF);
	MUST(rtm_event_read(native, &event, 1) == -EBADF);
	MUST(rtm_open(0, &mine) == 0);
	MUST(rtm_stats(mine, &stats) == -ENOTTY);
	rtm_close(mine);
	MUST(fcntl(rtm_fd(native), F_GETFD) >= 0);
	rtm_close(native);
}

static void test_native(void **state)
{
	struct rtm_get_stats stats;

	(void)state;
	assert_int_equal(rtm_open(0, &native), 0);
	assert_int_equal(run_child(child_native, false), 0);
	assert_int_equal(run_child(child_native, true), 0);
	assert_int_equal(rtm_stats(native, &stats), -ENOTTY);
	rtm_close(native);
}

/* What a wiped page is taken for. */
static void test_zero_mutex(void **state)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	static const pthread_mutex_t zero;

	(void)state;
	assert_memory_equal(&mutex, &zero, sizeof(mutex));
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zero_mutex),
		T(test_fork),
		T(test_grandchild),
		T(test_clone),
		T(test_clone_reused),
		T(test_fork_busy),
		T(test_fork_in_callback),
		cmocka_unit_test(test_native),
	};

	return cmocka_run_group_tests_name("fork", tests, NULL, NULL);
}
