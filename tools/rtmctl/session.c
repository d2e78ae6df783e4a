// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acting as an entity.
 *
 * How this file works: routes belong to entities, and an entity is whoever has its
 * name registered.  rtmctl registers with RTM_REQ_KEEP, so what it adds outlives it;
 * the next call claims the name again and finds everything as it was.  A name that
 * a daemon has registered cannot be claimed: its routes are the daemon's.  Another
 * rtmctl is gone in a moment, so a taken name is tried again for a short while.
 *
 * Registrations stay open until the program ends, which makes a batch fast.  While
 * we have one nobody else can change its routes: looking first and then acting is
 * safe.
 *
 * A route command makes the next hops it needs and marks them as its own by their
 * cookie.  sessions_tidy() removes those that no route uses any more; next hops made
 * by "nexthop add" stay until "nexthop del".
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "dump.h"
#include "print.h"
#include "session.h"

#define CLAIM_PATIENCE	2000000000ull	/* nanoseconds */
#define CLAIM_INTERVAL	20000000l
#define SETTLE_PATIENCE	500000000ull

static struct session *sessions;

/* What was not given is static's, id 1, of instance 0. */
void entity_id_of(const struct entity_sel *sel, int family, struct rtm_entity_id *id)
{
	memset(id, 0, sizeof(*id));
	id->family = (uint16_t)family;
	id->instance = sel->instance < 0 ? 0 : (uint16_t)sel->instance;
	id->protocol = sel->protocol ? sel->protocol : PROTO_STATIC;
	id->id = sel->id < 0 ? 1 : (uint32_t)sel->id;
}

/* What was not given matches everything. */
bool entity_matches(const struct entity_sel *sel, const struct rtm_entity_id *id)
{
	return (!sel->protocol || sel->protocol == id->protocol) &&
	       (sel->id < 0 || sel->id == id->id) &&
	       (sel->instance < 0 || sel->instance == id->instance);
}

bool same_entity(const struct rtm_entity_id *a, const struct rtm_entity_id *b)
{
	return a->family == b->family && a->instance == b->instance &&
	       a->protocol == b->protocol && a->id == b->id;
}

static int match_entity(const void *rec, void *ctx)
{
	const struct rtm_entity_rec *entity = rec;
	struct rtm_entity_rec *want = ctx;

	if (!same_entity(&entity->id, &want->id))
		return 0;
	*want = *entity;
	return -EEXIST;
}

/*
 * Is there such an entity, registered or kept?  1 and its record, 0 for no, or
 * -errno.
 */
int entity_lookup(const struct rtm_entity_id *id, struct rtm_entity_rec *rec)
{
	int ret;

	rec->id = *id;
	ret = dump_quietly(RTM_IOC_DUMP_ENTITIES, match_entity, rec);
	return ret == -EEXIST ? 1 : ret;
}

static int name_is_taken(const struct rtm_entity_id *id)
{
	struct rtm_entity_rec rec;
	char entity[96], command[32];

	entity_text(entity, sizeof(entity), id);
	if (entity_lookup(id, &rec) != 1 || rec.pid <= 0)
		return refused("cannot act as %s: another process has it registered", entity);
	process_text(command, sizeof(command), rec.pid, rec.pid);
	return refused("cannot act as %s: process %d (%s) has it registered", entity, rec.pid,
		       command);
}

static int register_patiently(struct rtm_register_entity *req)
{
	const struct timespec interval = { .tv_nsec = CLAIM_INTERVAL };
	uint64_t end = now_ns() + CLAIM_PATIENCE;
	int ret;

	for (;;) {
		ret = dev_call(DEV_CHANGE, RTM_IOC_REGISTER_ENTITY, req);
		if (ret != -EEXIST || now_ns() > end)
			return ret;
		nanosleep(&interval, NULL);
	}
}

/* Register, or claim what is kept.  Status. */
int session_register(const struct rtm_entity_id *id, uint32_t flags, struct session **session)
{
	struct rtm_register_entity req = { .size = sizeof(req), .flags = flags, .id = *id };
	struct session *s;
	char entity[96];
	int ret;

	ret = dev_open(DEV_CHANGE);
	if (ret)
		return ret;
	ret = register_patiently(&req);
	if (ret == -EEXIST)
		return name_is_taken(id);
	if (ret)
		return cannot(RTM_IOC_REGISTER_ENTITY, ret, "cannot act as %s",
			      entity_text(entity, sizeof(entity), id));
	s = xcalloc(1, sizeof(*s));
	s->id = *id;
	s->handle = req.entity;
	s->max_nexthops = req.max_nexthops;
	s->next = sessions;
	sessions = s;
	*session = s;
	return STATUS_OK;
}

/* Register for the time of a call, as an entity nobody else is.  Status. */
int session_register_self(const struct rtm_net_prefix *dest, int64_t instance, uint32_t flags,
			  struct session **session)
{
	struct rtm_entity_id id = {
		.family = dest->family,
		.instance = instance < 0 ? 0 : (uint16_t)instance,
		.protocol = PROTO_NETMGMT,
		.id = (uint32_t)getpid(),
	};

	return session_register(&id, flags, session);
}

/* The entity of a command, registered by now.  Status. */
int session_open(const struct entity_sel *sel, int family, struct session **session)
{
	struct rtm_entity_id id;
	struct session *s;

	entity_id_of(sel, family, &id);
	for (s = sessions; s; s = s->next) {
		if (same_entity(&s->id, &id)) {
			*session = s;
			return STATUS_OK;
		}
	}
	return session_register(&id, RTM_REQ_KEEP, session);
}

static void forget(struct session *session)
{
	struct session **link;

	for (link = &sessions; *link != session; link = &(*link)->next)
		;
	*link = session->next;
	free(session);
}

/* Deregister: the entity and all it has goes.  0 or -errno. */
int session_end(struct session *session)
{
	struct rtm_deregister_entity req = {
		.size = sizeof(req),
		.entity = session->handle,
	};
	int ret = dev_call(DEV_CHANGE, RTM_IOC_DEREGISTER_ENTITY, &req);

	forget(session);
	return ret;
}

/*
 * Tidying
 */

struct unused {
	const struct session *session;
	struct rtm_nexthop_rec found[64];
	size_t n;
};

static int collect_unused(const void *rec, void *ctx)
{
	const struct rtm_nexthop_rec *nh = rec;
	struct unused *unused = ctx;

	if (nh->users || nh->cookie != NEXTHOP_IMPLICIT ||
	    !same_entity(&nh->owner, &unused->session->id))
		return 0;
	unused->found[unused->n++] = *nh;
	return unused->n == ARRAY_SIZE(unused->found);
}

static int delete_nexthop(const struct session *s, const struct rtm_nexthop_rec *nh)
{
	struct rtm_nexthop_req req = {
		.size = sizeof(req),
		.entity = s->handle,
		.attrs = { .addr = nh->addr, .ifindex = nh->ifindex },
	};

	return dev_call(DEV_CHANGE, RTM_IOC_DELETE_NEXTHOP, &req);
}

/* As many as one walk finds; true if there may be more. */
static bool tidy_some(const struct session *s)
{
	struct dump_scope scope = { .instance = s->id.instance };
	struct unused unused = { .session = s };
	size_t i;

	dump_each(RTM_IOC_DUMP_NEXTHOPS, s->id.family, &scope, collect_unused, &unused);
	for (i = 0; i < unused.n; i++) {
		if (delete_nexthop(s, &unused.found[i]))
			return false;
	}
	return unused.n == ARRAY_SIZE(unused.found);
}

/*
 * A next hop counts as used while the FIB still has it.  Usually that is over in a
 * moment; if not, a later command finds what this one has to leave.
 */
static void let_fib_settle(void)
{
	struct rtm_fib_sync req = {
		.size = sizeof(req),
		.deadline = now_ns() + SETTLE_PATIENCE,
	};

	dev_call(DEV_CHANGE, RTM_IOC_FIB_SYNC, &req);
}

static bool anything_to_tidy(void)
{
	struct session *s;

	for (s = sessions; s; s = s->next) {
		if (s->tidy)
			return true;
	}
	return false;
}

void sessions_tidy(void)
{
	struct session *s;

	if (!anything_to_tidy())
		return;
	let_fib_settle();
	for (s = sessions; s; s = s->next) {
		while (s->tidy && tidy_some(s))
			;
		s->tidy = false;
	}
}

void sessions_close(void)
{
	sessions_tidy();
	while (sessions)
		forget(sessions);
	dev_close();
}

/*
 * Next hops
 */

/* The handle of a next hop of ours, made if it is not there.  0 or -errno. */
int session_nexthop(struct session *s, const struct rtm_net_prefix *addr, uint32_t ifindex,
		    uint16_t flags, __u64 *handle)
{
	struct rtm_nexthop_req req = {
		.size = sizeof(req),
		.entity = s->handle,
		.attrs = { .addr = *addr, .ifindex = ifindex },
	};
	int ret = dev_call(DEV_CHANGE, RTM_IOC_FIND_NEXTHOP, &req);

	if (ret == -ENOENT) {
		req = (struct rtm_nexthop_req) {
			.size = sizeof(req),
			.entity = s->handle,
			.attrs = {
				.addr = *addr,
				.ifindex = ifindex,
				.flags = flags,
				.cookie = NEXTHOP_IMPLICIT,
			},
		};
		ret = dev_call(DEV_CHANGE, RTM_IOC_ADD_NEXTHOP, &req);
	}
	if (!ret)
		*handle = req.nexthop;
	return ret;
}
