/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A network namespace with two interfaces, and a look at the kernel FIB.
 *
 * How this file works: it speaks rtnetlink itself, because starting ip(8) takes most
 * of the time where everything is slow.  What the main table has of a prefix is
 * brought into the words of "ip route", so that a test can say with a pattern of the
 * shell what it expects:
 *
 *	10.0.0.0/8 via 192.0.2.2 dev dummy0 proto 212 metric 10
 *	10.0.0.0/8 proto 212 metric 10 nexthop via ... dev ... nexthop via ... dev ...
 *	blackhole 10.0.0.0/8 proto 212 metric 10
 *
 * Several routes of one prefix come one after the other, with " | " between them.
 */
#ifndef RTM_FIB_TEST_H
#define RTM_FIB_TEST_H

#include <fnmatch.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "rtm_test.h"

#define RTM_FIB_PROTO	212
#define RTM_FIB_METRIC	10

/*
 * Messages
 */

/**
 * struct nl_msg - a request in the making
 * @h: its header; what belongs to the kind of request follows
 * @room: for that and the attributes
 */
struct nl_msg {
	struct nlmsghdr h;
	char room[1024];
};

static inline int nl_open(__u32 groups)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int one = 1, size = 8 << 20;

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		abort();
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

/* Begin a request; its own structure of SIZE bytes, all zero. */
static inline void *nl_begin(struct nl_msg *m, __u16 type, __u16 flags, size_t size)
{
	memset(m, 0, sizeof(*m));
	m->h.nlmsg_type = type;
	m->h.nlmsg_flags = NLM_F_REQUEST | flags;
	m->h.nlmsg_len = NLMSG_LENGTH(size);
	return NLMSG_DATA(&m->h);
}

static inline struct rtattr *nl_put(struct nl_msg *m, __u16 type, const void *data, size_t size)
{
	struct rtattr *a = (void *)((char *)m + NLMSG_ALIGN(m->h.nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(a), data, size);
	m->h.nlmsg_len = NLMSG_ALIGN(m->h.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

static inline void nl_put_u32(struct nl_msg *m, __u16 type, __u32 value)
{
	nl_put(m, type, &value, sizeof(value));
}

/* Send a request and wait for its answer: 0 or a negative errno. */
static inline int nl_talk(struct nl_msg *m)
{
	char buf[4096];
	struct nlmsghdr *h = (void *)buf;
	int fd = nl_open(0);
	int err = -EIO;

	m->h.nlmsg_flags |= NLM_F_ACK;
	if (send(fd, m, m->h.nlmsg_len, 0) == m->h.nlmsg_len &&
	    recv(fd, buf, sizeof(buf), 0) > 0 && h->nlmsg_type == NLMSG_ERROR)
		err = ((struct nlmsgerr *)NLMSG_DATA(h))->error;
	close(fd);
	return err;
}

/*
 * Interfaces
 */

static inline int link_add_dummy(const char *name)
{
	struct rtattr *nested;
	struct nl_msg m;

	nl_begin(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
	nl_put(&m, IFLA_IFNAME, name, strlen(name) + 1);
	nested = nl_put(&m, IFLA_LINKINFO, NULL, 0);
	nl_put(&m, IFLA_INFO_KIND, "dummy", 5);
	nested->rta_len = (char *)&m + m.h.nlmsg_len - (char *)nested;
	return nl_talk(&m);
}

static inline int link_set(const char *name, bool up)
{
	struct ifinfomsg *info;
	struct nl_msg m;

	info = nl_begin(&m, RTM_SETLINK, 0, sizeof(*info));
	info->ifi_index = if_nametoindex(name);
	info->ifi_change = IFF_UP;
	info->ifi_flags = up ? IFF_UP : 0;
	return nl_talk(&m);
}

/* Add or delete an address, "192.0.2.1/24"; one that is used at once. */
static inline int address_change(__u16 type, const char *name, const char *text)
{
	struct rtm_net_prefix p = prefix(text);
	struct ifaddrmsg *ifa;
	struct nl_msg m;

	ifa = nl_begin(&m, type, type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_EXCL : 0,
		       sizeof(*ifa));
	ifa->ifa_family = p.family;
	ifa->ifa_prefixlen = p.len;
	ifa->ifa_index = if_nametoindex(name);
	nl_put(&m, IFA_LOCAL, p.addr, p.family == AF_INET ? 4 : 16);
	nl_put(&m, IFA_ADDRESS, p.addr, p.family == AF_INET ? 4 : 16);
	nl_put_u32(&m, IFA_FLAGS, IFA_F_NODAD);
	return nl_talk(&m);
}

static inline int address_add(const char *name, const char *text)
{
	return address_change(RTM_NEWADDR, name, text);
}

static inline int address_del(const char *name, const char *text)
{
	return address_change(RTM_DELADDR, name, text);
}

/* dummy0 and dummy1, up, with addresses of both families. */
static inline void net_setup(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, link_set("lo", true));
	ASSERT_EQ(0, link_add_dummy("dummy0"));
	ASSERT_EQ(0, link_add_dummy("dummy1"));
	ASSERT_EQ(0, link_set("dummy0", true));
	ASSERT_EQ(0, link_set("dummy1", true));
	ASSERT_EQ(0, address_add("dummy0", "192.0.2.1/24"));
	ASSERT_EQ(0, address_add("dummy1", "198.51.100.1/24"));
	ASSERT_EQ(0, address_add("dummy0", "2001:db8::1/64"));
	ASSERT_EQ(0, address_add("dummy1", "2001:db8:1::1/64"));
}

/*
 * Routes of others
 */

/**
 * struct foreign - a route that is none of ours
 * @dest: its prefix
 * @gw: gateway, or NULL for one on the link
 * @dev: interface
 * @metric: 0 for none
 * @proto: protocol number
 */
struct foreign {
	const char *dest;
	const char *gw;
	const char *dev;
	__u32 metric;
	__u8 proto;
};

static inline int foreign_change(__u16 type, __u16 flags, const struct foreign *f)
{
	struct rtm_net_prefix p = prefix(f->dest), gw;
	unsigned int bytes = p.family == AF_INET ? 4 : 16;
	struct rtmsg *rtm;
	struct nl_msg m;

	rtm = nl_begin(&m, type, flags, sizeof(*rtm));
	rtm->rtm_family = p.family;
	rtm->rtm_dst_len = p.len;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = f->proto;
	rtm->rtm_scope = f->gw || p.family == AF_INET6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	rtm->rtm_type = RTN_UNICAST;
	nl_put(&m, RTA_DST, p.addr, bytes);
	nl_put_u32(&m, RTA_OIF, if_nametoindex(f->dev));
	if (f->gw) {
		gw = prefix(f->gw);
		nl_put(&m, RTA_GATEWAY, gw.addr, bytes);
	}
	if (f->metric)
		nl_put_u32(&m, RTA_PRIORITY, f->metric);
	return nl_talk(&m);
}

static inline int foreign_add(const struct foreign *f)
{
	return foreign_change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, f);
}

static inline int foreign_del(const struct foreign *f)
{
	return foreign_change(RTM_DELROUTE, 0, f);
}

/*
 * What is in the FIB
 */

/**
 * struct fib_text - words in the making
 * @text: so far
 * @want: the prefix asked for
 * @count: routes of our protocol met, whatever their prefix
 * @gw: if not NULL, only those through this gateway count
 */
struct fib_text {
	char text[4096];
	struct rtm_net_prefix want;
	unsigned int count;
	const char *gw;
};

__attribute__((format(printf, 2, 3)))
static inline void fib_say(struct fib_text *t, const char *format, ...)
{
	size_t n = strlen(t->text);
	va_list args;

	va_start(args, format);
	vsnprintf(t->text + n, sizeof(t->text) - n, format, args);
	va_end(args);
}

static inline const char *fib_addr(int family, const void *addr)
{
	static char text[64];

	return addr ? inet_ntop(family, addr, text, sizeof(text)) : "";
}

static inline void fib_say_hop(struct fib_text *t, int family, const void *gw, int oif)
{
	char name[IF_NAMESIZE];

	if (gw)
		fib_say(t, " via %s", fib_addr(family, gw));
	if (oif)
		fib_say(t, " dev %s", if_indextoname(oif, name) ? name : "?");
}

static inline const void *attr_data(struct rtattr *a)
{
	return a ? RTA_DATA(a) : NULL;
}

static inline __u32 attr_u32(struct rtattr *a)
{
	return a ? *(__u32 *)RTA_DATA(a) : 0;
}

static inline void attrs_parse(struct rtattr **tb, int max, struct rtattr *a, int len)
{
	memset(tb, 0, (max + 1) * sizeof(*tb));
	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if (a->rta_type <= max)
			tb[a->rta_type] = a;
}

static inline void fib_say_multipath(struct fib_text *t, int family, struct rtattr *multipath)
{
	struct rtnexthop *hop = RTA_DATA(multipath);
	struct rtattr *tb[RTA_MAX + 1];
	int len = RTA_PAYLOAD(multipath);

	while (len >= (int)sizeof(*hop) && hop->rtnh_len <= len) {
		attrs_parse(tb, RTA_MAX, RTNH_DATA(hop), hop->rtnh_len - sizeof(*hop));
		fib_say(t, " nexthop");
		fib_say_hop(t, family, attr_data(tb[RTA_GATEWAY]), hop->rtnh_ifindex);
		len -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

static inline const char *fib_type(int type)
{
	switch (type) {
	case RTN_UNICAST:
		return "";
	case RTN_BLACKHOLE:
		return "blackhole ";
	case RTN_PROHIBIT:
		return "prohibit ";
	case RTN_UNREACHABLE:
		return "unreachable ";
	default:
		return "strange ";
	}
}

static inline void fib_say_route(struct fib_text *t, const struct rtmsg *rtm, struct rtattr **tb)
{
	struct rtattr *metrics[RTAX_MAX + 1] = {};

	if (tb[RTA_METRICS])
		attrs_parse(metrics, RTAX_MAX, RTA_DATA(tb[RTA_METRICS]),
			    RTA_PAYLOAD(tb[RTA_METRICS]));
	fib_say(t, "%s%s%s/%u", t->text[0] ? " | " : "", fib_type(rtm->rtm_type),
		fib_addr(rtm->rtm_family, t->want.addr), rtm->rtm_dst_len);
	if (rtm->rtm_type == RTN_UNICAST && !tb[RTA_MULTIPATH])
		fib_say_hop(t, rtm->rtm_family, attr_data(tb[RTA_GATEWAY]),
			    attr_u32(tb[RTA_OIF]));
	fib_say(t, " proto %u", rtm->rtm_protocol);
	if (rtm->rtm_scope == RT_SCOPE_LINK)
		fib_say(t, " scope link");
	if (tb[RTA_PREFSRC])
		fib_say(t, " src %s", fib_addr(rtm->rtm_family, attr_data(tb[RTA_PREFSRC])));
	if (tb[RTA_PRIORITY])
		fib_say(t, " metric %u", attr_u32(tb[RTA_PRIORITY]));
	if (metrics[RTAX_MTU])
		fib_say(t, " mtu %u", attr_u32(metrics[RTAX_MTU]));
	if (tb[RTA_MULTIPATH])
		fib_say_multipath(t, rtm->rtm_family, tb[RTA_MULTIPATH]);
}

static inline void fib_see(struct fib_text *t, struct nlmsghdr *h)
{
	struct rtmsg *rtm = NLMSG_DATA(h);
	unsigned int bytes = rtm->rtm_family == AF_INET ? 4 : 16;
	static const __u8 zero[16];
	struct rtattr *tb[RTA_MAX + 1];
	const void *dst;

	attrs_parse(tb, RTA_MAX, RTM_RTA(rtm), RTM_PAYLOAD(h));
	if (attr_u32(tb[RTA_TABLE]) != RT_TABLE_MAIN || rtm->rtm_flags & RTM_F_CLONED)
		return;
	if (rtm->rtm_protocol == RTM_FIB_PROTO &&
	    (!t->gw || !strcmp(t->gw, fib_addr(rtm->rtm_family, attr_data(tb[RTA_GATEWAY])))))
		t->count++;
	dst = tb[RTA_DST] ? attr_data(tb[RTA_DST]) : zero;
	if (rtm->rtm_dst_len == t->want.len && !memcmp(dst, t->want.addr, bytes))
		fib_say_route(t, rtm, tb);
}

/* True when that was the end of the dump. */
static inline bool fib_see_all(struct fib_text *t, char *buf, ssize_t n)
{
	struct nlmsghdr *h = (void *)buf;

	for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			return true;
		if (h->nlmsg_type == RTM_NEWROUTE)
			fib_see(t, h);
	}
	return false;
}

/* Go through the main table of the family of @t->want. */
static inline void fib_dump(struct fib_text *t)
{
	static char buf[65536];
	struct rtmsg *rtm;
	struct nl_msg m;
	int fd = nl_open(0);
	ssize_t n;

	rtm = nl_begin(&m, RTM_GETROUTE, NLM_F_DUMP, sizeof(*rtm));
	rtm->rtm_family = t->want.family;
	nl_put_u32(&m, RTA_TABLE, RT_TABLE_MAIN);
	if (send(fd, &m, m.h.nlmsg_len, 0) < 0)
		abort();
	do {
		n = recv(fd, buf, sizeof(buf), 0);
		if (n <= 0)
			abort();
	} while (!fib_see_all(t, buf, n));
	close(fd);
}

/* What the main table has of exactly this prefix, "" for nothing. */
static inline const char *fib(const char *text)
{
	static struct fib_text t;

	memset(&t, 0, sizeof(t));
	t.want = prefix(text);
	fib_dump(&t);
	return t.text;
}

/* How many routes of ours the main table of a family has, through GW if not NULL. */
static inline unsigned int fib_count(int family, const char *gw)
{
	static struct fib_text t;

	memset(&t, 0, sizeof(t));
	t.want.family = family;
	t.gw = gw;
	fib_dump(&t);
	return t.count;
}

/* Whether the FIB has that, with words where it has not. */
static inline bool fib_is(const char *dest, const char *pattern)
{
	const char *text = fib(dest);
	bool same = !fnmatch(pattern, text, 0);

	if (!same)
		fprintf(stderr, "# %s: should be \"%s\", is \"%s\"\n", dest, pattern, text);
	return same;
}

/* The same for something that takes its time. */
static inline bool fib_will_be(const char *dest, const char *pattern)
{
	return wait_until(!fnmatch(pattern, fib(dest), 0)) || fib_is(dest, pattern);
}

#endif /* RTM_FIB_TEST_H */
