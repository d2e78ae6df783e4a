/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: what waits to be told to the reader of a file.
 */
#ifndef RTM_EVENT_H
#define RTM_EVENT_H

#include <linux/list.h>
#include <linux/sockptr.h>
#include <linux/types.h>

#include "rtm_types.h"

struct rtm_event;
struct rtm_event_node;
struct rtm_grab;

/**
 * struct rtm_event_ops - what a kind of event is
 * @type: enum rtm_event_type; @fill may change it
 * @get: take a reference to what the node is part of; event_lock held
 * @put: give it back; may sleep
 * @receiver: the registration that is told; its reference is the node's
 * @fill: say what happened, in an event that is zero but for type and receiver,
 *	giving handles out; may sleep.  0 or a negative errno; -EIDRM passes it by.
 * @done: the end of a delivery, instead of the plain one: may sleep, no lock held;
 *	clears @delivering and queues or dequeues the node.  NULL for the plain one.
 */
struct rtm_event_ops {
	u32 type;
	void (*get)(struct rtm_event_node *node);
	void (*put)(struct rtm_event_node *node);
	struct rtm_entity *(*receiver)(struct rtm_event_node *node);
	int (*fill)(struct rtm_event_node *node, struct rtm_event *event, struct rtm_grab *grab);
	void (*done)(struct rtm_event_node *node, bool delivered);
};

/**
 * struct rtm_event_node - one thing that can happen
 * @queued: in rtm_client.events while it is to be told
 * @client: the file that is told
 * @ops: what it is
 * @delivering: a reader is copying it out
 * @again: raised while @delivering
 * @refused: its receiver may have no more handles
 *
 * @client and @ops never change; the rest is under the client's event_lock.
 */
struct rtm_event_node {
	struct list_head queued;
	struct rtm_client *client;
	const struct rtm_event_ops *ops;
	bool delivering;
	bool again;
	bool refused;
};

void rtm_event_init(struct rtm_event_node *node, struct rtm_client *client,
		    const struct rtm_event_ops *ops);
void rtm_event_queue(struct rtm_event_node *node);
void rtm_event_dequeue(struct rtm_event_node *node);
void rtm_event_retry(struct rtm_event_node *node);
void rtm_event_raise(struct rtm_event_node *node);
void rtm_event_cancel(struct rtm_event_node *node);

bool rtm_event_pending(struct rtm_client *client);
ssize_t rtm_event_read(struct rtm_client *client, sockptr_t buf, size_t size);

#endif /* RTM_EVENT_H */
