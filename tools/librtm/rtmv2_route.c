// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: routes.
 *
 * How this file works: a route goes down as the client wrote it, its next hops
 * straight from the client's array.  It comes up through a buffer of the most
 * next hops there can be, since the client's room is not known here: exactly as
 * many as the route has are then stored.
 */
#include <errno.h>

#include "rtm_private.h"

/* Bits of the input word that mean something; samples leave the rest to chance. */
#define CHANGE_IN	(RTM_ROUTE_CHANGE_FIRST | RTM_ROUTE_CHANGE_NEW)

/*
 * An update by handle asks for no handle back: it would be one reference more
 * than the client knows of.  One by key asks for the handle where routes have shadows,
 * which are known by handle alone.
 */
static int route_add(struct rtmi_reg *reg, struct rtm_add_route *req, bool want)
{
	bool by_key = !req->route;
	bool ask = by_key && (want || rtmi_route_shadows_exist(reg));
	int err;

	if (!ask)
		req->flags = RTM_REQ_NO_HANDLE;
	err = rtmi_add_route(rtmi_dev(reg), req);
	if (err)
		return err;
	if (!(req->change & RTM_RC_NEW) && (ask || !by_key))
		rtmi_route_shadow_changed(reg, req->route);
	if (ask && !want)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ROUTE, &req->route, 1);
	return 0;
}

DWORD WINAPI RtmAddRouteToDest(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_ROUTE_HANDLE RouteHandle,
			       PRTM_NET_ADDRESS DestAddress, PRTM_ROUTE_INFO RouteInfo,
			       ULONG TimeToLive, RTM_ROUTE_LIST_HANDLE RouteListHandle,
			       RTM_NOTIFY_FLAGS NotifyType, RTM_NOTIFY_HANDLE NotifyHandle,
			       PRTM_ROUTE_CHANGE_FLAGS ChangeFlags)
{
	struct rtm_add_route req = { 0 };
	struct rtmi_reg *reg;
	int err;

	(void)NotifyType;
	(void)NotifyHandle;
	if (!DestAddress || !RouteInfo || !ChangeFlags)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	req.route = RouteHandle ? rtmi_id(*RouteHandle) : 0;
	req.list = rtmi_id(RouteListHandle);
	req.change = *ChangeFlags & CHANGE_IN;
	rtmi_prefix_from_net(&req.dest, DestAddress);
	rtmi_route_to_attrs(&req.attrs, RouteInfo);
	err = rtmi_ttl_ms(TimeToLive, &req.attrs.ttl_ms);
	if (!err)
		err = route_add(reg, &req, RouteHandle);
	if (!err) {
		if (RouteHandle && !*RouteHandle)
			*RouteHandle = rtmi_handle(req.route);
		*ChangeFlags = req.change;
	}
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

/* To the kernel no handle means a search by key, which this call does not have. */
DWORD WINAPI RtmDeleteRouteToDest(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
				  PRTM_ROUTE_CHANGE_FLAGS ChangeFlags)
{
	struct rtm_delete_route req = { .route = rtmi_id(RouteHandle) };
	struct rtmi_reg *reg;
	int err = -EBADF;

	if (!ChangeFlags)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	if (RouteHandle)
		err = rtmi_delete_route(rtmi_dev(reg), &req);
	if (!err) {
		*ChangeFlags = req.change;
		if (rtmi_route_shadows_exist(reg))
			rtmi_route_shadow_deleted(reg, req.route);
	}
	rtmi_reg_put(reg);
	return err == -ESTALE ? ERROR_NOT_FOUND : rtmi_win32(err);
}

static void route_fill(RTM_ROUTE_INFO *info, const struct rtm_get_route_info *req,
		       const __u64 *nexthops)
{
	rtmi_route_from_attrs(info, &req->attrs, nexthops);
	info->DestHandle = rtmi_handle(req->dest);
	info->RouteOwner = rtmi_handle(req->owner);
}

DWORD WINAPI RtmGetRouteInfo(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
			     PRTM_ROUTE_INFO RouteInfo, PRTM_NET_ADDRESS DestAddress)
{
	struct rtm_get_route_info req = { .route = rtmi_id(RouteHandle) };
	__u64 nexthops[RTM_MAX_NEXTHOPS] = { 0 };
	struct rtmi_reg *reg;
	int err;

	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	if (RouteInfo) {
		req.attrs.nexthops = (uintptr_t)nexthops;
		req.attrs.n_nexthops = RTM_MAX_NEXTHOPS;
	} else {
		req.flags = RTM_REQ_NO_HANDLE;
	}
	err = rtmi_get_route_info(rtmi_dev(reg), &req);
	if (!err && RouteInfo)
		route_fill(RouteInfo, &req, nexthops);
	if (!err && DestAddress)
		rtmi_net_from_prefix(DestAddress, &req.prefix);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmReleaseRouteInfo(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_ROUTE_INFO RouteInfo)
{
	struct rtmi_releases rel = { 0 };
	unsigned int i;
	int err;

	if (!RouteInfo)
		return ERROR_INVALID_PARAMETER;
	rel.reg = rtmi_reg_get(RtmRegHandle);
	if (!rel.reg)
		return ERROR_INVALID_HANDLE;
	rtmi_release_add(&rel, RouteInfo->DestHandle, RTM_HANDLE_DEST);
	rtmi_release_add(&rel, RouteInfo->RouteOwner, RTM_HANDLE_ENTITY);
	rtmi_release_add(&rel, RouteInfo->Neighbour, RTM_HANDLE_NEXTHOP);
	for (i = 0; i < RouteInfo->NextHopsList.NumNextHops; i++)
		rtmi_release_add(&rel, RouteInfo->NextHopsList.NextHops[i], RTM_HANDLE_NEXTHOP);
	err = rtmi_release_end(&rel);
	rtmi_reg_put(rel.reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmIsBestRoute(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
			    PRTM_VIEW_SET BestInViews)
{
	struct rtm_is_best_route req = { .route = rtmi_id(RouteHandle) };
	struct rtmi_reg *reg;
	int err;

	if (!BestInViews)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_is_best_route(rtmi_dev(reg), &req);
	if (!err)
		*BestInViews = req.views;
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}
