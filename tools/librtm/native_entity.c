// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: entities, handles and events.
 *
 * How this file works: each call fills a request, and stores what came back only
 * after success.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "rtm_native.h"

int rtm_entity_register_methods(struct rtm_ctx *ctx, const struct rtm_entity_id *id,
				unsigned int flags, unsigned int n_methods, uint64_t *entity,
				struct rtm_limits *limits)
{
	struct rtm_register_entity req = { .flags = flags, .id = *id, .n_methods = n_methods };
	int err;

	err = rtmi_register_entity(&ctx->dev, &req);
	if (err)
		return err;
	*entity = req.entity;
	if (limits) {
		limits->max_nexthops = req.max_nexthops;
		limits->max_handles = req.max_handles;
		limits->views = req.views;
	}
	return 0;
}

int rtm_entity_deregister(struct rtm_ctx *ctx, uint64_t entity)
{
	struct rtm_deregister_entity req = { .entity = entity };

	return rtmi_deregister_entity(&ctx->dev, &req);
}

int rtm_entity_register(struct rtm_ctx *ctx, const struct rtm_entity_id *id, unsigned int flags,
			uint64_t *entity, struct rtm_limits *limits)
{
	return rtm_entity_register_methods(ctx, id, flags, 0, entity, limits);
}

static int set_crash_policy(struct rtm_ctx *ctx, struct rtm_set_crash_policy *req,
			    const struct rtm_crash_policy *policy)
{
	req->flags = policy->flags;
	req->hold_ms = policy->hold_ms;
	return rtmi_set_crash_policy(&ctx->dev, req);
}

/* To the kernel no handle means a name, and the name would be all zero. */
int rtm_entity_set_crash_policy(struct rtm_ctx *ctx, uint64_t entity,
				const struct rtm_crash_policy *policy)
{
	struct rtm_set_crash_policy req = { .entity = entity };

	return entity ? set_crash_policy(ctx, &req, policy) : -EBADF;
}

int rtm_entity_set_crash_policy_by_name(struct rtm_ctx *ctx, const struct rtm_entity_id *id,
					const struct rtm_crash_policy *policy)
{
	struct rtm_set_crash_policy req = { .id = *id };

	return set_crash_policy(ctx, &req, policy);
}

int rtm_conf_crash_policy(const struct rtm_entity_id *id, struct rtm_crash_policy *policy)
{
	struct rtmi_conf_policy said;
	int err;

	err = rtmi_conf_policy(id, &said);
	policy->flags = said.flags;
	policy->hold_ms = said.hold_ms;
	return err;
}

int rtm_entity_list(struct rtm_ctx *ctx, uint64_t entity, uint64_t *handles,
		    struct rtm_entity_id *ids, unsigned int room, unsigned int *total)
{
	struct rtm_get_entities req = {
		.entity = entity,
		.flags = ids ? RTM_REQ_INFOS : 0,
		.handles = (uintptr_t)handles,
		.infos = (uintptr_t)ids,
		.count = room,
	};
	int err;

	err = rtmi_get_entities(&ctx->dev, &req);
	if (err && err != -EMSGSIZE)
		return err;
	if (total)
		*total = req.total;
	if (err && handles)
		rtmi_handles_release(&ctx->dev, entity, RTM_HANDLE_ENTITY, handles, req.count);
	return err ? err : (int)req.count;
}

int rtm_entity_info(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle,
		    struct rtm_entity_id *id, unsigned int *state)
{
	struct rtm_get_entity_info req = { .entity = entity, .handle = handle };
	int err;

	err = rtmi_get_entity_info(&ctx->dev, &req);
	if (err)
		return err;
	if (id)
		*id = req.id;
	if (state)
		*state = req.state;
	return 0;
}

static uint32_t limits_flags(uint64_t entity, const struct rtm_entity_id *id)
{
	return entity || id ? 0 : RTM_REQ_NAMESPACE;
}

int rtm_limits_set(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_entity_id *id,
		   unsigned int which, const uint64_t limits[RTM_N_RESOURCES])
{
	struct rtm_set_limits req = {
		.flags = limits_flags(entity, id),
		.entity = entity,
		.which = which,
	};
	unsigned int r;

	if (id)
		req.id = *id;
	for (r = 0; r < RTM_N_RESOURCES; r++)
		req.limits[r] = which & 1u << r ? limits[r] : 0;
	return rtmi_set_limits(&ctx->dev, &req);
}

int rtm_limits_get(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_entity_id *id,
		   struct rtm_usage usage[RTM_N_RESOURCES])
{
	struct rtm_get_limits req = {
		.flags = limits_flags(entity, id),
		.entity = entity,
	};
	int err;

	if (id)
		req.id = *id;
	err = rtmi_get_limits(&ctx->dev, &req);
	if (!err)
		memcpy(usage, req.usage, sizeof(req.usage));
	return err;
}

int rtm_handles_reference(struct rtm_ctx *ctx, uint64_t entity, const uint64_t *handles,
			  size_t count)
{
	return rtmi_handles_reference(&ctx->dev, entity, handles, count);
}

int rtm_handles_release(struct rtm_ctx *ctx, uint64_t entity, const uint64_t *handles,
			size_t count)
{
	return rtmi_handles_release(&ctx->dev, entity, RTM_HANDLE_ANY, handles, count);
}

/*
 * The kernel hands events to whoever reads, so a child must not: it would take
 * its parent's away.
 */
int rtm_event_read(struct rtm_ctx *ctx, struct rtm_event *events, size_t room)
{
	const size_t most = 4096;
	ssize_t len;

	if (!room)
		return -EINVAL;
	if (ctx->dev.token != rtmi_token())
		return -EBADF;
	if (room > most)
		room = most;
	len = read(ctx->dev.fd, events, room * sizeof(*events));
	return len < 0 ? -errno : (int)((size_t)len / sizeof(*events));
}
