/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is used and what may be, for the tests of limits.
 */
#ifndef RTM_LIMITS_TEST_H
#define RTM_LIMITS_TEST_H

#include "rtm_test.h"

/* Of an entity of the file, or of the namespace where that is 0. */
static inline struct rtm_usage usage(int fd, __u64 entity, enum rtm_resource r)
{
	struct rtm_get_limits arg;

	limits_arg(&arg, entity ? 0 : RTM_REQ_NAMESPACE, entity);
	if (dev_call(fd, RTM_IOC_GET_LIMITS, &arg))
		memset(&arg, 0xee, sizeof(arg));
	return arg.usage[r];
}

static inline __u64 used(int fd, __u64 entity, enum rtm_resource r)
{
	return usage(fd, entity, r).used;
}

#endif /* RTM_LIMITS_TEST_H */
