/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way to the kernel: /dev/rtm.
 */
#ifndef RTMCTL_DEVICE_H
#define RTMCTL_DEVICE_H

#include <sys/types.h>

#include "common.h"

enum dev_mode {
	DEV_LOOK,	/* read only: needs no right */
	DEV_CHANGE,	/* needs CAP_NET_ADMIN */
};

int dev_open(enum dev_mode mode);
int dev_call(enum dev_mode mode, unsigned int cmd, void *arg);
int dev_poll(enum dev_mode mode, int ms);
ssize_t dev_read(enum dev_mode mode, void *buf, size_t size);
void dev_close(void);
int dev_enter_netns(const char *name);

#endif /* RTMCTL_DEVICE_H */
