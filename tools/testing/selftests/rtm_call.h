/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arguments of the commands about methods.
 *
 * How this file works: as rtm_test.h: each fills in all of an argument with what is
 * right, or with 0xcc where the kernel answers.
 */
#ifndef RTM_CALL_H
#define RTM_CALL_H

#include "rtm_test.h"

static inline int dev_register_methods_in(int fd, __u16 instance, __u32 protocol, __u32 id,
					  __u32 flags, __u32 n, __u64 *entity)
{
	struct rtm_register_entity arg;
	int err;

	register_arg(&arg, AF_INET, protocol, id, flags);
	arg.id.instance = instance;
	arg.n_methods = n;
	err = dev_call(fd, RTM_IOC_REGISTER_ENTITY, &arg);
	if (!err)
		*entity = arg.entity;
	return err;
}

static inline int dev_register_methods(int fd, __u32 protocol, __u32 id, __u32 n, __u64 *entity)
{
	return dev_register_methods_in(fd, 0, protocol, id, 0, n, entity);
}

static inline void methods_arg(struct rtm_get_methods *arg, __u64 entity, __u64 handle)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->handle = handle;
	arg->pad = 0;
}

/* Every method of the callee. */
static inline void invoke_arg(struct rtm_invoke_method *arg, __u64 entity, __u64 callee,
			      const void *input, __u32 input_size, void *output,
			      __u32 output_size)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->callee = callee;
	arg->call = 0;
	arg->input = ptr_u64(input);
	arg->output = ptr_u64(output);
	arg->input_size = input_size;
	arg->output_size = output_size;
	arg->methods = ~0u;
	arg->pad = 0;
	arg->deadline = 0;
}

static inline void block_arg(struct rtm_block_methods *arg, __u64 entity, __u32 block)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->block = block;
	arg->pad = 0;
}

static inline int dev_block_methods(int fd, __u64 entity, bool block)
{
	struct rtm_block_methods arg;

	block_arg(&arg, entity, block);
	return dev_call(fd, RTM_IOC_BLOCK_METHODS, &arg);
}

static inline void fetch_arg(struct rtm_fetch_call *arg, __u64 entity, __u64 call, void *input,
			     __u32 room)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->call = call;
	arg->input = ptr_u64(input);
	arg->input_size = room;
	arg->pad = 0;
}

static inline void answer_arg(struct rtm_answer_call *arg, __u64 entity, __u64 call,
			      const void *output, __u32 size)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->call = call;
	arg->output = ptr_u64(output);
	arg->output_size = size;
	arg->status = 0;
}

static inline int dev_answer(int fd, __u64 entity, __u64 call, const void *output, __u32 size,
			     __u32 status)
{
	struct rtm_answer_call arg;

	answer_arg(&arg, entity, call, output, size);
	arg.status = status;
	return dev_call(fd, RTM_IOC_ANSWER_CALL, &arg);
}

static inline __u64 calls(int watch)
{
	struct rtm_get_stats s;

	return dev_stats(watch, &s) ? ~0ull : s.calls;
}

#endif /* RTM_CALL_H */
