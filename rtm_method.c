// SPDX-License-Identifier: GPL-2.0-only
/*
 * Methods: calls from one entity to another, mostly in another process.
 *
 * A call has two ends.  The caller's end is the list of calls its entity has made:
 * the call is there until a thread of the caller has fetched the result, or gives
 * up.  The callee's end is the list of calls it has received: the call is there until
 * it is answered.  Either end can go at any time, by deregistration, close or death,
 * and the other one notices: a caller whose callee goes gets an error, the answer to a
 * call that was given up is accepted and thrown away.  A call that was given up
 * before the callee fetched it leaves both lists at once, so the methods do not run.
 *
 *	waits --fetched--> taken --answered--> done --result stored--> gone
 *
 * A call that waits is *ready*, in a list of the callee's file with its event raised,
 * unless the callee has blocked its methods; then it is held back, and resuming makes
 * it ready.  The thread that blocked is let through: it would wait for itself.
 *
 * A signal does not end a call, because starting it again would run the methods twice.
 * The thread leaves it *parked* and comes back for it with its number.  Of those that
 * never come back an entity keeps one a thread: the next call drops it, and those of
 * threads that are dead.
 *
 * A *local* call, from the process that also has the callee, is only a question:
 * may the methods run now.  They run in the caller's thread, without us.
 *
 * The kernel waits for nobody here but the caller, who sleeps interruptibly with no
 * lock held.  Entities that call each other in a circle wait for each other; that is
 * theirs to avoid, or to serve calls while they wait (rtm_call_wait(), @server).
 *
 * Everything is under one spinlock of the namespace.  What is done under it is short
 * but for walks over the calls of one entity, of which there are at most
 * max_method_calls received, and about one a thread made.  A call in a callee's list
 * proves that the callee's file is still there: the end of the entity empties the list
 * before the file goes.
 */
#include "rtm_method.h"

#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <uapi/linux/rtm.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_limits.h"
#include "rtm_net.h"
#include "rtm_table.h"

static spinlock_t *lock_of(const struct rtm_entity *entity)
{
	return &entity->table->rnet->call_lock;
}

static void call_hold(struct rtm_call *call)
{
	refcount_inc(&call->refs);
}

/**
 * rtm_call_put() - give a reference back
 * @call: the call
 *
 * Context: process, may sleep (its entities may go with it).
 */
void rtm_call_put(struct rtm_call *call)
{
	if (!refcount_dec_and_test(&call->refs))
		return;
	atomic64_dec(&call->caller->table->rnet->count.calls);
	kvfree(call->input);
	kvfree(call->output);
	put_pid(call->thread);
	rtm_entity_put(call->callee);
	rtm_entity_put(call->caller);
	kfree(call);
}

static struct rtm_call *to_call(struct rtm_event_node *node)
{
	return container_of(node, struct rtm_call, event);
}

static void call_event_get(struct rtm_event_node *node)
{
	call_hold(to_call(node));
}

static void call_event_put(struct rtm_event_node *node)
{
	rtm_call_put(to_call(node));
}

static struct rtm_entity *call_event_receiver(struct rtm_event_node *node)
{
	return to_call(node)->callee;
}

/* One that was fetched or held back meanwhile is passed by. */
static int call_event_fill(struct rtm_event_node *node, struct rtm_event *event,
			   struct rtm_grab *grab)
{
	struct rtm_call *call = to_call(node);
	bool ready;

	spin_lock(lock_of(call->callee));
	ready = !list_empty(&call->ready);
	spin_unlock(lock_of(call->callee));
	event->context = call->id;
	event->id = call->caller->id;
	return ready ? 0 : -EIDRM;
}

static const struct rtm_event_ops call_event_ops = {
	.type = RTM_EVENT_METHOD_CALL,
	.get = call_event_get,
	.put = call_event_put,
	.receiver = call_event_receiver,
	.fill = call_event_fill,
};

/*
 * The steps of a call.  Those that take it off a list drop the list's reference, which
 * is never the last one: it is the other list's or the calling function's.
 */

static bool is_held_back(const struct rtm_call *call)
{
	const struct pid *blocker = call->callee->methods.blocker;

	return blocker && blocker != call->thread;
}

static void make_ready(struct rtm_call *call)
{
	list_add_tail(&call->ready, &call->event.client->calls);
	rtm_event_raise(&call->event);
}

static void make_unready(struct rtm_call *call)
{
	if (list_empty(&call->ready))
		return;
	list_del_init(&call->ready);
	rtm_event_cancel(&call->event);
}

static void leave_callee(struct rtm_call *call)
{
	if (list_empty(&call->received))
		return;
	make_unready(call);
	list_del_init(&call->received);
	call->callee->methods.n_received--;
	refcount_dec(&call->refs);
}

static void leave_caller(struct rtm_call *call)
{
	if (list_empty(&call->made))
		return;
	list_del_init(&call->made);
	if (!call->taken)
		leave_callee(call);
	refcount_dec(&call->refs);
}

/* There is a result: wake who waits for it, if anybody does at the moment. */
static void finish(struct rtm_call *call, int error)
{
	if (call->done)
		return;
	call->error = error;
	WRITE_ONCE(call->done, true);
	wake_up_interruptible(&call->wait);
	if (call->server)
		wake_up_interruptible(&call->server->event_wait);
}

/* What a call that waits does after methods were blocked, resumed, or put back. */
static void reconsider(struct rtm_call *call)
{
	bool held = is_held_back(call);

	if (call->taken || call->done)
		return;
	if (held) {
		make_unready(call);
	} else if (call->local) {
		finish(call, 0);
		leave_callee(call);
	} else if (list_empty(&call->ready)) {
		make_ready(call);
	}
}

/**
 * rtm_method_init() - neither calls nor is called
 * @methods: part of a new entity
 */
void rtm_method_init(struct rtm_method_owner *methods)
{
	INIT_LIST_HEAD(&methods->received);
	INIT_LIST_HEAD(&methods->made);
}

/**
 * rtm_method_open() - a registration begins: it may call and be called
 * @entity: the entity, not open
 * @client: the file that registers it
 * @n: methods it exports
 *
 * Context: process; takes the namespace's call_lock.
 */
void rtm_method_open(struct rtm_entity *entity, struct rtm_client *client, u32 n)
{
	spin_lock(lock_of(entity));
	entity->methods.client = client;
	entity->methods.n = n;
	spin_unlock(lock_of(entity));
}

static struct rtm_call *first_received(struct rtm_entity *entity)
{
	struct rtm_call *call;

	spin_lock(lock_of(entity));
	call = list_first_entry_or_null(&entity->methods.received, struct rtm_call, received);
	if (call) {
		call_hold(call);
		leave_callee(call);
		finish(call, -ESTALE);
	}
	spin_unlock(lock_of(entity));
	return call;
}

static struct rtm_call *first_made(struct rtm_entity *entity)
{
	struct rtm_call *call;

	spin_lock(lock_of(entity));
	call = list_first_entry_or_null(&entity->methods.made, struct rtm_call, made);
	if (call) {
		call_hold(call);
		leave_caller(call);
		finish(call, -EIDRM);
	}
	spin_unlock(lock_of(entity));
	return call;
}

/**
 * rtm_method_close() - a registration has ended: end every call it is part of
 * @entity: the entity; its file is still there
 *
 * Callers get -ESTALE, own threads that wait -EIDRM.  Methods are not blocked any
 * more.
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_method_close(struct rtm_entity *entity)
{
	struct rtm_method_owner *methods = &entity->methods;
	struct rtm_call *call;
	struct pid *blocker;

	spin_lock(lock_of(entity));
	methods->client = NULL;
	methods->n = 0;
	blocker = methods->blocker;
	methods->blocker = NULL;
	spin_unlock(lock_of(entity));
	put_pid(blocker);
	while ((call = first_received(entity)) || (call = first_made(entity))) {
		rtm_call_put(call);
		cond_resched();
	}
}

/**
 * rtm_method_count() - what an entity exports
 * @entity: the entity
 * @n: out: number of methods
 * @blocked: out: they are blocked
 *
 * Context: process; takes the namespace's call_lock.
 *
 * Return: 0, or -ESTALE when it is not registered; there are none then.
 */
int rtm_method_count(struct rtm_entity *entity, u32 *n, bool *blocked)
{
	int err;

	spin_lock(lock_of(entity));
	*n = entity->methods.n;
	*blocked = entity->methods.blocker;
	err = entity->methods.client ? 0 : -ESTALE;
	spin_unlock(lock_of(entity));
	return err;
}

/**
 * rtm_method_block() - hold calls of an entity's methods back, or let them go on
 * @entity: the caller's own
 * @block: which of the two; not counted
 *
 * Context: process; takes the namespace's call_lock.
 *
 * Return: 0, or -EIDRM when the registration has ended.
 */
int rtm_method_block(struct rtm_entity *entity, bool block)
{
	struct pid *blocker = block ? get_pid(task_pid(current)) : NULL;
	struct rtm_method_owner *methods = &entity->methods;
	struct rtm_call *call, *next;
	int err = -EIDRM;

	spin_lock(lock_of(entity));
	if (methods->client) {
		swap(methods->blocker, blocker);
		list_for_each_entry_safe(call, next, &methods->received, received)
			reconsider(call);
		err = 0;
	}
	spin_unlock(lock_of(entity));
	put_pid(blocker);
	return err;
}

/**
 * rtm_method_is_local() - does this process, or module, have the callee through this file
 * @callee: the entity
 * @client: the file
 *
 * Context: process; takes the namespace's call_lock.
 *
 * Return: true if a call of it can be a local one.  What is false stays so while
 * the callee's registration lasts.
 */
bool rtm_method_is_local(struct rtm_entity *callee, const struct rtm_client *client)
{
	bool local;

	spin_lock(lock_of(callee));
	local = callee->methods.client == client &&
		(client->in_kernel || callee->process == task_tgid(current));
	spin_unlock(lock_of(callee));
	return local;
}

/**
 * rtm_call_alloc() - make a call that nobody knows yet
 * @caller: who calls
 * @callee: who is called, of the same table
 * @input_size: bytes of input, which the caller of this function fills in
 * @output_size: room for output
 *
 * Context: process, may sleep.  All memory is charged to the caller's control group.
 *
 * Return: the call, with one reference, or NULL.
 */
struct rtm_call *rtm_call_alloc(struct rtm_entity *caller, struct rtm_entity *callee,
				u32 input_size, u32 output_size)
{
	struct rtm_net *rnet = caller->table->rnet;
	struct rtm_call *call;

	call = kzalloc(sizeof(*call), RTM_GFP_CLIENT);
	if (!call)
		return NULL;
	refcount_set(&call->refs, 1);
	INIT_LIST_HEAD(&call->made);
	INIT_LIST_HEAD(&call->received);
	INIT_LIST_HEAD(&call->ready);
	init_waitqueue_head(&call->wait);
	rtm_entity_hold(caller);
	call->caller = caller;
	rtm_entity_hold(callee);
	call->callee = callee;
	call->thread = get_pid(task_pid(current));
	call->id = atomic64_inc_return(&rnet->last_call);
	call->input_size = input_size;
	call->output_size = output_size;
	atomic64_inc(&rnet->count.calls);
	if (input_size)
		call->input = kvzalloc(input_size, RTM_GFP_CLIENT);
	if (output_size)
		call->output = kvzalloc(output_size, RTM_GFP_CLIENT);
	if (!input_size == !call->input && !output_size == !call->output)
		return call;
	rtm_call_put(call);
	return NULL;
}

static bool thread_is_dead(struct pid *thread)
{
	bool dead;

	rcu_read_lock();
	dead = !pid_task(thread, PIDTYPE_PID);
	rcu_read_unlock();
	return dead;
}

/* A parked call nobody will come back for: its thread goes on to another, or is dead. */
static struct rtm_call *find_forgotten(struct rtm_entity *caller)
{
	struct rtm_call *found = NULL;
	struct rtm_call *call;

	spin_lock(lock_of(caller));
	list_for_each_entry(call, &caller->methods.made, made) {
		if (call->waited)
			continue;
		if (call->thread != task_pid(current) && !thread_is_dead(call->thread))
			continue;
		call_hold(call);
		found = call;
		break;
	}
	spin_unlock(lock_of(caller));
	return found;
}

static int start_locked(struct rtm_call *call)
{
	struct rtm_method_owner *callee = &call->callee->methods;

	if (!call->caller->methods.client)
		return -EIDRM;
	if (!callee->client)
		return -ESTALE;
	call->methods &= callee->n ? GENMASK(callee->n - 1, 0) : 0;
	if (!call->methods || (call->local && !is_held_back(call))) {
		finish(call, 0);
		return 0;
	}
	if (callee->n_received >= rtm_max_method_calls)
		return -ENOSPC;
	rtm_event_init(&call->event, callee->client, &call_event_ops);
	call_hold(call);
	list_add_tail(&call->made, &call->caller->methods.made);
	call_hold(call);
	list_add_tail(&call->received, &callee->received);
	callee->n_received++;
	reconsider(call);
	return 0;
}

/**
 * rtm_call_start() - let the callee know
 * @call: from rtm_call_alloc(), with its input; the calling thread has it in hand
 *
 * A call that would run no method is done at once.
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: 0; -EIDRM when the caller's registration has ended, -ESTALE when the
 * callee's has, -ENOSPC when too many calls wait for the callee.
 */
int rtm_call_start(struct rtm_call *call)
{
	struct rtm_call *old;
	int err;

	while ((old = find_forgotten(call->caller))) {
		rtm_call_drop(old);
		rtm_call_put(old);
	}
	call->waited = true;
	spin_lock(lock_of(call->caller));
	err = start_locked(call);
	spin_unlock(lock_of(call->caller));
	return err;
}

static struct rtm_call *find_call(struct list_head *made, u64 id)
{
	struct rtm_call *call;

	list_for_each_entry(call, made, made)
		if (call->id == id)
			return call;
	return NULL;
}

/**
 * rtm_call_resume() - take a parked call in hand
 * @caller: who made it
 * @id: its number
 *
 * Context: process; takes the namespace's call_lock.
 *
 * Return: a reference, or an ERR_PTR(): -ENOENT when there is none, -EBUSY when
 * another thread has it.
 */
struct rtm_call *rtm_call_resume(struct rtm_entity *caller, u64 id)
{
	struct rtm_call *call;

	spin_lock(lock_of(caller));
	call = find_call(&caller->methods.made, id);
	if (!call) {
		call = ERR_PTR(-ENOENT);
	} else if (call->waited) {
		call = ERR_PTR(-EBUSY);
	} else {
		call->waited = true;
		call_hold(call);
	}
	spin_unlock(lock_of(caller));
	return call;
}

static bool may_go_on(struct rtm_call *call, struct rtm_client *server)
{
	return READ_ONCE(call->done) || (server && !list_empty_careful(&server->calls));
}

static int sleep_on(struct rtm_call *call, struct rtm_client *server, u64 deadline)
{
	wait_queue_head_t *wait = server ? &server->event_wait : &call->wait;
	u64 now = ktime_get_ns();
	ktime_t left;
	int err;

	if (!deadline)
		return wait_event_interruptible(*wait, may_go_on(call, server));
	if (may_go_on(call, server))
		return 0;
	if (deadline <= now)
		return -ETIMEDOUT;
	left = ns_to_ktime(min_t(u64, deadline - now, KTIME_MAX));
	err = wait_event_interruptible_hrtimeout(*wait, may_go_on(call, server), left);
	return err == -ETIME ? -ETIMEDOUT : err;
}

/**
 * rtm_call_wait() - wait until a call is done
 * @call: the call, in hand
 * @server: file of the calling thread if it serves calls and must not miss one,
 *	else NULL
 * @deadline: absolute nanoseconds of CLOCK_MONOTONIC, 0 for ever
 *
 * A result that comes together with a signal or the end of the time wins.
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: 0 when there is an answer; -ESTALE when the callee has gone, -EIDRM when the
 * caller has; -ETIMEDOUT; and with the call going on, -ERESTARTSYS, or -EAGAIN when
 * there is something to serve.
 */
int rtm_call_wait(struct rtm_call *call, struct rtm_client *server, u64 deadline)
{
	int err;

	spin_lock(lock_of(call->caller));
	call->server = server;
	spin_unlock(lock_of(call->caller));
	err = sleep_on(call, server, deadline);
	spin_lock(lock_of(call->caller));
	call->server = NULL;
	if (call->done)
		err = call->error;
	else if (!err)
		err = -EAGAIN;
	spin_unlock(lock_of(call->caller));
	return err;
}

/**
 * rtm_call_park() - put a call out of hand, to be resumed
 * @call: the call
 *
 * Context: process; takes the namespace's call_lock.
 */
void rtm_call_park(struct rtm_call *call)
{
	spin_lock(lock_of(call->caller));
	call->waited = false;
	spin_unlock(lock_of(call->caller));
}

/**
 * rtm_call_drop() - the caller has what it wanted, or does not want it any more
 * @call: the call
 *
 * Not fetched yet, it will not be; otherwise the answer does not matter.
 *
 * Context: process; takes the namespace's call_lock.
 */
void rtm_call_drop(struct rtm_call *call)
{
	spin_lock(lock_of(call->caller));
	leave_caller(call);
	finish(call, -ENOENT);
	spin_unlock(lock_of(call->caller));
}

static struct rtm_call *find_ready(struct rtm_client *client, const struct rtm_entity *callee,
				   u64 id)
{
	struct rtm_call *call;

	list_for_each_entry(call, &client->calls, ready) {
		if (callee && call->callee != callee)
			continue;
		if (!id || call->id == id)
			return call;
	}
	return NULL;
}

/**
 * rtm_call_take() - the callee fetches a call
 * @client: its file
 * @callee: one of its registrations, or NULL for any
 * @id: which call, or 0 for the oldest
 * @room: bytes of input it has room for; a call with more is returned but not taken
 *
 * Context: process; takes the namespace's call_lock.
 *
 * Return: a reference, or NULL when no such call is ready.
 */
struct rtm_call *rtm_call_take(struct rtm_client *client, const struct rtm_entity *callee,
			       u64 id, u32 room)
{
	spinlock_t *lock = &client->rnet->call_lock;
	struct rtm_call *call;

	spin_lock(lock);
	call = find_ready(client, callee, id);
	if (call) {
		call_hold(call);
		if (call->input_size <= room) {
			call->taken = true;
			make_unready(call);
		}
	}
	spin_unlock(lock);
	return call;
}

/**
 * rtm_call_untake() - the callee could not be given the call after all
 * @call: from rtm_call_take()
 *
 * Context: process; takes the namespace's call_lock.
 */
void rtm_call_untake(struct rtm_call *call)
{
	spin_lock(lock_of(call->callee));
	if (!list_empty(&call->received)) {
		call->taken = false;
		if (list_empty(&call->made))
			leave_callee(call);
		else
			reconsider(call);
	}
	spin_unlock(lock_of(call->callee));
}

static struct rtm_call *find_received(struct rtm_entity *callee, u64 id)
{
	struct rtm_call *call;

	list_for_each_entry(call, &callee->methods.received, received)
		if (call->id == id && !call->local && !call->answering)
			return call;
	return NULL;
}

/**
 * rtm_call_answer_begin() - the callee is about to fill in the output
 * @callee: the entity
 * @id: number of the call, fetched or not
 * @size: bytes of output
 *
 * Context: process; takes the namespace's call_lock.
 *
 * Return: a reference, for rtm_call_answer_end(), or an ERR_PTR(): -ENOENT when there
 * is no such call, -EMSGSIZE when its caller has less room.
 */
struct rtm_call *rtm_call_answer_begin(struct rtm_entity *callee, u64 id, u32 size)
{
	struct rtm_call *call;

	spin_lock(lock_of(callee));
	call = find_received(callee, id);
	if (!call) {
		call = ERR_PTR(-ENOENT);
	} else if (size > call->output_size) {
		call = ERR_PTR(-EMSGSIZE);
	} else {
		call->answering = true;
		call_hold(call);
	}
	spin_unlock(lock_of(callee));
	return call;
}

/**
 * rtm_call_answer_end() - the output is there: the call is done
 * @call: from rtm_call_answer_begin(), whose reference is consumed
 * @stored: it is; otherwise the call is as it was before
 * @size: bytes of output
 * @status: the callee's word on it
 *
 * Context: process, may sleep.
 */
void rtm_call_answer_end(struct rtm_call *call, bool stored, u32 size, u32 status)
{
	spin_lock(lock_of(call->callee));
	call->answering = false;
	if (stored && !call->done) {
		call->used = size;
		call->status = status;
	}
	if (stored) {
		leave_callee(call);
		finish(call, 0);
	}
	spin_unlock(lock_of(call->callee));
	rtm_call_put(call);
}
