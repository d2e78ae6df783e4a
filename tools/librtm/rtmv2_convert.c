// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Between the structures of <rtmv2.h> and those of <linux/rtm.h>.
 *
 * How this file works: one function for each pair and direction, and nothing
 * else knows both sides.  The releases are here because they, too, take a
 * structure apart: by what is in it alone, since a client may have made it.
 */
#include <errno.h>

#include "rtm_private.h"

/* From 1601 to 1970, in the 100 ns ticks of a FILETIME. */
#define EPOCH_TICKS	116444736000000000ull

void rtmi_filetime(FILETIME *time, __u64 ns)
{
	__u64 ticks = ns / 100 + EPOCH_TICKS;

	time->dwLowDateTime = (DWORD)ticks;
	time->dwHighDateTime = (DWORD)(ticks >> 32);
}

/*
 * IPv4 setters leave the last 12 bytes as they were, which must not show.
 * Lengths out of range and unknown families are the kernel's to refuse.
 */
void rtmi_prefix_from_net(struct rtm_net_prefix *prefix, const RTM_NET_ADDRESS *net)
{
	*prefix = (struct rtm_net_prefix){ .family = net->AddressFamily, .len = net->NumBits };
	memcpy(prefix->addr, net->AddrBits, net->AddressFamily == AF_INET ? 4 : 16);
}

void rtmi_net_from_prefix(RTM_NET_ADDRESS *net, const struct rtm_net_prefix *prefix)
{
	net->AddressFamily = prefix->family;
	net->NumBits = prefix->len;
	memcpy(net->AddrBits, prefix->addr, sizeof(net->AddrBits));
}

void rtmi_info_from_id(RTM_ENTITY_INFO *info, const struct rtm_entity_id *id)
{
	memset(info, 0, sizeof(*info));
	info->RtmInstanceId = id->instance;
	info->AddressFamily = id->family;
	info->EntityId.EntityProtocolId = id->protocol;
	info->EntityId.EntityInstanceId = id->id;
}

/* The two sides number the state "deleted" differently. */
void rtmi_nexthop_from_attrs(RTM_NEXTHOP_INFO *info, const struct rtm_nexthop_attrs *attrs)
{
	memset(info, 0, sizeof(*info));
	rtmi_net_from_prefix(&info->NextHopAddress, &attrs->addr);
	info->NextHopOwner = rtmi_handle(attrs->owner);
	info->InterfaceIndex = attrs->ifindex;
	info->State = attrs->state == RTM_STATE_CREATED ? RTM_NEXTHOP_STATE_CREATED :
							  RTM_NEXTHOP_STATE_DELETED;
	info->Flags = attrs->flags;
	info->EntitySpecificInfo = rtmi_handle(attrs->cookie);
	info->RemoteNextHop = rtmi_handle(attrs->remote_dest);
}

void rtmi_nexthop_to_attrs(struct rtm_nexthop_attrs *attrs, const RTM_NEXTHOP_INFO *info)
{
	*attrs = (struct rtm_nexthop_attrs){
		.ifindex = info->InterfaceIndex,
		.flags = info->Flags,
		.cookie = rtmi_id(info->EntitySpecificInfo),
		.remote_dest = rtmi_id(info->RemoteNextHop),
	};
	rtmi_prefix_from_net(&attrs->addr, &info->NextHopAddress);
}

/* Nothing that lives for no time at all was meant so. */
int rtmi_ttl_ms(ULONG ttl, __u32 *ttl_ms)
{
	if (!ttl)
		return -EINVAL;
	*ttl_ms = ttl == INFINITE ? 0 : ttl;
	return 0;
}

void rtmi_route_to_attrs(struct rtm_route_attrs *attrs, const RTM_ROUTE_INFO *info)
{
	*attrs = (struct rtm_route_attrs){
		.neighbour = rtmi_id(info->Neighbour),
		.cookie = rtmi_id(info->EntitySpecificInfo),
		.nexthops = (uintptr_t)info->NextHopsList.NextHops,
		.n_nexthops = info->NextHopsList.NumNextHops,
		.metric = info->PrefInfo.Metric,
		.preference = info->PrefInfo.Preference,
		.views = info->BelongsToViews,
		.flags = info->Flags,
		.flags1 = info->Flags1,
	};
}

/* Writes no more next hops than there are; destination and owner are not in @attrs. */
void rtmi_route_from_attrs(RTM_ROUTE_INFO *info, const struct rtm_route_attrs *attrs,
			   const __u64 *nexthops)
{
	__u32 i;

	info->Neighbour = rtmi_handle(attrs->neighbour);
	info->State = attrs->state;
	info->Flags1 = attrs->flags1;
	info->Flags = attrs->flags;
	info->PrefInfo.Metric = attrs->metric;
	info->PrefInfo.Preference = attrs->preference;
	info->BelongsToViews = attrs->views;
	info->EntitySpecificInfo = rtmi_handle(attrs->cookie);
	info->NextHopsList.NumNextHops = (USHORT)attrs->n_nexthops;
	for (i = 0; i < attrs->n_nexthops; i++)
		info->NextHopsList.NextHops[i] = rtmi_handle(nexthops[i]);
}

void rtmi_dest_from_views(RTM_DEST_INFO *info, const struct rtm_dest_view *views, __u32 count)
{
	__u32 i;

	info->NumberOfViews = count;
	for (i = 0; i < count; i++) {
		info->ViewInfo[i].ViewId = views[i].view;
		info->ViewInfo[i].NumRoutes = views[i].n_routes;
		info->ViewInfo[i].Route = rtmi_handle(views[i].route);
		info->ViewInfo[i].Owner = rtmi_handle(views[i].owner);
		info->ViewInfo[i].DestFlags = views[i].flags;
		info->ViewInfo[i].HoldRoute = rtmi_handle(views[i].hold_route);
	}
}

static void dest_from_item(RTM_DEST_INFO *info, const struct rtm_dest_item *item)
{
	info->DestHandle = rtmi_handle(item->dest);
	rtmi_net_from_prefix(&info->DestAddress, &item->prefix);
	rtmi_filetime(&info->LastChanged, item->last_changed);
	info->BelongsToViews = item->belongs;
	rtmi_dest_from_views(info, item->views, item->n_views);
}

/* The kernel's items are all of one size; the client's stand without a gap. */
void rtmi_dests_from_items(RTM_DEST_INFO *infos, const void *items, __u32 count, __u32 item_size)
{
	const char *from = items;
	char *to = (char *)infos;
	__u32 i;

	for (i = 0; i < count; i++) {
		const struct rtm_dest_item *item = (const void *)from;

		dest_from_item((RTM_DEST_INFO *)(void *)to, item);
		to += RTM_SIZE_OF_DEST_INFO(item->n_views);
		from += item_size;
	}
}

static void release_send(struct rtmi_releases *rel)
{
	int err = rtmi_handles_release(rtmi_dev(rel->reg), rel->reg->handle, RTM_HANDLE_ANY,
				       rel->handles, rel->count);

	if (!rel->err)
		rel->err = err;
	rel->count = 0;
}

/**
 * rtmi_release_add() - release one handle of a structure
 * @rel: handles on their way
 * @handle: handle; skipped if NULL
 * @type: what it has to be; left alone and remembered as bad if it is not
 */
void rtmi_release_add(struct rtmi_releases *rel, HANDLE handle, enum rtm_handle_type type)
{
	__u64 id = rtmi_id(handle);

	if (!id)
		return;
	if (RTM_HANDLE_TYPE(id) != type) {
		rel->err = -EBADF;
		return;
	}
	rel->handles[rel->count++] = id;
	if (rel->count == RTMI_ARRAY_SIZE(rel->handles))
		release_send(rel);
}

/**
 * rtmi_release_end() - release what is left
 * @rel: handles on their way
 *
 * Return: 0, or the first error, a negative errno.
 */
int rtmi_release_end(struct rtmi_releases *rel)
{
	if (rel->count)
		release_send(rel);
	return rel->err;
}

static void release_dest(struct rtmi_releases *rel, const RTM_DEST_INFO *info)
{
	UINT i;

	rtmi_release_add(rel, info->DestHandle, RTM_HANDLE_DEST);
	for (i = 0; i < info->NumberOfViews; i++) {
		rtmi_release_add(rel, info->ViewInfo[i].Route, RTM_HANDLE_ROUTE);
		rtmi_release_add(rel, info->ViewInfo[i].Owner, RTM_HANDLE_ENTITY);
		rtmi_release_add(rel, info->ViewInfo[i].HoldRoute, RTM_HANDLE_ROUTE);
	}
}

/**
 * rtmi_release_dests() - release what destinations name
 * @rel: handles on their way, none yet
 * @count: number of destinations
 * @infos: they, each as close to the one before as that one says it is long
 *
 * Return: 0, or the first error: -EINVAL for one that cannot be so long, where it
 * stops; -EBADF for a bad handle, where it does not.
 */
int rtmi_release_dests(struct rtmi_releases *rel, UINT count, const RTM_DEST_INFO *infos)
{
	const char *at = (const char *)infos;
	const RTM_DEST_INFO *info;
	bool sane = true;
	int err;
	UINT i;

	for (i = 0; i < count && sane; i++) {
		info = (const RTM_DEST_INFO *)(const void *)at;
		sane = info->NumberOfViews <= RTM_MAX_VIEWS;
		if (sane)
			release_dest(rel, info);
		at += RTM_SIZE_OF_DEST_INFO(info->NumberOfViews);
	}
	err = rtmi_release_end(rel);
	return sane ? err : -EINVAL;
}
