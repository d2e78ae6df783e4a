// SPDX-License-Identifier: GPL-2.0-only
/*
 * what RtmLockDestination() says in each situation, and what it does then.
 *
 * How this file works: "self" locks in the test's thread, others in threads of their own.
 * A thread that has locked may end: any thread of its entity may unlock.  "guest" has no
 * route at the destination and no opaque pointer; each step leaves the destination free.
 */
#include <signal.h>
#include <sys/wait.h>

#include "scenario.h"

#define DEST	"10.0.0.0/8"

static RTM_ENTITY_HANDLE self, other, guest;
static RTM_DEST_HANDLE dest;

/**
 * struct want - a lock that is wanted
 * @h: by this entity
 * @exclusive: in this mode
 */
struct want {
	RTM_ENTITY_HANDLE h;
	BOOL exclusive;
};

static DWORD acquire(void *arg)
{
	struct want *want = arg;

	return RtmLockDestination(want->h, dest, want->exclusive, TRUE);
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
	struct want want = { h, exclusive };
	struct caller c;

	call_begin(&c, acquire, &want);
	return call_end(&c);
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
	struct want want = { other, wanted };
	struct caller c;

	OK(lock(self, held));
	call_begin(&c, acquire, &want);
	CHECK(call_waits(&c));
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
	struct want exclusive = { other, TRUE }, shared = { guest, FALSE };
	struct caller first, second;

	OK(lock(self, FALSE));
	call_begin(&first, acquire, &exclusive);
	CHECK(call_waits(&first));
	call_begin(&second, acquire, &shared);
	CHECK(call_waits(&second));
	/* but not who has it already */
	OK(lock(self, FALSE));
	OK(unlock(self, FALSE));
	OK(unlock(self, FALSE));
	EQUAL(NO_ERROR, call_end(&first));
	CHECK(call_waits(&second));
	OK(unlock(other, TRUE));
	EQUAL(NO_ERROR, call_end(&second));
	OK(unlock(guest, FALSE));
}

static void lock_twice(BOOL first, BOOL second)
{
	struct want want = { other, TRUE };
	struct caller c;

	OK(lock(self, first));
	OK(lock(self, second));
	call_begin(&c, acquire, &want);
	OK(unlock(self, second));
	CHECK(call_waits(&c));
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

static void upgrade_alone(void)
{
	OK(lock(self, FALSE));
	OK(lock(self, TRUE));
	OK(unlock(self, TRUE));
	OK(unlock(self, FALSE));
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
	struct want want = { self, TRUE };
	struct caller c;

	OK(lock(self, TRUE));
	call_begin(&c, acquire, &want);
	CHECK(call_waits(&c));
	OK(unlock(self, TRUE));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(self, TRUE));
}

static void release_wakes_waiters(void)
{
	struct want want = { guest, FALSE };
	struct caller c[2];

	OK(lock(self, TRUE));
	call_begin(&c[0], acquire, &want);
	call_begin(&c[1], acquire, &want);
	CHECK(call_waits(&c[0]));
	CHECK(call_waits(&c[1]));
	OK(unlock(self, TRUE));
	EQUAL(NO_ERROR, call_end(&c[0]));
	EQUAL(NO_ERROR, call_end(&c[1]));
	OK(unlock(guest, FALSE));
	OK(unlock(guest, FALSE));
}

static void wrong_release(void)
{
	struct want want = { other, FALSE };
	struct caller c;

	IS(ERROR_ACCESS_DENIED, unlock(self, TRUE));
	IS(ERROR_ACCESS_DENIED, unlock(self, FALSE));
	OK(lock(self, TRUE));
	IS(ERROR_ACCESS_DENIED, unlock(self, FALSE));
	IS(ERROR_ACCESS_DENIED, unlock(other, TRUE));
	/* nothing has come of it */
	call_begin(&c, acquire, &want);
	CHECK(call_waits(&c));
	OK(unlock(self, TRUE));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, FALSE));
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
	RTM_ROUTE_HANDLE route = add_route(self, "11.0.0.0/8", NULL, 1);
	RTM_DEST_HANDLE gone = find_dest(self, "11.0.0.0/8");

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
	RTM_ROUTE_HANDLE route = add_route(self, "11.0.0.0/8", NULL, 1);
	RTM_DEST_HANDLE empty = find_dest(self, "11.0.0.0/8");

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

	last[0] = add_route(self, "11.0.0.0/8", NULL, 1);
	last[1] = add_route(other, "11.0.0.0/8", NULL, 2);
	there = find_dest(self, "11.0.0.0/8");
	OK(RtmLockDestination(self, there, TRUE, TRUE));
	call_begin(&deletes, delete_last, NULL);
	CHECK(call_waits(&deletes));
	call_begin(&locks, acquire_there, there);
	CHECK(call_waits(&locks));
	delete_route(self, last[0]);
	OK(RtmLockDestination(self, there, TRUE, FALSE));
	EQUAL(NO_ERROR, call_end(&deletes));
	EQUAL(NO_ERROR, call_end(&locks));
	CHECK(!dest_exists(self, "11.0.0.0/8"));
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
	struct want want = { other, TRUE };
	struct caller c;

	EQUAL(0, sigaction(SIGUSR1, &action, NULL));
	OK(lock(self, TRUE));
	call_begin(&c, acquire, &want);
	CHECK(call_waits(&c));
	EQUAL(0, pthread_kill(c.thread, SIGUSR1));
	CHECK(wait_until(signals == 1));
	CHECK(call_waits(&c));
	OK(unlock(self, TRUE));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, TRUE));
}

/*
 * A process that has a route here and says so, locks when it is told to and says so again,
 * and stays.
 */
static void locker_main(int fd)
{
	RTM_ENTITY_HANDLE h = enter_as(PROTO_IP_BGP, 3);
	RTM_DEST_HANDLE mine;
	char byte = 'x';

	add_route(h, DEST, NULL, 5);
	mine = find_dest(h, DEST);
	if (write(fd, &byte, 1) == 1 && read(fd, &byte, 1) == 1 &&
	    OK(RtmLockDestination(h, mine, TRUE, TRUE)) && write(fd, &byte, 1) == 1)
		for (;;)
			pause();
	_exit(1);
}

static pid_t start_locker(int *fd)
{
	int ends[2];
	char byte;
	pid_t pid;

	EQUAL(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	pid = fork();
	if (!pid)
		locker_main(ends[1]);
	close(ends[1]);
	*fd = ends[0];
	EQUAL(1, read(*fd, &byte, 1));
	return pid;
}

static void end_locker(pid_t pid, int fd)
{
	EQUAL(0, kill(pid, SIGKILL));
	EQUAL(pid, waitpid(pid, NULL, 0));
	close(fd);
}

static void killed_while_waiting(void)
{
	int fd = -1;
	pid_t pid = start_locker(&fd);

	OK(lock(self, TRUE));
	EQUAL(1, write(fd, "x", 1));
	sleep_ms(150);
	end_locker(pid, fd);
	OK(unlock(self, TRUE));
	EQUAL(NO_ERROR, lock_elsewhere(other, TRUE));
	OK(unlock(other, TRUE));
}

static void holder_is_killed(void)
{
	struct want want = { other, TRUE };
	struct caller c;
	int fd = -1;
	pid_t pid = start_locker(&fd);
	char byte;

	EQUAL(1, write(fd, "x", 1));
	EQUAL(1, read(fd, &byte, 1));
	call_begin(&c, acquire, &want);
	CHECK(call_waits(&c));
	end_locker(pid, fd);
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, TRUE));
}

static void holder_deregisters(void)
{
	RTM_ENTITY_HANDLE brief = enter_with(PROTO_IP_BGP, 4, NULL, NULL, TRUE);
	struct want want = { other, TRUE };
	struct caller c;

	OK(lock(brief, TRUE));
	call_begin(&c, acquire, &want);
	CHECK(call_waits(&c));
	OK(RtmDeregisterEntity(brief));
	EQUAL(NO_ERROR, call_end(&c));
	OK(unlock(other, TRUE));
}

static UINT routes_there(void)
{
	RTM_DEST_INFO info = { .DestHandle = NULL };
	UINT n;

	OK(RtmGetDestInfo(self, dest, RTM_BEST_PROTOCOL, UCAST, &info));
	n = info.ViewInfo[0].NumRoutes;
	OK(RtmReleaseDestInfo(self, &info));
	return n;
}

static void expiry_waits_for_release(void)
{
	RTM_ROUTE_INFO info = route_info(NULL, 30);
	DWORD change = RTM_ROUTE_CHANGE_NEW;

	CHECK(wait_until(routes_there() == 2));
	OK(lock(self, TRUE));
	OK(put_route(self, NULL, DEST, &info, 100, &change));
	sleep_ms(300);
	EQUAL(3, routes_there());
	OK(unlock(self, TRUE));
	CHECK(wait_until(routes_there() == 2));
}

/* What a dead client has left here goes with the release at the latest. */
static void dead_entity_waits_for_release(void)
{
	int fd = -1;
	pid_t pid = start_locker(&fd);

	EQUAL(3, routes_there());
	OK(lock(self, FALSE));
	end_locker(pid, fd);
	sleep_ms(150);
	OK(unlock(self, FALSE));
	CHECK(wait_until(routes_there() == 2));
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
		{ "the dead wait for the release", dead_entity_waits_for_release },
		{ "anything but 0 is true", anything_else_is_true },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
