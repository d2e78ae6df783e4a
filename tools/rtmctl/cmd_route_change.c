// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl route add, replace, del, flush - routes of an entity of ours.
 *
 * How this file works: the words of a command are gathered in a struct route_spec and
 * completed (family of "default", interface of a next hop) before anything is asked
 * of the kernel.  While we have the entity nobody else changes its routes, so "add" may
 * look whether there is one already, and "del" which one is meant.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "batch.h"
#include "cmd.h"
#include "device.h"
#include "dump.h"
#include "links.h"
#include "print.h"
#include "session.h"

/**
 * struct nexthop_spec - a next hop as typed
 * @addr: "via"; family 0 when left out
 * @ifindex: "dev"
 * @flags: RTM_NHF_*
 */
struct nexthop_spec {
	struct rtm_net_prefix addr;
	uint32_t ifindex;
	uint16_t flags;
};

/**
 * struct route_spec - a route as typed
 * @entity: whose
 * @wait: how long to wait for a lock
 * @dest: the destination
 * @has_dest: there is one
 * @nh: next hops
 * @n: their number
 * @preference: "pref", 0 for the protocol's own
 * @metric: "metric"
 * @views: "view"
 * @mtu: "mtu"
 * @ttl_ms: "ttl", 0 for ever
 * @flags: RTM_RF_*
 * @src: "src"
 */
struct route_spec {
	struct entity_sel entity;
	struct wait_sel wait;
	struct rtm_net_prefix dest;
	bool has_dest;
	struct nexthop_spec nh[RTM_MAX_NEXTHOPS];
	uint32_t n;
	uint32_t preference;
	uint32_t metric;
	uint32_t views;
	uint32_t mtu;
	uint32_t ttl_ms;
	uint16_t flags;
	struct rtm_net_prefix src;
};

#define ROUTE_SPEC_NONE	{ .entity = ENTITY_SEL_NONE, .wait = WAIT_SEL_NONE, .views = RTM_V_UCAST }

/*
 * Words
 */

static int kw_dest(const struct keyword *kw, struct args *args, void *to)
{
	struct route_spec *spec = to;

	spec->has_dest = true;
	return kw_prefix(kw, args, to);
}

static int kw_nexthop(const struct keyword *kw, struct args *args, void *to)
{
	struct route_spec *spec = to;

	(void)args;
	if (spec->n == RTM_MAX_NEXTHOPS)
		return usage_error("more than %u next hops", RTM_MAX_NEXTHOPS);
	if (spec->n && !spec->nh[spec->n - 1].addr.family && !spec->nh[spec->n - 1].ifindex)
		return usage_error("an empty \"%s\"", kw->name);
	spec->n++;
	return STATUS_OK;
}

/* The next hop that via, dev, remote and down speak about. */
static struct nexthop_spec *current_nexthop(struct route_spec *spec)
{
	if (!spec->n)
		spec->n = 1;
	return &spec->nh[spec->n - 1];
}

static int kw_via(const struct keyword *kw, struct args *args, void *to)
{
	struct nexthop_spec *nh = current_nexthop(to);

	if (nh->addr.family)
		return usage_error("a second \"via\" needs \"nexthop\" before it");
	return kw_address(kw, args, nh);
}

static int kw_dev(const struct keyword *kw, struct args *args, void *to)
{
	struct nexthop_spec *nh = current_nexthop(to);

	if (nh->ifindex)
		return usage_error("a second \"dev\" needs \"nexthop\" before it");
	return kw_ifindex(kw, args, nh);
}

static int kw_nexthop_flag(const struct keyword *kw, struct args *args, void *to)
{
	(void)args;
	current_nexthop(to)->flags |= (uint16_t)kw->value;
	return STATUS_OK;
}

static int kw_route_flag(const struct keyword *kw, struct args *args, void *to)
{
	struct route_spec *spec = to;
	const char *word;
	uint32_t flag;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	if (!value_of(route_flag_names, word, &flag))
		return usage_error("\"%s\" is no route flag", word);
	spec->flags |= (uint16_t)flag;
	return STATUS_OK;
}

#define SPEC(member) offsetof(struct route_spec, member)

static const struct keyword add_keywords[] = {
	KW_PROTO(struct route_spec, entity),
	KW_ID(struct route_spec, entity),
	KW_INSTANCE(struct route_spec, entity),
	KW_TIMEOUT(struct route_spec, wait),
	KW_NOWAIT(struct route_spec, wait),
	{ "nexthop", kw_nexthop, 0, 0, true },
	{ "via", kw_via, offsetof(struct nexthop_spec, addr), 0, true },
	{ "dev", kw_dev, offsetof(struct nexthop_spec, ifindex), 0, true },
	{ "remote", kw_nexthop_flag, 0, RTM_NHF_REMOTE, true },
	{ "down", kw_nexthop_flag, 0, RTM_NHF_DOWN, true },
	{ "blackhole", kw_bits16, SPEC(flags), RTM_RF_BLACKHOLE, false },
	{ "prohibit", kw_bits16, SPEC(flags), RTM_RF_MARTIAN, false },
	{ "discard", kw_bits16, SPEC(flags), RTM_RF_DISCARD, false },
	{ "flag", kw_route_flag, 0, 0, true },
	{ "pref", kw_u32, SPEC(preference), 0, false },
	{ "metric", kw_u32, SPEC(metric), 0, false },
	{ "view", kw_views, SPEC(views), 0, false },
	{ "mtu", kw_u32, SPEC(mtu), 0, false },
	{ "ttl", kw_lifetime, SPEC(ttl_ms), 0, false },
	{ "src", kw_address, SPEC(src), 0, false },
	{ NULL, kw_dest, SPEC(dest), 0, false },
};

static const struct keyword del_keywords[] = {
	KW_PROTO(struct route_spec, entity),
	KW_ID(struct route_spec, entity),
	KW_INSTANCE(struct route_spec, entity),
	KW_TIMEOUT(struct route_spec, wait),
	KW_NOWAIT(struct route_spec, wait),
	{ "via", kw_via, offsetof(struct nexthop_spec, addr), 0, false },
	{ "dev", kw_dev, offsetof(struct nexthop_spec, ifindex), 0, false },
	{ NULL, kw_dest, SPEC(dest), 0, false },
};

/*
 * Completion
 */

/* "default" takes the family of what it is combined with. */
static void settle_family(struct route_spec *spec)
{
	if (spec->dest.family)
		return;
	if (spec->n && spec->nh[0].addr.family)
		spec->dest.family = spec->nh[0].addr.family;
	else if (spec->src.family)
		spec->dest.family = spec->src.family;
	else
		spec->dest.family = AF_INET;
}

static const char *family_name(const struct rtm_net_prefix *p)
{
	return p->family == AF_INET6 ? "IPv6" : "IPv4";
}

static int check_families(const struct route_spec *spec)
{
	char buf[PREFIX_TEXT];
	uint32_t i;

	for (i = 0; i < spec->n; i++) {
		if (spec->nh[i].addr.family && spec->nh[i].addr.family != spec->dest.family)
			return usage_error("next hop %s is not %s",
					   address_text(buf, sizeof(buf), &spec->nh[i].addr),
					   family_name(&spec->dest));
	}
	if (spec->src.family && spec->src.family != spec->dest.family)
		return usage_error("source address %s is not %s",
				   address_text(buf, sizeof(buf), &spec->src),
				   family_name(&spec->dest));
	return STATUS_OK;
}

/* Words to specification, the destination's family known. */
static int parse_route(struct args *args, const struct keyword *table, struct route_spec *spec)
{
	int status = parse_keywords(args, table, spec);

	if (status)
		return status;
	if (!spec->has_dest)
		return usage_error("the destination is missing");
	settle_family(spec);
	return check_families(spec);
}

/* Address and interface are the key of a next hop; both must be known. */
static int complete_nexthop(const struct route_spec *spec, struct nexthop_spec *nh,
			    const char *what)
{
	char dest[PREFIX_TEXT], addr[PREFIX_TEXT];

	if (!nh->addr.family) {
		if (!nh->ifindex)
			return usage_error("a next hop needs \"via\" or \"dev\"");
		nh->addr.family = spec->dest.family;
		nh->addr.len = (uint16_t)address_bits(nh->addr.family);
		return STATUS_OK;
	}
	address_text(addr, sizeof(addr), &nh->addr);
	if (nh->flags & RTM_NHF_REMOTE && nh->ifindex)
		return usage_error("remote next hop %s has no interface", addr);
	if (!nh->ifindex && !(nh->flags & RTM_NHF_REMOTE) && !is_link_local(&nh->addr))
		nh->ifindex = link_of(&nh->addr);
	if (nh->ifindex || nh->flags & RTM_NHF_REMOTE)
		return STATUS_OK;
	prefix_text(dest, sizeof(dest), &spec->dest);
	return refused("cannot %s %s: next hop %s %s", what, dest, addr,
		       is_link_local(&nh->addr) ? "is link-local and needs \"dev\""
						: "is not on any link");
}

static int check_twice(const struct route_spec *spec, uint32_t i)
{
	char addr[PREFIX_TEXT];
	uint32_t k;

	for (k = 0; k < i; k++) {
		if (spec->nh[k].ifindex == spec->nh[i].ifindex &&
		    same_prefix(&spec->nh[k].addr, &spec->nh[i].addr))
			return usage_error("next hop %s is given twice",
					   address_text(addr, sizeof(addr), &spec->nh[i].addr));
	}
	return STATUS_OK;
}

static int complete_nexthops(struct route_spec *spec, const char *what)
{
	int status = STATUS_OK;
	uint32_t i;

	if (!spec->n && !spec->flags)
		return usage_error("where to is missing: via, dev, blackhole or prohibit");
	for (i = 0; !status && i < spec->n; i++) {
		status = complete_nexthop(spec, &spec->nh[i], what);
		if (!status)
			status = check_twice(spec, i);
	}
	return status;
}

/*
 * Own routes at a destination
 */

/**
 * struct own_routes - what the entity has at a destination
 * @id: the entity
 * @spec: which of its routes are meant: those with all its next hops
 * @n: routes
 * @meant: of these, the meant ones
 * @plain: of these, without a neighbour
 * @neighbour: the last meant one's neighbour; family 0 for none
 */
struct own_routes {
	const struct rtm_entity_id *id;
	const struct route_spec *spec;
	uint32_t n;
	uint32_t meant;
	uint32_t plain;
	struct rtm_route_rec_nexthop neighbour;
};

static bool uses(const struct rtm_route_rec *r, const struct nexthop_spec *nh)
{
	uint32_t i;

	for (i = 0; i < r->n_nexthops; i++) {
		if ((!nh->ifindex || nh->ifindex == r->nexthops[i].ifindex) &&
		    (!nh->addr.family || same_prefix(&nh->addr, &r->nexthops[i].addr)))
			return true;
	}
	return false;
}

static int count_own(const void *rec, void *ctx)
{
	const struct rtm_route_rec *r = rec;
	struct own_routes *own = ctx;

	if (!same_entity(&r->owner, own->id))
		return 0;
	own->n++;
	own->plain += !r->attrs.neighbour;
	if (own->spec->n && !uses(r, &own->spec->nh[0]))
		return 0;
	own->meant++;
	memset(&own->neighbour, 0, sizeof(own->neighbour));
	if (r->attrs.neighbour)
		own->neighbour = r->neighbour;
	return 0;
}

static int find_own(const struct session *s, const struct route_spec *spec, struct own_routes *own)
{
	const struct dump_scope scope = {
		.flags = RTM_DUMP_EXACT,
		.prefix = spec->dest,
		.instance = s->id.instance,
	};

	memset(own, 0, sizeof(*own));
	own->id = &s->id;
	own->spec = spec;
	return dump_each(RTM_IOC_DUMP_ROUTES, spec->dest.family, &scope, count_own, own);
}

/*
 * add, replace
 */

static int get_handles(struct session *s, const struct route_spec *spec, const char *what,
		       __u64 *handles)
{
	char dest[PREFIX_TEXT];
	uint32_t i;
	int ret;

	if (spec->n > s->max_nexthops)
		return refused("cannot %s %s: %u next hops, the module takes %u at most", what,
			       prefix_text(dest, sizeof(dest), &spec->dest), spec->n,
			       s->max_nexthops);
	for (i = 0; i < spec->n; i++) {
		ret = session_nexthop(s, &spec->nh[i].addr, spec->nh[i].ifindex,
				      spec->nh[i].flags, &handles[i]);
		if (ret)
			return cannot(RTM_IOC_ADD_NEXTHOP, ret, "cannot %s %s", what,
				      prefix_text(dest, sizeof(dest), &spec->dest));
	}
	return STATUS_OK;
}

static int send_route(struct session *s, const struct route_spec *spec, const __u64 *handles)
{
	struct rtm_add_route req = {
		.size = sizeof(req),
		.flags = RTM_REQ_NO_HANDLE | wait_flags(&spec->wait),
		.entity = s->handle,
		.dest = spec->dest,
		.attrs = {
			.nexthops = (uintptr_t)handles,
			.n_nexthops = spec->n,
			.metric = spec->metric,
			.preference = spec->preference,
			.views = spec->views,
			.flags = spec->flags,
			.mtu = spec->mtu,
			.ttl_ms = spec->ttl_ms,
		},
		.deadline = wait_deadline(&spec->wait),
	};

	memcpy(req.attrs.src, spec->src.addr, sizeof(req.attrs.src));
	return dev_call(DEV_CHANGE, RTM_IOC_ADD_ROUTE, &req);
}

static int must_be_new(const struct session *s, const struct route_spec *spec)
{
	char dest[PREFIX_TEXT], entity[96];
	struct own_routes own;
	int status = find_own(s, spec, &own);

	if (status || !own.plain)
		return status;
	return refused("cannot add %s: %s has a route there already (\"replace\" changes it)",
		       prefix_text(dest, sizeof(dest), &spec->dest),
		       entity_text(entity, sizeof(entity), &s->id));
}

static int put_route(struct session *s, const struct route_spec *spec, const char *what)
{
	__u64 handles[RTM_MAX_NEXTHOPS];
	char dest[PREFIX_TEXT];
	int status, ret;

	status = get_handles(s, spec, what, handles);
	if (status)
		return status;
	ret = send_route(s, spec, handles);
	if (!ret)
		return STATUS_OK;
	return cannot(RTM_IOC_ADD_ROUTE, ret, "cannot %s %s", what,
		      prefix_text(dest, sizeof(dest), &spec->dest));
}

static int add_or_replace(struct args *args, const char *what, bool add)
{
	struct route_spec spec = ROUTE_SPEC_NONE;
	struct session *s;
	int status;

	status = parse_route(args, add_keywords, &spec);
	if (!status)
		status = complete_nexthops(&spec, what);
	if (!status)
		status = session_open(&spec.entity, spec.dest.family, &s);
	if (status)
		return status;
	if (add)
		status = must_be_new(s, &spec);
	if (!status)
		status = put_route(s, &spec, what);
	/* next hops of a route that was refused, or of the one it took the place of */
	s->tidy |= status || !add;
	return status;
}

int cmd_route_add(struct args *args)
{
	return add_or_replace(args, "add", true);
}

int cmd_route_replace(struct args *args)
{
	return add_or_replace(args, "replace", false);
}

/*
 * del
 */

/* Deleting must not make the entity, so it has to be there.  Status. */
static int open_existing(const struct route_spec *spec, const char *dest, struct session **s)
{
	struct rtm_entity_rec rec;
	struct rtm_entity_id id;
	char entity[96];
	int ret = dev_open(DEV_CHANGE);

	if (ret)
		return ret;
	entity_id_of(&spec->entity, spec->dest.family, &id);
	ret = entity_lookup(&id, &rec);
	if (ret < 0)
		return cannot(RTM_IOC_DUMP_ENTITIES, ret, "cannot delete %s", dest);
	if (!ret)
		return refused("cannot delete %s: there is no entity %s", dest,
			       entity_text(entity, sizeof(entity), &id));
	return session_open(&spec->entity, spec->dest.family, s);
}

/* By key: of several routes only those with a neighbour can be told apart. */
static int which_one(const struct own_routes *own, const char *dest)
{
	char entity[96];

	entity_text(entity, sizeof(entity), own->id);
	if (!own->n)
		return refused("cannot delete %s: %s has no route there", dest, entity);
	if (!own->meant)
		return refused("cannot delete %s: %s has no such next hop there", dest, entity);
	if (own->n > 1 && own->meant > 1 && own->spec->n)
		return refused("cannot delete %s: %u routes of %s match", dest, own->meant, entity);
	if (own->n > 1 && own->spec->n && !own->neighbour.addr.family)
		return refused("cannot delete %s: %s has %u routes there and this has no neighbour",
			       dest, entity, own->n);
	return STATUS_OK;
}

static int neighbour_handle(struct session *s, const struct own_routes *own, __u64 *handle)
{
	if (!own->spec->n || !own->neighbour.addr.family)
		return 0;
	return session_nexthop(s, &own->neighbour.addr, own->neighbour.ifindex,
			       own->neighbour.flags, handle);
}

static int delete_own(struct session *s, const struct route_spec *spec,
		      const struct own_routes *own)
{
	struct rtm_delete_route req = {
		.size = sizeof(req),
		.flags = wait_flags(&spec->wait),
		.entity = s->handle,
		.dest = spec->dest,
		.deadline = wait_deadline(&spec->wait),
	};
	int ret = neighbour_handle(s, own, &req.neighbour);

	return ret ? ret : dev_call(DEV_CHANGE, RTM_IOC_DELETE_ROUTE, &req);
}

int cmd_route_del(struct args *args)
{
	struct route_spec spec = ROUTE_SPEC_NONE;
	struct own_routes own;
	char dest[PREFIX_TEXT];
	struct session *s;
	int status, ret;

	status = parse_route(args, del_keywords, &spec);
	if (status)
		return status;
	prefix_text(dest, sizeof(dest), &spec.dest);
	status = open_existing(&spec, dest, &s);
	if (!status)
		status = find_own(s, &spec, &own);
	if (!status)
		status = which_one(&own, dest);
	if (status)
		return status;
	ret = delete_own(s, &spec, &own);
	s->tidy = true;
	return ret ? cannot(RTM_IOC_DELETE_ROUTE, ret, "cannot delete %s", dest) : STATUS_OK;
}

/*
 * flush
 */

struct flush_args {
	struct entity_sel entity;
	struct wait_sel wait;
	struct dump_scope scope;
};

static const struct keyword flush_keywords[] = {
	KW_PROTO(struct flush_args, entity),
	KW_ID(struct flush_args, entity),
	KW_INSTANCE(struct flush_args, entity),
	KW_TIMEOUT(struct flush_args, wait),
	KW_NOWAIT(struct flush_args, wait),
	{ "root", kw_scope, offsetof(struct flush_args, scope), RTM_DUMP_SUBTREE, false },
	{ "exact", kw_scope, offsetof(struct flush_args, scope), RTM_DUMP_EXACT, false },
	{ NULL, NULL, 0, 0, false },
};

/**
 * struct flush - a flush on its way
 * @batch: what is to be sent next
 * @left: routes that could not be deleted
 */
struct flush {
	struct batch batch;
	unsigned long left;
};

static void flushed(struct batch *b, const struct rtm_route_item *item, uint32_t index)
{
	struct flush *f = b->ctx;
	char dest[PREFIX_TEXT];

	(void)index;
	/* gone is gone */
	if (!item->status || item->status == -ENOENT)
		return;
	if (!f->left++)
		cannot(b->cmd, item->status, "cannot delete %s",
		       prefix_text(dest, sizeof(dest), &item->dest));
}

static int collect_own(const void *rec, void *ctx)
{
	const struct rtm_route_rec *r = rec;
	struct flush *f = ctx;
	struct batch *b = &f->batch;

	if (!same_entity(&r->owner, &b->session->id))
		return 0;
	b->items[b->n++] = (struct rtm_route_item) { .dest = r->dest };
	return b->n == b->room ? batch_send(b) : 0;
}

/* As many deletions of the entity's first route there as it has routes. */
static int flush_session(struct session *s, const struct flush_args *a)
{
	struct flush f = {
		.batch = {
			.cmd = RTM_IOC_DELETE_ROUTES,
			.session = s,
			.wait = &a->wait,
			.done = flushed,
			.ctx = &f,
		},
	};
	int status;

	batch_init(&f.batch, RTM_MAX_BATCH);
	status = dump_each(RTM_IOC_DUMP_ROUTES, s->id.family, &a->scope, collect_own, &f);
	if (!status && batch_send(&f.batch))
		status = refused("cannot delete all routes");
	batch_free(&f.batch);
	s->tidy = true;
	if (f.left > 1)
		note("%lu routes are left", f.left);
	return status ? status : f.left ? STATUS_REFUSED : STATUS_OK;
}

static int flush_family(const struct flush_args *a, int family)
{
	struct rtm_entity_rec rec;
	struct rtm_entity_id id;
	struct session *s;
	int ret;

	entity_id_of(&a->entity, family, &id);
	ret = entity_lookup(&id, &rec);
	if (ret < 0)
		return cannot(RTM_IOC_DUMP_ENTITIES, ret, "cannot delete routes");
	if (!ret)
		return STATUS_OK;
	ret = session_open(&a->entity, family, &s);
	return ret ? ret : flush_session(s, a);
}

int cmd_route_flush(struct args *args)
{
	struct flush_args a = { .entity = ENTITY_SEL_NONE, .wait = WAIT_SEL_NONE };
	static const int families[] = { AF_INET, AF_INET6 };
	int status = parse_keywords(args, flush_keywords, &a);
	size_t i;

	if (!status)
		status = dev_open(DEV_CHANGE);
	if (a.entity.instance > 0)
		a.scope.instance = (uint16_t)a.entity.instance;
	for (i = 0; !status && i < ARRAY_SIZE(families); i++) {
		if ((!opts.family || opts.family == families[i]) &&
		    (!a.scope.prefix.family || a.scope.prefix.family == families[i]))
			status = flush_family(&a, families[i]);
	}
	return status;
}
