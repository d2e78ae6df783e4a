// SPDX-License-Identifier: GPL-2.0-only
/*
 * <rtmv2.h>: layouts, values and macros are those of the Windows interface.
 *
 * How this file works: what the compiler can know is asserted at build time, so
 * that this file failing to compile is the failing test; macros that compute are
 * tried at run time.  It is compiled in several languages and by several
 * compilers, hence nothing in it is special to one.
 */
#include <rtmv2.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __cplusplus
#define CHECK(expr)	static_assert(expr, #expr)
#else
#define CHECK(expr)	_Static_assert(expr, #expr)
#endif

#define AT(type, field, off)	CHECK(offsetof(type, field) == (off))
#define SIZE(type, size)	CHECK(sizeof(type) == (size))

SIZE(DWORD, 4);
SIZE(ULONG, 4);
SIZE(UINT, 4);
SIZE(INT, 4);
SIZE(BOOL, 4);
SIZE(USHORT, 2);
SIZE(UCHAR, 1);
SIZE(ULONGLONG, 8);
SIZE(PVOID, 8);
SIZE(HANDLE, 8);
SIZE(FILETIME, 8);
AT(FILETIME, dwLowDateTime, 0);
AT(FILETIME, dwHighDateTime, 4);
CHECK((DWORD)~0 > 0);
CHECK((INT)~0 < 0);
CHECK(INFINITE == 0xFFFFFFFF);

SIZE(RTM_REGN_PROFILE, 16);
AT(RTM_REGN_PROFILE, MaxNextHopsInRoute, 0);
AT(RTM_REGN_PROFILE, MaxHandlesInEnum, 4);
AT(RTM_REGN_PROFILE, ViewsSupported, 8);
AT(RTM_REGN_PROFILE, NumberOfViews, 12);

SIZE(RTM_NET_ADDRESS, 20);
AT(RTM_NET_ADDRESS, AddressFamily, 0);
AT(RTM_NET_ADDRESS, NumBits, 2);
AT(RTM_NET_ADDRESS, AddrBits, 4);

SIZE(RTM_PREF_INFO, 8);
AT(RTM_PREF_INFO, Metric, 0);
AT(RTM_PREF_INFO, Preference, 4);

SIZE(RTM_NEXTHOP_LIST, 16);
AT(RTM_NEXTHOP_LIST, NumNextHops, 0);
AT(RTM_NEXTHOP_LIST, NextHops, 8);

SIZE(RTM_DEST_INFO, 88);
AT(RTM_DEST_INFO, DestHandle, 0);
AT(RTM_DEST_INFO, DestAddress, 8);
AT(RTM_DEST_INFO, LastChanged, 28);
AT(RTM_DEST_INFO, BelongsToViews, 36);
AT(RTM_DEST_INFO, NumberOfViews, 40);
AT(RTM_DEST_INFO, ViewInfo, 48);
AT(RTM_DEST_INFO, ViewInfo[0].ViewId, 48 + 0);
AT(RTM_DEST_INFO, ViewInfo[0].NumRoutes, 48 + 4);
AT(RTM_DEST_INFO, ViewInfo[0].Route, 48 + 8);
AT(RTM_DEST_INFO, ViewInfo[0].Owner, 48 + 16);
AT(RTM_DEST_INFO, ViewInfo[0].DestFlags, 48 + 24);
AT(RTM_DEST_INFO, ViewInfo[0].HoldRoute, 48 + 32);

SIZE(RTM_ROUTE_INFO, 64);
AT(RTM_ROUTE_INFO, DestHandle, 0);
AT(RTM_ROUTE_INFO, RouteOwner, 8);
AT(RTM_ROUTE_INFO, Neighbour, 16);
AT(RTM_ROUTE_INFO, State, 24);
AT(RTM_ROUTE_INFO, Flags1, 25);
AT(RTM_ROUTE_INFO, Flags, 26);
AT(RTM_ROUTE_INFO, PrefInfo, 28);
AT(RTM_ROUTE_INFO, BelongsToViews, 36);
AT(RTM_ROUTE_INFO, EntitySpecificInfo, 40);
AT(RTM_ROUTE_INFO, NextHopsList, 48);
AT(RTM_ROUTE_INFO, NextHopsList.NextHops, 56);

SIZE(RTM_NEXTHOP_INFO, 56);
AT(RTM_NEXTHOP_INFO, NextHopAddress, 0);
AT(RTM_NEXTHOP_INFO, NextHopOwner, 24);
AT(RTM_NEXTHOP_INFO, InterfaceIndex, 32);
AT(RTM_NEXTHOP_INFO, State, 36);
AT(RTM_NEXTHOP_INFO, Flags, 38);
AT(RTM_NEXTHOP_INFO, EntitySpecificInfo, 40);
AT(RTM_NEXTHOP_INFO, RemoteNextHop, 48);

SIZE(RTM_ENTITY_ID, 8);
AT(RTM_ENTITY_ID, EntityProtocolId, 0);
AT(RTM_ENTITY_ID, EntityInstanceId, 4);
AT(RTM_ENTITY_ID, EntityId, 0);

SIZE(RTM_ENTITY_INFO, 16);
AT(RTM_ENTITY_INFO, RtmInstanceId, 0);
AT(RTM_ENTITY_INFO, AddressFamily, 2);
AT(RTM_ENTITY_INFO, EntityId, 8);

SIZE(RTM_ENTITY_METHOD_INPUT, 12);
AT(RTM_ENTITY_METHOD_INPUT, MethodType, 0);
AT(RTM_ENTITY_METHOD_INPUT, InputSize, 4);
AT(RTM_ENTITY_METHOD_INPUT, InputData, 8);

SIZE(RTM_ENTITY_METHOD_OUTPUT, 16);
AT(RTM_ENTITY_METHOD_OUTPUT, MethodType, 0);
AT(RTM_ENTITY_METHOD_OUTPUT, MethodStatus, 4);
AT(RTM_ENTITY_METHOD_OUTPUT, OutputSize, 8);
AT(RTM_ENTITY_METHOD_OUTPUT, OutputData, 12);

SIZE(RTM_ENTITY_EXPORT_METHODS, 16);
AT(RTM_ENTITY_EXPORT_METHODS, NumMethods, 0);
AT(RTM_ENTITY_EXPORT_METHODS, Methods, 8);

/* The handle kinds are one C type, the words are 32 bits. */
SIZE(RTM_ENTITY_HANDLE, 8);
SIZE(RTM_DEST_HANDLE, 8);
SIZE(RTM_ROUTE_HANDLE, 8);
SIZE(RTM_NEXTHOP_HANDLE, 8);
SIZE(RTM_ENUM_HANDLE, 8);
SIZE(RTM_NOTIFY_HANDLE, 8);
SIZE(RTM_ROUTE_LIST_HANDLE, 8);
SIZE(RTM_VIEW_ID, 4);
SIZE(RTM_VIEW_SET, 4);
SIZE(RTM_ROUTE_CHANGE_FLAGS, 4);
SIZE(RTM_NEXTHOP_CHANGE_FLAGS, 4);
SIZE(RTM_MATCH_FLAGS, 4);
SIZE(RTM_ENUM_FLAGS, 4);
SIZE(RTM_NOTIFY_FLAGS, 4);
SIZE(RTM_ENTITY_METHOD_TYPE, 4);

CHECK(RTM_ENTITY_REGISTERED == 0);
CHECK(RTM_ENTITY_DEREGISTERED == 1);
CHECK(RTM_ROUTE_EXPIRED == 2);
CHECK(RTM_CHANGE_NOTIFICATION == 3);

CHECK(RTM_MAX_ADDRESS_SIZE == 16);
CHECK(RTM_MAX_VIEWS == 32);
CHECK(RTM_VIEW_ID_UCAST == 0 && RTM_VIEW_ID_MCAST == 1);
CHECK(RTM_VIEW_MASK_SIZE == 0x20);
CHECK(RTM_VIEW_MASK_NONE == 0 && RTM_VIEW_MASK_ANY == 0);
CHECK(RTM_VIEW_MASK_UCAST == 1 && RTM_VIEW_MASK_MCAST == 2);
CHECK(RTM_VIEW_MASK_ALL == 0xFFFFFFFF);
CHECK(RTM_DEST_FLAG_NATURAL_NET == 1);
CHECK(RTM_DEST_FLAG_FWD_ENGIN_ADD == 2);
CHECK(RTM_DEST_FLAG_DONT_FORWARD == 4);
CHECK(RTM_ROUTE_STATE_CREATED == 0);
CHECK(RTM_ROUTE_STATE_DELETING == 1);
CHECK(RTM_ROUTE_STATE_DELETED == 2);
CHECK(RTM_ROUTE_FLAGS_MARTIAN == 0x0001);
CHECK(RTM_ROUTE_FLAGS_BLACKHOLE == 0x0002);
CHECK(RTM_ROUTE_FLAGS_DISCARD == 0x0004);
CHECK(RTM_ROUTE_FLAGS_INACTIVE == 0x0008);
CHECK(RTM_ROUTE_FLAGS_LOCAL == 0x0010);
CHECK(RTM_ROUTE_FLAGS_REMOTE == 0x0020);
CHECK(RTM_ROUTE_FLAGS_MYSELF == 0x0040);
CHECK(RTM_ROUTE_FLAGS_LOOPBACK == 0x0080);
CHECK(RTM_ROUTE_FLAGS_MCAST == 0x0100);
CHECK(RTM_ROUTE_FLAGS_LOCAL_MCAST == 0x0200);
CHECK(RTM_ROUTE_FLAGS_LIMITED_BC == 0x0400);
CHECK(RTM_ROUTE_FLAGS_ZEROS_NETBC == 0x1000);
CHECK(RTM_ROUTE_FLAGS_ZEROS_SUBNETBC == 0x2000);
CHECK(RTM_ROUTE_FLAGS_ONES_NETBC == 0x4000);
CHECK(RTM_ROUTE_FLAGS_ONES_SUBNETBC == 0x8000);
CHECK(RTM_ROUTE_FLAGS_FORWARDING == 0x000F);
CHECK(RTM_ROUTE_FLAGS_ANY_UNICAST == 0x0070);
CHECK(RTM_ROUTE_FLAGS_ANY_MCAST == 0x0300);
CHECK(RTM_ROUTE_FLAGS_SUBNET_BCAST == 0xA000);
CHECK(RTM_ROUTE_FLAGS_NET_BCAST == 0x5000);
CHECK(RTM_ROUTE_FLAGS_ANY_BCAST == 0xF400);
CHECK(RTM_NEXTHOP_STATE_CREATED == 0 && RTM_NEXTHOP_STATE_DELETED == 1);
CHECK(RTM_NEXTHOP_FLAGS_REMOTE == 1 && RTM_NEXTHOP_FLAGS_DOWN == 2);
CHECK(METHOD_TYPE_ALL_METHODS == 0xFFFFFFFF);
CHECK(METHOD_RIP2_NEIGHBOUR_ADDR == 1);
CHECK(METHOD_RIP2_OUTBOUND_INTF == 2);
CHECK(METHOD_RIP2_ROUTE_TAG == 4);
CHECK(METHOD_RIP2_ROUTE_TIMESTAMP == 8);
CHECK(METHOD_BGP4_AS_PATH == 1);
CHECK(METHOD_BGP4_PEER_ID == 2);
CHECK(METHOD_BGP4_PA_ORIGIN == 4);
CHECK(METHOD_BGP4_NEXTHOP_ATTR == 8);
CHECK(METHOD_OSPF_ROUTE_TYPE == 1);
CHECK(METHOD_OSPF_ROUTE_METRIC == 2);
CHECK(METHOD_OSPF_LSDB_TYPE == 4);
CHECK(METHOD_OSPF_ROUTE_TAG == 8);
CHECK(METHOD_OSPF_ROUTE_AREA == 0x10);
CHECK(METHOD_OSPF_FWD_ADDRESS == 0x20);
CHECK(RTM_RESUME_METHODS == 0 && RTM_BLOCK_METHODS == 1);
CHECK(RTM_ROUTE_CHANGE_FIRST == 1);
CHECK(RTM_ROUTE_CHANGE_NEW == 2);
CHECK(RTM_ROUTE_CHANGE_BEST == 0x00010000);
CHECK(RTM_NEXTHOP_CHANGE_NEW == 1);
CHECK(RTM_MATCH_NONE == 0);
CHECK(RTM_MATCH_OWNER == 1);
CHECK(RTM_MATCH_NEIGHBOUR == 2);
CHECK(RTM_MATCH_PREF == 4);
CHECK(RTM_MATCH_NEXTHOP == 8);
CHECK(RTM_MATCH_INTERFACE == 0x10);
CHECK(RTM_MATCH_FULL == 0xFFFF);
CHECK(RTM_BEST_PROTOCOL == 0 && RTM_THIS_PROTOCOL == 0xFFFFFFFF);
CHECK(RTM_ENUM_START == 0 && RTM_ENUM_NEXT == 1 && RTM_ENUM_RANGE == 2);
CHECK(RTM_ENUM_ALL_DESTS == 0 && RTM_ENUM_OWN_DESTS == 0x01000000);
CHECK(RTM_ENUM_ALL_ROUTES == 0 && RTM_ENUM_OWN_ROUTES == 0x00010000);
CHECK(RTM_NUM_CHANGE_TYPES == 3);
CHECK(RTM_CHANGE_TYPE_ALL == 1 && RTM_CHANGE_TYPE_BEST == 2 && RTM_CHANGE_TYPE_FORWARDING == 4);
CHECK(RTM_NOTIFY_ONLY_MARKED_DESTS == 0x00010000);
CHECK(IPV6_ADDRESS_LEN_IN_BYTES == 16);

CHECK(NO_ERROR == 0 && ERROR_SUCCESS == 0);
CHECK(ERROR_FILE_NOT_FOUND == 2);
CHECK(ERROR_ACCESS_DENIED == 5);
CHECK(ERROR_INVALID_HANDLE == 6);
CHECK(ERROR_NOT_ENOUGH_MEMORY == 8);
CHECK(ERROR_INVALID_DATA == 13);
CHECK(ERROR_NOT_SUPPORTED == 50);
CHECK(ERROR_INVALID_PARAMETER == 87);
CHECK(ERROR_INSUFFICIENT_BUFFER == 122);
CHECK(ERROR_ALREADY_EXISTS == 183);
CHECK(ERROR_NO_MORE_ITEMS == 259);
CHECK(ERROR_NOT_FOUND == 1168);
CHECK(ERROR_NO_SYSTEM_RESOURCES == 1450);
CHECK(ERROR_BAD_CONFIGURATION == 1610);

CHECK(PROTO_IP_OTHER == 1);
CHECK(PROTO_IP_LOCAL == 2);
CHECK(PROTO_IP_NETMGMT == 3);
CHECK(PROTO_IP_RIP == 8);
CHECK(PROTO_IP_OSPF == 13);
CHECK(PROTO_IP_BGP == 14);
CHECK(PROTO_IP_DHCP == 19);
CHECK(PROTO_IP_IGMP == 10);
CHECK(PROTO_IP_VRRP == 112);
CHECK(PROTO_IPV6_DHCP == 999);
CHECK(PROTO_IP_BOOTP == 9999);
CHECK(IPRTRMGR_PID == 10000);
CHECK(PROTO_IP_NT_AUTOSTATIC == 10002);
CHECK(PROTO_IP_NT_STATIC == 10006);
CHECK(PROTO_IP_NT_STATIC_NON_DOD == 10007);
CHECK(PROTO_IP_DTP == 10013);
CHECK(PROTOCOL_ID(PROTO_TYPE_UCAST, 0xFFFF, PROTO_IP_RIP) == 0x3FFF0008);
CHECK(PROTOCOL_ID(PROTO_TYPE_MS1, PROTO_VENDOR_MS2, 0x12345) == 0xFFFF2345);

/* n handles need 56 + 8n bytes; the Windows header is one handle short. */
CHECK(RTM_BASIC_DEST_INFO_SIZE == 48 && RTM_DEST_VIEW_INFO_SIZE == 40);
CHECK(RTM_SIZE_OF_DEST_INFO(0) == 48);
CHECK(RTM_SIZE_OF_DEST_INFO(1) == sizeof(RTM_DEST_INFO));
CHECK(RTM_SIZE_OF_DEST_INFO(2) == 128);
CHECK(RTM_BASIC_ROUTE_INFO_SIZE == 56);
CHECK(RTM_SIZE_OF_ROUTE_INFO(0) == 56);
CHECK(RTM_SIZE_OF_ROUTE_INFO(1) == sizeof(RTM_ROUTE_INFO));
CHECK(RTM_SIZE_OF_ROUTE_INFO(4) == 88);

static unsigned int failures;

static void expect(int ok, const char *what, int line)
{
	if (ok)
		return;
	printf("%s:%d: %s\n", __FILE__, line, what);
	failures++;
}

#define EXPECT(expr)	expect(expr, #expr, __LINE__)

static void test_ipv4(void)
{
	RTM_NET_ADDRESS net, other;
	ULONG addr, mask;
	USHORT len;
	int i;

	memset(&net, 0xcc, sizeof(net));
	RTM_IPV4_SET_ADDR_AND_LEN(&net, inet_addr("10.1.2.3"), 24);
	EXPECT(net.AddressFamily == AF_INET && net.NumBits == 24);
	EXPECT(!memcmp(net.AddrBits, "\x0a\x01\x02\x03", 4));
	for (i = 4; i < 16; i++)
		EXPECT(net.AddrBits[i] == 0xcc);
	memset(&other, 0xcc, sizeof(other));
	RTM_IPV4_MAKE_NET_ADDRESS(&other, inet_addr("10.1.2.3"), 24);
	EXPECT(!memcmp(&net, &other, sizeof(net)));

	RTM_IPV4_GET_ADDR_AND_LEN(addr, len, &net);
	EXPECT(addr == inet_addr("10.1.2.3") && len == 24);
	RTM_IPV4_GET_ADDR_AND_MASK(addr, mask, &net);
	EXPECT(addr == inet_addr("10.1.2.3") && mask == inet_addr("255.255.255.0"));

	RTM_IPV4_SET_ADDR_AND_MASK(&net, inet_addr("192.168.0.0"), inet_addr("255.255.0.0"));
	EXPECT(net.NumBits == 16 && !memcmp(net.AddrBits, "\xc0\xa8\x00\x00", 4));
}

static void test_masks(void)
{
	unsigned int bits;
	ULONG mask;
	USHORT len;

	for (bits = 0; bits <= 32; bits++) {
		mask = RTM_IPV4_MASK_FROM_LEN(bits);
		EXPECT(ntohl(mask) == (bits ? (ULONG)(~0ull << (32 - bits)) : 0));
		RTM_IPV4_LEN_FROM_MASK(len, mask);
		EXPECT(len == bits);
	}
	EXPECT(RTM_IPV4_MASK_FROM_LEN(24) == inet_addr("255.255.255.0"));
	EXPECT(RTM_IPV4_MASK_FROM_LEN(0) == 0);
}

/* One statement each, also as the branch of an if. */
static void test_statements(int yes)
{
	RTM_NET_ADDRESS net;
	IN6_ADDR addr6;
	DWORD len6 = 0;
	ULONG mask = 0;
	USHORT len = 0;
	ULONG addr;

	memset(&net, 0, sizeof(net));
	memset(&addr6, 0, sizeof(addr6));
	if (yes)
		RTM_IPV4_MAKE_NET_ADDRESS(&net, 0, 1);
	else
		RTM_IPV4_SET_ADDR_AND_MASK(&net, 0, 0);
	if (yes)
		RTM_IPV4_GET_ADDR_AND_LEN(addr, len, &net);
	else
		RTM_IPV4_GET_ADDR_AND_MASK(addr, mask, &net);
	EXPECT(len == 1 && mask == 0);
	if (yes)
		RTM_IPV4_LEN_FROM_MASK(len, 0);
	else
		RTM_CHECK_NTH_BIT(addr, 1, len);
	EXPECT(len == 0);
	if (yes)
		RTM_IPV6_MAKE_NET_ADDRESS(&net, addr6, 64);
	else
		RTM_IPV6_GET_ADDR_AND_LEN(&addr6, &len6, &net);
	EXPECT(net.NumBits == 64);
}

static void test_ipv6(void)
{
	RTM_NET_ADDRESS net;
	IN6_ADDR addr, back;
	DWORD len = 0;

	inet_pton(AF_INET6, "2001:db8::1", &addr);
	memset(&net, 0xcc, sizeof(net));
	RTM_IPV6_SET_ADDR_AND_LEN(&net, addr, 64);
	EXPECT(net.AddressFamily == AF_INET6 && net.NumBits == 64);
	EXPECT(!memcmp(net.AddrBits, &addr, 16));
	memset(&back, 0, sizeof(back));
	RTM_IPV6_GET_ADDR_AND_LEN(&back, &len, &net);
	EXPECT(len == 64 && !memcmp(&back, &addr, 16));

	EXPECT(RtmConvertIpv6AddressAndLengthToNetAddress(&net, addr, 129, 16) ==
	       ERROR_INVALID_PARAMETER);
	EXPECT(RtmConvertIpv6AddressAndLengthToNetAddress(&net, addr, 128, 15) ==
	       ERROR_INVALID_PARAMETER);
	EXPECT(RtmConvertIpv6AddressAndLengthToNetAddress(NULL, addr, 128, 16) ==
	       ERROR_INVALID_PARAMETER);
	EXPECT(net.NumBits == 64);
	EXPECT(RtmConvertNetAddressToIpv6AddressAndLength(&net, &back, &len, 4) ==
	       ERROR_INVALID_PARAMETER);
	EXPECT(RtmConvertNetAddressToIpv6AddressAndLength(NULL, &back, &len, 16) ==
	       ERROR_INVALID_PARAMETER);
	EXPECT(RtmConvertNetAddressToIpv6AddressAndLength(&net, NULL, &len, 16) ==
	       ERROR_INVALID_PARAMETER);
	EXPECT(RtmConvertNetAddressToIpv6AddressAndLength(&net, &back, NULL, 16) ==
	       ERROR_INVALID_PARAMETER);
	net.NumBits = 129;
	EXPECT(RtmConvertNetAddressToIpv6AddressAndLength(&net, &back, &len, 16) ==
	       ERROR_INVALID_PARAMETER);
	net.NumBits = 64;
	net.AddressFamily = AF_INET;
	EXPECT(RtmConvertNetAddressToIpv6AddressAndLength(&net, &back, &len, 16) ==
	       ERROR_INVALID_PARAMETER);
	EXPECT(len == 64 && !memcmp(&back, &addr, 16));
}

int main(void)
{
	test_ipv4();
	test_masks();
	test_statements(1);
	test_ipv6();
	if (failures)
		printf("%u checks failed\n", failures);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
