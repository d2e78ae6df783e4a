/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A /dev/rtm for unit tests of the library.
 *
 * How this file works: the linker sends open() and ioctl() here.  Each command has
 * a handler that a test may replace, a count of its calls and a copy of the last
 * request.  Handles have real counts, so that a test can say that nothing leaked.
 * The rtm.conf of the machine plays no part.
 */
#ifndef FAKE_H
#define FAKE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/rtm.h>

#define FAKE_N_CMDS	0x4c

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define FAKE_ENTITY(n)	(((uint64_t)RTM_HANDLE_ENTITY << 56) | (n))
#define FAKE_DEST(n)	(((uint64_t)RTM_HANDLE_DEST << 56) | (n))
#define FAKE_ROUTE(n)	(((uint64_t)RTM_HANDLE_ROUTE << 56) | (n))
#define FAKE_NEXTHOP(n)	(((uint64_t)RTM_HANDLE_NEXTHOP << 56) | (n))

/* Returns 0 or a negative errno. */
typedef int (*fake_handler)(void *req);

union fake_req {
	uint32_t size;
	struct rtm_get_version version;
	struct rtm_get_stats stats;
	struct rtm_register_entity reg;
	struct rtm_deregister_entity dereg;
	struct rtm_get_entities entities;
	struct rtm_get_entity_info entity_info;
	struct rtm_handles handles;
	struct rtm_nexthop_req nexthop;
	struct rtm_add_route add_route;
	struct rtm_delete_route delete_route;
	struct rtm_get_route_info route_info;
	struct rtm_is_best_route is_best;
	struct rtm_get_dest dest;
	struct rtm_lock_dest lock;
	struct rtm_break_dest_lock lock_break;
	struct rtm_hold_dest hold;
	struct rtm_answer_expiry answer;
	struct rtm_get_dests dests;
	struct rtm_resync resync;
	struct rtm_set_crash_policy crash_policy;
	struct rtm_set_limits set_limits;
	struct rtm_get_limits get_limits;
	struct rtm_lock_object lock_object;
	struct rtm_update_route update;
	struct rtm_unlock_nexthop unlock_nexthop;
	struct rtm_opaque opaque;
	struct rtm_route_batch batch;
	struct rtm_fib_sync fib_sync;
	struct rtm_dump dump;
	struct rtm_create_enum create_enum;
	struct rtm_create_list_enum list_enum;
	struct rtm_get_enum get_enum;
	struct rtm_object_req object;
	struct rtm_insert_in_list insert;
	struct rtm_get_exact_route exact_route;
	struct rtm_register_notify notify;
	struct rtm_deregister_notify end_notify;
	struct rtm_get_changed changed;
	struct rtm_ignore_changed ignore;
	struct rtm_notify_dest notify_dest;
	struct rtm_get_methods methods;
	struct rtm_invoke_method invoke;
	struct rtm_block_methods block;
	struct rtm_fetch_call fetch;
	struct rtm_answer_call answer_call;
};

extern fake_handler fake_handlers[FAKE_N_CMDS];
extern union fake_req fake_last[FAKE_N_CMDS];
extern unsigned int fake_calls[FAKE_N_CMDS];
extern int fake_open_errno;
extern unsigned int fake_opens;
extern int fake_open_flags;

/* The n-th next call of each fails; 0 for none. */
extern unsigned int fake_fail_calloc;
extern unsigned int fake_fail_thread;
extern unsigned int fake_fail_eventfd;
extern unsigned int fake_fail_mmap;

#define fake_on(CMD, fn)	(fake_handlers[_IOC_NR(RTM_IOC_##CMD)] = (fn))
#define fake_count(CMD)		(fake_calls[_IOC_NR(RTM_IOC_##CMD)])
#define fake_seen(CMD)		(&fake_last[_IOC_NR(RTM_IOC_##CMD)])

void fake_reset(void);
int fake_fd(void);
int fake_peer(void);

/* Handles: a test gives them counts as the kernel would, and asks what is left. */
void fake_ref(uint64_t handle);
bool fake_unref(uint64_t handle);
unsigned int fake_refs(uint64_t handle);
unsigned int fake_refs_total(void);

/* Events: tell an entity that another came or went. */
void fake_event(unsigned int type, uint64_t entity, uint64_t object, uint32_t id);

/* What the linker puts in the place of the real ones, and those. */
int __wrap_open(const char *path, int flags, ...);
int __real_open(const char *path, int flags, ...);
int __wrap_ioctl(int fd, unsigned long cmd, void *arg);
void *__wrap_calloc(size_t n, size_t size);
void *__real_calloc(size_t n, size_t size);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *arg);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *arg);
int __wrap_eventfd(unsigned int value, int flags);
int __real_eventfd(unsigned int value, int flags);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);

/* Asked by the leak checker of a program that has it. */
int __lsan_is_turned_off(void);

#endif /* FAKE_H */
