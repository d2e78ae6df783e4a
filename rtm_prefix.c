// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses and prefixes: order, cover, and the way to and from the ABI.
 *
 * How this file works: an address is 128 bits in host order, first bit first,
 * whatever its family.  An IPv4 address stands in the first 32 of them and the
 * others are zero; so comparing, masking and finding the first different bit are
 * the same for both families, and only the two conversions at the edge of the
 * module know about families.  Everything is a function of its arguments: no
 * state, no locks, any context.
 *
 * A prefix inside the module is always masked.  rtm_prefix_from_user() is the one
 * place where foreign prefixes come in, and it masks them, because the ABI lets
 * the bits beyond the length have any value.
 */
#include "rtm_prefix.h"

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include <kunit/visibility.h>

#include <uapi/linux/rtm.h>

unsigned int rtm_family_bits(u16 family)
{
	switch (family) {
	case AF_INET:
		return 32;
	case AF_INET6:
		return 128;
	default:
		return 0;
	}
}
EXPORT_SYMBOL_IF_KUNIT(rtm_family_bits);

bool rtm_prefix_covers(const struct rtm_prefix *outer, const struct rtm_prefix *inner)
{
	return outer->len <= inner->len && rtm_key_diff(outer->key, inner->key) >= outer->len;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_prefix_covers);

static int u64_cmp(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

int rtm_prefix_cmp(const struct rtm_prefix *a, const struct rtm_prefix *b)
{
	int cmp = u64_cmp(a->key.hi, b->key.hi);

	if (!cmp)
		cmp = u64_cmp(a->key.lo, b->key.lo);
	return cmp ?: a->len - b->len;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_prefix_cmp);

/* The ABI's addresses have no alignment of their own. */
static u64 be_word(const u8 *bytes)
{
	__be64 word;

	memcpy(&word, bytes, sizeof(word));
	return be64_to_cpu(word);
}

int rtm_prefix_from_user(struct rtm_prefix *p, const struct rtm_net_prefix *u, u16 family)
{
	struct rtm_key key;

	if (u->family != family || !rtm_family_bits(family))
		return -EINVAL;
	if (u->len > rtm_family_bits(family) || u->pad)
		return -EINVAL;

	key.hi = be_word(u->addr);
	key.lo = be_word(u->addr + 8);
	p->key = rtm_key_mask(key, u->len);
	p->len = u->len;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(rtm_prefix_from_user);

void rtm_prefix_to_user(struct rtm_net_prefix *u, const struct rtm_prefix *p, u16 family)
{
	memset(u, 0, sizeof(*u));
	u->family = family;
	u->len = p->len;
	rtm_key_to_bytes(u->addr, p->key, family);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_prefix_to_user);

void rtm_key_to_bytes(u8 *addr, struct rtm_key key, u16 family)
{
	__be64 hi = cpu_to_be64(key.hi);
	__be64 lo = cpu_to_be64(key.lo);

	memcpy(addr, &hi, rtm_family_bits(family) == 32 ? 4 : 8);
	if (rtm_family_bits(family) == 128)
		memcpy(addr + 8, &lo, 8);
}
EXPORT_SYMBOL_IF_KUNIT(rtm_key_to_bytes);
