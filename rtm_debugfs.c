// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/rtm/locks: who holds a destination, and who waits for it.
 *
 * One line per holder or waiter of the namespace of whoever opens the file.  It
 * waits for nobody.  Programs use RTM_IOC_DUMP_LOCKS.
 */
#include "rtm_debugfs.h"

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_lock.h"
#include "rtm_net.h"
#include "rtm_prefix.h"
#include "rtm_table.h"

static struct dentry *dir;

static void show_prefix(struct seq_file *m, const struct rtm_dest *dest)
{
	u8 addr[16];

	rtm_key_to_bytes(addr, dest->leaf.key, dest->table->family);
	if (dest->table->family == AF_INET)
		seq_printf(m, "%pI4/%u", addr, dest->leaf.len);
	else
		seq_printf(m, "%pI6c/%u", addr, dest->leaf.len);
}

static void show_lock(struct seq_file *m, const struct rtm_lock_info *info)
{
	seq_printf(m, "%u ", info->dest->table->instance);
	show_prefix(m, info->dest);
	seq_printf(m, " %s exclusive %u shared %u entity %u:%u pid %d tid %d for %llu ms\n",
		   info->waiting ? "waits" : "holds", info->exclusive, info->shared,
		   info->entity->id.protocol, info->entity->id.id, pid_vnr(info->process),
		   pid_vnr(info->thread), div_u64(ktime_get_ns() - info->since, NSEC_PER_MSEC));
}

static int locks_show(struct seq_file *m, void *unused)
{
	struct rtm_net *rnet = rtm_net_get(current->nsproxy->net_ns);
	struct rtm_lock_cursor cursor = {};
	struct rtm_lock_info info;

	while (rtm_lock_list(rnet, &cursor, &info, 1) == 1) {
		show_lock(m, &info);
		rtm_lock_list_put(&info, 1);
		cond_resched();
	}
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(locks);

/**
 * rtm_debugfs_init() - make the files
 *
 * Return: always 0: a kernel without debugfs loses nothing but these files.
 */
int rtm_debugfs_init(void)
{
	dir = debugfs_create_dir("rtm", NULL);
	debugfs_create_file("locks", 0400, dir, NULL, &locks_fops);
	return 0;
}

/**
 * rtm_debugfs_exit() - remove them
 */
void rtm_debugfs_exit(void)
{
	debugfs_remove_recursive(dir);
}
