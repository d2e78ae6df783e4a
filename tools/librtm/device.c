// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The open file and the system calls on it.
 *
 * How this file works: every command has a wrapper of its own in rtm_private.h,
 * and all of them end in one function, which turns errno into a result.  A file
 * opened by another process, the parent that forked this one, is refused there,
 * whatever the caller believes: its handles belong to the parent's registrations.
 *
 * The file is opened non-blocking for the sake of read(): of two readiness
 * reports the first reader may leave nothing to the second.  Commands wait as
 * their deadline says all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rtm_private.h"

/**
 * rtmi_call() - the one ioctl() of the library
 * @dev: open file
 * @cmd: command
 * @req: its structure, size filled in
 *
 * Return: 0 or a negative errno.
 */
int rtmi_call(const struct rtmi_device *dev, unsigned long cmd, void *req)
{
	int ret;

	if (dev->token != rtmi_token())
		return -EBADF;
	do {
		ret = ioctl(dev->fd, cmd, req);
	} while (ret < 0 && errno == EINTR && dev->restart);
	return ret < 0 ? -errno : 0;
}

/* A device that does not even know the question is not ours to talk to. */
static int device_check(const struct rtmi_device *dev)
{
	struct rtm_get_version req = { 0 };
	int err;

	err = rtmi_get_version(dev, &req);
	if (err == -ENOTTY || err == -E2BIG || err == -EINVAL)
		return -EPROTONOSUPPORT;
	if (!err && req.abi != RTM_ABI_VERSION)
		return -EPROTONOSUPPORT;
	return err;
}

/*
 * ENXIO and ENODEV are what a device node without its module gives, ENOENT is
 * no node at all; to a caller it is the same thing.
 */
int rtmi_device_open(struct rtmi_device *dev, bool writable, bool restart)
{
	int err;

	dev->token = rtmi_token();
	if (!dev->token)
		return -ENOMEM;
	dev->restart = restart;
	dev->fd = open("/dev/rtm", (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
	if (dev->fd < 0)
		return errno == ENXIO || errno == ENODEV ? -ENOENT : -errno;
	err = device_check(dev);
	if (err)
		rtmi_device_close(dev);
	return err;
}

void rtmi_device_close(struct rtmi_device *dev)
{
	if (dev->fd >= 0)
		close(dev->fd);
	dev->fd = -1;
}

/* All or none also where one call of the kernel does not take them all. */
int rtmi_handles_reference(const struct rtmi_device *dev, __u64 entity, const void *handles,
			   size_t count)
{
	struct rtm_handles req = { .entity = entity };
	size_t done = 0;
	int err = 0;

	while (done < count) {
		size_t left = count - done;

		req.handles = (uintptr_t)handles + done * sizeof(__u64);
		req.count = rtmi_room(left);
		err = rtmi_reference_handles(dev, &req);
		if (err)
			break;
		done += req.count;
	}
	if (err && done)
		rtmi_handles_release(dev, entity, RTM_HANDLE_ANY, handles, done);
	return err;
}

/* Goes on past a bad handle, and past a bad block of them. */
int rtmi_handles_release(const struct rtmi_device *dev, __u64 entity, enum rtm_handle_type type,
			 const void *handles, size_t count)
{
	struct rtm_handles req = { .entity = entity, .type = type };
	size_t done = 0;
	int first = 0;
	int err;

	while (done < count) {
		size_t left = count - done;

		req.handles = (uintptr_t)handles + done * sizeof(__u64);
		req.count = rtmi_room(left);
		done += req.count;
		req.done = 0;
		err = rtmi_release_handles(dev, &req);
		if (!first)
			first = err;
	}
	return first;
}
