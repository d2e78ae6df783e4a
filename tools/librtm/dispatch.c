// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The dispatcher: the one thread that calls event callbacks, and methods for others.
 *
 * How this file works: it exists while some registration has a callback or methods.  It
 * reads events from the shared file and looks the registration up for each: one
 * that has ended is not found, and its events go with it.  No lock is held while
 * a callback runs, so that the callback may call the library, and may wait for a
 * lock of the client that is held around calls of the library.
 *
 * An event can be read before RtmRegisterEntity() made its registration findable.
 * Registrations are made one at a time under the register lock, so whoever waits
 * for that lock once and then finds nothing has missed nothing.
 *
 * The end of a registration waits for its running callback, and the last one for
 * the thread, but never for ever: a client may deregister under a lock that its
 * callback is waiting for.  A thread that is left behind owns all it uses and ends
 * when the callback returns.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "rtm_private.h"

#define EVENTS_PER_READ	32

/* What could not be told is asked for again after that. */
#define RETRY_MS	100

/* How long the end of a registration waits for its callbacks. */
#define CALLBACK_WAIT_S	3

/**
 * struct rtmi_dispatcher - a dispatcher thread
 * @proc: process it belongs to
 * @shared: file it reads, with a reference
 * @stop_fd: eventfd, readable when it should stop
 * @stop: it should stop; do not start another callback
 * @done: it has stopped but for its last few instructions; protected by the
 *	process lock
 * @refs: the thread, and who may stop it
 * @thread: thread id
 */
struct rtmi_dispatcher {
	struct rtmi_process *proc;
	struct rtmi_shared *shared;
	int stop_fd;
	atomic_bool stop;
	bool done;
	atomic_uint refs;
	pthread_t thread;
};

static _Thread_local struct rtmi_dispatcher *this_dispatcher;

static void dispatcher_put(struct rtmi_dispatcher *disp)
{
	if (atomic_fetch_sub(&disp->refs, 1) > 1)
		return;
	close(disp->stop_fd);
	rtmi_shared_put(disp->proc, disp->shared);
	free(disp);
}

/**
 * rtmi_dispatch_stop_fd() - the descriptor a child has to close
 * @disp: dispatcher of the parent
 *
 * Return: file descriptor.
 */
int rtmi_dispatch_stop_fd(const struct rtmi_dispatcher *disp)
{
	return disp->stop_fd;
}

/**
 * rtmi_event_receiver() - the registration an event is for
 * @entity: its handle
 *
 * Return: as rtmi_reg_get_running(), but waits for a registration being made.
 */
struct rtmi_reg *rtmi_event_receiver(__u64 entity)
{
	struct rtmi_reg *reg = rtmi_reg_get_running(entity);

	if (reg)
		return reg;
	rtmi_register_lock();
	rtmi_register_unlock();
	return rtmi_reg_get_running(entity);
}

/* Whether a registration for change notification is known, or will be in a moment. */
static bool notify_known(struct rtmi_reg *reg, __u64 notify)
{
	unsigned int n_views;

	if (!rtmi_views_kept(reg, notify, &n_views))
		return true;
	rtmi_register_lock();
	rtmi_register_unlock();
	return !rtmi_views_kept(reg, notify, &n_views);
}

static void call_back(struct rtmi_reg *reg, const struct rtm_event *ev)
{
	RTM_ENTITY_HANDLE self = rtmi_handle(reg->handle);
	RTM_ENTITY_INFO info;

	if (!reg->callback)
		return;
	if (ev->type == RTM_EVENT_CHANGED) {
		if (notify_known(reg, ev->object))
			reg->callback(self, RTM_CHANGE_NOTIFICATION, rtmi_handle(ev->object),
				      rtmi_handle(ev->context));
		return;
	}
	rtmi_info_from_id(&info, &ev->id);
	reg->callback(self, (RTM_EVENT_TYPE)ev->type, rtmi_handle(ev->object), &info);
}

static void route_answer(struct rtmi_reg *reg, const struct rtm_event *ev, bool stays)
{
	struct rtm_answer_expiry req = {
		.entity = reg->handle, .route = ev->object, .context = ev->context, .stays = stays,
	};

	/* Success consumes the reference of a route that goes. */
	if (rtmi_answer_expiry(rtmi_dev(reg), &req) || stays)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ROUTE, &ev->object, 1);
}

/*
 * The event's reference is the callback's, unless it says that the route goes; the
 * answer needs one as well.  A question that the callback has settled in its own way,
 * or that nobody could be asked, needs no answer: the kernel does not wait for ever.
 */
static void route_expired(struct rtmi_dispatcher *disp, struct rtmi_reg *reg,
			  struct rtm_event *ev)
{
	RTM_ROUTE_INFO *info;
	DWORD verdict;
	int err;

	err = reg->callback ? rtmi_route_shadow_get(reg, ev->object, &info) : -EBADF;
	if (!err)
		err = rtmi_handles_reference(rtmi_dev(reg), reg->handle, &ev->object, 1);
	if (err) {
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ROUTE, &ev->object, 1);
		return;
	}
	verdict = reg->callback(rtmi_handle(reg->handle), RTM_ROUTE_EXPIRED,
				rtmi_handle(ev->object), info);
	if (rtmi_process_peek() != disp->proc)
		return;
	route_answer(reg, ev, verdict != ERROR_NOT_SUPPORTED);
	if (verdict == ERROR_NOT_SUPPORTED)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ROUTE, &ev->object, 1);
	rtmi_route_shadows_trim(reg, &ev->object, 1);
}

/* Returns false where a fork in the callback left us in a child. */
static bool event_deliver(struct rtmi_dispatcher *disp, struct rtm_event *ev)
{
	struct rtmi_reg *reg;

	if (ev->type == RTM_EVENT_METHOD_CALL) {
		rtmi_serve_call(&disp->shared->dev, ev->entity, ev->context);
		return rtmi_process_peek() == disp->proc;
	}
	reg = rtmi_event_receiver(ev->entity);
	if (!reg)
		return true;
	if (ev->type == RTM_EVENT_ROUTE_EXPIRED)
		route_expired(disp, reg, ev);
	else
		call_back(reg, ev);
	if (rtmi_process_peek() != disp->proc)
		return false;
	if (ev->type < RTM_EVENT_ROUTE_EXPIRED)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ENTITY, &ev->object,
				     1);
	rtmi_reg_put_running(reg);
	return true;
}

/*
 * Returns the number of events, 0 to stop.  Somebody who closes a descriptor
 * that is not his makes us stop as well: there is nothing left to read.
 */
static ssize_t events_wait(struct rtmi_dispatcher *disp, struct rtm_event *events)
{
	struct pollfd fds[2] = {
		{ .fd = disp->stop_fd, .events = POLLIN },
		{ .fd = disp->shared->dev.fd, .events = POLLIN },
	};
	ssize_t len;

	for (;;) {
		if (poll(fds, RTMI_ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return 0;
		if (atomic_load(&disp->stop) || fds[0].revents)
			return 0;
		len = read(disp->shared->dev.fd, events, EVENTS_PER_READ * sizeof(*events));
		if (len >= (ssize_t)sizeof(*events))
			return len / (ssize_t)sizeof(*events);
		if (len < 0 && (errno == ENOSPC || errno == ENOMEM))
			/* until there are handles or memory again, or the end comes */
			poll(fds, 1, RETRY_MS);
		else if (len >= 0 || (errno != EAGAIN && errno != EINTR))
			return 0;
		if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
			return 0;
	}
}

static void *dispatcher_main(void *arg)
{
	struct rtm_event events[EVENTS_PER_READ];
	struct rtmi_dispatcher *disp = arg;
	ssize_t count, i;

	this_dispatcher = disp;
	while ((count = events_wait(disp, events)) > 0) {
		for (i = 0; i < count && !atomic_load(&disp->stop); i++) {
			if (!event_deliver(disp, &events[i]))
				return NULL;
		}
	}
	rtmi_lock();
	disp->done = true;
	pthread_cond_broadcast(&disp->proc->changed);
	rtmi_unlock();
	dispatcher_put(disp);
	return NULL;
}

/* Signals are for the client's threads: a handler must not run in this one. */
static int dispatcher_start(struct rtmi_dispatcher *disp)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&disp->thread, NULL, dispatcher_main, disp);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!err)
		pthread_setname_np(disp->thread, "librtm");
	return -err;
}

static struct rtmi_dispatcher *dispatcher_make(struct rtmi_process *proc,
					       struct rtmi_shared *shared, int *err)
{
	struct rtmi_dispatcher *disp = calloc(1, sizeof(*disp));

	*err = -ENOMEM;
	if (!disp)
		return NULL;
	disp->proc = proc;
	disp->shared = shared;
	atomic_init(&disp->refs, 2);
	disp->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	*err = -errno;
	if (disp->stop_fd < 0)
		goto err_free;
	rtmi_lock();
	shared->refs++;
	rtmi_unlock();
	*err = dispatcher_start(disp);
	if (*err)
		goto err_put;
	return disp;

err_put:
	rtmi_shared_put(proc, shared);
	close(disp->stop_fd);
err_free:
	free(disp);
	return NULL;
}

/**
 * rtmi_dispatch_get() - have a dispatcher for one more registration
 * @proc: this process
 * @shared: file of the registration
 *
 * The caller holds the register lock.
 *
 * Return: 0, or a negative errno.
 */
int rtmi_dispatch_get(struct rtmi_process *proc, struct rtmi_shared *shared)
{
	struct rtmi_dispatcher *disp;
	int err = 0;

	rtmi_lock();
	proc->disp_users++;
	disp = proc->disp;
	rtmi_unlock();
	if (disp)
		return 0;
	disp = dispatcher_make(proc, shared, &err);
	rtmi_lock();
	if (disp)
		proc->disp = disp;
	else
		proc->disp_users--;
	rtmi_unlock();
	return err;
}

/**
 * rtmi_dispatch_put() - have a dispatcher for one registration less
 * @proc: this process
 *
 * Return: the dispatcher where it is of no use any more, for
 * rtmi_dispatch_stop(); NULL otherwise.
 */
struct rtmi_dispatcher *rtmi_dispatch_put(struct rtmi_process *proc)
{
	struct rtmi_dispatcher *disp = NULL;

	rtmi_lock();
	if (--proc->disp_users == 0) {
		disp = proc->disp;
		proc->disp = NULL;
	}
	rtmi_unlock();
	return disp;
}

static bool dispatcher_wait(struct rtmi_dispatcher *disp, const struct timespec *deadline)
{
	bool done;

	rtmi_lock();
	while (!disp->done && !rtmi_wait_changed(disp->proc, deadline))
		;
	done = disp->done;
	rtmi_unlock();
	return done;
}

/**
 * rtmi_dispatch_stop() - end a dispatcher
 * @disp: dispatcher, or NULL
 * @deadline: how long to wait for its end, on CLOCK_MONOTONIC
 */
void rtmi_dispatch_stop(struct rtmi_dispatcher *disp, const struct timespec *deadline)
{
	if (!disp)
		return;
	atomic_store(&disp->stop, true);
	eventfd_write(disp->stop_fd, 1);
	if (this_dispatcher != disp && dispatcher_wait(disp, deadline))
		pthread_join(disp->thread, NULL);
	else
		pthread_detach(disp->thread);
	dispatcher_put(disp);
}

/**
 * rtmi_in_dispatcher() - whether this is the thread that calls callbacks
 * @proc: this process
 *
 * Return: true in a callback or a method that the dispatcher runs.
 */
bool rtmi_in_dispatcher(const struct rtmi_process *proc)
{
	return this_dispatcher && this_dispatcher->proc == proc;
}

/**
 * rtmi_callback_deadline() - how long the end of something waits for callbacks
 * @deadline: out: on CLOCK_MONOTONIC
 */
void rtmi_callback_deadline(struct timespec *deadline)
{
	clock_gettime(CLOCK_MONOTONIC, deadline);
	deadline->tv_sec += CALLBACK_WAIT_S;
}

/**
 * rtmi_dispatch_flush() - wait for the running callbacks of a registration
 * @reg: registration that cannot be found any more
 * @deadline: how long to wait, on CLOCK_MONOTONIC
 *
 * Returns at once in a callback: it would wait for itself.
 */
void rtmi_dispatch_flush(struct rtmi_reg *reg, const struct timespec *deadline)
{
	if (rtmi_in_dispatcher(reg->proc))
		return;
	rtmi_lock();
	while (reg->running && !rtmi_wait_changed(reg->proc, deadline))
		;
	rtmi_unlock();
}
