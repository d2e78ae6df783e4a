/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What rtm_dispatch.c hands to the handlers of the commands.
 */
#ifndef RTM_IOCTL_H
#define RTM_IOCTL_H

#include <linux/sockptr.h>
#include <linux/types.h>
#include <uapi/linux/rtm.h>

#include "rtm_lock.h"
#include "rtm_types.h"

/* Room for the argument of any command. */
union rtm_cmd_buf {
	struct rtm_get_version get_version;
	struct rtm_get_stats get_stats;
	struct rtm_register_entity register_entity;
	struct rtm_deregister_entity deregister_entity;
	struct rtm_get_entities get_entities;
	struct rtm_get_entity_info get_entity_info;
	struct rtm_handles handles;
	struct rtm_nexthop_req nexthop;
	struct rtm_add_route add_route;
	struct rtm_delete_route delete_route;
	struct rtm_route_batch route_batch;
	struct rtm_get_route_info get_route_info;
	struct rtm_is_best_route is_best_route;
	struct rtm_get_dest get_dest;
	struct rtm_get_dests get_dests;
	struct rtm_object_req object;
	struct rtm_insert_in_list insert_in_list;
	struct rtm_create_enum create_enum;
	struct rtm_create_list_enum create_list_enum;
	struct rtm_get_enum get_enum;
	struct rtm_get_exact_route get_exact_route;
	struct rtm_hold_dest hold_dest;
	struct rtm_answer_expiry answer_expiry;
	struct rtm_resync resync;
	struct rtm_lock_dest lock_dest;
	struct rtm_lock_object lock_object;
	struct rtm_update_route update_route;
	struct rtm_unlock_nexthop unlock_nexthop;
	struct rtm_break_dest_lock break_dest_lock;
	struct rtm_opaque opaque;
	struct rtm_fib_sync fib_sync;
	struct rtm_set_crash_policy set_crash_policy;
	struct rtm_set_limits set_limits;
	struct rtm_get_limits get_limits;
	struct rtm_dump dump;
	struct rtm_get_methods get_methods;
	struct rtm_invoke_method invoke_method;
	struct rtm_block_methods block_methods;
	struct rtm_fetch_call fetch_call;
	struct rtm_answer_call answer_call;
	struct rtm_register_notify register_notify;
	struct rtm_deregister_notify deregister_notify;
	struct rtm_get_changed get_changed;
	struct rtm_ignore_changed ignore_changed;
	struct rtm_notify_dest notify_dest;
};

/**
 * struct rtm_cmd - one call of ioctl(), or of a module
 * @client: the file, or the module's client
 * @user: where the argument came from and the reply goes
 * @user_size: bytes there
 * @size: bytes of the command's structure as this kernel knows it
 * @arg: the argument, checked for its size only; becomes the reply
 */
struct rtm_cmd {
	struct rtm_client *client;
	sockptr_t user;
	u32 user_size;
	u32 size;
	union rtm_cmd_buf arg;
};

/* Request flags that are a crash policy. */
#define RTM_CRASH_POLICY	(RTM_REQ_HOLD | RTM_REQ_KEEP)

int rtm_cmd_reply(struct rtm_cmd *cmd);
int rtm_entity_id_check(const struct rtm_entity_id *id);
int rtm_crash_policy_from_user(u32 flags, u32 hold_ms, struct rtm_crash_policy *policy);
struct rtm_entity *rtm_cmd_entity(struct rtm_cmd *cmd, u64 id);
struct rtm_entity *rtm_cmd_entity_or_name(struct rtm_cmd *cmd, u64 handle,
					  const struct rtm_entity_id *id);
int rtm_cmd_as(struct rtm_cmd *cmd, u64 id,
	       int (*fn)(struct rtm_cmd *cmd, struct rtm_entity *self));
struct rtm_route *rtm_cmd_route(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id);
struct rtm_nexthop *rtm_cmd_nexthop(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id);
struct rtm_dest *rtm_cmd_dest(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id);
struct rtm_object *rtm_cmd_object(struct rtm_cmd *cmd, struct rtm_entity *self, u32 type, u64 id);
int rtm_cmd_new_object(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_object *object,
		       u64 *id);
int rtm_cmd_delete_object(struct rtm_cmd *cmd, struct rtm_entity *self, u32 type, u64 id);
int rtm_cmd_unlock_dest(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest,
			enum rtm_lock_mode mode, u64 *left);
int rtm_cmd_match(struct rtm_cmd *cmd, struct rtm_entity *self,
		  const struct rtm_route_match *user, struct rtm_match *m);
struct rtm_wait rtm_cmd_wait(u32 flags, u64 deadline);
int rtm_views_from_user(u32 views, u32 *supported);
void rtm_dest_prefix_to_user(struct rtm_net_prefix *user, const struct rtm_dest *dest);

int rtm_ioctl_get_version(struct rtm_cmd *cmd);
int rtm_ioctl_get_stats(struct rtm_cmd *cmd);
int rtm_ioctl_register_entity(struct rtm_cmd *cmd);
int rtm_ioctl_deregister_entity(struct rtm_cmd *cmd);
int rtm_ioctl_get_entities(struct rtm_cmd *cmd);
int rtm_ioctl_get_entity_info(struct rtm_cmd *cmd);
int rtm_ioctl_reference_handles(struct rtm_cmd *cmd);
int rtm_ioctl_release_handles(struct rtm_cmd *cmd);
int rtm_ioctl_add_nexthop(struct rtm_cmd *cmd);
int rtm_ioctl_find_nexthop(struct rtm_cmd *cmd);
int rtm_ioctl_delete_nexthop(struct rtm_cmd *cmd);
int rtm_ioctl_get_nexthop_info(struct rtm_cmd *cmd);
int rtm_ioctl_add_route(struct rtm_cmd *cmd);
int rtm_ioctl_delete_route(struct rtm_cmd *cmd);
int rtm_ioctl_get_route_info(struct rtm_cmd *cmd);
int rtm_ioctl_is_best_route(struct rtm_cmd *cmd);
int rtm_ioctl_get_dest_info(struct rtm_cmd *cmd);
int rtm_ioctl_get_exact_dest(struct rtm_cmd *cmd);
int rtm_ioctl_get_most_specific_dest(struct rtm_cmd *cmd);
int rtm_ioctl_get_less_specific_dest(struct rtm_cmd *cmd);
int rtm_ioctl_lock_dest(struct rtm_cmd *cmd);
int rtm_ioctl_unlock_dest(struct rtm_cmd *cmd);
int rtm_ioctl_break_dest_lock(struct rtm_cmd *cmd);
int rtm_ioctl_get_opaque(struct rtm_cmd *cmd);
int rtm_ioctl_set_opaque(struct rtm_cmd *cmd);
int rtm_ioctl_add_routes(struct rtm_cmd *cmd);
int rtm_ioctl_delete_routes(struct rtm_cmd *cmd);
int rtm_ioctl_fib_sync(struct rtm_cmd *cmd);
int rtm_ioctl_dump_entities(struct rtm_cmd *cmd);
int rtm_ioctl_dump_nexthops(struct rtm_cmd *cmd);
int rtm_ioctl_dump_dests(struct rtm_cmd *cmd);
int rtm_ioctl_dump_routes(struct rtm_cmd *cmd);
int rtm_ioctl_dump_locks(struct rtm_cmd *cmd);
int rtm_ioctl_dump_notifies(struct rtm_cmd *cmd);
int rtm_ioctl_create_dest_enum(struct rtm_cmd *cmd);
int rtm_ioctl_create_route_enum(struct rtm_cmd *cmd);
int rtm_ioctl_create_nexthop_enum(struct rtm_cmd *cmd);
int rtm_ioctl_get_enum_dests(struct rtm_cmd *cmd);
int rtm_ioctl_get_enum_routes(struct rtm_cmd *cmd);
int rtm_ioctl_get_enum_nexthops(struct rtm_cmd *cmd);
int rtm_ioctl_delete_enum(struct rtm_cmd *cmd);
int rtm_ioctl_create_route_list(struct rtm_cmd *cmd);
int rtm_ioctl_insert_in_route_list(struct rtm_cmd *cmd);
int rtm_ioctl_create_route_list_enum(struct rtm_cmd *cmd);
int rtm_ioctl_get_list_enum_routes(struct rtm_cmd *cmd);
int rtm_ioctl_delete_route_list(struct rtm_cmd *cmd);
int rtm_ioctl_get_exact_route(struct rtm_cmd *cmd);
int rtm_ioctl_hold_dest(struct rtm_cmd *cmd);
int rtm_ioctl_answer_expiry(struct rtm_cmd *cmd);
int rtm_ioctl_get_dests(struct rtm_cmd *cmd);
int rtm_ioctl_begin_resync(struct rtm_cmd *cmd);
int rtm_ioctl_end_resync(struct rtm_cmd *cmd);
int rtm_ioctl_lock_route(struct rtm_cmd *cmd);
int rtm_ioctl_unlock_route(struct rtm_cmd *cmd);
int rtm_ioctl_update_route(struct rtm_cmd *cmd);
int rtm_ioctl_lock_nexthop(struct rtm_cmd *cmd);
int rtm_ioctl_unlock_nexthop(struct rtm_cmd *cmd);
int rtm_ioctl_register_notify(struct rtm_cmd *cmd);
int rtm_ioctl_deregister_notify(struct rtm_cmd *cmd);
int rtm_ioctl_get_changed_dests(struct rtm_cmd *cmd);
int rtm_ioctl_ignore_changed_dests(struct rtm_cmd *cmd);
int rtm_ioctl_get_change_status(struct rtm_cmd *cmd);
int rtm_ioctl_mark_dest(struct rtm_cmd *cmd);
int rtm_ioctl_is_dest_marked(struct rtm_cmd *cmd);
int rtm_ioctl_get_methods(struct rtm_cmd *cmd);
int rtm_ioctl_invoke_method(struct rtm_cmd *cmd);
int rtm_ioctl_block_methods(struct rtm_cmd *cmd);
int rtm_ioctl_fetch_call(struct rtm_cmd *cmd);
int rtm_ioctl_answer_call(struct rtm_cmd *cmd);
int rtm_ioctl_set_crash_policy(struct rtm_cmd *cmd);
int rtm_ioctl_set_limits(struct rtm_cmd *cmd);
int rtm_ioctl_get_limits(struct rtm_cmd *cmd);

#endif /* RTM_IOCTL_H */
