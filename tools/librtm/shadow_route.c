// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Shadows of routes.
 *
 * How this file works: a route that its owner has a pointer to has memory here, with
 * room for as many next hops as a route may have, since the client may put them there.
 * It is read from the kernel by each call that gives the pointer out, or changes the
 * route, and not while it is being edited.
 *
 * What stands in it are handles that the client never asked for and uses all the same.
 * The library keeps a reference for each, until the route is read again.
 *
 * The lock of the objects is held across the reading, which therefore never waits: when
 * somebody has the destination locked, the lock is given up first, and then a call that
 * does wait says when to try again.
 */
#include <errno.h>
#include <stdlib.h>

#include "rtm_private.h"

/**
 * struct rtmi_route_shadow - a route as its owner sees it
 * @room: next hops there is room for in @info
 * @attrs: what <rtmv2.h> has no names for, for the commit
 * @dest: destination, the one handle in @info that the client does not change
 * @n_held: entries of @held that are used
 * @held: next hops as the kernel has them: the neighbour, if any, and the others; the
 *	library has a reference for each and for @dest
 * @info: the route
 */
struct rtmi_route_shadow {
	unsigned int room;
	struct rtm_route_attrs attrs;
	__u64 dest;
	unsigned int n_held;
	__u64 held[RTM_MAX_NEXTHOPS + 1];
	RTM_ROUTE_INFO info;
};

static void release(struct rtmi_reg *reg, const __u64 *handles, unsigned int count)
{
	if (count)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ANY, handles, count);
}

/**
 * rtmi_route_shadow_alloc() - memory of a route
 * @reg: registration, which has room for so many next hops
 *
 * Return: the memory, nothing read into it; NULL without memory.
 */
struct rtmi_route_shadow *rtmi_route_shadow_alloc(const struct rtmi_reg *reg)
{
	unsigned int room = reg->max_nexthops;
	struct rtmi_route_shadow *route;

	route = calloc(1, sizeof(*route) + room * sizeof(HANDLE));
	if (route)
		route->room = room;
	return route;
}

/**
 * rtmi_route_shadow_free() - forget a route
 * @reg: registration, for the references; NULL where they go with it
 * @shadow: its shadow, which may be incomplete
 */
void rtmi_route_shadow_free(struct rtmi_reg *reg, struct rtmi_shadow *shadow)
{
	struct rtmi_route_shadow *route = shadow->route;

	if (!route)
		return;
	if (reg) {
		release(reg, route->held, route->n_held);
		release(reg, &route->dest, !!route->dest);
	}
	free(route);
}

/* Whoever is here has the references that @req brought, for better or worse. */
static void take_over(struct rtmi_reg *reg, struct rtmi_route_shadow *route,
		      const struct rtm_get_route_info *req, const __u64 *nexthops)
{
	__u64 old[RTMI_ARRAY_SIZE(route->held) + 1];
	unsigned int n_old = route->n_held;

	memcpy(old, route->held, n_old * sizeof(old[0]));
	if (route->dest)
		old[n_old++] = route->dest;
	route->dest = req->dest;
	route->n_held = 0;
	if (req->attrs.neighbour)
		route->held[route->n_held++] = req->attrs.neighbour;
	memcpy(&route->held[route->n_held], nexthops,
	       req->attrs.n_nexthops * sizeof(nexthops[0]));
	route->n_held += req->attrs.n_nexthops;
	route->attrs = req->attrs;
	rtmi_route_from_attrs(&route->info, &req->attrs, nexthops);
	route->info.DestHandle = rtmi_handle(req->dest);
	route->info.RouteOwner = rtmi_handle(reg->handle);
	release(reg, old, n_old);
}

static void refuse(struct rtmi_reg *reg, const struct rtm_get_route_info *req,
		   const __u64 *nexthops)
{
	release(reg, nexthops, req->attrs.n_nexthops);
	release(reg, &req->attrs.neighbour, !!req->attrs.neighbour);
	release(reg, &req->dest, 1);
}

static int route_read(struct rtmi_reg *reg, struct rtmi_shadow *shadow)
{
	struct rtm_get_route_info req = {
		.flags = RTM_REQ_NOWAIT,
		.entity = reg->handle,
		.route = shadow->handle,
	};
	__u64 nexthops[RTM_MAX_NEXTHOPS] = { 0 };
	int err;

	req.attrs.nexthops = (uintptr_t)nexthops;
	req.attrs.n_nexthops = shadow->route->room;
	err = rtmi_get_route_info(rtmi_dev(reg), &req);
	if (err)
		return err;
	release(reg, &req.owner, 1);
	if (req.owner == reg->handle) {
		take_over(reg, shadow->route, &req, nexthops);
		return 0;
	}
	refuse(reg, &req, nexthops);
	return -EACCES;
}

static int shadow_get(struct rtmi_reg *reg, __u64 handle, struct rtmi_shadow **shadow)
{
	*shadow = NULL;
	if (RTM_HANDLE_TYPE(handle) != RTM_HANDLE_ROUTE)
		return -EBADF;
	*shadow = rtmi_shadow_find(&reg->shadows, handle);
	if (!*shadow)
		*shadow = rtmi_shadow_add(reg, handle);
	return *shadow ? 0 : -ENOMEM;
}

/* Waits while another thread has the destination locked exclusively. */
static int wait_for_route(struct rtmi_reg *reg, __u64 handle)
{
	struct rtm_is_best_route req = { .entity = reg->handle, .route = handle };

	return rtmi_is_best_route(rtmi_dev(reg), &req);
}

static int try_get(struct rtmi_reg *reg, __u64 handle, RTM_ROUTE_INFO **info)
{
	struct rtmi_shadow *shadow;
	int err;

	pthread_mutex_lock(&reg->shadows.lock);
	err = shadow_get(reg, handle, &shadow);
	if (!err)
		err = rtmi_edit_active(&reg->shadows, handle) ? 0 : route_read(reg, shadow);
	if (!err && info)
		*info = &shadow->route->info;
	/* of a route that is not the caller's, or is not there at all, nothing is kept */
	if (shadow && err && !shadow->route->dest)
		rtmi_shadow_drop(reg, handle);
	pthread_mutex_unlock(&reg->shadows.lock);
	return err;
}

/**
 * rtmi_route_shadow_get() - the memory of a route, with what the kernel has in it
 * @reg: registration, owner of the route
 * @handle: the route
 * @info: opt out: the memory, always the same for the same route
 *
 * Waits while somebody else has the destination locked exclusively; of what a thread
 * of the registration is editing just now nothing is read.
 *
 * Return: 0, or a negative errno: -EBADF, -EACCES for a route of another entity,
 * -ENOMEM.
 */
int rtmi_route_shadow_get(struct rtmi_reg *reg, __u64 handle, RTM_ROUTE_INFO **info)
{
	int err;

	for (;;) {
		err = try_get(reg, handle, info);
		if (err != -EAGAIN)
			return err;
		err = wait_for_route(reg, handle);
		if (err)
			return err;
	}
}

/**
 * rtmi_route_shadow_changed() - a route was changed, or an edit given up
 * @reg: registration
 * @handle: the route; one without a shadow is left alone
 *
 * Somebody who has locked it meanwhile reads it anyway before he gets the pointer.
 */
void rtmi_route_shadow_changed(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_shadow *shadow;

	pthread_mutex_lock(&reg->shadows.lock);
	shadow = rtmi_shadow_find(&reg->shadows, handle);
	if (shadow && !rtmi_edit_active(&reg->shadows, handle))
		route_read(reg, shadow);
	pthread_mutex_unlock(&reg->shadows.lock);
}

/* The edit is the client's from here on, so nobody else may give it up meanwhile. */
static int edit_begin(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_shadow *shadow;
	int err;

	pthread_mutex_lock(&reg->shadows.lock);
	shadow = rtmi_shadow_find(&reg->shadows, handle);
	err = shadow ? rtmi_edit_begin(&reg->shadows, handle, shadow->route->dest) : -EBADF;
	pthread_mutex_unlock(&reg->shadows.lock);
	return err;
}

/* The shadow is read while the lock keeps everybody else from changing the route. */
static int route_locked(struct rtmi_reg *reg, const struct rtm_lock_object *req,
			RTM_ROUTE_INFO **info)
{
	int err = 0;

	if (info || req->flags)
		err = rtmi_route_shadow_get(reg, req->object, info);
	if (!err && req->flags)
		err = edit_begin(reg, req->object);
	return err;
}

/**
 * rtmi_route_lock() - lock a route, to be edited where the lock is exclusive
 * @reg: registration
 * @req: the lock
 * @info: out, or NULL: the route
 *
 * Return: 0, or a negative errno; there is no lock then.
 */
int rtmi_route_lock(struct rtmi_reg *reg, struct rtm_lock_object *req, RTM_ROUTE_INFO **info)
{
	RTM_ROUTE_INFO *route;
	int err;

	err = rtmi_lock_route(rtmi_dev(reg), req);
	if (err)
		return err;
	err = route_locked(reg, req, info ? &route : NULL);
	if (err)
		rtmi_unlock_route(rtmi_dev(reg), req);
	else if (info)
		*info = route;
	return err;
}

/* What a client says is a route may be the handle of something else. */
static struct rtmi_shadow *find_route(struct rtmi_reg *reg, __u64 handle)
{
	if (RTM_HANDLE_TYPE(handle) != RTM_HANDLE_ROUTE)
		return NULL;
	return rtmi_shadow_find(&reg->shadows, handle);
}

/* An edit goes, and what it changed with it. */
static void edit_end(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_shadow *shadow;

	if (!rtmi_edit_end(reg, handle))
		return;
	shadow = find_route(reg, handle);
	if (shadow)
		route_read(reg, shadow);
}

/* What is left of a lock stands for as many edits, the oldest. */
static void edits_trim(struct rtmi_reg *reg, __u64 dest, __u64 left)
{
	__u64 route;

	while (dest && (route = rtmi_edit_beyond(&reg->shadows, dest, left)))
		edit_end(reg, route);
}

/* Destination of a route that the client may never have looked at. */
static __u64 dest_of(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_shadow *shadow = find_route(reg, handle);
	struct rtm_get_route_info req = {
		.flags = RTM_REQ_NOWAIT, .entity = reg->handle, .route = handle,
	};
	__u64 nexthops[RTM_MAX_NEXTHOPS] = { 0 };

	if (shadow && shadow->route->dest)
		return shadow->route->dest;
	req.attrs.nexthops = (uintptr_t)nexthops;
	req.attrs.n_nexthops = RTMI_ARRAY_SIZE(nexthops);
	if (!reg->shadows.edits || rtmi_get_route_info(rtmi_dev(reg), &req))
		return 0;
	release(reg, &req.owner, 1);
	refuse(reg, &req, nexthops);
	/* what is said about unlocking another's route says nothing about the lock */
	return req.owner == reg->handle ? req.dest : 0;
}

/**
 * rtmi_route_unlock() - unlock a route
 * @reg: registration
 * @req: the lock
 *
 * With an exclusive lock the edit goes, and goes as well where the lock was broken.
 * Whoever gets the lock next begins no edit before this is done with the old ones.
 *
 * Return: 0 or a negative errno.
 */
int rtmi_route_unlock(struct rtmi_reg *reg, struct rtm_lock_object *req)
{
	__u64 dest;
	int err;

	if (!req->flags)
		return rtmi_unlock_route(rtmi_dev(reg), req);
	pthread_mutex_lock(&reg->shadows.lock);
	dest = dest_of(reg, req->object);
	err = rtmi_unlock_route(rtmi_dev(reg), req);
	if (!err || err == -EACCES) {
		edit_end(reg, req->object);
		edits_trim(reg, dest, err ? 0 : req->left);
	}
	pthread_mutex_unlock(&reg->shadows.lock);
	return err;
}

/**
 * rtmi_route_dest_unlock() - unlock a destination that was locked exclusively
 * @reg: registration
 * @req: the lock
 *
 * Return: 0 or a negative errno.
 */
int rtmi_route_dest_unlock(struct rtmi_reg *reg, struct rtm_lock_dest *req)
{
	int err;

	pthread_mutex_lock(&reg->shadows.lock);
	err = rtmi_unlock_dest(rtmi_dev(reg), req);
	if (!err || err == -EACCES)
		edits_trim(reg, req->dest, err ? 0 : req->left);
	pthread_mutex_unlock(&reg->shadows.lock);
	return err;
}

/**
 * rtmi_route_shadow_deleted() - a route was deleted
 * @reg: registration
 * @handle: the route; one without a shadow is left alone
 */
void rtmi_route_shadow_deleted(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_shadow *shadow;

	pthread_mutex_lock(&reg->shadows.lock);
	shadow = rtmi_shadow_find(&reg->shadows, handle);
	if (shadow)
		shadow->route->info.State = RTM_ROUTE_STATE_DELETED;
	pthread_mutex_unlock(&reg->shadows.lock);
	rtmi_route_shadows_trim(reg, &handle, 1);
}

/**
 * rtmi_route_shadows_trim() - forget routes whose last handle was given back
 * @reg: registration
 * @handles: handles that were released
 * @count: their number
 */
void rtmi_route_shadows_trim(struct rtmi_reg *reg, const void *handles, size_t count)
{
	const __u64 *ids = handles;
	size_t i;

	pthread_mutex_lock(&reg->shadows.lock);
	for (i = 0; i < count && reg->shadows.routes; i++) {
		if (rtmi_shadow_find(&reg->shadows, ids[i]) && !rtmi_handle_is_alive(reg, ids[i]))
			rtmi_shadow_drop(reg, ids[i]);
	}
	pthread_mutex_unlock(&reg->shadows.lock);
}

/**
 * rtmi_route_shadows_exist() - whether any route has a shadow
 * @reg: registration
 *
 * Return: true when one has.
 */
bool rtmi_route_shadows_exist(struct rtmi_reg *reg)
{
	bool some;

	pthread_mutex_lock(&reg->shadows.lock);
	some = reg->shadows.routes;
	pthread_mutex_unlock(&reg->shadows.lock);
	return some;
}

/* References for what was committed, where reading it back has to wait for somebody. */
static void hold_committed(struct rtmi_reg *reg, struct rtmi_route_shadow *route,
			   const __u64 *set, unsigned int count)
{
	if (count && rtmi_handles_reference(rtmi_dev(reg), reg->handle, set, count))
		return;
	release(reg, route->held, route->n_held);
	memcpy(route->held, set, count * sizeof(set[0]));
	route->n_held = count;
	route->info.DestHandle = rtmi_handle(route->dest);
	route->info.RouteOwner = rtmi_handle(reg->handle);
	route->info.State = RTM_ROUTE_STATE_CREATED;
}

static void committed(struct rtmi_reg *reg, struct rtmi_shadow *shadow, __u64 left)
{
	struct rtmi_route_shadow *route = shadow->route;
	__u64 set[RTMI_ARRAY_SIZE(route->held)];
	unsigned int i, n = 0;

	if (route->info.Neighbour)
		set[n++] = rtmi_id(route->info.Neighbour);
	for (i = 0; i < route->info.NextHopsList.NumNextHops; i++)
		set[n++] = rtmi_id(route->info.NextHopsList.NextHops[i]);
	rtmi_edit_commit(&reg->shadows, route->held, route->n_held, set, n);
	if (route_read(reg, shadow))
		hold_committed(reg, route, set, n);
	rtmi_edit_end(reg, shadow->handle);
	edits_trim(reg, route->dest, left);
}

static int commit(struct rtmi_reg *reg, struct rtmi_shadow *shadow, __u32 ttl_ms,
		  struct rtm_update_route *req)
{
	struct rtmi_route_shadow *route = shadow->route;
	int err;

	if (route->info.NextHopsList.NumNextHops > route->room)
		return -EINVAL;
	rtmi_route_to_attrs(&req->attrs, &route->info);
	req->attrs.mtu = route->attrs.mtu;
	memcpy(req->attrs.src, route->attrs.src, sizeof(req->attrs.src));
	req->attrs.ttl_ms = ttl_ms;
	err = rtmi_update_route(rtmi_dev(reg), req);
	if (!err)
		committed(reg, shadow, req->left);
	return err;
}

/**
 * rtmi_route_shadow_commit() - make the route what its shadow says, and unlock it
 * @reg: registration
 * @handle: the route
 * @ttl_ms: its time to live, 0 for ever
 * @list: route list to move it to, or 0
 * @change: out: RTM_RC_*
 *
 * Return: 0, or a negative errno; the lock is there then, and the edit.
 */
int rtmi_route_shadow_commit(struct rtmi_reg *reg, __u64 handle, __u32 ttl_ms, __u64 list,
			     __u32 *change)
{
	struct rtm_update_route req = {
		.entity = reg->handle, .route = handle, .list = list,
	};
	struct rtmi_shadow *shadow;
	int err;

	pthread_mutex_lock(&reg->shadows.lock);
	err = shadow_get(reg, handle, &shadow);
	if (!err && !shadow->route->dest)
		err = route_read(reg, shadow);
	if (!err)
		err = commit(reg, shadow, ttl_ms, &req);
	pthread_mutex_unlock(&reg->shadows.lock);
	*change = req.change;
	return err;
}
