// SPDX-License-Identifier: GPL-2.0-only
/*
 * What no call accepts, for all of them.
 *
 * How this file works: it goes through a table of every command.  A command that is
 * missing there is found by its number, which must be unknown.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "client_test.h"

/* No registration has this handle. */
#define NOBODY	0x0100000000000fffull

#define N_NUMBERS	256
#define ARG_BYTES	512

/**
 * struct command - one call
 * @number: its number
 * @size: bytes of its structure
 */
struct command {
	unsigned int number;
	u32 size;
};

#define COMMAND(name, type) { RTM_IOC_##name, sizeof(struct type) }

static const struct command commands[] = {
	COMMAND(GET_VERSION, rtm_get_version),
	COMMAND(GET_STATS, rtm_get_stats),
	COMMAND(REGISTER_ENTITY, rtm_register_entity),
	COMMAND(DEREGISTER_ENTITY, rtm_deregister_entity),
	COMMAND(GET_ENTITIES, rtm_get_entities),
	COMMAND(GET_ENTITY_INFO, rtm_get_entity_info),
	COMMAND(REFERENCE_HANDLES, rtm_handles),
	COMMAND(RELEASE_HANDLES, rtm_handles),
	COMMAND(ADD_NEXTHOP, rtm_nexthop_req),
	COMMAND(FIND_NEXTHOP, rtm_nexthop_req),
	COMMAND(DELETE_NEXTHOP, rtm_nexthop_req),
	COMMAND(GET_NEXTHOP_INFO, rtm_nexthop_req),
	COMMAND(ADD_ROUTE, rtm_add_route),
	COMMAND(DELETE_ROUTE, rtm_delete_route),
	COMMAND(GET_ROUTE_INFO, rtm_get_route_info),
	COMMAND(IS_BEST_ROUTE, rtm_is_best_route),
	COMMAND(GET_DEST_INFO, rtm_get_dest),
	COMMAND(GET_EXACT_DEST, rtm_get_dest),
	COMMAND(GET_MOST_SPECIFIC_DEST, rtm_get_dest),
	COMMAND(GET_LESS_SPECIFIC_DEST, rtm_get_dest),
	COMMAND(LOCK_DEST, rtm_lock_dest),
	COMMAND(UNLOCK_DEST, rtm_lock_dest),
	COMMAND(BREAK_DEST_LOCK, rtm_break_dest_lock),
	COMMAND(GET_OPAQUE, rtm_opaque),
	COMMAND(SET_OPAQUE, rtm_opaque),
	COMMAND(ADD_ROUTES, rtm_route_batch),
	COMMAND(DELETE_ROUTES, rtm_route_batch),
	COMMAND(FIB_SYNC, rtm_fib_sync),
	COMMAND(DUMP_ENTITIES, rtm_dump),
	COMMAND(DUMP_NEXTHOPS, rtm_dump),
	COMMAND(DUMP_DESTS, rtm_dump),
	COMMAND(DUMP_ROUTES, rtm_dump),
	COMMAND(DUMP_LOCKS, rtm_dump),
	COMMAND(DUMP_NOTIFIES, rtm_dump),
	COMMAND(CREATE_DEST_ENUM, rtm_create_enum),
	COMMAND(CREATE_ROUTE_ENUM, rtm_create_enum),
	COMMAND(CREATE_NEXTHOP_ENUM, rtm_create_enum),
	COMMAND(GET_ENUM_DESTS, rtm_get_enum),
	COMMAND(GET_ENUM_ROUTES, rtm_get_enum),
	COMMAND(GET_ENUM_NEXTHOPS, rtm_get_enum),
	COMMAND(DELETE_ENUM, rtm_object_req),
	COMMAND(CREATE_ROUTE_LIST, rtm_object_req),
	COMMAND(INSERT_IN_ROUTE_LIST, rtm_insert_in_list),
	COMMAND(CREATE_ROUTE_LIST_ENUM, rtm_create_list_enum),
	COMMAND(GET_LIST_ENUM_ROUTES, rtm_get_enum),
	COMMAND(DELETE_ROUTE_LIST, rtm_object_req),
	COMMAND(GET_EXACT_ROUTE, rtm_get_exact_route),
	COMMAND(HOLD_DEST, rtm_hold_dest),
	COMMAND(ANSWER_EXPIRY, rtm_answer_expiry),
	COMMAND(REGISTER_NOTIFY, rtm_register_notify),
	COMMAND(DEREGISTER_NOTIFY, rtm_deregister_notify),
	COMMAND(GET_CHANGED_DESTS, rtm_get_changed),
	COMMAND(IGNORE_CHANGED_DESTS, rtm_ignore_changed),
	COMMAND(GET_CHANGE_STATUS, rtm_notify_dest),
	COMMAND(MARK_DEST, rtm_notify_dest),
	COMMAND(IS_DEST_MARKED, rtm_notify_dest),
	COMMAND(LOCK_ROUTE, rtm_lock_object),
	COMMAND(UNLOCK_ROUTE, rtm_lock_object),
	COMMAND(UPDATE_ROUTE, rtm_update_route),
	COMMAND(LOCK_NEXTHOP, rtm_lock_object),
	COMMAND(UNLOCK_NEXTHOP, rtm_unlock_nexthop),
	COMMAND(GET_METHODS, rtm_get_methods),
	COMMAND(INVOKE_METHOD, rtm_invoke_method),
	COMMAND(BLOCK_METHODS, rtm_block_methods),
	COMMAND(FETCH_CALL, rtm_fetch_call),
	COMMAND(ANSWER_CALL, rtm_answer_call),
	COMMAND(BEGIN_RESYNC, rtm_resync),
	COMMAND(END_RESYNC, rtm_resync),
	COMMAND(GET_DESTS, rtm_get_dests),
	COMMAND(SET_LIMITS, rtm_set_limits),
	COMMAND(GET_LIMITS, rtm_get_limits),
	COMMAND(SET_CRASH_POLICY, rtm_set_crash_policy),
};

/* These have something else where the others have flags, or take a registration. */
static bool has_no_flags(unsigned int number)
{
	return number == RTM_IOC_GET_VERSION || number == RTM_IOC_GET_STATS ||
	       number == RTM_IOC_REFERENCE_HANDLES || number == RTM_IOC_RELEASE_HANDLES;
}

static bool needs_no_registration(unsigned int number)
{
	return number == RTM_IOC_GET_VERSION || number == RTM_IOC_GET_STATS ||
	       number == RTM_IOC_REGISTER_ENTITY || number == RTM_IOC_BREAK_DEST_LOCK ||
	       number == RTM_IOC_FIB_SYNC;
}

static const struct command *find_command(unsigned int number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].number == number)
			return &commands[i];
	return NULL;
}

void case_number(struct rig *rig)
{
	struct rtm_get_version arg = { .size = sizeof(arg) };
	unsigned int i;

	for (i = 0; i < N_NUMBERS; i++)
		if (!find_command(_IO(RTM_IOC_MAGIC, i)))
			EXPECT_EQ(rig, -ENOTTY,
				  rtm_client_call(rig->client, _IO(RTM_IOC_MAGIC, i), &arg));
	EXPECT_EQ(rig, -ENOTTY, rtm_client_call(rig->client, _IO('x', 0), &arg));
}

/* Call with an argument of a size, all of it zero but one byte. */
static int call_sized(struct rig *rig, const struct command *c, u32 size, u32 at)
{
	u8 *arg = kzalloc(2 * PAGE_SIZE, GFP_KERNEL);
	int err;

	if (!arg)
		return -ENOMEM;
	arg[at] = 1;
	memcpy(arg, &size, sizeof(size));
	err = rtm_client_call(rig->client, c->number, arg);
	kfree(arg);
	return err;
}

void case_size(struct rig *rig)
{
	const struct command *version = find_command(RTM_IOC_GET_VERSION);
	const struct command *c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		c = &commands[i];
		EXPECT_EQ(rig, -EINVAL, call_sized(rig, c, 0, 0));
		EXPECT_EQ(rig, -EINVAL, call_sized(rig, c, sizeof(u32), 0));
		EXPECT_EQ(rig, -E2BIG, call_sized(rig, c, PAGE_SIZE + 8, 0));
		EXPECT_EQ(rig, -E2BIG, call_sized(rig, c, c->size + 8, c->size + 7));
	}
	/* what a newer header has more may be zero, and stays so */
	EXPECT_EQ(rig, 0, call_sized(rig, version, version->size + 8, 0));
	EXPECT_EQ(rig, 0, call_sized(rig, version, PAGE_SIZE, 0));
}

/* A call that fails leaves its argument as it was. */
static int call_with(struct rig *rig, const struct command *c, u32 flags, u64 entity)
{
	u8 arg[ARG_BYTES] = {}, was[ARG_BYTES];
	int err;

	memcpy(arg, &c->size, sizeof(u32));
	memcpy(arg + 4, &flags, sizeof(flags));
	memcpy(arg + 8, &entity, sizeof(entity));
	memcpy(was, arg, sizeof(was));
	err = rtm_client_call(rig->client, c->number, arg);
	EXPECT_EQ(rig, 0, memcmp(arg, was, sizeof(arg)));
	return err;
}

void case_registration(struct rig *rig)
{
	const struct command *c;
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		c = &commands[i];
		if (needs_no_registration(c->number))
			continue;
		err = call_with(rig, c, 0, NOBODY);
		EXPECT(rig, err == -EBADF || err == -EINVAL);
	}
}

void case_flags(struct rig *rig)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!has_no_flags(commands[i].number))
			EXPECT_EQ(rig, -EOPNOTSUPP,
				  call_with(rig, &commands[i], 1u << 31, rig->entity));
}
