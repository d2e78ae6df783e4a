/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Methods: what entities let others call, across processes.
 */
#ifndef RTM_METHOD_H
#define RTM_METHOD_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "rtm_event.h"
#include "rtm_types.h"

struct pid;

/**
 * struct rtm_method_owner - the part of an entity that makes and takes calls
 * @client: its file while it may do either; NULL before registration and after
 * @blocker: thread that has blocked the methods, a reference; NULL while nobody has
 * @received: calls to it that it has not answered
 * @made: calls of it whose result nobody has fetched
 * @n_received: entries of @received
 * @n: methods it exports
 *
 * All of it is under the namespace's call_lock.
 */
struct rtm_method_owner {
	struct rtm_client *client;
	struct pid *blocker;
	struct list_head received;
	struct list_head made;
	unsigned int n_received;
	u32 n;
};

/**
 * struct rtm_call - one invocation of methods
 * @event: tells the callee
 * @made: in the caller's list until the caller has the result or gives up
 * @received: in the callee's list until it is answered, or the callee has gone
 * @ready: in the list of the callee's file while it may be fetched
 * @caller: who calls, a reference
 * @callee: who is called, a reference
 * @thread: thread that calls, a reference
 * @id: its number, unique in the namespace, never 0
 * @input: from the caller, @input_size bytes
 * @output: from the callee, room for @output_size bytes, @used of them stored
 * @input_size: bytes
 * @output_size: bytes
 * @used: bytes
 * @methods: a bit for each method to run
 * @status: from the callee
 * @error: 0 or a negative errno, once it is @done
 * @local: runs in the caller's process; only the permission to do so is waited for
 * @taken: the callee has fetched it, or is about to
 * @answering: the callee's answer is being copied
 * @waited: a thread of the caller has it in hand; otherwise it is parked
 * @done: there is a result or an error
 * @server: file of the thread that waits, if it wants to be woken for calls to it
 * @wait: that thread, otherwise
 * @refs: each of the two entities' lists and whoever has it in hand holds one
 *
 * What the caller gave never changes, @output and @used are the callee's until the
 * call is @done; everything else is under the namespace's call_lock.
 */
struct rtm_call {
	struct rtm_event_node event;
	struct list_head made;
	struct list_head received;
	struct list_head ready;
	struct rtm_entity *caller;
	struct rtm_entity *callee;
	struct pid *thread;
	u64 id;
	void *input;
	void *output;
	u32 input_size;
	u32 output_size;
	u32 used;
	u32 methods;
	u32 status;
	int error;
	bool local;
	bool taken;
	bool answering;
	bool waited;
	bool done;
	struct rtm_client *server;
	wait_queue_head_t wait;
	refcount_t refs;
};

void rtm_method_init(struct rtm_method_owner *methods);
void rtm_method_open(struct rtm_entity *entity, struct rtm_client *client, u32 n);
void rtm_method_close(struct rtm_entity *entity);
int rtm_method_count(struct rtm_entity *entity, u32 *n, bool *blocked);
int rtm_method_block(struct rtm_entity *entity, bool block);
bool rtm_method_is_local(struct rtm_entity *callee, const struct rtm_client *client);

/* The caller's side. */
struct rtm_call *rtm_call_alloc(struct rtm_entity *caller, struct rtm_entity *callee,
				u32 input_size, u32 output_size);
int rtm_call_start(struct rtm_call *call);
struct rtm_call *rtm_call_resume(struct rtm_entity *caller, u64 id);
int rtm_call_wait(struct rtm_call *call, struct rtm_client *server, u64 deadline);
void rtm_call_park(struct rtm_call *call);
void rtm_call_drop(struct rtm_call *call);
void rtm_call_put(struct rtm_call *call);

/* The callee's side. */
struct rtm_call *rtm_call_take(struct rtm_client *client, const struct rtm_entity *callee,
			       u64 id, u32 room);
void rtm_call_untake(struct rtm_call *call);
struct rtm_call *rtm_call_answer_begin(struct rtm_entity *callee, u64 id, u32 size);
void rtm_call_answer_end(struct rtm_call *call, bool stored, u32 size, u32 status);

#endif /* RTM_METHOD_H */
