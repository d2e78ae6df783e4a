/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An rtnetlink socket inside the kernel: routes out in batches, answers back.
 */
#ifndef RTM_NETLINK_H
#define RTM_NETLINK_H

#include <linux/bitmap.h>
#include <linux/types.h>
#include <uapi/linux/rtm.h>

struct net;
struct nlmsghdr;
struct sk_buff;
struct sock;
struct socket;

/* More in one send does not make it faster. */
#define RTM_NETLINK_BATCH	128

/* What rtm_netlink_commit() says of a message nobody answered. */
#define RTM_NETLINK_LOST	1

/**
 * struct rtm_netlink_hop - one next hop of a route message
 * @ifindex: interface
 * @gateway: @addr is the next router; otherwise the destination is on the link
 * @addr: its address, network byte order
 */
struct rtm_netlink_hop {
	u32 ifindex;
	bool gateway;
	u8 addr[16];
};

/**
 * struct rtm_netlink_route - a route message in words
 * @cmd: RTM_NEWROUTE or RTM_DELROUTE
 * @flags: NLM_F_* besides those every request has
 * @family: AF_INET or AF_INET6
 * @len: prefix length
 * @type: RTN_*
 * @protocol: RTPROT_*
 * @table: FIB table
 * @metric: priority, never 0
 * @mtu: path MTU, 0 for none
 * @dst: prefix, network byte order
 * @src: preferred source address, all zero for none
 * @n_hops: entries of @hops in use
 * @hops: next hops; more than one makes a multipath route
 */
struct rtm_netlink_route {
	u16 cmd;
	u16 flags;
	u8 family;
	u8 len;
	u8 type;
	u8 protocol;
	u32 table;
	u32 metric;
	u32 mtu;
	u8 dst[16];
	u8 src[16];
	unsigned int n_hops;
	struct rtm_netlink_hop hops[RTM_MAX_NEXTHOPS];
};

/**
 * struct rtm_netlink - an open socket
 * @sock: the socket, NULL while closed
 * @portid: its address
 * @tx: messages being put together
 * @rx: buffer for one datagram
 * @rx_size: bytes of @rx
 * @seq: sequence number of the first message in @tx
 * @n: messages in @tx
 * @answered: which of them have an answer
 * @ready: called when something arrived, in any context, or NULL
 * @arg: its argument
 *
 * Belongs to one thread at a time; only @ready runs beside it.
 */
struct rtm_netlink {
	struct socket *sock;
	u32 portid;
	struct sk_buff *tx;
	void *rx;
	size_t rx_size;
	u32 seq;
	unsigned int n;
	DECLARE_BITMAP(answered, RTM_NETLINK_BATCH);
	void (*ready)(void *arg);
	void *arg;
};

int rtm_netlink_open(struct rtm_netlink *nl, struct net *net, u32 groups, size_t tx_size,
		     size_t rx_size);
void rtm_netlink_listen(struct rtm_netlink *nl, void (*ready)(void *arg), void *arg);
void rtm_netlink_close(struct rtm_netlink *nl);
int rtm_netlink_put(struct rtm_netlink *nl, const struct rtm_netlink_route *r);
void rtm_netlink_commit(struct rtm_netlink *nl,
			void (*answer)(void *arg, unsigned int slot, int error, const char *text),
			void *arg);
int rtm_netlink_dump(struct rtm_netlink *nl, u8 family, u32 table);
int rtm_netlink_receive(struct rtm_netlink *nl);
bool rtm_netlink_idle(const struct rtm_netlink *nl);

#endif /* RTM_NETLINK_H */
