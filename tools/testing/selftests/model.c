// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random operations of several clients in parallel, against a small model.
 *
 *	model [OPERATIONS [SEED]]	200000 in all (12000 on the debug kernel)
 *
 * The same numbers can come from MODEL_OPERATIONS and MODEL_SEED in the environment,
 * also that of run-tests.sh.  The seed is printed; the same one makes each client draw
 * the same numbers again.
 *
 * How this file works: each client is a process with an entity of its own
 * (rtm_model_client.h) and writes its part of a model in shared memory (rtm_model.h).
 * Now and then one of them is killed at work, and another takes its place.  Between
 * rounds all of them rest; the test then looks at the whole, and these things hold:
 *
 *  - best routes are the first ones by preference and metric of each view;
 *  - the kernel FIB is what follows from the unicast ones;
 *  - there are as many objects and handles as the clients keep, and none at the end;
 *  - each route is there once, with its owner and with next hops of that owner;
 *  - who listens is told of each destination that has changed, once, and of no other;
 *  - nobody has a lock;
 *  - searches find the longest prefix, and the next shorter one, and so on;
 *  - walks meet everything once, in order.
 */
#include <sys/wait.h>

#include "rtm_fib_test.h"
#include "rtm_model_client.h"

#define N_ROUNDS	20
#define N_SEARCHES	200
#define KILL_ROUNDS	4	/* in every so many rounds one is killed */

/* Registrations for change notification of the test itself. */
#define N_LISTENERS	3

static unsigned int operations;

static void client_run(unsigned int me, unsigned int life, int in, int out)
{
	struct client c = { .me = me, .d = dice_of(me + life * (N_CLIENTS + 1)) };
	unsigned int end;
	char what;
	int err;

	c.fd = dev_open(O_RDWR | O_NONBLOCK);
	expect(&c, c.fd >= 0, "open", c.fd);
	client_register(&c);
	/* one that was killed may have had its routes kept just before */
	err = dev_deregister(c.fd, c.entity);
	expect(&c, !err, "deregister", err);
	client_register(&c);
	while (read(in, &what, 1) == 1) {
		end = arena->done[me] + operations / N_CLIENTS / N_ROUNDS;
		while (what == 'g' && arena->done[me] < end && !arena->bad)
			do_something(&c);
		if (what == 'r')
			client_rest(&c);
		if (write(out, &what, 1) != 1)
			break;
	}
	_exit(0);
}

/*
 * The whole, while all rest
 */

/**
 * struct fib_entry - what the FIB has, or should have, of a destination
 * @present: a route of ours
 * @blackhole: it drops packets
 * @hops: bit map of its next hops, those of all clients
 */
struct fib_entry {
	bool present;
	bool blackhole;
	__u32 hops;
};

/**
 * struct listener - a registration of the test's
 * @types: what kind of changes
 * @views: in which views
 * @notify: its handle
 * @before: the destinations when it was up to date last
 */
struct listener {
	__u32 types;
	__u32 views;
	__u64 notify;
	struct best before[N_DESTS];
};

FIXTURE(model) {
	struct env env;
	__u64 entity;
	int go[N_CLIENTS];
	int done[N_CLIENTS];
	pid_t pid[N_CLIENTS];
	unsigned int lives;
	unsigned int answer_ms;
	struct dice d;
	struct listener listener[N_LISTENERS];
	struct fib_entry want[N_DESTS];
	struct fib_entry have[N_DESTS];
};

static void start_client(FIXTURE_DATA(model) *self, unsigned int me)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		abort();
	self->pid[me] = fork();
	if (!self->pid[me]) {
		close(in[1]);
		close(out[0]);
		client_run(me, self->lives, in[0], out[1]);
	}
	close(in[0]);
	close(out[1]);
	self->go[me] = in[1];
	self->done[me] = out[0];
}

/* Whatever it has goes with it, except for what it has kept. */
static void stop_client(FIXTURE_DATA(model) *self, unsigned int me)
{
	kill(self->pid[me], SIGKILL);
	waitpid(self->pid[me], NULL, 0);
	close(self->go[me]);
	close(self->done[me]);
}

/* Every second destination: a mark keeps it, also without routes. */
static bool is_marked(unsigned int dest)
{
	return dest % 2;
}

static void mark_dests(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self, __u64 notify)
{
	struct client c = { .fd = self->env.fd, .entity = self->entity };
	struct rtm_add_route arg;
	unsigned int i;
	__u64 dest;

	for (i = 0; i < N_DESTS; i++) {
		if (!is_marked(i))
			continue;
		route_arg(&arg, self->entity, "0.0.0.0/0", NULL, 0);
		arg.dest = dest_prefix(i);
		ASSERT_EQ(0, dev_add_route(self->env.fd, &arg));
		dest = get_dest(&c, i);
		ASSERT_EQ(0, dev_mark(self->env.fd, self->entity, notify, dest, true));
		ASSERT_EQ(0, dev_release(self->env.fd, self->entity, dest));
		ASSERT_EQ(0, dev_delete_route(self->env.fd, self->entity, arg.route, NULL));
		touch(i);
	}
}

static void listen_to_all(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self)
{
	static const struct listener kinds[N_LISTENERS] = {
		{ .types = RTM_CT_ALL, .views = RTM_V_SUPPORTED },
		{ .types = RTM_CT_BEST, .views = RTM_V_UCAST },
		{ .types = RTM_CT_ALL | RTM_CT_ONLY_MARKED, .views = RTM_V_SUPPORTED },
	};
	unsigned int i, dest;

	memcpy(self->listener, kinds, sizeof(kinds));
	for (i = 0; i < N_LISTENERS; i++) {
		struct listener *l = &self->listener[i];

		ASSERT_EQ(0, dev_notify(self->env.fd, self->entity, l->types, l->views,
					&l->notify));
		for (dest = 0; dest < N_DESTS; dest++)
			l->before[dest] = model_best(dest);
	}
	mark_dests(_metadata, self, self->listener[N_LISTENERS - 1].notify);
}

FIXTURE_SETUP(model)
{
	unsigned int i;

	env_setup(_metadata, &self->env);
	net_setup(_metadata);
	make_dests();
	self->d = dice_of(N_CLIENTS);
	arena = mmap(NULL, sizeof(*arena), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	ASSERT_NE(MAP_FAILED, arena);
	self->answer_ms = param_number("expiry_answer_ms");
	ASSERT_EQ(0, param_set_number("expiry_answer_ms", 100));
	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, 1, 1, 0, &self->entity));
	listen_to_all(_metadata, self);
	for (i = 0; i < N_CLIENTS; i++)
		start_client(self, i);
}

FIXTURE_TEARDOWN(model)
{
	unsigned int i;

	for (i = 0; i < N_CLIENTS; i++)
		stop_client(self, i);
	EXPECT_EQ(0, param_set_number("expiry_answer_ms", self->answer_ms));
	env_clean(_metadata, &self->env);
	munmap(arena, sizeof(*arena));
}

/* The number of a next hop among those of all clients; -1 where it is none of theirs. */
static int hop_of_addr(const __u8 *addr)
{
	return addr[3] < HOP_ADDR(0) ? -1 : addr[3] - HOP_ADDR(0);
}

static struct entry *entry_of_record(const struct rtm_route_rec *rec, unsigned int *client)
{
	int dest = dest_of(&rec->dest), key = 0;

	for (*client = 0; *client < N_CLIENTS; ++*client)
		if (protocols[*client] == rec->owner.protocol)
			break;
	if (rec->attrs.neighbour)
		key = hop_of_addr(rec->neighbour.addr.addr) - 8 * *client + 1;
	if (*client == N_CLIENTS || dest < 0 || key < 0 || key >= N_KEYS)
		return NULL;
	return &arena->model[*client][dest][key];
}

static __u32 hops_of_record(const struct rtm_route_rec *rec)
{
	__u32 hops = 0;
	unsigned int i;

	for (i = 0; i < rec->n_nexthops; i++)
		hops |= 1u << hop_of_addr(rec->nexthops[i].addr.addr);
	return hops;
}

/* Packets go to next hops that are up, or to all if none is. */
static struct fib_entry fib_of(const struct entry *e, unsigned int client)
{
	struct fib_entry f = { .present = true, .blackhole = e->flags & RTM_RF_BLACKHOLE };
	__u8 up = e->hops & ~arena->down[client];

	if (!f.blackhole)
		f.hops = (__u32)(up ? up : e->hops) << 8 * client;
	return f;
}

static void check_record(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self,
			 const struct rtm_route_rec *rec)
{
	unsigned int view, client;
	const struct entry *e;
	struct best b;

	e = entry_of_record(rec, &client);
	ASSERT_NE(NULL, e);
	ASSERT_TRUE(e->present);
	EXPECT_EQ(e->metric, rec->attrs.metric);
	EXPECT_EQ(e->preference, rec->attrs.preference);
	EXPECT_EQ(e->views, rec->attrs.views);
	EXPECT_EQ(e->flags, rec->attrs.flags);
	EXPECT_EQ(0, rec->attrs.ttl_ms);
	EXPECT_EQ((__u32)e->hops << 8 * client, hops_of_record(rec));
	b = model_best(entry_dest(e));
	EXPECT_EQ(0, rec->best & ~e->views);
	for (view = 0; view < RTM_N_VIEWS; view++)
		if (rec->best & 1 << view)
			EXPECT_EQ(b.rank[view], rank_of(e->preference, e->metric));
	if (rec->best & RTM_V_UCAST)
		self->want[entry_dest(e)] = fib_of(e, client);
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

/* Those with routes are all there; others may be, for their marks and cells. */
static void check_dests(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self)
{
	unsigned int count, dest, n_used = 0, used = 0;
	struct rtm_dest_rec *rec;
	__u64 last = 0;
	struct best b;
	size_t size;
	void *buf;

	buf = dev_dump(self->env.watch, RTM_IOC_DUMP_DESTS, 0, "0.0.0.0/0", 0, &size, &count);
	for_each_record(rec, buf, size) {
		ASSERT_LE(0, dest_of(&rec->prefix));
		EXPECT_LT(last, prefix_rank(&rec->prefix));
		last = prefix_rank(&rec->prefix);
		b = model_best(dest_of(&rec->prefix));
		EXPECT_EQ(b.n, rec->n_routes);
		EXPECT_EQ(b.views, rec->views);
		EXPECT_EQ(0, rec->locked);
		EXPECT_EQ(0, rec->held);
		used += !!b.n;
	}
	for (dest = 0; dest < N_DESTS; dest++)
		n_used += !!model_best(dest).n;
	EXPECT_EQ(n_used, used);
	free(buf);
}

/* One step up from what was found, too. */
static void check_search(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self,
			 __u32 addr, unsigned int len, __u32 views)
{
	struct client c = { .fd = self->env.fd, .entity = self->entity };
	int want = model_search(addr, len, views);
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
		EXPECT_EQ(want, dest_of(&arg.prefix));
		/* the next step begins here */
		ASSERT_EQ(0, dev_reference(self->env.fd, self->entity, RTM_HANDLE_DEST, &arg.dest,
					   1));
		release_views(&c, arg.dest, infos, arg.n_views);
		from = arg.dest;
		cmd = RTM_IOC_GET_LESS_SPECIFIC_DEST;
		len = dests[want].len;
		want = len ? model_search(dests[want].addr, len - 1, views) : -1;
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
		e->hops |= 1u << hop_of_addr(attr_data(tb[RTA_GATEWAY]));
	if (!tb[RTA_MULTIPATH])
		return;
	nh = RTA_DATA(tb[RTA_MULTIPATH]);
	len = RTA_PAYLOAD(tb[RTA_MULTIPATH]);
	for (; RTNH_OK(nh, len); len -= RTNH_ALIGN(nh->rtnh_len), nh = RTNH_NEXT(nh)) {
		struct rtattr *gw[RTA_MAX + 1];

		attrs_parse(gw, RTA_MAX, RTNH_DATA(nh), nh->rtnh_len - sizeof(*nh));
		if (gw[RTA_GATEWAY])
			e->hops |= 1u << hop_of_addr(attr_data(gw[RTA_GATEWAY]));
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

/*
 * What is told
 */

/* What a listener sees of a destination is another than before. */
static bool differs(const struct listener *l, unsigned int dest)
{
	const struct best *old = &l->before[dest], now = model_best(dest);
	unsigned int view;

	for (view = 0; view < RTM_N_VIEWS; view++) {
		if (!(l->views & 1 << view))
			continue;
		if (old->rank[view] != now.rank[view])
			return true;
		if (l->types & RTM_CT_ALL && old->routes[view] != now.routes[view])
			return true;
	}
	return false;
}

static bool concerns(const struct listener *l, unsigned int dest)
{
	return !(l->types & RTM_CT_ONLY_MARKED) || is_marked(dest);
}

/* All that is pending, as a bit map; nothing twice. */
static __u64 take_pending(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self,
			  const struct listener *l)
{
	static struct changes changes;
	__u64 met = 0;
	int dest;
	__u32 i;

	do {
		ASSERT_EQ(0, dev_changes(self->env.fd, self->entity, l->notify, l->views,
					 N_BATCH, &changes));
		EXPECT_EQ(0, changes.state);
		for (i = 0; i < changes.n; i++) {
			dest = dest_of(&changes.dest[i].prefix);
			ASSERT_LE(0, dest);
			EXPECT_FALSE(met & 1ull << dest);
			met |= 1ull << dest;
		}
	} while (changes.n);
	return met;
}

/* Some are asked about, and half of these ignored: pending is what is told afterwards. */
static void ask_and_ignore(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self,
			   const struct listener *l, __u64 *ignored, __u64 *pending)
{
	struct client c = { .fd = self->env.fd, .entity = self->entity };
	unsigned int i, dest;
	__u64 handle;
	int is;

	*ignored = 0;
	*pending = 0;
	for (i = 0; i < N_BATCH; i++) {
		dest = any(&self->d, N_DESTS);
		handle = get_dest(&c, dest);
		if (!handle)
			continue;
		is = dev_is_pending(c.fd, c.entity, l->notify, handle);
		ASSERT_LE(0, is);
		if (*ignored & 1ull << dest)
			EXPECT_EQ(0, is);
		*pending |= (__u64)(is == 1) << dest;
		if (i % 2) {
			EXPECT_EQ(0, dev_ignore(c.fd, c.entity, l->notify, &handle, 1));
			EXPECT_EQ(0, dev_is_pending(c.fd, c.entity, l->notify, handle));
			*ignored |= 1ull << dest;
			*pending &= ~(1ull << dest);
		}
		EXPECT_EQ(0, dev_release(c.fd, c.entity, handle));
	}
}

static void check_listener(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self,
			   struct listener *l)
{
	__u64 met, ignored, pending;
	unsigned int dest;

	ask_and_ignore(_metadata, self, l, &ignored, &pending);
	met = take_pending(_metadata, self, l);
	EXPECT_EQ(pending, pending & met);
	EXPECT_EQ(0, ignored & met);
	for (dest = 0; dest < N_DESTS; dest++) {
		bool told = met & 1ull << dest, unheard = ignored & 1ull << dest;

		EXPECT_TRUE(!told || (concerns(l, dest) && arena->touched[dest]));
		EXPECT_TRUE(told || unheard || !concerns(l, dest) || !differs(l, dest));
		l->before[dest] = model_best(dest);
	}
}

static void check_listeners(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self)
{
	unsigned int i;

	for (i = 0; i < N_LISTENERS; i++)
		check_listener(_metadata, self, &self->listener[i]);
	memset(arena->touched, 0, sizeof(arena->touched));
}

/*
 * Rounds
 */

/* What goes by itself, and what closed files leave, goes in the background. */
static bool is_purged(int watch)
{
	struct rtm_get_stats s;

	return !dev_stats(watch, &s) && s.routes == model_routes();
}

/* As much as all keep while they rest: registrations, next hops, lists, listeners. */
static bool is_all_there_is(int watch, struct rtm_get_stats *s)
{
	const unsigned int objects = N_LISTS + 1;

	return !dev_stats(watch, s) && s->routes == model_routes() &&
	       s->entities == N_CLIENTS + 1 && s->nexthops == N_CLIENTS * N_HOPS &&
	       s->objects == N_CLIENTS * objects + N_LISTENERS &&
	       s->handles == N_CLIENTS * (1 + N_HOPS + objects) + 1 + N_LISTENERS &&
	       !s->locks_held && !s->locks_waiting && !s->calls;
}

/* False if it died before it was done. */
static bool wait_for(FIXTURE_DATA(model) *self, unsigned int client)
{
	char what;

	return read(self->done[client], &what, 1) == 1;
}

static void tell(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self,
		 unsigned int client, char what)
{
	ASSERT_EQ(1, write(self->go[client], &what, 1));
}

/* In the middle of whatever it does: the others go on. */
static void replace_client(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self)
{
	unsigned int victim = any(&self->d, N_CLIENTS);

	sleep_ms(any(&self->d, 20));
	stop_client(self, victim);
	client_forget(victim);
	arena->down[victim] = 0;
	self->lives++;
	start_client(self, victim);
	tell(_metadata, self, victim, 'g');
}

static void expect_good(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, arena->bad) {
		TH_LOG("%s", arena->text);
	}
}

static void run_round(struct __test_metadata *_metadata, FIXTURE_DATA(model) *self,
		      unsigned int round)
{
	struct rtm_get_stats s;
	unsigned int i;

	for (i = 0; i < N_CLIENTS; i++)
		tell(_metadata, self, i, 'g');
	if (round % KILL_ROUNDS == 1)
		replace_client(_metadata, self);
	for (i = 0; i < N_CLIENTS; i++)
		ASSERT_TRUE(wait_for(self, i));
	expect_good(_metadata);
	model_settle();
	ASSERT_TRUE(wait_until(is_purged(self->env.watch)));
	for (i = 0; i < N_CLIENTS; i++) {
		tell(_metadata, self, i, 'r');
		ASSERT_TRUE(wait_for(self, i));
	}
	expect_good(_metadata);
	ASSERT_TRUE(wait_until(is_all_there_is(self->env.watch, &s))) {
		stats_print(&s);
	}
}

TEST_F_TIMEOUT(model, random_operations, 1200)
{
	unsigned int round, i, done = 0;

	TH_LOG("%u operations, seed %u", operations, seed);
	for (round = 0; round < N_ROUNDS; round++) {
		run_round(_metadata, self, round);
		check_routes(_metadata, self);
		check_dests(_metadata, self);
		check_listeners(_metadata, self);
		check_fib(_metadata, self);
		for (i = 0; i < N_SEARCHES; i++) {
			__u32 addr = dests[any(&self->d, N_DESTS)].addr | any(&self->d, 16);

			check_search(_metadata, self, addr, 32 - any(&self->d, 12),
				     any(&self->d, 4));
		}
	}
	for (i = 0; i < N_CLIENTS; i++)
		done += arena->done[i];
	EXPECT_LE(operations / N_CLIENTS / N_ROUNDS * N_CLIENTS * N_ROUNDS, done);
}

static void take_number(const char *text, unsigned int *number)
{
	if (text && *text)
		*number = (unsigned int)strtoul(text, NULL, 0);
}

/* Constructors get the arguments, too. */
static void __attribute__((constructor)) take_arguments(int argc, char **argv)
{
	operations = slow_kernel() ? 12000 : 200000;
	seed = (unsigned int)(now_ns() % 1000000);
	take_number(getenv("MODEL_OPERATIONS"), &operations);
	take_number(getenv("MODEL_SEED"), &seed);
	if (argc > 1)
		take_number(argv[1], &operations);
	if (argc > 2)
		take_number(argv[2], &seed);
}

TEST_HARNESS_MAIN
