/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The routing table manager for other modules.
 *
 * This header and <uapi/linux/rtm.h> are all a module needs; tools/doc/kernel-api.rst
 * has the text to it and tools/examples a module that uses it.
 *
 * How it works: a module opens a client where a program opens /dev/rtm, and makes the
 * calls a program makes, with the same structures.  There is one function for each
 * command of the device, which differs from the command in three things only:
 *
 *  - addresses in a structure are those of kernel memory: rtm_ptr() makes them,
 *  - no right is asked for,
 *  - the member "size" is filled in here, so that a module that was compiled with an
 *    older header goes on working, as an older program does.
 *
 * What a command does, who owns the handles it gives out and how it fails stands at its
 * structure in <uapi/linux/rtm.h>; "user pointer" there is a pointer of the client's.
 */
#ifndef RTM_H
#define RTM_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <uapi/linux/rtm.h>

struct net;
struct rtm_client;

/**
 * struct rtm_client_ops - what rtm calls a client for
 * @event: something happened that a registration of the client wants to know, what a
 *	program would read() from the device: see struct rtm_event
 *
 * @event runs in process context on a work queue of rtm, with no lock held, for one
 * event at a time of each client.  It may sleep and may make any call for the client,
 * but it must not close it.  The event is its own until it returns; a reference that
 * rtm_event.object carries is the client's to release.
 */
struct rtm_client_ops {
	void (*event)(struct rtm_client *client, const struct rtm_event *event);
};

struct rtm_client *rtm_client_open(struct net *net, const struct rtm_client_ops *ops,
				   void *priv);
void rtm_client_close(struct rtm_client *client);
void *rtm_client_priv(const struct rtm_client *client);
int rtm_client_call(struct rtm_client *client, unsigned int number, void *arg);

/**
 * rtm_ptr() - an address as it stands in a structure
 * @p: kernel memory, or NULL
 *
 * Return: the address.
 */
static inline u64 rtm_ptr(const void *p)
{
	return (uintptr_t)p;
}

/*
 * Each of the functions below is rtm_client_call() with one command and its structure;
 * context and results are described there.
 */
#define RTM_CLIENT_CALL(function, number, type)					\
static inline int function(struct rtm_client *client, struct type *arg)		\
{										\
	arg->size = sizeof(*arg);						\
	return rtm_client_call(client, number, arg);				\
}

/* The manager itself */
RTM_CLIENT_CALL(rtm_client_get_version, RTM_IOC_GET_VERSION, rtm_get_version)
RTM_CLIENT_CALL(rtm_client_get_stats, RTM_IOC_GET_STATS, rtm_get_stats)

/* Registration */
RTM_CLIENT_CALL(rtm_client_register_entity, RTM_IOC_REGISTER_ENTITY, rtm_register_entity)
RTM_CLIENT_CALL(rtm_client_deregister_entity, RTM_IOC_DEREGISTER_ENTITY, rtm_deregister_entity)
RTM_CLIENT_CALL(rtm_client_set_crash_policy, RTM_IOC_SET_CRASH_POLICY, rtm_set_crash_policy)
RTM_CLIENT_CALL(rtm_client_set_limits, RTM_IOC_SET_LIMITS, rtm_set_limits)
RTM_CLIENT_CALL(rtm_client_get_limits, RTM_IOC_GET_LIMITS, rtm_get_limits)
RTM_CLIENT_CALL(rtm_client_get_entities, RTM_IOC_GET_ENTITIES, rtm_get_entities)
RTM_CLIENT_CALL(rtm_client_get_entity_info, RTM_IOC_GET_ENTITY_INFO, rtm_get_entity_info)

/* Handles */
RTM_CLIENT_CALL(rtm_client_reference_handles, RTM_IOC_REFERENCE_HANDLES, rtm_handles)
RTM_CLIENT_CALL(rtm_client_release_handles, RTM_IOC_RELEASE_HANDLES, rtm_handles)

/* Next hops */
RTM_CLIENT_CALL(rtm_client_add_nexthop, RTM_IOC_ADD_NEXTHOP, rtm_nexthop_req)
RTM_CLIENT_CALL(rtm_client_find_nexthop, RTM_IOC_FIND_NEXTHOP, rtm_nexthop_req)
RTM_CLIENT_CALL(rtm_client_delete_nexthop, RTM_IOC_DELETE_NEXTHOP, rtm_nexthop_req)
RTM_CLIENT_CALL(rtm_client_get_nexthop_info, RTM_IOC_GET_NEXTHOP_INFO, rtm_nexthop_req)
RTM_CLIENT_CALL(rtm_client_lock_nexthop, RTM_IOC_LOCK_NEXTHOP, rtm_lock_object)
RTM_CLIENT_CALL(rtm_client_unlock_nexthop, RTM_IOC_UNLOCK_NEXTHOP, rtm_unlock_nexthop)

/* Routes */
RTM_CLIENT_CALL(rtm_client_add_route, RTM_IOC_ADD_ROUTE, rtm_add_route)
RTM_CLIENT_CALL(rtm_client_delete_route, RTM_IOC_DELETE_ROUTE, rtm_delete_route)
RTM_CLIENT_CALL(rtm_client_add_routes, RTM_IOC_ADD_ROUTES, rtm_route_batch)
RTM_CLIENT_CALL(rtm_client_delete_routes, RTM_IOC_DELETE_ROUTES, rtm_route_batch)
RTM_CLIENT_CALL(rtm_client_get_route_info, RTM_IOC_GET_ROUTE_INFO, rtm_get_route_info)
RTM_CLIENT_CALL(rtm_client_get_exact_route, RTM_IOC_GET_EXACT_ROUTE, rtm_get_exact_route)
RTM_CLIENT_CALL(rtm_client_is_best_route, RTM_IOC_IS_BEST_ROUTE, rtm_is_best_route)
RTM_CLIENT_CALL(rtm_client_lock_route, RTM_IOC_LOCK_ROUTE, rtm_lock_object)
RTM_CLIENT_CALL(rtm_client_unlock_route, RTM_IOC_UNLOCK_ROUTE, rtm_lock_object)
RTM_CLIENT_CALL(rtm_client_update_route, RTM_IOC_UPDATE_ROUTE, rtm_update_route)
RTM_CLIENT_CALL(rtm_client_answer_expiry, RTM_IOC_ANSWER_EXPIRY, rtm_answer_expiry)
RTM_CLIENT_CALL(rtm_client_begin_resync, RTM_IOC_BEGIN_RESYNC, rtm_resync)
RTM_CLIENT_CALL(rtm_client_end_resync, RTM_IOC_END_RESYNC, rtm_resync)

/* Destinations */
RTM_CLIENT_CALL(rtm_client_get_dest_info, RTM_IOC_GET_DEST_INFO, rtm_get_dest)
RTM_CLIENT_CALL(rtm_client_get_exact_dest, RTM_IOC_GET_EXACT_DEST, rtm_get_dest)
RTM_CLIENT_CALL(rtm_client_get_most_specific_dest, RTM_IOC_GET_MOST_SPECIFIC_DEST, rtm_get_dest)
RTM_CLIENT_CALL(rtm_client_get_less_specific_dest, RTM_IOC_GET_LESS_SPECIFIC_DEST, rtm_get_dest)
RTM_CLIENT_CALL(rtm_client_get_dests, RTM_IOC_GET_DESTS, rtm_get_dests)
RTM_CLIENT_CALL(rtm_client_hold_dest, RTM_IOC_HOLD_DEST, rtm_hold_dest)
RTM_CLIENT_CALL(rtm_client_lock_dest, RTM_IOC_LOCK_DEST, rtm_lock_dest)
RTM_CLIENT_CALL(rtm_client_unlock_dest, RTM_IOC_UNLOCK_DEST, rtm_lock_dest)
RTM_CLIENT_CALL(rtm_client_break_dest_lock, RTM_IOC_BREAK_DEST_LOCK, rtm_break_dest_lock)
RTM_CLIENT_CALL(rtm_client_get_opaque, RTM_IOC_GET_OPAQUE, rtm_opaque)
RTM_CLIENT_CALL(rtm_client_set_opaque, RTM_IOC_SET_OPAQUE, rtm_opaque)

/* Enumerations */
RTM_CLIENT_CALL(rtm_client_create_dest_enum, RTM_IOC_CREATE_DEST_ENUM, rtm_create_enum)
RTM_CLIENT_CALL(rtm_client_create_route_enum, RTM_IOC_CREATE_ROUTE_ENUM, rtm_create_enum)
RTM_CLIENT_CALL(rtm_client_create_nexthop_enum, RTM_IOC_CREATE_NEXTHOP_ENUM, rtm_create_enum)
RTM_CLIENT_CALL(rtm_client_get_enum_dests, RTM_IOC_GET_ENUM_DESTS, rtm_get_enum)
RTM_CLIENT_CALL(rtm_client_get_enum_routes, RTM_IOC_GET_ENUM_ROUTES, rtm_get_enum)
RTM_CLIENT_CALL(rtm_client_get_enum_nexthops, RTM_IOC_GET_ENUM_NEXTHOPS, rtm_get_enum)
RTM_CLIENT_CALL(rtm_client_delete_enum, RTM_IOC_DELETE_ENUM, rtm_object_req)

/* Route lists */
RTM_CLIENT_CALL(rtm_client_create_route_list, RTM_IOC_CREATE_ROUTE_LIST, rtm_object_req)
RTM_CLIENT_CALL(rtm_client_insert_in_route_list, RTM_IOC_INSERT_IN_ROUTE_LIST,
		rtm_insert_in_list)
RTM_CLIENT_CALL(rtm_client_create_route_list_enum, RTM_IOC_CREATE_ROUTE_LIST_ENUM,
		rtm_create_list_enum)
RTM_CLIENT_CALL(rtm_client_get_list_enum_routes, RTM_IOC_GET_LIST_ENUM_ROUTES, rtm_get_enum)
RTM_CLIENT_CALL(rtm_client_delete_route_list, RTM_IOC_DELETE_ROUTE_LIST, rtm_object_req)

/* Change notification */
RTM_CLIENT_CALL(rtm_client_register_notify, RTM_IOC_REGISTER_NOTIFY, rtm_register_notify)
RTM_CLIENT_CALL(rtm_client_deregister_notify, RTM_IOC_DEREGISTER_NOTIFY, rtm_deregister_notify)
RTM_CLIENT_CALL(rtm_client_get_changed_dests, RTM_IOC_GET_CHANGED_DESTS, rtm_get_changed)
RTM_CLIENT_CALL(rtm_client_ignore_changed_dests, RTM_IOC_IGNORE_CHANGED_DESTS,
		rtm_ignore_changed)
RTM_CLIENT_CALL(rtm_client_get_change_status, RTM_IOC_GET_CHANGE_STATUS, rtm_notify_dest)
RTM_CLIENT_CALL(rtm_client_mark_dest, RTM_IOC_MARK_DEST, rtm_notify_dest)
RTM_CLIENT_CALL(rtm_client_is_dest_marked, RTM_IOC_IS_DEST_MARKED, rtm_notify_dest)

/* Methods */
RTM_CLIENT_CALL(rtm_client_get_methods, RTM_IOC_GET_METHODS, rtm_get_methods)
RTM_CLIENT_CALL(rtm_client_invoke_method, RTM_IOC_INVOKE_METHOD, rtm_invoke_method)
RTM_CLIENT_CALL(rtm_client_block_methods, RTM_IOC_BLOCK_METHODS, rtm_block_methods)
RTM_CLIENT_CALL(rtm_client_fetch_call, RTM_IOC_FETCH_CALL, rtm_fetch_call)
RTM_CLIENT_CALL(rtm_client_answer_call, RTM_IOC_ANSWER_CALL, rtm_answer_call)

/* The kernel's own tables, and listings */
RTM_CLIENT_CALL(rtm_client_fib_sync, RTM_IOC_FIB_SYNC, rtm_fib_sync)
RTM_CLIENT_CALL(rtm_client_dump_entities, RTM_IOC_DUMP_ENTITIES, rtm_dump)
RTM_CLIENT_CALL(rtm_client_dump_nexthops, RTM_IOC_DUMP_NEXTHOPS, rtm_dump)
RTM_CLIENT_CALL(rtm_client_dump_dests, RTM_IOC_DUMP_DESTS, rtm_dump)
RTM_CLIENT_CALL(rtm_client_dump_routes, RTM_IOC_DUMP_ROUTES, rtm_dump)
RTM_CLIENT_CALL(rtm_client_dump_locks, RTM_IOC_DUMP_LOCKS, rtm_dump)
RTM_CLIENT_CALL(rtm_client_dump_notifies, RTM_IOC_DUMP_NOTIFIES, rtm_dump)

#undef RTM_CLIENT_CALL

#endif /* RTM_H */
