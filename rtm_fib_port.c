// SPDX-License-Identifier: GPL-2.0-only
/*
 * The FIB writer's port: turns destinations into messages, answers into states.
 *
 * A batch begins with what has been announced (rtm_fib_watch.c), goes through
 * destinations of the round until it has 128 messages, and ends with the send and
 * the answers to all of them.  Each destination is compared on the spot: what it
 * wants now (rtm_fib_wish.c), what the kernel acknowledged last, and who else has
 * a route of that prefix.  From these follows what is sent:
 *
 *   nothing of ours there     NLM_F_CREATE | NLM_F_EXCL, if nobody else is there
 *   an entry of ours there    NLM_F_CREATE | NLM_F_REPLACE, if nobody has touched it
 *   nothing wanted any more,  a delete that names table, prefix, metric, protocol
 *   or somebody else came     and type; beside others, our next hops as well
 *   what the FIB has already  nothing
 *
 * Why the next hops: in IPv6 another route of the same metric becomes one with
 * ours, whoever made it, and a delete by key would take both.
 *
 * The kernel replaces in one step, so traffic does not notice.  If it refuses, the
 * old entry goes, for nobody wants it any more.  When an answer is lost, what the
 * kernel has is uncertain: the destination must be *verified*, which means that the
 * next message is sent whatever the last one was, and may go over our own entry.
 *
 * Everything here runs in the worker, without any lock.
 */
#include "rtm_fib_port.h"

#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "rtm_dest.h"
#include "rtm_fib.h"
#include "rtm_net.h"
#include "rtm_nhset.h"
#include "rtm_prefix.h"
#include "rtm_route.h"
#include "rtm_table.h"
#include "rtm_trace.h"

/* A batch of plain routes takes 10 KiB; the largest single message less than 2. */
#define TX_SIZE		(16 * 1024)

/* An answer with the longest text there is. */
#define RX_SIZE		2048

/* Destinations looked at before what has been announced is taken in again. */
#define BATCH_LOOKS	(4 * RTM_NETLINK_BATCH)

/* Not an error: the destination comes again, and nothing was found out about it. */
#define PUT_OFF		1

/* Those who depend on the destination first: they are looked at in the next round. */
static void read_wish(struct rtm_fib_port *port, struct rtm_fib_plan *plan)
{
	int err = 0;

	port->resolver.early = false;
	if (plan->dest->table->fib_table && !rtm_fib_stopping(port->fib)) {
		rtm_fib_resolve_moved(&port->resolver, plan->dest);
		err = rtm_fib_wish_read(&plan->wish, plan->dest, &port->resolver);
	} else {
		rtm_fib_resolve_forget(&port->resolver, plan->dest);
		memset(&plan->wish, 0, sizeof(plan->wish));
	}
	plan->state = plan->wish.state;
	plan->error = -err;
}

static enum rtm_foreign who_is_there(struct rtm_fib_port *port, const struct rtm_fib_plan *plan)
{
	struct rtm_prefix p;

	if (plan->wish.type == RTN_UNSPEC && plan->dest->fib.type == RTN_UNSPEC)
		return RTM_FOREIGN_NONE;
	rtm_dest_prefix(plan->dest, &p);
	return rtm_fib_watch_check(&port->watch, plan->dest->table, &p);
}

static void plan_absence(struct rtm_fib_plan *plan, u8 state, u8 error)
{
	plan->op = plan->dest->fib.type == RTN_UNSPEC ? RTM_FIB_KEEP : RTM_FIB_DELETE;
	plan->state = state;
	plan->error = error;
}

static void plan_presence(struct rtm_fib_plan *plan)
{
	const struct rtm_fib_entry *entry = &plan->dest->fib;

	if (entry->type == RTN_UNSPEC) {
		plan->op = RTM_FIB_ADD;
	} else if (plan->refused) {
		plan_absence(plan, RTM_FIB_FAILED, 0);
		plan->keep_error = true;
	} else if (plan->verify || !rtm_fib_wish_same(&plan->wish, entry)) {
		plan->op = RTM_FIB_REPLACE;
	} else {
		plan->op = RTM_FIB_KEEP;
	}
}

/*
 * -EAGAIN when it has to be found out first who else is there.  Each attempt at
 * that settles one destination at least, however much is going on.
 */
static int make_plan(struct rtm_fib_port *port, struct rtm_fib_plan *plan)
{
	enum rtm_foreign foreign;

	/* what is wanted could not be found out: what is there stays until it can */
	if (plan->error) {
		plan->op = RTM_FIB_KEEP;
		return 0;
	}
	foreign = who_is_there(port, plan);
	plan->beside = foreign != RTM_FOREIGN_NONE;
	if (plan->wish.type == RTN_UNSPEC)
		plan_absence(plan, plan->wish.state, 0);
	else if (foreign == RTM_FOREIGN_STALE && !port->fresh)
		return -EAGAIN;
	else if (foreign == RTM_FOREIGN_STALE || foreign == RTM_FOREIGN_CONFLICT)
		plan_absence(plan, RTM_FIB_CONFLICT, 0);
	else if (foreign == RTM_FOREIGN_UNKNOWN)
		plan_absence(plan, RTM_FIB_FAILED, EBUSY);
	else
		plan_presence(plan);
	return 0;
}

/* An entry to be verified may be of another type than we know. */
static void fill_delete(struct rtm_netlink_route *r, const struct rtm_fib_plan *plan)
{
	const struct rtm_dest *dest = plan->dest;
	struct rtm_fib_wish old;

	r->cmd = RTM_DELROUTE;
	if (plan->verify)
		return;
	r->type = dest->fib.type;
	if (!plan->beside)
		return;
	rtm_fib_wish_recall(&old, dest);
	rtm_fib_wish_fill(r, &old, dest->table->family);
}

static void fill_new(struct rtm_netlink_route *r, const struct rtm_fib_plan *plan)
{
	r->cmd = RTM_NEWROUTE;
	r->flags = NLM_F_CREATE | (plan->op == RTM_FIB_ADD ? NLM_F_EXCL : NLM_F_REPLACE);
	rtm_fib_wish_fill(r, &plan->wish, plan->dest->table->family);
}

static int put_message(struct rtm_fib_port *port, const struct rtm_fib_plan *plan)
{
	struct rtm_netlink_route *r = &port->msg;
	int ret;

	rtm_fib_wish_key(r, plan->dest);
	r->metric = port->watch.policy->metric;
	r->protocol = port->watch.policy->protocol;
	if (plan->op == RTM_FIB_DELETE)
		fill_delete(r, plan);
	else
		fill_new(r, plan);
	ret = rtm_netlink_put(&port->nl, r);
	if (ret >= 0)
		trace_rtm_fib_send(plan->dest, r->cmd, r->flags, r->type, r->n_hops);
	return ret;
}

static void set_type(struct rtm_fib_port *port, struct rtm_fib_entry *entry, u8 type)
{
	port->present += (type != RTN_UNSPEC) - (entry->type != RTN_UNSPEC);
	WRITE_ONCE(entry->type, type);
}

/* The wish is what the kernel has; the next hops change hands. */
static void adopt(struct rtm_fib_port *port, struct rtm_fib_plan *plan)
{
	struct rtm_fib_entry *entry = &plan->dest->fib;

	swap(entry->installed, plan->wish.nhs);
	entry->shape = plan->wish.shape;
	set_type(port, entry, plan->wish.type);
	plan->verify = false;
}

static void installed(struct rtm_fib_port *port, struct rtm_fib_plan *plan)
{
	adopt(port, plan);
	rtm_fib_settle(port->fib, plan, RTM_FIB_INSTALLED, 0, NULL);
}

static void withdrawn(struct rtm_fib_port *port, struct rtm_fib_plan *plan)
{
	struct rtm_fib_entry *entry = &plan->dest->fib;

	rtm_nhset_put(entry->installed);
	entry->installed = NULL;
	entry->shape = 0;
	set_type(port, entry, RTN_UNSPEC);
	plan->verify = false;
	plan->refused = false;
	rtm_fib_settle(port->fib, plan, plan->state, plan->error, NULL);
}

static void lost(struct rtm_fib_port *port, struct rtm_fib_plan *plan)
{
	if (plan->op == RTM_FIB_ADD)
		adopt(port, plan);
	plan->verify = true;
	plan->refused = false;
	plan->keep_error = false;
	rtm_fib_settle(port->fib, plan, RTM_FIB_FAILED, ENOBUFS, "no answer from the kernel");
}

static void refused(struct rtm_fib_port *port, struct rtm_fib_plan *plan, int error,
		    const char *text)
{
	u8 state = RTM_FIB_FAILED;

	if (plan->op == RTM_FIB_ADD && error == EEXIST)
		state = RTM_FIB_CONFLICT;
	plan->refused = plan->op == RTM_FIB_REPLACE;
	plan->keep_error = false;
	rtm_fib_settle(port->fib, plan, state, error, text);
}

/* Something that is not there has been withdrawn, whoever did it. */
static bool is_success(const struct rtm_fib_plan *plan, int error)
{
	return !error || (plan->op == RTM_FIB_DELETE && (error == -ESRCH || error == -ENOENT));
}

static void answer(void *arg, unsigned int slot, int error, const char *text)
{
	struct rtm_fib_port *port = arg;
	struct rtm_fib_plan *plan = &port->plans[slot];

	trace_rtm_fib_ack(plan->dest, error);
	if (error == RTM_NETLINK_LOST)
		lost(port, plan);
	else if (!is_success(plan, error))
		refused(port, plan, -error, text);
	else if (plan->op == RTM_FIB_DELETE)
		withdrawn(port, plan);
	else
		installed(port, plan);
}

static void keep(struct rtm_fib_port *port, struct rtm_fib_plan *plan)
{
	/* equal next hops of another set: do not keep the old set alive */
	if (plan->state == RTM_FIB_INSTALLED)
		swap(plan->dest->fib.installed, plan->wish.nhs);
	rtm_fib_settle(port->fib, plan, plan->state, plan->error, NULL);
}

/*
 * One destination: settled at once, or a message in the batch.  -EMSGSIZE when the
 * batch is full, -EAGAIN when the watcher has to find out more; then it waits on
 * the round.  PUT_OFF for one that depends on another which is still to come: that goes
 * first, as the kernel wants to know the link before it takes a gateway there.
 */
static int look_at(struct rtm_fib_port *port, struct rtm_fib_plan *plan)
{
	int ret;

	read_wish(port, plan);
	if (port->resolver.early && !plan->waited) {
		port->resolver.marked = true;
		rtm_fib_put_off(port->fib, plan);
		return PUT_OFF;
	}
	ret = make_plan(port, plan);
	if (!ret && plan->op == RTM_FIB_KEEP) {
		keep(port, plan);
		return 0;
	}
	if (!ret)
		ret = put_message(port, plan);
	if (ret < 0)
		rtm_fib_take_back(port->fib, plan);
	return min(ret, 0);
}

/**
 * rtm_fib_port_batch() - deal with the next destinations of the round
 * @port: an open port
 *
 * Context: the worker, may sleep; waits for the RTNL.
 */
void rtm_fib_port_batch(struct rtm_fib_port *port)
{
	struct rtm_fib_plan *plan;
	unsigned int looks;
	int ret = 0;

	rtm_fib_watch_poll(&port->watch);
	for (looks = 0; looks < BATCH_LOOKS && port->nl.n < RTM_NETLINK_BATCH; looks++) {
		plan = &port->plans[port->nl.n];
		if (!rtm_fib_take(port->fib, plan))
			break;
		ret = look_at(port, plan);
		if (ret < 0)
			break;
		if (ret != PUT_OFF)
			port->fresh = false;
	}
	port->messages += port->nl.n;
	rtm_netlink_commit(&port->nl, answer, port);
	if (ret == -EAGAIN) {
		rtm_fib_watch_resync(&port->watch);
		port->fresh = true;
	}
}

/**
 * rtm_fib_port_open() - open the sockets
 * @rnet: namespace state
 * @policy: kept, not copied
 *
 * Context: the worker, may sleep.
 *
 * Return: the port or an ERR_PTR().
 */
struct rtm_fib_port *rtm_fib_port_open(struct rtm_net *rnet, const struct rtm_fib_policy *policy)
{
	struct rtm_fib_port *port = kvzalloc(sizeof(*port), GFP_KERNEL);
	int err;

	if (!port)
		return ERR_PTR(-ENOMEM);
	port->fib = rnet->fib;
	rtm_fib_resolve_init(&port->resolver);
	err = rtm_netlink_open(&port->nl, rnet->net, 0, TX_SIZE, RX_SIZE);
	if (err)
		goto err_free;
	err = rtm_fib_watch_open(&port->watch, rnet, policy, port->nl.portid);
	if (err)
		goto err_close;
	return port;

err_close:
	rtm_netlink_close(&port->nl);
err_free:
	kvfree(port);
	return ERR_PTR(err);
}

/**
 * rtm_fib_port_close() - close the sockets
 * @port: an open port, or NULL
 *
 * Context: process, may sleep; the worker is at rest.
 */
void rtm_fib_port_close(struct rtm_fib_port *port)
{
	if (!port)
		return;
	rtm_fib_resolve_exit(&port->resolver);
	rtm_fib_watch_close(&port->watch);
	rtm_netlink_close(&port->nl);
	kvfree(port);
}
