// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watches: entities that are told of others that come and go.
 *
 * A registration that asked for events is told of every entity of its table that
 * registers after it, and of every one that leaves.  For each pair (receiver,
 * subject) there is one struct rtm_watch, made when the later of the two registers,
 * which is idle or has one event pending.  An entity that comes and goes before the
 * receiver looks leaves nothing behind; a subject that leaves while its arrival is
 * being delivered is reported after it.
 *
 * Lists of watches are under the table's lock, the pending ones also under the
 * receiver's client's event_lock, nested inside.
 */
#include "rtm_watch.h"

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <uapi/linux/rtm.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_event.h"
#include "rtm_handle.h"
#include "rtm_table.h"

/* What a watch has to say. */
enum watch_pending {
	WATCH_IDLE,
	WATCH_REGISTERED,
	WATCH_DEREGISTERED,
};

/**
 * struct rtm_watch - one entity watching another
 * @by_subject: in subject->watchers
 * @by_receiver: in receiver->watching
 * @event: what its receiver is told
 * @receiver: who is told, holds a reference
 * @subject: about whom, holds a reference
 * @pending: what there is to tell
 * @left: the subject left while its arrival was being delivered
 * @refs: the lists hold one together, a reader another
 */
struct rtm_watch {
	struct list_head by_subject;
	struct list_head by_receiver;
	struct rtm_event_node event;
	struct rtm_entity *receiver;
	struct rtm_entity *subject;
	enum watch_pending pending;
	bool left;
	refcount_t refs;
};

static void watch_put(struct rtm_watch *watch)
{
	if (!refcount_dec_and_test(&watch->refs))
		return;
	rtm_entity_put(watch->receiver);
	rtm_entity_put(watch->subject);
	kfree(watch);
}

static struct rtm_watch *to_watch(struct rtm_event_node *node)
{
	return container_of(node, struct rtm_watch, event);
}

static void watch_event_get(struct rtm_event_node *node)
{
	refcount_inc(&to_watch(node)->refs);
}

static void watch_event_put(struct rtm_event_node *node)
{
	watch_put(to_watch(node));
}

static struct rtm_entity *watch_receiver(struct rtm_event_node *node)
{
	return to_watch(node)->receiver;
}

/* What is pending does not change to anything else while it is being delivered. */
static int watch_fill(struct rtm_event_node *node, struct rtm_event *event,
		      struct rtm_grab *grab)
{
	struct rtm_watch *watch = to_watch(node);

	spin_lock(&node->client->event_lock);
	event->type = watch->pending == WATCH_REGISTERED ? RTM_EVENT_ENTITY_REGISTERED :
							   RTM_EVENT_ENTITY_DEREGISTERED;
	spin_unlock(&node->client->event_lock);
	event->id = watch->subject->id;
	return rtm_grab_entity(grab, watch->subject, &event->object);
}

static void watch_done(struct rtm_event_node *node, bool delivered);

static const struct rtm_event_ops watch_ops = {
	.get = watch_event_get,
	.put = watch_event_put,
	.receiver = watch_receiver,
	.fill = watch_fill,
	.done = watch_done,
};

static struct rtm_watch *watch_alloc(struct rtm_entity *receiver, struct rtm_entity *subject)
{
	struct rtm_watch *watch = kzalloc(sizeof(*watch), RTM_GFP_CLIENT);

	if (!watch)
		return NULL;
	INIT_LIST_HEAD(&watch->by_subject);
	INIT_LIST_HEAD(&watch->by_receiver);
	rtm_event_init(&watch->event, receiver->client, &watch_ops);
	rtm_entity_hold(receiver);
	watch->receiver = receiver;
	rtm_entity_hold(subject);
	watch->subject = subject;
	refcount_set(&watch->refs, 1);
	return watch;
}

static void watch_queue(struct rtm_watch *watch, enum watch_pending pending)
{
	watch->pending = pending;
	rtm_event_queue(&watch->event);
}

static void watch_dequeue(struct rtm_watch *watch)
{
	watch->pending = WATCH_IDLE;
	rtm_event_dequeue(&watch->event);
}

/* Take a watch off the lists of its pair; the caller drops their reference. */
static void watch_unlink(struct rtm_watch *watch)
{
	lockdep_assert_held(&watch->subject->table->lock);
	list_del_init(&watch->by_subject);
	list_del_init(&watch->by_receiver);
}

static void watch_link(struct rtm_watch *watch)
{
	list_add_tail(&watch->by_subject, &watch->subject->watchers);
	list_add_tail(&watch->by_receiver, &watch->receiver->watching);
}

/* A watch for the pair, prepared on @made. */
static int watch_prepare(struct rtm_entity *receiver, struct rtm_entity *subject,
			 struct list_head *made)
{
	struct rtm_watch *watch = watch_alloc(receiver, subject);

	if (!watch)
		return -ENOMEM;
	list_add_tail(&watch->event.queued, made);
	return 0;
}

/* All watches @entity needs, in both directions, made but known to nobody. */
static int prepare_all(struct rtm_entity *entity, struct list_head *made)
{
	struct rtm_entity *other;
	int err;

	list_for_each_entry(other, &entity->table->entities, link) {
		if (!other->announced)
			continue;
		if (other->flags & RTM_REQ_EVENTS) {
			err = watch_prepare(other, entity, made);
			if (err)
				return err;
		}
		if (entity->flags & RTM_REQ_EVENTS) {
			err = watch_prepare(entity, other, made);
			if (err)
				return err;
		}
	}
	return 0;
}

static void commit_join(struct rtm_watch *watch, struct rtm_entity *entity)
{
	struct rtm_client *client = watch->event.client;

	watch_link(watch);
	if (watch->subject != entity)
		return;
	spin_lock(&client->event_lock);
	watch_queue(watch, WATCH_REGISTERED);
	spin_unlock(&client->event_lock);
}

/**
 * rtm_watch_join() - tell those who listen of an entity, and listen to them
 * @entity: the entity, registered
 *
 * Context: process, may sleep, the table's lock held.
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_watch_join(struct rtm_entity *entity)
{
	struct rtm_watch *watch, *next;
	LIST_HEAD(made);
	int err;

	lockdep_assert_held(&entity->table->lock);
	err = prepare_all(entity, &made);
	list_for_each_entry_safe(watch, next, &made, event.queued) {
		list_del_init(&watch->event.queued);
		if (err)
			watch_put(watch);
		else
			commit_join(watch, entity);
	}
	entity->announced = !err;
	return err;
}

/* The subject of @watch leaves.  True if the watch has nothing more to tell. */
static bool subject_leaves(struct rtm_watch *watch)
{
	struct rtm_client *client = watch->event.client;
	bool done = false;

	spin_lock(&client->event_lock);
	if (watch->event.delivering) {
		watch->left = true;
	} else if (watch->pending == WATCH_REGISTERED) {
		watch_dequeue(watch);
		done = true;
	} else {
		watch_queue(watch, WATCH_DEREGISTERED);
	}
	spin_unlock(&client->event_lock);
	return done;
}

static void receiver_leaves(struct rtm_watch *watch)
{
	struct rtm_client *client = watch->event.client;

	spin_lock(&client->event_lock);
	watch_dequeue(watch);
	spin_unlock(&client->event_lock);
	watch_unlink(watch);
	watch_put(watch);
}

/**
 * rtm_watch_leave() - an entity is about to lose its registration
 * @entity: the entity, its client still set
 *
 * Tells those who listen, and drops what it had not read itself.
 *
 * Context: process, the table's lock held.
 */
void rtm_watch_leave(struct rtm_entity *entity)
{
	struct rtm_watch *watch, *next;

	lockdep_assert_held(&entity->table->lock);
	entity->announced = false;
	list_for_each_entry_safe(watch, next, &entity->watchers, by_subject) {
		list_del_init(&watch->by_subject);
		if (!subject_leaves(watch))
			continue;
		watch_unlink(watch);
		watch_put(watch);
	}
	list_for_each_entry_safe(watch, next, &entity->watching, by_receiver)
		receiver_leaves(watch);
}

/* What comes after an arrival was read: nothing, or the departure. */
static bool arrival_done(struct rtm_watch *watch, bool delivered)
{
	bool left = watch->left;

	watch->left = false;
	if (delivered || left)
		watch_dequeue(watch);
	if (delivered && left)
		watch_queue(watch, WATCH_DEREGISTERED);
	return left && !delivered;
}

/*
 * End of a delivery, with the event_lock held.  True if the watch has nothing
 * more to tell.  One that is not pending any more lost its receiver meanwhile.
 */
static bool delivery_done(struct rtm_watch *watch, bool delivered)
{
	watch->event.delivering = false;
	if (watch->pending == WATCH_IDLE)
		return false;
	/* readers that found it taken have to be woken */
	if (!delivered)
		rtm_event_retry(&watch->event);
	if (watch->pending == WATCH_REGISTERED)
		return arrival_done(watch, delivered);
	if (delivered)
		watch_dequeue(watch);
	return delivered;
}

static void watch_done(struct rtm_event_node *node, bool delivered)
{
	struct rtm_watch *watch = to_watch(node);
	struct rtm_table *table = watch->subject->table;
	bool finished;

	mutex_lock(&table->lock);
	spin_lock(&node->client->event_lock);
	finished = delivery_done(watch, delivered);
	spin_unlock(&node->client->event_lock);
	if (finished)
		watch_unlink(watch);
	mutex_unlock(&table->lock);
	if (finished)
		watch_put(watch);
}
