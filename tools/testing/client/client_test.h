/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the cases of the test of <rtm.h> have in common.
 *
 * How this file works: a case gets a rig, which is a client with one registration, a next
 * hop and a route, in the namespace of the task that has started it; client_main.c makes
 * it and ends it.  An expectation that fails is written down, and the case goes on.
 */
#ifndef CLIENT_TEST_H
#define CLIENT_TEST_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <rtm.h>

#define RIG_EVENTS	64
#define RIG_TIMEOUT	(60 * HZ)

#define RIG_PROTOCOL	8
#define OTHER_PROTOCOL	13

struct net;

/**
 * struct rig - what a case works with
 * @net: the namespace
 * @client: a client whose events are written down
 * @entity: its registration, with events and one method
 * @nexthop: a next hop of that
 * @route: its route to 10.1.0.0/16
 * @lock: protects @events, @n_events and @told
 * @events: the events so far, oldest first
 * @n_events: their number
 * @told: events told, also those for which there was no room
 * @wait: woken with each event
 * @inside: callbacks that are running
 * @crowd: most of them ever seen running together
 * @react: called for each event, in the callback, or NULL
 * @failures: expectations that have failed
 */
struct rig {
	struct net *net;
	struct rtm_client *client;
	u64 entity;
	u64 nexthop;
	u64 route;
	spinlock_t lock; /* what it protects: above */
	struct rtm_event events[RIG_EVENTS];
	unsigned int n_events;
	unsigned int told;
	wait_queue_head_t wait;
	atomic_t inside;
	int crowd;
	void (*react)(struct rig *rig, const struct rtm_event *event);
	unsigned int failures;
};

/* client_main.c */
bool rig_expect(struct rig *rig, long want, long got, const char *file, int line,
		const char *text);
bool rig_event(struct rig *rig, u32 type, struct rtm_event *event);
void rig_register_arg(struct rtm_register_entity *arg, u32 protocol, u32 flags);
struct rtm_net_prefix rig_prefix(u32 addr, u16 len);
struct rtm_add_route rig_route(struct rig *rig, u32 addr, u64 *nexthops, u32 n);
int rig_release(struct rig *rig, u64 handle);
u64 rig_dest(struct rig *rig, u32 addr, u16 len);
struct rtm_client *rig_other(struct rig *rig, u64 *entity);
int rig_deregister(struct rtm_client *client, u64 entity);

#define EXPECT_EQ(rig, want, got) \
	rig_expect(rig, (long)(want), (long)(got), __FILE__, __LINE__, #got)
#define EXPECT(rig, condition) EXPECT_EQ(rig, 1, !!(condition))

/* client_call.c */
void case_manager(struct rig *rig);
void case_entity(struct rig *rig);
void case_nexthop(struct rig *rig);
void case_route(struct rig *rig);
void case_batch(struct rig *rig);
void case_edit(struct rig *rig);
void case_list(struct rig *rig);
void case_dump(struct rig *rig);

/* client_dest.c */
void case_dest(struct rig *rig);
void case_dests(struct rig *rig);
void case_enum(struct rig *rig);
void case_notify(struct rig *rig);

/* client_event.c */
void case_told(struct rig *rig);
void case_expiry(struct rig *rig);
void case_method(struct rig *rig);
void case_alone(struct rig *rig);
void case_close(struct rig *rig);

/* client_lock.c */
void case_lock(struct rig *rig);
void case_task_ends(struct rig *rig);
void case_registration_ends(struct rig *rig);
void case_locked_by_user(struct rig *rig);

/* client_wrong.c */
void case_number(struct rig *rig);
void case_size(struct rig *rig);
void case_registration(struct rig *rig);
void case_flags(struct rig *rig);

#endif /* CLIENT_TEST_H */
