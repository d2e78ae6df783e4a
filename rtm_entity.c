// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entities: registration, its end, and what happens to what they leave.
 *
 * An entity is made by a registration and listed in its table under its name.  It
 * ends in one of two ways:
 *
 *  - deregistration, always: the name is free at once, locks, opaque cells, routes
 *    and next hops are removed before the call returns (a route whose destination
 *    somebody else has locked goes when that lock does);
 *  - the file closes, because its process has died for instance: that is what the
 *    crash policy is for.  Without one it is the same, but in a work item, so that a
 *    process with a million routes exits promptly.  With RTM_REQ_KEEP the entity
 *    stays listed as kept, with its routes and next hops, until a registration of
 *    the same name takes it over.  With RTM_REQ_HOLD it does so for a while only:
 *    a delayed work item takes it apart, unless it was claimed in time.
 *
 * Who comes first, a claim or the end of the time, is decided under the table's lock,
 * and nothing else counts: a work item that was queued for an earlier time finds that
 * the entity is registered, or held until later, and does nothing.
 *
 * Death has three steps.  First the state changes under the table's lock: calls
 * that begin later find no registration.  Then rtm_lock_drop_entity() ends those
 * that wait, and @closed stops routes from being added.  What is left can be taken
 * apart at leisure; the object itself stays until routes, handles and calls in
 * flight have let go of it.
 */
#include "rtm_entity.h"

#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <kunit/visibility.h>

#include "rtm_client.h"
#include "rtm_handle.h"
#include "rtm_limits.h"
#include "rtm_lock.h"
#include "rtm_method.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_object.h"
#include "rtm_opaque.h"
#include "rtm_reap.h"
#include "rtm_round.h"
#include "rtm_table.h"
#include "rtm_trace.h"
#include "rtm_watch.h"

/* Purges of closed files, ends of held entities; flushed before a namespace goes. */
static struct workqueue_struct *purge_wq;

/**
 * rtm_entity_hold() - take another reference to an entity one has already
 * @entity: the entity
 */
void rtm_entity_hold(struct rtm_entity *entity)
{
	refcount_inc(&entity->refs);
}

/**
 * rtm_entity_put() - give a reference back
 * @entity: the entity
 *
 * Context: process, may sleep (its table may go with it).
 */
void rtm_entity_put(struct rtm_entity *entity)
{
	struct rtm_table *table = entity->table;

	if (!refcount_dec_and_test(&entity->refs))
		return;
	WARN_ON_ONCE(!rtm_quota_empty(&entity->quota));
	atomic64_dec(&table->rnet->count.entities);
	put_pid(entity->process);
	kfree_rcu(entity, rcu);
	rtm_table_put(table);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_entity_put);

/**
 * rtm_entity_is_registered() - does a file have the entity
 * @entity: the entity
 *
 * Return: true until deregistration or close begins; stable under the table's
 * lock only.
 */
bool rtm_entity_is_registered(const struct rtm_entity *entity)
{
	return READ_ONCE(entity->state) == RTM_ENTITY_REGISTERED;
}

int rtm_entity_id_cmp(const struct rtm_entity_id *a, const struct rtm_entity_id *b)
{
	if (a->protocol != b->protocol)
		return a->protocol < b->protocol ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return 0;
}

/* Remove what an entity left that has gone. */
static void purge(struct rtm_entity *entity)
{
	rtm_route_purge(entity);
	rtm_nexthop_purge(entity);
}

static void purge_work(struct work_struct *work)
{
	struct rtm_entity *entity = container_of(work, struct rtm_entity, purge);

	purge(entity);
	rtm_entity_put(entity);
}

static void hold_work(struct work_struct *work);

static struct rtm_entity *entity_alloc(struct rtm_table *table, const struct rtm_entity_id *id)
{
	struct rtm_entity *entity = kzalloc(sizeof(*entity), RTM_GFP_CLIENT);

	if (!entity)
		return NULL;
	refcount_set(&entity->refs, 1);
	INIT_LIST_HEAD(&entity->link);
	INIT_LIST_HEAD(&entity->client_link);
	rtm_table_hold(table);
	entity->table = table;
	entity->id = *id;
	entity->state = RTM_ENTITY_GONE;
	rtm_lock_owner_init(&entity->locks);
	rtm_nexthop_locks_init(&entity->nexthop_locks);
	rtm_method_init(&entity->methods);
	spin_lock_init(&entity->routes_lock);
	mutex_init(&entity->rotate_lock);
	rtm_expiry_owner_init(&entity->expiry);
	INIT_LIST_HEAD(&entity->routes);
	INIT_LIST_HEAD(&entity->held);
	entity->nexthops = RB_ROOT;
	rtm_quota_init(&entity->quota, rtm_entity_max);
	INIT_LIST_HEAD(&entity->cells);
	spin_lock_init(&entity->objects_lock);
	INIT_LIST_HEAD(&entity->objects);
	INIT_LIST_HEAD(&entity->watchers);
	INIT_LIST_HEAD(&entity->watching);
	INIT_WORK(&entity->purge, purge_work);
	INIT_DELAYED_WORK(&entity->hold, hold_work);
	atomic64_inc(&table->rnet->count.entities);
	return entity;
}

static struct rtm_entity *find_locked(struct rtm_table *table, const struct rtm_entity_id *id)
{
	struct rtm_entity *entity;

	lockdep_assert_held(&table->lock);
	list_for_each_entry(entity, &table->entities, link)
		if (!rtm_entity_id_cmp(&entity->id, id))
			return entity;
	return NULL;
}

/* Whether the table has room for a registration that is not listed yet. */
static int check_limits(struct rtm_table *table, bool listed, u32 flags)
{
	if (!listed && table->n_entities >= rtm_max_entities)
		return -ENOSPC;
	if (flags & RTM_REQ_OPAQUE_SLOT && table->n_slots >= rtm_max_slots)
		return -ENOSPC;
	return 0;
}

static void list_locked(struct rtm_entity *entity)
{
	struct rtm_table *table = entity->table;

	rtm_entity_hold(entity);
	list_add_tail(&entity->link, &table->entities);
	table->n_entities++;
}

/* An entity that is not coming back; the caller has a reference besides the list's. */
static void unlist_locked(struct rtm_entity *entity)
{
	struct rtm_table *table = entity->table;

	lockdep_assert_held(&table->lock);
	list_del_init(&entity->link);
	table->n_entities--;
	WRITE_ONCE(entity->state, RTM_ENTITY_GONE);
	rtm_entity_put(entity);
}

/* Time for a held entity; one reference stays with the work item while it is queued. */
static void hold_begin_locked(struct rtm_entity *entity, unsigned long until)
{
	unsigned long now = jiffies;
	unsigned long delay = time_after(until, now) ? until - now : 0;

	lockdep_assert_held(&entity->table->lock);
	entity->hold_until = until;
	rtm_entity_hold(entity);
	/* the list has a reference, too: none of these is the last */
	if (mod_delayed_work(purge_wq, &entity->hold, delay))
		rtm_entity_put(entity);
}

static void hold_end_locked(struct rtm_entity *entity)
{
	lockdep_assert_held(&entity->table->lock);
	if (cancel_delayed_work(&entity->hold))
		rtm_entity_put(entity);
}

static unsigned long hold_from_now(const struct rtm_crash_policy *policy)
{
	return jiffies + msecs_to_jiffies(policy->hold_ms);
}

/**
 * rtm_entity_hold_ms() - how long an entity is held
 * @entity: the entity
 *
 * Context: the table's lock held.
 *
 * Return: milliseconds: those its policy says, or once it is held those that are
 * left, and 0 without such a policy.
 */
u32 rtm_entity_hold_ms(const struct rtm_entity *entity)
{
	unsigned long now = jiffies;

	if (!(entity->policy.flags & RTM_REQ_HOLD) || entity->state != RTM_ENTITY_KEPT)
		return entity->policy.hold_ms;
	if (time_after_eq(now, entity->hold_until))
		return 0;
	return jiffies_to_msecs(entity->hold_until - now);
}

/* A kept entity is taken over with all it has. */
static void claim_locked(struct rtm_entity *entity, struct rtm_claim *claim)
{
	claim->policy = entity->policy;
	claim->hold_until = entity->hold_until;
	hold_end_locked(entity);
	rtm_lock_owner_revive(&entity->locks);
	rtm_nexthop_locks_revive(&entity->nexthop_locks);
	rtm_resync_forget(entity);
}

/* A module's registration is no process's: it lasts until the module ends it. */
static void note_process(struct rtm_entity *entity, const struct rtm_client *client)
{
	put_pid(entity->process);
	entity->process = client->in_kernel ? NULL : get_pid(task_tgid(current));
	entity->uid = client->in_kernel ? GLOBAL_ROOT_UID : current_euid();
}

/*
 * Give a new or kept entity to @client; the table lists it from now on.  Being here
 * needs CAP_NET_ADMIN, which is right enough to claim any name.
 */
static void attach_locked(struct rtm_client *client, struct rtm_entity *entity,
			  const struct rtm_entity_spec *spec, struct rtm_claim *claim)
{
	struct rtm_table *table = entity->table;

	claim->kept = entity->state == RTM_ENTITY_KEPT;
	if (claim->kept)
		claim_locked(entity, claim);
	else
		list_locked(entity);
	note_process(entity, client);
	entity->flags = spec->flags;
	entity->policy = spec->policy;
	entity->client = client;
	rtm_method_open(entity, client, spec->n_methods);
	if (spec->flags & RTM_REQ_OPAQUE_SLOT)
		table->n_slots++;
	WRITE_ONCE(entity->state, RTM_ENTITY_REGISTERED);
	rtm_entity_hold(entity);
	spin_lock(&client->entities_lock);
	list_add_tail(&entity->client_link, &client->entities);
	spin_unlock(&client->entities_lock);
}

/* Returns the entity that has the name now, with a reference for the caller. */
static struct rtm_entity *register_locked(struct rtm_client *client, struct rtm_entity *fresh,
					  const struct rtm_entity_spec *spec,
					  struct rtm_claim *claim)
{
	struct rtm_table *table = fresh->table;
	struct rtm_entity *entity;
	int err;

	entity = find_locked(table, &fresh->id);
	if (entity && entity->state != RTM_ENTITY_KEPT)
		return ERR_PTR(-EEXIST);
	err = check_limits(table, entity, spec->flags);
	if (err)
		return ERR_PTR(err);
	if (!entity)
		entity = fresh;
	attach_locked(client, entity, spec, claim);
	rtm_entity_hold(entity);
	return entity;
}

/* An entity of that name whose file is just closing, as a reference, or NULL. */
static struct rtm_entity *find_leaving_locked(struct rtm_table *table,
					      const struct rtm_entity_id *id)
{
	struct rtm_entity *entity = find_locked(table, id);

	if (!entity || entity->state != RTM_ENTITY_LEAVING)
		return NULL;
	rtm_entity_hold(entity);
	return entity;
}

/*
 * Lock the table.  A name whose last registration is still being ended can be claimed
 * in a moment: nothing of that waits for a user.
 */
static int lock_settled(struct rtm_table *table, const struct rtm_entity_id *id)
{
	struct rtm_entity *entity;
	int err;

	for (;;) {
		mutex_lock(&table->lock);
		entity = find_leaving_locked(table, id);
		if (!entity)
			return 0;
		mutex_unlock(&table->lock);
		err = wait_event_interruptible(table->settled, READ_ONCE(entity->state) !=
					       RTM_ENTITY_LEAVING);
		rtm_entity_put(entity);
		if (err)
			return err;
	}
}

/**
 * rtm_entity_register() - register an entity for an open file
 * @client: the file
 * @spec: the entity, checked
 * @claim: out: what the entity was before, for rtm_entity_unclaim()
 *
 * Context: process, may sleep, takes rtm_net.lock and the table's lock.
 *
 * Return: a reference for the caller (the file has its own until the registration
 * ends), or an ERR_PTR(): -EEXIST, -ENOSPC, -ENOMEM, -ENODEV, -ERESTARTSYS.
 */
struct rtm_entity *rtm_entity_register(struct rtm_client *client,
				       const struct rtm_entity_spec *spec,
				       struct rtm_claim *claim)
{
	struct rtm_entity *entity;
	struct rtm_entity *fresh;
	struct rtm_table *table;
	int err;

	table = rtm_table_get_or_create(client->rnet, spec->id.instance, spec->id.family);
	if (IS_ERR(table))
		return ERR_CAST(table);
	fresh = entity_alloc(table, &spec->id);
	rtm_table_put(table);
	if (!fresh)
		return ERR_PTR(-ENOMEM);
	err = lock_settled(table, &spec->id);
	if (err) {
		rtm_entity_put(fresh);
		return ERR_PTR(err);
	}
	entity = register_locked(client, fresh, spec, claim);
	mutex_unlock(&table->lock);
	if (!IS_ERR(entity))
		trace_rtm_entity(entity, RTM_ENTITY_REGISTERED);
	rtm_entity_put(fresh);
	return entity;
}

/**
 * rtm_entity_announce() - tell those who listen that an entity has registered
 * @entity: a registration whose handle its file has got
 *
 * Apart from rtm_entity_register(), so that nobody hears of a registration that
 * could not be completed, nor is such a one asked about its routes.
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: 0; -EIDRM when the registration has ended again; -ENOMEM.
 */
int rtm_entity_announce(struct rtm_entity *entity)
{
	int err = -EIDRM;

	mutex_lock(&entity->table->lock);
	if (rtm_entity_is_registered(entity))
		err = rtm_watch_join(entity);
	if (!err && entity->flags & RTM_REQ_EVENTS)
		rtm_expiry_open(entity, entity->client);
	mutex_unlock(&entity->table->lock);
	return err;
}

static void close_routes(struct rtm_entity *entity)
{
	spin_lock(&entity->routes_lock);
	WRITE_ONCE(entity->closed, true);
	spin_unlock(&entity->routes_lock);
}

/*
 * The first step of death.  False when somebody else was faster: the caller then
 * has nothing to do.  On true the file's reference is the caller's, and the entity
 * is gone, or leaving if @death may not be the end of what it has.
 */
static bool detach(struct rtm_client *client, struct rtm_entity *entity, bool death)
{
	struct rtm_table *table = entity->table;
	bool mine;

	mutex_lock(&table->lock);
	mine = entity->state == RTM_ENTITY_REGISTERED && entity->client == client;
	if (mine) {
		rtm_watch_leave(entity);
		entity->client = NULL;
		if (entity->flags & RTM_REQ_OPAQUE_SLOT)
			table->n_slots--;
		if (death && entity->policy.flags)
			WRITE_ONCE(entity->state, RTM_ENTITY_LEAVING);
		else
			unlist_locked(entity);
		spin_lock(&client->entities_lock);
		list_del_init(&entity->client_link);
		spin_unlock(&client->entities_lock);
	}
	mutex_unlock(&table->lock);
	return mine;
}

/*
 * The second step: nobody waits for it, holds for it or adds to it any more.  Its handles
 * go before anybody can claim it: that could be another thread of the same file.
 */
static void quiesce(struct rtm_client *client, struct rtm_entity *entity)
{
	rtm_lock_drop_entity(entity);
	rtm_nexthop_locks_close(entity);
	rtm_method_close(entity);
	rtm_expiry_close(entity);
	rtm_object_end_all(entity);
	rtm_opaque_purge(entity);
	rtm_handle_deregister(client, entity);
	trace_rtm_entity(entity, entity->state);
}

/* The third step, later; the caller's reference goes with it. */
static void purge_later(struct rtm_entity *entity)
{
	close_routes(entity);
	queue_work(purge_wq, &entity->purge);
}

/**
 * rtm_entity_deregister() - end a registration and remove all it has
 * @client: the file that asks
 * @entity: one of its registrations
 *
 * Context: process, may sleep; yields the CPU while it removes routes.
 *
 * Return: 0; -EBADF when the entity is not registered by this file (any more).
 */
int rtm_entity_deregister(struct rtm_client *client, struct rtm_entity *entity)
{
	if (!detach(client, entity, false))
		return -EBADF;
	quiesce(client, entity);
	close_routes(entity);
	purge(entity);
	rtm_entity_put(entity);
	return 0;
}

static void keep_locked(struct rtm_entity *entity, const struct rtm_claim *claim)
{
	entity->flags = 0;
	rtm_quota_forget(&entity->quota, RTM_QUOTA_OWN);
	WRITE_ONCE(entity->state, RTM_ENTITY_KEPT);
	if (entity->policy.flags & RTM_REQ_HOLD)
		hold_begin_locked(entity, claim ? claim->hold_until :
					  hold_from_now(&entity->policy));
}

/*
 * From now on the name can be claimed.  Not before: nothing of the old registration
 * is left to end now, so that a new one is not ended in its place.  The policy counts
 * that the entity has now.  The caller's reference goes.
 */
static void settle(struct rtm_entity *entity, const struct rtm_claim *claim)
{
	struct rtm_table *table = entity->table;
	bool stays;

	mutex_lock(&table->lock);
	stays = entity->policy.flags;
	if (stays)
		keep_locked(entity, claim);
	else
		unlist_locked(entity);
	mutex_unlock(&table->lock);
	wake_up_all(&table->settled);
	trace_rtm_entity(entity, entity->state);
	if (stays)
		rtm_entity_put(entity);
	else
		purge_later(entity);
}

static void end_of_file(struct rtm_client *client, struct rtm_entity *entity,
			const struct rtm_claim *claim)
{
	if (!detach(client, entity, true))
		return;
	quiesce(client, entity);
	if (READ_ONCE(entity->state) == RTM_ENTITY_LEAVING)
		settle(entity, claim);
	else
		purge_later(entity);
}

/**
 * rtm_entity_close() - end a registration because its file closes
 * @client: the file
 * @entity: one of its registrations
 *
 * What it has goes or stays as its crash policy says.
 *
 * Context: process, may sleep; what is long is left to a work item.
 */
void rtm_entity_close(struct rtm_client *client, struct rtm_entity *entity)
{
	end_of_file(client, entity, NULL);
}

/**
 * rtm_entity_unclaim() - leave a kept entity as it was found
 * @client: the file
 * @entity: one of its registrations, which was kept
 * @claim: what it was; its time goes on as if nothing had happened
 *
 * Context: process, may sleep.
 */
void rtm_entity_unclaim(struct rtm_client *client, struct rtm_entity *entity,
			const struct rtm_claim *claim)
{
	mutex_lock(&entity->table->lock);
	entity->policy = claim->policy;
	mutex_unlock(&entity->table->lock);
	end_of_file(client, entity, claim);
}

/* The time of a held entity is over, if it was not claimed and this is still its time. */
static void hold_work(struct work_struct *work)
{
	struct rtm_entity *entity = container_of(to_delayed_work(work), struct rtm_entity, hold);
	struct rtm_table *table = entity->table;
	bool over;

	mutex_lock(&table->lock);
	over = entity->state == RTM_ENTITY_KEPT && entity->policy.flags & RTM_REQ_HOLD &&
	       time_after_eq(jiffies, entity->hold_until);
	if (over)
		unlist_locked(entity);
	mutex_unlock(&table->lock);
	if (over) {
		trace_rtm_entity(entity, RTM_ENTITY_GONE);
		close_routes(entity);
		purge(entity);
	}
	rtm_entity_put(entity);
}

/* A new policy for an entity that is kept already.  False if that is the end of it. */
static bool change_kept_locked(struct rtm_entity *entity)
{
	hold_end_locked(entity);
	if (entity->policy.flags & RTM_REQ_HOLD)
		hold_begin_locked(entity, hold_from_now(&entity->policy));
	if (entity->policy.flags)
		return true;
	unlist_locked(entity);
	return false;
}

/**
 * rtm_entity_set_policy() - what is to become of what an entity leaves
 * @entity: registered, leaving, or kept already: then it takes effect at once
 * @policy: the policy
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: 0; -EIDRM when the entity has gone.
 */
int rtm_entity_set_policy(struct rtm_entity *entity, const struct rtm_crash_policy *policy)
{
	bool stays = true;
	int err = 0;

	mutex_lock(&entity->table->lock);
	if (entity->state == RTM_ENTITY_GONE) {
		err = -EIDRM;
	} else {
		entity->policy = *policy;
		if (entity->state == RTM_ENTITY_KEPT)
			stays = change_kept_locked(entity);
	}
	mutex_unlock(&entity->table->lock);
	if (!stays) {
		rtm_entity_hold(entity);
		purge_later(entity);
	}
	return err;
}

/**
 * rtm_entity_next() - walk the entities of a table in order of their names
 * @table: the table
 * @after: name of the last one seen, NULL to begin
 * @kept: whether kept ones count as well as registered ones
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: a reference, or NULL at the end.
 */
struct rtm_entity *rtm_entity_next(struct rtm_table *table, const struct rtm_entity_id *after,
				   bool kept)
{
	struct rtm_entity *found = NULL;
	struct rtm_entity *entity;

	mutex_lock(&table->lock);
	list_for_each_entry(entity, &table->entities, link) {
		if (!kept && entity->state != RTM_ENTITY_REGISTERED)
			continue;
		if (after && rtm_entity_id_cmp(&entity->id, after) <= 0)
			continue;
		if (!found || rtm_entity_id_cmp(&entity->id, &found->id) < 0)
			found = entity;
	}
	if (found)
		rtm_entity_hold(found);
	mutex_unlock(&table->lock);
	return found;
}

/**
 * rtm_entity_find() - a registered or kept entity by its name
 * @table: the table
 * @id: protocol and instance
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: a reference, or NULL.
 */
struct rtm_entity *rtm_entity_find(struct rtm_table *table, const struct rtm_entity_id *id)
{
	struct rtm_entity *entity;

	mutex_lock(&table->lock);
	entity = find_locked(table, id);
	if (entity)
		rtm_entity_hold(entity);
	mutex_unlock(&table->lock);
	return entity;
}

/* A kept or held entity of the table, marked gone, with a reference. */
static struct rtm_entity *pop_kept(struct rtm_table *table)
{
	struct rtm_entity *found = NULL;
	struct rtm_entity *entity;

	mutex_lock(&table->lock);
	list_for_each_entry(entity, &table->entities, link) {
		if (entity->state != RTM_ENTITY_KEPT)
			continue;
		found = entity;
		rtm_entity_hold(found);
		hold_end_locked(found);
		unlist_locked(found);
		break;
	}
	mutex_unlock(&table->lock);
	return found;
}

/**
 * rtm_entity_purge_all() - remove what kept and held entities left, for good
 * @rnet: namespace state; no file is open in it any more
 *
 * Nothing of them is running any more when it returns.
 *
 * Context: process, may sleep, no lock held, RTNL neither.
 */
void rtm_entity_purge_all(struct rtm_net *rnet)
{
	struct rtm_entity *entity;
	struct rtm_table *table;
	unsigned long index = 0;

	while ((table = rtm_table_next(rnet, &index))) {
		while ((entity = pop_kept(table))) {
			close_routes(entity);
			purge(entity);
			rtm_entity_put(entity);
		}
		rtm_table_put(table);
		index++;
	}
	/* one whose time was over just before has a reference to its table */
	rtm_entity_flush();
}

/**
 * rtm_entity_flush() - wait for the purges of closed files
 *
 * Context: process, may sleep, no lock held, RTNL neither.
 */
void rtm_entity_flush(void)
{
	flush_workqueue(purge_wq);
}

/**
 * rtm_entity_init() - make what all entities share
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_entity_init(void)
{
	purge_wq = alloc_workqueue("rtm_purge", WQ_UNBOUND, 0);
	return purge_wq ? 0 : -ENOMEM;
}

/**
 * rtm_entity_exit() - undo rtm_entity_init()
 */
void rtm_entity_exit(void)
{
	destroy_workqueue(purge_wq);
}
