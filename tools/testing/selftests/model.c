// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random operations of several clients in parallel, against a small model.
 *
 *	model [OPERATIONS [SEED]]	200000 in all (20000 on the debug kernel)
 *
 * How this file works: each client is a process with an entity of its own, so what it
 * puts into the tables nobody else takes out, and a model of that is a table in shared
 * memory: whether a route is there, and what it says.  A client knows the answer to
 * each of its calls from its own part of the model.  Between rounds all of them rest;
 * the test then looks at the whole: every route there once, in order, as the model has
 * it; best routes, searches and the kernel FIB as they follow from that.  The seed is
 * printed; the same one makes each client do the same again.
 */
#include <sys/wait.h>

#include "rtm_fib_test.h"

#define N_CLIENTS	4
#define N_DESTS		64
#define N_HOPS		3
#define N_ROUNDS	20
#define N_SEARCHES	200

/* A client's routes of a destination: one for each neighbour, and one without. */
#define N_KEYS		(N_HOPS + 1)

static unsigned int operations;
static unsigned int seed;

/**
 * struct entry - a route of the model
 * @present: it is there
 * @metric: its metric
 * @preference: its preference
 * @views: its views
 * @flags: its flags
 * @hops: bit map of its next hops
 */
struct entry {
	bool present;
	__u32 metric;
	__u32 preference;
	__u32 views;
	__u16 flags;
	__u8 hops;
};

/**
 * struct arena - memory of all processes
 * @model: routes by client, destination and neighbour
 * @done: operations by client
 * @bad: things that must not happen
 * @text: the first of them
 */
struct arena {
	struct entry model[N_CLIENTS][N_DESTS][N_KEYS];
	unsigned int done[N_CLIENTS];
	unsigned int bad;
	char text[160];
};

static struct arena *arena;

/* The destinations, in host byte order. */
static struct {
	__u32 addr;
	unsigned int len;
} dests[N_DESTS];

static const __u32 protocols[N_CLIENTS] = { PROTO_RIP, PROTO_OSPF, PROTO_BGP, PROTO_STATIC };

/* Something to draw numbers from. */
struct dice {
	__u64 state;
};

static unsigned int any(struct dice *d, unsigned int below)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 7;
	d->state ^= d->state << 17;
	return (unsigned int)(d->state >> 20) % below;
}

static struct dice dice_of(unsigned int who)
{
	struct dice d = { .state = (seed + 1ull) * 0x9e3779b97f4a7c15ull + who * 7919 };
	unsigned int i;

	for (i = 0; i < 16; i++)
		any(&d, 2);
	return d;
}

static __u32 mask(unsigned int len)
{
	return len ? ~0u << (32 - len) : 0;
}

static struct rtm_net_prefix net_prefix(__u32 addr, unsigned int len)
{
	struct rtm_net_prefix p = { .family = AF_INET, .len = len };

	addr = htonl(addr & mask(len));
	memcpy(p.addr, &addr, sizeof(addr));
	return p;
}

static __u32 prefix_addr(const struct rtm_net_prefix *p)
{
	__u32 addr;

	memcpy(&addr, p->addr, sizeof(addr));
	return ntohl(addr);
}

/* Prefixes inside of prefixes, all different. */
static void make_dests(void)
{
	static const unsigned int lens[] = { 8, 12, 16, 20, 24, 28, 32 };
	struct dice d = { .state = 4711 };
	unsigned int n = 0, i, len;
	__u32 addr;

	while (n < N_DESTS) {
		len = lens[any(&d, ARRAY_SIZE(lens))];
		addr = 10u << 24 | any(&d, 3) << 20 | any(&d, 3) << 12 | any(&d, 3) << 8 |
		       any(&d, 3) << 4 | any(&d, 4);
		addr &= mask(len);
		for (i = 0; i < n; i++)
			if (dests[i].addr == addr && dests[i].len == len)
				break;
		if (i < n)
			continue;
		dests[n].addr = addr;
		dests[n++].len = len;
	}
}

static int dest_index(__u32 addr, unsigned int len)
{
	int i;

	for (i = 0; i < N_DESTS; i++)
		if (dests[i].addr == addr && dests[i].len == len)
			return i;
	return -1;
}

static unsigned int default_preference(__u32 protocol)
{
	switch (protocol) {
	case PROTO_RIP:
		return 120;
	case PROTO_OSPF:
		return 110;
	case PROTO_BGP:
		return 20;
	default:
		return 3;
	}
}

/*
 * A client
 */

/**
 * struct client - a process at work
 * @me: its number
 * @fd: its file
 * @entity: its registration
 * @hop: handles of its next hops
 * @d: its dice
 */
struct client {
	unsigned int me;
	int fd;
	__u64 entity;
	__u64 hop[N_HOPS];
	struct dice d;
};

/* Not as it should be: the first such thing is told at the end of the round. */
static void expect(struct client *c, bool right, const char *what, int err)
{
	if (right || __atomic_fetch_add(&arena->bad, 1, __ATOMIC_RELAXED))
		return;
	snprintf(arena->text, sizeof(arena->text), "client %u, operation %u: %s: %d", c->me,
		 arena->done[c->me], what, err);
}

static struct entry *entry_of(struct client *c, unsigned int dest, unsigned int key)
{
	return &arena->model[c->me][dest][key];
}

static void client_register(struct client *c)
{
	char text[32];
	int err, i;

	err = dev_register(c->fd, AF_INET, protocols[c->me], 1, RTM_REQ_OPAQUE_SLOT, &c->entity);
	expect(c, !err, "register", err);
	for (i = 0; i < N_HOPS; i++) {
		snprintf(text, sizeof(text), "192.0.2.%d", 2 + i);
		err = dev_add_nexthop(c->fd, c->entity, text, if_nametoindex("dummy0"),
				      &c->hop[i]);
		expect(c, !err, "next hop", err);
	}
	memset(arena->model[c->me], 0, sizeof(arena->model[c->me]));
}

/* What a route shall say, drawn, and the arguments for it. */
static struct entry draw_entry(struct client *c, struct rtm_route_attrs *attrs, unsigned int key,
			       __u64 hops[N_HOPS])
{
	struct entry e = {
		.present = true,
		.metric = any(&c->d, 4),
		.preference = any(&c->d, 4) * 50,
		.views = 1 + any(&c->d, 3),
		.flags = any(&c->d, 8) ? 0 : RTM_RF_BLACKHOLE,
		.hops = 1 + any(&c->d, (1 << N_HOPS) - 1),
	};
	unsigned int i, n = 0;

	for (i = 0; i < N_HOPS; i++)
		if (e.hops & 1 << i)
			hops[n++] = c->hop[i];
	*attrs = route_attrs(hops, n);
	attrs->neighbour = key ? c->hop[key - 1] : 0;
	attrs->metric = e.metric;
	attrs->preference = e.preference;
	attrs->views = e.views;
	attrs->flags = e.flags;
	if (!e.preference)
		e.preference = default_preference(protocols[c->me]);
	return e;
}

static void do_add(struct client *c, unsigned int dest)
{
	unsigned int key = any(&c->d, N_KEYS);
	struct entry *old = entry_of(c, dest, key);
	struct rtm_add_route arg;
	__u64 hops[N_HOPS];
	struct entry e;
	int err;

	route_arg(&arg, c->entity, "0.0.0.0/0", NULL, 0);
	arg.dest = net_prefix(dests[dest].addr, dests[dest].len);
	e = draw_entry(c, &arg.attrs, key, hops);
	if (any(&c->d, 2))
		arg.flags = RTM_REQ_NO_HANDLE;
	err = dev_add_route(c->fd, &arg);
	expect(c, !err, "add", err);
	if (err)
		return;
	expect(c, !(arg.change & RTM_RC_NEW) == old->present, "added or updated", arg.change);
	*old = e;
	if (!(arg.flags & RTM_REQ_NO_HANDLE)) {
		err = dev_release(c->fd, c->entity, arg.route);
		expect(c, !err, "release of a route", err);
	}
}

static void do_delete(struct client *c, unsigned int dest)
{
	unsigned int key = any(&c->d, N_KEYS);
	struct entry *e = entry_of(c, dest, key);
	struct rtm_delete_route arg;
	int err;

	/* without a neighbour any route of the caller's is meant: not told by the key */
	if (!key)
		return;
	delete_arg(&arg, c->entity, 0);
	arg.dest = net_prefix(dests[dest].addr, dests[dest].len);
	arg.neighbour = c->hop[key - 1];
	err = dev_call(c->fd, RTM_IOC_DELETE_ROUTE, &arg);
	expect(c, err == (e->present ? 0 : -ENOENT), "delete", err);
	e->present = false;
}

#define N_BATCH	8

static void do_batch(struct client *c, unsigned int first)
{
	struct rtm_route_item *items = guard_alloc(N_BATCH * sizeof(*items));
	__u64 hops[N_BATCH][N_HOPS];
	struct rtm_route_batch arg;
	struct entry e[N_BATCH];
	unsigned int i, done;
	int err;

	memset(items, 0, N_BATCH * sizeof(*items));
	for (i = 0; i < N_BATCH; i++) {
		unsigned int dest = (first + i) % N_DESTS;

		items[i].dest = net_prefix(dests[dest].addr, dests[dest].len);
		e[i] = draw_entry(c, &items[i].attrs, 1, hops[i]);
	}
	for (done = 0; done < N_BATCH; done += arg.done) {
		arg_init(&arg);
		arg.flags = 0;
		arg.entity = c->entity;
		arg.items = ptr_u64(items + done);
		arg.count = N_BATCH - done;
		arg.deadline = 0;
		err = dev_call(c->fd, RTM_IOC_ADD_ROUTES, &arg);
		expect(c, !err && arg.done, "batch", err);
		if (err || !arg.done)
			break;
		for (i = done; i < done + arg.done; i++) {
			expect(c, !items[i].status, "item", items[i].status);
			*entry_of(c, (first + i) % N_DESTS, 1) = e[i];
		}
	}
	guard_free(items);
}

static void release_dest(struct client *c, const struct rtm_get_dest *arg,
			 const struct rtm_dest_view *infos)
{
	__u64 ids[1 + 3 * RTM_N_VIEWS] = { arg->dest };
	unsigned int i, n = 1;
	int err;

	for (i = 0; i < arg->n_views; i++) {
		ids[n++] = infos[i].route;
		ids[n++] = infos[i].owner;
		ids[n++] = infos[i].hold_route;
	}
	err = dev_release_n(c->fd, c->entity, RTM_HANDLE_ANY, ids, n, NULL);
	expect(c, !err, "release of a destination", err);
}

/* Whatever others do meanwhile, what is found covers what was asked for. */
static void do_search(struct client *c, unsigned int dest)
{
	__u32 addr = dests[dest].addr | any(&c->d, 256);
	struct rtm_dest_view infos[RTM_N_VIEWS];
	struct rtm_get_dest arg;
	int err;

	dest_arg(&arg, c->entity, RTM_PROTO_BEST, any(&c->d, 4), infos, RTM_N_VIEWS);
	arg.prefix = net_prefix(addr, 32);
	err = dev_call(c->fd, RTM_IOC_GET_MOST_SPECIFIC_DEST, &arg);
	expect(c, !err || err == -ENOENT, "search", err);
	if (err)
		return;
	expect(c, prefix_addr(&arg.prefix) == (addr & mask(arg.prefix.len)), "covers",
	       arg.prefix.len);
	release_dest(c, &arg, infos);
}

/* Lock it, do something to it, let go; the destination may be anybody's. */
static void do_locked(struct client *c, unsigned int dest)
{
	__u32 flags = any(&c->d, 2) ? RTM_REQ_EXCLUSIVE : 0;
	struct rtm_dest_view infos[RTM_N_VIEWS];
	struct rtm_get_dest arg;
	int err;

	dest_arg(&arg, c->entity, RTM_PROTO_BEST, 0, infos, 0);
	arg.prefix = net_prefix(dests[dest].addr, dests[dest].len);
	if (dev_call(c->fd, RTM_IOC_GET_EXACT_DEST, &arg))
		return;
	err = dev_lock(c->fd, c->entity, arg.dest, flags);
	expect(c, !err, "lock", err);
	if (!err && flags && any(&c->d, 2))
		do_add(c, dest);
	else if (!err && flags)
		do_delete(c, dest);
	else if (!err)
		do_search(c, dest);
	if (!err)
		err = dev_unlock(c->fd, c->entity, arg.dest, flags);
	expect(c, !err, "unlock", err);
	release_dest(c, &arg, infos);
}

static void do_opaque(struct client *c, unsigned int dest)
{
	struct rtm_dest_view infos[RTM_N_VIEWS];
	struct rtm_get_dest arg;
	__u64 value = 0;
	int err;

	dest_arg(&arg, c->entity, RTM_PROTO_BEST, 0, infos, 0);
	arg.prefix = net_prefix(dests[dest].addr, dests[dest].len);
	if (dev_call(c->fd, RTM_IOC_GET_EXACT_DEST, &arg))
		return;
	err = dev_set_opaque(c->fd, c->entity, arg.dest, any(&c->d, 2));
	expect(c, !err, "set opaque", err);
	err = dev_get_opaque(c->fd, c->entity, arg.dest, &value);
	expect(c, !err && value < 2, "get opaque", err);
	release_dest(c, &arg, infos);
}

static void do_register_again(struct client *c)
{
	int err;

	if (any(&c->d, 2)) {
		err = dev_deregister(c->fd, c->entity);
		expect(c, !err, "deregister", err);
	} else {
		close(c->fd);
		c->fd = dev_open(O_RDWR);
		expect(c, c->fd >= 0, "open", c->fd);
	}
	client_register(c);
}

static void do_something(struct client *c)
{
	unsigned int dest = any(&c->d, N_DESTS);
	unsigned int what = any(&c->d, 100);

	if (what < 40)
		do_add(c, dest);
	else if (what < 70)
		do_delete(c, dest);
	else if (what < 75)
		do_batch(c, dest);
	else if (what < 88)
		do_search(c, dest);
	else if (what < 95)
		do_locked(c, dest);
	else
		do_opaque(c, dest);
	if (!any(&c->d, 400))
		do_register_again(c);
	arena->done[c->me]++;
}

static void client_run(unsigned int me, int in, int out)
{
	struct client c = { .me = me, .d = dice_of(me), .fd = dev_open(O_RDWR) };
	unsigned int i;
	char go;

	expect(&c, c.fd >= 0, "open", c.fd);
	client_register(&c);
	while (read(in, &go, 1) == 1) {
		for (i = 0; i < operations / N_CLIENTS / N_ROUNDS && !arena->bad; i++)
			do_something(&c);
		if (write(out, "d", 1) != 1)
			break;
	}
	_exit(0);
}

/*
 * The whole, while all rest
 */

/**
 * struct best - what the model says of a destination
 * @n: routes
 * @views: views they belong to
 * @rank: by view, preference and metric of the best one in one number
 */
struct best {
	unsigned int n;
	__u32 views;
	__u64 rank[RTM_N_VIEWS];
};

static __u64 rank_of(__u32 preference, __u32 metric)
{
	return (__u64)preference << 32 | metric;
}

static struct best model_best(unsigned int dest)
{
	struct best b = { .rank = { ~0ull, ~0ull } };
	unsigned int client, key, view;

	for (client = 0; client < N_CLIENTS; client++)
		for (key = 0; key < N_KEYS; key++) {
			const struct entry *e = &arena->model[client][dest][key];

			if (!e->present)
				continue;
			b.n++;
			b.views |= e->views;
			for (view = 0; view < RTM_N_VIEWS; view++)
				if (e->views & 1 << view &&
				    rank_of(e->preference, e->metric) < b.rank[view])
					b.rank[view] = rank_of(e->preference, e->metric);
		}
	return b;
}

static unsigned int model_routes(void)
{
	unsigned int dest, n = 0;

	for (dest = 0; dest < N_DESTS; dest++)
		n += model_best(dest).n;
	return n;
}

/**
 * struct fib_entry - what the FIB has, or should have, of a destination
 * @present: a route of ours
 * @blackhole: it drops packets
 * @hops: bit map of its next hops
 */
struct fib_entry {
	bool present;
	bool blackhole;
	__u8 hops;
};

FIXTURE(model) {
	struct env env;
	__u64 entity;
	int go[N_CLIENTS];
	int done;
	pid_t pid[N_CLIENTS];
	struct fib_entry want[N_DESTS];
	struct fib_entry have[N_DESTS];
};

static void start_client(FIXTURE_DATA(model) *self, unsigned int me, int out)
{
	int in[2];

	if (pipe2(in, O_CLOEXEC))
		abort();
	self->pid[me] = fork();
	if (!self->pid[me]) {
		close(in[1]);
		client_run(me, in[0], out);
	}
	close(in[0]);
	self->go[me] = in[1];
}

FIXTURE_SETUP(model)
{
	int done[2];
	unsigned int i;

	env_setup(_metadata, &self->env);
	net_setup(_metadata);
	make_dests();
	arena = mmap(NULL, sizeof(*arena), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	ASSERT_NE(MAP_FAILED, arena);
	ASSERT_EQ(0, pipe2(done, O_CLOEXEC));
	self->done = done[0];
	for (i = 0; i < N_CLIENTS; i++)
		start_client(self, i, done[1]);
	close(done[1]);
	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, 1, 1, 0, &self->entity));
}

FIXTURE_TEARDOWN(model)
{
	unsigned int i;

	/* dying is enough: whatever they have goes with them */
	for (i = 0; i < N_CLIENTS; i++) {
		kill(self->pid[i], SIGKILL);
		waitpid(self->pid[i], NULL, 0);
		close(self->go[i]);
	}
	close(self->done);
	env_clean(_metadata, &self->env);
	munmap(arena, sizeof(*arena));
}

static struct entry *entry_of_record(const struct rtm_route_rec *rec, int *dest)
{
	unsigned int client, key = 0;

	for (client = 0; client < N_CLIENTS; client++)
		if (protocols[client] == rec->owner.protocol)
			break;
	*dest = dest_index(prefix_addr(&rec->dest), rec->dest.len);
	if (rec->attrs.neighbour)
		key = rec->neighbour.addr.addr[3] - 1;
	if (client == N_CLIENTS || *dest < 0 || key >= N_KEYS)
		return NULL;
	return &arena->model[client][*dest][key];
}

static __u8 hops_of_record(const struct rtm_route_rec *rec)
{
	__u8 hops = 0;
	unsigned int i;

	for (i = 0; i < rec->n_nexthops; i++)
		hops |= 1 << (rec->nexthops[i].addr.addr[3] - 2);
	return hops;
}

static void check_record(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self,
			 const struct rtm_route_rec *rec)
{
	const struct entry *e;
	struct best b;
	unsigned int view;
	int dest;

	e = entry_of_record(rec, &dest);
	ASSERT_NE(NULL, e);
	ASSERT_TRUE(e->present);
	EXPECT_EQ(e->metric, rec->attrs.metric);
	EXPECT_EQ(e->preference, rec->attrs.preference);
	EXPECT_EQ(e->views, rec->attrs.views);
	EXPECT_EQ(e->flags, rec->attrs.flags);
	EXPECT_EQ(e->hops, hops_of_record(rec));
	b = model_best(dest);
	EXPECT_EQ(0, rec->best & ~e->views);
	for (view = 0; view < RTM_N_VIEWS; view++)
		if (rec->best & 1 << view)
			EXPECT_EQ(b.rank[view], rank_of(e->preference, e->metric));
	if (rec->best & RTM_V_UCAST)
		self->want[dest] = (struct fib_entry){
			.present = true,
			.blackhole = e->flags & RTM_RF_BLACKHOLE,
			.hops = e->flags & RTM_RF_BLACKHOLE ? 0 : e->hops,
		};
}

static int compare_keys(const struct rtm_route_rec *a, const struct rtm_route_rec *b)
{
	int order = memcmp(a->dest.addr, b->dest.addr, sizeof(a->dest.addr));
	__u64 x = rank_of(a->attrs.preference, a->attrs.metric);
	__u64 y = rank_of(b->attrs.preference, b->attrs.metric);

	if (!order)
		order = a->dest.len - b->dest.len;
	return order ? order : x < y ? -1 : x > y;
}

/* Every route once, in order of destination and rank; each view with a best one. */
static void check_routes(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self)
{
	unsigned int count, dest, view, n_best = 0, best = 0;
	struct rtm_route_rec *rec, *last = NULL;
	struct best b;
	size_t size;
	void *buf;

	memset(self->want, 0, sizeof(self->want));
	buf = dev_dump(self->env.watch, RTM_IOC_DUMP_ROUTES, 0, "0.0.0.0/0", 0, &size, &count);
	for_each_record(rec, buf, size) {
		check_record(_metadata, self, rec);
		if (last)
			EXPECT_LE(compare_keys(last, rec), 0);
		last = rec;
		best += __builtin_popcount(rec->best);
	}
	for (dest = 0; dest < N_DESTS; dest++) {
		b = model_best(dest);
		for (view = 0; view < RTM_N_VIEWS; view++)
			n_best += b.rank[view] != ~0ull;
	}
	/* all that were met are in the model, and different: so none is missing */
	EXPECT_EQ(model_routes(), count);
	EXPECT_EQ(n_best, best);
	free(buf);
}

static void check_dests(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self)
{
	struct rtm_dest_rec *rec;
	unsigned int count;
	struct best b;
	size_t size;
	void *buf;
	int dest;

	buf = dev_dump(self->env.watch, RTM_IOC_DUMP_DESTS, 0, "0.0.0.0/0", 0, &size, &count);
	for_each_record(rec, buf, size) {
		dest = dest_index(prefix_addr(&rec->prefix), rec->prefix.len);
		ASSERT_LE(0, dest);
		b = model_best(dest);
		EXPECT_EQ(b.n, rec->n_routes);
		EXPECT_EQ(b.views, rec->views);
		EXPECT_EQ(0, rec->locked);
	}
	free(buf);
}

static int naive_search(__u32 addr, unsigned int len, __u32 views)
{
	int i, found = -1;
	struct best b;

	for (i = 0; i < N_DESTS; i++) {
		b = model_best(i);
		if (!b.n || (views && !(b.views & views)))
			continue;
		if (dests[i].len > len || (addr & mask(dests[i].len)) != dests[i].addr)
			continue;
		if (found < 0 || dests[i].len > dests[found].len)
			found = i;
	}
	return found;
}

/* One step up from what was found, too. */
static void check_search(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self,
			 __u32 addr, unsigned int len, __u32 views)
{
	struct client c = { .fd = self->env.fd, .entity = self->entity };
	int want = naive_search(addr, len, views);
	struct rtm_dest_view infos[RTM_N_VIEWS];
	unsigned long cmd = RTM_IOC_GET_MOST_SPECIFIC_DEST;
	struct rtm_get_dest arg;
	__u64 from = 0;

	for (;;) {
		dest_arg(&arg, self->entity, RTM_PROTO_BEST, views, infos, RTM_N_VIEWS);
		arg.prefix = net_prefix(addr, len);
		arg.dest = from;
		ASSERT_EQ(want < 0 ? -ENOENT : 0, dev_call(self->env.fd, cmd, &arg));
		if (from)
			ASSERT_EQ(0, dev_release(self->env.fd, self->entity, from));
		if (want < 0)
			return;
		EXPECT_EQ(want, dest_index(prefix_addr(&arg.prefix), arg.prefix.len));
		/* the next step begins here */
		ASSERT_EQ(0, dev_reference(self->env.fd, self->entity, RTM_HANDLE_DEST, &arg.dest,
					   1));
		release_dest(&c, &arg, infos);
		from = arg.dest;
		cmd = RTM_IOC_GET_LESS_SPECIFIC_DEST;
		len = dests[want].len;
		want = len ? naive_search(dests[want].addr, len - 1, views) : -1;
	}
}

static void see_fib_route(FIXTURE_DATA(model) *self, struct nlmsghdr *h)
{
	struct rtmsg *rtm = NLMSG_DATA(h);
	struct rtattr *tb[RTA_MAX + 1];
	struct fib_entry *e;
	struct rtnexthop *nh;
	__u32 addr = 0;
	int dest, len;

	attrs_parse(tb, RTA_MAX, RTM_RTA(rtm), RTM_PAYLOAD(h));
	if (attr_u32(tb[RTA_TABLE]) != RT_TABLE_MAIN || rtm->rtm_protocol != RTM_FIB_PROTO)
		return;
	if (tb[RTA_DST])
		memcpy(&addr, attr_data(tb[RTA_DST]), sizeof(addr));
	dest = dest_index(ntohl(addr), rtm->rtm_dst_len);
	if (dest < 0)
		abort();
	e = &self->have[dest];
	e->present = true;
	e->blackhole = rtm->rtm_type == RTN_BLACKHOLE;
	if (tb[RTA_GATEWAY])
		e->hops |= 1 << (((__u8 *)attr_data(tb[RTA_GATEWAY]))[3] - 2);
	if (!tb[RTA_MULTIPATH])
		return;
	nh = RTA_DATA(tb[RTA_MULTIPATH]);
	len = RTA_PAYLOAD(tb[RTA_MULTIPATH]);
	for (; RTNH_OK(nh, len); len -= RTNH_ALIGN(nh->rtnh_len), nh = RTNH_NEXT(nh)) {
		struct rtattr *gw[RTA_MAX + 1];

		attrs_parse(gw, RTA_MAX, RTNH_DATA(nh), nh->rtnh_len - sizeof(*nh));
		if (gw[RTA_GATEWAY])
			e->hops |= 1 << (((__u8 *)attr_data(gw[RTA_GATEWAY]))[3] - 2);
	}
}

static bool see_fib(FIXTURE_DATA(model) *self, char *buf, ssize_t n)
{
	struct nlmsghdr *h = (void *)buf;

	for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type == NLMSG_DONE)
			return true;
		if (h->nlmsg_type == RTM_NEWROUTE)
			see_fib_route(self, h);
	}
	return false;
}

/* The FIB is what the unicast view projects into it, no more and no less. */
static void check_fib(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self)
{
	static char buf[65536];
	struct rtmsg *rtm;
	struct nl_msg m;
	unsigned int i;
	ssize_t n;
	int fd;

	ASSERT_EQ(0, dev_fib_sync(self->env.watch, NULL));
	memset(self->have, 0, sizeof(self->have));
	fd = nl_open(0);
	rtm = nl_begin(&m, RTM_GETROUTE, NLM_F_DUMP, sizeof(*rtm));
	rtm->rtm_family = AF_INET;
	ASSERT_LT(0, send(fd, &m, m.h.nlmsg_len, 0));
	do {
		n = recv(fd, buf, sizeof(buf), 0);
		ASSERT_LT(0, n);
	} while (!see_fib(self, buf, n));
	close(fd);
	for (i = 0; i < N_DESTS; i++) {
		EXPECT_EQ(self->want[i].present, self->have[i].present);
		EXPECT_EQ(self->want[i].blackhole, self->have[i].blackhole);
		EXPECT_EQ(self->want[i].hops, self->have[i].hops);
	}
}

/* What a closed file leaves is taken apart in the background. */
static bool is_purged(int watch)
{
	struct rtm_get_stats s;

	return !dev_stats(watch, &s) && s.routes == model_routes();
}

static void run_round(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self)
{
	unsigned int i;
	char done;

	for (i = 0; i < N_CLIENTS; i++)
		ASSERT_EQ(1, write(self->go[i], "g", 1));
	for (i = 0; i < N_CLIENTS; i++)
		ASSERT_EQ(1, read(self->done, &done, 1));
	ASSERT_EQ(0, arena->bad) {
		TH_LOG("%s", arena->text);
	}
}

TEST_F_TIMEOUT(model, random_operations, 1200)
{
	struct dice d = dice_of(N_CLIENTS);
	unsigned int round, i, done = 0;

	TH_LOG("%u operations, seed %u", operations, seed);
	for (round = 0; round < N_ROUNDS; round++) {
		run_round(_metadata, self);
		ASSERT_TRUE(wait_until(is_purged(self->env.watch)));
		check_routes(_metadata, self);
		check_dests(_metadata, self);
		check_fib(_metadata, self);
		for (i = 0; i < N_SEARCHES; i++) {
			__u32 addr = dests[any(&d, N_DESTS)].addr | any(&d, 16);

			check_search(_metadata, self, addr, 32 - any(&d, 12), any(&d, 4));
		}
	}
	for (i = 0; i < N_CLIENTS; i++)
		done += arena->done[i];
	EXPECT_EQ(operations / N_CLIENTS / N_ROUNDS * N_CLIENTS * N_ROUNDS, done);
}

/* Constructors get the arguments, too. */
static void __attribute__((constructor)) take_arguments(int argc, char **argv)
{
	operations = access("/sys/kernel/debug/kmemleak", F_OK) ? 200000 : 20000;
	seed = (unsigned int)(now_ns() % 1000000);
	if (argc > 1)
		operations = (unsigned int)strtoul(argv[1], NULL, 0);
	if (argc > 2)
		seed = (unsigned int)strtoul(argv[2], NULL, 0);
}

TEST_HARNESS_MAIN
