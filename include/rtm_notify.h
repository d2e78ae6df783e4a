/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Change notification: which destinations changed since a listener looked last.
 */
#ifndef RTM_NOTIFY_H
#define RTM_NOTIFY_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <uapi/linux/rtm.h>

#include "rtm_change.h"
#include "rtm_event.h"
#include "rtm_object.h"
#include "rtm_prefix.h"
#include "rtm_types.h"

/* Registrations of one table: one bit of each destination. */
#define RTM_NOTIFY_BITS		64

/**
 * struct rtm_change_node - a destination among the changed or the marked ones
 * @link: in rtm_notify_table.changes while @pending, else in .marks
 * @dest: the destination, a reference
 * @pending: registrations that have not been told of its last change
 * @marked: registrations that marked it
 * @ghost: it had no route when that was looked at last
 *
 * There is one as long as @pending or @marked is not zero; nearly no destination has one.
 * Cursors are nodes, too, with no destination and no bit set, and always in a list.
 */
struct rtm_change_node {
	struct list_head link;
	struct rtm_dest *dest;
	u64 pending;
	u64 marked;
	bool ghost;
};

/**
 * struct rtm_notify_table - the listeners of a table
 * @lock: protects everything here, every rtm_change_node of the table and what
 *	struct rtm_notify says; nested in a destination's section, and only an
 *	event_lock is nested in it
 * @used: bits given to registrations
 * @recording: bits of those that changes are recorded for; written under @lock, read
 *	without it
 * @dying: bits that are being taken off the nodes
 * @changes: destinations with unreported changes, in order of their last one
 * @marks: marked destinations without
 * @by_bit: registrations
 */
struct rtm_notify_table {
	spinlock_t lock; /* what it protects: above */
	u64 used;
	u64 recording;
	u64 dying;
	struct list_head changes;
	struct list_head marks;
	struct rtm_notify *by_bit[RTM_NOTIFY_BITS];
};

/**
 * struct rtm_notify_spec - what a registration listens to
 * @types: RTM_CT_*
 * @views: supported views; 0 for all, and none are reported
 * @has_prefix: only @prefix and its more specifics
 * @prefix: masked
 * @protocol: only changes that concern routes of this one; RTM_PROTO_BEST for all
 * @events: tell by RTM_EVENT_CHANGED
 * @context: given back in the event
 */
struct rtm_notify_spec {
	u32 types;
	u32 views;
	bool has_prefix;
	struct rtm_prefix prefix;
	u32 protocol;
	bool events;
	u64 context;
};

/**
 * enum rtm_replay - whether a registration is told of everything once more
 * @RTM_REPLAY_NONE: no, of changes only
 * @RTM_REPLAY_WANTED: it will be, when it looks next; changes are not recorded
 * @RTM_REPLAY_RUNNING: it is; changes behind the cursor are recorded
 */
enum rtm_replay {
	RTM_REPLAY_NONE,
	RTM_REPLAY_WANTED,
	RTM_REPLAY_RUNNING,
};

/**
 * struct rtm_replay_state - how far a replay has come
 * @step: enum rtm_replay
 * @begun: @at is valid
 * @at: the destination reported last; those behind it are recorded as they change,
 *	those ahead will be reported anyway
 * @moving: between two destinations; all changes are recorded
 * @tell: RTM_NOTIFY_DESYNC, RTM_NOTIFY_SYNCED that no reply has said yet
 */
struct rtm_replay_state {
	enum rtm_replay step;
	bool begun;
	struct rtm_prefix at;
	bool moving;
	u32 tell;
};

/**
 * struct rtm_notify - a registration for change notification
 * @object: what all objects of a registration have; the owner's table is ours
 * @event: RTM_EVENT_CHANGED
 * @spec: what it listens to, constant
 * @handle: its handle, set before the first event
 * @bit: its bit, alone
 * @wait: readers that wait for their turn
 * @sweep: takes its bits off after a desync; holds a reference while queued
 * @ended: nobody listens any more
 * @reading: a reader has its turn
 * @cursor: every node before it lacks the bit
 * @n_pending: destinations with the bit pending
 * @n_marked: destinations with the bit marked
 * @n_ghosts: destinations without routes among @n_pending, charged to the owner
 * @replay: where a replay is
 *
 * From @ended on everything is under rtm_notify_table.lock.
 */
struct rtm_notify {
	struct rtm_object object;
	struct rtm_event_node event;
	struct rtm_notify_spec spec;
	u64 handle;
	u64 bit;
	wait_queue_head_t wait;
	struct work_struct sweep;
	bool ended;
	bool reading;
	struct rtm_change_node cursor;
	u64 n_pending;
	u64 n_marked;
	u64 n_ghosts;
	struct rtm_replay_state replay;
};

/**
 * struct rtm_notify_info - what a listing shows of a registration
 * @owner: its entity, a reference
 * @spec: what it listens to
 * @desync: it is yet to be told of the whole table, or of a part of it
 * @pending: changed destinations it has not been told of
 * @gone: those without routes among them
 * @marked: destinations it has marked
 */
struct rtm_notify_info {
	struct rtm_entity *owner;
	struct rtm_notify_spec spec;
	bool desync;
	u64 pending;
	u64 gone;
	u64 marked;
};

/**
 * struct rtm_notify_taken - a destination taken for a reply
 * @dest: a reference
 * @pending: it was pending
 */
struct rtm_notify_taken {
	struct rtm_dest *dest;
	bool pending;
};

/**
 * struct rtm_notify_read - a reader's turn
 * @n: the registration, a reference of the caller's
 * @taken: memory for the destinations taken
 * @n_taken: their number
 * @back: the replay to go back to if the reply cannot be stored
 */
struct rtm_notify_read {
	struct rtm_notify *n;
	struct rtm_notify_taken *taken;
	unsigned int n_taken;
	struct rtm_replay_state back;
};

void rtm_notify_table_init(struct rtm_notify_table *t);
struct rtm_change_node *rtm_change_node_alloc(const struct rtm_dest *dest, gfp_t gfp);
void rtm_change_node_free(struct rtm_change_node *node);

struct rtm_notify *rtm_notify_create(struct rtm_client *client, struct rtm_entity *owner,
				     const struct rtm_notify_spec *spec);
void rtm_notify_start(struct rtm_notify *n, u64 handle);
struct rtm_notify *rtm_notify_of(struct rtm_object *object);
struct rtm_notify_table *rtm_notify_table_of(const struct rtm_notify *n);

bool rtm_notify_list(struct rtm_notify_table *t, unsigned int *bit, struct rtm_notify_info *info);

void rtm_notify_record(struct rtm_dest *dest, struct rtm_change *c);

int rtm_notify_mark(struct rtm_notify *n, struct rtm_dest *dest, bool mark);
bool rtm_notify_is_marked(struct rtm_notify *n, struct rtm_dest *dest);
bool rtm_notify_is_pending(struct rtm_notify *n, struct rtm_dest *dest);
void rtm_notify_ignore(struct rtm_notify *n, struct rtm_dest *dest);

void rtm_notify_count_ghosts(struct rtm_notify *n, s64 more);
bool rtm_notify_covers(const struct rtm_notify *n, const struct rtm_dest *dest);
void rtm_notify_set_pending(struct rtm_notify *n, struct rtm_dest *dest);
bool rtm_notify_clear_pending(struct rtm_notify *n, struct rtm_dest *dest, bool *put);

int rtm_notify_read_begin(struct rtm_notify_read *r, struct rtm_notify *n,
			  struct rtm_notify_taken *taken, bool nowait);
struct rtm_dest *rtm_notify_read_next(struct rtm_notify_read *r);
bool rtm_notify_read_take(struct rtm_notify_read *r, struct rtm_dest *dest);
u32 rtm_notify_read_state(struct rtm_notify_read *r);
void rtm_notify_read_end(struct rtm_notify_read *r, u32 told, bool stored);

int rtm_notify_init(void);
void rtm_notify_exit(void);

/**
 * rtm_notify_listening() - whether anybody is to be told of changes in a table
 * @t: its listeners
 *
 * Context: an RCU read section that lasts until rtm_notify_record(): who registers
 * waits for it, and then sees either the change itself or its record.
 *
 * Return: true when changes have to be worked out.
 */
static inline bool rtm_notify_listening(const struct rtm_notify_table *t)
{
	return unlikely(READ_ONCE(t->recording));
}

#endif /* RTM_NOTIFY_H */
