// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl stats, version, fib - counters, versions, and waiting for the FIB.
 */
#include <errno.h>
#include <stdio.h>

#include "cmd.h"
#include "device.h"
#include "print.h"

#define RTMCTL_VERSION	"0.1.0"	/* that of the module it comes with */
#define JSON_SCHEMA	1	/* raised when a key changes its meaning */

static int no_words(struct args *args)
{
	static const struct keyword none[] = { { NULL, NULL, 0, 0, false } };

	return parse_keywords(args, none, NULL);
}

struct counter {
	const char *name;
	size_t offset;
};

#define COUNTER(type, member) { #member, offsetof(struct type, member) }

static const struct counter stats_counters[] = {
	COUNTER(rtm_get_stats, entities),
	COUNTER(rtm_get_stats, nexthops),
	COUNTER(rtm_get_stats, routes),
	COUNTER(rtm_get_stats, dests),
	COUNTER(rtm_get_stats, handles),
	COUNTER(rtm_get_stats, files),
	COUNTER(rtm_get_stats, objects),
	COUNTER(rtm_get_stats, locks_held),
	COUNTER(rtm_get_stats, locks_waiting),
	COUNTER(rtm_get_stats, fib_wanted),
	COUNTER(rtm_get_stats, fib_installed),
	COUNTER(rtm_get_stats, fib_failed),
	COUNTER(rtm_get_stats, fib_conflict),
	COUNTER(rtm_get_stats, fib_pending),
	COUNTER(rtm_get_stats, fib_messages),
	COUNTER(rtm_get_stats, trie_bytes),
};

static const struct counter sync_counters[] = {
	COUNTER(rtm_fib_sync, installed),
	COUNTER(rtm_fib_sync, failed),
	COUNTER(rtm_fib_sync, conflict),
	COUNTER(rtm_fib_sync, unresolved),
};

static uint64_t counter_value(const struct counter *counter, const void *from)
{
	return *(const uint64_t *)((const char *)from + counter->offset);
}

static void show_counters(const struct counter *counters, size_t n, const void *from)
{
	struct json_object *o = opts.json ? json_new() : NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		if (o)
			json_number(o, counters[i].name, counter_value(&counters[i], from));
		else
			printf("%-14s %llu\n", counters[i].name,
			       (unsigned long long)counter_value(&counters[i], from));
	}
	if (o) {
		json_begin();
		json_item(o);
		json_end();
	}
}

static int stats_show(struct args *args)
{
	struct rtm_get_stats req = { .size = sizeof(req) };
	int ret = no_words(args);

	if (!ret)
		ret = dev_open(DEV_LOOK);
	if (ret)
		return ret;
	ret = dev_call(DEV_LOOK, RTM_IOC_GET_STATS, &req);
	if (ret)
		return cannot(RTM_IOC_GET_STATS, ret, "cannot read the counters");
	show_counters(stats_counters, ARRAY_SIZE(stats_counters), &req);
	return STATUS_OK;
}

static int fib_sync(struct args *args)
{
	static const struct keyword keywords[] = {
		{ "timeout", kw_seconds, offsetof(struct wait_sel, timeout), 0, false },
		{ NULL, NULL, 0, 0, false },
	};
	struct wait_sel wait = WAIT_SEL_NONE;
	struct rtm_fib_sync req = { .size = sizeof(req) };
	int ret = parse_keywords(args, keywords, &wait);

	if (!ret)
		ret = dev_open(DEV_LOOK);
	if (ret)
		return ret;
	req.deadline = wait_deadline(&wait);
	ret = dev_call(DEV_LOOK, RTM_IOC_FIB_SYNC, &req);
	if (ret == -ETIMEDOUT)
		return refused("the FIB still has changes to decide about");
	if (ret)
		return cannot(RTM_IOC_FIB_SYNC, ret, "cannot wait for the FIB");
	show_counters(sync_counters, ARRAY_SIZE(sync_counters), &req);
	return STATUS_OK;
}

static void print_version(const struct rtm_get_version *module)
{
	struct json_object *o;

	if (!opts.json) {
		printf("rtmctl %s\n", RTMCTL_VERSION);
		if (module)
			printf("module %s abi %u\n", module->release, module->abi);
		return;
	}
	o = json_new();
	json_number(o, "schema", JSON_SCHEMA);
	json_text(o, "rtmctl", RTMCTL_VERSION);
	if (module) {
		json_text(o, "module", module->release);
		json_number(o, "abi", module->abi);
		json_number(o, "features", module->features);
	}
	json_single(o);
}

/* Ours is known without a module; without one the status still says so. */
static int version_show(struct args *args)
{
	struct rtm_get_version req = { .size = sizeof(req) };
	int ret = no_words(args);

	if (ret)
		return ret;
	ret = dev_open(DEV_LOOK);
	if (!ret && dev_call(DEV_LOOK, RTM_IOC_GET_VERSION, &req))
		ret = refused("cannot ask the module for its version");
	req.release[sizeof(req.release) - 1] = '\0';
	print_version(ret ? NULL : &req);
	return ret;
}

const struct verb stats_verbs[] = {
	{ "show", stats_show, "" },
	{ NULL, NULL, NULL },
};

const struct verb fib_verbs[] = {
	{ "sync", fib_sync, "[timeout SECONDS]" },
	{ NULL, NULL, NULL },
};

const struct verb version_verbs[] = {
	{ "show", version_show, "" },
	{ NULL, NULL, NULL },
};
