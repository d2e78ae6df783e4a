// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl conf - what is in rtm.conf, and whether it is right.
 *
 * How this file works: the file is read by the library's own reader, so what is said
 * here is what a client gets.  No file of that name is fine, since it is fine for the
 * library; one that was named has to be there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "print.h"

#define MS_PER_S	1000u

struct conf_args {
	const char *name;
};

static int kw_name(const struct keyword *kw, struct args *args, void *to)
{
	*(const char **)((char *)to + kw->offset) = args_next(args);
	return STATUS_OK;
}

static const struct keyword conf_keywords[] = {
	{ NULL, kw_name, offsetof(struct conf_args, name), 0, false },
};

static void text_error(void *ctx, unsigned int line, const char *text)
{
	note("%s:%u: %s", (const char *)ctx, line, text);
}

static void json_error(void *ctx, unsigned int line, const char *text)
{
	struct json_object *o = json_new();

	json_text(o, "file", ctx);
	json_number(o, "line", line);
	json_text(o, "error", text);
	json_item(o);
}

static const char *file_flaw(int error)
{
	switch (error) {
	case -EINVAL:
		return "it is no regular file";
	case -EPERM:
		return "everybody may write it";
	default:
		return strerror(-error);
	}
}

/* What is wrong in the file was told by @report.  Status. */
static int load(const struct conf_args *a, rtmi_conf_report report, struct rtmi_conf *conf)
{
	const char *path = a->name ? a->name : rtmi_conf_path();
	int ret;

	ret = rtmi_conf_load(path, report, (void *)path, conf);
	if (!ret || (ret == -ENOENT && !a->name))
		return STATUS_OK;
	if (ret == -EBADMSG)
		return STATUS_REFUSED;
	return refused("cannot use %s: %s", path, file_flaw(ret));
}

static int conf_check(struct args *args)
{
	struct conf_args a = { .name = NULL };
	struct rtmi_conf conf;
	int status = parse_keywords(args, conf_keywords, &a);

	if (status)
		return status;
	if (opts.json)
		json_begin();
	status = load(&a, opts.json ? json_error : text_error, &conf);
	if (opts.json)
		json_end();
	rtmi_conf_free(&conf);
	return status;
}

static const char *policy_name(const struct rtmi_conf_policy *policy)
{
	if (policy->flags & RTM_REQ_HOLD)
		return "hold";
	return policy->flags & RTM_REQ_KEEP ? "keep" : "withdraw";
}

static void text_section(const struct rtmi_conf_section *s)
{
	char buf[32];

	if (s->protocol < 0)
		line_field(0, "default");
	else
		line_field(0, "proto %s", protocol_text(buf, sizeof(buf), (uint32_t)s->protocol));
	if (s->id >= 0)
		line_field(0, "id %lld", (long long)s->id);
	if (s->instance >= 0)
		line_field(0, "instance %lld", (long long)s->instance);
	line_field(0, "crash %s", policy_name(&s->policy));
	if (s->policy.hold_ms)
		line_field(0, "time %u", s->policy.hold_ms / MS_PER_S);
	line_end();
}

/* What a section does not name it has no member for. */
static void json_section(const struct rtmi_conf_section *s)
{
	struct json_object *o = json_new();
	char buf[32];

	if (s->protocol >= 0)
		json_text(o, "protocol", protocol_text(buf, sizeof(buf), (uint32_t)s->protocol));
	if (s->id >= 0)
		json_number(o, "id", (uint64_t)s->id);
	if (s->instance >= 0)
		json_number(o, "instance", (uint64_t)s->instance);
	json_text(o, "crash", policy_name(&s->policy));
	if (s->policy.hold_ms)
		json_number(o, "hold_ms", s->policy.hold_ms);
	json_number(o, "line", s->line);
	json_item(o);
}

static int conf_show(struct args *args)
{
	struct conf_args a = { .name = NULL };
	struct rtmi_conf conf;
	int status = parse_keywords(args, conf_keywords, &a);
	size_t i;

	if (!status)
		status = load(&a, text_error, &conf);
	if (status)
		return status;
	if (opts.json)
		json_begin();
	for (i = 0; i < conf.count; i++) {
		if (opts.json)
			json_section(&conf.sections[i]);
		else
			text_section(&conf.sections[i]);
	}
	if (opts.json)
		json_end();
	rtmi_conf_free(&conf);
	return STATUS_OK;
}

const struct verb conf_verbs[] = {
	{ "show", conf_show, "[FILE]" },
	{ "check", conf_check, "[FILE]" },
	{ NULL, NULL, NULL },
};
