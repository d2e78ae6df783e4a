// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel for rtmctl's tests, made of arrays.
 *
 * How this file works: it takes the place of device.c.  The state lies in memory
 * shared by the test and the commands that it forks, so that what one command adds
 * the next one finds, and fake_exit() does what closing the file does.  It follows
 * the ABI where rtmctl depends on it: names that are taken, kept entities, handles
 * that must be one's own, one route per destination and neighbour, dumps in pieces.
 * Time, the real FIB and waiting are none of its business.
 */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "fake.h"

#define PIECE		7u	/* records of one dump call */
#define LAST_IFINDEX	3

struct fake *fake;

/*
 * State
 */

void fake_create(void)
{
	fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fake == MAP_FAILED)
		abort();
}

void fake_reset(void)
{
	memset(fake, 0, sizeof(*fake));
	fake->stop_at = -1;
}

static __u64 handle(enum rtm_handle_type type, int index)
{
	return (__u64)type << 56 | (__u64)(index + 1);
}

static int index_of(enum rtm_handle_type type, __u64 id)
{
	return RTM_HANDLE_TYPE(id) == type ? (int)(id & 0xffffffff) - 1 : -1;
}

static bool same_id(const struct rtm_entity_id *a, const struct rtm_entity_id *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool same_net(const struct rtm_net_prefix *a, const struct rtm_net_prefix *b)
{
	return a->family == b->family && a->len == b->len && !memcmp(a->addr, b->addr, 16);
}

static bool covers(const struct rtm_net_prefix *net, const struct rtm_net_prefix *p)
{
	unsigned int i;

	if (net->family != p->family || net->len > p->len)
		return false;
	for (i = 0; i < net->len; i++) {
		if ((net->addr[i / 8] ^ p->addr[i / 8]) & (0x80 >> i % 8))
			return false;
	}
	return true;
}

/* Index of the caller's registration, or -1. */
static int caller(__u64 id)
{
	int e = index_of(RTM_HANDLE_ENTITY, id);

	return e >= 0 && fake->entities[e].used && fake->entities[e].pid == getpid() ? e : -1;
}

static void drop_entity(int e)
{
	int i;

	for (i = 0; i < fake->n_routes; i++)
		fake->routes[i].used &= fake->routes[i].owner != e;
	for (i = 0; i < FAKE_NEXTHOPS; i++)
		fake->nexthops[i].used &= fake->nexthops[i].owner != e;
	fake->entities[e].used = false;
}

void fake_exit(pid_t pid)
{
	int e;

	for (e = 0; e < FAKE_ENTITIES; e++) {
		if (!fake->entities[e].used || fake->entities[e].pid != pid)
			continue;
		fake->entities[e].pid = 0;
		if (!(fake->entities[e].flags & RTM_REQ_KEEP))
			drop_entity(e);
	}
}

/* Index, or -errno. */
int fake_register(__u16 family, __u32 protocol, __u32 id, __u32 flags, pid_t pid)
{
	struct rtm_entity_id name = { .family = family, .protocol = protocol, .id = id };
	int e, empty = -1;

	for (e = 0; e < FAKE_ENTITIES; e++) {
		if (!fake->entities[e].used)
			empty = empty < 0 ? e : empty;
		else if (same_id(&fake->entities[e].id, &name))
			break;
	}
	if (e < FAKE_ENTITIES && fake->entities[e].pid)
		return -EEXIST;
	e = e < FAKE_ENTITIES ? e : empty;
	if (e < 0)
		return -ENOSPC;
	fake->entities[e] = (struct fake_entity) {
		.used = true, .id = name, .flags = flags, .pid = pid,
	};
	return e;
}

/*
 * Commands
 */

static int register_entity(struct rtm_register_entity *req)
{
	int e = fake_register(req->id.family, req->id.protocol, req->id.id, req->flags, getpid());

	if (e < 0)
		return e;
	req->entity = handle(RTM_HANDLE_ENTITY, e);
	req->max_nexthops = FAKE_HOPS;
	req->max_handles = 100;
	req->views = RTM_V_SUPPORTED;
	req->n_views = RTM_N_VIEWS;
	return 0;
}

static int deregister_entity(const struct rtm_deregister_entity *req)
{
	int e = caller(req->entity);

	if (e < 0)
		return -EBADF;
	drop_entity(e);
	return 0;
}

static int get_entities(struct rtm_get_entities *req)
{
	__u64 *handles = (__u64 *)(uintptr_t)req->handles;
	struct rtm_entity_id *ids = (struct rtm_entity_id *)(uintptr_t)req->infos;
	__u32 room = req->count;
	int e;

	req->count = 0;
	req->total = 0;
	for (e = 0; e < FAKE_ENTITIES; e++) {
		if (!fake->entities[e].used || !fake->entities[e].pid)
			continue;
		req->total++;
		if (req->count == room)
			continue;
		handles[req->count] = handle(RTM_HANDLE_ENTITY, e);
		ids[req->count++] = fake->entities[e].id;
	}
	return req->count < req->total ? -EMSGSIZE : 0;
}

/* Answers what it was asked, as far as there is room; the status says which methods. */
static int invoke_method(struct rtm_invoke_method *req)
{
	int e = index_of(RTM_HANDLE_ENTITY, req->callee);

	if (e < 0 || caller(req->entity) < 0)
		return -EBADF;
	req->methods &= (1u << fake->entities[e].n_methods) - 1;
	req->status = req->methods;
	if (!req->methods)
		req->output_size = 0;
	else if (req->input_size < req->output_size)
		req->output_size = req->input_size;
	if (req->output_size)
		memcpy((void *)(uintptr_t)req->output, (void *)(uintptr_t)req->input,
		       req->output_size);
	return 0;
}

/* By name; one that is kept or held and not to be any more goes at once. */
static int set_crash_policy(const struct rtm_set_crash_policy *req)
{
	const __u32 policies = RTM_REQ_HOLD | RTM_REQ_KEEP;
	struct fake_entity *entity;
	int e;

	if (req->entity || req->flags & ~policies || !(req->flags & RTM_REQ_HOLD) != !req->hold_ms)
		return -EINVAL;
	for (e = 0; e < FAKE_ENTITIES; e++) {
		entity = &fake->entities[e];
		if (!entity->used || memcmp(&entity->id, &req->id, sizeof(req->id)))
			continue;
		entity->flags = (entity->flags & ~policies) | req->flags;
		entity->hold_ms = req->hold_ms;
		if (!entity->pid && !req->flags)
			drop_entity(e);
		return 0;
	}
	return -ENOENT;
}

static int find_nexthop(int owner, const struct rtm_nexthop_attrs *key)
{
	int i;

	for (i = 0; i < FAKE_NEXTHOPS; i++) {
		if (fake->nexthops[i].used && fake->nexthops[i].owner == owner &&
		    same_net(&fake->nexthops[i].attrs.addr, &key->addr) &&
		    fake->nexthops[i].attrs.ifindex == key->ifindex)
			return i;
	}
	return -1;
}

static int free_nexthop(void)
{
	int i;

	for (i = 0; i < FAKE_NEXTHOPS; i++) {
		if (!fake->nexthops[i].used)
			return i;
	}
	return -1;
}

static int add_nexthop(struct rtm_nexthop_req *req)
{
	int owner = caller(req->entity), i;

	if (owner < 0)
		return -EBADF;
	i = find_nexthop(owner, &req->attrs);
	req->change = i < 0 ? RTM_RC_NEW : 0;
	if (i < 0)
		i = free_nexthop();
	if (i < 0)
		return -ENOSPC;
	fake->nexthops[i] = (struct fake_nexthop) { true, owner, req->attrs };
	if (!(req->flags & RTM_REQ_NO_HANDLE))
		req->nexthop = handle(RTM_HANDLE_NEXTHOP, i);
	return 0;
}

static int find_nexthop_call(struct rtm_nexthop_req *req)
{
	int owner = caller(req->entity), i;

	if (owner < 0)
		return -EBADF;
	i = find_nexthop(owner, &req->attrs);
	if (i < 0)
		return -ENOENT;
	req->attrs = fake->nexthops[i].attrs;
	req->nexthop = handle(RTM_HANDLE_NEXTHOP, i);
	return 0;
}

static int delete_nexthop(const struct rtm_nexthop_req *req)
{
	int owner = caller(req->entity), i;

	if (owner < 0)
		return -EBADF;
	i = find_nexthop(owner, &req->attrs);
	if (i < 0)
		return -ENOENT;
	fake->nexthops[i].used = false;
	return 0;
}

static int find_route(int owner, const struct rtm_net_prefix *dest, __u64 neighbour)
{
	int i, nh = index_of(RTM_HANDLE_NEXTHOP, neighbour);

	for (i = 0; i < fake->n_routes; i++) {
		if (fake->routes[i].used && fake->routes[i].owner == owner &&
		    same_net(&fake->routes[i].dest, dest) && fake->routes[i].neighbour == nh)
			return i;
	}
	return -1;
}

/* By an empty key the first route at the destination, whatever its neighbour. */
static int find_first(int owner, const struct rtm_net_prefix *dest)
{
	int i;

	for (i = 0; i < fake->n_routes; i++) {
		if (fake->routes[i].used && fake->routes[i].owner == owner &&
		    same_net(&fake->routes[i].dest, dest))
			return i;
	}
	return -1;
}

static int free_route(void)
{
	int i;

	for (i = 0; i < fake->n_routes; i++) {
		if (!fake->routes[i].used)
			return i;
	}
	return fake->n_routes < FAKE_ROUTES ? fake->n_routes++ : -1;
}

static __u32 default_preference(__u32 protocol)
{
	return protocol == 10006 ? 3 : protocol == 14 ? 20 : protocol == 13 ? 110 : 200;
}

static int fill_route(struct fake_route *r, int owner, const struct rtm_net_prefix *dest,
		      const struct rtm_route_attrs *attrs)
{
	const __u64 *handles = (const void *)(uintptr_t)attrs->nexthops;
	__u32 i;

	if (attrs->n_nexthops > FAKE_HOPS)
		return -EINVAL;
	*r = (struct fake_route) { .owner = owner, .dest = *dest, .attrs = *attrs };
	r->neighbour = index_of(RTM_HANDLE_NEXTHOP, attrs->neighbour);
	for (i = 0; i < attrs->n_nexthops; i++) {
		r->nexthops[i] = index_of(RTM_HANDLE_NEXTHOP, handles[i]);
		if (r->nexthops[i] < 0 || fake->nexthops[r->nexthops[i]].owner != owner ||
		    !fake->nexthops[r->nexthops[i]].used)
			return -EBADF;
	}
	if (!attrs->preference)
		r->attrs.preference = default_preference(fake->entities[owner].id.protocol);
	r->used = true;
	return 0;
}

static int add_route(int owner, const struct rtm_net_prefix *dest,
		     const struct rtm_route_attrs *attrs, __u32 *change)
{
	struct fake_route r;
	int i, ret;

	if (owner < 0)
		return -EBADF;
	ret = fill_route(&r, owner, dest, attrs);
	if (ret)
		return ret;
	i = find_route(owner, dest, attrs->neighbour);
	*change = i < 0 ? RTM_RC_NEW : 0;
	if (i < 0)
		i = free_route();
	if (i < 0)
		return -ENOSPC;
	fake->routes[i] = r;
	return 0;
}

static int delete_route(int owner, const struct rtm_net_prefix *dest, __u64 neighbour)
{
	int i;

	if (owner < 0)
		return -EBADF;
	i = neighbour ? find_route(owner, dest, neighbour) : find_first(owner, dest);
	if (i < 0)
		return -ENOENT;
	fake->routes[i].used = false;
	return 0;
}

static int route_batch(unsigned int cmd, struct rtm_route_batch *req)
{
	struct rtm_route_item *items = (void *)(uintptr_t)req->items;
	int owner = caller(req->entity);
	__u32 i;

	if (owner < 0)
		return -EBADF;
	if (req->count > RTM_MAX_BATCH)
		return -EINVAL;
	for (i = 0; i < req->count; i++) {
		if (fake->stop_at >= 0 && !fake->stop_at--)
			break;
		if (cmd == RTM_IOC_ADD_ROUTES)
			items[i].status = add_route(owner, &items[i].dest, &items[i].attrs,
						    &items[i].change);
		else
			items[i].status = delete_route(owner, &items[i].dest,
						       items[i].attrs.neighbour);
	}
	req->done = i;
	/* the first item's destination is locked */
	return i ? 0 : -EAGAIN;
}

static int begin_resync(const struct rtm_resync *req)
{
	int i, owner = caller(req->entity);

	if (owner < 0)
		return -EBADF;
	fake->entities[owner].resyncing = true;
	for (i = 0; i < fake->n_routes; i++)
		fake->routes[i].stale = fake->routes[i].owner == owner;
	return 0;
}

static int end_resync(struct rtm_resync *req)
{
	int i, owner = caller(req->entity);

	if (owner < 0)
		return -EBADF;
	if (!fake->entities[owner].resyncing)
		return -ENOENT;
	fake->entities[owner].resyncing = false;
	req->swept = 0;
	for (i = 0; i < fake->n_routes; i++) {
		struct fake_route *r = &fake->routes[i];

		if (!r->used || r->owner != owner || !r->stale)
			continue;
		r->used = false;
		req->swept++;
	}
	return 0;
}

static int get_dest(struct rtm_get_dest *req)
{
	int i;

	for (i = 0; i < fake->n_routes; i++) {
		if (fake->routes[i].used && same_net(&fake->routes[i].dest, &req->prefix)) {
			req->dest = handle(RTM_HANDLE_DEST, i);
			return 0;
		}
	}
	return -ENOENT;
}

static int lock_dest(const struct rtm_lock_dest *req, int step)
{
	int e = caller(req->entity);

	if (e < 0 || index_of(RTM_HANDLE_DEST, req->dest) < 0)
		return -EBADF;
	fake->exclusive = req->flags & RTM_REQ_EXCLUSIVE;
	if (fake->exclusive && !(fake->entities[e].flags & RTM_REQ_OPAQUE_SLOT))
		return -EACCES;
	if (step < 0 && !fake->held)
		return -EACCES;
	fake->taken += step > 0;
	fake->held += step;
	return 0;
}

static int hold_dest(const struct rtm_hold_dest *req)
{
	int d = index_of(RTM_HANDLE_DEST, req->dest);

	if (caller(req->entity) < 0 || d < 0)
		return -EBADF;
	fake->hold_ms = req->hold_ms;
	fake->hold_views = req->views ? req->views : RTM_V_SUPPORTED;
	return 0;
}

static int break_lock(struct rtm_break_dest_lock *req)
{
	int i;

	req->broken = 0;
	for (i = 0; i < fake->n_locks; i++)
		req->broken += same_net(&fake->locks[i].prefix, &req->prefix);
	return fake->n_locks ? 0 : -ENOENT;
}

static int get_stats(struct rtm_get_stats *req)
{
	req->entities = 2;
	req->routes = 0xffffffffffffffffull;
	req->fib_installed = 901899;
	return 0;
}

/* The row of the entity named, or of the namespace; NULL where there is none. */
static __u64 *limits_row(__u32 flags, const struct rtm_entity_id *id)
{
	int e;

	if (flags & RTM_REQ_NAMESPACE)
		return id->family ? NULL : fake->limits[FAKE_ENTITIES];
	for (e = 0; e < FAKE_ENTITIES; e++) {
		if (fake->entities[e].used && same_id(&fake->entities[e].id, id))
			return fake->limits[e];
	}
	return NULL;
}

static int set_limits(const struct rtm_set_limits *req)
{
	__u64 *row = limits_row(req->flags, &req->id);
	int r;

	for (r = 0; row && r < RTM_N_RESOURCES; r++) {
		if (req->which & 1u << r)
			row[r] = req->limits[r];
	}
	return row ? 0 : -ENOENT;
}

static int get_limits(struct rtm_get_limits *req)
{
	const __u64 *row = limits_row(req->flags, &req->id);
	int r;

	for (r = 0; row && r < RTM_N_RESOURCES; r++)
		req->usage[r] = (struct rtm_usage){ row[r], (__u64)r + 10, (__u64)r };
	return row ? 0 : -ENOENT;
}

static int get_version(struct rtm_get_version *req)
{
	req->abi = RTM_ABI_VERSION;
	snprintf(req->release, sizeof(req->release), "9.9");
	return 0;
}

static int fib_sync(struct rtm_fib_sync *req)
{
	req->installed = 5;
	req->conflict = 1;
	return 0;
}

/*
 * Dumps
 */

/**
 * struct dump - one call
 * @req: its argument; cursor[0] is the first place not shown yet
 * @piece: most records to store
 * @used: bytes stored
 */
struct dump {
	struct rtm_dump *req;
	__u32 piece;
	__u32 used;
};

/* The record of array place @at.  False when it has to wait for the next call. */
static bool put(struct dump *d, int at, void *rec, __u32 size)
{
	if ((__u64)at < d->req->cursor[0])
		return true;
	d->req->cursor[0] = (__u64)at;
	if (d->req->count == d->piece || d->used + size > d->req->buf_size) {
		d->req->more = 1;
		return false;
	}
	d->req->cursor[0]++;
	*(__u32 *)rec = fake->mangle && !d->used ? fake->mangle : size;
	memcpy((char *)(uintptr_t)d->req->buf + d->used, rec, size);
	d->used += size;
	d->req->count++;
	return true;
}

static void entity_counts(int e, struct rtm_entity_rec *rec)
{
	int i;

	for (i = 0; i < fake->n_routes; i++)
		rec->routes += fake->routes[i].used && fake->routes[i].owner == e;
	for (i = 0; i < FAKE_NEXTHOPS; i++)
		rec->nexthops += fake->nexthops[i].used && fake->nexthops[i].owner == e;
}

static void dump_entities(struct dump *d)
{
	int e;

	for (e = 0; e < FAKE_ENTITIES; e++) {
		struct rtm_entity_rec rec = {
			.id = fake->entities[e].id,
			.flags = fake->entities[e].flags,
			.registered = fake->entities[e].pid != 0,
			.pid = fake->entities[e].pid,
			.hold_ms = fake->entities[e].hold_ms,
			.n_methods = fake->entities[e].n_methods,
			.blocked = fake->entities[e].n_methods == 1,
		};

		if (!fake->entities[e].used)
			continue;
		entity_counts(e, &rec);
		if (!put(d, e, &rec, sizeof(rec)))
			return;
	}
}

static __u32 users_of(int nh)
{
	__u32 users = 0, k;
	int i;

	for (i = 0; i < fake->n_routes; i++) {
		for (k = 0; fake->routes[i].used && k < fake->routes[i].attrs.n_nexthops; k++)
			users += fake->routes[i].nexthops[k] == nh;
	}
	return users;
}

static void dump_nexthops(struct dump *d)
{
	int i;

	for (i = 0; i < FAKE_NEXTHOPS; i++) {
		const struct fake_nexthop *nh = &fake->nexthops[i];
		struct rtm_nexthop_rec rec = {
			.ifindex = nh->attrs.ifindex,
			.addr = nh->attrs.addr,
			.flags = nh->attrs.flags,
			.cookie = nh->attrs.cookie,
		};

		if (!nh->used || nh->attrs.addr.family != d->req->prefix.family)
			continue;
		rec.owner = fake->entities[nh->owner].id;
		rec.users = users_of(i);
		if (!put(d, i, &rec, sizeof(rec)))
			return;
	}
}

/* Length of the longest destination that covers the prefix, -1 for none. */
static int match_length(const struct rtm_net_prefix *p)
{
	int i, len = -1;

	for (i = 0; i < fake->n_routes; i++) {
		if (fake->routes[i].used && covers(&fake->routes[i].dest, p) &&
		    fake->routes[i].dest.len > len)
			len = fake->routes[i].dest.len;
	}
	return len;
}

static bool in_scope(const struct rtm_dump *req, const struct rtm_net_prefix *dest)
{
	if (dest->family != req->prefix.family)
		return false;
	if (req->flags & RTM_DUMP_EXACT)
		return same_net(dest, &req->prefix);
	if (req->flags & RTM_DUMP_SUBTREE)
		return covers(&req->prefix, dest);
	if (req->flags & RTM_DUMP_MATCH)
		return covers(dest, &req->prefix) && dest->len == match_length(&req->prefix);
	return true;
}

static bool is_better(const struct fake_route *a, const struct fake_route *b)
{
	if (a->attrs.preference != b->attrs.preference)
		return a->attrs.preference < b->attrs.preference;
	return a->attrs.metric < b->attrs.metric;
}

static bool is_best(int r, __u32 view)
{
	int i;

	if (!(fake->routes[r].attrs.views & view))
		return false;
	for (i = 0; i < fake->n_routes; i++) {
		if (fake->routes[i].used && fake->routes[i].attrs.views & view &&
		    same_net(&fake->routes[i].dest, &fake->routes[r].dest) &&
		    is_better(&fake->routes[i], &fake->routes[r]))
			return false;
	}
	return true;
}

static struct rtm_route_rec_nexthop describe_hop(int nh)
{
	const struct rtm_nexthop_attrs *attrs = &fake->nexthops[nh].attrs;

	return (struct rtm_route_rec_nexthop) {
		.addr = attrs->addr,
		.ifindex = attrs->ifindex,
		.flags = attrs->flags,
	};
}

static bool put_route(struct dump *d, int r)
{
	union {
		struct rtm_route_rec rec;
		char room[sizeof(struct rtm_route_rec) +
			  FAKE_HOPS * sizeof(struct rtm_route_rec_nexthop)];
	} u = { .room = "" };
	const struct fake_route *route = &fake->routes[r];
	__u32 i;

	u.rec.dest = route->dest;
	u.rec.owner = fake->entities[route->owner].id;
	u.rec.attrs = route->attrs;
	u.rec.attrs.nexthops = 0;
	u.rec.attrs.neighbour = route->neighbour >= 0;
	if (route->neighbour >= 0)
		u.rec.neighbour = describe_hop(route->neighbour);
	u.rec.best = (is_best(r, RTM_V_UCAST) ? RTM_V_UCAST : 0) |
		     (is_best(r, RTM_V_MCAST) ? RTM_V_MCAST : 0);
	u.rec.fib_state = u.rec.best & RTM_V_UCAST ? RTM_FIB_INSTALLED : RTM_FIB_NONE;
	u.rec.age_ms = 1500;
	u.rec.n_nexthops = route->attrs.n_nexthops;
	for (i = 0; i < u.rec.n_nexthops; i++)
		u.rec.nexthops[i] = describe_hop(route->nexthops[i]);
	return put(d, r, &u.rec, (__u32)(sizeof(u.rec) + i * sizeof(u.rec.nexthops[0])));
}

/* Records that stand for a table too large to keep. */
static void dump_flood(struct dump *d)
{
	struct rtm_route_rec rec = { .dest = { .family = AF_INET, .len = 32 } };
	__u32 i;

	for (i = (__u32)d->req->cursor[0]; i < (__u32)fake->flood; i++) {
		rec.dest.addr[1] = (__u8)(i >> 16);
		rec.dest.addr[2] = (__u8)(i >> 8);
		rec.dest.addr[3] = (__u8)i;
		if (!put(d, (int)i, &rec, sizeof(rec)))
			return;
	}
}

static void dump_routes(struct dump *d)
{
	int r;

	if (fake->flood && d->req->prefix.family == AF_INET) {
		d->piece = UINT32_MAX;
		dump_flood(d);
		return;
	}
	for (r = (int)d->req->cursor[0]; r < fake->n_routes; r++) {
		if (fake->routes[r].used && in_scope(d->req, &fake->routes[r].dest) &&
		    !put_route(d, r))
			return;
	}
}

static bool first_at_dest(int r)
{
	int i;

	for (i = 0; i < r; i++) {
		if (fake->routes[i].used && same_net(&fake->routes[i].dest, &fake->routes[r].dest))
			return false;
	}
	return true;
}

/* 203.0.113.0/24 is the destination that the FIB does not want. */
static void judge(struct rtm_dest_rec *rec)
{
	static const __u8 refused[16] = { 203, 0, 113 };

	rec->fib_state = RTM_FIB_INSTALLED;
	if (memcmp(rec->prefix.addr, refused, sizeof(refused)))
		return;
	rec->fib_state = RTM_FIB_FAILED;
	rec->fib_errno = ENETUNREACH;
	snprintf(rec->fib_text, sizeof(rec->fib_text), "Nexthop has invalid gateway");
	rec->locked = 2;
}

static void dump_dests(struct dump *d)
{
	int r, i;

	for (r = 0; r < fake->n_routes; r++) {
		struct rtm_dest_rec rec = { .prefix = fake->routes[r].dest };

		if (!fake->routes[r].used || !in_scope(d->req, &rec.prefix) || !first_at_dest(r))
			continue;
		judge(&rec);
		rec.hold_ms = fake->hold_ms;
		rec.hold_views = fake->hold_views;
		for (i = r; i < fake->n_routes; i++) {
			if (!fake->routes[i].used || !same_net(&fake->routes[i].dest, &rec.prefix))
				continue;
			rec.n_routes++;
			rec.views |= fake->routes[i].attrs.views;
		}
		if (!put(d, r, &rec, sizeof(rec)))
			return;
	}
}

static void dump_locks(struct dump *d)
{
	int i;

	for (i = 0; i < fake->n_locks; i++) {
		struct rtm_lock_rec rec = fake->locks[i];

		if (!put(d, i, &rec, sizeof(rec)))
			return;
	}
}

static void dump_notifies(struct dump *d)
{
	int i;

	for (i = 0; i < fake->n_notifies; i++) {
		struct rtm_notify_rec rec = fake->notifies[i];

		if (!put(d, i, &rec, sizeof(rec)))
			return;
	}
}

static int dump(struct rtm_dump *req, void (*each)(struct dump *d))
{
	struct dump d = { .req = req, .piece = PIECE };

	if (req->buf_size < RTM_DUMP_MIN_BUF || req->buf_size > RTM_DUMP_MAX_BUF)
		return -EINVAL;
	if (req->prefix.family != AF_INET && req->prefix.family != AF_INET6)
		return -EINVAL;
	req->count = 0;
	req->more = 0;
	each(&d);
	req->buf_size = d.used;
	return 0;
}

/*
 * The device
 */

static int call_dump(unsigned int cmd, void *arg)
{
	switch (cmd) {
	case RTM_IOC_DUMP_ENTITIES:
		return dump(arg, dump_entities);
	case RTM_IOC_DUMP_NEXTHOPS:
		return dump(arg, dump_nexthops);
	case RTM_IOC_DUMP_DESTS:
		return dump(arg, dump_dests);
	case RTM_IOC_DUMP_ROUTES:
		return dump(arg, dump_routes);
	case RTM_IOC_DUMP_LOCKS:
		return dump(arg, dump_locks);
	case RTM_IOC_DUMP_NOTIFIES:
		return dump(arg, dump_notifies);
	case RTM_IOC_GET_VERSION:
		return get_version(arg);
	case RTM_IOC_GET_STATS:
		return get_stats(arg);
	case RTM_IOC_FIB_SYNC:
		return fib_sync(arg);
	case RTM_IOC_SET_LIMITS:
		return set_limits(arg);
	case RTM_IOC_GET_LIMITS:
		return get_limits(arg);
	default:
		return -ENOTTY;
	}
}

static int call_change(unsigned int cmd, void *arg)
{
	struct rtm_add_route *add = arg;
	struct rtm_delete_route *del = arg;

	switch (cmd) {
	case RTM_IOC_REGISTER_ENTITY:
		return register_entity(arg);
	case RTM_IOC_DEREGISTER_ENTITY:
		return deregister_entity(arg);
	case RTM_IOC_ADD_NEXTHOP:
		return add_nexthop(arg);
	case RTM_IOC_FIND_NEXTHOP:
		return find_nexthop_call(arg);
	case RTM_IOC_DELETE_NEXTHOP:
		return delete_nexthop(arg);
	case RTM_IOC_ADD_ROUTE:
		return add_route(caller(add->entity), &add->dest, &add->attrs, &add->change);
	case RTM_IOC_DELETE_ROUTE:
		return delete_route(caller(del->entity), &del->dest, del->neighbour);
	case RTM_IOC_ADD_ROUTES:
	case RTM_IOC_DELETE_ROUTES:
		return route_batch(cmd, arg);
	case RTM_IOC_GET_ENTITIES:
		return get_entities(arg);
	case RTM_IOC_INVOKE_METHOD:
		return invoke_method(arg);
	case RTM_IOC_SET_CRASH_POLICY:
		return set_crash_policy(arg);
	case RTM_IOC_BEGIN_RESYNC:
		return begin_resync(arg);
	case RTM_IOC_END_RESYNC:
		return end_resync(arg);
	case RTM_IOC_GET_EXACT_DEST:
		return get_dest(arg);
	case RTM_IOC_LOCK_DEST:
		return lock_dest(arg, 1);
	case RTM_IOC_UNLOCK_DEST:
		return lock_dest(arg, -1);
	case RTM_IOC_BREAK_DEST_LOCK:
		return break_lock(arg);
	case RTM_IOC_HOLD_DEST:
		return hold_dest(arg);
	default:
		return call_dump(cmd, arg);
	}
}

int dev_open(enum dev_mode mode)
{
	(void)mode;
	return fake->no_device ? refused("cannot open /dev/rtm: %s", strerror(fake->no_device))
			       : STATUS_OK;
}

int dev_call(enum dev_mode mode, unsigned int cmd, void *arg)
{
	fake->calls[_IOC_NR(cmd)]++;
	if (fake->fail_error && cmd == fake->fail_cmd) {
		if (!fake->fail_after)
			return -fake->fail_error;
		fake->fail_after--;
	}
	return mode == DEV_CHANGE ? call_change(cmd, arg) : call_dump(cmd, arg);
}

/* Nothing ever happens to this kernel by itself. */
int dev_poll(enum dev_mode mode, int ms)
{
	(void)mode;
	return poll(NULL, 0, ms);
}

ssize_t dev_read(enum dev_mode mode, void *buf, size_t size)
{
	(void)mode;
	(void)buf;
	(void)size;
	return -EAGAIN;
}

void dev_close(void)
{
	fake_exit(getpid());
}

int dev_enter_netns(const char *name)
{
	return refused("cannot open network namespace %s", name);
}

/*
 * Interfaces: lo 127.0.0.1/8, d0 10.0.0.1/24 and 2001:db8::1/64, tun 192.0.2.1
 * with the peer 192.0.2.9.  The linker sends rtmctl's calls here.
 */

static const char *const names[] = { NULL, "lo", "d0", "tun" };

unsigned int __wrap_if_nametoindex(const char *name)
{
	unsigned int i;

	for (i = 1; i <= LAST_IFINDEX; i++) {
		if (!strcmp(names[i], name))
			return i;
	}
	return 0;
}

char *__wrap_if_indextoname(unsigned int ifindex, char *name)
{
	if (!ifindex || ifindex > LAST_IFINDEX)
		return NULL;
	return strcpy(name, names[ifindex]);
}

/* One list entry and the addresses it points to. */
struct link_address {
	struct ifaddrs ifa;
	char name[IFNAMSIZ];
	struct sockaddr_in6 addr;
	struct sockaddr_in6 mask;
	struct sockaddr_in6 peer;
};

static struct sockaddr *address(struct sockaddr_in6 *room, const char *text)
{
	struct sockaddr_in *in = (void *)room;

	memset(room, 0, sizeof(*room));
	room->sin6_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (room->sin6_family == AF_INET6)
		inet_pton(AF_INET6, text, &room->sin6_addr);
	else
		inet_pton(AF_INET, text, &in->sin_addr);
	return (void *)room;
}

static void fill_link(struct link_address *l, int ifindex, const char *addr, const char *mask,
		      const char *peer)
{
	snprintf(l->name, sizeof(l->name), "%s", names[ifindex]);
	l->ifa.ifa_name = l->name;
	l->ifa.ifa_flags = IFF_UP | (peer ? IFF_POINTOPOINT : 0);
	l->ifa.ifa_addr = address(&l->addr, addr);
	l->ifa.ifa_netmask = address(&l->mask, mask);
	l->ifa.ifa_dstaddr = peer ? address(&l->peer, peer) : NULL;
}

int __wrap_getifaddrs(struct ifaddrs **list)
{
	static struct link_address l[5];
	int i;

	fill_link(&l[0], 1, "127.0.0.1", "255.0.0.0", NULL);
	fill_link(&l[1], 2, "10.0.0.1", "255.255.255.0", NULL);
	fill_link(&l[2], 2, "2001:db8::1", "ffff:ffff:ffff:ffff::", NULL);
	fill_link(&l[3], 3, "192.0.2.1", "255.255.255.255", "192.0.2.9");
	/* an interface without an address, as packet sockets show it */
	fill_link(&l[4], 2, "10.0.0.1", "255.255.255.0", NULL);
	l[4].ifa.ifa_addr = NULL;
	for (i = 0; i < 5; i++)
		l[i].ifa.ifa_next = i < 4 ? &l[i + 1].ifa : NULL;
	*list = &l[0].ifa;
	return 0;
}

void __wrap_freeifaddrs(struct ifaddrs *list)
{
	(void)list;
}
