// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl entity set - what becomes of an entity's routes when its process dies.
 *
 * How this file works: the kernel is told by name, whoever has the entity, and also
 * when nobody has it any more.
 */
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "cmd_entity.h"
#include "device.h"
#include "print.h"
#include "session.h"

/**
 * struct set_args - an entity and its crash policy
 * @which: the entity
 * @policy: RTM_REQ_HOLD, RTM_REQ_KEEP or 0
 * @given: @policy was given
 * @hold_ms: "time", 0 if it was not given
 */
struct set_args {
	struct entity_args which;
	uint32_t policy;
	bool given;
	uint32_t hold_ms;
};

static const struct name policy_names[] = {
	{ 0, "withdraw" },
	{ RTM_REQ_HOLD, "hold" },
	{ RTM_REQ_KEEP, "keep" },
	{ 0, NULL },
};

static int kw_policy(const struct keyword *kw, struct args *args, void *to)
{
	struct set_args *a = to;
	const char *word;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	if (!value_of(policy_names, word, &a->policy))
		return usage_error("crash \"%s\" is none of withdraw, hold, keep", word);
	a->given = true;
	return STATUS_OK;
}

static const struct keyword set_keywords[] = {
	KW_PROTO(struct set_args, which.entity),
	KW_ID(struct set_args, which.entity),
	KW_INSTANCE(struct set_args, which.entity),
	{ "inet", kw_flag, offsetof(struct set_args, which.inet), 0, false },
	{ "inet6", kw_flag, offsetof(struct set_args, which.inet6), 0, false },
	{ "both", kw_flag, offsetof(struct set_args, which.both), 0, false },
	{ "crash", kw_policy, 0, 0, false },
	{ "time", kw_lifetime, offsetof(struct set_args, hold_ms), 0, false },
	{ NULL, kw_protocol, offsetof(struct set_args, which.entity.protocol), 0, false },
};

static int parse_set(struct args *args, struct set_args *a)
{
	int status = parse_keywords(args, set_keywords, a);

	if (!status)
		status = entity_check_named(&a->which);
	if (status)
		return status;
	if (!a->given)
		return usage_error("\"crash withdraw\", \"hold\" or \"keep\" is needed");
	if (!(a->policy & RTM_REQ_HOLD) != !a->hold_ms)
		return usage_error("\"time SECONDS\" goes with \"crash hold\"");
	if (a->hold_ms > RTM_MAX_HOLD_MS)
		return usage_error("time is at most %u seconds", RTM_MAX_HOLD_MS / 1000);
	return dev_open(DEV_CHANGE);
}

static int set_one(const struct set_args *a, const struct rtm_entity_id *id)
{
	struct rtm_set_crash_policy req = {
		.size = sizeof(req),
		.flags = a->policy,
		.id = *id,
		.hold_ms = a->hold_ms,
	};

	return dev_call(DEV_CHANGE, RTM_IOC_SET_CRASH_POLICY, &req);
}

/* Those families that have the entity; none at all is an error. */
int cmd_entity_set(struct args *args)
{
	struct set_args a = { .which = { .entity = ENTITY_SEL_NONE } };
	struct rtm_entity_id ids[2];
	int status = parse_set(args, &a), ret = 0;
	bool found = false;
	char name[96];
	size_t i, n;

	if (status)
		return status;
	n = entity_wanted_ids(&a.which, ids);
	for (i = 0; i < n; i++) {
		ret = set_one(&a, &ids[i]);
		if (ret && ret != -ENOENT)
			break;
		found |= !ret;
	}
	if (i == n && found)
		return STATUS_OK;
	return cannot(RTM_IOC_SET_CRASH_POLICY, ret, "cannot set the policy of %s",
		      entity_text(name, sizeof(name), &ids[0]));
}
