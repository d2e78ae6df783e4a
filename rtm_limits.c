// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module parameters: limits and policies.
 *
 * A limit can be read and changed under /sys/module/rtm/parameters while the
 * module is loaded; a smaller value stops new objects and takes nothing away.
 */
#include "rtm_limits.h"

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <uapi/linux/rtm.h>

/* A number that must lie between two others. */
static int set_bounded(const char *val, const struct kernel_param *kp, unsigned int min,
		       unsigned int max)
{
	unsigned int n;
	int err;

	err = kstrtouint(val, 0, &n);
	if (err)
		return err;
	if (n < min || n > max)
		return -ERANGE;
	WRITE_ONCE(*(unsigned int *)kp->arg, n);
	return 0;
}

static int set_nexthops(const char *val, const struct kernel_param *kp)
{
	return set_bounded(val, kp, 1, RTM_MAX_NEXTHOPS);
}

static int set_notifies(const char *val, const struct kernel_param *kp)
{
	return set_bounded(val, kp, 1, RTM_MAX_NOTIFIES);
}

static int set_small(const char *val, const struct kernel_param *kp)
{
	return set_bounded(val, kp, 1, 4096);
}

static int set_large(const char *val, const struct kernel_param *kp)
{
	return set_bounded(val, kp, 1, INT_MAX);
}

static const struct kernel_param_ops nexthops_ops = { .set = set_nexthops, .get = param_get_uint };
static const struct kernel_param_ops notifies_ops = { .set = set_notifies, .get = param_get_uint };
static const struct kernel_param_ops small_ops = { .set = set_small, .get = param_get_uint };
static const struct kernel_param_ops large_ops = { .set = set_large, .get = param_get_uint };

unsigned int rtm_max_nexthops = 16;
module_param_cb(max_nexthops, &nexthops_ops, &rtm_max_nexthops, 0644);
MODULE_PARM_DESC(max_nexthops, "Next hops of one route (1-64, default 16)");

unsigned int rtm_max_handles = 100;
module_param_cb(max_handles_in_enum, &small_ops, &rtm_max_handles, 0644);
MODULE_PARM_DESC(max_handles_in_enum, "Items of one enumeration call (1-4096, default 100)");

unsigned int rtm_max_slots = 8;
module_param_cb(max_opaque_slots, &small_ops, &rtm_max_slots, 0644);
MODULE_PARM_DESC(max_opaque_slots, "Entities of a table with an opaque slot (1-4096, default 8)");

unsigned int rtm_max_tables = 512;
module_param_cb(max_tables, &small_ops, &rtm_max_tables, 0644);
MODULE_PARM_DESC(max_tables, "Tables of one namespace (1-4096, default 512)");

unsigned int rtm_max_entities = 256;
module_param_cb(max_entities, &small_ops, &rtm_max_entities, 0644);
MODULE_PARM_DESC(max_entities, "Entities of one table (1-4096, default 256)");

unsigned int rtm_max_dest_routes = 4096;
module_param_cb(max_dest_routes, &small_ops, &rtm_max_dest_routes, 0644);
MODULE_PARM_DESC(max_dest_routes, "Candidates of one destination (1-4096, default 4096)");

unsigned int rtm_max_method_calls = 64;
module_param_cb(max_method_calls, &small_ops, &rtm_max_method_calls, 0644);
MODULE_PARM_DESC(max_method_calls,
		 "Calls of methods that wait for one entity (1-4096, default 64)");
unsigned int rtm_max_notifies = 16;
module_param_cb(max_notifies, &notifies_ops, &rtm_max_notifies, 0644);
MODULE_PARM_DESC(max_notifies, "Change notifications of one table (1-64, default 16)");

unsigned int rtm_max_ghosts = 65536;
module_param_cb(max_notify_ghosts, &large_ops, &rtm_max_ghosts, 0644);
MODULE_PARM_DESC(max_notify_ghosts,
		 "Vanished destinations kept for one notification (default 65536)");

unsigned int rtm_expiry_answer_ms = 30000;
module_param_cb(expiry_answer_ms, &large_ops, &rtm_expiry_answer_ms, 0644);
MODULE_PARM_DESC(expiry_answer_ms,
		 "Milliseconds an owner has to say that an expired route stays (default 30000)");

unsigned int rtm_max_file_handles = 1u << 24;
module_param_cb(max_file_handles, &large_ops, &rtm_max_file_handles, 0644);
MODULE_PARM_DESC(max_file_handles, "Handles of one open file (default 16777216)");

static int set_u64(const char *val, const struct kernel_param *kp, u64 max)
{
	u64 n;
	int err;

	err = kstrtou64(val, 0, &n);
	if (err)
		return err;
	if (!n || n > max)
		return -ERANGE;
	WRITE_ONCE(*(u64 *)kp->arg, n);
	return 0;
}

static int set_amount(const char *val, const struct kernel_param *kp)
{
	return set_u64(val, kp, S64_MAX);
}

static int set_objects(const char *val, const struct kernel_param *kp)
{
	return set_u64(val, kp, 4096);
}

static const struct kernel_param_ops amount_ops = { .set = set_amount, .get = param_get_ullong };
static const struct kernel_param_ops objects_ops = { .set = set_objects, .get = param_get_ullong };

/* An entity may have a full table of the Internet twice over, and handles of all of it. */
u64 rtm_entity_max[RTM_N_RESOURCES] = {
	[RTM_RES_ROUTES] = 1ull << 22,
	[RTM_RES_NEXTHOPS] = 1ull << 20,
	[RTM_RES_HANDLES] = 1ull << 24,
	[RTM_RES_OBJECTS] = 1024,
	[RTM_RES_DESTS] = U64_MAX,
	[RTM_RES_BYTES] = 1ull << 32,
};

module_param_cb(max_entity_routes, &amount_ops, &rtm_entity_max[RTM_RES_ROUTES], 0644);
MODULE_PARM_DESC(max_entity_routes, "Routes of one entity (default 4194304)");
module_param_cb(max_entity_nexthops, &amount_ops, &rtm_entity_max[RTM_RES_NEXTHOPS], 0644);
MODULE_PARM_DESC(max_entity_nexthops, "Next hops of one entity (default 1048576)");
module_param_cb(max_entity_handles, &amount_ops, &rtm_entity_max[RTM_RES_HANDLES], 0644);
MODULE_PARM_DESC(max_entity_handles, "Handles of one entity (default 16777216)");
module_param_cb(max_objects, &objects_ops, &rtm_entity_max[RTM_RES_OBJECTS], 0644);
MODULE_PARM_DESC(max_objects,
		 "Enumerations, lists and notifications of one entity (1-4096, default 1024)");
module_param_cb(max_entity_bytes, &amount_ops, &rtm_entity_max[RTM_RES_BYTES], 0644);
MODULE_PARM_DESC(max_entity_bytes, "Bytes of memory of one entity (default 4 GiB)");

u64 rtm_net_max[RTM_N_RESOURCES] = {
	[RTM_RES_ROUTES] = 1ull << 24,
	[RTM_RES_NEXTHOPS] = 1ull << 22,
	[RTM_RES_HANDLES] = 1ull << 26,
	[RTM_RES_OBJECTS] = 1ull << 16,
	[RTM_RES_DESTS] = 1ull << 23,
	[RTM_RES_BYTES] = 1ull << 34,
};

module_param_cb(max_net_routes, &amount_ops, &rtm_net_max[RTM_RES_ROUTES], 0644);
MODULE_PARM_DESC(max_net_routes, "Routes of one network namespace (default 16777216)");
module_param_cb(max_net_nexthops, &amount_ops, &rtm_net_max[RTM_RES_NEXTHOPS], 0644);
MODULE_PARM_DESC(max_net_nexthops, "Next hops of one network namespace (default 4194304)");
module_param_cb(max_net_handles, &amount_ops, &rtm_net_max[RTM_RES_HANDLES], 0644);
MODULE_PARM_DESC(max_net_handles, "Handles of one network namespace (default 67108864)");
module_param_cb(max_net_objects, &amount_ops, &rtm_net_max[RTM_RES_OBJECTS], 0644);
MODULE_PARM_DESC(max_net_objects,
		 "Enumerations, lists and notifications of one network namespace (default 65536)");
module_param_cb(max_net_dests, &amount_ops, &rtm_net_max[RTM_RES_DESTS], 0644);
MODULE_PARM_DESC(max_net_dests, "Destinations of one network namespace (default 8388608)");
module_param_cb(max_net_bytes, &amount_ops, &rtm_net_max[RTM_RES_BYTES], 0644);
MODULE_PARM_DESC(max_net_bytes, "Bytes of memory of one network namespace (default 16 GiB)");

static const char * const policy_names[] = {
	[RTM_LOCK_POLICY_OPEN] = "open",
	[RTM_LOCK_POLICY_STAKE] = "stake",
	[RTM_LOCK_POLICY_OWNER] = "owner",
};

static int lock_policy = RTM_LOCK_POLICY_STAKE;

static int set_policy(const char *val, const struct kernel_param *kp)
{
	int i = __sysfs_match_string(policy_names, ARRAY_SIZE(policy_names), val);

	if (i < 0)
		return i;
	WRITE_ONCE(lock_policy, i);
	return 0;
}

static int get_policy(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", policy_names[READ_ONCE(lock_policy)]);
}

static const struct kernel_param_ops policy_ops = { .set = set_policy, .get = get_policy };

module_param_cb(dest_lock_policy, &policy_ops, &lock_policy, 0644);
MODULE_PARM_DESC(dest_lock_policy, "Who may lock a destination: open, stake (default), owner");

/**
 * rtm_lock_policy() - who may lock a destination
 *
 * Return: the policy in force; checked when a lock is asked for, never at release.
 */
enum rtm_lock_policy rtm_lock_policy(void)
{
	return READ_ONCE(lock_policy);
}

/**
 * struct rank - default preference of a protocol
 * @protocol: EntityProtocolId of vendor Microsoft 0, the MIB-II protocol numbers
 * @preference: lower is better
 */
struct rank {
	u32 protocol;
	u32 preference;
};

/* In the order operators of other routers expect; the numbers are our own. */
static const struct rank ranks[] = {
	{ 2, 1 },		/* local */
	{ 10006, 3 },		/* static */
	{ 10007, 5 },		/* static, no dial on demand */
	{ 10002, 7 },		/* autostatic */
	{ 3, 10 },		/* network management */
	{ 19, 15 },		/* DHCP */
	{ 14, 20 },		/* BGP */
	{ 16, 90 },		/* EIGRP */
	{ 13, 110 },		/* OSPF */
	{ 9, 115 },		/* IS-IS */
	{ 8, 120 },		/* RIP */
};

u32 rtm_default_preference(u32 protocol)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ranks); i++)
		if (ranks[i].protocol == protocol)
			return ranks[i].preference;
	return 200;
}
