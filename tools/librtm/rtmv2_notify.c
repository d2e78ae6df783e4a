// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: change notification.
 *
 * How this file works: what has changed is known to the kernel; the dispatcher calls
 * the client back when the kernel says so, and the client fetches it here.  A client
 * of <rtmv2.h> is not told that it fell out of sync: it is handed the whole table as
 * changed, which is what it would do itself.
 *
 * A registration is made under the register lock, so that the dispatcher, which waits
 * for that lock once when it meets a handle it does not know, calls back only after the
 * client's variable has the handle.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "rtm_private.h"

#define CHANGE_TYPES	(RTM_CHANGE_TYPE_ALL | RTM_CHANGE_TYPE_BEST | RTM_CHANGE_TYPE_FORWARDING)

static bool flags_valid(RTM_NOTIFY_FLAGS flags)
{
	const RTM_NOTIFY_FLAGS known = CHANGE_TYPES | RTM_NOTIFY_ONLY_MARKED_DESTS;

	return flags & CHANGE_TYPES && !(flags & ~known);
}

/* Caller holds the register lock. */
static DWORD notify_make(struct rtmi_reg *reg, struct rtm_register_notify *req,
			 RTM_NOTIFY_HANDLE *handle)
{
	struct rtm_deregister_notify end = { .entity = reg->handle };
	int err;

	err = rtmi_register_notify(rtmi_dev(reg), req);
	if (err)
		return rtmi_win32(err);
	if (rtmi_views_keep(reg, req->notify, (unsigned int)__builtin_popcount(req->views))) {
		end.notify = req->notify;
		rtmi_deregister_notify(rtmi_dev(reg), &end);
		return ERROR_NOT_ENOUGH_MEMORY;
	}
	*handle = rtmi_handle(req->notify);
	return NO_ERROR;
}

DWORD WINAPI RtmRegisterForChangeNotification(RTM_ENTITY_HANDLE RtmRegHandle,
					      RTM_VIEW_SET TargetViews,
					      RTM_NOTIFY_FLAGS NotifyFlags, PVOID NotifyContext,
					      PRTM_NOTIFY_HANDLE NotifyHandle)
{
	struct rtm_register_notify req = {
		.context = (uintptr_t)NotifyContext,
		.types = NotifyFlags,
	};
	struct rtmi_reg *reg;
	DWORD ret;

	if (!NotifyHandle)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	req.flags = reg->callback ? RTM_REQ_EVENTS : 0;
	req.views = TargetViews & reg->views;
	ret = flags_valid(NotifyFlags) ? NO_ERROR : ERROR_INVALID_PARAMETER;
	if (!ret && TargetViews && !req.views)
		ret = ERROR_NOT_SUPPORTED;
	if (!ret) {
		rtmi_register_lock();
		ret = notify_make(reg, &req, NotifyHandle);
		rtmi_register_unlock();
	}
	rtmi_reg_put(reg);
	return ret;
}

DWORD WINAPI RtmDeregisterFromChangeNotification(RTM_ENTITY_HANDLE RtmRegHandle,
						 RTM_NOTIFY_HANDLE NotifyHandle)
{
	struct rtm_deregister_notify req = { .notify = rtmi_id(NotifyHandle) };
	struct timespec deadline;
	struct rtmi_reg *reg;
	int err;

	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_deregister_notify(rtmi_dev(reg), &req);
	if (!err) {
		rtmi_views_forget(reg, req.notify);
		rtmi_callback_deadline(&deadline);
		rtmi_dispatch_flush(reg, &deadline);
	}
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

static int get_changed(struct rtmi_reg *reg, RTM_NOTIFY_HANDLE handle, UINT *count,
		       RTM_DEST_INFO *infos)
{
	struct rtm_get_changed req = {
		.entity = reg->handle,
		.notify = rtmi_id(handle),
		.count = *count,
	};
	unsigned int n_views;
	void *items;
	int err;

	err = rtmi_views_kept(reg, req.notify, &n_views);
	if (err)
		return err;
	req.item_size = rtmi_item_size(n_views);
	items = calloc(*count, req.item_size);
	if (!items)
		return -ENOMEM;
	req.items = (uintptr_t)items;
	err = rtmi_get_changed_dests(rtmi_dev(reg), &req);
	if (!err) {
		rtmi_dests_from_items(infos, items, req.count, req.item_size);
		*count = req.count;
	}
	free(items);
	return err;
}

DWORD WINAPI RtmGetChangedDests(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NOTIFY_HANDLE NotifyHandle,
				PUINT NumDests, PRTM_DEST_INFO ChangedDests)
{
	struct rtmi_reg *reg;
	int err = -EINVAL;

	if (!NumDests || !ChangedDests)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	if (*NumDests && *NumDests <= reg->max_handles)
		err = get_changed(reg, NotifyHandle, NumDests, ChangedDests);
	rtmi_reg_put(reg);
	if (err)
		return rtmi_win32(err);
	return *NumDests ? NO_ERROR : ERROR_NO_MORE_ITEMS;
}

/* What a registration has brought can be given back when it has ended, too. */
DWORD WINAPI RtmReleaseChangedDests(RTM_ENTITY_HANDLE RtmRegHandle,
				    RTM_NOTIFY_HANDLE NotifyHandle, UINT NumDests,
				    PRTM_DEST_INFO ChangedDests)
{
	const __u64 notify = rtmi_id(NotifyHandle);
	struct rtmi_releases rel = { 0 };
	unsigned int n_views;
	int err;

	if (NumDests && !ChangedDests)
		return ERROR_INVALID_PARAMETER;
	rel.reg = rtmi_reg_get(RtmRegHandle);
	if (!rel.reg)
		return ERROR_INVALID_HANDLE;
	err = rtmi_release_dests(&rel, NumDests, ChangedDests);
	if (!err)
		err = RTM_HANDLE_TYPE(notify) == RTM_HANDLE_NOTIFY ?
		      rtmi_views_kept(rel.reg, notify, &n_views) : -EBADF;
	rtmi_reg_put(rel.reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmIgnoreChangedDests(RTM_ENTITY_HANDLE RtmRegHandle,
				   RTM_NOTIFY_HANDLE NotifyHandle, UINT NumDests,
				   PRTM_DEST_HANDLE ChangedDests)
{
	struct rtm_ignore_changed req = {
		.notify = rtmi_id(NotifyHandle),
		.dests = (uintptr_t)ChangedDests,
		.count = NumDests,
	};
	struct rtmi_reg *reg;
	int err;

	if (NumDests && !ChangedDests)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_ignore_changed_dests(rtmi_dev(reg), &req);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

typedef int (*dest_fn)(const struct rtmi_device *dev, struct rtm_notify_dest *req);

/* A question or an order about one destination; @value goes in and comes out. */
static DWORD about_dest(RTM_ENTITY_HANDLE reg_handle, RTM_NOTIFY_HANDLE notify,
			RTM_DEST_HANDLE dest, dest_fn fn, __u32 *value)
{
	struct rtm_notify_dest req = {
		.notify = rtmi_id(notify),
		.dest = rtmi_id(dest),
		.value = *value,
	};
	struct rtmi_reg *reg;
	int err;

	reg = rtmi_reg_get(reg_handle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = fn(rtmi_dev(reg), &req);
	if (!err)
		*value = req.value;
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmGetChangeStatus(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NOTIFY_HANDLE NotifyHandle,
				RTM_DEST_HANDLE DestHandle, PBOOL ChangeStatus)
{
	__u32 value = 0;
	DWORD ret;

	if (!ChangeStatus)
		return ERROR_INVALID_PARAMETER;
	ret = about_dest(RtmRegHandle, NotifyHandle, DestHandle, rtmi_get_change_status, &value);
	if (!ret)
		*ChangeStatus = value ? TRUE : FALSE;
	return ret;
}

DWORD WINAPI RtmMarkDestForChangeNotification(RTM_ENTITY_HANDLE RtmRegHandle,
					      RTM_NOTIFY_HANDLE NotifyHandle,
					      RTM_DEST_HANDLE DestHandle, BOOL MarkDest)
{
	__u32 value = MarkDest ? 1 : 0;

	return about_dest(RtmRegHandle, NotifyHandle, DestHandle, rtmi_mark_dest, &value);
}

DWORD WINAPI RtmIsMarkedForChangeNotification(RTM_ENTITY_HANDLE RtmRegHandle,
					      RTM_NOTIFY_HANDLE NotifyHandle,
					      RTM_DEST_HANDLE DestHandle, PBOOL DestMarked)
{
	__u32 value = 0;
	DWORD ret;

	if (!DestMarked)
		return ERROR_INVALID_PARAMETER;
	ret = about_dest(RtmRegHandle, NotifyHandle, DestHandle, rtmi_is_dest_marked, &value);
	if (!ret)
		*DestMarked = value ? TRUE : FALSE;
	return ret;
}
