// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: contexts, and what needs no registration.
 *
 * How this file works: a context is a device of its own, whose waits end at a
 * signal.  Read-only is tried as asked, never as a second choice: a caller that
 * may not write should hear of it where it opened, not at its first change.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "rtm_native.h"

#define NS_PER_S	1000000000ull
#define NS_PER_MS	1000000ull

uint64_t rtm_deadline(unsigned int ms)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec + ms * NS_PER_MS;
}

int rtm_open(unsigned int flags, struct rtm_ctx **ctx)
{
	struct rtm_ctx *new;
	int err;

	if (flags & ~RTM_OPEN_READONLY)
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	err = rtmi_device_open(&new->dev, !(flags & RTM_OPEN_READONLY), false);
	if (err) {
		free(new);
		return err;
	}
	*ctx = new;
	return 0;
}

void rtm_close(struct rtm_ctx *ctx)
{
	if (!ctx)
		return;
	rtmi_device_close(&ctx->dev);
	free(ctx);
}

int rtm_fd(const struct rtm_ctx *ctx)
{
	return ctx->dev.fd;
}

const char *rtm_library_version(void)
{
	return LIBRTM_VERSION;
}

int rtm_version(struct rtm_ctx *ctx, struct rtm_get_version *version)
{
	struct rtm_get_version req = { 0 };
	int err;

	err = rtmi_get_version(&ctx->dev, &req);
	if (!err)
		*version = req;
	return err;
}

int rtm_stats(struct rtm_ctx *ctx, struct rtm_get_stats *stats)
{
	struct rtm_get_stats req = { 0 };
	int err;

	err = rtmi_get_stats(&ctx->dev, &req);
	if (!err)
		*stats = req;
	return err;
}

int rtm_fib_wait(struct rtm_ctx *ctx, uint64_t deadline, struct rtm_fib_sync *result)
{
	struct rtm_fib_sync req = { .deadline = deadline };
	int err;

	if (deadline == RTM_NOWAIT)
		return -EINVAL;
	err = rtmi_fib_sync(&ctx->dev, &req);
	if (!err && result)
		*result = req;
	return err;
}
