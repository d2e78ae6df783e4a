/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs that test /dev/rtm have in common.
 *
 * How this file works: a wrapper for each command takes what matters to a test, fills
 * everything else of the argument with values that are right, or with 0xcc where the
 * kernel answers, and returns 0 or a negative errno.  All of them go through
 * dev_call(), which lends the kernel a copy of the argument between guard bytes: a
 * byte written beyond the structure, or a failed call that changed its argument, ends
 * the test.  Arrays the kernel writes come from guard_alloc() for the same reason.
 *
 * A test works in a network namespace of its own, in which everything counts from
 * zero; env_clean() at its end says whether anything is left.  What the kernel takes
 * apart behind the caller's back it may take some seconds for.
 */
#ifndef RTM_TEST_H
#define RTM_TEST_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/rtm.h>

#include <kselftest_harness.h>

/* The debug kernel needs twenty times as long as a real one. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 240

#define RTM_DEVICE	"/dev/rtm"
#define RTM_PARAMETERS	"/sys/module/rtm/parameters/"

#define NSEC_PER_SEC	1000000000ull
#define NSEC_PER_MSEC	1000000ull

/* Protocols with a default preference: see rtm_default_preference(). */
#define PROTO_STATIC	10006
#define PROTO_BGP	14
#define PROTO_OSPF	13
#define PROTO_RIP	8

/* What is repeated until it is likely to have met something is repeated less there. */
static inline bool slow_kernel(void)
{
	return !access("/sys/kernel/debug/kmemleak", F_OK) ||
	       !access("/sys/kernel/debug/kcsan", F_OK);
}

static inline __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static inline void sleep_ms(unsigned int ms)
{
	struct timespec ts = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * NSEC_PER_MSEC,
	};

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/*
 * Memory between guard bytes
 */

#define GUARD_BYTES	64
#define GUARD_VALUE	0xa5

static inline bool guard_intact(const void *at)
{
	const unsigned char *byte = at;
	unsigned int i;

	for (i = 0; i < GUARD_BYTES; i++)
		if (byte[i] != GUARD_VALUE)
			return false;
	return true;
}

/* Room for SIZE bytes, poisoned, for guard_free(). */
static inline void *guard_alloc(size_t size)
{
	unsigned char *base = malloc(size + 3 * GUARD_BYTES);

	if (!base)
		abort();
	memcpy(base, &size, sizeof(size));
	memset(base + GUARD_BYTES, GUARD_VALUE, GUARD_BYTES);
	memset(base + 2 * GUARD_BYTES, 0xcc, size);
	memset(base + 2 * GUARD_BYTES + size, GUARD_VALUE, GUARD_BYTES);
	return base + 2 * GUARD_BYTES;
}

static inline bool guard_ok(const void *p)
{
	const unsigned char *base = (const unsigned char *)p - 2 * GUARD_BYTES;
	size_t size;

	memcpy(&size, base, sizeof(size));
	return guard_intact(base + GUARD_BYTES) && guard_intact((const unsigned char *)p + size);
}

static inline void guard_free(void *p)
{
	if (!guard_ok(p)) {
		fprintf(stderr, "# the kernel wrote beyond an array\n");
		abort();
	}
	free((unsigned char *)p - 2 * GUARD_BYTES);
}

/*
 * Commands
 */

#define ARG_MAX_BYTES	512

/* Errors after which a part of the argument is an answer all the same. */
static inline bool answers_with(unsigned long cmd, int err)
{
	return err == -EMSGSIZE || cmd == RTM_IOC_RELEASE_HANDLES ||
	       cmd == RTM_IOC_ADD_ROUTES || cmd == RTM_IOC_DELETE_ROUTES ||
	       cmd == RTM_IOC_INVOKE_METHOD;
}

/* One command.  Returns what ioctl() did, or a negative errno. */
static inline int dev_call(int fd, unsigned long cmd, void *arg)
{
	unsigned char room[ARG_MAX_BYTES + 2 * GUARD_BYTES];
	__u32 size = *(__u32 *)arg;
	int err;

	if (size > ARG_MAX_BYTES)
		abort();
	memset(room, GUARD_VALUE, sizeof(room));
	memcpy(room + GUARD_BYTES, arg, size);
	err = ioctl(fd, cmd, room + GUARD_BYTES);
	if (err < 0)
		err = -errno;
	if (!guard_intact(room) || !guard_intact(room + GUARD_BYTES + size)) {
		fprintf(stderr, "# command %#lx: wrote beyond its argument\n", cmd);
		abort();
	}
	if (err && !answers_with(cmd, err) && memcmp(room + GUARD_BYTES, arg, size)) {
		fprintf(stderr, "# command %#lx: error %d, but its argument changed\n", cmd, err);
		abort();
	}
	memcpy(arg, room + GUARD_BYTES, size);
	return err;
}

/* Poison an argument and write its size. */
#define arg_init(arg)	arg_poison(arg, sizeof(*(arg)))

static inline void arg_poison(void *arg, __u32 size)
{
	memset(arg, 0xcc, size);
	*(__u32 *)arg = size;
}

static inline __u64 ptr_u64(const void *p)
{
	return (uintptr_t)p;
}

/* "10.0.0.0/8" or "2001:db8::/32"; without a length that of an address. */
static inline struct rtm_net_prefix prefix(const char *text)
{
	struct rtm_net_prefix p = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };
	const char *slash = strchr(text, '/');
	char addr[64] = "";

	snprintf(addr, sizeof(addr), "%.*s", slash ? (int)(slash - text) : 63, text);
	p.len = slash ? atoi(slash + 1) : p.family == AF_INET ? 32 : 128;
	if (inet_pton(p.family, addr, p.addr) != 1)
		abort();
	return p;
}

static inline bool prefix_is(const struct rtm_net_prefix *p, const char *text)
{
	struct rtm_net_prefix want = prefix(text);

	return !memcmp(p, &want, sizeof(want));
}

static inline int dev_open(int flags)
{
	return open(RTM_DEVICE, flags | O_CLOEXEC);
}

static inline int dev_version(int fd, struct rtm_get_version *arg)
{
	arg_init(arg);
	return dev_call(fd, RTM_IOC_GET_VERSION, arg);
}

static inline int dev_stats(int fd, struct rtm_get_stats *arg)
{
	arg_init(arg);
	arg->pad = 0;
	return dev_call(fd, RTM_IOC_GET_STATS, arg);
}

static inline void limits_arg(struct rtm_get_limits *arg, __u32 flags, __u64 entity)
{
	arg_init(arg);
	arg->flags = flags;
	arg->entity = entity;
	memset(&arg->id, 0, sizeof(arg->id));
}

/* How much of a resource the namespace is charged for; all ones on failure. */
static inline __u64 dev_net_used(int fd, enum rtm_resource r)
{
	struct rtm_get_limits arg;

	limits_arg(&arg, RTM_REQ_NAMESPACE, 0);
	return dev_call(fd, RTM_IOC_GET_LIMITS, &arg) ? ~0ull : arg.usage[r].used;
}

static inline void register_arg(struct rtm_register_entity *arg, __u16 family, __u32 protocol,
				__u32 id, __u32 flags)
{
	arg_init(arg);
	arg->flags = flags;
	arg->id = (struct rtm_entity_id){
		.family = family,
		.protocol = protocol,
		.id = id,
	};
	arg->n_methods = 0;
	arg->hold_ms = 0;
}

static inline int dev_register_in(int fd, __u16 instance, __u16 family, __u32 protocol, __u32 id,
				  __u32 flags, __u64 *entity)
{
	struct rtm_register_entity arg;
	int err;

	register_arg(&arg, family, protocol, id, flags);
	arg.id.instance = instance;
	err = dev_call(fd, RTM_IOC_REGISTER_ENTITY, &arg);
	if (!err)
		*entity = arg.entity;
	return err;
}

static inline int dev_register(int fd, __u16 family, __u32 protocol, __u32 id, __u32 flags,
			       __u64 *entity)
{
	return dev_register_in(fd, 0, family, protocol, id, flags, entity);
}

static inline int dev_deregister(int fd, __u64 entity)
{
	struct rtm_deregister_entity arg;

	arg_init(&arg);
	arg.flags = 0;
	arg.entity = entity;
	return dev_call(fd, RTM_IOC_DEREGISTER_ENTITY, &arg);
}

static inline int dev_entity_info(int fd, __u64 entity, __u64 handle,
				  struct rtm_get_entity_info *arg)
{
	arg_init(arg);
	arg->flags = 0;
	arg->pad = 0;
	arg->entity = entity;
	arg->handle = handle;
	return dev_call(fd, RTM_IOC_GET_ENTITY_INFO, arg);
}

static inline int dev_handles(int fd, unsigned long cmd, __u64 entity, __u32 type,
			      const __u64 *handles, __u32 count, __u32 *done)
{
	struct rtm_handles arg;
	int err;

	arg_init(&arg);
	arg.type = type;
	arg.entity = entity;
	arg.handles = ptr_u64(handles);
	arg.count = count;
	err = dev_call(fd, cmd, &arg);
	if (done)
		*done = arg.done;
	return err;
}

static inline int dev_reference(int fd, __u64 entity, __u32 type, const __u64 *handles,
				__u32 count)
{
	return dev_handles(fd, RTM_IOC_REFERENCE_HANDLES, entity, type, handles, count, NULL);
}

static inline int dev_release_n(int fd, __u64 entity, __u32 type, const __u64 *handles,
				__u32 count, __u32 *done)
{
	return dev_handles(fd, RTM_IOC_RELEASE_HANDLES, entity, type, handles, count, done);
}

static inline int dev_release(int fd, __u64 entity, __u64 handle)
{
	return dev_release_n(fd, entity, RTM_HANDLE_ANY, &handle, 1, NULL);
}

static inline void nexthop_arg(struct rtm_nexthop_req *arg, __u64 entity, const char *addr,
			       __u32 ifindex)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->nexthop = 0;
	arg->attrs.addr = prefix(addr);
	arg->attrs.ifindex = ifindex;
	arg->attrs.flags = 0;
	arg->attrs.cookie = 0;
	arg->attrs.remote_dest = 0;
	arg->pad = 0;
}

static inline int dev_add_nexthop(int fd, __u64 entity, const char *addr, __u32 ifindex,
				  __u64 *nexthop)
{
	struct rtm_nexthop_req arg;
	int err;

	nexthop_arg(&arg, entity, addr, ifindex);
	err = dev_call(fd, RTM_IOC_ADD_NEXTHOP, &arg);
	if (!err)
		*nexthop = arg.nexthop;
	return err;
}

static inline int dev_find_nexthop(int fd, __u64 entity, const char *addr, __u32 ifindex,
				   struct rtm_nexthop_req *arg)
{
	nexthop_arg(arg, entity, addr, ifindex);
	return dev_call(fd, RTM_IOC_FIND_NEXTHOP, arg);
}

static inline int dev_delete_nexthop(int fd, __u64 entity, __u64 nexthop)
{
	struct rtm_nexthop_req arg;

	nexthop_arg(&arg, entity, "0.0.0.0", 0);
	arg.nexthop = nexthop;
	return dev_call(fd, RTM_IOC_DELETE_NEXTHOP, &arg);
}

static inline int dev_nexthop_info(int fd, __u64 entity, __u64 nexthop,
				   struct rtm_nexthop_req *arg)
{
	nexthop_arg(arg, entity, "0.0.0.0", 0);
	arg->nexthop = nexthop;
	return dev_call(fd, RTM_IOC_GET_NEXTHOP_INFO, arg);
}

/* Metric 10, default preference, both views, next hops as given. */
static inline struct rtm_route_attrs route_attrs(const __u64 *nexthops, __u32 n)
{
	return (struct rtm_route_attrs){
		.nexthops = ptr_u64(nexthops),
		.n_nexthops = n,
		.metric = 10,
		.views = RTM_V_SUPPORTED,
	};
}

static inline void route_arg(struct rtm_add_route *arg, __u64 entity, const char *dest,
			     const __u64 *nexthops, __u32 n)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->route = 0;
	arg->dest = prefix(dest);
	arg->attrs = route_attrs(nexthops, n);
	arg->attrs.state = 0xcc;
	arg->change = 0;
	arg->pad = 0;
	arg->list = 0;
	arg->deadline = 0;
}

static inline int dev_add_route(int fd, struct rtm_add_route *arg)
{
	return dev_call(fd, RTM_IOC_ADD_ROUTE, arg);
}

/* The common case: one next hop (or none where it is 0), a metric. */
static inline int dev_route(int fd, __u64 entity, const char *dest, __u64 nexthop, __u32 metric,
			    __u64 *route)
{
	struct rtm_add_route arg;
	int err;

	route_arg(&arg, entity, dest, &nexthop, !!nexthop);
	arg.attrs.metric = metric;
	err = dev_add_route(fd, &arg);
	if (!err)
		*route = arg.route;
	return err;
}

static inline void delete_arg(struct rtm_delete_route *arg, __u64 entity, __u64 route)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->route = route;
	arg->dest = prefix("0.0.0.0/0");
	arg->neighbour = 0;
	arg->pad = 0;
	arg->deadline = 0;
}

static inline int dev_delete_route(int fd, __u64 entity, __u64 route, __u32 *change)
{
	struct rtm_delete_route arg;
	int err;

	delete_arg(&arg, entity, route);
	err = dev_call(fd, RTM_IOC_DELETE_ROUTE, &arg);
	if (!err && change)
		*change = arg.change;
	return err;
}

static inline int dev_delete_key(int fd, __u64 entity, const char *dest, __u64 neighbour,
				 __u32 *change)
{
	struct rtm_delete_route arg;
	int err;

	delete_arg(&arg, entity, 0);
	arg.dest = prefix(dest);
	arg.neighbour = neighbour;
	err = dev_call(fd, RTM_IOC_DELETE_ROUTE, &arg);
	if (!err && change)
		*change = arg.change;
	return err;
}

static inline void route_info_arg(struct rtm_get_route_info *arg, __u64 entity, __u64 route,
				  __u64 *nexthops, __u32 room)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->route = route;
	arg->attrs.nexthops = ptr_u64(nexthops);
	arg->attrs.n_nexthops = room;
	arg->deadline = 0;
}

static inline int dev_route_info(int fd, __u64 entity, __u64 route, __u64 *nexthops, __u32 room,
				 struct rtm_get_route_info *arg)
{
	route_info_arg(arg, entity, route, nexthops, room);
	return dev_call(fd, RTM_IOC_GET_ROUTE_INFO, arg);
}

/* Give back what dev_route_info() has brought.  Returns how many were released. */
static inline __u32 release_route_info(int fd, const struct rtm_get_route_info *arg)
{
	const __u64 fixed[] = { arg->dest, arg->owner, arg->attrs.neighbour };
	__u32 n, done;

	dev_release_n(fd, arg->entity, RTM_HANDLE_ANY, fixed, 3, &n);
	dev_release_n(fd, arg->entity, RTM_HANDLE_NEXTHOP,
		      (const __u64 *)(uintptr_t)arg->attrs.nexthops, arg->attrs.n_nexthops, &done);
	return n + done;
}

static inline int dev_is_best(int fd, __u64 entity, __u64 route, __u32 *views)
{
	struct rtm_is_best_route arg;
	int err;

	arg_init(&arg);
	arg.flags = 0;
	arg.entity = entity;
	arg.route = route;
	arg.deadline = 0;
	arg.pad = 0;
	err = dev_call(fd, RTM_IOC_IS_BEST_ROUTE, &arg);
	if (!err)
		*views = arg.views;
	return err;
}

static inline void dest_arg(struct rtm_get_dest *arg, __u64 entity, __u32 protocol, __u32 views,
			    struct rtm_dest_view *infos, __u32 room)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->dest = 0;
	arg->prefix = prefix("0.0.0.0/0");
	arg->protocol = protocol;
	arg->views = views;
	arg->view_infos = ptr_u64(infos);
	arg->n_views = room;
	arg->deadline = 0;
}

/* A query by prefix, reporting no view: GET_EXACT or GET_MOST_SPECIFIC. */
static inline int dev_find_dest(int fd, unsigned long cmd, __u64 entity, const char *text,
				__u32 views, struct rtm_get_dest *arg)
{
	struct rtm_dest_view infos[RTM_N_VIEWS];

	dest_arg(arg, entity, RTM_PROTO_BEST, views, infos, RTM_N_VIEWS);
	arg->prefix = prefix(text);
	return dev_call(fd, cmd, arg);
}

/* A handle of the destination TEXT, which has a route.  0 on failure. */
static inline __u64 dev_dest(int fd, __u64 entity, const char *text)
{
	struct rtm_get_dest arg;

	return dev_find_dest(fd, RTM_IOC_GET_EXACT_DEST, entity, text, 0, &arg) ? 0 : arg.dest;
}

/* Bytes of a destination in an array. */
static inline __u32 item_size(unsigned int n_views)
{
	return sizeof(struct rtm_dest_item) + n_views * sizeof(struct rtm_dest_view);
}

static inline void lock_arg(struct rtm_lock_dest *arg, __u64 entity, __u64 dest, __u32 flags)
{
	arg_init(arg);
	arg->flags = flags;
	arg->entity = entity;
	arg->dest = dest;
	arg->deadline = 0;
}

static inline int dev_lock(int fd, __u64 entity, __u64 dest, __u32 flags)
{
	struct rtm_lock_dest arg;

	lock_arg(&arg, entity, dest, flags);
	return dev_call(fd, RTM_IOC_LOCK_DEST, &arg);
}

static inline int dev_lock_until(int fd, __u64 entity, __u64 dest, __u32 flags, __u64 deadline)
{
	struct rtm_lock_dest arg;

	lock_arg(&arg, entity, dest, flags);
	arg.deadline = deadline;
	return dev_call(fd, RTM_IOC_LOCK_DEST, &arg);
}

static inline int dev_unlock(int fd, __u64 entity, __u64 dest, __u32 flags)
{
	struct rtm_lock_dest arg;

	lock_arg(&arg, entity, dest, flags);
	return dev_call(fd, RTM_IOC_UNLOCK_DEST, &arg);
}

static inline int dev_break_lock(int fd, __u16 instance, const char *text, __u32 *broken)
{
	struct rtm_break_dest_lock arg;
	int err;

	arg_init(&arg);
	arg.flags = 0;
	arg.prefix = prefix(text);
	arg.instance = instance;
	arg.pad = 0;
	err = dev_call(fd, RTM_IOC_BREAK_DEST_LOCK, &arg);
	if (!err)
		*broken = arg.broken;
	return err;
}

static inline void opaque_arg(struct rtm_opaque *arg, __u64 entity, __u64 dest)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->dest = dest;
}

static inline int dev_get_opaque(int fd, __u64 entity, __u64 dest, __u64 *value)
{
	struct rtm_opaque arg;
	int err;

	opaque_arg(&arg, entity, dest);
	err = dev_call(fd, RTM_IOC_GET_OPAQUE, &arg);
	if (!err)
		*value = arg.value;
	return err;
}

static inline int dev_set_opaque(int fd, __u64 entity, __u64 dest, __u64 value)
{
	struct rtm_opaque arg;

	opaque_arg(&arg, entity, dest);
	arg.value = value;
	return dev_call(fd, RTM_IOC_SET_OPAQUE, &arg);
}

static inline void object_arg(struct rtm_object_req *arg, __u64 entity, __u64 handle)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->handle = handle;
}

static inline int dev_new_list(int fd, __u64 entity, __u64 *list)
{
	struct rtm_object_req arg;
	int err;

	object_arg(&arg, entity, 0);
	err = dev_call(fd, RTM_IOC_CREATE_ROUTE_LIST, &arg);
	if (!err)
		*list = arg.handle;
	return err;
}

static inline int dev_delete_object(int fd, unsigned long cmd, __u64 entity, __u64 handle)
{
	struct rtm_object_req arg;

	object_arg(&arg, entity, handle);
	return dev_call(fd, cmd, &arg);
}

static inline void insert_arg(struct rtm_insert_in_list *arg, __u64 entity, __u64 list,
			      const __u64 *routes, __u32 count)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->list = list;
	arg->routes = ptr_u64(routes);
	arg->count = count;
	arg->pad = 0;
}

static inline int dev_insert(int fd, __u64 entity, __u64 list, const __u64 *routes, __u32 count)
{
	struct rtm_insert_in_list arg;

	insert_arg(&arg, entity, list, routes, count);
	return dev_call(fd, RTM_IOC_INSERT_IN_ROUTE_LIST, &arg);
}

/* Wait, for a minute at most, until the FIB has decided about everything. */
static inline int dev_fib_sync(int fd, struct rtm_fib_sync *arg)
{
	struct rtm_fib_sync unused;

	if (!arg)
		arg = &unused;
	arg_init(arg);
	arg->flags = 0;
	arg->deadline = now_ns() + 60 * NSEC_PER_SEC;
	return dev_call(fd, RTM_IOC_FIB_SYNC, arg);
}

static inline void dump_arg(struct rtm_dump *arg, __u32 flags, const char *text, __u16 instance,
			    void *buf, __u32 size)
{
	arg_init(arg);
	arg->flags = flags;
	arg->prefix = prefix(text);
	arg->instance = instance;
	arg->pad = 0;
	arg->buf = ptr_u64(buf);
	arg->buf_size = size;
	memset(arg->cursor, 0, sizeof(arg->cursor));
}

/*
 * A whole dump in one piece, for free(); *SIZE is its bytes, *COUNT its records.
 * NULL if the command failed, with errno set.
 */
static inline void *dev_dump(int fd, unsigned long cmd, __u32 flags, const char *text,
			     __u16 instance, size_t *size, unsigned int *count)
{
	unsigned char *buf = guard_alloc(RTM_DUMP_MIN_BUF);
	unsigned char *all = NULL;
	struct rtm_dump arg;
	int err;

	*size = 0;
	*count = 0;
	dump_arg(&arg, flags, text, instance, buf, RTM_DUMP_MIN_BUF);
	do {
		arg.buf_size = RTM_DUMP_MIN_BUF;
		err = dev_call(fd, cmd, &arg);
		if (err)
			break;
		all = realloc(all, *size + arg.buf_size + 1);
		memcpy(all + *size, buf, arg.buf_size);
		*size += arg.buf_size;
		*count += arg.count;
	} while (arg.more);
	guard_free(buf);
	if (err) {
		free(all);
		errno = -err;
		return NULL;
	}
	return all;
}

/* Walk the records of a dump: each begins with its own size. */
#define for_each_record(rec, buf, bytes)						\
	for ((rec) = (void *)(buf);							\
	     (char *)(rec) < (char *)(buf) + (bytes);					\
	     (rec) = (void *)((char *)(rec) + (rec)->size))

/* The destination TEXT as RTM_IOC_DUMP_DESTS shows it; false where it is not. */
static inline bool dev_dest_rec_in(int fd, __u16 instance, const char *text,
				   struct rtm_dest_rec *rec)
{
	unsigned int count;
	size_t size;
	void *buf;

	buf = dev_dump(fd, RTM_IOC_DUMP_DESTS, RTM_DUMP_EXACT, text, instance, &size, &count);
	if (buf && count == 1)
		memcpy(rec, buf, sizeof(*rec));
	free(buf);
	return buf && count == 1;
}

static inline bool dev_dest_rec(int fd, const char *text, struct rtm_dest_rec *rec)
{
	return dev_dest_rec_in(fd, 0, text, rec);
}

/*
 * Module parameters
 */

/* Returns 0 or a negative errno. */
static inline int param_set(const char *name, const char *value)
{
	char path[128];
	int fd, err = 0;

	snprintf(path, sizeof(path), RTM_PARAMETERS "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static inline int param_get(const char *name, char *value, size_t size)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), RTM_PARAMETERS "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, value, size - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	value[n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return 0;
}

static inline unsigned int param_number(const char *name)
{
	char text[32];

	return param_get(name, text, sizeof(text)) ? 0 : strtoul(text, NULL, 0);
}

static inline int param_set_number(const char *name, unsigned int value)
{
	char text[32];

	snprintf(text, sizeof(text), "%u", value);
	return param_set(name, text);
}

/*
 * The surroundings of a test
 */

/* Everything that is zero in a namespace where nobody has left anything. */
static inline bool stats_empty(const struct rtm_get_stats *s)
{
	return !(s->entities | s->nexthops | s->routes | s->dests | s->handles | s->locks_held |
		 s->locks_waiting | s->fib_wanted | s->fib_installed | s->fib_failed |
		 s->fib_conflict | s->fib_pending | s->trie_bytes | s->objects | s->calls);
}

static inline void stats_print(const struct rtm_get_stats *s)
{
	fprintf(stderr, "# entities %llu nexthops %llu routes %llu dests %llu handles %llu\n"
		"# locks %llu waiting %llu trie %llu files %llu objects %llu calls %llu\n"
		"# fib: wanted %llu installed %llu failed %llu conflict %llu pending %llu\n",
		s->entities, s->nexthops, s->routes, s->dests, s->handles,
		s->locks_held, s->locks_waiting, s->trie_bytes, s->files, s->objects, s->calls,
		s->fib_wanted, s->fib_installed, s->fib_failed, s->fib_conflict, s->fib_pending);
}

/**
 * struct env - a namespace with the device open
 * @watch: read-only file that only looks at the counters
 * @fd: file for the test, closed by env_clean()
 */
struct env {
	int watch;
	int fd;
};

static inline void env_setup(struct __test_metadata *_metadata, struct env *env)
{
	struct rtm_get_stats s;

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	env->watch = dev_open(O_RDONLY);
	ASSERT_LE(0, env->watch);
	env->fd = dev_open(O_RDWR);
	ASSERT_LE(0, env->fd);
	ASSERT_EQ(0, dev_stats(env->watch, &s));
	ASSERT_TRUE(stats_empty(&s));
	ASSERT_EQ(2, s.files);
}

/*
 * Until nothing is left in the namespace but FILES open files.  A large table takes its
 * time to go, which is granted as long as it goes: a minute without a byte less is the end.
 */
static inline void expect_clean(struct __test_metadata *_metadata, int watch, unsigned int files)
{
	__u64 bytes, least = ~0ULL, end = 0;
	struct rtm_get_stats s;

	for (;;) {
		ASSERT_EQ(0, dev_stats(watch, &s));
		bytes = dev_net_used(watch, RTM_RES_BYTES);
		if (stats_empty(&s) && !bytes && s.files == files)
			return;
		if (bytes < least) {
			least = bytes;
			end = now_ns() + 60 * NSEC_PER_SEC;
		}
		if (now_ns() > end)
			break;
		sleep_ms(20);
	}
	stats_print(&s);
	EXPECT_EQ(files, s.files);
	EXPECT_EQ(0, bytes);
	EXPECT_TRUE(stats_empty(&s));
}

static inline void env_clean(struct __test_metadata *_metadata, struct env *env)
{
	if (env->fd >= 0)
		EXPECT_EQ(0, close(env->fd));
	expect_clean(_metadata, env->watch, 1);
	close(env->watch);
}

/* Wait until COND holds, for a minute at most; false if it never did. */
#define wait_until(cond)								\
({											\
	__u64 _end = now_ns() + 60 * NSEC_PER_SEC;					\
	bool _held;									\
											\
	while (!(_held = (cond)) && now_ns() < _end)					\
		sleep_ms(20);								\
	_held;										\
})

#endif /* RTM_TEST_H */
