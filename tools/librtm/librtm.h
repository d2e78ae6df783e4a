/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The routing table manager, native interface.
 *
 * How this file works: a context is one open file of /dev/rtm; the calls are
 * named after the object they are about and stay close to the kernel's commands.
 * Plain data (prefixes, routes, records) are the structures of <linux/rtm.h>,
 * which only ever grow at the end.
 *
 * Rules that hold for every function:
 *
 *  - 0 or a count on success, a negative errno on failure: -ENOENT, never -1 with
 *    errno.  What the kernel's errors mean stands in <linux/rtm.h>; the functions
 *    below list what is special.  After a failure the output arguments have the
 *    values they had, unless the function says otherwise.
 *  - Output arguments marked "opt" may be NULL.
 *  - A context may be used by any number of threads at a time; an iterator by one.
 *    Nothing may still use a context when it is closed.
 *  - Calls that can wait for a lock take a deadline: an absolute time on
 *    CLOCK_MONOTONIC in nanoseconds, see rtm_deadline(); RTM_FOREVER for none;
 *    RTM_NOWAIT to get -EAGAIN instead of waiting.  Past the deadline they give
 *    -ETIMEDOUT, after a signal -EINTR.
 *  - Handles are 64-bit ids, never 0, that mean something in their own context
 *    only.  Each one returned carries one reference, which goes back with
 *    rtm_handles_release(), or by itself when the entity that got it ends.
 *  - A child made by fork() cannot use the contexts it inherited: every call gives
 *    -EBADF.  It should close them, and may open its own.
 *
 * The Windows interface, <rtmv2.h>, may be used beside this one.
 */
#ifndef _LIBRTM_H
#define _LIBRTM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

#include <linux/rtm.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rtm_ctx;
struct rtm_iter;

/* Deadlines beside the absolute ones. */
#define RTM_FOREVER	((uint64_t)0)
#define RTM_NOWAIT	((uint64_t)1)

/* rtm_open() */
#define RTM_OPEN_READONLY	(1u << 0)	/* look, do not change */

#define RTM_PREFIX_STRLEN	50	/* longest text of a prefix, and its NUL */

/**
 * rtm_deadline() - a deadline that is some time from now
 * @ms: milliseconds from now
 *
 * Return: the deadline, in nanoseconds of CLOCK_MONOTONIC.
 */
uint64_t rtm_deadline(unsigned int ms);

/* Contexts */

/**
 * rtm_open() - open the routing table manager of the caller's network namespace
 * @flags: RTM_OPEN_READONLY or 0
 * @ctx: out: context, closed by rtm_close()
 *
 * -ENOENT: the module is not loaded.  -EPROTONOSUPPORT: it is of another ABI
 * version.  -EACCES: the device node forbids it.
 */
int rtm_open(unsigned int flags, struct rtm_ctx **ctx);

/**
 * rtm_close() - close a context and end what was registered through it
 * @ctx: context, or NULL
 */
void rtm_close(struct rtm_ctx *ctx);

/**
 * rtm_fd() - the file to poll() for events
 * @ctx: context
 *
 * Return: a file descriptor that stays the context's; readable when
 * rtm_event_read() has something.
 */
int rtm_fd(const struct rtm_ctx *ctx);

/**
 * rtm_library_version() - version of this library
 *
 * Return: a text such as "0.1.0".
 */
const char *rtm_library_version(void);

/**
 * rtm_version() - version of the module
 * @ctx: context
 * @version: out: ABI, abilities, release
 */
int rtm_version(struct rtm_ctx *ctx, struct rtm_get_version *version);

/**
 * rtm_stats() - counters of the network namespace
 * @ctx: context
 * @stats: out: counters
 */
int rtm_stats(struct rtm_ctx *ctx, struct rtm_get_stats *stats);

/**
 * rtm_fib_wait() - wait until the kernel FIB has caught up
 * @ctx: context
 * @deadline: how long to wait, not RTM_NOWAIT
 * @result: opt out: how many destinations are installed, refused and so on
 */
int rtm_fib_wait(struct rtm_ctx *ctx, uint64_t deadline, struct rtm_fib_sync *result);

/* Prefixes */

/**
 * rtm_prefix_in() - make an IPv4 prefix
 * @addr: address
 * @len: prefix length, 0..32
 *
 * Return: the prefix; a length out of range stays, and is refused by the calls.
 */
struct rtm_net_prefix rtm_prefix_in(struct in_addr addr, unsigned int len);

/**
 * rtm_prefix_in6() - make an IPv6 prefix
 * @addr: address
 * @len: prefix length, 0..128
 *
 * Return: the prefix; a length out of range stays, and is refused by the calls.
 */
struct rtm_net_prefix rtm_prefix_in6(const struct in6_addr *addr, unsigned int len);

/**
 * rtm_prefix_parse() - read a prefix from text
 * @text: "192.0.2.0/24", "2001:db8::/32", or an address alone for its full length
 * @prefix: out: the prefix; bits beyond its length are kept as written
 *
 * -EINVAL: not a prefix.
 */
int rtm_prefix_parse(const char *text, struct rtm_net_prefix *prefix);

/**
 * rtm_prefix_format() - write a prefix as text
 * @prefix: prefix
 * @buf: out: NUL-terminated text
 * @size: bytes of room; RTM_PREFIX_STRLEN always suffices
 *
 * -EAFNOSUPPORT: unknown family.  -ENOSPC: too little room.
 *
 * Return: the length of the text.
 */
int rtm_prefix_format(const struct rtm_net_prefix *prefix, char *buf, size_t size);

/* Entities: who registers, and owns next hops and routes */

/**
 * struct rtm_limits - what a table allows
 * @max_nexthops: most next hops of one route
 * @max_handles: most items of one enumeration call
 * @views: set of supported views
 */
struct rtm_limits {
	uint32_t max_nexthops;
	uint32_t max_handles;
	uint32_t views;
};

/**
 * rtm_entity_register() - register an entity
 * @ctx: context, open for writing
 * @id: its table and name
 * @flags: RTM_REQ_OPAQUE_SLOT, RTM_REQ_KEEP, RTM_REQ_EVENTS, or 0
 * @entity: out: its handle, the @entity of the other calls
 * @limits: opt out: what the table allows
 *
 * It has no methods, see rtm_entity_register_methods().
 *
 * Its crash policy is to keep what it has with RTM_REQ_KEEP, and to withdraw it
 * without; /etc/rtm.conf is not asked, see rtm_conf_crash_policy().
 *
 * -EEXIST: the name is taken.  -EPERM: no CAP_NET_ADMIN.
 */
int rtm_entity_register(struct rtm_ctx *ctx, const struct rtm_entity_id *id, unsigned int flags,
			uint64_t *entity, struct rtm_limits *limits);

/**
 * rtm_entity_register_methods() - register an entity that others may call
 * @ctx: context, open for writing
 * @id: its table and name
 * @flags: as rtm_entity_register()
 * @n_methods: number of methods, at most RTM_MAX_METHODS
 * @entity: out: its handle
 * @limits: opt out: what the table allows
 *
 * Calls arrive as RTM_EVENT_METHOD_CALL, also without RTM_REQ_EVENTS; see
 * rtm_method_fetch().
 *
 * As rtm_entity_register(); -EINVAL: also too many methods.
 */
int rtm_entity_register_methods(struct rtm_ctx *ctx, const struct rtm_entity_id *id,
				unsigned int flags, unsigned int n_methods, uint64_t *entity,
				struct rtm_limits *limits);

/**
 * rtm_entity_deregister() - end a registration with all it has
 * @ctx: context
 * @entity: caller's registration
 *
 * Its calls that other threads wait in end with -EIDRM.
 */
int rtm_entity_deregister(struct rtm_ctx *ctx, uint64_t entity);

/**
 * struct rtm_crash_policy - what becomes of an entity's routes when its process dies
 * @flags: RTM_REQ_HOLD: they stay for @hold_ms; RTM_REQ_KEEP: they stay; 0: they are
 *	withdrawn at once
 * @hold_ms: with RTM_REQ_HOLD: milliseconds, 1..RTM_MAX_HOLD_MS; else 0
 *
 * It counts when the context is closed in any way but by the end of the registration,
 * which withdraws them always.  Whoever registers the name meanwhile takes all over.
 */
struct rtm_crash_policy {
	uint32_t flags;
	uint32_t hold_ms;
};

/**
 * rtm_entity_set_crash_policy() - change the crash policy of a registration
 * @ctx: context
 * @entity: caller's registration
 * @policy: the policy from now on
 *
 * -EINVAL: a time out of range or without RTM_REQ_HOLD, or both flags.
 */
int rtm_entity_set_crash_policy(struct rtm_ctx *ctx, uint64_t entity,
				const struct rtm_crash_policy *policy);

/**
 * rtm_entity_set_crash_policy_by_name() - change the crash policy of any entity
 * @ctx: context, open for writing; needs CAP_NET_ADMIN but no registration
 * @id: an entity that is registered, held or kept
 * @policy: the policy from now on; one that is held or kept is held anew, kept or
 *	withdrawn at once
 *
 * -EINVAL: as rtm_entity_set_crash_policy().  -ENOENT: there is no such entity.
 */
int rtm_entity_set_crash_policy_by_name(struct rtm_ctx *ctx, const struct rtm_entity_id *id,
					const struct rtm_crash_policy *policy);

/**
 * rtm_conf_crash_policy() - tell what rtm.conf(5) says of an entity
 * @id: the entity
 * @policy: out: its policy; to withdraw if the file says nothing, or nothing that can
 *	be used, also when the call fails
 *
 * RtmRegisterEntity() of <rtmv2.h> does as the file says.  A native client that wants
 * to hands the answer to rtm_entity_set_crash_policy().
 *
 * -EBADMSG: there are errors in the file, see "rtmctl conf check".  -EINVAL: it is no
 * regular file.  -EPERM: everybody may write it.  -EFBIG.  -ENOMEM.  Or what open(2)
 * says of a file that is there.
 */
int rtm_conf_crash_policy(const struct rtm_entity_id *id, struct rtm_crash_policy *policy);

/**
 * rtm_entity_list() - list the entities of the caller's table
 * @ctx: context
 * @entity: caller's registration
 * @handles: opt out: handles
 * @ids: opt out: names
 * @room: room in the arrays
 * @total: opt out: entities of the table, the caller included; set by
 *	-EMSGSIZE as well
 *
 * -EMSGSIZE: there are more than @room; nothing is stored.
 *
 * Return: how many were stored.
 */
int rtm_entity_list(struct rtm_ctx *ctx, uint64_t entity, uint64_t *handles,
		    struct rtm_entity_id *ids, unsigned int room, unsigned int *total);

/**
 * rtm_entity_info() - tell who an entity is
 * @ctx: context
 * @entity: caller's registration
 * @handle: any entity of the caller's table
 * @id: opt out: its name
 * @state: opt out: enum rtm_object_state
 */
int rtm_entity_info(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle,
		    struct rtm_entity_id *id, unsigned int *state);

/**
 * rtm_limits_set() - limit what an entity or the network namespace may have
 * @ctx: context, open for writing
 * @entity: caller's registration, or 0
 * @id: without @entity: an entity by name, or NULL for the namespace
 * @which: what is set: 1u << enum rtm_resource for each
 * @limits: by enum rtm_resource; 0 takes a limit back
 *
 * See RTM_IOC_SET_LIMITS.  -EINVAL: nothing to set, both @entity and @id, or
 * RTM_RES_DESTS of an entity.  -EPERM: a limit is above that of the administrator or
 * the module; none is set.  -ENOENT: no such entity.
 */
int rtm_limits_set(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_entity_id *id,
		   unsigned int which, const uint64_t limits[RTM_N_RESOURCES]);

/**
 * rtm_limits_get() - what an entity or the network namespace has and may have
 * @ctx: context
 * @entity: caller's registration, or 0
 * @id: without @entity: an entity by name, or NULL for the namespace
 * @usage: out: by enum rtm_resource
 *
 * -EINVAL: both @entity and @id.  -ENOENT: no such entity.
 */
int rtm_limits_get(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_entity_id *id,
		   struct rtm_usage usage[RTM_N_RESOURCES]);

/* Handles */

/**
 * rtm_handles_reference() - take one more reference of each handle, or of none
 * @ctx: context
 * @entity: caller's registration
 * @handles: handles of any kind
 * @count: number of them
 */
int rtm_handles_reference(struct rtm_ctx *ctx, uint64_t entity, const uint64_t *handles,
			  size_t count);

/**
 * rtm_handles_release() - drop one reference of each handle
 * @ctx: context
 * @entity: caller's registration
 * @handles: handles of any kind; those that are 0 are skipped
 * @count: number of them
 *
 * -EBADF: one was bad; the others are released.
 */
int rtm_handles_release(struct rtm_ctx *ctx, uint64_t entity, const uint64_t *handles,
			size_t count);

/* Next hops */

/**
 * rtm_nexthop_add() - add or update a next hop
 * @ctx: context
 * @entity: caller's registration
 * @attrs: the next hop
 * @nexthop: opt; in: next hop to update, or 0 to search by address and
 *	interface; out, where it was 0: the next hop
 * @change: opt out: RTM_RC_NEW if it was added, else 0
 */
int rtm_nexthop_add(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_nexthop_attrs *attrs,
		    uint64_t *nexthop, uint32_t *change);

/**
 * rtm_nexthop_find() - find a next hop of the caller
 * @ctx: context
 * @entity: caller's registration
 * @addr: its address
 * @ifindex: its interface
 * @nexthop: out: handle
 */
int rtm_nexthop_find(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *addr,
		     uint32_t ifindex, uint64_t *nexthop);

/**
 * rtm_nexthop_delete() - delete a next hop of the caller
 * @ctx: context
 * @entity: caller's registration
 * @nexthop: the next hop; success consumes one reference
 *
 * Routes that use it keep it.  -ESTALE: it was deleted already.
 */
int rtm_nexthop_delete(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop);

/**
 * rtm_nexthop_delete_key() - delete a next hop of the caller by its key
 * @ctx: context
 * @entity: caller's registration
 * @addr: its address
 * @ifindex: its interface
 */
int rtm_nexthop_delete_key(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *addr,
			   uint32_t ifindex);

/**
 * rtm_nexthop_info() - describe a next hop of any entity
 * @ctx: context
 * @entity: caller's registration
 * @nexthop: the next hop
 * @attrs: out: the next hop; owner and remote_dest carry a reference
 */
int rtm_nexthop_info(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop,
		     struct rtm_nexthop_attrs *attrs);

/**
 * rtm_nexthop_lock() - lock a next hop of the caller
 * @ctx: context
 * @entity: caller's registration
 * @nexthop: the next hop
 * @exclusive: true to change, false to look
 * @deadline: how long to wait
 *
 * Belongs to the calling thread and excludes other threads of the registration that lock
 * the same next hop, nobody else.  -EACCES: somebody else's, or an upgrade while others
 * have it.  -ESTALE: it was deleted.
 */
int rtm_nexthop_lock(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop, bool exclusive,
		     uint64_t deadline);

/**
 * rtm_nexthop_unlock() - unlock a next hop
 * @ctx: context
 * @entity: caller's registration
 * @nexthop: the next hop
 * @exclusive: the mode that it was locked in
 *
 * -EACCES: the entity does not hold it in that mode.
 */
int rtm_nexthop_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop, bool exclusive);

/**
 * rtm_nexthop_update_unlock() - change a next hop and unlock it, or neither
 * @ctx: context
 * @entity: caller's registration
 * @nexthop: the next hop, locked exclusively
 * @attrs: flags, cookie and remote_dest count
 *
 * -EACCES: not locked so.  -EBADF: @attrs.remote_dest is no destination of the table.
 */
int rtm_nexthop_update_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop,
			      const struct rtm_nexthop_attrs *attrs);

/* Routes */

/**
 * rtm_route_set_nexthops() - put next hops into a description of a route
 * @attrs: description
 * @nexthops: handles; the array must live as long as @attrs is in use
 * @count: number of them
 */
static inline void rtm_route_set_nexthops(struct rtm_route_attrs *attrs, const uint64_t *nexthops,
					  unsigned int count)
{
	attrs->nexthops = (uintptr_t)nexthops;
	attrs->n_nexthops = count;
}

/**
 * rtm_route_add() - add or update a route
 * @ctx: context
 * @entity: caller's registration
 * @dest: destination, made if it is not there
 * @attrs: the route, see rtm_route_set_nexthops()
 * @route: opt; in: route to update, or 0 to search; out, where it was 0: the
 *	route
 * @change: opt; in: RTM_RC_FIRST, RTM_RC_NEW or 0; out: RTM_RC_NEW, RTM_RC_BEST
 * @deadline: how long to wait for a lock of the destination
 */
int rtm_route_add(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *dest,
		  const struct rtm_route_attrs *attrs, uint64_t *route, uint32_t *change,
		  uint64_t deadline);

/**
 * rtm_route_delete() - delete a route of the caller
 * @ctx: context
 * @entity: caller's registration
 * @route: the route; success consumes one reference
 * @change: opt out: RTM_RC_BEST or 0
 * @deadline: how long to wait for a lock of the destination
 *
 * -ESTALE: it was deleted already.
 */
int rtm_route_delete(struct rtm_ctx *ctx, uint64_t entity, uint64_t route, uint32_t *change,
		     uint64_t deadline);

/**
 * rtm_route_delete_key() - delete a route of the caller by its key
 * @ctx: context
 * @entity: caller's registration
 * @dest: its destination
 * @neighbour: its neighbour, or 0 for the caller's first route there
 * @change: opt out: RTM_RC_BEST or 0
 * @deadline: how long to wait for a lock of the destination
 */
int rtm_route_delete_key(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *dest,
			 uint64_t neighbour, uint32_t *change, uint64_t deadline);

/**
 * rtm_route_lock() - lock a route of the caller, and its destination with it
 * @ctx: context
 * @entity: caller's registration
 * @route: the route
 * @exclusive: true to change, false to look
 * @deadline: how long to wait
 *
 * As rtm_dest_lock().  -EACCES: also somebody else's route.  -ESTALE: it was deleted.
 */
int rtm_route_lock(struct rtm_ctx *ctx, uint64_t entity, uint64_t route, bool exclusive,
		   uint64_t deadline);

/**
 * rtm_route_unlock() - unlock a route
 * @ctx: context
 * @entity: caller's registration
 * @route: the route
 * @exclusive: the mode that it was locked in
 *
 * -EACCES: the entity does not hold it in that mode.
 */
int rtm_route_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t route, bool exclusive);

/**
 * rtm_route_update_unlock() - change a route and unlock it, or neither
 * @ctx: context
 * @entity: caller's registration
 * @route: the route, which the calling thread has locked exclusively
 * @attrs: what it is from now on, see rtm_route_set_nexthops()
 * @change: opt out: RTM_RC_BEST or 0
 *
 * -EACCES: somebody else's route, or not locked so.  -ESTALE: it was deleted.
 */
int rtm_route_update_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t route,
			    const struct rtm_route_attrs *attrs, uint32_t *change);

/**
 * rtm_route_answer_expiry() - say what becomes of a route whose time is over
 * @ctx: context
 * @entity: caller's registration
 * @route: object of RTM_EVENT_ROUTE_EXPIRED
 * @context: context of the event
 * @stays: true: it stays, without an end.  false: it is deleted, and success consumes
 *	one reference
 *
 * -ESTALE: that was settled otherwise.
 */
int rtm_route_answer_expiry(struct rtm_ctx *ctx, uint64_t entity, uint64_t route,
			    uint64_t context, bool stays);

/**
 * rtm_resync_begin() - say that all routes are about to be announced
 * @ctx: context
 * @entity: caller's registration
 *
 * From now on every route that is still true is to be added again, be it as it was,
 * which changes nothing.  Begun once more, it starts over.
 */
int rtm_resync_begin(struct rtm_ctx *ctx, uint64_t entity);

/**
 * rtm_resync_end() - say that all routes have been announced: the others go
 * @ctx: context
 * @entity: caller's registration
 * @swept: opt out: routes that go
 *
 * Never waits; see RTM_IOC_END_RESYNC.  -ENOENT: no resync has begun.
 */
int rtm_resync_end(struct rtm_ctx *ctx, uint64_t entity, uint64_t *swept);

/**
 * rtm_routes_add() - add or update many routes
 * @ctx: context
 * @entity: caller's registration
 * @items: in: the routes; out: change and status (0 or a negative errno) of
 *	those that were done
 * @count: number of items
 * @done: opt out: how many were done, in order, also on failure
 * @deadline: how long to wait, each time a destination turns out to be locked
 *
 * Each item succeeds or fails on its own; the call fails only where it stops
 * before the end: -EAGAIN, -ETIMEDOUT, -EINTR, or a bad argument.  Call again with what is left.
 */
int rtm_routes_add(struct rtm_ctx *ctx, uint64_t entity, struct rtm_route_item *items,
		   size_t count, size_t *done, uint64_t deadline);

/**
 * rtm_routes_delete() - delete many routes by destination and neighbour
 * @ctx: context
 * @entity: caller's registration
 * @items: as in rtm_routes_add()
 * @count: number of items
 * @done: as in rtm_routes_add()
 * @deadline: as in rtm_routes_add()
 */
int rtm_routes_delete(struct rtm_ctx *ctx, uint64_t entity, struct rtm_route_item *items,
		      size_t count, size_t *done, uint64_t deadline);

/**
 * struct rtm_route - a route as rtm_route_info() tells it
 * @dest: handle of its destination
 * @owner: its owner
 * @prefix: prefix of its destination
 * @attrs: the rest; attrs.nexthops points to @nexthops
 * @nexthops: handles of its next hops
 */
struct rtm_route {
	uint64_t dest;
	uint64_t owner;
	struct rtm_net_prefix prefix;
	struct rtm_route_attrs attrs;
	uint64_t nexthops[RTM_MAX_NEXTHOPS];
};

/**
 * rtm_route_info() - describe a route of any entity
 * @ctx: context
 * @entity: caller's registration
 * @handle: the route
 * @route: out: the route, for rtm_route_release()
 * @deadline: how long to wait for a lock of the destination
 */
int rtm_route_info(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle, struct rtm_route *route,
		   uint64_t deadline);

/**
 * rtm_route_release() - give the handles in a struct rtm_route back
 * @ctx: context
 * @entity: caller's registration
 * @route: what rtm_route_info() returned
 */
int rtm_route_release(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_route *route);

/**
 * rtm_route_exact() - find a route of one destination by its properties
 * @ctx: context
 * @entity: caller's registration
 * @prefix: exactly this destination
 * @match: opt: what the route must be like, RTM_RM_*; NULL for any
 * @views: it must be in one of these; 0 for any
 * @handle: opt out: the route
 * @route: opt out: what it is, for rtm_route_release()
 * @deadline: how long to wait for a lock of the destination
 *
 * Of several the best.  -ENOENT: no route matches.  -EBADF: a handle of @match names
 * nothing of the caller's table.
 */
int rtm_route_exact(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *prefix,
		    const struct rtm_route_match *match, uint32_t views, uint64_t *handle,
		    struct rtm_route *route, uint64_t deadline);

/**
 * rtm_route_best_views() - tell in which views a route is the best
 * @ctx: context
 * @entity: caller's registration
 * @route: the route
 * @views: out: the views, 0 for none
 * @deadline: how long to wait for a lock of the destination
 */
int rtm_route_best_views(struct rtm_ctx *ctx, uint64_t entity, uint64_t route, uint32_t *views,
			 uint64_t deadline);

/* Destinations */

/**
 * struct rtm_dest_query - what to tell about a destination
 * @protocol: whose best route: a protocol id, RTM_PROTO_BEST or RTM_PROTO_THIS
 * @views: views to search in and to report; 0 searches all and reports none
 * @deadline: how long to wait for a lock of the destination
 */
struct rtm_dest_query {
	uint32_t protocol;
	uint32_t views;
	uint64_t deadline;
};

#define RTM_DEST_MAX_VIEWS	32

/**
 * struct rtm_dest - a destination
 * @handle: its handle
 * @prefix: its prefix
 * @belongs: views it has routes in
 * @n_views: entries in @views
 * @last_changed: nanoseconds of CLOCK_REALTIME
 * @views: one entry for each supported view asked for, ascending
 */
struct rtm_dest {
	uint64_t handle;
	struct rtm_net_prefix prefix;
	uint32_t belongs;
	uint32_t n_views;
	uint64_t last_changed;
	struct rtm_dest_view views[RTM_DEST_MAX_VIEWS];
};

/**
 * rtm_dest_info() - describe a destination
 * @ctx: context
 * @entity: caller's registration
 * @handle: the destination
 * @query: what to tell
 * @dest: out: the destination, for rtm_dest_release()
 */
int rtm_dest_info(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle,
		  const struct rtm_dest_query *query, struct rtm_dest *dest);

/**
 * rtm_dest_exact() - find the destination with a given prefix
 * @ctx: context
 * @entity: caller's registration
 * @prefix: the prefix
 * @query: where to search, what to tell
 * @dest: out: the destination, for rtm_dest_release()
 */
int rtm_dest_exact(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *prefix,
		   const struct rtm_dest_query *query, struct rtm_dest *dest);

/**
 * rtm_dest_match() - find the longest prefix that covers another one
 * @ctx: context
 * @entity: caller's registration
 * @prefix: what to cover
 * @query: where to search, what to tell
 * @dest: out: the destination, for rtm_dest_release()
 */
int rtm_dest_match(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *prefix,
		   const struct rtm_dest_query *query, struct rtm_dest *dest);

/**
 * rtm_dest_parent() - find the next shorter prefix that covers a destination
 * @ctx: context
 * @entity: caller's registration
 * @handle: the destination to start from
 * @query: where to search, what to tell
 * @dest: out: the destination, for rtm_dest_release()
 */
int rtm_dest_parent(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle,
		    const struct rtm_dest_query *query, struct rtm_dest *dest);

/**
 * rtm_dests_find() - look many prefixes up
 * @ctx: context
 * @entity: caller's registration
 * @prefixes: what to look for
 * @count: how many
 * @exact: true: the prefixes themselves.  false: the longest that cover them
 * @query: where to search, what to tell; each locked destination is waited for until
 *	@query->deadline
 * @dests: out: array of @count; one that could not be told has the prefix that was asked
 *	for, and handle 0.  The others are for rtm_dest_release()
 * @status: opt out: array of @count: 0, or why it could not be told: -ENOENT, -EINVAL for
 *	a prefix, -EAGAIN with RTM_NOWAIT
 * @done: out: how many are there, from the first, also on failure
 *
 * -ENOMEM.
 */
int rtm_dests_find(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *prefixes,
		   size_t count, bool exact, const struct rtm_dest_query *query,
		   struct rtm_dest *dests, int *status, size_t *done);

/**
 * rtm_dest_release() - give the handles in a struct rtm_dest back
 * @ctx: context
 * @entity: caller's registration
 * @dest: what one of the calls above returned
 */
int rtm_dest_release(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_dest *dest);

/**
 * rtm_dests_release() - give the handles in many struct rtm_dest back
 * @ctx: context
 * @entity: caller's registration
 * @dests: destinations that an enumeration or a notification has told of
 * @count: number of them
 *
 * -EBADF, -EINVAL: one was bad; the others are released.
 */
int rtm_dests_release(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_dest *dests,
		      size_t count);

/**
 * rtm_dest_hold() - keep the last route of a destination visible when it goes
 * @ctx: context
 * @entity: caller's registration
 * @dest: the destination, whoever has routes there
 * @views: in these views; 0 for all
 * @hold_ms: milliseconds, not 0, or RTM_HOLD_FOREVER
 * @deadline: how long to wait for a lock of the destination
 *
 * See RTM_IOC_HOLD_DEST.  -EINVAL: no time, or no view that is supported.
 */
int rtm_dest_hold(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, uint32_t views,
		  uint32_t hold_ms, uint64_t deadline);

/**
 * rtm_dest_lock() - lock a destination and its routes
 * @ctx: context
 * @entity: caller's registration
 * @dest: the destination
 * @exclusive: true to change, false to look
 * @deadline: how long to wait
 *
 * Belongs to the entity and the calling thread, which may lock again what it
 * holds.  -EACCES: no stake in the destination, an upgrade while others hold it,
 * or the thread itself holds it through another entity.
 */
int rtm_dest_lock(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, bool exclusive,
		  uint64_t deadline);

/**
 * rtm_dest_unlock() - unlock a destination
 * @ctx: context
 * @entity: caller's registration
 * @dest: the destination
 * @exclusive: the mode that it was locked in
 *
 * -EACCES: the entity does not hold it in that mode.
 */
int rtm_dest_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, bool exclusive);

/**
 * rtm_dest_break_lock() - drop every hold of a destination
 * @ctx: context, open for writing; needs CAP_NET_ADMIN but no registration
 * @instance: RTM instance
 * @prefix: the destination
 * @broken: opt out: holds that were dropped
 */
int rtm_dest_break_lock(struct rtm_ctx *ctx, unsigned int instance,
			const struct rtm_net_prefix *prefix, unsigned int *broken);

/**
 * rtm_dest_get_opaque() - read the caller's cell in a destination
 * @ctx: context
 * @entity: caller's registration, made with RTM_REQ_OPAQUE_SLOT
 * @dest: the destination
 * @value: out: what was set last, 0 at first
 *
 * -ENOENT: no slot was reserved.
 */
int rtm_dest_get_opaque(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, uint64_t *value);

/**
 * rtm_dest_set_opaque() - write the caller's cell in a destination
 * @ctx: context
 * @entity: caller's registration, made with RTM_REQ_OPAQUE_SLOT
 * @dest: the destination; kept alive by a value that is not 0
 * @value: what to store
 *
 * -ENOENT: no slot was reserved.
 */
int rtm_dest_set_opaque(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, uint64_t value);

/* Enumerations: places in a table, which may change meanwhile */

/**
 * struct rtm_enum - an enumeration; may be copied
 * @handle: its handle
 * @item_size: bytes the kernel has for one destination
 */
struct rtm_enum {
	uint64_t handle;
	uint32_t item_size;
};

/**
 * struct rtm_enum_scope - what to enumerate; all zero is all of the caller's table
 * @where: RTM_EN_START: everything; RTM_EN_NEXT: from @prefix on; RTM_EN_RANGE: within
 *	@prefix
 * @views: destinations and routes: in one of these views; 0 for all of them
 * @own: destinations: whose best route in one of @views is the caller's; routes: the
 *	caller's; next hops: false, they are the caller's anyway
 * @prefix: see @where; RTM_EN_START ignores it
 */
struct rtm_enum_scope {
	uint32_t where;
	uint32_t views;
	bool own;
	struct rtm_net_prefix prefix;
};

/**
 * rtm_enum_dests() - begin to enumerate destinations
 * @ctx: context
 * @entity: caller's registration
 * @scope: which; each is reported with a block for every supported view in @scope->views
 * @protocol: whose best route to report: RTM_PROTO_BEST or RTM_PROTO_THIS
 * @en: out: enumeration, ended by rtm_enum_delete()
 *
 * In order of address, shorter prefixes first.  -EINVAL: a set of unsupported views
 * only.  -ENOSPC: the caller has too many lists, enumerations and notifications.
 */
int rtm_enum_dests(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum_scope *scope,
		   uint32_t protocol, struct rtm_enum *en);

/**
 * rtm_enum_routes() - begin to enumerate routes
 * @ctx: context
 * @entity: caller's registration
 * @dest: those of this destination, whatever @scope->where says; 0: those of all
 * @scope: which
 * @match: opt: what they must be like, RTM_RM_*; NULL for any
 * @en: out: enumeration, ended by rtm_enum_delete()
 *
 * In order of destination, best first.  As rtm_enum_dests(); -EBADF: @dest or a handle
 * of @match names nothing of the caller's table.
 */
int rtm_enum_routes(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest,
		    const struct rtm_enum_scope *scope, const struct rtm_route_match *match,
		    struct rtm_enum *en);

/**
 * rtm_enum_nexthops() - begin to enumerate the caller's next hops
 * @ctx: context
 * @entity: caller's registration
 * @scope: which; @scope->views is 0, @scope->own false
 * @en: out: enumeration, ended by rtm_enum_delete()
 *
 * In order of address and interface.  As rtm_enum_dests().
 */
int rtm_enum_nexthops(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum_scope *scope,
		      struct rtm_enum *en);

/**
 * rtm_enum_next_dests() - take the next destinations
 * @ctx: context
 * @entity: caller's registration
 * @en: enumeration of destinations
 * @dests: out: array of @room, for rtm_dests_release()
 * @room: room in the array, not 0
 * @deadline: how long to wait for a lock of the first one
 *
 * Stops before a destination that somebody has locked exclusively, unless it is the
 * first.  A failure leaves the enumeration where it was.
 *
 * Return: how many were taken; 0 at the end.
 */
int rtm_enum_next_dests(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en,
			struct rtm_dest *dests, unsigned int room, uint64_t deadline);

/**
 * rtm_enum_next_routes() - take the next routes
 * @ctx: context
 * @entity: caller's registration
 * @en: enumeration of routes
 * @routes: out: array of @room handles
 * @room: room in the array, not 0
 * @deadline: how long to wait for a lock of the first one's destination
 *
 * As rtm_enum_next_dests().
 *
 * Return: how many were taken; 0 at the end.
 */
int rtm_enum_next_routes(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en,
			 uint64_t *routes, unsigned int room, uint64_t deadline);

/**
 * rtm_enum_next_nexthops() - take further next hops
 * @ctx: context
 * @entity: caller's registration
 * @en: enumeration of next hops
 * @nexthops: out: array of @room handles
 * @room: room in the array, not 0
 *
 * Waits for nobody.
 *
 * Return: how many were taken; 0 at the end.
 */
int rtm_enum_next_nexthops(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en,
			   uint64_t *nexthops, unsigned int room);

/**
 * rtm_enum_delete() - end an enumeration of any kind
 * @ctx: context
 * @entity: caller's registration
 * @en: enumeration
 */
int rtm_enum_delete(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en);

/* Lists: the caller's own order of its routes; a route is on one list at most */

/**
 * rtm_list_create() - make an empty route list
 * @ctx: context
 * @entity: caller's registration
 * @list: out: handle, ended by rtm_list_delete()
 *
 * -ENOSPC: the caller has too many lists, enumerations and notifications.
 */
int rtm_list_create(struct rtm_ctx *ctx, uint64_t entity, uint64_t *list);

/**
 * rtm_list_insert() - move routes to the end of a list, all or none
 * @ctx: context
 * @entity: caller's registration
 * @list: list of the caller; 0 takes the routes off their lists
 * @routes: routes of the caller; one that is on this list already keeps its place
 * @count: number of routes, 1..RTM_MAX_HANDLES_CALL
 *
 * -EBADF: a route is not the caller's or was deleted.
 */
int rtm_list_insert(struct rtm_ctx *ctx, uint64_t entity, uint64_t list, const uint64_t *routes,
		    unsigned int count);

/**
 * rtm_list_delete() - delete a list; its routes stay in the table
 * @ctx: context
 * @entity: caller's registration
 * @list: list of the caller
 *
 * Enumerations of it are at their end.
 */
int rtm_list_delete(struct rtm_ctx *ctx, uint64_t entity, uint64_t list);

/**
 * rtm_enum_list() - begin to enumerate the routes of a list, in its order
 * @ctx: context
 * @entity: caller's registration
 * @list: list of the caller
 * @en: out: enumeration, ended by rtm_enum_delete()
 *
 * What is put on the list behind the last route reported is reported later.
 */
int rtm_enum_list(struct rtm_ctx *ctx, uint64_t entity, uint64_t list, struct rtm_enum *en);

/**
 * rtm_enum_next_list() - take the next routes of a list
 * @ctx: context
 * @entity: caller's registration
 * @en: enumeration of a list
 * @routes: out: array of @room handles
 * @room: room in the array, not 0
 *
 * Waits for nobody.
 *
 * Return: how many were taken; 0 at the end.
 */
int rtm_enum_next_list(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en,
		       uint64_t *routes, unsigned int room);

/* Change notification: destinations that have changed, each once, as they are by then */

/**
 * struct rtm_notify - a registration for change notification; may be copied
 * @handle: its handle, the object of RTM_EVENT_CHANGED
 * @item_size: bytes the kernel has for one destination
 */
struct rtm_notify {
	uint64_t handle;
	uint32_t item_size;
};

/**
 * struct rtm_notify_scope - which changes to be told of
 * @types: RTM_CT_ALL, RTM_CT_BEST, RTM_CT_FORWARDING, one at least; RTM_CT_ONLY_MARKED
 * @views: views that count and are reported; 0: all count, none is reported
 * @protocol: only changes that concern a route of this protocol; RTM_PROTO_BEST for all
 * @events: tell by RTM_EVENT_CHANGED; needs a registration with RTM_REQ_EVENTS
 * @context: given back in the event
 * @prefix: only this prefix and its more specifics; all zero for all
 */
struct rtm_notify_scope {
	uint32_t types;
	uint32_t views;
	uint32_t protocol;
	bool events;
	uint64_t context;
	struct rtm_net_prefix prefix;
};

/**
 * rtm_notify_register() - ask to be told of changes
 * @ctx: context
 * @entity: caller's registration
 * @scope: of which
 * @notify: out: the registration, ended by rtm_notify_deregister()
 *
 * Changes made before the call are not reported; they can be seen when it has
 * returned.  -EINVAL: no type, or a set of unsupported views only.  -ENOSPC: the table
 * has as many registrations as it may.
 */
int rtm_notify_register(struct rtm_ctx *ctx, uint64_t entity,
			const struct rtm_notify_scope *scope, struct rtm_notify *notify);

/**
 * rtm_notify_deregister() - be told no more
 * @ctx: context
 * @entity: caller's registration
 * @notify: its registration for change notification, with its marks
 */
int rtm_notify_deregister(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify);

/**
 * rtm_notify_next() - take the next destinations that have changed
 * @ctx: context
 * @entity: caller's registration
 * @notify: its registration for change notification
 * @dests: out: array of @room, for rtm_dests_release()
 * @room: room in the array, not 0
 * @state: opt out: RTM_NOTIFY_DESYNC: too much was missed, forget what is known, the
 *	whole table follows; RTM_NOTIFY_SYNCED: these are the last of it; or 0
 * @deadline: how long to wait for a lock of the first one
 *
 * Does not wait for changes: poll() the file of rtm_fd().  See RTM_IOC_GET_CHANGED_DESTS
 * for what a listener that was out of sync has to do.  Stops before a destination that
 * somebody has locked exclusively, unless it is the first.
 *
 * Return: how many were taken; 0 when nothing has changed.
 */
int rtm_notify_next(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
		    struct rtm_dest *dests, unsigned int room, unsigned int *state,
		    uint64_t deadline);

/**
 * rtm_notify_ignore() - not be told of what has changed so far, all or none
 * @ctx: context
 * @entity: caller's registration
 * @notify: its registration for change notification
 * @dests: destinations; no handle is released
 * @count: number of them, at most RTM_MAX_HANDLES_CALL
 *
 * -EBADF: one of them is no destination of the caller's table.
 */
int rtm_notify_ignore(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
		      const uint64_t *dests, unsigned int count);

/**
 * rtm_notify_is_pending() - has a destination changed that was not taken yet?
 * @ctx: context
 * @entity: caller's registration
 * @notify: its registration for change notification
 * @dest: the destination
 *
 * Return: 1 or 0.
 */
int rtm_notify_is_pending(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
			  uint64_t dest);

/**
 * rtm_notify_mark() - mark a destination, or take the mark off
 * @ctx: context
 * @entity: caller's registration
 * @notify: its registration for change notification; a mark matters to
 *	RTM_CT_ONLY_MARKED only
 * @dest: the destination, which a mark keeps
 * @mark: true to mark
 *
 * -ENOSPC: too many marks.
 */
int rtm_notify_mark(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
		    uint64_t dest, bool mark);

/**
 * rtm_notify_is_marked() - is a destination marked?
 * @ctx: context
 * @entity: caller's registration
 * @notify: its registration for change notification
 * @dest: the destination
 *
 * Return: 1 or 0.
 */
int rtm_notify_is_marked(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
			 uint64_t dest);

/* Methods: what one entity asks another to do */

/**
 * rtm_method_count() - tell how many methods an entity has
 * @ctx: context
 * @entity: caller's registration
 * @handle: any entity of the caller's table
 *
 * -ESTALE: it is not registered any more.
 *
 * Return: the number.
 */
int rtm_method_count(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle);

/**
 * struct rtm_method_call - methods that are invoked
 * @callee: whose, an entity of the caller's table
 * @methods: a bit for each; those the callee has not are left out
 * @input: handed to each of them
 * @input_size: bytes there, at most RTM_MAX_METHOD_DATA
 * @output: what the callee answers
 * @output_size: in: room there, at most RTM_MAX_METHOD_DATA; out: bytes stored
 * @status: out: what the callee said of the call as a whole
 * @call: 0 at first; after -EINTR the call, which goes on: with the same structure again
 *	it is waited for, and no method runs twice
 */
struct rtm_method_call {
	uint64_t callee;
	uint32_t methods;
	uint32_t input_size;
	const void *input;
	void *output;
	uint32_t output_size;
	uint32_t status;
	uint64_t call;
};

/**
 * rtm_method_invoke() - invoke methods and wait for the answer
 * @ctx: context
 * @entity: caller's registration
 * @call: which, with what
 * @deadline: how long to wait, not RTM_NOWAIT
 *
 * An entity of the same context is called like any other: another thread has to
 * answer.  -ESTALE: the callee's registration has ended.  -ENOSPC: too many calls wait
 * for it.  -ETIMEDOUT: the call is given up.
 */
int rtm_method_invoke(struct rtm_ctx *ctx, uint64_t entity, struct rtm_method_call *call,
		      uint64_t deadline);

/**
 * rtm_method_block() - hold calls of the caller's methods back, or let them go on
 * @ctx: context
 * @entity: caller's registration
 * @block: true to hold them back; not counted
 *
 * Calls that were fetched already are not held back.
 */
int rtm_method_block(struct rtm_ctx *ctx, uint64_t entity, bool block);

/**
 * struct rtm_method_request - a call that somebody has made
 * @entity: in: whose methods, a registration of the context, or 0 for any of them; out:
 *	whose
 * @call: in: context of RTM_EVENT_METHOD_CALL, or 0 for the oldest call; out: the call
 * @caller: out: who calls, with one reference for @entity to release
 * @input: where the input goes
 * @input_size: in: room there; out: bytes stored
 * @output_size: out: room the caller has for the answer
 * @methods: out: a bit for each method to run, ascending
 */
struct rtm_method_request {
	uint64_t entity;
	uint64_t call;
	uint64_t caller;
	void *input;
	uint32_t input_size;
	uint32_t output_size;
	uint32_t methods;
};

/**
 * rtm_method_fetch() - take a call that somebody has made
 * @ctx: context
 * @request: which; what
 *
 * Never waits: poll() the file of rtm_fd().  A call can be taken once, and has to be
 * answered.  -ENOENT: no such call waits, or calls are held back.  -EMSGSIZE: too little
 * room; the call stays, and @request has its entity, call and input_size.
 */
int rtm_method_fetch(struct rtm_ctx *ctx, struct rtm_method_request *request);

/**
 * rtm_method_answer() - answer a call
 * @ctx: context
 * @entity: whose methods
 * @call: the call; one that was not fetched yet is refused so
 * @output: the answer
 * @output_size: bytes there, at most what the caller has room for
 * @status: handed to the caller as it is
 *
 * -ENOENT: there is no such call, or it was answered.  -EMSGSIZE: more than there is
 * room for.
 */
int rtm_method_answer(struct rtm_ctx *ctx, uint64_t entity, uint64_t call, const void *output,
		      uint32_t output_size, uint32_t status);

/* Events */

/**
 * rtm_event_read() - take events of the context's entities
 * @ctx: context, with entities registered with RTM_REQ_EVENTS
 * @events: out: events; the object of each carries a reference for its entity
 * @room: room in the array, not 0
 *
 * Never waits: poll() the file of rtm_fd() for POLLIN.  -EAGAIN: there is none.
 *
 * Return: how many were taken.
 */
int rtm_event_read(struct rtm_ctx *ctx, struct rtm_event *events, size_t room);

/* Looking at the tables: needs no registration and never waits for a lock */

/**
 * enum rtm_dump_kind - what an iterator goes over
 * @RTM_DUMP_KIND_ENTITIES: struct rtm_entity_rec, all tables of the namespace
 * @RTM_DUMP_KIND_NEXTHOPS: struct rtm_nexthop_rec
 * @RTM_DUMP_KIND_DESTS: struct rtm_dest_rec
 * @RTM_DUMP_KIND_ROUTES: struct rtm_route_rec
 * @RTM_DUMP_KIND_LOCKS: struct rtm_lock_rec, all tables of the namespace
 * @RTM_DUMP_KIND_NOTIFIES: struct rtm_notify_rec, all tables of the namespace
 */
enum rtm_dump_kind {
	RTM_DUMP_KIND_ENTITIES,
	RTM_DUMP_KIND_NEXTHOPS,
	RTM_DUMP_KIND_DESTS,
	RTM_DUMP_KIND_ROUTES,
	RTM_DUMP_KIND_LOCKS,
	RTM_DUMP_KIND_NOTIFIES,
};

/**
 * struct rtm_dump_filter - which table, and what of it
 * @instance: RTM instance
 * @flags: RTM_DUMP_EXACT, RTM_DUMP_MATCH, RTM_DUMP_SUBTREE, or 0 for everything
 * @prefix: its family picks the table; the rest goes with @flags
 */
struct rtm_dump_filter {
	uint16_t instance;
	uint32_t flags;
	struct rtm_net_prefix prefix;
};

/**
 * rtm_iter_new() - begin to go over records
 * @ctx: context, which must outlive the iterator
 * @kind: what records
 * @filter: which table, and what of it
 * @iter: out: iterator, ended by rtm_iter_free()
 *
 * Takes no snapshot: what is there throughout appears once, in order.
 */
int rtm_iter_new(struct rtm_ctx *ctx, enum rtm_dump_kind kind,
		 const struct rtm_dump_filter *filter, struct rtm_iter **iter);

/**
 * rtm_iter_next() - take the next record
 * @iter: iterator
 * @rec: out: the record, of the structure that belongs to the kind; valid until
 *	the next call with @iter.  Newer kernels may have longer records.
 *
 * -EBADMSG: the kernel's answer is not understood.
 *
 * Return: 1 with a record, 0 at the end.
 */
int rtm_iter_next(struct rtm_iter *iter, const void **rec);

/**
 * rtm_iter_free() - end an iterator
 * @iter: iterator, or NULL
 */
void rtm_iter_free(struct rtm_iter *iter);

#ifdef __cplusplus
}
#endif

#endif /* _LIBRTM_H */
