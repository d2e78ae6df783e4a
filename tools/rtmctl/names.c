// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words for the ABI's numbers, both ways.
 *
 * How this file works: tables.  The first word of a number is the one shown, each
 * of them is understood.  Protocols are those of the routing protocol numbers that
 * RTM clients have always used, not those of the kernel's rt_protos.
 */
#include <string.h>

#include "names.h"

const struct name protocol_names[] = {
	{ 1, "other" },
	{ 2, "local" },
	{ PROTO_NETMGMT, "netmgmt" },
	{ 4, "icmp" },
	{ 5, "egp" },
	{ 6, "ggp" },
	{ 7, "hello" },
	{ 8, "rip" },
	{ 9, "isis" },
	{ 10, "esis" },
	{ 11, "cisco" },
	{ 12, "bbn" },
	{ 13, "ospf" },
	{ 14, "bgp" },
	{ 15, "idpr" },
	{ 16, "eigrp" },
	{ 17, "dvmrp" },
	{ 18, "rpl" },
	{ 19, "dhcp" },
	{ 112, "vrrp" },
	{ 10002, "autostatic" },
	{ PROTO_STATIC, "static" },
	{ 10007, "static-non-dod" },
	{ 10009, "mgm" },
	{ 0, NULL },
};

const struct name view_names[] = {
	{ RTM_V_UCAST, "ucast" },
	{ RTM_V_MCAST, "mcast" },
	{ 0, NULL },
};

const struct name route_flag_names[] = {
	{ RTM_RF_BLACKHOLE, "blackhole" },
	{ RTM_RF_MARTIAN, "prohibit" },
	{ RTM_RF_DISCARD, "discard" },
	{ RTM_RF_INACTIVE, "inactive" },
	{ RTM_RF_LOCAL, "local" },
	{ RTM_RF_REMOTE, "remote" },
	{ RTM_RF_MYSELF, "myself" },
	{ RTM_RF_LOOPBACK, "loopback" },
	{ RTM_RF_MCAST, "mcast" },
	{ RTM_RF_LOCAL_MCAST, "local-mcast" },
	{ RTM_RF_LIMITED_BC, "limited-broadcast" },
	{ RTM_RF_ZEROS_NETBC, "zeros-net-broadcast" },
	{ RTM_RF_ZEROS_SUBNETBC, "zeros-subnet-broadcast" },
	{ RTM_RF_ONES_NETBC, "net-broadcast" },
	{ RTM_RF_ONES_SUBNETBC, "subnet-broadcast" },
	{ 0, NULL },
};

const struct name nexthop_flag_names[] = {
	{ RTM_NHF_REMOTE, "remote" },
	{ RTM_NHF_DOWN, "down" },
	{ 0, NULL },
};

/* NULL for a number without a word. */
const char *name_of(const struct name *names, uint32_t value)
{
	for (; names->name; names++) {
		if (names->value == value)
			return names->name;
	}
	return NULL;
}

bool value_of(const struct name *names, const char *word, uint32_t *value)
{
	for (; names->name; names++) {
		if (!strcmp(names->name, word)) {
			*value = names->value;
			return true;
		}
	}
	return false;
}

static const char *word_at(const char *const *words, size_t n, uint32_t i)
{
	return i < n ? words[i] : "unknown";
}

const char *fib_state_name(uint32_t state)
{
	static const char *const words[] = {
		[RTM_FIB_NONE] = "none",
		[RTM_FIB_PENDING] = "pending",
		[RTM_FIB_INSTALLED] = "installed",
		[RTM_FIB_FAILED] = "failed",
		[RTM_FIB_CONFLICT] = "conflict",
		[RTM_FIB_UNRESOLVED] = "unresolved",
	};

	return word_at(words, ARRAY_SIZE(words), state);
}

const char *object_state_name(uint32_t state)
{
	static const char *const words[] = {
		[RTM_STATE_CREATED] = "created",
		[RTM_STATE_DELETING] = "deleting",
		[RTM_STATE_DELETED] = "deleted",
	};

	return word_at(words, ARRAY_SIZE(words), state);
}

const char *lock_state_name(uint32_t state)
{
	static const char *const words[] = { "free", "shared", "exclusive" };

	return word_at(words, ARRAY_SIZE(words), state);
}
