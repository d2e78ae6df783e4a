// SPDX-License-Identifier: GPL-2.0-only
/*
 * The FIB watcher: which prefixes of the kernel FIB have routes that are not ours.
 *
 * The writer must neither replace nor shadow a route of somebody else, and the
 * kernel offers no way to ask "has anybody a route of exactly this prefix": a
 * lookup follows policy rules and finds longer prefixes first, an exclusive
 * insert sees only the one metric.  So the watcher remembers.  When a FIB table
 * is used for the first time it is dumped, and from then on a socket listens to
 * what rtnetlink announces.  The memory is a set of prefixes for each FIB table:
 * 64 bytes for a prefix with foreign routes, nothing for ours.
 *
 * The set errs to one side only.  A prefix gets in as soon as a foreign route
 * there is announced or dumped.  It does not leave when one is said to have gone,
 * for there may have been several, and some vanish without a word (IPv4, when a
 * link or a source address goes); such a prefix is *in doubt*.  When the writer
 * wants a prefix that is in doubt, it asks for a resync: another dump, after which
 * whatever was not met is forgotten.  A dump costs about a second for a million
 * routes, so doubts are left alone for ten times as long as the last dump took.
 *
 * A dump is not a snapshot.  What is added meanwhile is announced; what is deleted
 * may make the kernel skip others (IPv6 goes on by counting), so a dump during
 * which something was deleted is done again, and if that goes on, nothing is
 * forgotten.  When announcements were lost, the whole table is unknown until the
 * next dump.
 *
 * Own changes come back as announcements, too; they bear the address of the
 * writer's socket.  In a dump our routes are known by protocol and metric together.
 * Somebody else's route with both is not noticed there, but an exclusive insert
 * fails on it.
 *
 * Everything here runs in the worker of the namespace and needs no lock.  A change
 * of the set that concerns a destination of ours puts it on the writer's list.
 */
#include "rtm_fib_watch.h"

#include <linux/jiffies.h>
#include <linux/rbtree.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "rtm_dest.h"
#include "rtm_fib.h"
#include "rtm_net.h"
#include "rtm_prefix.h"
#include "rtm_table.h"

/* More than the largest FIB there is; the set must not grow without bound. */
#define FOREIGN_MAX	(4ul * 1024 * 1024)

#define DUMP_TRIES	3

/* A dump is made of pieces of up to 32 KiB; a request takes 36 bytes. */
#define RX_SIZE		(32 * 1024)
#define TX_SIZE		256

#define GROUP(x)	(1u << ((x) - 1))
#define GROUPS		(GROUP(RTNLGRP_LINK) | \
			 GROUP(RTNLGRP_IPV4_IFADDR) | GROUP(RTNLGRP_IPV6_IFADDR) | \
			 GROUP(RTNLGRP_IPV4_ROUTE) | GROUP(RTNLGRP_IPV6_ROUTE))

/* What is known of the foreign routes of a prefix, all together. */
#define F_KERNEL	BIT(0)	/* one of them is a connected one */
#define F_KEY		BIT(1)	/* one of them has our metric */
#define F_DOUBT		BIT(2)	/* one of them has gone, perhaps the last */

/**
 * struct foreign - a prefix with foreign routes
 * @node: in watch_table.foreign
 * @prefix: the prefix
 * @epoch: rtm_fib_watch.epoch when it was last met
 * @flags: F_*
 * @before: @flags as they were before that
 */
struct foreign {
	struct rb_node node;
	struct rtm_prefix prefix;
	u32 epoch;
	u8 flags;
	u8 before;
};

/**
 * struct watch_table - a FIB table we write to
 * @link: in rtm_fib_watch.tables
 * @foreign: prefixes with foreign routes
 * @fib_table: its number
 * @family: AF_INET or AF_INET6
 * @instance: RTM instance that is mapped to it
 * @synced: @foreign has every prefix it should have
 * @hole: the dump that is under way or was the last may lack something
 */
struct watch_table {
	struct list_head link;
	struct rb_root foreign;
	u32 fib_table;
	u16 family;
	u16 instance;
	bool synced;
	bool hole;
};

/* A route as rtnetlink tells it. */
struct seen {
	struct rtm_prefix prefix;
	u32 table;
	u32 metric;
	u16 family;
	u8 protocol;
};

static struct foreign *to_foreign(const struct rb_node *node)
{
	return rb_entry(node, struct foreign, node);
}

static int foreign_cmp(const void *prefix, const struct rb_node *node)
{
	return rtm_prefix_cmp(prefix, &to_foreign(node)->prefix);
}

static int foreign_node_cmp(struct rb_node *node, const struct rb_node *other)
{
	return foreign_cmp(&to_foreign(node)->prefix, other);
}

static struct foreign *foreign_find(struct watch_table *t, const struct rtm_prefix *p)
{
	struct rb_node *node = rb_find(p, &t->foreign, foreign_cmp);

	return node ? to_foreign(node) : NULL;
}

static struct foreign *foreign_create(struct rtm_fib_watch *w, struct watch_table *t,
				      const struct rtm_prefix *p)
{
	struct foreign *f;

	if (w->n_foreign >= FOREIGN_MAX)
		return NULL;
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return NULL;
	f->prefix = *p;
	f->epoch = w->epoch;
	rb_find_add(&f->node, &t->foreign, foreign_node_cmp);
	w->n_foreign++;
	return f;
}

static void foreign_erase(struct rtm_fib_watch *w, struct watch_table *t, struct foreign *f)
{
	rb_erase(&f->node, &t->foreign);
	w->n_foreign--;
	kfree(f);
}

/* When it is first met in a resync, what was known before does not count. */
static void foreign_meet(struct rtm_fib_watch *w, struct foreign *f, u8 flags)
{
	if (f->epoch != w->epoch) {
		f->epoch = w->epoch;
		f->before = f->flags;
		f->flags = 0;
	}
	f->flags &= ~F_DOUBT;
	f->flags |= flags;
}

static struct watch_table *table_find(struct rtm_fib_watch *w, u16 family, u32 fib_table)
{
	struct watch_table *t;

	list_for_each_entry(t, &w->tables, link)
		if (t->family == family && t->fib_table == fib_table)
			return t;
	return NULL;
}

static struct watch_table *table_get(struct rtm_fib_watch *w, const struct rtm_table *table)
{
	struct watch_table *t = table_find(w, table->family, table->fib_table);

	if (t)
		return t;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return NULL;
	t->foreign = RB_ROOT;
	t->fib_table = table->fib_table;
	t->family = table->family;
	t->instance = table->instance;
	list_add_tail(&t->link, &w->tables);
	return t;
}

/* Have the writer look again at a destination this may make a difference to. */
static void tell_writer(struct rtm_fib_watch *w, struct watch_table *t,
			const struct rtm_prefix *p)
{
	struct rtm_table *table = rtm_table_find(w->rnet, t->instance, t->family);
	struct rtm_dest *dest;

	if (!table)
		return;
	dest = rtm_dest_find(table, p);
	if (dest) {
		if (dest->fib.type != RTN_UNSPEC || dest->fib.state == RTM_FIB_CONFLICT)
			rtm_fib_mark(dest);
		rtm_dest_put(dest);
	}
	rtm_table_put(table);
}

static u8 foreign_flags(const struct rtm_fib_watch *w, const struct seen *seen)
{
	u8 flags = 0;

	if (seen->protocol == RTPROT_KERNEL)
		flags |= F_KERNEL;
	if (seen->metric == w->policy->metric)
		flags |= F_KEY;
	return flags;
}

static void route_present(struct rtm_fib_watch *w, struct watch_table *t, const struct seen *seen)
{
	struct foreign *f = foreign_find(t, &seen->prefix);
	u8 flags = foreign_flags(w, seen);
	bool news = !f;

	if (!f)
		f = foreign_create(w, t, &seen->prefix);
	if (!f) {
		t->synced = false;
		return;
	}
	news |= flags & ~f->flags;
	foreign_meet(w, f, flags);
	if (news)
		tell_writer(w, t, &seen->prefix);
}

static void route_gone(struct rtm_fib_watch *w, struct watch_table *t, const struct seen *seen)
{
	struct foreign *f = foreign_find(t, &seen->prefix);

	t->hole = true;
	if (f)
		f->flags |= F_DOUBT;
	tell_writer(w, t, &seen->prefix);
}

static bool parse_prefix(struct seen *seen, const struct rtmsg *rtm, const struct nlattr *dst)
{
	struct rtm_net_prefix p = {
		.family = rtm->rtm_family,
		.len = rtm->rtm_dst_len,
	};

	if (dst)
		nla_memcpy(p.addr, dst, sizeof(p.addr));
	return !rtm_prefix_from_user(&seen->prefix, &p, p.family);
}

/* False for what cannot be in our way: cached and source-specific routes. */
static bool parse_route(struct seen *seen, const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = nlmsg_data(nlh);
	struct nlattr *tb[RTA_MAX + 1];

	if (nlmsg_parse_deprecated(nlh, sizeof(*rtm), tb, RTA_MAX, NULL, NULL))
		return false;
	if (rtm->rtm_flags & RTM_F_CLONED || rtm->rtm_src_len)
		return false;
	seen->family = rtm->rtm_family;
	seen->protocol = rtm->rtm_protocol;
	seen->table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : rtm->rtm_table;
	seen->metric = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0;
	return parse_prefix(seen, rtm, tb[RTA_DST]);
}

static bool in_dump(const struct rtm_fib_watch *w, const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_flags & NLM_F_MULTI && nlh->nlmsg_pid == w->nl.portid &&
	       nlh->nlmsg_seq == w->nl.seq;
}

static bool is_ours(const struct rtm_fib_watch *w, const struct nlmsghdr *nlh,
		    const struct seen *seen)
{
	return in_dump(w, nlh) && seen->protocol == w->policy->protocol &&
	       seen->metric == w->policy->metric;
}

static void see_route(struct rtm_fib_watch *w, const struct nlmsghdr *nlh)
{
	struct watch_table *t;
	struct seen seen;

	if (nlh->nlmsg_pid == w->sender || !parse_route(&seen, nlh))
		return;
	t = table_find(w, seen.family, seen.table);
	if (!t)
		return;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		t->hole = true;
	if (nlh->nlmsg_type == RTM_DELROUTE)
		route_gone(w, t, &seen);
	else if (!is_ours(w, nlh, &seen))
		route_present(w, t, &seen);
}

/* Routes may have gone with it, and others may be possible now. */
static void see_move(struct rtm_fib_watch *w)
{
	w->doubt = true;
	w->moved = true;
}

static void see_loss(struct rtm_fib_watch *w)
{
	struct watch_table *t;

	list_for_each_entry(t, &w->tables, link)
		t->synced = false;
	see_move(w);
}

static int end_of_dump(const struct nlmsghdr *nlh)
{
	int err = 0;

	if (nlmsg_len(nlh) >= (int)sizeof(err))
		memcpy(&err, nlmsg_data(nlh), sizeof(err));
	/* a FIB table that nobody has used yet does not exist */
	if (err < 0 && err != -ENOENT)
		return err;
	return 1;
}

/* 0, or 1 at the end of a dump, or the negative errno it ended with. */
static int see_message(struct rtm_fib_watch *w, const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		see_route(w, nlh);
		return 0;
	case RTM_NEWLINK:
	case RTM_DELLINK:
	case RTM_NEWADDR:
	case RTM_DELADDR:
		see_move(w);
		return 0;
	case NLMSG_DONE:
	case NLMSG_ERROR:
		/* both begin with an errno */
		return nlh->nlmsg_seq == w->nl.seq ? end_of_dump(nlh) : 0;
	default:
		return 0;
	}
}

static int see_datagram(struct rtm_fib_watch *w, int len)
{
	const struct nlmsghdr *nlh;
	int ret = 0;

	for (nlh = w->nl.rx; nlmsg_ok(nlh, len) && !ret; nlh = nlmsg_next(nlh, &len))
		ret = see_message(w, nlh);
	return ret;
}

static void wake_writer(void *arg)
{
	rtm_fib_wake(arg);
}

static int listen_open(struct rtm_fib_watch *w)
{
	int err = rtm_netlink_open(&w->nl, w->rnet->net, GROUPS, TX_SIZE, RX_SIZE);

	if (!err)
		rtm_netlink_listen(&w->nl, wake_writer, w->rnet->fib);
	return err;
}

/**
 * rtm_fib_watch_open() - begin to listen
 * @w: zeroed
 * @rnet: namespace state
 * @policy: kept, not copied
 * @sender: address of the writer's socket
 *
 * Context: kernel thread, may sleep.
 *
 * Return: 0 or a negative errno.
 */
int rtm_fib_watch_open(struct rtm_fib_watch *w, struct rtm_net *rnet,
		       const struct rtm_fib_policy *policy, u32 sender)
{
	w->rnet = rnet;
	w->policy = policy;
	w->sender = sender;
	w->doubt_at = jiffies;
	w->retry_at = jiffies;
	INIT_LIST_HEAD(&w->tables);
	return listen_open(w);
}

static void table_free(struct rtm_fib_watch *w, struct watch_table *t)
{
	struct foreign *f, *next;

	rbtree_postorder_for_each_entry_safe(f, next, &t->foreign, node) {
		w->n_foreign--;
		kfree(f);
	}
	list_del(&t->link);
	kfree(t);
}

/**
 * rtm_fib_watch_close() - stop to listen and forget everything
 * @w: opened
 *
 * Context: process, may sleep; the worker is at rest.
 */
void rtm_fib_watch_close(struct rtm_fib_watch *w)
{
	struct watch_table *t, *next;

	rtm_netlink_close(&w->nl);
	list_for_each_entry_safe(t, next, &w->tables, link)
		table_free(w, t);
}

/**
 * rtm_fib_watch_poll() - take in what has been announced
 * @w: opened
 *
 * Context: kernel thread, may sleep.
 */
void rtm_fib_watch_poll(struct rtm_fib_watch *w)
{
	int len;

	while (w->nl.sock && !rtm_netlink_idle(&w->nl)) {
		len = rtm_netlink_receive(&w->nl);
		if (len < 0 && len != -ENOBUFS)
			break;
		if (len < 0)
			see_loss(w);
		else
			see_datagram(w, len);
		cond_resched();
	}
}

/**
 * rtm_fib_watch_check() - what stands beside us at a prefix
 * @w: opened
 * @table: table of the destination, mapped to a FIB table
 * @p: its prefix
 *
 * Context: kernel thread, may sleep.
 *
 * Return: enum rtm_foreign; good until the next rtm_fib_watch_poll().
 */
enum rtm_foreign rtm_fib_watch_check(struct rtm_fib_watch *w, const struct rtm_table *table,
				     const struct rtm_prefix *p)
{
	struct watch_table *t = table_get(w, table);
	struct foreign *f;

	if (!t)
		return RTM_FOREIGN_UNKNOWN;
	if (!t->synced)
		return time_before(jiffies, w->retry_at) ? RTM_FOREIGN_UNKNOWN : RTM_FOREIGN_STALE;
	f = foreign_find(t, p);
	if (!f)
		return RTM_FOREIGN_NONE;
	if (w->policy->shadow && !(f->flags & (F_KERNEL | F_KEY)))
		return RTM_FOREIGN_BESIDE;
	if ((w->doubt || f->flags & F_DOUBT) && !time_before(jiffies, w->doubt_at))
		return RTM_FOREIGN_STALE;
	return RTM_FOREIGN_CONFLICT;
}

static int dump_table(struct rtm_fib_watch *w, struct watch_table *t)
{
	int ret, len;

	ret = rtm_netlink_dump(&w->nl, t->family, t->fib_table);
	while (!ret) {
		len = rtm_netlink_receive(&w->nl);
		if (len == -ENOBUFS)
			see_loss(w);
		else if (len < 0)
			ret = len;
		else
			ret = see_datagram(w, len);
		cond_resched();
	}
	return ret < 0 ? ret : 0;
}

/* What the last dump did not meet is gone, if that one could be relied upon. */
static void forget_unmet(struct rtm_fib_watch *w, struct watch_table *t)
{
	struct rb_node *node, *next;
	struct foreign *f;

	for (node = rb_first(&t->foreign); node; node = next) {
		next = rb_next(node);
		f = to_foreign(node);
		if (t->hole)
			f->flags |= f->before | F_DOUBT;
		else if (f->epoch != w->epoch)
			foreign_erase(w, t, f);
		cond_resched();
	}
}

static int sync_table(struct rtm_fib_watch *w, struct watch_table *t)
{
	unsigned int tries;
	int err = 0;

	for (tries = 0; tries < DUMP_TRIES && !err; tries++) {
		t->hole = false;
		t->synced = true;
		err = dump_table(w, t);
		if (t->synced && !t->hole)
			break;
	}
	if (err)
		t->synced = false;
	if (!t->synced)
		return err ?: -ENOBUFS;
	forget_unmet(w, t);
	return 0;
}

/* A dump that broke off blocks its socket for the next one. */
static int listen_again(struct rtm_fib_watch *w)
{
	rtm_netlink_close(&w->nl);
	see_loss(w);
	return listen_open(w);
}

static int sync_tables(struct rtm_fib_watch *w)
{
	struct watch_table *t;
	int err = 0;

	list_for_each_entry(t, &w->tables, link)
		err = sync_table(w, t) ?: err;
	return err;
}

/**
 * rtm_fib_watch_resync() - dump the FIB tables again
 * @w: opened
 *
 * Afterwards rtm_fib_watch_check() knows, or says that it does not.
 *
 * Context: kernel thread, may sleep; waits for the RTNL.
 */
void rtm_fib_watch_resync(struct rtm_fib_watch *w)
{
	unsigned long start = jiffies;
	unsigned long took;
	int err;

	w->epoch++;
	w->doubt = false;
	err = w->nl.sock ? sync_tables(w) : listen_again(w);
	if (err && err != -ENOBUFS)
		listen_again(w);
	took = jiffies - start;
	w->doubt_at = jiffies + (took > HZ / 100 ? 10 * took : 0);
	w->retry_at = jiffies + (err ? HZ : 0);
}
