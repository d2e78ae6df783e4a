/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel for rtmctl's tests, made of arrays.
 */
#ifndef RTMCTL_TEST_FAKE_H
#define RTMCTL_TEST_FAKE_H

#include <stdbool.h>
#include <sys/types.h>

#include <linux/rtm.h>

#define FAKE_ENTITIES	32
#define FAKE_NEXTHOPS	64
#define FAKE_ROUTES	6000
#define FAKE_LOCKS	8
#define FAKE_NOTIFIES	2
#define FAKE_HOPS	8	/* next hops of a route, RTM_MAX_NEXTHOPS's stand-in */

struct fake_entity {
	bool used;
	struct rtm_entity_id id;
	__u32 flags;
	pid_t pid;		/* 0: kept */
	__u32 hold_ms;
	__u16 n_methods;
	bool resyncing;
};

struct fake_nexthop {
	bool used;
	int owner;
	struct rtm_nexthop_attrs attrs;
};

struct fake_route {
	bool used;
	int owner;
	int neighbour;		/* index, -1 for none */
	struct rtm_net_prefix dest;
	struct rtm_route_attrs attrs;
	int nexthops[FAKE_HOPS];
	bool stale;		/* not announced since the resync began */
};

/**
 * struct fake - the whole state, shared between the test and the commands it runs
 * @entities: registered or kept
 * @nexthops: of all entities
 * @routes: of all entities
 * @n_routes: highest index of @routes in use, plus 1
 * @locks: shown by RTM_IOC_DUMP_LOCKS
 * @notifies: shown by RTM_IOC_DUMP_NOTIFIES
 * @n_notifies: their number
 * @n_locks: number of them
 * @fail_cmd: this command fails
 * @fail_error: with this errno
 * @fail_after: after so many successes
 * @stop_at: a batch stops before its item with this number, once
 * @no_device: opening fails with this errno
 * @flood: routes that RTM_IOC_DUMP_ROUTES makes up beyond the real ones
 * @mangle: the first record of a dump gets this size
 * @hold_ms: of all destinations, once one has been marked
 * @hold_views: likewise
 * @taken: times a lock was taken
 * @held: times a lock is held now
 * @exclusive: the last lock was exclusive
 * @limits: of each entity, and in the last row of the namespace
 * @calls: how many calls there were, by number
 */
struct fake {
	struct fake_entity entities[FAKE_ENTITIES];
	struct fake_nexthop nexthops[FAKE_NEXTHOPS];
	struct fake_route routes[FAKE_ROUTES];
	int n_routes;
	struct rtm_lock_rec locks[FAKE_LOCKS];
	struct rtm_notify_rec notifies[FAKE_NOTIFIES];
	int n_notifies;
	int n_locks;
	unsigned int fail_cmd;
	int fail_error;
	int fail_after;
	int stop_at;
	int no_device;
	int flood;
	__u32 mangle;
	__u32 hold_ms;
	__u32 hold_views;
	__u64 limits[FAKE_ENTITIES + 1][RTM_N_RESOURCES];
	int taken;
	int held;
	bool exclusive;
	int calls[256];
};

struct ifaddrs;

extern struct fake *fake;

void fake_create(void);
void fake_reset(void);
void fake_exit(pid_t pid);
int rtmctl_main(int argc, char **argv);
const char *__asan_default_options(void);

unsigned int __wrap_if_nametoindex(const char *name);
char *__wrap_if_indextoname(unsigned int ifindex, char *name);
int __wrap_getifaddrs(struct ifaddrs **list);
void __wrap_freeifaddrs(struct ifaddrs *list);

int fake_register(__u16 family, __u32 protocol, __u32 id, __u32 flags, pid_t pid);

#endif /* RTMCTL_TEST_FAKE_H */
