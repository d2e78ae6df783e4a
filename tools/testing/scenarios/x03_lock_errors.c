// SPDX-License-Identifier: GPL-2.0-only
/*
 * what RtmLockDestination() says in each situation, and what it does then.
 *
 * How this file works: "self" locks in the test's thread, others in threads of their own.
 * A thread that has locked may end: any thread of its entity may unlock.  "guest" has no
 * route at the destination and no opaque pointer; each step leaves the destination free.
 * A call that ought to wait is in the queue before the step goes on, and finds, when it
 * comes back, that it was due: that is noted just before the destination is let go.
 */
#include <signal.h>

#include "scenario.h"

#define DEST	"10.0.0.0/8"
#define THERE	"11.0.0.0/8"

/* What a call comes to that was granted what is not due. */
#define EARLY	(~0u)

/* Times that may be over before a lock is taken are tried four times as long, up to this. */
#define SHORT_MS	500
#define MAX_MS		32000

static RTM_ENTITY_HANDLE self, other, guest;
static RTM_DEST_HANDLE dest;

/**
 * struct want - a lock that is wanted
 * @h: by this entity
 * @exclusive: in this mode
 * @due: it may be granted
 */
struct want {
	RTM_ENTITY_HANDLE h;
	BOOL exclusive;
	atomic_bool due;
};

static DWORD acquire(void *arg)
{
	struct want *want = arg;
	DWORD status = RtmLockDestination(want->h, dest, want->exclusive, TRUE);

	return want->due ? status : EARLY;
}

static DWORD lock(RTM_ENTITY_HANDLE h, BOOL exclusive)
{
	return RtmLockDestination(h, dest, exclusive, TRUE);
}

static DWORD unlock(RTM_ENTITY_HANDLE h, BOOL exclusive)
{
	return RtmLockDestination(h, dest, exclusive, FALSE);
}

/* In a thread that ends at once. */
static DWORD lock_elsewhere(RTM_ENTITY_HANDLE h, BOOL exclusive)
{
	struct want want = { .h = h, .exclusive = exclusive, .due = true };
	struct caller c;

	call_begin(&c, acquire, &want);
	return call_end(&c);
}

/* In a thread that finds itself in the queue, the N-th there. */
static void begin_waiting(struct caller *c, struct want *want, unsigned int n)
{
	call_begin(c, acquire, want);
	CHECK(wait_until(locks_waiting() == n));
	CHECK(!c->ended);
}

static void set_up(void)
{
	self = enter();
	other = enter_as(PROTO_IP_OSPF, 1);
	guest = enter_as(PROTO_IP_BGP, 1);
	add_route(self, DEST, NULL, 10);
	add_route(other, DEST, NULL, 20);
	dest = find_dest(self, DEST);
}

static void shared_when_free_or_shared(void)
{
	OK(lock(self, FALSE));
	OK(lock_elsewhere(other, FALSE));
	OK(unlock(other, FALSE));
	OK(unlock(self, FALSE));
}

static void wait_for(BOOL held, BOOL wanted)
{
	struct want want = { .h = other, .exclusive = wanted };
	struct caller c;

	OK(lock(self, held));
	begin_waiting(&c, &want, 1);
	want.due = true;
	OK(unlock(self, held));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, wanted));
}

static void shared_waits_for_exclusive(void)
{
	wait_for(TRUE, FALSE);
}

static void exclusive_waits_for_any(void)
{
	wait_for(TRUE, TRUE);
	wait_for(FALSE, TRUE);
}

static void shared_queues_behind_exclusive(void)
{
	struct want exclusive = { .h = other, .exclusive = TRUE }, shared = { .h = guest };
	struct caller first, second;

	OK(lock(self, FALSE));
	begin_waiting(&first, &exclusive, 1);
	begin_waiting(&second, &shared, 2);
	/* but not who has it already */
	OK(lock(self, FALSE));
	OK(unlock(self, FALSE));
	exclusive.due = true;
	OK(unlock(self, FALSE));
	EQUAL(NO_ERROR, call_end(&first));
	CHECK(call_waits(&second));
	shared.due = true;
	OK(unlock(other, TRUE));
	EQUAL(NO_ERROR, call_end(&second));
	OK(unlock(guest, FALSE));
}

static void lock_twice(BOOL first, BOOL second)
{
	struct want want = { .h = other, .exclusive = TRUE };
	struct caller c;

	OK(lock(self, first));
	OK(lock(self, second));
	begin_waiting(&c, &want, 1);
	OK(unlock(self, second));
	CHECK(call_waits(&c));
	want.due = true;
	OK(unlock(self, first));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, TRUE));
	IS(ERROR_ACCESS_DENIED, unlock(self, first));
}

static void again_what_is_covered(void)
{
	lock_twice(FALSE, FALSE);
	lock_twice(TRUE, FALSE);
	lock_twice(TRUE, TRUE);
}

/* Nobody else gets in, until it is a shared lock once more. */
static void upgrade_alone(void)
{
	struct want shared[] = { { .h = guest }, { .h = self } };
	struct want exclusive = { .h = other, .exclusive = TRUE };
	struct caller c[2];

	OK(lock(self, FALSE));
	OK(lock(self, TRUE));
	begin_waiting(&c[0], &shared[0], 1);
	begin_waiting(&c[1], &shared[1], 2);
	shared[0].due = true;
	shared[1].due = true;
	OK(unlock(self, TRUE));
	EQUAL(NO_ERROR, call_end(&c[0]));
	EQUAL(NO_ERROR, call_end(&c[1]));
	OK(unlock(guest, FALSE));
	OK(unlock(self, FALSE));
	begin_waiting(&c[0], &exclusive, 1);
	exclusive.due = true;
	OK(unlock(self, FALSE));
	EQUAL(NO_ERROR, call_end(&c[0]));
	OK(unlock(other, TRUE));
}

static void upgrade_beside_others(void)
{
	OK(lock_elsewhere(other, FALSE));
	OK(lock(self, FALSE));
	IS(ERROR_ACCESS_DENIED, lock(self, TRUE));
	OK(unlock(other, FALSE));
	/* still has what it had */
	OK(unlock(self, FALSE));
	IS(ERROR_ACCESS_DENIED, unlock(self, FALSE));
}

static void another_thread_of_the_entity(void)
{
	struct want want = { .h = self, .exclusive = TRUE };
	struct caller c;

	OK(lock(self, TRUE));
	begin_waiting(&c, &want, 1);
	want.due = true;
	OK(unlock(self, TRUE));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(self, TRUE));
}

static void release_wakes_waiters(void)
{
	struct want want = { .h = guest };
	struct caller c[2];

	OK(lock(self, TRUE));
	begin_waiting(&c[0], &want, 1);
	begin_waiting(&c[1], &want, 2);
	want.due = true;
	OK(unlock(self, TRUE));
	EQUAL(NO_ERROR, call_end(&c[0]));
	EQUAL(NO_ERROR, call_end(&c[1]));
	OK(unlock(guest, FALSE));
	OK(unlock(guest, FALSE));
}

/* Nothing comes of it: who has to wait for this lock, and for no lesser one, does. */
static void release_wrongly(BOOL held)
{
	struct want want = { .h = other, .exclusive = !held };
	struct caller c;

	OK(lock(self, held));
	IS(ERROR_ACCESS_DENIED, unlock(self, !held));
	IS(ERROR_ACCESS_DENIED, unlock(other, held));
	begin_waiting(&c, &want, 1);
	want.due = true;
	OK(unlock(self, held));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, !held));
}

static void wrong_release(void)
{
	IS(ERROR_ACCESS_DENIED, unlock(self, TRUE));
	IS(ERROR_ACCESS_DENIED, unlock(self, FALSE));
	release_wrongly(TRUE);
	release_wrongly(FALSE);
}

static void exclusive_without_a_stake(void)
{
	IS(ERROR_ACCESS_DENIED, lock(guest, TRUE));
	IS(ERROR_ACCESS_DENIED, unlock(guest, TRUE));
}

static void shared_without_a_stake(void)
{
	OK(lock(guest, FALSE));
	OK(unlock(guest, FALSE));
}

static void dest_of_another_table(void)
{
	RTM_ENTITY_INFO info = { .RtmInstanceId = 1, .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE instance, v6;

	OK(RtmRegisterEntity(&info, NULL, NULL, TRUE, &profile, &instance));
	info.RtmInstanceId = 0;
	info.AddressFamily = AF_INET6;
	OK(RtmRegisterEntity(&info, NULL, NULL, TRUE, &profile, &v6));
	IS(ERROR_INVALID_HANDLE, lock(instance, FALSE));
	IS(ERROR_INVALID_HANDLE, lock(v6, TRUE));
	OK(RtmDeregisterEntity(v6));
	OK(RtmDeregisterEntity(instance));
}

static void no_dest(void)
{
	RTM_ROUTE_HANDLE route = add_route(self, THERE, NULL, 1);
	RTM_DEST_HANDLE gone = find_dest(self, THERE);

	IS(ERROR_INVALID_HANDLE, RtmLockDestination(self, NULL, FALSE, TRUE));
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(self, ALIEN, FALSE, TRUE));
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(self, route, FALSE, TRUE));
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(self, self, FALSE, TRUE));
	/* there, but nobody has a reference */
	release_dest(self, gone);
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(self, gone, FALSE, TRUE));
	delete_route(self, route);
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(self, gone, FALSE, TRUE));
}

static void dest_without_routes(void)
{
	RTM_ENTITY_HANDLE opaque = enter_with(PROTO_IP_BGP, 2, NULL, NULL, TRUE);
	RTM_ROUTE_HANDLE route = add_route(self, THERE, NULL, 1);
	RTM_DEST_HANDLE empty = find_dest(self, THERE);

	delete_route(self, route);
	OK(RtmLockDestination(self, empty, FALSE, TRUE));
	OK(RtmLockDestination(self, empty, FALSE, FALSE));
	IS(ERROR_ACCESS_DENIED, RtmLockDestination(self, empty, TRUE, TRUE));
	OK(RtmLockDestination(opaque, empty, TRUE, TRUE));
	OK(RtmLockDestination(opaque, empty, TRUE, FALSE));
	release_dest(self, empty);
	OK(RtmDeregisterEntity(opaque));
}

static void order_of_checks(void)
{
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(ALIEN, ALIEN, TRUE, TRUE));
	IS(ERROR_INVALID_HANDLE, RtmLockDestination(guest, ALIEN, TRUE, TRUE));
	OK(lock(self, TRUE));
	/* denied, not kept waiting */
	EQUAL(ERROR_ACCESS_DENIED, lock_elsewhere(guest, TRUE));
	OK(unlock(self, TRUE));
}

static RTM_ROUTE_HANDLE last[2];

static DWORD delete_last(void *arg)
{
	DWORD change;

	(void)arg;
	return RtmDeleteRouteToDest(other, last[1], &change);
}

static DWORD acquire_there(void *arg)
{
	return RtmLockDestination(other, arg, TRUE, TRUE);
}

/* It had a stake when it asked. */
static void routes_go_meanwhile(void)
{
	RTM_DEST_HANDLE there;
	struct caller deletes, locks;

	last[0] = add_route(self, THERE, NULL, 1);
	last[1] = add_route(other, THERE, NULL, 2);
	there = find_dest(self, THERE);
	OK(RtmLockDestination(self, there, TRUE, TRUE));
	call_begin(&deletes, delete_last, NULL);
	CHECK(call_waits(&deletes));
	call_begin(&locks, acquire_there, there);
	CHECK(call_waits(&locks));
	delete_route(self, last[0]);
	OK(RtmLockDestination(self, there, TRUE, FALSE));
	EQUAL(NO_ERROR, call_end(&deletes));
	EQUAL(NO_ERROR, call_end(&locks));
	CHECK(!dest_exists(self, THERE));
	OK(RtmLockDestination(other, there, TRUE, FALSE));
	release_dest(self, there);
}

static atomic_int signals;

static void on_signal(int sig)
{
	(void)sig;
	signals++;
}

static void signal_while_waiting(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct want want = { .h = other, .exclusive = TRUE };
	struct caller c;

	EQUAL(0, sigaction(SIGUSR1, &action, NULL));
	OK(lock(self, TRUE));
	begin_waiting(&c, &want, 1);
	EQUAL(0, pthread_kill(c.thread, SIGUSR1));
	CHECK(wait_until(signals == 1));
	CHECK(call_waits(&c));
	want.due = true;
	OK(unlock(self, TRUE));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, TRUE));
}

/* Has a route here and says so, locks when it is told to and says so again. */
static void locker(int fd)
{
	RTM_ENTITY_HANDLE h = enter_as(PROTO_IP_BGP, 3);
	RTM_DEST_HANDLE mine;

	add_route(h, DEST, NULL, 5);
	mine = find_dest(h, DEST);
	if (tell(fd) && hear(fd) && OK(RtmLockDestination(h, mine, TRUE, TRUE)))
		tell(fd);
}

/* It is in the queue, where a shared request is behind it, and then it is not. */
static void killed_while_waiting(void)
{
	struct want want = { .h = guest };
	struct child killed;
	struct caller c;

	child_begin(&killed, locker);
	hear(killed.fd);
	OK(lock(self, FALSE));
	tell(killed.fd);
	CHECK(wait_until(locks_waiting() == 1));
	begin_waiting(&c, &want, 2);
	want.due = true;
	child_kill(&killed);
	EQUAL(NO_ERROR, call_end(&c));
	CHECK(wait_until(!locks_waiting()));
	OK(unlock(guest, FALSE));
	OK(unlock(self, FALSE));
	EQUAL(NO_ERROR, lock_elsewhere(other, TRUE));
	OK(unlock(other, TRUE));
}

static void holder_is_killed(void)
{
	struct want want = { .h = other, .exclusive = TRUE };
	struct child holder;
	struct caller c;

	child_begin(&holder, locker);
	hear(holder.fd);
	tell(holder.fd);
	hear(holder.fd);
	begin_waiting(&c, &want, 1);
	want.due = true;
	child_kill(&holder);
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, TRUE));
}

static void holder_deregisters(void)
{
	RTM_ENTITY_HANDLE brief = enter_with(PROTO_IP_BGP, 4, NULL, NULL, TRUE);
	struct want want = { .h = other, .exclusive = TRUE };
	struct caller c;

	OK(lock(brief, TRUE));
	begin_waiting(&c, &want, 1);
	want.due = true;
	OK(RtmDeregisterEntity(brief));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, TRUE));
}

static UINT routes_there(RTM_ENTITY_HANDLE h)
{
	RTM_DEST_INFO info = { .DestHandle = NULL };
	UINT n;

	OK(RtmGetDestInfo(h, dest, RTM_BEST_PROTOCOL, UCAST, &info));
	n = info.ViewInfo[0].NumRoutes;
	OK(RtmReleaseDestInfo(h, &info));
	return n;
}

/* Self's route has only MS to live, and that is not over when other has the lock. */
static bool expires_under_lock(ULONG ms)
{
	RTM_ROUTE_INFO info = route_info(NULL, 30);
	DWORD change = RTM_ROUTE_CHANGE_NEW;

	CHECK(wait_until(routes_there(self) == 2));
	OK(put_route(self, NULL, DEST, &info, ms, &change));
	OK(lock(other, TRUE));
	if (routes_there(other) == 3)
		return true;
	OK(unlock(other, TRUE));
	return false;
}

static void expiry_waits_for_release(void)
{
	ULONG ms = SHORT_MS;

	while (!expires_under_lock(ms)) {
		ms *= 4;
		if (!CHECK(ms <= MAX_MS))
			return;
	}
	sleep_ms(ms + 300);
	EQUAL(3, routes_there(other));
	OK(unlock(other, TRUE));
	CHECK(wait_until(routes_there(self) == 2));
}

static bool is_held(RTM_ENTITY_HANDLE h, RTM_DEST_HANDLE there)
{
	RTM_DEST_INFO info = { .DestHandle = NULL };
	bool held;

	OK(RtmGetDestInfo(h, there, RTM_BEST_PROTOCOL, UCAST, &info));
	held = info.ViewInfo[0].HoldRoute;
	OK(RtmReleaseDestInfo(h, &info));
	return held;
}

/* Self's route is held for MS, and that is not over when guest has the lock. */
static bool hold_ends_under_lock(RTM_DEST_HANDLE there, ULONG ms)
{
	RTM_ROUTE_HANDLE route = add_route(self, THERE, NULL, 1);

	OK(RtmHoldDestination(self, there, UCAST, ms));
	delete_route(self, route);
	OK(RtmLockDestination(guest, there, FALSE, TRUE));
	if (is_held(guest, there))
		return true;
	OK(RtmLockDestination(guest, there, FALSE, FALSE));
	return false;
}

static void hold_end_waits_for_release(void)
{
	RTM_ROUTE_HANDLE route = add_route(self, THERE, NULL, 1);
	RTM_DEST_HANDLE there = find_dest(self, THERE);
	ULONG ms = SHORT_MS;

	delete_route(self, route);
	while (!hold_ends_under_lock(there, ms)) {
		ms *= 4;
		if (!CHECK(ms <= MAX_MS))
			return;
	}
	sleep_ms(ms + 300);
	CHECK(is_held(guest, there));
	OK(RtmLockDestination(guest, there, FALSE, FALSE));
	CHECK(wait_until(!is_held(self, there)));
	release_dest(self, there);
}

static RTM_ROUTE_HANDLE best_there(void)
{
	RTM_DEST_INFO info = { .DestHandle = NULL };
	RTM_ROUTE_HANDLE best;

	OK(RtmGetDestInfo(self, dest, RTM_BEST_PROTOCOL, UCAST, &info));
	best = info.ViewInfo[0].Route;
	OK(RtmReferenceHandles(self, 1, &best));
	OK(RtmReleaseDestInfo(self, &info));
	return best;
}

static UINT state_of(RTM_ROUTE_HANDLE route)
{
	RTM_ROUTE_INFO info = { .State = RTM_ROUTE_STATE_CREATED };
	UINT state;

	OK(RtmGetRouteInfo(self, route, &info, NULL));
	state = info.State;
	OK(RtmReleaseRouteInfo(self, &info));
	return state;
}

/* What a dead client has left here is about to go, and goes with the release. */
static void dead_entity_waits_for_release(void)
{
	RTM_ROUTE_HANDLE left;
	struct child dead;

	child_begin(&dead, locker);
	hear(dead.fd);
	EQUAL(3, routes_there(self));
	left = best_there();
	EQUAL(RTM_ROUTE_STATE_CREATED, state_of(left));
	OK(lock(self, FALSE));
	child_kill(&dead);
	CHECK(wait_until(state_of(left) != RTM_ROUTE_STATE_CREATED));
	sleep_ms(150);
	EQUAL(RTM_ROUTE_STATE_DELETING, state_of(left));
	OK(unlock(self, FALSE));
	CHECK(wait_until(state_of(left) == RTM_ROUTE_STATE_DELETED));
	EQUAL(2, routes_there(self));
	OK(RtmReleaseRoutes(self, 1, &left));
}

static void anything_else_is_true(void)
{
	OK(RtmLockDestination(self, dest, 7, -1));
	IS(ERROR_ACCESS_DENIED, unlock(self, FALSE));
	OK(RtmLockDestination(self, dest, -7, FALSE));
}

static void leaves(void)
{
	release_dest(self, dest);
	OK(RtmDeregisterEntity(guest));
	OK(RtmDeregisterEntity(other));
	OK(RtmDeregisterEntity(self));
}

int main(void)
{
	static const struct step steps[] = {
		{ "three clients", set_up },
		{ "shared, free or shared by others", shared_when_free_or_shared },
		{ "shared waits for exclusive", shared_waits_for_exclusive },
		{ "exclusive waits for any", exclusive_waits_for_any },
		{ "shared queues behind exclusive", shared_queues_behind_exclusive },
		{ "again what is covered", again_what_is_covered },
		{ "upgrade, alone", upgrade_alone },
		{ "upgrade, beside others", upgrade_beside_others },
		{ "another thread of the entity", another_thread_of_the_entity },
		{ "a release wakes all who wait", release_wakes_waiters },
		{ "release in a wrong mode, or of nothing", wrong_release },
		{ "exclusive without a stake", exclusive_without_a_stake },
		{ "shared without a stake", shared_without_a_stake },
		{ "destination of another table", dest_of_another_table },
		{ "no destination", no_dest },
		{ "destination without routes", dest_without_routes },
		{ "order of checks", order_of_checks },
		{ "routes go meanwhile", routes_go_meanwhile },
		{ "signal while waiting", signal_while_waiting },
		{ "killed while waiting", killed_while_waiting },
		{ "holder is killed", holder_is_killed },
		{ "holder deregisters", holder_deregisters },
		{ "expiry waits for the release", expiry_waits_for_release },
		{ "the end of a hold waits for the release", hold_end_waits_for_release },
		{ "the dead wait for the release", dead_entity_waits_for_release },
		{ "anything but 0 is true", anything_else_is_true },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
