// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl monitor - what happens, as it happens.
 *
 * How this file works: for each family an entity is registered that owns nothing and
 * goes when we end.  The kernel says through the device file that something has
 * changed; what has is fetched, destination by destination, and looked at with the dump
 * commands, which wait for nobody.  So a line shows what is there now, and changes that
 * follow each other closely are one line.  A destination that somebody has locked comes
 * later.
 *
 * Each line is flushed, for who reads it through a pipe.
 */
#include <errno.h>
#include <json-c/json_object.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "device.h"
#include "print.h"
#include "route_print.h"
#include "session.h"

#define FETCH_ITEMS	64
#define LOCKED_RETRY_MS	200

struct monitor_args {
	struct entity_sel entity;
	struct dump_scope scope;
	struct wait_sel wait;
	uint32_t views;
	uint32_t types;
	int64_t count;
};

/**
 * struct listener - one family
 * @session: our registration
 * @notify: handle of the change notification, 0 where only entities are watched
 * @locked: the next destination is locked
 */
struct listener {
	struct session *session;
	__u64 notify;
	bool locked;
};

/**
 * struct monitor - a run of the command
 * @args: as given
 * @listeners: families watched
 * @n: their number
 * @end: when to stop, 0 for never
 * @left: lines or objects left to be shown, -1 for any number
 */
struct monitor {
	const struct monitor_args *args;
	struct listener listeners[2];
	size_t n;
	uint64_t end;
	int64_t left;
};

static int kw_type(const struct keyword *kw, struct args *args, void *to)
{
	struct monitor_args *a = to;

	(void)args;
	if (a->types)
		return usage_error("\"all\", \"best\" and \"forwarding\" contradict each other");
	a->types = (uint32_t)kw->value;
	return STATUS_OK;
}

static const struct keyword route_keywords[] = {
	KW_INSTANCE(struct monitor_args, entity),
	{ "timeout", kw_seconds, offsetof(struct monitor_args, wait.timeout), 0, false },
	{ "count", kw_id, offsetof(struct monitor_args, count), INT32_MAX, false },
	KW_PROTO(struct monitor_args, entity),
	{ "root", kw_scope, offsetof(struct monitor_args, scope), RTM_DUMP_SUBTREE, false },
	{ "view", kw_views, offsetof(struct monitor_args, views), 0, false },
	{ "all", kw_type, 0, RTM_CT_ALL, false },
	{ "best", kw_type, 0, RTM_CT_BEST, false },
	{ "forwarding", kw_type, 0, RTM_CT_FORWARDING, false },
	{ NULL, kw_scope, offsetof(struct monitor_args, scope), RTM_DUMP_SUBTREE, false },
};

static const struct keyword entity_keywords[] = {
	KW_INSTANCE(struct monitor_args, entity),
	{ "timeout", kw_seconds, offsetof(struct monitor_args, wait.timeout), 0, false },
	{ "count", kw_id, offsetof(struct monitor_args, count), INT32_MAX, false },
	{ NULL, NULL, 0, 0, false },
};

/*
 * What is shown
 */

static void shown(struct monitor *m)
{
	fflush(stdout);
	if (m->left > 0)
		m->left--;
}

static void show_word(const char *word)
{
	struct json_object *o;

	if (opts.json) {
		o = json_new();
		json_text(o, "event", word);
		json_single(o);
	} else {
		line_field(0, "%s", word);
		line_end();
	}
	fflush(stdout);
}

/**
 * struct shown_dest - a destination being shown
 * @m: the run
 * @routes: JSON: its routes
 * @n: how many were shown
 */
struct shown_dest {
	struct monitor *m;
	struct json_object *routes;
	unsigned int n;
};

static bool is_wanted(const struct monitor_args *a, const struct rtm_route_rec *r)
{
	if (a->views && !(r->attrs.views & a->views))
		return false;
	return a->types == RTM_CT_ALL || r->best;
}

static int show_route(const void *rec, void *ctx)
{
	struct shown_dest *shown = ctx;

	if (!is_wanted(shown->m->args, rec))
		return 0;
	shown->n++;
	if (opts.json)
		json_object_array_add(shown->routes, route_json(rec));
	else
		route_text(rec);
	return 0;
}

/* Its routes as they are now; a destination without any is gone. */
static int show_dest(struct monitor *m, const struct rtm_net_prefix *prefix, uint16_t instance)
{
	struct dump_scope scope = {
		.flags = RTM_DUMP_EXACT,
		.prefix = *prefix,
		.instance = instance,
	};
	struct shown_dest dest = { .m = m };
	struct json_object *o = NULL;
	char buf[PREFIX_TEXT];
	int status;

	if (opts.json) {
		o = json_new();
		json_text(o, "event", "changed");
		json_prefix(o, "dst", prefix);
		json_text(o, "family", family_text(prefix->family));
		dest.routes = json_array(o, "routes");
	}
	status = dump_each(RTM_IOC_DUMP_ROUTES, prefix->family, &scope, show_route, &dest);
	if (opts.json) {
		json_single(o);
	} else if (!dest.n) {
		line_field(0, "Deleted %s", prefix_text(buf, sizeof(buf), prefix));
		line_end();
	}
	shown(m);
	return status;
}

static void show_entity(struct monitor *m, const struct rtm_event *event)
{
	const char *word = event->type == RTM_EVENT_ENTITY_REGISTERED ? "registered" : "left";
	struct json_object *o;
	char buf[96];

	if (opts.json) {
		o = json_new();
		json_text(o, "event", word);
		json_text(o, "family", family_text(event->id.family));
		json_entity_members(o, &event->id);
		json_single(o);
	} else {
		line_field(0, "%s %s", entity_text(buf, sizeof(buf), &event->id), word);
		line_end();
	}
	shown(m);
}

/*
 * What has changed
 */

static void release(const struct listener *l, const __u64 *handles, uint32_t count)
{
	struct rtm_handles req = {
		.size = sizeof(req),
		.type = RTM_HANDLE_ANY,
		.entity = l->session->handle,
		.handles = (uintptr_t)handles,
		.count = count,
	};

	dev_call(DEV_CHANGE, RTM_IOC_RELEASE_HANDLES, &req);
}

static int show_items(struct monitor *m, const struct listener *l,
		      const struct rtm_dest_item *items, uint32_t count)
{
	int status = STATUS_OK;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (!status && m->left)
			status = show_dest(m, &items[i].prefix, l->session->id.instance);
		release(l, &items[i].dest, 1);
	}
	return status;
}

/* All that is pending of one family, up to one that is locked. */
static int drain(struct monitor *m, struct listener *l)
{
	struct rtm_dest_item items[FETCH_ITEMS];
	struct rtm_get_changed req;
	int ret, status = STATUS_OK;

	l->locked = false;
	do {
		req = (struct rtm_get_changed) {
			.size = sizeof(req),
			.flags = RTM_REQ_NOWAIT,
			.entity = l->session->handle,
			.notify = l->notify,
			.items = (uintptr_t)items,
			.count = FETCH_ITEMS,
			.item_size = sizeof(items[0]),
		};
		ret = dev_call(DEV_CHANGE, RTM_IOC_GET_CHANGED_DESTS, &req);
		if (ret == -EAGAIN)
			l->locked = true;
		if (ret)
			return l->locked ? STATUS_OK :
			       cannot(RTM_IOC_GET_CHANGED_DESTS, ret, "cannot fetch changes");
		if (req.state & RTM_NOTIFY_DESYNC)
			show_word("desync");
		status = show_items(m, l, items, req.count);
		if (req.state & RTM_NOTIFY_SYNCED)
			show_word("synced");
	} while (!status && req.count && m->left);
	return status;
}

static struct listener *listener_of(struct monitor *m, __u64 entity)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (m->listeners[i].session->handle == entity)
			return &m->listeners[i];
	}
	return NULL;
}

static int take_event(struct monitor *m, const struct rtm_event *event)
{
	struct listener *l = listener_of(m, event->entity);

	if (!l)
		return STATUS_OK;
	if (event->type == RTM_EVENT_CHANGED)
		return drain(m, l);
	if (!l->notify && m->left)
		show_entity(m, event);
	release(l, &event->object, 1);
	return STATUS_OK;
}

static int drain_locked(struct monitor *m)
{
	int status = STATUS_OK;
	size_t i;

	for (i = 0; i < m->n && !status; i++) {
		if (m->listeners[i].locked)
			status = drain(m, &m->listeners[i]);
	}
	return status;
}

/* Milliseconds until there is something to do again; -1 for ever. */
static int patience(const struct monitor *m)
{
	uint64_t now = now_ns();
	int64_t ms = -1;
	size_t i;

	if (m->end)
		ms = now >= m->end ? 0 : (int64_t)((m->end - now) / 1000000 + 1);
	for (i = 0; i < m->n; i++) {
		if (m->listeners[i].locked && (ms < 0 || ms > LOCKED_RETRY_MS))
			ms = LOCKED_RETRY_MS;
	}
	return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static bool is_over(const struct monitor *m)
{
	return !m->left || (m->end && now_ns() >= m->end);
}

static int read_events(struct monitor *m)
{
	struct rtm_event events[16];
	int status = STATUS_OK;
	ssize_t i, got;

	got = dev_read(DEV_CHANGE, events, sizeof(events));
	if (got < 0)
		return refused("cannot read events: %s", strerror((int)-got));
	for (i = 0; i < got / (ssize_t)sizeof(events[0]) && !status; i++)
		status = take_event(m, &events[i]);
	return status;
}

static int watch(struct monitor *m)
{
	int ready, status = STATUS_OK;

	while (!status && !is_over(m)) {
		ready = dev_poll(DEV_CHANGE, patience(m));
		if (ready < 0 && ready != -EINTR)
			return refused("cannot wait: %s", strerror(-ready));
		if (ready > 0)
			status = read_events(m);
		if (!status)
			status = drain_locked(m);
	}
	return status;
}

/*
 * Beginning
 */

static int listen_to(const struct monitor_args *a, struct listener *l)
{
	struct rtm_register_notify req = {
		.size = sizeof(req),
		.flags = RTM_REQ_EVENTS,
		.entity = l->session->handle,
		.types = a->types,
		.protocol = a->entity.protocol,
	};
	int ret;

	if (a->scope.flags)
		req.prefix = a->scope.prefix;
	req.prefix.family = a->scope.flags ? l->session->id.family : 0;
	ret = dev_call(DEV_CHANGE, RTM_IOC_REGISTER_NOTIFY, &req);
	if (ret)
		return cannot(RTM_IOC_REGISTER_NOTIFY, ret, "cannot listen to changes");
	l->notify = req.notify;
	return STATUS_OK;
}

static int begin_family(struct monitor *m, int family, bool routes)
{
	struct listener *l = &m->listeners[m->n];
	struct entity_sel sel = {
		.protocol = PROTO_NETMGMT,
		.id = getpid(),
		.instance = m->args->entity.instance,
	};
	struct rtm_entity_id id;
	int status;

	entity_id_of(&sel, family, &id);
	status = session_register(&id, RTM_REQ_EVENTS, &l->session);
	if (status)
		return status;
	m->n++;
	return routes ? listen_to(m->args, l) : STATUS_OK;
}

static bool family_wanted(const struct monitor_args *a, int family)
{
	if (opts.family && opts.family != family)
		return false;
	return !a->scope.prefix.family || a->scope.prefix.family == family;
}

static int monitor(const struct monitor_args *a, bool routes)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct monitor m = { .args = a, .left = a->count, .end = wait_deadline(&a->wait) };
	int status = STATUS_OK;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families) && !status; i++) {
		if (family_wanted(a, families[i]))
			status = begin_family(&m, families[i], routes);
	}
	if (!status)
		status = watch(&m);
	while (m.n--)
		session_end(m.listeners[m.n].session);
	return status;
}

static int monitor_route(struct args *args)
{
	struct monitor_args a = {
		.entity = ENTITY_SEL_NONE,
		.wait = WAIT_SEL_NONE,
		.count = -1,
	};
	int status = parse_keywords(args, route_keywords, &a);

	if (status)
		return status;
	if (!a.types)
		a.types = RTM_CT_BEST;
	return monitor(&a, true);
}

static int monitor_entity(struct args *args)
{
	struct monitor_args a = {
		.entity = ENTITY_SEL_NONE,
		.wait = WAIT_SEL_NONE,
		.count = -1,
	};
	int status = parse_keywords(args, entity_keywords, &a);

	return status ? status : monitor(&a, false);
}

const struct verb monitor_verbs[] = {
	{ "route", monitor_route, "[[root] PREFIX] [all|best|forwarding] [view VIEWS]\n"
	  "\t[proto PROTO] [instance N] [count N] [timeout SECONDS]" },
	{ "entity", monitor_entity, "[instance N] [count N] [timeout SECONDS]" },
	{ NULL, NULL, NULL },
};
