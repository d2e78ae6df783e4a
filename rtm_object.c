// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects of one registration: enumerations, route lists, notifications.
 *
 * Such an object is known to nobody but the registration that made it.  It ends when
 * its handle is deleted or when the registration ends, whichever is first; whoever
 * takes it off the owner's list is the one who ends it.  Handles and calls in flight
 * keep the memory, but find an object that has ended to be gone.
 */
#include "rtm_object.h"

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <kunit/visibility.h>

#include "rtm_entity.h"
#include "rtm_net.h"
#include "rtm_table.h"

/**
 * rtm_object_init() - begin an object
 * @object: part of something larger; @ops->free frees it
 * @owner: registration it belongs to
 * @ops: what it is
 *
 * The caller has the one reference, to be given back with rtm_object_put().
 */
void rtm_object_init(struct rtm_object *object, struct rtm_entity *owner,
		     const struct rtm_object_ops *ops)
{
	object->ops = ops;
	rtm_entity_hold(owner);
	object->owner = owner;
	INIT_LIST_HEAD(&object->link);
	object->ended = false;
	refcount_set(&object->refs, 1);
	object->charged = false;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_object_init);

static void object_end(struct rtm_object *object)
{
	if (object->ops->end)
		object->ops->end(object);
}

/* An entity that is kept when its file closes may be another file's by now. */
static int charge_for(struct rtm_entity *owner, const struct rtm_client *client)
{
	if (!rtm_entity_is_registered(owner) || READ_ONCE(owner->client) != client)
		return -EIDRM;
	return rtm_charge(owner, RTM_RES_OBJECTS, 1);
}

/**
 * rtm_object_link() - from now on the object ends with its registration
 * @object: the object
 * @client: the file that registered the owner
 *
 * A registration that ends changes its state first and empties the list under the
 * same lock afterwards, so nothing is linked behind it.
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: 0; -EIDRM when the registration has ended, -ENOSPC over a limit.
 * On failure the object has ended.
 */
int rtm_object_link(struct rtm_object *object, const struct rtm_client *client)
{
	struct rtm_entity *owner = object->owner;
	int err;

	spin_lock(&owner->objects_lock);
	err = charge_for(owner, client);
	if (err) {
		WRITE_ONCE(object->ended, true);
	} else {
		rtm_object_hold(object);
		list_add_tail(&object->link, &owner->objects);
		object->charged = true;
	}
	spin_unlock(&owner->objects_lock);
	if (err)
		object_end(object);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_object_link);

/**
 * rtm_object_end() - end an object
 * @object: the object; the caller has a reference
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: false when somebody else has done so.
 */
bool rtm_object_end(struct rtm_object *object)
{
	struct rtm_entity *owner = object->owner;
	bool linked;

	spin_lock(&owner->objects_lock);
	linked = !list_empty(&object->link);
	if (linked) {
		list_del_init(&object->link);
		WRITE_ONCE(object->ended, true);
		rtm_quota_give(&owner->quota, RTM_RES_OBJECTS, 1);
	}
	spin_unlock(&owner->objects_lock);
	if (!linked)
		return false;
	object_end(object);
	rtm_object_put(object);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_object_end);

static struct rtm_object *first_object(struct rtm_entity *owner)
{
	struct rtm_object *object;

	spin_lock(&owner->objects_lock);
	object = list_first_entry_or_null(&owner->objects, struct rtm_object, link);
	if (object)
		rtm_object_hold(object);
	spin_unlock(&owner->objects_lock);
	return object;
}

/**
 * rtm_object_end_all() - end every object of a registration that ends
 * @owner: the entity, not registered any more
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_object_end_all(struct rtm_entity *owner)
{
	struct rtm_object *object;

	while ((object = first_object(owner))) {
		rtm_object_end(object);
		rtm_object_put(object);
		cond_resched();
	}
}
EXPORT_SYMBOL_IF_KUNIT(rtm_object_end_all);

/**
 * rtm_object_put() - give a reference back
 * @object: the object
 *
 * Context: process, may sleep.
 */
void rtm_object_put(struct rtm_object *object)
{
	struct rtm_entity *owner = object->owner;

	if (!refcount_dec_and_test(&object->refs))
		return;
	if (object->charged)
		rtm_quota_give(&owner->table->rnet->quota, RTM_RES_OBJECTS, 1);
	object->ops->free(object);
	rtm_entity_put(owner);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_object_put);
