// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl entity - who is registered, and names kept for routes of ours.
 */
#include <sys/socket.h>

#include "cmd.h"
#include "cmd_entity.h"
#include "device.h"
#include "dump.h"
#include "print.h"
#include "session.h"

static const struct keyword entity_keywords[] = {
	KW_PROTO(struct entity_args, entity),
	KW_ID(struct entity_args, entity),
	KW_INSTANCE(struct entity_args, entity),
	{ "inet", kw_flag, offsetof(struct entity_args, inet), 0, false },
	{ "inet6", kw_flag, offsetof(struct entity_args, inet6), 0, false },
	{ "both", kw_flag, offsetof(struct entity_args, both), 0, false },
	{ NULL, kw_protocol, offsetof(struct entity_args, entity.protocol), 0, false },
};

/* Neither family named means both, or the one of -4 and -6. */
bool entity_wants_family(const struct entity_args *a, int family)
{
	if (opts.family)
		return family == opts.family;
	if (a->both || a->inet == a->inet6)
		return true;
	return family == AF_INET ? a->inet : a->inet6;
}

int entity_check_family(const struct entity_args *a)
{
	if ((opts.family == AF_INET && a->inet6) || (opts.family == AF_INET6 && a->inet))
		return usage_error("-4 and -6 contradict the family");
	return STATUS_OK;
}

/* Likewise for a command that is about entities of one name. */
int entity_check_named(const struct entity_args *a)
{
	if (!a->entity.protocol)
		return usage_error("the protocol of the entity is missing");
	return entity_check_family(a);
}

static int parse_entity(struct args *args, struct entity_args *a)
{
	int status = parse_keywords(args, entity_keywords, a);

	return status ? status : entity_check_family(a);
}

/* For those that change something: the file is open then, too. */
static int parse_named(struct args *args, struct entity_args *a)
{
	int status = parse_keywords(args, entity_keywords, a);

	if (!status)
		status = entity_check_named(a);
	return status ? status : dev_open(DEV_CHANGE);
}

/*
 * show
 */

static void text_entity(const struct rtm_entity_rec *e)
{
	char command[32];

	line_field(5, "%s", family_text(e->id.family));
	line_entity(&e->id);
	line_field(14, "routes %llu", (unsigned long long)e->routes);
	line_field(12, "nexthops %llu", (unsigned long long)e->nexthops);
	if (!e->registered && e->flags & RTM_REQ_HOLD) {
		line_field(0, "held for %.3f s", e->hold_ms / 1000.0);
	} else if (!e->registered) {
		line_field(0, "kept");
	} else {
		process_text(command, sizeof(command), e->pid, e->pid);
		line_field(0, "pid %d (%s) uid %u", e->pid, command, e->uid);
	}
	if (e->flags & RTM_REQ_KEEP && e->registered)
		line_field(0, "keep");
	if (e->flags & RTM_REQ_HOLD && e->registered)
		line_field(0, "hold %.3f s", e->hold_ms / 1000.0);
	if (e->flags & RTM_REQ_OPAQUE_SLOT)
		line_field(0, "opaque");
	if (e->flags & RTM_REQ_EVENTS)
		line_field(0, "events");
	line_end();
}

static struct json_object *entity_object(const struct rtm_entity_rec *e)
{
	struct json_object *o = json_new();
	char command[32];

	json_text(o, "family", family_text(e->id.family));
	json_entity_members(o, &e->id);
	json_number(o, "routes", e->routes);
	json_number(o, "nexthops", e->nexthops);
	json_flag(o, "registered", e->registered);
	json_flag(o, "keep", e->flags & RTM_REQ_KEEP);
	if (e->flags & RTM_REQ_HOLD)
		json_number(o, "hold_ms", e->hold_ms);
	json_flag(o, "opaque", e->flags & RTM_REQ_OPAQUE_SLOT);
	json_flag(o, "events", e->flags & RTM_REQ_EVENTS);
	if (e->registered) {
		process_text(command, sizeof(command), e->pid, e->pid);
		json_number(o, "pid", e->pid > 0 ? (uint64_t)e->pid : 0);
		json_number(o, "uid", e->uid);
		json_text(o, "command", command);
	}
	return o;
}

static int show_one(const void *rec, void *ctx)
{
	const struct rtm_entity_rec *e = rec;
	const struct entity_args *a = ctx;

	if (!entity_matches(&a->entity, &e->id) || !entity_wants_family(a, e->id.family))
		return 0;
	if (opts.json)
		json_item(entity_object(e));
	else
		text_entity(e);
	return 0;
}

static int entity_show(struct args *args)
{
	struct entity_args a = { .entity = ENTITY_SEL_NONE };
	int status = parse_entity(args, &a);

	return status ? status : show_records(RTM_IOC_DUMP_ENTITIES, NULL, show_one, &a);
}

/*
 * add, del
 */

/* The entity of each wanted family; their number. */
size_t entity_wanted_ids(const struct entity_args *a, struct rtm_entity_id *ids)
{
	static const int families[] = { AF_INET, AF_INET6 };
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		if (entity_wants_family(a, families[i]))
			entity_id_of(&a->entity, families[i], &ids[n++]);
	}
	return n;
}

static int must_be_absent(const struct rtm_entity_id *id)
{
	struct rtm_entity_rec rec;
	char name[96];
	int ret = entity_lookup(id, &rec);

	if (!ret)
		return STATUS_OK;
	entity_text(name, sizeof(name), id);
	if (ret < 0)
		return cannot(RTM_IOC_DUMP_ENTITIES, ret, "cannot add %s", name);
	return refused("cannot add %s: an %s entity of that name exists", name,
		       family_text(id->family));
}

static int entity_add(struct args *args)
{
	struct entity_args a = { .entity = ENTITY_SEL_NONE };
	struct rtm_entity_id ids[2];
	struct session *s;
	size_t i, n;
	int status = parse_named(args, &a);

	n = entity_wanted_ids(&a, ids);
	/* all or nothing */
	for (i = 0; !status && i < n; i++)
		status = must_be_absent(&ids[i]);
	for (i = 0; !status && i < n; i++)
		status = session_register(&ids[i], RTM_REQ_KEEP, &s);
	return status;
}

static int del_one(const struct rtm_entity_id *id)
{
	struct entity_sel sel = {
		.protocol = id->protocol,
		.id = id->id,
		.instance = id->instance,
	};
	struct session *s;
	char name[96];
	int ret = session_open(&sel, id->family, &s);

	if (ret)
		return ret;
	ret = session_end(s);
	if (!ret)
		return STATUS_OK;
	return cannot(RTM_IOC_DEREGISTER_ENTITY, ret, "cannot delete %s",
		      entity_text(name, sizeof(name), id));
}

/* Those families that have the entity; none at all is an error. */
static int entity_del(struct args *args)
{
	struct entity_args a = { .entity = ENTITY_SEL_NONE };
	struct rtm_entity_id ids[2];
	struct rtm_entity_rec rec;
	int status = parse_named(args, &a), ret;
	size_t i, n = entity_wanted_ids(&a, ids), found = 0;
	char name[96];

	for (i = 0; !status && i < n; i++) {
		ret = entity_lookup(&ids[i], &rec);
		if (ret < 0)
			return cannot(RTM_IOC_DUMP_ENTITIES, ret, "cannot delete the entity");
		found += (size_t)ret;
		status = ret ? del_one(&ids[i]) : STATUS_OK;
	}
	if (!status && !found)
		return refused("cannot delete %s: there is no such entity",
			       entity_text(name, sizeof(name), &ids[0]));
	return status;
}

const struct verb entity_verbs[] = {
	{ "show", entity_show, "[[proto] PROTO] [id N] [instance N] " FAMILIES },
	{ "add", entity_add, "[proto] PROTO [id N] [instance N] " FAMILIES },
	{ "del", entity_del, "[proto] PROTO [id N] [instance N] " FAMILIES },
	{ "set", cmd_entity_set, "[proto] PROTO crash withdraw|hold|keep [time SECONDS]\n"
	  "\t[id N] [instance N] " FAMILIES },
	{ NULL, NULL, NULL },
};
