// SPDX-License-Identifier: GPL-2.0-only
/*
 * A /dev/rtm for unit tests of the library.
 *
 * How this file works: see fake.h.  The device is one end of a packet socket, so
 * that read() and poll() are the real ones; events are written to the other end.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake.h"

#define MAX_HANDLES	20000

fake_handler fake_handlers[FAKE_N_CMDS];
union fake_req fake_last[FAKE_N_CMDS];
unsigned int fake_calls[FAKE_N_CMDS];
int fake_open_errno;
unsigned int fake_opens;
int fake_open_flags;
unsigned int fake_fail_calloc;
unsigned int fake_fail_thread;
unsigned int fake_fail_eventfd;
unsigned int fake_fail_mmap;

static struct {
	uint64_t handle;
	unsigned int refs;
} handles[MAX_HANDLES];
static size_t n_handles;
static int device_fd = -1;
static int peer_fd = -1;
static unsigned int next_entity;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool fails(unsigned int *countdown)
{
	return *countdown && --*countdown == 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails(&fake_fail_calloc) ? NULL : __real_calloc(n, size);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *arg)
{
	return fails(&fake_fail_thread) ? EAGAIN : __real_pthread_create(thread, attr, fn, arg);
}

int __wrap_eventfd(unsigned int value, int flags)
{
	if (!fails(&fake_fail_eventfd))
		return __real_eventfd(value, flags);
	errno = EMFILE;
	return -1;
}

void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	return fails(&fake_fail_mmap) ? MAP_FAILED :
					__real_mmap(addr, len, prot, flags, fd, off);
}

int __wrap_open(const char *path, int flags, ...)
{
	int sv[2];

	if (strcmp(path, "/dev/rtm"))
		return __real_open(path, flags);
	fake_open_flags = flags;
	if (fake_open_errno) {
		errno = fake_open_errno;
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sv))
		abort();
	fake_opens++;
	if (peer_fd >= 0)
		close(peer_fd);
	device_fd = sv[0];
	peer_fd = sv[1];
	return device_fd;
}

int __wrap_ioctl(int fd, unsigned long cmd, void *arg)
{
	unsigned int nr = _IOC_NR(cmd);
	fake_handler handler = NULL;
	uint32_t size;
	int ret;

	if (_IOC_TYPE(cmd) != RTM_IOC_MAGIC || nr >= FAKE_N_CMDS) {
		fprintf(stderr, "fake: command %#lx is not ours\n", cmd);
		abort();
	}
	memcpy(&size, arg, sizeof(size));
	if (size > sizeof(union fake_req) || size < sizeof(struct rtm_deregister_entity))
		abort();
	pthread_mutex_lock(&lock);
	fake_calls[nr]++;
	memset(&fake_last[nr], 0, sizeof(fake_last[nr]));
	memcpy(&fake_last[nr], arg, size);
	handler = fake_handlers[nr];
	pthread_mutex_unlock(&lock);
	if (fcntl(fd, F_GETFD) < 0)
		ret = -EBADF;
	else
		ret = handler ? handler(arg) : -ENOTTY;
	if (ret >= 0)
		return 0;
	errno = -ret;
	return -1;
}

static int find(uint64_t handle)
{
	size_t i;

	for (i = 0; i < n_handles; i++) {
		if (handles[i].handle == handle)
			return (int)i;
	}
	return -1;
}

void fake_ref(uint64_t handle)
{
	int i;

	pthread_mutex_lock(&lock);
	i = find(handle);
	if (i < 0) {
		if (n_handles == MAX_HANDLES)
			abort();
		i = (int)n_handles++;
		handles[i].handle = handle;
		handles[i].refs = 0;
	}
	handles[i].refs++;
	pthread_mutex_unlock(&lock);
}

bool fake_unref(uint64_t handle)
{
	bool good;
	int i;

	pthread_mutex_lock(&lock);
	i = find(handle);
	good = i >= 0 && handles[i].refs;
	if (good)
		handles[i].refs--;
	pthread_mutex_unlock(&lock);
	return good;
}

unsigned int fake_refs(uint64_t handle)
{
	int i;
	unsigned int refs;

	pthread_mutex_lock(&lock);
	i = find(handle);
	refs = i < 0 ? 0 : handles[i].refs;
	pthread_mutex_unlock(&lock);
	return refs;
}

unsigned int fake_refs_total(void)
{
	unsigned int total = 0;
	size_t i;

	for (i = 0; i < n_handles; i++)
		total += handles[i].refs;
	return total;
}

static int handle_version(void *arg)
{
	struct rtm_get_version *req = arg;

	req->abi = RTM_ABI_VERSION;
	strcpy(req->release, "fake");
	return 0;
}

static int handle_register(void *arg)
{
	struct rtm_register_entity *req = arg;

	req->entity = FAKE_ENTITY(++next_entity);
	req->max_nexthops = 8;
	req->max_handles = 100;
	req->views = RTM_V_SUPPORTED;
	req->n_views = RTM_N_VIEWS;
	return 0;
}

static int handle_deregister(void *arg)
{
	(void)arg;
	return 0;
}

static int handle_reference(void *arg)
{
	struct rtm_handles *req = arg;
	const uint64_t *ids = (const uint64_t *)(uintptr_t)req->handles;
	uint32_t i;

	if (!req->count || req->count > RTM_MAX_HANDLES_CALL)
		return -EINVAL;
	for (i = 0; i < req->count; i++) {
		if (!fake_refs(ids[i]))
			return -EBADF;
	}
	for (i = 0; i < req->count; i++)
		fake_ref(ids[i]);
	return 0;
}

static int handle_release(void *arg)
{
	struct rtm_handles *req = arg;
	const uint64_t *ids = (const uint64_t *)(uintptr_t)req->handles;
	int ret = 0;
	uint32_t i;
	int pos;

	if (!req->count || req->count > RTM_MAX_HANDLES_CALL)
		return -EINVAL;
	pthread_mutex_lock(&lock);
	for (i = 0; i < req->count; i++) {
		if (!ids[i])
			continue;
		pos = find(ids[i]);
		if (pos < 0 || !handles[pos].refs ||
		    (req->type && req->type != RTM_HANDLE_TYPE(ids[i]))) {
			ret = -EBADF;
			continue;
		}
		handles[pos].refs--;
		req->done++;
	}
	pthread_mutex_unlock(&lock);
	return ret;
}

static void lock_take(void)
{
	pthread_mutex_lock(&lock);
}

static void lock_give(void)
{
	pthread_mutex_unlock(&lock);
}

/* The fake's own lock is not what a child is tested for. */
__attribute__((constructor)) static void lock_across_fork(void)
{
	pthread_atfork(lock_take, lock_give, lock_give);
}

__attribute__((constructor)) static void no_conf(void)
{
	setenv("RTM_CONF", "/nonexistent/rtm.conf", 1);
}

/* Under the lock: the end of a test does not wait for what the dispatcher still does. */
void fake_reset(void)
{
	pthread_mutex_lock(&lock);
	memset(fake_handlers, 0, sizeof(fake_handlers));
	memset(fake_last, 0, sizeof(fake_last));
	memset(fake_calls, 0, sizeof(fake_calls));
	fake_open_errno = 0;
	fake_opens = 0;
	fake_fail_calloc = 0;
	fake_fail_thread = 0;
	fake_fail_eventfd = 0;
	fake_fail_mmap = 0;
	n_handles = 0;
	fake_on(GET_VERSION, handle_version);
	fake_on(REGISTER_ENTITY, handle_register);
	fake_on(DEREGISTER_ENTITY, handle_deregister);
	fake_on(REFERENCE_HANDLES, handle_reference);
	fake_on(RELEASE_HANDLES, handle_release);
	pthread_mutex_unlock(&lock);
}

int fake_fd(void)
{
	return device_fd;
}

int fake_peer(void)
{
	return peer_fd;
}

void fake_event(unsigned int type, uint64_t entity, uint64_t object, uint32_t id)
{
	struct rtm_event ev = {
		.type = type,
		.entity = entity,
		.object = object,
		.id = { .family = AF_INET, .protocol = 8, .id = id },
	};

	fake_ref(object);
	if (write(peer_fd, &ev, sizeof(ev)) != (ssize_t)sizeof(ev))
		abort();
}
