// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event callbacks: which thread, in what order, and how they end.
 *
 * How this file works: callbacks write down what they saw and post a semaphore;
 * the test thread waits for it with a limit, so that a lost event is a failure and
 * not a hang.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rtmv2.h>

#include "fake.h"

#define UH(id)		((HANDLE)(uintptr_t)(id))
#define MAX_SEEN	64

struct seen {
	RTM_ENTITY_HANDLE reg;
	RTM_EVENT_TYPE type;
	HANDLE object;
	RTM_ENTITY_INFO info;
	pthread_t thread;
	bool signals_blocked;
	unsigned int refs;
};

static struct seen seen[MAX_SEEN];
static atomic_uint n_seen;
static sem_t arrived;
static sem_t go_on;
static atomic_int running;

static DWORD record(RTM_ENTITY_HANDLE reg, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	struct seen *s = &seen[atomic_load(&n_seen)];
	sigset_t set;

	s->reg = reg;
	s->type = type;
	s->object = c1;
	s->info = *(RTM_ENTITY_INFO *)c2;
	s->thread = pthread_self();
	pthread_sigmask(SIG_SETMASK, NULL, &set);
	s->signals_blocked = sigismember(&set, SIGUSR1) && sigismember(&set, SIGTERM);
	s->refs = fake_refs((uintptr_t)c1);
	atomic_fetch_add(&n_seen, 1);
	sem_post(&arrived);
	return 0xdead;
}

static DWORD record_other(RTM_ENTITY_HANDLE reg, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	return record(reg, type, c1, c2);
}

static bool wait_for(sem_t *sem, unsigned int ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += ms / 1000;
	ts.tv_nsec += ms % 1000 * 1000000L;
	if (ts.tv_nsec >= 1000000000L) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000L;
	}
	while (sem_timedwait(sem, &ts)) {
		if (errno != EINTR)
			return false;
	}
	return true;
}

static void pause_ms(unsigned int ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* By name: a sanitizer has threads of its own. */
static bool is_dispatcher(const char *tid)
{
	char path[64], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%.16s/comm", tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return !strcmp(name, "librtm\n");
}

static unsigned int threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	unsigned int n = 0;

	while ((entry = readdir(dir)))
		n += is_dispatcher(entry->d_name);
	closedir(dir);
	return n;
}

static RTM_ENTITY_HANDLE reg(RTM_EVENT_CALLBACK callback, ULONG id)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE h = NULL;
	RTM_REGN_PROFILE prof;

	info.EntityId.EntityInstanceId = id;
	assert_int_equal(RtmRegisterEntity(&info, NULL, callback, FALSE, &prof, &h), NO_ERROR);
	return h;
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	atomic_store(&n_seen, 0);
	sem_init(&arrived, 0, 0);
	sem_init(&go_on, 0, 0);
	return 0;
}

static void test_delivery(void **state)
{
	RTM_ENTITY_HANDLE h = reg(record, 1);

	(void)state;
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.flags, RTM_REQ_EVENTS);
	fake_event(RTM_EVENT_ENTITY_REGISTERED, (uintptr_t)h, FAKE_ENTITY(500), 77);
	fake_event(RTM_EVENT_ENTITY_DEREGISTERED, (uintptr_t)h, FAKE_ENTITY(501), 78);
	assert_true(wait_for(&arrived, 5000));
	assert_true(wait_for(&arrived, 5000));
	assert_ptr_equal(seen[0].reg, h);
	assert_int_equal(seen[0].type, RTM_ENTITY_REGISTERED);
	assert_ptr_equal(seen[0].object, UH(FAKE_ENTITY(500)));
	assert_int_equal(seen[0].info.AddressFamily, AF_INET);
	assert_int_equal(seen[0].info.EntityId.EntityProtocolId, 8);
	assert_int_equal(seen[0].info.EntityId.EntityInstanceId, 77);
	assert_int_equal(seen[0].refs, 1);
	assert_false(pthread_equal(seen[0].thread, pthread_self()));
	assert_true(seen[0].signals_blocked);
	assert_int_equal(seen[1].type, RTM_ENTITY_DEREGISTERED);
	assert_ptr_equal(seen[1].object, UH(FAKE_ENTITY(501)));
	assert_true(pthread_equal(seen[0].thread, seen[1].thread));
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
	assert_int_equal(threads(), 0);
}

/* A thread exists for callbacks, not for registrations. */
static void test_thread_life(void **state)
{
	RTM_ENTITY_HANDLE a, b, c;

	(void)state;
	a = reg(NULL, 1);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.flags, 0);
	assert_int_equal(threads(), 0);
	b = reg(record, 2);
	assert_int_equal(threads(), 1);
	c = reg(record_other, 3);
	assert_int_equal(threads(), 1);
	assert_int_equal(RtmDeregisterEntity(b), NO_ERROR);
	assert_int_equal(threads(), 1);
	assert_int_equal(RtmDeregisterEntity(c), NO_ERROR);
	assert_int_equal(threads(), 0);
	b = reg(record, 4);
	assert_int_equal(threads(), 1);
	fake_event(0, (uintptr_t)b, FAKE_ENTITY(500), 1);
	assert_true(wait_for(&arrived, 5000));
	assert_int_equal(RtmDeregisterEntity(b), NO_ERROR);
	assert_int_equal(RtmDeregisterEntity(a), NO_ERROR);
	assert_int_equal(threads(), 0);
	assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
	assert_int_equal(fake_opens, 1);
}

/* Several in one read; one of them for a registration that has gone. */
static void test_batch(void **state)
{
	RTM_ENTITY_HANDLE a = reg(record, 1), b = reg(record_other, 2), gone = reg(record, 3);
	struct rtm_event ev[4] = {
		{ .entity = (uintptr_t)a, .object = FAKE_ENTITY(500) },
		{ .entity = (uintptr_t)gone, .object = FAKE_ENTITY(501) },
		{ .entity = (uintptr_t)b, .object = FAKE_ENTITY(502) },
		{ .entity = (uintptr_t)a, .object = FAKE_ENTITY(503) },
	};
	int i;

	(void)state;
	assert_int_equal(RtmDeregisterEntity(gone), NO_ERROR);
	for (i = 0; i < 4; i++)
		fake_ref(ev[i].object);
	assert_int_equal(write(fake_peer(), ev, sizeof(ev)), sizeof(ev));
	for (i = 0; i < 3; i++)
		assert_true(wait_for(&arrived, 5000));
	assert_ptr_equal(seen[0].reg, a);
	assert_ptr_equal(seen[1].reg, b);
	assert_ptr_equal(seen[2].reg, a);
	assert_ptr_equal(seen[2].object, UH(FAKE_ENTITY(503)));
	assert_int_equal(RtmDeregisterEntity(a), NO_ERROR);
	assert_int_equal(RtmDeregisterEntity(b), NO_ERROR);
	/* that of the gone one went with it in the kernel, and is not ours to drop */
	assert_int_equal(fake_refs_total(), 1);
	assert_int_equal(fake_refs(FAKE_ENTITY(501)), 1);
}

static RTM_ENTITY_HANDLE *stored_handle;
static RTM_ENTITY_HANDLE handle_seen;

static DWORD look_at_handle(RTM_ENTITY_HANDLE reg, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	handle_seen = *stored_handle;
	return record(reg, type, c1, c2);
}

/* The event is there, and read, before the kernel has answered the registration. */
static int register_slowly(void *arg)
{
	struct rtm_register_entity *req = arg;

	req->entity = FAKE_ENTITY(900);
	req->views = 3;
	fake_event(0, req->entity, FAKE_ENTITY(500), 5);
	pause_ms(200);
	return 0;
}

static void test_early_event(void **state)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE h = NULL;
	RTM_REGN_PROFILE prof;

	(void)state;
	stored_handle = &h;
	fake_on(REGISTER_ENTITY, register_slowly);
	assert_int_equal(RtmRegisterEntity(&info, NULL, look_at_handle, FALSE, &prof, &h),
			 NO_ERROR);
	assert_true(wait_for(&arrived, 5000));
	assert_ptr_equal(seen[0].reg, UH(FAKE_ENTITY(900)));
	assert_ptr_equal(handle_seen, UH(FAKE_ENTITY(900)));
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
}

static int entity_info(void *arg)
{
	(void)arg;
	return 0;
}

static DWORD keep_handle(RTM_ENTITY_HANDLE reg, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	RTM_ENTITY_INFO info;

	assert_int_equal(RtmGetEntityInfo(reg, c1, &info), NO_ERROR);
	assert_int_equal(RtmReferenceHandles(reg, 1, &c1), NO_ERROR);
	return record(reg, type, c1, c2);
}

/* No lock is held in a callback; a handle can be kept beyond it. */
static void test_calls_in_callback(void **state)
{
	RTM_ENTITY_HANDLE h, kept = UH(FAKE_ENTITY(500));

	(void)state;
	fake_on(GET_ENTITY_INFO, entity_info);
	h = reg(keep_handle, 1);
	fake_event(0, (uintptr_t)h, FAKE_ENTITY(500), 1);
	assert_true(wait_for(&arrived, 5000));
	assert_int_equal(RtmReleaseEntities(h, 1, &kept), NO_ERROR);
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
}

static DWORD slow(RTM_ENTITY_HANDLE reg, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	atomic_fetch_add(&running, 1);
	record(reg, type, c1, c2);
	wait_for(&go_on, 10000);
	atomic_fetch_sub(&running, 1);
	return 0;
}

static void *let_go(void *arg)
{
	(void)arg;
	pause_ms(300);
	sem_post(&go_on);
	return NULL;
}

/* Other calls do not wait for a callback; the end of the registration does. */
static void test_deregister_waits(void **state)
{
	RTM_ENTITY_HANDLE h, other;
	pthread_t thread;

	(void)state;
	h = reg(slow, 1);
	fake_event(0, (uintptr_t)h, FAKE_ENTITY(500), 1);
	assert_true(wait_for(&arrived, 5000));
	other = reg(record, 2);
	assert_int_equal(RtmReleaseRoutes(h, 0, NULL), NO_ERROR);
	assert_int_equal(RtmDeregisterEntity(other), NO_ERROR);
	assert_int_equal(atomic_load(&running), 1);
	pthread_create(&thread, NULL, let_go, NULL);
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
	assert_int_equal(atomic_load(&running), 0);
	pthread_join(thread, NULL);
	assert_int_equal(threads(), 0);
	assert_int_equal(fake_refs_total(), 0);
}

/* A callback that wants what the caller of deregister holds: late, but not stuck. */
static void test_deregister_bounded(void **state)
{
	RTM_ENTITY_HANDLE h, next;
	uint64_t start, took;
	int i;

	(void)state;
	h = reg(slow, 1);
	fake_event(0, (uintptr_t)h, FAKE_ENTITY(500), 1);
	fake_event(0, (uintptr_t)h, FAKE_ENTITY(501), 1);
	assert_true(wait_for(&arrived, 5000));
	start = now_ms();
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
	took = now_ms() - start;
	assert_in_range(took, 2000, 8000);
	assert_int_equal(atomic_load(&running), 1);
	assert_int_equal(RtmDeregisterEntity(h), ERROR_INVALID_HANDLE);

	/* the thread that was left behind does not stop others, nor start a callback */
	next = reg(record, 2);
	fake_event(0, (uintptr_t)next, FAKE_ENTITY(502), 1);
	assert_true(wait_for(&arrived, 5000));
	assert_ptr_equal(seen[1].reg, next);
	sem_post(&go_on);
	sem_post(&go_on);
	for (i = 0; i < 100 && threads() > 1; i++)
		pause_ms(50);
	assert_int_equal(threads(), 1);
	assert_int_equal(RtmDeregisterEntity(next), NO_ERROR);
	assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
	assert_int_equal(atomic_load(&n_seen), 2);
}

static atomic_uint in_callback;

static DWORD deregister_self(RTM_ENTITY_HANDLE reg, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	atomic_store(&in_callback, RtmDeregisterEntity(reg));
	return record(reg, type, c1, c2);
}

static void test_deregister_in_callback(void **state)
{
	RTM_ENTITY_HANDLE h;
	int i;

	(void)state;
	atomic_store(&in_callback, 0xcccc);
	h = reg(deregister_self, 1);
	fake_event(0, (uintptr_t)h, FAKE_ENTITY(500), 1);
	assert_true(wait_for(&arrived, 2000));
	assert_int_equal(atomic_load(&in_callback), NO_ERROR);
	assert_int_equal(RtmDeregisterEntity(h), ERROR_INVALID_HANDLE);
	for (i = 0; i < 100 && threads() > 0; i++)
		pause_ms(50);
	assert_int_equal(threads(), 0);
	assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
}

/* The file is gone or answers nonsense: the thread ends and does not spin. */
static void test_broken_file(void **state)
{
	RTM_ENTITY_HANDLE h = reg(record, 1);
	int i;

	(void)state;
	assert_int_equal(write(fake_peer(), "x", 1), 1);
	for (i = 0; i < 100 && threads() > 0; i++)
		pause_ms(50);
	assert_int_equal(threads(), 0);
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
}

static atomic_bool stop;

static DWORD count(RTM_ENTITY_HANDLE reg, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	(void)reg;
	(void)type;
	(void)c1;
	(void)c2;
	atomic_fetch_add(&running, 1);
	return 0;
}

static void *churn(void *arg)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_EVENT_CALLBACK callback = arg ? count : NULL;
	RTM_REGN_PROFILE prof;
	RTM_ENTITY_HANDLE h;

	while (!atomic_load(&stop)) {
		if (RtmRegisterEntity(&info, NULL, callback, FALSE, &prof, &h))
			abort();
		if (RtmReleaseRoutes(h, 0, NULL))
			abort();
		if (RtmDeregisterEntity(h))
			abort();
	}
	return NULL;
}

/* Registrations come and go in several threads while events arrive for one. */
static void test_churn(void **state)
{
	RTM_ENTITY_HANDLE h = reg(count, 1);
	pthread_t thread[4];
	uintptr_t i;

	(void)state;
	atomic_store(&stop, false);
	atomic_store(&running, 0);
	for (i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, churn, (void *)(i & 1));
	for (i = 0; i < 200; i++) {
		fake_event(0, (uintptr_t)h, FAKE_ENTITY(500), 1);
		pause_ms(1);
	}
	atomic_store(&stop, true);
	for (i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < 100 && atomic_load(&running) < 200; i++)
		pause_ms(50);
	assert_int_equal(atomic_load(&running), 200);
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
	assert_int_equal(threads(), 0);
	assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
}

#define T(fn)	cmocka_unit_test_setup(fn, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_delivery),
		T(test_thread_life),
		T(test_batch),
		T(test_early_event),
		T(test_calls_in_callback),
		T(test_deregister_waits),
		T(test_deregister_bounded),
		T(test_deregister_in_callback),
		T(test_broken_file),
		T(test_churn),
	};

	return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
