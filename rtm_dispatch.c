// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of commands, and what is common to all of them.
 *
 * Commands are looked up by number.  The structure's size and the copy in are dealt with
 * here, once, whether a file calls or a module: handlers see a kernel buffer.  Whether
 * the caller may is not asked here.
 *
 * A command that changes something must not find out after the change that its
 * reply cannot be stored.  So the argument is written back unchanged before the
 * handler runs: memory that cannot be written fails the call while nothing has
 * happened yet.
 */
#include <linux/kernel.h>
#include <linux/sockptr.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "rtm_client.h"
#include "rtm_dispatch.h"
#include "rtm_ioctl.h"

#define RTM_OP(_cmd, _fn, _struct, _last, _changes)				\
	[_IOC_NR(_cmd)] = {							\
		.cmd = (_cmd),							\
		.size = sizeof(struct _struct) +				\
			BUILD_BUG_ON_ZERO(sizeof(struct _struct) % 8) +		\
			BUILD_BUG_ON_ZERO(sizeof(struct _struct) >		\
					  sizeof(union rtm_cmd_buf)),		\
		.min_size = offsetofend(struct _struct, _last),			\
		.changes = (_changes),						\
		.execute = (_fn),						\
	}

static const struct rtm_ioctl_op ops[] = {
	RTM_OP(RTM_IOC_GET_VERSION, rtm_ioctl_get_version, rtm_get_version, release, false),
	RTM_OP(RTM_IOC_GET_STATS, rtm_ioctl_get_stats, rtm_get_stats, desyncs, false),
	RTM_OP(RTM_IOC_REGISTER_ENTITY, rtm_ioctl_register_entity, rtm_register_entity,
	       hold_ms, true),
	RTM_OP(RTM_IOC_DEREGISTER_ENTITY, rtm_ioctl_deregister_entity, rtm_deregister_entity,
	       entity, true),
	RTM_OP(RTM_IOC_GET_ENTITIES, rtm_ioctl_get_entities, rtm_get_entities, total, false),
	RTM_OP(RTM_IOC_GET_ENTITY_INFO, rtm_ioctl_get_entity_info, rtm_get_entity_info, pad,
	       false),
	RTM_OP(RTM_IOC_REFERENCE_HANDLES, rtm_ioctl_reference_handles, rtm_handles, done, false),
	RTM_OP(RTM_IOC_RELEASE_HANDLES, rtm_ioctl_release_handles, rtm_handles, done, false),
	RTM_OP(RTM_IOC_ADD_NEXTHOP, rtm_ioctl_add_nexthop, rtm_nexthop_req, pad, true),
	RTM_OP(RTM_IOC_FIND_NEXTHOP, rtm_ioctl_find_nexthop, rtm_nexthop_req, pad, false),
	RTM_OP(RTM_IOC_DELETE_NEXTHOP, rtm_ioctl_delete_nexthop, rtm_nexthop_req, pad, true),
	RTM_OP(RTM_IOC_GET_NEXTHOP_INFO, rtm_ioctl_get_nexthop_info, rtm_nexthop_req, pad, false),
	RTM_OP(RTM_IOC_ADD_ROUTE, rtm_ioctl_add_route, rtm_add_route, deadline, true),
	RTM_OP(RTM_IOC_DELETE_ROUTE, rtm_ioctl_delete_route, rtm_delete_route, deadline, true),
	RTM_OP(RTM_IOC_GET_ROUTE_INFO, rtm_ioctl_get_route_info, rtm_get_route_info, deadline,
	       false),
	RTM_OP(RTM_IOC_IS_BEST_ROUTE, rtm_ioctl_is_best_route, rtm_is_best_route, pad, false),
	RTM_OP(RTM_IOC_GET_DEST_INFO, rtm_ioctl_get_dest_info, rtm_get_dest, deadline, false),
	RTM_OP(RTM_IOC_GET_EXACT_DEST, rtm_ioctl_get_exact_dest, rtm_get_dest, deadline, false),
	RTM_OP(RTM_IOC_GET_MOST_SPECIFIC_DEST, rtm_ioctl_get_most_specific_dest, rtm_get_dest,
	       deadline, false),
	RTM_OP(RTM_IOC_GET_LESS_SPECIFIC_DEST, rtm_ioctl_get_less_specific_dest, rtm_get_dest,
	       deadline, false),
	RTM_OP(RTM_IOC_LOCK_DEST, rtm_ioctl_lock_dest, rtm_lock_dest, left, true),
	RTM_OP(RTM_IOC_UNLOCK_DEST, rtm_ioctl_unlock_dest, rtm_lock_dest, left, true),
	RTM_OP(RTM_IOC_BREAK_DEST_LOCK, rtm_ioctl_break_dest_lock, rtm_break_dest_lock, broken,
	       true),
	RTM_OP(RTM_IOC_GET_OPAQUE, rtm_ioctl_get_opaque, rtm_opaque, value, false),
	RTM_OP(RTM_IOC_SET_OPAQUE, rtm_ioctl_set_opaque, rtm_opaque, value, true),
	RTM_OP(RTM_IOC_ADD_ROUTES, rtm_ioctl_add_routes, rtm_route_batch, deadline, true),
	RTM_OP(RTM_IOC_DELETE_ROUTES, rtm_ioctl_delete_routes, rtm_route_batch, deadline, true),
	RTM_OP(RTM_IOC_FIB_SYNC, rtm_ioctl_fib_sync, rtm_fib_sync, unresolved, false),
	RTM_OP(RTM_IOC_DUMP_ENTITIES, rtm_ioctl_dump_entities, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_DUMP_NEXTHOPS, rtm_ioctl_dump_nexthops, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_DUMP_DESTS, rtm_ioctl_dump_dests, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_DUMP_ROUTES, rtm_ioctl_dump_routes, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_DUMP_LOCKS, rtm_ioctl_dump_locks, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_DUMP_NOTIFIES, rtm_ioctl_dump_notifies, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_CREATE_DEST_ENUM, rtm_ioctl_create_dest_enum, rtm_create_enum, pad, false),
	RTM_OP(RTM_IOC_CREATE_ROUTE_ENUM, rtm_ioctl_create_route_enum, rtm_create_enum, pad,
	       false),
	RTM_OP(RTM_IOC_CREATE_NEXTHOP_ENUM, rtm_ioctl_create_nexthop_enum, rtm_create_enum, pad,
	       false),
	RTM_OP(RTM_IOC_GET_ENUM_DESTS, rtm_ioctl_get_enum_dests, rtm_get_enum, deadline, false),
	RTM_OP(RTM_IOC_GET_ENUM_ROUTES, rtm_ioctl_get_enum_routes, rtm_get_enum, deadline, false),
	RTM_OP(RTM_IOC_GET_ENUM_NEXTHOPS, rtm_ioctl_get_enum_nexthops, rtm_get_enum, deadline,
	       false),
	RTM_OP(RTM_IOC_DELETE_ENUM, rtm_ioctl_delete_enum, rtm_object_req, handle, true),
	RTM_OP(RTM_IOC_CREATE_ROUTE_LIST, rtm_ioctl_create_route_list, rtm_object_req, handle,
	       true),
	RTM_OP(RTM_IOC_INSERT_IN_ROUTE_LIST, rtm_ioctl_insert_in_route_list, rtm_insert_in_list,
	       pad, true),
	RTM_OP(RTM_IOC_DELETE_ROUTE_LIST, rtm_ioctl_delete_route_list, rtm_object_req, handle,
	       true),
	RTM_OP(RTM_IOC_CREATE_ROUTE_LIST_ENUM, rtm_ioctl_create_route_list_enum,
	       rtm_create_list_enum, list, false),
	RTM_OP(RTM_IOC_GET_LIST_ENUM_ROUTES, rtm_ioctl_get_list_enum_routes, rtm_get_enum,
	       deadline, false),
	RTM_OP(RTM_IOC_GET_EXACT_ROUTE, rtm_ioctl_get_exact_route, rtm_get_exact_route, deadline,
	       false),
	RTM_OP(RTM_IOC_HOLD_DEST, rtm_ioctl_hold_dest, rtm_hold_dest, deadline, true),
	RTM_OP(RTM_IOC_ANSWER_EXPIRY, rtm_ioctl_answer_expiry, rtm_answer_expiry, pad, true),
	RTM_OP(RTM_IOC_REGISTER_NOTIFY, rtm_ioctl_register_notify, rtm_register_notify,
	       item_size, true),
	RTM_OP(RTM_IOC_DEREGISTER_NOTIFY, rtm_ioctl_deregister_notify, rtm_deregister_notify,
	       notify, true),
	RTM_OP(RTM_IOC_GET_CHANGED_DESTS, rtm_ioctl_get_changed_dests, rtm_get_changed,
	       deadline, true),
	RTM_OP(RTM_IOC_IGNORE_CHANGED_DESTS, rtm_ioctl_ignore_changed_dests,
	       rtm_ignore_changed, pad, true),
	RTM_OP(RTM_IOC_GET_CHANGE_STATUS, rtm_ioctl_get_change_status, rtm_notify_dest, pad,
	       false),
	RTM_OP(RTM_IOC_MARK_DEST, rtm_ioctl_mark_dest, rtm_notify_dest, pad, true),
	RTM_OP(RTM_IOC_IS_DEST_MARKED, rtm_ioctl_is_dest_marked, rtm_notify_dest, pad, false),
	RTM_OP(RTM_IOC_LOCK_ROUTE, rtm_ioctl_lock_route, rtm_lock_object, left, true),
	RTM_OP(RTM_IOC_UNLOCK_ROUTE, rtm_ioctl_unlock_route, rtm_lock_object, left, true),
	RTM_OP(RTM_IOC_UPDATE_ROUTE, rtm_ioctl_update_route, rtm_update_route, left, true),
	RTM_OP(RTM_IOC_LOCK_NEXTHOP, rtm_ioctl_lock_nexthop, rtm_lock_object, left, true),
	RTM_OP(RTM_IOC_UNLOCK_NEXTHOP, rtm_ioctl_unlock_nexthop, rtm_unlock_nexthop, commit,
	       true),
	RTM_OP(RTM_IOC_GET_METHODS, rtm_ioctl_get_methods, rtm_get_methods, pad, false),
	RTM_OP(RTM_IOC_INVOKE_METHOD, rtm_ioctl_invoke_method, rtm_invoke_method, deadline, true),
	RTM_OP(RTM_IOC_BLOCK_METHODS, rtm_ioctl_block_methods, rtm_block_methods, pad, true),
	RTM_OP(RTM_IOC_FETCH_CALL, rtm_ioctl_fetch_call, rtm_fetch_call, pad, true),
	RTM_OP(RTM_IOC_ANSWER_CALL, rtm_ioctl_answer_call, rtm_answer_call, status, true),
	RTM_OP(RTM_IOC_BEGIN_RESYNC, rtm_ioctl_begin_resync, rtm_resync, swept, true),
	RTM_OP(RTM_IOC_END_RESYNC, rtm_ioctl_end_resync, rtm_resync, swept, true),
	RTM_OP(RTM_IOC_GET_DESTS, rtm_ioctl_get_dests, rtm_get_dests, deadline, false),
	RTM_OP(RTM_IOC_SET_LIMITS, rtm_ioctl_set_limits, rtm_set_limits, limits[RTM_RES_BYTES],
	       true),
	RTM_OP(RTM_IOC_GET_LIMITS, rtm_ioctl_get_limits, rtm_get_limits, usage[RTM_RES_BYTES],
	       false),
	RTM_OP(RTM_IOC_SET_CRASH_POLICY, rtm_ioctl_set_crash_policy, rtm_set_crash_policy, pad,
	       true),
};

/**
 * rtm_dispatch_find() - the command of a number
 * @number: the whole number
 *
 * Context: any.
 *
 * Return: the command, or NULL when there is none.
 */
const struct rtm_ioctl_op *rtm_dispatch_find(unsigned int number)
{
	const struct rtm_ioctl_op *op;

	if (_IOC_NR(number) >= ARRAY_SIZE(ops))
		return NULL;
	op = &ops[_IOC_NR(number)];
	return op->cmd == number && op->execute ? op : NULL;
}

/* As copy_struct_from_user(), for memory of the kernel. */
static int copy_struct_from_kernel(void *to, size_t size, const void *from, size_t from_size)
{
	size_t common = min(size, from_size);

	if (memchr_inv(from + common, 0, from_size - common))
		return -E2BIG;
	memcpy(to, from, common);
	memset(to + common, 0, size - common);
	return 0;
}

static int load_arg(struct rtm_cmd *cmd, u32 min_size)
{
	if (copy_from_sockptr(&cmd->user_size, cmd->user, sizeof(cmd->user_size)))
		return -EFAULT;
	if (cmd->user_size < min_size)
		return -EINVAL;
	/* No structure will ever be that long; do not search gigabytes for a byte. */
	if (cmd->user_size > PAGE_SIZE)
		return -E2BIG;
	if (sockptr_is_kernel(cmd->user))
		return copy_struct_from_kernel(&cmd->arg, cmd->size, cmd->user.kernel,
					       cmd->user_size);
	return copy_struct_from_user(&cmd->arg, cmd->size, cmd->user.user, cmd->user_size);
}

/**
 * rtm_dispatch_call() - carry out a command
 * @op: the command
 * @client: who calls; it may do what @op does
 * @arg: address of the argument, in the client's memory
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: 0 or a negative errno.
 */
int rtm_dispatch_call(const struct rtm_ioctl_op *op, struct rtm_client *client, u64 arg)
{
	struct rtm_cmd cmd = {
		.client = client,
		.user = rtm_client_ptr(client, arg),
		.size = op->size,
	};
	int err;

	err = load_arg(&cmd, op->min_size);
	if (err)
		return err;
	if (op->changes && rtm_cmd_reply(&cmd))
		return -EFAULT;
	return op->execute(&cmd);
}
