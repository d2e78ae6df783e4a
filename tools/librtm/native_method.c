// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: methods of entities.
 *
 * How this file works: one command each.  Calls are served by whoever reads the events
 * of the context, so an entity of the same context is called through the kernel, too.
 */
#include <errno.h>

#include "rtm_native.h"

int rtm_method_count(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle)
{
	struct rtm_get_methods req = { .entity = entity, .handle = handle };
	int err = rtmi_get_methods(&ctx->dev, &req);

	return err ? err : (int)req.n_methods;
}

/* The number of the call is what the kernel stores also with EINTR. */
int rtm_method_invoke(struct rtm_ctx *ctx, uint64_t entity, struct rtm_method_call *call,
		      uint64_t deadline)
{
	struct rtm_invoke_method req = {
		.entity = entity,
		.callee = call->callee,
		.call = call->call,
		.input = (uintptr_t)call->input,
		.output = (uintptr_t)call->output,
		.input_size = call->input_size,
		.output_size = call->output_size,
		.methods = call->methods,
		.deadline = deadline,
	};
	int err;

	if (deadline == RTM_NOWAIT)
		return -EINVAL;
	err = rtmi_invoke_method(&ctx->dev, &req);
	if (err && err != -EINTR)
		return err;
	call->call = req.call;
	if (err)
		return err;
	call->output_size = req.output_size;
	call->status = req.status;
	return 0;
}

int rtm_method_block(struct rtm_ctx *ctx, uint64_t entity, bool block)
{
	struct rtm_block_methods req = { .entity = entity, .block = block };

	return rtmi_block_methods(&ctx->dev, &req);
}

int rtm_method_fetch(struct rtm_ctx *ctx, struct rtm_method_request *request)
{
	struct rtm_fetch_call req = {
		.entity = request->entity,
		.call = request->call,
		.input = (uintptr_t)request->input,
		.input_size = request->input_size,
	};
	int err;

	err = rtmi_fetch_call(&ctx->dev, &req);
	if (err && err != -EMSGSIZE)
		return err;
	request->entity = req.entity;
	request->call = req.call;
	request->input_size = req.input_size;
	if (err)
		return err;
	request->caller = req.caller;
	request->output_size = req.output_size;
	request->methods = req.methods;
	return 0;
}

int rtm_method_answer(struct rtm_ctx *ctx, uint64_t entity, uint64_t call, const void *output,
		      uint32_t output_size, uint32_t status)
{
	struct rtm_answer_call req = {
		.entity = entity,
		.call = call,
		.output = (uintptr_t)output,
		.output_size = output_size,
		.status = status,
	};

	return rtmi_answer_call(&ctx->dev, &req);
}
