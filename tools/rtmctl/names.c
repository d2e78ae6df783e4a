// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words for the ABI's numbers, both ways.
 *
 * How this file works: tables.  The first word of a number is the one shown, each
 * of them is understood.  Protocols have the words that /etc/rtm.conf knows.
 */
#include <string.h>

#include "names.h"

const struct name protocol_names[] = {
#include "protocol_names.def"
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
