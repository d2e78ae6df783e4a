/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every part of rtmctl shares: options, exit codes, messages.
 *
 * Two kinds of return values are in use, and a function has one of them:
 *
 *  - "status" is an exit code of the program.  Whoever makes one that is not 0
 *    has already told the user why.
 *  - "-errno" says what the kernel or libc answered; nothing was printed yet.
 */
#ifndef RTMCTL_COMMON_H
#define RTMCTL_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/rtm.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum status {
	STATUS_OK = 0,
	STATUS_USAGE = 1,
	STATUS_REFUSED = 2,
	STATUS_COMMAND = 256,	/* plus the exit code of a command that was run */
};

struct options {
	int family;		/* AF_UNSPEC: both */
	bool json;
	bool pretty;
	bool details;
};

extern struct options opts;

int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
int refused(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cannot(unsigned int cmd, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *why(unsigned int cmd, int error);

void *xcalloc(size_t n, size_t size);
uint64_t now_ns(void);

#endif /* RTMCTL_COMMON_H */
