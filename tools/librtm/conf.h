/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /etc/rtm.conf: which crash policy the entities of a protocol get.
 *
 * How this file works: rtmctl compiles conf.c too, so that what it says about a file
 * is what the library does with it.  Neither needs the rest of librtm.
 */
#ifndef RTM_CONF_H
#define RTM_CONF_H

#include <stddef.h>
#include <stdint.h>

#include <linux/rtm.h>

#define RTMI_CONF_FILE		"/etc/rtm.conf"
#define RTMI_CONF_VARIABLE	"RTM_CONF"
#define RTMI_CONF_MAX_SIZE	65536	/* bytes */

/**
 * struct rtmi_conf_policy - a crash policy
 * @flags: RTM_REQ_HOLD, RTM_REQ_KEEP, or neither to withdraw
 * @hold_ms: with RTM_REQ_HOLD: milliseconds, 1..RTM_MAX_HOLD_MS; else 0
 */
struct rtmi_conf_policy {
	uint32_t flags;
	uint32_t hold_ms;
};

/**
 * struct rtmi_conf_section - a policy and whose it is
 * @protocol: EntityProtocolId, -1 for every protocol
 * @id: EntityInstanceId, -1 for each of them
 * @instance: RTM instance, -1 for each of them
 * @line: where it begins in the file, from 1
 * @keys: which keys it has
 * @policy: the policy
 */
struct rtmi_conf_section {
	int64_t protocol;
	int64_t id;
	int64_t instance;
	unsigned int line;
	unsigned int keys;
	struct rtmi_conf_policy policy;
};

/**
 * struct rtmi_conf - a file that has been read
 * @count: sections
 * @sections: the sections in the order of the file, no two for the same entities
 */
struct rtmi_conf {
	size_t count;
	struct rtmi_conf_section *sections;
};

/* Told of an error in the file: its line, from 1, and what is wrong there. */
typedef void (*rtmi_conf_report)(void *ctx, unsigned int line, const char *text);

const char *rtmi_conf_path(void);
int rtmi_conf_load(const char *path, rtmi_conf_report report, void *ctx, struct rtmi_conf *conf);
void rtmi_conf_free(struct rtmi_conf *conf);
void rtmi_conf_find(const struct rtmi_conf *conf, const struct rtm_entity_id *id,
		    struct rtmi_conf_policy *policy);
int rtmi_conf_policy(const struct rtm_entity_id *id, struct rtmi_conf_policy *policy);

#endif /* RTM_CONF_H */
