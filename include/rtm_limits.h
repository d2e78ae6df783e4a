/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits and policies an operator can set; the parameters live in rtm_core.c.
 */
#ifndef RTM_LIMITS_H
#define RTM_LIMITS_H

#include <linux/types.h>
#include <uapi/linux/rtm.h>

/**
 * enum rtm_lock_policy - who may lock a destination exclusively
 * @RTM_LOCK_POLICY_OPEN: every entity of the table
 * @RTM_LOCK_POLICY_STAKE: owners of a route there and entities with an opaque slot
 * @RTM_LOCK_POLICY_OWNER: owners of a route there; they alone may share it, too
 *
 * The readings of "does not own this destination" that the RTMv2 documentation
 * allows; the second satisfies all of its sentences at once.
 */
enum rtm_lock_policy {
	RTM_LOCK_POLICY_OPEN,
	RTM_LOCK_POLICY_STAKE,
	RTM_LOCK_POLICY_OWNER,
};

extern unsigned int rtm_max_nexthops;
extern unsigned int rtm_max_handles;
extern unsigned int rtm_max_slots;
extern unsigned int rtm_max_tables;
extern unsigned int rtm_max_entities;
extern unsigned int rtm_max_file_handles;
extern unsigned int rtm_max_dest_routes;
extern unsigned int rtm_max_method_calls;
extern unsigned int rtm_max_notifies;
extern unsigned int rtm_max_ghosts;
extern unsigned int rtm_expiry_answer_ms;

/* By enum rtm_resource; may change at any moment. */
extern u64 rtm_entity_max[RTM_N_RESOURCES];
extern u64 rtm_net_max[RTM_N_RESOURCES];

enum rtm_lock_policy rtm_lock_policy(void);

/**
 * rtm_default_preference() - rank of a protocol whose routes name none
 * @protocol: EntityProtocolId
 *
 * The numbers are this project's own choice: no public document gives them.
 *
 * Return: 1..255, lower is better.
 */
u32 rtm_default_preference(u32 protocol);

#endif /* RTM_LIMITS_H */
