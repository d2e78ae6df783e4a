/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: words, keywords and their values.
 */
#ifndef RTMCTL_PARSE_H
#define RTMCTL_PARSE_H

#include "common.h"
#include "dump.h"

/* The words still to be read. */
struct args {
	char **words;
	int n;
};

struct keyword;
typedef int (*keyword_fn)(const struct keyword *kw, struct args *args, void *to);

/**
 * struct keyword - a word a command understands
 * @name: the word; NULL in the last entry, which takes any other word
 * @parse: reads what follows it, NULL in the last entry of a table that takes
 *	no other word.  Status.
 * @offset: of the member the value goes to
 * @value: for @parse
 * @again: may be given more than once
 */
struct keyword {
	const char *name;
	keyword_fn parse;
	size_t offset;
	uint64_t value;
	bool again;
};

/**
 * struct entity_sel - the entity a command is about
 * @protocol: 0 when not given
 * @id: -1 when not given
 * @instance: -1 when not given
 */
struct entity_sel {
	uint32_t protocol;
	int64_t id;
	int64_t instance;
};

#define ENTITY_SEL_NONE		{ .protocol = 0, .id = -1, .instance = -1 }

#define KW_PROTO(type, member) { "proto", kw_protocol, offsetof(type, member.protocol), 0, false }
#define KW_ID(type, member) { "id", kw_id, offsetof(type, member.id), UINT32_MAX, false }
#define KW_INSTANCE(type, member) \
	{ "instance", kw_id, offsetof(type, member.instance), UINT16_MAX, false }

/**
 * struct wait_sel - how long a change may wait for a lock
 * @timeout: nanoseconds, -1 for ever
 * @nowait: not at all
 */
struct wait_sel {
	int64_t timeout;
	bool nowait;
};

#define WAIT_SEL_NONE		{ .timeout = -1 }

#define KW_TIMEOUT(type, member) { "timeout", kw_seconds, offsetof(type, member.timeout), 0, false }
#define KW_NOWAIT(type, member) { "nowait", kw_flag, offsetof(type, member.nowait), 0, false }

uint64_t wait_deadline(const struct wait_sel *wait);
uint32_t wait_flags(const struct wait_sel *wait);

int parse_keywords(struct args *args, const struct keyword *table, void *to);
const char *args_next(struct args *args);
int args_value(struct args *args, const struct keyword *kw, const char **word);

/* Each stores at to + kw->offset; those that need the whole take to as it is. */
int kw_flag(const struct keyword *kw, struct args *args, void *to);
int kw_bits16(const struct keyword *kw, struct args *args, void *to);
int kw_u32(const struct keyword *kw, struct args *args, void *to);
int kw_id(const struct keyword *kw, struct args *args, void *to);
int kw_seconds(const struct keyword *kw, struct args *args, void *to);
int kw_lifetime(const struct keyword *kw, struct args *args, void *to);
int kw_protocol(const struct keyword *kw, struct args *args, void *to);
int kw_views(const struct keyword *kw, struct args *args, void *to);
int kw_ifindex(const struct keyword *kw, struct args *args, void *to);
int kw_address(const struct keyword *kw, struct args *args, void *to);
int kw_prefix(const struct keyword *kw, struct args *args, void *to);
int kw_scope(const struct keyword *kw, struct args *args, void *to);

int parse_prefix(const char *text, struct rtm_net_prefix *p);
int parse_address(const char *text, struct rtm_net_prefix *p);
const char *prefix_flaw(const char *text, struct rtm_net_prefix *p);
const char *address_flaw(const char *text, struct rtm_net_prefix *p);
bool parse_number(const char *text, uint64_t max, uint64_t *value);
unsigned int address_bits(int family);
bool same_prefix(const struct rtm_net_prefix *a, const struct rtm_net_prefix *b);
bool is_zero_address(const struct rtm_net_prefix *p);
void mask_prefix(struct rtm_net_prefix *p);

#endif /* RTMCTL_PARSE_H */
