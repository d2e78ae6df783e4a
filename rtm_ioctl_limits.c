// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about limits: of one's own registration, of any entity by name, and of the
 * network namespace.
 *
 * Who may set which is in rtm_quota.c.  To look is everybody's right: what others use
 * can be found out by a dump as well.
 */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/string.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_ioctl.h"
#include "rtm_net.h"
#include "rtm_quota.h"

#define ALL_RESOURCES	(BIT(RTM_N_RESOURCES) - 1)

/* Every limit that is given has its bit. */
static int check_which(const struct rtm_set_limits *arg)
{
	unsigned int r;

	if (!arg->which || arg->which & ~ALL_RESOURCES)
		return -EINVAL;
	for (r = 0; r < RTM_N_RESOURCES; r++)
		if (arg->limits[r] && !(arg->which & BIT(r)))
			return -EINVAL;
	return 0;
}

/* Whether a request for the namespace names nothing else. */
static int check_namespace(u64 entity, const struct rtm_entity_id *id)
{
	return entity || memchr_inv(id, 0, sizeof(*id)) ? -EINVAL : 0;
}

static int set_of_entity(struct rtm_cmd *cmd)
{
	const struct rtm_set_limits *arg = &cmd->arg.set_limits;
	struct rtm_entity *entity;
	int err;

	if (arg->which & BIT(RTM_RES_DESTS))
		return -EINVAL;
	entity = rtm_cmd_entity_or_name(cmd, arg->entity, &arg->id);
	if (IS_ERR(entity))
		return PTR_ERR(entity);
	err = rtm_quota_set(&entity->quota, arg->entity ? RTM_QUOTA_OWN : RTM_QUOTA_ADMIN,
			    arg->which, arg->limits);
	rtm_entity_put(entity);
	return err;
}

int rtm_ioctl_set_limits(struct rtm_cmd *cmd)
{
	const struct rtm_set_limits *arg = &cmd->arg.set_limits;
	int err;

	if (arg->flags & ~RTM_REQ_NAMESPACE)
		return -EOPNOTSUPP;
	err = arg->pad ? -EINVAL : check_which(arg);
	if (err)
		return err;
	if (!(arg->flags & RTM_REQ_NAMESPACE))
		return set_of_entity(cmd);
	err = check_namespace(arg->entity, &arg->id);
	if (err)
		return err;
	return rtm_quota_set(&cmd->client->rnet->quota, RTM_QUOTA_ADMIN, arg->which, arg->limits);
}

static void fill_usage(struct rtm_get_limits *arg, const struct rtm_quota *q)
{
	unsigned int r;

	for (r = 0; r < RTM_N_RESOURCES; r++)
		arg->usage[r] = (struct rtm_usage){
			.limit = rtm_quota_limit(q, r),
			.used = rtm_quota_used(q, r),
			.refused = atomic64_read(&q->refused[r]),
		};
}

int rtm_ioctl_get_limits(struct rtm_cmd *cmd)
{
	struct rtm_get_limits *arg = &cmd->arg.get_limits;
	struct rtm_entity *entity;
	int err;

	if (arg->flags & ~RTM_REQ_NAMESPACE)
		return -EOPNOTSUPP;
	if (arg->flags & RTM_REQ_NAMESPACE) {
		err = check_namespace(arg->entity, &arg->id);
		if (err)
			return err;
		fill_usage(arg, &cmd->client->rnet->quota);
		return rtm_cmd_reply(cmd);
	}
	entity = rtm_cmd_entity_or_name(cmd, arg->entity, &arg->id);
	if (IS_ERR(entity))
		return PTR_ERR(entity);
	fill_usage(arg, &entity->quota);
	rtm_entity_put(entity);
	return rtm_cmd_reply(cmd);
}
