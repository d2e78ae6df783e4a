/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses and prefixes as the manager computes with them.  Pure functions.
 */
#ifndef RTM_PREFIX_H
#define RTM_PREFIX_H

#include <linux/bitops.h>
#include <linux/types.h>

struct rtm_net_prefix;

/* What rtm_key_diff() says of two equal addresses. */
#define RTM_KEY_EQUAL	128

/**
 * struct rtm_key - an address in host byte order, most significant bits first
 * @hi: bits 0..63; an IPv4 address occupies bits 0..31
 * @lo: bits 64..127; zero for IPv4
 *
 * Both families share this form, so that one body of code serves both.
 */
struct rtm_key {
	u64 hi;
	u64 lo;
};

/**
 * struct rtm_prefix - a masked address and its length
 * @key: address; bits from @len on are zero
 * @len: prefix length, 0..32 (IPv4) or 0..128 (IPv6)
 *
 * The family is that of the table the prefix is used with.
 */
struct rtm_prefix {
	struct rtm_key key;
	u8 len;
};

/**
 * rtm_family_bits() - width of an address
 * @family: AF_INET or AF_INET6
 *
 * Return: 32 or 128; 0 for any other family.
 */
unsigned int rtm_family_bits(u16 family);

/**
 * rtm_key_mask() - clear the bits of an address beyond a prefix length
 * @key: address
 * @len: number of leading bits to keep, 0..128
 *
 * Return: the masked address.
 */
static inline struct rtm_key rtm_key_mask(struct rtm_key key, unsigned int len)
{
	if (len < 64) {
		key.hi &= ~(~0ULL >> len);
		key.lo = 0;
	} else if (len < 128) {
		key.lo &= ~(~0ULL >> (len - 64));
	}
	return key;
}

/**
 * rtm_key_diff() - first bit in which two addresses differ
 * @a: an address
 * @b: another
 *
 * Return: 0..127, or RTM_KEY_EQUAL.
 */
static inline unsigned int rtm_key_diff(struct rtm_key a, struct rtm_key b)
{
	if (a.hi != b.hi)
		return 64 - fls64(a.hi ^ b.hi);
	return 128 - fls64(a.lo ^ b.lo);
}

/**
 * rtm_key_bits() - a run of bits of an address as a number
 * @key: address
 * @pos: first bit, 0 is the most significant, 0..127
 * @n: number of bits, 0..32; bits past 127 read as zero
 *
 * Return: the bits, right aligned.
 */
static inline u32 rtm_key_bits(struct rtm_key key, unsigned int pos, unsigned int n)
{
	u64 word;

	if (pos >= 64)
		word = key.lo << (pos - 64);
	else
		word = key.hi << pos | (key.lo >> 1) >> (63 - pos);
	/* in two steps: a shift by 64 is undefined, and @n may be 0 */
	return (word >> 1) >> (63 - n);
}

/**
 * rtm_prefix_covers() - does one prefix cover another
 * @outer: the shorter one
 * @inner: the longer one
 *
 * Return: true when every address of @inner is one of @outer; equal prefixes
 * cover each other.
 */
bool rtm_prefix_covers(const struct rtm_prefix *outer, const struct rtm_prefix *inner);

/**
 * rtm_prefix_cmp() - order of prefixes: by address, then shorter first
 * @a: a prefix
 * @b: another
 *
 * Return: negative, 0 or positive as @a sorts before, equals or sorts after @b.
 */
int rtm_prefix_cmp(const struct rtm_prefix *a, const struct rtm_prefix *b);

/**
 * rtm_prefix_from_user() - check and convert a prefix of the ABI
 * @p: out: the prefix, masked
 * @u: as it came from user space
 * @family: family it must have
 *
 * Return: 0; -EINVAL for another family, a length beyond the family's or padding
 * that is not zero.
 */
int rtm_prefix_from_user(struct rtm_prefix *p, const struct rtm_net_prefix *u, u16 family);

/**
 * rtm_prefix_to_user() - convert a prefix to the form of the ABI
 * @u: out: every byte is written
 * @p: the prefix
 * @family: its family
 */
void rtm_prefix_to_user(struct rtm_net_prefix *u, const struct rtm_prefix *p, u16 family);

/**
 * rtm_key_to_bytes() - the address in network byte order
 * @addr: out: 4 bytes (AF_INET) or 16 (AF_INET6)
 * @key: the address
 * @family: AF_INET or AF_INET6
 */
void rtm_key_to_bytes(u8 *addr, struct rtm_key key, u16 family);

#endif /* RTM_PREFIX_H */
