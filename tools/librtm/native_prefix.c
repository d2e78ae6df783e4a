// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: prefixes from and to C types and text.
 *
 * How this file works: text is read by the C library's inet_pton() after the length
 * was cut off; a length is decimal digits and nothing else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "rtm_native.h"

#define MAX_LEN_IN	32
#define MAX_LEN_IN6	128

struct rtm_net_prefix rtm_prefix_in(struct in_addr addr, unsigned int len)
{
	struct rtm_net_prefix prefix = { .family = AF_INET, .len = (__u16)len };

	if (len > MAX_LEN_IN)
		prefix.len = UINT16_MAX;
	memcpy(prefix.addr, &addr, sizeof(addr));
	return prefix;
}

struct rtm_net_prefix rtm_prefix_in6(const struct in6_addr *addr, unsigned int len)
{
	struct rtm_net_prefix prefix = { .family = AF_INET6, .len = (__u16)len };

	if (len > MAX_LEN_IN6)
		prefix.len = UINT16_MAX;
	memcpy(prefix.addr, addr, sizeof(*addr));
	return prefix;
}

/* One to three digits, so that no number overflows. */
static int len_parse(const char *text, unsigned int max, __u16 *len)
{
	unsigned int value = 0;
	size_t digits;

	digits = strspn(text, "0123456789");
	if (!digits || digits > 3 || text[digits])
		return -EINVAL;
	while (digits--)
		value = value * 10 + (unsigned int)(*text++ - '0');
	if (value > max)
		return -EINVAL;
	*len = (__u16)value;
	return 0;
}

int rtm_prefix_parse(const char *text, struct rtm_net_prefix *prefix)
{
	bool in6 = strchr(text, ':');
	struct rtm_net_prefix result = {
		.family = in6 ? AF_INET6 : AF_INET,
		.len = in6 ? MAX_LEN_IN6 : MAX_LEN_IN,
	};
	const char *slash = strchr(text, '/');
	size_t size = slash ? (size_t)(slash - text) : strlen(text);
	char addr[INET6_ADDRSTRLEN];

	if (size >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, size);
	addr[size] = '\0';
	if (inet_pton(result.family, addr, result.addr) != 1)
		return -EINVAL;
	if (slash && len_parse(slash + 1, result.len, &result.len))
		return -EINVAL;
	*prefix = result;
	return 0;
}

int rtm_prefix_format(const struct rtm_net_prefix *prefix, char *buf, size_t size)
{
	char addr[INET6_ADDRSTRLEN];
	int len;

	if (prefix->family != AF_INET && prefix->family != AF_INET6)
		return -EAFNOSUPPORT;
	if (!inet_ntop(prefix->family, prefix->addr, addr, sizeof(addr)))
		return -errno;
	len = snprintf(NULL, 0, "%s/%u", addr, prefix->len);
	if ((size_t)len >= size)
		return -ENOSPC;
	return snprintf(buf, size, "%s/%u", addr, prefix->len);
}
