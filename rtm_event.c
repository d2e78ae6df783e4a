// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what waits to be told to the reader of a file, or to a module.
 *
 * There is no queue of messages.  Each thing that can happen to a registration has
 * one node of its own - an entity that comes or goes, a notification with changed
 * destinations, a route that expired, a method that is called - and that node is on
 * the file's list or it is not.  So a reader that sleeps costs nothing more, however
 * often things happen.
 *
 * An event is consumed when read() has copied it out.  While that is going on the
 * node is marked: a second reader takes the next one, and what happens meanwhile is
 * told afterwards.
 *
 * The list is under the client's event_lock, a leaf.  The owner of a node keeps it
 * alive while it is queued; a reader takes a reference of its own.
 */
#include "rtm_event.h"

#include <linux/list.h>
#include <linux/poll.h>
#include <linux/sockptr.h>
#include <kunit/visibility.h>
#include <uapi/linux/rtm.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_handle.h"

/* Readers that passed a node by shall look again; under the file's event_lock. */
static void event_wake(struct rtm_event_node *node)
{
	wake_up_interruptible_poll(&node->client->event_wait, EPOLLIN | EPOLLRDNORM);
}

/**
 * rtm_event_init() - a node that has nothing to tell
 * @node: part of a larger object
 * @client: file that is told; it outlives the node's last rtm_event_raise()
 * @ops: what the node is
 */
void rtm_event_init(struct rtm_event_node *node, struct rtm_client *client,
		    const struct rtm_event_ops *ops)
{
	INIT_LIST_HEAD(&node->queued);
	node->client = client;
	node->ops = ops;
	node->delivering = false;
	node->again = false;
	node->refused = false;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_event_init);

/**
 * rtm_event_queue() - put a node at the end of its file's list
 * @node: the node; queued already, it moves there
 *
 * Context: the file's event_lock held.
 */
void rtm_event_queue(struct rtm_event_node *node)
{
	lockdep_assert_held(&node->client->event_lock);
	list_move_tail(&node->queued, &node->client->events);
	event_wake(node);
}

/* With all of its kind for the same receiver: who left and came again did so in this order. */
static void queue_behind(struct rtm_event_node *node)
{
	const struct rtm_entity *receiver = node->ops->receiver(node);
	struct list_head *events = &node->client->events;
	struct rtm_event_node *other, *next;
	LIST_HEAD(theirs);

	list_for_each_entry_safe(other, next, events, queued)
		if (other->ops == node->ops && other->ops->receiver(other) == receiver)
			list_move_tail(&other->queued, &theirs);
	list_splice_tail(&theirs, events);
	event_wake(node);
}

/**
 * rtm_event_retry() - a node that could not be told is to be told later
 * @node: the node, queued
 *
 * It keeps its place, unless its receiver may have no more handles: that can last, and
 * must not keep the file's other registrations from their events.
 *
 * Context: the file's event_lock held.
 */
void rtm_event_retry(struct rtm_event_node *node)
{
	if (node->refused)
		queue_behind(node);
	else
		event_wake(node);
}

/**
 * rtm_event_dequeue() - a node has nothing to tell any more
 * @node: the node
 *
 * Context: the file's event_lock held.
 */
void rtm_event_dequeue(struct rtm_event_node *node)
{
	lockdep_assert_held(&node->client->event_lock);
	list_del_init(&node->queued);
}

/**
 * rtm_event_raise() - it has happened, perhaps once more
 * @node: a node whose ops have no @done of their own
 *
 * Told once, however often it is raised before it is read; raised while it is being
 * read it is told again.
 *
 * Context: process; takes the file's event_lock.
 */
void rtm_event_raise(struct rtm_event_node *node)
{
	struct rtm_client *client = node->client;

	spin_lock(&client->event_lock);
	if (node->delivering)
		node->again = true;
	else if (list_empty(&node->queued))
		rtm_event_queue(node);
	spin_unlock(&client->event_lock);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_event_raise);

/**
 * rtm_event_cancel() - it does not matter any more
 * @node: the node
 *
 * A reader that has it in hand may still deliver it.
 *
 * Context: process; takes the file's event_lock.
 */
void rtm_event_cancel(struct rtm_event_node *node)
{
	struct rtm_client *client = node->client;

	spin_lock(&client->event_lock);
	node->again = false;
	rtm_event_dequeue(node);
	spin_unlock(&client->event_lock);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_event_cancel);

/* The oldest event nobody is delivering, marked, with a reference. */
static struct rtm_event_node *event_take(struct rtm_client *client)
{
	struct rtm_event_node *node;

	spin_lock(&client->event_lock);
	list_for_each_entry(node, &client->events, queued) {
		if (node->delivering)
			continue;
		node->delivering = true;
		node->ops->get(node);
		spin_unlock(&client->event_lock);
		return node;
	}
	spin_unlock(&client->event_lock);
	return NULL;
}

/*
 * One that is not queued any more was cancelled meanwhile; @again says that it was
 * raised after that, or while it was being told.
 */
static void plain_done(struct rtm_event_node *node, bool delivered)
{
	struct rtm_client *client = node->client;
	bool queued;

	spin_lock(&client->event_lock);
	queued = !list_empty(&node->queued);
	node->delivering = false;
	if (queued && !delivered)
		rtm_event_retry(node);
	else if (node->again)
		rtm_event_queue(node);
	else
		rtm_event_dequeue(node);
	node->again = false;
	spin_unlock(&client->event_lock);
}

static void event_done(struct rtm_event_node *node, int err)
{
	/* nobody else looks at it while it is being delivered */
	node->refused = err == -ENOSPC;
	if (node->ops->done)
		node->ops->done(node, !err);
	else
		plain_done(node, !err);
	node->ops->put(node);
}

/* Copy one event out, with handles that stay if that worked. */
static int event_deliver(struct rtm_client *client, struct rtm_event_node *node,
			 sockptr_t buf, size_t at)
{
	struct rtm_event event = { .type = node->ops->type };
	struct rtm_grab grab;
	int err;

	rtm_grab_init(&grab, client, node->ops->receiver(node));
	event.entity = grab.entity->handle;
	err = node->ops->fill(node, &event, &grab);
	if (!err && copy_to_sockptr_offset(buf, at, &event, sizeof(event)))
		err = -EFAULT;
	if (err)
		rtm_grab_undo(&grab);
	return err;
}

/**
 * rtm_event_pending() - is there something to read
 * @client: the file
 *
 * What another reader is copying out does not count: waiting for it to fail would
 * mean to spin.
 *
 * Return: true when read() would not wait.
 */
bool rtm_event_pending(struct rtm_client *client)
{
	struct rtm_event_node *node;
	bool pending = false;

	spin_lock(&client->event_lock);
	list_for_each_entry(node, &client->events, queued) {
		pending = !node->delivering;
		if (pending)
			break;
	}
	spin_unlock(&client->event_lock);
	return pending;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_event_pending);

/**
 * rtm_event_read() - copy pending events out
 * @client: the file
 * @buf: the caller's buffer
 * @size: its bytes, at least one event
 *
 * Context: process, may sleep; no lock is held while user memory is touched.
 *
 * Return: bytes stored, 0 when there was nothing, -EINTR for a process that is killed, or
 * -EFAULT, -ENOMEM or -ENOSPC (a limit of handles) if that happened to the first event;
 * later ones then stay pending.
 */
ssize_t rtm_event_read(struct rtm_client *client, sockptr_t buf, size_t size)
{
	struct rtm_event_node *node;
	size_t used = 0;
	int err = 0;

	while (size - used >= sizeof(struct rtm_event) && !err) {
		node = event_take(client);
		if (!node)
			break;
		err = event_deliver(client, node, buf, used);
		event_done(node, err);
		if (!err)
			used += sizeof(struct rtm_event);
		else if (err == -EIDRM)
			err = 0;
		/* what nobody can be told any more may stay until its receiver is gone */
		cond_resched();
		if (fatal_signal_pending(current)) {
			err = err ? : -EINTR;
			break;
		}
	}
	return used ? used : err;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_event_read);
