// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destination lock, third part: the end of holders, places kept in queues, listings.
 *
 * How this file works: a user's hold lasts until it is released, so somebody has to
 * see to it when the user cannot.  Every user hold and every waiting request is in
 * the list of its entity.  To end those of an entity, or of a process in an entity,
 * the list is worked off destination by destination: take a reference under the
 * owner's lock, let go of that lock, then take the destination's hashed spinlock and
 * end all that match there.  No pointer to a hold is kept across; holds that are
 * gone meanwhile are gone.
 *
 * When a process dies, ->flush of its last descriptor tells us.  Two cases escape
 * it: a descriptor table shared with another process (CLONE_FILES), and one that
 * was closed while a call in another thread was still waiting.  So whoever has to
 * wait first looks whether the processes of the holders are alive, and looks again
 * once a second: rtm_lock_sweep().
 *
 * A call that a signal interrupts leaves the queue, so that nobody waits for a
 * thread that is in its handler or stopped.  Its number in the queue is written on
 * a ticket, kept with the entity; when the thread asks again it is queued where it
 * was.  A thread has at most one ticket per entity.
 */
#include <kunit/visibility.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_nexthop_lock.h"
#include "rtm_lock.h"
#include "rtm_lock_grant.h"
#include "rtm_table.h"
#include "rtm_trace.h"

/**
 * struct ticket - a place in a queue
 * @link: in rtm_lock_owner.tickets, newest first
 * @dest: which queue; compared only, it may be gone
 * @thread: whose place, a reference
 * @seq: number of the place
 * @mode: what it waited for
 * @user: a hold or a section
 */
struct ticket {
	struct list_head link;
	const struct rtm_dest *dest;
	struct pid *thread;
	u64 seq;
	enum rtm_lock_mode mode;
	bool user;
};

/**
 * rtm_lock_owner_init() - prepare the lock state of a new registration
 * @owner: inside the entity
 */
void rtm_lock_owner_init(struct rtm_lock_owner *owner)
{
	spin_lock_init(&owner->lock);
	mutex_init(&owner->evict);
	INIT_LIST_HEAD(&owner->lockers);
	INIT_LIST_HEAD(&owner->tickets);
	owner->n_tickets = 0;
	owner->dead = false;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_owner_init);

/**
 * rtm_lock_owner_revive() - an entity that was kept is registered again
 * @owner: inside the entity; rtm_lock_drop_entity() has returned
 *
 * Unlike rtm_lock_owner_init() this can be called while others still have a
 * reference to the entity.
 *
 * Context: any; takes a leaf spinlock.
 */
void rtm_lock_owner_revive(struct rtm_lock_owner *owner)
{
	spin_lock(&owner->lock);
	WRITE_ONCE(owner->dead, false);
	spin_unlock(&owner->lock);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_owner_revive);

/*
 * Tickets
 */

static void ticket_free(struct rtm_lock_owner *owner, struct ticket *t)
{
	lockdep_assert_held(&owner->lock);
	list_del(&t->link);
	owner->n_tickets--;
	put_pid(t->thread);
	kfree(t);
}

static bool thread_is_dead(struct pid *thread)
{
	bool dead;

	rcu_read_lock();
	dead = !pid_task(thread, PIDTYPE_PID);
	rcu_read_unlock();
	return dead;
}

/* Throw away what a new ticket of @thread makes useless, and what nobody can use. */
static void tickets_prune(struct rtm_lock_owner *owner, const struct pid *thread)
{
	struct ticket *t, *next;
	unsigned int n = 0;

	list_for_each_entry_safe(t, next, &owner->tickets, link)
		if (t->thread == thread || thread_is_dead(t->thread) ||
		    ++n >= RTM_LOCK_MAX_TICKETS)
			ticket_free(owner, t);
}

static void tickets_drop(struct rtm_lock_owner *owner)
{
	struct ticket *t, *next;

	list_for_each_entry_safe(t, next, &owner->tickets, link)
		ticket_free(owner, t);
}

/**
 * rtm_lock_ticket_claim() - the place an interrupted call left in the queue
 * @r: the request of a thread that asks, perhaps again
 *
 * Whatever the thread asks for, its ticket is gone afterwards.
 *
 * Context: any; hashed spinlock held.
 *
 * Return: the number, or 0 when there is none for such a request.
 */
u64 rtm_lock_ticket_claim(const struct rtm_lock_request *r)
{
	struct rtm_lock_owner *owner = &r->l.entity->locks;
	struct ticket *t;
	u64 seq = 0;

	spin_lock(&owner->lock);
	list_for_each_entry(t, &owner->tickets, link) {
		if (t->thread != r->l.thread)
			continue;
		if (t->dest == r->l.dest && t->mode == r->mode && t->user == r->user)
			seq = t->seq;
		ticket_free(owner, t);
		break;
	}
	spin_unlock(&owner->lock);
	return seq;
}

/**
 * rtm_lock_ticket_park() - keep the place in the queue of an interrupted call
 * @r: its request, not queued any more
 *
 * Without memory the place is lost and nothing else.
 *
 * Context: process, may sleep.
 */
void rtm_lock_ticket_park(const struct rtm_lock_request *r)
{
	struct rtm_lock_owner *owner = &r->l.entity->locks;
	struct ticket *t;

	if (r->upgrade || fatal_signal_pending(current))
		return;
	t = kmalloc(sizeof(*t), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!t)
		return;
	t->dest = r->l.dest;
	t->thread = get_pid(r->l.thread);
	t->seq = r->l.seq;
	t->mode = r->mode;
	t->user = r->user;
	spin_lock(&owner->lock);
	tickets_prune(owner, t->thread);
	list_add(&t->link, &owner->tickets);
	owner->n_tickets++;
	if (owner->dead)
		ticket_free(owner, t);
	spin_unlock(&owner->lock);
}

/*
 * The end of holders
 */

/**
 * struct evict - whose holds and requests are to end
 * @entity: this entity's, or NULL for all
 * @holder: of these, only holds of this process, or NULL for all
 * @waiter: of these, only requests of this process, or NULL for all
 */
struct evict {
	const struct rtm_entity *entity;
	const struct pid *holder;
	const struct pid *waiter;
};

static bool evicts_hold(const struct evict *e, const struct rtm_locker *l)
{
	return (!e->entity || l->entity == e->entity) && (!e->holder || l->process == e->holder);
}

static bool evicts_waiter(const struct evict *e, const struct rtm_locker *l)
{
	return l->entity == e->entity && (!e->waiter || l->process == e->waiter);
}

static void take_away(struct rtm_dest_lock *side, struct rtm_hold *hold, struct list_head *doomed)
{
	trace_rtm_dest_lock(hold->l.dest, hold->l.entity,
			    hold->user[RTM_LOCK_EXCLUSIVE] ? RTM_LOCK_EXCLUSIVE : RTM_LOCK_SHARED,
			    RTM_LOCK_ACTION_BREAK);
	rtm_grant_drop(side, hold, doomed);
}

static unsigned int evict_holds(struct rtm_dest_lock *side, const struct evict *e,
				struct list_head *doomed)
{
	struct rtm_hold *hold, *next;
	unsigned int n = 0;

	list_for_each_entry_safe(hold, next, &side->holds, l.link) {
		if (!rtm_hold_is_user(hold) || !evicts_hold(e, &hold->l))
			continue;
		take_away(side, hold, doomed);
		n++;
	}
	return n;
}

static void evict_waiters(struct rtm_dest_lock *side, const struct evict *e)
{
	struct rtm_lock_request *r, *next;

	list_for_each_entry_safe(r, next, &side->waiters, l.link) {
		if (!evicts_waiter(e, &r->l))
			continue;
		trace_rtm_dest_lock(r->l.dest, r->l.entity, r->mode, RTM_LOCK_ACTION_ABORT);
		rtm_grant_finish(side, r, -EIDRM);
	}
}

static void evict_from_dest(struct rtm_dest *dest, const struct evict *e)
{
	struct rtm_dest_lock *side;
	LIST_HEAD(doomed);

	side = rtm_lock_side_begin(dest);
	if (side) {
		evict_waiters(side, e);
		evict_holds(side, e, &doomed);
	}
	rtm_lock_side_end(dest, &doomed);
}

/*
 * Move the first entry of @todo back where it came from; false when there is none.
 * If it may have to end, *@dest is its destination, as a reference, else NULL.
 */
static bool next_to_evict(struct rtm_lock_owner *owner, struct list_head *todo,
			  const struct evict *e, struct rtm_dest **dest)
{
	struct rtm_locker *l;

	*dest = NULL;
	spin_lock(&owner->lock);
	l = list_first_entry_or_null(todo, struct rtm_locker, owner_link);
	if (l) {
		list_move_tail(&l->owner_link, &owner->lockers);
		if (evicts_hold(e, l) || evicts_waiter(e, l)) {
			*dest = l->dest;
			rtm_dest_hold(l->dest);
		}
	}
	spin_unlock(&owner->lock);
	return l;
}

static void evict(struct rtm_lock_owner *owner, const struct evict *e)
{
	struct rtm_dest *dest;
	LIST_HEAD(todo);

	mutex_lock(&owner->evict);
	spin_lock(&owner->lock);
	list_splice_init(&owner->lockers, &todo);
	spin_unlock(&owner->lock);
	while (next_to_evict(owner, &todo, e, &dest)) {
		if (!dest)
			continue;
		evict_from_dest(dest, e);
		rtm_dest_put(dest);
		cond_resched();
	}
	mutex_unlock(&owner->evict);
}

/**
 * rtm_lock_drop_entity() - an entity goes: so do its holds and its waiting calls
 * @entity: the entity
 *
 * Requests that come later fail with -EIDRM, as do those that wait.  Sections that
 * are inside end by themselves.
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_lock_drop_entity(struct rtm_entity *entity)
{
	struct rtm_lock_owner *owner = &entity->locks;
	const struct evict e = { .entity = entity };

	spin_lock(&owner->lock);
	WRITE_ONCE(owner->dead, true);
	tickets_drop(owner);
	spin_unlock(&owner->lock);
	evict(owner, &e);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_drop_entity);

/*
 * The entity of @client after @prev that this pass has not seen, as a reference.
 * When @prev has left the list meanwhile, the search begins again.
 */
static struct rtm_entity *next_of_client(struct rtm_client *client, struct rtm_entity *prev,
					 u64 pass)
{
	struct rtm_entity *found = NULL;
	struct rtm_entity *entity;

	spin_lock(&client->entities_lock);
	if (prev && READ_ONCE(prev->client) == client && !list_empty(&prev->client_link))
		entity = prev;
	else
		entity = list_entry(&client->entities, struct rtm_entity, client_link);
	list_for_each_entry_continue(entity, &client->entities, client_link) {
		if (entity->locks.pass == pass)
			continue;
		entity->locks.pass = pass;
		rtm_entity_hold(entity);
		found = entity;
		break;
	}
	spin_unlock(&client->entities_lock);
	return found;
}

/**
 * rtm_lock_drop_process() - a process has no descriptor of a file any more
 * @client: the file
 * @process: the process
 *
 * Ends all holds of the registrations which that process made through the file,
 * whoever took them, and the holds it took through registrations of others.  Its
 * own calls that still wait end with -EIDRM.
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_lock_drop_process(struct rtm_client *client, struct pid *process)
{
	static atomic64_t passes = ATOMIC64_INIT(0);
	u64 pass = atomic64_inc_return(&passes);
	struct rtm_entity *entity = NULL;
	struct rtm_entity *next;
	struct evict e;

	while ((next = next_of_client(client, entity, pass))) {
		if (entity)
			rtm_entity_put(entity);
		entity = next;
		e.entity = entity;
		e.holder = entity->process == process ? NULL : process;
		e.waiter = process;
		evict(&entity->locks, &e);
		rtm_nexthop_locks_drop(entity, e.holder, e.waiter);
	}
	if (entity)
		rtm_entity_put(entity);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_drop_process);

/**
 * rtm_process_is_dead() - nobody of a process is left who could unlock
 * @process: the process
 *
 * An exec in a thread moves that thread to the leader's id: neither the process nor
 * its count of living threads is ever seen gone.
 *
 * Context: any.
 *
 * Return: true when it has died.
 */
bool rtm_process_is_dead(struct pid *process)
{
	struct task_struct *task;
	bool dead;

	rcu_read_lock();
	task = pid_task(process, PIDTYPE_TGID);
	dead = !task || !atomic_read(&task->signal->live);
	rcu_read_unlock();
	return dead;
}

/**
 * rtm_lock_sweep() - end the holds of dead processes
 * @side: side structure
 * @doomed: takes the holds nothing is left of
 *
 * Context: any; hashed spinlock held.
 *
 * Return: true when there were any.
 */
bool rtm_lock_sweep(struct rtm_dest_lock *side, struct list_head *doomed)
{
	struct rtm_hold *hold, *next;
	u32 before = side->n_user;

	if (!before)
		return false;
	list_for_each_entry_safe(hold, next, &side->holds, l.link)
		if (rtm_hold_is_user(hold) && rtm_process_is_dead(hold->l.process))
			take_away(side, hold, doomed);
	return side->n_user != before;
}

/**
 * rtm_lock_is_held() - has the calling thread locked a destination
 * @dest: the destination; the caller has a reference
 * @entity: through which
 * @mode: in which mode
 *
 * Context: process.
 *
 * Return: true when it has; somebody may break that a moment later.
 */
bool rtm_lock_is_held(struct rtm_dest *dest, const struct rtm_entity *entity,
		      enum rtm_lock_mode mode)
{
	struct rtm_hold *hold = NULL;
	struct rtm_dest_lock *side;
	bool held = false;
	LIST_HEAD(doomed);

	side = rtm_lock_side_begin(dest);
	if (side)
		hold = rtm_grant_find(side, entity, task_pid(current), mode);
	if (hold)
		held = hold->l.thread == task_pid(current);
	rtm_lock_side_end(dest, &doomed);
	return held;
}

/**
 * rtm_lock_break() - an administrator's way out: end every hold of a destination
 * @dest: the destination; the caller has a reference
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: number of holders that lost it.
 */
unsigned int rtm_lock_break(struct rtm_dest *dest)
{
	static const struct evict all;
	struct rtm_dest_lock *side;
	unsigned int n = 0;
	LIST_HEAD(doomed);

	side = rtm_lock_side_begin(dest);
	if (side)
		n = evict_holds(side, &all, &doomed);
	rtm_lock_side_end(dest, &doomed);
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_break);

/*
 * Listings
 */

/**
 * rtm_lock_state() - is a destination locked by a user
 * @dest: the destination; the caller has a reference
 *
 * Context: process.
 *
 * Return: 0 no, 1 shared, 2 exclusively.
 */
unsigned int rtm_lock_state(struct rtm_dest *dest)
{
	struct rtm_dest_lock *side;
	unsigned int state = 0;
	LIST_HEAD(doomed);

	side = rtm_lock_side_begin(dest);
	if (side && side->n_user)
		state = side->n_user_excl ? 2 : 1;
	rtm_lock_side_end(dest, &doomed);
	return state;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_state);

static void describe(struct rtm_lock_info *info, const struct rtm_locker *l)
{
	info->dest = l->dest;
	info->entity = l->entity;
	info->process = get_pid(l->process);
	info->thread = get_pid(l->thread);
	info->since = l->since;
	rtm_dest_hold(l->dest);
	rtm_entity_hold(l->entity);
}

static void describe_hold(struct rtm_lock_info *info, const struct rtm_hold *hold)
{
	describe(info, &hold->l);
	info->exclusive = hold->user[RTM_LOCK_EXCLUSIVE];
	info->shared = hold->user[RTM_LOCK_SHARED];
	info->waiting = false;
}

static void describe_waiter(struct rtm_lock_info *info, const struct rtm_lock_request *r)
{
	describe(info, &r->l);
	info->exclusive = r->mode == RTM_LOCK_EXCLUSIVE;
	info->shared = r->mode == RTM_LOCK_SHARED;
	info->waiting = true;
}

/* In a listing the waiters come after the holders. */
#define WAITER_BIT	BIT_ULL(63)

static unsigned int list_side(const struct rtm_dest_lock *side, struct rtm_lock_cursor *cursor,
			      struct rtm_lock_info *infos, unsigned int room)
{
	const struct rtm_lock_request *r;
	const struct rtm_hold *hold;
	unsigned int n = 0;

	if (side->seq != cursor->side)
		cursor->locker = 0;
	cursor->side = side->seq;
	list_for_each_entry(hold, &side->holds, l.link) {
		if (n == room)
			return n;
		if (!rtm_hold_is_user(hold) || hold->l.seq <= cursor->locker)
			continue;
		cursor->locker = hold->l.seq;
		describe_hold(&infos[n++], hold);
	}
	list_for_each_entry(r, &side->waiters, l.link) {
		if (n == room)
			return n;
		if ((r->l.seq | WAITER_BIT) <= cursor->locker)
			continue;
		cursor->locker = r->l.seq | WAITER_BIT;
		describe_waiter(&infos[n++], r);
	}
	return n;
}

/**
 * rtm_lock_list() - list holders and waiters of a namespace
 * @rnet: the namespace
 * @cursor: all zero to begin; afterwards as the last call left it
 * @infos: out: holders and waiters, for rtm_lock_list_put()
 * @room: entries of @infos
 *
 * What is there throughout a listing appears once.
 *
 * Context: process, may sleep.
 *
 * Return: number of entries, less than @room at the end; -EINVAL for a cursor that
 * no call has left.
 */
int rtm_lock_list(const struct rtm_net *rnet, struct rtm_lock_cursor *cursor,
		  struct rtm_lock_info *infos, unsigned int room)
{
	const struct rtm_dest_lock *side;
	struct list_head *sides;
	unsigned int n = 0;

	if (cursor->bucket > RTM_LOCK_N_BUCKETS)
		return -EINVAL;
	while (n < room && cursor->bucket < RTM_LOCK_N_BUCKETS) {
		sides = rtm_lock_bucket_begin(cursor->bucket);
		list_for_each_entry(side, sides, link)
			if (n < room && side->seq >= cursor->side &&
			    side->dest->table->rnet == rnet)
				n += list_side(side, cursor, infos + n, room - n);
		rtm_lock_bucket_end(cursor->bucket);
		if (n < room) {
			cursor->bucket++;
			cursor->side = 0;
			cursor->locker = 0;
		}
		cond_resched();
	}
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_list);

/**
 * rtm_lock_list_put() - let go of what a listing refers to
 * @infos: as rtm_lock_list() filled them
 * @n: number of entries
 *
 * Context: process, may sleep.
 */
void rtm_lock_list_put(struct rtm_lock_info *infos, unsigned int n)
{
	while (n--) {
		put_pid(infos[n].process);
		put_pid(infos[n].thread);
		rtm_entity_put(infos[n].entity);
		rtm_dest_put(infos[n].dest);
	}
}
EXPORT_SYMBOL_IF_KUNIT(rtm_lock_list_put);
