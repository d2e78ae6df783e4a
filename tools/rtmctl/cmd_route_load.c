// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl route load - a whole table from a file.
 *
 * How this file works: each line gives a prefix and a next hop, further columns are
 * somebody else's.  Routes are gathered per family and sent a batch at a time; next hops
 * are made once and remembered, so that a million routes over a few hundred next hops
 * cost a few hundred calls more than the batches.  A line that does not work is told
 * with its number and does not stop the rest.
 *
 * With "replace" each family of the file is loaded as a resync: in the end the entity
 * has what the file says and nothing else.  Where a line has failed nothing is removed,
 * because it may be the one that says why a route is there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "batch.h"
#include "cmd.h"
#include "device.h"
#include "links.h"
#include "print.h"

#define MAX_TOLD	10		/* lines whose error is shown */
#define HASH_SIZE	1024
#define TERMINAL_EVERY	500000000ull	/* nanoseconds from one progress to the next */
#define LINE_EVERY	10000000000ull

struct load_args {
	struct entity_sel entity;
	struct wait_sel wait;
	const char *name;
	uint32_t ifindex;
	uint32_t preference;
	uint32_t metric;
	uint32_t views;
	int64_t batch;
	bool progress;
	bool replace;
};

/* A next hop of the file; batch items point to @handle. */
struct known_nexthop {
	struct known_nexthop *next;
	struct rtm_net_prefix addr;
	__u64 handle;
};

/* What one family needs. */
struct load_family {
	struct batch batch;
	unsigned long *lines;	/* line of each item in the batch */
	struct known_nexthop *nexthops[HASH_SIZE];
};

/**
 * struct load - a load on its way
 * @args: the command
 * @inet: IPv4
 * @inet6: IPv6
 * @line: number of the line being read
 * @added: routes that are new
 * @changed: routes that were there
 * @removed: routes that the file has not, and that went
 * @failed: lines that did not work
 * @start: when it began
 * @told: when progress was shown last
 * @terminal: progress goes to a terminal, on one line
 */
struct load {
	const struct load_args *args;
	struct load_family inet;
	struct load_family inet6;
	unsigned long line;
	unsigned long added;
	unsigned long changed;
	unsigned long removed;
	unsigned long failed;
	uint64_t start;
	uint64_t told;
	bool terminal;
};

static int kw_name(const struct keyword *kw, struct args *args, void *to)
{
	return args_value(args, kw, &((struct load_args *)to)->name);
}

static const struct keyword load_keywords[] = {
	KW_PROTO(struct load_args, entity),
	KW_ID(struct load_args, entity),
	KW_INSTANCE(struct load_args, entity),
	KW_TIMEOUT(struct load_args, wait),
	KW_NOWAIT(struct load_args, wait),
	{ "dev", kw_ifindex, offsetof(struct load_args, ifindex), 0, false },
	{ "pref", kw_u32, offsetof(struct load_args, preference), 0, false },
	{ "metric", kw_u32, offsetof(struct load_args, metric), 0, false },
	{ "view", kw_views, offsetof(struct load_args, views), 0, false },
	{ "batch", kw_id, offsetof(struct load_args, batch), RTM_MAX_BATCH, false },
	{ "progress", kw_flag, offsetof(struct load_args, progress), 0, false },
	{ "replace", kw_flag, offsetof(struct load_args, replace), 0, false },
	{ NULL, kw_name, 0, 0, false },
};

/*
 * What the user sees meanwhile
 */

static void show_progress(struct load *l, bool last)
{
	uint64_t every = l->terminal ? TERMINAL_EVERY : LINE_EVERY;
	uint64_t now = now_ns();
	unsigned long n = l->added + l->changed;
	double seconds = (double)(now - l->start) / 1e9;

	if (!l->args->progress || (!last && now - l->told < every))
		return;
	l->told = now;
	fprintf(stderr, "%s%lu routes, %.0f routes/s%s", l->terminal ? "\r" : "", n,
		seconds > 0 ? n / seconds : 0, l->terminal && !last ? "" : "\n");
}

static void line_failed(struct load *l, unsigned long line, const char *what, const char *flaw)
{
	if (l->failed++ >= MAX_TOLD)
		return;
	if (l->terminal && l->args->progress)
		fputc('\r', stderr);
	if (what)
		note("%s:%lu: \"%s\" %s", l->args->name, line, what, flaw);
	else
		note("%s:%lu: %s", l->args->name, line, flaw);
}

/* A batch item is decided. */
static void item_done(struct batch *b, const struct rtm_route_item *item, uint32_t index)
{
	struct load *l = b->ctx;
	struct load_family *f = b == &l->inet.batch ? &l->inet : &l->inet6;

	if (item->status)
		line_failed(l, f->lines[index], NULL, why(RTM_IOC_ADD_ROUTES, item->status));
	else if (item->change & RTM_RC_NEW)
		l->added++;
	else
		l->changed++;
}

/*
 * Next hops
 */

static size_t hash(const struct rtm_net_prefix *addr)
{
	size_t i, h = 0;

	for (i = 0; i < sizeof(addr->addr); i++)
		h = h * 31 + addr->addr[i];
	return h % HASH_SIZE;
}

static struct known_nexthop *find_known(struct load_family *f, const struct rtm_net_prefix *addr)
{
	struct known_nexthop *nh;

	for (nh = f->nexthops[hash(addr)]; nh; nh = nh->next) {
		if (same_prefix(&nh->addr, addr))
			return nh;
	}
	return NULL;
}

/* The next hop, or NULL and what is wrong with it. */
static struct known_nexthop *make_known(struct load *l, struct load_family *f,
					const struct rtm_net_prefix *addr, const char **flaw)
{
	uint32_t ifindex = l->args->ifindex ? l->args->ifindex : link_of(addr);
	struct known_nexthop *nh;
	__u64 handle;
	int ret;

	*flaw = "is not on any link";
	if (!ifindex)
		return NULL;
	ret = session_nexthop(f->batch.session, addr, ifindex, 0, &handle);
	*flaw = why(RTM_IOC_ADD_NEXTHOP, ret);
	if (ret)
		return NULL;
	nh = xcalloc(1, sizeof(*nh));
	nh->addr = *addr;
	nh->handle = handle;
	nh->next = f->nexthops[hash(addr)];
	f->nexthops[hash(addr)] = nh;
	return nh;
}

static void forget_known(struct load_family *f)
{
	struct known_nexthop *nh, *next;
	size_t i;

	for (i = 0; i < HASH_SIZE; i++) {
		for (nh = f->nexthops[i]; nh; nh = next) {
			next = nh->next;
			free(nh);
		}
	}
}

/*
 * Lines
 */

static int begin_resync(const struct session *session)
{
	struct rtm_resync req = { .size = sizeof(req), .entity = session->handle };
	int ret = dev_call(DEV_CHANGE, RTM_IOC_BEGIN_RESYNC, &req);

	return ret ? cannot(RTM_IOC_BEGIN_RESYNC, ret, "cannot replace the routes") : STATUS_OK;
}

static int end_resync(struct load *l, const struct session *session)
{
	struct rtm_resync req = { .size = sizeof(req), .entity = session->handle };
	int ret = dev_call(DEV_CHANGE, RTM_IOC_END_RESYNC, &req);

	if (ret)
		return cannot(RTM_IOC_END_RESYNC, ret, "cannot remove what is left");
	l->removed += req.swept;
	return STATUS_OK;
}

/* A family costs nothing until the file has a prefix of it.  Status. */
static int open_family(struct load *l, struct load_family *f, int family)
{
	int status;

	if (f->batch.session)
		return STATUS_OK;
	f->batch.cmd = RTM_IOC_ADD_ROUTES;
	f->batch.wait = &l->args->wait;
	f->batch.done = item_done;
	f->batch.ctx = l;
	batch_init(&f->batch, (uint32_t)l->args->batch);
	f->lines = xcalloc(f->batch.room, sizeof(*f->lines));
	status = session_open(&l->args->entity, family, &f->batch.session);
	if (!status && l->args->replace)
		status = begin_resync(f->batch.session);
	return status;
}

static int send_batch(struct load *l, struct batch *b)
{
	int ret = batch_send(b);

	show_progress(l, false);
	return ret ? cannot(RTM_IOC_ADD_ROUTES, ret, "cannot add routes") : STATUS_OK;
}

static int add_item(struct load *l, struct load_family *f, const struct rtm_net_prefix *dest,
		    const struct known_nexthop *nh)
{
	struct batch *b = &f->batch;

	f->lines[b->n] = l->line;
	b->items[b->n++] = (struct rtm_route_item) {
		.dest = *dest,
		.attrs = {
			.nexthops = (uintptr_t)&nh->handle,
			.n_nexthops = 1,
			.metric = l->args->metric,
			.preference = l->args->preference,
			.views = l->args->views,
		},
	};
	return b->n == b->room ? send_batch(l, b) : STATUS_OK;
}

/* The words of a line, checked.  False when that is told and the line is done with. */
static bool parse_words(struct load *l, const char *prefix, const char *via,
			struct rtm_net_prefix *dest, struct rtm_net_prefix *addr)
{
	const char *flaw = prefix_flaw(prefix, dest), *what = prefix;

	if (!flaw && via) {
		what = via;
		flaw = address_flaw(via, addr);
	}
	if (!via)
		flaw = flaw ? flaw : "has no next hop";
	if (!flaw && !dest->family)
		dest->family = addr->family;
	if (!flaw && dest->family != addr->family)
		flaw = "is not of the prefix's family";
	if (flaw)
		line_failed(l, l->line, what, flaw);
	return !flaw;
}

/* One line.  Status: not 0 only where going on makes no sense. */
static int load_line(struct load *l, char *line)
{
	struct rtm_net_prefix dest, addr;
	struct known_nexthop *nh;
	struct load_family *f;
	char *rest = NULL;
	const char *prefix = strtok_r(line, " \t\r\n", &rest);
	const char *via = prefix ? strtok_r(NULL, " \t\r\n", &rest) : NULL;
	const char *flaw;
	int status;

	if (!prefix || *prefix == '#' || !parse_words(l, prefix, via, &dest, &addr))
		return STATUS_OK;
	f = dest.family == AF_INET6 ? &l->inet6 : &l->inet;
	status = open_family(l, f, dest.family);
	if (status)
		return status;
	nh = find_known(f, &addr);
	if (!nh)
		nh = make_known(l, f, &addr, &flaw);
	if (nh)
		return add_item(l, f, &dest, nh);
	line_failed(l, l->line, via, flaw);
	return STATUS_OK;
}

static int load_lines(struct load *l, FILE *file)
{
	int status = STATUS_OK;
	char *line = NULL;
	size_t size = 0;

	while (!status && getline(&line, &size, file) >= 0) {
		l->line++;
		status = load_line(l, line);
	}
	free(line);
	if (!status && ferror(file))
		status = refused("cannot read %s: %s", l->args->name, strerror(errno));
	return status;
}

static int finish_family(struct load *l, struct load_family *f, int status)
{
	if (f->batch.session && !status && f->batch.n)
		status = send_batch(l, &f->batch);
	return status;
}

static int close_family(struct load *l, struct load_family *f, int status)
{
	if (f->batch.session) {
		if (!status && l->args->replace && !l->failed)
			status = end_resync(l, f->batch.session);
		/* routes that changed or went may have left a next hop behind */
		f->batch.session->tidy = l->changed || l->removed || l->failed;
	}
	batch_free(&f->batch);
	free(f->lines);
	forget_known(f);
	return status;
}

/*
 * The whole
 */

static void report(const struct load *l)
{
	double seconds = (double)(now_ns() - l->start) / 1e9;
	unsigned long n = l->added + l->changed;
	double rate = seconds > 0 ? n / seconds : 0;
	struct json_object *o;

	if (!opts.json) {
		printf("%lu routes (%lu new, %lu changed, ", n, l->added, l->changed);
		if (l->args->replace)
			printf("%lu removed, ", l->removed);
		printf("%lu failed) in %.3f s, %.0f routes/s\n", l->failed, seconds, rate);
		return;
	}
	o = json_new();
	json_number(o, "routes", n);
	json_number(o, "new", l->added);
	json_number(o, "changed", l->changed);
	if (l->args->replace)
		json_number(o, "removed", l->removed);
	json_number(o, "failed", l->failed);
	json_seconds(o, "seconds", seconds);
	json_seconds(o, "rate", rate);
	json_single(o);
}

static int load_file(const struct load_args *args, FILE *file)
{
	struct load *l = xcalloc(1, sizeof(*l));
	int status;

	l->args = args;
	l->terminal = isatty(STDERR_FILENO);
	l->start = now_ns();
	l->told = l->start;
	status = load_lines(l, file);
	status = finish_family(l, &l->inet, status);
	status = finish_family(l, &l->inet6, status);
	/* whether anything is removed depends on all lines, of both */
	status = close_family(l, &l->inet, status);
	status = close_family(l, &l->inet6, status);
	show_progress(l, true);
	if (l->failed > MAX_TOLD)
		note("%s: %lu more lines failed", args->name, l->failed - MAX_TOLD);
	report(l);
	if (!status && l->failed)
		status = STATUS_REFUSED;
	free(l);
	return status;
}

int cmd_route_load(struct args *args)
{
	struct load_args a = {
		.entity = ENTITY_SEL_NONE,
		.wait = WAIT_SEL_NONE,
		.views = RTM_V_UCAST,
		.batch = RTM_MAX_BATCH,
	};
	FILE *file;
	int status = parse_keywords(args, load_keywords, &a);

	if (status)
		return status;
	if (!a.name)
		return usage_error("the file is missing (- is standard input)");
	if (!a.batch)
		return usage_error("a batch of no routes");
	a.progress |= isatty(STDERR_FILENO) == 1;
	file = !strcmp(a.name, "-") ? stdin : fopen(a.name, "re");
	if (!file)
		return refused("cannot open %s: %s", a.name, strerror(errno));
	status = load_file(&a, file);
	if (file != stdin)
		fclose(file);
	return status;
}
