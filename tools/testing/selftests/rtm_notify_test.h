/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Change notification, for the programs that test it.
 *
 * How this file works: a wrapper for each command, as in rtm_test.h.  What a call
 * brought is copied out of a guarded array and its handles are released, so that a
 * test that looks at prefixes and numbers of routes need not care.
 */
#ifndef RTM_NOTIFY_TEST_H
#define RTM_NOTIFY_TEST_H

#include "rtm_test.h"

#define CT_EVERY	(RTM_CT_ALL | RTM_CT_BEST | RTM_CT_FORWARDING)

static inline __u32 views_size(__u32 views)
{
	return item_size(__builtin_popcount(views & RTM_V_SUPPORTED));
}

static inline void notify_arg(struct rtm_register_notify *arg, __u64 entity, __u32 types,
			      __u32 views)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->context = 0;
	arg->types = types;
	arg->views = views;
	memset(&arg->prefix, 0, sizeof(arg->prefix));
	arg->protocol = RTM_PROTO_BEST;
}

static inline int dev_notify(int fd, __u64 entity, __u32 types, __u32 views, __u64 *notify)
{
	struct rtm_register_notify arg;
	int err;

	notify_arg(&arg, entity, types, views);
	err = dev_call(fd, RTM_IOC_REGISTER_NOTIFY, &arg);
	if (!err)
		*notify = arg.notify;
	return err;
}

static inline int dev_denotify(int fd, __u64 entity, __u64 notify)
{
	struct rtm_deregister_notify arg;

	arg_init(&arg);
	arg.flags = 0;
	arg.entity = entity;
	arg.notify = notify;
	return dev_call(fd, RTM_IOC_DEREGISTER_NOTIFY, &arg);
}

static inline void changed_arg(struct rtm_get_changed *arg, __u64 entity, __u64 notify,
			       void *items, __u32 count, __u32 size)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->notify = notify;
	arg->items = ptr_u64(items);
	arg->count = count;
	arg->item_size = size;
	arg->pad = 0;
	arg->deadline = 0;
}

static inline void ignore_arg(struct rtm_ignore_changed *arg, __u64 entity, __u64 notify,
			      const __u64 *dests, __u32 count)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->notify = notify;
	arg->dests = ptr_u64(dests);
	arg->count = count;
	arg->pad = 0;
}

static inline int dev_ignore(int fd, __u64 entity, __u64 notify, const __u64 *dests, __u32 count)
{
	struct rtm_ignore_changed arg;

	ignore_arg(&arg, entity, notify, dests, count);
	return dev_call(fd, RTM_IOC_IGNORE_CHANGED_DESTS, &arg);
}

static inline void notify_dest_arg(struct rtm_notify_dest *arg, __u64 entity, __u64 notify,
				   __u64 dest, __u32 value)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->notify = notify;
	arg->dest = dest;
	arg->value = value;
	arg->pad = 0;
}

static inline int dev_mark(int fd, __u64 entity, __u64 notify, __u64 dest, bool mark)
{
	struct rtm_notify_dest arg;

	notify_dest_arg(&arg, entity, notify, dest, mark);
	return dev_call(fd, RTM_IOC_MARK_DEST, &arg);
}

/* 0, 1 or a negative errno. */
static inline int dev_asks(int fd, unsigned long cmd, __u64 entity, __u64 notify, __u64 dest)
{
	struct rtm_notify_dest arg;
	int err;

	notify_dest_arg(&arg, entity, notify, dest, 0xcccccccc);
	err = dev_call(fd, cmd, &arg);
	return err ? err : (int)arg.value;
}

static inline int dev_is_pending(int fd, __u64 entity, __u64 notify, __u64 dest)
{
	return dev_asks(fd, RTM_IOC_GET_CHANGE_STATUS, entity, notify, dest);
}

static inline int dev_is_marked(int fd, __u64 entity, __u64 notify, __u64 dest)
{
	return dev_asks(fd, RTM_IOC_IS_DEST_MARKED, entity, notify, dest);
}

static inline void lookup_arg(struct rtm_get_dests *arg, __u64 entity,
			      const struct rtm_net_prefix *prefixes, void *items, __u32 count,
			      __u32 views)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->prefixes = ptr_u64(prefixes);
	arg->items = ptr_u64(items);
	arg->count = count;
	arg->item_size = views_size(views);
	arg->protocol = RTM_PROTO_BEST;
	arg->views = views;
	arg->deadline = 0;
}

#define CHANGES_MAX	4096

/**
 * struct changed - a destination as it was reported
 * @prefix: which
 * @belongs: views
 * @n_views: blocks
 * @n_routes: by block
 * @has_best: by block
 */
struct changed {
	struct rtm_net_prefix prefix;
	__u32 belongs;
	__u32 n_views;
	__u32 n_routes[RTM_N_VIEWS];
	bool has_best[RTM_N_VIEWS];
};

/**
 * struct changes - what a call brought
 * @n: number of @dest
 * @state: RTM_NOTIFY_*
 * @dest: the destinations, in order
 */
struct changes {
	__u32 n;
	__u32 state;
	struct changed dest[CHANGES_MAX];
};

/* Copy an item, and release what it carries. */
static inline void take_item(int fd, __u64 entity, const struct rtm_dest_item *item,
			     struct changed *c)
{
	__u64 handles[1 + 3 * RTM_N_VIEWS];
	unsigned int n = 0;
	__u32 i, done;

	memset(c, 0, sizeof(*c));
	c->prefix = item->prefix;
	c->belongs = item->belongs;
	c->n_views = item->n_views;
	handles[n++] = item->dest;
	for (i = 0; i < item->n_views; i++) {
		c->n_routes[i] = item->views[i].n_routes;
		c->has_best[i] = item->views[i].route;
		handles[n++] = item->views[i].route;
		handles[n++] = item->views[i].owner;
		handles[n++] = item->views[i].hold_route;
	}
	if (dev_release_n(fd, entity, RTM_HANDLE_ANY, handles, n, &done))
		abort();
}

/* One call for COUNT destinations at most. */
static inline int dev_changes_flags(int fd, __u64 entity, __u64 notify, __u32 views, __u32 count,
				    __u32 flags, struct changes *c)
{
	__u32 size = views_size(views);
	struct rtm_get_changed arg;
	char *items = guard_alloc(count * size);
	__u32 i;
	int err;

	changed_arg(&arg, entity, notify, items, count, size);
	arg.flags = flags;
	err = dev_call(fd, RTM_IOC_GET_CHANGED_DESTS, &arg);
	c->n = err ? 0 : arg.count;
	c->state = err ? 0 : arg.state;
	for (i = 0; i < c->n; i++)
		take_item(fd, entity, (void *)(items + i * size), &c->dest[i]);
	guard_free(items);
	return err;
}

static inline int dev_changes(int fd, __u64 entity, __u64 notify, __u32 views, __u32 count,
			      struct changes *c)
{
	return dev_changes_flags(fd, entity, notify, views, count, 0, c);
}

#endif /* RTM_NOTIFY_TEST_H */
