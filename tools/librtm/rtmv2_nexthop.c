// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: next hops.
 *
 * How this file works: a next hop that was found by pointer has a shadow, which is
 * read again from the kernel by each call here that finds or changes the next hop.
 * Shadows are known by handle alone; a call by key asks for the handle where there
 * are shadows at all.  A shadow lives as long as the client's handle; a client that
 * wants the pointer alone has no handle, so the library keeps one for it until the
 * next hop is deleted.
 */
#include <errno.h>

#include "rtm_private.h"

DWORD WINAPI RtmGetNextHopInfo(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NEXTHOP_HANDLE NextHopHandle,
			       PRTM_NEXTHOP_INFO NextHopInfo)
{
	struct rtm_nexthop_req req = { .nexthop = rtmi_id(NextHopHandle) };
	struct rtmi_reg *reg;
	int err;

	if (!NextHopInfo)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_get_nexthop_info(rtmi_dev(reg), &req);
	if (!err)
		rtmi_nexthop_from_attrs(NextHopInfo, &req.attrs);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmReleaseNextHopInfo(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_NEXTHOP_INFO NextHopInfo)
{
	struct rtmi_releases rel = { 0 };
	int err;

	if (!NextHopInfo)
		return ERROR_INVALID_PARAMETER;
	rel.reg = rtmi_reg_get(RtmRegHandle);
	if (!rel.reg)
		return ERROR_INVALID_HANDLE;
	rtmi_release_add(&rel, NextHopInfo->NextHopOwner, RTM_HANDLE_ENTITY);
	rtmi_release_add(&rel, NextHopInfo->RemoteNextHop, RTM_HANDLE_DEST);
	err = rtmi_release_end(&rel);
	rtmi_reg_put(rel.reg);
	return rtmi_win32(err);
}

static void release_one(struct rtmi_reg *reg, enum rtm_handle_type type, HANDLE handle)
{
	__u64 id = rtmi_id(handle);

	if (id)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, type, &id, 1);
}

static bool has_shadows(struct rtmi_reg *reg)
{
	bool some;

	pthread_mutex_lock(&reg->shadows.lock);
	some = reg->shadows.nexthops;
	pthread_mutex_unlock(&reg->shadows.lock);
	return some;
}

/*
 * Keeps the reference of the remote destination, gives that of the owner back.  What a
 * thread is editing is left to it.
 */
static int shadow_read(struct rtmi_reg *reg, struct rtmi_shadow *shadow)
{
	struct rtm_nexthop_req req = { .entity = reg->handle, .nexthop = shadow->handle };
	HANDLE remote = shadow->remote;
	int err;

	if (rtmi_edit_active(&reg->shadows, shadow->handle))
		return 0;
	err = rtmi_get_nexthop_info(rtmi_dev(reg), &req);
	if (err)
		return err;
	release_one(reg, RTM_HANDLE_ENTITY, rtmi_handle(req.attrs.owner));
	if (req.attrs.owner != reg->handle) {
		release_one(reg, RTM_HANDLE_DEST, rtmi_handle(req.attrs.remote_dest));
		return -EACCES;
	}
	rtmi_nexthop_from_attrs(&shadow->nexthop, &req.attrs);
	shadow->remote = shadow->nexthop.RemoteNextHop;
	release_one(reg, RTM_HANDLE_DEST, remote);
	return 0;
}

/**
 * rtmi_nexthop_shadow_changed() - a next hop was changed, or an edit given up
 * @reg: registration
 * @handle: the next hop; one without a shadow is left alone
 *
 * A change that the caller was told to have worked cannot fail here any more.
 */
void rtmi_nexthop_shadow_changed(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_shadow *shadow;

	pthread_mutex_lock(&reg->shadows.lock);
	shadow = rtmi_shadow_find(&reg->shadows, handle);
	if (shadow)
		shadow_read(reg, shadow);
	pthread_mutex_unlock(&reg->shadows.lock);
}

static void shadow_deleted(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_shadow *shadow;

	pthread_mutex_lock(&reg->shadows.lock);
	shadow = rtmi_shadow_find(&reg->shadows, handle);
	if (shadow) {
		shadow->nexthop.State = RTM_NEXTHOP_STATE_DELETED;
		if (shadow->kept)
			release_one(reg, RTM_HANDLE_NEXTHOP, rtmi_handle(handle));
		shadow->kept = false;
	}
	pthread_mutex_unlock(&reg->shadows.lock);
}

/*
 * An update by handle asks for no handle back: it would be one reference more
 * than the client knows of.
 */
static int nexthop_add(struct rtmi_reg *reg, struct rtm_nexthop_req *req, bool want)
{
	bool by_key = !req->nexthop;
	bool ask = by_key && (want || has_shadows(reg));
	int err;

	if (!ask)
		req->flags = RTM_REQ_NO_HANDLE;
	err = rtmi_add_nexthop(rtmi_dev(reg), req);
	if (err)
		return err;
	if (!(req->change & RTM_RC_NEW) && (ask || !by_key))
		rtmi_nexthop_shadow_changed(reg, req->nexthop);
	if (ask && !want)
		release_one(reg, RTM_HANDLE_NEXTHOP, rtmi_handle(req->nexthop));
	return 0;
}

DWORD WINAPI RtmAddNextHop(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_NEXTHOP_INFO NextHopInfo,
			   PRTM_NEXTHOP_HANDLE NextHopHandle,
			   PRTM_NEXTHOP_CHANGE_FLAGS ChangeFlags)
{
	struct rtm_nexthop_req req = { 0 };
	struct rtmi_reg *reg;
	int err;

	if (!NextHopInfo || !ChangeFlags)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	req.nexthop = NextHopHandle ? rtmi_id(*NextHopHandle) : 0;
	rtmi_nexthop_to_attrs(&req.attrs, NextHopInfo);
	err = nexthop_add(reg, &req, NextHopHandle);
	if (!err) {
		if (NextHopHandle && !*NextHopHandle)
			*NextHopHandle = rtmi_handle(req.nexthop);
		*ChangeFlags = req.change & RTM_RC_NEW ? RTM_NEXTHOP_CHANGE_NEW : 0;
	}
	rtmi_reg_put(reg);
	return err == -EOPNOTSUPP ? ERROR_INVALID_PARAMETER : rtmi_win32(err);
}

static struct rtmi_shadow *shadow_make(struct rtmi_reg *reg, __u64 handle, int *err)
{
	struct rtmi_shadow *shadow;

	*err = -EBADF;
	if (RTM_HANDLE_TYPE(handle) != RTM_HANDLE_NEXTHOP)
		return NULL;
	shadow = rtmi_shadow_find(&reg->shadows, handle);
	if (!shadow)
		shadow = rtmi_shadow_add(reg, handle);
	*err = shadow ? shadow_read(reg, shadow) : -ENOMEM;
	if (!*err)
		return shadow;
	/* of a next hop that is not the caller's, or is not there at all, nothing is kept */
	if (shadow && !shadow->nexthop.NextHopOwner)
		rtmi_shadow_drop(reg, handle);
	return NULL;
}

/**
 * rtmi_nexthop_shadow_get() - the memory of a next hop, with what the kernel has in it
 * @reg: registration, owner of the next hop
 * @handle: the next hop
 * @keep: the caller's reference of it becomes the library's
 * @info: opt out: the memory, always the same for the same next hop
 *
 * Return: 0, or a negative errno: -EBADF, -EACCES for that of another entity, -ENOMEM.
 */
int rtmi_nexthop_shadow_get(struct rtmi_reg *reg, __u64 handle, bool keep,
			    RTM_NEXTHOP_INFO **info)
{
	struct rtmi_shadow *shadow;
	bool surplus = keep;
	int err;

	pthread_mutex_lock(&reg->shadows.lock);
	shadow = shadow_make(reg, handle, &err);
	if (shadow) {
		if (info)
			*info = &shadow->nexthop;
		surplus = keep && shadow->kept;
		shadow->kept |= keep;
	}
	pthread_mutex_unlock(&reg->shadows.lock);
	if (surplus)
		release_one(reg, RTM_HANDLE_NEXTHOP, rtmi_handle(handle));
	return err;
}

DWORD WINAPI RtmFindNextHop(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_NEXTHOP_INFO NextHopInfo,
			    PRTM_NEXTHOP_HANDLE NextHopHandle,
			    struct _RTM_NEXTHOP_INFO **NextHopPointer)
{
	struct rtm_nexthop_req req = { 0 };
	struct rtmi_reg *reg;
	int err;

	if (!NextHopInfo)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	if (!NextHopHandle && !NextHopPointer)
		req.flags = RTM_REQ_NO_HANDLE;
	rtmi_prefix_from_net(&req.attrs.addr, &NextHopInfo->NextHopAddress);
	req.attrs.ifindex = NextHopInfo->InterfaceIndex;
	err = rtmi_find_nexthop(rtmi_dev(reg), &req);
	if (!err && NextHopPointer) {
		err = rtmi_nexthop_shadow_get(reg, req.nexthop, !NextHopHandle, NextHopPointer);
		if (err && NextHopHandle)
			release_one(reg, RTM_HANDLE_NEXTHOP, rtmi_handle(req.nexthop));
	}
	if (!err && NextHopHandle)
		*NextHopHandle = rtmi_handle(req.nexthop);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

/* Where there are shadows, what a key means has to be known before it is gone. */
static int nexthop_delete_key(struct rtmi_reg *reg, struct rtm_nexthop_req *req)
{
	struct rtm_nexthop_req found = *req;
	int err;

	if (!has_shadows(reg))
		return rtmi_delete_nexthop(rtmi_dev(reg), req);
	err = rtmi_find_nexthop(rtmi_dev(reg), &found);
	if (err)
		return err;
	req->nexthop = found.nexthop;
	err = rtmi_delete_nexthop(rtmi_dev(reg), req);
	if (err)
		release_one(reg, RTM_HANDLE_NEXTHOP, rtmi_handle(req->nexthop));
	return err;
}

DWORD WINAPI RtmDeleteNextHop(RTM_ENTITY_HANDLE RtmRegHandle, RTM_NEXTHOP_HANDLE NextHopHandle,
			      PRTM_NEXTHOP_INFO NextHopInfo)
{
	struct rtm_nexthop_req req = { .nexthop = rtmi_id(NextHopHandle) };
	struct rtmi_reg *reg;
	int err;

	if (!NextHopHandle && !NextHopInfo)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	if (NextHopHandle) {
		err = rtmi_delete_nexthop(rtmi_dev(reg), &req);
	} else {
		rtmi_prefix_from_net(&req.attrs.addr, &NextHopInfo->NextHopAddress);
		req.attrs.ifindex = NextHopInfo->InterfaceIndex;
		err = nexthop_delete_key(reg, &req);
	}
	if (!err && req.nexthop)
		shadow_deleted(reg, req.nexthop);
	rtmi_reg_put(reg);
	return err == -ESTALE ? ERROR_NOT_FOUND : rtmi_win32(err);
}
