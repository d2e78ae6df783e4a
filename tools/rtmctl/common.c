// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages and small things that every part of rtmctl needs.
 *
 * How this file works: a message names the thing and says in plain words what is
 * wrong with it.  The kernel answers with an errno whose meaning depends on the
 * command, so reasons[] is searched for the pair first and for the errno alone
 * afterwards; what stands in neither is left to strerror().
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common.h"

struct options opts;

static const struct reason {
	unsigned int cmd;	/* 0 for any */
	int error;
	const char *text;
} reasons[] = {
	{ RTM_IOC_REGISTER_ENTITY, ENOSPC,
	  "the limit on entities, instances or opaque slots is reached" },
	{ RTM_IOC_REGISTER_ENTITY, EINVAL, "this protocol number cannot be registered" },
	{ RTM_IOC_INVOKE_METHOD, ESTALE, "its registration has ended" },
	{ RTM_IOC_INVOKE_METHOD, ENOSPC, "too many calls wait for it" },
	{ RTM_IOC_INVOKE_METHOD, ETIMEDOUT, "it has not answered in time" },
	{ RTM_IOC_SET_CRASH_POLICY, ENOENT, "there is no such entity" },
	{ RTM_IOC_ADD_NEXTHOP, EINVAL, "the next hop's address or interface is not valid" },
	{ RTM_IOC_ADD_NEXTHOP, ENODEV, "the interface is gone" },
	{ RTM_IOC_DELETE_NEXTHOP, ENOENT, "the entity has no such next hop" },
	{ RTM_IOC_ADD_ROUTE, EINVAL, "the kernel finds a value out of range" },
	{ RTM_IOC_ADD_ROUTE, EBADF, "a next hop was deleted meanwhile" },
	{ RTM_IOC_ADD_ROUTES, EINVAL, "the kernel finds a value out of range" },
	{ RTM_IOC_ADD_ROUTES, EBADF, "a next hop was deleted meanwhile" },
	{ RTM_IOC_DELETE_ROUTE, ENOENT, "the entity has no such route" },
	{ RTM_IOC_DELETE_ROUTES, ENOENT, "the entity has no such route" },
	{ RTM_IOC_GET_EXACT_DEST, ENOENT, "no entity has a route to it" },
	{ RTM_IOC_BREAK_DEST_LOCK, ENOENT, "there is no such destination" },
	{ RTM_IOC_LOCK_DEST, EACCES,
	  "the module's dest_lock_policy does not allow it to us" },
	{ RTM_IOC_UNLOCK_DEST, EACCES, "the lock was broken or lost meanwhile" },
	{ RTM_IOC_SET_LIMITS, EPERM,
	  "needs CAP_NET_ADMIN, and no limit above the module's parameter" },
	{ 0, ENOTTY, "the loaded rtm module does not know this request" },
	{ 0, EOPNOTSUPP, "the loaded rtm module does not know this request" },
	{ 0, E2BIG, "the loaded rtm module is older than rtmctl" },
	{ 0, EPERM, "needs CAP_NET_ADMIN in this network namespace" },
	{ 0, EACCES, "it belongs to another entity" },
	{ 0, ESTALE, "it was deleted meanwhile" },
	{ 0, ENOSPC, "a limit on the number of objects is reached" },
	{ 0, ENOMEM, "the kernel is out of memory" },
	{ 0, EAGAIN, "the destination is locked (rtmctl lock show tells by whom)" },
	{ 0, ETIMEDOUT, "the time is over (rtmctl lock show tells who holds a lock)" },
	{ 0, EIDRM, "the entity was deregistered meanwhile" },
};

/* The plain words for what the kernel answered to @cmd. */
const char *why(unsigned int cmd, int error)
{
	const struct reason *any = NULL;
	size_t i;

	error = abs(error);
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].error != error)
			continue;
		if (reasons[i].cmd == cmd)
			return reasons[i].text;
		if (!reasons[i].cmd)
			any = &reasons[i];
	}
	return any ? any->text : strerror(error);
}

__attribute__((format(printf, 1, 0)))
static void say(const char *format, va_list ap, const char *reason)
{
	/* what was shown so far comes first, also when both go to one file */
	fflush(stdout);
	fputs("rtmctl: ", stderr);
	vfprintf(stderr, format, ap);
	if (reason)
		fprintf(stderr, ": %s", reason);
	fputc('\n', stderr);
}

int usage_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap, NULL);
	va_end(ap);
	return STATUS_USAGE;
}

int refused(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap, NULL);
	va_end(ap);
	return STATUS_REFUSED;
}

/* cannot(cmd, -ENOENT, "cannot delete %s", ...) */
int cannot(unsigned int cmd, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap, why(cmd, error));
	va_end(ap);
	return STATUS_REFUSED;
}

void note(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap, NULL);
	va_end(ap);
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p) {
		fputs("rtmctl: out of memory\n", stderr);
		exit(STATUS_REFUSED);
	}
	return p;
}

/* The clock of the ABI's deadlines. */
uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}
