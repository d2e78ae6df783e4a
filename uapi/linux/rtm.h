/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ABI of /dev/rtm, the routing table manager.
 */
#ifndef _UAPI_LINUX_RTM_H
#define _UAPI_LINUX_RTM_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: General ioctl format
 *
 * Every command takes a pointer to a structure whose first member is its own
 * size in bytes.  A kernel that knows a longer structure reads the missing tail
 * as zero; a kernel that knows a shorter one accepts a longer structure as long
 * as the part it does not know is zero.  Reserved members and unused flag bits
 * are zero on the way in and are zero on the way out.
 *
 * A command returns 0, or fails with -1 and errno, having changed nothing:
 *
 *  - ENOTTY: the command number is unknown to this kernel.
 *  - E2BIG: the structure is longer than this kernel's and its tail is not zero,
 *    or it is longer than a page.
 *  - EINVAL: a member has a value that is never valid.
 *  - EOPNOTSUPP: a flag or value is unknown to this kernel.
 *  - EFAULT: the structure or an array it points to cannot be read or written.
 *  - EBADF: a handle names nothing this file may use, or an object of another
 *    kind or of another table.
 *  - EPERM: the file was not opened for writing, or its opener or the caller has
 *    no CAP_NET_ADMIN over the file's network namespace; or a limit was asked for
 *    that is above what somebody with more rights has set.
 *  - EACCES: the object belongs to somebody else, or the lock rules forbid it.
 *  - ENOENT: nothing matches.
 *  - ESTALE: the object was deleted already.
 *  - EEXIST: an entity of that name is registered already.
 *  - EMSGSIZE: an array has too little room; the needed count is stored.
 *  - ENOSPC: a limit on the number of objects or their bytes was reached.
 *  - ENOMEM: out of memory.
 *  - EAGAIN: RTM_REQ_NOWAIT was given and the destination is locked.
 *  - ETIMEDOUT: the deadline passed before the lock was granted.
 *  - EINTR: a signal arrived while waiting; nothing is held.
 *  - EIDRM: the entity was deregistered while the call waited.
 *
 * Handles are 64-bit ids, never 0, valid in the open file description that got
 * them.  The same object has the same handle in the same file, with a count per
 * registration: each delivery of a handle adds one reference, each release drops
 * one, and the end of a registration drops what it still has.
 *
 * Deadlines are absolute, nanoseconds of CLOCK_MONOTONIC; 0 waits for ever.
 */

#define RTM_IOC_MAGIC		0xE8
#define RTM_ABI_VERSION		1

/* Commands are _IO() without a size, so that their structures can grow. */
#define RTM_IOC_GET_VERSION		_IO(RTM_IOC_MAGIC, 0x00)
#define RTM_IOC_GET_STATS		_IO(RTM_IOC_MAGIC, 0x01)
#define RTM_IOC_REGISTER_ENTITY		_IO(RTM_IOC_MAGIC, 0x02)
#define RTM_IOC_DEREGISTER_ENTITY	_IO(RTM_IOC_MAGIC, 0x03)
#define RTM_IOC_GET_ENTITIES		_IO(RTM_IOC_MAGIC, 0x04)
#define RTM_IOC_GET_ENTITY_INFO		_IO(RTM_IOC_MAGIC, 0x05)
#define RTM_IOC_REFERENCE_HANDLES	_IO(RTM_IOC_MAGIC, 0x06)
#define RTM_IOC_RELEASE_HANDLES		_IO(RTM_IOC_MAGIC, 0x07)
#define RTM_IOC_ADD_NEXTHOP		_IO(RTM_IOC_MAGIC, 0x08)
#define RTM_IOC_FIND_NEXTHOP		_IO(RTM_IOC_MAGIC, 0x09)
#define RTM_IOC_DELETE_NEXTHOP		_IO(RTM_IOC_MAGIC, 0x0a)
#define RTM_IOC_GET_NEXTHOP_INFO	_IO(RTM_IOC_MAGIC, 0x0b)
#define RTM_IOC_ADD_ROUTE		_IO(RTM_IOC_MAGIC, 0x0c)
#define RTM_IOC_DELETE_ROUTE		_IO(RTM_IOC_MAGIC, 0x0d)
#define RTM_IOC_GET_ROUTE_INFO		_IO(RTM_IOC_MAGIC, 0x0e)
#define RTM_IOC_IS_BEST_ROUTE		_IO(RTM_IOC_MAGIC, 0x0f)
#define RTM_IOC_GET_DEST_INFO		_IO(RTM_IOC_MAGIC, 0x10)
#define RTM_IOC_GET_EXACT_DEST		_IO(RTM_IOC_MAGIC, 0x11)
#define RTM_IOC_GET_MOST_SPECIFIC_DEST	_IO(RTM_IOC_MAGIC, 0x12)
#define RTM_IOC_GET_LESS_SPECIFIC_DEST	_IO(RTM_IOC_MAGIC, 0x13)
#define RTM_IOC_LOCK_DEST		_IO(RTM_IOC_MAGIC, 0x14)
#define RTM_IOC_UNLOCK_DEST		_IO(RTM_IOC_MAGIC, 0x15)
#define RTM_IOC_BREAK_DEST_LOCK		_IO(RTM_IOC_MAGIC, 0x16)
#define RTM_IOC_GET_OPAQUE		_IO(RTM_IOC_MAGIC, 0x17)
#define RTM_IOC_SET_OPAQUE		_IO(RTM_IOC_MAGIC, 0x18)
#define RTM_IOC_ADD_ROUTES		_IO(RTM_IOC_MAGIC, 0x19)
#define RTM_IOC_DELETE_ROUTES		_IO(RTM_IOC_MAGIC, 0x1a)
#define RTM_IOC_FIB_SYNC		_IO(RTM_IOC_MAGIC, 0x1b)
#define RTM_IOC_DUMP_ENTITIES		_IO(RTM_IOC_MAGIC, 0x1c)
#define RTM_IOC_DUMP_NEXTHOPS		_IO(RTM_IOC_MAGIC, 0x1d)
#define RTM_IOC_DUMP_DESTS		_IO(RTM_IOC_MAGIC, 0x1e)
#define RTM_IOC_DUMP_ROUTES		_IO(RTM_IOC_MAGIC, 0x1f)
#define RTM_IOC_DUMP_LOCKS		_IO(RTM_IOC_MAGIC, 0x20)
#define RTM_IOC_CREATE_DEST_ENUM	_IO(RTM_IOC_MAGIC, 0x21)
#define RTM_IOC_CREATE_ROUTE_ENUM	_IO(RTM_IOC_MAGIC, 0x22)
#define RTM_IOC_CREATE_NEXTHOP_ENUM	_IO(RTM_IOC_MAGIC, 0x23)
#define RTM_IOC_GET_ENUM_DESTS		_IO(RTM_IOC_MAGIC, 0x24)
#define RTM_IOC_GET_ENUM_ROUTES		_IO(RTM_IOC_MAGIC, 0x25)
#define RTM_IOC_GET_ENUM_NEXTHOPS	_IO(RTM_IOC_MAGIC, 0x26)
#define RTM_IOC_DELETE_ENUM		_IO(RTM_IOC_MAGIC, 0x27)
#define RTM_IOC_CREATE_ROUTE_LIST	_IO(RTM_IOC_MAGIC, 0x28)
#define RTM_IOC_INSERT_IN_ROUTE_LIST	_IO(RTM_IOC_MAGIC, 0x29)
#define RTM_IOC_CREATE_ROUTE_LIST_ENUM	_IO(RTM_IOC_MAGIC, 0x2a)
#define RTM_IOC_GET_LIST_ENUM_ROUTES	_IO(RTM_IOC_MAGIC, 0x2b)
#define RTM_IOC_DELETE_ROUTE_LIST	_IO(RTM_IOC_MAGIC, 0x2c)
#define RTM_IOC_GET_EXACT_ROUTE		_IO(RTM_IOC_MAGIC, 0x2d)
#define RTM_IOC_HOLD_DEST		_IO(RTM_IOC_MAGIC, 0x2e)
#define RTM_IOC_ANSWER_EXPIRY		_IO(RTM_IOC_MAGIC, 0x2f)
#define RTM_IOC_REGISTER_NOTIFY		_IO(RTM_IOC_MAGIC, 0x30)
#define RTM_IOC_DEREGISTER_NOTIFY	_IO(RTM_IOC_MAGIC, 0x31)
#define RTM_IOC_GET_CHANGED_DESTS	_IO(RTM_IOC_MAGIC, 0x32)
#define RTM_IOC_IGNORE_CHANGED_DESTS	_IO(RTM_IOC_MAGIC, 0x33)
#define RTM_IOC_GET_CHANGE_STATUS	_IO(RTM_IOC_MAGIC, 0x34)
#define RTM_IOC_MARK_DEST		_IO(RTM_IOC_MAGIC, 0x35)
#define RTM_IOC_IS_DEST_MARKED		_IO(RTM_IOC_MAGIC, 0x36)
#define RTM_IOC_LOCK_ROUTE		_IO(RTM_IOC_MAGIC, 0x37)
#define RTM_IOC_UNLOCK_ROUTE		_IO(RTM_IOC_MAGIC, 0x38)
#define RTM_IOC_UPDATE_ROUTE		_IO(RTM_IOC_MAGIC, 0x39)
#define RTM_IOC_LOCK_NEXTHOP		_IO(RTM_IOC_MAGIC, 0x3a)
#define RTM_IOC_UNLOCK_NEXTHOP		_IO(RTM_IOC_MAGIC, 0x3b)
#define RTM_IOC_GET_METHODS		_IO(RTM_IOC_MAGIC, 0x40)
#define RTM_IOC_INVOKE_METHOD		_IO(RTM_IOC_MAGIC, 0x41)
#define RTM_IOC_BLOCK_METHODS		_IO(RTM_IOC_MAGIC, 0x42)
#define RTM_IOC_FETCH_CALL		_IO(RTM_IOC_MAGIC, 0x43)
#define RTM_IOC_ANSWER_CALL		_IO(RTM_IOC_MAGIC, 0x44)
#define RTM_IOC_BEGIN_RESYNC		_IO(RTM_IOC_MAGIC, 0x45)
#define RTM_IOC_END_RESYNC		_IO(RTM_IOC_MAGIC, 0x46)
#define RTM_IOC_GET_DESTS		_IO(RTM_IOC_MAGIC, 0x47)
#define RTM_IOC_SET_LIMITS		_IO(RTM_IOC_MAGIC, 0x48)
#define RTM_IOC_GET_LIMITS		_IO(RTM_IOC_MAGIC, 0x49)
#define RTM_IOC_SET_CRASH_POLICY	_IO(RTM_IOC_MAGIC, 0x4a)
#define RTM_IOC_DUMP_NOTIFIES		_IO(RTM_IOC_MAGIC, 0x4b)

/* Request flags, valid where the command says so. */
#define RTM_REQ_NOWAIT		(1u << 0)	/* EAGAIN instead of waiting */
#define RTM_REQ_EXCLUSIVE	(1u << 1)	/* lock mode; shared without it */
#define RTM_REQ_NO_HANDLE	(1u << 2)	/* do not return a handle */
#define RTM_REQ_OPAQUE_SLOT	(1u << 3)	/* reserve an opaque slot */
#define RTM_REQ_KEEP		(1u << 4)	/* crash policy: routes stay */
#define RTM_REQ_EVENTS		(1u << 5)	/* deliver events */
#define RTM_REQ_INFOS		(1u << 6)	/* the infos array is wanted */
#define RTM_REQ_HOLD		(1u << 7)	/* crash policy: routes stay for a while */
#define RTM_REQ_EXACT		(1u << 8)	/* the prefix itself, not its longest match */
#define RTM_REQ_NAMESPACE	(1u << 9)	/* the network namespace, not an entity */
#define RTM_REQ_LOCAL		(1u << 12)	/* run the caller's own methods there */
#define RTM_REQ_SERVE		(1u << 13)	/* do not wait while calls come in */

/* The longest time of RTM_REQ_HOLD: a day. */
#define RTM_MAX_HOLD_MS		86400000u

/* The hold time of a destination that has no end. */
#define RTM_HOLD_FOREVER	0xffffffffu

/* Views: a route belongs to a set of them, best routes exist in each. */
#define RTM_V_UCAST		(1u << 0)
#define RTM_V_MCAST		(1u << 1)
#define RTM_V_SUPPORTED		(RTM_V_UCAST | RTM_V_MCAST)
#define RTM_N_VIEWS		2

/* ProtocolId arguments of the destination queries. */
#define RTM_PROTO_BEST		0u		/* whatever protocol is best */
#define RTM_PROTO_THIS		0xffffffffu	/* the caller's protocol */

/* Route flags (16 bits); the low four decide about forwarding. */
#define RTM_RF_MARTIAN		0x0001
#define RTM_RF_BLACKHOLE	0x0002
#define RTM_RF_DISCARD		0x0004
#define RTM_RF_INACTIVE		0x0008
#define RTM_RF_LOCAL		0x0010
#define RTM_RF_REMOTE		0x0020
#define RTM_RF_MYSELF		0x0040
#define RTM_RF_LOOPBACK		0x0080
#define RTM_RF_MCAST		0x0100
#define RTM_RF_LOCAL_MCAST	0x0200
#define RTM_RF_LIMITED_BC	0x0400
#define RTM_RF_ZEROS_NETBC	0x1000
#define RTM_RF_ZEROS_SUBNETBC	0x2000
#define RTM_RF_ONES_NETBC	0x4000
#define RTM_RF_ONES_SUBNETBC	0x8000

/* Next-hop flags. */
#define RTM_NHF_REMOTE		0x0001
#define RTM_NHF_DOWN		0x0002

/* Change flags of RTM_IOC_ADD_ROUTE (in and out) and RTM_IOC_DELETE_ROUTE. */
#define RTM_RC_FIRST		0x00000001u	/* in: ignore the neighbour */
#define RTM_RC_NEW		0x00000002u	/* in: always add; out: added */
#define RTM_RC_BEST		0x00010000u	/* out: a best route changed */

/**
 * enum rtm_handle_type - kinds of objects a handle can name
 * @RTM_HANDLE_ANY: any kind, where a request allows it
 * @RTM_HANDLE_ENTITY: an entity; the one a file registered and the same entity met
 *	as the owner of a route have the same handle
 * @RTM_HANDLE_DEST: a destination
 * @RTM_HANDLE_ROUTE: a route
 * @RTM_HANDLE_NEXTHOP: a next hop
 * @RTM_HANDLE_ENUM: an enumeration
 * @RTM_HANDLE_LIST: a route list
 * @RTM_HANDLE_NOTIFY: a registration for change notification
 *
 * The kind stands in bits 56..63 of each handle.
 */
enum rtm_handle_type {
	RTM_HANDLE_ANY = 0,
	RTM_HANDLE_ENTITY = 1,
	RTM_HANDLE_DEST = 2,
	RTM_HANDLE_ROUTE = 3,
	RTM_HANDLE_NEXTHOP = 4,
	RTM_HANDLE_ENUM = 5,
	RTM_HANDLE_LIST = 6,
	RTM_HANDLE_NOTIFY = 7,
};

#define RTM_HANDLE_TYPE(handle)	((__u32)((handle) >> 56))

/**
 * enum rtm_object_state - life of a route, a next hop or an entity
 * @RTM_STATE_CREATED: in the table
 * @RTM_STATE_DELETING: being removed
 * @RTM_STATE_DELETED: removed, kept readable by references
 */
enum rtm_object_state {
	RTM_STATE_CREATED = 0,
	RTM_STATE_DELETING = 1,
	RTM_STATE_DELETED = 2,
};

/**
 * enum rtm_fib_state - what the kernel FIB has of a destination's best route
 * @RTM_FIB_NONE: nothing is wanted there and nothing of ours is there
 * @RTM_FIB_PENDING: a change waits for the FIB writer
 * @RTM_FIB_INSTALLED: the best unicast route forwards
 * @RTM_FIB_FAILED: the kernel refused it; errno and text are kept
 * @RTM_FIB_CONFLICT: a foreign route of the prefix is in the way
 * @RTM_FIB_UNRESOLVED: its next hops are remote and lead to no local one
 */
enum rtm_fib_state {
	RTM_FIB_NONE = 0,
	RTM_FIB_PENDING = 1,
	RTM_FIB_INSTALLED = 2,
	RTM_FIB_FAILED = 3,
	RTM_FIB_CONFLICT = 4,
	RTM_FIB_UNRESOLVED = 5,
};

/**
 * enum rtm_resource - what is limited, per entity and per network namespace
 * @RTM_RES_ROUTES: routes
 * @RTM_RES_NEXTHOPS: next hops
 * @RTM_RES_HANDLES: handles
 * @RTM_RES_OBJECTS: enumerations, route lists and change notifications
 * @RTM_RES_DESTS: destinations; limited per namespace only
 * @RTM_RES_BYTES: bytes of kernel memory in all of them, and in what they need
 */
enum rtm_resource {
	RTM_RES_ROUTES = 0,
	RTM_RES_NEXTHOPS = 1,
	RTM_RES_HANDLES = 2,
	RTM_RES_OBJECTS = 3,
	RTM_RES_DESTS = 4,
	RTM_RES_BYTES = 5,
};

#define RTM_N_RESOURCES		6

/**
 * struct rtm_net_prefix - an address prefix of either family
 * @family: AF_INET or AF_INET6
 * @len: prefix length, 0..32 or 0..128
 * @pad: zero
 * @addr: address, network byte order; IPv4 uses the first four bytes.  Bits
 *	beyond @len are ignored on input and zero on output.
 */
struct rtm_net_prefix {
	__u16 family;
	__u16 len;
	__u32 pad;
	__u8 addr[16];
};

/**
 * struct rtm_get_version - argument of RTM_IOC_GET_VERSION
 * @size: bytes of this structure
 * @abi: out: RTM_ABI_VERSION of the module
 * @features: out: bit map of optional abilities, none defined yet
 * @release: out: the module's version, NUL terminated
 *
 * Needs no right beyond an open file.
 */
struct rtm_get_version {
	__u32 size;
	__u32 abi;
	__aligned_u64 features;
	char release[32];
};

/**
 * struct rtm_get_stats - argument of RTM_IOC_GET_STATS
 * @size: bytes of this structure
 * @pad: zero
 * @entities: out: entities alive, departed ones still referenced included
 * @nexthops: out: next hops alive, deleted ones still referenced included
 * @routes: out: routes alive, deleted ones still referenced included
 * @dests: out: destinations in the tries
 * @handles: out: handles of all open files
 * @locks_held: out: user holds of destinations
 * @locks_waiting: out: requests waiting for a destination
 * @fib_wanted: out: destinations whose unicast best route belongs in the FIB
 * @fib_installed: out: of these, installed
 * @fib_failed: out: of these, refused by the kernel
 * @fib_conflict: out: of these, kept out by a foreign route
 * @fib_pending: out: destinations waiting for the FIB writer
 * @fib_messages: out: rtnetlink route messages sent since load
 * @trie_bytes: out: bytes in trie nodes
 * @files: out: open files, and clients of modules
 * @objects: out: enumerations, route lists and notifications
 * @calls: out: calls of methods under way
 * @desyncs: out: how often a listener got out of sync since load
 *
 * All figures are those of the file's network namespace.  Needs no right beyond
 * an open file.
 */
struct rtm_get_stats {
	__u32 size;
	__u32 pad;
	__aligned_u64 entities;
	__aligned_u64 nexthops;
	__aligned_u64 routes;
	__aligned_u64 dests;
	__aligned_u64 handles;
	__aligned_u64 locks_held;
	__aligned_u64 locks_waiting;
	__aligned_u64 fib_wanted;
	__aligned_u64 fib_installed;
	__aligned_u64 fib_failed;
	__aligned_u64 fib_conflict;
	__aligned_u64 fib_pending;
	__aligned_u64 fib_messages;
	__aligned_u64 trie_bytes;
	__aligned_u64 files;
	__aligned_u64 objects;
	__aligned_u64 calls;
	__aligned_u64 desyncs;
};

/**
 * struct rtm_entity_id - who an entity is
 * @family: AF_INET or AF_INET6
 * @instance: RTM instance; 0 is the one that forwards
 * @protocol: EntityProtocolId, vendor and protocol code
 * @id: EntityInstanceId, tells registrations of one protocol apart
 * @pad: zero
 */
struct rtm_entity_id {
	__u16 family;
	__u16 instance;
	__u32 protocol;
	__u32 id;
	__u32 pad;
};

/**
 * struct rtm_register_entity - argument of RTM_IOC_REGISTER_ENTITY
 * @size: bytes of this structure
 * @flags: RTM_REQ_OPAQUE_SLOT, RTM_REQ_EVENTS; the crash policy: RTM_REQ_HOLD,
 *	RTM_REQ_KEEP or neither
 * @id: the name; unique among the registered entities of the namespace
 * @entity: out: handle of the registration
 * @max_nexthops: out: most next hops of one route
 * @max_handles: out: most items of one enumeration call
 * @views: out: set of supported views
 * @n_views: out: number of bits in @views
 * @n_methods: methods that others may invoke, at most RTM_MAX_METHODS
 * @hold_ms: with RTM_REQ_HOLD: milliseconds, 1..RTM_MAX_HOLD_MS; else 0
 *
 * The crash policy says what becomes of the routes and next hops when the file
 * closes, be it because the process has died.  Without RTM_REQ_HOLD and
 * RTM_REQ_KEEP they are withdrawn.  With RTM_REQ_HOLD they stay for @hold_ms and are
 * withdrawn then, with RTM_REQ_KEEP they stay.  An entity that is held or kept is
 * not registered: whoever registers the name takes all over, says what the policy
 * is from now on, and so ends the time.  To deregister withdraws in any case.
 *
 * Needs a file open for writing and CAP_NET_ADMIN.  EEXIST: the name is taken.
 * ENOSPC: no opaque slot is left, or a limit on instances or entities is
 * reached.  EINVAL: the family is neither AF_INET nor AF_INET6, there are too many
 * methods, @hold_ms is out of range, or both policies are given.
 */
struct rtm_register_entity {
	__u32 size;
	__u32 flags;
	struct rtm_entity_id id;
	__aligned_u64 entity;
	__u32 max_nexthops;
	__u32 max_handles;
	__u32 views;
	__u32 n_views;
	__u32 n_methods;
	__u32 hold_ms;
};

#define RTM_MAX_METHODS		32

/**
 * struct rtm_deregister_entity - argument of RTM_IOC_DEREGISTER_ENTITY
 * @size: bytes of this structure
 * @flags: zero
 * @entity: registration to end
 *
 * Drops its locks, routes, next hops, opaque cells and handles.  Calls of the
 * registration that wait in other threads end with EIDRM.
 */
struct rtm_deregister_entity {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
};

/**
 * struct rtm_get_entities - argument of RTM_IOC_GET_ENTITIES
 * @size: bytes of this structure
 * @flags: RTM_REQ_INFOS
 * @entity: caller's registration
 * @handles: user pointer to __u64[@count]: entity handles, one reference each;
 *	0 where they are not wanted
 * @infos: user pointer to struct rtm_entity_id[@count], with RTM_REQ_INFOS
 * @count: in: room in the arrays; out: entries stored
 * @total: out: entities of the caller's table, the caller included
 *
 * EMSGSIZE: more entities than room; what fits is stored and @count says how
 * many, with a reference each.
 */
struct rtm_get_entities {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 handles;
	__aligned_u64 infos;
	__u32 count;
	__u32 total;
};

/**
 * struct rtm_get_entity_info - argument of RTM_IOC_GET_ENTITY_INFO
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @handle: entity to describe, of the caller's table
 * @id: out: its name
 * @state: out: enum rtm_object_state; deleted once it has departed
 * @pad: zero
 */
struct rtm_get_entity_info {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 handle;
	struct rtm_entity_id id;
	__u32 state;
	__u32 pad;
};

/**
 * struct rtm_handles - argument of RTM_IOC_REFERENCE_HANDLES and _RELEASE_HANDLES
 * @size: bytes of this structure
 * @type: enum rtm_handle_type every handle must have; RTM_HANDLE_ANY for any
 * @entity: caller's registration
 * @handles: user pointer to __u64[@count]
 * @count: number of handles, at most RTM_MAX_HANDLES_CALL
 * @done: out: handles released (RTM_IOC_RELEASE_HANDLES only)
 *
 * Referencing is all or nothing.  Releasing skips handles that are 0, goes on
 * past a bad one, and then fails with EBADF.
 */
struct rtm_handles {
	__u32 size;
	__u32 type;
	__aligned_u64 entity;
	__aligned_u64 handles;
	__u32 count;
	__u32 done;
};

#define RTM_MAX_HANDLES_CALL	4096
#define RTM_MAX_NEXTHOPS	64	/* upper end of the max_nexthops parameter */

/**
 * struct rtm_nexthop_attrs - what a next hop is
 * @addr: address of the next router; with @ifindex the key within the owner
 * @ifindex: interface index, 0 for a remote next hop
 * @state: out: enum rtm_object_state
 * @flags: RTM_NHF_*
 * @cookie: the owner's private value
 * @remote_dest: destination that covers a remote next hop, or 0
 * @owner: out: the owning entity
 */
struct rtm_nexthop_attrs {
	struct rtm_net_prefix addr;
	__u32 ifindex;
	__u16 state;
	__u16 flags;
	__aligned_u64 cookie;
	__aligned_u64 remote_dest;
	__aligned_u64 owner;
};

/**
 * struct rtm_nexthop_req - argument of the four next-hop commands
 * @size: bytes of this structure
 * @flags: RTM_REQ_NO_HANDLE
 * @entity: caller's registration
 * @nexthop: handle.  ADD: in: update this one, or 0 to search by key; out: the
 *	next hop, unless RTM_REQ_NO_HANDLE.  FIND: out.  DELETE: in, consumed by
 *	success; 0 to search by key.  GET_INFO: in.
 * @attrs: ADD: in.  FIND, DELETE by key: @attrs.addr and @attrs.ifindex in.
 *	FIND: out, but for @attrs.owner and @attrs.remote_dest, which are 0.
 *	GET_INFO: out, with a reference for these two.
 * @change: ADD: out: RTM_RC_NEW or 0
 * @pad: zero
 *
 * EACCES: the next hop belongs to another entity.  ENOENT: no such next hop.
 * ESTALE: deleted already.
 */
struct rtm_nexthop_req {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 nexthop;
	struct rtm_nexthop_attrs attrs;
	__u32 change;
	__u32 pad;
};

/**
 * struct rtm_route_attrs - what a route is
 * @neighbour: next hop the route was learned from, or 0
 * @cookie: the owner's private value
 * @nexthops: user pointer to __u64[@n_nexthops]: next hops, of equal cost
 * @n_nexthops: number of them; on output what the route has
 * @metric: lower is better, compared second
 * @preference: lower is better, compared first; 0 takes the protocol's default
 * @views: set of views the route belongs to
 * @flags: RTM_RF_*
 * @flags1: carried for RTMv1, not interpreted
 * @state: out: enum rtm_object_state
 * @mtu: path MTU for the FIB entry, 0 for the device's
 * @src: preferred source address for the FIB entry, all zero for none
 * @ttl_ms: milliseconds the route lives from this command on, 0 for ever; on output
 *	what is left of them, at least 1
 * @pad: zero
 *
 * When the time of a route is over its owner is asked by RTM_EVENT_ROUTE_EXPIRED if
 * it gets events, and the route stays as it is; what @ttl_ms says then is the time
 * for the answer.  Without events, and without an answer in time (parameter
 * expiry_answer_ms), it is deleted.  A lock of the destination puts that off.
 */
struct rtm_route_attrs {
	__aligned_u64 neighbour;
	__aligned_u64 cookie;
	__aligned_u64 nexthops;
	__u32 n_nexthops;
	__u32 metric;
	__u32 preference;
	__u32 views;
	__u16 flags;
	__u8 flags1;
	__u8 state;
	__u32 mtu;
	__u8 src[16];
	__u32 ttl_ms;
	__u32 pad;
};

/**
 * struct rtm_add_route - argument of RTM_IOC_ADD_ROUTE
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT, RTM_REQ_NO_HANDLE
 * @entity: caller's registration
 * @route: in: route to update, or 0 to search by key; out: the route, unless
 *	RTM_REQ_NO_HANDLE
 * @dest: destination, made when it is not there
 * @attrs: the route
 * @change: in: RTM_RC_FIRST, RTM_RC_NEW; out: RTM_RC_NEW, RTM_RC_BEST
 * @pad: zero
 * @list: route list of the caller to move it to; 0 leaves it where it is
 * @deadline: how long to wait for a lock of the destination
 *
 * The key is (destination, owner, neighbour); RTM_RC_FIRST leaves the neighbour
 * out of it, RTM_RC_NEW adds in any case.  EACCES: @route belongs to another
 * entity.  EBADF: a next hop is not the caller's or was deleted, or the list is not
 * the caller's.  EINVAL: too
 * many next hops, one twice, a view set of unsupported views only, or @dest is
 * not the destination of @route.  ESTALE: @route was deleted.
 */
struct rtm_add_route {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 route;
	struct rtm_net_prefix dest;
	struct rtm_route_attrs attrs;
	__u32 change;
	__u32 pad;
	__aligned_u64 list;
	__aligned_u64 deadline;
};

/**
 * struct rtm_delete_route - argument of RTM_IOC_DELETE_ROUTE
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT
 * @entity: caller's registration
 * @route: route to delete, consumed by success; 0 to search by key
 * @dest: key: destination
 * @neighbour: key: neighbour, 0 for the caller's first route there
 * @change: out: RTM_RC_BEST or 0
 * @pad: zero
 * @deadline: how long to wait for a lock of the destination
 *
 * EACCES: the route belongs to another entity.  ESTALE: it was deleted already.
 * ENOENT: the caller has no such route.
 */
struct rtm_delete_route {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 route;
	struct rtm_net_prefix dest;
	__aligned_u64 neighbour;
	__u32 change;
	__u32 pad;
	__aligned_u64 deadline;
};

/**
 * struct rtm_route_item - one route of RTM_IOC_ADD_ROUTES, _DELETE_ROUTES
 * @dest: destination
 * @attrs: the route; of it DELETE uses @attrs.neighbour only
 * @change: as in the single command
 * @status: out: 0 or a negative errno
 */
struct rtm_route_item {
	struct rtm_net_prefix dest;
	struct rtm_route_attrs attrs;
	__u32 change;
	__s32 status;
};

/**
 * struct rtm_route_batch - argument of RTM_IOC_ADD_ROUTES, _DELETE_ROUTES
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT
 * @entity: caller's registration
 * @items: user pointer to struct rtm_route_item[@count]
 * @count: number of items, at most RTM_MAX_BATCH
 * @done: out: items that have a status now
 * @deadline: how long to wait for a lock of the first item's destination
 *
 * Items are done in order, each on its own.  The call stops before an item whose
 * destination is locked and waits only if that is the first; a signal ends it
 * after the current item.  Call again with what is left.
 */
struct rtm_route_batch {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 items;
	__u32 count;
	__u32 done;
	__aligned_u64 deadline;
};

#define RTM_MAX_BATCH		4096

/**
 * struct rtm_get_route_info - argument of RTM_IOC_GET_ROUTE_INFO
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT; RTM_REQ_NO_HANDLE for the prefix alone
 * @entity: caller's registration
 * @route: route to describe, anybody's
 * @attrs: out: the route; in: @attrs.nexthops and @attrs.n_nexthops give the
 *	room for handles
 * @dest: out: handle of its destination
 * @owner: out: its owner
 * @prefix: out: prefix of its destination
 * @deadline: how long to wait for a lock of the destination
 *
 * Adds a reference to @dest, @owner, @attrs.neighbour and every next hop.
 * EMSGSIZE: too little room for the next hops; @attrs.n_nexthops says how many.
 */
struct rtm_get_route_info {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 route;
	struct rtm_route_attrs attrs;
	__aligned_u64 dest;
	__aligned_u64 owner;
	struct rtm_net_prefix prefix;
	__aligned_u64 deadline;
};

/**
 * struct rtm_is_best_route - argument of RTM_IOC_IS_BEST_ROUTE
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT
 * @entity: caller's registration
 * @route: the route
 * @deadline: how long to wait for a lock of the destination
 * @views: out: views in which it is the best route
 * @pad: zero
 */
struct rtm_is_best_route {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 route;
	__aligned_u64 deadline;
	__u32 views;
	__u32 pad;
};

/**
 * struct rtm_dest_view - one view of a destination
 * @view: view number, 0 unicast, 1 multicast
 * @n_routes: routes of the destination in the view, the held-down one excluded
 * @route: best route of the asked protocol, or 0
 * @owner: its owner, or 0
 * @flags: its RTM_RF_*
 * @pad: zero
 * @hold_route: held-down route, a deleted one, or 0
 */
struct rtm_dest_view {
	__s32 view;
	__u32 n_routes;
	__aligned_u64 route;
	__aligned_u64 owner;
	__u32 flags;
	__u32 pad;
	__aligned_u64 hold_route;
};

/**
 * struct rtm_dest_item - a destination in an array of them
 * @size: bytes of this item, its blocks included
 * @n_views: entries of @views
 * @dest: handle of the destination
 * @prefix: its prefix
 * @last_changed: CLOCK_REALTIME nanoseconds of the last change
 * @belongs: views the destination has routes in
 * @status: 0, or the negative errno of RTM_IOC_GET_DESTS; then all but @size and
 *	@prefix, the one asked for, is zero
 * @views: one block per supported view asked for, ascending, also where there is
 *	no route
 *
 * Carries a reference to @dest and to every route, owner and held-down route
 * reported.  All items of one call are as large.
 */
struct rtm_dest_item {
	__u32 size;
	__u32 n_views;
	__aligned_u64 dest;
	struct rtm_net_prefix prefix;
	__aligned_u64 last_changed;
	__u32 belongs;
	__s32 status;
	struct rtm_dest_view views[];
};

/**
 * struct rtm_get_dest - argument of the four destination queries
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT
 * @entity: caller's registration
 * @dest: GET_DEST_INFO, GET_LESS_SPECIFIC: in: the destination; all: out: the
 *	destination found
 * @prefix: GET_EXACT, GET_MOST_SPECIFIC: in: what to look for; all: out: the
 *	prefix found
 * @protocol: whose best route to report, RTM_PROTO_BEST or RTM_PROTO_THIS
 * @views: views to search in and to report; 0 searches all, reports none
 * @view_infos: user pointer to struct rtm_dest_view[@n_views]: one block per
 *	supported view in @views, ascending, also where there is no route
 * @n_views: in: room; out: blocks stored
 * @belongs: out: views the destination has routes in
 * @last_changed: out: CLOCK_REALTIME nanoseconds of the last change
 * @deadline: how long to wait for a lock of the destination
 *
 * Adds a reference to @dest and to every route, owner and held-down route reported.
 * ENOENT: no destination matches; one that has no route is found by handle only, and
 * one that has held-down routes only with @views 0 as well.
 * EMSGSIZE: too little room; @n_views says how many blocks are needed.
 */
struct rtm_get_dest {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 dest;
	struct rtm_net_prefix prefix;
	__u32 protocol;
	__u32 views;
	__aligned_u64 view_infos;
	__u32 n_views;
	__u32 belongs;
	__aligned_u64 last_changed;
	__aligned_u64 deadline;
};

/**
 * struct rtm_get_dests - argument of RTM_IOC_GET_DESTS
 * @size: bytes of this structure
 * @flags: RTM_REQ_EXACT to find the prefixes themselves, else the longest that cover
 *	them; RTM_REQ_NOWAIT
 * @entity: caller's registration
 * @prefixes: user pointer to struct rtm_net_prefix[@count], what to look for
 * @items: user pointer to @count places of @item_size bytes, in each of which a struct
 *	rtm_dest_item is stored
 * @count: in: prefixes, 1 or more; out: items stored, from the first
 * @item_size: a multiple of 8, at least sizeof(struct rtm_dest_item) and a block for each
 *	supported view in @views
 * @protocol: whose best route to report, RTM_PROTO_BEST or RTM_PROTO_THIS
 * @views: views to search in and to report; 0 searches all, reports none
 * @deadline: how long to wait for a lock of the first destination
 *
 * Each item is as the single command would have it, with that one's error as its
 * status: ENOENT, or EINVAL for a prefix.  One call stores rtm_register_entity.max_handles
 * items at most, and stops before a locked destination that is not the first; with
 * RTM_REQ_NOWAIT its status is EAGAIN instead.  A failure stores no handle.
 */
struct rtm_get_dests {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 prefixes;
	__aligned_u64 items;
	__u32 count;
	__u32 item_size;
	__u32 protocol;
	__u32 views;
	__aligned_u64 deadline;
};

/**
 * struct rtm_hold_dest - argument of RTM_IOC_HOLD_DEST
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT
 * @entity: caller's registration
 * @dest: the destination, whoever has routes there
 * @views: in these views; 0 for all
 * @hold_ms: milliseconds, not 0, or RTM_HOLD_FOREVER
 * @deadline: how long to wait for a lock of the destination
 *
 * When the last route of one of the views is deleted, by its owner or because its
 * time is over, it stays readable as the view's held-down route for the hold time:
 * the longest asked for since the last hold ended, one for all views.  Its end ends
 * the holds of all views and forgets what this command asked for.  A route that comes
 * meanwhile is used at once and changes nothing about it.  No hold outlives the
 * registration of the held route's owner, and routes removed because their owner
 * goes are not held.
 */
struct rtm_hold_dest {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 dest;
	__u32 views;
	__u32 hold_ms;
	__aligned_u64 deadline;
};

/**
 * struct rtm_answer_expiry - argument of RTM_IOC_ANSWER_EXPIRY
 * @size: bytes of this structure
 * @flags: zero
 * @entity: owner of the route, the caller's registration
 * @route: route that expired; consumed by success with @stays 0
 * @context: of the event
 * @stays: 1: the route stays, without an end; 0: it is deleted
 * @pad: zero
 *
 * Never waits: a route whose destination somebody has locked is deleted when that
 * lock goes.  EACCES: the route belongs to another entity.  ESTALE: the question has
 * been settled otherwise: the route was updated or deleted, or the answer is too late.
 */
struct rtm_answer_expiry {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 route;
	__aligned_u64 context;
	__u32 stays;
	__u32 pad;
};

/**
 * struct rtm_resync - argument of RTM_IOC_BEGIN_RESYNC and RTM_IOC_END_RESYNC
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @swept: END: out: routes that were not announced again, and go; about so many when
 *	some go by themselves meanwhile
 *
 * Between the two the caller announces, by adding or updating it, every route that is
 * still true.  END deletes its others.  What is announced as it was changes nothing,
 * neither in the FIB nor for those who listen.  BEGIN again starts over.  An end of the
 * registration ends the resync, and nothing is swept; next hops never are.
 *
 * END never waits: where somebody has the destination locked, the route is deleted when
 * that lock goes.  ENOENT: END without BEGIN.
 */
struct rtm_resync {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 swept;
};

/**
 * struct rtm_object_req - argument of RTM_IOC_CREATE_ROUTE_LIST, _DELETE_ROUTE_LIST
 *	and _DELETE_ENUM
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @handle: CREATE: out: the new list, empty; DELETE: in: the list or the enumeration,
 *	of any kind
 *
 * A list that is deleted lets go of its routes, which stay in the table, and its
 * enumerations are at their end.  ENOSPC: the caller has too many lists,
 * enumerations and notifications.
 */
struct rtm_object_req {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 handle;
};

/**
 * struct rtm_insert_in_list - argument of RTM_IOC_INSERT_IN_ROUTE_LIST
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @list: list of the caller; 0 takes the routes off their lists
 * @routes: user pointer to __u64[@count]: routes of the caller
 * @count: number of routes, at most RTM_MAX_HANDLES_CALL
 * @pad: zero
 *
 * A route is on one list at most: it leaves the one it is on and goes to the end of
 * this.  One that is on this list already keeps its place.  A deleted route leaves
 * its list.  All or none: EBADF: a route is not the caller's or was deleted.
 */
struct rtm_insert_in_list {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 list;
	__aligned_u64 routes;
	__u32 count;
	__u32 pad;
};

/* Where an enumeration begins and ends. */
#define RTM_EN_START		0u		/* all of the table */
#define RTM_EN_NEXT		1u		/* from a prefix on, itself included */
#define RTM_EN_RANGE		2u		/* a prefix and its more specifics */

/* What a route must have in common with a struct rtm_route_match. */
#define RTM_RM_OWNER		0x0001u		/* the owner */
#define RTM_RM_NEIGHBOUR	0x0002u		/* the neighbour, or none */
#define RTM_RM_PREF		0x0004u		/* preference and metric */
#define RTM_RM_NEXTHOP		0x0008u		/* every next hop given, or has none */
#define RTM_RM_INTERFACE	0x0010u		/* a next hop on the interface */
#define RTM_RM_SAME_NEXTHOPS	0x0020u		/* with _NEXTHOP: and no other next hop */

/**
 * struct rtm_route_match - what routes are looked for
 * @flags: set of RTM_RM_*; 0 for any route; the other members count where it says so
 * @ifindex: interface
 * @owner: entity of the caller's table
 * @neighbour: next hop of anybody in the caller's table, or 0 for none
 * @nexthops: user pointer to __u64[@n_nexthops]: next hops, likewise
 * @n_nexthops: number of them, at most RTM_MAX_NEXTHOPS; with 0 only routes without
 *	next hops match
 * @metric: compared with @preference
 * @preference: as routes have it, so never 0
 * @pad: zero
 */
struct rtm_route_match {
	__u32 flags;
	__u32 ifindex;
	__aligned_u64 owner;
	__aligned_u64 neighbour;
	__aligned_u64 nexthops;
	__u32 n_nexthops;
	__u32 metric;
	__u32 preference;
	__u32 pad;
};

/**
 * struct rtm_create_enum - argument of RTM_IOC_CREATE_DEST_ENUM, _ROUTE_ENUM and
 *	_NEXTHOP_ENUM
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @handle: out: the enumeration, to be ended by RTM_IOC_DELETE_ENUM
 * @dest: ROUTES: only those of this destination, and @where and @prefix do not
 *	count; 0 for those of all; else zero
 * @prefix: where to begin, unless @where is RTM_EN_START
 * @where: RTM_EN_START, RTM_EN_NEXT or RTM_EN_RANGE
 * @own: 1: DESTS: those whose best route in any of @views is the caller's; ROUTES:
 *	the caller's; NEXTHOPS are the caller's anyway, so 0
 * @views: DESTS: with a route in one of these, which are also reported; ROUTES: in
 *	one of these; 0 for all, reporting none; NEXTHOPS: zero
 * @protocol: DESTS: whose best route to report, RTM_PROTO_BEST or RTM_PROTO_THIS;
 *	else zero
 * @match: ROUTES: what they must be like; else zero
 * @item_size: out: DESTS: bytes of one item, else those of a handle
 * @pad: zero
 *
 * Destinations come in order of their addresses, shorter prefixes first, their routes
 * best first, next hops by address and interface.  What is there throughout is
 * reported once; a route that changes places among those of its destination meanwhile may
 * not be, or twice.  EBADF: a handle of @match names nothing of the caller's table.
 * EINVAL: a set of unsupported views only.  ENOSPC: the caller has too many lists,
 * enumerations and notifications.
 */
struct rtm_create_enum {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 handle;
	__aligned_u64 dest;
	struct rtm_net_prefix prefix;
	__u32 where;
	__u32 own;
	__u32 views;
	__u32 protocol;
	struct rtm_route_match match;
	__u32 item_size;
	__u32 pad;
};

/**
 * struct rtm_create_list_enum - argument of RTM_IOC_CREATE_ROUTE_LIST_ENUM
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @handle: out: the enumeration, to be ended by RTM_IOC_DELETE_ENUM
 * @list: list of the caller
 *
 * The list may change meanwhile: what is put on it behind the last route reported is
 * reported later.  It is at its end for good when the list is deleted.
 */
struct rtm_create_list_enum {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 handle;
	__aligned_u64 list;
};

/**
 * struct rtm_get_enum - argument of RTM_IOC_GET_ENUM_DESTS, _ROUTES, _NEXTHOPS and
 *	RTM_IOC_GET_LIST_ENUM_ROUTES
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT
 * @entity: caller's registration
 * @handle: an enumeration of the command's kind
 * @items: DESTS: user pointer to @count items of @item_size bytes: struct
 *	rtm_dest_item; else to __u64[@count]: handles, one reference each
 * @count: in: room, not 0; out: items stored, max_handles at most; 0 at the end, and
 *	again for every further call
 * @item_size: as RTM_IOC_CREATE_DEST_ENUM said, or that of a handle
 * @deadline: how long to wait for a lock of the first destination
 *
 * The enumeration moves on only when the call succeeds.  It stops before a destination
 * somebody has locked exclusively, and waits only if that is the first.  Next hops and
 * lists wait for nobody.
 */
struct rtm_get_enum {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 handle;
	__aligned_u64 items;
	__u32 count;
	__u32 item_size;
	__aligned_u64 deadline;
};

/**
 * struct rtm_get_exact_route - argument of RTM_IOC_GET_EXACT_ROUTE
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT; RTM_REQ_NO_HANDLE: none for the route itself
 * @entity: caller's registration
 * @prefix: exactly this destination
 * @match: what the route must be like
 * @views: it must be in one of these; 0 for any
 * @pad: zero
 * @route: out: the route, unless RTM_REQ_NO_HANDLE
 * @attrs: out: the route; in: @attrs.nexthops and @attrs.n_nexthops give the room for
 *	handles
 * @dest: out: handle of its destination
 * @owner: out: its owner
 * @deadline: how long to wait for a lock of the destination
 *
 * Of several the best.  Adds a reference to @route, @dest, @owner, @attrs.neighbour and
 * every next hop.  ENOENT: no route matches.  EMSGSIZE: too little room for the next
 * hops; @attrs.n_nexthops says how many.
 */
struct rtm_get_exact_route {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	struct rtm_net_prefix prefix;
	struct rtm_route_match match;
	__u32 views;
	__u32 pad;
	__aligned_u64 route;
	struct rtm_route_attrs attrs;
	__aligned_u64 dest;
	__aligned_u64 owner;
	__aligned_u64 deadline;
};

/**
 * struct rtm_lock_dest - argument of RTM_IOC_LOCK_DEST and _UNLOCK_DEST
 * @size: bytes of this structure
 * @flags: RTM_REQ_EXCLUSIVE for write mode; RTM_REQ_NOWAIT (lock only)
 * @entity: caller's registration
 * @dest: the destination
 * @deadline: how long to wait (lock only)
 * @left: out (unlock only): how often its thread still has it in that mode
 *
 * EACCES: exclusive without a stake in the destination (parameter
 * dest_lock_policy), an upgrade while others hold it, a conflict with the same
 * thread's hold through another entity, or nothing held in that mode to release.
 */
struct rtm_lock_dest {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 dest;
	__aligned_u64 deadline;
	__aligned_u64 left;
};

/**
 * struct rtm_lock_object - argument of RTM_IOC_LOCK_ROUTE, _UNLOCK_ROUTE and
 *	_LOCK_NEXTHOP
 * @size: bytes of this structure
 * @flags: RTM_REQ_EXCLUSIVE for write mode; RTM_REQ_NOWAIT (lock only)
 * @entity: caller's registration
 * @object: route or next hop, the caller's own
 * @deadline: how long to wait (lock only)
 * @left: out (unlock only): how often its thread still has it in that mode
 *
 * The lock of a route is that of its destination, as RTM_IOC_LOCK_DEST takes it; a
 * lock that was taken through one command may be released through the other.
 *
 * The lock of a next hop excludes who locks the same next hop, and nobody else: only
 * its owner can, so these are other threads.  Each may lock again what it has.  A lock
 * ends with the registration and with the process that took it.
 *
 * EACCES: somebody else's, an upgrade while others hold it, or nothing held in that
 * mode to release.  ESTALE: it was deleted (lock only).  ENOSPC: the caller has locked
 * RTM_MAX_NEXTHOP_LOCKS next hops.
 */
struct rtm_lock_object {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 object;
	__aligned_u64 deadline;
	__aligned_u64 left;
};

#define RTM_MAX_NEXTHOP_LOCKS	1024

/**
 * struct rtm_update_route - argument of RTM_IOC_UPDATE_ROUTE
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @route: its route, which the calling thread has locked exclusively, be it by
 *	RTM_IOC_LOCK_ROUTE or by RTM_IOC_LOCK_DEST
 * @list: route list of the caller to move it to, 0 to leave it where it is
 * @attrs: what the route is from now on
 * @change: out: RTM_RC_BEST or 0
 * @left: out: how often the thread still has the destination locked exclusively
 *
 * Success releases the lock once; a failure changes nothing and leaves it.  EACCES:
 * somebody else's route, or not locked so.  ESTALE: the route was deleted.  EBADF: a
 * next hop, the neighbour or the list is not the caller's, or was deleted.
 */
struct rtm_update_route {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 route;
	__aligned_u64 list;
	struct rtm_route_attrs attrs;
	__u32 change;
	__u32 left;
};

/**
 * struct rtm_unlock_nexthop - argument of RTM_IOC_UNLOCK_NEXTHOP
 * @size: bytes of this structure
 * @flags: RTM_REQ_EXCLUSIVE for write mode
 * @entity: caller's registration
 * @nexthop: its next hop
 * @cookie: with @commit: the owner's private value from now on
 * @remote_dest: with @commit: destination that covers it, or 0
 * @nexthop_flags: with @commit: RTM_NHF_*
 * @commit: 1: change the next hop before the lock is released, in write mode only; a
 *	next hop that was deleted is not changed.  0: release only
 *
 * EACCES: nothing held in that mode to release.  A failure changes nothing and leaves
 * the lock.
 */
struct rtm_unlock_nexthop {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 nexthop;
	__aligned_u64 cookie;
	__aligned_u64 remote_dest;
	__u32 nexthop_flags;
	__u32 commit;
};

/**
 * struct rtm_break_dest_lock - argument of RTM_IOC_BREAK_DEST_LOCK
 * @size: bytes of this structure
 * @flags: zero
 * @prefix: the destination
 * @instance: its RTM instance
 * @pad: zero
 * @broken: out: holds that were dropped
 *
 * An administrator's way out: drops every hold of the destination; a holder's
 * next unlock fails with EACCES.  ENOENT: no such destination.
 */
struct rtm_break_dest_lock {
	__u32 size;
	__u32 flags;
	struct rtm_net_prefix prefix;
	__u16 instance;
	__u16 pad;
	__u32 broken;
};

/**
 * struct rtm_opaque - argument of RTM_IOC_GET_OPAQUE and _SET_OPAQUE
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration, made with RTM_REQ_OPAQUE_SLOT
 * @dest: the destination
 * @value: out (GET) or in (SET): the caller's cell, 0 at first
 *
 * A cell that is not 0 keeps its destination alive.  The kernel never looks at
 * the value.  Locking the destination first is the client's affair.  ENOENT: no
 * slot was reserved.
 */
struct rtm_opaque {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 dest;
	__aligned_u64 value;
};

/**
 * struct rtm_fib_sync - argument of RTM_IOC_FIB_SYNC
 * @size: bytes of this structure
 * @flags: zero
 * @deadline: how long to wait
 * @installed: out: destinations installed in the FIB
 * @failed: out: destinations the kernel refused
 * @conflict: out: destinations kept out by a foreign route
 * @unresolved: out: destinations without a usable next hop
 *
 * Returns when the FIB has decided about every change made before the call.
 * Needs no right beyond an open file.
 */
struct rtm_fib_sync {
	__u32 size;
	__u32 flags;
	__aligned_u64 deadline;
	__aligned_u64 installed;
	__aligned_u64 failed;
	__aligned_u64 conflict;
	__aligned_u64 unresolved;
};

/**
 * struct rtm_set_crash_policy - argument of RTM_IOC_SET_CRASH_POLICY
 * @size: bytes of this structure
 * @flags: RTM_REQ_HOLD, RTM_REQ_KEEP, or neither to withdraw
 * @entity: caller's registration, or 0 for the entity named @id
 * @id: with @entity 0: a registered, held or kept entity; else zero
 * @hold_ms: with RTM_REQ_HOLD: milliseconds, 1..RTM_MAX_HOLD_MS; else 0
 * @pad: zero
 *
 * See struct rtm_register_entity.  By name it is the administrator's way: needs no
 * registration, and takes effect at once on an entity that is held or kept: its
 * time begins anew, or ends, or it is withdrawn.  EINVAL: @hold_ms is out of range,
 * both policies are given, or @id as well as @entity.  ENOENT: no such entity.
 */
struct rtm_set_crash_policy {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	struct rtm_entity_id id;
	__u32 hold_ms;
	__u32 pad;
};

/**
 * struct rtm_set_limits - argument of RTM_IOC_SET_LIMITS
 * @size: bytes of this structure
 * @flags: RTM_REQ_NAMESPACE, or 0
 * @entity: caller's registration, or 0
 * @id: without @entity and RTM_REQ_NAMESPACE: the name of a registered, held or kept
 *	entity; else zero
 * @which: what is set: 1 << enum rtm_resource for each
 * @pad: zero
 * @limits: by enum rtm_resource: the limit, 0 to take it back; zero where @which has no
 *	bit.  RTM_RES_DESTS is for namespaces only.
 *
 * Three limits of an entity are in force at once: that of the module, that which an
 * administrator sets by name, and that which a registration sets for itself.  The
 * least of them counts.  Each may be set up to the one before: so a registration
 * cannot get beyond what the administrator of its namespace has set, nor he beyond the
 * parameters of the module, which are the host's.  Of a namespace, with
 * RTM_REQ_NAMESPACE, there are the first two.
 *
 * What is above a new limit stays, and nothing is added until there is less.  What a
 * registration has set for itself ends with it; what was set by name lasts as long as
 * the entity, be it registered, held or kept.
 *
 * Needs a file open for writing and CAP_NET_ADMIN.  EINVAL: @which is 0 or has bits of
 * no resource, a limit without its bit, more than one of RTM_REQ_NAMESPACE, @entity
 * and @id, or RTM_RES_DESTS of an entity.  ENOENT: no such entity.  EPERM: a limit is
 * above the one before; none is set.
 */
struct rtm_set_limits {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	struct rtm_entity_id id;
	__u32 which;
	__u32 pad;
	__aligned_u64 limits[RTM_N_RESOURCES];
};

/**
 * struct rtm_usage - one resource of an entity or a namespace
 * @limit: the limit in force, all ones for none
 * @used: how much there is
 * @refused: how often something was refused because of the limit
 */
struct rtm_usage {
	__aligned_u64 limit;
	__aligned_u64 used;
	__aligned_u64 refused;
};

/**
 * struct rtm_get_limits - argument of RTM_IOC_GET_LIMITS
 * @size: bytes of this structure
 * @flags: RTM_REQ_NAMESPACE, or 0
 * @entity: as in struct rtm_set_limits
 * @id: likewise
 * @usage: out: by enum rtm_resource
 *
 * An entity is charged for what it has in the table, for held-down routes too, and for
 * its handles, one for each object.  A namespace is charged until the memory is free:
 * also for what others keep of what was deleted or has departed.  Bytes are those of
 * the structures, without what the allocator adds to them.
 *
 * Needs no right beyond an open file.  EINVAL: more than one of RTM_REQ_NAMESPACE,
 * @entity and @id.  ENOENT: no such entity.
 */
struct rtm_get_limits {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	struct rtm_entity_id id;
	struct rtm_usage usage[RTM_N_RESOURCES];
};

/* What kinds of change a registration is told of, and of which destinations. */
#define RTM_CT_ALL		0x00000001u	/* any change of any route */
#define RTM_CT_BEST		0x00000002u	/* best route replaced or changed */
#define RTM_CT_FORWARDING	0x00000004u	/* likewise, as forwarding sees it */
#define RTM_CT_ONLY_MARKED	0x00010000u	/* marked destinations only */

#define RTM_MAX_NOTIFIES	64	/* upper end of the max_notifies parameter */

/**
 * struct rtm_register_notify - argument of RTM_IOC_REGISTER_NOTIFY
 * @size: bytes of this structure
 * @flags: RTM_REQ_EVENTS: tell by RTM_EVENT_CHANGED that something has changed
 * @entity: caller's registration
 * @notify: out: handle of the registration for change notification
 * @context: given back in the event
 * @types: one RTM_CT_* at least besides RTM_CT_ONLY_MARKED
 * @views: views that count and are reported; 0 for all, and none are reported
 * @prefix: only this prefix and its more specifics; family 0 for all
 * @protocol: only changes that concern a route of this protocol, RTM_PROTO_BEST for
 *	all: one that came, went or changed, a best one that was replaced, and what
 *	replaced it
 * @item_size: out: bytes of one item of RTM_IOC_GET_CHANGED_DESTS
 *
 * A change that was made before the call is not reported; it can be seen when the
 * call has returned.  The best route changes for RTM_CT_BEST when it is replaced or
 * gets another preference, metric, next hop or flag; for RTM_CT_FORWARDING flags
 * other than RTM_RF_MARTIAN, _BLACKHOLE, _DISCARD and _INACTIVE do not count.  A
 * route that is added as it was does not change.  The caller's own changes count.
 * EINVAL: no type, or a set of unsupported views only.  ENOSPC: the table has as
 * many registrations as it may (parameter max_notifies).
 */
struct rtm_register_notify {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 notify;
	__aligned_u64 context;
	__u32 types;
	__u32 views;
	struct rtm_net_prefix prefix;
	__u32 protocol;
	__u32 item_size;
};

/**
 * struct rtm_deregister_notify - argument of RTM_IOC_DEREGISTER_NOTIFY
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @notify: registration to end, with its marks and all that is pending
 */
struct rtm_deregister_notify {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 notify;
};

/* What RTM_IOC_GET_CHANGED_DESTS says besides. */
#define RTM_NOTIFY_DESYNC	(1u << 0)	/* forget all: a replay begins */
#define RTM_NOTIFY_SYNCED	(1u << 1)	/* the replay is complete */

/**
 * struct rtm_get_changed - argument of RTM_IOC_GET_CHANGED_DESTS
 * @size: bytes of this structure
 * @flags: RTM_REQ_NOWAIT
 * @entity: caller's registration
 * @notify: registration for change notification
 * @items: user pointer to @count items of @item_size bytes: struct rtm_dest_item
 * @count: in: room, not 0; out: items stored, max_handles at most; 0 when nothing
 *	is pending
 * @item_size: as RTM_IOC_REGISTER_NOTIFY said
 * @state: out: RTM_NOTIFY_DESYNC, RTM_NOTIFY_SYNCED
 * @pad: zero
 * @deadline: how long to wait for a lock of the first destination
 *
 * Destinations are reported in order of their last change, once, as they are now:
 * one that has lost all routes shows none.  One that changes again while the call runs
 * can come twice, as it was at each time.  What is reported is not pending any more
 * as soon as the call has succeeded.  The call stops before a destination somebody
 * has locked exclusively, and waits only if that is the first.
 *
 * A listener that leaves more than max_notify_ghosts vanished destinations unread
 * gets out of sync.  The next call says RTM_NOTIFY_DESYNC, and the whole table is
 * reported in order of prefixes, in as many calls as it takes; the call that says
 * RTM_NOTIFY_SYNCED has the last of it.  What vanished before the desync is not
 * reported: all that was known before RTM_NOTIFY_DESYNC and not reported by the time
 * of RTM_NOTIFY_SYNCED is no more.
 */
struct rtm_get_changed {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 notify;
	__aligned_u64 items;
	__u32 count;
	__u32 item_size;
	__u32 state;
	__u32 pad;
	__aligned_u64 deadline;
};

/**
 * struct rtm_ignore_changed - argument of RTM_IOC_IGNORE_CHANGED_DESTS
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @notify: registration for change notification
 * @dests: user pointer to __u64[@count]: destinations
 * @count: number of destinations, at most RTM_MAX_HANDLES_CALL
 * @pad: zero
 *
 * They are not pending any more; later changes count again.  No handle is released.
 * All or none: EBADF: one of them is no destination of the caller's table.
 */
struct rtm_ignore_changed {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 notify;
	__aligned_u64 dests;
	__u32 count;
	__u32 pad;
};

/**
 * struct rtm_notify_dest - argument of RTM_IOC_GET_CHANGE_STATUS, _MARK_DEST and
 *	_IS_DEST_MARKED
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @notify: registration for change notification
 * @dest: the destination
 * @value: STATUS, IS_MARKED: out: 1 if it is pending or marked; MARK: in: 1 to mark
 *	it, 0 to unmark it
 * @pad: zero
 *
 * A mark matters to RTM_CT_ONLY_MARKED only, but may be set in any case.  It keeps
 * the destination, also without routes.  Unmarking leaves what is pending.  ENOSPC:
 * the registration has as many marks as a file may have handles.
 */
struct rtm_notify_dest {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 notify;
	__aligned_u64 dest;
	__u32 value;
	__u32 pad;
};

/* Which destinations a dump shows; without one of these, all of them. */
#define RTM_DUMP_EXACT		(1u << 16)	/* the given prefix alone */
#define RTM_DUMP_MATCH		(1u << 17)	/* the longest one covering it */
#define RTM_DUMP_SUBTREE	(1u << 18)	/* it and its more specifics */

/**
 * struct rtm_dump - argument of the RTM_IOC_DUMP_* commands
 * @size: bytes of this structure
 * @flags: at most one RTM_DUMP_* (destinations and routes)
 * @prefix: its family picks the table; the rest goes with @flags
 * @instance: the RTM instance
 * @pad: zero
 * @count: out: records stored
 * @buf: user pointer to the records
 * @buf_size: in: bytes of room, at least RTM_DUMP_MIN_BUF; out: bytes stored
 * @more: out: 1 when another call with this structure unchanged continues
 * @cursor: zero to begin; afterwards as the last call left it
 *
 * For looking at the tables: needs no registration and no right beyond an open
 * file, takes no handle, never waits for a lock, and shows what is committed.
 * Entities, locks and listeners of all tables of the namespace are dumped, whatever
 * @prefix says.  Each record begins with its own size in bytes, a multiple of 8.
 * Items that are there throughout appear once, in order; a route that changes places among
 * those of its destination meanwhile may not, or twice.  EINVAL: the cursor is not one the
 * kernel gave.
 */
struct rtm_dump {
	__u32 size;
	__u32 flags;
	struct rtm_net_prefix prefix;
	__u16 instance;
	__u16 pad;
	__u32 count;
	__aligned_u64 buf;
	__u32 buf_size;
	__u32 more;
	__aligned_u64 cursor[5];
};

#define RTM_DUMP_MIN_BUF	8192
#define RTM_DUMP_MAX_BUF	(1u << 20)

/**
 * struct rtm_entity_rec - record of RTM_IOC_DUMP_ENTITIES
 * @size: bytes of this record
 * @flags: RTM_REQ_OPAQUE_SLOT, RTM_REQ_EVENTS as registered; the crash policy:
 *	RTM_REQ_HOLD, RTM_REQ_KEEP or neither
 * @id: name
 * @registered: 1 while a file has it registered, 0 while it is held or kept
 * @pid: process that registered it, in the caller's pid namespace, or 0
 * @uid: user that registered it, in the caller's user namespace
 * @n_methods: methods it exports
 * @blocked: 1 while it has blocked them
 * @hold_ms: with RTM_REQ_HOLD: milliseconds it will be held; once it is, those
 *	that are left
 * @pad: zero
 * @routes: its routes
 * @nexthops: its next hops
 */
struct rtm_entity_rec {
	__u32 size;
	__u32 flags;
	struct rtm_entity_id id;
	__u32 registered;
	__s32 pid;
	__u32 uid;
	__u16 n_methods;
	__u16 blocked;
	__u32 hold_ms;
	__u32 pad;
	__aligned_u64 routes;
	__aligned_u64 nexthops;
};

/**
 * struct rtm_nexthop_rec - record of RTM_IOC_DUMP_NEXTHOPS
 * @size: bytes of this record
 * @ifindex: interface
 * @addr: address
 * @owner: the owning entity
 * @flags: RTM_NHF_*
 * @state: enum rtm_object_state
 * @users: routes that use it
 * @cookie: the owner's private value
 */
struct rtm_nexthop_rec {
	__u32 size;
	__u32 ifindex;
	struct rtm_net_prefix addr;
	struct rtm_entity_id owner;
	__u16 flags;
	__u16 state;
	__u32 users;
	__aligned_u64 cookie;
};

/**
 * struct rtm_dest_rec - record of RTM_IOC_DUMP_DESTS
 * @size: bytes of this record
 * @refs: references that keep it
 * @prefix: the destination
 * @views: views it has routes in
 * @n_routes: number of routes
 * @fib_state: enum rtm_fib_state
 * @fib_errno: the kernel's last answer, a positive errno or 0
 * @locked: 0 free, 1 held shared, 2 held exclusively by a user
 * @held: views with a held-down route
 * @hold_views: views marked for hold-down
 * @hold_ms: milliseconds of a hold, while there is one what is left of it;
 *	RTM_HOLD_FOREVER; 0 unless marked
 * @last_changed: CLOCK_REALTIME nanoseconds
 * @fib_text: the kernel's extended error message, NUL terminated
 */
struct rtm_dest_rec {
	__u32 size;
	__u32 refs;
	struct rtm_net_prefix prefix;
	__u32 views;
	__u32 n_routes;
	__u32 fib_state;
	__u32 fib_errno;
	__u32 locked;
	__u32 held;
	__u32 hold_views;
	__u32 hold_ms;
	__aligned_u64 last_changed;
	char fib_text[80];
};

/**
 * struct rtm_route_rec_nexthop - a next hop inside a struct rtm_route_rec
 * @addr: address
 * @ifindex: interface
 * @flags: RTM_NHF_*
 * @state: enum rtm_object_state
 */
struct rtm_route_rec_nexthop {
	struct rtm_net_prefix addr;
	__u32 ifindex;
	__u16 flags;
	__u16 state;
};

/**
 * struct rtm_route_rec - record of RTM_IOC_DUMP_ROUTES
 * @size: bytes of this record, next hops included
 * @n_nexthops: entries in @nexthops
 * @dest: destination
 * @owner: the owning entity
 * @attrs: the route; neighbour is 1 if there is one, nexthops is 0
 * @neighbour: address and interface of the neighbour, if there is one
 * @best: views in which it is the best route
 * @fib_state: enum rtm_fib_state of the destination, where it is the unicast best
 * @locked: as in struct rtm_dest_rec
 * @age_ms: milliseconds since the route was last added or changed
 * @nexthops: its next hops
 */
struct rtm_route_rec {
	__u32 size;
	__u32 n_nexthops;
	struct rtm_net_prefix dest;
	struct rtm_entity_id owner;
	struct rtm_route_attrs attrs;
	struct rtm_route_rec_nexthop neighbour;
	__u32 best;
	__u32 fib_state;
	__u32 locked;
	__u32 age_ms;
	struct rtm_route_rec_nexthop nexthops[];
};

/**
 * struct rtm_lock_rec - record of RTM_IOC_DUMP_LOCKS: a holder or a waiter
 * @size: bytes of this record
 * @waiting: 0 holder, 1 waiter
 * @prefix: destination
 * @entity: the entity that holds or waits
 * @exclusive: number of exclusive acquisitions; for a waiter 1 if it wants that
 * @shared: number of shared acquisitions; for a waiter 1 if it wants that
 * @pid: process, in the caller's pid namespace, or 0
 * @tid: thread, in the caller's pid namespace, or 0
 * @age_ns: nanoseconds since it was granted or began to wait
 */
struct rtm_lock_rec {
	__u32 size;
	__u32 waiting;
	struct rtm_net_prefix prefix;
	struct rtm_entity_id entity;
	__u32 exclusive;
	__u32 shared;
	__s32 pid;
	__s32 tid;
	__aligned_u64 age_ns;
};

/**
 * struct rtm_notify_rec - record of RTM_IOC_DUMP_NOTIFIES: a listener to changes
 * @size: bytes of this record
 * @flags: RTM_REQ_EVENTS as registered
 * @owner: the entity that registered it
 * @types: RTM_CT_*, as registered
 * @views: as registered
 * @prefix: as registered; family 0 for all
 * @protocol: as registered
 * @pid: process of the entity, in the caller's pid namespace, or 0
 * @state: RTM_NOTIFY_DESYNC from when it had left too much unread until it has been
 *	told of the whole table; else 0
 * @pad: zero
 * @pending: changed destinations that it has not been told of; those of a table that
 *	it is yet to be told of as a whole do not count
 * @gone: how many of them have no route any more, and are kept for it
 * @marked: destinations it has marked
 */
struct rtm_notify_rec {
	__u32 size;
	__u32 flags;
	struct rtm_entity_id owner;
	__u32 types;
	__u32 views;
	struct rtm_net_prefix prefix;
	__u32 protocol;
	__s32 pid;
	__u32 state;
	__u32 pad;
	__aligned_u64 pending;
	__aligned_u64 gone;
	__aligned_u64 marked;
};

/**
 * struct rtm_get_methods - argument of RTM_IOC_GET_METHODS
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @handle: entity to ask about, of the caller's table
 * @n_methods: out: how many methods it exports
 * @pad: zero
 *
 * ESTALE: it is not registered any more.
 */
struct rtm_get_methods {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 handle;
	__u32 n_methods;
	__u32 pad;
};

/**
 * struct rtm_invoke_method - argument of RTM_IOC_INVOKE_METHOD
 * @size: bytes of this structure
 * @flags: RTM_REQ_LOCAL, RTM_REQ_SERVE
 * @entity: caller's registration
 * @callee: whose methods, an entity of the caller's table
 * @call: in: 0, or a call to go on waiting for; out: the call when the command was
 *	interrupted, else 0
 * @input: user pointer to __u8[@input_size]
 * @output: user pointer to __u8[@output_size]
 * @input_size: at most RTM_MAX_METHOD_DATA
 * @output_size: in: room, at most RTM_MAX_METHOD_DATA; out: bytes stored
 * @methods: in: a bit for each; those the callee has not are left out
 * @status: out: what the callee said of the call as a whole
 * @local: out: 1: nothing was called, the caller shall run its own methods
 * @pad: zero
 * @deadline: how long to wait
 *
 * Waits for the callee's answer, and before that while it has blocked its methods.
 * Without any of @methods it returns at once, with no output.
 *
 * With RTM_REQ_LOCAL, a callee that this process registered through this file is
 * not called: the command returns @local as soon as its methods are not blocked.
 *
 * A command that ends with EINTR has not ended the call: its number is in @call, and
 * the same command again goes on waiting.  So a signal does not run a method twice.
 * A thread has one such call per registration at most; the next one it makes drops
 * it.  With RTM_REQ_SERVE the command ends the same way with EAGAIN while a call to
 * an entity of this file waits to be fetched, so that a thread which serves calls
 * can make some.
 *
 * ESTALE: the callee's registration has ended, before or during the call.  ENOSPC:
 * too many calls wait for it (parameter max_method_calls).  ENOENT: @call is none
 * of the caller's.  EBUSY: another thread waits for @call.  EMSGSIZE: the room has
 * shrunk since @call was made.
 */
struct rtm_invoke_method {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 callee;
	__aligned_u64 call;
	__aligned_u64 input;
	__aligned_u64 output;
	__u32 input_size;
	__u32 output_size;
	__u32 methods;
	__u32 status;
	__u32 local;
	__u32 pad;
	__aligned_u64 deadline;
};

#define RTM_MAX_METHOD_DATA	65536

/**
 * struct rtm_block_methods - argument of RTM_IOC_BLOCK_METHODS
 * @size: bytes of this structure
 * @flags: zero
 * @entity: caller's registration
 * @block: 1 holds calls of its methods back, 0 lets them go on
 * @pad: zero
 *
 * Not counted.  Calls that were fetched already are not held back, nor are those
 * the blocking thread makes.  The end of the registration ends it.
 */
struct rtm_block_methods {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__u32 block;
	__u32 pad;
};

/**
 * struct rtm_fetch_call - argument of RTM_IOC_FETCH_CALL
 * @size: bytes of this structure
 * @flags: zero
 * @entity: in: callee, a registration of the caller, or 0 for any of this file; out:
 *	the callee
 * @call: in: the call, or 0 for the oldest one; out: the call
 * @caller: out: entity that calls, with one reference for @entity to release
 * @input: user pointer to __u8[@input_size]
 * @input_size: in: room; out: bytes stored
 * @output_size: out: room the caller has for output
 * @methods: out: a bit for each method to run, ascending
 * @pad: zero
 *
 * A call can be fetched once; it counts when the reply was stored.  Never waits.
 * ENOENT: no such call waits, or it is held back.  EMSGSIZE: too little room; the
 * call stays, @entity, @call and @input_size say which it is and what it needs.
 */
struct rtm_fetch_call {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 call;
	__aligned_u64 caller;
	__aligned_u64 input;
	__u32 input_size;
	__u32 output_size;
	__u32 methods;
	__u32 pad;
};

/**
 * struct rtm_answer_call - argument of RTM_IOC_ANSWER_CALL
 * @size: bytes of this structure
 * @flags: zero
 * @entity: callee, the caller's registration
 * @call: the call
 * @output: user pointer to __u8[@output_size]
 * @output_size: at most what the caller has room for
 * @status: handed to the caller as it is
 *
 * Also for a call that was not fetched yet, which is then refused.  The answer to a
 * call that its caller has given up is accepted and forgotten.  ENOENT: the call is
 * none of the registration's, or was answered.  EMSGSIZE: more than there is room
 * for.
 */
struct rtm_answer_call {
	__u32 size;
	__u32 flags;
	__aligned_u64 entity;
	__aligned_u64 call;
	__aligned_u64 output;
	__u32 output_size;
	__u32 status;
};

/**
 * enum rtm_event_type - what a struct rtm_event tells
 * @RTM_EVENT_ENTITY_REGISTERED: an entity joined the registration's table
 * @RTM_EVENT_ENTITY_DEREGISTERED: an entity left it
 * @RTM_EVENT_ROUTE_EXPIRED: the time of a route of the registration is over; answer by
 *	RTM_IOC_ANSWER_EXPIRY, or by changing the route
 * @RTM_EVENT_CHANGED: destinations changed; call RTM_IOC_GET_CHANGED_DESTS
 * @RTM_EVENT_METHOD_CALL: a method of the registration is invoked
 */
enum rtm_event_type {
	RTM_EVENT_ENTITY_REGISTERED = 0,
	RTM_EVENT_ENTITY_DEREGISTERED = 1,
	RTM_EVENT_ROUTE_EXPIRED = 2,
	RTM_EVENT_CHANGED = 3,
	RTM_EVENT_METHOD_CALL = 4,
};

/**
 * struct rtm_event - what read() on the device returns, one or more
 * @type: enum rtm_event_type
 * @pad: zero
 * @entity: the registration the event is for, made with RTM_REQ_EVENTS or, for
 *	calls of methods, with methods
 * @object: entity that came or went, or route that expired, with one reference for
 *	@entity to release; CHANGED: the registration for change notification, without
 *	one; 0 for a call
 * @context: CHANGED: as registered; the call, for RTM_IOC_FETCH_CALL; ROUTE_EXPIRED: for
 *	RTM_IOC_ANSWER_EXPIRY; or 0
 * @id: name of the entity that came, went or calls
 *
 * CHANGED is told once, however much changes before it is read; the next change
 * after that tells it again, whether what is pending was fetched or not.
 *
 * poll() says POLLIN while there is one.  An event is consumed when it was
 * copied out; a registration that ends takes its events along.  read() fails
 * with EINVAL for a buffer shorter than one event, EAGAIN with O_NONBLOCK.
 */
struct rtm_event {
	__u32 type;
	__u32 pad;
	__aligned_u64 entity;
	__aligned_u64 object;
	__aligned_u64 context;
	struct rtm_entity_id id;
};

#endif /* _UAPI_LINUX_RTM_H */
