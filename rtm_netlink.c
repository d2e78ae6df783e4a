// SPDX-License-Identifier: GPL-2.0-only
/*
 * An rtnetlink socket inside the kernel: routes out in batches, answers back.
 *
 * The functions that change the kernel's routing tables are not exported, so the
 * module speaks to them as a routing daemon does, through a socket, only without
 * system calls.  rtnetlink does its work in the thread that sends: when a send
 * returns, every message in it has been carried out and its answer waits in the
 * receive queue.  Nobody ever blocks here for longer than the RTNL takes.
 *
 * Three things are peculiar to a socket without a file.  Each send must name a
 * destination, or the capability check looks for the opener's rights in a file
 * that is not there; with one, it asks for those of the sending thread, which has
 * to be a kernel thread of the initial user namespace.  The socket holds no
 * reference to its network namespace: it must be closed while that is still being
 * taken down.  And limits meant for users do not bind it: the receive buffer has
 * room for the answers of many sends.
 *
 * Messages of one batch are numbered in a row.  An answer belongs to the message
 * whose number it bears; one that bears no number of the batch is late and is
 * thrown away; a message without an answer is reported as lost, because answers,
 * other than requests, can be dropped for want of memory.
 */
#include "rtm_netlink.h"

#include <linux/bitmap.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/sockptr.h>
#include <net/netlink.h>
#include <net/sock.h>

/*
 * Small answers are charged with a kilobyte each.  This holds several batches of
 * them, or of the echoes that a listening socket gets, and keeps other people's
 * bursts until the worker comes round.
 */
#define RX_QUEUE	(8 * 1024 * 1024)

static int set_option(struct socket *sock, int name)
{
	int one = 1;

	return sock->ops->setsockopt(sock, SOL_NETLINK, name, KERNEL_SOCKPTR(&one), sizeof(one));
}

static int set_options(struct socket *sock)
{
	static const int names[] = {
		NETLINK_EXT_ACK,
		NETLINK_CAP_ACK,
		NETLINK_GET_STRICT_CHK,
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(names) && !err; i++)
		err = set_option(sock, names[i]);
	return err;
}

static int bind_socket(struct rtm_netlink *nl, u32 groups)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = groups,
	};
	int err;

	err = kernel_bind(nl->sock, (struct sockaddr *)&addr, sizeof(addr));
	if (err)
		return err;
	err = kernel_getsockname(nl->sock, (struct sockaddr *)&addr);
	if (err < 0)
		return err;
	nl->portid = addr.nl_pid;
	return 0;
}

/**
 * rtm_netlink_open() - open a socket
 * @nl: zeroed
 * @net: network namespace; no reference is taken
 * @groups: set of the first 32 multicast groups to listen to
 * @tx_size: bytes of the longest batch
 * @rx_size: bytes of the longest datagram expected
 *
 * Context: kernel thread, may sleep.
 *
 * Return: 0 or a negative errno; then @nl is closed.
 */
int rtm_netlink_open(struct rtm_netlink *nl, struct net *net, u32 groups, size_t tx_size,
		     size_t rx_size)
{
	int err;

	err = sock_create_kern(net, PF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &nl->sock);
	if (err)
		return err;
	nl->tx = alloc_skb(tx_size, GFP_KERNEL);
	nl->rx = kvmalloc(rx_size, GFP_KERNEL);
	nl->rx_size = rx_size;
	err = -ENOMEM;
	if (!nl->tx || !nl->rx)
		goto err_close;
	sock_set_rcvbuf(nl->sock->sk, RX_QUEUE);
	err = set_options(nl->sock);
	if (!err)
		err = bind_socket(nl, groups);
	if (err)
		goto err_close;
	return 0;

err_close:
	rtm_netlink_close(nl);
	return err;
}

/*
 * Errors are reported with interrupts off, so the lock of the callbacks cannot be
 * taken here; the grace period in rtm_netlink_close() waits for those who run.
 */
static void socket_ready(struct sock *sk)
{
	struct rtm_netlink *nl;

	rcu_read_lock();
	nl = rcu_dereference_sk_user_data(sk);
	if (nl)
		nl->ready(nl->arg);
	rcu_read_unlock();
}

/**
 * rtm_netlink_listen() - have a function called for each arrival
 * @nl: an open socket
 * @ready: called when something arrived or was lost, in any context; only queues
 * @arg: its argument
 */
void rtm_netlink_listen(struct rtm_netlink *nl, void (*ready)(void *arg), void *arg)
{
	struct sock *sk = nl->sock->sk;

	nl->ready = ready;
	nl->arg = arg;
	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, nl);
	sk->sk_data_ready = socket_ready;
	sk->sk_error_report = socket_ready;
	write_unlock_bh(&sk->sk_callback_lock);
}

/**
 * rtm_netlink_close() - close a socket
 * @nl: open, closed or zeroed; closed afterwards
 *
 * No callback of rtm_netlink_listen() runs any more when this returns.
 *
 * Context: process, may sleep.
 */
void rtm_netlink_close(struct rtm_netlink *nl)
{
	struct sock *sk;

	if (!nl->sock)
		return;
	sk = nl->sock->sk;
	rcu_assign_sk_user_data(sk, NULL);
	synchronize_rcu();
	sock_release(nl->sock);
	kfree_skb(nl->tx);
	kvfree(nl->rx);
	memset(nl, 0, sizeof(*nl));
}

static unsigned int addr_len(u8 family)
{
	return family == AF_INET6 ? 16 : 4;
}

static int put_gateway(struct sk_buff *skb, u8 family, const struct rtm_netlink_hop *hop)
{
	return hop->gateway ? nla_put(skb, RTA_GATEWAY, addr_len(family), hop->addr) : 0;
}

static int put_multipath(struct sk_buff *skb, const struct rtm_netlink_route *r)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, RTA_MULTIPATH);
	struct rtnexthop *rtnh;
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < r->n_hops; i++) {
		rtnh = nla_reserve_nohdr(skb, sizeof(*rtnh));
		if (!rtnh)
			return -EMSGSIZE;
		memset(rtnh, 0, sizeof(*rtnh));
		rtnh->rtnh_ifindex = r->hops[i].ifindex;
		if (put_gateway(skb, r->family, &r->hops[i]))
			return -EMSGSIZE;
		rtnh->rtnh_len = skb_tail_pointer(skb) - (u8 *)rtnh;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_hops(struct sk_buff *skb, const struct rtm_netlink_route *r)
{
	if (!r->n_hops)
		return 0;
	if (r->n_hops > 1)
		return put_multipath(skb, r);
	if (nla_put_u32(skb, RTA_OIF, r->hops[0].ifindex))
		return -EMSGSIZE;
	return put_gateway(skb, r->family, &r->hops[0]);
}

static int put_metrics(struct sk_buff *skb, const struct rtm_netlink_route *r)
{
	struct nlattr *nest;

	if (!r->mtu)
		return 0;
	nest = nla_nest_start_noflag(skb, RTA_METRICS);
	if (!nest || nla_put_u32(skb, RTAX_MTU, r->mtu))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* A route that leads straight to a link may only be followed there. */
static u8 route_scope(const struct rtm_netlink_route *r)
{
	if (r->cmd == RTM_DELROUTE)
		return RT_SCOPE_NOWHERE;
	if (r->n_hops == 1 && !r->hops[0].gateway)
		return RT_SCOPE_LINK;
	return RT_SCOPE_UNIVERSE;
}

static void fill_header(struct rtmsg *rtm, const struct rtm_netlink_route *r)
{
	memset(rtm, 0, sizeof(*rtm));
	rtm->rtm_family = r->family;
	rtm->rtm_dst_len = r->len;
	rtm->rtm_table = r->table < 256 ? r->table : RT_TABLE_COMPAT;
	rtm->rtm_protocol = r->protocol;
	rtm->rtm_scope = route_scope(r);
	rtm->rtm_type = r->type;
}

static int put_attrs(struct sk_buff *skb, const struct rtm_netlink_route *r)
{
	unsigned int len = addr_len(r->family);

	if (nla_put(skb, RTA_DST, len, r->dst) ||
	    nla_put_u32(skb, RTA_PRIORITY, r->metric) ||
	    (r->table >= 256 && nla_put_u32(skb, RTA_TABLE, r->table)) ||
	    (memchr_inv(r->src, 0, len) && nla_put(skb, RTA_PREFSRC, len, r->src)))
		return -EMSGSIZE;
	return put_metrics(skb, r) ?: put_hops(skb, r);
}

/**
 * rtm_netlink_put() - append a route message to the batch
 * @nl: an open socket
 * @r: the message
 *
 * Return: number of the message in the batch, or -EMSGSIZE when it has no room
 * for another one; an empty batch has room for any.
 */
int rtm_netlink_put(struct rtm_netlink *nl, const struct rtm_netlink_route *r)
{
	struct nlmsghdr *nlh;

	if (nl->n == RTM_NETLINK_BATCH)
		return -EMSGSIZE;
	nlh = nlmsg_put(nl->tx, 0, nl->seq + nl->n, r->cmd, sizeof(struct rtmsg),
			NLM_F_REQUEST | NLM_F_ACK | r->flags);
	if (!nlh)
		return -EMSGSIZE;
	fill_header(nlmsg_data(nlh), r);
	if (put_attrs(nl->tx, r)) {
		nlmsg_cancel(nl->tx, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(nl->tx, nlh);
	return nl->n++;
}

static int send_batch(struct rtm_netlink *nl)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
	};
	struct kvec vec = {
		.iov_base = nl->tx->data,
		.iov_len = nl->tx->len,
	};
	int ret = kernel_sendmsg(nl->sock, &msg, &vec, 1, vec.iov_len);

	return ret < 0 ? ret : 0;
}

/**
 * rtm_netlink_receive() - take the next datagram from the queue
 * @nl: an open socket
 *
 * Return: bytes in @nl->rx, which begin with a message header and may be cut off
 * at its end; -EAGAIN when the queue is empty; -ENOBUFS when something was lost.
 */
int rtm_netlink_receive(struct rtm_netlink *nl)
{
	struct msghdr msg = {};
	struct kvec vec = {
		.iov_base = nl->rx,
		.iov_len = nl->rx_size,
	};

	return kernel_recvmsg(nl->sock, &msg, &vec, 1, nl->rx_size, MSG_DONTWAIT);
}

/**
 * rtm_netlink_idle() - is there nothing to receive
 * @nl: an open socket
 *
 * Return: true when rtm_netlink_receive() would find neither a datagram nor an
 * error.
 */
bool rtm_netlink_idle(const struct rtm_netlink *nl)
{
	const struct sock *sk = nl->sock->sk;

	return skb_queue_empty_lockless(&sk->sk_receive_queue) && !READ_ONCE(sk->sk_err);
}

/* The kernel's message in an answer, if it has one and it came in one piece. */
static const char *answer_text(const struct nlmsghdr *nlh, int len)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || !(nlh->nlmsg_flags & NLM_F_CAPPED) ||
	    nlh->nlmsg_len > len)
		return NULL;
	attr = nlmsg_find_attr(nlh, sizeof(struct nlmsgerr), NLMSGERR_ATTR_MSG);
	if (!attr || strnlen(nla_data(attr), nla_len(attr)) == nla_len(attr))
		return NULL;
	return nla_data(attr);
}

static bool is_answer(const struct rtm_netlink *nl, const struct nlmsghdr *nlh, int len)
{
	return len >= (int)nlmsg_msg_size(sizeof(struct nlmsgerr)) &&
	       nlh->nlmsg_type == NLMSG_ERROR && nlh->nlmsg_seq - nl->seq < nl->n;
}

/**
 * rtm_netlink_commit() - send the batch and report what became of it
 * @nl: an open socket
 * @answer: called once for each message, with @arg, its number, 0 or a negative
 *	errno or RTM_NETLINK_LOST, and the kernel's own words or NULL
 * @arg: first argument of @answer
 *
 * The batch is empty afterwards.  If the send as a whole fails, no message of it
 * was carried out, and each is reported with that error.
 *
 * Context: kernel thread, may sleep; waits for the RTNL.
 */
void rtm_netlink_commit(struct rtm_netlink *nl,
			void (*answer)(void *arg, unsigned int slot, int error, const char *text),
			void *arg)
{
	const struct nlmsghdr *nlh = nl->rx;
	const struct nlmsgerr *msg;
	unsigned int slot;
	int err, len;

	if (!nl->n)
		return;
	bitmap_zero(nl->answered, nl->n);
	err = send_batch(nl);
	while (!err) {
		len = rtm_netlink_receive(nl);
		if (len < 0 && len != -ENOBUFS)
			break;
		if (!is_answer(nl, nlh, len))
			continue;
		slot = nlh->nlmsg_seq - nl->seq;
		msg = nlmsg_data(nlh);
		if (!__test_and_set_bit(slot, nl->answered))
			answer(arg, slot, msg->error, answer_text(nlh, len));
	}
	for_each_clear_bit(slot, nl->answered, nl->n)
		answer(arg, slot, err ?: RTM_NETLINK_LOST, NULL);
	nl->seq += nl->n;
	nl->n = 0;
	skb_trim(nl->tx, 0);
}

/**
 * rtm_netlink_dump() - ask for all routes of a FIB table
 * @nl: an open socket with an empty batch
 * @family: AF_INET or AF_INET6
 * @table: FIB table
 *
 * They come through rtm_netlink_receive(), with NLM_F_MULTI, up to NLMSG_DONE or
 * an NLMSG_ERROR of the number this returns.
 *
 * Context: kernel thread, may sleep; waits for the RTNL.
 *
 * Return: 0 and the number in @nl->seq, or a negative errno.
 */
int rtm_netlink_dump(struct rtm_netlink *nl, u8 family, u32 table)
{
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;
	int err;

	nlh = nlmsg_put(nl->tx, 0, ++nl->seq, RTM_GETROUTE, sizeof(*rtm),
			NLM_F_REQUEST | NLM_F_DUMP);
	if (!nlh)
		return -EMSGSIZE;
	rtm = nlmsg_data(nlh);
	memset(rtm, 0, sizeof(*rtm));
	rtm->rtm_family = family;
	err = nla_put_u32(nl->tx, RTA_TABLE, table);
	nlmsg_end(nl->tx, nlh);
	if (!err)
		err = send_batch(nl);
	skb_trim(nl->tx, 0);
	return err;
}
