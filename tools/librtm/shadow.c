// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory that pretends to be the manager's own.
 *
 * How this file works: <rtmv2.h> gives out pointers, to a cell in a destination
 * or to a next hop, which have the same address every time.  A registration
 * keeps one object for each, hashed by handle.  Handles are released without this
 * file hearing of it, so an object can outlive its use; whenever the hash has to
 * grow, those whose handle has died are dropped first, which bounds the memory by
 * twice what is in use.
 *
 * A cell that is not NULL must survive even the handle: the destination lives on
 * and is met again under a new handle.  That is what the kernel's own cell is
 * for: it keeps the address of ours while ours is not NULL, and with it the
 * destination.  The two are compared when an exclusive lock is released, the only
 * time at which a client may have changed its cell.
 *
 * What the shadow of a route is, is in shadow_route.c.
 *
 * The lock is held across ioctls, but only across such as never wait for a lock of
 * a destination.
 */
#include <errno.h>
#include <stdlib.h>

#include "rtm_private.h"

#define MIN_BUCKETS	16

static struct rtmi_shadow **bucket(struct rtmi_shadows *shadows, __u64 handle)
{
	return &shadows->buckets[handle & (shadows->n_buckets - 1)];
}

static void link_in(struct rtmi_shadows *shadows, struct rtmi_shadow *shadow)
{
	struct rtmi_shadow **head = bucket(shadows, shadow->handle);

	shadow->next = *head;
	*head = shadow;
}

static bool is_nexthop(const struct rtmi_shadow *shadow)
{
	return RTM_HANDLE_TYPE(shadow->handle) == RTM_HANDLE_NEXTHOP;
}

static bool is_route(const struct rtmi_shadow *shadow)
{
	return RTM_HANDLE_TYPE(shadow->handle) == RTM_HANDLE_ROUTE;
}

/**
 * rtmi_shadows_destroy() - free the objects of a registration
 * @shadows: objects, which nobody uses any more
 */
void rtmi_shadows_destroy(struct rtmi_shadows *shadows)
{
	struct rtmi_shadow *shadow, *next;
	size_t i;

	for (i = 0; i < shadows->n_buckets; i++) {
		for (shadow = shadows->buckets[i]; shadow; shadow = next) {
			next = shadow->next;
			if (is_route(shadow))
				rtmi_route_shadow_free(NULL, shadow);
			free(shadow);
		}
	}
	free(shadows->buckets);
	rtmi_edits_destroy(shadows);
	pthread_mutex_destroy(&shadows->lock);
}

/**
 * rtmi_shadow_find() - find the object of a handle
 * @shadows: objects; the caller holds their lock
 * @handle: handle
 *
 * Return: the object, or NULL.
 */
struct rtmi_shadow *rtmi_shadow_find(struct rtmi_shadows *shadows, __u64 handle)
{
	struct rtmi_shadow *shadow;

	if (!shadows->n_buckets)
		return NULL;
	for (shadow = *bucket(shadows, handle); shadow; shadow = shadow->next) {
		if (shadow->handle == handle)
			return shadow;
	}
	return NULL;
}

/**
 * rtmi_handle_is_alive() - does a handle name something
 * @reg: registration
 * @handle: the handle
 *
 * Return: true when it does.
 */
bool rtmi_handle_is_alive(struct rtmi_reg *reg, __u64 handle)
{
	int err = rtmi_handles_reference(rtmi_dev(reg), reg->handle, &handle, 1);

	if (!err)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ANY, &handle, 1);
	return err != -EBADF;
}

/* A cell with something in it is somebody's, however the handle went. */
static bool is_garbage(struct rtmi_reg *reg, const struct rtmi_shadow *shadow)
{
	if (is_nexthop(shadow) && shadow->kept)
		return false;
	if (RTM_HANDLE_TYPE(shadow->handle) == RTM_HANDLE_DEST && (shadow->told || shadow->cell))
		return false;
	return !rtmi_handle_is_alive(reg, shadow->handle);
}

static void drop_garbage(struct rtmi_reg *reg, struct rtmi_shadow *shadow)
{
	__u64 remote;

	reg->shadows.count--;
	if (is_route(shadow)) {
		reg->shadows.routes--;
		rtmi_route_shadow_free(reg, shadow);
	}
	if (is_nexthop(shadow)) {
		reg->shadows.nexthops--;
		remote = rtmi_id(shadow->remote);
		if (remote)
			rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_DEST,
					     &remote, 1);
	}
	free(shadow);
}

static void sweep(struct rtmi_reg *reg)
{
	struct rtmi_shadows *shadows = &reg->shadows;
	struct rtmi_shadow **pos, *shadow;
	size_t i;

	for (i = 0; i < shadows->n_buckets; i++) {
		pos = &shadows->buckets[i];
		while ((shadow = *pos)) {
			if (!is_garbage(reg, shadow)) {
				pos = &shadow->next;
				continue;
			}
			*pos = shadow->next;
			drop_garbage(reg, shadow);
		}
	}
}

static int resize(struct rtmi_shadows *shadows, size_t n_buckets)
{
	struct rtmi_shadow **old = shadows->buckets;
	size_t n_old = shadows->n_buckets;
	struct rtmi_shadow *shadow, *next;
	struct rtmi_shadow **buckets;
	size_t i;

	buckets = calloc(n_buckets, sizeof(*buckets));
	if (!buckets)
		return -ENOMEM;
	shadows->buckets = buckets;
	shadows->n_buckets = n_buckets;
	for (i = 0; i < n_old; i++) {
		for (shadow = old[i]; shadow; shadow = next) {
			next = shadow->next;
			link_in(shadows, shadow);
		}
	}
	free(old);
	return 0;
}

/*
 * Sweeping pays when at least half of the next size was added since: without
 * that, a hash that stays just full would be swept at every step.
 */
static int make_room(struct rtmi_reg *reg)
{
	struct rtmi_shadows *shadows = &reg->shadows;

	if (!shadows->n_buckets)
		return resize(shadows, MIN_BUCKETS);
	if (shadows->count < shadows->n_buckets)
		return 0;
	sweep(reg);
	if (shadows->count <= shadows->n_buckets / 2)
		return 0;
	return resize(shadows, shadows->n_buckets * 2);
}

/**
 * rtmi_shadow_add() - make the object of a handle
 * @reg: registration; the caller holds the lock of its objects
 * @handle: handle that has no object
 *
 * Return: the object, all zero but for the memory of a route; NULL without memory.
 */
struct rtmi_shadow *rtmi_shadow_add(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_shadows *shadows = &reg->shadows;
	struct rtmi_shadow *shadow;

	if (make_room(reg))
		return NULL;
	shadow = calloc(1, sizeof(*shadow));
	if (!shadow)
		return NULL;
	shadow->handle = handle;
	if (is_route(shadow)) {
		shadow->route = rtmi_route_shadow_alloc(reg);
		if (!shadow->route) {
			free(shadow);
			return NULL;
		}
	}
	link_in(shadows, shadow);
	shadows->count++;
	shadows->nexthops += is_nexthop(shadow);
	shadows->routes += is_route(shadow);
	return shadow;
}

static struct rtmi_shadow **place_of(struct rtmi_shadows *shadows, __u64 handle)
{
	struct rtmi_shadow **pos = bucket(shadows, handle);

	while (*pos && (*pos)->handle != handle)
		pos = &(*pos)->next;
	return pos;
}

/**
 * rtmi_shadow_drop() - forget an object
 * @reg: registration; the caller holds the lock of its objects
 * @handle: handle that has one
 */
void rtmi_shadow_drop(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_shadow **pos = place_of(&reg->shadows, handle);
	struct rtmi_shadow *shadow = *pos;

	*pos = shadow->next;
	drop_garbage(reg, shadow);
}

/**
 * rtmi_views_keep() - remember how many views an enumeration or notification reports
 * @reg: registration
 * @handle: the enumeration, or the registration for change notification; a new one
 * @n_views: the number
 *
 * Return: 0 or -ENOMEM.
 */
int rtmi_views_keep(struct rtmi_reg *reg, __u64 handle, unsigned int n_views)
{
	struct rtmi_shadow *shadow;

	pthread_mutex_lock(&reg->shadows.lock);
	shadow = rtmi_shadow_add(reg, handle);
	if (shadow)
		shadow->n_views = n_views;
	pthread_mutex_unlock(&reg->shadows.lock);
	return shadow ? 0 : -ENOMEM;
}

/**
 * rtmi_views_kept() - what rtmi_views_keep() was told
 * @reg: registration
 * @handle: the enumeration, or the registration for change notification
 * @n_views: out: the number
 *
 * Return: 0, or -EBADF for a handle of something else.
 */
int rtmi_views_kept(struct rtmi_reg *reg, __u64 handle, unsigned int *n_views)
{
	__u32 type = RTM_HANDLE_TYPE(handle);
	struct rtmi_shadow *shadow = NULL;

	pthread_mutex_lock(&reg->shadows.lock);
	if (type == RTM_HANDLE_ENUM || type == RTM_HANDLE_NOTIFY)
		shadow = rtmi_shadow_find(&reg->shadows, handle);
	if (shadow)
		*n_views = shadow->n_views;
	pthread_mutex_unlock(&reg->shadows.lock);
	return shadow ? 0 : -EBADF;
}

/**
 * rtmi_views_forget() - forget it
 * @reg: registration
 * @handle: the enumeration, or the registration for change notification
 */
void rtmi_views_forget(struct rtmi_reg *reg, __u64 handle)
{
	pthread_mutex_lock(&reg->shadows.lock);
	if (rtmi_shadow_find(&reg->shadows, handle))
		rtmi_shadow_drop(reg, handle);
	pthread_mutex_unlock(&reg->shadows.lock);
}

static void shadow_move(struct rtmi_shadows *shadows, struct rtmi_shadow *shadow, __u64 handle)
{
	struct rtmi_shadow **pos = bucket(shadows, shadow->handle);

	while (*pos != shadow)
		pos = &(*pos)->next;
	*pos = shadow->next;
	shadow->handle = handle;
	link_in(shadows, shadow);
}

/*
 * Asks the kernel even where the hash knows: it is the kernel that says whether
 * the handle is good.  An object the kernel has the address of is not what a hash
 * entry without that address means, however alike their handles are.
 */
static int cell_find(struct rtmi_reg *reg, __u64 dest, struct rtmi_shadow **shadow)
{
	struct rtm_opaque req = { .entity = reg->handle, .dest = dest };
	int err;

	err = rtmi_get_opaque(rtmi_dev(reg), &req);
	if (err)
		return err;
	if (req.value) {
		*shadow = (struct rtmi_shadow *)(uintptr_t)req.value;
		if ((*shadow)->handle != dest)
			shadow_move(&reg->shadows, *shadow, dest);
		return 0;
	}
	*shadow = rtmi_shadow_find(&reg->shadows, dest);
	if (*shadow && (*shadow)->told)
		*shadow = NULL;
	return 0;
}

/**
 * rtmi_opaque_cell() - find or make the cell of a destination
 * @reg: registration
 * @dest: handle of the destination
 * @cell: out: address of the cell
 *
 * Return: 0, or a negative errno: -EBADF, -ENOENT without a slot, -ENOMEM.
 */
int rtmi_opaque_cell(struct rtmi_reg *reg, __u64 dest, void **cell)
{
	struct rtmi_shadow *shadow;
	int err;

	pthread_mutex_lock(&reg->shadows.lock);
	err = cell_find(reg, dest, &shadow);
	if (!err && !shadow) {
		shadow = rtmi_shadow_add(reg, dest);
		err = shadow ? 0 : -ENOMEM;
	}
	if (!err)
		*cell = &shadow->cell;
	pthread_mutex_unlock(&reg->shadows.lock);
	return err;
}

static int cell_tell(struct rtmi_reg *reg, struct rtmi_shadow *shadow)
{
	struct rtm_opaque req = { .entity = reg->handle, .dest = shadow->handle };
	bool full = shadow->cell;
	int err;

	if (full == shadow->told)
		return 0;
	req.value = full ? (uintptr_t)shadow : 0;
	err = rtmi_set_opaque(rtmi_dev(reg), &req);
	if (err)
		return err;
	shadow->told = full;
	if (full)
		reg->shadows.told++;
	else
		reg->shadows.told--;
	return 0;
}

/**
 * rtmi_opaque_tell() - tell the kernel whether a cell is NULL
 * @reg: registration
 * @dest: handle of the destination, which the caller holds exclusively
 *
 * A cell that is not in the hash may have been changed all the same, through a
 * pointer from before the destination got its present handle.
 *
 * Return: 0, or a negative errno.
 */
int rtmi_opaque_tell(struct rtmi_reg *reg, __u64 dest)
{
	struct rtmi_shadow *shadow;
	int err = 0;

	pthread_mutex_lock(&reg->shadows.lock);
	shadow = rtmi_shadow_find(&reg->shadows, dest);
	if (!shadow && reg->shadows.told)
		err = cell_find(reg, dest, &shadow);
	if (!err && shadow)
		err = cell_tell(reg, shadow);
	pthread_mutex_unlock(&reg->shadows.lock);
	return err;
}
