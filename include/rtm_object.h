/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects of one registration: enumerations, route lists, notifications.
 */
#ifndef RTM_OBJECT_H
#define RTM_OBJECT_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/refcount.h>

#include "rtm_types.h"

struct rtm_object;

/**
 * struct rtm_object_ops - what a kind of object is
 * @type: enum rtm_handle_type
 * @end: its handle was deleted or its registration ended; called once, may sleep,
 *	no lock held.  Afterwards nobody but those who have a reference uses it.
 *	NULL where there is nothing to do.
 * @free: the last reference has gone; may sleep
 */
struct rtm_object_ops {
	u32 type;
	void (*end)(struct rtm_object *object);
	void (*free)(struct rtm_object *object);
};

/**
 * struct rtm_object - the part all of them have
 * @ops: what it is
 * @owner: the registration it was made for, a reference
 * @link: in @owner->objects until it ends, under @owner->objects_lock
 * @ended: it has ended; set under the same lock, read without
 * @charged: it was linked, and the namespace is charged for it
 * @refs: the owner's list, handles and calls in flight hold one each
 */
struct rtm_object {
	const struct rtm_object_ops *ops;
	struct rtm_entity *owner;
	struct list_head link;
	bool ended;
	bool charged;
	refcount_t refs;
};

void rtm_object_init(struct rtm_object *object, struct rtm_entity *owner,
		     const struct rtm_object_ops *ops);
int rtm_object_link(struct rtm_object *object, const struct rtm_client *client);
bool rtm_object_end(struct rtm_object *object);
void rtm_object_end_all(struct rtm_entity *owner);
void rtm_object_put(struct rtm_object *object);

/**
 * rtm_object_hold() - take another reference to an object one has already
 * @object: the object
 */
static inline void rtm_object_hold(struct rtm_object *object)
{
	refcount_inc(&object->refs);
}

/**
 * rtm_object_ended() - has an object ended
 * @object: the object
 *
 * Return: true once its end has begun; it may be any moment where it has not.
 */
static inline bool rtm_object_ended(const struct rtm_object *object)
{
	return READ_ONCE(object->ended);
}

#endif /* RTM_OBJECT_H */
