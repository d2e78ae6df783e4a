/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands by number.
 */
#ifndef RTM_DISPATCH_H
#define RTM_DISPATCH_H

#include <linux/types.h>

#include "rtm_types.h"

struct rtm_cmd;

/**
 * struct rtm_ioctl_op - one command
 * @cmd: its whole number
 * @size: bytes of its structure
 * @min_size: bytes up to the last member that ABI 1 has
 * @changes: needs a file open for writing and CAP_NET_ADMIN
 * @execute: handler; replies itself
 */
struct rtm_ioctl_op {
	unsigned int cmd;
	u32 size;
	u32 min_size;
	bool changes;
	int (*execute)(struct rtm_cmd *cmd);
};

const struct rtm_ioctl_op *rtm_dispatch_find(unsigned int number);
int rtm_dispatch_call(const struct rtm_ioctl_op *op, struct rtm_client *client, u64 arg);

#endif /* RTM_DISPATCH_H */
