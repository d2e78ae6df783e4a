/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events, group "rtm".
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM rtm

#if !defined(RTM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define RTM_TRACE_H

#include <linux/rtnetlink.h>
#include <linux/socket.h>
#include <linux/tracepoint.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_lock.h"
#include "rtm_prefix.h"
#include "rtm_route.h"
#include "rtm_table.h"

TRACE_EVENT(rtm_entity,
	TP_PROTO(const struct rtm_entity *entity, u32 state),
	TP_ARGS(entity, state),
	TP_STRUCT__entry(
		__field(u16, instance)
		__field(u16, family)
		__field(u32, protocol)
		__field(u32, id)
		__field(u32, state)
	),
	TP_fast_assign(
		__entry->instance = entity->id.instance;
		__entry->family = entity->id.family;
		__entry->protocol = entity->id.protocol;
		__entry->id = entity->id.id;
		__entry->state = state;
	),
	TP_printk("instance %u family %u entity %u:%u %s", __entry->instance, __entry->family,
		  __entry->protocol, __entry->id,
		  __print_symbolic(__entry->state, { RTM_ENTITY_REGISTERED, "registered" },
				   { RTM_ENTITY_LEAVING, "leaving" },
				   { RTM_ENTITY_KEPT, "kept" }, { RTM_ENTITY_GONE, "gone" }))
);

/* The address is kept as bytes: %pI6c prints either family when told which. */
DECLARE_EVENT_CLASS(rtm_dest_class,
	TP_PROTO(const struct rtm_dest *dest, u32 value),
	TP_ARGS(dest, value),
	TP_STRUCT__entry(
		__field(u16, instance)
		__field(u16, family)
		__field(u8, len)
		__field(u32, value)
		__array(u8, addr, 16)
	),
	TP_fast_assign(
		__entry->instance = dest->table->instance;
		__entry->family = dest->table->family;
		__entry->len = dest->leaf.len;
		__entry->value = value;
		memset(__entry->addr, 0, sizeof(__entry->addr));
		rtm_key_to_bytes(__entry->addr, dest->leaf.key, dest->table->family);
	),
	TP_printk("instance %u family %u dest %*phN/%u value 0x%x", __entry->instance,
		  __entry->family, __entry->family == AF_INET ? 4 : 16, __entry->addr,
		  __entry->len, __entry->value)
);

/* value: set of views whose best route is another one now */
DEFINE_EVENT(rtm_dest_class, rtm_best_change,
	TP_PROTO(const struct rtm_dest *dest, u32 value),
	TP_ARGS(dest, value)
);

TRACE_EVENT(rtm_route_add,
	TP_PROTO(const struct rtm_route *route, u32 change),
	TP_ARGS(route, change),
	TP_STRUCT__entry(
		__field(u16, family)
		__field(u8, len)
		__field(u32, protocol)
		__field(u32, id)
		__field(u32, preference)
		__field(u32, metric)
		__field(u32, change)
		__array(u8, addr, 16)
	),
	TP_fast_assign(
		__entry->family = route->dest->table->family;
		__entry->len = route->dest->leaf.len;
		__entry->protocol = rtm_route_owner(route)->id.protocol;
		__entry->id = rtm_route_owner(route)->id.id;
		__entry->preference = route->preference;
		__entry->metric = route->metric;
		__entry->change = change;
		memset(__entry->addr, 0, sizeof(__entry->addr));
		rtm_key_to_bytes(__entry->addr, route->dest->leaf.key, __entry->family);
	),
	TP_printk("dest %*phN/%u entity %u:%u preference %u metric %u%s%s",
		  __entry->family == AF_INET ? 4 : 16, __entry->addr, __entry->len,
		  __entry->protocol, __entry->id, __entry->preference, __entry->metric,
		  __entry->change & RTM_RC_NEW ? " new" : "",
		  __entry->change & RTM_RC_BEST ? " best" : "")
);

TRACE_EVENT(rtm_dest_lock,
	TP_PROTO(const struct rtm_dest *dest, const struct rtm_entity *entity,
		 enum rtm_lock_mode mode, enum rtm_lock_action action),
	TP_ARGS(dest, entity, mode, action),
	TP_STRUCT__entry(
		__field(u16, family)
		__field(u8, len)
		__field(u8, exclusive)
		__field(u8, action)
		__field(u32, protocol)
		__field(u32, id)
		__array(u8, addr, 16)
	),
	TP_fast_assign(
		__entry->family = dest->table->family;
		__entry->len = dest->leaf.len;
		__entry->exclusive = mode == RTM_LOCK_EXCLUSIVE;
		__entry->action = action;
		__entry->protocol = entity->id.protocol;
		__entry->id = entity->id.id;
		memset(__entry->addr, 0, sizeof(__entry->addr));
		rtm_key_to_bytes(__entry->addr, dest->leaf.key, __entry->family);
	),
	TP_printk("dest %*phN/%u entity %u:%u %s %s",
		  __entry->family == AF_INET ? 4 : 16, __entry->addr, __entry->len,
		  __entry->protocol, __entry->id, __entry->exclusive ? "exclusive" : "shared",
		  __print_symbolic(__entry->action, { RTM_LOCK_ACTION_WAIT, "wait" },
				   { RTM_LOCK_ACTION_GRANT, "grant" },
				   { RTM_LOCK_ACTION_RELEASE, "release" },
				   { RTM_LOCK_ACTION_BREAK, "break" },
				   { RTM_LOCK_ACTION_ABORT, "abort" }))
);

/* What the FIB writer asks of the kernel. */
TRACE_EVENT(rtm_fib_send,
	TP_PROTO(const struct rtm_dest *dest, u16 cmd, u16 flags, u8 type, u32 n_hops),
	TP_ARGS(dest, cmd, flags, type, n_hops),
	TP_STRUCT__entry(
		__field(u16, family)
		__field(u16, cmd)
		__field(u16, flags)
		__field(u8, len)
		__field(u8, type)
		__field(u32, table)
		__field(u32, n_hops)
		__array(u8, addr, 16)
	),
	TP_fast_assign(
		__entry->family = dest->table->family;
		__entry->cmd = cmd;
		__entry->flags = flags;
		__entry->len = dest->leaf.len;
		__entry->type = type;
		__entry->table = dest->table->fib_table;
		__entry->n_hops = n_hops;
		memset(__entry->addr, 0, sizeof(__entry->addr));
		rtm_key_to_bytes(__entry->addr, dest->leaf.key, dest->table->family);
	),
	TP_printk("dest %*phN/%u table %u %s type %u hops %u",
		  __entry->family == AF_INET ? 4 : 16, __entry->addr, __entry->len,
		  __entry->table,
		  __entry->cmd == RTM_DELROUTE ? "delete" :
		  __entry->flags & NLM_F_REPLACE ? "replace" : "add",
		  __entry->type, __entry->n_hops)
);

/* error: 0, a negative errno, or 1 when no answer came */
TRACE_EVENT(rtm_fib_ack,
	TP_PROTO(const struct rtm_dest *dest, int error),
	TP_ARGS(dest, error),
	TP_STRUCT__entry(
		__field(u16, family)
		__field(u8, len)
		__field(int, error)
		__array(u8, addr, 16)
	),
	TP_fast_assign(
		__entry->family = dest->table->family;
		__entry->len = dest->leaf.len;
		__entry->error = error;
		memset(__entry->addr, 0, sizeof(__entry->addr));
		rtm_key_to_bytes(__entry->addr, dest->leaf.key, dest->table->family);
	),
	TP_printk("dest %*phN/%u error %d", __entry->family == AF_INET ? 4 : 16,
		  __entry->addr, __entry->len, __entry->error)
);

#endif /* RTM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE rtm_trace
#include <trace/define_trace.h>
