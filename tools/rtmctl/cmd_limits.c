// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl limits - how much entities and the network namespace have, and may have.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "cmd.h"
#include "device.h"
#include "print.h"
#include "session.h"

/**
 * struct limits_args - whose limits, and which
 * @entity: the entity; without a protocol the namespace
 * @which: what is set, a bit for each
 * @limits: to what, 0 for the default
 */
struct limits_args {
	struct entity_sel entity;
	uint32_t which;
	uint64_t limits[RTM_N_RESOURCES];
};

static const char *const resources[RTM_N_RESOURCES] = {
	[RTM_RES_ROUTES] = "routes",
	[RTM_RES_NEXTHOPS] = "nexthops",
	[RTM_RES_HANDLES] = "handles",
	[RTM_RES_OBJECTS] = "objects",
	[RTM_RES_DESTS] = "dests",
	[RTM_RES_BYTES] = "bytes",
};

/* A number that is not 0, or the word that stands for 0. */
static int kw_limit(const struct keyword *kw, struct args *args, void *to)
{
	struct limits_args *a = to;
	uint64_t value = 0;
	const char *word;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	if (strcmp(word, "default") && (!parse_number(word, UINT64_MAX, &value) || !value))
		return usage_error("%s \"%s\" is not a number above 0, nor \"default\"", kw->name,
				   word);
	a->which |= 1u << kw->value;
	a->limits[kw->value] = value;
	return STATUS_OK;
}

#define KW_LIMIT(name, resource) { name, kw_limit, 0, resource, false }

static const struct keyword show_keywords[] = {
	KW_PROTO(struct limits_args, entity),
	KW_ID(struct limits_args, entity),
	KW_INSTANCE(struct limits_args, entity),
	{ NULL, kw_protocol, offsetof(struct limits_args, entity.protocol), 0, false },
};

static const struct keyword set_keywords[] = {
	KW_PROTO(struct limits_args, entity),
	KW_ID(struct limits_args, entity),
	KW_INSTANCE(struct limits_args, entity),
	KW_LIMIT("routes", RTM_RES_ROUTES),
	KW_LIMIT("nexthops", RTM_RES_NEXTHOPS),
	KW_LIMIT("handles", RTM_RES_HANDLES),
	KW_LIMIT("objects", RTM_RES_OBJECTS),
	KW_LIMIT("dests", RTM_RES_DESTS),
	KW_LIMIT("bytes", RTM_RES_BYTES),
	{ NULL, kw_protocol, offsetof(struct limits_args, entity.protocol), 0, false },
};

static int parse_limits(struct args *args, const struct keyword *keywords, struct limits_args *a)
{
	int status = parse_keywords(args, keywords, a);

	if (status)
		return status;
	if (!a->entity.protocol && (a->entity.id >= 0 || a->entity.instance >= 0))
		return usage_error("the protocol of the entity is missing");
	return STATUS_OK;
}

static bool is_namespace(const struct rtm_entity_id *id)
{
	return !id->family;
}

static void show_usage(const struct rtm_entity_id *id, unsigned int r, const struct rtm_usage *u)
{
	struct json_object *o;

	if (!opts.json) {
		line_field(10, "%s", is_namespace(id) ? "namespace" : family_text(id->family));
		if (!is_namespace(id))
			line_entity(id);
		line_field(9, "%s", resources[r]);
		line_field(0, "%" PRIu64, (uint64_t)u->used);
		line_field(0, "limit %" PRIu64, (uint64_t)u->limit);
		line_field(0, "refused %" PRIu64, (uint64_t)u->refused);
		line_end();
		return;
	}
	o = json_new();
	if (!is_namespace(id)) {
		json_text(o, "family", family_text(id->family));
		json_entity_members(o, id);
	}
	json_text(o, "resource", resources[r]);
	json_number(o, "used", u->used);
	json_number(o, "limit", u->limit);
	json_number(o, "refused", u->refused);
	json_item(o);
}

/* Those of an entity, or of the namespace where @id is zero.  0 or a negative errno. */
static int show_of(const struct rtm_entity_id *id)
{
	struct rtm_get_limits req = {
		.size = sizeof(req),
		.flags = is_namespace(id) ? RTM_REQ_NAMESPACE : 0,
		.id = *id,
	};
	unsigned int r;
	int ret = dev_call(DEV_LOOK, RTM_IOC_GET_LIMITS, &req);

	for (r = 0; !ret && r < RTM_N_RESOURCES; r++)
		if (is_namespace(id) || r != RTM_RES_DESTS)
			show_usage(id, r, &req.usage[r]);
	return ret;
}

static int set_of(const struct limits_args *a, const struct rtm_entity_id *id)
{
	struct rtm_set_limits req = {
		.size = sizeof(req),
		.flags = is_namespace(id) ? RTM_REQ_NAMESPACE : 0,
		.id = *id,
		.which = a->which,
	};

	memcpy(req.limits, a->limits, sizeof(req.limits));
	return dev_call(DEV_CHANGE, RTM_IOC_SET_LIMITS, &req);
}

static int each_of(const struct limits_args *a, bool set, const struct rtm_entity_id *id)
{
	return set ? set_of(a, id) : show_of(id);
}

static int cannot_do(bool set, const struct rtm_entity_id *id, int ret)
{
	const char *what = set ? "set" : "show";
	char name[96];

	if (ret == -ENOENT)
		return refused("cannot %s the limits of %s: there is no such entity", what,
			       entity_text(name, sizeof(name), id));
	return cannot(set ? RTM_IOC_SET_LIMITS : RTM_IOC_GET_LIMITS, ret,
		      "cannot %s the limits of %s", what,
		      is_namespace(id) ? "the namespace" : entity_text(name, sizeof(name), id));
}

/* Of the entity of that name in each family that has it, else of the namespace. */
static int each_entity(const struct limits_args *a, bool set)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct rtm_entity_id id = {};
	size_t i, found = 0;
	int ret = 0;

	if (!a->entity.protocol) {
		ret = each_of(a, set, &id);
		return ret ? cannot_do(set, &id, ret) : STATUS_OK;
	}
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		if (opts.family && opts.family != families[i])
			continue;
		entity_id_of(&a->entity, families[i], &id);
		ret = each_of(a, set, &id);
		if (ret && ret != -ENOENT)
			return cannot_do(set, &id, ret);
		found += !ret;
	}
	return found ? STATUS_OK : cannot_do(set, &id, -ENOENT);
}

static int limits_show(struct args *args)
{
	struct limits_args a = { .entity = ENTITY_SEL_NONE };
	int status = parse_limits(args, show_keywords, &a);

	if (!status)
		status = dev_open(DEV_LOOK);
	if (status)
		return status;
	if (opts.json)
		json_begin();
	status = each_entity(&a, false);
	if (opts.json)
		json_end();
	return status;
}

static int limits_set(struct args *args)
{
	struct limits_args a = { .entity = ENTITY_SEL_NONE };
	int status = parse_limits(args, set_keywords, &a);

	if (status)
		return status;
	if (!a.which)
		return usage_error("no limit to set");
	if (a.entity.protocol && a.which & 1u << RTM_RES_DESTS)
		return usage_error("\"dests\" has a limit for the namespace only");
	status = dev_open(DEV_CHANGE);
	return status ? status : each_entity(&a, true);
}

#define ENTITY "[[proto] PROTO [id N] [instance N]]"
#define LIMITS "[routes N] [nexthops N] [handles N] [objects N] [dests N] [bytes N]"

const struct verb limits_verbs[] = {
	{ "show", limits_show, ENTITY },
	{ "set", limits_set, ENTITY " " LIMITS },
	{ NULL, NULL, NULL },
};
