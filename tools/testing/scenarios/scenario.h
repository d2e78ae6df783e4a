/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the scenarios have in common.
 *
 * How this file works: a scenario is a list of steps, each a function without arguments,
 * which leave to the next ones what they made in variables of the file.  A check that
 * does not hold is printed with its place; the step goes on to its end, and no further
 * step is begun.  The results are KTAP.  A scenario runs in a network namespace of its
 * own, in which everything counts from zero, and after its last step nothing may be left
 * there: run_steps() adds that as a step.
 *
 * The functions below are for what scenarios do all the time; they use <rtmv2.h>, and
 * ip(8) where the kernel FIB is looked at.
 */
#ifndef RTM_SCENARIO_H
#define RTM_SCENARIO_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <rtmv2.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define UCAST		RTM_VIEW_MASK_UCAST
#define MCAST		RTM_VIEW_MASK_MCAST
#define BOTH		(RTM_VIEW_MASK_UCAST | RTM_VIEW_MASK_MCAST)

/* Never a handle. */
#define ALIEN		((HANDLE)0x123456789)

/* The instance id of the public samples. */
#define SAMPLE_ID	PROTOCOL_ID(PROTO_TYPE_UCAST, 0xFFFF, PROTO_IP_RIP)

/* What a step finds true, in any thread or child of it; says whether it was. */
#define OK(call)		equal_at(__FILE__, __LINE__, #call, NO_ERROR, call)
#define IS(code, call)		equal_at(__FILE__, __LINE__, #call, code, call)
#define EQUAL(want, got)	equal_at(__FILE__, __LINE__, #got, number(want), number(got))
#define CHECK(cond)		equal_at(__FILE__, __LINE__, #cond, true, !!(cond))
#define SAME(want, got)		same_at(__FILE__, __LINE__, #got, want, got)
#define number(value)		((unsigned long long)(value))

bool equal_at(const char *file, int line, const char *what, unsigned long long want,
	      unsigned long long got);
bool same_at(const char *file, int line, const char *what, const char *want, const char *got);

/**
 * struct step - a part of a scenario
 * @name: what it is about, for people
 * @run: does it
 */
struct step {
	const char *name;
	void (*run)(void);
};

/* All steps, in order.  Returns what main() returns. */
int run_steps(const struct step *steps, unsigned int n);

/*
 * Time
 */

void sleep_ms(unsigned int ms);
unsigned long long now_ms(void);

/* Wait until COND holds, for a minute at most; false if it never did. */
#define wait_until(cond)								\
({											\
	unsigned long long _end = now_ms() + 60000;					\
	bool _held;									\
											\
	while (!(_held = (cond)) && now_ms() < _end)					\
		sleep_ms(20);								\
	_held;										\
})

/*
 * A client
 */

/* What the last registration was told. */
extern RTM_REGN_PROFILE profile;

/* Instance 0, AF_INET, as the samples; NULL after a check that did not hold. */
RTM_ENTITY_HANDLE enter(void);
RTM_ENTITY_HANDLE enter_as(ULONG protocol, ULONG id);
RTM_ENTITY_HANDLE enter_with(ULONG protocol, ULONG id, PRTM_ENTITY_EXPORT_METHODS methods,
			     RTM_EVENT_CALLBACK callback, BOOL opaque);

/* "10.0.0.0/8"; without a length that of an address. */
RTM_NET_ADDRESS net(const char *text);
bool net_is(const RTM_NET_ADDRESS *n, const char *text);

/* Appends "10.0.0.0/8", after a space if something is there. */
void say_net(char *text, size_t size, const RTM_NET_ADDRESS *n);

RTM_NEXTHOP_HANDLE add_nexthop(RTM_ENTITY_HANDLE h, const char *addr, ULONG ifindex);

/* In both views, of preference 5, with one next hop, or none where NH is NULL. */
RTM_ROUTE_INFO route_info(RTM_NEXTHOP_HANDLE nh, ULONG metric);
DWORD put_route(RTM_ENTITY_HANDLE h, PRTM_ROUTE_HANDLE route, const char *dest,
		PRTM_ROUTE_INFO info, ULONG ttl, DWORD *change);
RTM_ROUTE_HANDLE add_route(RTM_ENTITY_HANDLE h, const char *dest, RTM_NEXTHOP_HANDLE nh,
			   ULONG metric);
void delete_route(RTM_ENTITY_HANDLE h, RTM_ROUTE_HANDLE route);

/* A handle of a destination that has routes, or of one that need not have. */
RTM_DEST_HANDLE find_dest(RTM_ENTITY_HANDLE h, const char *dest);
void release_dest(RTM_ENTITY_HANDLE h, RTM_DEST_HANDLE dest);
bool dest_exists(RTM_ENTITY_HANDLE h, const char *dest);

/* The element after this one in an array of destinations with BLOCKS view blocks. */
static inline PRTM_DEST_INFO dest_after(PRTM_DEST_INFO info, UINT blocks)
{
	return (PRTM_DEST_INFO)((char *)info + RTM_SIZE_OF_DEST_INFO(blocks));
}

/*
 * Calls that wait
 */

/**
 * struct caller - a call in a thread of its own
 * @call: makes it
 * @arg: with this
 * @result: what came of it, once it has ended
 * @begun: it is about to be made
 * @ended: it has ended
 * @thread: makes it
 */
struct caller {
	DWORD (*call)(void *arg);
	void *arg;
	DWORD result;
	atomic_bool begun;
	atomic_bool ended;
	pthread_t thread;
};

void call_begin(struct caller *c, DWORD (*call)(void *arg), void *arg);

/* Had time to end, and has not. */
bool call_waits(struct caller *c);

/* Ends within a minute, and has come to what? */
DWORD call_end(struct caller *c);

/* In leftover.c: how many requests for destination locks are queued in the namespace. */
unsigned long long locks_waiting(void);

/*
 * A process of its own
 */

/**
 * struct child - a process that is there to be killed
 * @pid: its id, negative if there is none
 * @fd: the end of a socket that leads to it
 */
struct child {
	pid_t pid;
	int fd;
};

/* RUN gets the other end, which is closed when it returns; then the process stays. */
void child_begin(struct child *c, void (*run)(int fd));
void child_kill(struct child *c);

/* The other process, which must not have gone or closed its end, is told to go on. */
bool tell(int fd);
bool hear(int fd);

/*
 * The kernel FIB
 */

/* dummy0 with 192.0.2.1/24, up.  Returns its index. */
ULONG make_interface(void);

/* Within a minute "ip route show" has WORDS for exactly DEST; NULL: has nothing. */
bool fib_shows(const char *dest, const char *words);

/* In leftover.c: nothing is left in the namespace, or says what. */
bool nothing_left(void);

#endif /* RTM_SCENARIO_H */
