// SPDX-License-Identifier: GPL-2.0-only
/*
 * clients that want the same destination wait for each other.
 *
 * How this file works: B calls in threads of its own, A in the test's; the one that is
 * killed is a process of its own.  A call that ought to wait finds, when it comes back,
 * that what it waited for was let go: a flag is set just before.
 */
#include "scenario.h"

#define DEST	"10.0.0.0/8"
#define ELSE	"11.0.0.0/8"

static RTM_ENTITY_HANDLE a, b;
static RTM_DEST_HANDLE dest, elsewhere;
static RTM_ROUTE_HANDLE a_route, b_route, b_added;
static atomic_bool released;

/**
 * struct wish - what B wants while A has the destination
 * @call: the call; gives back at once what it got
 * @what: its name
 */
struct wish {
	DWORD (*call)(void *dest);
	const char *what;
};

static DWORD lock_shared(void *arg)
{
	DWORD status = RtmLockDestination(b, arg, FALSE, TRUE);

	return status ? status : RtmLockDestination(b, arg, FALSE, FALSE);
}

static DWORD lock_exclusive(void *arg)
{
	DWORD status = RtmLockDestination(b, arg, TRUE, TRUE);

	return status ? status : RtmLockDestination(b, arg, TRUE, FALSE);
}

static DWORD lock_route(void *arg)
{
	DWORD status = RtmLockRoute(b, b_route, TRUE, TRUE, NULL);

	(void)arg;
	return status ? status : RtmLockRoute(b, b_route, TRUE, FALSE, NULL);
}

static DWORD read_dest(void *arg)
{
	RTM_DEST_INFO info;
	DWORD status = RtmGetDestInfo(b, arg, RTM_BEST_PROTOCOL, UCAST, &info);

	return status ? status : RtmReleaseDestInfo(b, &info);
}

static DWORD add_there(void *arg)
{
	RTM_ROUTE_INFO info = route_info(NULL, 30);
	DWORD change = RTM_ROUTE_CHANGE_NEW;

	return put_route(b, &b_added, arg == dest ? DEST : ELSE, &info, INFINITE, &change);
}

static const struct wish wishes[] = {
	{ lock_shared, "a shared lock" },
	{ lock_exclusive, "an exclusive lock" },
	{ read_dest, "to read it" },
	{ add_there, "to add a route" },
};

static void drop_added(void)
{
	if (b_added)
		delete_route(b, b_added);
	b_added = NULL;
}

/* How A lets go. */
static void unlock(BOOL exclusive)
{
	released = true;
	OK(RtmLockDestination(a, dest, exclusive, FALSE));
}

static DWORD call_and_look(void *arg)
{
	const struct wish *wish = arg;
	DWORD status = wish->call(dest);

	return released ? status : ~0u;
}

static void set_up(void)
{
	a = enter();
	b = enter_as(PROTO_IP_OSPF, 1);
	a_route = add_route(a, DEST, NULL, 10);
	b_route = add_route(b, DEST, NULL, 20);
	add_route(b, ELSE, NULL, 20);
	dest = find_dest(a, DEST);
	elsewhere = find_dest(b, ELSE);
}

/* Whatever B wants there waits until A has released it. */
static void b_waits_for_a(void)
{
	struct caller c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wishes); i++) {
		released = false;
		OK(RtmLockDestination(a, dest, TRUE, TRUE));
		call_begin(&c, call_and_look, (void *)&wishes[i]);
		if (!CHECK(call_waits(&c)))
			printf("# B wants %s\n", wishes[i].what);
		unlock(TRUE);
		EQUAL(NO_ERROR, call_end(&c));
		drop_added();
	}
}

/* Elsewhere B does not wait. */
static void b_goes_elsewhere(void)
{
	struct caller c;
	unsigned int i;

	OK(RtmLockDestination(a, dest, TRUE, TRUE));
	for (i = 0; i < ARRAY_SIZE(wishes); i++) {
		call_begin(&c, wishes[i].call, elsewhere);
		if (!EQUAL(NO_ERROR, call_end(&c)))
			printf("# B wants %s\n", wishes[i].what);
		drop_added();
	}
	OK(RtmLockDestination(a, dest, TRUE, FALSE));
}

/* Two who look are there together; who wants to change it waits for both. */
static void exclusive_waits_for_both(void)
{
	static const struct wish wish = { lock_exclusive, "an exclusive lock" };
	RTM_ENTITY_HANDLE third = enter_as(PROTO_IP_BGP, 1);
	struct caller c;

	released = false;
	OK(RtmLockDestination(a, dest, FALSE, TRUE));
	OK(RtmLockDestination(third, dest, FALSE, TRUE));
	call_begin(&c, call_and_look, (void *)&wish);
	CHECK(call_waits(&c));
	OK(RtmLockDestination(third, dest, FALSE, FALSE));
	CHECK(call_waits(&c));
	unlock(FALSE);
	EQUAL(NO_ERROR, call_end(&c));
	OK(RtmDeregisterEntity(third));
}

/* A route is locked by locking its destination. */
static void route_lock_is_dest_lock(void)
{
	static const struct wish lock_b_route = { lock_route, "a route lock" };
	struct caller c;

	released = false;
	OK(RtmLockDestination(a, dest, TRUE, TRUE));
	call_begin(&c, call_and_look, (void *)&lock_b_route);
	CHECK(call_waits(&c));
	unlock(TRUE);
	EQUAL(NO_ERROR, call_end(&c));

	released = false;
	OK(RtmLockRoute(a, a_route, TRUE, TRUE, NULL));
	call_begin(&c, call_and_look, (void *)&wishes[1]);
	CHECK(call_waits(&c));
	released = true;
	OK(RtmLockRoute(a, a_route, TRUE, FALSE, NULL));
	EQUAL(NO_ERROR, call_end(&c));
}

/* A process that locks the destination, says so, and stays. */
static void lock_and_stay(int fd)
{
	RTM_ENTITY_HANDLE h = enter_as(PROTO_IP_BGP, 2);
	RTM_DEST_HANDLE mine;

	add_route(h, DEST, NULL, 5);
	mine = find_dest(h, DEST);
	if (OK(RtmLockDestination(h, mine, TRUE, TRUE)))
		tell(fd);
}

/* Killed, it does not keep anybody waiting. */
static void a_is_killed(void)
{
	static const struct wish wish = { lock_exclusive, "an exclusive lock" };
	struct child holder;
	struct caller c;

	released = false;
	child_begin(&holder, lock_and_stay);
	hear(holder.fd);
	call_begin(&c, call_and_look, (void *)&wish);
	CHECK(call_waits(&c));
	released = true;
	child_kill(&holder);
	EQUAL(NO_ERROR, call_end(&c));
}

static void leaves(void)
{
	release_dest(a, dest);
	release_dest(b, elsewhere);
	OK(RtmDeregisterEntity(b));
	OK(RtmDeregisterEntity(a));
}

int main(void)
{
	static const struct step steps[] = {
		{ "two clients have routes at a destination", set_up },
		{ "B waits for A", b_waits_for_a },
		{ "B does not wait elsewhere", b_goes_elsewhere },
		{ "who changes waits for all who look", exclusive_waits_for_both },
		{ "route lock and destination lock exclude each other", route_lock_is_dest_lock },
		{ "A is killed", a_is_killed },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
