// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of <rtmv2.h> on the real manager.
 *
 * How this file works: the library's unit tests say what each call asks the kernel
 * and does with the answer; here both halves are together, in scenarios as a client
 * would write them.  Every test ends with nothing left in its namespace, so a
 * reference that the library loses is found too.
 */
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <librtm.h>

#include "rtm_rtmv2.h"

FIXTURE(rtmv2) {
	struct env env;
	RTM_ENTITY_HANDLE h;
};

FIXTURE_SETUP(rtmv2)
{
	env_setup(_metadata, &self->env);
	OK(enter(AF_INET, PROTO_IP_RIP, 0x3FFF0008, FALSE, &self->h));
}

FIXTURE_TEARDOWN(rtmv2)
{
	if (self->h)
		IS(NO_ERROR, RtmDeregisterEntity(self->h));
	env_clean(_metadata, &self->env);
}

/* Registration */

TEST_F(rtmv2, register)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE other, v6, instance;
	RTM_REGN_PROFILE profile;

	IS(ERROR_ALREADY_EXISTS, enter(AF_INET, PROTO_IP_RIP, 0x3FFF0008, FALSE, &other));
	OK(enter(AF_INET, PROTO_IP_RIP, 1, FALSE, &other));
	IS(ERROR_INVALID_PARAMETER, enter(AF_UNIX, PROTO_IP_RIP, 1, FALSE, &v6));
	OK(enter(AF_INET6, PROTO_IP_RIP, 0x3FFF0008, FALSE, &v6));
	info.RtmInstanceId = 7;
	info.EntityId.EntityProtocolId = PROTO_IP_RIP;
	info.EntityId.EntityInstanceId = 0x3FFF0008;
	OK(RtmRegisterEntity(&info, NULL, NULL, FALSE, &profile, &instance));
	EXPECT_EQ(BOTH, profile.ViewsSupported);
	EXPECT_EQ(2, profile.NumberOfViews);
	EXPECT_LE(1, profile.MaxNextHopsInRoute);
	EXPECT_LE(1, profile.MaxHandlesInEnum);
	OK(RtmDeregisterEntity(other));
	IS(ERROR_INVALID_HANDLE, RtmDeregisterEntity(other));
	OK(RtmDeregisterEntity(v6));
	OK(RtmDeregisterEntity(instance));
	OK(enter(AF_INET, PROTO_IP_RIP, 1, FALSE, &other));
	OK(RtmDeregisterEntity(other));
}

TEST_F(rtmv2, slots_run_out)
{
	unsigned int slots = param_number("max_opaque_slots");
	RTM_ENTITY_HANDLE h[64], more;
	unsigned int i;

	ASSERT_GE(ARRAY_SIZE(h), slots);
	for (i = 0; i < slots; i++)
		OK(enter(AF_INET, PROTO_IP_BGP, i, TRUE, &h[i]));
	IS(ERROR_NO_SYSTEM_RESOURCES, enter(AF_INET, PROTO_IP_BGP, i, TRUE, &more));
	OK(enter(AF_INET, PROTO_IP_BGP, i, FALSE, &more));
	OK(RtmDeregisterEntity(more));
	while (i--)
		OK(RtmDeregisterEntity(h[i]));
}

static int drop_net_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -1;
	data[0].effective &= ~(1u << CAP_NET_ADMIN);
	return syscall(SYS_capset, &header, data);
}

/* In children: the rest of the test needs what they give up. */
TEST_F(rtmv2, no_right_no_device)
{
	RTM_ENTITY_HANDLE h;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(drop_net_admin() ? 255 : (int)enter(AF_INET, 8, 2, FALSE, &h));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(ERROR_ACCESS_DENIED, WEXITSTATUS(status));
	pid = fork();
	if (!pid)
		_exit(unshare(CLONE_NEWNS) ||
		      mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		      mount("none", "/dev", "tmpfs", 0, NULL) ? 255 :
		      (int)enter(AF_INET, 8, 2, FALSE, &h));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(ERROR_FILE_NOT_FOUND, WEXITSTATUS(status));
}

TEST_F(rtmv2, entities)
{
	RTM_ENTITY_HANDLE handles[4], other;
	RTM_ENTITY_INFO infos[4];
	UINT n = 0, i, mine = 0;

	OK(enter(AF_INET, PROTO_IP_BGP, 5, FALSE, &other));
	IS(ERROR_INSUFFICIENT_BUFFER, RtmGetRegisteredEntities(self->h, &n, handles, NULL));
	EXPECT_EQ(2, n);
	n = 1;
	IS(ERROR_INSUFFICIENT_BUFFER, RtmGetRegisteredEntities(self->h, &n, handles, infos));
	EXPECT_EQ(1, n);
	OK(RtmReleaseEntities(self->h, n, handles));
	n = 4;
	OK(RtmGetRegisteredEntities(self->h, &n, handles, infos));
	ASSERT_EQ(2, n);
	for (i = 0; i < n; i++) {
		mine += handles[i] == self->h;
		IS(NO_ERROR, RtmGetEntityInfo(self->h, handles[i], &infos[3]));
		EXPECT_EQ(0, memcmp(&infos[i], &infos[3], sizeof(infos[3])));
		IS(NO_ERROR, RtmReleaseEntityInfo(self->h, &infos[3]));
	}
	EXPECT_EQ(1, mine);
	OK(RtmDeregisterEntity(other));
	/* departed, and readable as long as it is referenced */
	IS(NO_ERROR, RtmGetEntityInfo(self->h, other, &infos[3]));
	EXPECT_EQ(5, infos[3].EntityId.EntityInstanceId);
	OK(RtmReleaseEntities(self->h, n, handles));
	IS(ERROR_INVALID_HANDLE, RtmGetEntityInfo(self->h, other, &infos[3]));
	IS(ERROR_INVALID_HANDLE, RtmReleaseEntities(self->h, 1, &other));
}

/* Next hops */

TEST_F(rtmv2, nexthops)
{
	RTM_NEXTHOP_INFO info = nexthop("192.0.2.1", 1), read;
	RTM_NEXTHOP_HANDLE nh = NULL, again = NULL;
	PRTM_NEXTHOP_INFO pointer = NULL, same = NULL;
	DWORD change = 0xcccc;

	info.EntitySpecificInfo = self;
	OK(RtmAddNextHop(self->h, &info, &nh, &change));
	EXPECT_EQ(RTM_NEXTHOP_CHANGE_NEW, change);
	OK(RtmAddNextHop(self->h, &info, &again, &change));
	EXPECT_EQ(nh, again);
	EXPECT_EQ(0, change);
	OK(RtmFindNextHop(self->h, &info, NULL, &pointer));
	EXPECT_EQ(self->h, pointer->NextHopOwner);
	EXPECT_EQ(self, pointer->EntitySpecificInfo);
	EXPECT_EQ(RTM_NEXTHOP_STATE_CREATED, pointer->State);
	info.Flags = RTM_NEXTHOP_FLAGS_DOWN;
	OK(RtmAddNextHop(self->h, &info, NULL, &change));
	EXPECT_EQ(RTM_NEXTHOP_FLAGS_DOWN, pointer->Flags);
	OK(RtmFindNextHop(self->h, &info, NULL, &same));
	EXPECT_EQ(pointer, same);

	OK(RtmGetNextHopInfo(self->h, nh, &read));
	EXPECT_TRUE(net_is(&read.NextHopAddress, "192.0.2.1/32"));
	EXPECT_EQ(self->h, read.NextHopOwner);
	EXPECT_EQ(RTM_NEXTHOP_FLAGS_DOWN, read.Flags);
	OK(RtmReleaseNextHopInfo(self->h, &read));

	OK(RtmDeleteNextHop(self->h, nh, NULL));
	EXPECT_EQ(RTM_NEXTHOP_STATE_DELETED, pointer->State);
	IS(ERROR_NOT_FOUND, RtmDeleteNextHop(self->h, again, NULL));
	IS(ERROR_NOT_FOUND, RtmDeleteNextHop(self->h, NULL, &info));
	IS(ERROR_NOT_FOUND, RtmFindNextHop(self->h, &info, NULL, &same));
	IS(ERROR_INVALID_HANDLE, RtmAddNextHop(self->h, &info, &again, &change));
	OK(RtmGetNextHopInfo(self->h, again, &read));
	EXPECT_EQ(RTM_NEXTHOP_STATE_DELETED, read.State);
	OK(RtmReleaseNextHopInfo(self->h, &read));
	OK(RtmReleaseNextHops(self->h, 1, &again));
	IS(ERROR_INVALID_HANDLE, RtmReleaseNextHops(self->h, 1, &again));
}

TEST_F(rtmv2, nexthops_wrong)
{
	RTM_NEXTHOP_INFO info = nexthop("192.0.2.1", 1);
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	RTM_ENTITY_HANDLE other;
	DWORD change;

	OK(enter(AF_INET, PROTO_IP_BGP, 5, FALSE, &other));
	IS(ERROR_ACCESS_DENIED, RtmAddNextHop(other, &info, &nh, &change));
	IS(ERROR_ACCESS_DENIED, RtmDeleteNextHop(other, nh, NULL));
	IS(ERROR_NOT_FOUND, RtmFindNextHop(other, &info, NULL, NULL));
	IS(ERROR_INVALID_HANDLE, RtmDeleteNextHop(self->h, self->h, NULL));
	info.NextHopAddress.NumBits = 33;
	IS(ERROR_INVALID_PARAMETER, RtmAddNextHop(self->h, &info, NULL, &change));
	info.NextHopAddress = net("2001:db8::1");
	IS(ERROR_INVALID_PARAMETER, RtmAddNextHop(self->h, &info, NULL, &change));
	info = nexthop("192.0.2.1", 2);
	IS(ERROR_INVALID_PARAMETER, RtmAddNextHop(self->h, &info, &nh, &change));
	OK(RtmDeregisterEntity(other));
	OK(RtmReleaseNextHops(self->h, 1, &nh));
}

/* Routes */

TEST_F(rtmv2, routes)
{
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	RTM_NEXTHOP_HANDLE nh2 = add_nexthop(_metadata, self->h, "192.0.2.2");
	RTM_ROUTE_HANDLE first = NULL, again = NULL, second = NULL, third = NULL;
	RTM_ROUTE_INFO info = route_info(nh, 10);
	DWORD change = 0;
	RTM_VIEW_SET best;

	OK(put_route(self->h, "10.1.2.3/16", &info, &first, &change));
	EXPECT_EQ(RTM_ROUTE_CHANGE_NEW | RTM_ROUTE_CHANGE_BEST, change);
	OK(RtmIsBestRoute(self->h, first, &best));
	EXPECT_EQ(BOTH, best);
	change = 0;
	OK(put_route(self->h, "10.1.0.0/16", &info, &again, &change));
	EXPECT_EQ(0, change & RTM_ROUTE_CHANGE_NEW);
	EXPECT_EQ(first, again);
	change = RTM_ROUTE_CHANGE_NEW;
	OK(put_route(self->h, "10.1.0.0/16", &info, &second, &change));
	EXPECT_NE(first, second);
	EXPECT_EQ(RTM_ROUTE_CHANGE_NEW, change);
	info.Neighbour = nh2;
	change = 0;
	OK(put_route(self->h, "10.1.0.0/16", &info, &third, &change));
	EXPECT_EQ(RTM_ROUTE_CHANGE_NEW, change);
	change = RTM_ROUTE_CHANGE_FIRST;
	OK(put_route(self->h, "10.1.0.0/16", &info, NULL, &change));
	EXPECT_EQ(0, change & RTM_ROUTE_CHANGE_NEW);

	OK(RtmDeleteRouteToDest(self->h, first, &change));
	EXPECT_EQ(RTM_ROUTE_CHANGE_BEST, change);
	IS(ERROR_NOT_FOUND, RtmDeleteRouteToDest(self->h, again, &change));
	OK(RtmIsBestRoute(self->h, again, &best));
	EXPECT_EQ(0, best);
	OK(RtmReleaseRoutes(self->h, 1, &again));
	IS(ERROR_INVALID_HANDLE, RtmReleaseRoutes(self->h, 1, &again));
	IS(ERROR_INVALID_HANDLE, RtmDeleteRouteToDest(self->h, again, &change));
	OK(RtmReleaseRoutes(self->h, 1, &second));
	OK(RtmReleaseRoutes(self->h, 1, &third));
	OK(RtmReleaseNextHops(self->h, 1, &nh));
	OK(RtmReleaseNextHops(self->h, 1, &nh2));
}

TEST_F(rtmv2, update_through_table)
{
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	RTM_ROUTE_HANDLE route = add_route(_metadata, self->h, "10.0.0.0/8", nh, 10);
	RTM_ROUTE_HANDLE same = route;
	RTM_NET_ADDRESS dest;
	RTM_ROUTE_INFO info;
	DWORD change = 0;

	OK(RtmGetRouteInfo(self->h, route, &info, &dest));
	EXPECT_TRUE(net_is(&dest, "10.0.0.0/8"));
	EXPECT_EQ(self->h, info.RouteOwner);
	EXPECT_EQ(nh, info.Neighbour);
	EXPECT_EQ(1, info.NextHopsList.NumNextHops);
	EXPECT_EQ(nh, info.NextHopsList.NextHops[0]);
	EXPECT_EQ(10, info.PrefInfo.Metric);
	info.PrefInfo.Metric = 3;
	info.EntitySpecificInfo = self;
	OK(RtmAddRouteToDest(self->h, &same, &dest, &info, INFINITE, NULL, 0, NULL, &change));
	EXPECT_EQ(RTM_ROUTE_CHANGE_BEST, change);
	EXPECT_EQ(route, same);
	OK(RtmReleaseRouteInfo(self->h, &info));
	OK(RtmGetRouteInfo(self->h, route, &info, NULL));
	EXPECT_EQ(3, info.PrefInfo.Metric);
	EXPECT_EQ(self, info.EntitySpecificInfo);
	OK(RtmReleaseRouteInfo(self->h, &info));
	OK(RtmDeleteRouteToDest(self->h, route, &change));
	IS(ERROR_INVALID_HANDLE, RtmGetRouteInfo(self->h, route, &info, NULL));
	OK(RtmReleaseNextHops(self->h, 1, &nh));
}

TEST_F(rtmv2, routes_wrong)
{
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1"), foreign, gone;
	RTM_ROUTE_HANDLE route = add_route(_metadata, self->h, "10.0.0.0/8", nh, 10);
	RTM_ROUTE_INFO info = route_info(nh, 10);
	RTM_ENTITY_HANDLE other;
	DWORD change = 0;

	OK(enter(AF_INET, PROTO_IP_BGP, 5, FALSE, &other));
	foreign = add_nexthop(_metadata, other, "192.0.2.1");
	IS(ERROR_ACCESS_DENIED, RtmDeleteRouteToDest(other, route, &change));
	info = route_info(foreign, 10);
	IS(ERROR_ACCESS_DENIED, put_route(other, "10.0.0.0/8", &info, &route, &change));
	IS(ERROR_INVALID_HANDLE, put_route(self->h, "10.0.0.0/8", &info, NULL, &change));
	gone = add_nexthop(_metadata, self->h, "192.0.2.9");
	OK(RtmReferenceHandles(self->h, 1, &gone));
	OK(RtmDeleteNextHop(self->h, gone, NULL));
	info = route_info(gone, 10);
	IS(ERROR_INVALID_HANDLE, put_route(self->h, "10.0.0.0/8", &info, NULL, &change));
	info = route_info(nh, 10);
	IS(ERROR_INVALID_PARAMETER, put_route(self->h, "10.0.0.0/9", &info, &route, &change));
	IS(ERROR_INVALID_PARAMETER, put_route(self->h, "10.0.0.0/33", &info, NULL, &change));
	IS(ERROR_INVALID_PARAMETER, put_route(self->h, "2001:db8::/32", &info, NULL, &change));
	info.BelongsToViews = 0x80;
	IS(ERROR_INVALID_PARAMETER, put_route(self->h, "10.0.0.0/8", &info, NULL, &change));
	OK(RtmReferenceHandles(self->h, 1, &route));
	OK(RtmDeleteRouteToDest(self->h, route, &change));
	info.BelongsToViews = BOTH;
	IS(ERROR_INVALID_HANDLE, put_route(self->h, "10.0.0.0/8", &info, &route, &change));
	OK(RtmDereferenceHandles(self->h, 1, &route));
	OK(RtmDereferenceHandles(self->h, 1, &gone));
	OK(RtmDeregisterEntity(other));
}

TEST_F(rtmv2, many_nexthops)
{
	unsigned int max = param_number("max_nexthops"), i;
	size_t size = RTM_SIZE_OF_ROUTE_INFO(max + 1);
	RTM_ROUTE_INFO *info = calloc(1, size);
	RTM_NEXTHOP_HANDLE *list = info->NextHopsList.NextHops;
	RTM_ROUTE_HANDLE route = NULL;
	char addr[32];
	DWORD change = 0;

	info->BelongsToViews = BOTH;
	for (i = 0; i <= max; i++) {
		snprintf(addr, sizeof(addr), "192.0.2.%u", 1 + i);
		list[i] = add_nexthop(_metadata, self->h, addr);
	}
	info->NextHopsList.NumNextHops = max + 1;
	IS(ERROR_INVALID_PARAMETER, put_route(self->h, "10.0.0.0/8", info, NULL, &change));
	info->NextHopsList.NumNextHops = max;
	OK(put_route(self->h, "10.0.0.0/8", info, &route, &change));
	memset(info, 0xcc, size);
	OK(RtmGetRouteInfo(self->h, route, info, NULL));
	EXPECT_EQ(max, info->NextHopsList.NumNextHops);
	EXPECT_EQ((void *)0xccccccccccccccccull, list[max]);
	OK(RtmReleaseRouteInfo(self->h, info));
	info->NextHopsList.NumNextHops = 2;
	list[1] = list[0];
	change = 0;
	IS(ERROR_INVALID_PARAMETER, put_route(self->h, "10.0.0.0/8", info, NULL, &change));
	free(info);
}

/* Destinations */

TEST_F(rtmv2, dest_info)
{
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	RTM_ROUTE_HANDLE route = add_route(_metadata, self->h, "10.0.0.0/8", nh, 10);
	RTM_DEST_HANDLE dest = find_dest(_metadata, self->h, "10.0.0.0/8");
	union dest_room room;
	RTM_ENTITY_HANDLE other;
	size_t i;

	memset(&room, 0xcc, sizeof(room));
	OK(enter(AF_INET, PROTO_IP_BGP, 5, FALSE, &other));
	OK(RtmGetDestInfo(other, dest, RTM_BEST_PROTOCOL, RTM_VIEW_MASK_ALL, &room.info));
	EXPECT_EQ(2, room.info.NumberOfViews);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(i, room.info.ViewInfo[i].ViewId);
		EXPECT_EQ(1, room.info.ViewInfo[i].NumRoutes);
		EXPECT_EQ(route, room.info.ViewInfo[i].Route);
		EXPECT_EQ(self->h, room.info.ViewInfo[i].Owner);
		EXPECT_EQ(NULL, room.info.ViewInfo[i].HoldRoute);
	}
	for (i = RTM_SIZE_OF_DEST_INFO(2); i < sizeof(room); i++)
		EXPECT_EQ(0xcc, room.bytes[i]);
	OK(RtmReleaseDestInfo(other, &room.info));
	OK(RtmGetDestInfo(other, dest, RTM_THIS_PROTOCOL, RTM_VIEW_MASK_MCAST, &room.info));
	EXPECT_EQ(1, room.info.NumberOfViews);
	EXPECT_EQ(RTM_VIEW_ID_MCAST, room.info.ViewInfo[0].ViewId);
	EXPECT_EQ(1, room.info.ViewInfo[0].NumRoutes);
	EXPECT_EQ(NULL, room.info.ViewInfo[0].Route);
	OK(RtmReleaseDestInfo(other, &room.info));
	OK(RtmGetDestInfo(other, dest, PROTO_IP_RIP, RTM_VIEW_MASK_ANY, &room.info));
	EXPECT_EQ(0, room.info.NumberOfViews);
	OK(RtmReleaseDestInfo(other, &room.info));
	IS(ERROR_INVALID_HANDLE, RtmGetDestInfo(other, route, 0, 0, &room.info));
	IS(ERROR_INVALID_HANDLE, RtmGetDestInfo(other, NULL, 0, 0, &room.info));
	OK(RtmDeregisterEntity(other));
	OK(release_dest(self->h, dest));
	IS(ERROR_INVALID_HANDLE, release_dest(self->h, dest));
}

TEST_F(rtmv2, prefix_walk)
{
	static const char * const dests[] = { "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16",
					      "10.1.2.0/24" };
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	RTM_NET_ADDRESS host = net("10.1.2.3/32"), outside = net("11.0.0.0/8");
	RTM_DEST_INFO info[2];
	int i;

	IS(ERROR_NOT_FOUND, RtmGetMostSpecificDestination(self->h, &host, RTM_BEST_PROTOCOL,
							  RTM_VIEW_MASK_UCAST, &info[0]));
	for (i = 1; i < 4; i++)
		add_route(_metadata, self->h, dests[i], nh, 1);
	IS(ERROR_NOT_FOUND, RtmGetMostSpecificDestination(self->h, &outside, RTM_BEST_PROTOCOL,
							  RTM_VIEW_MASK_UCAST, &info[0]));
	add_route(_metadata, self->h, dests[0], nh, 1);
	IS(ERROR_NOT_FOUND, RtmGetExactMatchDestination(self->h, &host, RTM_BEST_PROTOCOL,
							RTM_VIEW_MASK_UCAST, &info[0]));
	OK(RtmGetMostSpecificDestination(self->h, &host, RTM_BEST_PROTOCOL,
					 RTM_VIEW_MASK_UCAST, &info[1]));
	for (i = 3; i > 0; i--) {
		EXPECT_TRUE(net_is(&info[i % 2].DestAddress, dests[i]));
		EXPECT_EQ(RTM_VIEW_ID_UCAST, info[i % 2].ViewInfo[0].ViewId);
		OK(RtmGetLessSpecificDestination(self->h, info[i % 2].DestHandle,
						 RTM_BEST_PROTOCOL, RTM_VIEW_MASK_UCAST,
						 &info[(i - 1) % 2]));
		OK(RtmReleaseDestInfo(self->h, &info[i % 2]));
	}
	EXPECT_TRUE(net_is(&info[0].DestAddress, dests[0]));
	IS(ERROR_NOT_FOUND, RtmGetLessSpecificDestination(self->h, info[0].DestHandle, 0, 1,
							  &info[1]));
	OK(RtmReleaseDestInfo(self->h, &info[0]));
}

/* A handle out of a structure outlives it, and the route the table. */
TEST_F(rtmv2, keep_handle)
{
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	RTM_ROUTE_HANDLE route = add_route(_metadata, self->h, "10.0.0.0/8", nh, 10), kept;
	RTM_NET_ADDRESS n = net("10.0.0.0/8");
	RTM_ENTITY_HANDLE other;
	RTM_ROUTE_INFO info;
	RTM_DEST_INFO dest;
	DWORD change;

	OK(enter(AF_INET, PROTO_IP_BGP, 5, FALSE, &other));
	OK(RtmGetExactMatchDestination(other, &n, RTM_BEST_PROTOCOL, RTM_VIEW_MASK_UCAST, &dest));
	kept = dest.ViewInfo[0].Route;
	OK(RtmReferenceHandles(other, 1, &kept));
	OK(RtmReleaseDestInfo(other, &dest));
	OK(RtmDeleteRouteToDest(self->h, route, &change));
	OK(RtmGetRouteInfo(other, kept, &info, NULL));
	EXPECT_EQ(RTM_ROUTE_STATE_DELETED, info.State);
	OK(RtmReleaseRouteInfo(other, &info));
	OK(RtmReleaseRoutes(other, 1, &kept));
	IS(ERROR_INVALID_HANDLE, RtmGetRouteInfo(other, kept, &info, NULL));
	IS(ERROR_INVALID_HANDLE, RtmReferenceHandles(other, 1, &kept));
	OK(RtmDeregisterEntity(other));
}

/* Whatever is left when a client goes is taken back: env_clean() sees to it. */
TEST_F(rtmv2, leftovers)
{
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	PRTM_NEXTHOP_INFO pointer;
	RTM_NEXTHOP_INFO info = nexthop("192.0.2.1", 1);
	RTM_DEST_HANDLE dest;
	RTM_ROUTE_INFO route;

	add_route(_metadata, self->h, "10.0.0.0/8", nh, 10);
	dest = find_dest(_metadata, self->h, "10.0.0.0/8");
	OK(RtmGetRouteInfo(self->h, add_route(_metadata, self->h, "10.0.0.0/8", nh, 1), &route,
			   NULL));
	OK(RtmFindNextHop(self->h, &info, NULL, &pointer));
	OK(RtmLockDestination(self->h, dest, TRUE, TRUE));
	OK(RtmLockDestination(self->h, dest, FALSE, TRUE));
}

/* Opaque pointers */

TEST_F(rtmv2, opaque)
{
	RTM_ENTITY_HANDLE a, b;
	RTM_NEXTHOP_HANDLE nh;
	RTM_DEST_HANDLE dest, dest_b;
	PVOID slot, again, other, untouched = self;

	OK(enter(AF_INET, PROTO_IP_BGP, 5, TRUE, &a));
	OK(enter(AF_INET, PROTO_IP_BGP, 6, TRUE, &b));
	nh = add_nexthop(_metadata, a, "192.0.2.1");
	add_route(_metadata, a, "10.0.0.0/8", nh, 10);
	dest = find_dest(_metadata, a, "10.0.0.0/8");
	dest_b = find_dest(_metadata, b, "10.0.0.0/8");
	OK(RtmLockDestination(a, dest, TRUE, TRUE));
	OK(RtmGetOpaqueInformationPointer(a, dest, &slot));
	EXPECT_EQ(NULL, *(PVOID *)slot);
	*(PVOID *)slot = self;
	OK(RtmLockDestination(a, dest, TRUE, FALSE));
	OK(RtmLockDestination(a, dest, FALSE, TRUE));
	OK(RtmGetOpaqueInformationPointer(a, dest, &again));
	EXPECT_EQ(slot, again);
	EXPECT_EQ(self, *(PVOID *)again);
	OK(RtmLockDestination(a, dest, FALSE, FALSE));

	OK(RtmLockDestination(b, dest_b, TRUE, TRUE));
	OK(RtmGetOpaqueInformationPointer(b, dest_b, &other));
	EXPECT_NE(slot, other);
	EXPECT_EQ(NULL, *(PVOID *)other);
	OK(RtmLockDestination(b, dest_b, TRUE, FALSE));
	IS(ERROR_NOT_FOUND, RtmGetOpaqueInformationPointer(self->h, dest, &untouched));
	EXPECT_EQ(self, untouched);
	IS(ERROR_INVALID_HANDLE, RtmGetOpaqueInformationPointer(a, nh, &untouched));
	OK(RtmDeregisterEntity(a));
	OK(RtmDeregisterEntity(b));
}

/* A cell that is not NULL keeps a destination without routes or handles. */
TEST_F(rtmv2, opaque_pins)
{
	RTM_ROUTE_HANDLE route;
	RTM_ENTITY_HANDLE a;
	RTM_NEXTHOP_HANDLE nh;
	RTM_DEST_HANDLE dest;
	struct rtm_dest_rec rec;
	PVOID slot, again;
	DWORD change;

	OK(enter(AF_INET, PROTO_IP_BGP, 5, TRUE, &a));
	nh = add_nexthop(_metadata, a, "192.0.2.1");
	route = add_route(_metadata, a, "10.0.0.0/8", nh, 10);
	dest = find_dest(_metadata, a, "10.0.0.0/8");
	OK(RtmLockDestination(a, dest, TRUE, TRUE));
	OK(RtmGetOpaqueInformationPointer(a, dest, &slot));
	*(PVOID *)slot = self;
	OK(RtmLockDestination(a, dest, TRUE, FALSE));
	OK(release_dest(a, dest));
	OK(RtmDeleteRouteToDest(a, route, &change));
	EXPECT_TRUE(dev_dest_rec(self->env.watch, "10.0.0.0/8", &rec));

	route = add_route(_metadata, a, "10.0.0.0/8", nh, 10);
	dest = find_dest(_metadata, a, "10.0.0.0/8");
	OK(RtmLockDestination(a, dest, TRUE, TRUE));
	OK(RtmGetOpaqueInformationPointer(a, dest, &again));
	EXPECT_EQ(slot, again);
	EXPECT_EQ(self, *(PVOID *)again);
	*(PVOID *)again = NULL;
	OK(RtmLockDestination(a, dest, TRUE, FALSE));
	OK(release_dest(a, dest));
	OK(RtmDeleteRouteToDest(a, route, &change));
	EXPECT_TRUE(wait_until(!dev_dest_rec(self->env.watch, "10.0.0.0/8", &rec)));
	OK(RtmDeregisterEntity(a));
}

/* Locks */

TEST_F(rtmv2, lock_errors)
{
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	RTM_ENTITY_HANDLE stranger, v6;
	RTM_DEST_HANDLE dest;

	add_route(_metadata, self->h, "10.0.0.0/8", nh, 10);
	dest = find_dest(_metadata, self->h, "10.0.0.0/8");
	OK(enter(AF_INET, PROTO_IP_BGP, 5, FALSE, &stranger));
	OK(enter(AF_INET6, PROTO_IP_BGP, 5, FALSE, &v6));
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(self->h, NULL, TRUE, TRUE));
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(self->h, nh, TRUE, TRUE));
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(v6, dest, FALSE, TRUE));
	IS(ERROR_ACCESS_DENIED, RtmLockDestination(stranger, dest, TRUE, TRUE));
	OK(RtmLockDestination(stranger, dest, FALSE, TRUE));
	/* one thread, another entity of it */
	IS(ERROR_ACCESS_DENIED, RtmLockDestination(self->h, dest, TRUE, TRUE));
	OK(RtmLockDestination(stranger, dest, FALSE, FALSE));
	IS(ERROR_ACCESS_DENIED, RtmLockDestination(self->h, dest, TRUE, FALSE));
	IS(ERROR_ACCESS_DENIED, RtmLockDestination(self->h, dest, FALSE, FALSE));
	OK(RtmLockDestination(self->h, dest, TRUE, TRUE));
	IS(ERROR_ACCESS_DENIED, RtmLockDestination(self->h, dest, FALSE, FALSE));
	OK(RtmLockDestination(self->h, dest, 7, 7));
	OK(RtmLockDestination(self->h, dest, FALSE, TRUE));
	OK(RtmLockDestination(self->h, dest, FALSE, FALSE));
	OK(RtmLockDestination(self->h, dest, 9, FALSE));
	OK(RtmLockDestination(self->h, dest, TRUE, FALSE));
	IS(ERROR_ACCESS_DENIED, RtmLockDestination(self->h, dest, TRUE, FALSE));
	OK(RtmDeregisterEntity(stranger));
	OK(RtmDeregisterEntity(v6));
}

struct waiter {
	RTM_ENTITY_HANDLE h;
	RTM_DEST_HANDLE dest;
	pthread_t thread;
	DWORD result;
	atomic_bool done;
};

static atomic_int signals;

static void on_signal(int sig)
{
	(void)sig;
	signals++;
}

static void *lock_and_unlock(void *arg)
{
	struct waiter *w = arg;

	w->result = RtmLockDestination(w->h, w->dest, FALSE, TRUE);
	if (!w->result)
		w->result = RtmLockDestination(w->h, w->dest, FALSE, FALSE);
	w->done = true;
	return NULL;
}

static void wait_begin(struct __test_metadata *_metadata, struct waiter *w, int watch)
{
	struct rtm_get_stats s;

	ASSERT_EQ(0, pthread_create(&w->thread, NULL, lock_and_unlock, w));
	ASSERT_TRUE(wait_until(!dev_stats(watch, &s) && s.locks_waiting == 1));
}

/* A wait goes on after a signal handler, and ends with the lock or the registration. */
TEST_F(rtmv2, lock_waits)
{
	struct sigaction action = { .sa_handler = on_signal };
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	struct waiter w = { 0 };

	add_route(_metadata, self->h, "10.0.0.0/8", nh, 10);
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	OK(enter(AF_INET, PROTO_IP_BGP, 5, FALSE, &w.h));
	w.dest = find_dest(_metadata, self->h, "10.0.0.0/8");
	OK(RtmLockDestination(self->h, w.dest, TRUE, TRUE));
	wait_begin(_metadata, &w, self->env.watch);
	pthread_kill(w.thread, SIGUSR1);
	EXPECT_TRUE(wait_until(signals == 1));
	sleep_ms(200);
	EXPECT_FALSE(w.done);
	OK(RtmLockDestination(self->h, w.dest, TRUE, FALSE));
	pthread_join(w.thread, NULL);
	EXPECT_EQ(NO_ERROR, w.result);

	OK(RtmLockDestination(self->h, w.dest, TRUE, TRUE));
	wait_begin(_metadata, &w, self->env.watch);
	OK(RtmDeregisterEntity(w.h));
	pthread_join(w.thread, NULL);
	EXPECT_EQ(ERROR_INVALID_HANDLE, w.result);
	OK(RtmLockDestination(self->h, w.dest, TRUE, FALSE));
}

/* A child neither inherits a lock nor drops it. */
TEST_F(rtmv2, fork)
{
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	RTM_ENTITY_HANDLE mine;
	RTM_DEST_HANDLE dest;
	int status;
	pid_t pid;

	add_route(_metadata, self->h, "10.0.0.0/8", nh, 10);
	dest = find_dest(_metadata, self->h, "10.0.0.0/8");
	OK(RtmLockDestination(self->h, dest, TRUE, TRUE));
	pid = fork();
	if (!pid) {
		if (RtmLockDestination(self->h, dest, TRUE, FALSE) != ERROR_INVALID_HANDLE)
			_exit(1);
		if (enter(AF_INET, PROTO_IP_BGP, 5, FALSE, &mine))
			_exit(2);
		if (RtmLockDestination(mine, dest, FALSE, TRUE) != ERROR_INVALID_HANDLE)
			_exit(3);
		_exit(RtmDeregisterEntity(mine) ? 4 : 0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	/* held still, or this would be denied */
	OK(RtmLockDestination(self->h, dest, TRUE, FALSE));
}

/* Events */

static struct {
	RTM_EVENT_TYPE type;
	RTM_ENTITY_INFO info;
	RTM_ENTITY_INFO read;
	DWORD answer;
} heard[8];
static atomic_uint n_heard;
static sem_t hearing;

static DWORD hear(RTM_ENTITY_HANDLE h, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	heard[n_heard].type = type;
	heard[n_heard].info = *(PRTM_ENTITY_INFO)c2;
	heard[n_heard].answer = RtmGetEntityInfo(h, c1, &heard[n_heard].read);
	n_heard++;
	sem_post(&hearing);
	return 0;
}

static bool hear_one(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += 60;
	return !sem_timedwait(&hearing, &ts);
}

TEST_F(rtmv2, events)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE h, other, v6;
	RTM_REGN_PROFILE profile;

	sem_init(&hearing, 0, 0);
	OK(RtmRegisterEntity(&info, NULL, hear, FALSE, &profile, &h));
	OK(enter(AF_INET6, PROTO_IP_BGP, 4, FALSE, &v6));
	OK(enter(AF_INET, PROTO_IP_BGP, 5, FALSE, &other));
	ASSERT_TRUE(hear_one());
	EXPECT_EQ(RTM_ENTITY_REGISTERED, heard[0].type);
	EXPECT_EQ(PROTO_IP_BGP, heard[0].info.EntityId.EntityProtocolId);
	EXPECT_EQ(5, heard[0].info.EntityId.EntityInstanceId);
	EXPECT_EQ(NO_ERROR, heard[0].answer);
	EXPECT_EQ(0, memcmp(&heard[0].info, &heard[0].read, sizeof(heard[0].info)));
	OK(RtmDeregisterEntity(other));
	ASSERT_TRUE(hear_one());
	EXPECT_EQ(RTM_ENTITY_DEREGISTERED, heard[1].type);
	EXPECT_EQ(5, heard[1].info.EntityId.EntityInstanceId);
	EXPECT_EQ(NO_ERROR, heard[1].answer);
	OK(RtmDeregisterEntity(self->h));
	self->h = NULL;
	ASSERT_TRUE(hear_one());
	EXPECT_EQ(0x3FFF0008, heard[2].info.EntityId.EntityInstanceId);
	OK(RtmDeregisterEntity(h));
	OK(RtmDeregisterEntity(v6));
	EXPECT_EQ(3, n_heard);
}

/* The native interface, end to end; in the view that has nothing to do with the FIB */

static void native_items(struct rtm_route_item *items, unsigned int n, const uint64_t *nexthop)
{
	unsigned int i;

	memset(items, 0, n * sizeof(*items));
	for (i = 0; i < n; i++) {
		items[i].dest = prefix("10.0.0.0/24");
		items[i].dest.addr[1] = i >> 8;
		items[i].dest.addr[2] = i;
		items[i].attrs.views = RTM_V_MCAST;
		items[i].attrs.neighbour = *nexthop;
		rtm_route_set_nexthops(&items[i].attrs, nexthop, 1);
	}
}

static unsigned int count_routes(struct rtm_ctx *ctx)
{
	struct rtm_dump_filter filter = { .prefix = { .family = AF_INET } };
	struct rtm_iter *iter;
	unsigned int n = 0;
	const void *rec;

	if (rtm_iter_new(ctx, RTM_DUMP_KIND_ROUTES, &filter, &iter))
		return 0;
	while (rtm_iter_next(iter, &rec) > 0)
		n++;
	rtm_iter_free(iter);
	return n;
}

TEST_F(rtmv2, native_batch)
{
	struct rtm_entity_id id = { .family = AF_INET, .protocol = PROTO_IP_BGP, .id = 9 };
	struct rtm_nexthop_attrs nh = { .addr = prefix("192.0.2.1"), .ifindex = 1 };
	const unsigned int n = RTM_MAX_BATCH + 100;
	struct rtm_route_item *items = calloc(n, sizeof(*items));
	uint64_t entity, nexthop = 0;
	struct rtm_ctx *ctx;
	size_t done;

	ASSERT_NE(NULL, items);
	ASSERT_EQ(0, rtm_open(0, &ctx));
	ASSERT_EQ(0, rtm_entity_register(ctx, &id, 0, &entity, NULL));
	ASSERT_EQ(0, rtm_nexthop_add(ctx, entity, &nh, &nexthop, NULL));
	native_items(items, n, &nexthop);
	items[5].attrs.views = 0x80;
	ASSERT_EQ(0, rtm_routes_add(ctx, entity, items, n, &done, RTM_FOREVER));
	EXPECT_EQ(n, done);
	EXPECT_EQ(0, items[4].status);
	EXPECT_EQ(-EINVAL, items[5].status);
	EXPECT_EQ(n - 1, count_routes(ctx));
	ASSERT_EQ(0, rtm_routes_delete(ctx, entity, items, n, &done, RTM_FOREVER));
	EXPECT_EQ(-ENOENT, items[5].status);
	EXPECT_EQ(0, count_routes(ctx));
	rtm_close(ctx);
	free(items);
}

TEST_F(rtmv2, native_deadlines)
{
	struct rtm_entity_id id = { .family = AF_INET, .protocol = PROTO_IP_BGP, .id = 9 };
	struct rtm_dest_query query = { .views = RTM_V_UCAST, .deadline = RTM_NOWAIT };
	struct rtm_net_prefix p = prefix("10.0.0.0/8");
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->h, "192.0.2.1");
	struct rtm_dest dest;
	RTM_DEST_HANDLE held;
	struct rtm_ctx *ctx;
	unsigned int broken;
	uint64_t entity;

	add_route(_metadata, self->h, "10.0.0.0/8", nh, 10);
	held = find_dest(_metadata, self->h, "10.0.0.0/8");
	ASSERT_EQ(0, rtm_open(0, &ctx));
	ASSERT_EQ(0, rtm_entity_register(ctx, &id, 0, &entity, NULL));
	ASSERT_EQ(0, rtm_dest_exact(ctx, entity, &p, &query, &dest));
	EXPECT_EQ(1, dest.n_views);
	EXPECT_EQ(1, dest.views[0].n_routes);
	OK(RtmLockDestination(self->h, held, FALSE, TRUE));
	EXPECT_EQ(0, rtm_dest_lock(ctx, entity, dest.handle, false, RTM_NOWAIT));
	EXPECT_EQ(0, rtm_dest_unlock(ctx, entity, dest.handle, false));
	OK(RtmLockDestination(self->h, held, FALSE, FALSE));
	EXPECT_EQ(0, rtm_dest_break_lock(ctx, 0, &p, &broken));
	EXPECT_EQ(0, broken);
	EXPECT_EQ(0, rtm_fib_wait(ctx, rtm_deadline(60000), NULL));
	EXPECT_EQ(0, rtm_dest_release(ctx, entity, &dest));
	rtm_close(ctx);
	OK(release_dest(self->h, held));
}

TEST_HARNESS_MAIN
