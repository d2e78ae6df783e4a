/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Acting as an entity.
 */
#ifndef RTMCTL_SESSION_H
#define RTMCTL_SESSION_H

#include "common.h"
#include "parse.h"

/* Cookie of next hops that a route command made and that go with their last route. */
#define NEXTHOP_IMPLICIT	0x72746d63746cull

/**
 * struct session - a registration we have
 * @next: in the list of all
 * @id: the entity
 * @handle: its handle
 * @max_nexthops: most next hops of one route
 * @tidy: routes went, so implicit next hops may be without one
 */
struct session {
	struct session *next;
	struct rtm_entity_id id;
	__u64 handle;
	uint32_t max_nexthops;
	bool tidy;
};

void entity_id_of(const struct entity_sel *sel, int family, struct rtm_entity_id *id);
bool entity_matches(const struct entity_sel *sel, const struct rtm_entity_id *id);
bool same_entity(const struct rtm_entity_id *a, const struct rtm_entity_id *b);
int entity_lookup(const struct rtm_entity_id *id, struct rtm_entity_rec *rec);

int session_open(const struct entity_sel *sel, int family, struct session **session);
int session_register(const struct rtm_entity_id *id, uint32_t flags, struct session **session);
int session_register_self(const struct rtm_net_prefix *dest, int64_t instance, uint32_t flags,
			  struct session **session);
int session_end(struct session *session);
void sessions_tidy(void);
void sessions_close(void);

int session_nexthop(struct session *s, const struct rtm_net_prefix *addr, uint32_t ifindex,
		    uint16_t flags, __u64 *handle);

#endif /* RTMCTL_SESSION_H */
