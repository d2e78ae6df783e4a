// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entity events.
 *
 * A registration that asked for events is told of every entity of its table that
 * registers after it, and of every one that leaves.  There is no queue of
 * messages: for each pair (receiver, subject) there is one struct rtm_watch, made
 * when the later of the two registers, which is idle or has one event pending.
 * An entity that comes and goes before the receiver looks leaves nothing behind.
 * So a reader that sleeps costs one watch per entity it knows, however often
 * others come and go.
 *
 * An event is consumed when read() has copied it out.  While that is going on the
 * watch is marked, so that a second reader takes the next one, and a subject that
 * leaves meanwhile is reported after its arrival was.
 *
 * Lists of watches are under the table's lock, the pending ones also under the
 * receiver's client's event_lock, nested inside.
 */
#include "rtm_event.h"

#include <linux/list.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/rtm.h>

#include "rtm_client.h"
#include "rtm_entity.h"
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
 * @queued: in client->events while something is pending
 * @receiver: who is told, holds a reference
 * @subject: about whom, holds a reference
 * @pending: what there is to tell
 * @delivering: a reader is copying it out
 * @left: the subject left while @delivering its arrival
 * @refs: the lists hold one together, a reader another
 */
struct rtm_watch {
	struct list_head by_subject;
	struct list_head by_receiver;
	struct list_head queued;
	struct rtm_entity *receiver;
	struct rtm_entity *subject;
	enum watch_pending pending;
	bool delivering;
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

static struct rtm_watch *watch_alloc(struct rtm_entity *receiver, struct rtm_entity *subject)
{
	struct rtm_watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL_ACCOUNT);

	if (!watch)
		return NULL;
	INIT_LIST_HEAD(&watch->by_subject);
	INIT_LIST_HEAD(&watch->by_receiver);
	INIT_LIST_HEAD(&watch->queued);
	rtm_entity_hold(receiver);
	watch->receiver = receiver;
	rtm_entity_hold(subject);
	watch->subject = subject;
	refcount_set(&watch->refs, 1);
	return watch;
}

/* Caller holds the client's event_lock. */
static void watch_queue(struct rtm_client *client, struct rtm_watch *watch,
			enum watch_pending pending)
{
	watch->pending = pending;
	list_add_tail(&watch->queued, &client->events);
	wake_up_interruptible_poll(&client->event_wait, EPOLLIN | EPOLLRDNORM);
}

/* Caller holds the client's event_lock. */
static void watch_dequeue(struct rtm_watch *watch)
{
	watch->pending = WATCH_IDLE;
	list_del_init(&watch->queued);
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
	list_add_tail(&watch->queued, made);
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
	struct rtm_client *client;

	watch_link(watch);
	if (watch->subject != entity)
		return;
	client = watch->receiver->client;
	spin_lock(&client->event_lock);
	watch_queue(client, watch, WATCH_REGISTERED);
	spin_unlock(&client->event_lock);
}

/**
 * rtm_event_join() - tell those who listen of an entity, and listen to them
 * @entity: the entity, registered
 *
 * Context: process, may sleep, the table's lock held.
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_event_join(struct rtm_entity *entity)
{
	struct rtm_watch *watch, *next;
	LIST_HEAD(made);
	int err;

	lockdep_assert_held(&entity->table->lock);
	err = prepare_all(entity, &made);
	list_for_each_entry_safe(watch, next, &made, queued) {
		list_del_init(&watch->queued);
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
	struct rtm_client *client = watch->receiver->client;
	bool done = false;

	spin_lock(&client->event_lock);
	if (watch->delivering) {
		watch->left = true;
	} else if (watch->pending == WATCH_REGISTERED) {
		watch_dequeue(watch);
		done = true;
	} else {
		watch_queue(client, watch, WATCH_DEREGISTERED);
	}
	spin_unlock(&client->event_lock);
	return done;
}

static void receiver_leaves(struct rtm_watch *watch)
{
	struct rtm_client *client = watch->receiver->client;

	spin_lock(&client->event_lock);
	watch_dequeue(watch);
	spin_unlock(&client->event_lock);
	watch_unlink(watch);
	watch_put(watch);
}

/**
 * rtm_event_leave() - an entity is about to lose its registration
 * @entity: the entity, its client still set
 *
 * Tells those who listen, and drops what it had not read itself.
 *
 * Context: process, the table's lock held.
 */
void rtm_event_leave(struct rtm_entity *entity)
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

static u32 event_type(const struct rtm_watch *watch)
{
	return watch->pending == WATCH_REGISTERED ? RTM_EVENT_ENTITY_REGISTERED :
						    RTM_EVENT_ENTITY_DEREGISTERED;
}

/* The oldest event nobody is delivering, marked, with a reference. */
static struct rtm_watch *event_take(struct rtm_client *client, u32 *type)
{
	struct rtm_watch *watch;

	spin_lock(&client->event_lock);
	list_for_each_entry(watch, &client->events, queued) {
		if (watch->delivering)
			continue;
		watch->delivering = true;
		*type = event_type(watch);
		refcount_inc(&watch->refs);
		spin_unlock(&client->event_lock);
		return watch;
	}
	spin_unlock(&client->event_lock);
	return NULL;
}

/* What comes after an arrival was read: nothing, or the departure. */
static bool arrival_done(struct rtm_client *client, struct rtm_watch *watch, bool delivered)
{
	bool left = watch->left;

	watch->left = false;
	if (delivered || left)
		watch_dequeue(watch);
	if (delivered && left)
		watch_queue(client, watch, WATCH_DEREGISTERED);
	return left && !delivered;
}

/*
 * End of a delivery, with the event_lock held.  True if the watch has nothing
 * more to tell.  One that is not queued any more lost its receiver meanwhile.
 */
static bool delivery_done(struct rtm_client *client, struct rtm_watch *watch, bool delivered)
{
	watch->delivering = false;
	if (!delivered)
		wake_up_interruptible_poll(&client->event_wait, EPOLLIN | EPOLLRDNORM);
	if (watch->pending == WATCH_IDLE)
		return false;
	if (watch->pending == WATCH_REGISTERED)
		return arrival_done(client, watch, delivered);
	if (delivered)
		watch_dequeue(watch);
	return delivered;
}

static void event_done(struct rtm_client *client, struct rtm_watch *watch, bool delivered)
{
	struct rtm_table *table = watch->subject->table;
	bool finished = false;

	mutex_lock(&table->lock);
	spin_lock(&client->event_lock);
	if (delivery_done(client, watch, delivered))
		finished = true;
	spin_unlock(&client->event_lock);
	if (finished)
		watch_unlink(watch);
	mutex_unlock(&table->lock);
	if (finished)
		watch_put(watch);
	watch_put(watch);
}

/* Copy one event out, with a handle of its subject that stays if that worked. */
static int event_deliver(struct rtm_client *client, struct rtm_watch *watch, u32 type,
			 char __user *buf)
{
	struct rtm_event event = {
		.type = type,
		.entity = watch->receiver->handle,
		.id = watch->subject->id,
	};
	struct rtm_grab grab;
	int err;

	rtm_grab_init(&grab, client, watch->receiver);
	err = rtm_grab_entity(&grab, watch->subject, &event.object);
	if (!err && copy_to_user(buf, &event, sizeof(event)))
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
	struct rtm_watch *watch;
	bool pending = false;

	spin_lock(&client->event_lock);
	list_for_each_entry(watch, &client->events, queued) {
		pending = !watch->delivering;
		if (pending)
			break;
	}
	spin_unlock(&client->event_lock);
	return pending;
}

/**
 * rtm_event_read() - copy pending events out
 * @client: the file
 * @buf: user buffer
 * @size: its bytes, at least one event
 *
 * Context: process, may sleep; no lock is held while user memory is touched.
 *
 * Return: bytes stored, 0 when there was nothing, or -EFAULT or -ENOMEM if that
 * happened to the first event; later ones then stay pending.
 */
ssize_t rtm_event_read(struct rtm_client *client, char __user *buf, size_t size)
{
	struct rtm_watch *watch;
	size_t used = 0;
	int err = 0;
	u32 type;

	while (size - used >= sizeof(struct rtm_event) && !err) {
		watch = event_take(client, &type);
		if (!watch)
			break;
		err = event_deliver(client, watch, type, buf + used);
		event_done(client, watch, !err);
		if (!err)
			used += sizeof(struct rtm_event);
		else if (err == -EIDRM)
			err = 0;
	}
	return used ? used : err;
}
