// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel FIB should have of a destination.
 *
 * The wish is the best live route of the unicast view, seen with the eyes of the
 * kernel:
 *
 *   route                                             in the FIB
 *   inactive, or one of the broadcast, local
 *   multicast, loopback and own-address kinds         nothing; the kernel has its own
 *   black hole, discard                               blackhole
 *   martian                                           prohibit: refusing such packets is
 *                                                     policy, and ICMP can say so
 *   no next hop                                       nothing
 *   remote next hops                                  what they resolve to
 *                                                     (rtm_fib_resolve.c); if that is
 *                                                     nothing: unresolved
 *   next hop with its interface's own address or
 *   with no address                                   on the link
 *   any other                                         through that gateway
 *
 * Of several next hops those that are down are left out while others are up.  IPv6
 * cannot mix gateways and links in one route; there links are left out, too, and of
 * several links the first stays.
 *
 * A wish is read in a short section of the destination, and turned into a message
 * after it.  The set of next hops is immutable and kept by a reference, which makes
 * "has anything changed" a comparison of pointers nearly always.  How the hops are
 * used depends on things outside of the set; that is kept as the *shape*: two bits
 * for each of up to 16 next hops, from which the message can be made again, and
 * a hash for more.
 */
#include "rtm_fib_wish.h"

#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <net/addrconf.h>

#include "rtm_dest.h"
#include "rtm_fib.h"
#include "rtm_fib_resolve.h"
#include "rtm_lock.h"
#include "rtm_net.h"
#include "rtm_netlink.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_prefix.h"
#include "rtm_route.h"
#include "rtm_select.h"
#include "rtm_table.h"

#define SHAPE_HOPS	16

/* The kernel's local table takes care of these, or nobody should. */
#define NOT_FORWARDED	(RTM_RF_INACTIVE | RTM_RF_MYSELF | RTM_RF_LOOPBACK | \
			 RTM_RF_LOCAL_MCAST | RTM_RF_LIMITED_BC | \
			 RTM_RF_ZEROS_NETBC | RTM_RF_ZEROS_SUBNETBC | \
			 RTM_RF_ONES_NETBC | RTM_RF_ONES_SUBNETBC)

static u8 route_type(const struct rtm_route *route)
{
	if (route->flags & NOT_FORWARDED)
		return RTN_UNSPEC;
	if (route->flags & (RTM_RF_BLACKHOLE | RTM_RF_DISCARD))
		return RTN_BLACKHOLE;
	if (route->flags & RTM_RF_MARTIAN)
		return RTN_PROHIBIT;
	return RTN_UNICAST;
}

static bool ip4_is_local(const struct net_device *dev, __be32 addr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (ifa->ifa_local == addr)
			return true;
	return false;
}

static bool addr_is_local(struct net *net, u16 family, u32 ifindex, const u8 *addr)
{
	struct net_device *dev;
	bool local = false;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, ifindex);
	if (dev && family == AF_INET)
		local = ip4_is_local(dev, *(const __be32 *)addr);
	else if (dev)
		local = ipv6_chk_addr(net, (const struct in6_addr *)addr, dev, 0);
	rcu_read_unlock();
	return local;
}

/**
 * rtm_fib_hop_use() - how packets get to a next hop
 * @table: table of the route
 * @nh: the next hop
 *
 * Context: any but interrupts.
 *
 * Return: RTM_HOP_UNUSED for a remote one.
 */
enum rtm_hop_use rtm_fib_hop_use(const struct rtm_table *table, const struct rtm_nexthop *nh)
{
	u8 addr[16] __aligned(4);

	if (!nh->ifindex || READ_ONCE(nh->flags) & RTM_NHF_REMOTE)
		return RTM_HOP_UNUSED;
	if (!nh->addr.key.hi && !nh->addr.key.lo)
		return RTM_HOP_LINK;
	rtm_key_to_bytes(addr, nh->addr.key, table->family);
	if (addr_is_local(table->rnet->net, table->family, nh->ifindex, addr))
		return RTM_HOP_LINK;
	return RTM_HOP_GATEWAY;
}

static bool hop_is_down(const struct rtm_nexthop *nh)
{
	return READ_ONCE(nh->flags) & RTM_NHF_DOWN;
}

static void use_up_only(struct rtm_fib_wish *wish)
{
	const struct rtm_nhset *nhs = wish->nhs;
	bool up = false;
	unsigned int i;

	for (i = 0; i < nhs->n; i++)
		up |= wish->use[i] && !hop_is_down(nhs->nh[i]);
	for (i = 0; up && i < nhs->n; i++)
		if (hop_is_down(nhs->nh[i]))
			wish->use[i] = RTM_HOP_UNUSED;
}

static unsigned int count_use(const struct rtm_fib_wish *wish, enum rtm_hop_use use)
{
	unsigned int i, n = 0;

	for (i = 0; i < wish->nhs->n; i++)
		n += wish->use[i] == use;
	return n;
}

/* An IPv6 multipath route consists of gateways. */
static void use_gateways_only(struct rtm_fib_wish *wish)
{
	bool keep = !count_use(wish, RTM_HOP_GATEWAY);
	unsigned int i;

	for (i = 0; i < wish->nhs->n; i++) {
		if (wish->use[i] != RTM_HOP_LINK)
			continue;
		if (!keep)
			wish->use[i] = RTM_HOP_UNUSED;
		keep = false;
	}
}

static u32 shape_of(const struct rtm_fib_wish *wish)
{
	unsigned int i, n = wish->nhs->n;
	u32 shape = 0;

	if (n > SHAPE_HOPS)
		return jhash(wish->use, n, 0);
	for (i = 0; i < n; i++)
		shape |= (u32)wish->use[i] << 2 * i;
	return shape;
}

static void decide_use(struct rtm_fib_wish *wish, const struct rtm_table *table)
{
	unsigned int i;

	for (i = 0; i < wish->nhs->n; i++)
		wish->use[i] = rtm_fib_hop_use(table, wish->nhs->nh[i]);
	use_up_only(wish);
	if (table->family == AF_INET6)
		use_gateways_only(wish);
	wish->shape = shape_of(wish);
}

static void wish_nothing(struct rtm_fib_wish *wish, enum rtm_fib_state state)
{
	rtm_nhset_put(wish->nhs);
	wish->nhs = NULL;
	wish->type = RTN_UNSPEC;
	wish->state = state;
}

/**
 * rtm_fib_wish_best() - what the best route of the unicast view is to the kernel
 * @dest: the destination
 * @nhs: out: its next hops, a reference, where the type has some; else not touched
 *
 * The section only fetches: projection looks at devices, which may take longer.
 *
 * Context: process, may sleep; waits for short sections, never for a user.
 *
 * Return: RTN_*, RTN_UNSPEC for nothing.
 */
u8 rtm_fib_wish_best(struct rtm_dest *dest, struct rtm_nhset **nhs)
{
	const struct rtm_route *best;
	struct rtm_nhset *set;
	u8 type = RTN_UNSPEC;

	rtm_kernel_read_begin(dest);
	best = rtm_select_best(dest, ilog2(RTM_V_UCAST));
	if (best)
		type = route_type(best);
	if (type == RTN_UNICAST) {
		set = rcu_dereference_protected(best->nhs, true);
		/* the route holds a reference, and it stays during the section */
		if (rtm_nhset_get(set))
			*nhs = set;
	}
	rtm_kernel_read_end(dest);
	return type;
}

/* A route with next hops: which of them, and how. */
static int wish_hops(struct rtm_fib_wish *wish, struct rtm_dest *dest,
		     struct rtm_fib_resolver *resolver)
{
	int err = rtm_fib_resolve(resolver, dest, &wish->nhs);

	if (err) {
		wish_nothing(wish, RTM_FIB_FAILED);
		return err;
	}
	decide_use(wish, dest->table);
	if (count_use(wish, RTM_HOP_UNUSED) == wish->nhs->n)
		wish_nothing(wish, RTM_FIB_UNRESOLVED);
	return 0;
}

/**
 * rtm_fib_wish_read() - find out what the FIB should have of a destination
 * @wish: out: the caller gives @wish->nhs back
 * @dest: the destination, of a table that is mapped to a FIB table
 * @resolver: for remote next hops
 *
 * Context: the worker, may sleep; waits for short sections, never for a user.
 *
 * Return: 0, or -ENOMEM; then there is nothing to wish for just now.
 */
int rtm_fib_wish_read(struct rtm_fib_wish *wish, struct rtm_dest *dest,
		      struct rtm_fib_resolver *resolver)
{
	memset(wish, 0, sizeof(*wish));
	wish->state = RTM_FIB_INSTALLED;
	wish->type = rtm_fib_wish_best(dest, &wish->nhs);
	if (wish->type == RTN_UNICAST && (!wish->nhs || !wish->nhs->n))
		wish->type = RTN_UNSPEC;
	if (wish->type == RTN_UNICAST)
		return wish_hops(wish, dest, resolver);
	rtm_fib_resolve_forget(resolver, dest);
	if (wish->type == RTN_UNSPEC)
		wish_nothing(wish, RTM_FIB_NONE);
	return 0;
}

/**
 * rtm_fib_wish_recall() - make again the wish that was fulfilled last
 * @wish: out; @wish->nhs is borrowed
 * @dest: destination with an entry of ours in the FIB
 *
 * For a message that must name our own next hops, to spare those of others.  A
 * shape of many next hops cannot be read back: in IPv6 every one is named then,
 * which removes those that are there; in IPv4, where others cannot join an entry,
 * none is.
 *
 * Context: kernel thread.
 */
void rtm_fib_wish_recall(struct rtm_fib_wish *wish, const struct rtm_dest *dest)
{
	const struct rtm_fib_entry *entry = &dest->fib;
	const struct rtm_nhset *nhs = entry->installed;
	unsigned int i;

	memset(wish, 0, sizeof(*wish));
	wish->type = entry->type;
	if (!nhs || (nhs->n > SHAPE_HOPS && dest->table->family == AF_INET))
		return;
	wish->nhs = entry->installed;
	wish->shape = entry->shape;
	for (i = 0; i < nhs->n; i++)
		if (nhs->n > SHAPE_HOPS)
			wish->use[i] = rtm_fib_hop_use(dest->table, nhs->nh[i]);
		else
			wish->use[i] = wish->shape >> 2 * i & 3;
}

static bool hop_same(const struct rtm_nexthop *a, const struct rtm_nexthop *b)
{
	return a == b || (a->ifindex == b->ifindex && !rtm_prefix_cmp(&a->addr, &b->addr));
}

static bool nhset_same(const struct rtm_nhset *a, const struct rtm_nhset *b)
{
	unsigned int i;

	if (a == b)
		return true;
	if (!a || !b || a->n != b->n || a->mtu != b->mtu || memcmp(a->src, b->src, sizeof(a->src)))
		return false;
	for (i = 0; i < a->n; i++)
		if (!hop_same(a->nh[i], b->nh[i]))
			return false;
	return true;
}

/**
 * rtm_fib_wish_same() - is the wish what the FIB has already
 * @wish: the wish
 * @entry: what was acknowledged last
 *
 * Return: true when there is nothing to send.
 */
bool rtm_fib_wish_same(const struct rtm_fib_wish *wish, const struct rtm_fib_entry *entry)
{
	return wish->type == entry->type && wish->shape == entry->shape &&
	       nhset_same(wish->nhs, entry->installed);
}

/**
 * rtm_fib_wish_key() - begin a message: which prefix it is about
 * @r: out: everything but the key is cleared
 * @dest: the destination
 */
void rtm_fib_wish_key(struct rtm_netlink_route *r, const struct rtm_dest *dest)
{
	const struct rtm_table *table = dest->table;
	struct rtm_prefix p;

	memset(r, 0, offsetof(struct rtm_netlink_route, hops));
	rtm_dest_prefix(dest, &p);
	r->family = table->family;
	r->table = table->fib_table;
	r->len = p.len;
	rtm_key_to_bytes(r->dst, p.key, table->family);
}

/**
 * rtm_fib_wish_fill() - go on with the message: what the route is
 * @r: begun by rtm_fib_wish_key()
 * @wish: the route
 * @family: AF_INET or AF_INET6
 */
void rtm_fib_wish_fill(struct rtm_netlink_route *r, const struct rtm_fib_wish *wish, u8 family)
{
	const struct rtm_nhset *nhs = wish->nhs;
	struct rtm_netlink_hop *hop;
	unsigned int i;

	r->type = wish->type;
	if (!nhs)
		return;
	r->mtu = nhs->mtu;
	memcpy(r->src, nhs->src, sizeof(r->src));
	for (i = 0; i < nhs->n; i++) {
		if (wish->use[i] == RTM_HOP_UNUSED)
			continue;
		hop = &r->hops[r->n_hops++];
		hop->ifindex = nhs->nh[i]->ifindex;
		hop->gateway = wish->use[i] == RTM_HOP_GATEWAY;
		rtm_key_to_bytes(hop->addr, nhs->nh[i]->addr.key, family);
	}
}
