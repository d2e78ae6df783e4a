// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/rtm: open, close, ioctl, poll, read.
 *
 * An open file is a client.  It belongs to the network namespace of the task that
 * opened it for good, and keeps that namespace alive.  What a command may do is decided
 * here, by the rights of who opened the file and of who calls; what it does, in
 * rtm_dispatch.c.
 */
#include <linux/capability.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sockptr.h>
#include <net/net_namespace.h>
#include <uapi/linux/rtm.h>

#include "rtm_chardev.h"
#include "rtm_client.h"
#include "rtm_dispatch.h"
#include "rtm_event.h"
#include "rtm_lock.h"
#include "rtm_net.h"

/* Both who opened the file and who calls must be administrators there. */
static bool may_change(struct file *file)
{
	struct rtm_client *client = file->private_data;
	struct user_namespace *ns = client->rnet->net->user_ns;

	return file->f_mode & FMODE_WRITE && file_ns_capable(file, ns, CAP_NET_ADMIN) &&
	       ns_capable(ns, CAP_NET_ADMIN);
}

static long rtm_chardev_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	const struct rtm_ioctl_op *op = rtm_dispatch_find(number);

	if (!op)
		return -ENOTTY;
	if (op->changes && !may_change(file))
		return -EPERM;
	return rtm_dispatch_call(op, file->private_data, arg);
}

static int rtm_chardev_open(struct inode *inode, struct file *file)
{
	struct rtm_client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	int err;

	if (!client)
		return -ENOMEM;
	err = rtm_client_init(client, current->nsproxy->net_ns, false);
	if (err) {
		kfree(client);
		return err;
	}
	file->private_data = client;
	return nonseekable_open(inode, file);
}

static int rtm_chardev_release(struct inode *inode, struct file *file)
{
	struct rtm_client *client = file->private_data;

	rtm_client_destroy(client);
	kfree(client);
	return 0;
}

static int same_file(const void *wanted, struct file *file, unsigned int fd)
{
	return file == wanted;
}

/*
 * Whether the calling process keeps a descriptor of @file.  A task that has given
 * up its table is exiting: others of its process may have one each.
 */
static bool process_keeps(struct file *file)
{
	if (!current->files)
		return atomic_read(&current->signal->live);
	return iterate_fd(current->files, 0, same_file, file);
}

/*
 * Called for each descriptor that is closed.  A process that has lost its last one
 * cannot unlock any more, be it by close, exec, exit or death, even where another
 * process inherited the file: what it holds is dropped here.
 */
static int rtm_chardev_flush(struct file *file, fl_owner_t id)
{
	if (!process_keeps(file))
		rtm_lock_drop_process(file->private_data, task_tgid(current));
	return 0;
}

static __poll_t rtm_chardev_poll(struct file *file, poll_table *wait)
{
	struct rtm_client *client = file->private_data;

	poll_wait(file, &client->event_wait, wait);
	return rtm_event_pending(client) ? EPOLLIN | EPOLLRDNORM : 0;
}

static ssize_t rtm_chardev_read(struct file *file, char __user *buf, size_t size, loff_t *pos)
{
	struct rtm_client *client = file->private_data;
	ssize_t n;
	int err;

	if (size < sizeof(struct rtm_event))
		return -EINVAL;
	/* No more than fits in the return value of any kernel. */
	size = min_t(size_t, size, MAX_RW_COUNT);
	for (;;) {
		n = rtm_event_read(client, USER_SOCKPTR(buf), size);
		if (n)
			return n;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(client->event_wait, rtm_event_pending(client));
		if (err)
			return err;
	}
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = rtm_chardev_open,
	.release = rtm_chardev_release,
	.flush = rtm_chardev_flush,
	.read = rtm_chardev_read,
	.poll = rtm_chardev_poll,
	.unlocked_ioctl = rtm_chardev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "rtm",
	.fops = &fops,
	.mode = 0660,
};

/**
 * rtm_chardev_init() - make /dev/rtm appear
 *
 * The last step of loading: calls may come before it returns.
 *
 * Return: 0 or a negative errno.
 */
int rtm_chardev_init(void)
{
	return misc_register(&device);
}

/**
 * rtm_chardev_exit() - make /dev/rtm go
 *
 * No file is open: each holds the module.
 */
void rtm_chardev_exit(void)
{
	misc_deregister(&device);
}
