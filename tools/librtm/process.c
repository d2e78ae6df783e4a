// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What belongs to this process: the shared file and the registrations.
 *
 * How this file works: fork() copies memory, and a copied registration would let
 * the child act in the parent's name.  So the root of everything is one page that
 * the kernel wipes in a child (MADV_WIPEONFORK), however the child was made: it
 * finds locks that nobody holds and no registrations, and what the parent's other
 * threads were doing at the time does not matter.  The old structures stay in the
 * child's memory, unused, so that pointers a client kept into them still point to
 * something.
 *
 * The child's copy of the file is closed by a fork handler.  A child made without
 * the C library has no handlers run, so it is closed there when the child first
 * registers, if the descriptor still is that file.
 *
 * All-zero bytes are an unlocked pthread mutex in every C library for Linux; a
 * unit test says so if that changes.
 *
 * Two locks: the process lock protects lists and counts and is never held across
 * a system call that waits or a callback.  The register lock, taken before it,
 * makes registrations one at a time, and lets the dispatcher wait for one that is
 * half done.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "rtm_private.h"

/**
 * struct fork_page - the page that a child finds empty
 * @lock: process lock
 * @register_lock: register lock
 * @proc: the process, once it was asked for
 */
struct fork_page {
	pthread_mutex_t lock;
	pthread_mutex_t register_lock;
	struct rtmi_process *_Atomic proc;
};

static struct fork_page *_Atomic fork_page;

/*
 * The newest process structure, the parent's in a child that has none yet; and
 * how many there were, which numbers them.  Written under the process lock.
 */
static struct rtmi_process *_Atomic newest;
static uint64_t generation;

/* Runs in the child's only thread, before the program can have touched a file. */
static void after_fork_in_child(void)
{
	struct rtmi_process *parent = atomic_load(&newest);

	if (!parent)
		return;
	if (parent->shared)
		close(parent->shared->dev.fd);
	if (parent->disp)
		close(rtmi_dispatch_stop_fd(parent->disp));
	parent->shared = NULL;
	parent->disp = NULL;
}

/*
 * The child went on without the handler above.  Its descriptor of this number
 * may be another file by now, if the program closed what it did not know.
 */
static void close_inherited(struct rtmi_process *parent)
{
	struct rtmi_shared *shared = parent->shared;
	struct stat st;

	parent->shared = NULL;
	if (shared && !fstat(shared->dev.fd, &st) && st.st_dev == shared->st_dev &&
	    st.st_ino == shared->st_ino)
		close(shared->dev.fd);
}

/* Whoever comes first makes the page; a page too many goes back. */
static struct fork_page *page_make(void)
{
	struct fork_page *expected = NULL;
	struct fork_page *page;

	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	if (page == MAP_FAILED)
		return NULL;
	if (madvise(page, sizeof(*page), MADV_WIPEONFORK) ||
	    !atomic_compare_exchange_strong(&fork_page, &expected, page)) {
		munmap(page, sizeof(*page));
		return expected;
	}
	pthread_atfork(NULL, NULL, after_fork_in_child);
	return page;
}

static struct fork_page *page_get(void)
{
	struct fork_page *page = atomic_load(&fork_page);

	return page ? page : page_make();
}

void rtmi_lock(void)
{
	pthread_mutex_lock(&atomic_load(&fork_page)->lock);
}

void rtmi_unlock(void)
{
	pthread_mutex_unlock(&atomic_load(&fork_page)->lock);
}

void rtmi_register_lock(void)
{
	pthread_mutex_lock(&atomic_load(&fork_page)->register_lock);
}

void rtmi_register_unlock(void)
{
	pthread_mutex_unlock(&atomic_load(&fork_page)->register_lock);
}

static struct rtmi_process *process_make(void)
{
	struct rtmi_process *proc = calloc(1, sizeof(*proc));
	pthread_condattr_t attr;

	if (!proc)
		return NULL;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&proc->changed, &attr);
	pthread_condattr_destroy(&attr);
	proc->forefather = atomic_load(&newest);
	if (proc->forefather)
		close_inherited(proc->forefather);
	proc->token = ++generation;
	atomic_store(&newest, proc);
	return proc;
}

/**
 * rtmi_process_peek() - the structure of this process, if there is one
 *
 * Return: the structure; NULL before the first registration, and in a child
 * before its own first one.
 */
struct rtmi_process *rtmi_process_peek(void)
{
	struct fork_page *page = atomic_load(&fork_page);

	return page ? atomic_load(&page->proc) : NULL;
}

/**
 * rtmi_process_get() - the structure of this process, made where it is missing
 *
 * Return: the structure; NULL without memory.
 */
struct rtmi_process *rtmi_process_get(void)
{
	struct fork_page *page = page_get();
	struct rtmi_process *proc;

	if (!page)
		return NULL;
	proc = atomic_load(&page->proc);
	if (proc)
		return proc;
	rtmi_lock();
	proc = atomic_load(&page->proc);
	if (!proc) {
		proc = process_make();
		atomic_store(&page->proc, proc);
	}
	rtmi_unlock();
	return proc;
}

/**
 * rtmi_token() - a number that tells this process from its parent and children
 *
 * Return: the number, or 0 without memory.
 */
uint64_t rtmi_token(void)
{
	struct rtmi_process *proc = rtmi_process_get();

	return proc ? proc->token : 0;
}

/**
 * rtmi_wait_changed() - wait for the end of a callback
 * @proc: this process
 * @deadline: on CLOCK_MONOTONIC
 *
 * The caller holds the process lock, has checked that the process is still the
 * same, and checks its condition again afterwards.
 *
 * Return: 0, or ETIMEDOUT.
 */
int rtmi_wait_changed(struct rtmi_process *proc, const struct timespec *deadline)
{
	return pthread_cond_timedwait(&proc->changed, &atomic_load(&fork_page)->lock, deadline);
}

static struct rtmi_reg **bucket(struct rtmi_process *proc, __u64 handle)
{
	/* The low half of a handle is an index, which spreads well enough. */
	return &proc->buckets[handle % RTMI_N_BUCKETS];
}

static void shared_identify(struct rtmi_shared *shared)
{
	struct stat st = { 0 };

	fstat(shared->dev.fd, &st);
	shared->st_dev = st.st_dev;
	shared->st_ino = st.st_ino;
}

/* Caller holds the register lock, which keeps a second file from being opened. */
static struct rtmi_shared *shared_get(struct rtmi_process *proc, int *err)
{
	struct rtmi_shared *shared;

	rtmi_lock();
	shared = proc->shared;
	if (shared)
		shared->refs++;
	rtmi_unlock();
	if (shared)
		return shared;

	*err = -ENOMEM;
	shared = calloc(1, sizeof(*shared));
	if (!shared)
		return NULL;
	*err = rtmi_device_open(&shared->dev, true, true);
	if (*err) {
		free(shared);
		return NULL;
	}
	shared->refs = 1;
	shared_identify(shared);
	rtmi_lock();
	proc->shared = shared;
	rtmi_unlock();
	return shared;
}

/**
 * rtmi_shared_put() - drop a reference of the shared file
 * @proc: this process
 * @shared: the file; closed with the last reference
 */
void rtmi_shared_put(struct rtmi_process *proc, struct rtmi_shared *shared)
{
	bool last;

	rtmi_lock();
	last = --shared->refs == 0;
	if (last)
		proc->shared = NULL;
	rtmi_unlock();
	if (!last)
		return;
	rtmi_device_close(&shared->dev);
	free(shared);
}

/**
 * rtmi_reg_new() - make a registration that nobody can find yet
 * @proc: this process
 * @err: out: why it failed, a negative errno
 *
 * The caller holds the register lock.
 *
 * Return: the registration, undone by rtmi_reg_put(); NULL on failure.
 */
struct rtmi_reg *rtmi_reg_new(struct rtmi_process *proc, int *err)
{
	struct rtmi_reg *reg = calloc(1, sizeof(*reg));

	*err = -ENOMEM;
	if (!reg)
		return NULL;
	reg->proc = proc;
	reg->refs = 1;
	pthread_mutex_init(&reg->shadows.lock, NULL);
	reg->shared = shared_get(proc, err);
	if (!reg->shared) {
		pthread_mutex_destroy(&reg->shadows.lock);
		free(reg);
		return NULL;
	}
	return reg;
}

/**
 * rtmi_reg_publish() - let calls and events find a registration
 * @reg: registration with its handle
 */
void rtmi_reg_publish(struct rtmi_reg *reg)
{
	struct rtmi_reg **head = bucket(reg->proc, reg->handle);

	rtmi_lock();
	reg->next = *head;
	*head = reg;
	rtmi_unlock();
}

/* Caller holds the process lock. */
static struct rtmi_reg **reg_find(struct rtmi_process *proc, __u64 handle)
{
	struct rtmi_reg **pos = bucket(proc, handle);

	while (*pos && (*pos)->handle != handle)
		pos = &(*pos)->next;
	return pos;
}

/**
 * rtmi_reg_get() - find a registration and keep it
 * @handle: RtmRegHandle
 *
 * Return: the registration, for rtmi_reg_put(); NULL if there is none.
 */
struct rtmi_reg *rtmi_reg_get(RTM_ENTITY_HANDLE handle)
{
	struct rtmi_process *proc = rtmi_process_peek();
	struct rtmi_reg *reg;

	if (!proc)
		return NULL;
	rtmi_lock();
	reg = *reg_find(proc, rtmi_id(handle));
	if (reg)
		reg->refs++;
	rtmi_unlock();
	return reg;
}

/**
 * rtmi_reg_get_running() - find a registration to call its callback
 * @handle: the registration
 *
 * Return: the registration with one more callback under way, for the dispatcher
 * to end; NULL if there is none.
 */
struct rtmi_reg *rtmi_reg_get_running(__u64 handle)
{
	struct rtmi_process *proc = rtmi_process_peek();
	struct rtmi_reg *reg;

	if (!proc)
		return NULL;
	rtmi_lock();
	reg = *reg_find(proc, handle);
	if (reg) {
		reg->refs++;
		reg->running++;
	}
	rtmi_unlock();
	return reg;
}

/**
 * rtmi_reg_put_running() - a callback has ended
 * @reg: from rtmi_reg_get_running()
 */
void rtmi_reg_put_running(struct rtmi_reg *reg)
{
	rtmi_lock();
	reg->running--;
	pthread_cond_broadcast(&reg->proc->changed);
	rtmi_unlock();
	rtmi_reg_put(reg);
}

/**
 * rtmi_reg_remove() - let nobody find a registration any more
 * @handle: RtmRegHandle
 *
 * Return: the registration with the reference it had while registered; NULL if
 * there is none, which is what all but one of several callers get.
 */
struct rtmi_reg *rtmi_reg_remove(RTM_ENTITY_HANDLE handle)
{
	struct rtmi_process *proc = rtmi_process_peek();
	struct rtmi_reg **pos;
	struct rtmi_reg *reg;

	if (!proc)
		return NULL;
	rtmi_lock();
	pos = reg_find(proc, rtmi_id(handle));
	reg = *pos;
	if (reg)
		*pos = reg->next;
	rtmi_unlock();
	return reg;
}

/**
 * rtmi_reg_put() - drop a reference of a registration
 * @reg: registration
 */
void rtmi_reg_put(struct rtmi_reg *reg)
{
	bool last;

	rtmi_lock();
	last = --reg->refs == 0;
	rtmi_unlock();
	if (!last)
		return;
	rtmi_shared_put(reg->proc, reg->shared);
	rtmi_shadows_destroy(&reg->shadows);
	free(reg);
}
