// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: enumerations, and one route by its properties.
 *
 * How this file works: handles go straight into the client's array.  Destinations
 * come as items of the kernel's and are taken apart here, so the size of one has to
 * be known before the call: the number of views is kept beside the enumeration's
 * handle.
 */
#include <errno.h>
#include <stdlib.h>

#include "rtm_private.h"

#define POSITION	(RTM_ENUM_NEXT | RTM_ENUM_RANGE)
#define CRITERIA	(RTM_MATCH_OWNER | RTM_MATCH_NEIGHBOUR | RTM_MATCH_PREF | RTM_MATCH_NEXTHOP)

typedef int (*create_fn)(const struct rtmi_device *dev, struct rtm_create_enum *req);
typedef int (*get_fn)(const struct rtmi_device *dev, struct rtm_get_enum *req);

/* Without RTM_ENUM_START there has to be an address. */
static bool has_place(RTM_ENUM_FLAGS flags, const RTM_NET_ADDRESS *net)
{
	return net || !(flags & POSITION);
}

/* Properties have to come from somewhere. */
static bool has_criteria(RTM_MATCH_FLAGS flags, const RTM_ROUTE_INFO *info)
{
	return info || !(flags & CRITERIA);
}

static DWORD place(struct rtm_create_enum *req, RTM_ENUM_FLAGS flags, RTM_ENUM_FLAGS own,
		   const RTM_NET_ADDRESS *net)
{
	if (flags & ~(POSITION | own) || (flags & POSITION) == POSITION)
		return ERROR_INVALID_PARAMETER;
	req->where = flags & POSITION;
	req->own = !!(flags & own);
	if (req->where != RTM_EN_START)
		rtmi_prefix_from_net(&req->prefix, net);
	return NO_ERROR;
}

static DWORD views(const struct rtmi_reg *reg, struct rtm_create_enum *req, RTM_VIEW_SET set)
{
	req->views = set & reg->views;
	return set && !req->views ? ERROR_NOT_SUPPORTED : NO_ERROR;
}

/**
 * rtmi_match_from_info() - criteria as the kernel has them
 * @match: out: the criteria
 * @flags: set of RTM_MATCH_*
 * @info: what routes are compared with; NULL where @flags needs none of it
 * @ifindex: interface
 *
 * Return: false for flags that mean nothing.
 */
bool rtmi_match_from_info(struct rtm_route_match *match, RTM_MATCH_FLAGS flags,
			  const RTM_ROUTE_INFO *info, ULONG ifindex)
{
	*match = (struct rtm_route_match){ .ifindex = ifindex };
	match->flags = flags;
	if (flags == RTM_MATCH_FULL)
		match->flags = RTM_RM_SAME_NEXTHOPS | RTM_RM_INTERFACE | CRITERIA;
	else if (flags & ~(RTM_MATCH_FLAGS)(RTM_MATCH_INTERFACE | CRITERIA))
		return false;
	if (!(match->flags & CRITERIA))
		return true;
	match->owner = rtmi_id(info->RouteOwner);
	match->neighbour = rtmi_id(info->Neighbour);
	match->nexthops = (uintptr_t)info->NextHopsList.NextHops;
	match->n_nexthops = info->NextHopsList.NumNextHops;
	match->metric = info->PrefInfo.Metric;
	match->preference = info->PrefInfo.Preference;
	return true;
}

static DWORD create(struct rtmi_reg *reg, create_fn fn, struct rtm_create_enum *req,
		    RTM_ENUM_HANDLE *handle)
{
	int err;

	req->entity = reg->handle;
	err = fn(rtmi_dev(reg), req);
	if (!err)
		*handle = rtmi_handle(req->handle);
	return rtmi_win32(err);
}

/* The number of views has a place before there is a handle without one. */
static DWORD create_dests(struct rtmi_reg *reg, struct rtm_create_enum *req,
			  RTM_ENUM_HANDLE *handle)
{
	struct rtm_object_req end = { .entity = reg->handle };
	RTM_ENUM_HANDLE made = NULL;
	DWORD ret;

	ret = create(reg, rtmi_create_dest_enum, req, &made);
	if (ret)
		return ret;
	if (rtmi_views_keep(reg, rtmi_id(made), (unsigned int)__builtin_popcount(req->views))) {
		end.handle = rtmi_id(made);
		rtmi_delete_enum(rtmi_dev(reg), &end);
		return ERROR_NOT_ENOUGH_MEMORY;
	}
	*handle = made;
	return NO_ERROR;
}

DWORD WINAPI RtmCreateDestEnum(RTM_ENTITY_HANDLE RtmRegHandle, RTM_VIEW_SET TargetViews,
			       RTM_ENUM_FLAGS EnumFlags, PRTM_NET_ADDRESS NetAddress,
			       ULONG ProtocolId, PRTM_ENUM_HANDLE RtmEnumHandle)
{
	struct rtm_create_enum req = { .protocol = ProtocolId };
	struct rtmi_reg *reg;
	DWORD ret;

	if (!RtmEnumHandle || !has_place(EnumFlags, NetAddress))
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	ret = place(&req, EnumFlags, RTM_ENUM_OWN_DESTS, NetAddress);
	if (!ret)
		ret = views(reg, &req, TargetViews);
	if (!ret)
		ret = create_dests(reg, &req, RtmEnumHandle);
	rtmi_reg_put(reg);
	return ret;
}

DWORD WINAPI RtmCreateRouteEnum(RTM_ENTITY_HANDLE RtmRegHandle, RTM_DEST_HANDLE DestHandle,
				RTM_VIEW_SET TargetViews, RTM_ENUM_FLAGS EnumFlags,
				PRTM_NET_ADDRESS StartDest, RTM_MATCH_FLAGS MatchingFlags,
				PRTM_ROUTE_INFO CriteriaRoute, ULONG CriteriaInterface,
				PRTM_ENUM_HANDLE RtmEnumHandle)
{
	RTM_ENUM_FLAGS flags = DestHandle ? EnumFlags & ~(RTM_ENUM_FLAGS)POSITION : EnumFlags;
	struct rtm_create_enum req = { .dest = rtmi_id(DestHandle) };
	struct rtmi_reg *reg;
	DWORD ret;

	if (!RtmEnumHandle || !has_place(flags, StartDest) ||
	    !has_criteria(MatchingFlags, CriteriaRoute))
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	ret = place(&req, flags, RTM_ENUM_OWN_ROUTES, StartDest);
	if (!ret && !rtmi_match_from_info(&req.match, MatchingFlags, CriteriaRoute,
					  CriteriaInterface))
		ret = ERROR_INVALID_PARAMETER;
	if (!ret)
		ret = views(reg, &req, TargetViews);
	if (!ret)
		ret = create(reg, rtmi_create_route_enum, &req, RtmEnumHandle);
	rtmi_reg_put(reg);
	return ret;
}

DWORD WINAPI RtmCreateNextHopEnum(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_FLAGS EnumFlags,
				  PRTM_NET_ADDRESS NetAddress, PRTM_ENUM_HANDLE RtmEnumHandle)
{
	struct rtm_create_enum req = { 0 };
	struct rtmi_reg *reg;
	DWORD ret;

	if (!RtmEnumHandle || !has_place(EnumFlags, NetAddress))
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	ret = place(&req, EnumFlags, 0, NetAddress);
	if (!ret)
		ret = create(reg, rtmi_create_nexthop_enum, &req, RtmEnumHandle);
	rtmi_reg_put(reg);
	return ret;
}

static int get_dests(struct rtmi_reg *reg, RTM_ENUM_HANDLE handle, UINT *count,
		     RTM_DEST_INFO *infos)
{
	struct rtm_get_enum req = {
		.entity = reg->handle,
		.handle = rtmi_id(handle),
		.count = *count,
	};
	unsigned int n_views;
	void *items;
	int err;

	err = rtmi_views_kept(reg, req.handle, &n_views);
	if (err)
		return err;
	req.item_size = rtmi_item_size(n_views);
	items = calloc(*count, req.item_size);
	if (!items)
		return -ENOMEM;
	req.items = (uintptr_t)items;
	err = rtmi_get_enum_dests(rtmi_dev(reg), &req);
	if (!err) {
		rtmi_dests_from_items(infos, items, req.count, req.item_size);
		*count = req.count;
	}
	free(items);
	return err;
}

static DWORD end_of(int err, UINT count)
{
	return err ? rtmi_win32(err) : count ? NO_ERROR : ERROR_NO_MORE_ITEMS;
}

DWORD WINAPI RtmGetEnumDests(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle,
			     PUINT NumDests, PRTM_DEST_INFO DestInfos)
{
	struct rtmi_reg *reg;
	int err = -EINVAL;

	if (!NumDests || !DestInfos)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	if (*NumDests && *NumDests <= reg->max_handles)
		err = get_dests(reg, EnumHandle, NumDests, DestInfos);
	rtmi_reg_put(reg);
	return end_of(err, *NumDests);
}

/* Elements stand as closely as each says it is long. */
DWORD WINAPI RtmReleaseDests(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumDests,
			     PRTM_DEST_INFO DestInfos)
{
	struct rtmi_releases rel = { 0 };
	int err;

	if (NumDests && !DestInfos)
		return ERROR_INVALID_PARAMETER;
	rel.reg = rtmi_reg_get(RtmRegHandle);
	if (!rel.reg)
		return ERROR_INVALID_HANDLE;
	err = rtmi_release_dests(&rel, NumDests, DestInfos);
	rtmi_reg_put(rel.reg);
	return rtmi_win32(err);
}

static int get_handles(RTM_ENTITY_HANDLE reg_handle, get_fn fn, RTM_ENUM_HANDLE handle,
		       UINT *count, HANDLE *handles)
{
	struct rtm_get_enum req = {
		.handle = rtmi_id(handle),
		.items = (uintptr_t)handles,
		.item_size = sizeof(*handles),
	};
	struct rtmi_reg *reg;
	int err = -EINVAL;

	if (!count || !handles)
		return -EINVAL;
	reg = rtmi_reg_get(reg_handle);
	if (!reg)
		return -EBADF;
	req.entity = reg->handle;
	req.count = *count;
	if (req.count && req.count <= reg->max_handles)
		err = fn(rtmi_dev(reg), &req);
	if (!err)
		*count = req.count;
	rtmi_reg_put(reg);
	return err;
}

DWORD WINAPI RtmGetEnumRoutes(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle,
			      PUINT NumRoutes, PRTM_ROUTE_HANDLE RouteHandles)
{
	int err = get_handles(RtmRegHandle, rtmi_get_enum_routes, EnumHandle, NumRoutes,
			      RouteHandles);

	return err ? rtmi_win32(err) : end_of(0, *NumRoutes);
}

DWORD WINAPI RtmGetEnumNextHops(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle,
				PUINT NumNextHops, PRTM_NEXTHOP_HANDLE NextHopHandles)
{
	int err = get_handles(RtmRegHandle, rtmi_get_enum_nexthops, EnumHandle, NumNextHops,
			      NextHopHandles);

	return err ? rtmi_win32(err) : end_of(0, *NumNextHops);
}

/* Its end is fewer routes than there was room for, not an error. */
DWORD WINAPI RtmGetListEnumRoutes(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle,
				  PUINT NumRoutes, PRTM_ROUTE_HANDLE RouteHandles)
{
	return rtmi_win32(get_handles(RtmRegHandle, rtmi_get_list_enum_routes, EnumHandle,
				      NumRoutes, RouteHandles));
}

DWORD WINAPI RtmDeleteEnumHandle(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle)
{
	struct rtm_object_req req = { .handle = rtmi_id(EnumHandle) };
	struct rtmi_reg *reg;
	int err;

	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_delete_enum(rtmi_dev(reg), &req);
	if (!err)
		rtmi_views_forget(reg, req.handle);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

/* Criteria and answer share a structure, so nothing is written before the end. */
static int exact_route(struct rtmi_reg *reg, struct rtm_get_exact_route *req,
		       RTM_ROUTE_INFO *info, RTM_ROUTE_HANDLE *handle)
{
	__u64 nexthops[RTM_MAX_NEXTHOPS] = { 0 };
	int err;

	req->entity = reg->handle;
	req->attrs.nexthops = (uintptr_t)nexthops;
	req->attrs.n_nexthops = RTM_MAX_NEXTHOPS;
	err = rtmi_get_exact_route(rtmi_dev(reg), req);
	if (err)
		return err;
	rtmi_route_from_attrs(info, &req->attrs, nexthops);
	info->DestHandle = rtmi_handle(req->dest);
	info->RouteOwner = rtmi_handle(req->owner);
	if (handle)
		*handle = rtmi_handle(req->route);
	return 0;
}

DWORD WINAPI RtmGetExactMatchRoute(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_NET_ADDRESS DestAddress,
				   RTM_MATCH_FLAGS MatchingFlags, PRTM_ROUTE_INFO RouteInfo,
				   ULONG InterfaceIndex, RTM_VIEW_SET TargetViews,
				   PRTM_ROUTE_HANDLE RouteHandle)
{
	struct rtm_get_exact_route req = { .flags = RouteHandle ? 0 : RTM_REQ_NO_HANDLE };
	struct rtmi_reg *reg;
	int err = -EINVAL;

	if (!DestAddress || !RouteInfo)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	rtmi_prefix_from_net(&req.prefix, DestAddress);
	req.views = TargetViews & reg->views;
	if ((req.views || !TargetViews) &&
	    rtmi_match_from_info(&req.match, MatchingFlags, RouteInfo, InterfaceIndex))
		err = exact_route(reg, &req, RouteInfo, RouteHandle);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}
