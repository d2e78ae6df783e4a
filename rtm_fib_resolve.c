// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remote next hops: where packets for them really go.
 *
 * A remote next hop is an address on no link of ours.  It is looked up in the unicast
 * view of its own table: the best route of the longest destination that covers it says
 * how packets get there, and if that has remote next hops in turn, these are looked up,
 * too.  What comes out is a set of local next hops, which takes the place of the
 * route's own in the FIB.
 *
 * Each address that was looked up is a *gateway*, which remembers what covers it and
 * the next hops of that.  Each destination with remote next hops is a *follower* of
 * every gateway that was looked up for its sake.  A change of a best route comes to the
 * writer's worker anyway, and there the gateways below that destination are looked up
 * again: those whose answer is another one have their followers marked, and nothing
 * else happens.  So what a million routes share costs one lookup, and a change that is
 * none for a gateway ends there, also where destinations follow each other in circles.
 *
 * A destination does not resolve through itself: what covers an address instead is the
 * next shorter destination.  Addresses are looked up in the order in which they are met,
 * each once, and so every circle ends.  A lookup that finds anything but next hops, a
 * black hole say, or nothing at all, adds nothing to the result, and without a result the
 * destination is unresolved.
 *
 * Next hops found may be anybody's.  An on-link route leads to the remote address by an
 * interface, which is a next hop nobody has: one is made for the FIB alone.
 *
 * All of this runs in the worker and needs no lock.  A follower has a reference to its
 * destination, and is forgotten when that has nothing remote any more.
 */
#include "rtm_fib_resolve.h"

#include <linux/list.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rtm_dest.h"
#include "rtm_fib.h"
#include "rtm_fib_wish.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_prefix.h"
#include "rtm_route.h"
#include "rtm_table.h"

/**
 * struct rtm_gateway - an address that was looked up
 * @node: in rtm_fib_resolver.gateways
 * @table: where; lives as long as the followers, whose destinations are there
 * @prefix: what has to be covered: the address, or fewer bits of it
 * @cover: the destination that does, a reference, or NULL
 * @nhs: next hops of its best route, a reference, or NULL
 * @version: and their versions, summed up: another sum is another answer
 * @links: followers
 * @resolved: what a route with just this next hop resolves to, a reference, or NULL
 * @generation: rtm_fib_resolver.generation for which @resolved holds
 */
struct rtm_gateway {
	struct rb_node node;
	struct rtm_table *table;
	struct rtm_prefix prefix;
	struct rtm_dest *cover;
	struct rtm_nhset *nhs;
	u32 version;
	struct list_head links;
	struct rtm_nhset *resolved;
	u64 generation;
};

/**
 * struct link - that a destination follows a gateway
 * @entry: in rtm_gateway.links
 * @gateway: the gateway
 * @follower: the destination's
 */
struct link {
	struct list_head entry;
	struct rtm_gateway *gateway;
	struct follower *follower;
};

/**
 * struct follower - a destination with remote next hops
 * @node: in rtm_fib_resolver.followers
 * @dest: the destination, a reference
 * @n: number of @links
 * @links: gateways it follows, in the order of their lookups
 */
struct follower {
	struct rb_node node;
	struct rtm_dest *dest;
	unsigned int n;
	struct link links[];
};

/*
 * Gateways
 */

static struct rtm_gateway *to_gateway(const struct rb_node *node)
{
	return rb_entry(node, struct rtm_gateway, node);
}

static int gateway_cmp(const struct rtm_table *table, const struct rtm_prefix *p,
		       const struct rtm_gateway *gw)
{
	if (table != gw->table)
		return table < gw->table ? -1 : 1;
	return rtm_prefix_cmp(p, &gw->prefix);
}

/* The first gateway that does not sort before @p, and where a new one would go. */
static struct rtm_gateway *gateway_from(struct rtm_fib_resolver *r, const struct rtm_table *table,
					const struct rtm_prefix *p, struct rb_node **parent,
					struct rb_node ***place)
{
	struct rb_node **link = &r->gateways.rb_node;
	struct rtm_gateway *found = NULL;

	*parent = NULL;
	while (*link) {
		*parent = *link;
		if (gateway_cmp(table, p, to_gateway(*link)) <= 0) {
			found = to_gateway(*link);
			link = &(*link)->rb_left;
		} else {
			link = &(*link)->rb_right;
		}
	}
	*place = link;
	return found;
}

static u32 sum_of_versions(const struct rtm_nhset *nhs)
{
	unsigned int i;
	u32 sum = 0;

	for (i = 0; nhs && i < nhs->n; i++) {
		/* before what it counts is looked at, see fill_locked() in rtm_nexthop.c */
		sum += smp_load_acquire(&nhs->nh[i]->version);
	}
	return sum;
}

/* Look up what covers it; true when that is another answer than before. */
static bool gateway_refresh(struct rtm_gateway *gw)
{
	struct rtm_dest *cover = rtm_dest_match(gw->table, &gw->prefix, RTM_V_UCAST);
	struct rtm_nhset *nhs = NULL;
	bool changed;
	u32 version;

	/* of anything but next hops there is no set */
	if (cover)
		rtm_fib_wish_best(cover, &nhs);
	version = sum_of_versions(nhs);
	changed = cover != gw->cover || nhs != gw->nhs || version != gw->version;
	swap(cover, gw->cover);
	swap(nhs, gw->nhs);
	gw->version = version;
	if (cover)
		rtm_dest_put(cover);
	rtm_nhset_put(nhs);
	return changed;
}

static struct rtm_gateway *gateway_get(struct rtm_fib_resolver *r, struct rtm_table *table,
				       const struct rtm_prefix *p)
{
	struct rb_node *parent, **place;
	struct rtm_gateway *gw = gateway_from(r, table, p, &parent, &place);

	if (gw && !gateway_cmp(table, p, gw))
		return gw;
	gw = kzalloc(sizeof(*gw), GFP_KERNEL);
	if (!gw)
		return NULL;
	gw->table = table;
	gw->prefix = *p;
	INIT_LIST_HEAD(&gw->links);
	rb_link_node(&gw->node, parent, place);
	rb_insert_color(&gw->node, &r->gateways);
	gateway_refresh(gw);
	return gw;
}

static void gateway_put_unused(struct rtm_fib_resolver *r, struct rtm_gateway *gw)
{
	if (!list_empty(&gw->links))
		return;
	rb_erase(&gw->node, &r->gateways);
	if (gw->cover)
		rtm_dest_put(gw->cover);
	rtm_nhset_put(gw->nhs);
	rtm_nhset_put(gw->resolved);
	kfree(gw);
}

/*
 * Followers
 */

static struct follower *to_follower(const struct rb_node *node)
{
	return rb_entry(node, struct follower, node);
}

static struct follower *follower_find(struct rtm_fib_resolver *r, const struct rtm_dest *dest)
{
	struct rb_node *node = r->followers.rb_node;

	while (node) {
		if (dest == to_follower(node)->dest)
			return to_follower(node);
		node = dest < to_follower(node)->dest ? node->rb_left : node->rb_right;
	}
	return NULL;
}

static void follower_insert(struct rtm_fib_resolver *r, struct follower *f)
{
	struct rb_node **link = &r->followers.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		link = f->dest < to_follower(parent)->dest ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&f->node, parent, link);
	rb_insert_color(&f->node, &r->followers);
}

static void follower_free(struct rtm_fib_resolver *r, struct follower *f)
{
	unsigned int i;

	rb_erase(&f->node, &r->followers);
	for (i = 0; i < f->n; i++) {
		list_del(&f->links[i].entry);
		gateway_put_unused(r, f->links[i].gateway);
	}
	rtm_dest_put(f->dest);
	kfree(f);
}

static bool follows(const struct rtm_fib_resolver *r, const struct follower *f)
{
	unsigned int i;

	if (f->n != r->n_seen)
		return false;
	for (i = 0; i < f->n; i++)
		if (f->links[i].gateway != r->seen[i])
			return false;
	return true;
}

/* From now on the destination follows what has been seen. */
static int follow(struct rtm_fib_resolver *r)
{
	struct follower *old = follower_find(r, r->dest);
	struct follower *f;
	unsigned int i;

	if (old && follows(r, old))
		return 0;
	f = kzalloc(struct_size(f, links, r->n_seen), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	rtm_dest_hold(r->dest);
	f->dest = r->dest;
	f->n = r->n_seen;
	for (i = 0; i < f->n; i++) {
		f->links[i].gateway = r->seen[i];
		f->links[i].follower = f;
		list_add_tail(&f->links[i].entry, &r->seen[i]->links);
	}
	if (old)
		follower_free(r, old);
	follower_insert(r, f);
	return 0;
}

/*
 * Resolution
 */

/* Remember that the destination depends on @gw; false when there is no room. */
static bool see(struct rtm_fib_resolver *r, struct rtm_gateway *gw)
{
	unsigned int i;

	for (i = 0; i < r->n_seen; i++)
		if (r->seen[i] == gw)
			return true;
	if (r->n_seen == ARRAY_SIZE(r->seen))
		return false;
	r->seen[r->n_seen++] = gw;
	return true;
}

static struct rtm_gateway *look_up(struct rtm_fib_resolver *r, const struct rtm_prefix *p, int *err)
{
	struct rtm_gateway *gw = gateway_get(r, r->dest->table, p);

	*err = gw ? 0 : -ENOMEM;
	if (!gw || see(r, gw))
		return gw;
	gateway_put_unused(r, gw);
	return NULL;
}

/* What covers an address but for the destination itself; NULL: nothing, or @err. */
static struct rtm_gateway *look_up_address(struct rtm_fib_resolver *r, struct rtm_key key,
					   int *err)
{
	struct rtm_prefix p = { .key = key, .len = rtm_family_bits(r->dest->table->family) };
	struct rtm_gateway *gw = look_up(r, &p, err);

	if (!gw || gw->cover != r->dest)
		return gw;
	rtm_dest_prefix(r->dest, &p);
	if (!p.len)
		return NULL;
	p.len--;
	p.key = rtm_key_mask(key, p.len);
	return look_up(r, &p, err);
}

static bool have_hop(const struct rtm_fib_resolver *r, const struct rtm_prefix *addr, u32 ifindex)
{
	unsigned int i;

	for (i = 0; i < r->n_hops; i++)
		if (r->hops[i]->ifindex == ifindex && !rtm_prefix_cmp(&r->hops[i]->addr, addr))
			return true;
	return r->n_hops == ARRAY_SIZE(r->hops);
}

static void add_hop(struct rtm_fib_resolver *r, struct rtm_nexthop *nh)
{
	if (have_hop(r, &nh->addr, nh->ifindex))
		return;
	rtm_nexthop_hold(nh);
	r->hops[r->n_hops++] = nh;
}

/* The address itself is on the link that @nh names. */
static int add_on_link(struct rtm_fib_resolver *r, const struct rtm_nexthop *nh,
		       const struct rtm_nexthop *remote)
{
	struct rtm_nexthop *derived;

	if (have_hop(r, &remote->addr, nh->ifindex))
		return 0;
	derived = rtm_nexthop_derive(remote, nh->ifindex);
	if (!derived)
		return -ENOMEM;
	r->hops[r->n_hops++] = derived;
	return 0;
}

static bool is_queued(const struct rtm_fib_resolver *r, const struct rtm_nexthop *nh)
{
	unsigned int i;

	for (i = 0; i < r->n_queued; i++)
		if (!rtm_prefix_cmp(&r->queue[i].remote->addr, &nh->addr))
			return true;
	return r->n_queued == ARRAY_SIZE(r->queue);
}

/* What leads to it is added later: how deep this goes must not be up to users. */
static int add_remote(struct rtm_fib_resolver *r, const struct rtm_nexthop *nh)
{
	struct rtm_gateway *gw;
	int err;

	if (is_queued(r, nh))
		return 0;
	gw = look_up_address(r, nh->addr.key, &err);
	if (!gw || !gw->nhs)
		return err;
	r->early |= rtm_fib_is_behind(gw->cover);
	r->queue[r->n_queued].gateway = gw;
	r->queue[r->n_queued++].remote = nh;
	return 0;
}

static bool some_are_up(const struct rtm_nhset *nhs)
{
	unsigned int i;

	for (i = 0; i < nhs->n; i++)
		if (!(READ_ONCE(nhs->nh[i]->flags) & RTM_NHF_DOWN))
			return true;
	return false;
}

/* All of a set that can be used; @remote is what was looked up, NULL at the top. */
static int add_set(struct rtm_fib_resolver *r, const struct rtm_nhset *nhs,
		   const struct rtm_nexthop *remote)
{
	bool up = some_are_up(nhs);
	unsigned int i;
	int err = 0;

	for (i = 0; i < nhs->n && !err; i++) {
		struct rtm_nexthop *nh = nhs->nh[i];

		if (up && READ_ONCE(nh->flags) & RTM_NHF_DOWN)
			continue;
		switch (rtm_fib_hop_use(r->dest->table, nh)) {
		case RTM_HOP_GATEWAY:
			add_hop(r, nh);
			break;
		case RTM_HOP_LINK:
			if (remote)
				err = add_on_link(r, nh, remote);
			else
				add_hop(r, nh);
			break;
		case RTM_HOP_UNUSED:
			err = add_remote(r, nh);
			break;
		}
	}
	return err;
}

/* Next hops and gateways stay as they are meanwhile: nothing is refreshed. */
static int add_all(struct rtm_fib_resolver *r, const struct rtm_nhset *nhs)
{
	unsigned int i;
	int err;

	err = add_set(r, nhs, NULL);
	for (i = 0; i < r->n_queued && !err; i++) {
		err = add_set(r, r->queue[i].gateway->nhs, r->queue[i].remote);
		cond_resched();
	}
	return err;
}

static void drop_hops(struct rtm_fib_resolver *r)
{
	while (r->n_hops)
		rtm_nexthop_put(r->hops[--r->n_hops]);
}

/* The references of the hops go over to the set. */
static struct rtm_nhset *make_set(struct rtm_fib_resolver *r, const struct rtm_nhset *nhs)
{
	struct rtm_nhset *set = rtm_nhset_alloc(r->n_hops);

	if (!set)
		return NULL;
	set->mtu = nhs->mtu;
	memcpy(set->src, nhs->src, sizeof(set->src));
	memcpy(set->nh, r->hops, r->n_hops * sizeof(r->hops[0]));
	r->n_hops = 0;
	return set;
}

/* Routes that have one next hop and nothing else share what it resolves to. */
static struct rtm_gateway *shared_by(struct rtm_fib_resolver *r, const struct rtm_nhset *nhs)
{
	if (nhs->n != 1 || nhs->mtu || memchr_inv(nhs->src, 0, sizeof(nhs->src)))
		return NULL;
	/* with one lookup nothing but the gateway itself decides */
	return r->n_seen == 1 ? r->seen[0] : NULL;
}

static struct rtm_nhset *get_set(struct rtm_fib_resolver *r, const struct rtm_nhset *nhs)
{
	struct rtm_gateway *gw = shared_by(r, nhs);
	struct rtm_nhset *set;

	if (gw && gw->resolved && gw->generation == r->generation) {
		refcount_inc(&gw->resolved->refs);
		return gw->resolved;
	}
	set = make_set(r, nhs);
	if (!gw || !set)
		return set;
	rtm_nhset_put(gw->resolved);
	refcount_inc(&set->refs);
	gw->resolved = set;
	gw->generation = r->generation;
	return set;
}

static bool has_remote(const struct rtm_dest *dest, const struct rtm_nhset *nhs)
{
	unsigned int i;

	for (i = 0; i < nhs->n; i++)
		if (rtm_fib_hop_use(dest->table, nhs->nh[i]) == RTM_HOP_UNUSED)
			return true;
	return false;
}

static int resolve(struct rtm_fib_resolver *r, struct rtm_nhset **nhs)
{
	struct rtm_nhset *set = NULL;
	int err;

	err = add_all(r, *nhs);
	if (!err)
		err = follow(r);
	if (!err)
		set = get_set(r, *nhs);
	if (!err && !set)
		err = -ENOMEM;
	drop_hops(r);
	if (err)
		return err;
	rtm_nhset_put(*nhs);
	*nhs = set;
	return 0;
}

/**
 * rtm_fib_resolve() - put local next hops in the place of remote ones
 * @r: the resolver
 * @dest: the destination
 * @nhs: in: next hops of its best route; out: what they resolve to, maybe none; a
 *	reference in either case
 *
 * From now on the destination is marked when the answer may be another one.
 *
 * Context: the worker, may sleep.
 *
 * Return: 0 or -ENOMEM, @nhs being as it was.
 */
int rtm_fib_resolve(struct rtm_fib_resolver *r, struct rtm_dest *dest, struct rtm_nhset **nhs)
{
	unsigned int i;
	int err;

	if (!has_remote(dest, *nhs)) {
		rtm_fib_resolve_forget(r, dest);
		return 0;
	}
	r->dest = dest;
	r->n_seen = 0;
	r->n_queued = 0;
	r->n_hops = 0;
	err = resolve(r, nhs);
	for (i = 0; err && i < r->n_seen; i++)
		gateway_put_unused(r, r->seen[i]);
	return err;
}

/**
 * rtm_fib_resolve_forget() - a destination has no remote next hop
 * @r: the resolver
 * @dest: the destination
 *
 * Context: the worker, may sleep.
 */
void rtm_fib_resolve_forget(struct rtm_fib_resolver *r, struct rtm_dest *dest)
{
	struct follower *f;

	if (RB_EMPTY_ROOT(&r->followers))
		return;
	f = follower_find(r, dest);
	if (f)
		follower_free(r, f);
}

static void mark_followers(struct rtm_fib_resolver *r, struct rtm_gateway *gw,
			   const struct rtm_dest *but)
{
	struct link *link;

	r->generation++;
	list_for_each_entry(link, &gw->links, entry) {
		if (link->follower->dest == but)
			continue;
		rtm_fib_mark(link->follower->dest);
		r->marked = true;
		cond_resched();
	}
}

/**
 * rtm_fib_resolve_moved() - the best route of a destination may be another one
 * @r: the resolver
 * @dest: the destination, in hand: it is looked at after this
 *
 * Marks those who depend on it.
 *
 * Context: the worker, may sleep.
 */
void rtm_fib_resolve_moved(struct rtm_fib_resolver *r, struct rtm_dest *dest)
{
	struct rb_node *parent, **place, *node;
	struct rtm_gateway *gw;
	struct rtm_prefix p;

	if (RB_EMPTY_ROOT(&r->gateways))
		return;
	rtm_dest_prefix(dest, &p);
	gw = gateway_from(r, dest->table, &p, &parent, &place);
	while (gw && gw->table == dest->table && rtm_prefix_covers(&p, &gw->prefix)) {
		node = rb_next(&gw->node);
		if (gateway_refresh(gw))
			mark_followers(r, gw, dest);
		gw = node ? to_gateway(node) : NULL;
		cond_resched();
	}
}

/**
 * rtm_fib_resolve_init() - nothing remote
 * @r: the resolver, all zero
 */
void rtm_fib_resolve_init(struct rtm_fib_resolver *r)
{
	r->gateways = RB_ROOT;
	r->followers = RB_ROOT;
}

/**
 * rtm_fib_resolve_exit() - give back every reference
 * @r: the resolver
 *
 * Context: process, may sleep; the worker is at rest.
 */
void rtm_fib_resolve_exit(struct rtm_fib_resolver *r)
{
	struct rb_node *node;

	while ((node = rb_first(&r->followers))) {
		follower_free(r, to_follower(node));
		cond_resched();
	}
}
