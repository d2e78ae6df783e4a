// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles: ids that an open file has for objects, with counts.
 *
 * A handle is type (8 bits), generation (24) and index (32) in one number.  The
 * index leads into the file's xarray; the generation tells a handle that was
 * released from a later one at the same index.  A second table, by object, makes
 * sure that an object has one handle per file, so that clients may compare them.
 *
 * Each handle holds one reference to its object and counts, per registration of
 * the file, how often it was given out.  A registration that ends takes its counts
 * along.  Releasing takes from the caller's own count first and then from another
 * registration's of the same file, because registrations of one process may pass
 * handles on.  The handle of a registered entity has one more count that only the
 * end of the registration takes back.
 *
 * All of it is under the client's mutex, held for a few steps only: an object is
 * referenced while the mutex is held, and put after it was dropped, because the
 * last reference to an object may have to take other locks.
 */
#include "rtm_handle.h"

#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <kunit/visibility.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_limits.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_object.h"
#include "rtm_route.h"

/**
 * struct handle_tag - counts of one registration
 * @next: next registration that has the handle
 * @entity: the registration, charged for one handle; its end removes the tag first
 * @count: how often the handle was given to it, at least 1
 */
struct handle_tag {
	struct handle_tag *next;
	struct rtm_entity *entity;
	u32 count;
};

/**
 * struct rtm_handle - one object of one file
 * @node: in rtm_client.objects
 * @object: the object; the handle holds a reference
 * @id: what user space sees
 * @type: enum rtm_handle_type
 * @registered: the file has registered this entity
 * @tags: counts by registration
 * @gone: next of those that were taken out and wait to be freed
 */
struct rtm_handle {
	struct rhash_head node;
	void *object;
	u64 id;
	u32 type;
	bool registered;
	struct handle_tag *tags;
	struct rtm_handle *gone;
};

static_assert(sizeof(struct rtm_handle) + sizeof(struct handle_tag) <= RTM_HANDLE_BYTES);

static const struct rhashtable_params object_params = {
	.key_len = sizeof(void *),
	.key_offset = offsetof(struct rtm_handle, object),
	.head_offset = offsetof(struct rtm_handle, node),
	.automatic_shrinking = true,
};

static u32 handle_index(u64 id)
{
	return (u32)id;
}

static u64 handle_id(u32 type, u32 generation, u32 index)
{
	return (u64)type << 56 | (u64)(generation & 0xffffff) << 32 | index;
}

static void object_hold(u32 type, void *object)
{
	switch (type) {
	case RTM_HANDLE_ENTITY:
		rtm_entity_hold(object);
		break;
	case RTM_HANDLE_DEST:
		rtm_dest_hold(object);
		break;
	case RTM_HANDLE_ROUTE:
		rtm_route_hold(object);
		break;
	case RTM_HANDLE_NEXTHOP:
		rtm_nexthop_hold(object);
		break;
	default:
		rtm_object_hold(object);
		break;
	}
}

static void object_put(u32 type, void *object)
{
	switch (type) {
	case RTM_HANDLE_ENTITY:
		rtm_entity_put(object);
		break;
	case RTM_HANDLE_DEST:
		rtm_dest_put(object);
		break;
	case RTM_HANDLE_ROUTE:
		rtm_route_put(object);
		break;
	case RTM_HANDLE_NEXTHOP:
		rtm_nexthop_put(object);
		break;
	default:
		rtm_object_put(object);
		break;
	}
}

/* The handle an id names, of the type asked for; the client's mutex is held. */
static struct rtm_handle *find_locked(struct rtm_client *client, u32 type, u64 id)
{
	struct rtm_handle *h;

	lockdep_assert_held(&client->lock);
	if (type != RTM_HANDLE_ANY && RTM_HANDLE_TYPE(id) != type)
		return NULL;
	h = xa_load(&client->handles, handle_index(id));
	return h && h->id == id ? h : NULL;
}

static struct handle_tag **tag_of(struct rtm_handle *h, const struct rtm_entity *entity)
{
	struct handle_tag **p;

	for (p = &h->tags; *p; p = &(*p)->next)
		if ((*p)->entity == entity)
			return p;
	return NULL;
}

static int tag_add(struct rtm_handle *h, struct rtm_entity *entity)
{
	struct handle_tag **p = tag_of(h, entity);
	struct handle_tag *tag;
	int err;

	if (p) {
		if ((*p)->count == U32_MAX)
			return -ENOSPC;
		(*p)->count++;
		return 0;
	}
	err = rtm_quota_take(&entity->quota, RTM_RES_HANDLES, 1);
	if (err)
		return err;
	tag = kmalloc(sizeof(*tag), RTM_GFP_CLIENT);
	if (!tag) {
		rtm_quota_give(&entity->quota, RTM_RES_HANDLES, 1);
		return -ENOMEM;
	}
	tag->entity = entity;
	tag->count = 1;
	tag->next = h->tags;
	h->tags = tag;
	return 0;
}

static void tag_free(struct handle_tag **p)
{
	struct handle_tag *tag = *p;

	*p = tag->next;
	rtm_quota_give(&tag->entity->quota, RTM_RES_HANDLES, 1);
	kfree(tag);
}

static void tag_drop(struct handle_tag **p)
{
	if (!--(*p)->count)
		tag_free(p);
}

static bool handle_unused(const struct rtm_handle *h)
{
	return !h->registered && !h->tags;
}

/* Take an unused handle out of both tables and queue it on @gone. */
static void retire_locked(struct rtm_client *client, struct rtm_handle *h,
			  struct rtm_handle **gone)
{
	xa_erase(&client->handles, handle_index(h->id));
	rhashtable_remove_fast(&client->objects, &h->node, object_params);
	rtm_quota_give(&client->rnet->quota, RTM_RES_HANDLES, 1);
	client->n_handles--;
	h->gone = *gone;
	*gone = h;
}

/* Without the mutex: the objects' last references may go here. */
static void free_retired(struct rtm_handle *gone)
{
	struct rtm_handle *h;

	while ((h = gone)) {
		gone = h->gone;
		object_put(h->type, h->object);
		kfree(h);
		cond_resched();
	}
}

static int index_locked(struct rtm_client *client, struct rtm_handle *h)
{
	u32 index;
	int err;

	err = xa_alloc(&client->handles, &index, h, xa_limit_32b, RTM_GFP_CLIENT);
	if (err)
		return err == -EBUSY ? -ENOSPC : err;
	h->id = handle_id(h->type, ++client->generation, index);
	err = rhashtable_insert_fast(&client->objects, &h->node, object_params);
	if (err)
		xa_erase(&client->handles, index);
	return err;
}

static struct rtm_handle *alloc_locked(struct rtm_client *client, u32 type, void *object)
{
	struct rtm_handle *h = kzalloc(sizeof(*h), RTM_GFP_CLIENT);
	int err;

	if (!h)
		return ERR_PTR(-ENOMEM);
	h->type = type;
	h->object = object;
	err = index_locked(client, h);
	if (err) {
		kfree(h);
		return ERR_PTR(err);
	}
	object_hold(type, object);
	client->n_handles++;
	return h;
}

/* A handle without any count yet; the caller adds one or retires it. */
static struct rtm_handle *make_locked(struct rtm_client *client, u32 type, void *object)
{
	struct rtm_handle *h;
	int err;

	if (client->n_handles >= rtm_max_file_handles)
		return ERR_PTR(-ENOSPC);
	err = rtm_quota_take(&client->rnet->quota, RTM_RES_HANDLES, 1);
	if (err)
		return ERR_PTR(err);
	h = alloc_locked(client, type, object);
	if (IS_ERR(h))
		rtm_quota_give(&client->rnet->quota, RTM_RES_HANDLES, 1);
	return h;
}

static struct rtm_handle *get_or_make_locked(struct rtm_client *client, u32 type, void *object)
{
	struct rtm_handle *h;

	h = rhashtable_lookup_fast(&client->objects, &object, object_params);
	return h ? h : make_locked(client, type, object);
}

/* An entity that is kept when its registration ends may be another file's by now. */
static bool is_clients(const struct rtm_client *client, const struct rtm_entity *entity)
{
	return rtm_entity_is_registered(entity) && READ_ONCE(entity->client) == client;
}

/*
 * Count @object once more for @entity.  Refused once the registration has ended:
 * its counts are dropped under the same mutex after its state has changed, so none
 * can be added behind that.
 */
static int handle_add(struct rtm_client *client, struct rtm_entity *entity, u32 type,
		      void *object, u64 *id)
{
	struct rtm_handle *gone = NULL;
	struct rtm_handle *h;
	int err;

	mutex_lock(&client->lock);
	h = is_clients(client, entity) ? get_or_make_locked(client, type, object) :
					 ERR_PTR(-EIDRM);
	err = PTR_ERR_OR_ZERO(h);
	if (!err) {
		*id = h->id;
		err = tag_add(h, entity);
		if (err && handle_unused(h))
			retire_locked(client, h, &gone);
	}
	mutex_unlock(&client->lock);
	free_retired(gone);
	return err;
}

/**
 * rtm_handle_register() - give a file the handle of an entity it registered
 * @client: the file
 * @entity: the entity
 * @id: out: the handle
 *
 * Context: process, may sleep.
 *
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int rtm_handle_register(struct rtm_client *client, struct rtm_entity *entity, u64 *id)
{
	struct rtm_handle *h;

	mutex_lock(&client->lock);
	h = get_or_make_locked(client, RTM_HANDLE_ENTITY, entity);
	if (!IS_ERR(h)) {
		h->registered = true;
		entity->handle = h->id;
		*id = h->id;
	}
	mutex_unlock(&client->lock);
	return PTR_ERR_OR_ZERO(h);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handle_register);

/* Drop what @entity has of one handle, its registration included. */
static void forget_locked(struct rtm_client *client, struct rtm_handle *h,
			  struct rtm_entity *entity, struct rtm_handle **gone)
{
	struct handle_tag **p = tag_of(h, entity);

	if (p)
		tag_free(p);
	if (h->object == entity)
		h->registered = false;
	if (handle_unused(h))
		retire_locked(client, h, gone);
}

/**
 * rtm_handle_deregister() - drop all counts of a registration that has ended
 * @client: the file
 * @entity: the entity, not registered any more
 *
 * Context: process, may sleep; yields the CPU now and then.
 */
void rtm_handle_deregister(struct rtm_client *client, struct rtm_entity *entity)
{
	struct rtm_handle *gone = NULL;
	struct rtm_handle *h;
	unsigned long index;

	mutex_lock(&client->lock);
	xa_for_each(&client->handles, index, h) {
		forget_locked(client, h, entity, &gone);
		cond_resched();
	}
	mutex_unlock(&client->lock);
	free_retired(gone);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handle_deregister);

/* A reference to the object behind a handle of one type, or NULL. */
static void *handle_get(struct rtm_client *client, u32 type, u64 id)
{
	struct rtm_handle *h;
	void *object = NULL;

	mutex_lock(&client->lock);
	h = find_locked(client, type, id);
	if (h) {
		object = h->object;
		object_hold(type, object);
	}
	mutex_unlock(&client->lock);
	return object;
}

/**
 * rtm_handle_entity() - the entity behind a handle
 * @client: the file
 * @id: the handle
 *
 * Return: a reference, or NULL.
 */
struct rtm_entity *rtm_handle_entity(struct rtm_client *client, u64 id)
{
	return handle_get(client, RTM_HANDLE_ENTITY, id);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handle_entity);

/**
 * rtm_handle_dest() - the destination behind a handle
 * @client: the file
 * @id: the handle
 *
 * Return: a reference, or NULL.
 */
struct rtm_dest *rtm_handle_dest(struct rtm_client *client, u64 id)
{
	return handle_get(client, RTM_HANDLE_DEST, id);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handle_dest);

/**
 * rtm_handle_route() - the route behind a handle
 * @client: the file
 * @id: the handle
 *
 * Return: a reference, or NULL.
 */
struct rtm_route *rtm_handle_route(struct rtm_client *client, u64 id)
{
	return handle_get(client, RTM_HANDLE_ROUTE, id);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handle_route);

/**
 * rtm_handle_nexthop() - the next hop behind a handle
 * @client: the file
 * @id: the handle
 *
 * Return: a reference, or NULL.
 */
struct rtm_nexthop *rtm_handle_nexthop(struct rtm_client *client, u64 id)
{
	return handle_get(client, RTM_HANDLE_NEXTHOP, id);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handle_nexthop);

/**
 * rtm_handle_object() - the object behind a handle of another kind
 * @client: the file
 * @type: RTM_HANDLE_ENUM, _LIST or _NOTIFY
 * @id: the handle
 *
 * Return: a reference, or NULL.
 */
struct rtm_object *rtm_handle_object(struct rtm_client *client, u32 type, u64 id)
{
	return handle_get(client, type, id);
}

/* Take one count back: the caller's own, else one of another registration. */
static int release_locked(struct rtm_client *client, struct rtm_entity *entity,
			  struct rtm_handle *h, struct rtm_handle **gone)
{
	struct handle_tag **p = tag_of(h, entity);

	if (!p && h->tags)
		p = &h->tags;
	if (!p)
		return -EBADF;
	tag_drop(p);
	if (handle_unused(h))
		retire_locked(client, h, gone);
	return 0;
}

/**
 * rtm_handle_release() - take back one count of a handle
 * @client: the file
 * @entity: caller's registration
 * @type: type it must have, RTM_HANDLE_ANY for any
 * @id: the handle
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EBADF when there is no such handle or nothing to release.
 */
int rtm_handle_release(struct rtm_client *client, struct rtm_entity *entity, u32 type, u64 id)
{
	struct rtm_handle *gone = NULL;
	struct rtm_handle *h;
	int err = -EBADF;

	mutex_lock(&client->lock);
	h = find_locked(client, type, id);
	if (h)
		err = release_locked(client, entity, h, &gone);
	mutex_unlock(&client->lock);
	free_retired(gone);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handle_release);

/* One more count for each id, stopping at the first that fails. */
static unsigned int reference_locked(struct rtm_client *client, struct rtm_entity *entity,
				     u32 type, const u64 *ids, unsigned int n, int *err)
{
	struct rtm_handle *h;
	unsigned int i;

	for (i = 0; i < n; i++) {
		h = find_locked(client, type, ids[i]);
		*err = h ? tag_add(h, entity) : -EBADF;
		if (*err)
			break;
	}
	return i;
}

/**
 * rtm_handle_reference() - count handles once more, all or none
 * @client: the file
 * @entity: registration they are counted for
 * @type: type each must have, RTM_HANDLE_ANY for any
 * @ids: the handles; one may stand there several times
 * @n: their number
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EBADF for an unknown handle, -ENOMEM, -EIDRM when the registration
 * has ended.
 */
int rtm_handle_reference(struct rtm_client *client, struct rtm_entity *entity, u32 type,
			 const u64 *ids, unsigned int n)
{
	unsigned int done;
	int err = 0;

	mutex_lock(&client->lock);
	if (!is_clients(client, entity)) {
		mutex_unlock(&client->lock);
		return -EIDRM;
	}
	done = reference_locked(client, entity, type, ids, n, &err);
	/* Undo: these handles had counts before, so none becomes unused. */
	while (err && done--)
		tag_drop(tag_of(find_locked(client, type, ids[done]), entity));
	mutex_unlock(&client->lock);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handle_reference);

/**
 * rtm_grab_init_room() - begin to give many handles out
 * @grab: on the caller's stack
 * @client: the file
 * @entity: registration they are counted for
 * @ids: memory to remember them, until rtm_grab_undo() or success
 * @room: how many there can be
 */
void rtm_grab_init_room(struct rtm_grab *grab, struct rtm_client *client,
			struct rtm_entity *entity, u64 *ids, unsigned int room)
{
	grab->client = client;
	grab->entity = entity;
	grab->n = 0;
	grab->room = room;
	grab->ids = ids;
}

/**
 * rtm_grab_init() - begin to give out RTM_GRAB_MAX handles at most
 * @grab: on the caller's stack
 * @client: the file
 * @entity: registration they are counted for
 */
void rtm_grab_init(struct rtm_grab *grab, struct rtm_client *client, struct rtm_entity *entity)
{
	rtm_grab_init_room(grab, client, entity, grab->own, ARRAY_SIZE(grab->own));
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grab_init);

static int grab_add(struct rtm_grab *grab, u32 type, void *object, u64 *id)
{
	int err;

	*id = 0;
	if (!object)
		return 0;
	if (WARN_ON_ONCE(grab->n == grab->room))
		return -ENOSPC;
	err = handle_add(grab->client, grab->entity, type, object, id);
	if (!err)
		grab->ids[grab->n++] = *id;
	return err;
}

/**
 * rtm_grab_entity() - give out the handle of an entity
 * @grab: the reply's handles
 * @entity: the entity; NULL gives handle 0
 * @id: out: the handle
 *
 * Context: process, may sleep.
 *
 * Return: 0, -ENOMEM, -ENOSPC or -EIDRM.
 */
int rtm_grab_entity(struct rtm_grab *grab, struct rtm_entity *entity, u64 *id)
{
	return grab_add(grab, RTM_HANDLE_ENTITY, entity, id);
}

/**
 * rtm_grab_dest() - give out the handle of a destination
 * @grab: the reply's handles
 * @dest: the destination; NULL gives handle 0
 * @id: out: the handle
 *
 * Return: as rtm_grab_entity().
 */
int rtm_grab_dest(struct rtm_grab *grab, struct rtm_dest *dest, u64 *id)
{
	return grab_add(grab, RTM_HANDLE_DEST, dest, id);
}

/**
 * rtm_grab_route() - give out the handle of a route
 * @grab: the reply's handles
 * @route: the route; NULL gives handle 0
 * @id: out: the handle
 *
 * Return: as rtm_grab_entity().
 */
int rtm_grab_route(struct rtm_grab *grab, struct rtm_route *route, u64 *id)
{
	return grab_add(grab, RTM_HANDLE_ROUTE, route, id);
}

/**
 * rtm_grab_nexthop() - give out the handle of a next hop
 * @grab: the reply's handles
 * @nh: the next hop; NULL gives handle 0
 * @id: out: the handle
 *
 * Return: as rtm_grab_entity().
 */
int rtm_grab_nexthop(struct rtm_grab *grab, struct rtm_nexthop *nh, u64 *id)
{
	return grab_add(grab, RTM_HANDLE_NEXTHOP, nh, id);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grab_nexthop);

/**
 * rtm_grab_object() - give out the handle of an object of one registration
 * @grab: the reply's handles
 * @object: the object
 * @id: out: the handle
 *
 * Return: as rtm_grab_entity().
 */
int rtm_grab_object(struct rtm_grab *grab, struct rtm_object *object, u64 *id)
{
	return grab_add(grab, object->ops->type, object, id);
}

/**
 * rtm_grab_undo() - take back what was given out
 * @grab: the reply's handles
 *
 * Context: process, may sleep.
 */
void rtm_grab_undo(struct rtm_grab *grab)
{
	while (grab->n)
		rtm_handle_release(grab->client, grab->entity, RTM_HANDLE_ANY,
				   grab->ids[--grab->n]);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_grab_undo);

/**
 * rtm_handles_init() - an empty handle table for a new file
 * @client: the file
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_handles_init(struct rtm_client *client)
{
	mutex_init(&client->lock);
	xa_init_flags(&client->handles, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return rhashtable_init(&client->objects, &object_params);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handles_init);

/**
 * rtm_handles_destroy() - free a file's handle table
 * @client: the file; its registrations have ended and dropped their counts
 *
 * Context: process, may sleep.
 */
void rtm_handles_destroy(struct rtm_client *client)
{
	WARN_ON_ONCE(!xa_empty(&client->handles));
	rhashtable_destroy(&client->objects);
	xa_destroy(&client->handles);
	mutex_destroy(&client->lock);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_handles_destroy);
