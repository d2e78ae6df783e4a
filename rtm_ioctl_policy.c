// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about what outlives its owner: crash policy.
 *
 * A registration sets the policy of its own entity.  By name it is the administrator
 * who does, whoever has the entity, and also when nobody has it any more.
 */
#include <linux/string.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_ioctl.h"
#include "rtm_table.h"

/**
 * rtm_crash_policy_from_user() - a crash policy as a request has it
 * @flags: request flags; RTM_REQ_HOLD and RTM_REQ_KEEP count
 * @hold_ms: milliseconds, with RTM_REQ_HOLD
 * @policy: out
 *
 * Return: 0; -EINVAL for both flags, or a time that does not go with them.
 */
int rtm_crash_policy_from_user(u32 flags, u32 hold_ms, struct rtm_crash_policy *policy)
{
	policy->flags = flags & RTM_CRASH_POLICY;
	policy->hold_ms = hold_ms;
	if (policy->flags == RTM_CRASH_POLICY || hold_ms > RTM_MAX_HOLD_MS)
		return -EINVAL;
	return !(policy->flags & RTM_REQ_HOLD) == !hold_ms ? 0 : -EINVAL;
}

/* The entity of a name; a reference, or an ERR_PTR(). */
static struct rtm_entity *entity_by_name(struct rtm_cmd *cmd, const struct rtm_entity_id *id)
{
	struct rtm_entity *entity = NULL;
	struct rtm_table *table;
	int err;

	err = rtm_entity_id_check(id);
	if (err)
		return ERR_PTR(err);
	table = rtm_table_find(cmd->client->rnet, id->instance, id->family);
	if (table) {
		entity = rtm_entity_find(table, id);
		rtm_table_put(table);
	}
	return entity ? entity : ERR_PTR(-ENOENT);
}

/**
 * rtm_cmd_entity_or_name() - one of the caller's registrations, or any entity by name
 * @cmd: the call
 * @handle: handle the caller gave, or 0
 * @id: with @handle 0 a name, else zero
 *
 * Context: process, may sleep.
 *
 * Return: a reference, or an ERR_PTR(): -EBADF, -EINVAL, -ENOENT.
 */
struct rtm_entity *rtm_cmd_entity_or_name(struct rtm_cmd *cmd, u64 handle,
					  const struct rtm_entity_id *id)
{
	struct rtm_entity *entity;

	if (!handle)
		return entity_by_name(cmd, id);
	if (memchr_inv(id, 0, sizeof(*id)))
		return ERR_PTR(-EINVAL);
	entity = rtm_cmd_entity(cmd, handle);
	return entity ? entity : ERR_PTR(-EBADF);
}

int rtm_ioctl_set_crash_policy(struct rtm_cmd *cmd)
{
	const struct rtm_set_crash_policy *arg = &cmd->arg.set_crash_policy;
	struct rtm_crash_policy policy;
	struct rtm_entity *entity;
	int err;

	if (arg->flags & ~RTM_CRASH_POLICY)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	err = rtm_crash_policy_from_user(arg->flags, arg->hold_ms, &policy);
	if (err)
		return err;
	entity = rtm_cmd_entity_or_name(cmd, arg->entity, &arg->id);
	if (IS_ERR(entity))
		return PTR_ERR(entity);
	err = rtm_entity_set_policy(entity, &policy);
	rtm_entity_put(entity);
	return err == -EIDRM && !arg->entity ? -ENOENT : err;
}
