// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl notify - who listens to changes, to which, and how far behind.
 */
#include "cmd.h"
#include "cmd_entity.h"
#include "device.h"
#include "dump.h"
#include "print.h"
#include "session.h"

static const struct keyword notify_keywords[] = {
	KW_PROTO(struct entity_args, entity),
	KW_ID(struct entity_args, entity),
	KW_INSTANCE(struct entity_args, entity),
	{ "inet", kw_flag, offsetof(struct entity_args, inet), 0, false },
	{ "inet6", kw_flag, offsetof(struct entity_args, inet6), 0, false },
	{ NULL, kw_protocol, offsetof(struct entity_args, entity.protocol), 0, false },
};

static const struct name type_names[] = {
	{ RTM_CT_ALL, "all" },
	{ RTM_CT_BEST, "best" },
	{ RTM_CT_FORWARDING, "forwarding" },
	{ RTM_CT_ONLY_MARKED, "marked" },
	{ 0, NULL },
};

/* What it listens to. */
static void text_spec(const struct rtm_notify_rec *n)
{
	char buf[WORDS_TEXT];

	line_field(0, "changes %s", words_text(buf, sizeof(buf), type_names, n->types));
	if (n->views)
		line_field(0, "view %s", words_text(buf, sizeof(buf), view_names, n->views));
	if (n->prefix.family)
		line_field(0, "root %s", prefix_text(buf, sizeof(buf), &n->prefix));
	if (n->protocol)
		line_field(0, "concerns %s", protocol_text(buf, sizeof(buf), n->protocol));
}

static void text_notify(const struct rtm_notify_rec *n)
{
	char command[32];

	process_text(command, sizeof(command), n->pid, n->pid);
	line_field(5, "%s", family_text(n->owner.family));
	line_entity(&n->owner);
	text_spec(n);
	line_field(0, "pending %llu", (unsigned long long)n->pending);
	if (n->gone)
		line_field(0, "gone %llu", (unsigned long long)n->gone);
	if (n->marked)
		line_field(0, "marks %llu", (unsigned long long)n->marked);
	if (n->state & RTM_NOTIFY_DESYNC)
		line_field(0, "desync");
	if (n->flags & RTM_REQ_EVENTS)
		line_field(0, "events");
	line_field(0, "pid %d (%s)", n->pid, command);
	line_end();
}

static struct json_object *notify_object(const struct rtm_notify_rec *n)
{
	struct json_object *o = json_new();
	char buf[PREFIX_TEXT];

	json_text(o, "family", family_text(n->owner.family));
	json_entity_members(o, &n->owner);
	json_words(o, "changes", type_names, n->types);
	json_words(o, "views", view_names, n->views);
	if (n->prefix.family)
		json_prefix(o, "root", &n->prefix);
	if (n->protocol)
		json_text(o, "concerns", protocol_text(buf, sizeof(buf), n->protocol));
	json_number(o, "pending", n->pending);
	json_number(o, "gone", n->gone);
	json_number(o, "marks", n->marked);
	json_flag(o, "desync", n->state & RTM_NOTIFY_DESYNC);
	json_flag(o, "events", n->flags & RTM_REQ_EVENTS);
	process_text(buf, sizeof(buf), n->pid, n->pid);
	json_number(o, "pid", n->pid > 0 ? (uint64_t)n->pid : 0);
	json_text(o, "command", buf);
	return o;
}

static int show_one(const void *rec, void *ctx)
{
	const struct rtm_notify_rec *n = rec;
	const struct entity_args *a = ctx;

	if (!entity_matches(&a->entity, &n->owner) || !entity_wants_family(a, n->owner.family))
		return 0;
	if (opts.json)
		json_item(notify_object(n));
	else
		text_notify(n);
	return 0;
}

static int notify_show(struct args *args)
{
	struct entity_args a = { .entity = ENTITY_SEL_NONE };
	int status = parse_keywords(args, notify_keywords, &a);

	if (!status)
		status = entity_check_family(&a);
	return status ? status : show_records(RTM_IOC_DUMP_NOTIFIES, NULL, show_one, &a);
}

const struct verb notify_verbs[] = {
	{ "show", notify_show, "[[proto] PROTO] [id N] [instance N] [inet|inet6]" },
	{ NULL, NULL, NULL },
};
