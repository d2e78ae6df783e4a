/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Enumerations: where a walk over destinations, routes or next hops has come to.
 */
#ifndef RTM_ENUM_H
#define RTM_ENUM_H

#include <linux/mutex.h>

#include "rtm_match.h"
#include "rtm_object.h"
#include "rtm_prefix.h"
#include "rtm_types.h"

/**
 * enum rtm_enum_kind - what is enumerated
 * @RTM_ENUM_DESTS: destinations of a table
 * @RTM_ENUM_ROUTES: routes of a table or of one destination
 * @RTM_ENUM_NEXTHOPS: next hops of an entity
 * @RTM_ENUM_LIST: routes of a route list
 */
enum rtm_enum_kind {
	RTM_ENUM_DESTS,
	RTM_ENUM_ROUTES,
	RTM_ENUM_NEXTHOPS,
	RTM_ENUM_LIST,
};

/**
 * struct rtm_enum_spec - what is enumerated, checked
 * @kind: kind of things
 * @from: where to begin
 * @range: end behind the more specifics of @from
 * @own: the owner's routes; destinations whose best route is the owner's
 * @views: in one of these; 0 for all
 * @protocol: destinations: whose best route is reported, or RTM_PROTO_BEST
 * @match: routes: criteria
 * @dest: routes of this destination only, a reference, or NULL
 * @list: list: the list, a reference to its object, or NULL
 */
struct rtm_enum_spec {
	enum rtm_enum_kind kind;
	struct rtm_prefix from;
	bool range;
	bool own;
	u32 views;
	u32 protocol;
	struct rtm_match match;
	struct rtm_dest *dest;
	struct rtm_route_list *list;
};

/**
 * struct rtm_enum_cursor - how far an enumeration has come
 * @at: destination or next hop it has come to
 * @done: that one has been dealt with
 * @inside: some routes of it have been
 * @ifindex: next hops: interface of the one it has come to
 * @preference: routes: the last one dealt with, while @inside
 * @metric: likewise
 * @seq: likewise
 * @held: routes: first view whose held-down route was not dealt with
 * @place: list: place of the last route
 */
struct rtm_enum_cursor {
	struct rtm_prefix at;
	bool done;
	bool inside;
	u32 ifindex;
	u32 preference;
	u32 metric;
	u32 seq;
	u32 held;
	u64 place;
};

/**
 * struct rtm_enum - an enumeration
 * @object: what it has in common with other objects
 * @spec: constant
 * @lock: protects @cursor: one call at a time; outside of every other lock, and not
 *	held while a call waits for a user's lock
 * @cursor: where the next call goes on
 */
struct rtm_enum {
	struct rtm_object object;
	struct rtm_enum_spec spec;
	struct mutex lock; /* what it protects: above */
	struct rtm_enum_cursor cursor;
};

/**
 * rtm_object_enum() - the enumeration that an object is
 * @object: of type RTM_HANDLE_ENUM
 *
 * Return: the enumeration.
 */
static inline struct rtm_enum *rtm_object_enum(struct rtm_object *object)
{
	return container_of(object, struct rtm_enum, object);
}

struct rtm_enum *rtm_enum_alloc(struct rtm_entity *owner, const struct rtm_enum_spec *spec);
void rtm_enum_spec_put(struct rtm_enum_spec *spec);

struct rtm_dest *rtm_enum_next_dest(struct rtm_enum *e, struct rtm_enum_cursor *c);
bool rtm_enum_wants_dest(struct rtm_enum *e, struct rtm_dest *dest);
unsigned int rtm_enum_take_routes(struct rtm_enum *e, struct rtm_enum_cursor *c,
				  struct rtm_dest *dest, struct rtm_route **routes,
				  unsigned int room);
void rtm_enum_pass_dest(struct rtm_enum_cursor *c, const struct rtm_dest *dest);
struct rtm_nexthop *rtm_enum_next_nexthop(struct rtm_enum *e, struct rtm_enum_cursor *c);
struct rtm_route *rtm_enum_next_listed(struct rtm_enum *e, struct rtm_enum_cursor *c);

#endif /* RTM_ENUM_H */
