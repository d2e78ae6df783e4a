// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way to the kernel: /dev/rtm.
 *
 * How this file works: a device file belongs to the network namespace it was
 * opened in, so -n NETNS is entered before the first open.  Looking and changing
 * use files of their own: who only looks needs no right and must not need one.
 * Both are opened at first use and close-on-exec, so that no command we run holds
 * a registration of ours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"

#define DEVICE	"/dev/rtm"
#define NETNS	"/run/netns"

static int files[] = { [DEV_LOOK] = -1, [DEV_CHANGE] = -1 };

static int open_failed(int error)
{
	switch (error) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return refused("cannot open " DEVICE ": the rtm module is not loaded");
	case EACCES:
	case EPERM:
		return refused("cannot open " DEVICE ": not permitted for this user");
	default:
		return refused("cannot open " DEVICE ": %s", strerror(error));
	}
}

/* Status. */
int dev_open(enum dev_mode mode)
{
	int flags = mode == DEV_CHANGE ? O_RDWR : O_RDONLY;

	if (files[mode] >= 0)
		return STATUS_OK;
	files[mode] = open(DEVICE, flags | O_CLOEXEC);
	return files[mode] < 0 ? open_failed(errno) : STATUS_OK;
}

/* 0 or -errno; the file must be open. */
int dev_call(enum dev_mode mode, unsigned int cmd, void *arg)
{
	return ioctl(files[mode], cmd, arg) < 0 ? -errno : 0;
}

/* 1 when there is something to read, 0 when MS milliseconds (-1: for ever) are over. */
int dev_poll(enum dev_mode mode, int ms)
{
	struct pollfd p = { .fd = files[mode], .events = POLLIN };
	int ret = poll(&p, 1, ms);

	return ret < 0 ? -errno : ret;
}

/* Bytes read, or -errno. */
ssize_t dev_read(enum dev_mode mode, void *buf, size_t size)
{
	ssize_t got = read(files[mode], buf, size);

	return got < 0 ? -errno : got;
}

void dev_close(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		if (files[i] >= 0)
			close(files[i]);
		files[i] = -1;
	}
}

/* A name of "ip netns", or a path.  Status. */
int dev_enter_netns(const char *name)
{
	char path[4096];
	int fd, error;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : NETNS "/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refused("cannot open network namespace %s: %s", name, strerror(errno));
	error = setns(fd, CLONE_NEWNET) < 0 ? errno : 0;
	close(fd);
	if (error)
		return refused("cannot enter network namespace %s: %s", name, strerror(error));
	return STATUS_OK;
}
