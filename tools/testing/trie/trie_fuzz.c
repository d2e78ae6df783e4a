// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: bytes are operations on a trie, and its model agrees.
 *
 * How this file works: the first byte chooses the family, each five after it an
 * operation: what to do, a length, and three bytes that end up at places of the
 * address which depend on it, so that few bytes reach all levels of the trie.
 */
#include "rtm_trie_rig.h"
#include "rtm_trie_node.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rtm_prefix decode(const uint8_t *data, unsigned int bits)
{
	struct rtm_key key = { .hi = (u64)data[2] << 56 | (u64)data[3] << 34 };
	struct rtm_prefix p;

	if (bits == 128) {
		key.hi |= data[3];
		key.lo = (u64)data[4] << (data[0] >> 3);
	} else {
		key.hi |= (u64)data[4] << 32;
	}
	p.len = data[1] % (bits + 1);
	p.key = rtm_key_mask(rtm_key_mask(key, bits), p.len);
	return p;
}

static const char *operate(struct rtm_rig *rig, unsigned int what, const struct rtm_prefix *p)
{
	switch (what & 7) {
	case 0:
	case 1:
	case 2:
		return rig->n < rig->room ? rtm_rig_add(rig, p) : NULL;
	case 3:
	case 4:
		return rtm_rig_del(rig, p);
	case 5:
		synchronize_rcu();
		return rtm_rig_verify(rig);
	default:
		return NULL;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	const char *wrong = NULL;
	struct rtm_prefix p;
	struct rtm_rig rig;
	static bool ready;

	if (!ready) {
		if (rtm_trie_caches_init())
			abort();
		shim_align = RTM_TRIE_PACKED_ALIGN;
		ready = true;
	}
	if (!size)
		return 0;
	if (rtm_rig_init(&rig, *data++ & 1 ? 128 : 32, 256, size))
		return 0;
	for (; end - data >= 5 && !wrong; data += 5) {
		p = decode(data, rig.bits);
		wrong = operate(&rig, data[0], &p);
		wrong = wrong ?: rtm_rig_probe(&rig, &p);
	}
	wrong = wrong ?: rtm_rig_verify(&rig);
	wrong = wrong ?: rtm_rig_exit(&rig);
	if (wrong) {
		fprintf(stderr, "wrong: %s\n", wrong);
		abort();
	}
	return 0;
}
