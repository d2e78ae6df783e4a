// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a lookup touches, and what it executes.
 *
 * How this file works: memory belongs to the caller's key, to the table's struct
 * rtm_trie, to destinations, or it is nodes.  Lines are those of nodes and destinations,
 * each counted once a lookup; the line of struct rtm_trie is one more, the same for all
 * lookups of a table, and reported apart.  Pointers are read with the means for what
 * changes meanwhile: such a read in a node is a slot, and that node one visited; in a
 * destination it is a covering link followed.
 *
 * Instructions are counted by callgrind in a build that does not trace; here it is only
 * told when to begin and end.
 */
#include "lookup.h"

#include <valgrind/callgrind.h>

#include "sample.h"
#include "stream.h"
#include "trace.h"

#define LOOKUPS		1000000
#define LOOKUPS_RUN	100000
#define LINES_MAX	512

/**
 * struct touched - what one lookup touched
 * @n_lines: different lines in nodes and destinations
 * @table_lines: lines of struct rtm_trie, a bit for each
 * @nodes: slots read
 * @links: covering links read
 * @writes: writes to anything
 * @lines: the lines
 */
struct touched {
	u32 n_lines;
	u32 table_lines;
	u32 nodes;
	u32 links;
	u32 writes;
	uintptr_t lines[LINES_MAX];
};

static bool inside(uintptr_t addr, const void *begin, size_t size)
{
	return addr - (uintptr_t)begin < size;
}

static void add_line(struct touched *touched, uintptr_t line)
{
	u32 i;

	for (i = 0; i < touched->n_lines; i++)
		if (touched->lines[i] == line)
			return;
	must(touched->n_lines < LINES_MAX);
	touched->lines[touched->n_lines++] = line;
}

static void look_at(struct touched *touched, const struct table *t, const struct rtm_prefix *key,
		    const struct trace_access *access)
{
	uintptr_t line = access->addr / SMP_CACHE_BYTES;

	touched->writes += access->write;
	if (inside(access->addr, key, sizeof(*key)))
		return;
	if (inside(access->addr, &t->trie, sizeof(t->trie))) {
		touched->table_lines |= 1 << (line & 1);
		return;
	}
	add_line(touched, line);
	if (access->shared && inside(access->addr, t->dest, t->n * sizeof(*t->dest)))
		touched->links++;
	else if (access->shared)
		touched->nodes++;
}

static void lookup(const struct table *t, const struct rtm_prefix *key, struct touched *touched)
{
	const struct trace *trace;
	struct rtm_trie_leaf *leaf;
	struct rtm_prefix p;
	unsigned int i;

	memset(touched, 0, offsetof(struct touched, lines));
	trace_begin();
	leaf = rtm_trie_match(&t->trie, key);
	trace = trace_end();
	must(trace->n);
	for (i = 0; i < trace->n; i++)
		look_at(touched, t, key, &trace->access[i]);
	if (leaf) {
		p = (struct rtm_prefix){ .key = leaf->key, .len = leaf->len };
		must(rtm_prefix_covers(&p, key));
	}
}

static void trace_one(struct table *t, enum stream which, const char *family)
{
	const char *stream = stream_name[which];
	struct rtm_prefix *key = stream_make(t, which, LOOKUPS);
	struct samples lines, nodes, links;
	struct touched touched;
	u64 writes = 0;
	u32 table = 0;
	char what[64];
	u32 i;

	samples_init(&lines, LOOKUPS);
	samples_init(&nodes, LOOKUPS);
	samples_init(&links, LOOKUPS);
	for (i = 0; i < LOOKUPS; i++) {
		lookup(t, &key[i], &touched);
		samples_add(&lines, touched.n_lines);
		samples_add(&nodes, touched.nodes);
		samples_add(&links, touched.links);
		writes += touched.writes;
		table |= touched.table_lines;
	}
	snprintf(what, sizeof(what), "%s.%s.lines", family, stream);
	samples_report(&lines, what, false);
	snprintf(what, sizeof(what), "%s.%s.nodes", family, stream);
	samples_report(&nodes, what, false);
	snprintf(what, sizeof(what), "%s.%s.links", family, stream);
	samples_report(&links, what, false);
	snprintf(what, sizeof(what), "%s.%s", family, stream);
	report(what, "table_lines", __builtin_popcount(table));
	report(what, "writes", writes);
	free(key);
}

void lookup_trace(struct table *t, const char *family)
{
	enum stream which;

	for (which = 0; which < STREAMS; which++)
		trace_one(t, which, family);
}

/* For callgrind with --toggle-collect=rtm_trie_match: a dump a stream. */
void lookup_run(struct table *t, const char *family)
{
	struct rtm_prefix *key;
	enum stream which;
	char what[64];
	u32 i;

	for (which = 0; which < STREAMS; which++) {
		key = stream_make(t, which, LOOKUPS_RUN);
		CALLGRIND_START_INSTRUMENTATION;
		CALLGRIND_ZERO_STATS;
		for (i = 0; i < LOOKUPS_RUN; i++)
			rtm_trie_match(&t->trie, &key[i]);
		snprintf(what, sizeof(what), "%s.%s %u", family, stream_name[which], LOOKUPS_RUN);
		CALLGRIND_DUMP_STATS_AT(what);
		CALLGRIND_STOP_INSTRUMENTATION;
		free(key);
	}
}
