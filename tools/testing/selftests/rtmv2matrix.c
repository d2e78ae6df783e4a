// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call of <rtmv2.h> with every argument that can be wrong.
 *
 * How this file works: rtm_matrix_calls.h knows how each call is done right.  A test
 * goes through all of them, spoils one argument at a time, and looks for three things:
 * the answer the header documents, buffers and table as they were before, and that the
 * same call works afterwards with that one argument put right.  A call that succeeds is
 * undone, and is to leave as much behind as it found.
 */
#include "rtm_matrix_calls.h"

FIXTURE(rtmv2matrix) {
	struct env env;
	struct world w;
};

FIXTURE_SETUP(rtmv2matrix)
{
	env_setup(_metadata, &self->env);
	world_make(_metadata, &self->w);
}

FIXTURE_TEARDOWN(rtmv2matrix)
{
	world_end(_metadata, &self->w);
	env_clean(_metadata, &self->env);
}

/**
 * struct try - one call, about to be made
 * @c: which
 * @good: arguments that are right
 * @bad: those of them with one spoiled
 * @undo: bytes to put back where what was spoiled is behind a pointer
 * @old: what they are
 * @size: how many
 * @copy: contents of the buffers
 * @what: what is wrong, for people
 */
struct try {
	const struct call *c;
	struct args good;
	struct args bad;
	void *undo;
	unsigned char old[8];
	size_t size;
	unsigned char copy[MAX_P][256];
	const char *what;
};

#define for_each_call(_c)	for ((_c) = calls; (_c) < calls + ARRAY_SIZE(calls); (_c)++)

/* Right arguments, with buffers; what the call needs is there. */
static void begin(struct __test_metadata *_metadata, struct world *w, const struct call *c,
		  struct try *t)
{
	unsigned int i, next = 0;

	memset(t, 0, sizeof(*t));
	t->c = c;
	t->good.h = w->h;
	memcpy(t->good.n, c->n, sizeof(c->n));
	for (i = 0; i < MAX_HANDLES; i++) {
		enum kind kind = c->on[i].kind;

		if (!kind || c->on[i].p)
			continue;
		if (kind < N_KINDS)
			t->good.on[next] = w->handle[OWN][kind];
		next++;
	}
	for (i = 0; i < MAX_P && c->p[i]; i++) {
		t->good.p[i] = guard_alloc(what_size[c->p[i]]);
		fill(w, c->p[i], t->good.p[i]);
	}
	if (c->before)
		c->before(_metadata, w, &t->good);
	t->bad = t->good;
}

static void end(struct try *t)
{
	unsigned int i;

	for (i = 0; i < MAX_P; i++)
		if (t->good.p[i])
			guard_free(t->good.p[i]);
}

static void keep_buffers(struct try *t)
{
	unsigned int i;

	for (i = 0; i < MAX_P && t->c->p[i]; i++)
		memcpy(t->copy[i], t->good.p[i], what_size[t->c->p[i]]);
}

static bool buffers_kept(const struct try *t)
{
	unsigned int i;

	for (i = 0; i < MAX_P && t->c->p[i]; i++)
		if (memcmp(t->copy[i], t->good.p[i], what_size[t->c->p[i]]) ||
		    !guard_ok(t->good.p[i]))
			return false;
	return true;
}

/* The call as it should be made, and everything as before. */
static void succeed(struct __test_metadata *_metadata, struct world *w, struct try *t,
		    struct args *a)
{
	DWORD ret = t->c->fn(a);

	EXPECT_EQ(NO_ERROR, ret)
		TH_LOG("%s, %s", t->c->name, t->what);
	if (!ret && t->c->behind)
		t->c->behind(_metadata, w, a);
}

/* The call as it should not be made: it says so, and nothing happens. */
static void refuse(struct __test_metadata *_metadata, int watch, struct try *t, DWORD code)
{
	struct snapshot was, is;
	DWORD ret;

	keep_buffers(t);
	snapshot_take(watch, &was);
	ret = t->c->fn(&t->bad);
	snapshot_take(watch, &is);
	EXPECT_EQ(code, ret)
		TH_LOG("%s, %s", t->c->name, t->what);
	EXPECT_TRUE(buffers_kept(t))
		TH_LOG("%s, %s: a buffer was changed", t->c->name, t->what);
	EXPECT_TRUE(snapshot_same(&was, &is))
		TH_LOG("%s, %s: the table was changed", t->c->name, t->what);
	snapshot_free(&was);
	snapshot_free(&is);
}

/* A try with its argument spoiled, to its end. */
static void expect(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2matrix) *self,
		   struct try *t, DWORD code)
{
	if (code == WORKS) {
		succeed(_metadata, &self->w, t, &t->bad);
	} else {
		refuse(_metadata, self->env.watch, t, code == SKIPPED ? NO_ERROR : code);
		if (t->undo)
			memcpy(t->undo, t->old, t->size);
		succeed(_metadata, &self->w, t, &t->good);
	}
	end(t);
}

static void spoil(struct try *t, void *at, const void *with, size_t size)
{
	t->undo = at;
	t->size = size;
	memcpy(t->old, at, size);
	memcpy(at, with, size);
}

/*
 * Right
 */

static void once(struct __test_metadata *_metadata, struct world *w, const struct call *c)
{
	struct try t;

	begin(_metadata, w, c, &t);
	t.what = "all arguments right";
	succeed(_metadata, w, &t, &t.good);
	end(&t);
}

/* The first time something may stay for good: memory that pointers are given to. */
TEST_F(rtmv2matrix, right_leaves_nothing)
{
	struct rtm_get_stats was, is;
	const struct call *c;
	bool same;

	for_each_call(c) {
		once(_metadata, &self->w, c);
		ASSERT_EQ(0, dev_stats(self->env.watch, &was));
		once(_metadata, &self->w, c);
		same = wait_until(!dev_stats(self->env.watch, &is) && stats_same(&was, &is));
		EXPECT_TRUE(same) {
			TH_LOG("%s", c->name);
			stats_print(&was);
			stats_print(&is);
		}
	}
}

/*
 * Registrations
 */

static void with_h(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2matrix) *self,
		   const struct call *c, RTM_ENTITY_HANDLE h, const char *what)
{
	struct try t;

	begin(_metadata, &self->w, c, &t);
	t.bad.h = h;
	t.what = what;
	expect(_metadata, self, &t, ERROR_INVALID_HANDLE);
}

TEST_F(rtmv2matrix, registration)
{
	HANDLE *own = self->w.handle[OWN];
	const struct call *c;

	for_each_call(c) {
		if (c->no_h)
			continue;
		with_h(_metadata, self, c, NULL, "no registration");
		with_h(_metadata, self, c, ALIEN, "a number as registration");
		with_h(_metadata, self, c, self->w.handle[ENDED][ENTITY], "ended registration");
		with_h(_metadata, self, c, own[DEST], "a destination as registration");
		with_h(_metadata, self, c, own[ROUTE], "a route as registration");
		with_h(_metadata, self, c, own[NOTIFY], "a notification as registration");
	}
}

/*
 * Handles
 */

static const char * const sort_name[N_SORTS] = { "own", "foreign", "ended", "elsewhere" };
static const char * const kind_name[N_KINDS] = {
	"NULL", "entity", "destination", "route", "next hop", "list", "destination enumeration",
	"route enumeration", "next hop enumeration", "list enumeration", "notification",
};

static bool fits(enum kind want, enum kind kind)
{
	if (want == ANY)
		return true;
	return want == kind || (want == ENUM && kind >= DEST_ENUM && kind <= LIST_ENUM);
}

/* The call with a handle of this kind where it takes the one of number AT. */
static void with_handle(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2matrix) *self,
			const struct call *c, unsigned int at, HANDLE handle, DWORD code,
			const char *what)
{
	const struct place *place = &c->on[at];
	unsigned int i, next = 0;
	struct try t;

	if (code == UNTRIED)
		return;
	begin(_metadata, &self->w, c, &t);
	t.what = what;
	for (i = 0; i < at; i++)
		next += c->on[i].kind && !c->on[i].p;
	if (place->p)
		spoil(&t, t.good.p[place->p - 1] + place->off, &handle, sizeof(handle));
	else
		t.bad.on[next] = handle;
	expect(_metadata, self, &t, code ? code : ERROR_INVALID_HANDLE);
}

static void with_handle_of(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2matrix) *self,
			   const struct call *c, unsigned int at, enum sort sort,
			   enum kind kind, DWORD code)
{
	char what[80];

	snprintf(what, sizeof(what), "handle %u: %s %s", at, sort_name[sort], kind_name[kind]);
	with_handle(_metadata, self, c, at, self->w.handle[sort][kind], code, what);
}

static void with_each_handle(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2matrix) *self,
			     const struct call *c, unsigned int at)
{
	const struct place *place = &c->on[at];
	enum kind kind = place->kind == ENUM ? DEST_ENUM : place->kind == ANY ? ROUTE :
			 place->kind, k;

	for (k = ENTITY; k < N_KINDS; k++)
		if (!fits(place->kind, k))
			with_handle_of(_metadata, self, c, at, OWN, k, place->wrong);
	with_handle(_metadata, self, c, at, ALIEN, place->wrong, "a number as handle");
	with_handle(_metadata, self, c, at, NULL, place->null, "NULL as handle");
	if (place->release)
		return;
	with_handle_of(_metadata, self, c, at, FOREIGN, kind, place->foreign);
	with_handle_of(_metadata, self, c, at, ENDED, kind, place->ended);
	if (place->kind != ANY)
		with_handle_of(_metadata, self, c, at, ELSEWHERE, kind, place->wrong);
}

TEST_F(rtmv2matrix, handles)
{
	const struct call *c;
	unsigned int i;

	for_each_call(c)
		for (i = 0; i < MAX_HANDLES; i++)
			if (c->on[i].kind)
				with_each_handle(_metadata, self, c, i);
}

/*
 * Pointers
 */

/* A needed one is noticed before anything else that is wrong. */
static void without(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2matrix) *self,
		    const struct call *c, unsigned int at, RTM_ENTITY_HANDLE h)
{
	bool optional = c->optional & 1u << at;
	char what[40];
	struct try t;

	begin(_metadata, &self->w, c, &t);
	if (h)
		t.bad.h = h;
	t.bad.p[at] = NULL;
	snprintf(what, sizeof(what), "pointer %u is NULL", at);
	t.what = what;
	expect(_metadata, self, &t, optional ? WORKS : ERROR_INVALID_PARAMETER);
}

TEST_F(rtmv2matrix, null_pointers)
{
	const struct call *c;
	unsigned int i;

	for_each_call(c) {
		for (i = 0; i < MAX_P && c->p[i]; i++) {
			without(_metadata, self, c, i, NULL);
			if (!(c->optional & 1u << i))
				without(_metadata, self, c, i, ALIEN);
		}
	}
}

/* All that may be NULL at once; without both arrays RtmGetRegisteredEntities() counts. */
TEST_F(rtmv2matrix, null_pointers_together)
{
	const struct call *c;
	unsigned int i;
	struct try t;

	for_each_call(c) {
		if (!c->optional || c->fn == do_GetRegisteredEntities)
			continue;
		begin(_metadata, &self->w, c, &t);
		for (i = 0; i < MAX_P; i++)
			if (c->optional & 1u << i)
				t.bad.p[i] = NULL;
		t.what = "all NULL";
		expect(_metadata, self, &t, WORKS);
	}
}

/* An array of no length may be anywhere. */
TEST_F(rtmv2matrix, empty_arrays)
{
	const struct call *c;
	struct try t;

	for_each_call(c) {
		if (!c->array)
			continue;
		begin(_metadata, &self->w, c, &t);
		t.bad.n[c->array - 1] = 0;
		t.bad.p[0] = NULL;
		t.what = "no array";
		expect(_metadata, self, &t, SKIPPED);
	}
}

/* Pairs of arguments of which one is needed. */
TEST_F(rtmv2matrix, null_pointers_alternatives)
{
	RTM_NEXTHOP_INFO info = nexthop("192.0.2.5", 1);
	RTM_NEXTHOP_HANDLE nh;
	UINT n = ROOM_ALL;

	IS(ERROR_INVALID_PARAMETER, RtmDeleteNextHop(self->w.h, NULL, NULL));
	IS(ERROR_INVALID_PARAMETER, RtmDeleteNextHop(ALIEN, NULL, NULL));
	nh = add_nexthop(_metadata, self->w.h, "192.0.2.5");
	OK(RtmReleaseNextHops(self->w.h, 1, &nh));
	OK(RtmDeleteNextHop(self->w.h, NULL, &info));
	IS(ERROR_NOT_FOUND, RtmDeleteNextHop(self->w.h, NULL, &info));
	/* the number alone */
	IS(ERROR_INSUFFICIENT_BUFFER, RtmGetRegisteredEntities(self->w.h, &n, NULL, NULL));
	EXPECT_EQ(2, n);
	n = 0;
	OK(RtmGetEntityMethods(self->w.h, self->w.h, &n, NULL));
	EXPECT_EQ(2, n);
}

/*
 * Numbers and what structures say
 */

#define AT_N(_i)			{ 0, (_i), sizeof(ULONG) }
#define AT_P(_p)			{ 1 + (_p), 0, sizeof(UINT) }
#define AT(_p, _type, _member)		{ 1 + (_p), offsetof(_type, _member),	\
					  sizeof(((_type *)0)->_member) }
#define LENGTH(_p)			AT(_p, RTM_NET_ADDRESS, NumBits)
#define FAMILY(_p)			AT(_p, RTM_NET_ADDRESS, AddressFamily)
#define HOPS(_p)			AT(_p, RTM_ROUTE_INFO, NextHopsList.NumNextHops)
#define VIEWS(_p)			AT(_p, RTM_ROUTE_INFO, BelongsToViews)

#define TOO_MANY	0xfffe0000u	/* one more than an enumeration takes */
#define TOO_LONG	4097		/* one more than an array of handles takes */

/**
 * struct spot - where a number is
 * @p: 0 for a number of struct args, else 1 + index of the pointer
 * @off: which number, or where behind the pointer
 * @size: bytes of it
 */
struct spot {
	unsigned int p;
	size_t off;
	size_t size;
};

/**
 * struct number - an argument out of range
 * @fn: the call
 * @at: where the number is
 * @value: the wrong value
 * @code: answer
 */
static const struct number {
	DWORD (*fn)(const struct args *a);
	struct spot at;
	ULONG value;
	DWORD code;
} numbers[] = {
	{ do_RegisterEntity, AT(0, RTM_ENTITY_INFO, AddressFamily), AF_UNIX,
	  ERROR_INVALID_PARAMETER },
	{ do_RegisterEntity, AT(0, RTM_ENTITY_INFO, EntityId.EntityInstanceId), 1,
	  ERROR_ALREADY_EXISTS },
	{ do_RegisterEntity, AT(1, RTM_ENTITY_EXPORT_METHODS, NumMethods), 33,
	  ERROR_INVALID_PARAMETER },
	{ do_GetDestInfo, AT_N(1), 4, ERROR_INVALID_PARAMETER },
	{ do_ReleaseDestInfo, AT(0, RTM_DEST_INFO, NumberOfViews), 33, ERROR_INVALID_PARAMETER },
	{ do_ReleaseDests, AT(0, RTM_DEST_INFO, NumberOfViews), 33, ERROR_INVALID_PARAMETER },
	{ do_ReleaseChangedDests, AT(0, RTM_DEST_INFO, NumberOfViews), 33,
	  ERROR_INVALID_PARAMETER },
	{ do_AddRouteToDest, AT_N(0), 0, ERROR_INVALID_PARAMETER },
	{ do_AddRouteToDest, LENGTH(1), 33, ERROR_INVALID_PARAMETER },
	{ do_AddRouteToDest, FAMILY(1), AF_INET6, ERROR_INVALID_PARAMETER },
	{ do_AddRouteToDest, FAMILY(1), AF_UNIX, ERROR_INVALID_PARAMETER },
	{ do_AddRouteToDest, VIEWS(2), 4, ERROR_INVALID_PARAMETER },
	{ do_AddRouteToDest, VIEWS(2), 0, WORKS },
	{ do_AddRouteToDest, HOPS(2), 65, ERROR_INVALID_PARAMETER },
	{ do_AddRouteToDest, HOPS(2), 0xffff, ERROR_INVALID_PARAMETER },
	{ do_HoldDestination, AT_N(0), 4, ERROR_INVALID_PARAMETER },
	{ do_HoldDestination, AT_N(1), 0, ERROR_INVALID_PARAMETER },
	{ do_UpdateAndUnlockRoute, AT_N(0), 0, ERROR_INVALID_PARAMETER },
	{ do_GetExactMatchDestination, AT_N(1), 4, ERROR_INVALID_PARAMETER },
	{ do_GetExactMatchDestination, LENGTH(0), 9, ERROR_NOT_FOUND },
	{ do_GetExactMatchDestination, LENGTH(0), 33, ERROR_INVALID_PARAMETER },
	{ do_GetExactMatchDestination, FAMILY(0), AF_INET6, ERROR_INVALID_PARAMETER },
	{ do_GetMostSpecificDestination, AT_N(1), 4, ERROR_INVALID_PARAMETER },
	{ do_GetMostSpecificDestination, LENGTH(0), 7, ERROR_NOT_FOUND },
	{ do_GetMostSpecificDestination, LENGTH(0), 33, ERROR_INVALID_PARAMETER },
	{ do_GetMostSpecificDestination, FAMILY(0), AF_INET6, ERROR_INVALID_PARAMETER },
	{ do_GetLessSpecificDestination, AT_N(1), 4, ERROR_INVALID_PARAMETER },
	{ do_AddNextHop, AT(0, RTM_NEXTHOP_INFO, NextHopAddress.NumBits), 33,
	  ERROR_INVALID_PARAMETER },
	{ do_AddNextHop, AT(0, RTM_NEXTHOP_INFO, NextHopAddress.AddressFamily), AF_INET6,
	  ERROR_INVALID_PARAMETER },
	{ do_AddNextHop, AT(0, RTM_NEXTHOP_INFO, Flags), 4, ERROR_INVALID_PARAMETER },
	{ do_FindNextHop, AT(0, RTM_NEXTHOP_INFO, InterfaceIndex), 9, ERROR_NOT_FOUND },
	{ do_GetExactMatchRoute, LENGTH(0), 9, ERROR_NOT_FOUND },
	{ do_GetExactMatchRoute, LENGTH(0), 33, ERROR_INVALID_PARAMETER },
	{ do_GetExactMatchRoute, FAMILY(0), AF_INET6, ERROR_INVALID_PARAMETER },
	{ do_GetExactMatchRoute, AT_N(0), 0x20, ERROR_INVALID_PARAMETER },
	{ do_GetExactMatchRoute, AT_N(0), 0x10000, ERROR_INVALID_PARAMETER },
	{ do_GetExactMatchRoute, AT_N(2), 4, ERROR_INVALID_PARAMETER },
	{ do_CreateDestEnum, AT_N(0), 4, ERROR_NOT_SUPPORTED },
	{ do_CreateDestEnum, AT_N(1), RTM_ENUM_NEXT | RTM_ENUM_RANGE, ERROR_INVALID_PARAMETER },
	{ do_CreateDestEnum, AT_N(1), RTM_ENUM_OWN_ROUTES, ERROR_INVALID_PARAMETER },
	{ do_CreateDestEnum, AT_N(1), 0x80000000, ERROR_INVALID_PARAMETER },
	{ do_CreateRouteEnum, AT_N(0), 4, ERROR_NOT_SUPPORTED },
	{ do_CreateRouteEnum, AT_N(1), RTM_ENUM_OWN_DESTS, ERROR_INVALID_PARAMETER },
	{ do_CreateRouteEnum, AT_N(1), 0x80000000, ERROR_INVALID_PARAMETER },
	{ do_CreateRouteEnum, AT_N(2), 0x20, ERROR_INVALID_PARAMETER },
	{ do_CreateNextHopEnum, AT_N(0), RTM_ENUM_NEXT | RTM_ENUM_RANGE,
	  ERROR_INVALID_PARAMETER },
	{ do_CreateNextHopEnum, AT_N(0), RTM_ENUM_OWN_ROUTES, ERROR_INVALID_PARAMETER },
	{ do_CreateNextHopEnum, AT_N(0), RTM_ENUM_OWN_DESTS, ERROR_INVALID_PARAMETER },
	{ do_GetEnumDests, AT_P(0), 0, ERROR_INVALID_PARAMETER },
	{ do_GetEnumDests, AT_P(0), TOO_MANY, ERROR_INVALID_PARAMETER },
	{ do_GetEnumDests, AT_P(0), 0xffffffff, ERROR_INVALID_PARAMETER },
	{ do_GetEnumRoutes, AT_P(0), 0, ERROR_INVALID_PARAMETER },
	{ do_GetEnumRoutes, AT_P(0), TOO_MANY, ERROR_INVALID_PARAMETER },
	{ do_GetEnumNextHops, AT_P(0), 0, ERROR_INVALID_PARAMETER },
	{ do_GetEnumNextHops, AT_P(0), TOO_MANY, ERROR_INVALID_PARAMETER },
	{ do_GetListEnumRoutes, AT_P(0), 0, ERROR_INVALID_PARAMETER },
	{ do_GetListEnumRoutes, AT_P(0), TOO_MANY, ERROR_INVALID_PARAMETER },
	{ do_GetChangedDests, AT_P(0), 0, ERROR_INVALID_PARAMETER },
	{ do_GetChangedDests, AT_P(0), TOO_MANY, ERROR_INVALID_PARAMETER },
	{ do_RegisterForChangeNotification, AT_N(0), 4, ERROR_NOT_SUPPORTED },
	{ do_RegisterForChangeNotification, AT_N(1), 0, ERROR_INVALID_PARAMETER },
	{ do_RegisterForChangeNotification, AT_N(1), 8, ERROR_INVALID_PARAMETER },
	{ do_RegisterForChangeNotification, AT_N(1), RTM_NOTIFY_ONLY_MARKED_DESTS,
	  ERROR_INVALID_PARAMETER },
	{ do_IgnoreChangedDests, AT_N(0), TOO_LONG, ERROR_INVALID_PARAMETER },
	{ do_InsertInRouteList, AT_N(0), TOO_LONG, ERROR_INVALID_PARAMETER },
	{ do_InvokeMethod, AT(0, RTM_ENTITY_METHOD_INPUT, InputSize), 65537,
	  ERROR_INVALID_PARAMETER },
	{ do_BlockMethods, AT_N(1), 2, ERROR_INVALID_PARAMETER },
	{ do_ConvertNetAddressToIpv6AddressAndLength, AT_N(0), 15, ERROR_INVALID_PARAMETER },
	{ do_ConvertNetAddressToIpv6AddressAndLength, AT_N(0), 17, ERROR_INVALID_PARAMETER },
	{ do_ConvertNetAddressToIpv6AddressAndLength, LENGTH(0), 129, ERROR_INVALID_PARAMETER },
	{ do_ConvertNetAddressToIpv6AddressAndLength, FAMILY(0), AF_INET,
	  ERROR_INVALID_PARAMETER },
	{ do_ConvertIpv6AddressAndLengthToNetAddress, AT_N(0), 129, ERROR_INVALID_PARAMETER },
	{ do_ConvertIpv6AddressAndLengthToNetAddress, AT_N(1), 15, ERROR_INVALID_PARAMETER },
	{ do_ConvertIpv6AddressAndLengthToNetAddress, AT_N(1), 17, ERROR_INVALID_PARAMETER },
};

static void with_number(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2matrix) *self,
			const struct call *c, const struct number *n)
{
	ULONG value = n->value == TOO_MANY ? self->w.max + 1 : n->value;
	char what[60];
	struct try t;

	begin(_metadata, &self->w, c, &t);
	snprintf(what, sizeof(what), "row %zu, value %u", (size_t)(n - numbers), value);
	t.what = what;
	if (n->at.p)
		spoil(&t, t.good.p[n->at.p - 1] + n->at.off, &value, n->at.size);
	else
		t.bad.n[n->at.off] = value;
	expect(_metadata, self, &t, n->code);
}

TEST_F(rtmv2matrix, numbers)
{
	const struct call *c;
	unsigned int i;

	for_each_call(c)
		for (i = 0; i < ARRAY_SIZE(numbers); i++)
			if (numbers[i].fn == c->fn)
				with_number(_metadata, self, c, &numbers[i]);
}

/* What was deleted while it was locked is not there, and its lock still is. */
TEST_F(rtmv2matrix, deleted_under_lock)
{
	RTM_ENTITY_HANDLE h = self->w.h;
	RTM_NEXTHOP_HANDLE nh = self->w.handle[OWN][NEXTHOP];
	RTM_ROUTE_HANDLE route;
	DWORD change = 0xcccc;

	route = add_route(_metadata, h, "10.2.0.0/16", nh, 10);
	OK(RtmReferenceHandles(h, 1, &route));
	OK(RtmLockRoute(h, route, TRUE, TRUE, NULL));
	OK(RtmDeleteRouteToDest(h, route, &change));
	change = 0xcccc;
	IS(ERROR_INVALID_HANDLE,
	   RtmUpdateAndUnlockRoute(h, route, INFINITE, NULL, 0, NULL, &change));
	EXPECT_EQ(0xcccc, change);
	OK(RtmLockRoute(h, route, TRUE, FALSE, NULL));
	OK(RtmReleaseRoutes(h, 1, &route));
}

/* A start that no enumeration can begin at; without RTM_ENUM_START it counts. */
TEST_F(rtmv2matrix, enum_start)
{
	static const RTM_ENUM_FLAGS flags[] = { RTM_ENUM_NEXT, RTM_ENUM_RANGE };
	RTM_NET_ADDRESS bad[] = { net("10.0.0.0/33"), net("2001:db8::/32"), net(TARGET) };
	RTM_ENUM_HANDLE e = ALIEN;
	unsigned int i, f;

	bad[2].AddressFamily = AF_UNIX;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		for (f = 0; f < ARRAY_SIZE(flags); f++) {
			IS(ERROR_INVALID_PARAMETER,
			   RtmCreateDestEnum(self->w.h, BOTH, flags[f], &bad[i], 0, &e));
			IS(ERROR_INVALID_PARAMETER,
			   RtmCreateRouteEnum(self->w.h, NULL, BOTH, flags[f], &bad[i], 0, NULL, 0,
					      &e));
			IS(ERROR_INVALID_PARAMETER,
			   RtmCreateNextHopEnum(self->w.h, flags[f], &bad[i], &e));
		}
		EXPECT_EQ(ALIEN, e);
		OK(RtmCreateDestEnum(self->w.h, BOTH, RTM_ENUM_START, &bad[i], 0, &e));
		OK(RtmDeleteEnumHandle(self->w.h, e));
		OK(RtmCreateNextHopEnum(self->w.h, RTM_ENUM_START, &bad[i], &e));
		OK(RtmDeleteEnumHandle(self->w.h, e));
		e = ALIEN;
	}
}

/* Of several handles all are taken or none; of several to release, all that are good. */
TEST_F(rtmv2matrix, one_of_several)
{
	HANDLE *own = self->w.handle[OWN], mixed[3] = { own[ROUTE], ALIEN, own[ROUTE] };
	HANDLE dests[2] = { own[DEST], ALIEN };
	RTM_ENTITY_HANDLE h = self->w.h;

	IS(ERROR_INVALID_HANDLE, RtmReferenceHandles(h, 3, mixed));
	IS(ERROR_INVALID_HANDLE, RtmInsertInRouteList(h, NULL, 3, mixed));
	IS(ERROR_INVALID_HANDLE, RtmIgnoreChangedDests(h, own[NOTIFY], 2, dests));
	OK(RtmReferenceHandles(h, 1, mixed));
	OK(RtmReferenceHandles(h, 1, mixed));
	IS(ERROR_INVALID_HANDLE, RtmReleaseRoutes(h, 3, mixed));
	OK(RtmReferenceHandles(h, 1, mixed));
	OK(RtmReferenceHandles(h, 1, mixed));
	IS(ERROR_INVALID_HANDLE, RtmDereferenceHandles(h, 3, mixed));
}

TEST_HARNESS_MAIN
