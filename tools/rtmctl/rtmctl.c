// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl - look at the routing table manager, and change what it has.
 *
 * How this file works: options, then an object, then a verb, each looked up in a
 * table.  The first verb of an object is its default.  "help" is understood in every
 * place.  A batch reads such lines from a file and runs them one after the other
 * with the same device file and the same registrations.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cmd.h"
#include "device.h"
#include "links.h"
#include "session.h"

#define MAX_WORDS 1024

static const struct object {
	const char *name;
	const struct verb *verbs;
} objects[] = {
	{ "entity", entity_verbs },
	{ "nexthop", nexthop_verbs },
	{ "route", route_verbs },
	{ "dest", dest_verbs },
	{ "lock", lock_verbs },
	{ "method", method_verbs },
	{ "monitor", monitor_verbs },
	{ "notify", notify_verbs },
	{ "limits", limits_verbs },
	{ "stats", stats_verbs },
	{ "fib", fib_verbs },
	{ "conf", conf_verbs },
	{ "version", version_verbs },
};

static void print_usage(FILE *out)
{
	size_t i;

	fputs("Usage: rtmctl [OPTION...] OBJECT [COMMAND [ARGUMENT...]]\n"
	      "       rtmctl [OPTION...] -b FILE [-force]\n"
	      "OBJECT:", out);
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		fprintf(out, " %s", objects[i].name);
	fputs("\nOPTION: -4 | -6 | -j (JSON) | -p (pretty JSON) | -d (details) |\n"
	      "        -n NETNS | -b FILE (- for standard input) | -force | -V | -h\n"
	      "\"rtmctl OBJECT help\" tells more, and so does rtmctl(8).\n", out);
}

static void print_verb(FILE *out, const char *object, const struct verb *verb)
{
	fprintf(out, "rtmctl %s %s%s%s\n", object, verb->name, *verb->usage ? " " : "",
		verb->usage);
}

static int object_help(const struct object *object)
{
	const struct verb *verb;

	for (verb = object->verbs; verb->name; verb++)
		print_verb(stdout, object->name, verb);
	return STATUS_OK;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "--help") || !strcmp(word, "-h");
}

static const struct object *find_object(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		if (!strcmp(objects[i].name, word))
			return &objects[i];
	}
	return NULL;
}

static const struct verb *find_verb(const struct verb *verbs, const char *word)
{
	for (; verbs->name; verbs++) {
		if (!strcmp(verbs->name, word))
			return verbs;
	}
	return NULL;
}

static int run_verb(const struct object *object, const struct verb *verb, struct args *args)
{
	int status;

	if (args->n == 1 && is_help(args->words[0])) {
		print_verb(stdout, object->name, verb);
		return STATUS_OK;
	}
	status = verb->run(args);
	if (status == STATUS_USAGE) {
		fputs("Usage: ", stderr);
		print_verb(stderr, object->name, verb);
	}
	return status;
}

static int run_words(struct args *args)
{
	const char *word = args_next(args);
	const struct object *object;
	const struct verb *verb;

	if (is_help(word)) {
		print_usage(stdout);
		return STATUS_OK;
	}
	object = find_object(word);
	if (!object)
		return usage_error("there is no object \"%s\", try \"rtmctl help\"", word);
	word = args_next(args);
	if (!word)
		return run_verb(object, &object->verbs[0], args);
	if (is_help(word))
		return object_help(object);
	verb = find_verb(object->verbs, word);
	if (!verb)
		return usage_error("there is no command \"%s %s\", try \"rtmctl %s help\"",
				   object->name, word, object->name);
	return run_verb(object, verb, args);
}

/*
 * Batch
 */

/* Splits a line at blanks; "#" begins a comment.  -1: too many words. */
static int split(char *line, char **words)
{
	static const char blanks[] = " \t\r\n";
	char *word, *rest = NULL;
	int n = 0;

	for (word = strtok_r(line, blanks, &rest); word; word = strtok_r(NULL, blanks, &rest)) {
		if (*word == '#')
			break;
		if (n == MAX_WORDS)
			return -1;
		words[n++] = word;
	}
	return n;
}

static int run_line(char *line)
{
	static char *words[MAX_WORDS];
	struct args args = { .words = words };

	args.n = split(line, words);
	if (args.n < 0)
		return usage_error("more than %d words", MAX_WORDS);
	links_forget();
	return args.n ? run_words(&args) : STATUS_OK;
}

static int run_lines(FILE *file, const char *name, bool force)
{
	int status, worst = STATUS_OK;
	unsigned long number = 0;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, file) >= 0) {
		number++;
		status = run_line(line);
		if (!status)
			continue;
		fprintf(stderr, "rtmctl: failed: %s:%lu\n", name, number);
		worst = status > worst ? status : worst;
		if (!force)
			break;
	}
	free(line);
	return worst;
}

static int run_batch(const char *name, bool force)
{
	FILE *file = !strcmp(name, "-") ? stdin : fopen(name, "re");
	int status;

	if (!file)
		return refused("cannot open %s: %s", name, strerror(errno));
	status = run_lines(file, name, force);
	if (file != stdin)
		fclose(file);
	return status;
}

/*
 * Options
 */

enum {
	OPT_FORCE = 256,
};

struct invocation {
	const char *batch;
	const char *netns;
	bool force;
	bool help;
	bool version;
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "details", no_argument, NULL, 'd' },
	{ "netns", required_argument, NULL, 'n' },
	{ "batch", required_argument, NULL, 'b' },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* getopt takes unique beginnings of long options; keywords are exact, so are these. */
static bool is_exact(const char *word, int option)
{
	const char *name = word + strspn(word, "-");
	size_t n = strcspn(name, "=");

	return !strncmp(long_options[option].name, name, n) && !long_options[option].name[n];
}

static bool take_option(int c, struct invocation *inv)
{
	switch (c) {
	case '4':
		opts.family = AF_INET;
		return true;
	case '6':
		opts.family = AF_INET6;
		return true;
	case 'p':
		opts.pretty = true;
		opts.json = true;
		return true;
	case 'j':
		opts.json = true;
		return true;
	case 'd':
		opts.details = true;
		return true;
	case 'n':
		inv->netns = optarg;
		return true;
	case 'b':
		inv->batch = optarg;
		return true;
	case OPT_FORCE:
		inv->force = true;
		return true;
	case 'h':
		inv->help = true;
		return true;
	case 'V':
		inv->version = true;
		return true;
	default:
		return false;
	}
}

static int parse_options(int argc, char **argv, struct invocation *inv)
{
	int c, option, word;

	for (;;) {
		option = -1;
		word = optind;
		c = getopt_long_only(argc, argv, "+46jpdn:b:hV", long_options, &option);
		if (c == -1)
			return STATUS_OK;
		if (option >= 0 && !is_exact(argv[word], option))
			return usage_error("there is no option %s", argv[word]);
		if (!take_option(c, inv))
			return STATUS_USAGE;
	}
}

/* What was printed must have arrived. */
static int check_output(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	fprintf(stderr, "rtmctl: cannot write: %s\n", strerror(errno));
	return status ? status : STATUS_REFUSED;
}

static int run(struct args *args, const struct invocation *inv)
{
	int status;

	if (inv->netns) {
		status = dev_enter_netns(inv->netns);
		if (status)
			return status;
	}
	if (inv->version)
		return version_verbs[0].run(args);
	if (inv->batch && !args->n)
		return run_batch(inv->batch, inv->force);
	if (inv->batch)
		return usage_error("with -b the commands come from the file");
	return run_words(args);
}

int main(int argc, char **argv)
{
	struct invocation inv = { .batch = NULL };
	struct args args;
	int status;

	status = parse_options(argc, argv, &inv);
	args.words = argv + optind;
	args.n = argc - optind;
	if (status || inv.help || (!args.n && !inv.batch && !inv.version)) {
		print_usage(inv.help ? stdout : stderr);
		return inv.help && !status ? STATUS_OK : STATUS_USAGE;
	}
	status = run(&args, &inv);
	sessions_close();
	return check_output(status) & 0xff;
}
