// SPDX-License-Identifier: GPL-2.0-only
/*
 * The FIB writer: makes the kernel FIB show each destination's best unicast route.
 *
 * Whoever changes a best route marks the destination: it goes on a list and a
 * worker, one for each namespace, is queued.  The worker takes the whole list as a
 * *round*, looks at what each destination wants now (rtm_fib_wish.c) and at what
 * the kernel acknowledged last, and sends the difference, up to 128 messages at a
 * time (rtm_netlink.c).  So a destination that changes a hundred times while it
 * waits is sent once, and one that comes back to where it was is not sent at all.
 *
 * A mark clears nothing and a wish is read only after the destination has left the
 * list: what changes before that is read, what changes later puts it on the list
 * again.  Answers arrive in the same call that sends, so the state of a destination
 * is known when its next wish is compared.
 *
 * What is sent is decided in rtm_fib_port.c, and it depends on who else has a route
 * of that prefix (rtm_fib_watch.c).  Somebody else's route makes the destination a
 * *conflict*: ours is withdrawn and comes back when the other has gone.  What the
 * kernel refuses has *failed*.  Both are tried again after 1, 2, 4 .. 60 seconds and
 * soon after a link or an address has changed.
 *
 * Whatever puts a destination on the list draws a ticket.  A round decides about all
 * tickets drawn before it began; that is what rtm_fib_sync() waits for.
 *
 * The writer's lock is a leaf.  The worker holds nothing while it sends, because
 * rtnetlink takes the RTNL; nobody may wait for the worker with the RTNL or with
 * any lock of this module held.
 *
 * When a namespace dies the kernel takes its FIB apart itself, and the worker sends
 * nothing any more.  When the module goes, everything is withdrawn first.
 */
#include "rtm_fib.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "rtm_dest.h"
#include "rtm_fib_port.h"
#include "rtm_net.h"
#include "rtm_nhset.h"
#include "rtm_route.h"
#include "rtm_table.h"

/* Back-off: 1, 2, 4, 8, 16, 32 and then 60 seconds. */
#define BACKOFF_STEPS	7
#define BACKOFF_MAX	60

/* Destinations moved from list to list under the lock at a time. */
#define MOVE_CHUNK	256

#define TEXT_MAX	80

#define DRAIN_TRIES	5

static unsigned int fib_metric = 10;
static unsigned int fib_protocol = 212;
static bool fib_shadow;

static int set_metric(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, U32_MAX);
}

/* The numbers up to RTPROT_STATIC belong to the kernel and to the administrator. */
static int set_protocol(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, RTPROT_STATIC + 1, U8_MAX);
}

static const struct kernel_param_ops metric_ops = {
	.set = set_metric,
	.get = param_get_uint,
};

static const struct kernel_param_ops protocol_ops = {
	.set = set_protocol,
	.get = param_get_uint,
};

module_param_cb(fib_metric, &metric_ops, &fib_metric, 0444);
MODULE_PARM_DESC(fib_metric, "Metric of the routes in the kernel FIB, 1 or more (10)");
module_param_cb(fib_protocol, &protocol_ops, &fib_protocol, 0444);
MODULE_PARM_DESC(fib_protocol, "Protocol number of these routes, 5 to 255 (212)");
module_param(fib_shadow, bool, 0444);
MODULE_PARM_DESC(fib_shadow, "Compete by metric with foreign routes that are not connected (N)");

/**
 * struct rtm_fib - the FIB writer of a namespace
 * @rnet: namespace state
 * @policy: the module's parameters
 * @lock: protects everything from here up to @dead, and rtm_fib_entry as said there.  A leaf,
 *	nested in everything.
 * @dirty: destinations marked since the round began
 * @round: destinations of the round that are still to be looked at
 * @retry: destinations that failed or are in conflict, by back-off
 * @ticket: tickets drawn
 * @decided: the highest one decided
 * @last_round: worker: the highest one that the last round dealt with
 * @before_last: worker: the same of the round before that
 * @pending: destinations on @dirty, on @round and in hand
 * @n_state: destinations by enum rtm_fib_state
 * @stopping: withdraw only
 * @dead: send nothing and take no more marks
 * @wait: waiters for @decided and @dead
 * @work: the worker
 * @tick: queues it when a back-off ends
 * @port: worker: sockets, made when first needed
 * @messages: worker: route messages sent, for readers
 * @present: worker: entries of ours in the FIB, for readers
 * @hurry: try everything again now; the worker clears it
 * @due: worker: when each list of @retry is due, in jiffies
 * @kick: worker: a link or an address changed, try everything again
 * @kick_at: worker: when, in jiffies
 * @kicked_at: worker: when that was done last, in jiffies
 */
struct rtm_fib {
	struct rtm_net *rnet;
	struct rtm_fib_policy policy;
	/* protects: see above; a leaf */
	spinlock_t lock;
	struct list_head dirty;
	struct list_head round;
	struct list_head retry[BACKOFF_STEPS];
	u64 ticket;
	u64 decided;
	u64 last_round;
	u64 before_last;
	u64 pending;
	u64 n_state[RTM_FIB_UNRESOLVED + 1];
	bool stopping;
	bool dead;
	wait_queue_head_t wait;
	struct work_struct work;
	struct delayed_work tick;
	struct rtm_fib_port *port;
	u64 messages;
	u64 present;
	bool hurry;
	unsigned long due[BACKOFF_STEPS];
	bool kick;
	unsigned long kick_at;
	unsigned long kicked_at;
};

static struct rtm_dest *entry_dest(struct rtm_fib_entry *entry)
{
	return container_of(entry, struct rtm_dest, fib);
}

static struct rtm_dest *list_dest(struct list_head *list)
{
	struct rtm_fib_entry *entry;

	entry = list_first_entry_or_null(list, struct rtm_fib_entry, link);
	return entry ? entry_dest(entry) : NULL;
}

/**
 * rtm_fib_entry_init() - nothing of ours in the FIB
 * @entry: part of a new destination
 */
void rtm_fib_entry_init(struct rtm_fib_entry *entry)
{
	memset(entry, 0, sizeof(*entry));
	INIT_LIST_HEAD(&entry->link);
}

/**
 * rtm_fib_entry_destroy() - release what an entry holds
 * @entry: part of a destination nobody refers to, so it is on no list
 *
 * Context: process, may sleep.
 */
void rtm_fib_entry_destroy(struct rtm_fib_entry *entry)
{
	rtm_nhset_put(entry->installed);
}

/*
 * The list takes a reference unless the destination is on one already.  A retry
 * draws a ticket, too: a mark that finds it waiting relies on that one.
 */
static void list_up_locked(struct rtm_fib *fib, struct rtm_fib_entry *entry)
{
	if (list_empty(&entry->link))
		rtm_dest_hold(entry_dest(entry));
	list_move_tail(&entry->link, &fib->dirty);
	entry->dirty = 1;
	fib->pending++;
	fib->ticket++;
}

/**
 * rtm_fib_mark() - the best unicast route of a destination may have changed
 * @dest: the destination; the caller has a reference
 *
 * Never fails; the FIB follows later.  In a table that is mapped to no FIB table
 * it does nothing.
 *
 * Context: any but hard interrupts; a leaf in the order of locks.
 */
void rtm_fib_mark(struct rtm_dest *dest)
{
	struct rtm_fib_entry *entry = &dest->fib;
	struct rtm_fib *fib = dest->table->rnet->fib;
	bool wake = false;

	if (!fib || (!dest->table->fib_table && READ_ONCE(entry->type) == RTN_UNSPEC))
		return;
	spin_lock_bh(&fib->lock);
	entry->refused = 0;
	entry->tries = 0;
	if (!entry->dirty && !fib->dead) {
		list_up_locked(fib, entry);
		wake = true;
	}
	spin_unlock_bh(&fib->lock);
	if (wake)
		queue_work(system_unbound_wq, &fib->work);
}

/**
 * rtm_fib_wake() - something arrived for the worker
 * @fib: FIB writer
 *
 * Context: any.
 */
void rtm_fib_wake(struct rtm_fib *fib)
{
	if (!READ_ONCE(fib->dead))
		queue_work(system_unbound_wq, &fib->work);
}

static bool round_begin(struct rtm_fib *fib, u64 *ticket)
{
	bool any;

	spin_lock_bh(&fib->lock);
	list_splice_tail_init(&fib->dirty, &fib->round);
	*ticket = fib->ticket;
	any = !list_empty(&fib->round);
	spin_unlock_bh(&fib->lock);
	return any;
}

/*
 * What follows from a change of another destination is marked while that is dealt with,
 * and its turn is the next round, or, if it is put off there, the one after that.  Until
 * then the change is not decided.
 */
static void round_end(struct rtm_fib *fib, u64 ticket, bool follows)
{
	spin_lock_bh(&fib->lock);
	fib->decided = follows ? max(fib->decided, fib->before_last) : ticket;
	fib->before_last = fib->last_round;
	fib->last_round = ticket;
	spin_unlock_bh(&fib->lock);
	wake_up_all(&fib->wait);
}

/* Destinations have been marked because others have changed. */
static bool take_follows(struct rtm_fib *fib)
{
	bool follows = fib->port && fib->port->resolver.marked;

	if (follows)
		fib->port->resolver.marked = false;
	return follows;
}

static bool round_goes_on(struct rtm_fib *fib)
{
	bool on;

	spin_lock_bh(&fib->lock);
	on = !list_empty(&fib->round) && !fib->dead;
	spin_unlock_bh(&fib->lock);
	return on;
}

/**
 * rtm_fib_take() - take the next destination of the round in hand
 * @fib: FIB writer
 * @plan: out: destination, with the list's reference, and what is known of it; the
 *	rest is cleared, but @plan->wish is not touched
 *
 * Context: the worker.
 *
 * Return: false when the round is over.
 */
bool rtm_fib_take(struct rtm_fib *fib, struct rtm_fib_plan *plan)
{
	struct rtm_fib_entry *entry;

	memset(plan, 0, offsetof(struct rtm_fib_plan, wish));
	spin_lock_bh(&fib->lock);
	plan->dest = fib->dead ? NULL : list_dest(&fib->round);
	if (plan->dest) {
		entry = &plan->dest->fib;
		list_del_init(&entry->link);
		entry->dirty = 0;
		entry->busy = 1;
		plan->verify = entry->verify;
		plan->refused = entry->refused;
		plan->waited = entry->waited;
		entry->waited = 0;
	}
	spin_unlock_bh(&fib->lock);
	return plan->dest;
}

static void give_back(struct rtm_fib *fib, struct rtm_fib_plan *plan, bool next_round)
{
	struct rtm_fib_entry *entry = &plan->dest->fib;
	bool marked;

	rtm_nhset_put(plan->wish.nhs);
	spin_lock_bh(&fib->lock);
	entry->busy = 0;
	entry->waited = plan->waited;
	marked = entry->dirty;
	if (marked)
		fib->pending--;
	entry->dirty = 1;
	if (!next_round) {
		/* also if it was marked meanwhile: this round answers for what came before */
		list_move(&entry->link, &fib->round);
	} else if (!marked) {
		/* as in list_up_locked(): a mark that finds it there relies on a ticket */
		list_add_tail(&entry->link, &fib->dirty);
		fib->ticket++;
	}
	spin_unlock_bh(&fib->lock);
	if (marked)
		rtm_dest_put(plan->dest);
}

/**
 * rtm_fib_take_back() - not now: it comes first when the round goes on
 * @fib: FIB writer
 * @plan: from rtm_fib_take(), with a wish; both references are consumed
 *
 * Context: the worker, may sleep.
 */
void rtm_fib_take_back(struct rtm_fib *fib, struct rtm_fib_plan *plan)
{
	give_back(fib, plan, false);
}

/**
 * rtm_fib_put_off() - not now: it comes in the next round
 * @fib: FIB writer
 * @plan: from rtm_fib_take(), with a wish; both references are consumed.  Not if
 *	@plan->waited: once is enough, so that its turn comes.
 *
 * The caller sees to it that this round does not count as decided.
 *
 * Context: the worker, may sleep.
 */
void rtm_fib_put_off(struct rtm_fib *fib, struct rtm_fib_plan *plan)
{
	plan->waited = true;
	give_back(fib, plan, true);
}

/**
 * rtm_fib_is_behind() - whether a change of a destination waits for the writer
 * @dest: the destination
 *
 * Context: any but hard interrupts; a leaf in the order of locks.
 *
 * Return: true until the worker takes it in hand.
 */
bool rtm_fib_is_behind(struct rtm_dest *dest)
{
	struct rtm_fib *fib = dest->table->rnet->fib;
	bool behind;

	spin_lock_bh(&fib->lock);
	behind = dest->fib.dirty;
	spin_unlock_bh(&fib->lock);
	return behind;
}

static bool retried(u8 state)
{
	return state == RTM_FIB_FAILED || state == RTM_FIB_CONFLICT;
}

static unsigned long backoff(unsigned int tries)
{
	return min(1u << tries, (unsigned int)BACKOFF_MAX) * HZ;
}

static void retry_later_locked(struct rtm_fib *fib, struct rtm_fib_entry *entry)
{
	unsigned int i = entry->tries;

	if (list_empty(&fib->retry[i]))
		fib->due[i] = jiffies + backoff(i);
	list_add_tail(&entry->link, &fib->retry[i]);
	if (i < BACKOFF_STEPS - 1)
		entry->tries++;
}

static void set_state_locked(struct rtm_fib *fib, struct rtm_fib_entry *entry, u8 state)
{
	if (entry->state != RTM_FIB_NONE)
		fib->n_state[entry->state]--;
	if (state != RTM_FIB_NONE)
		fib->n_state[state]++;
	entry->state = state;
}

/* True if no list has taken over the plan's reference. */
static bool put_down_locked(struct rtm_fib *fib, struct rtm_fib_entry *entry)
{
	entry->busy = 0;
	fib->pending--;
	if (entry->dirty)
		return true;
	if (entry->refused) {
		entry->dirty = 1;
		fib->pending++;
		list_add_tail(&entry->link, &fib->round);
		return false;
	}
	if (!retried(entry->state)) {
		entry->tries = 0;
		return true;
	}
	retry_later_locked(fib, entry);
	return false;
}

/* A text is a help, and does without memory; with one there is a place for it. */
static char *text_copy(struct rtm_dest *dest, const char *text)
{
	if (!text || !rtm_dest_extra_get(dest))
		return NULL;
	return kstrndup(text, TEXT_MAX - 1, GFP_KERNEL);
}

/**
 * rtm_fib_settle() - a destination is decided for now: let go of it
 * @fib: FIB writer
 * @plan: from rtm_fib_take(), with a wish; both references are consumed
 * @state: enum rtm_fib_state
 * @error: positive errno, or 0
 * @text: the kernel's message, or NULL; copied
 *
 * Context: the worker, may sleep.
 */
void rtm_fib_settle(struct rtm_fib *fib, struct rtm_fib_plan *plan, u8 state, int error,
		    const char *text)
{
	struct rtm_fib_entry *entry = &plan->dest->fib;
	char *copy = text_copy(plan->dest, text);
	struct rtm_dest_extra *extra;
	bool drop;

	rtm_nhset_put(plan->wish.nhs);
	extra = rtm_dest_extra(plan->dest);
	spin_lock_bh(&fib->lock);
	set_state_locked(fib, entry, state);
	entry->verify = plan->verify;
	/* a new mark may have brought a new wish, which deserves its own try */
	entry->refused = plan->refused && !entry->dirty;
	if (!plan->keep_error) {
		entry->error = min(error, U8_MAX);
		if (extra)
			swap(extra->fib_text, copy);
	}
	drop = put_down_locked(fib, entry);
	spin_unlock_bh(&fib->lock);
	kfree(copy);
	if (drop)
		rtm_dest_put(plan->dest);
}

/**
 * rtm_fib_stopping() - is nothing to be installed any more
 * @fib: FIB writer
 *
 * Return: true while entries are only withdrawn.
 */
bool rtm_fib_stopping(const struct rtm_fib *fib)
{
	return READ_ONCE(fib->stopping);
}

/* Everything waits for sockets that cannot be had. */
static void give_up(struct rtm_fib *fib, int error)
{
	struct rtm_fib_plan plan;

	while (rtm_fib_take(fib, &plan)) {
		plan.wish.nhs = NULL;
		rtm_fib_settle(fib, &plan, RTM_FIB_FAILED, error, NULL);
		cond_resched();
	}
}

static bool have_port(struct rtm_fib *fib)
{
	struct rtm_fib_port *port;

	if (fib->port)
		return true;
	port = rtm_fib_port_open(fib->rnet, &fib->policy);
	if (IS_ERR(port)) {
		give_up(fib, -PTR_ERR(port));
		return false;
	}
	fib->port = port;
	return true;
}

static void one_round(struct rtm_fib *fib)
{
	if (!have_port(fib))
		return;
	while (round_goes_on(fib)) {
		rtm_fib_port_batch(fib->port);
		WRITE_ONCE(fib->messages, fib->port->messages);
		WRITE_ONCE(fib->present, fib->port->present);
		cond_resched();
	}
}

static bool move_some(struct rtm_fib *fib, struct list_head *list)
{
	unsigned int i;
	bool more;

	spin_lock_bh(&fib->lock);
	for (i = 0; i < MOVE_CHUNK && !list_empty(list); i++)
		list_up_locked(fib, &list_dest(list)->fib);
	more = !list_empty(list);
	spin_unlock_bh(&fib->lock);
	return more;
}

/* Only the worker adds to these lists, so this comes to an end. */
static void retry_now(struct rtm_fib *fib, unsigned int i)
{
	while (move_some(fib, &fib->retry[i]))
		cond_resched();
}

static bool retry_waits(struct rtm_fib *fib, unsigned int i)
{
	bool waits;

	spin_lock_bh(&fib->lock);
	waits = !list_empty(&fib->retry[i]) && !fib->dead;
	spin_unlock_bh(&fib->lock);
	return waits;
}

/* Links and addresses change in bursts: act soon, but not twice in a second. */
static void plan_kick(struct rtm_fib *fib)
{
	unsigned long soon = jiffies + HZ / 10;
	unsigned long next = fib->kicked_at + HZ;

	if (!fib->port || !fib->port->watch.moved)
		return;
	fib->port->watch.moved = false;
	if (fib->kick)
		return;
	fib->kick = true;
	fib->kick_at = time_after(next, soon) ? next : soon;
}

static void retry_due(struct rtm_fib *fib)
{
	bool kick = fib->kick && !time_before(jiffies, fib->kick_at);
	bool hurry = READ_ONCE(fib->hurry);
	unsigned int i;

	if (hurry)
		WRITE_ONCE(fib->hurry, false);
	for (i = 0; i < BACKOFF_STEPS; i++) {
		if (!kick && !hurry && time_before(jiffies, fib->due[i]))
			continue;
		if (!retry_waits(fib, i))
			continue;
		/* a foreign route may have gone without a word */
		if (fib->port)
			fib->port->watch.doubt = true;
		retry_now(fib, i);
	}
	if (kick) {
		fib->kick = false;
		fib->kicked_at = jiffies;
	}
}

static void arm_tick(struct rtm_fib *fib)
{
	unsigned long at = 0;
	bool any = false;
	unsigned int i;

	for (i = 0; i < BACKOFF_STEPS; i++) {
		if (!retry_waits(fib, i))
			continue;
		if (!any || time_before(fib->due[i], at))
			at = fib->due[i];
		any = true;
	}
	if (!any)
		return;
	if (fib->kick && time_before(fib->kick_at, at))
		at = fib->kick_at;
	mod_delayed_work(system_unbound_wq, &fib->tick, time_after(at, jiffies) ? at - jiffies : 1);
}

static void worker(struct work_struct *work)
{
	struct rtm_fib *fib = container_of(work, struct rtm_fib, work);
	u64 ticket;

	for (;;) {
		if (READ_ONCE(fib->dead))
			return;
		if (fib->port)
			rtm_fib_watch_poll(&fib->port->watch);
		plan_kick(fib);
		retry_due(fib);
		if (!round_begin(fib, &ticket))
			break;
		one_round(fib);
		round_end(fib, ticket, take_follows(fib));
	}
	round_end(fib, ticket, false);
	arm_tick(fib);
}

static void tick(struct work_struct *work)
{
	rtm_fib_wake(container_of(to_delayed_work(work), struct rtm_fib, tick));
}

static bool decided(struct rtm_fib *fib, u64 ticket)
{
	bool done;

	spin_lock_bh(&fib->lock);
	done = fib->decided >= ticket || fib->dead;
	spin_unlock_bh(&fib->lock);
	return done;
}

static int wait_until(struct rtm_fib *fib, u64 ticket, u64 deadline)
{
	u64 now = ktime_get_ns();
	ktime_t left;
	int err;

	if (decided(fib, ticket))
		return 0;
	if (deadline <= now)
		return -ETIMEDOUT;
	left = ns_to_ktime(min_t(u64, deadline - now, KTIME_MAX));
	err = wait_event_interruptible_hrtimeout(fib->wait, decided(fib, ticket), left);
	return err == -ETIME ? -ETIMEDOUT : err;
}

/**
 * rtm_fib_sync() - wait until every mark made so far is decided
 * @rnet: namespace state
 * @deadline: absolute nanoseconds of CLOCK_MONOTONIC, 0 for ever
 *
 * Decided means that the kernel has taken the change or refused it, or that
 * something keeps it out.
 *
 * Context: process, may sleep; no lock of the module and not the RTNL held.
 *
 * Return: 0, -ETIMEDOUT, or -ERESTARTSYS.
 */
int rtm_fib_sync(struct rtm_net *rnet, u64 deadline)
{
	struct rtm_fib *fib = rnet->fib;
	u64 ticket;

	spin_lock_bh(&fib->lock);
	ticket = fib->ticket;
	spin_unlock_bh(&fib->lock);
	if (deadline)
		return wait_until(fib, ticket, deadline);
	return wait_event_interruptible(fib->wait, decided(fib, ticket));
}

/**
 * rtm_fib_counts() - how many destinations are in which state
 * @rnet: namespace state
 * @c: out
 */
void rtm_fib_counts(struct rtm_net *rnet, struct rtm_fib_counts *c)
{
	struct rtm_fib *fib = rnet->fib;

	spin_lock_bh(&fib->lock);
	c->installed = fib->n_state[RTM_FIB_INSTALLED];
	c->failed = fib->n_state[RTM_FIB_FAILED];
	c->conflict = fib->n_state[RTM_FIB_CONFLICT];
	c->unresolved = fib->n_state[RTM_FIB_UNRESOLVED];
	c->pending = fib->pending;
	spin_unlock_bh(&fib->lock);
	c->wanted = c->installed + c->failed + c->conflict + c->unresolved;
	c->messages = READ_ONCE(fib->messages);
}

static const char *own_words(u8 state)
{
	switch (state) {
	case RTM_FIB_CONFLICT:
		return "a route of somebody else has this prefix";
	case RTM_FIB_UNRESOLVED:
		return "no next hop leads to a link";
	default:
		return "";
	}
}

static const char *text_of(const struct rtm_dest *dest)
{
	const struct rtm_dest_extra *extra = rtm_dest_extra(dest);

	return extra ? extra->fib_text : NULL;
}

/**
 * rtm_fib_describe() - what the FIB has of a destination, for listings
 * @dest: the destination
 * @state: out: enum rtm_fib_state
 * @error: out: positive errno of the last refusal, or 0
 * @text: out: the kernel's message or our own, NUL terminated, maybe empty
 * @size: bytes of @text, at least 1
 */
void rtm_fib_describe(struct rtm_dest *dest, u32 *state, u32 *error, char *text, size_t size)
{
	struct rtm_fib *fib = dest->table->rnet->fib;
	struct rtm_fib_entry *entry = &dest->fib;

	spin_lock_bh(&fib->lock);
	*state = entry->dirty || entry->busy ? RTM_FIB_PENDING : entry->state;
	*error = entry->error;
	strscpy(text, text_of(dest) ?: own_words(*state), size);
	spin_unlock_bh(&fib->lock);
}

/**
 * rtm_fib_net_init() - make the FIB writer of a namespace
 * @rnet: namespace state
 *
 * It opens its sockets with the first change, so that a namespace that is not
 * used costs next to nothing.
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_fib_net_init(struct rtm_net *rnet)
{
	struct rtm_fib *fib = kzalloc(sizeof(*fib), GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!fib)
		return -ENOMEM;
	fib->rnet = rnet;
	fib->policy.metric = fib_metric;
	fib->policy.protocol = fib_protocol;
	fib->policy.shadow = fib_shadow;
	spin_lock_init(&fib->lock);
	INIT_LIST_HEAD(&fib->dirty);
	INIT_LIST_HEAD(&fib->round);
	for (i = 0; i < BACKOFF_STEPS; i++)
		INIT_LIST_HEAD(&fib->retry[i]);
	init_waitqueue_head(&fib->wait);
	INIT_WORK(&fib->work, worker);
	INIT_DELAYED_WORK(&fib->tick, tick);
	fib->kicked_at = jiffies - HZ;
	rnet->fib = fib;
	return 0;
}

static void die(struct rtm_fib *fib)
{
	spin_lock_bh(&fib->lock);
	WRITE_ONCE(fib->dead, true);
	spin_unlock_bh(&fib->lock);
	wake_up_all(&fib->wait);
}

/**
 * rtm_fib_net_stop() - install nothing any more
 * @rnet: namespace state
 *
 * In a namespace that dies nothing is sent at all from now on; in one that lives
 * on, when the module goes, entries are still withdrawn.
 *
 * Context: pernet pre_exit; does not sleep.
 */
void rtm_fib_net_stop(struct rtm_net *rnet)
{
	WRITE_ONCE(rnet->fib->stopping, true);
	if (!check_net(rnet->net))
		die(rnet->fib);
}

/* One attempt: how many entries are in the FIB after it. */
static u64 withdraw(struct rtm_fib *fib)
{
	WRITE_ONCE(fib->hurry, true);
	queue_work(system_unbound_wq, &fib->work);
	flush_work(&fib->work);
	return READ_ONCE(fib->present);
}

/* Until all are withdrawn, or several attempts in a row did no good. */
static void drain(struct rtm_fib *fib)
{
	u64 before = U64_MAX, left = withdraw(fib);
	unsigned int tries = 0;

	while (left && tries++ < DRAIN_TRIES) {
		if (left < before)
			tries = 0;
		before = left;
		left = withdraw(fib);
	}
	if (left)
		pr_err("rtm: %llu routes are left in the FIB\n", left);
}

static void drop_list(struct list_head *list)
{
	struct rtm_dest *dest;

	while ((dest = list_dest(list))) {
		list_del_init(&dest->fib.link);
		rtm_dest_put(dest);
		cond_resched();
	}
}

/**
 * rtm_fib_net_exit() - end of the FIB writer of a namespace
 * @rnet: namespace state; rtm_fib_net_stop() was called
 *
 * Gives back every reference to destinations.  If the namespace lives on, its FIB
 * has no route of ours when this returns, provided that no route is left in the
 * tables.
 *
 * Context: pernet exit, may sleep; without the RTNL and without any lock of the
 * module.  Nobody marks or waits any more.
 */
void rtm_fib_net_exit(struct rtm_net *rnet)
{
	struct rtm_fib *fib = rnet->fib;
	unsigned int i;

	if (!fib->dead)
		drain(fib);
	die(fib);
	cancel_work_sync(&fib->work);
	cancel_delayed_work_sync(&fib->tick);
	rtm_fib_port_close(fib->port);
	/* the tick or a socket may have queued it once more; it did nothing */
	cancel_work_sync(&fib->work);
	drop_list(&fib->dirty);
	drop_list(&fib->round);
	for (i = 0; i < BACKOFF_STEPS; i++)
		drop_list(&fib->retry[i]);
	rnet->fib = NULL;
	kfree(fib);
}
