// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the scenarios have in common: results, a client's daily calls, the kernel FIB.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "scenario.h"

RTM_REGN_PROFILE profile;

/* Checks that did not hold, in any thread and in processes begun here: shared memory. */
static atomic_uint *failures;

/*
 * Results
 */

bool equal_at(const char *file, int line, const char *what, unsigned long long want,
	      unsigned long long got)
{
	if (want == got)
		return true;
	printf("# %s:%d: %s is %llu (%#llx), expected %llu (%#llx)\n", file, line, what, got, got,
	       want, want);
	(*failures)++;
	return false;
}

bool same_at(const char *file, int line, const char *what, const char *want, const char *got)
{
	if (!strcmp(want, got))
		return true;
	printf("# %s:%d: %s is \"%s\", expected \"%s\"\n", file, line, what, got, want);
	(*failures)++;
	return false;
}

static void say_result(bool good, unsigned int number, const char *name, const char *why)
{
	printf("%s %u %s%s\n", good ? "ok" : "not ok", number, name, why);
}

int run_steps(const struct step *steps, unsigned int n)
{
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	failures = mmap(NULL, sizeof(*failures), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (failures == MAP_FAILED) {
		printf("Bail out! no memory to count in\n");
		return 1;
	}
	printf("TAP version 13\n1..%u\n", n + 1);
	CHECK(!unshare(CLONE_NEWNET));
	for (i = 0; i < n; i++) {
		const char *why = *failures ? " (not reached)" : "";

		if (!*failures)
			steps[i].run();
		say_result(!*failures, i + 1, steps[i].name, why);
	}
	say_result(CHECK(nothing_left()), n + 1, "nothing is left", "");
	return *failures != 0;
}

/*
 * Time
 */

void sleep_ms(unsigned int ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	while (nanosleep(&ts, &ts))
		;
}

unsigned long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

/*
 * A client
 */

RTM_ENTITY_HANDLE enter_with(ULONG protocol, ULONG id, PRTM_ENTITY_EXPORT_METHODS methods,
			     RTM_EVENT_CALLBACK callback, BOOL opaque)
{
	RTM_ENTITY_INFO info = { .RtmInstanceId = 0, .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE h = NULL;

	info.EntityId.EntityProtocolId = protocol;
	info.EntityId.EntityInstanceId = id;
	OK(RtmRegisterEntity(&info, methods, callback, opaque, &profile, &h));
	return h;
}

RTM_ENTITY_HANDLE enter_as(ULONG protocol, ULONG id)
{
	return enter_with(protocol, id, NULL, NULL, FALSE);
}

RTM_ENTITY_HANDLE enter(void)
{
	return enter_as(PROTO_IP_RIP, SAMPLE_ID);
}

RTM_NET_ADDRESS net(const char *text)
{
	const char *slash = strchr(text, '/');
	struct in_addr addr = { 0 };
	RTM_NET_ADDRESS n;
	char digits[32];

	snprintf(digits, sizeof(digits), "%.*s", slash ? (int)(slash - text) : 31, text);
	CHECK(inet_pton(AF_INET, digits, &addr) == 1);
	RTM_IPV4_MAKE_NET_ADDRESS(&n, addr.s_addr, slash ? atoi(slash + 1) : 32);
	return n;
}

void say_net(char *text, size_t size, const RTM_NET_ADDRESS *n)
{
	char digits[INET_ADDRSTRLEN] = "?";
	struct in_addr addr;
	size_t used = strlen(text);
	UINT len;

	RTM_IPV4_GET_ADDR_AND_LEN(addr.s_addr, len, n);
	inet_ntop(AF_INET, &addr, digits, sizeof(digits));
	snprintf(text + used, size - used, "%s%s/%u", used ? " " : "", digits, len);
}

bool net_is(const RTM_NET_ADDRESS *n, const char *text)
{
	char have[32] = "", want[32] = "";
	RTM_NET_ADDRESS wanted = net(text);

	say_net(have, sizeof(have), n);
	say_net(want, sizeof(want), &wanted);
	return n->AddressFamily == AF_INET && !strcmp(have, want);
}

RTM_NEXTHOP_HANDLE add_nexthop(RTM_ENTITY_HANDLE h, const char *addr, ULONG ifindex)
{
	RTM_NEXTHOP_INFO info = { .NextHopAddress = net(addr), .InterfaceIndex = ifindex };
	RTM_NEXTHOP_HANDLE nh = NULL;
	RTM_NEXTHOP_CHANGE_FLAGS change;

	OK(RtmAddNextHop(h, &info, &nh, &change));
	return nh;
}

RTM_ROUTE_INFO route_info(RTM_NEXTHOP_HANDLE nh, ULONG metric)
{
	RTM_ROUTE_INFO info = {
		.Neighbour = nh,
		.PrefInfo = { .Metric = metric, .Preference = 5 },
		.BelongsToViews = BOTH,
	};

	info.NextHopsList.NumNextHops = nh ? 1 : 0;
	info.NextHopsList.NextHops[0] = nh;
	return info;
}

DWORD put_route(RTM_ENTITY_HANDLE h, PRTM_ROUTE_HANDLE route, const char *dest,
		PRTM_ROUTE_INFO info, ULONG ttl, DWORD *change)
{
	RTM_NET_ADDRESS n = net(dest);

	return RtmAddRouteToDest(h, route, &n, info, ttl, NULL, 0, NULL, change);
}

RTM_ROUTE_HANDLE add_route(RTM_ENTITY_HANDLE h, const char *dest, RTM_NEXTHOP_HANDLE nh,
			   ULONG metric)
{
	RTM_ROUTE_INFO info = route_info(nh, metric);
	RTM_ROUTE_HANDLE route = NULL;
	DWORD change = 0;

	OK(put_route(h, &route, dest, &info, INFINITE, &change));
	CHECK(change & RTM_ROUTE_CHANGE_NEW);
	return route;
}

void delete_route(RTM_ENTITY_HANDLE h, RTM_ROUTE_HANDLE route)
{
	DWORD change;

	OK(RtmDeleteRouteToDest(h, route, &change));
}

static DWORD exact_dest(RTM_ENTITY_HANDLE h, const char *dest, PRTM_DEST_INFO info)
{
	RTM_NET_ADDRESS n = net(dest);

	return RtmGetExactMatchDestination(h, &n, RTM_BEST_PROTOCOL, RTM_VIEW_MASK_ANY, info);
}

RTM_DEST_HANDLE find_dest(RTM_ENTITY_HANDLE h, const char *dest)
{
	RTM_DEST_INFO info = { .DestHandle = NULL };

	OK(exact_dest(h, dest, &info));
	return info.DestHandle;
}

void release_dest(RTM_ENTITY_HANDLE h, RTM_DEST_HANDLE dest)
{
	RTM_DEST_INFO info = { .DestHandle = dest };

	OK(RtmReleaseDestInfo(h, &info));
}

bool dest_exists(RTM_ENTITY_HANDLE h, const char *dest)
{
	RTM_DEST_INFO info;
	DWORD status = exact_dest(h, dest, &info);

	if (status == ERROR_NOT_FOUND)
		return false;
	if (OK(status))
		OK(RtmReleaseDestInfo(h, &info));
	return true;
}

/*
 * Calls that wait
 */

static void *call_thread(void *arg)
{
	struct caller *c = arg;

	c->begun = true;
	c->result = c->call(c->arg);
	c->ended = true;
	return NULL;
}

void call_begin(struct caller *c, DWORD (*call)(void *arg), void *arg)
{
	c->call = call;
	c->arg = arg;
	c->begun = false;
	c->ended = false;
	EQUAL(0, pthread_create(&c->thread, NULL, call_thread, c));
}

bool call_waits(struct caller *c)
{
	if (!wait_until(c->begun))
		return false;
	sleep_ms(150);
	return !c->ended;
}

/* A thread that hangs is left behind: the program ends anyway. */
DWORD call_end(struct caller *c)
{
	if (!CHECK(wait_until(c->ended)))
		return ~0u;
	EQUAL(0, pthread_join(c->thread, NULL));
	return c->result;
}

/*
 * A process of its own
 */

static void child_main(void (*run)(int fd), int fd)
{
	/* should the test be killed */
	CHECK(!prctl(PR_SET_PDEATHSIG, SIGKILL));
	run(fd);
	close(fd);
	for (;;)
		pause();
}

void child_begin(struct child *c, void (*run)(int fd))
{
	int ends[2];

	c->pid = -1;
	c->fd = -1;
	if (!CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)))
		return;
	c->pid = fork();
	if (!c->pid) {
		close(ends[0]);
		child_main(run, ends[1]);
	}
	CHECK(c->pid > 0);
	close(ends[1]);
	c->fd = ends[0];
}

bool tell(int fd)
{
	return EQUAL(1, send(fd, "x", 1, MSG_NOSIGNAL));
}

bool hear(int fd)
{
	char byte;

	return EQUAL(1, recv(fd, &byte, 1, 0));
}

void child_kill(struct child *c)
{
	if (c->pid > 0 && CHECK(!kill(c->pid, SIGKILL)))
		EQUAL(c->pid, waitpid(c->pid, NULL, 0));
	if (c->fd >= 0)
		close(c->fd);
}

/*
 * The kernel FIB
 */

ULONG make_interface(void)
{
	EQUAL(0, system("ip link set lo up"));
	EQUAL(0, system("ip link add dummy0 type dummy"));
	EQUAL(0, system("ip address add 192.0.2.1/24 dev dummy0"));
	EQUAL(0, system("ip link set dummy0 up"));
	return if_nametoindex("dummy0");
}

/* What "ip route show" has for the prefix, in one line for each route. */
static void fib_read(const char *dest, char *text, size_t size)
{
	char command[128];
	size_t n;
	FILE *f;

	snprintf(command, sizeof(command), "ip -4 route show exact %s", dest);
	f = popen(command, "r");
	n = f ? fread(text, 1, size - 1, f) : 0;
	text[n] = '\0';
	CHECK(f && !pclose(f));
}

bool fib_shows(const char *dest, const char *words)
{
	unsigned long long end = now_ms() + 60000;
	char text[512];

	do {
		fib_read(dest, text, sizeof(text));
		if (words ? !!strstr(text, words) : !*text)
			return true;
		sleep_ms(50);
	} while (now_ms() < end);
	printf("# the FIB has for %s: %s\n", dest, *text ? text : "nothing");
	return false;
}
