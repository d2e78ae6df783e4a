// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: methods of entities.
 *
 * How this file works: a method of this process runs in the thread that invokes it,
 * once the kernel says that it is not blocked.  A method of another process is a call
 * through the kernel: that process' dispatcher fetches it, runs the methods and answers
 * with what they left in the output, packed as RtmInvokeMethod() promises.  The same
 * function runs methods in both cases.
 *
 * A dispatcher that invokes a method itself looks after the calls it gets meanwhile:
 * two processes whose methods invoke each other's do not wait for ever.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "rtm_private.h"

#define INPUT_HEAD	offsetof(RTM_ENTITY_METHOD_INPUT, InputData)
#define OUTPUT_HEAD	offsetof(RTM_ENTITY_METHOD_OUTPUT, OutputData)
#define OUTPUT_ALIGN	4u

/**
 * struct invocation - methods that are about to run
 * @caller: who invokes them
 * @callee: whose they are
 * @methods: set of methods
 * @input: the input, all methods get the same; its MethodType is set for each
 * @output: where the results go, one after the other
 * @room: bytes there
 * @used: bytes used
 */
struct invocation {
	RTM_ENTITY_HANDLE caller;
	RTM_ENTITY_HANDLE callee;
	RTM_ENTITY_METHOD_TYPE methods;
	RTM_ENTITY_METHOD_INPUT *input;
	unsigned char *output;
	UINT room;
	UINT used;
};

/* One method; false when there is no room for the head of its result. */
static bool run_one(struct invocation *inv, RTM_ENTITY_EXPORT_METHOD method,
		    RTM_ENTITY_METHOD_TYPE type)
{
	UINT at = (inv->used + OUTPUT_ALIGN - 1) & ~(OUTPUT_ALIGN - 1);
	RTM_ENTITY_METHOD_OUTPUT *out;
	UINT left;

	if (at > inv->room || inv->room - at < OUTPUT_HEAD)
		return false;
	left = inv->room - at - (UINT)OUTPUT_HEAD;
	out = (RTM_ENTITY_METHOD_OUTPUT *)(void *)(inv->output + at);
	out->MethodType = type;
	out->MethodStatus = NO_ERROR;
	out->OutputSize = left;
	inv->input->MethodType = type;
	method(inv->caller, inv->callee, inv->input, out);
	if (out->OutputSize > left)
		out->OutputSize = left;
	inv->used = at + (UINT)OUTPUT_HEAD + out->OutputSize;
	return true;
}

static DWORD run_methods(struct rtmi_reg *reg, struct invocation *inv)
{
	UINT i;

	for (i = 0; i < reg->n_methods; i++) {
		if (!(inv->methods & 1u << i))
			continue;
		if (!run_one(inv, reg->methods[i], 1u << i))
			return ERROR_INSUFFICIENT_BUFFER;
	}
	return NO_ERROR;
}

/* The input as methods get it; its head is the client's own, which must stay. */
static RTM_ENTITY_METHOD_INPUT *input_copy(const void *data, UINT size)
{
	RTM_ENTITY_METHOD_INPUT *input = malloc(sizeof(*input) + size);

	if (!input)
		return NULL;
	input->InputSize = size;
	if (data && size)
		memcpy(input->InputData, data, size);
	return input;
}

/*
 * The other side: calls from the kernel
 */

static int fetch(const struct rtmi_device *dev, struct rtm_fetch_call *req, void **data)
{
	int err;

	*data = NULL;
	for (;;) {
		err = rtmi_fetch_call(dev, req);
		if (err != -EMSGSIZE)
			return err;
		free(*data);
		*data = malloc(req->input_size);
		if (!*data)
			return -ENOMEM;
		req->input = (uintptr_t)*data;
	}
}

static int answer_call(const struct rtmi_device *dev, __u64 entity, __u64 call,
		       const void *output, UINT size, DWORD status)
{
	struct rtm_answer_call req = {
		.entity = entity,
		.call = call,
		.output = (uintptr_t)output,
		.output_size = size,
		.status = status,
	};

	return rtmi_answer_call(dev, &req);
}

static DWORD serve_with(struct rtmi_reg *reg, const struct rtm_fetch_call *req, const void *data,
			struct invocation *inv)
{
	DWORD status;

	inv->input = input_copy(data, req->input_size);
	inv->output = malloc(req->output_size + 1);
	if (!inv->input || !inv->output)
		return ERROR_NOT_ENOUGH_MEMORY;
	memset(inv->output, 0, req->output_size);
	inv->caller = rtmi_handle(req->caller);
	inv->callee = rtmi_handle(reg->handle);
	inv->methods = req->methods;
	inv->room = req->output_size;
	status = run_methods(reg, inv);
	return status;
}

static void serve(struct rtmi_reg *reg, struct rtm_fetch_call *req, const void *data)
{
	const struct rtmi_process *proc = reg->proc;
	struct invocation inv = { 0 };
	DWORD status = serve_with(reg, req, data, &inv);

	/* a method that has forked may return in the child as well */
	if (rtmi_process_peek() == proc) {
		answer_call(rtmi_dev(reg), req->entity, req->call, inv.output, inv.used, status);
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ENTITY, &req->caller,
				     1);
	}
	free(inv.input);
	free(inv.output);
}

/**
 * rtmi_serve_call() - run the methods that somebody has invoked
 * @dev: the file
 * @entity: the callee, or 0 for any of the file
 * @call: the call, or 0 for the oldest
 *
 * In the dispatcher only.  A call that has gone, or whose callee has, is no matter.
 */
void rtmi_serve_call(const struct rtmi_device *dev, __u64 entity, __u64 call)
{
	struct rtm_fetch_call req = { .entity = entity, .call = call };
	struct rtmi_reg *reg;
	void *data;
	int err;

	err = fetch(dev, &req, &data);
	if (err == -ENOMEM && req.call)
		answer_call(dev, req.entity, req.call, NULL, 0, ERROR_NOT_ENOUGH_MEMORY);
	reg = err ? NULL : rtmi_event_receiver(req.entity);
	if (reg) {
		serve(reg, &req, data);
		if (rtmi_process_peek() == reg->proc)
			rtmi_reg_put_running(reg);
	}
	free(data);
}

/*
 * This side: invoking
 */

static int invoke_local(struct rtmi_reg *callee, struct invocation *inv, DWORD *status)
{
	const void *data = inv->input->InputData;
	RTM_ENTITY_METHOD_INPUT *input = input_copy(data, inv->input->InputSize);

	if (!input)
		return -ENOMEM;
	inv->input = input;
	*status = run_methods(callee, inv);
	free(input);
	return 0;
}

static int invoke(struct rtmi_reg *reg, struct rtmi_reg *local, struct invocation *inv,
		  DWORD *status)
{
	struct rtm_invoke_method req = {
		.flags = local ? RTM_REQ_LOCAL : 0,
		.entity = reg->handle,
		.callee = rtmi_id(inv->callee),
		.input = (uintptr_t)inv->input->InputData,
		.output = (uintptr_t)inv->output,
		.input_size = inv->input->InputSize,
		.output_size = inv->room < RTM_MAX_METHOD_DATA ? inv->room : RTM_MAX_METHOD_DATA,
		.methods = inv->methods,
	};
	int err;

	if (rtmi_in_dispatcher(reg->proc))
		req.flags |= RTM_REQ_SERVE;
	while ((err = rtmi_invoke_method(rtmi_dev(reg), &req)) == -EAGAIN)
		rtmi_serve_call(rtmi_dev(reg), 0, 0);
	if (err)
		return err;
	if (req.local && local)
		return invoke_local(local, inv, status);
	inv->used = req.output_size;
	*status = req.status;
	return 0;
}

DWORD WINAPI RtmInvokeMethod(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENTITY_HANDLE EntityHandle,
			     PRTM_ENTITY_METHOD_INPUT Input, PUINT OutputSize,
			     PRTM_ENTITY_METHOD_OUTPUT Output)
{
	struct invocation inv = { .caller = RtmRegHandle, .callee = EntityHandle };
	struct rtmi_reg *reg, *local;
	DWORD status = NO_ERROR;
	int err;

	if (!Input || !OutputSize || !Output)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	inv.methods = Input->MethodType;
	inv.input = Input;
	inv.output = (unsigned char *)Output;
	inv.room = *OutputSize;
	local = rtmi_reg_get(EntityHandle);
	err = invoke(reg, local, &inv, &status);
	if (!err)
		*OutputSize = inv.used;
	if (local)
		rtmi_reg_put(local);
	rtmi_reg_put(reg);
	return err ? rtmi_win32(err) : status;
}

/* Values nobody can call, and none of them NULL, where the methods are elsewhere. */
static RTM_ENTITY_EXPORT_METHOD method_value(const struct rtmi_reg *local, UINT i)
{
	uintptr_t token = i + 1;
	RTM_ENTITY_EXPORT_METHOD value;

	if (local)
		return local->methods[i];
	memcpy(&value, &token, sizeof(value));
	return value;
}

static DWORD methods_store(struct rtmi_reg *local, UINT count, UINT *num,
			   RTM_ENTITY_EXPORT_METHOD *methods)
{
	UINT room = *num;
	UINT i;

	if (local && local->n_methods < count)
		local = NULL;
	*num = !room || count < room ? count : room;
	for (i = 0; room && i < *num; i++)
		methods[i] = method_value(local, i);
	return room && room < count ? ERROR_INSUFFICIENT_BUFFER : NO_ERROR;
}

DWORD WINAPI RtmGetEntityMethods(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENTITY_HANDLE EntityHandle,
				 PUINT NumMethods, PRTM_ENTITY_EXPORT_METHOD ExptMethods)
{
	struct rtm_get_methods req = { .handle = rtmi_id(EntityHandle) };
	struct rtmi_reg *reg, *local;
	DWORD ret;
	int err;

	if (!NumMethods || (*NumMethods && !ExptMethods))
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_get_methods(rtmi_dev(reg), &req);
	ret = rtmi_win32(err);
	if (!err) {
		local = rtmi_reg_get(EntityHandle);
		ret = methods_store(local, req.n_methods, NumMethods, ExptMethods);
		if (local)
			rtmi_reg_put(local);
	}
	rtmi_reg_put(reg);
	return ret;
}

/* Blocking one target is not there; all of them is on the safe side. */
static int target_check(struct rtmi_reg *reg, HANDLE target)
{
	__u64 id = rtmi_id(target);
	int err;

	if (!id)
		return 0;
	err = rtmi_handles_reference(rtmi_dev(reg), reg->handle, &id, 1);
	if (!err)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ANY, &id, 1);
	return err;
}

DWORD WINAPI RtmBlockMethods(RTM_ENTITY_HANDLE RtmRegHandle, HANDLE TargetHandle,
			     UCHAR TargetType, DWORD BlockingFlag)
{
	struct rtm_block_methods req = { .block = BlockingFlag };
	struct rtmi_reg *reg;
	int err;

	(void)TargetType;
	if (BlockingFlag != RTM_BLOCK_METHODS && BlockingFlag != RTM_RESUME_METHODS)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = target_check(reg, TargetHandle);
	if (!err)
		err = rtmi_block_methods(rtmi_dev(reg), &req);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}
