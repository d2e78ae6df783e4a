// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: destinations, their locks and opaque pointers.
 *
 * How this file works: the four queries differ in what they search by and are one
 * function otherwise.  A view set is cut down to the supported views here, because
 * what is left says how many blocks the caller made room for; the kernel's array
 * is as long as any set of views, so nothing of the caller's is written before the
 * call has succeeded.
 */
#include <errno.h>

#include "rtm_private.h"

_Static_assert(INFINITE == RTM_HOLD_FOREVER, "a time without an end is the same in both");

typedef int (*query_fn)(const struct rtmi_device *dev, struct rtm_get_dest *req);

static void dest_fill(RTM_DEST_INFO *info, const struct rtm_get_dest *req,
		      const struct rtm_dest_view *views)
{
	info->DestHandle = rtmi_handle(req->dest);
	rtmi_net_from_prefix(&info->DestAddress, &req->prefix);
	rtmi_filetime(&info->LastChanged, req->last_changed);
	info->BelongsToViews = req->belongs;
	rtmi_dest_from_views(info, views, req->n_views);
}

static DWORD query(RTM_ENTITY_HANDLE reg_handle, query_fn fn, const struct rtm_get_dest *what,
		   RTM_VIEW_SET views, RTM_DEST_INFO *info)
{
	struct rtm_dest_view blocks[RTM_MAX_VIEWS];
	struct rtm_get_dest req = *what;
	struct rtmi_reg *reg;
	int err = -EINVAL;

	reg = rtmi_reg_get(reg_handle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	req.views = views & reg->views;
	req.view_infos = (uintptr_t)blocks;
	req.n_views = (__u32)__builtin_popcount(req.views);
	if (req.views || !views)
		err = fn(rtmi_dev(reg), &req);
	if (!err)
		dest_fill(info, &req, blocks);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmGetDestInfo(RTM_ENTITY_HANDLE RtmRegHandle, RTM_DEST_HANDLE DestHandle,
			    ULONG ProtocolId, RTM_VIEW_SET TargetViews, PRTM_DEST_INFO DestInfo)
{
	struct rtm_get_dest req = { .dest = rtmi_id(DestHandle), .protocol = ProtocolId };

	if (!DestInfo)
		return ERROR_INVALID_PARAMETER;
	return query(RtmRegHandle, rtmi_get_dest_info, &req, TargetViews, DestInfo);
}

DWORD WINAPI RtmGetExactMatchDestination(RTM_ENTITY_HANDLE RtmRegHandle,
					 PRTM_NET_ADDRESS DestAddress, ULONG ProtocolId,
					 RTM_VIEW_SET TargetViews, PRTM_DEST_INFO DestInfo)
{
	struct rtm_get_dest req = { .protocol = ProtocolId };

	if (!DestAddress || !DestInfo)
		return ERROR_INVALID_PARAMETER;
	rtmi_prefix_from_net(&req.prefix, DestAddress);
	return query(RtmRegHandle, rtmi_get_exact_dest, &req, TargetViews, DestInfo);
}

DWORD WINAPI RtmGetMostSpecificDestination(RTM_ENTITY_HANDLE RtmRegHandle,
					   PRTM_NET_ADDRESS DestAddress, ULONG ProtocolId,
					   RTM_VIEW_SET TargetViews, PRTM_DEST_INFO DestInfo)
{
	struct rtm_get_dest req = { .protocol = ProtocolId };

	if (!DestAddress || !DestInfo)
		return ERROR_INVALID_PARAMETER;
	rtmi_prefix_from_net(&req.prefix, DestAddress);
	return query(RtmRegHandle, rtmi_get_most_specific_dest, &req, TargetViews, DestInfo);
}

DWORD WINAPI RtmGetLessSpecificDestination(RTM_ENTITY_HANDLE RtmRegHandle,
					   RTM_DEST_HANDLE DestHandle, ULONG ProtocolId,
					   RTM_VIEW_SET TargetViews, PRTM_DEST_INFO DestInfo)
{
	struct rtm_get_dest req = { .dest = rtmi_id(DestHandle), .protocol = ProtocolId };

	if (!DestInfo)
		return ERROR_INVALID_PARAMETER;
	return query(RtmRegHandle, rtmi_get_less_specific_dest, &req, TargetViews, DestInfo);
}

DWORD WINAPI RtmReleaseDestInfo(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_DEST_INFO DestInfo)
{
	struct rtmi_releases rel = { 0 };
	int err;

	if (!DestInfo)
		return ERROR_INVALID_PARAMETER;
	rel.reg = rtmi_reg_get(RtmRegHandle);
	if (!rel.reg)
		return ERROR_INVALID_HANDLE;
	err = rtmi_release_dests(&rel, 1, DestInfo);
	rtmi_reg_put(rel.reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmHoldDestination(RTM_ENTITY_HANDLE RtmRegHandle, RTM_DEST_HANDLE DestHandle,
				RTM_VIEW_SET TargetViews, ULONG HoldTime)
{
	struct rtm_hold_dest req = {
		.dest = rtmi_id(DestHandle), .views = TargetViews, .hold_ms = HoldTime,
	};
	struct rtmi_reg *reg;
	int err;

	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_hold_dest(rtmi_dev(reg), &req);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

/* What the client did to its opaque pointer counts while it still has the lock. */
static int dest_unlock(struct rtmi_reg *reg, struct rtm_lock_dest *req)
{
	int err;

	if (!(req->flags & RTM_REQ_EXCLUSIVE))
		return rtmi_unlock_dest(rtmi_dev(reg), req);
	err = rtmi_opaque_tell(reg, req->dest);
	return err ? err : rtmi_route_dest_unlock(reg, req);
}

DWORD WINAPI RtmLockDestination(RTM_ENTITY_HANDLE RtmRegHandle, RTM_DEST_HANDLE DestHandle,
				BOOL Exclusive, BOOL LockDest)
{
	struct rtm_lock_dest req = { .dest = rtmi_id(DestHandle) };
	struct rtmi_reg *reg;
	int err;

	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	if (Exclusive)
		req.flags = RTM_REQ_EXCLUSIVE;
	err = LockDest ? rtmi_lock_dest(rtmi_dev(reg), &req) : dest_unlock(reg, &req);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmGetOpaqueInformationPointer(RTM_ENTITY_HANDLE RtmRegHandle,
					    RTM_DEST_HANDLE DestHandle, PVOID *OpaqueInfoPointer)
{
	struct rtmi_reg *reg;
	void *cell;
	int err;

	if (!OpaqueInfoPointer)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	err = rtmi_opaque_cell(reg, rtmi_id(DestHandle), &cell);
	if (!err)
		*OpaqueInfoPointer = cell;
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}
