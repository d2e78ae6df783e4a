// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: route lists.
 *
 * How this file works: lists are the kernel's; there is nothing to add.
 */
#include "rtm_private.h"

DWORD WINAPI RtmCreateRouteList(RTM_ENTITY_HANDLE RtmRegHandle,
				PRTM_ROUTE_LIST_HANDLE RouteListHandle)
{
	struct rtm_object_req req = { 0 };
	struct rtmi_reg *reg;
	int err;

	if (!RouteListHandle)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_create_route_list(rtmi_dev(reg), &req);
	if (!err)
		*RouteListHandle = rtmi_handle(req.handle);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmInsertInRouteList(RTM_ENTITY_HANDLE RtmRegHandle,
				  RTM_ROUTE_LIST_HANDLE RouteListHandle, UINT NumRoutes,
				  PRTM_ROUTE_HANDLE RouteHandles)
{
	struct rtm_insert_in_list req = {
		.list = rtmi_id(RouteListHandle),
		.routes = (uintptr_t)RouteHandles,
		.count = NumRoutes,
	};
	struct rtmi_reg *reg;
	int err;

	if (NumRoutes && !RouteHandles)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_insert_in_route_list(rtmi_dev(reg), &req);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmCreateRouteListEnum(RTM_ENTITY_HANDLE RtmRegHandle,
				    RTM_ROUTE_LIST_HANDLE RouteListHandle,
				    PRTM_ENUM_HANDLE RtmEnumHandle)
{
	struct rtm_create_list_enum req = { .list = rtmi_id(RouteListHandle) };
	struct rtmi_reg *reg;
	int err;

	if (!RtmEnumHandle)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_create_route_list_enum(rtmi_dev(reg), &req);
	if (!err)
		*RtmEnumHandle = rtmi_handle(req.handle);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmDeleteRouteList(RTM_ENTITY_HANDLE RtmRegHandle,
				RTM_ROUTE_LIST_HANDLE RouteListHandle)
{
	struct rtm_object_req req = { .handle = rtmi_id(RouteListHandle) };
	struct rtmi_reg *reg;
	int err;

	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_delete_route_list(rtmi_dev(reg), &req);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}
