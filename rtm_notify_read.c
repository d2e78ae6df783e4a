// SPDX-License-Identifier: GPL-2.0-only
/*
 * Change notification: how a registration is told.
 *
 * A reader has a turn, one at a time for each registration, and takes destinations
 * one by one, each in a section of it.  Taking clears the pending bit, so what the
 * section shows and what counts as reported are the same, and a change that comes
 * later sets the bit again.  If the reply cannot be stored the bits are set again.
 *
 * The turn is a flag, not a lock: nothing of the kernel waits for it, and a reader
 * gives it back before it waits for a user's lock.
 *
 * A registration that is out of sync is told everything first: the *replay* walks the
 * table by key and reports what there is to report.  Its cursor divides the table.
 * Behind it changes are recorded as ever.  Ahead of it they are not, because the
 * replay is still to come there.  While a reader is on its way from one destination to
 * the next, and where the cursor will stand is not known yet, everything is recorded;
 * what the replay then meets with its bit set is reported once, and the bit cleared.
 * What vanished while nothing was recorded is not reported: a listener that is told of
 * the desync forgets what it knew, and knows everything again when it is told that the
 * replay is complete.
 */
#include "rtm_notify.h"

#include <linux/list.h>
#include <linux/sched/signal.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_route.h"
#include "rtm_select.h"
#include "rtm_table.h"

/* Nodes that a reader passes by before it lets others have the lock. */
#define SCAN_STEP	256

/* Out of sync, and here to look: record again and begin to replay. */
static void start_replay(struct rtm_notify *n)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);

	flush_work(&n->sweep);
	spin_lock(&t->lock);
	if (!n->ended && n->replay.step == RTM_REPLAY_WANTED) {
		n->n_pending = 0;
		rtm_notify_count_ghosts(n, -n->n_ghosts);
		n->replay = (struct rtm_replay_state){
			.step = RTM_REPLAY_RUNNING,
			.moving = true,
			.tell = RTM_NOTIFY_DESYNC,
		};
		WRITE_ONCE(t->recording, t->recording | n->bit);
	}
	spin_unlock(&t->lock);
	/* As in rtm_notify_start(): what is not recorded can be seen. */
	synchronize_rcu();
}

/* Whether the turn is ours; *@replay tells whether a replay has to be begun. */
static int take_turn(struct rtm_notify *n, bool *replay)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	int err = 0;

	spin_lock(&t->lock);
	if (n->ended)
		err = -EIDRM;
	else if (n->reading)
		err = -EAGAIN;
	else
		n->reading = true;
	*replay = n->replay.step == RTM_REPLAY_WANTED;
	spin_unlock(&t->lock);
	return err;
}

/**
 * rtm_notify_read_begin() - a reader's turn
 * @r: memory, need not be initialised
 * @n: the registration; the caller has a reference until the end
 * @taken: room for all destinations that will be taken
 * @nowait: fail instead of waiting for another reader
 *
 * Context: process, may sleep; to be followed by rtm_notify_read_end().
 *
 * Return: 0; -EIDRM when the registration has ended; -EAGAIN; -ERESTARTSYS.
 */
int rtm_notify_read_begin(struct rtm_notify_read *r, struct rtm_notify *n,
			  struct rtm_notify_taken *taken, bool nowait)
{
	bool replay;
	int err;

	while ((err = take_turn(n, &replay)) == -EAGAIN && !nowait) {
		err = wait_event_interruptible(n->wait,
					       !READ_ONCE(n->reading) || READ_ONCE(n->ended));
		if (err)
			break;
	}
	if (err)
		return err;
	if (replay)
		start_replay(n);
	r->n = n;
	r->taken = taken;
	r->n_taken = 0;
	spin_lock(&rtm_notify_table_of(n)->lock);
	r->back = n->replay;
	spin_unlock(&rtm_notify_table_of(n)->lock);
	return 0;
}

/* The next node with the bit among a few, or NULL; *@end: there are no more. */
static struct rtm_change_node *scan_step(struct rtm_notify *n, bool *end)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	struct rtm_change_node *node;
	int i;

	*end = !n->n_pending || n->ended || n->replay.step != RTM_REPLAY_NONE;
	for (i = 0; i < SCAN_STEP && !*end; i++) {
		if (list_is_last(&n->cursor.link, &t->changes)) {
			*end = true;
			break;
		}
		node = list_next_entry(&n->cursor, link);
		if (node->pending & n->bit)
			return node;
		list_move(&n->cursor.link, &node->link);
	}
	return NULL;
}

/* The destination that has been pending for longest; a reference, NULL, -ERESTARTSYS. */
static struct rtm_dest *next_pending(struct rtm_notify *n)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	struct rtm_change_node *node;
	struct rtm_dest *dest = NULL;
	bool end;

	do {
		spin_lock(&t->lock);
		node = scan_step(n, &end);
		if (node) {
			dest = node->dest;
			rtm_dest_hold(dest);
		}
		spin_unlock(&t->lock);
		cond_resched();
		if (signal_pending(current) && !dest && !end)
			return ERR_PTR(-ERESTARTSYS);
	} while (!dest && !end);
	return dest;
}

static void finish_replay(struct rtm_notify *n)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);

	spin_lock(&t->lock);
	if (n->replay.step == RTM_REPLAY_RUNNING) {
		n->replay.step = RTM_REPLAY_NONE;
		n->replay.moving = false;
		n->replay.tell |= RTM_NOTIFY_SYNCED;
	}
	spin_unlock(&t->lock);
}

/* The destination behind the cursor of the replay, or NULL and the replay is over. */
static struct rtm_dest *next_replayed(struct rtm_notify *n)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	struct rtm_table *table = n->object.owner->table;
	const struct rtm_prefix *first;
	struct rtm_replay_state at;
	struct rtm_dest *dest;

	first = n->spec.has_prefix ? &n->spec.prefix : NULL;
	spin_lock(&t->lock);
	n->replay.moving = true;
	at = n->replay;
	spin_unlock(&t->lock);
	dest = at.begun ? rtm_dest_next(table, &at.at, false) : rtm_dest_next(table, first, true);
	if (dest && rtm_notify_covers(n, dest))
		return dest;
	if (dest)
		rtm_dest_put(dest);
	finish_replay(n);
	return NULL;
}

static bool replaying(struct rtm_notify *n)
{
	return READ_ONCE(n->replay.step) == RTM_REPLAY_RUNNING;
}

/**
 * rtm_notify_read_next() - a destination that may have to be reported
 * @r: the turn
 *
 * Context: process, may sleep.
 *
 * Return: a reference, NULL when there is nothing, ERR_PTR(-ERESTARTSYS) when a signal
 * came while others' changes were passed by.
 */
struct rtm_dest *rtm_notify_read_next(struct rtm_notify_read *r)
{
	struct rtm_dest *dest = NULL;

	if (replaying(r->n))
		dest = next_replayed(r->n);
	return dest ? dest : next_pending(r->n);
}

static bool has_protocol(struct rtm_dest *dest, u32 views, u32 protocol)
{
	struct rtm_route *route;

	if (protocol == RTM_PROTO_BEST)
		return true;
	for (route = dest->routes; route; route = route->next)
		if (rtm_route_live(route) && rtm_route_owner(route)->id.protocol == protocol &&
		    (!views || route->views & views))
			return true;
	return false;
}

/* Whether a listener who knows nothing has to be told of a destination. */
static bool has_to_know(struct rtm_notify *n, struct rtm_dest *dest)
{
	const struct rtm_notify_spec *spec = &n->spec;

	if (!rtm_dest_visible(dest, spec->views))
		return false;
	if (spec->types & RTM_CT_ONLY_MARKED && !rtm_notify_is_marked(n, dest))
		return false;
	return has_protocol(dest, spec->views, spec->protocol);
}

/* The replay has come to @dest, which decides about it. */
static void replay_at(struct rtm_notify *n, struct rtm_dest *dest)
{
	rtm_dest_prefix(dest, &n->replay.at);
	n->replay.begun = true;
	n->replay.moving = false;
}

/**
 * rtm_notify_read_take() - decide whether a destination is reported
 * @r: the turn
 * @dest: from rtm_notify_read_next(), in a section, which has to show what is reported
 *
 * Return: true when it is; from now on it is not pending.
 */
bool rtm_notify_read_take(struct rtm_notify_read *r, struct rtm_dest *dest)
{
	struct rtm_notify *n = r->n;
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	bool replay = replaying(n) && has_to_know(n, dest);
	bool pending = false;
	bool mine = false;

	spin_lock(&t->lock);
	if (n->ended || n->replay.step == RTM_REPLAY_WANTED) {
		replay = false;
	} else {
		if (n->replay.step == RTM_REPLAY_RUNNING)
			replay_at(n, dest);
		pending = rtm_notify_clear_pending(n, dest, &mine);
	}
	/* Passed by: no need to come here again, whatever becomes of the reply. */
	if (!pending && !replay && !r->n_taken)
		r->back = n->replay;
	spin_unlock(&t->lock);
	if (!pending && !replay)
		return false;
	if (!mine)
		rtm_dest_hold(dest);
	r->taken[r->n_taken++] = (struct rtm_notify_taken){ .dest = dest, .pending = pending };
	return true;
}

/**
 * rtm_notify_read_state() - what the reply has to say of the registration
 * @r: the turn
 *
 * Return: set of RTM_NOTIFY_DESYNC, RTM_NOTIFY_SYNCED.
 */
u32 rtm_notify_read_state(struct rtm_notify_read *r)
{
	struct rtm_notify_table *t = rtm_notify_table_of(r->n);
	u32 state;

	spin_lock(&t->lock);
	state = r->n->replay.tell;
	spin_unlock(&t->lock);
	return state;
}

/* Nothing of it was reported: pending bits are set again, the replay goes back. */
static void give_back(struct rtm_notify_read *r)
{
	struct rtm_notify *n = r->n;
	unsigned int i;

	for (i = 0; i < r->n_taken; i++) {
		/* a desync, perhaps by the one before, makes up for all of them */
		if (n->ended || n->replay.step == RTM_REPLAY_WANTED)
			return;
		if (r->taken[i].pending)
			rtm_notify_set_pending(n, r->taken[i].dest);
	}
	if (!n->ended && n->replay.step != RTM_REPLAY_WANTED)
		n->replay = r->back;
}

/**
 * rtm_notify_read_end() - the end of a reader's turn
 * @r: the turn
 * @told: what rtm_notify_read_state() said
 * @stored: the reply is out; else nothing counts as reported
 *
 * Context: process, may sleep.
 */
void rtm_notify_read_end(struct rtm_notify_read *r, u32 told, bool stored)
{
	struct rtm_notify *n = r->n;
	struct rtm_notify_table *t = rtm_notify_table_of(n);

	spin_lock(&t->lock);
	if (stored)
		n->replay.tell &= ~told;
	else
		give_back(r);
	n->replay.moving = false;
	n->reading = false;
	spin_unlock(&t->lock);
	wake_up(&n->wait);
	while (r->n_taken)
		rtm_dest_put(r->taken[--r->n_taken].dest);
}
