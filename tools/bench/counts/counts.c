// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trie of the kernel module, measured in user space.
 *
 *	counts lookups|updates|run|readers 32|128 <TABLE
 *
 * How this file works: each command puts the table in and prints lines of "name value".
 * "lookups" needs the build that traces, "run" is for callgrind; see the Makefile.
 */
#include "lookup.h"
#include "readers.h"
#include "update.h"

static void die(void)
{
	fprintf(stderr, "usage: counts lookups|updates|run|readers 32|128 <TABLE\n");
	exit(2);
}

static void updates(struct table *t, const char *family)
{
	update_in(t, family);
	update_special(t, family);
	update_out(t, family);
	update_sorted(t, family);
}

int main(int argc, char **argv)
{
	void (*measure)(struct table *t, const char *family);
	unsigned int bits = argc == 3 ? atoi(argv[2]) : 0;
	struct table t;

	if (bits != 32 && bits != 128)
		die();
	if (!strcmp(argv[1], "lookups"))
		measure = lookup_trace;
	else if (!strcmp(argv[1], "run"))
		measure = lookup_run;
	else if (!strcmp(argv[1], "readers"))
		measure = readers_report;
	else if (!strcmp(argv[1], "updates"))
		measure = updates;
	else
		die();

	must(!rtm_trie_caches_init());
	table_read(&t, bits);
	mutex_lock(&t.lock);
	if (measure != updates)
		table_fill(&t);
	measure(&t, bits == 32 ? "ipv4" : "ipv6");
	if (measure != updates)
		table_clear(&t);
	mutex_unlock(&t.lock);
	table_free(&t);
	rtm_trie_caches_exit();
	return 0;
}
