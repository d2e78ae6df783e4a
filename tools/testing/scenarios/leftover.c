// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the interface does not say: who waits for a lock, and what the manager still has
 * in the namespace at the end of every scenario.
 *
 * How this file works: the native interface reads the counters.  What the manager takes
 * apart behind its callers' backs it may take a while for.
 */
#include <librtm.h>

#include "scenario.h"

unsigned long long locks_waiting(void)
{
	struct rtm_get_stats s = { .locks_waiting = 0 };
	struct rtm_ctx *ctx;

	if (!EQUAL(0, rtm_open(RTM_OPEN_READONLY, &ctx)))
		return ~0ull;
	EQUAL(0, rtm_stats(ctx, &s));
	rtm_close(ctx);
	return s.locks_waiting;
}

static bool is_empty(struct rtm_ctx *ctx, struct rtm_get_stats *s)
{
	if (rtm_stats(ctx, s))
		return false;
	return !(s->entities | s->nexthops | s->routes | s->dests | s->handles | s->locks_held |
		 s->locks_waiting | s->fib_wanted | s->fib_installed | s->fib_failed |
		 s->fib_conflict | s->fib_pending | s->trie_bytes | s->objects | s->calls) &&
	       s->files == 1;
}

bool nothing_left(void)
{
	struct rtm_get_stats s = { .entities = 0 };
	struct rtm_ctx *ctx;
	bool empty;

	if (rtm_open(RTM_OPEN_READONLY, &ctx)) {
		printf("# cannot open the manager\n");
		return false;
	}
	empty = wait_until(is_empty(ctx, &s));
	rtm_close(ctx);
	if (empty)
		return true;
	printf("# entities %llu nexthops %llu routes %llu dests %llu handles %llu files %llu\n",
	       s.entities, s.nexthops, s.routes, s.dests, s.handles, s.files);
	printf("# locks %llu waiting %llu trie %llu objects %llu calls %llu\n", s.locks_held,
	       s.locks_waiting, s.trie_bytes, s.objects, s.calls);
	printf("# fib: wanted %llu installed %llu failed %llu conflict %llu pending %llu\n",
	       s.fib_wanted, s.fib_installed, s.fib_failed, s.fib_conflict, s.fib_pending);
	return false;
}
