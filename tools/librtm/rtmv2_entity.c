// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: registration and entities.
 *
 * How this file works: a registration is built under the register lock: object,
 * dispatcher where there is a callback, then the kernel, which is the last that
 * can fail.  The handle is stored for the client before events can find the
 * registration, so that a callback sees it.
 *
 * The interface has no argument for a crash policy, so /etc/rtm.conf has the say.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "conf.h"
#include "rtm_private.h"

/* More than was asked for when it was counted: entities come at any time. */
#define ENTITIES_SPARE		16

static bool methods_valid(const RTM_ENTITY_EXPORT_METHODS *methods)
{
	UINT i;

	if (!methods)
		return true;
	if (methods->NumMethods > RTMI_MAX_METHODS)
		return false;
	for (i = 0; i < methods->NumMethods; i++) {
		if (!methods->Methods[i])
			return false;
	}
	return true;
}

static void methods_copy(struct rtmi_reg *reg, const RTM_ENTITY_EXPORT_METHODS *methods)
{
	if (!methods)
		return;
	reg->n_methods = methods->NumMethods;
	memcpy(reg->methods, methods->Methods, methods->NumMethods * sizeof(reg->methods[0]));
}

static void profile_fill(RTM_REGN_PROFILE *profile, const struct rtm_register_entity *req)
{
	profile->MaxNextHopsInRoute = req->max_nexthops;
	profile->MaxHandlesInEnum = req->max_handles;
	profile->ViewsSupported = req->views;
	profile->NumberOfViews = req->n_views;
}

static bool has_dispatcher(const struct rtmi_reg *reg)
{
	return reg->callback || reg->n_methods;
}

/* Caller holds the register lock.  @disp: a dispatcher that is not needed now. */
static int reg_start(struct rtmi_process *proc, struct rtmi_reg *reg,
		     struct rtm_register_entity *req, struct rtmi_dispatcher **disp)
{
	int err = 0;

	if (has_dispatcher(reg))
		err = rtmi_dispatch_get(proc, reg->shared);
	if (err)
		return err;
	err = rtmi_register_entity(rtmi_dev(reg), req);
	if (err && has_dispatcher(reg))
		*disp = rtmi_dispatch_put(proc);
	return err;
}

/* Likewise.  What is exported is in place before the first call can come in. */
static struct rtmi_reg *reg_make(struct rtmi_process *proc, struct rtm_register_entity *req,
				 const RTM_ENTITY_EXPORT_METHODS *methods,
				 RTM_EVENT_CALLBACK callback, struct rtmi_dispatcher **disp,
				 int *err)
{
	struct rtmi_reg *reg;

	reg = rtmi_reg_new(proc, err);
	if (!reg)
		return NULL;
	reg->callback = callback;
	methods_copy(reg, methods);
	req->n_methods = reg->n_methods;
	if (callback)
		req->flags |= RTM_REQ_EVENTS;
	*err = reg_start(proc, reg, req, disp);
	if (*err) {
		rtmi_reg_put(reg);
		return NULL;
	}
	reg->handle = req->entity;
	reg->views = req->views;
	reg->max_handles = req->max_handles;
	reg->max_nexthops = req->max_nexthops;
	return reg;
}

/* A file that cannot be used is as none: to complain here there is no place. */
static void policy_fill(struct rtm_register_entity *req)
{
	struct rtmi_conf_policy policy;

	rtmi_conf_policy(&req->id, &policy);
	req->flags |= policy.flags;
	req->hold_ms = policy.hold_ms;
}

DWORD WINAPI RtmRegisterEntity(PRTM_ENTITY_INFO RtmEntityInfo,
			       PRTM_ENTITY_EXPORT_METHODS ExportMethods,
			       RTM_EVENT_CALLBACK EventCallback, BOOL ReserveOpaquePointer,
			       PRTM_REGN_PROFILE RtmRegProfile, PRTM_ENTITY_HANDLE RtmRegHandle)
{
	struct rtm_register_entity req = { 0 };
	struct rtmi_dispatcher *disp = NULL;
	struct timespec deadline;
	struct rtmi_process *proc;
	struct rtmi_reg *reg;
	int err = 0;

	if (!RtmEntityInfo || !RtmRegProfile || !RtmRegHandle || !methods_valid(ExportMethods))
		return ERROR_INVALID_PARAMETER;
	proc = rtmi_process_get();
	if (!proc)
		return ERROR_NOT_ENOUGH_MEMORY;
	req.id.family = RtmEntityInfo->AddressFamily;
	req.id.instance = RtmEntityInfo->RtmInstanceId;
	req.id.protocol = RtmEntityInfo->EntityId.EntityProtocolId;
	req.id.id = RtmEntityInfo->EntityId.EntityInstanceId;
	if (ReserveOpaquePointer)
		req.flags |= RTM_REQ_OPAQUE_SLOT;
	policy_fill(&req);

	rtmi_register_lock();
	reg = reg_make(proc, &req, ExportMethods, EventCallback, &disp, &err);
	if (reg) {
		profile_fill(RtmRegProfile, &req);
		*RtmRegHandle = rtmi_handle(req.entity);
		rtmi_reg_publish(reg);
	}
	rtmi_register_unlock();
	rtmi_callback_deadline(&deadline);
	rtmi_dispatch_stop(disp, &deadline);
	return err == -ENOENT ? ERROR_FILE_NOT_FOUND : rtmi_win32(err);
}

/* The kernel first: it also ends a wait that a callback is in. */
DWORD WINAPI RtmDeregisterEntity(RTM_ENTITY_HANDLE RtmRegHandle)
{
	struct rtm_deregister_entity req = { .entity = rtmi_id(RtmRegHandle) };
	struct rtmi_reg *reg = rtmi_reg_remove(RtmRegHandle);
	struct rtmi_dispatcher *disp = NULL;
	struct timespec deadline;
	int err;

	if (!reg)
		return ERROR_INVALID_HANDLE;
	if (has_dispatcher(reg))
		disp = rtmi_dispatch_put(reg->proc);
	err = rtmi_deregister_entity(rtmi_dev(reg), &req);
	rtmi_callback_deadline(&deadline);
	rtmi_dispatch_flush(reg, &deadline);
	rtmi_dispatch_stop(disp, &deadline);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

static int entities_count(struct rtmi_reg *reg, UINT *total)
{
	struct rtm_get_entities req = { .entity = reg->handle };
	int err;

	err = rtmi_get_entities(rtmi_dev(reg), &req);
	if (err && err != -EMSGSIZE)
		return err;
	*total = req.total;
	return 0;
}

/* As much as there is room for; -EMSGSIZE tells that it was not all. */
static int entities_read(struct rtmi_reg *reg, UINT *count, HANDLE *handles,
			 struct rtm_entity_id *ids)
{
	struct rtm_get_entities req = {
		.entity = reg->handle,
		.flags = ids ? RTM_REQ_INFOS : 0,
		.handles = (uintptr_t)handles,
		.infos = (uintptr_t)ids,
		.count = *count,
	};
	int err;

	err = rtmi_get_entities(rtmi_dev(reg), &req);
	if (!err || err == -EMSGSIZE)
		*count = req.count;
	return err;
}

static void entities_release(struct rtmi_reg *reg, HANDLE *handles, UINT count)
{
	if (handles)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_ENTITY, handles,
				     count);
}

/*
 * The client's room may be any number; memory is taken for what there is.  If more
 * entities came than were counted, and there is room for them, it begins anew.
 */
static int entities_get(struct rtmi_reg *reg, UINT *room, HANDLE *handles,
			RTM_ENTITY_INFO *infos)
{
	struct rtm_entity_id *ids;
	UINT total, count, i;
	int err;

	for (;;) {
		err = entities_count(reg, &total);
		if (err)
			return err;
		total += ENTITIES_SPARE;
		count = *room < total ? *room : total;
		ids = infos ? calloc(count, sizeof(*ids)) : NULL;
		if (infos && !ids)
			return -ENOMEM;
		err = entities_read(reg, &count, handles, ids);
		if (err != -EMSGSIZE || count == *room)
			break;
		entities_release(reg, handles, count);
		free(ids);
	}
	if (!err || err == -EMSGSIZE) {
		for (i = 0; infos && i < count; i++)
			rtmi_info_from_id(&infos[i], &ids[i]);
		*room = count;
	}
	free(ids);
	return err;
}

DWORD WINAPI RtmGetRegisteredEntities(RTM_ENTITY_HANDLE RtmRegHandle, PUINT NumEntities,
				      PRTM_ENTITY_HANDLE EntityHandles,
				      PRTM_ENTITY_INFO EntityInfos)
{
	struct rtmi_reg *reg;
	int err;

	if (!NumEntities)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	if (*NumEntities && (EntityHandles || EntityInfos)) {
		err = entities_get(reg, NumEntities, EntityHandles, EntityInfos);
	} else {
		err = entities_count(reg, NumEntities);
		if (!err)
			err = -EMSGSIZE;
	}
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmGetEntityInfo(RTM_ENTITY_HANDLE RtmRegHandle, RTM_ENTITY_HANDLE EntityHandle,
			      PRTM_ENTITY_INFO EntityInfo)
{
	struct rtm_get_entity_info req = { .handle = rtmi_id(EntityHandle) };
	struct rtmi_reg *reg;
	int err;

	if (!EntityInfo)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	req.entity = reg->handle;
	err = rtmi_get_entity_info(rtmi_dev(reg), &req);
	if (!err)
		rtmi_info_from_id(EntityInfo, &req.id);
	rtmi_reg_put(reg);
	return rtmi_win32(err);
}

DWORD WINAPI RtmReleaseEntityInfo(RTM_ENTITY_HANDLE RtmRegHandle, PRTM_ENTITY_INFO EntityInfo)
{
	struct rtmi_reg *reg;

	if (!EntityInfo)
		return ERROR_INVALID_PARAMETER;
	reg = rtmi_reg_get(RtmRegHandle);
	if (!reg)
		return ERROR_INVALID_HANDLE;
	rtmi_reg_put(reg);
	return NO_ERROR;
}
