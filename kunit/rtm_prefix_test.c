// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite rtm_prefix: addresses, prefixes, and their way to and from the ABI.
 *
 * How this file works: the functions on addresses are compared with others that do
 * the same one bit at a time, for all positions and lengths and for random addresses
 * which are alike often enough.  Conversions have examples, written as people write
 * addresses, and every member of the ABI's structure has a case with that one wrong.
 */
#include "rtm_prefix.h"

#include <kunit/test.h>
#include <linux/inet.h>
#include <linux/random.h>
#include <linux/socket.h>
#include <linux/string.h>

#include <uapi/linux/rtm.h>

#define ROUNDS 200

static bool bit_of(struct rtm_key key, unsigned int pos)
{
	return pos < 64 ? key.hi >> (63 - pos) & 1 : key.lo >> (127 - pos) & 1;
}

static void flip(struct rtm_key *key, unsigned int pos)
{
	if (pos < 64)
		key->hi ^= 1ULL << (63 - pos);
	else
		key->lo ^= 1ULL << (127 - pos);
}

static struct rtm_key random_key(void)
{
	struct rtm_key key = { .hi = get_random_u64(), .lo = get_random_u64() };

	return key;
}

static void family_bits(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, rtm_family_bits(AF_INET), 32U);
	KUNIT_EXPECT_EQ(test, rtm_family_bits(AF_INET6), 128U);
	KUNIT_EXPECT_EQ(test, rtm_family_bits(AF_UNSPEC), 0U);
	KUNIT_EXPECT_EQ(test, rtm_family_bits(AF_UNIX), 0U);
	KUNIT_EXPECT_EQ(test, rtm_family_bits(U16_MAX), 0U);
}

static void key_mask(struct kunit *test)
{
	struct rtm_key key, masked;
	unsigned int len, i, n;

	for (n = 0; n < ROUNDS / 10; n++) {
		key = random_key();
		for (len = 0; len <= 128; len++) {
			masked = rtm_key_mask(key, len);
			for (i = 0; i < 128; i++)
				if (bit_of(masked, i) != (i < len && bit_of(key, i)))
					break;
			KUNIT_ASSERT_EQ_MSG(test, i, 128U, "length %u", len);
		}
	}
}

static void key_diff(struct kunit *test)
{
	struct rtm_key a, b;
	unsigned int pos, n;

	for (n = 0; n < ROUNDS; n++) {
		a = random_key();
		KUNIT_ASSERT_EQ(test, rtm_key_diff(a, a), (unsigned int)RTM_KEY_EQUAL);
		for (pos = 0; pos < 128; pos++) {
			/* equal up to @pos, and anything after it */
			b = rtm_key_mask(random_key(), 128);
			b.hi ^= rtm_key_mask(b, pos).hi ^ rtm_key_mask(a, pos).hi;
			b.lo ^= rtm_key_mask(b, pos).lo ^ rtm_key_mask(a, pos).lo;
			if (bit_of(a, pos) == bit_of(b, pos))
				flip(&b, pos);
			KUNIT_ASSERT_EQ(test, rtm_key_diff(a, b), pos);
			KUNIT_ASSERT_EQ(test, rtm_key_diff(b, a), pos);
		}
	}
}

static void key_bits(struct kunit *test)
{
	unsigned int pos, n, i;
	struct rtm_key key;
	u64 want;

	key = random_key();
	for (pos = 0; pos < 128; pos++) {
		for (n = 0, want = 0; n <= 32; n++) {
			KUNIT_ASSERT_EQ_MSG(test, (u64)rtm_key_bits(key, pos, n), want,
					    "%u bits from %u", n, pos);
			i = pos + n;
			want = want << 1 | (i < 128 && bit_of(key, i));
		}
	}
}

static bool covers_bitwise(const struct rtm_prefix *outer, const struct rtm_prefix *inner)
{
	unsigned int i;

	for (i = 0; i < outer->len; i++)
		if (bit_of(outer->key, i) != bit_of(inner->key, i))
			return false;
	return outer->len <= inner->len;
}

static int cmp_bitwise(const struct rtm_prefix *a, const struct rtm_prefix *b)
{
	unsigned int i;

	for (i = 0; i < 128; i++)
		if (bit_of(a->key, i) != bit_of(b->key, i))
			return bit_of(a->key, i) ? 1 : -1;
	return (a->len > b->len) - (a->len < b->len);
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void covers_and_cmp(struct kunit *test)
{
	struct rtm_prefix a, b;
	unsigned int n, kept;

	for (n = 0; n < ROUNDS * 10; n++) {
		a.len = get_random_u32() % 129;
		a.key = rtm_key_mask(random_key(), a.len);
		b = a;
		kept = get_random_u32() % 129;
		if (get_random_u32() % 2 && kept < 128)
			flip(&b.key, kept);
		b.len = get_random_u32() % 2 ? a.len : get_random_u32() % 129;
		b.key = rtm_key_mask(b.key, b.len);
		KUNIT_ASSERT_EQ(test, rtm_prefix_covers(&a, &b), covers_bitwise(&a, &b));
		KUNIT_ASSERT_EQ(test, rtm_prefix_covers(&b, &a), covers_bitwise(&b, &a));
		KUNIT_ASSERT_EQ(test, sign(rtm_prefix_cmp(&a, &b)), cmp_bitwise(&a, &b));
		KUNIT_ASSERT_EQ(test, sign(rtm_prefix_cmp(&b, &a)), cmp_bitwise(&b, &a));
	}
}

/**
 * struct example - a prefix as people write it and as the module has it
 * @text: address, not necessarily masked
 * @masked: the address without what is beyond the length
 * @family: address family
 * @len: prefix length
 * @hi: first half of the key
 * @lo: second half
 */
struct example {
	const char *text;
	const char *masked;
	u16 family;
	u16 len;
	u64 hi;
	u64 lo;
};

static const struct example examples[] = {
	{ "0.0.0.0", "0.0.0.0", AF_INET, 0, 0, 0 },
	{ "255.255.255.255", "0.0.0.0", AF_INET, 0, 0, 0 },
	{ "10.1.2.3", "10.0.0.0", AF_INET, 8, 0x0a00000000000000, 0 },
	{ "192.0.2.129", "192.0.2.128", AF_INET, 25, 0xc000028000000000, 0 },
	{ "192.0.2.1", "192.0.2.1", AF_INET, 32, 0xc000020100000000, 0 },
	{ "255.255.255.255", "255.255.255.255", AF_INET, 32, 0xffffffff00000000, 0 },
	{ "::", "::", AF_INET6, 0, 0, 0 },
	{ "2001:db8::1", "2001:db8::", AF_INET6, 32, 0x20010db800000000, 0 },
	{ "2001:db8:0:1:ffff::", "2001:db8:0:1::", AF_INET6, 64, 0x20010db800000001, 0 },
	{ "2001:db8::c000:1", "2001:db8::c000:0", AF_INET6, 98, 0x20010db800000000,
	  0x00000000c0000000 },
	{ "fe80::1", "fe80::1", AF_INET6, 128, 0xfe80000000000000, 1 },
};

static void example_desc(const struct example *e, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s/%u", e->text, e->len);
}

KUNIT_ARRAY_PARAM(example, examples, example_desc);

/* The bytes after an IPv4 address keep what they had: the module must not care. */
static void to_bytes(struct kunit *test, const char *text, u16 family, u8 *addr)
{
	int ok;

	if (family == AF_INET)
		ok = in4_pton(text, -1, addr, -1, NULL);
	else
		ok = in6_pton(text, -1, addr, -1, NULL);
	KUNIT_ASSERT_EQ(test, ok, 1);
}

static void user_example(struct kunit *test)
{
	const struct example *e = test->param_value;
	struct rtm_net_prefix u, back, want = {};
	struct rtm_prefix p;

	memset(&u, 0xcc, sizeof(u));
	u.family = e->family;
	u.len = e->len;
	u.pad = 0;
	to_bytes(test, e->text, e->family, u.addr);

	memset(&p, 0xcc, sizeof(p));
	KUNIT_ASSERT_EQ(test, rtm_prefix_from_user(&p, &u, e->family), 0);
	KUNIT_EXPECT_EQ(test, p.key.hi, e->hi);
	KUNIT_EXPECT_EQ(test, p.key.lo, e->lo);
	KUNIT_EXPECT_EQ(test, (u16)p.len, e->len);

	memset(&back, 0xcc, sizeof(back));
	rtm_prefix_to_user(&back, &p, e->family);
	want.family = e->family;
	want.len = e->len;
	to_bytes(test, e->masked, e->family, want.addr);
	KUNIT_EXPECT_EQ(test, memcmp(&back, &want, sizeof(back)), 0);
}

/**
 * struct mistake - a prefix that must be refused, though all but one member is right
 * @name: which one
 * @u: the prefix
 * @family: family it must have
 */
struct mistake {
	const char *name;
	struct rtm_net_prefix u;
	u16 family;
};

static const struct mistake mistakes[] = {
	{ "other family", { .family = AF_INET6, .len = 8 }, AF_INET },
	{ "other family 6", { .family = AF_INET, .len = 8 }, AF_INET6 },
	{ "family of neither", { .family = AF_UNIX, .len = 0 }, AF_UNIX },
	{ "no family", { .family = AF_UNSPEC, .len = 0 }, AF_UNSPEC },
	{ "too long", { .family = AF_INET, .len = 33 }, AF_INET },
	{ "too long 6", { .family = AF_INET6, .len = 129 }, AF_INET6 },
	{ "far too long", { .family = AF_INET6, .len = 256 }, AF_INET6 },
	{ "padding", { .family = AF_INET, .len = 8, .pad = 1 }, AF_INET },
	{ "padding 6", { .family = AF_INET6, .len = 8, .pad = 1U << 31 }, AF_INET6 },
};

static void mistake_desc(const struct mistake *m, char *desc)
{
	strscpy(desc, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mistake, mistakes, mistake_desc);

static void user_mistake(struct kunit *test)
{
	const struct mistake *m = test->param_value;
	struct rtm_prefix p;

	KUNIT_EXPECT_EQ(test, rtm_prefix_from_user(&p, &m->u, m->family), -EINVAL);
}

static void key_to_bytes(struct kunit *test)
{
	struct rtm_key key = { .hi = 0x0102030405060708, .lo = 0x090a0b0c0d0e0f10 };
	u8 addr[18];
	unsigned int i;

	memset(addr, 0xcc, sizeof(addr));
	rtm_key_to_bytes(addr, key, AF_INET);
	for (i = 0; i < sizeof(addr); i++)
		KUNIT_EXPECT_EQ(test, addr[i], i < 4 ? i + 1 : 0xcc);

	memset(addr, 0xcc, sizeof(addr));
	rtm_key_to_bytes(addr + 1, key, AF_INET6);
	for (i = 0; i < sizeof(addr); i++)
		KUNIT_EXPECT_EQ(test, addr[i], i && i < 17 ? i : 0xcc);
}

static struct kunit_case prefix_cases[] = {
	KUNIT_CASE(family_bits),
	KUNIT_CASE(key_mask),
	KUNIT_CASE(key_diff),
	KUNIT_CASE(key_bits),
	KUNIT_CASE(covers_and_cmp),
	KUNIT_CASE_PARAM(user_example, example_gen_params),
	KUNIT_CASE_PARAM(user_mistake, mistake_gen_params),
	KUNIT_CASE(key_to_bytes),
	{}
};

static struct kunit_suite prefix_suite = {
	.name = "rtm_prefix",
	.test_cases = prefix_cases,
};

kunit_test_suite(prefix_suite);
