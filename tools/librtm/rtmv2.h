/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Routing Table Manager version 2 for Linux: the Windows programming interface.
 *
 * How this file works: names, types, layouts and values are those of the public
 * RTMv2 documentation, so that source code written for it compiles unchanged.
 * Where the public header is known to be wrong (sizes that are one handle short,
 * undefined names, macros that end in a semicolon) this one is right.  The
 * types and constants of the whole interface are here; the functions are those
 * that the library has.
 *
 * Rules that hold for every function:
 *
 *  - The result is a Windows error code, NO_ERROR (0) on success.  errno means
 *    nothing.  After a failure nothing has changed and the output arguments
 *    have the values they had, unless the function says otherwise.
 *  - A NULL pointer where one is needed gives ERROR_INVALID_PARAMETER, and is
 *    noticed before anything else; a registration that does not exist, or has
 *    ended, gives ERROR_INVALID_HANDLE and is noticed next.  The functions
 *    below list only what they add to these two.
 *  - Every function may be called by any number of threads at a time, and from
 *    callbacks except where a callback forbids it.  A signal handler restarts a
 *    wait; a fatal signal ends it.
 *  - Each handle that a function returns, alone or inside a structure, carries
 *    one reference, which the caller gives back with the release function of
 *    its kind.  The same object always has the same handle value in a process, and
 *    a registration that gives back what it has no reference of takes one of another
 *    registration of the process: they may pass handles on.
 *  - A child made by fork() starts without registrations: the handles it
 *    inherited give ERROR_INVALID_HANDLE and it may register anew.
 *  - ERROR_ACCESS_DENIED is also what a process without CAP_NET_ADMIN gets.
 *
 * Programs that never saw Windows will find <librtm.h> more natural.
 */
#ifndef _RTMV2_H
#define _RTMV2_H

#if __SIZEOF_POINTER__ != 8
#error "librtm is for 64-bit programs: a handle is a 64-bit id in a pointer"
#endif

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Base types of the interface.  A program that has them from elsewhere defines
 * RTM_NO_BASE_TYPES first; their widths must be these.
 */
#ifndef RTM_NO_BASE_TYPES
typedef uint32_t DWORD, *PDWORD;
typedef uint32_t ULONG, *PULONG;
typedef uint32_t UINT, *PUINT;
typedef int32_t INT, *PINT;
typedef int32_t BOOL, *PBOOL;
typedef uint16_t USHORT, *PUSHORT;
typedef uint8_t UCHAR, *PUCHAR;
typedef uint64_t ULONGLONG, *PULONGLONG;
typedef void *PVOID;
typedef void *HANDLE, **PHANDLE;
typedef struct in6_addr IN6_ADDR, *PIN6_ADDR;

/* 100 ns ticks since 1601-01-01 00:00 UTC. */
typedef struct _FILETIME {
	DWORD dwLowDateTime;
	DWORD dwHighDateTime;
} FILETIME, *PFILETIME;
#endif /* RTM_NO_BASE_TYPES */

#ifndef VOID
#define VOID		void
#endif
#ifndef WINAPI
#define WINAPI
#endif
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif
#ifndef TRUE
#define TRUE		1
#endif
#ifndef FALSE
#define FALSE		0
#endif
#ifndef INFINITE
#define INFINITE	0xFFFFFFFFu
#endif

/* Error codes: what the functions return. */
#ifndef NO_ERROR
#define NO_ERROR			0
#endif
#ifndef ERROR_SUCCESS
#define ERROR_SUCCESS			0
#define ERROR_FILE_NOT_FOUND		2
#define ERROR_ACCESS_DENIED		5
#define ERROR_INVALID_HANDLE		6
#define ERROR_NOT_ENOUGH_MEMORY		8
#define ERROR_INVALID_DATA		13
#define ERROR_NOT_SUPPORTED		50
#define ERROR_INVALID_PARAMETER		87
#define ERROR_INSUFFICIENT_BUFFER	122
#define ERROR_ALREADY_EXISTS		183
#define ERROR_NO_MORE_ITEMS		259
#define ERROR_NOT_FOUND			1168
#define ERROR_NO_SYSTEM_RESOURCES	1450
#define ERROR_BAD_CONFIGURATION		1610
#endif

/* Protocol ids: EntityProtocolId and the ProtocolId arguments. */
#define PROTO_TYPE_UCAST		0
#define PROTO_TYPE_MCAST		1
#define PROTO_TYPE_MS0			2
#define PROTO_TYPE_MS1			3
#define PROTO_VENDOR_MS0		0x0000
#define PROTO_VENDOR_MS1		0x0137
#define PROTO_VENDOR_MS2		0x3FFF
#define PROTOCOL_ID(Type, VendorId, ProtocolId)			\
	((((DWORD)(Type) & 0x03) << 30) |			\
	 (((DWORD)(VendorId) & 0x3FFF) << 16) |			\
	 ((DWORD)(ProtocolId) & 0xFFFF))

#define PROTO_IP_OTHER			1
#define PROTO_IP_LOCAL			2
#define PROTO_IP_NETMGMT		3
#define PROTO_IP_ICMP			4
#define PROTO_IP_EGP			5
#define PROTO_IP_GGP			6
#define PROTO_IP_HELLO			7
#define PROTO_IP_RIP			8
#define PROTO_IP_IS_IS			9
#define PROTO_IP_ES_IS			10
#define PROTO_IP_CISCO			11
#define PROTO_IP_BBN			12
#define PROTO_IP_OSPF			13
#define PROTO_IP_BGP			14
#define PROTO_IP_IDPR			15
#define PROTO_IP_EIGRP			16
#define PROTO_IP_DVMRP			17
#define PROTO_IP_RPL			18
#define PROTO_IP_DHCP			19
/* These three are of type PROTO_TYPE_MCAST and share numbers with the above. */
#define PROTO_IP_MSDP			9
#define PROTO_IP_IGMP			10
#define PROTO_IP_BGMP			11
#define PROTO_IP_VRRP			112
#define PROTO_IPV6_DHCP			999
#define PROTO_IP_BOOTP			9999
#define IPRTRMGR_PID			10000
#define PROTO_IP_NT_AUTOSTATIC		10002
#define PROTO_IP_DNS_PROXY		10003
#define PROTO_IP_DHCP_ALLOCATOR		10004
#define PROTO_IP_NAT			10005
#define PROTO_IP_NT_STATIC		10006
#define PROTO_IP_NT_STATIC_NON_DOD	10007
#define PROTO_IP_DIFFSERV		10008
#define PROTO_IP_MGM			10009
#define PROTO_IP_ALG			10010
#define PROTO_IP_H323			10011
#define PROTO_IP_FTP			10012
#define PROTO_IP_DTP			10013

/* Views: subsets of a table, at most RTM_MAX_VIEWS of them; two exist. */
#define RTM_MAX_ADDRESS_SIZE		16
#define RTM_MAX_VIEWS			32
#define RTM_VIEW_ID_UCAST		0
#define RTM_VIEW_ID_MCAST		1
#define RTM_VIEW_MASK_SIZE		0x20
#define RTM_VIEW_MASK_NONE		0x00000000
#define RTM_VIEW_MASK_ANY		0x00000000
#define RTM_VIEW_MASK_UCAST		0x00000001
#define RTM_VIEW_MASK_MCAST		0x00000002
#define RTM_VIEW_MASK_ALL		0xFFFFFFFFu

/* Destination flags; RTM_DEST_INFO reports the best route's flags instead. */
#define RTM_DEST_FLAG_NATURAL_NET	0x01
#define RTM_DEST_FLAG_FWD_ENGIN_ADD	0x02
#define RTM_DEST_FLAG_DONT_FORWARD	0x04

/* RTM_ROUTE_INFO.State */
#define RTM_ROUTE_STATE_CREATED		0
#define RTM_ROUTE_STATE_DELETING	1
#define RTM_ROUTE_STATE_DELETED		2

/* RTM_ROUTE_INFO.Flags; the first four decide about forwarding. */
#define RTM_ROUTE_FLAGS_MARTIAN		0x0001
#define RTM_ROUTE_FLAGS_BLACKHOLE	0x0002
#define RTM_ROUTE_FLAGS_DISCARD		0x0004
#define RTM_ROUTE_FLAGS_INACTIVE	0x0008
#define RTM_ROUTE_FLAGS_LOCAL		0x0010
#define RTM_ROUTE_FLAGS_REMOTE		0x0020
#define RTM_ROUTE_FLAGS_MYSELF		0x0040
#define RTM_ROUTE_FLAGS_LOOPBACK	0x0080
#define RTM_ROUTE_FLAGS_MCAST		0x0100
#define RTM_ROUTE_FLAGS_LOCAL_MCAST	0x0200
#define RTM_ROUTE_FLAGS_LIMITED_BC	0x0400
#define RTM_ROUTE_FLAGS_ZEROS_NETBC	0x1000
#define RTM_ROUTE_FLAGS_ZEROS_SUBNETBC	0x2000
#define RTM_ROUTE_FLAGS_ONES_NETBC	0x4000
#define RTM_ROUTE_FLAGS_ONES_SUBNETBC	0x8000
#define RTM_ROUTE_FLAGS_ONES_SUBNET_BC	RTM_ROUTE_FLAGS_ONES_SUBNETBC

#define RTM_ROUTE_FLAGS_FORWARDING	(RTM_ROUTE_FLAGS_MARTIAN | RTM_ROUTE_FLAGS_BLACKHOLE | \
					 RTM_ROUTE_FLAGS_DISCARD | RTM_ROUTE_FLAGS_INACTIVE)
#define RTM_ROUTE_FLAGS_ANY_UNICAST	(RTM_ROUTE_FLAGS_LOCAL | RTM_ROUTE_FLAGS_REMOTE | \
					 RTM_ROUTE_FLAGS_MYSELF)
#define RTM_ROUTE_FLAGS_ANY_MCAST	(RTM_ROUTE_FLAGS_MCAST | RTM_ROUTE_FLAGS_LOCAL_MCAST)
#define RTM_ROUTE_FLAGS_SUBNET_BCAST	(RTM_ROUTE_FLAGS_ZEROS_SUBNETBC | \
					 RTM_ROUTE_FLAGS_ONES_SUBNETBC)
#define RTM_ROUTE_FLAGS_NET_BCAST	(RTM_ROUTE_FLAGS_ZEROS_NETBC | RTM_ROUTE_FLAGS_ONES_NETBC)
#define RTM_ROUTE_FLAGS_ANY_BCAST	(RTM_ROUTE_FLAGS_LIMITED_BC | \
					 RTM_ROUTE_FLAGS_SUBNET_BCAST | \
					 RTM_ROUTE_FLAGS_NET_BCAST)

/* RTM_NEXTHOP_INFO.State and .Flags */
#define RTM_NEXTHOP_STATE_CREATED	0
#define RTM_NEXTHOP_STATE_DELETED	1
#define RTM_NEXTHOP_FLAGS_REMOTE	0x0001
#define RTM_NEXTHOP_FLAGS_DOWN		0x0002

/* Method types */
#define METHOD_TYPE_ALL_METHODS		0xFFFFFFFFu
#define METHOD_RIP2_NEIGHBOUR_ADDR	0x00000001
#define METHOD_RIP2_OUTBOUND_INTF	0x00000002
#define METHOD_RIP2_ROUTE_TAG		0x00000004
#define METHOD_RIP2_ROUTE_TIMESTAMP	0x00000008
#define METHOD_OSPF_ROUTE_TYPE		0x00000001
#define METHOD_OSPF_ROUTE_METRIC	0x00000002
#define METHOD_OSPF_LSDB_TYPE		0x00000004
#define METHOD_OSPF_ROUTE_TAG		0x00000008
#define METHOD_OSPF_ROUTE_AREA		0x00000010
#define METHOD_OSPF_FWD_ADDRESS		0x00000020
#define METHOD_BGP4_AS_PATH		0x00000001
#define METHOD_BGP4_PEER_ID		0x00000002
#define METHOD_BGP4_PA_ORIGIN		0x00000004
#define METHOD_BGP4_NEXTHOP_ATTR	0x00000008

/* RtmBlockMethods; the three target types have no public value, these are ours. */
#define RTM_RESUME_METHODS		0
#define RTM_BLOCK_METHODS		1
#ifndef DEST_TYPE
#define DEST_TYPE			1
#define ROUTE_TYPE			2
#define NEXTHOP_TYPE			3
#endif

/* Change flags */
#define RTM_ROUTE_CHANGE_FIRST		0x00000001
#define RTM_ROUTE_CHANGE_NEW		0x00000002
#define RTM_ROUTE_CHANGE_BEST		0x00010000
#define RTM_NEXTHOP_CHANGE_NEW		0x00000001

/* Match flags */
#define RTM_MATCH_NONE			0x00000000
#define RTM_MATCH_OWNER			0x00000001
#define RTM_MATCH_NEIGHBOUR		0x00000002
#define RTM_MATCH_PREF			0x00000004
#define RTM_MATCH_NEXTHOP		0x00000008
#define RTM_MATCH_INTERFACE		0x00000010
#define RTM_MATCH_FULL			0x0000FFFF

/* ProtocolId arguments: any protocol, and the caller's own. */
#define RTM_BEST_PROTOCOL		((ULONG)0)
#define RTM_THIS_PROTOCOL		((ULONG)0xFFFFFFFFu)

/* Enumeration flags */
#define RTM_ENUM_START			0x00000000
#define RTM_ENUM_NEXT			0x00000001
#define RTM_ENUM_RANGE			0x00000002
#define RTM_ENUM_ALL_DESTS		0x00000000
#define RTM_ENUM_OWN_DESTS		0x01000000
#define RTM_ENUM_ALL_ROUTES		0x00000000
#define RTM_ENUM_OWN_ROUTES		0x00010000

/* Notification flags */
#define RTM_NUM_CHANGE_TYPES		3
#define RTM_CHANGE_TYPE_ALL		0x0001
#define RTM_CHANGE_TYPE_BEST		0x0002
#define RTM_CHANGE_TYPE_FORWARDING	0x0004
#define RTM_NOTIFY_ONLY_MARKED_DESTS	0x00010000

#define IPV6_ADDRESS_LEN_IN_BYTES	16

/* Handles: values to keep and pass on, never to look into. */
typedef HANDLE RTM_ENTITY_HANDLE, *PRTM_ENTITY_HANDLE;
typedef HANDLE RTM_DEST_HANDLE, *PRTM_DEST_HANDLE;
typedef HANDLE RTM_ROUTE_HANDLE, *PRTM_ROUTE_HANDLE;
typedef HANDLE RTM_NEXTHOP_HANDLE, *PRTM_NEXTHOP_HANDLE;
typedef HANDLE RTM_ENUM_HANDLE, *PRTM_ENUM_HANDLE;
typedef HANDLE RTM_NOTIFY_HANDLE, *PRTM_NOTIFY_HANDLE;
typedef HANDLE RTM_ROUTE_LIST_HANDLE, *PRTM_ROUTE_LIST_HANDLE;

typedef INT RTM_VIEW_ID, *PRTM_VIEW_ID;
typedef DWORD RTM_VIEW_SET, *PRTM_VIEW_SET;
typedef DWORD RTM_ROUTE_CHANGE_FLAGS, *PRTM_ROUTE_CHANGE_FLAGS;
typedef DWORD RTM_NEXTHOP_CHANGE_FLAGS, *PRTM_NEXTHOP_CHANGE_FLAGS;
typedef DWORD RTM_MATCH_FLAGS, *PRTM_MATCH_FLAGS;
typedef DWORD RTM_ENUM_FLAGS, *PRTM_ENUM_FLAGS;
typedef DWORD RTM_NOTIFY_FLAGS, *PRTM_NOTIFY_FLAGS;
typedef DWORD RTM_ENTITY_METHOD_TYPE, *PRTM_ENTITY_METHOD_TYPE;

/* Limits and views of a table, from RtmRegisterEntity. */
typedef struct _RTM_REGN_PROFILE {
	UINT MaxNextHopsInRoute;	/* most next hops of one route */
	UINT MaxHandlesInEnum;		/* most items of one enumeration call */
	RTM_VIEW_SET ViewsSupported;
	UINT NumberOfViews;		/* bits in ViewsSupported */
} RTM_REGN_PROFILE, *PRTM_REGN_PROFILE;

/*
 * An address prefix.  AddrBits is in network order, IPv4 in the first four
 * bytes; bits beyond NumBits are ignored on input and zero on output.
 */
typedef struct _RTM_NET_ADDRESS {
	USHORT AddressFamily;		/* AF_INET or AF_INET6 */
	USHORT NumBits;			/* prefix length, 0..32 or 0..128 */
	UCHAR AddrBits[RTM_MAX_ADDRESS_SIZE];
} RTM_NET_ADDRESS, *PRTM_NET_ADDRESS;

/* Lower is better; Preference first.  Preference 0: the protocol's default. */
typedef struct _RTM_PREF_INFO {
	ULONG Metric;
	ULONG Preference;
} RTM_PREF_INFO, *PRTM_PREF_INFO;

/* Next hops of a route: NumNextHops handles, room is the caller's affair. */
typedef struct _RTM_NEXTHOP_LIST {
	USHORT NumNextHops;
	RTM_NEXTHOP_HANDLE NextHops[1];
} RTM_NEXTHOP_LIST, *PRTM_NEXTHOP_LIST;

/* A destination, with NumberOfViews blocks; sized by RTM_SIZE_OF_DEST_INFO. */
typedef struct _RTM_DEST_INFO {
	RTM_DEST_HANDLE DestHandle;
	RTM_NET_ADDRESS DestAddress;
	FILETIME LastChanged;
	RTM_VIEW_SET BelongsToViews;
	UINT NumberOfViews;
	struct {
		RTM_VIEW_ID ViewId;
		UINT NumRoutes;			/* in this view, of all protocols */
		RTM_ROUTE_HANDLE Route;		/* best of the asked protocol, or NULL */
		RTM_ENTITY_HANDLE Owner;	/* of Route, or NULL */
		DWORD DestFlags;		/* RTM_ROUTE_FLAGS_* of Route */
		RTM_ROUTE_HANDLE HoldRoute;	/* held-down route, or NULL */
	} ViewInfo[1];
} RTM_DEST_INFO, *PRTM_DEST_INFO;

/* A route; sized by RTM_SIZE_OF_ROUTE_INFO. */
typedef struct _RTM_ROUTE_INFO {
	RTM_DEST_HANDLE DestHandle;		/* set by the manager */
	RTM_ENTITY_HANDLE RouteOwner;		/* set by the manager */
	RTM_NEXTHOP_HANDLE Neighbour;		/* learned from; NULL for link state */
	UCHAR State;				/* set by the manager */
	UCHAR Flags1;				/* carried, not looked at */
	USHORT Flags;				/* RTM_ROUTE_FLAGS_* */
	RTM_PREF_INFO PrefInfo;
	RTM_VIEW_SET BelongsToViews;		/* to add: 0 for all */
	PVOID EntitySpecificInfo;		/* the owner's, not looked at */
	RTM_NEXTHOP_LIST NextHopsList;		/* of equal cost */
} RTM_ROUTE_INFO, *PRTM_ROUTE_INFO;

/* A next hop.  Address and interface are its key within its owner. */
typedef struct _RTM_NEXTHOP_INFO {
	RTM_NET_ADDRESS NextHopAddress;
	RTM_ENTITY_HANDLE NextHopOwner;		/* set by the manager */
	ULONG InterfaceIndex;			/* 0 for a remote next hop */
	USHORT State;				/* set by the manager */
	USHORT Flags;				/* RTM_NEXTHOP_FLAGS_* */
	PVOID EntitySpecificInfo;		/* the owner's, not looked at */
	RTM_DEST_HANDLE RemoteNextHop;		/* covers a remote next hop, or NULL */
} RTM_NEXTHOP_INFO, *PRTM_NEXTHOP_INFO;

/* Who an entity is within its table. */
typedef struct _RTM_ENTITY_ID {
	union {
		__extension__ struct {
			ULONG EntityProtocolId;
			ULONG EntityInstanceId;
		};
		ULONGLONG EntityId;
	};
} RTM_ENTITY_ID, *PRTM_ENTITY_ID;

/* Which table an entity registers with, and who it is. */
typedef struct _RTM_ENTITY_INFO {
	USHORT RtmInstanceId;			/* 0 is the one that forwards */
	USHORT AddressFamily;			/* AF_INET or AF_INET6 */
	RTM_ENTITY_ID EntityId;
} RTM_ENTITY_INFO, *PRTM_ENTITY_INFO;

typedef struct _RTM_ENTITY_METHOD_INPUT {
	RTM_ENTITY_METHOD_TYPE MethodType;
	UINT InputSize;
	UCHAR InputData[1];
} RTM_ENTITY_METHOD_INPUT, *PRTM_ENTITY_METHOD_INPUT;

typedef struct _RTM_ENTITY_METHOD_OUTPUT {
	RTM_ENTITY_METHOD_TYPE MethodType;
	DWORD MethodStatus;
	UINT OutputSize;
	UCHAR OutputData[1];
} RTM_ENTITY_METHOD_OUTPUT, *PRTM_ENTITY_METHOD_OUTPUT;

typedef VOID (WINAPI *_ENTITY_METHOD)(RTM_ENTITY_HANDLE CallerHandle,
				      RTM_ENTITY_HANDLE CalleeHandle,
				      RTM_ENTITY_METHOD_INPUT *Input,
				      RTM_ENTITY_METHOD_OUTPUT *Output);
typedef _ENTITY_METHOD RTM_ENTITY_EXPORT_METHOD, *PRTM_ENTITY_EXPORT_METHOD;

typedef struct _RTM_ENTITY_EXPORT_METHODS {
	UINT NumMethods;			/* at most 32 */
	RTM_ENTITY_EXPORT_METHOD Methods[1];
} RTM_ENTITY_EXPORT_METHODS, *PRTM_ENTITY_EXPORT_METHODS;

typedef enum _RTM_EVENT_TYPE {
	RTM_ENTITY_REGISTERED,
	RTM_ENTITY_DEREGISTERED,
	RTM_ROUTE_EXPIRED,
	RTM_CHANGE_NOTIFICATION
} RTM_EVENT_TYPE, *PRTM_EVENT_TYPE;

/*
 * Called on the library's own thread, one call at a time, with no lock of the
 * library held and all signals blocked.  RtmRegHandle is the receiver's
 * registration.
 *
 * RTM_ENTITY_REGISTERED, RTM_ENTITY_DEREGISTERED: Context1 is the handle of the
 * entity that came or went, Context2 its RTM_ENTITY_INFO.  Both are valid during
 * the call only; RtmReferenceHandles keeps the handle.  An entity hears about
 * others, never about itself, and about what came after its own registration.
 * RtmRegisterEntity, RtmDeregisterEntity and RtmGetRegisteredEntities must not
 * be called in here.  The result is ignored.
 *
 * RTM_ROUTE_EXPIRED: the time to live of a route of the registration is over.  Context1
 * is its handle, Context2 its RTM_ROUTE_INFO: the very memory that RtmLockRoute gives
 * out.  ERROR_NOT_SUPPORTED deletes the route, and its handle with it.  With any other
 * result the client has dealt with it, and releases the handle; a route that it has not
 * given a new time stays without an end.  A client that says nothing for too long
 * (parameter expiry_answer_ms of the module) loses the route.
 */
typedef DWORD (WINAPI *_EVENT_CALLBACK)(RTM_ENTITY_HANDLE RtmRegHandle, RTM_EVENT_TYPE EventType,
					PVOID Context1, PVOID Context2);
typedef _EVENT_CALLBACK RTM_EVENT_CALLBACK, *PRTM_EVENT_CALLBACK;

/* Bytes of a structure with that many view blocks, or next hops. */
#define RTM_BASIC_DEST_INFO_SIZE	offsetof(RTM_DEST_INFO, ViewInfo)
#define RTM_DEST_VIEW_INFO_SIZE		(sizeof(RTM_DEST_INFO) - RTM_BASIC_DEST_INFO_SIZE)
#define RTM_SIZE_OF_DEST_INFO(NumViews)	\
	(RTM_BASIC_DEST_INFO_SIZE + (NumViews) * RTM_DEST_VIEW_INFO_SIZE)
#define RTM_BASIC_ROUTE_INFO_SIZE	\
	(offsetof(RTM_ROUTE_INFO, NextHopsList) + offsetof(RTM_NEXTHOP_LIST, NextHops))
#define RTM_SIZE_OF_ROUTE_INFO(NumHops)	\
	(RTM_BASIC_ROUTE_INFO_SIZE + (NumHops) * sizeof(RTM_NEXTHOP_HANDLE))

/*
 * IPv4 addresses and masks as 32-bit numbers in network order, as in struct
 * in_addr.  The setters leave the last 12 bytes of AddrBits alone.
 */
#define RTM_IPV4_MAKE_NET_ADDRESS(NetAddress, Addr, Len)	\
	RTM_IPV4_SET_ADDR_AND_LEN(NetAddress, Addr, Len)

#define RTM_IPV4_SET_ADDR_AND_LEN(NetAddress, Addr, Len)		\
	do {								\
		RTM_NET_ADDRESS *_rtm_net = (NetAddress);		\
		ULONG _rtm_addr = (Addr);				\
									\
		_rtm_net->AddressFamily = AF_INET;			\
		_rtm_net->NumBits = (USHORT)(Len);			\
		memcpy(_rtm_net->AddrBits, &_rtm_addr, 4);		\
	} while (0)

#define RTM_IPV4_GET_ADDR_AND_LEN(Addr, Len, NetAddress)		\
	do {								\
		const RTM_NET_ADDRESS *_rtm_net = (NetAddress);		\
		ULONG _rtm_addr;					\
									\
		memcpy(&_rtm_addr, _rtm_net->AddrBits, 4);		\
		(Addr) = _rtm_addr;					\
		(Len) = _rtm_net->NumBits;				\
	} while (0)

#define RTM_IPV4_SET_ADDR_AND_MASK(NetAddress, Addr, Mask)		\
	do {								\
		USHORT _rtm_len;					\
									\
		RTM_IPV4_LEN_FROM_MASK(_rtm_len, Mask);			\
		RTM_IPV4_SET_ADDR_AND_LEN(NetAddress, Addr, _rtm_len);	\
	} while (0)

#define RTM_IPV4_GET_ADDR_AND_MASK(Addr, Mask, NetAddress)		\
	do {								\
		USHORT _rtm_len;					\
									\
		RTM_IPV4_GET_ADDR_AND_LEN(Addr, _rtm_len, NetAddress);	\
		(Mask) = RTM_IPV4_MASK_FROM_LEN(_rtm_len);		\
	} while (0)

/* The length of a contiguous mask: its leading ones, found by halving. */
#define RTM_IPV4_LEN_FROM_MASK(Len, Mask)				\
	do {								\
		ULONG _rtm_mask = ntohl(Mask);				\
		USHORT _rtm_ones = 0;					\
									\
		RTM_CHECK_NTH_BIT(_rtm_mask, 16, _rtm_ones);		\
		RTM_CHECK_NTH_BIT(_rtm_mask, 8, _rtm_ones);		\
		RTM_CHECK_NTH_BIT(_rtm_mask, 4, _rtm_ones);		\
		RTM_CHECK_NTH_BIT(_rtm_mask, 2, _rtm_ones);		\
		RTM_CHECK_NTH_BIT(_rtm_mask, 1, _rtm_ones);		\
		(Len) = (USHORT)(_rtm_ones + (_rtm_mask >> 31));	\
	} while (0)

/* If the Nth bit from the left is set, counts N ones and shifts them out. */
#define RTM_CHECK_NTH_BIT(Value, N, Len)				\
	do {								\
		if ((Value) & (0x80000000u >> ((N) - 1))) {		\
			(Value) <<= (N);				\
			(Len) = (USHORT)((Len) + (N));			\
		}							\
	} while (0)

/* 64 bits wide, so that no length shifts by the whole width. */
#define RTM_IPV4_MASK_FROM_LEN(Len)	\
	((ULONG)htonl((ULONG)(0xFFFFFFFFull << (32 - (Len)))))

/* Addr is an IN6_ADDR for the setters; Addr and Len are pointers for the getter. */
#define RTM_IPV6_MAKE_NET_ADDRESS(NetAddress, Addr, Len)	\
	RTM_IPV6_SET_ADDR_AND_LEN(NetAddress, Addr, Len)

#define RTM_IPV6_SET_ADDR_AND_LEN(NetAddress, Addr, Len)			\
	((void)RtmConvertIpv6AddressAndLengthToNetAddress((NetAddress), (Addr),	\
							  (Len), sizeof(IN6_ADDR)))

#define RTM_IPV6_GET_ADDR_AND_LEN(Addr, Len, NetAddress)			\
	((void)RtmConvertNetAddressToIpv6AddressAndLength((NetAddress), (Addr),	\
							  (Len), sizeof(IN6_ADDR)))

/**
 * RtmRegisterEntity() - join a routing table
 * @RtmEntityInfo: table (instance, family) and name; the name must be free
 * @ExportMethods: methods to export, at most 32, none of them NULL; copied.
 *	NULL exports nothing
 * @EventCallback: called when entities come and go, and for changes that were asked
 *	for; NULL for none
 * @ReserveOpaquePointer: TRUE reserves one pointer in each destination
 * @RtmRegProfile: out: limits and views of the table
 * @RtmRegHandle: out: the registration, ended by RtmDeregisterEntity()
 *
 * The first call of every client.  Its events, and calls of its methods, may begin
 * before it returns; they run in a thread of the library.  What becomes of routes and
 * next hops when the process dies is what rtm.conf(5) says.
 * ERROR_ALREADY_EXISTS: the name is registered.  ERROR_INVALID_PARAMETER: the
 * family is neither AF_INET nor AF_INET6, or more than 32 methods.
 * ERROR_NO_SYSTEM_RESOURCES: no slot is left, or a limit on entities, instances,
 * files or threads is reached.  ERROR_NOT_ENOUGH_MEMORY.  ERROR_FILE_NOT_FOUND:
 * the module is not loaded.  ERROR_BAD_CONFIGURATION: the module is of another
 * ABI version.  ERROR_ACCESS_DENIED.
 */
DWORD WINAPI RtmRegisterEntity(PRTM_ENTITY_INFO RtmEntityInfo,
			       PRTM_ENTITY_EXPORT_METHODS ExportMethods,
			       RTM_EVENT_CALLBACK EventCallback, BOOL ReserveOpaquePointer,
			       PRTM_REGN_PROFILE RtmRegProfile, PRTM_ENTITY_HANDLE RtmRegHandle);

/**
 * RtmDeregisterEntity() - leave a routing table
 * @RtmRegHandle: registration
 *
 * Drops the locks, routes, next hops, opaque cells and handles that are left.
 * Calls of the registration that other threads wait in end with
 * ERROR_INVALID_HANDLE.  No callback begins any more and a running one is waited
 * for, except by itself, and for three seconds at most: a client that calls this
 * under a lock which its callback wants is delayed, not stuck.
 */
DWORD WINAPI RtmDeregisterEntity(RTM_ENTITY_HANDLE RtmRegHandle);

/**
 * RtmGetRegisteredEntities() - list the entities of the caller's table
 * @RtmRegHandle: registration
 * @NumEntities: in: room in both arrays; out: entries stored
 * @EntityHandles: out: handles, for RtmReleaseEntities(); NULL if not wanted
 * @EntityInfos: out: names; NULL if not wanted
 *
 * The caller is in the list.  ERROR_INSUFFICIENT_BUFFER: there are more entities
 * than room; what fits is stored and counted in @NumEntities.  With no room at
 * all (0, or both arrays NULL) @NumEntities becomes the number of entities.
 */
DWORD WINAPI RtmGetRegisteredEntities(RTM_ENTITY_HANDLE RtmRegHandle, PUINT NumEntities,
				      PRTM_ENTITY_HANDLE EntityHandles,
				      PRTM_ENTITY_INFO EntityInfos);

/**
 * RtmReleaseEntities() - give entity handles back
 * @RtmRegHandle: registration
 * @NumEntities: number of handles
 * @EntityHandles: handles; NULL ones are skipped
 *
 * ERROR_INVALID_HANDLE: one was bad; the others are released.
 */
DWORD WINAPI RtmReleaseEntities(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumEntities,
				PRTM_ENTITY_HANDLE EntityHandles);

/**
 * RtmLockDestination() - lock or unlock a destination and its routes
 * @RtmRegHandle: registration
 * @DestHandle: the destination; the caller keeps its reference until unlocked
 * @Exclusive: TRUE to change, FALSE to look; the same for lock and unlock
 * @LockDest: TRUE to lock, FALSE to unlock
 *
 * Waits without limit, first come first served.  Belongs to the entity and the
 * calling thread, which may lock again what it holds and then unlocks as often;
 * any thread of the entity may unlock.  ERROR_ACCESS_DENIED: exclusive, without
 * a route there or an opaque pointer reserved (see the module's parameter
 * dest_lock_policy); shared to exclusive while others hold it; the thread itself
 * holds it through another entity; or an unlock of what is not held.
 * ERROR_INVALID_HANDLE: bad @DestHandle, or the registration ended meanwhile.
 * ERROR_NOT_ENOUGH_MEMORY.
 *
 * The exclusive unlock is when an opaque pointer that became NULL, or stopped
 * being NULL, begins to count; if that fails the destination stays locked.
 */
DWORD WINAPI RtmLockDestination(RTM_ENTITY_HANDLE RtmRegHandle, RTM_DEST_HANDLE DestHandle,
				BOOL Exclusive, BOOL LockDest);

/**
 * RtmGetOpaqueInformationPointer() - find the caller's cell in a destination
 * @RtmRegHandle: registration, made with ReserveOpaquePointer
 * @DestHandle: the destination
 * @OpaqueInfoPointer: out: address of the cell, a PVOID that is NULL at first
 *
 * The address is the same every time while the caller has a handle of the
 * destination or the cell is not NULL.  A cell that is not NULL keeps its
 * destination alive.  Lock the destination to use the cell; what it points to is
 * the caller's and is not freed when the registration ends.  ERROR_NOT_FOUND: no
 * pointer was reserved.  ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmGetOpaqueInformationPointer(RTM_ENTITY_HANDLE RtmRegHandle,
					    RTM_DEST_HANDLE DestHandle, PVOID *OpaqueInfoPointer);

/**
 * RtmGetEntityInfo() - tell who an entity is
 * @RtmRegHandle: registration
 * @EntityHandle: entity of the caller's table, departed ones included
 * @EntityInfo: out: its name; holds no reference
 */
DWORD WINAPI RtmGetEntityInfo(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENTITY_HANDLE EntityHandle,
			      PRTM_ENTITY_INFO EntityInfo);

/**
 * RtmGetDestInfo() - describe a destination
 * @RtmRegHandle: registration
 * @DestHandle: the destination
 * @ProtocolId: whose best route to report: a protocol id, RTM_BEST_PROTOCOL for
 *	any, RTM_THIS_PROTOCOL for the caller's
 * @TargetViews: views to report, one block for each supported one, in ascending
 *	order, also where there is no route; RTM_VIEW_MASK_ANY for no block
 * @DestInfo: out: room for RTM_SIZE_OF_DEST_INFO(number of supported views in
 *	@TargetViews); for RtmReleaseDestInfo()
 *
 * Waits while another thread holds the destination exclusively.
 * ERROR_INVALID_PARAMETER: none of the views is supported.
 */
DWORD WINAPI RtmGetDestInfo(RTM_ENTITY_HANDLE RtmRegHandle, RTM_DEST_HANDLE DestHandle,
			    ULONG ProtocolId, RTM_VIEW_SET TargetViews, PRTM_DEST_INFO DestInfo);

/**
 * RtmGetRouteInfo() - describe a route of any entity
 * @RtmRegHandle: registration
 * @RouteHandle: the route
 * @RouteInfo: out: the route, room for its next hops; for RtmReleaseRouteInfo().
 *	NULL if not wanted.  RTM_SIZE_OF_ROUTE_INFO(MaxNextHopsInRoute) always
 *	suffices, and no more than the route's next hops is written
 * @DestAddress: out: its destination; NULL if not wanted
 *
 * Waits while another thread holds the destination exclusively.
 */
DWORD WINAPI RtmGetRouteInfo(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
			     PRTM_ROUTE_INFO RouteInfo, PRTM_NET_ADDRESS DestAddress);

/**
 * RtmGetNextHopInfo() - describe a next hop of any entity
 * @RtmRegHandle: registration
 * @NextHopHandle: the next hop
 * @NextHopInfo: out: the next hop; for RtmReleaseNextHopInfo()
 */
DWORD WINAPI RtmGetNextHopInfo(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NEXTHOP_HANDLE NextHopHandle,
			       PRTM_NEXTHOP_INFO NextHopInfo);

/**
 * RtmReleaseEntityInfo() - give an RTM_ENTITY_INFO back
 * @RtmRegHandle: registration
 * @EntityInfo: from RtmGetEntityInfo(); there is nothing in it to release
 */
DWORD WINAPI RtmReleaseEntityInfo(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_ENTITY_INFO EntityInfo);

/**
 * RtmReleaseDestInfo() - give the handles in an RTM_DEST_INFO back
 * @RtmRegHandle: registration
 * @DestInfo: goes by what is in it: the destination and NumberOfViews blocks;
 *	NULL handles are skipped, so that one may be made by hand.  The buffer
 *	stays the caller's
 *
 * ERROR_INVALID_HANDLE: one was bad; the others are released.
 * ERROR_INVALID_PARAMETER: NumberOfViews is above RTM_MAX_VIEWS.
 */
DWORD WINAPI RtmReleaseDestInfo(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_DEST_INFO DestInfo);

/**
 * RtmReleaseRouteInfo() - give the handles in an RTM_ROUTE_INFO back
 * @RtmRegHandle: registration
 * @RouteInfo: destination, owner, neighbour and NumNextHops next hops, NULL ones
 *	skipped
 *
 * ERROR_INVALID_HANDLE: one was bad; the others are released.
 */
DWORD WINAPI RtmReleaseRouteInfo(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_ROUTE_INFO RouteInfo);

/**
 * RtmReleaseNextHopInfo() - give the handles in an RTM_NEXTHOP_INFO back
 * @RtmRegHandle: registration
 * @NextHopInfo: owner and remote destination, NULL ones skipped
 *
 * ERROR_INVALID_HANDLE: one was bad; the other is released.
 */
DWORD WINAPI RtmReleaseNextHopInfo(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_NEXTHOP_INFO NextHopInfo);

/**
 * RtmAddRouteToDest() - add or update a route
 * @RtmRegHandle: registration
 * @RouteHandle: points to a route: update that one; points to NULL: search, and
 *	return a handle there, for RtmReleaseRoutes(); NULL: search, no handle
 * @DestAddress: destination, made if it is not there
 * @RouteInfo: the route; DestHandle, RouteOwner and State are not looked at
 * @TimeToLive: milliseconds it lives from now on, or INFINITE; see RTM_ROUTE_EXPIRED
 * @RouteListHandle: list of the caller to move the route to; NULL leaves it where it is
 * @NotifyType: not looked at
 * @NotifyHandle: not looked at
 * @ChangeFlags: in: how to search: by destination and neighbour (0), by
 *	destination alone (RTM_ROUTE_CHANGE_FIRST), not at all
 *	(RTM_ROUTE_CHANGE_NEW).  out: RTM_ROUTE_CHANGE_NEW if a route was added,
 *	RTM_ROUTE_CHANGE_BEST if a best route changed
 *
 * Waits while another thread holds the destination.  ERROR_ACCESS_DENIED: the
 * route belongs to another entity, or the thread may not have the destination
 * exclusively now.  ERROR_INVALID_HANDLE: the route, the neighbour or a next hop
 * is not the caller's or was deleted.  ERROR_INVALID_PARAMETER: bad address, too
 * many next hops, one twice, no view that is supported, a @DestAddress that is
 * not the route's, or a @TimeToLive of 0.  ERROR_NO_SYSTEM_RESOURCES: too many
 * routes.  ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmAddRouteToDest(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_ROUTE_HANDLE RouteHandle,
			       PRTM_NET_ADDRESS DestAddress, PRTM_ROUTE_INFO RouteInfo,
			       ULONG TimeToLive, RTM_ROUTE_LIST_HANDLE RouteListHandle,
			       RTM_NOTIFY_FLAGS NotifyType, RTM_NOTIFY_HANDLE NotifyHandle,
			       PRTM_ROUTE_CHANGE_FLAGS ChangeFlags);

/**
 * RtmDeleteRouteToDest() - delete a route
 * @RtmRegHandle: registration
 * @RouteHandle: the caller's route; success consumes one reference
 * @ChangeFlags: out: RTM_ROUTE_CHANGE_BEST if a best route changed, else 0
 *
 * Waits while another thread holds the destination.  ERROR_ACCESS_DENIED: the
 * route belongs to another entity, or as in RtmAddRouteToDest().
 * ERROR_NOT_FOUND: it was deleted already.
 */
DWORD WINAPI RtmDeleteRouteToDest(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
				  PRTM_ROUTE_CHANGE_FLAGS ChangeFlags);

/**
 * RtmHoldDestination() - keep the last route of a destination visible when it goes
 * @RtmRegHandle: registration
 * @DestHandle: the destination, whoever has routes there
 * @TargetViews: in these views; 0 for all
 * @HoldTime: milliseconds, or INFINITE
 *
 * The route is the HoldRoute of these views then, without a part in any choice.  All
 * views share the longest time asked for; when that is over, all is forgotten.  No hold
 * outlives the registration that owned the route.  Waits while another thread holds the
 * destination.  ERROR_INVALID_PARAMETER: @HoldTime is 0, or no view is supported.
 */
DWORD WINAPI RtmHoldDestination(RTM_ENTITY_HANDLE RtmRegHandle, RTM_DEST_HANDLE DestHandle,
				RTM_VIEW_SET TargetViews, ULONG HoldTime);

/**
 * RtmGetRoutePointer() - a route of the caller, to be read in place
 * @RtmRegHandle: registration
 * @RouteHandle: the caller's route
 * @RoutePointer: out: the route, always the same address for the same route and valid
 *	as long as the caller has a handle of it.  It says what this call found and what
 *	the registration has done to the route since; its handles are the library's
 *
 * Waits while another client holds the destination exclusively.
 * ERROR_ACCESS_DENIED: the route belongs to another entity.  ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmGetRoutePointer(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
				PRTM_ROUTE_INFO *RoutePointer);

/**
 * RtmLockRoute() - lock a route of the caller, to be edited in place; or unlock it
 * @RtmRegHandle: registration
 * @RouteHandle: the caller's route
 * @Exclusive: TRUE to edit it, FALSE to read it; the same to unlock it
 * @LockRoute: TRUE to lock, FALSE to unlock
 * @RoutePointer: lock: out: as of RtmGetRoutePointer(); NULL if not wanted
 *
 * Locks the whole destination, as RtmLockDestination() does.  Neighbour, PrefInfo,
 * BelongsToViews, EntitySpecificInfo, NextHopsList, Flags and Flags1 may be edited, up to
 * MaxNextHopsInRoute next hops.  RtmUpdateAndUnlockRoute() commits the edit; an unlock
 * discards it.
 *
 * While the thread has the route exclusively, the references of next hops that it adds
 * (RtmReferenceHandles) and gives back (RtmReleaseNextHops) are the route's: one for
 * each next hop that the edit puts in, and takes out.  What is more, or is not committed,
 * counts as the client's own once no route is locked so any more.
 *
 * ERROR_ACCESS_DENIED: the route belongs to another entity, or as of
 * RtmLockDestination().  ERROR_INVALID_HANDLE: also a route that was deleted, to lock.
 * ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmLockRoute(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
			  BOOL Exclusive, BOOL LockRoute, PRTM_ROUTE_INFO *RoutePointer);

/**
 * RtmUpdateAndUnlockRoute() - commit an edit, and unlock the route
 * @RtmRegHandle: registration
 * @RouteHandle: the caller's route, which the thread has locked exclusively
 * @TimeToLive: milliseconds it lives from now on, or INFINITE
 * @RouteListHandle: list of the caller to move it to; NULL leaves it where it is
 * @NotifyType: not looked at
 * @NotifyHandle: not looked at
 * @ChangeFlags: out: RTM_ROUTE_CHANGE_BEST if a best route changed, else 0
 *
 * A failure changes nothing and leaves the lock, and the edit.  ERROR_ACCESS_DENIED: the
 * route belongs to another entity, or is not locked so.  ERROR_INVALID_HANDLE: a next
 * hop, the neighbour or the list is not the caller's, or it or the route was deleted.
 * ERROR_INVALID_PARAMETER: as of RtmAddRouteToDest().
 */
DWORD WINAPI RtmUpdateAndUnlockRoute(RTM_ENTITY_HANDLE RtmRegHandle,
				     RTM_ROUTE_HANDLE RouteHandle, ULONG TimeToLive,
				     RTM_ROUTE_LIST_HANDLE RouteListHandle,
				     RTM_NOTIFY_FLAGS NotifyType, RTM_NOTIFY_HANDLE NotifyHandle,
				     PRTM_ROUTE_CHANGE_FLAGS ChangeFlags);

/**
 * RtmGetExactMatchDestination() - find the destination with a given prefix
 * @RtmRegHandle: registration
 * @DestAddress: the prefix
 * @ProtocolId: as in RtmGetDestInfo()
 * @TargetViews: as in RtmGetDestInfo(); it must have a route in one of them, or
 *	any route with RTM_VIEW_MASK_ANY
 * @DestInfo: as in RtmGetDestInfo()
 *
 * ERROR_NOT_FOUND: there is none.  ERROR_INVALID_PARAMETER: bad address, or none of the
 * views is supported.
 */
DWORD WINAPI RtmGetExactMatchDestination(RTM_ENTITY_HANDLE RtmRegHandle,
					 PRTM_NET_ADDRESS DestAddress, ULONG ProtocolId,
					 RTM_VIEW_SET TargetViews, PRTM_DEST_INFO DestInfo);

/**
 * RtmGetMostSpecificDestination() - find the longest prefix that covers another
 * @RtmRegHandle: registration
 * @DestAddress: what to cover; itself if it is there
 * @ProtocolId: as in RtmGetDestInfo()
 * @TargetViews: as in RtmGetExactMatchDestination()
 * @DestInfo: as in RtmGetDestInfo()
 *
 * Errors as RtmGetExactMatchDestination(); ERROR_NOT_FOUND: nothing covers it.
 */
DWORD WINAPI RtmGetMostSpecificDestination(RTM_ENTITY_HANDLE RtmRegHandle,
					   PRTM_NET_ADDRESS DestAddress, ULONG ProtocolId,
					   RTM_VIEW_SET TargetViews, PRTM_DEST_INFO DestInfo);

/**
 * RtmGetLessSpecificDestination() - find the next shorter prefix that covers one
 * @RtmRegHandle: registration
 * @DestHandle: the destination to start from
 * @ProtocolId: as in RtmGetDestInfo()
 * @TargetViews: as in RtmGetExactMatchDestination()
 * @DestInfo: as in RtmGetDestInfo()
 *
 * ERROR_NOT_FOUND: there is none.  ERROR_INVALID_PARAMETER: none of the views is
 * supported.
 */
DWORD WINAPI RtmGetLessSpecificDestination(RTM_ENTITY_HANDLE RtmRegHandle,
					   RTM_DEST_HANDLE DestHandle, ULONG ProtocolId,
					   RTM_VIEW_SET TargetViews, PRTM_DEST_INFO DestInfo);

/**
 * RtmIsBestRoute() - tell in which views a route is the best
 * @RtmRegHandle: registration
 * @RouteHandle: the route; a deleted one is best nowhere
 * @BestInViews: out: the views, 0 for none
 *
 * Waits while another thread holds the destination exclusively.
 */
DWORD WINAPI RtmIsBestRoute(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ROUTE_HANDLE RouteHandle,
			    PRTM_VIEW_SET BestInViews);

/**
 * RtmAddNextHop() - add or update a next hop of the caller
 * @RtmRegHandle: registration
 * @NextHopInfo: the next hop; NextHopOwner and State are not looked at
 * @NextHopHandle: points to a next hop: update that one; points to NULL: search
 *	by address and interface, and return a handle there, for
 *	RtmReleaseNextHops(); NULL: search, no handle
 * @ChangeFlags: out: RTM_NEXTHOP_CHANGE_NEW if it was added, else 0
 *
 * ERROR_ACCESS_DENIED: it belongs to another entity.  ERROR_INVALID_PARAMETER:
 * bad address or flags.  ERROR_NO_SYSTEM_RESOURCES: too many next hops.
 * ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmAddNextHop(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_NEXTHOP_INFO NextHopInfo,
			   PRTM_NEXTHOP_HANDLE NextHopHandle,
			   PRTM_NEXTHOP_CHANGE_FLAGS ChangeFlags);

/**
 * RtmFindNextHop() - find a next hop of the caller
 * @RtmRegHandle: registration
 * @NextHopInfo: address and interface
 * @NextHopHandle: out: handle, for RtmReleaseNextHops(); NULL if not wanted
 * @NextHopPointer: out: the next hop to read, always the same address for the
 *	same next hop and valid as long as the caller has a handle of it; where
 *	no handle was asked for, until it is deleted.  NULL if not wanted
 *
 * ERROR_NOT_FOUND: there is none.  ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmFindNextHop(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_NEXTHOP_INFO NextHopInfo,
			    PRTM_NEXTHOP_HANDLE NextHopHandle, PRTM_NEXTHOP_INFO *NextHopPointer);

/**
 * RtmDeleteNextHop() - delete a next hop of the caller
 * @RtmRegHandle: registration
 * @NextHopHandle: the next hop; success consumes one reference.  NULL: use
 * @NextHopInfo: address and interface; not looked at where there is a handle
 *
 * Routes that use it keep it.  ERROR_INVALID_PARAMETER: both are NULL.
 * ERROR_ACCESS_DENIED: it belongs to another entity.  ERROR_NOT_FOUND: there is
 * none, or it was deleted already.
 */
DWORD WINAPI RtmDeleteNextHop(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NEXTHOP_HANDLE NextHopHandle,
			      PRTM_NEXTHOP_INFO NextHopInfo);

/**
 * RtmGetNextHopPointer() - a next hop of the caller, to be read in place
 * @RtmRegHandle: registration
 * @NextHopHandle: the caller's next hop
 * @NextHopPointer: out: as of RtmFindNextHop()
 *
 * ERROR_ACCESS_DENIED: it belongs to another entity.  ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmGetNextHopPointer(RTM_ENTITY_HANDLE RtmRegHandle,
				  RTM_NEXTHOP_HANDLE NextHopHandle,
				  PRTM_NEXTHOP_INFO *NextHopPointer);

/**
 * RtmLockNextHop() - lock a next hop of the caller, to be edited in place; or unlock it
 * @RtmRegHandle: registration
 * @NextHopHandle: the caller's next hop
 * @Exclusive: TRUE to edit it, FALSE to read it; the same to unlock it
 * @LockNextHop: TRUE to lock, FALSE to unlock
 * @NextHopPointer: lock: out: as of RtmFindNextHop(); NULL if not wanted
 *
 * The unlock of an exclusive lock commits the edit: Flags, EntitySpecificInfo and
 * RemoteNextHop; if that fails the lock is left, and the edit.  Other threads of the
 * registration that lock the same next hop wait; nothing else does.
 *
 * ERROR_ACCESS_DENIED: it belongs to another entity, other threads have it as well, or
 * it is not locked so.  ERROR_NOT_FOUND: there is no such next hop, or, to lock, it was
 * deleted; to unlock, also a RemoteNextHop that is no destination of the table.
 * ERROR_NOT_SUPPORTED: unknown flags.  ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmLockNextHop(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NEXTHOP_HANDLE NextHopHandle,
			    BOOL Exclusive, BOOL LockNextHop, PRTM_NEXTHOP_INFO *NextHopPointer);

/**
 * RtmGetExactMatchRoute() - find a route by its properties
 * @RtmRegHandle: registration
 * @DestAddress: exactly this destination
 * @MatchingFlags: what counts: RTM_MATCH_NONE for any route, or some of
 *	RTM_MATCH_OWNER, RTM_MATCH_NEIGHBOUR (NULL: has none), RTM_MATCH_PREF
 *	(preference and metric), RTM_MATCH_NEXTHOP (has all those given, or none where
 *	none is given), RTM_MATCH_INTERFACE; RTM_MATCH_FULL for all of them, and no next
 *	hop but those given
 * @RouteInfo: in: the properties; out: the route, room for its next hops, for
 *	RtmReleaseRouteInfo()
 * @InterfaceIndex: for RTM_MATCH_INTERFACE: a next hop is there
 * @TargetViews: it must be in one of them; RTM_VIEW_MASK_ANY for any
 * @RouteHandle: out: handle, for RtmReleaseRoutes(); NULL if not wanted
 *
 * Of several the best.  Waits while another thread holds the destination exclusively.
 * ERROR_NOT_FOUND: there is none; nothing was stored.  ERROR_INVALID_HANDLE: a handle
 * among the properties names nothing of the caller's table.  ERROR_INVALID_PARAMETER:
 * bad address or flags, or no view that is supported.
 */
DWORD WINAPI RtmGetExactMatchRoute(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_NET_ADDRESS DestAddress,
				   RTM_MATCH_FLAGS MatchingFlags, PRTM_ROUTE_INFO RouteInfo,
				   ULONG InterfaceIndex, RTM_VIEW_SET TargetViews,
				   PRTM_ROUTE_HANDLE RouteHandle);

/**
 * RtmCreateDestEnum() - begin to enumerate destinations
 * @RtmRegHandle: registration
 * @TargetViews: those with a route in one of these, which are reported, a block each;
 *	RTM_VIEW_MASK_ANY for all, and no block
 * @EnumFlags: RTM_ENUM_START for all of the table, RTM_ENUM_NEXT from @NetAddress on,
 *	RTM_ENUM_RANGE for @NetAddress and its more specifics; with RTM_ENUM_OWN_DESTS
 *	only those whose best route in one of the views is the caller's
 * @NetAddress: where to begin; not looked at with RTM_ENUM_START
 * @ProtocolId: as in RtmGetDestInfo()
 * @RtmEnumHandle: out: the enumeration, for RtmDeleteEnumHandle()
 *
 * In order of addresses, shorter prefixes first.  An enumeration is a place in the
 * table, not a copy: what is there throughout is reported once.
 * ERROR_INVALID_PARAMETER: bad flags or address.  ERROR_NOT_SUPPORTED: none of the views
 * is supported.  ERROR_NO_SYSTEM_RESOURCES: too many enumerations, lists and
 * notifications.  ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmCreateDestEnum(RTM_ENTITY_HANDLE RtmRegHandle, RTM_VIEW_SET TargetViews,
			       RTM_ENUM_FLAGS EnumFlags, PRTM_NET_ADDRESS NetAddress,
			       ULONG ProtocolId, PRTM_ENUM_HANDLE RtmEnumHandle);

/**
 * RtmGetEnumDests() - the next destinations of an enumeration
 * @RtmRegHandle: registration
 * @EnumHandle: from RtmCreateDestEnum()
 * @NumDests: in: room, 1..MaxHandlesInEnum; out: destinations stored
 * @DestInfos: out: RTM_SIZE_OF_DEST_INFO(number of supported views in TargetViews)
 *	bytes each, for RtmReleaseDests()
 *
 * Ends before a destination that another thread holds exclusively, and waits for it if
 * it is the first.  ERROR_NO_MORE_ITEMS: the end, with @NumDests 0, now and at every
 * further call.  ERROR_INVALID_PARAMETER: @NumDests is out of range.
 */
DWORD WINAPI RtmGetEnumDests(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle,
			     PUINT NumDests, PRTM_DEST_INFO DestInfos);

/**
 * RtmReleaseDests() - give the handles in an array of RTM_DEST_INFO back
 * @RtmRegHandle: registration
 * @NumDests: number of destinations
 * @DestInfos: they, each where the one before says that it ends
 *
 * As RtmReleaseDestInfo().
 */
DWORD WINAPI RtmReleaseDests(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumDests,
			     PRTM_DEST_INFO DestInfos);

/**
 * RtmCreateRouteEnum() - begin to enumerate routes
 * @RtmRegHandle: registration
 * @DestHandle: those of this destination, and @StartDest and where to begin do not
 *	count; NULL for those of all
 * @TargetViews: those in one of these; RTM_VIEW_MASK_ANY for all
 * @EnumFlags: as in RtmCreateDestEnum(), with RTM_ENUM_OWN_ROUTES for the caller's
 * @StartDest: where to begin; not looked at with RTM_ENUM_START
 * @MatchingFlags: what else they must be like, see RtmGetExactMatchRoute()
 * @CriteriaRoute: the properties; NULL where @MatchingFlags asks for none of it
 * @CriteriaInterface: for RTM_MATCH_INTERFACE
 * @RtmEnumHandle: out: the enumeration, for RtmDeleteEnumHandle()
 *
 * By destination, and the best route of each first.  Errors as RtmCreateDestEnum();
 * ERROR_INVALID_HANDLE: @DestHandle, or a handle among the properties, is bad.
 */
DWORD WINAPI RtmCreateRouteEnum(RTM_ENTITY_HANDLE RtmRegHandle, RTM_DEST_HANDLE DestHandle,
				RTM_VIEW_SET TargetViews, RTM_ENUM_FLAGS EnumFlags,
				PRTM_NET_ADDRESS StartDest, RTM_MATCH_FLAGS MatchingFlags,
				PRTM_ROUTE_INFO CriteriaRoute, ULONG CriteriaInterface,
				PRTM_ENUM_HANDLE RtmEnumHandle);

/**
 * RtmGetEnumRoutes() - the next routes of an enumeration
 * @RtmRegHandle: registration
 * @EnumHandle: from RtmCreateRouteEnum()
 * @NumRoutes: in: room, 1..MaxHandlesInEnum; out: routes stored
 * @RouteHandles: out: handles, for RtmReleaseRoutes()
 *
 * As RtmGetEnumDests().
 */
DWORD WINAPI RtmGetEnumRoutes(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle,
			      PUINT NumRoutes, PRTM_ROUTE_HANDLE RouteHandles);

/**
 * RtmCreateNextHopEnum() - begin to enumerate the caller's next hops
 * @RtmRegHandle: registration
 * @EnumFlags: RTM_ENUM_START, RTM_ENUM_NEXT or RTM_ENUM_RANGE
 * @NetAddress: where to begin; not looked at with RTM_ENUM_START
 * @RtmEnumHandle: out: the enumeration, for RtmDeleteEnumHandle()
 *
 * By address, then by interface.  Errors as RtmCreateDestEnum().
 */
DWORD WINAPI RtmCreateNextHopEnum(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_FLAGS EnumFlags,
				  PRTM_NET_ADDRESS NetAddress, PRTM_ENUM_HANDLE RtmEnumHandle);

/**
 * RtmGetEnumNextHops() - the next ones of an enumeration
 * @RtmRegHandle: registration
 * @EnumHandle: from RtmCreateNextHopEnum()
 * @NumNextHops: in: room, 1..MaxHandlesInEnum; out: next hops stored
 * @NextHopHandles: out: handles, for RtmReleaseNextHops()
 *
 * As RtmGetEnumDests(), but waits for nobody.
 */
DWORD WINAPI RtmGetEnumNextHops(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle,
				PUINT NumNextHops, PRTM_NEXTHOP_HANDLE NextHopHandles);

/**
 * RtmDeleteEnumHandle() - end an enumeration of any kind
 * @RtmRegHandle: registration
 * @EnumHandle: the enumeration
 */
DWORD WINAPI RtmDeleteEnumHandle(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle);

/**
 * RtmRegisterForChangeNotification() - listen to changes of destinations
 * @RtmRegHandle: registration
 * @TargetViews: views that count and are reported; RTM_VIEW_MASK_ANY for all, and none
 *	are reported
 * @NotifyFlags: RTM_CHANGE_TYPE_ALL for any change of any route, _BEST when the best
 *	route is another or gets another preference, metric, next hop or flag,
 *	_FORWARDING likewise without flags that do not matter to forwarding; with
 *	RTM_NOTIFY_ONLY_MARKED_DESTS of marked destinations only
 * @NotifyContext: given back to the callback
 * @NotifyHandle: out: handle, for RtmDeregisterFromChangeNotification(); stored before
 *	the first callback
 *
 * Without an event callback the client asks when it likes.  The caller's own changes
 * count.  ERROR_INVALID_PARAMETER: bad flags.  ERROR_NOT_SUPPORTED: none of the views is
 * supported.  ERROR_NO_SYSTEM_RESOURCES: too many.  ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmRegisterForChangeNotification(RTM_ENTITY_HANDLE RtmRegHandle,
					      RTM_VIEW_SET TargetViews,
					      RTM_NOTIFY_FLAGS NotifyFlags, PVOID NotifyContext,
					      PRTM_NOTIFY_HANDLE NotifyHandle);

/**
 * RtmGetChangedDests() - fetch destinations that have changed
 * @RtmRegHandle: registration
 * @NotifyHandle: registration for change notification
 * @NumDests: in: room, 1..MaxHandlesInEnum; out: destinations stored
 * @ChangedDests: out: RTM_SIZE_OF_DEST_INFO(number of supported views in TargetViews)
 *	bytes each, for RtmReleaseChangedDests()
 *
 * Each once, in order of its last change, as it is now: one without routes says so.
 * Waits as RtmGetEnumDests().  A client that lets very many vanished destinations wait
 * (module parameter max_notify_ghosts) is handed the whole table as changed instead.
 * ERROR_NO_MORE_ITEMS: nothing is pending; @NumDests is 0.
 * ERROR_INVALID_PARAMETER: @NumDests is out of range.
 */
DWORD WINAPI RtmGetChangedDests(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NOTIFY_HANDLE NotifyHandle,
				PUINT NumDests, PRTM_DEST_INFO ChangedDests);

/**
 * RtmReleaseChangedDests() - give what RtmGetChangedDests() brought back
 * @RtmRegHandle: registration
 * @NotifyHandle: registration for change notification
 * @NumDests: number of destinations; 0 is allowed
 * @ChangedDests: they
 *
 * As RtmReleaseDests().  ERROR_INVALID_HANDLE: one was bad, or @NotifyHandle; the
 * others are released.
 */
DWORD WINAPI RtmReleaseChangedDests(RTM_ENTITY_HANDLE RtmRegHandle,
				    RTM_NOTIFY_HANDLE NotifyHandle, UINT NumDests,
				    PRTM_DEST_INFO ChangedDests);

/**
 * RtmIgnoreChangedDests() - let destinations not be pending any more
 * @RtmRegHandle: registration
 * @NotifyHandle: registration for change notification
 * @NumDests: number of destinations, at most 4096
 * @ChangedDests: handles; they stay the caller's
 *
 * All or none; later changes count again.  ERROR_INVALID_HANDLE: one is bad.
 */
DWORD WINAPI RtmIgnoreChangedDests(RTM_ENTITY_HANDLE RtmRegHandle,
				   RTM_NOTIFY_HANDLE NotifyHandle, UINT NumDests,
				   PRTM_DEST_HANDLE ChangedDests);

/**
 * RtmGetChangeStatus() - whether a destination is pending
 * @RtmRegHandle: registration
 * @NotifyHandle: registration for change notification
 * @DestHandle: the destination
 * @ChangeStatus: out: TRUE until it is fetched or ignored
 */
DWORD WINAPI RtmGetChangeStatus(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NOTIFY_HANDLE NotifyHandle,
				RTM_DEST_HANDLE DestHandle, PBOOL ChangeStatus);

/**
 * RtmMarkDestForChangeNotification() - mark or unmark a destination
 * @RtmRegHandle: registration
 * @NotifyHandle: registration for change notification
 * @DestHandle: the destination; a mark keeps it, also without routes
 * @MarkDest: TRUE to mark, FALSE to unmark; what is pending stays so
 *
 * ERROR_NO_SYSTEM_RESOURCES: too many marks.
 */
DWORD WINAPI RtmMarkDestForChangeNotification(RTM_ENTITY_HANDLE RtmRegHandle,
					      RTM_NOTIFY_HANDLE NotifyHandle,
					      RTM_DEST_HANDLE DestHandle, BOOL MarkDest);

/**
 * RtmIsMarkedForChangeNotification() - whether a destination is marked
 * @RtmRegHandle: registration
 * @NotifyHandle: registration for change notification
 * @DestHandle: the destination
 * @DestMarked: out: TRUE if it is
 */
DWORD WINAPI RtmIsMarkedForChangeNotification(RTM_ENTITY_HANDLE RtmRegHandle,
					      RTM_NOTIFY_HANDLE NotifyHandle,
					      RTM_DEST_HANDLE DestHandle, PBOOL DestMarked);

/**
 * RtmDeregisterFromChangeNotification() - listen no more
 * @RtmRegHandle: registration
 * @NotifyHandle: registration for change notification, with marks and what is pending
 *
 * No callback for it begins any more; one that runs is waited for, except by itself,
 * and for three seconds at most.
 */
DWORD WINAPI RtmDeregisterFromChangeNotification(RTM_ENTITY_HANDLE RtmRegHandle,
						 RTM_NOTIFY_HANDLE NotifyHandle);

/**
 * RtmCreateRouteList() - make a route list
 * @RtmRegHandle: registration
 * @RouteListHandle: out: the list, empty, for RtmDeleteRouteList()
 *
 * ERROR_NO_SYSTEM_RESOURCES: too many enumerations, lists and notifications.
 * ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmCreateRouteList(RTM_ENTITY_HANDLE RtmRegHandle,
				PRTM_ROUTE_LIST_HANDLE RouteListHandle);

/**
 * RtmInsertInRouteList() - move routes to a list
 * @RtmRegHandle: registration
 * @RouteListHandle: list of the caller; NULL takes the routes off their lists
 * @NumRoutes: number of routes, at most 4096
 * @RouteHandles: routes of the caller; the handles stay the caller's
 *
 * A route is on one list at most, and new ones go to the end; one that is there already
 * keeps its place.  All or none.  ERROR_INVALID_HANDLE: the list or a route is not the
 * caller's, or a route was deleted.  ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD WINAPI RtmInsertInRouteList(RTM_ENTITY_HANDLE RtmRegHandle,
				  RTM_ROUTE_LIST_HANDLE RouteListHandle, UINT NumRoutes,
				  PRTM_ROUTE_HANDLE RouteHandles);

/**
 * RtmCreateRouteListEnum() - begin to enumerate a route list
 * @RtmRegHandle: registration
 * @RouteListHandle: list of the caller
 * @RtmEnumHandle: out: the enumeration, for RtmDeleteEnumHandle()
 *
 * The list may change meanwhile.  Errors as RtmCreateRouteList().
 */
DWORD WINAPI RtmCreateRouteListEnum(RTM_ENTITY_HANDLE RtmRegHandle,
				    RTM_ROUTE_LIST_HANDLE RouteListHandle,
				    PRTM_ENUM_HANDLE RtmEnumHandle);

/**
 * RtmGetListEnumRoutes() - the next routes of a list
 * @RtmRegHandle: registration
 * @EnumHandle: from RtmCreateRouteListEnum()
 * @NumRoutes: in: room, 1..MaxHandlesInEnum; out: routes stored
 * @RouteHandles: out: handles, for RtmReleaseRoutes()
 *
 * The end is when fewer routes come than there is room for, not an error; 0 is allowed.
 * ERROR_INVALID_PARAMETER: @NumRoutes is out of range.
 */
DWORD WINAPI RtmGetListEnumRoutes(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENUM_HANDLE EnumHandle,
				  PUINT NumRoutes, PRTM_ROUTE_HANDLE RouteHandles);

/**
 * RtmDeleteRouteList() - delete a route list
 * @RtmRegHandle: registration
 * @RouteListHandle: list of the caller; its routes stay in the table
 */
DWORD WINAPI RtmDeleteRouteList(RTM_ENTITY_HANDLE RtmRegHandle,
				RTM_ROUTE_LIST_HANDLE RouteListHandle);

/**
 * RtmGetEntityMethods() - which methods an entity exports
 * @RtmRegHandle: registration
 * @EntityHandle: entity of the caller's table
 * @NumMethods: in: room, or 0 to ask for the number alone; out: methods stored, or the
 *	number
 * @ExptMethods: out: values that tell methods apart; not to be called.  NULL with no
 *	room
 *
 * ERROR_INSUFFICIENT_BUFFER: there are more; what fits is stored and counted.
 * ERROR_INVALID_HANDLE: bad handle, or the entity has left.
 */
DWORD WINAPI RtmGetEntityMethods(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENTITY_HANDLE EntityHandle,
				 PUINT NumMethods, PRTM_ENTITY_EXPORT_METHOD ExptMethods);

/**
 * RtmInvokeMethod() - invoke methods of an entity
 * @RtmRegHandle: registration
 * @EntityHandle: entity of the caller's table, also the caller itself
 * @Input: MethodType: a bit for each method, or METHOD_TYPE_ALL_METHODS; InputData is
 *	the same for all, 65536 bytes at most
 * @OutputSize: in: bytes at @Output, of which 65536 count; out: bytes used
 * @Output: out: an RTM_ENTITY_METHOD_OUTPUT for each method, ascending, each beginning
 *	at the next multiple of four bytes behind the one before
 *
 * Waits while the entity has blocked its methods, and for the methods: those of this
 * process run in the calling thread, those of others in their dispatcher.  A method may
 * write less than it was offered by lowering OutputSize.  Methods the entity has not
 * are left out.  ERROR_INVALID_HANDLE: bad handle, or the entity has left, before or
 * meanwhile.  ERROR_INSUFFICIENT_BUFFER: no room for another result; those before it
 * are there.  ERROR_NO_SYSTEM_RESOURCES: too many calls wait for the entity.
 */
DWORD WINAPI RtmInvokeMethod(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENTITY_HANDLE EntityHandle,
			     PRTM_ENTITY_METHOD_INPUT Input, PUINT OutputSize,
			     PRTM_ENTITY_METHOD_OUTPUT Output);

/**
 * RtmBlockMethods() - hold invocations of the caller's methods back
 * @RtmRegHandle: registration
 * @TargetHandle: NULL, or any handle: it is checked, and all methods are blocked
 * @TargetType: not looked at
 * @BlockingFlag: RTM_BLOCK_METHODS or RTM_RESUME_METHODS; not counted
 *
 * The blocking thread may go on invoking them.  The end of the registration ends it.
 */
DWORD WINAPI RtmBlockMethods(RTM_ENTITY_HANDLE RtmRegHandle, HANDLE TargetHandle,
			     UCHAR TargetType, DWORD BlockingFlag);

/**
 * RtmReleaseRoutes() - give route handles back
 * @RtmRegHandle: registration
 * @NumRoutes: number of handles
 * @RouteHandles: handles; NULL ones are skipped
 *
 * ERROR_INVALID_HANDLE: one was bad; the others are released.
 */
DWORD WINAPI RtmReleaseRoutes(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumRoutes,
			      PRTM_ROUTE_HANDLE RouteHandles);

/**
 * RtmReleaseNextHops() - give next-hop handles back
 * @RtmRegHandle: registration
 * @NumNextHops: number of handles
 * @NextHopHandles: handles; NULL ones are skipped
 *
 * ERROR_INVALID_HANDLE: one was bad; the others are released.
 */
DWORD WINAPI RtmReleaseNextHops(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumNextHops,
				PRTM_NEXTHOP_HANDLE NextHopHandles);

/**
 * RtmReferenceHandles() - take one more reference of each handle
 * @RtmRegHandle: registration, which then has to release them
 * @NumHandles: number of handles
 * @RtmHandles: handles of any kind, also ones that another registration of the
 *	process got
 *
 * All or none.  ERROR_INVALID_HANDLE: one is bad.
 */
DWORD WINAPI RtmReferenceHandles(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumHandles,
				 HANDLE *RtmHandles);

/**
 * RtmDereferenceHandles() - give handles of any kind back
 * @RtmRegHandle: registration
 * @NumHandles: number of handles
 * @RtmHandles: handles; NULL ones are skipped
 *
 * An extension: the inverse of RtmReferenceHandles().  ERROR_INVALID_HANDLE: one
 * was bad; the others are released.
 */
DWORD WINAPI RtmDereferenceHandles(RTM_ENTITY_HANDLE RtmRegHandle, UINT NumHandles,
				   HANDLE *RtmHandles);

/**
 * RtmConvertNetAddressToIpv6AddressAndLength() - take an IPv6 prefix apart
 * @pNetAddress: prefix of family AF_INET6, length 0..128
 * @pAddress: out: address
 * @pLength: out: prefix length
 * @dwAddressSize: sizeof(IN6_ADDR)
 *
 * Needs no registration.  ERROR_INVALID_PARAMETER: any other argument.
 */
DWORD WINAPI RtmConvertNetAddressToIpv6AddressAndLength(PRTM_NET_ADDRESS pNetAddress,
							PIN6_ADDR pAddress, PDWORD pLength,
							DWORD dwAddressSize);

/**
 * RtmConvertIpv6AddressAndLengthToNetAddress() - make an IPv6 prefix
 * @pNetAddress: out: prefix, every byte of it set
 * @Address: address
 * @dwLength: prefix length, 0..128
 * @dwAddressSize: sizeof(IN6_ADDR)
 *
 * Needs no registration.  ERROR_INVALID_PARAMETER: any other argument.
 */
DWORD WINAPI RtmConvertIpv6AddressAndLengthToNetAddress(PRTM_NET_ADDRESS pNetAddress,
							IN6_ADDR Address, DWORD dwLength,
							DWORD dwAddressSize);

#ifdef __cplusplus
}
#endif

#endif /* _RTMV2_H */
