// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table in the kernel's FIB, which rtm is compared with.
 *
 * How this file works: routes are added by the functions that netlink calls, one by one,
 * to a table of their own, so that it has what rtm's table has and nothing else.
 */
#include <linux/math64.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>

#include "bench.h"

static int add4(struct bench *b, const struct bench_route *route)
{
	struct fib_config cfg = {
		.fc_dst_len = route->len,
		.fc_protocol = RTPROT_STATIC,
		.fc_scope = RT_SCOPE_UNIVERSE,
		.fc_type = RTN_UNICAST,
		.fc_gw_family = AF_INET,
		.fc_table = BENCH_FIB_TABLE,
		.fc_dst = route->addr.s6_addr32[0],
		.fc_gw4 = b->nexthops[route->nexthop].s6_addr32[0],
		.fc_oif = b->ifindex,
		.fc_flags = RTNH_F_ONLINK,
		.fc_nlflags = NLM_F_CREATE | NLM_F_EXCL,
		.fc_nlinfo.nl_net = &init_net,
	};

	return bench_sym.fib_table_insert_fn(&init_net, b->fib4, &cfg, NULL);
}

static int add6(struct bench *b, const struct bench_route *route)
{
	struct nlmsghdr header = { .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL };
	struct fib6_config cfg = {
		.fc_table = BENCH_FIB_TABLE,
		.fc_metric = IP6_RT_PRIO_USER,
		.fc_dst_len = route->len,
		.fc_ifindex = b->ifindex,
		.fc_flags = RTF_UP | RTF_GATEWAY | RTNH_F_ONLINK,
		.fc_protocol = RTPROT_STATIC,
		.fc_type = RTN_UNICAST,
		.fc_dst = route->addr,
		.fc_gateway = b->nexthops[route->nexthop],
		.fc_nlinfo.nlh = &header,
		.fc_nlinfo.nl_net = &init_net,
	};

	return bench_sym.ip6_route_add_fn(&cfg, GFP_KERNEL, NULL);
}

static int add_all(struct bench *b, int (*add)(struct bench *b, const struct bench_route *route))
{
	u32 i;
	int err = 0;

	rtnl_lock();
	for (i = 0; i < b->n_routes && !err; i++) {
		err = add(b, &b->routes[i]);
		cond_resched();
	}
	rtnl_unlock();
	return err;
}

/* RTNL is for the IPv4 one. */
static int make_table(struct bench *b)
{
	rtnl_lock();
	if (b->family == AF_INET)
		b->fib4 = fib_new_table(&init_net, BENCH_FIB_TABLE);
	else
		b->fib6 = bench_sym.fib6_new_table_fn(&init_net, BENCH_FIB_TABLE);
	rtnl_unlock();
	return b->fib4 || b->fib6 ? 0 : -ENOMEM;
}

/**
 * bench_fib_load() - give the kernel's FIB the table
 * @b: the bench
 *
 * Return: 0 or a negative errno.
 */
int bench_fib_load(struct bench *b)
{
	u64 begin;
	int err;

	err = make_table(b);
	if (err)
		return err;
	begin = bench_ns();
	err = add_all(b, b->family == AF_INET ? add4 : add6);
	bench_result(b, div_u64((bench_ns() - begin) * 1000, b->n_routes),
		     "fib insert single ns");
	return err;
}
