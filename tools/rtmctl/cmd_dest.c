// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl dest show - destinations, and what the kernel FIB has of them.
 */
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "dump.h"
#include "print.h"

struct dest_args {
	struct dump_scope scope;
	int64_t instance;
	int64_t fib;
	bool locked;
};

/* "fib failed" */
static int kw_fib(const struct keyword *kw, struct args *args, void *to)
{
	struct dest_args *a = to;
	const char *word;
	int status = args_value(args, kw, &word);

	if (status)
		return status;
	for (a->fib = RTM_FIB_NONE; a->fib <= RTM_FIB_UNRESOLVED; a->fib++) {
		if (!strcmp(fib_state_name((uint32_t)a->fib), word))
			return STATUS_OK;
	}
	return usage_error("\"%s\" is no state of the FIB", word);
}

static const struct keyword dest_keywords[] = {
	{ "exact", kw_scope, offsetof(struct dest_args, scope), RTM_DUMP_EXACT, false },
	{ "match", kw_scope, offsetof(struct dest_args, scope), RTM_DUMP_MATCH, false },
	{ "root", kw_scope, offsetof(struct dest_args, scope), RTM_DUMP_SUBTREE, false },
	{ "instance", kw_id, offsetof(struct dest_args, instance), UINT16_MAX, false },
	{ "fib", kw_fib, 0, 0, false },
	{ "locked", kw_flag, offsetof(struct dest_args, locked), 0, false },
	{ NULL, kw_scope, offsetof(struct dest_args, scope), RTM_DUMP_EXACT, false },
};

static void text_hold(const struct rtm_dest_rec *d)
{
	char buf[WORDS_TEXT];

	if (!d->held && !d->hold_views)
		return;
	line_field(0, "%s %s", d->held ? "held" : "hold",
		   words_text(buf, sizeof(buf), view_names, d->held ? d->held : d->hold_views));
	if (d->hold_ms == RTM_HOLD_FOREVER)
		line_field(0, "for ever");
	else
		line_field(0, "for %.3f s", d->hold_ms / 1000.0);
}

static void json_hold(struct json_object *o, const struct rtm_dest_rec *d)
{
	if (!d->held && !d->hold_views)
		return;
	json_words(o, "held", view_names, d->held);
	json_words(o, "hold", view_names, d->hold_views);
	if (d->hold_ms != RTM_HOLD_FOREVER)
		json_number(o, "hold_ms", d->hold_ms);
}

static double seconds_ago(uint64_t when)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9 - (double)when / 1e9;
}

/* The kernel's own words, or those for its errno. */
static const char *refusal(const struct rtm_dest_rec *d)
{
	if (d->fib_text[0])
		return d->fib_text;
	return d->fib_errno ? strerror((int)d->fib_errno) : "";
}

static void text_dest(const struct rtm_dest_rec *d)
{
	char buf[WORDS_TEXT];

	line_prefix(&d->prefix);
	line_field(10, "routes %u", d->n_routes);
	line_field(14, "fib %s", fib_state_name(d->fib_state));
	line_field(16, "locked %s", lock_state_name(d->locked));
	if (d->views && (d->views != RTM_V_UCAST || opts.details))
		line_field(0, "view %s", words_text(buf, sizeof(buf), view_names, d->views));
	text_hold(d);
	if (opts.details)
		line_field(0, "refs %u changed %.3f", d->refs, seconds_ago(d->last_changed));
	if (*refusal(d))
		line_field(0, "error \"%s\"", refusal(d));
	line_end();
}

static struct json_object *dest_object(const struct rtm_dest_rec *d)
{
	struct json_object *o = json_new();

	json_prefix(o, "dst", &d->prefix);
	json_text(o, "family", family_text(d->prefix.family));
	json_number(o, "routes", d->n_routes);
	json_words(o, "views", view_names, d->views);
	json_text(o, "fib", fib_state_name(d->fib_state));
	if (d->fib_errno) {
		json_number(o, "fib_errno", d->fib_errno);
		json_text(o, "fib_error", refusal(d));
	}
	json_text(o, "locked", lock_state_name(d->locked));
	json_hold(o, d);
	json_number(o, "refs", d->refs);
	json_number(o, "changed_ns", d->last_changed);
	return o;
}

static int show_one(const void *rec, void *ctx)
{
	const struct rtm_dest_rec *d = rec;
	const struct dest_args *a = ctx;

	if ((a->fib >= 0 && d->fib_state != a->fib) || (a->locked && !d->locked))
		return 0;
	if (opts.json)
		json_item(dest_object(d));
	else
		text_dest(d);
	return 0;
}

static int dest_show(struct args *args)
{
	struct dest_args a = { .instance = -1, .fib = -1 };
	int status = parse_keywords(args, dest_keywords, &a);

	if (status)
		return status;
	a.scope.instance = a.instance < 0 ? 0 : (uint16_t)a.instance;
	return show_records(RTM_IOC_DUMP_DESTS, &a.scope, show_one, &a);
}

const struct verb dest_verbs[] = {
	{ "show", dest_show, "[[exact|match|root] PREFIX] [fib STATE] [locked] [instance N]" },
	{ "hold", cmd_dest_hold, "PREFIX time SECONDS|forever [view VIEWS]\n"
	  "\t[timeout SECONDS|nowait] [instance N]" },
	{ NULL, NULL, NULL },
};
