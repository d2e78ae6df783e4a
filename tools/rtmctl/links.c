// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which link an address is on.
 *
 * How this file works: the ABI wants the interface of every local next hop, people
 * like to leave it out.  So the addresses of the interfaces that are up are read
 * once, and the one whose subnet (or, on a point-to-point link, whose peer) covers
 * the next hop most closely tells the interface.
 */
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "links.h"
#include "parse.h"

struct subnet {
	struct rtm_net_prefix prefix;
	uint32_t ifindex;
};

static struct subnet *subnets;
static size_t n_subnets;
static bool known;

static bool copy_address(const struct sockaddr *sa, struct rtm_net_prefix *p)
{
	memset(p, 0, sizeof(*p));
	p->family = sa->sa_family;
	p->len = (uint16_t)address_bits(p->family);
	if (sa->sa_family == AF_INET)
		memcpy(p->addr, &((const struct sockaddr_in *)sa)->sin_addr, 4);
	else if (sa->sa_family == AF_INET6)
		memcpy(p->addr, &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
	else
		return false;
	return true;
}

static uint16_t mask_length(const struct rtm_net_prefix *mask)
{
	uint16_t len = 0;

	while (len < mask->len && (mask->addr[len / 8] & (0x80 >> len % 8)))
		len++;
	return len;
}

static bool read_subnet(const struct ifaddrs *ifa, struct subnet *subnet)
{
	const struct sockaddr *sa = ifa->ifa_addr;
	struct rtm_net_prefix mask;

	if (!sa || !ifa->ifa_netmask || !(ifa->ifa_flags & IFF_UP))
		return false;
	if ((ifa->ifa_flags & IFF_POINTOPOINT) && ifa->ifa_dstaddr)
		sa = ifa->ifa_dstaddr;
	if (!copy_address(sa, &subnet->prefix) || !copy_address(ifa->ifa_netmask, &mask))
		return false;
	subnet->prefix.len = mask_length(&mask);
	mask_prefix(&subnet->prefix);
	subnet->ifindex = if_nametoindex(ifa->ifa_name);
	return subnet->ifindex;
}

static void read_links(void)
{
	struct ifaddrs *list, *ifa;
	size_t n = 0;

	known = true;
	if (getifaddrs(&list) < 0)
		return;
	for (ifa = list; ifa; ifa = ifa->ifa_next)
		n++;
	subnets = xcalloc(n + 1, sizeof(*subnets));
	for (ifa = list; ifa; ifa = ifa->ifa_next)
		n_subnets += read_subnet(ifa, &subnets[n_subnets]);
	freeifaddrs(list);
}

static bool covers(const struct rtm_net_prefix *prefix, const struct rtm_net_prefix *addr)
{
	struct rtm_net_prefix p = *addr;

	p.len = prefix->len;
	mask_prefix(&p);
	return same_prefix(&p, prefix);
}

bool is_link_local(const struct rtm_net_prefix *addr)
{
	return addr->family == AF_INET6 && addr->addr[0] == 0xfe && (addr->addr[1] & 0xc0) == 0x80;
}

/* Interface index, 0 if no link has the address. */
uint32_t link_of(const struct rtm_net_prefix *addr)
{
	const struct subnet *best = NULL;
	size_t i;

	if (!known)
		read_links();
	for (i = 0; i < n_subnets; i++) {
		if (!covers(&subnets[i].prefix, addr))
			continue;
		if (!best || subnets[i].prefix.len > best->prefix.len)
			best = &subnets[i];
	}
	return best ? best->ifindex : 0;
}

/* A batch may take long, and links change. */
void links_forget(void)
{
	free(subnets);
	subnets = NULL;
	n_subnets = 0;
	known = false;
}
