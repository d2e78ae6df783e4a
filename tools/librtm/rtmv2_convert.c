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
