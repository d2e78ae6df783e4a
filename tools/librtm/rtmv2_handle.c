// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: references of handles.
 *
 * How this file works: counts are the kernel's, for each handle and registration.
 * An array of handles is an array of 64-bit ids, so it goes down as it is.
 *
 * A thread that edits a route counts the references of next hops for the route, and
 * not for itself: see edit.c.
 */
#include <errno.h>

#include "rtm_private.h"

_Static_assert(sizeof(HANDLE) == sizeof(__u64), "a handle is a 64-bit id");

static DWORD release(RTM_ENTITY_HANDLE reg_handle, enum rtm_handle_type type, UINT count,
		     HANDLE *handles)
{
	struct rtmi_reg *reg;
	int err = -EAGAIN;

	if (count && !handles)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(reg_handle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	if (type == RTM_HANDLE_NEXTHOP || type == RTM_HANDLE_ANY)
		err = rtmi_edit_defer(reg, handles, count, -1);
	if (err == -EAGAIN)
		err = rtmi_handles_release(rtmi_dev(reg), reg->handle, type, handles, count);
	if (rtmi_route_shadows_exist(reg))
		rtmi_route_shadows_trim(reg, handles, count);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmReleaseEntities(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumEntities,
				PRTM_ENTITY_HANDLE EntityHandles)
{
	return release(RtmRegHandle, RTM_HANDLE_ENTITY, NumEntities, EntityHandles);
}

DWORD WINAPI RtmReleaseRoutes(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumRoutes,
			      PRTM_ROUTE_HANDLE RouteHandles)
{
	return release(RtmRegHandle, RTM_HANDLE_ROUTE, NumRoutes, RouteHandles);
}

DWORD WINAPI RtmReleaseNextHops(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumNextHops,
				PRTM_NEXTHOP_HANDLE NextHopHandles)
{
	return release(RtmRegHandle, RTM_HANDLE_NEXTHOP, NumNextHops, NextHopHandles);
}

DWORD WINAPI RtmDereferenceHandles(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumHandles,
				   HANDLE *RtmHandles)
{
	return release(RtmRegHandle, RTM_HANDLE_ANY, NumHandles, RtmHandles);
}

DWORD WINAPI RtmReferenceHandles(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumHandles,
				 HANDLE *RtmHandles)
{
	struct rtmi_reg *reg;
	int err;

	if (NumHandles && !RtmHandles)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	err = rtmi_edit_defer(reg, RtmHandles, NumHandles, 1);
	if (err == -EAGAIN)
		err = rtmi_handles_reference(rtmi_dev(reg), reg->handle, RtmHandles, NumHandles);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}
