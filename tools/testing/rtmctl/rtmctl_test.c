// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of rtmctl against a kernel made of arrays.
 *
 * How this file works: run() forks, lets rtmctl's main() run with the words of a
 * line, and keeps exit code, output and messages.  Each test begins with an empty
 * kernel; within a test one command finds what the last one left.  JSON is read back
 * with json-c's strict parser.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "common.h"
#include "fake.h"

#define MAX_WORDS	64
#define MAX_TEXT	65536
#define DAEMON_PID	1

/* How lines of routes end. */
#define STATIC	"proto static id 1 pref 3 metric 0"
#define BEST	" best fib installed\n"
#define BGP	"proto bgp id 7 pref 2 metric 9 src 10.0.0.1 mtu 1400"

/* Freed memory must not look like a leak to the test of memory use. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:detect_leaks=0";
}

static char out[MAX_TEXT], err[MAX_TEXT];
static struct rusage usage;

/*
 * Running
 */

static int split(char *line, char **words)
{
	char *rest = NULL, *word;
	int n = 0;

	for (word = strtok_r(line, " ", &rest); word && n < MAX_WORDS - 1;
	     word = strtok_r(NULL, " ", &rest))
		words[n++] = word;
	words[n] = NULL;
	return n;
}

static void slurp(FILE *file, char *text)
{
	size_t n;

	rewind(file);
	n = fread(text, 1, MAX_TEXT - 1, file);
	text[n] = '\0';
	fclose(file);
}

/* In the child: never returns. */
static void be_rtmctl(const char *line, int in, int to, int complain)
{
	char buf[1024], *words[MAX_WORDS];
	int n;

	snprintf(buf, sizeof(buf), "rtmctl %s", line);
	n = split(buf, words);
	dup2(in, STDIN_FILENO);
	dup2(to, STDOUT_FILENO);
	dup2(complain, STDERR_FILENO);
	n = rtmctl_main(n, words);
	fflush(NULL);
	_exit(n);
}

/* rtmctl LINE with @input on standard input: its exit code. */
static int feed(const char *input, const char *line)
{
	FILE *in = tmpfile(), *to = tmpfile(), *complain = tmpfile();
	int status;
	pid_t pid;

	assert_true(in && to && complain);
	fputs(input, in);
	rewind(in);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		be_rtmctl(line, fileno(in), fileno(to), fileno(complain));
	assert_int_equal(wait4(pid, &status, 0, &usage), pid);
	fake_exit(pid);
	fclose(in);
	slurp(to, out);
	slurp(complain, err);
	if (strstr(err, "Sanitizer") || strstr(err, "runtime error"))
		fail_msg("%s: %s", line, err);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run(const char *line)
{
	return feed("", line);
}

/* A command that must work. */
static void ok(const char *line)
{
	int code = run(line);

	if (code)
		fail_msg("\"%s\" returned %d: %s", line, code, err);
}

/* One that must not: its exit code, and what its message must have in it. */
static void no(int code, const char *line, const char *text)
{
	int got = run(line);

	if (got != code || !strstr(err, text))
		fail_msg("\"%s\" returned %d (not %d) and says: %s", line, got, code, err);
}

static void shows(const char *line, const char *text)
{
	ok(line);
	assert_string_equal(out, text);
}

static void has(const char *text)
{
	if (!strstr(out, text))
		fail_msg("no \"%s\" in: %s", text, out);
}

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/*
 * JSON
 */

static struct json_object *parse(void)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *o;

	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	out[strcspn(out, "\n") == strlen(out) ? strlen(out) : strlen(out) - 1] = '\0';
	o = json_tokener_parse_ex(tok, out, (int)strlen(out) + 1);
	if (!o)
		fail_msg("%s in: %s", json_tokener_error_desc(json_tokener_get_error(tok)), out);
	json_tokener_free(tok);
	return o;
}

/* The array that the command shows, with @n items. */
static struct json_object *list(const char *line, size_t n)
{
	struct json_object *o;

	ok(line);
	o = parse();
	assert_true(json_object_is_type(o, json_type_array));
	if (json_object_array_length(o) != n)
		fail_msg("\"%s\" shows %zu items: %s", line, json_object_array_length(o), out);
	return o;
}

static struct json_object *item(struct json_object *array, size_t i)
{
	return json_object_array_get_idx(array, i);
}

static struct json_object *member(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(o, key, &value))
		fail_msg("no \"%s\" in: %s", key, json_object_to_json_string(o));
	return value;
}

static void is_text(struct json_object *o, const char *key, const char *text)
{
	assert_string_equal(json_object_get_string(member(o, key)), text);
}

static void is_number(struct json_object *o, const char *key, uint64_t value)
{
	assert_int_equal(json_object_get_uint64(member(o, key)), value);
}

static void is_list(struct json_object *o, const char *key, const char *text)
{
	assert_string_equal(json_object_to_json_string_ext(member(o, key), 0), text);
}

/*
 * Words
 */

static void test_usage(void **state)
{
	(void)state;
	no(1, "", "Usage");
	no(1, "rout", "no object \"rout\"");
	no(1, "route sho", "no command \"route sho\"");
	no(1, "route show bes", "\"bes\" is not a prefix");
	no(1, "--jso route", "no option --jso");
	no(1, "-x", "Usage");
	no(1, "route add", "destination is missing");
	no(1, "route add 10.0.0.0/8", "where to is missing");
	no(1, "route add 10.0.0.0/8 via", "\"via\" needs a value");
	no(1, "route add 10.0.0.1/8 dev d0", "bits set beyond its length");
	no(1, "route add 10.0.0.0/33 dev d0", "no valid prefix length");
	no(1, "route add 10.0.0.0/ dev d0", "no valid prefix length");
	no(1, "route add 10.0/8 dev d0", "is not a prefix");
	no(1, "route add 10.0.0.0/8 10.1.0.0/16 dev d0", "one word too many");
	no(1, "route add 10.0.0.0/8 dev d0 pref 1 pref 2", "\"pref\" is given twice");
	no(1, "route add 10.0.0.0/8 dev d0 pref -1", "is not a number");
	no(1, "route add 10.0.0.0/8 dev d0 pref 4294967296", "is not a number");
	no(1, "route add 10.0.0.0/8 dev d0 metric 1x", "is not a number");
	no(1, "route add 10.0.0.0/8 dev d0 view ucast,", "is no view");
	no(1, "route add 10.0.0.0/8 dev d0 proto nonsense", "is no protocol");
	no(1, "route add 10.0.0.0/8 dev d0 proto 0", "is no protocol");
	no(1, "route add 10.0.0.0/8 dev d0 instance 65536", "is not a number");
	no(1, "route add 10.0.0.0/8 dev d0 timeout nan", "is not a number of seconds");
	no(1, "route add 10.0.0.0/8 dev d0 timeout -1", "is not a number of seconds");
	no(1, "-6 route add 10.0.0.0/8 dev d0", "is IPv4, and -6 was given");
	no(1, "route show all best", "contradict");
	no(1, "entity add", "protocol of the entity is missing");
	no(1, "lock dest 10.0.0.0/8", "\"-- COMMAND\" is missing");
	no(1, "lock dest 10.0.0.0/8 --", "command after");
	no(1, "stats show now", "unknown word");
	no(1, "limits show id 3", "protocol of the entity is missing");
	no(1, "limits show static routes 5", "one word too many");
	no(1, "limits set routes 0", "is not a number above 0");
	no(1, "limits set routes 18446744073709551616", "is not a number above 0");
	no(1, "limits set bytes", "\"bytes\" needs a value");
	no(1, "limits set routes 5 routes 6", "\"routes\" is given twice");
	no(1, "limits set static", "no limit to set");
	no(1, "limits set static dests 5", "for the namespace only");
	no(1, "monitor route all best", "contradict");
	no(1, "monitor route 10.0.0.0/8 root 11.0.0.0/8", "one prefix is enough");
	no(1, "monitor route count x", "is not a number");
	no(1, "monitor route view", "\"view\" needs a value");
	no(1, "monitor entity 10.0.0.0/8", "unknown word");
	no(1, "monitor dest", "no command \"monitor dest\"");
	no(2, "route add 10.0.0.0/8 dev nope", "no interface \"nope\"");
	assert_int_equal(fake->calls[_IOC_NR(RTM_IOC_REGISTER_ENTITY)], 0);
}

static void test_help(void **state)
{
	static const char *const objects[] = {
		"entity", "nexthop", "route", "dest", "lock", "monitor", "limits", "stats",
		"fib", "version",
	};
	char line[64];
	size_t i;

	(void)state;
	ok("help");
	has("Usage: rtmctl");
	ok("-h");
	has("Usage: rtmctl");
	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		snprintf(line, sizeof(line), "%s help", objects[i]);
		ok(line);
		snprintf(line, sizeof(line), "rtmctl %s ", objects[i]);
		has(line);
	}
	ok("route add help");
	has("rtmctl route add PREFIX");
	assert_null(strstr(out, "route del"));
}

/*
 * Routes
 */

static void test_route_text(void **state)
{
	(void)state;
	ok("route add 198.51.100.0/24 via 10.0.0.9");
	shows("route show", "198.51.100.0/24 via 10.0.0.9 dev d0 " STATIC BEST);
	ok("route add 198.51.100.0/24 via 10.0.0.8 " BGP);
	shows("route show exact 198.51.100.0/24",
	      "198.51.100.0/24 via 10.0.0.9 dev d0 " STATIC "\n"
	      "198.51.100.0/24 via 10.0.0.8 dev d0 " BGP BEST);
	shows("route show best", "198.51.100.0/24 via 10.0.0.8 dev d0 " BGP BEST);
	shows("route show proto static", "198.51.100.0/24 via 10.0.0.9 dev d0 " STATIC "\n");
	shows("route show proto bgp id 8", "");
	shows("-6 route show", "");
	ok("-d route show proto bgp");
	has("view ucast");
	has("state created age 1.500 cookie 0x0");
}

static void test_route_forms(void **state)
{
	(void)state;
	ok("route add default via 2001:db8::9");
	ok("route add default via 10.0.0.9");
	ok("route add 192.0.2.1 dev d0");
	ok("route add blackhole 203.0.113.0/24");
	ok("route add 203.0.112.0/24 prohibit");
	ok("route add 100.64.0.0/10 via 192.0.2.9");
	ok("route add 2001:db8:1::/48 via fe80::1 dev d0 view ucast,mcast");
	ok("route add 172.16.0.0/12 via 172.31.0.1 remote flag local");
	shows("-4 route show",
	      "default via 10.0.0.9 dev d0 " STATIC BEST
	      "192.0.2.1 dev d0 " STATIC BEST
	      "203.0.113.0/24 blackhole " STATIC BEST
	      "203.0.112.0/24 prohibit " STATIC BEST
	      "100.64.0.0/10 via 192.0.2.9 dev tun " STATIC BEST
	      "172.16.0.0/12 via 172.31.0.1 remote " STATIC " flags local" BEST);
	shows("-6 route show",
	      "default via 2001:db8::9 dev d0 " STATIC BEST
	      "2001:db8:1::/48 via fe80::1 dev d0 " STATIC
	      " view ucast,mcast best ucast,mcast fib installed\n");
	ok("route show default");
	assert_int_equal(strncmp(out, "default via 10", 14), 0);
	has("default via 2001:db8::9");
}

#define HOP(host) "nexthop via 10.0.0." host " "

static void test_route_multipath(void **state)
{
	(void)state;
	ok("route add 203.0.113.0/24 nexthop via 10.0.0.8 nexthop via 10.0.0.9 dev d0");
	ok("route show");
	has("203.0.113.0/24 nexthop via 10.0.0.8 dev d0 nexthop via 10.0.0.9 dev d0 " STATIC BEST);
	no(1, "route add 1.0.0.0/8 via 10.0.0.8 via 10.0.0.9", "needs \"nexthop\"");
	no(1, "route add 1.0.0.0/8 via 10.0.0.8 nexthop via 10.0.0.8", "given twice");
	no(1, "route add 1.0.0.0/8 nexthop --nexthop dev d0", "empty \"nexthop\"");
	no(1, "route add 1.0.0.0/8 via 2001:db8::1", "is not IPv4");
	no(2, "route add 1.0.0.0/8 via 10.9.9.9",
	   "cannot add 1.0.0.0/8: next hop 10.9.9.9 is not on any link");
	no(2, "route add 2001:db8::/32 via fe80::1", "is link-local and needs \"dev\"");
	no(2, "route add 1.0.0.0/8 " HOP("2") HOP("3") HOP("4") HOP("5") HOP("6") HOP("7")
	   HOP("8") HOP("9") HOP("10"), "9 next hops, the module takes 8 at most");
}

static void test_route_change(void **state)
{
	(void)state;
	ok("route add 198.51.100.0/24 via 10.0.0.9");
	no(2, "route add 198.51.100.0/24 via 10.0.0.8",
	   "cannot add 198.51.100.0/24: proto static id 1 has a route there already");
	ok("route replace 198.51.100.0/24 via 10.0.0.8");
	ok("route show");
	has("via 10.0.0.8");
	assert_null(strstr(out, "10.0.0.9"));
	/* the next hop nobody uses is gone, too */
	shows("nexthop show", "via 10.0.0.8 dev d0 proto static id 1 users 1 implicit\n");
	no(2, "route del 198.51.100.0/24 via 10.0.0.9", "has no such next hop there");
	no(2, "route del 198.51.101.0/24",
	   "cannot delete 198.51.101.0/24: proto static id 1 has no route");
	no(2, "route del 198.51.100.0/24 proto rip", "there is no entity proto rip id 1");
	ok("route del 198.51.100.0/24 via 10.0.0.8 dev d0");
	shows("route show", "");
	shows("nexthop show", "");
}

/* What a daemon left with neighbours: rtmctl must delete the right one. */
static void test_route_neighbours(void **state)
{
	struct fake_route *r = fake->routes;
	int e, i;

	(void)state;
	e = fake_register(AF_INET, 14, 1, RTM_REQ_KEEP, 0);
	for (i = 0; i < 2; i++) {
		fake->nexthops[i] = (struct fake_nexthop) { .used = true, .owner = e };
		fake->nexthops[i].attrs.ifindex = 2;
		fake->nexthops[i].attrs.addr = (struct rtm_net_prefix) {
			.family = AF_INET, .len = 32, .addr = { 10, 0, 0, (__u8)(8 + i) },
		};
		r[i] = (struct fake_route) { .used = true, .owner = e, .neighbour = i };
		r[i].dest = (struct rtm_net_prefix) { .family = AF_INET, .len = 8, .addr = { 20 } };
		r[i].attrs.n_nexthops = 1;
		r[i].nexthops[0] = i;
	}
	fake->n_routes = 2;
	ok("-d route show");
	has("neighbour via 10.0.0.9 dev d0");
	ok("route del 20.0.0.0/8 via 10.0.0.9 proto bgp");
	assert_true(r[0].used);
	assert_false(r[1].used);
	r[1].used = true;
	ok("route del 20.0.0.0/8 proto bgp");
	assert_int_equal(r[0].used + r[1].used, 1);
	r[0].used = true;
	r[1].used = true;
	ok("route flush proto bgp");
	assert_int_equal(r[0].used + r[1].used, 0);
}

static void test_route_get(void **state)
{
	(void)state;
	ok("route add default via 10.0.0.9");
	ok("route add 10.0.0.0/8 via 10.0.0.8");
	/* the longest match is no unicast route */
	ok("route add 10.1.0.0/16 via 10.0.0.7 view mcast");
	ok("route get 10.1.2.3");
	assert_int_equal(strncmp(out, "10.0.0.0/8 via 10.0.0.8", 23), 0);
	ok("route get 10.1.2.3 view mcast");
	assert_int_equal(strncmp(out, "10.1.0.0/16 ", 12), 0);
	ok("route get 192.0.2.1");
	assert_int_equal(strncmp(out, "default ", 8), 0);
	no(2, "route get 2001:db8::1", "no route to 2001:db8::1");
	assert_string_equal(out, "");
	no(2, "-j route get 2001:db8::1", "no route to");
	assert_string_equal(out, "[]\n");
	no(1, "route get 10.0.0.0/8", "is not an address");
}

static void test_route_scope(void **state)
{
	(void)state;
	ok("route add 10.0.0.0/8 dev d0");
	ok("route add 10.1.0.0/16 dev d0");
	ok("route add 10.1.1.0/24 dev lo");
	ok("route show root 10.1.0.0/16");
	assert_null(strstr(out, "10.0.0.0/8"));
	has("10.1.0.0/16");
	has("10.1.1.0/24");
	shows("route show match 10.2.0.0/16", "10.0.0.0/8 dev d0 " STATIC BEST);
	shows("route show dev lo", "10.1.1.0/24 dev lo " STATIC BEST);
	no(1, "route show root 10.0.0.0/8 exact 10.0.0.0/8", "one prefix is enough");
	ok("route flush root 10.1.0.0/16");
	shows("route show", "10.0.0.0/8 dev d0 " STATIC BEST);
}

/*
 * JSON of every object
 */

static void test_json_routes(void **state)
{
	struct json_object *o, *r;

	(void)state;
	shows("-j route show", "[]\n");
	ok("route add 198.51.100.0/24 via 10.0.0.9 mtu 1400 src 10.0.0.1 metric 4294967295");
	ok("route add 203.0.113.0/24 nexthop via 10.0.0.8 nexthop via 10.0.0.9");
	ok("route add default blackhole");
	o = list("-j route show", 3);
	r = item(o, 0);
	is_text(r, "dst", "198.51.100.0/24");
	is_text(r, "gateway", "10.0.0.9");
	is_text(r, "dev", "d0");
	is_text(r, "protocol", "static");
	is_text(r, "prefsrc", "10.0.0.1");
	is_number(r, "metric", 4294967295u);
	is_list(r, "metrics", "[{\"mtu\":1400}]");
	is_list(r, "flags", "[]");
	is_list(r, "views", "[\"ucast\"]");
	is_list(r, "best", "[\"ucast\"]");
	is_list(r, "entity", "{\"protocol\":\"static\",\"id\":1,\"instance\":0}");
	is_number(r, "preference", 3);
	is_text(r, "fib", "installed");
	is_text(r, "locked", "free");
	r = member(item(o, 1), "nexthops");
	is_text(item(r, 0), "gateway", "10.0.0.8");
	is_text(item(r, 1), "gateway", "10.0.0.9");
	is_list(item(r, 1), "flags", "[]");
	is_text(item(o, 2), "dst", "default");
	is_text(item(o, 2), "type", "blackhole");
	is_list(item(o, 2), "flags", "[\"blackhole\"]");
	json_object_put(o);
	/* pretty is the same, only longer */
	json_object_put(list("-p route show", 3));
	assert_non_null(strchr(out, '\n'));
}

static void test_json_others(void **state)
{
	struct json_object *o;

	(void)state;
	ok("entity add bgp id 4294967295 inet");
	ok("nexthop add 2001:db8::9 down proto bgp");
	o = list("-j entity show", 2);
	is_number(item(o, 0), "id", 4294967295u);
	is_list(item(o, 0), "registered", "false");
	is_list(item(o, 0), "keep", "true");
	is_text(item(o, 1), "family", "inet6");
	is_number(item(o, 1), "nexthops", 1);
	json_object_put(o);
	o = list("-j nexthop show", 1);
	is_text(item(o, 0), "gateway", "2001:db8::9");
	is_list(item(o, 0), "flags", "[\"down\"]");
	json_object_put(o);
	o = list("-j stats", 1);
	is_number(item(o, 0), "routes", UINT64_MAX);
	is_number(item(o, 0), "fib_installed", 901899);
	json_object_put(o);
	o = list("-j fib sync timeout 1", 1);
	is_number(item(o, 0), "conflict", 1);
	json_object_put(o);
	ok("-j version");
	o = parse();
	is_number(o, "schema", 1);
	is_text(o, "module", "9.9");
	json_object_put(o);
}

static void test_limits(void **state)
{
	struct json_object *o;

	(void)state;
	ok("entity add static inet");
	ok("limits set routes 100 nexthops 20 handles 30 objects 40 dests 50 bytes 60");
	ok("limits");
	has("namespace routes 10 limit 100 refused 0\n");
	has("namespace nexthops 11 limit 20 refused 1\n");
	has("namespace handles 12 limit 30 refused 2\n");
	has("namespace objects 13 limit 40 refused 3\n");
	has("namespace dests 14 limit 50 refused 4\n");
	has("namespace bytes 15 limit 60 refused 5\n");
	ok("limits set static routes 7 bytes 18446744073709551615");
	ok("limits show proto static id 1 instance 0");
	has("inet proto static id 1 routes 10 limit 7 refused 0\n");
	has("inet proto static id 1 bytes 15 limit 18446744073709551615 refused 5\n");
	assert_null(strstr(out, "dests"));
	assert_null(strstr(out, "inet6"));
	ok("limits set static routes default");
	ok("limits show static");
	has("routes 10 limit 0 refused 0\n");
	no(2, "limits show bgp", "there is no such entity");
	no(2, "limits set static id 5 routes 1", "there is no such entity");
	no(2, "-6 limits set static routes 1", "there is no such entity");
	/* all that a set names is set, and nothing else */
	o = list("-j limits show", 6);
	is_text(item(o, 0), "resource", "routes");
	is_number(item(o, 0), "limit", 100);
	is_number(item(o, 4), "used", 14);
	is_number(item(o, 5), "refused", 5);
	json_object_put(o);
	ok("entity add static inet6");
	o = list("-j limits show static", 10);
	is_text(item(o, 9), "family", "inet6");
	is_text(item(o, 9), "resource", "bytes");
	json_object_put(o);
}

static void test_json_locks(void **state)
{
	struct json_object *o;

	(void)state;
	fake->n_locks = 2;
	fake->locks[0] = (struct rtm_lock_rec) {
		.prefix = { .family = AF_INET, .len = 24, .addr = { 198, 51, 100 } },
		.entity = { .family = AF_INET, .protocol = 3, .id = 42 },
		.exclusive = 1,
		.pid = getpid(),
		.tid = getpid(),
		.age_ns = 3250000000ull,
	};
	fake->locks[1] = (struct rtm_lock_rec) {
		.waiting = 1,
		.prefix = { .family = AF_INET6, .len = 32, .addr = { 0x20, 1, 0xd, 0xb8 } },
		.entity = { .family = AF_INET6, .instance = 5, .protocol = 0x3fff0008, .id = 1 },
		.shared = 1,
	};
	o = list("-j lock show", 2);
	is_text(item(o, 0), "role", "holder");
	is_text(item(o, 0), "mode", "exclusive");
	is_text(item(o, 0), "command", "rtmctl_test");
	is_list(item(o, 0), "seconds", "3.250");
	is_text(item(o, 1), "role", "waiter");
	is_text(item(o, 1), "protocol", "0x3fff0008");
	is_text(item(o, 1), "command", "?");
	json_object_put(o);
	ok("lock show 2001:db8::/32");
	has("2001:db8::/32 waits shared proto 0x3fff0008 id 1 instance 5 pid 0 tid 0 (?)");
	shows("lock show instance 7", "");
	shows("lock break 198.51.100.0/24", "198.51.100.0/24: 1 broken\n");
	no(2, "lock break 198.51.101.0/24", "nobody holds it");
	no(1, "lock break default", "needs -4 or -6");
	fake->n_locks = 0;
	no(2, "lock break 198.51.101.0/24", "there is no such destination");
}

static void test_notify(void **state)
{
	struct json_object *o;

	(void)state;
	shows("notify show", "");
	fake->n_notifies = 2;
	fake->notifies[0] = (struct rtm_notify_rec) {
		.owner = { .family = AF_INET, .protocol = 3, .id = 42 },
		.types = RTM_CT_BEST | RTM_CT_ONLY_MARKED,
		.views = RTM_V_UCAST,
		.prefix = { .family = AF_INET, .len = 24, .addr = { 198, 51, 100 } },
		.protocol = 0x3fff0008,
		.flags = RTM_REQ_EVENTS,
		.state = RTM_NOTIFY_DESYNC,
		.pid = getpid(),
		.pending = 12,
		.gone = 3,
		.marked = 4,
	};
	fake->notifies[1] = (struct rtm_notify_rec) {
		.owner = { .family = AF_INET6, .instance = 5, .protocol = 0x3fff0008, .id = 1 },
		.types = RTM_CT_ALL,
	};
	ok("notify show");
	has("id 42 changes best,marked view ucast root 198.51.100.0/24 concerns 0x3fff0008");
	has(" concerns 0x3fff0008 pending 12 gone 3 marks 4 desync events pid");
	has("id 1 instance 5 changes all pending 0 pid 0 (?)\n");
	ok("notify show 0x3fff0008");
	assert_null(strstr(out, "id 42"));
	ok("notify show id 42 inet");
	has("id 42");
	shows("notify show id 42 inet6", "");
	shows("notify show instance 7", "");
	shows("-4 notify show id 1", "");
	no(1, "-4 notify show inet6", "contradict");
	no(1, "notify show everything", "");
	o = list("-j notify", 2);
	is_text(item(o, 0), "root", "198.51.100.0/24");
	is_text(item(o, 0), "concerns", "0x3fff0008");
	is_text(item(o, 0), "command", "rtmctl_test");
	is_list(item(o, 0), "changes", "[\"best\",\"marked\"]");
	is_list(item(o, 0), "desync", "true");
	is_list(item(o, 0), "events", "true");
	is_number(item(o, 0), "pending", 12);
	is_number(item(o, 0), "gone", 3);
	is_number(item(o, 0), "marks", 4);
	is_number(item(o, 0), "pid", getpid());
	is_list(item(o, 1), "desync", "false");
	is_text(item(o, 1), "family", "inet6");
	is_list(item(o, 1), "views", "[]");
	assert_false(json_object_object_get_ex(item(o, 1), "root", NULL));
	json_object_put(o);
}

static void test_dest(void **state)
{
	struct json_object *o;

	(void)state;
	ok("route add 198.51.100.0/24 dev d0");
	ok("route add 203.0.113.0/24 dev d0 view ucast,mcast");
	ok("route add 203.0.113.0/24 dev d0 proto bgp");
	ok("dest show");
	has("198.51.100.0/24 routes 1 fib installed locked free\n");
	has("203.0.113.0/24 routes 2 fib failed locked exclusive view ucast,mcast error");
	has("\"Nexthop has invalid gateway\"\n");
	ok("dest show locked");
	assert_null(strstr(out, "198.51"));
	/* a keyword may look like an option */
	ok("dest show --locked");
	assert_null(strstr(out, "198.51"));
	ok("dest show fib failed");
	has("203.0.113.0/24");
	no(1, "dest show fib fail", "is no state of the FIB");
	o = list("-j dest show 203.0.113.0/24", 1);
	is_text(item(o, 0), "fib_error", "Nexthop has invalid gateway");
	is_number(item(o, 0), "fib_errno", ENETUNREACH);
	is_text(item(o, 0), "locked", "exclusive");
	json_object_put(o);
}

static void test_dest_hold(void **state)
{
	struct json_object *o;

	(void)state;
	ok("route add 198.51.100.0/24 dev d0");
	no(1, "dest hold time 5", "the destination is missing");
	no(1, "dest hold 198.51.100.0/24", "either \"time SECONDS\" or \"forever\"");
	no(1, "dest hold 198.51.100.0/24 time 5 forever", "either \"time SECONDS\" or \"forever\"");
	no(1, "dest hold 198.51.100.0/24 time 0", "is not a number of seconds from 0.001");
	no(1, "dest hold 198.51.100.0/24 time 4294968", "is not a number of seconds from 0.001");
	no(1, "dest hold 198.51.100.0/24 time long", "is not a number of seconds from 0.001");
	no(2, "dest hold 198.51.101.0/24 time 5", "no entity has a route to it");
	ok("dest hold 198.51.100.0/24 time 1.5 view mcast");
	ok("dest show");
	has("hold mcast for 1.500 s");
	o = list("-j dest show", 1);
	is_list(item(o, 0), "hold", "[\"mcast\"]");
	is_list(item(o, 0), "held", "[]");
	is_number(item(o, 0), "hold_ms", 1500);
	json_object_put(o);
	ok("dest hold 198.51.100.0/24 forever nowait");
	ok("dest show");
	has("hold ucast,mcast for ever");
	/* nothing of the registration is left */
	ok("entity show proto netmgmt");
	assert_string_equal(out, "");
}

static void test_route_lifetime(void **state)
{
	struct json_object *o;

	(void)state;
	no(1, "route add 198.51.100.0/24 dev d0 ttl 0", "is not a number of seconds from 0.001");
	no(1, "route add 198.51.100.0/24 dev d0 ttl", "ttl");
	ok("route add 198.51.100.0/24 dev d0 ttl 90.5");
	ok("route show");
	has("expires 90.500");
	o = list("-j route show", 1);
	is_number(item(o, 0), "expires_ms", 90500);
	json_object_put(o);
	ok("route replace 198.51.100.0/24 dev d0");
	ok("route show");
	assert_null(strstr(out, "expires"));
}

/*
 * Entities and next hops
 */

static void test_entity(void **state)
{
	(void)state;
	ok("entity add proto ospf");
	shows("entity show", "inet proto ospf id 1 routes 0 nexthops 0 kept\n"
	      "inet6 proto ospf id 1 routes 0 nexthops 0 kept\n");
	no(2, "entity add ospf inet6", "an inet6 entity of that name exists");
	ok("route add 10.0.0.0/8 dev d0 proto ospf");
	ok("-4 entity show");
	has("routes 1 nexthops 1 kept");
	ok("entity del ospf inet");
	shows("entity show", "inet6 proto ospf id 1 routes 0 nexthops 0 kept\n");
	shows("route show", "");
	/* one family is enough */
	ok("entity del ospf");
	no(2, "entity del ospf", "there is no such entity");
	no(1, "-4 entity add ospf inet6", "contradict");
	ok("entity add 0x3fff0008 id 2 inet");
	ok("entity show");
	has("proto 0x3fff0008 id 2");
}

static void test_entity_alive(void **state)
{
	(void)state;
	fake_register(AF_INET, 14, 1, 0, DAEMON_PID);
	no(2, "route add 10.0.0.0/8 dev d0 proto bgp",
	   "cannot act as proto bgp id 1: process 1 (");
	no(2, "entity del bgp", "cannot act as proto bgp id 1");
	ok("entity show");
	has("pid 1 (");
}

/* The policy of a daemon's entity, and of one whose daemon is gone. */
static void test_entity_set(void **state)
{
	struct json_object *entities;

	(void)state;
	fake_register(AF_INET, 14, 1, 0, DAEMON_PID);
	no(1, "entity set crash keep", "the protocol of the entity is missing");
	no(1, "entity set bgp", "is needed");
	no(1, "entity set bgp crash", "\"crash\" needs a value");
	no(1, "entity set bgp crash stay", "none of withdraw, hold, keep");
	no(1, "entity set bgp crash hold", "\"time SECONDS\" goes with \"crash hold\"");
	no(1, "entity set bgp crash keep time 5", "\"time SECONDS\" goes with");
	no(1, "entity set bgp crash hold time 86401", "at most 86400 seconds");
	no(1, "entity set bgp crash hold time 0", "not a number of seconds");
	no(1, "-4 entity set bgp inet6 crash keep", "contradict");
	no(2, "entity set bgp id 2 crash keep", "there is no such entity");
	no(2, "entity set bgp inet6 crash keep", "there is no such entity");
	no(2, "entity set bgp instance 1 crash keep", "there is no such entity");
	ok("entity set proto bgp id 1 instance 0 inet crash hold time 120");
	ok("entity show");
	has(" hold 120.000 s");
	entities = list("-j entity show", 1);
	is_number(item(entities, 0), "hold_ms", 120000);
	json_object_put(entities);
	/* one family is enough */
	ok("entity set bgp both crash keep");
	ok("entity show");
	has(" keep");
	ok("entity set bgp crash withdraw");
	fake->fail_cmd = RTM_IOC_SET_CRASH_POLICY;
	fake->fail_error = EPERM;
	no(2, "entity set bgp crash keep", "cannot set the policy of proto bgp id 1: needs CAP");
	fake->fail_cmd = 0;

	fake_register(AF_INET, 13, 1, RTM_REQ_KEEP, 0);
	ok("entity set ospf crash hold time 1.5");
	ok("entity show ospf");
	has("held for 1.500 s");
	ok("entity set ospf crash withdraw");
	shows("entity show ospf", "");
}

/* Of two entities with one name that of the family which was said; else both. */
static void test_entity_set_family(void **state)
{
	const char *kept4 = "inet proto ospf id 1 routes 0 nexthops 0 kept\n";
	const char *kept6 = "inet6 proto ospf id 1 routes 0 nexthops 0 kept\n";

	(void)state;
	ok("entity add ospf");
	ok("entity set ospf inet6 crash hold time 30");
	shows("-4 entity show", kept4);
	shows("-6 entity show", "inet6 proto ospf id 1 routes 0 nexthops 0 held for 30.000 s\n");
	ok("-6 entity set ospf crash keep");
	shows("-6 entity show", kept6);
	ok("-4 entity set ospf crash withdraw");
	shows("entity show", kept6);
	ok("entity add ospf inet");
	shows("-4 entity show", kept4);
	ok("entity set ospf crash withdraw");
	shows("entity show", "");
}

static void test_method(void **state)
{
	struct json_object *methods, *answer;
	int e;

	(void)state;
	shows("method", "");
	shows("-j method show", "[]\n");
	fake_register(AF_INET6, 13, 1, 0, DAEMON_PID);
	fake_register(AF_INET, 14, 1, 0, DAEMON_PID);
	e = fake_register(AF_INET6, 14, 1, 0, DAEMON_PID);
	fake->entities[e].n_methods = 3;
	fake->entities[fake_register(AF_INET, 14, 2, 0, 0)].n_methods = 2;
	fake->entities[fake_register(AF_INET, 8, 1, 0, DAEMON_PID)].n_methods = 1;
	shows("method show", "inet6 proto bgp id 1 methods 3\n"
	      "inet proto bgp id 2 methods 2\ninet proto rip id 1 methods 1 blocked\n");
	shows("method show proto bgp inet6", "inet6 proto bgp id 1 methods 3\n");
	shows("method show bgp inet id 2 instance 0", "inet proto bgp id 2 methods 2\n");
	methods = list("-j method show rip", 1);
	is_text(item(methods, 0), "family", "inet");
	is_text(item(methods, 0), "protocol", "rip");
	is_number(item(methods, 0), "methods", 1);
	assert_true(json_object_get_boolean(member(item(methods, 0), "blocked")));
	json_object_put(methods);

	no(1, "method invoke method 0", "the protocol of the entity is missing");
	no(1, "method invoke bgp", "\"method N\" is missing");
	no(1, "method invoke bgp method 32", "not a number from 0 to 31");
	no(1, "method invoke bgp method 0 input 1", "two hexadecimal digits");
	no(1, "method invoke bgp method 0 input 0g", "two hexadecimal digits");
	no(1, "method invoke bgp method 0 room 65537", "not a number from 0 to 65536");
	no(1, "-4 method invoke bgp method 0 inet6", "contradict");
	no(1, "method invoke bgp method 0 timeout x", "timeout");
	no(2, "method invoke bgp id 9 method 0", "proto bgp id 9: it is not registered");
	no(2, "method invoke bgp id 2 method 0", "proto bgp id 2: it is not registered");

	/* the first family that has the name; what it has not is left out */
	shows("method invoke bgp method 0 input 616263", "status 0\n");
	shows("method invoke proto bgp id 1 inet6 method 0 method 2 method 9 input 00fFaB",
	      "status 5 output 00ffab\n");
	shows("method invoke bgp instance 0 inet6 method 0 timeout 5", "status 1\n");
	shows("-6 method invoke bgp method 1 input 0001 room 1", "status 2 output 00\n");
	ok("-j method invoke bgp inet6 method 1 input 7f");
	answer = parse();
	is_number(answer, "status", 2);
	is_text(answer, "output", "7f");
	json_object_put(answer);
	fake->fail_cmd = RTM_IOC_INVOKE_METHOD;
	fake->fail_error = ETIMEDOUT;
	no(2, "method invoke bgp method 0", "proto bgp id 1: it has not answered in time");
	fake->fail_cmd = 0;
	/* nothing of ours is left */
	shows("entity show netmgmt", "");
}

/*
 * rtm.conf
 */

static char conf_dir[32];
static char conf[sizeof(conf_dir) + 16];

/* A directory of the test's own with the file in it, which is not there yet. */
static int reset_conf(void **state)
{
	strcpy(conf_dir, "/tmp/rtmctl-test-XXXXXX");
	if (!mkdtemp(conf_dir))
		return -1;
	snprintf(conf, sizeof(conf), "%s/rtm.conf", conf_dir);
	setenv("RTM_CONF", conf, 1);
	return reset(state);
}

static int remove_conf(void **state)
{
	(void)state;
	unsetenv("RTM_CONF");
	unlink(conf);
	return rmdir(conf_dir);
}

static void write_conf(const char *text)
{
	FILE *file = fopen(conf, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* A command with the name of the file at its end. */
static const char *with_conf(const char *command)
{
	static char line[128];

	snprintf(line, sizeof(line), "%s %s", command, conf);
	return line;
}

/* An error as it is printed: the file, its line, the text. */
static const char *conf_error(unsigned int line, const char *text)
{
	static char buf[256];

	snprintf(buf, sizeof(buf), "rtmctl: %s:%u: %s\n", conf, line, text);
	return buf;
}

static void test_conf(void **state)
{
	struct json_object *sections, *o;

	(void)state;
	shows("conf", "");
	shows("conf check", "");
	shows("-j conf check", "[]\n");
	shows("-j conf show", "[]\n");
	no(2, "conf check /nonexistent", "cannot use /nonexistent: No such file");
	no(2, "conf show /nonexistent", "cannot use /nonexistent: No such file");
	no(2, "conf check /tmp", "cannot use /tmp: it is no regular file");
	no(1, "conf check a b", "one word too many");

	write_conf("[protocol bgp id 2 instance 3]\ncrash = hold\nhold-time = 120\n"
		   "[protocol 0xc0000001]\ncrash = withdraw\n"
		   "\n[default]\ncrash = keep\n");
	shows("conf check", "");
	shows("-j conf check", "[]\n");
	shows(with_conf("-j conf check"), "[]\n");
	shows("conf show", "proto bgp id 2 instance 3 crash hold time 120\n"
	      "proto 0xc0000001 crash withdraw\n"
	      "default crash keep\n");
	sections = list("-j conf show", 3);
	o = item(sections, 0);
	is_text(o, "protocol", "bgp");
	is_number(o, "id", 2);
	is_number(o, "instance", 3);
	is_text(o, "crash", "hold");
	is_number(o, "hold_ms", 120000);
	is_number(o, "line", 1);
	o = item(sections, 2);
	is_text(o, "crash", "keep");
	is_number(o, "line", 7);
	assert_null(json_object_object_get(o, "protocol"));
	assert_null(json_object_object_get(o, "id"));
	assert_null(json_object_object_get(o, "hold_ms"));
	json_object_put(sections);
}

static void test_conf_errors(void **state)
{
	struct json_object *errors;

	(void)state;
	write_conf("[protocol bgp]\ncrash = stay\n[protocol ospf]\nhold = 5\n");
	no(2, with_conf("conf check"),
	   conf_error(2, "crash is withdraw, hold or keep, not \"stay\""));
	assert_non_null(strstr(err, conf_error(4, "there is no key \"hold\"")));
	no(2, with_conf("conf show"), conf_error(4, "there is no key \"hold\""));
	assert_string_equal(out, "");
	assert_int_equal(run(with_conf("-j conf check")), 2);
	errors = parse();
	assert_int_equal(json_object_array_length(errors), 3);
	is_text(item(errors, 0), "file", conf);
	is_number(item(errors, 0), "line", 2);
	is_text(item(errors, 1), "error", "there is no key \"hold\"");
	is_number(item(errors, 2), "line", 3);
	json_object_put(errors);
	chmod(conf, 0666);
	no(2, with_conf("conf check"), "everybody may write it");
	ok("conf check " EXAMPLE_CONF);
}

static void test_nexthop(void **state)
{
	(void)state;
	ok("nexthop add via 10.0.0.9");
	ok("route add 10.0.0.0/8 via 10.0.0.9");
	ok("route add 20.0.0.0/8 via 10.0.0.8");
	ok("route flush");
	/* made by hand: stays; made for a route: goes */
	shows("nexthop show", "via 10.0.0.9 dev d0 proto static id 1 users 0\n");
	ok("nexthop del 10.0.0.9 dev d0");
	no(2, "nexthop del 10.0.0.9 dev d0",
	   "cannot delete next hop 10.0.0.9: the entity has no such");
	no(1, "nexthop add", "address of the next hop is missing");
	no(2, "nexthop add 10.9.9.9", "is not on any link");
	no(1, "nexthop add 10.9.9.9 dev d0 remote", "has no interface");
	ok("nexthop add 10.9.9.9 remote");
	shows("nexthop show 10.9.9.9", "via 10.9.9.9 remote proto static id 1 users 0\n");
	shows("nexthop show dev d0", "");
}

/*
 * Load
 */

static void test_load(void **state)
{
	struct json_object *o;

	(void)state;
	assert_int_equal(feed("# a comment\n\n10.0.0.0/8 10.0.0.9 further columns\n"
			      "2001:db8:1::/48 2001:db8::9\r\n20.0.0.0/8\t10.0.0.9\n"
			      "default 10.0.0.8", "-j route load - proto bgp pref 7 metric 8"), 0);
	o = parse();
	is_number(o, "routes", 4);
	is_number(o, "new", 4);
	is_number(o, "failed", 0);
	json_object_put(o);
	ok("route show");
	has("default via 10.0.0.8 dev d0 proto bgp id 1 pref 7 metric 8");
	has("2001:db8:1::/48 via 2001:db8::9 dev d0 proto bgp id 1");
	assert_int_equal(feed("10.0.0.0/8 10.0.0.8\n", "route load - proto bgp"), 0);
	has("1 routes (0 new, 1 changed, 0 failed)");
	no(2, "route load /nonexistent", "cannot open /nonexistent: No such file");
	no(1, "route load", "the file is missing");
	no(1, "route load - batch 0", "a batch of no routes");
}

static void test_load_replace(void **state)
{
	(void)state;
	assert_int_equal(feed("10.0.0.0/8 10.0.0.9\n11.0.0.0/8 10.0.0.8\n"
			      "2001:db8:1::/48 2001:db8::9\n", "route load - proto bgp"), 0);
	assert_int_equal(feed("12.0.0.0/8 10.0.0.9\n", "route load - proto rip"), 0);
	/* only of the families that are there, and only the entity's own */
	assert_int_equal(feed("10.0.0.0/8 10.0.0.9\n13.0.0.0/8 10.0.0.9\n",
			      "route load - replace proto bgp"), 0);
	has("2 routes (1 new, 1 changed, 1 removed, 0 failed)");
	ok("route show");
	has("10.0.0.0/8 via 10.0.0.9");
	has("13.0.0.0/8 via 10.0.0.9");
	has("12.0.0.0/8 via 10.0.0.9");
	has("2001:db8:1::/48 via 2001:db8::9");
	assert_null(strstr(out, "11.0.0.0/8"));
	/* its next hop went with it */
	ok("nexthop show proto bgp");
	assert_null(strstr(out, "10.0.0.8"));
	/* a line that fails keeps what is there */
	assert_int_equal(feed("10.0.0.0/8 10.0.0.9\nfoo 10.0.0.9\n2001:db8:2::/48 2001:db8::9\n",
			      "-j route load - replace proto bgp"), 2);
	has("\"removed\":0,");
	ok("route show");
	has("13.0.0.0/8 via 10.0.0.9");
	has("2001:db8:1::/48 via 2001:db8::9");
	fake->fail_error = EBADF;
	fake->fail_cmd = RTM_IOC_BEGIN_RESYNC;
	assert_int_equal(feed("10.0.0.0/8 10.0.0.9\n", "route load - replace proto bgp"), 2);
	assert_non_null(strstr(err, "cannot replace the routes"));
	fake->fail_cmd = RTM_IOC_END_RESYNC;
	assert_int_equal(feed("10.0.0.0/8 10.0.0.9\n", "route load - replace proto bgp"), 2);
	assert_non_null(strstr(err, "cannot remove what is left"));
}

static void test_load_errors(void **state)
{
	(void)state;
	assert_int_equal(feed("10.0.0.0/8 10.0.0.9\n10.0.0.1/8 10.0.0.9\nfoo 10.0.0.9\n"
			      "11.0.0.0/8\n12.0.0.0/8 bar\n13.0.0.0/8 2001:db8::9\n"
			      "14.0.0.0/8 10.9.9.9\n", "route load -"), 2);
	assert_string_equal(err, "rtmctl: -:2: \"10.0.0.1/8\" has bits set beyond its length\n"
			    "rtmctl: -:3: \"foo\" is not a prefix\n"
			    "rtmctl: -:4: \"11.0.0.0/8\" has no next hop\n"
			    "rtmctl: -:5: \"bar\" is not an address\n"
			    "rtmctl: -:6: \"2001:db8::9\" is not of the prefix's family\n"
			    "rtmctl: -:7: \"10.9.9.9\" is not on any link\n");
	has("1 routes (1 new, 0 changed, 6 failed)");
	assert_int_equal(feed("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n", "route load -"), 2);
	assert_non_null(strstr(err, "-:10: "));
	assert_null(strstr(err, "-:11: "));
	assert_non_null(strstr(err, "rtmctl: -: 3 more lines failed\n"));
}

static char *table_of(int n)
{
	char *text = malloc((size_t)n * 40), *at = text;
	int i;

	for (i = 0; i < n; i++)
		at += sprintf(at, "20.%d.%d.0/24 10.0.0.%d\n", i / 256, i % 256, 2 + i % 40);
	return text;
}

static void test_load_batches(void **state)
{
	char *text = table_of(5000);

	(void)state;
	/* the kernel stops before a locked destination, then waits for it */
	fake->stop_at = 1000;
	assert_int_equal(feed(text, "route load - progress"), 0);
	has("5000 routes (5000 new, 0 changed, 0 failed)");
	assert_non_null(strstr(err, "5000 routes, "));
	/* 5000 routes in 2 batches, one of them in two pieces */
	assert_int_equal(fake->calls[_IOC_NR(RTM_IOC_ADD_ROUTES)], 3);
	assert_int_equal(fake->calls[_IOC_NR(RTM_IOC_ADD_NEXTHOP)], 40);
	/* its lock is not given up in time */
	fake->stop_at = 0;
	assert_int_equal(feed(text, "route load - nowait batch 100"), 2);
	has("4999 routes (0 new, 4999 changed, 1 failed)");
	assert_non_null(strstr(err, "-:1: the destination is locked"));
	ok("route flush");
	shows("route show", "");
	shows("nexthop show", "");
	free(text);
}

/* Output grows with the table, memory does not. */
static void test_memory(void **state)
{
	const char *line = "-j route show proto rip";
	long before;

	(void)state;
	fake->flood = 1;
	ok(line);
	before = usage.ru_maxrss;
	fake->flood = 300000;
	ok(line);
	assert_in_range(usage.ru_maxrss, 1, before + 4096);
	fake->flood = 20000;
	ok("-j route show");
	assert_in_range(usage.ru_maxrss, 1, before + 8192);
}

/*
 * Batch
 */

static void test_batch(void **state)
{
	(void)state;
	assert_int_equal(feed("route add 10.0.0.0/8 dev d0  # fine\n\nroute add 10.0.0.0/8 dev d0\n"
			      "route add 20.0.0.0/8 dev d0\n", "-b -"), 2);
	assert_non_null(strstr(err, "rtmctl: failed: -:3\n"));
	shows("route show", "10.0.0.0/8 dev d0 " STATIC BEST);
	assert_int_equal(feed("route add 10.0.0.0/8 dev d0\nroute nonsense\n"
			      "route add 20.0.0.0/8 dev d0\n", "-b - -force"), 2);
	ok("route show");
	has("20.0.0.0/8");
	/* one registration for all lines, and it ends between two batches */
	memset(fake->calls, 0, sizeof(fake->calls));
	assert_int_equal(feed("route del 10.0.0.0/8\nroute del 20.0.0.0/8\nentity del static\n"
			      "route add 30.0.0.0/8 dev d0\n", "-batch -"), 0);
	assert_int_equal(fake->calls[_IOC_NR(RTM_IOC_REGISTER_ENTITY)], 2);
	no(1, "-b - route show", "the commands come from the file");
	no(2, "-b /nonexistent", "cannot open /nonexistent");
}

/*
 * Lock
 */

static void test_lock(void **state)
{
	(void)state;
	ok("route add 198.51.100.0/24 dev d0 proto bgp");
	no(2, "lock dest 198.51.101.0/24 -- true",
	   "cannot lock 198.51.101.0/24: no entity has a route to it");
	ok("lock dest 198.51.100.0/24 -- true");
	assert_true(fake->exclusive);
	assert_int_equal(fake->taken, 1);
	assert_int_equal(fake->held, 0);
	ok("lock dest 198.51.100.0/24 --shared --timeout 1.5 -- true");
	assert_false(fake->exclusive);
	/* the command's exit code is ours, and 1 is no usage error then */
	assert_int_equal(run("lock dest 198.51.100.0/24 -- false"), 1);
	assert_string_equal(err, "");
	assert_int_equal(run("lock dest 198.51.100.0/24 -- sh -c exit\t77"), 77);
	assert_int_equal(run("lock dest 198.51.100.0/24 -- /nonexistent"), 127);
	assert_int_equal(run("lock dest 198.51.100.0/24 -- /etc/passwd"), 126);
	/* what is sent to us ends the command */
	assert_int_equal(run("lock dest 198.51.100.0/24 -- sh -c kill\t-TERM\t$PPID;sleep\t60"),
			 128 + SIGTERM);
	assert_int_equal(fake->held, 0);
	/* nothing of it is left */
	shows("entity show", "inet proto bgp id 1 routes 1 nexthops 1 kept\n");
}

static void test_lock_refused(void **state)
{
	static const struct {
		unsigned int cmd;
		int error;
		const char *text;
	} cases[] = {
		{ RTM_IOC_LOCK_DEST, EACCES, "cannot lock 9.0.0.0/8: the module's dest" },
		{ RTM_IOC_LOCK_DEST, EAGAIN, "cannot lock 9.0.0.0/8: the destination is locked" },
		{ RTM_IOC_LOCK_DEST, ETIMEDOUT, "cannot lock 9.0.0.0/8: the time is over" },
		{ RTM_IOC_UNLOCK_DEST, EACCES, "9.0.0.0/8 was not locked to the end" },
	};
	size_t i;

	(void)state;
	ok("route add 9.0.0.0/8 dev d0");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fake->fail_cmd = cases[i].cmd;
		fake->fail_error = cases[i].error;
		no(2, "lock dest 9.0.0.0/8 -- true", cases[i].text);
	}
}

/*
 * What the kernel may answer
 */

static void test_refusals(void **state)
{
	static const struct {
		unsigned int cmd;
		int error;
		const char *line;
		const char *text;
	} cases[] = {
		{ RTM_IOC_REGISTER_ENTITY, EPERM, "route add 1.0.0.0/8 dev d0",
		  "cannot act as proto static id 1: needs CAP_NET_ADMIN" },
		{ RTM_IOC_REGISTER_ENTITY, ENOSPC, "entity add bgp", "limit on entities" },
		{ RTM_IOC_ADD_NEXTHOP, ENOSPC, "route add 1.0.0.0/8 via 10.0.0.7",
		  "cannot add 1.0.0.0/8: a limit on the number of objects" },
		{ RTM_IOC_ADD_ROUTE, EAGAIN, "route add 1.0.0.0/8 dev d0 nowait",
		  "cannot add 1.0.0.0/8: the destination is locked" },
		{ RTM_IOC_ADD_ROUTE, ETIMEDOUT, "route replace 1.0.0.0/8 dev d0 timeout 0.1",
		  "cannot replace 1.0.0.0/8: the time is over" },
		{ RTM_IOC_ADD_ROUTE, ENOMEM, "route add 1.0.0.0/8 dev d0", "out of memory" },
		{ RTM_IOC_ADD_ROUTE, EIDRM, "route add 1.0.0.0/8 dev d0", "deregistered" },
		{ RTM_IOC_ADD_ROUTE, EIO, "route add 1.0.0.0/8 dev d0", "Input/output error" },
		{ RTM_IOC_DELETE_ROUTE, ESTALE, "route del 9.0.0.0/8",
		  "cannot delete 9.0.0.0/8: it was deleted meanwhile" },
		{ RTM_IOC_DELETE_ROUTES, EPERM, "route flush", "cannot delete all routes" },
		{ RTM_IOC_DUMP_ROUTES, ENOTTY, "route show", "does not know this request" },
		{ RTM_IOC_DUMP_ENTITIES, E2BIG, "entity show", "older than rtmctl" },
		{ RTM_IOC_GET_STATS, EFAULT, "stats", "cannot read the counters: Bad address" },
		{ RTM_IOC_GET_VERSION, ENOTTY, "version", "cannot ask the module" },
		{ RTM_IOC_SET_LIMITS, EPERM, "limits set routes 5",
		  "cannot set the limits of the namespace: needs CAP_NET_ADMIN, and no limit" },
		{ RTM_IOC_GET_LIMITS, ENOTTY, "limits", "cannot show the limits of the namespace" },
		{ RTM_IOC_FIB_SYNC, ETIMEDOUT, "fib sync timeout 0", "still has changes" },
		{ RTM_IOC_BREAK_DEST_LOCK, EPERM, "lock break 9.0.0.0/8", "needs CAP_NET_ADMIN" },
	};
	size_t i;

	(void)state;
	ok("route add 9.0.0.0/8 dev d0");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fake->fail_cmd = cases[i].cmd;
		fake->fail_error = cases[i].error;
		no(2, cases[i].line, cases[i].text);
	}
}

/* A list that was begun is ended, whatever happens in between. */
static void test_dump_fails(void **state)
{
	char *text = table_of(20);

	(void)state;
	assert_int_equal(feed(text, "route load -"), 0);
	fake->fail_cmd = RTM_IOC_DUMP_ROUTES;
	fake->fail_error = EIO;
	fake->fail_after = 1;
	no(2, "-j route show", "cannot read the tables: Input/output error");
	assert_int_equal(json_object_array_length(parse()), 7);
	fake->fail_error = 0;
	fake->mangle = 20;
	no(2, "-j route show", "Protocol error");
	fake->mangle = 16;
	no(2, "route show", "Protocol error");
	fake->mangle = 1 << 20;
	no(2, "route show", "Protocol error");
	free(text);
}

static void test_no_module(void **state)
{
	(void)state;
	fake->no_device = ENOENT;
	no(2, "route show", "cannot open /dev/rtm");
	assert_string_equal(out, "");
	no(2, "-j entity show", "cannot open /dev/rtm");
	assert_string_equal(out, "");
	/* what is wrong with the words is told first */
	no(1, "route add 1.0.0.0/8", "where to is missing");
	no(2, "version", "cannot open /dev/rtm");
	has("rtmctl ");
	no(2, "-n nowhere route show", "cannot open network namespace nowhere");
}

#define TEST(name) cmocka_unit_test_setup(name, reset)
#define CONF_TEST(name) cmocka_unit_test_setup_teardown(name, reset_conf, remove_conf)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_usage), TEST(test_help),
		TEST(test_route_text), TEST(test_route_forms), TEST(test_route_multipath),
		TEST(test_route_change), TEST(test_route_neighbours), TEST(test_route_get),
		TEST(test_route_scope),
		TEST(test_json_routes), TEST(test_json_others), TEST(test_json_locks),
		TEST(test_notify),
		TEST(test_limits),
		TEST(test_dest), TEST(test_dest_hold), TEST(test_route_lifetime),
		TEST(test_entity), TEST(test_entity_alive), TEST(test_entity_set),
		TEST(test_entity_set_family),
		TEST(test_method), TEST(test_nexthop),
		CONF_TEST(test_conf), CONF_TEST(test_conf_errors),
		TEST(test_load), TEST(test_load_replace), TEST(test_load_errors),
		TEST(test_load_batches),
		TEST(test_memory), TEST(test_batch),
		TEST(test_lock), TEST(test_lock_refused),
		TEST(test_refusals), TEST(test_dump_fails), TEST(test_no_module),
	};

	fake_create();
	return cmocka_run_group_tests_name("rtmctl", tests, NULL, NULL);
}
