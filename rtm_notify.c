// SPDX-License-Identifier: GPL-2.0-only
/*
 * Change notification: registrations, and what a commit has to do with them.
 *
 * A registration has a bit number in its table, and a destination that has changed has a
 * node with a word of such bits: those that have not been told of its last change.  The
 * node is on the table's list, once, in order of the last change; a new change sets bits
 * and moves it to the end.  When all have been told it goes.  So a listener that sleeps
 * costs one node for each destination, however often that changes, and those who do not
 * sleep next to nothing.  A commit takes the memory for it before it begins; if there
 * is none, who should have been told is out of sync, see below.
 *
 * Each registration has a cursor in the list.  What stands before it does not have
 * its bit: bits are set only together with a move to the end.  A reader goes on from
 * there (rtm_notify_read.c), and passes by what is pending for others once.
 *
 * The list keeps destinations alive that lost their last route, until they have been
 * reported.  A listener that sleeps for too long would keep any number of them, so
 * these "ghosts" are counted for each registration that is to be told.  Over the
 * limit the registration is *out of sync*: nothing is recorded for it any more, its
 * bits are taken off, and when it looks again it is told so, and of the whole table.
 *
 * What a commit costs where nobody listens: one test of a word of the table.  The
 * test and the change it belongs to are in one RCU read section, and a registration
 * waits for those that are under way before its caller hears of it.  A change whose
 * test said "nobody" is then visible to whatever the caller looks at next.
 *
 * A registration that ends takes its bits off in steps; its bit is given to others
 * afterwards.  Meanwhile commits drop such dying bits from the destinations they move,
 * so that none can slip past the sweep.
 */
#include "rtm_notify.h"

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_limits.h"
#include "rtm_net.h"
#include "rtm_route.h"
#include "rtm_table.h"

/* Nodes that a sweep looks at before it lets others have the lock. */
#define SWEEP_STEP	64

/* Runs sweeps after a desync. */
static struct workqueue_struct *notify_wq;

static struct kmem_cache *node_cache;

/**
 * rtm_notify_of() - the registration an object is
 * @object: an object of type RTM_HANDLE_NOTIFY
 */
struct rtm_notify *rtm_notify_of(struct rtm_object *object)
{
	return container_of(object, struct rtm_notify, object);
}

/**
 * rtm_notify_table_of() - the listeners a registration belongs to
 * @n: the registration
 */
struct rtm_notify_table *rtm_notify_table_of(const struct rtm_notify *n)
{
	return &n->object.owner->table->notify;
}

/**
 * rtm_notify_table_init() - nobody listens to a new table
 * @t: part of the table
 */
void rtm_notify_table_init(struct rtm_notify_table *t)
{
	spin_lock_init(&t->lock);
	INIT_LIST_HEAD(&t->changes);
	INIT_LIST_HEAD(&t->marks);
}

/**
 * rtm_change_node_alloc() - memory for a destination to become a changed or marked one
 * @dest: the destination
 * @gfp: how to allocate
 *
 * Context: process.
 *
 * Return: a node that is nobody's, or NULL.
 */
struct rtm_change_node *rtm_change_node_alloc(const struct rtm_dest *dest, gfp_t gfp)
{
	return kmem_cache_zalloc(node_cache, gfp | dest->table->rnet->account);
}

/**
 * rtm_change_node_free() - free a node that is nobody's
 * @node: the node, or NULL
 */
void rtm_change_node_free(struct rtm_change_node *node)
{
	if (node)
		kmem_cache_free(node_cache, node);
}

/*
 * The node of a destination, which becomes one of *@spare if it has none, or of what there
 * is to be had at once; NULL without memory.  It has a reference, and is charged to the
 * namespace without looking: there is one for each destination at most.
 */
static struct rtm_change_node *node_get(struct rtm_dest *dest, struct rtm_change_node **spare)
{
	struct rtm_change_node *node = dest->changes;

	if (node)
		return node;
	node = *spare ? : rtm_change_node_alloc(dest, GFP_ATOMIC | __GFP_NOWARN);
	*spare = NULL;
	if (!node)
		return NULL;
	INIT_LIST_HEAD(&node->link);
	rtm_dest_hold(dest);
	node->dest = dest;
	node->ghost = !rtm_dest_visible(dest, 0);
	WRITE_ONCE(dest->changes, node);
	rtm_quota_add(&dest->table->rnet->quota, RTM_RES_BYTES, sizeof(*node));
	return node;
}

/* Its reference is the caller's. */
static void node_end(struct rtm_change_node *node)
{
	struct rtm_dest *dest = node->dest;

	list_del(&node->link);
	WRITE_ONCE(dest->changes, NULL);
	rtm_quota_give(&dest->table->rnet->quota, RTM_RES_BYTES, sizeof(*node));
	rtm_change_node_free(node);
}

/* The registration of the lowest bit in *@bits, which is taken out. */
static struct rtm_notify *pop_bit(const struct rtm_notify_table *t, u64 *bits)
{
	struct rtm_notify *n = t->by_bit[__ffs64(*bits)];

	*bits &= *bits - 1;
	return n;
}

static bool is_marked(const struct rtm_notify *n, const struct rtm_dest *dest)
{
	return dest->changes && dest->changes->marked & n->bit;
}

static bool has_marked(const struct rtm_notify *n, const struct rtm_dest *dest)
{
	return !(n->spec.types & RTM_CT_ONLY_MARKED) || is_marked(n, dest);
}

/* Whether the replay is still to come to @dest, so that nothing need be recorded. */
static bool ahead(const struct rtm_notify *n, const struct rtm_dest *dest)
{
	const struct rtm_replay_state *r = &n->replay;
	struct rtm_prefix p;

	if (r->step != RTM_REPLAY_RUNNING || r->moving)
		return false;
	rtm_dest_prefix(dest, &p);
	return !r->begun || rtm_prefix_cmp(&p, &r->at) > 0;
}

/**
 * rtm_notify_covers() - whether a destination lies in the prefix that is listened to
 * @n: the registration
 * @dest: the destination
 */
bool rtm_notify_covers(const struct rtm_notify *n, const struct rtm_dest *dest)
{
	struct rtm_prefix p;

	if (!n->spec.has_prefix)
		return true;
	rtm_dest_prefix(dest, &p);
	return rtm_prefix_covers(&n->spec.prefix, &p);
}

/* Whether views and types match; with no views given, what is in none counts, too. */
static bool matches_types(const struct rtm_notify_spec *spec, const struct rtm_change *c)
{
	u32 views = spec->views ? : RTM_V_SUPPORTED;

	if (spec->types & RTM_CT_ALL && (spec->views ? c->all & views : c->any))
		return true;
	if (spec->types & RTM_CT_BEST && c->best & views)
		return true;
	return spec->types & RTM_CT_FORWARDING && c->forwarding & views;
}

static bool matches(const struct rtm_notify *n, const struct rtm_dest *dest,
		    const struct rtm_change *c)
{
	const struct rtm_notify_spec *spec = &n->spec;

	return matches_types(spec, c) && has_marked(n, dest) && rtm_notify_covers(n, dest) &&
	       (spec->protocol == RTM_PROTO_BEST || rtm_change_concerns(c, spec->protocol)) &&
	       !ahead(n, dest);
}

/* Bits of the registrations that are to be told of a commit. */
static u64 match_all(const struct rtm_notify_table *t, const struct rtm_dest *dest,
		     const struct rtm_change *c)
{
	u64 bits = t->recording;
	struct rtm_notify *n;
	u64 hit = 0;

	while (bits) {
		n = pop_bit(t, &bits);
		if (matches(n, dest, c))
			hit |= n->bit;
	}
	return hit;
}

/**
 * rtm_notify_count_ghosts() - a registration alone may keep more destinations alive
 * @n: the registration
 * @more: how many more; negative for less
 *
 * Its owner is charged for their bytes.  There is nobody to be refused; see tell().
 *
 * Context: the listeners' lock held.
 */
void rtm_notify_count_ghosts(struct rtm_notify *n, s64 more)
{
	n->n_ghosts += more;
	rtm_quota_add(&n->object.owner->quota, RTM_RES_BYTES, more * sizeof(struct rtm_dest));
}

/*
 * Bring the counts of ghosts up to date.  The number of routes is read outside of a
 * section by some; whoever is changing it comes here afterwards and puts it right.
 */
static void update_ghost(struct rtm_notify_table *t, struct rtm_dest *dest)
{
	struct rtm_change_node *node = dest->changes;
	bool ghost = !rtm_dest_visible(dest, 0);
	u64 bits;

	if (!node || node->ghost == ghost)
		return;
	bits = node->pending & t->recording;
	node->ghost = ghost;
	while (bits)
		rtm_notify_count_ghosts(pop_bit(t, &bits), ghost ? 1 : -1);
}

/* The registration keeps too much alive: from now on it has to be told everything. */
static void desync(struct rtm_notify_table *t, struct rtm_notify *n)
{
	WRITE_ONCE(t->recording, t->recording & ~n->bit);
	n->replay = (struct rtm_replay_state){ .step = RTM_REPLAY_WANTED };
	atomic64_inc(&n->object.owner->table->rnet->count.desyncs);
	rtm_object_hold(&n->object);
	/* Still queued means that the reference of that time is still held, too. */
	if (!queue_work(notify_wq, &n->sweep))
		rtm_object_put(&n->object);
}

static void add_pending(struct rtm_notify *n, struct rtm_change_node *node)
{
	if (!n->n_pending++)
		list_move_tail(&n->cursor.link, &node->link);
	if (node->ghost)
		rtm_notify_count_ghosts(n, 1);
}

static bool keeps_too_much(const struct rtm_notify *n)
{
	return n->n_ghosts > READ_ONCE(rtm_max_ghosts) ||
	       (n->n_ghosts && rtm_quota_over(&n->object.owner->quota, RTM_RES_BYTES));
}

static void tell(struct rtm_notify_table *t, struct rtm_notify *n)
{
	if (keeps_too_much(n))
		desync(t, n);
	if (n->spec.events)
		rtm_event_raise(&n->event);
}

/* There is no memory to remember what changed: these have to be told everything. */
static void lose(struct rtm_notify_table *t, u64 hit)
{
	struct rtm_notify *n;

	while (hit) {
		n = pop_bit(t, &hit);
		desync(t, n);
		if (n->spec.events)
			rtm_event_raise(&n->event);
	}
}

/* Set the bits @hit of a destination, which becomes the one changed last. */
static void pend(struct rtm_notify_table *t, struct rtm_dest *dest, u64 hit,
		 struct rtm_change_node **spare)
{
	struct rtm_change_node *node = node_get(dest, spare);
	u64 fresh;

	if (!node) {
		lose(t, hit);
		return;
	}
	fresh = hit & ~node->pending;
	node->pending = (node->pending & ~t->dying) | hit;
	node->marked &= ~t->dying;
	list_move_tail(&node->link, &t->changes);
	while (fresh)
		add_pending(pop_bit(t, &fresh), node);
	while (hit)
		tell(t, pop_bit(t, &hit));
}

/**
 * rtm_notify_record() - remember a commit for those who listen
 * @dest: the destination, in an exclusive section
 * @c: the commit, ended
 *
 * Without memory, neither in @c nor at once, they are out of sync.
 *
 * Context: process, takes the listeners' lock.
 */
void rtm_notify_record(struct rtm_dest *dest, struct rtm_change *c)
{
	struct rtm_notify_table *t = &dest->table->notify;
	u64 hit;

	if (!c->any)
		return;
	spin_lock(&t->lock);
	update_ghost(t, dest);
	hit = match_all(t, dest, c);
	if (hit)
		pend(t, dest, hit, &c->node);
	spin_unlock(&t->lock);
}

/**
 * rtm_notify_set_pending() - a destination was taken, but could not be reported
 * @n: the registration, recording
 * @dest: the destination; the caller has a reference
 *
 * It goes to the end of the list, ahead of every cursor.  Without memory the registration
 * is out of sync.
 *
 * Context: the listeners' lock held.
 */
void rtm_notify_set_pending(struct rtm_notify *n, struct rtm_dest *dest)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	struct rtm_change_node *none = NULL;

	lockdep_assert_held(&t->lock);
	update_ghost(t, dest);
	pend(t, dest, n->bit, &none);
}

/*
 * Take bits off a node.  True when none is left: then the node is no more, and its
 * reference is the caller's to put.
 */
static bool drop_bits(struct rtm_notify_table *t, struct rtm_change_node *node, u64 pending,
		      u64 marked)
{
	bool changed = node->pending;

	if (!((node->pending & pending) | (node->marked & marked)))
		return false;
	node->pending &= ~pending;
	node->marked &= ~marked;
	if (node->pending)
		return false;
	if (!node->marked) {
		node_end(node);
		return true;
	}
	if (changed)
		list_move_tail(&node->link, &t->marks);
	return false;
}

/**
 * rtm_notify_clear_pending() - a destination is about to be reported, or ignored
 * @n: the registration
 * @dest: the destination; the caller has a reference
 * @put: out: the list's reference is the caller's to put
 *
 * Context: the listeners' lock held.
 *
 * Return: whether it was pending.
 */
bool rtm_notify_clear_pending(struct rtm_notify *n, struct rtm_dest *dest, bool *put)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	struct rtm_change_node *node = dest->changes;

	lockdep_assert_held(&t->lock);
	*put = false;
	if (!node || !(node->pending & n->bit))
		return false;
	n->n_pending--;
	if (node->ghost)
		rtm_notify_count_ghosts(n, -1);
	*put = drop_bits(t, node, n->bit, 0);
	return true;
}

/**
 * rtm_notify_ignore() - a registration need not be told of a destination
 * @n: the registration
 * @dest: the destination; the caller has a reference
 *
 * Later changes count again.  What a replay is still to report is reported.
 *
 * Context: process, may sleep.
 */
void rtm_notify_ignore(struct rtm_notify *n, struct rtm_dest *dest)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	bool put = false;

	spin_lock(&t->lock);
	if (!n->ended && t->recording & n->bit)
		rtm_notify_clear_pending(n, dest, &put);
	spin_unlock(&t->lock);
	if (put)
		rtm_dest_put(dest);
}

/**
 * rtm_notify_is_pending() - is a registration to be told of a destination
 * @n: the registration
 * @dest: the destination
 *
 * Context: process.
 *
 * Return: true also when a replay is still to come to it.
 */
bool rtm_notify_is_pending(struct rtm_notify *n, struct rtm_dest *dest)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	bool pending;

	spin_lock(&t->lock);
	pending = dest->changes && dest->changes->pending & t->recording & n->bit;
	if (n->replay.step == RTM_REPLAY_WANTED || ahead(n, dest))
		pending |= rtm_notify_covers(n, dest) && has_marked(n, dest);
	pending &= !n->ended;
	spin_unlock(&t->lock);
	return pending;
}

/* A mark keeps a destination that nobody else may need: its owner is charged for that. */
static int mark_locked(struct rtm_notify *n, struct rtm_dest *dest,
		       struct rtm_change_node **spare)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	struct rtm_change_node *node;
	int err;

	if (is_marked(n, dest))
		return 0;
	if (n->n_marked >= rtm_max_file_handles)
		return -ENOSPC;
	err = rtm_quota_take(&n->object.owner->quota, RTM_RES_BYTES, sizeof(*dest));
	if (err)
		return err;
	node = node_get(dest, spare);
	if (!node) {
		rtm_quota_give(&n->object.owner->quota, RTM_RES_BYTES, sizeof(*dest));
		return -ENOMEM;
	}
	if (list_empty(&node->link))
		list_add_tail(&node->link, &t->marks);
	node->marked |= n->bit;
	n->n_marked++;
	return 0;
}

static bool unmark_locked(struct rtm_notify *n, struct rtm_dest *dest)
{
	if (!is_marked(n, dest))
		return false;
	n->n_marked--;
	rtm_quota_give(&n->object.owner->quota, RTM_RES_BYTES, sizeof(*dest));
	return drop_bits(rtm_notify_table_of(n), dest->changes, 0, n->bit);
}

/**
 * rtm_notify_mark() - mark a destination for a registration, or unmark it
 * @n: the registration
 * @dest: the destination, of the same table; the caller has a reference
 * @mark: which
 *
 * A mark keeps the destination, with routes or without.  What is pending stays so.
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EIDRM when the registration has ended; -ENOMEM; -ENOSPC when it has as many
 * marks as a file may have handles, or its owner is over its limit of bytes.
 */
int rtm_notify_mark(struct rtm_notify *n, struct rtm_dest *dest, bool mark)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	struct rtm_change_node *spare = NULL;
	bool put = false;
	int err = 0;

	if (mark && !READ_ONCE(dest->changes))
		spare = rtm_change_node_alloc(dest, GFP_KERNEL);
	spin_lock(&t->lock);
	if (n->ended)
		err = -EIDRM;
	else if (mark)
		err = mark_locked(n, dest, &spare);
	else
		put = unmark_locked(n, dest);
	spin_unlock(&t->lock);
	rtm_change_node_free(spare);
	if (put)
		rtm_dest_put(dest);
	return err;
}

/**
 * rtm_notify_is_marked() - has a registration marked a destination
 * @n: the registration
 * @dest: the destination
 *
 * Context: process, takes the listeners' lock.
 */
bool rtm_notify_is_marked(struct rtm_notify *n, struct rtm_dest *dest)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	bool marked;

	spin_lock(&t->lock);
	marked = is_marked(n, dest);
	spin_unlock(&t->lock);
	return marked;
}

/**
 * struct sweep - a walk that takes the bits of a registration off
 * @at: where it is; before it nothing is left to do
 * @marked: marks, too
 * @n: entries of @gone
 * @gone: destinations whose list reference is to be put
 */
struct sweep {
	struct rtm_change_node at;
	bool marked;
	unsigned int n;
	struct rtm_dest *gone[SWEEP_STEP];
};

/* Some nodes of a list.  True at its end. */
static bool sweep_step(struct rtm_notify *n, struct list_head *list, struct sweep *s)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	struct rtm_change_node *node;
	struct rtm_dest *dest;
	int i;

	for (i = 0; i < SWEEP_STEP; i++) {
		if (list_is_last(&s->at.link, list))
			return true;
		node = list_next_entry(&s->at, link);
		dest = node->dest;
		list_move(&s->at.link, &node->link);
		if (drop_bits(t, node, n->bit, s->marked ? n->bit : 0))
			s->gone[s->n++] = dest;
	}
	return false;
}

/* Take the bits off what comes after @from in @list; nobody sets them any more. */
static void sweep_list(struct rtm_notify *n, struct list_head *list, struct list_head *from,
		       bool marked)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	struct sweep s = { .marked = marked };
	bool end;

	spin_lock(&t->lock);
	list_add(&s.at.link, from);
	spin_unlock(&t->lock);
	do {
		spin_lock(&t->lock);
		end = sweep_step(n, list, &s);
		if (end)
			list_del(&s.at.link);
		spin_unlock(&t->lock);
		while (s.n)
			rtm_dest_put(s.gone[--s.n]);
		cond_resched();
	} while (!end);
}

static void sweep_work(struct work_struct *work)
{
	struct rtm_notify *n = container_of(work, struct rtm_notify, sweep);
	struct rtm_notify_table *t = rtm_notify_table_of(n);

	sweep_list(n, &t->changes, &n->cursor.link, false);
	/* it keeps nothing until the replay begins, which waits for this */
	spin_lock(&t->lock);
	if (!n->ended && n->replay.step == RTM_REPLAY_WANTED)
		rtm_notify_count_ghosts(n, -n->n_ghosts);
	spin_unlock(&t->lock);
	rtm_object_put(&n->object);
}

static void release_bit(struct rtm_notify *n)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);

	spin_lock(&t->lock);
	rtm_notify_count_ghosts(n, -n->n_ghosts);
	rtm_quota_give(&n->object.owner->quota, RTM_RES_BYTES,
		       n->n_marked * sizeof(struct rtm_dest));
	n->n_marked = 0;
	list_del_init(&n->cursor.link);
	t->by_bit[__ffs64(n->bit)] = NULL;
	t->dying &= ~n->bit;
	t->used &= ~n->bit;
	spin_unlock(&t->lock);
}

/* Both lists in this order: what leaves the first goes to the end of the second. */
static void notify_end(struct rtm_object *object)
{
	struct rtm_notify *n = rtm_notify_of(object);
	struct rtm_notify_table *t = rtm_notify_table_of(n);

	spin_lock(&t->lock);
	n->ended = true;
	WRITE_ONCE(t->recording, t->recording & ~n->bit);
	t->dying |= n->bit;
	spin_unlock(&t->lock);
	wake_up_all(&n->wait);
	rtm_event_cancel(&n->event);
	if (cancel_work_sync(&n->sweep))
		rtm_object_put(object);
	if (n->n_pending || n->n_marked)
		sweep_list(n, &t->changes, &t->changes, true);
	if (n->n_marked)
		sweep_list(n, &t->marks, &t->marks, true);
	release_bit(n);
}

/* One that was never given out did not end, and may have a bit. */
static void notify_free(struct rtm_object *object)
{
	struct rtm_notify *n = rtm_notify_of(object);

	if (n->bit && !n->ended)
		release_bit(n);
	kfree(n);
}

static const struct rtm_object_ops notify_ops = {
	.type = RTM_HANDLE_NOTIFY,
	.end = notify_end,
	.free = notify_free,
};

static struct rtm_notify *event_notify(struct rtm_event_node *node)
{
	return container_of(node, struct rtm_notify, event);
}

static void event_get(struct rtm_event_node *node)
{
	rtm_object_hold(&event_notify(node)->object);
}

static void event_put(struct rtm_event_node *node)
{
	rtm_object_put(&event_notify(node)->object);
}

static struct rtm_entity *event_receiver(struct rtm_event_node *node)
{
	return event_notify(node)->object.owner;
}

static int event_fill(struct rtm_event_node *node, struct rtm_event *event,
		      struct rtm_grab *grab)
{
	const struct rtm_notify *n = event_notify(node);

	if (READ_ONCE(n->ended))
		return -EIDRM;
	event->object = n->handle;
	event->context = n->spec.context;
	return 0;
}

static const struct rtm_event_ops event_ops = {
	.type = RTM_EVENT_CHANGED,
	.get = event_get,
	.put = event_put,
	.receiver = event_receiver,
	.fill = event_fill,
};

static int take_bit(struct rtm_notify *n)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);
	int err = -ENOSPC;
	u64 spare;

	spin_lock(&t->lock);
	spare = ~t->used;
	if (hweight64(t->used) < READ_ONCE(rtm_max_notifies)) {
		n->bit = spare & -spare;
		t->used |= n->bit;
		t->by_bit[__ffs64(n->bit)] = n;
		list_add_tail(&n->cursor.link, &t->changes);
		err = 0;
	}
	spin_unlock(&t->lock);
	return err;
}

/**
 * rtm_notify_create() - a registration that does not record yet
 * @client: the owner's file
 * @owner: the entity
 * @spec: what it listens to, checked
 *
 * Context: process, may sleep.
 *
 * Return: a reference to give back by rtm_object_put(), or an ERR_PTR(): -ENOMEM,
 * -ENOSPC when the table has as many registrations as it may.
 */
struct rtm_notify *rtm_notify_create(struct rtm_client *client, struct rtm_entity *owner,
				     const struct rtm_notify_spec *spec)
{
	struct rtm_notify *n = kzalloc(sizeof(*n), RTM_GFP_CLIENT);
	int err;

	if (!n)
		return ERR_PTR(-ENOMEM);
	rtm_object_init(&n->object, owner, &notify_ops);
	rtm_event_init(&n->event, client, &event_ops);
	INIT_LIST_HEAD(&n->cursor.link);
	init_waitqueue_head(&n->wait);
	INIT_WORK(&n->sweep, sweep_work);
	n->spec = *spec;
	err = take_bit(n);
	if (!err)
		return n;
	rtm_object_put(&n->object);
	return ERR_PTR(err);
}

/**
 * rtm_notify_start() - from now on changes are recorded
 * @n: the registration
 * @handle: its handle
 *
 * When it returns, every change is either recorded or can be seen.
 *
 * Context: process, may sleep, waits for an RCU grace period.
 */
void rtm_notify_start(struct rtm_notify *n, u64 handle)
{
	struct rtm_notify_table *t = rtm_notify_table_of(n);

	spin_lock(&t->lock);
	n->handle = handle;
	if (!n->ended)
		WRITE_ONCE(t->recording, t->recording | n->bit);
	spin_unlock(&t->lock);
	synchronize_rcu();
}

/* What is pending before a replay begins is part of what that will tell. */
static void describe(const struct rtm_notify *n, struct rtm_notify_info *info)
{
	bool wanted = n->replay.step == RTM_REPLAY_WANTED;

	info->owner = n->object.owner;
	info->spec = n->spec;
	info->desync = n->replay.step != RTM_REPLAY_NONE;
	info->pending = wanted ? 0 : n->n_pending;
	info->gone = wanted ? 0 : n->n_ghosts;
	info->marked = n->n_marked;
}

/**
 * rtm_notify_list() - walk the registrations of a table
 * @t: its listeners
 * @bit: in: number of the first one that counts; out: that of the one returned
 * @info: out: what there is to say of it; @info->owner is the caller's to put
 *
 * Context: process, takes the listeners' lock.
 *
 * Return: false at the end.
 */
bool rtm_notify_list(struct rtm_notify_table *t, unsigned int *bit, struct rtm_notify_info *info)
{
	struct rtm_notify *n = NULL;

	spin_lock(&t->lock);
	for (; *bit < RTM_NOTIFY_BITS; ++*bit) {
		n = t->by_bit[*bit];
		/* without a handle nobody has it yet */
		if (n && n->handle && !n->ended)
			break;
	}
	if (*bit < RTM_NOTIFY_BITS) {
		/* a registration that has its bit has its owner, too */
		describe(n, info);
		rtm_entity_hold(info->owner);
	}
	spin_unlock(&t->lock);
	return *bit < RTM_NOTIFY_BITS;
}

/**
 * rtm_notify_init() - make what all registrations share
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_notify_init(void)
{
	node_cache = KMEM_CACHE(rtm_change_node, 0);
	if (!node_cache)
		return -ENOMEM;
	notify_wq = alloc_workqueue("rtm_notify", WQ_UNBOUND, 0);
	if (notify_wq)
		return 0;
	kmem_cache_destroy(node_cache);
	return -ENOMEM;
}

/**
 * rtm_notify_exit() - undo rtm_notify_init()
 */
void rtm_notify_exit(void)
{
	destroy_workqueue(notify_wq);
	kmem_cache_destroy(node_cache);
}
