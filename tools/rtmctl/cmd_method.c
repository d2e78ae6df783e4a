// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl method - what entities let others ask them to do.
 *
 * How this file works: to invoke takes a registration in the table of the callee, which
 * is made for the call and ends with it, and a handle of the callee, which is found by
 * its name among the entities of that table.  Input and output are bytes that mean
 * something to the callee alone; they are written in hexadecimal.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cmd.h"
#include "cmd_entity.h"
#include "device.h"
#include "dump.h"
#include "print.h"
#include "session.h"

#define TRIES		10	/* entities come and go while they are listed */
#define SPARE		16

/**
 * struct method_args - what is asked of whom
 * @which: the entity
 * @wait: how long
 * @methods: a bit for each method
 * @input: bytes for them
 * @input_size: how many
 * @room: room for the answer
 */
struct method_args {
	struct entity_args which;
	struct wait_sel wait;
	uint32_t methods;
	unsigned char input[RTM_MAX_METHOD_DATA];
	uint32_t input_size;
	int64_t room;
};

static const struct keyword show_keywords[] = {
	KW_PROTO(struct method_args, which.entity),
	KW_ID(struct method_args, which.entity),
	KW_INSTANCE(struct method_args, which.entity),
	{ "inet", kw_flag, offsetof(struct method_args, which.inet), 0, false },
	{ "inet6", kw_flag, offsetof(struct method_args, which.inet6), 0, false },
	{ NULL, kw_protocol, offsetof(struct method_args, which.entity.protocol), 0, false },
};

/*
 * show
 */

static void text_methods(const struct rtm_entity_rec *e)
{
	line_field(5, "%s", family_text(e->id.family));
	line_entity(&e->id);
	line_field(0, "methods %u", e->n_methods);
	if (e->blocked)
		line_field(0, "blocked");
	line_end();
}

static int show_one(const void *rec, void *ctx)
{
	const struct rtm_entity_rec *e = rec;
	const struct method_args *a = ctx;
	struct json_object *o;

	if (!e->n_methods || !entity_matches(&a->which.entity, &e->id) ||
	    !entity_wants_family(&a->which, e->id.family))
		return 0;
	if (!opts.json) {
		text_methods(e);
		return 0;
	}
	o = json_new();
	json_text(o, "family", family_text(e->id.family));
	json_entity_members(o, &e->id);
	json_number(o, "methods", e->n_methods);
	json_flag(o, "blocked", e->blocked);
	json_item(o);
	return 0;
}

static struct method_args *args_new(void)
{
	static const struct entity_sel none = ENTITY_SEL_NONE;
	struct method_args *a = xcalloc(1, sizeof(*a));

	a->which.entity = none;
	a->wait = (struct wait_sel)WAIT_SEL_NONE;
	a->room = RTM_MAX_METHOD_DATA;
	return a;
}

static int method_show(struct args *args)
{
	struct method_args *a = args_new();
	int status = parse_keywords(args, show_keywords, a);

	if (!status)
		status = entity_check_family(&a->which);
	if (!status)
		status = show_records(RTM_IOC_DUMP_ENTITIES, NULL, show_one, a);
	free(a);
	return status;
}

/*
 * invoke
 */

static int kw_method(const struct keyword *kw, struct args *args, void *to)
{
	struct method_args *a = to;
	const char *word;
	uint64_t number;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	if (!parse_number(word, RTM_MAX_METHODS - 1, &number))
		return usage_error("method \"%s\" is not a number from 0 to %u", word,
				   RTM_MAX_METHODS - 1);
	a->methods |= 1u << number;
	return STATUS_OK;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

static int kw_hex(const struct keyword *kw, struct args *args, void *to)
{
	struct method_args *a = to;
	const char *word;
	int high, low;
	int status = args_value(args, kw, &word);

	for (; !status && *word; word += 2) {
		high = hex_digit(word[0]);
		low = high < 0 ? -1 : hex_digit(word[1]);
		if (low < 0)
			return usage_error("input has two hexadecimal digits for each byte");
		if (a->input_size == sizeof(a->input))
			return usage_error("input is longer than %zu bytes", sizeof(a->input));
		a->input[a->input_size++] = (unsigned char)(high << 4 | low);
	}
	return status;
}

static const struct keyword invoke_keywords[] = {
	KW_PROTO(struct method_args, which.entity),
	KW_ID(struct method_args, which.entity),
	KW_INSTANCE(struct method_args, which.entity),
	{ "inet", kw_flag, offsetof(struct method_args, which.inet), 0, false },
	{ "inet6", kw_flag, offsetof(struct method_args, which.inet6), 0, false },
	{ "method", kw_method, 0, 0, true },
	{ "input", kw_hex, 0, 0, false },
	{ "room", kw_id, offsetof(struct method_args, room), RTM_MAX_METHOD_DATA, false },
	KW_TIMEOUT(struct method_args, wait),
	{ NULL, kw_protocol, offsetof(struct method_args, which.entity.protocol), 0, false },
};

static int parse_invoke(struct args *args, struct method_args *a)
{
	int status = parse_keywords(args, invoke_keywords, a);

	if (!status)
		status = entity_check_named(&a->which);
	if (status)
		return status;
	if (!a->methods)
		return usage_error("\"method N\" is missing");
	return dev_open(DEV_CHANGE);
}

/* The first of the wanted families in which it is registered.  Status. */
static int find_name(const struct method_args *a, struct rtm_entity_id *id)
{
	struct rtm_entity_id ids[2];
	struct rtm_entity_rec rec;
	size_t i, n = entity_wanted_ids(&a->which, ids);
	char name[96];
	int ret;

	for (i = 0; i < n; i++) {
		ret = entity_lookup(&ids[i], &rec);
		if (ret < 0)
			return cannot(RTM_IOC_DUMP_ENTITIES, ret, "cannot find the entity");
		if (!ret || !rec.registered)
			continue;
		*id = ids[i];
		return STATUS_OK;
	}
	return refused("cannot invoke a method of %s: it is not registered",
		       entity_text(name, sizeof(name), &ids[0]));
}

/* Once: 0, -EMSGSIZE if there are more than @room, or another -errno. */
static int list_once(const struct session *s, const struct rtm_entity_id *id, __u32 *room,
		     __u64 *callee)
{
	struct rtm_get_entities req = {
		.size = sizeof(req),
		.flags = RTM_REQ_INFOS,
		.entity = s->handle,
		.count = *room,
	};
	struct rtm_entity_id *ids = xcalloc(*room, sizeof(*ids));
	__u64 *handles = xcalloc(*room, sizeof(*handles));
	__u32 i;
	int ret;

	req.handles = (uintptr_t)handles;
	req.infos = (uintptr_t)ids;
	ret = dev_call(DEV_CHANGE, RTM_IOC_GET_ENTITIES, &req);
	*room = req.total + SPARE;
	for (i = 0; !ret && i < req.count; i++) {
		if (same_entity(&ids[i], id))
			*callee = handles[i];
	}
	free(ids);
	free(handles);
	return ret;
}

/* Its references end with the registration.  0 or -errno. */
static int find_callee(const struct session *s, const struct rtm_entity_id *id, __u64 *callee)
{
	int ret = -EMSGSIZE, tries;
	__u32 room = SPARE;

	*callee = 0;
	for (tries = 0; ret == -EMSGSIZE && tries < TRIES; tries++)
		ret = list_once(s, id, &room, callee);
	return !ret && !*callee ? -ESTALE : ret;
}

static void show_answer(const struct rtm_invoke_method *req, const unsigned char *output)
{
	char *text = xcalloc(req->output_size + 1, 2);
	struct json_object *o;
	__u32 i;

	for (i = 0; i < req->output_size; i++)
		snprintf(text + 2 * i, 3, "%02x", output[i]);
	if (opts.json) {
		o = json_new();
		json_number(o, "status", req->status);
		json_text(o, "output", text);
		json_single(o);
	} else {
		line_field(0, "status %u", req->status);
		if (req->output_size)
			line_field(0, "output %s", text);
		line_end();
	}
	free(text);
}

/* 0 or -errno. */
static int invoke(const struct session *s, const struct method_args *a, __u64 callee)
{
	unsigned char *output = xcalloc((size_t)a->room + 1, 1);
	struct rtm_invoke_method req = {
		.size = sizeof(req),
		.entity = s->handle,
		.callee = callee,
		.input = (uintptr_t)a->input,
		.output = (uintptr_t)output,
		.input_size = a->input_size,
		.output_size = (__u32)a->room,
		.methods = a->methods,
		.deadline = wait_deadline(&a->wait),
	};
	int ret = dev_call(DEV_CHANGE, RTM_IOC_INVOKE_METHOD, &req);

	if (!ret)
		show_answer(&req, output);
	free(output);
	return ret;
}

static int invoke_by_name(const struct method_args *a, const struct rtm_entity_id *id)
{
	const struct rtm_net_prefix table = { .family = id->family };
	struct session *s;
	char name[96];
	__u64 callee;
	int ret;

	ret = session_register_self(&table, id->instance, 0, &s);
	if (ret)
		return ret;
	ret = find_callee(s, id, &callee);
	if (!ret)
		ret = invoke(s, a, callee);
	if (ret)
		ret = cannot(RTM_IOC_INVOKE_METHOD, ret, "cannot invoke a method of %s",
			     entity_text(name, sizeof(name), id));
	session_end(s);
	return ret;
}

static int method_invoke(struct args *args)
{
	struct method_args *a = args_new();
	struct rtm_entity_id id;
	int status = parse_invoke(args, a);

	if (!status)
		status = find_name(a, &id);
	if (!status)
		status = invoke_by_name(a, &id);
	free(a);
	return status;
}

const struct verb method_verbs[] = {
	{ "show", method_show, "[[proto] PROTO] [id N] [instance N] [inet|inet6]" },
	{ "invoke", method_invoke, "[proto] PROTO method N [method N]... [input HEX] [room BYTES]\n"
	  "\t[timeout SECONDS] [id N] [instance N] [inet|inet6]" },
	{ NULL, NULL, NULL },
};
