/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the entity commands share: which entities are meant.
 */
#ifndef RTMCTL_CMD_ENTITY_H
#define RTMCTL_CMD_ENTITY_H

#include "parse.h"

#define FAMILIES "[inet|inet6|both]"

/**
 * struct entity_args - entities as they are typed
 * @entity: protocol, id, instance
 * @inet: "inet" was given
 * @inet6: "inet6" was given
 * @both: "both" was given
 */
struct entity_args {
	struct entity_sel entity;
	bool inet;
	bool inet6;
	bool both;
};

bool entity_wants_family(const struct entity_args *a, int family);
int entity_check_family(const struct entity_args *a);
int entity_check_named(const struct entity_args *a);
size_t entity_wanted_ids(const struct entity_args *a, struct rtm_entity_id *ids);

#endif /* RTMCTL_CMD_ENTITY_H */
