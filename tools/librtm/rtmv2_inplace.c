// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: routes and next hops that their owner reads and edits in place.
 *
 * How this file works: what a client gets a pointer to is a shadow.  An exclusive lock
 * makes the shadow the client's until it is given back.  What that means for the edit
 * is different: that of a route is committed by RtmUpdateAndUnlockRoute() alone, and
 * forgotten otherwise; that of a next hop is committed by the end of the lock.
 */
#include <errno.h>

#include "rtm_private.h"

/* The owner's alone: the kernel says so when the shadow is read. */
DWORD WINAPI RtmGetRoutePointer(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
				struct _RTM_ROUTE_INFO **RoutePointer)
{
	struct rtmi_reg *reg;
	int err;

	if (!RoutePointer)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	err = rtmi_route_shadow_get(reg, rtmi_id(RouteHandle), RoutePointer);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmLockRoute(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
			  BOOL Exclusive, BOOL LockRoute, struct _RTM_ROUTE_INFO **RoutePointer)
{
	struct rtm_lock_object req = { .object = rtmi_id(RouteHandle) };
	struct rtmi_reg *reg;
	int err;

	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	req.flags = Exclusive ? RTM_REQ_EXCLUSIVE : 0;
	err = LockRoute ? rtmi_route_lock(reg, &req, RoutePointer) : rtmi_route_unlock(reg, &req);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmUpdateAndUnlockRoute(RTM_ENTITY_HANDLE RtmRegHandle,
				     RTM_ROUTE_HANDLE RouteHandle, ULONG TimeToLive,
				     RTM_ROUTE_LIST_HANDLE RouteListHandle,
				     RTM_NOTIFY_FLAGS NotifyType, RTM_NOTIFY_HANDLE NotifyHandle,
				     PRTM_ROUTE_CHANGE_FLAGS ChangeFlags)
{
	struct rtmi_reg *reg;
	__u32 ttl_ms, change;
	int err;

	(void)NotifyType;
	(void)NotifyHandle;
	if (!ChangeFlags)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	err = rtmi_ttl_ms(TimeToLive, &ttl_ms);
	if (!err)
		err = rtmi_route_shadow_commit(reg, rtmi_id(RouteHandle), ttl_ms,
					       rtmi_id(RouteListHandle), &change);
	if (!err)
		*ChangeFlags = change;
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

/* The original says "not found" where other calls say "bad handle". */
static DWORD nexthop_win32(int err)
{
	return err == -EBADF || err == -ESTALE ? ERROR_NOT_FOUND : rtmi_win32(err);
}

DWORD WINAPI RtmGetNextHopPointer(RTM_ENTITY_HANDLE RtmRegHandle,
				  RTM_NEXTHOP_HANDLE NextHopHandle,
				  struct _RTM_NEXTHOP_INFO **NextHopPointer)
{
	struct rtmi_reg *reg;
	int err;

	if (!NextHopPointer)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	err = rtmi_nexthop_shadow_get(reg, rtmi_id(NextHopHandle), false, NextHopPointer);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

static int edit_begin(struct rtmi_reg *reg, __u64 handle)
{
	int err;

	pthread_mutex_lock(&reg->shadows.lock);
	err = rtmi_edit_begin(&reg->shadows, handle, 0);
	pthread_mutex_unlock(&reg->shadows.lock);
	return err;
}

static void edit_end(struct rtmi_reg *reg, __u64 handle)
{
	pthread_mutex_lock(&reg->shadows.lock);
	rtmi_edit_end(reg, handle);
	pthread_mutex_unlock(&reg->shadows.lock);
}

static int nexthop_locked(struct rtmi_reg *reg, const struct rtm_lock_object *req,
			  RTM_NEXTHOP_INFO **info)
{
	int err = 0;

	if (info || req->flags)
		err = rtmi_nexthop_shadow_get(reg, req->object, false, info);
	if (!err && req->flags)
		err = edit_begin(reg, req->object);
	return err;
}

static int nexthop_lock(struct rtmi_reg *reg, struct rtm_lock_object *req,
			RTM_NEXTHOP_INFO **info)
{
	struct rtm_unlock_nexthop undo = {
		.flags = req->flags, .entity = req->entity, .nexthop = req->object,
	};
	RTM_NEXTHOP_INFO *nexthop;
	int err;

	err = rtmi_lock_nexthop(rtmi_dev(reg), req);
	if (err)
		return err;
	err = nexthop_locked(reg, req, info ? &nexthop : NULL);
	if (err)
		rtmi_unlock_nexthop(rtmi_dev(reg), &undo);
	else if (info)
		*info = nexthop;
	return err;
}

/* Address and interface are the key, which an edit does not change. */
static void edit_to_commit(struct rtmi_reg *reg, struct rtm_unlock_nexthop *req)
{
	struct rtmi_shadow *shadow;

	pthread_mutex_lock(&reg->shadows.lock);
	shadow = rtmi_shadow_find(&reg->shadows, req->nexthop);
	if (shadow && rtmi_edit_active(&reg->shadows, req->nexthop)) {
		req->cookie = rtmi_id(shadow->nexthop.EntitySpecificInfo);
		req->remote_dest = rtmi_id(shadow->nexthop.RemoteNextHop);
		req->nexthop_flags = shadow->nexthop.Flags;
		req->commit = 1;
	}
	pthread_mutex_unlock(&reg->shadows.lock);
}

/*
 * A lock that was taken more than once commits each time it is released.  A shared one
 * reads the next hop again, unless an exclusive one is left.
 */
static int nexthop_unlock(struct rtmi_reg *reg, const struct rtm_lock_object *lock)
{
	struct rtm_unlock_nexthop req = {
		.flags = lock->flags, .entity = lock->entity, .nexthop = lock->object,
	};
	int err;

	if (lock->flags)
		edit_to_commit(reg, &req);
	err = rtmi_unlock_nexthop(rtmi_dev(reg), &req);
	if ((!err || err == -EACCES) && lock->flags)
		edit_end(reg, lock->object);
	if (!err)
		rtmi_nexthop_shadow_changed(reg, lock->object);
	return err;
}

DWORD WINAPI RtmLockNextHop(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NEXTHOP_HANDLE NextHopHandle,
			    BOOL Exclusive, BOOL LockNextHop,
			    struct _RTM_NEXTHOP_INFO **NextHopPointer)
{
	struct rtm_lock_object req = { .object = rtmi_id(NextHopHandle) };
	struct rtmi_reg *reg;
	int err;

	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	req.flags = Exclusive ? RTM_REQ_EXCLUSIVE : 0;
	err = LockNextHop ? nexthop_lock(reg, &req, NextHopPointer) : nexthop_unlock(reg, &req);
	rtmi_reg_put(reg);
	return nexthop_win32(err);
}
