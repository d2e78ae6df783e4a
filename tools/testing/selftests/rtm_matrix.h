/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table with one object of each kind, for tests that go through every call of
 * <rtmv2.h>.
 *
 * How this file works: the same objects are made for several registrations, so that a
 * test can name one by its kind and by what is the matter with it.  They are in a table
 * that does not forward: nothing changes there unless a client does it.  A snapshot is
 * all that a client can see of that table, and of what it may have left behind.
 */
#ifndef RTM_MATRIX_H
#define RTM_MATRIX_H

#include "rtm_rtmv2.h"

#define ALIEN		((HANDLE)0x123456789)
#define INSTANCE	7
#define TARGET		"10.0.0.0/8"

enum kind {
	NOTHING,
	ENTITY,
	DEST,
	ROUTE,
	NEXTHOP,
	LIST,
	DEST_ENUM,
	ROUTE_ENUM,
	NEXTHOP_ENUM,
	LIST_ENUM,
	NOTIFY,
	N_KINDS,
	ENUM,		/* any of the four */
	ANY,
};

enum sort {
	OWN,
	FOREIGN,	/* of another client of the table */
	ENDED,		/* the caller's, deleted; entity, route and next hop are referenced */
	ELSEWHERE,	/* of another table */
	N_SORTS,
};

/**
 * struct world - the objects
 * @h: registration of the caller
 * @other: another client of the table
 * @v6: a client of another table
 * @max: most items of one enumeration call
 * @handle: all of them
 */
struct world {
	RTM_ENTITY_HANDLE h;
	RTM_ENTITY_HANDLE other;
	RTM_ENTITY_HANDLE v6;
	UINT max;
	HANDLE handle[N_SORTS][N_KINDS];
};

/* Echoes the input. */
static inline VOID echo(RTM_ENTITY_HANDLE caller, RTM_ENTITY_HANDLE callee,
			RTM_ENTITY_METHOD_INPUT *in, RTM_ENTITY_METHOD_OUTPUT *out)
{
	(void)caller;
	(void)callee;
	if (in->InputSize < out->OutputSize)
		out->OutputSize = in->InputSize;
	memcpy(out->OutputData, in->InputData, out->OutputSize);
}

/* Two methods, of which as many are exported as is said. */
static inline RTM_ENTITY_EXPORT_METHODS *methods_of(UINT n)
{
	static union {
		RTM_ENTITY_EXPORT_METHODS m;
		unsigned char room[sizeof(RTM_ENTITY_EXPORT_METHODS) + sizeof(void *)];
	} u;
	RTM_ENTITY_EXPORT_METHOD *to = u.m.Methods, both[] = { echo, echo };

	u.m.NumMethods = n;
	memcpy(to, both, sizeof(both));
	return &u.m;
}

static inline RTM_ENTITY_INFO who(USHORT family, ULONG id)
{
	RTM_ENTITY_INFO info = { .AddressFamily = family, .RtmInstanceId = INSTANCE };

	info.EntityId.EntityProtocolId = PROTO_IP_RIP;
	info.EntityId.EntityInstanceId = id;
	return info;
}

static inline RTM_ENTITY_HANDLE join(struct __test_metadata *_metadata, USHORT family, ULONG id,
				     UINT n_methods, UINT *max)
{
	RTM_ENTITY_INFO info = who(family, id);
	RTM_ENTITY_HANDLE h = NULL;
	RTM_REGN_PROFILE profile;

	OK(RtmRegisterEntity(&info, n_methods ? methods_of(n_methods) : NULL, NULL, TRUE, &profile,
			     &h));
	*max = profile.MaxHandlesInEnum;
	return h;
}

/* One object of each kind. */
static inline void make_objects(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h,
				const char *dest, const char *nexthop, HANDLE *to)
{
	RTM_NET_ADDRESS n = net(dest);

	to[ENTITY] = h;
	to[NEXTHOP] = add_nexthop(_metadata, h, nexthop);
	to[ROUTE] = add_route(_metadata, h, dest, to[NEXTHOP], 10);
	to[DEST] = find_dest(_metadata, h, dest);
	OK(RtmCreateRouteList(h, &to[LIST]));
	OK(RtmInsertInRouteList(h, to[LIST], 1, &to[ROUTE]));
	OK(RtmCreateDestEnum(h, BOTH, RTM_ENUM_RANGE, &n, 0, &to[DEST_ENUM]));
	OK(RtmCreateRouteEnum(h, NULL, BOTH, RTM_ENUM_RANGE, &n, 0, NULL, 0, &to[ROUTE_ENUM]));
	OK(RtmCreateNextHopEnum(h, 0, NULL, &to[NEXTHOP_ENUM]));
	OK(RtmCreateRouteListEnum(h, to[LIST], &to[LIST_ENUM]));
	OK(RtmRegisterForChangeNotification(h, BOTH, RTM_CHANGE_TYPE_ALL, NULL, &to[NOTIFY]));
}

/* What the caller was asked to remember outlives this as a number alone. */
static inline void end_objects(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, HANDLE *of)
{
	DWORD change;
	int i;

	for (i = DEST_ENUM; i <= LIST_ENUM; i++)
		IS(NO_ERROR, RtmDeleteEnumHandle(h, of[i]));
	IS(NO_ERROR, RtmDeregisterFromChangeNotification(h, of[NOTIFY]));
	IS(NO_ERROR, RtmDeleteRouteList(h, of[LIST]));
	IS(NO_ERROR, release_dest(h, of[DEST]));
	IS(NO_ERROR, RtmDeleteRouteToDest(h, of[ROUTE], &change));
	IS(NO_ERROR, RtmDeleteNextHop(h, of[NEXTHOP], NULL));
}

static inline void make_ended(struct __test_metadata *_metadata, struct world *w)
{
	HANDLE *of = w->handle[ENDED];
	RTM_ENTITY_HANDLE gone;
	UINT max;

	make_objects(_metadata, w->h, TARGET, "192.0.2.1", of);
	OK(RtmReferenceHandles(w->h, 1, &of[ROUTE]));
	OK(RtmReferenceHandles(w->h, 1, &of[NEXTHOP]));
	end_objects(_metadata, w->h, of);
	gone = join(_metadata, AF_INET, 9, 0, &max);
	OK(RtmReferenceHandles(w->h, 1, &gone));
	OK(RtmDeregisterEntity(gone));
	of[ENTITY] = gone;
}

/*
 * The caller's own are the last, so nothing is pending for its notification; and they
 * have the names of the deleted ones.
 */
static inline void world_make(struct __test_metadata *_metadata, struct world *w)
{
	UINT max;

	memset(w, 0, sizeof(*w));
	w->h = join(_metadata, AF_INET, 1, 2, &w->max);
	w->other = join(_metadata, AF_INET, 2, 0, &max);
	w->v6 = join(_metadata, AF_INET6, 3, 0, &max);
	make_ended(_metadata, w);
	make_objects(_metadata, w->other, TARGET, "192.0.2.2", w->handle[FOREIGN]);
	make_objects(_metadata, w->v6, "2001:db8::/32", "2001:db8::1", w->handle[ELSEWHERE]);
	make_objects(_metadata, w->h, TARGET, "192.0.2.1", w->handle[OWN]);
}

/* Each object goes by the one reference that there is of it. */
static inline void world_end(struct __test_metadata *_metadata, struct world *w)
{
	HANDLE *own = w->handle[OWN], *ended = w->handle[ENDED];
	int i;

	end_objects(_metadata, w->other, w->handle[FOREIGN]);
	end_objects(_metadata, w->v6, w->handle[ELSEWHERE]);
	end_objects(_metadata, w->h, own);
	IS(NO_ERROR, RtmReleaseRoutes(w->h, 1, &ended[ROUTE]));
	IS(NO_ERROR, RtmReleaseNextHops(w->h, 1, &ended[NEXTHOP]));
	IS(NO_ERROR, RtmReleaseEntities(w->h, 1, &ended[ENTITY]));
	for (i = DEST; i <= NEXTHOP; i++) {
		IS(ERROR_INVALID_HANDLE, RtmDereferenceHandles(w->h, 1, &own[i]));
		IS(ERROR_INVALID_HANDLE, RtmDereferenceHandles(w->h, 1, &ended[i]));
	}
	IS(ERROR_INVALID_HANDLE, RtmDereferenceHandles(w->h, 1, &ended[ENTITY]));
	IS(NO_ERROR, RtmDeregisterEntity(w->h));
	IS(NO_ERROR, RtmDeregisterEntity(w->other));
	IS(NO_ERROR, RtmDeregisterEntity(w->v6));
}

/*
 * Snapshots
 */

#define N_DUMPS	10

/**
 * struct snapshot - what there is
 * @stats: how much of everything
 * @dump: records of both tables, without what time alone changes
 * @size: bytes of each
 */
struct snapshot {
	struct rtm_get_stats stats;
	void *dump[N_DUMPS];
	size_t size[N_DUMPS];
};

static inline void forget_time(unsigned long cmd, void *dump, size_t size)
{
	struct rtm_route_rec *route;
	struct rtm_lock_rec *lock;

	if (cmd == RTM_IOC_DUMP_ROUTES)
		for_each_record(route, dump, size)
			route->age_ms = 0;
	if (cmd == RTM_IOC_DUMP_LOCKS)
		for_each_record(lock, dump, size)
			lock->age_ns = 0;
}

static inline void snapshot_take(int watch, struct snapshot *s)
{
	static const unsigned long cmds[N_DUMPS / 2] = {
		RTM_IOC_DUMP_ENTITIES, RTM_IOC_DUMP_NEXTHOPS, RTM_IOC_DUMP_DESTS,
		RTM_IOC_DUMP_ROUTES, RTM_IOC_DUMP_LOCKS,
	};
	unsigned int count, i;

	if (dev_stats(watch, &s->stats))
		abort();
	for (i = 0; i < N_DUMPS; i++) {
		s->dump[i] = dev_dump(watch, cmds[i / 2], 0, i % 2 ? "::/0" : "0.0.0.0/0",
				      INSTANCE, &s->size[i], &count);
		if (s->dump[i])
			forget_time(cmds[i / 2], s->dump[i], s->size[i]);
	}
}

static inline void snapshot_free(struct snapshot *s)
{
	unsigned int i;

	for (i = 0; i < N_DUMPS; i++)
		free(s->dump[i]);
}

static inline bool stats_same(const struct rtm_get_stats *a, const struct rtm_get_stats *b)
{
	return a->entities == b->entities && a->nexthops == b->nexthops &&
	       a->routes == b->routes && a->dests == b->dests && a->handles == b->handles &&
	       a->locks_held == b->locks_held && a->objects == b->objects && a->calls == b->calls;
}

static inline bool snapshot_same(const struct snapshot *a, const struct snapshot *b)
{
	unsigned int i;

	for (i = 0; i < N_DUMPS; i++)
		if (!a->dump[i] || !b->dump[i] || a->size[i] != b->size[i] ||
		    memcmp(a->dump[i], b->dump[i], a->size[i]))
			return false;
	return stats_same(&a->stats, &b->stats);
}

#endif /* RTM_MATRIX_H */
