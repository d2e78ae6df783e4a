/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of librtm share.
 *
 * How this file works: from the bottom up, and each layer knows only those
 * before it:
 *
 *	device.c	the open file and its ioctls
 *	process.c	what belongs to this process and not to a child of it:
 *			the shared file, the registrations
 *	dispatch.c	the thread that calls event callbacks
 *	shadow.c	memory that pretends to be the manager's own
 *	shadow_route.c	the same for routes
 *	edit.c		what of it the client is changing
 *	conf.c		/etc/rtm.conf
 *	rtmv2_*.c	<rtmv2.h>, on the shared file of the process
 *	native_*.c	<librtm.h>, on device.c alone; they share rtm_native.h
 *
 * Internal names begin with rtmi_, so that a static library meets no other name
 * of a program.  Results are 0 or a negative errno until rtmi_win32() turns them
 * into what <rtmv2.h> promises.
 */
#ifndef RTM_PRIVATE_H
#define RTM_PRIVATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/rtm.h>

/* Everything is hidden but what the public headers declare. */
#pragma GCC visibility push(default)
#include "rtmv2.h"
#pragma GCC visibility pop

#define RTMI_ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define RTMI_MAX_METHODS	32

/* device.c */

/**
 * struct rtmi_device - an open file of /dev/rtm
 * @fd: file descriptor
 * @restart: a signal restarts a wait instead of ending it
 * @token: rtmi_token() of the process that opened it
 */
struct rtmi_device {
	int fd;
	bool restart;
	uint64_t token;
};

int rtmi_device_open(struct rtmi_device *dev, bool writable, bool restart);
void rtmi_device_close(struct rtmi_device *dev);

int rtmi_call(const struct rtmi_device *dev, unsigned long cmd, void *req);

/* One function for each command, so that number and structure cannot be mixed up. */
#define RTMI_COMMAND(name, CMD, type)						\
static inline int rtmi_##name(const struct rtmi_device *dev, struct type *req)	\
{										\
	req->size = sizeof(*req);						\
	return rtmi_call(dev, RTM_IOC_##CMD, req);				\
}

RTMI_COMMAND(get_version, GET_VERSION, rtm_get_version)
RTMI_COMMAND(get_stats, GET_STATS, rtm_get_stats)
RTMI_COMMAND(register_entity, REGISTER_ENTITY, rtm_register_entity)
RTMI_COMMAND(deregister_entity, DEREGISTER_ENTITY, rtm_deregister_entity)
RTMI_COMMAND(get_entities, GET_ENTITIES, rtm_get_entities)
RTMI_COMMAND(get_entity_info, GET_ENTITY_INFO, rtm_get_entity_info)
RTMI_COMMAND(reference_handles, REFERENCE_HANDLES, rtm_handles)
RTMI_COMMAND(release_handles, RELEASE_HANDLES, rtm_handles)
RTMI_COMMAND(add_nexthop, ADD_NEXTHOP, rtm_nexthop_req)
RTMI_COMMAND(find_nexthop, FIND_NEXTHOP, rtm_nexthop_req)
RTMI_COMMAND(delete_nexthop, DELETE_NEXTHOP, rtm_nexthop_req)
RTMI_COMMAND(get_nexthop_info, GET_NEXTHOP_INFO, rtm_nexthop_req)
RTMI_COMMAND(add_route, ADD_ROUTE, rtm_add_route)
RTMI_COMMAND(delete_route, DELETE_ROUTE, rtm_delete_route)
RTMI_COMMAND(get_route_info, GET_ROUTE_INFO, rtm_get_route_info)
RTMI_COMMAND(is_best_route, IS_BEST_ROUTE, rtm_is_best_route)
RTMI_COMMAND(get_dest_info, GET_DEST_INFO, rtm_get_dest)
RTMI_COMMAND(get_exact_dest, GET_EXACT_DEST, rtm_get_dest)
RTMI_COMMAND(get_most_specific_dest, GET_MOST_SPECIFIC_DEST, rtm_get_dest)
RTMI_COMMAND(get_less_specific_dest, GET_LESS_SPECIFIC_DEST, rtm_get_dest)
RTMI_COMMAND(lock_dest, LOCK_DEST, rtm_lock_dest)
RTMI_COMMAND(unlock_dest, UNLOCK_DEST, rtm_lock_dest)
RTMI_COMMAND(break_dest_lock, BREAK_DEST_LOCK, rtm_break_dest_lock)
RTMI_COMMAND(get_opaque, GET_OPAQUE, rtm_opaque)
RTMI_COMMAND(set_opaque, SET_OPAQUE, rtm_opaque)
RTMI_COMMAND(add_routes, ADD_ROUTES, rtm_route_batch)
RTMI_COMMAND(delete_routes, DELETE_ROUTES, rtm_route_batch)
RTMI_COMMAND(fib_sync, FIB_SYNC, rtm_fib_sync)
RTMI_COMMAND(dump_entities, DUMP_ENTITIES, rtm_dump)
RTMI_COMMAND(dump_nexthops, DUMP_NEXTHOPS, rtm_dump)
RTMI_COMMAND(dump_dests, DUMP_DESTS, rtm_dump)
RTMI_COMMAND(dump_routes, DUMP_ROUTES, rtm_dump)
RTMI_COMMAND(dump_locks, DUMP_LOCKS, rtm_dump)
RTMI_COMMAND(dump_notifies, DUMP_NOTIFIES, rtm_dump)
RTMI_COMMAND(create_dest_enum, CREATE_DEST_ENUM, rtm_create_enum)
RTMI_COMMAND(create_route_enum, CREATE_ROUTE_ENUM, rtm_create_enum)
RTMI_COMMAND(create_nexthop_enum, CREATE_NEXTHOP_ENUM, rtm_create_enum)
RTMI_COMMAND(get_enum_dests, GET_ENUM_DESTS, rtm_get_enum)
RTMI_COMMAND(get_enum_routes, GET_ENUM_ROUTES, rtm_get_enum)
RTMI_COMMAND(get_enum_nexthops, GET_ENUM_NEXTHOPS, rtm_get_enum)
RTMI_COMMAND(get_list_enum_routes, GET_LIST_ENUM_ROUTES, rtm_get_enum)
RTMI_COMMAND(delete_enum, DELETE_ENUM, rtm_object_req)
RTMI_COMMAND(get_exact_route, GET_EXACT_ROUTE, rtm_get_exact_route)
RTMI_COMMAND(hold_dest, HOLD_DEST, rtm_hold_dest)
RTMI_COMMAND(answer_expiry, ANSWER_EXPIRY, rtm_answer_expiry)
RTMI_COMMAND(get_dests, GET_DESTS, rtm_get_dests)
RTMI_COMMAND(begin_resync, BEGIN_RESYNC, rtm_resync)
RTMI_COMMAND(end_resync, END_RESYNC, rtm_resync)
RTMI_COMMAND(set_limits, SET_LIMITS, rtm_set_limits)
RTMI_COMMAND(get_limits, GET_LIMITS, rtm_get_limits)
RTMI_COMMAND(lock_route, LOCK_ROUTE, rtm_lock_object)
RTMI_COMMAND(unlock_route, UNLOCK_ROUTE, rtm_lock_object)
RTMI_COMMAND(update_route, UPDATE_ROUTE, rtm_update_route)
RTMI_COMMAND(lock_nexthop, LOCK_NEXTHOP, rtm_lock_object)
RTMI_COMMAND(unlock_nexthop, UNLOCK_NEXTHOP, rtm_unlock_nexthop)
RTMI_COMMAND(create_route_list, CREATE_ROUTE_LIST, rtm_object_req)
RTMI_COMMAND(insert_in_route_list, INSERT_IN_ROUTE_LIST, rtm_insert_in_list)
RTMI_COMMAND(create_route_list_enum, CREATE_ROUTE_LIST_ENUM, rtm_create_list_enum)
RTMI_COMMAND(delete_route_list, DELETE_ROUTE_LIST, rtm_object_req)
RTMI_COMMAND(register_notify, REGISTER_NOTIFY, rtm_register_notify)
RTMI_COMMAND(deregister_notify, DEREGISTER_NOTIFY, rtm_deregister_notify)
RTMI_COMMAND(get_changed_dests, GET_CHANGED_DESTS, rtm_get_changed)
RTMI_COMMAND(ignore_changed_dests, IGNORE_CHANGED_DESTS, rtm_ignore_changed)
RTMI_COMMAND(get_change_status, GET_CHANGE_STATUS, rtm_notify_dest)
RTMI_COMMAND(mark_dest, MARK_DEST, rtm_notify_dest)
RTMI_COMMAND(is_dest_marked, IS_DEST_MARKED, rtm_notify_dest)
RTMI_COMMAND(set_crash_policy, SET_CRASH_POLICY, rtm_set_crash_policy)
RTMI_COMMAND(get_methods, GET_METHODS, rtm_get_methods)
RTMI_COMMAND(invoke_method, INVOKE_METHOD, rtm_invoke_method)
RTMI_COMMAND(block_methods, BLOCK_METHODS, rtm_block_methods)
RTMI_COMMAND(fetch_call, FETCH_CALL, rtm_fetch_call)
RTMI_COMMAND(answer_call, ANSWER_CALL, rtm_answer_call)

int rtmi_handles_reference(const struct rtmi_device *dev, __u64 entity, const void *handles,
			   size_t count);
int rtmi_handles_release(const struct rtmi_device *dev, __u64 entity, enum rtm_handle_type type,
			 const void *handles, size_t count);

/* process.c */

/**
 * struct rtmi_shared - the one file that all registrations of a process use
 * @dev: the file
 * @refs: registrations and dispatchers; protected by the process lock
 * @st_dev: with @st_ino, how to recognise the file
 * @st_ino: with @st_dev, how to recognise the file
 */
struct rtmi_shared {
	struct rtmi_device dev;
	unsigned int refs;
	dev_t st_dev;
	ino_t st_ino;
};

struct rtmi_shadow;
struct rtmi_edit;
struct rtmi_note;

/**
 * struct rtmi_shadows - objects of one registration that have memory here
 * @lock: protects the rest, and the objects but for what their owner writes
 * @buckets: hash by handle
 * @n_buckets: a power of two, or 0
 * @count: objects
 * @told: cells whose address the kernel keeps
 * @nexthops: objects that are next hops
 * @routes: objects that are routes
 * @edits: routes and next hops that threads have locked exclusively
 * @notes: references of next hops that they have put off
 */
struct rtmi_shadows {
	pthread_mutex_t lock;
	struct rtmi_shadow **buckets;
	size_t n_buckets;
	size_t count;
	size_t told;
	size_t nexthops;
	size_t routes;
	struct rtmi_edit *edits;
	struct rtmi_note *notes;
};

/**
 * struct rtmi_reg - a registration
 * @next: in the same hash bucket; protected by the process lock
 * @proc: the process it belongs to
 * @shared: the file it was made through
 * @handle: RtmRegHandle
 * @refs: calls under way, one more while registered; protected by the process lock
 * @running: callbacks under way; protected by the process lock
 * @views: set of supported views
 * @max_handles: most items of one call
 * @max_nexthops: most next hops of a route
 * @callback: for events, or NULL
 * @n_methods: exported methods
 * @methods: exported methods
 * @shadows: cells and next hops that the client has pointers to, and what is known of
 *	its enumerations and notifications
 */
struct rtmi_reg {
	struct rtmi_reg *next;
	struct rtmi_process *proc;
	struct rtmi_shared *shared;
	__u64 handle;
	unsigned int refs;
	unsigned int running;
	RTM_VIEW_SET views;
	UINT max_handles;
	UINT max_nexthops;
	RTM_EVENT_CALLBACK callback;
	UINT n_methods;
	RTM_ENTITY_EXPORT_METHOD methods[RTMI_MAX_METHODS];
	struct rtmi_shadows shadows;
};

#define RTMI_N_BUCKETS	64

/**
 * struct rtmi_process - what belongs to one process
 * @forefather: that of the process which forked this one
 * @token: nonzero, and another one in every child
 * @shared: the file, while there are registrations
 * @disp: the running dispatcher
 * @disp_users: registrations with a callback or methods
 * @changed: a callback ended
 * @buckets: registrations by handle
 */
struct rtmi_process {
	struct rtmi_process *forefather;
	uint64_t token;
	struct rtmi_shared *shared;
	struct rtmi_dispatcher *disp;
	unsigned int disp_users;
	pthread_cond_t changed;
	struct rtmi_reg *buckets[RTMI_N_BUCKETS];
};

uint64_t rtmi_token(void);
struct rtmi_process *rtmi_process_get(void);
struct rtmi_process *rtmi_process_peek(void);
void rtmi_lock(void);
void rtmi_unlock(void);
void rtmi_register_lock(void);
void rtmi_register_unlock(void);
int rtmi_wait_changed(struct rtmi_process *proc, const struct timespec *deadline);

void rtmi_shared_put(struct rtmi_process *proc, struct rtmi_shared *shared);

struct rtmi_reg *rtmi_reg_new(struct rtmi_process *proc, int *err);
void rtmi_reg_publish(struct rtmi_reg *reg);
struct rtmi_reg *rtmi_reg_get(RTM_ENTITY_HANDLE handle);
struct rtmi_reg *rtmi_reg_get_running(__u64 handle);
void rtmi_reg_put_running(struct rtmi_reg *reg);
struct rtmi_reg *rtmi_reg_remove(RTM_ENTITY_HANDLE handle);
void rtmi_reg_put(struct rtmi_reg *reg);

static inline const struct rtmi_device *rtmi_dev(const struct rtmi_reg *reg)
{
	return &reg->shared->dev;
}

/* dispatch.c */
int rtmi_dispatch_get(struct rtmi_process *proc, struct rtmi_shared *shared);
struct rtmi_dispatcher *rtmi_dispatch_put(struct rtmi_process *proc);
void rtmi_dispatch_stop(struct rtmi_dispatcher *disp, const struct timespec *deadline);
int rtmi_dispatch_stop_fd(const struct rtmi_dispatcher *disp);
void rtmi_dispatch_flush(struct rtmi_reg *reg, const struct timespec *deadline);
bool rtmi_in_dispatcher(const struct rtmi_process *proc);
struct rtmi_reg *rtmi_event_receiver(__u64 entity);
void rtmi_callback_deadline(struct timespec *deadline);

/* rtmv2_method.c */
void rtmi_serve_call(const struct rtmi_device *dev, __u64 entity, __u64 call);

/* shadow.c */

struct rtmi_route_shadow;

/**
 * struct rtmi_shadow - memory here for an object there
 * @next: in the same hash bucket
 * @handle: the object; for a cell the last one known
 * @told: cell: the kernel keeps its address
 * @kept: next hop: the library has a reference of its own
 * @remote: next hop: what its RemoteNextHop was when read; carries a reference
 * @n_views: enumeration, registration for change notification: views it reports
 * @cell: of a destination
 * @nexthop: of a next hop
 * @route: of a route, NULL while that is being made
 */
struct rtmi_shadow {
	struct rtmi_shadow *next;
	__u64 handle;
	bool told;
	bool kept;
	HANDLE remote;
	unsigned int n_views;
	union {
		void *cell;
		RTM_NEXTHOP_INFO nexthop;
		struct rtmi_route_shadow *route;
	};
};

void rtmi_shadows_destroy(struct rtmi_shadows *shadows);
struct rtmi_shadow *rtmi_shadow_find(struct rtmi_shadows *shadows, __u64 handle);
struct rtmi_shadow *rtmi_shadow_add(struct rtmi_reg *reg, __u64 handle);
void rtmi_shadow_drop(struct rtmi_reg *reg, __u64 handle);
bool rtmi_handle_is_alive(struct rtmi_reg *reg, __u64 handle);
int rtmi_views_keep(struct rtmi_reg *reg, __u64 handle, unsigned int n_views);
int rtmi_views_kept(struct rtmi_reg *reg, __u64 handle, unsigned int *n_views);
void rtmi_views_forget(struct rtmi_reg *reg, __u64 handle);
int rtmi_opaque_cell(struct rtmi_reg *reg, __u64 dest, void **cell);
int rtmi_opaque_tell(struct rtmi_reg *reg, __u64 dest);

/* shadow_route.c */
struct rtmi_route_shadow *rtmi_route_shadow_alloc(const struct rtmi_reg *reg);
void rtmi_route_shadow_free(struct rtmi_reg *reg, struct rtmi_shadow *shadow);
int rtmi_route_shadow_get(struct rtmi_reg *reg, __u64 handle, RTM_ROUTE_INFO **info);
void rtmi_route_shadow_changed(struct rtmi_reg *reg, __u64 handle);
int rtmi_route_lock(struct rtmi_reg *reg, struct rtm_lock_object *req, RTM_ROUTE_INFO **info);
int rtmi_route_unlock(struct rtmi_reg *reg, struct rtm_lock_object *req);
int rtmi_route_dest_unlock(struct rtmi_reg *reg, struct rtm_lock_dest *req);
void rtmi_route_shadow_deleted(struct rtmi_reg *reg, __u64 handle);
void rtmi_route_shadows_trim(struct rtmi_reg *reg, const void *handles, size_t count);
bool rtmi_route_shadows_exist(struct rtmi_reg *reg);
int rtmi_route_shadow_commit(struct rtmi_reg *reg, __u64 handle, __u32 ttl_ms, __u64 list,
			     __u32 *change);

/* edit.c */
bool rtmi_edit_active(struct rtmi_shadows *shadows, __u64 handle);
int rtmi_edit_begin(struct rtmi_shadows *shadows, __u64 handle, __u64 dest);
bool rtmi_edit_end(struct rtmi_reg *reg, __u64 handle);
__u64 rtmi_edit_beyond(const struct rtmi_shadows *shadows, __u64 dest, __u64 left);
int rtmi_edit_defer(struct rtmi_reg *reg, const void *handles, size_t count, long by);
void rtmi_edit_commit(struct rtmi_shadows *shadows, const __u64 *before, unsigned int n_before,
		      const __u64 *after, unsigned int n_after);
void rtmi_edits_destroy(struct rtmi_shadows *shadows);

/* rtmv2_nexthop.c */
int rtmi_nexthop_shadow_get(struct rtmi_reg *reg, __u64 handle, bool keep,
			    RTM_NEXTHOP_INFO **info);
void rtmi_nexthop_shadow_changed(struct rtmi_reg *reg, __u64 handle);

/* rtmv2_error.c, rtmv2_convert.c */

DWORD rtmi_win32(int err);

/* As many handles or items as one call takes. */
static inline __u32 rtmi_room(size_t room)
{
	return room < RTM_MAX_HANDLES_CALL ? (__u32)room : RTM_MAX_HANDLES_CALL;
}

static inline __u64 rtmi_id(HANDLE handle)
{
	return (uintptr_t)handle;
}

static inline HANDLE rtmi_handle(__u64 id)
{
	return (HANDLE)(uintptr_t)id;
}

void rtmi_prefix_from_net(struct rtm_net_prefix *prefix, const struct _RTM_NET_ADDRESS *net);
void rtmi_net_from_prefix(RTM_NET_ADDRESS *net, const struct rtm_net_prefix *prefix);
void rtmi_info_from_id(RTM_ENTITY_INFO *info, const struct rtm_entity_id *id);
void rtmi_nexthop_from_attrs(RTM_NEXTHOP_INFO *info, const struct rtm_nexthop_attrs *attrs);
void rtmi_nexthop_to_attrs(struct rtm_nexthop_attrs *attrs, const RTM_NEXTHOP_INFO *info);
void rtmi_route_to_attrs(struct rtm_route_attrs *attrs, const RTM_ROUTE_INFO *info);
void rtmi_route_from_attrs(RTM_ROUTE_INFO *info, const struct rtm_route_attrs *attrs,
			   const __u64 *nexthops);
void rtmi_dests_from_items(RTM_DEST_INFO *infos, const void *items, __u32 count, __u32 item_size);
void rtmi_dest_from_views(RTM_DEST_INFO *info, const struct rtm_dest_view *views, __u32 count);
void rtmi_filetime(FILETIME *time, __u64 ns);
int rtmi_ttl_ms(ULONG ttl, __u32 *ttl_ms);
bool rtmi_match_from_info(struct rtm_route_match *match, RTM_MATCH_FLAGS flags,
			  const RTM_ROUTE_INFO *info, ULONG ifindex);

/* Bytes of a destination among several, as the kernel stores it. */
static inline __u32 rtmi_item_size(unsigned int n_views)
{
	return (__u32)(sizeof(struct rtm_dest_item) + n_views * sizeof(struct rtm_dest_view));
}

/**
 * struct rtmi_releases - handles of a structure on their way to the kernel
 * @reg: registration
 * @err: first error
 * @count: handles in @handles
 * @handles: handles not sent yet
 */
struct rtmi_releases {
	struct rtmi_reg *reg;
	int err;
	unsigned int count;
	__u64 handles[64];
};

void rtmi_release_add(struct rtmi_releases *rel, HANDLE handle, enum rtm_handle_type type);
int rtmi_release_end(struct rtmi_releases *rel);
int rtmi_release_dests(struct rtmi_releases *rel, UINT count, const RTM_DEST_INFO *infos);

#endif /* RTM_PRIVATE_H */
