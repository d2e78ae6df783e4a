/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an entity leaves when it goes, for tests of who gets it and when.
 *
 * How this file works: populate() makes an entity with some of everything it can have
 * and says how much that is; the namespace's counters say what is left of it.
 */
#ifndef RTM_LEFTOVER_H
#define RTM_LEFTOVER_H

#include "rtm_test.h"

#define LEFT_NEXTHOPS	2
#define LEFT_ROUTES	20

/* The record of the entity with that id, whatever its protocol. */
static inline bool dev_entity_rec(int fd, __u32 id, struct rtm_entity_rec *found)
{
	struct rtm_entity_rec *rec;
	unsigned int count;
	bool have = false;
	size_t size;
	void *buf;

	buf = dev_dump(fd, RTM_IOC_DUMP_ENTITIES, 0, "0.0.0.0/0", 0, &size, &count);
	if (!buf)
		return false;
	for_each_record(rec, buf, size) {
		if (rec->id.id != id)
			continue;
		*found = *rec;
		have = true;
	}
	free(buf);
	return have;
}

/* Give an entity that has an opaque slot next hops, routes, a cell and handles. */
static inline void fill_entity(struct __test_metadata *_metadata, int fd, __u64 entity,
			       __u32 metric)
{
	__u64 nexthop, other, route, dest;
	char text[32];
	int i;

	ASSERT_EQ(0, dev_add_nexthop(fd, entity, "192.0.2.1", 1, &nexthop));
	ASSERT_EQ(0, dev_add_nexthop(fd, entity, "192.0.2.2", 1, &other));
	for (i = 0; i < LEFT_ROUTES; i++) {
		snprintf(text, sizeof(text), "10.%d.0.0/16", i);
		ASSERT_EQ(0, dev_route(fd, entity, text, nexthop, metric, &route));
	}
	dest = dev_dest(fd, entity, "10.3.0.0/16");
	ASSERT_NE(0, dest);
	ASSERT_EQ(0, dev_set_opaque(fd, entity, dest, 42));
}

static inline __u64 populate(struct __test_metadata *_metadata, int fd, __u32 id, __u32 flags)
{
	__u64 entity;

	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_RIP, id, flags | RTM_REQ_OPAQUE_SLOT,
				  &entity));
	fill_entity(_metadata, fd, entity, id);
	return entity;
}

static inline bool counts_are(int fd, unsigned int entities, unsigned int nexthops,
			      unsigned int routes, unsigned int dests)
{
	struct rtm_get_stats s;

	if (dev_stats(fd, &s))
		return false;
	return s.entities == entities && s.nexthops == nexthops && s.routes == routes &&
	       s.dests == dests;
}

#endif /* RTM_LEFTOVER_H */
