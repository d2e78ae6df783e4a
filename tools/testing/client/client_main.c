// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test of <rtm.h>: which cases there are, and what each gets.
 *
 * How this file works: the name of a case, written to the parameter "run", runs it in the
 * namespace of the writing task.  The write fails with EPROTO if an expectation did, and
 * the parameter "failure" has the first one.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "client_test.h"

static char failure[256];

static const struct {
	const char *name;
	void (*run)(struct rig *rig);
} cases[] = {
	{ "manager", case_manager },
	{ "entity", case_entity },
	{ "nexthop", case_nexthop },
	{ "route", case_route },
	{ "batch", case_batch },
	{ "edit", case_edit },
	{ "list", case_list },
	{ "dump", case_dump },
	{ "dest", case_dest },
	{ "dests", case_dests },
	{ "enum", case_enum },
	{ "notify", case_notify },
	{ "told", case_told },
	{ "expiry", case_expiry },
	{ "method", case_method },
	{ "alone", case_alone },
	{ "close", case_close },
	{ "lock", case_lock },
	{ "task_ends", case_task_ends },
	{ "registration_ends", case_registration_ends },
	{ "locked_by_user", case_locked_by_user },
	{ "number", case_number },
	{ "size", case_size },
	{ "registration", case_registration },
	{ "flags", case_flags },
};

/* Note an expectation that failed; returns whether it held. */
bool rig_expect(struct rig *rig, long want, long got, const char *file, int line,
		const char *text)
{
	if (want == got)
		return true;
	if (!rig->failures++)
		scnprintf(failure, sizeof(failure), "%s:%d: %s is %ld and not %ld",
			  kbasename(file), line, text, got, want);
	return false;
}

struct rtm_net_prefix rig_prefix(u32 addr, u16 len)
{
	struct rtm_net_prefix p = { .family = AF_INET, .len = len };
	__be32 be = cpu_to_be32(addr);

	memcpy(p.addr, &be, sizeof(be));
	return p;
}

void rig_register_arg(struct rtm_register_entity *arg, u32 protocol, u32 flags)
{
	memset(arg, 0, sizeof(*arg));
	arg->flags = flags;
	arg->id.family = AF_INET;
	arg->id.protocol = protocol;
	arg->id.id = 1;
}

struct rtm_add_route rig_route(struct rig *rig, u32 addr, u64 *nexthops, u32 n)
{
	return (struct rtm_add_route){
		.entity = rig->entity,
		.dest = rig_prefix(addr, 16),
		.attrs = {
			.nexthops = rtm_ptr(nexthops),
			.n_nexthops = n,
			.metric = 10,
			.views = RTM_V_UCAST,
		},
	};
}

int rig_release(struct rig *rig, u64 handle)
{
	struct rtm_handles arg = {
		.entity = rig->entity,
		.handles = rtm_ptr(&handle),
		.count = 1,
	};

	return rtm_client_release_handles(rig->client, &arg);
}

/* A handle of a destination that has routes, with a reference; 0 if there is none. */
u64 rig_dest(struct rig *rig, u32 addr, u16 len)
{
	struct rtm_get_dest arg = {
		.entity = rig->entity,
		.prefix = rig_prefix(addr, len),
	};

	return rtm_client_get_exact_dest(rig->client, &arg) ? 0 : arg.dest;
}

int rig_deregister(struct rtm_client *client, u64 entity)
{
	struct rtm_deregister_entity arg = { .entity = entity };

	return rtm_client_deregister_entity(client, &arg);
}

/* Another client with a registration, whom nobody tells anything. */
struct rtm_client *rig_other(struct rig *rig, u64 *entity)
{
	struct rtm_client *client = rtm_client_open(rig->net, NULL, rig);
	struct rtm_register_entity arg;

	if (!EXPECT(rig, !IS_ERR(client)))
		return NULL;
	rig_register_arg(&arg, OTHER_PROTOCOL, 0);
	EXPECT_EQ(rig, 0, rtm_client_register_entity(client, &arg));
	*entity = arg.entity;
	return client;
}

static void note_event(struct rig *rig, const struct rtm_event *event)
{
	spin_lock(&rig->lock);
	if (rig->n_events < RIG_EVENTS)
		rig->events[rig->n_events++] = *event;
	rig->told++;
	spin_unlock(&rig->lock);
	wake_up(&rig->wait);
}

static void rig_told(struct rtm_client *client, const struct rtm_event *event)
{
	struct rig *rig = rtm_client_priv(client);

	rig->crowd = max(rig->crowd, atomic_inc_return(&rig->inside));
	if (rig->react)
		rig->react(rig, event);
	note_event(rig, event);
	atomic_dec(&rig->inside);
}

static const struct rtm_client_ops rig_ops = {
	.event = rig_told,
};

static bool find_event(struct rig *rig, u32 type, struct rtm_event *event)
{
	bool found = false;
	unsigned int i;

	spin_lock(&rig->lock);
	for (i = 0; i < rig->n_events && !found; i++) {
		found = rig->events[i].type == type;
		if (found) {
			*event = rig->events[i];
			rig->events[i].type = U32_MAX;
		}
	}
	spin_unlock(&rig->lock);
	return found;
}

/* Wait for an event of a type and take it off the list. */
bool rig_event(struct rig *rig, u32 type, struct rtm_event *event)
{
	return wait_event_timeout(rig->wait, find_event(rig, type, event), RIG_TIMEOUT);
}

static int rig_fill(struct rig *rig)
{
	struct rtm_nexthop_req nexthop = { .attrs.addr = rig_prefix(0xc0000201, 32),
					   .attrs.ifindex = 1 };
	struct rtm_register_entity entity;
	struct rtm_add_route route;
	int err;

	rig_register_arg(&entity, RIG_PROTOCOL, RTM_REQ_EVENTS | RTM_REQ_OPAQUE_SLOT);
	entity.n_methods = 1;
	err = rtm_client_register_entity(rig->client, &entity);
	if (err)
		return err;
	rig->entity = entity.entity;
	nexthop.entity = rig->entity;
	err = rtm_client_add_nexthop(rig->client, &nexthop);
	if (err)
		return err;
	rig->nexthop = nexthop.nexthop;
	route = rig_route(rig, 0x0a010000, &rig->nexthop, 1);
	err = rtm_client_add_route(rig->client, &route);
	rig->route = route.route;
	return err;
}

static struct rig *rig_begin(void)
{
	struct rig *rig = kzalloc(sizeof(*rig), GFP_KERNEL);
	int err;

	if (!rig)
		return ERR_PTR(-ENOMEM);
	rig->net = current->nsproxy->net_ns;
	spin_lock_init(&rig->lock);
	init_waitqueue_head(&rig->wait);
	rig->client = rtm_client_open(rig->net, &rig_ops, rig);
	err = PTR_ERR_OR_ZERO(rig->client);
	if (!err) {
		err = rig_fill(rig);
		if (!err)
			return rig;
		rtm_client_close(rig->client);
	}
	kfree(rig);
	return ERR_PTR(err);
}

/* A case may have closed the client. */
static int rig_end(struct rig *rig)
{
	int err;

	if (rig->client)
		rtm_client_close(rig->client);
	EXPECT_EQ(rig, 0, atomic_read(&rig->inside));
	err = rig->failures ? -EPROTO : 0;
	kfree(rig);
	return err;
}

static int run_set(const char *name, const struct kernel_param *kp)
{
	struct rig *rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (sysfs_streq(name, cases[i].name))
			break;
	if (i == ARRAY_SIZE(cases))
		return -ENOENT;
	failure[0] = '\0';
	rig = rig_begin();
	if (IS_ERR(rig))
		return PTR_ERR(rig);
	cases[i].run(rig);
	return rig_end(rig);
}

static const struct kernel_param_ops run_ops = {
	.set = run_set,
};

module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "Case to run");
module_param_string(failure, failure, sizeof(failure), 0400);
MODULE_PARM_DESC(failure, "First expectation of the last case that failed");

static int __init client_test_init(void)
{
	return 0;
}

static void __exit client_test_exit(void)
{
}

module_init(client_test_init);
module_exit(client_test_exit);

MODULE_DESCRIPTION("Test of the calls which rtm offers to modules");
MODULE_AUTHOR("The rtm developers");
MODULE_LICENSE("GPL");
