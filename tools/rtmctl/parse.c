// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line: words, keywords and their values.
 *
 * How this file works: each command has a table of keywords and a structure its
 * values go to; parse_keywords() walks the words and calls what the table names.
 * Words match in full or not at all: an abbreviation that is unique today would
 * break when a keyword is added.  A keyword may be written with "--" in front, so
 * that nobody has to remember which of them look like options.
 *
 * Addresses and prefixes are strict: what a typing error could have made of the
 * right one, such as host bits, is refused.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "parse.h"

#define NS_PER_SECOND	1000000000.0
#define MAX_SECONDS	1e9

/* NULL at the end. */
const char *args_next(struct args *args)
{
	if (!args->n)
		return NULL;
	args->n--;
	return *args->words++;
}

/* The word that belongs to a keyword.  Status. */
int args_value(struct args *args, const struct keyword *kw, const char **word)
{
	*word = args_next(args);
	if (*word)
		return STATUS_OK;
	usage_error("\"%s\" needs a value", kw->name);
	return STATUS_USAGE;
}

static const struct keyword *find_keyword(const struct keyword *table, const char *word)
{
	if (!strncmp(word, "--", 2) && word[2])
		word += 2;
	for (; table->name; table++) {
		if (!strcmp(table->name, word))
			return table;
	}
	return table;
}

/* One word and its value; @seen has a bit per entry of the table. */
static int parse_one(struct args *args, const struct keyword *table, void *to, uint64_t *seen)
{
	const char *word = *args->words;
	const struct keyword *kw = find_keyword(table, word);
	uint64_t bit = 1ull << (kw - table);

	if (!kw->parse)
		return usage_error("unknown word \"%s\"", word);
	if ((*seen & bit) && !kw->again)
		return kw->name ? usage_error("\"%s\" is given twice", word)
				: usage_error("\"%s\" is one word too many", word);
	*seen |= bit;
	if (kw->name)
		args_next(args);
	return kw->parse(kw, args, to);
}

/* Reads all words.  Status. */
int parse_keywords(struct args *args, const struct keyword *table, void *to)
{
	int status = STATUS_OK;
	uint64_t seen = 0;

	while (!status && args->n)
		status = parse_one(args, table, to, &seen);
	return status;
}

static void *member(const struct keyword *kw, void *to)
{
	return (char *)to + kw->offset;
}

/* Decimal, or hexadecimal with 0x; nothing else around it. */
bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
	int base = !strncmp(text, "0x", 2) ? 16 : 10;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, base);
	return !errno && !*end && *value <= max;
}

int kw_flag(const struct keyword *kw, struct args *args, void *to)
{
	(void)args;
	*(bool *)member(kw, to) = true;
	return STATUS_OK;
}

int kw_bits16(const struct keyword *kw, struct args *args, void *to)
{
	uint16_t *bits = member(kw, to);

	(void)args;
	*bits |= (uint16_t)kw->value;
	return STATUS_OK;
}

static int number_value(const struct keyword *kw, struct args *args, uint64_t max, uint64_t *value)
{
	const char *word;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	if (!parse_number(word, max, value))
		return usage_error("%s \"%s\" is not a number from 0 to %llu", kw->name, word,
				   (unsigned long long)max);
	return STATUS_OK;
}

int kw_u32(const struct keyword *kw, struct args *args, void *to)
{
	uint64_t value;
	int status = number_value(kw, args, UINT32_MAX, &value);

	if (!status)
		*(uint32_t *)member(kw, to) = (uint32_t)value;
	return status;
}

/* A number up to kw->value where -1 stands for none. */
int kw_id(const struct keyword *kw, struct args *args, void *to)
{
	uint64_t value;
	int status = number_value(kw, args, kw->value, &value);

	if (!status)
		*(int64_t *)member(kw, to) = (int64_t)value;
	return status;
}

/* Seconds, with a fraction if wanted, stored as nanoseconds. */
int kw_seconds(const struct keyword *kw, struct args *args, void *to)
{
	const char *word;
	char *end;
	double seconds;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	seconds = strtod(word, &end);
	if (end == word || *end || !(seconds >= 0 && seconds <= MAX_SECONDS))
		return usage_error("%s \"%s\" is not a number of seconds", kw->name, word);
	*(int64_t *)member(kw, to) = (int64_t)(seconds * NS_PER_SECOND);
	return STATUS_OK;
}

/*
 * Seconds, stored as milliseconds: of which at least one and at most as many as a route
 * can live.
 */
int kw_lifetime(const struct keyword *kw, struct args *args, void *to)
{
	const char *word;
	char *end;
	double ms;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	ms = strtod(word, &end) * 1000;
	if (end == word || *end || !(ms >= 1 && ms < UINT32_MAX))
		return usage_error("%s \"%s\" is not a number of seconds from 0.001 to %u",
				   kw->name, word, UINT32_MAX / 1000);
	*(uint32_t *)member(kw, to) = (uint32_t)ms;
	return STATUS_OK;
}

int kw_protocol(const struct keyword *kw, struct args *args, void *to)
{
	uint32_t *protocol = member(kw, to);
	uint64_t number;
	const char *word;
	int status = args_value(args, kw, &word);

	if (status || value_of(protocol_names, word, protocol))
		return status;
	if (!parse_number(word, RTM_PROTO_THIS - 1, &number) || number == RTM_PROTO_BEST)
		return usage_error("\"%s\" is no protocol, neither name nor number", word);
	*protocol = (uint32_t)number;
	return STATUS_OK;
}

/* "ucast,mcast" */
int kw_views(const struct keyword *kw, struct args *args, void *to)
{
	uint32_t *views = member(kw, to), view;
	const char *word;
	char one[16];
	size_t n;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	for (*views = 0; ; word += n + 1) {
		n = strcspn(word, ",");
		if (n >= sizeof(one))
			return usage_error("\"%s\" is no view (ucast, mcast)", word);
		memcpy(one, word, n);
		one[n] = '\0';
		if (!value_of(view_names, one, &view))
			return usage_error("\"%s\" is no view (ucast, mcast)", one);
		*views |= view;
		if (!word[n])
			return STATUS_OK;
	}
}

int kw_ifindex(const struct keyword *kw, struct args *args, void *to)
{
	const char *word;
	unsigned int ifindex;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	ifindex = if_nametoindex(word);
	if (!ifindex)
		return refused("there is no interface \"%s\"", word);
	*(uint32_t *)member(kw, to) = ifindex;
	return STATUS_OK;
}

int kw_address(const struct keyword *kw, struct args *args, void *to)
{
	const char *word;
	int status = args_value(args, kw, &word);

	return status ? status : parse_address(word, member(kw, to));
}

int kw_prefix(const struct keyword *kw, struct args *args, void *to)
{
	const char *word;
	int status = args_value(args, kw, &word);

	return status ? status : parse_prefix(word, member(kw, to));
}

/* A prefix with the RTM_DUMP_* of kw->value. */
int kw_scope(const struct keyword *kw, struct args *args, void *to)
{
	struct dump_scope *scope = member(kw, to);
	const char *word;
	int status = args_value(args, kw, &word);

	if (!status && scope->flags)
		return usage_error("one prefix is enough");
	scope->flags = (uint32_t)kw->value;
	return status ? status : parse_prefix(word, &scope->prefix);
}

unsigned int address_bits(int family)
{
	return family == AF_INET6 ? 128 : 32;
}

/* Clears what is beyond the length; says whether there was anything. */
static bool clear_host_bits(struct rtm_net_prefix *p)
{
	bool found = false;
	unsigned int i, keep;
	uint8_t mask;

	for (i = 0; i < sizeof(p->addr); i++) {
		keep = p->len > i * 8 ? p->len - i * 8 : 0;
		mask = keep >= 8 ? 0xff : (uint8_t)(0xff00 >> keep);
		found |= p->addr[i] & (uint8_t)~mask;
		p->addr[i] &= mask;
	}
	return found;
}

void mask_prefix(struct rtm_net_prefix *p)
{
	clear_host_bits(p);
}

bool same_prefix(const struct rtm_net_prefix *a, const struct rtm_net_prefix *b)
{
	return a->family == b->family && a->len == b->len &&
	       !memcmp(a->addr, b->addr, address_bits(a->family) / 8);
}

bool is_zero_address(const struct rtm_net_prefix *p)
{
	static const uint8_t zero[16];

	return !memcmp(p->addr, zero, sizeof(zero));
}

static bool read_address(const char *text, struct rtm_net_prefix *p)
{
	memset(p, 0, sizeof(*p));
	p->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	p->len = (uint16_t)address_bits(p->family);
	return inet_pton(p->family, text, p->addr) == 1;
}

static const char *family_flaw(const struct rtm_net_prefix *p)
{
	if (!opts.family || opts.family == p->family)
		return NULL;
	return p->family == AF_INET ? "is IPv4, and -6 was given" : "is IPv6, and -4 was given";
}

/* What is wrong with an address, or NULL. */
const char *address_flaw(const char *text, struct rtm_net_prefix *p)
{
	return read_address(text, p) ? family_flaw(p) : "is not an address";
}

static const char *length_flaw(const char *text, struct rtm_net_prefix *p)
{
	uint64_t len;

	if (!parse_number(text, address_bits(p->family), &len))
		return "has no valid prefix length";
	p->len = (uint16_t)len;
	return clear_host_bits(p) ? "has bits set beyond its length" : family_flaw(p);
}

/* What is wrong with a prefix, or NULL.  "default" leaves the family open. */
const char *prefix_flaw(const char *text, struct rtm_net_prefix *p)
{
	const char *slash = strchrnul(text, '/');
	char addr[INET6_ADDRSTRLEN];

	if (!strcmp(text, "default")) {
		memset(p, 0, sizeof(*p));
		p->family = (uint16_t)opts.family;
		return NULL;
	}
	if ((size_t)(slash - text) >= sizeof(addr))
		return "is not a prefix";
	memcpy(addr, text, (size_t)(slash - text));
	addr[slash - text] = '\0';
	if (!read_address(addr, p))
		return "is not a prefix";
	return *slash ? length_flaw(slash + 1, p) : family_flaw(p);
}

int parse_address(const char *text, struct rtm_net_prefix *p)
{
	const char *flaw = address_flaw(text, p);

	return flaw ? usage_error("\"%s\" %s", text, flaw) : STATUS_OK;
}

int parse_prefix(const char *text, struct rtm_net_prefix *p)
{
	const char *flaw = prefix_flaw(text, p);

	return flaw ? usage_error("\"%s\" %s", text, flaw) : STATUS_OK;
}

/* As the ABI wants it: 0 waits for ever. */
uint64_t wait_deadline(const struct wait_sel *wait)
{
	return wait->timeout < 0 ? 0 : now_ns() + (uint64_t)wait->timeout;
}

uint32_t wait_flags(const struct wait_sel *wait)
{
	return wait->nowait ? RTM_REQ_NOWAIT : 0;
}
