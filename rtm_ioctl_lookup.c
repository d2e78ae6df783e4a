// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many destinations looked up in one call.
 *
 * Each item is what one RTM_IOC_GET_EXACT_DEST or RTM_IOC_GET_MOST_SPECIFIC_DEST would
 * have said, or why it would have failed.  Only the first waits for a user's lock: the
 * call stops before a later one that is locked, so that nobody has looked at half of
 * the table before a long wait and at the other half after it.  If an item or the reply
 * cannot be stored, no handle is left behind.
 */
#include <linux/bitops.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sockptr.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_limits.h"
#include "rtm_lock.h"
#include "rtm_prefix.h"
#include "rtm_table.h"
#include "rtm_view.h"

/* Not an error: the rest is for another call. */
#define STOP	1

/**
 * struct lookup - one RTM_IOC_GET_DESTS
 * @cmd: the call
 * @self: caller's registration
 * @protocol: whose best route is reported
 * @bytes: of one item
 * @grab: handles given out
 * @room: items to deal with at most
 * @done: items dealt with
 */
struct lookup {
	struct rtm_cmd *cmd;
	struct rtm_entity *self;
	u32 protocol;
	u32 bytes;
	struct rtm_grab grab;
	u32 room;
	u32 done;
};

static const struct rtm_get_dests *arg_of(const struct lookup *l)
{
	return &l->cmd->arg.get_dests;
}

static sockptr_t place_of(const struct lookup *l)
{
	return rtm_client_ptr(l->cmd->client,
			      arg_of(l)->items + (u64)l->done * arg_of(l)->item_size);
}

/* Nothing but the question and the reason. */
static int store_status(struct lookup *l, const struct rtm_net_prefix *prefix, int status)
{
	static const struct rtm_dest_view none[RTM_N_VIEWS];
	const struct rtm_dest_item item = {
		.size = l->bytes,
		.prefix = *prefix,
		.status = status,
	};

	if (copy_to_sockptr(place_of(l), &item, sizeof(item)) ||
	    copy_to_sockptr_offset(place_of(l), sizeof(item), none, l->bytes - sizeof(item)))
		return -EFAULT;
	return 0;
}

static int collect(struct lookup *l, struct rtm_dest *dest, struct rtm_dest_views *dv)
{
	const struct rtm_get_dests *arg = arg_of(l);
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	struct rtm_section s;
	int err;

	if (l->done)
		wait = (struct rtm_wait){ .nowait = true };
	err = rtm_section_begin(&s, dest, l->self, RTM_LOCK_SHARED, &wait);
	if (err)
		return err;
	rtm_dest_views_collect(dv, dest, arg->views, l->protocol);
	rtm_section_end(&s);
	return 0;
}

static struct rtm_dest *find(const struct lookup *l, const struct rtm_net_prefix *prefix)
{
	struct rtm_table *table = l->self->table;
	struct rtm_dest *dest;
	struct rtm_prefix p;
	int err;

	err = rtm_prefix_from_user(&p, prefix, table->family);
	if (err)
		return ERR_PTR(err);
	if (arg_of(l)->flags & RTM_REQ_EXACT)
		dest = rtm_dest_exact(table, &p, arg_of(l)->views);
	else
		dest = rtm_dest_match(table, &p, arg_of(l)->views);
	return dest ? dest : ERR_PTR(-ENOENT);
}

/* Of one item that was found: 0, STOP, or a negative errno that ends the call. */
static int describe(struct lookup *l, const struct rtm_net_prefix *prefix, struct rtm_dest *dest)
{
	struct rtm_dest_views dv;
	int err;

	err = collect(l, dest, &dv);
	if (!err) {
		err = rtm_dest_item_store(place_of(l), dest, &dv, &l->grab);
		rtm_dest_views_put(&dv);
		return err;
	}
	if (err == -ERESTARTSYS && l->done)
		return STOP;
	if (err != -EAGAIN)
		return err;
	return arg_of(l)->flags & RTM_REQ_NOWAIT ? store_status(l, prefix, err) : STOP;
}

static int look_up(struct lookup *l)
{
	u64 at = arg_of(l)->prefixes + (u64)l->done * sizeof(struct rtm_net_prefix);
	struct rtm_net_prefix prefix;
	struct rtm_dest *dest;
	int ret;

	if (copy_from_sockptr(&prefix, rtm_client_ptr(l->cmd->client, at), sizeof(prefix)))
		return -EFAULT;
	dest = find(l, &prefix);
	if (IS_ERR(dest))
		return store_status(l, &prefix, PTR_ERR(dest));
	ret = describe(l, &prefix, dest);
	rtm_dest_put(dest);
	return ret;
}

static int look_up_all(struct lookup *l)
{
	int ret;

	while (l->done < l->room) {
		ret = look_up(l);
		if (ret)
			return min(ret, 0);
		l->done++;
		cond_resched();
		if (signal_pending(current))
			break;
	}
	return 0;
}

static int reply(struct lookup *l)
{
	int err;

	err = look_up_all(l);
	if (!err) {
		l->cmd->arg.get_dests.count = l->done;
		err = rtm_cmd_reply(l->cmd);
	}
	if (err)
		rtm_grab_undo(&l->grab);
	return err;
}

static int get_dests(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	const struct rtm_get_dests *arg = &cmd->arg.get_dests;
	struct lookup l = { .cmd = cmd, .self = self };
	u64 *ids;
	int err;

	l.bytes = rtm_dest_item_size(hweight32(arg->views));
	if (!arg->count || arg->item_size < l.bytes || !IS_ALIGNED(arg->item_size, sizeof(u64)))
		return -EINVAL;
	l.protocol = arg->protocol == RTM_PROTO_THIS ? self->id.protocol : arg->protocol;
	l.room = min(arg->count, READ_ONCE(rtm_max_handles));
	ids = kvcalloc(l.room, RTM_DEST_ITEM_HANDLES * sizeof(*ids), GFP_KERNEL_ACCOUNT);
	if (!ids)
		return -ENOMEM;
	rtm_grab_init_room(&l.grab, cmd->client, self, ids, l.room * RTM_DEST_ITEM_HANDLES);
	err = reply(&l);
	kvfree(ids);
	return err;
}

int rtm_ioctl_get_dests(struct rtm_cmd *cmd)
{
	struct rtm_get_dests *arg = &cmd->arg.get_dests;
	int err;

	if (arg->flags & ~(RTM_REQ_NOWAIT | RTM_REQ_EXACT))
		return -EOPNOTSUPP;
	err = rtm_views_from_user(arg->views, &arg->views);
	if (err)
		return err;
	return rtm_cmd_as(cmd, arg->entity, get_dests);
}
