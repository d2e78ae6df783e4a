/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The FIB writer's port: turns destinations into messages, answers into states.
 */
#ifndef RTM_FIB_PORT_H
#define RTM_FIB_PORT_H

#include "rtm_fib_resolve.h"
#include "rtm_fib_watch.h"
#include "rtm_fib_wish.h"
#include "rtm_netlink.h"
#include "rtm_types.h"

/**
 * enum rtm_fib_op - what has to be done about a destination
 * @RTM_FIB_KEEP: nothing
 * @RTM_FIB_ADD: add an entry where nothing of ours is
 * @RTM_FIB_REPLACE: put another one in the place of ours
 * @RTM_FIB_DELETE: withdraw ours
 */
enum rtm_fib_op {
	RTM_FIB_KEEP,
	RTM_FIB_ADD,
	RTM_FIB_REPLACE,
	RTM_FIB_DELETE,
};

/**
 * struct rtm_fib_plan - a destination in hand, and what is to be done about it
 * @dest: the destination, with the reference of the list it was on
 * @op: enum rtm_fib_op
 * @state: enum rtm_fib_state once it is done
 * @error: positive errno to show with it
 * @keep_error: leave error and text of the destination as they are
 * @beside: others have routes of this prefix, or may have
 * @verify: rtm_fib_entry.verify as it was and as it shall be
 * @refused: rtm_fib_entry.refused likewise
 * @waited: rtm_fib_entry.waited likewise
 * @wish: what it wants; its next hops are a reference
 */
struct rtm_fib_plan {
	struct rtm_dest *dest;
	u8 op;
	u8 state;
	u8 error;
	bool keep_error;
	bool beside;
	bool verify;
	bool refused;
	bool waited;
	struct rtm_fib_wish wish;
};

/**
 * struct rtm_fib_port - what the worker needs once it has something to do
 * @fib: FIB writer
 * @nl: socket for changes
 * @watch: what others have in the FIB
 * @resolver: what remote next hops resolve to
 * @present: entries of ours in the FIB
 * @messages: route messages sent
 * @fresh: the watcher has looked again for the destination that comes next
 * @msg: the message being made
 * @plans: what each message of the batch is for
 *
 * Belongs to the worker.
 */
struct rtm_fib_port {
	struct rtm_fib *fib;
	struct rtm_netlink nl;
	struct rtm_fib_watch watch;
	struct rtm_fib_resolver resolver;
	u64 present;
	u64 messages;
	bool fresh;
	struct rtm_netlink_route msg;
	struct rtm_fib_plan plans[RTM_NETLINK_BATCH];
};

struct rtm_fib_port *rtm_fib_port_open(struct rtm_net *rnet, const struct rtm_fib_policy *policy);
void rtm_fib_port_close(struct rtm_fib_port *port);
void rtm_fib_port_batch(struct rtm_fib_port *port);

/* What the port needs of the writer. */
bool rtm_fib_take(struct rtm_fib *fib, struct rtm_fib_plan *plan);
void rtm_fib_take_back(struct rtm_fib *fib, struct rtm_fib_plan *plan);
void rtm_fib_put_off(struct rtm_fib *fib, struct rtm_fib_plan *plan);
void rtm_fib_settle(struct rtm_fib *fib, struct rtm_fib_plan *plan, u8 state, int error,
		    const char *text);
bool rtm_fib_stopping(const struct rtm_fib *fib);

#endif /* RTM_FIB_PORT_H */
