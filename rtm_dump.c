// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listings: what rtmctl shows.
 *
 * A dump takes no handle and waits for nobody's lock; it shows what is committed.
 * Nothing is held between two records: the cursor is the key of the last record
 * stored (prefix and place within the destination; name of an entity), so items
 * that are there throughout appear once and in order, whatever else changes.
 *
 * One record at a time is built in kernel memory and copied out.  One that has no
 * room any more ends the call and is built again by the next.
 */
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sockptr.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_expiry.h"
#include "rtm_fib.h"
#include "rtm_holddown.h"
#include "rtm_ioctl.h"
#include "rtm_lock.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_notify.h"
#include "rtm_route.h"
#include "rtm_select.h"
#include "rtm_table.h"

#define DUMP_SELECT	(RTM_DUMP_EXACT | RTM_DUMP_MATCH | RTM_DUMP_SUBTREE)

/* The largest record: a route with as many next hops as any may have. */
#define RECORD_MAX	(sizeof(struct rtm_route_rec) +				\
			 RTM_MAX_NEXTHOPS * sizeof(struct rtm_route_rec_nexthop))

/**
 * struct dump - one call
 * @cmd: the call
 * @arg: its argument
 * @table: table dumped, a reference, or NULL where all are
 * @prefix: prefix asked for
 * @used: bytes stored
 * @record: memory for one record
 */
struct dump {
	struct rtm_cmd *cmd;
	struct rtm_dump *arg;
	struct rtm_table *table;
	struct rtm_prefix prefix;
	u32 used;
	void *record;
};

/* Store the record.  -EMSGSIZE: no room, the dump goes on from here next time. */
static int store(struct dump *d, u32 size)
{
	if (size > d->arg->buf_size - d->used)
		return -EMSGSIZE;
	*(u32 *)d->record = size;
	if (copy_to_sockptr(rtm_client_ptr(d->cmd->client, d->arg->buf + d->used), d->record, size))
		return -EFAULT;
	d->used += size;
	d->arg->count++;
	return 0;
}

/* End of a call: store what the caller needs to continue. */
static int finish(struct dump *d, int err)
{
	if (err && err != -EMSGSIZE)
		return err;
	d->arg->more = err == -EMSGSIZE;
	d->arg->buf_size = d->used;
	return rtm_cmd_reply(d->cmd);
}

static int check_select(const struct rtm_dump *arg, u32 allowed)
{
	u32 select = arg->flags & DUMP_SELECT;

	if (arg->flags & ~allowed)
		return -EOPNOTSUPP;
	if (select & (select - 1) || arg->pad)
		return -EINVAL;
	if (arg->buf_size < RTM_DUMP_MIN_BUF || arg->buf_size > RTM_DUMP_MAX_BUF)
		return -EINVAL;
	return 0;
}

static int begin(struct dump *d, struct rtm_cmd *cmd, u32 allowed)
{
	struct rtm_dump *arg = &cmd->arg.dump;
	int err;

	*d = (struct dump){ .cmd = cmd, .arg = arg };
	err = check_select(arg, allowed);
	if (err)
		return err;
	arg->count = 0;
	arg->more = 0;
	d->record = kmalloc(RECORD_MAX, GFP_KERNEL_ACCOUNT);
	return d->record ? 0 : -ENOMEM;
}

static void end(struct dump *d)
{
	if (d->table)
		rtm_table_put(d->table);
	kfree(d->record);
}

/* The table the request names.  A namespace without it has nothing to show. */
static int begin_table(struct dump *d, struct rtm_cmd *cmd, u32 allowed)
{
	struct rtm_dump *arg = &cmd->arg.dump;
	int err;

	err = begin(d, cmd, allowed);
	if (err)
		return err;
	err = rtm_prefix_from_user(&d->prefix, &arg->prefix, arg->prefix.family);
	if (err)
		return err;
	d->table = rtm_table_find(cmd->client->rnet, arg->instance, arg->prefix.family);
	return 0;
}

/* Cursors of the kinds of dump; each is overlaid on the cursor of the request. */

/**
 * struct dest_cursor - where a dump of destinations or routes is
 * @key: prefix of the destination last touched
 * @len: its length
 * @started: 1 once the members are valid
 * @partial: 1 while routes of that destination may be left
 * @pad: zero
 * @preference: rank of its last route stored
 * @metric: same
 * @seq: same
 * @pad2: zero
 */
struct dest_cursor {
	struct rtm_key key;
	u8 len;
	u8 started;
	u8 partial;
	u8 pad[5];
	u32 preference;
	u32 metric;
	u32 seq;
	u32 pad2;
};

static int load_cursor(struct dump *d, struct dest_cursor *c)
{
	unsigned int bits;

	BUILD_BUG_ON(sizeof(*c) != sizeof(d->arg->cursor));
	memcpy(c, d->arg->cursor, sizeof(*c));
	bits = rtm_family_bits(d->arg->prefix.family);
	if (c->started > 1 || c->partial > 1 || c->len > bits || c->pad2 ||
	    memchr_inv(c->pad, 0, sizeof(c->pad)))
		return -EINVAL;
	c->key = rtm_key_mask(c->key, c->len);
	if (!c->started && (c->partial || c->len || c->key.hi || c->key.lo))
		return -EINVAL;
	return 0;
}

static void save_cursor(struct dump *d, const struct dest_cursor *c)
{
	memcpy(d->arg->cursor, c, sizeof(*c));
}

/* A dump of one destination has one step, the others walk. */
static struct rtm_dest *first_dest(struct dump *d)
{
	if (d->arg->flags & RTM_DUMP_EXACT)
		return rtm_dest_find(d->table, &d->prefix);
	if (d->arg->flags & RTM_DUMP_MATCH)
		return rtm_dest_match(d->table, &d->prefix, 0);
	if (d->arg->flags & RTM_DUMP_SUBTREE)
		return rtm_dest_next(d->table, &d->prefix, true);
	return rtm_dest_next(d->table, NULL, true);
}

static struct rtm_dest *next_dest(struct dump *d, const struct dest_cursor *c)
{
	struct rtm_prefix at = { .key = c->key, .len = c->len };

	if (c->partial)
		return rtm_dest_find(d->table, &at) ? : rtm_dest_next(d->table, &at, false);
	if (d->arg->flags & (RTM_DUMP_EXACT | RTM_DUMP_MATCH))
		return NULL;
	return rtm_dest_next(d->table, &at, false);
}

static bool in_subtree(struct dump *d, const struct rtm_dest *dest)
{
	struct rtm_prefix p;

	if (!(d->arg->flags & RTM_DUMP_SUBTREE))
		return true;
	rtm_dest_prefix(dest, &p);
	return rtm_prefix_covers(&d->prefix, &p);
}

/* The destination to show next, with a reference, or NULL at the end. */
static struct rtm_dest *step(struct dump *d, const struct dest_cursor *c)
{
	struct rtm_dest *dest = c->started ? next_dest(d, c) : first_dest(d);

	if (!dest || in_subtree(d, dest))
		return dest;
	rtm_dest_put(dest);
	return NULL;
}

static void cursor_at(struct dest_cursor *c, const struct rtm_dest *dest)
{
	if (c->partial && rtm_key_diff(c->key, dest->leaf.key) >= 128 &&
	    c->len == dest->leaf.len)
		return;
	*c = (struct dest_cursor){
		.key = dest->leaf.key,
		.len = dest->leaf.len,
		.started = 1,
	};
}

typedef int (*dest_dump_fn)(struct dump *d, struct rtm_dest *dest, struct dest_cursor *c);

static int walk_dests(struct dump *d, dest_dump_fn fn)
{
	struct dest_cursor c;
	struct rtm_dest *dest;
	int err;

	err = load_cursor(d, &c);
	while (!err && d->table && (dest = step(d, &c))) {
		struct dest_cursor at = c;

		cursor_at(&at, dest);
		err = fn(d, dest, &at);
		rtm_dest_put(dest);
		if (!err || at.partial)
			c = at;
		cond_resched();
	}
	save_cursor(d, &c);
	return err;
}

static int dump_dests(struct rtm_cmd *cmd, dest_dump_fn fn)
{
	struct dump d;
	int err;

	err = begin_table(&d, cmd, DUMP_SELECT);
	if (!err)
		err = finish(&d, walk_dests(&d, fn));
	end(&d);
	return err;
}

static void dest_prefix_to_user(struct rtm_net_prefix *user, const struct rtm_dest *dest)
{
	struct rtm_prefix p;

	rtm_dest_prefix(dest, &p);
	rtm_prefix_to_user(user, &p, dest->table->family);
}

static int dump_dest(struct dump *d, struct rtm_dest *dest, struct dest_cursor *c)
{
	struct rtm_dest_rec *rec = d->record;
	struct rtm_holddown_info hold;

	/* One record is all there is of it, whatever a forged cursor says. */
	c->partial = 0;
	memset(rec, 0, sizeof(*rec));
	rec->refs = refcount_read(&dest->leaf.refs) - 1;
	dest_prefix_to_user(&rec->prefix, dest);
	rec->locked = rtm_lock_state(dest);
	rtm_kernel_read_begin(dest);
	rec->views = dest->leaf.views;
	rec->n_routes = dest->leaf.n_routes;
	rec->last_changed = dest->last_changed;
	rtm_holddown_info(dest, &hold);
	rtm_kernel_read_end(dest);
	rec->held = hold.held;
	rec->hold_views = hold.marked;
	rec->hold_ms = hold.ms;
	rtm_fib_describe(dest, &rec->fib_state, &rec->fib_errno, rec->fib_text,
			 sizeof(rec->fib_text));
	return store(d, sizeof(*rec));
}

int rtm_ioctl_dump_dests(struct rtm_cmd *cmd)
{
	return dump_dests(cmd, dump_dest);
}

/* Whether @route comes after the one the cursor stands on. */
static bool behind_cursor(const struct rtm_route *route, const struct dest_cursor *c)
{
	if (!c->partial)
		return true;
	if (route->preference != c->preference)
		return route->preference > c->preference;
	if (route->metric != c->metric)
		return route->metric > c->metric;
	return route->seq > c->seq;
}

static struct rtm_route *next_route(struct rtm_dest *dest, const struct dest_cursor *c)
{
	struct rtm_route *route;

	for (route = dest->routes; route; route = route->next)
		if (behind_cursor(route, c))
			return route;
	return NULL;
}

static void describe_hop(struct rtm_route_rec_nexthop *rec, const struct rtm_nexthop *nh,
			 u16 family)
{
	rtm_prefix_to_user(&rec->addr, &nh->addr, family);
	rec->ifindex = nh->ifindex;
	rec->flags = READ_ONCE(nh->flags);
	rec->state = READ_ONCE(nh->state);
}

static void describe_attrs(struct rtm_route_attrs *attrs, const struct rtm_route *route,
			   const struct rtm_nhset *nhs)
{
	attrs->neighbour = nhs->neighbour ? 1 : 0;
	attrs->cookie = route->cookie;
	attrs->n_nexthops = nhs->n;
	attrs->metric = route->metric;
	attrs->preference = route->preference;
	attrs->views = route->views;
	attrs->flags = route->flags;
	attrs->flags1 = route->flags1;
	attrs->state = rtm_route_live(route) ? RTM_STATE_CREATED : RTM_STATE_DELETING;
	attrs->mtu = nhs->mtu;
	memcpy(attrs->src, nhs->src, sizeof(attrs->src));
	attrs->ttl_ms = rtm_expiry_left_ms(route);
}

/* In a section of the kernel. */
static u32 describe_route(struct rtm_route_rec *rec, const struct rtm_route *route)
{
	const struct rtm_nhset *nhs = rcu_dereference_protected(route->nhs, true);
	u16 family = route->dest->table->family;
	u32 size = struct_size(rec, nexthops, nhs->n);
	unsigned int i;

	memset(rec, 0, size);
	rec->n_nexthops = nhs->n;
	dest_prefix_to_user(&rec->dest, route->dest);
	rec->owner = rtm_route_owner(route)->id;
	describe_attrs(&rec->attrs, route, nhs);
	if (nhs->neighbour)
		describe_hop(&rec->neighbour, nhs->neighbour, family);
	rec->best = rtm_route_best_views(route);
	rec->age_ms = rtm_route_age_ms(route);
	for (i = 0; i < nhs->n; i++)
		describe_hop(&rec->nexthops[i], nhs->nh[i], family);
	return size;
}

/* Build the record behind the cursor and move on.  0 when there is none left. */
static u32 build_route(struct dump *d, struct rtm_dest *dest, struct dest_cursor *c)
{
	struct rtm_route *route;
	u32 size = 0;

	rtm_kernel_read_begin(dest);
	route = next_route(dest, c);
	if (route) {
		size = describe_route(d->record, route);
		c->partial = 1;
		c->preference = route->preference;
		c->metric = route->metric;
		c->seq = route->seq;
	}
	rtm_kernel_read_end(dest);
	return size;
}

static void describe_dest_part(struct rtm_route_rec *rec, struct rtm_dest *dest)
{
	u32 error;

	rec->locked = rtm_lock_state(dest);
	if (rec->best & RTM_V_UCAST)
		rtm_fib_describe(dest, &rec->fib_state, &error, NULL, 0);
}

static int dump_dest_routes(struct dump *d, struct rtm_dest *dest, struct dest_cursor *c)
{
	struct dest_cursor next = *c;
	u32 size;
	int err;

	while ((size = build_route(d, dest, &next))) {
		describe_dest_part(d->record, dest);
		err = store(d, size);
		if (err)
			return err;
		*c = next;
		cond_resched();
	}
	c->partial = 0;
	return 0;
}

int rtm_ioctl_dump_routes(struct rtm_cmd *cmd)
{
	return dump_dests(cmd, dump_dest_routes);
}

/**
 * struct entity_cursor - where a dump of entities is
 * @table: index of the table
 * @id: name of the last entity stored there
 * @started: 1 once @id is valid
 * @pad: zero
 */
struct entity_cursor {
	u64 table;
	struct rtm_entity_id id;
	u64 started;
	u64 pad;
};

static struct entity_cursor *entity_cursor(struct dump *d)
{
	BUILD_BUG_ON(sizeof(struct entity_cursor) != sizeof(d->arg->cursor));
	BUILD_BUG_ON(offsetof(struct entity_cursor, table));
	return (struct entity_cursor *)d->arg->cursor;
}

static bool entity_cursor_valid(const struct entity_cursor *c)
{
	return c->started <= 1 && !c->pad && c->table <= U32_MAX;
}

static void describe_entity(struct rtm_entity_rec *rec, struct rtm_entity *entity)
{
	bool blocked;
	u32 n;

	memset(rec, 0, sizeof(*rec));
	rtm_method_count(entity, &n, &blocked);
	rec->n_methods = n;
	rec->blocked = blocked;
	mutex_lock(&entity->table->lock);
	rec->flags = entity->flags | entity->policy.flags;
	rec->hold_ms = rtm_entity_hold_ms(entity);
	rec->id = entity->id;
	rec->registered = entity->state == RTM_ENTITY_REGISTERED;
	rec->pid = rec->registered ? pid_vnr(entity->process) : 0;
	rec->uid = from_kuid_munged(current_user_ns(), entity->uid);
	rec->routes = READ_ONCE(entity->n_routes);
	rec->nexthops = entity->n_nexthops;
	mutex_unlock(&entity->table->lock);
}

static int dump_table_entities(struct dump *d, struct rtm_table *table)
{
	struct entity_cursor *c = entity_cursor(d);
	struct rtm_entity *entity;
	int err = 0;

	while (!err && (entity = rtm_entity_next(table, c->started ? &c->id : NULL, true))) {
		describe_entity(d->record, entity);
		err = store(d, sizeof(struct rtm_entity_rec));
		if (!err) {
			c->id = entity->id;
			c->started = 1;
		}
		rtm_entity_put(entity);
	}
	return err;
}

typedef int (*table_dump_fn)(struct dump *d, struct rtm_table *table);

/* All tables; the first word of the cursor is the index of one. */
static int walk_tables(struct dump *d, table_dump_fn fn)
{
	unsigned long index = d->arg->cursor[0];
	struct rtm_table *table;
	int err = 0;

	while (!err && (table = rtm_table_next(d->cmd->client->rnet, &index))) {
		if (index != d->arg->cursor[0]) {
			memset(d->arg->cursor, 0, sizeof(d->arg->cursor));
			d->arg->cursor[0] = index;
		}
		err = fn(d, table);
		rtm_table_put(table);
		index++;
	}
	return err;
}

int rtm_ioctl_dump_entities(struct rtm_cmd *cmd)
{
	struct dump d;
	int err;

	err = begin(&d, cmd, 0);
	if (!err && !entity_cursor_valid(entity_cursor(&d)))
		err = -EINVAL;
	if (!err)
		err = finish(&d, walk_tables(&d, dump_table_entities));
	end(&d);
	return err;
}

/**
 * struct nexthop_cursor - where a dump of next hops is
 * @protocol: entity last touched
 * @id: its instance
 * @key: address of its last next hop stored
 * @ifindex: its interface
 * @len: its address length
 * @started: 1 once the entity is valid
 * @partial: 1 once the next hop is valid
 * @pad: zero
 * @pad2: zero
 */
struct nexthop_cursor {
	u32 protocol;
	u32 id;
	struct rtm_key key;
	u32 ifindex;
	u8 len;
	u8 started;
	u8 partial;
	u8 pad;
	u64 pad2;
};

static int load_nexthop_cursor(struct dump *d, struct nexthop_cursor *c)
{
	BUILD_BUG_ON(sizeof(*c) != sizeof(d->arg->cursor));
	memcpy(c, d->arg->cursor, sizeof(*c));
	if (c->started > 1 || c->partial > 1 || c->pad || c->pad2 ||
	    c->len > rtm_family_bits(d->arg->prefix.family))
		return -EINVAL;
	return 0;
}

static void describe_nexthop(struct rtm_nexthop_rec *rec, const struct rtm_nexthop *nh)
{
	memset(rec, 0, sizeof(*rec));
	rec->ifindex = nh->ifindex;
	rtm_prefix_to_user(&rec->addr, &nh->addr, nh->owner->table->family);
	rec->owner = nh->owner->id;
	rec->users = atomic_read(&nh->users);
	mutex_lock(&nh->owner->table->lock);
	rec->flags = nh->flags;
	rec->state = nh->state;
	rec->cookie = nh->cookie;
	mutex_unlock(&nh->owner->table->lock);
}

static struct rtm_nexthop *nexthop_behind(struct rtm_entity *entity,
					  const struct nexthop_cursor *c)
{
	struct rtm_prefix at = { .key = c->key, .len = c->len };

	return rtm_nexthop_next(entity, c->partial ? &at : NULL, c->ifindex, false);
}

static int dump_entity_nexthops(struct dump *d, struct rtm_entity *entity,
				struct nexthop_cursor *c)
{
	struct rtm_nexthop *nh;
	int err = 0;

	while (!err && (nh = nexthop_behind(entity, c))) {
		describe_nexthop(d->record, nh);
		err = store(d, sizeof(struct rtm_nexthop_rec));
		if (!err) {
			c->key = nh->addr.key;
			c->len = nh->addr.len;
			c->ifindex = nh->ifindex;
			c->partial = 1;
		}
		rtm_nexthop_put(nh);
		cond_resched();
	}
	return err;
}

/* The entity the cursor is in the middle of, or the next one. */
static struct rtm_entity *nexthop_entity(struct rtm_table *table, const struct nexthop_cursor *c,
					 bool begun)
{
	struct rtm_entity_id at = { .protocol = c->protocol, .id = c->id };

	if (!c->started)
		return rtm_entity_next(table, NULL, true);
	return begun ? rtm_entity_next(table, &at, true) : rtm_entity_find(table, &at);
}

static int walk_nexthops(struct dump *d)
{
	struct nexthop_cursor c;
	struct rtm_entity *entity;
	bool begun = false;
	int err;

	err = load_nexthop_cursor(d, &c);
	if (err || !d->table)
		return err;
	entity = nexthop_entity(d->table, &c, begun);
	if (!entity && c.started)
		entity = nexthop_entity(d->table, &c, true);
	while (entity) {
		if (!c.started || c.protocol != entity->id.protocol || c.id != entity->id.id)
			c = (struct nexthop_cursor){
				.protocol = entity->id.protocol,
				.id = entity->id.id,
				.started = 1,
			};
		err = dump_entity_nexthops(d, entity, &c);
		rtm_entity_put(entity);
		entity = err ? NULL : nexthop_entity(d->table, &c, true);
	}
	memcpy(d->arg->cursor, &c, sizeof(c));
	return err;
}

int rtm_ioctl_dump_nexthops(struct rtm_cmd *cmd)
{
	struct dump d;
	int err;

	err = begin_table(&d, cmd, 0);
	if (!err)
		err = finish(&d, walk_nexthops(&d));
	end(&d);
	return err;
}

static void describe_lock(struct rtm_lock_rec *rec, const struct rtm_lock_info *info)
{
	memset(rec, 0, sizeof(*rec));
	rec->waiting = info->waiting;
	dest_prefix_to_user(&rec->prefix, info->dest);
	rec->entity = info->entity->id;
	rec->exclusive = info->exclusive;
	rec->shared = info->shared;
	rec->pid = pid_vnr(info->process);
	rec->tid = pid_vnr(info->thread);
	rec->age_ns = ktime_get_ns() - info->since;
}

static int walk_locks(struct dump *d)
{
	struct rtm_lock_cursor c, next;
	struct rtm_lock_info info;
	int n, err = 0;

	BUILD_BUG_ON(sizeof(c) > sizeof(d->arg->cursor));
	memcpy(&c, d->arg->cursor, sizeof(c));
	next = c;
	while (!err && (n = rtm_lock_list(d->cmd->client->rnet, &next, &info, 1)) > 0) {
		describe_lock(d->record, &info);
		rtm_lock_list_put(&info, 1);
		err = store(d, sizeof(struct rtm_lock_rec));
		if (!err)
			c = next;
		cond_resched();
	}
	memcpy(d->arg->cursor, &c, sizeof(c));
	return err ? : n;
}

int rtm_ioctl_dump_locks(struct rtm_cmd *cmd)
{
	struct dump d;
	int err;

	err = begin(&d, cmd, 0);
	if (!err)
		err = finish(&d, walk_locks(&d));
	end(&d);
	return err;
}

/**
 * struct notify_cursor - where a dump of listeners is
 * @table: index of the table
 * @bit: number of the first registration there that has not been stored
 * @pad: zero
 */
struct notify_cursor {
	u64 table;
	u64 bit;
	u64 pad[3];
};

static struct notify_cursor *notify_cursor(struct dump *d)
{
	BUILD_BUG_ON(sizeof(struct notify_cursor) != sizeof(d->arg->cursor));
	BUILD_BUG_ON(offsetof(struct notify_cursor, table));
	return (struct notify_cursor *)d->arg->cursor;
}

static bool notify_cursor_valid(const struct notify_cursor *c)
{
	return c->table <= U32_MAX && c->bit <= RTM_NOTIFY_BITS &&
	       !memchr_inv(c->pad, 0, sizeof(c->pad));
}

static s32 entity_pid(struct rtm_entity *entity)
{
	s32 pid = 0;

	mutex_lock(&entity->table->lock);
	if (entity->state == RTM_ENTITY_REGISTERED)
		pid = pid_vnr(entity->process);
	mutex_unlock(&entity->table->lock);
	return pid;
}

static void describe_notify(struct rtm_notify_rec *rec, const struct rtm_notify_info *info)
{
	memset(rec, 0, sizeof(*rec));
	rec->flags = info->spec.events ? RTM_REQ_EVENTS : 0;
	rec->owner = info->owner->id;
	rec->types = info->spec.types;
	rec->views = info->spec.views;
	if (info->spec.has_prefix)
		rtm_prefix_to_user(&rec->prefix, &info->spec.prefix, info->owner->id.family);
	rec->protocol = info->spec.protocol;
	rec->pid = entity_pid(info->owner);
	rec->state = info->desync ? RTM_NOTIFY_DESYNC : 0;
	rec->pending = info->pending;
	rec->gone = info->gone;
	rec->marked = info->marked;
}

static int dump_table_notifies(struct dump *d, struct rtm_table *table)
{
	struct notify_cursor *c = notify_cursor(d);
	struct rtm_notify_info info;
	unsigned int bit = c->bit;
	int err = 0;

	while (!err && rtm_notify_list(&table->notify, &bit, &info)) {
		describe_notify(d->record, &info);
		rtm_entity_put(info.owner);
		err = store(d, sizeof(struct rtm_notify_rec));
		if (!err)
			c->bit = ++bit;
	}
	return err;
}

int rtm_ioctl_dump_notifies(struct rtm_cmd *cmd)
{
	struct dump d;
	int err;

	err = begin(&d, cmd, 0);
	if (!err && !notify_cursor_valid(notify_cursor(&d)))
		err = -EINVAL;
	if (!err)
		err = finish(&d, walk_tables(&d, dump_table_notifies));
	end(&d);
	return err;
}
