// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/rtm: open, close, poll, read, and the table of commands.
 *
 * An open file is a client.  It belongs to the network namespace of the task that
 * opened it for good, and keeps that namespace alive.  Commands are looked up in a
 * table by number; what is common to all of them is done here, once: the rights,
 * the structure's size, the copy in.  Handlers see a kernel buffer.
 *
 * A command that changes something must not find out after the change that its
 * reply cannot be stored.  So the argument is written back unchanged before the
 * handler runs: memory that cannot be written fails the call while nothing has
 * happened yet.
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
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "rtm_chardev.h"
#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_event.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_lock.h"
#include "rtm_net.h"

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

#define RTM_OP(_cmd, _fn, _struct, _last, _changes)				\
	[_IOC_NR(_cmd)] = {							\
		.cmd = (_cmd),							\
		.size = sizeof(struct _struct) +				\
			BUILD_BUG_ON_ZERO(sizeof(struct _struct) % 8) +		\
			BUILD_BUG_ON_ZERO(sizeof(struct _struct) >		\
					  sizeof(union rtm_cmd_buf)),		\
		.min_size = offsetofend(struct _struct, _last),			\
		.changes = (_changes),						\
		.execute = (_fn),						\
	}

static const struct rtm_ioctl_op ops[] = {
	RTM_OP(RTM_IOC_GET_VERSION, rtm_ioctl_get_version, rtm_get_version, release, false),
	RTM_OP(RTM_IOC_GET_STATS, rtm_ioctl_get_stats, rtm_get_stats, desyncs, false),
	RTM_OP(RTM_IOC_REGISTER_ENTITY, rtm_ioctl_register_entity, rtm_register_entity,
	       hold_ms, true),
	RTM_OP(RTM_IOC_DEREGISTER_ENTITY, rtm_ioctl_deregister_entity, rtm_deregister_entity,
	       entity, true),
	RTM_OP(RTM_IOC_GET_ENTITIES, rtm_ioctl_get_entities, rtm_get_entities, total, false),
	RTM_OP(RTM_IOC_GET_ENTITY_INFO, rtm_ioctl_get_entity_info, rtm_get_entity_info, pad,
	       false),
	RTM_OP(RTM_IOC_REFERENCE_HANDLES, rtm_ioctl_reference_handles, rtm_handles, done, false),
	RTM_OP(RTM_IOC_RELEASE_HANDLES, rtm_ioctl_release_handles, rtm_handles, done, false),
	RTM_OP(RTM_IOC_ADD_NEXTHOP, rtm_ioctl_add_nexthop, rtm_nexthop_req, pad, true),
	RTM_OP(RTM_IOC_FIND_NEXTHOP, rtm_ioctl_find_nexthop, rtm_nexthop_req, pad, false),
	RTM_OP(RTM_IOC_DELETE_NEXTHOP, rtm_ioctl_delete_nexthop, rtm_nexthop_req, pad, true),
	RTM_OP(RTM_IOC_GET_NEXTHOP_INFO, rtm_ioctl_get_nexthop_info, rtm_nexthop_req, pad, false),
	RTM_OP(RTM_IOC_ADD_ROUTE, rtm_ioctl_add_route, rtm_add_route, deadline, true),
	RTM_OP(RTM_IOC_DELETE_ROUTE, rtm_ioctl_delete_route, rtm_delete_route, deadline, true),
	RTM_OP(RTM_IOC_GET_ROUTE_INFO, rtm_ioctl_get_route_info, rtm_get_route_info, deadline,
	       false),
	RTM_OP(RTM_IOC_IS_BEST_ROUTE, rtm_ioctl_is_best_route, rtm_is_best_route, pad, false),
	RTM_OP(RTM_IOC_GET_DEST_INFO, rtm_ioctl_get_dest_info, rtm_get_dest, deadline, false),
	RTM_OP(RTM_IOC_GET_EXACT_DEST, rtm_ioctl_get_exact_dest, rtm_get_dest, deadline, false),
	RTM_OP(RTM_IOC_GET_MOST_SPECIFIC_DEST, rtm_ioctl_get_most_specific_dest, rtm_get_dest,
	       deadline, false),
	RTM_OP(RTM_IOC_GET_LESS_SPECIFIC_DEST, rtm_ioctl_get_less_specific_dest, rtm_get_dest,
	       deadline, false),
	RTM_OP(RTM_IOC_LOCK_DEST, rtm_ioctl_lock_dest, rtm_lock_dest, left, true),
	RTM_OP(RTM_IOC_UNLOCK_DEST, rtm_ioctl_unlock_dest, rtm_lock_dest, left, true),
	RTM_OP(RTM_IOC_BREAK_DEST_LOCK, rtm_ioctl_break_dest_lock, rtm_break_dest_lock, broken,
	       true),
	RTM_OP(RTM_IOC_GET_OPAQUE, rtm_ioctl_get_opaque, rtm_opaque, value, false),
	RTM_OP(RTM_IOC_SET_OPAQUE, rtm_ioctl_set_opaque, rtm_opaque, value, true),
	RTM_OP(RTM_IOC_ADD_ROUTES, rtm_ioctl_add_routes, rtm_route_batch, deadline, true),
	RTM_OP(RTM_IOC_DELETE_ROUTES, rtm_ioctl_delete_routes, rtm_route_batch, deadline, true),
	RTM_OP(RTM_IOC_FIB_SYNC, rtm_ioctl_fib_sync, rtm_fib_sync, unresolved, false),
	RTM_OP(RTM_IOC_DUMP_ENTITIES, rtm_ioctl_dump_entities, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_DUMP_NEXTHOPS, rtm_ioctl_dump_nexthops, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_DUMP_DESTS, rtm_ioctl_dump_dests, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_DUMP_ROUTES, rtm_ioctl_dump_routes, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_DUMP_LOCKS, rtm_ioctl_dump_locks, rtm_dump, cursor, false),
	RTM_OP(RTM_IOC_CREATE_DEST_ENUM, rtm_ioctl_create_dest_enum, rtm_create_enum, pad, false),
	RTM_OP(RTM_IOC_CREATE_ROUTE_ENUM, rtm_ioctl_create_route_enum, rtm_create_enum, pad,
	       false),
	RTM_OP(RTM_IOC_CREATE_NEXTHOP_ENUM, rtm_ioctl_create_nexthop_enum, rtm_create_enum, pad,
	       false),
	RTM_OP(RTM_IOC_GET_ENUM_DESTS, rtm_ioctl_get_enum_dests, rtm_get_enum, deadline, false),
	RTM_OP(RTM_IOC_GET_ENUM_ROUTES, rtm_ioctl_get_enum_routes, rtm_get_enum, deadline, false),
	RTM_OP(RTM_IOC_GET_ENUM_NEXTHOPS, rtm_ioctl_get_enum_nexthops, rtm_get_enum, deadline,
	       false),
	RTM_OP(RTM_IOC_DELETE_ENUM, rtm_ioctl_delete_enum, rtm_object_req, handle, true),
	RTM_OP(RTM_IOC_CREATE_ROUTE_LIST, rtm_ioctl_create_route_list, rtm_object_req, handle,
	       true),
	RTM_OP(RTM_IOC_INSERT_IN_ROUTE_LIST, rtm_ioctl_insert_in_route_list, rtm_insert_in_list,
	       pad, true),
	RTM_OP(RTM_IOC_DELETE_ROUTE_LIST, rtm_ioctl_delete_route_list, rtm_object_req, handle,
	       true),
	RTM_OP(RTM_IOC_CREATE_ROUTE_LIST_ENUM, rtm_ioctl_create_route_list_enum,
	       rtm_create_list_enum, list, false),
	RTM_OP(RTM_IOC_GET_LIST_ENUM_ROUTES, rtm_ioctl_get_list_enum_routes, rtm_get_enum,
	       deadline, false),
	RTM_OP(RTM_IOC_GET_EXACT_ROUTE, rtm_ioctl_get_exact_route, rtm_get_exact_route, deadline,
	       false),
	RTM_OP(RTM_IOC_HOLD_DEST, rtm_ioctl_hold_dest, rtm_hold_dest, deadline, true),
	RTM_OP(RTM_IOC_ANSWER_EXPIRY, rtm_ioctl_answer_expiry, rtm_answer_expiry, pad, true),
	RTM_OP(RTM_IOC_REGISTER_NOTIFY, rtm_ioctl_register_notify, rtm_register_notify,
	       item_size, true),
	RTM_OP(RTM_IOC_DEREGISTER_NOTIFY, rtm_ioctl_deregister_notify, rtm_deregister_notify,
	       notify, true),
	RTM_OP(RTM_IOC_GET_CHANGED_DESTS, rtm_ioctl_get_changed_dests, rtm_get_changed,
	       deadline, true),
	RTM_OP(RTM_IOC_IGNORE_CHANGED_DESTS, rtm_ioctl_ignore_changed_dests,
	       rtm_ignore_changed, pad, true),
	RTM_OP(RTM_IOC_GET_CHANGE_STATUS, rtm_ioctl_get_change_status, rtm_notify_dest, pad,
	       false),
	RTM_OP(RTM_IOC_MARK_DEST, rtm_ioctl_mark_dest, rtm_notify_dest, pad, true),
	RTM_OP(RTM_IOC_IS_DEST_MARKED, rtm_ioctl_is_dest_marked, rtm_notify_dest, pad, false),
	RTM_OP(RTM_IOC_LOCK_ROUTE, rtm_ioctl_lock_route, rtm_lock_object, left, true),
	RTM_OP(RTM_IOC_UNLOCK_ROUTE, rtm_ioctl_unlock_route, rtm_lock_object, left, true),
	RTM_OP(RTM_IOC_UPDATE_ROUTE, rtm_ioctl_update_route, rtm_update_route, pad, true),
	RTM_OP(RTM_IOC_LOCK_NEXTHOP, rtm_ioctl_lock_nexthop, rtm_lock_object, left, true),
	RTM_OP(RTM_IOC_UNLOCK_NEXTHOP, rtm_ioctl_unlock_nexthop, rtm_unlock_nexthop, commit,
	       true),
	RTM_OP(RTM_IOC_GET_METHODS, rtm_ioctl_get_methods, rtm_get_methods, pad, false),
	RTM_OP(RTM_IOC_INVOKE_METHOD, rtm_ioctl_invoke_method, rtm_invoke_method, deadline, true),
	RTM_OP(RTM_IOC_BLOCK_METHODS, rtm_ioctl_block_methods, rtm_block_methods, pad, true),
	RTM_OP(RTM_IOC_FETCH_CALL, rtm_ioctl_fetch_call, rtm_fetch_call, pad, true),
	RTM_OP(RTM_IOC_ANSWER_CALL, rtm_ioctl_answer_call, rtm_answer_call, status, true),
	RTM_OP(RTM_IOC_BEGIN_RESYNC, rtm_ioctl_begin_resync, rtm_resync, swept, true),
	RTM_OP(RTM_IOC_END_RESYNC, rtm_ioctl_end_resync, rtm_resync, swept, true),
	RTM_OP(RTM_IOC_GET_DESTS, rtm_ioctl_get_dests, rtm_get_dests, deadline, false),
	RTM_OP(RTM_IOC_SET_CRASH_POLICY, rtm_ioctl_set_crash_policy, rtm_set_crash_policy, pad,
	       true),
};

/* Both who opened the file and who calls must be administrators there. */
static bool may_change(struct file *file)
{
	struct rtm_client *client = file->private_data;
	struct user_namespace *ns = client->rnet->net->user_ns;

	return file->f_mode & FMODE_WRITE && file_ns_capable(file, ns, CAP_NET_ADMIN) &&
	       ns_capable(ns, CAP_NET_ADMIN);
}

static const struct rtm_ioctl_op *find_op(unsigned int cmd)
{
	const struct rtm_ioctl_op *op;

	if (_IOC_NR(cmd) >= ARRAY_SIZE(ops))
		return NULL;
	op = &ops[_IOC_NR(cmd)];
	return op->cmd == cmd && op->execute ? op : NULL;
}

static long rtm_chardev_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	const struct rtm_ioctl_op *op = find_op(number);
	struct rtm_cmd cmd = {
		.client = file->private_data,
		.user = (void __user *)arg,
	};
	int err;

	if (!op)
		return -ENOTTY;
	if (op->changes && !may_change(file))
		return -EPERM;
	if (get_user(cmd.user_size, (u32 __user *)cmd.user))
		return -EFAULT;
	if (cmd.user_size < op->min_size)
		return -EINVAL;
	/* No structure will ever be that long; do not search gigabytes for a byte. */
	if (cmd.user_size > PAGE_SIZE)
		return -E2BIG;
	cmd.size = op->size;
	err = copy_struct_from_user(&cmd.arg, op->size, cmd.user, cmd.user_size);
	if (err)
		return err;
	if (op->changes && rtm_cmd_reply(&cmd))
		return -EFAULT;
	return op->execute(&cmd);
}

static struct rtm_client *client_alloc(void)
{
	struct rtm_client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);

	if (!client)
		return NULL;
	spin_lock_init(&client->entities_lock);
	INIT_LIST_HEAD(&client->entities);
	spin_lock_init(&client->event_lock);
	INIT_LIST_HEAD(&client->events);
	INIT_LIST_HEAD(&client->calls);
	init_waitqueue_head(&client->event_wait);
	return client;
}

static int rtm_chardev_open(struct inode *inode, struct file *file)
{
	struct net *net = current->nsproxy->net_ns;
	struct rtm_client *client = client_alloc();
	int err;

	if (!client)
		return -ENOMEM;
	err = rtm_handles_init(client);
	if (err) {
		kfree(client);
		return err;
	}
	client->rnet = rtm_net_get(get_net_track(net, &client->ns_tracker, GFP_KERNEL));
	atomic64_inc(&client->rnet->count.files);
	file->private_data = client;
	return nonseekable_open(inode, file);
}

/* The oldest registration of a file, with a reference. */
static struct rtm_entity *first_entity(struct rtm_client *client)
{
	struct rtm_entity *entity;

	spin_lock(&client->entities_lock);
	entity = list_first_entry_or_null(&client->entities, struct rtm_entity, client_link);
	if (entity)
		rtm_entity_hold(entity);
	spin_unlock(&client->entities_lock);
	return entity;
}

static int rtm_chardev_release(struct inode *inode, struct file *file)
{
	struct rtm_client *client = file->private_data;
	struct net *net = client->rnet->net;
	struct rtm_entity *entity;

	while ((entity = first_entity(client))) {
		rtm_entity_close(client, entity);
		rtm_handle_deregister(client, entity);
		rtm_entity_put(entity);
	}
	rtm_handles_destroy(client);
	atomic64_dec(&client->rnet->count.files);
	put_net_track(net, &client->ns_tracker);
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
		n = rtm_event_read(client, buf, size);
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
