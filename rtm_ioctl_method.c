// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about methods: RTM_IOC_GET_METHODS to RTM_IOC_ANSWER_CALL.
 *
 * What is copied from and to user space is copied here, into and out of a call that
 * stays where it is meanwhile; rtm_method.c decides what becomes of it.
 */
#include "rtm_ioctl.h"

#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/sockptr.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_method.h"

/* A reference to an entity of the caller's table, or NULL. */
static struct rtm_entity *cmd_callee(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id)
{
	struct rtm_entity *callee = rtm_handle_entity(cmd->client, id);

	if (!callee || callee->table == self->table)
		return callee;
	rtm_entity_put(callee);
	return NULL;
}

int rtm_ioctl_get_methods(struct rtm_cmd *cmd)
{
	struct rtm_get_methods *arg = &cmd->arg.get_methods;
	struct rtm_entity *self, *callee;
	bool blocked;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	callee = cmd_callee(cmd, self, arg->handle);
	err = callee ? rtm_method_count(callee, &arg->n_methods, &blocked) : -EBADF;
	if (!err)
		err = rtm_cmd_reply(cmd);
	if (callee)
		rtm_entity_put(callee);
	rtm_entity_put(self);
	return err;
}

int rtm_ioctl_block_methods(struct rtm_cmd *cmd)
{
	struct rtm_block_methods *arg = &cmd->arg.block_methods;
	struct rtm_entity *self;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->block > 1 || arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	err = rtm_method_block(self, arg->block);
	rtm_entity_put(self);
	return err;
}

/* A local call carries nothing: input and output stay where they are. */
static struct rtm_call *prepare_call(struct rtm_cmd *cmd, struct rtm_entity *self,
				     struct rtm_entity *callee)
{
	const struct rtm_invoke_method *arg = &cmd->arg.invoke_method;
	struct rtm_call *call;
	bool local;

	local = arg->flags & RTM_REQ_LOCAL && rtm_method_is_local(callee, cmd->client);
	call = rtm_call_alloc(self, callee, local ? 0 : arg->input_size,
			      local ? 0 : arg->output_size);
	if (!call)
		return ERR_PTR(-ENOMEM);
	call->local = local;
	call->methods = arg->methods;
	if (!copy_from_sockptr(call->input, rtm_client_ptr(cmd->client, arg->input),
			       call->input_size))
		return call;
	rtm_call_put(call);
	return ERR_PTR(-EFAULT);
}

static struct rtm_call *make_call(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	struct rtm_entity *callee = cmd_callee(cmd, self, cmd->arg.invoke_method.callee);
	struct rtm_call *call;
	int err;

	if (!callee)
		return ERR_PTR(-EBADF);
	call = prepare_call(cmd, self, callee);
	rtm_entity_put(callee);
	if (IS_ERR(call))
		return call;
	err = rtm_call_start(call);
	if (!err)
		return call;
	rtm_call_put(call);
	return ERR_PTR(err);
}

static int store_result(struct rtm_cmd *cmd, const struct rtm_call *call)
{
	struct rtm_invoke_method *arg = &cmd->arg.invoke_method;

	if (call->used > arg->output_size)
		return -EMSGSIZE;
	if (copy_to_sockptr(rtm_client_ptr(cmd->client, arg->output), call->output, call->used))
		return -EFAULT;
	arg->output_size = call->used;
	arg->status = call->status;
	arg->local = call->local && call->methods;
	arg->call = 0;
	return rtm_cmd_reply(cmd);
}

/* The number is stored before anything can interrupt the call. */
static int await_call(struct rtm_cmd *cmd, struct rtm_call *call)
{
	struct rtm_invoke_method *arg = &cmd->arg.invoke_method;
	int err;

	if (!READ_ONCE(call->done) && arg->call != call->id) {
		arg->call = call->id;
		err = rtm_cmd_reply(cmd);
		if (err) {
			arg->call = 0;
			return err;
		}
	}
	return rtm_call_wait(call, arg->flags & RTM_REQ_SERVE ? cmd->client : NULL,
			     arg->deadline);
}

/* Whether the caller may come back for a call after this error, if it is @known to it. */
static bool goes_on(int err, bool known)
{
	switch (err) {
	case -EAGAIN:
		return true;
	case -ERESTARTSYS:
		return !fatal_signal_pending(current);
	case -EFAULT:
	case -EMSGSIZE:
		return known;
	default:
		return false;
	}
}

static int finish_call(struct rtm_cmd *cmd, struct rtm_call *call)
{
	struct rtm_invoke_method *arg = &cmd->arg.invoke_method;
	bool known;
	int err;

	err = await_call(cmd, call);
	known = arg->call;
	if (!err)
		err = store_result(cmd, call);
	if (goes_on(err, known)) {
		rtm_call_park(call);
		return err;
	}
	rtm_call_drop(call);
	/* nothing depends on whether it can be stored that there is no call any more */
	if (err && known) {
		arg->call = 0;
		rtm_cmd_reply(cmd);
	}
	return err;
}

int rtm_ioctl_invoke_method(struct rtm_cmd *cmd)
{
	struct rtm_invoke_method *arg = &cmd->arg.invoke_method;
	struct rtm_entity *self;
	struct rtm_call *call;
	int err;

	if (arg->flags & ~(RTM_REQ_LOCAL | RTM_REQ_SERVE))
		return -EOPNOTSUPP;
	if (arg->pad || arg->input_size > RTM_MAX_METHOD_DATA ||
	    arg->output_size > RTM_MAX_METHOD_DATA)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	call = arg->call ? rtm_call_resume(self, arg->call) : make_call(cmd, self);
	err = PTR_ERR_OR_ZERO(call);
	if (!err) {
		err = finish_call(cmd, call);
		rtm_call_put(call);
	}
	rtm_entity_put(self);
	return err;
}

static int deliver_call(struct rtm_cmd *cmd, struct rtm_call *call)
{
	struct rtm_fetch_call *arg = &cmd->arg.fetch_call;
	struct rtm_grab grab;
	int err;

	arg->output_size = call->output_size;
	arg->methods = call->methods;
	rtm_grab_init(&grab, cmd->client, call->callee);
	err = rtm_grab_entity(&grab, call->caller, &arg->caller);
	if (!err && copy_to_sockptr(rtm_client_ptr(cmd->client, arg->input), call->input,
				    call->input_size))
		err = -EFAULT;
	if (!err)
		err = rtm_cmd_reply(cmd);
	if (err)
		rtm_grab_undo(&grab);
	return err;
}

static int fetch_call(struct rtm_cmd *cmd, struct rtm_entity *callee)
{
	struct rtm_fetch_call *arg = &cmd->arg.fetch_call;
	u32 room = arg->input_size;
	struct rtm_call *call;
	int err;

	call = rtm_call_take(cmd->client, callee, arg->call, room);
	if (!call)
		return -ENOENT;
	arg->entity = call->callee->handle;
	arg->call = call->id;
	arg->input_size = call->input_size;
	if (call->input_size > room) {
		err = rtm_cmd_reply(cmd) ?: -EMSGSIZE;
	} else {
		err = deliver_call(cmd, call);
		if (err)
			rtm_call_untake(call);
	}
	rtm_call_put(call);
	return err;
}

int rtm_ioctl_fetch_call(struct rtm_cmd *cmd)
{
	struct rtm_fetch_call *arg = &cmd->arg.fetch_call;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	if (!arg->entity)
		return fetch_call(cmd, NULL);
	return rtm_cmd_as(cmd, arg->entity, fetch_call);
}

int rtm_ioctl_answer_call(struct rtm_cmd *cmd)
{
	struct rtm_answer_call *arg = &cmd->arg.answer_call;
	struct rtm_entity *self;
	struct rtm_call *call;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	call = rtm_call_answer_begin(self, arg->call, arg->output_size);
	err = PTR_ERR_OR_ZERO(call);
	if (!err) {
		if (copy_from_sockptr(call->output, rtm_client_ptr(cmd->client, arg->output),
				      arg->output_size))
			err = -EFAULT;
		rtm_call_answer_end(call, !err, arg->output_size, arg->status);
	}
	rtm_entity_put(self);
	return err;
}
