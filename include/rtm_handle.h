/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles: the ids by which an open file names objects.
 */
#ifndef RTM_HANDLE_H
#define RTM_HANDLE_H

#include <linux/types.h>
#include <uapi/linux/rtm.h>

#include "rtm_types.h"

/* Memory of a handle with one count: itself, and its places in both tables. */
#define RTM_HANDLE_BYTES	96

/* A route, and its next hops, neighbour, destination and owner. */
#define RTM_GRAB_MAX	(RTM_MAX_NEXTHOPS + 4)

/**
 * struct rtm_grab - handles a reply is about to give out
 * @client: the file
 * @entity: registration they are counted for
 * @n: number of handles given out so far
 * @room: how many there can be
 * @ids: they
 * @own: memory for @ids, where nobody brought other
 *
 * When the reply cannot be copied out, rtm_grab_undo() takes all of them back, so
 * that a failed call leaves no handle behind.
 */
struct rtm_grab {
	struct rtm_client *client;
	struct rtm_entity *entity;
	unsigned int n;
	unsigned int room;
	u64 *ids;
	u64 own[RTM_GRAB_MAX];
};

int rtm_handles_init(struct rtm_client *client);
void rtm_handles_destroy(struct rtm_client *client);

int rtm_handle_register(struct rtm_client *client, struct rtm_entity *entity, u64 *id);
void rtm_handle_deregister(struct rtm_client *client, struct rtm_entity *entity);

struct rtm_entity *rtm_handle_entity(struct rtm_client *client, u64 id);
struct rtm_dest *rtm_handle_dest(struct rtm_client *client, u64 id);
struct rtm_route *rtm_handle_route(struct rtm_client *client, u64 id);
struct rtm_nexthop *rtm_handle_nexthop(struct rtm_client *client, u64 id);
struct rtm_object *rtm_handle_object(struct rtm_client *client, u32 type, u64 id);

int rtm_handle_reference(struct rtm_client *client, struct rtm_entity *entity, u32 type,
			 const u64 *ids, unsigned int n);
int rtm_handle_release(struct rtm_client *client, struct rtm_entity *entity, u32 type, u64 id);

void rtm_grab_init(struct rtm_grab *grab, struct rtm_client *client, struct rtm_entity *entity);
void rtm_grab_init_room(struct rtm_grab *grab, struct rtm_client *client,
			struct rtm_entity *entity, u64 *ids, unsigned int room);
int rtm_grab_entity(struct rtm_grab *grab, struct rtm_entity *entity, u64 *id);
int rtm_grab_dest(struct rtm_grab *grab, struct rtm_dest *dest, u64 *id);
int rtm_grab_route(struct rtm_grab *grab, struct rtm_route *route, u64 *id);
int rtm_grab_nexthop(struct rtm_grab *grab, struct rtm_nexthop *nh, u64 *id);
int rtm_grab_object(struct rtm_grab *grab, struct rtm_object *object, u64 *id);
void rtm_grab_undo(struct rtm_grab *grab);

#endif /* RTM_HANDLE_H */
