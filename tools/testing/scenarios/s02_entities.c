// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-02: a client asks who is registered with its table.
 */
#include "scenario.h"

static RTM_ENTITY_HANDLE h;
static UINT n;

/* 1. Without room it is told how much is needed. */
static void asks_how_many(void)
{
	RTM_ENTITY_HANDLE one = ALIEN;

	h = enter();
	n = 0;
	IS(ERROR_INSUFFICIENT_BUFFER, RtmGetRegisteredEntities(h, &n, &one, NULL));
	CHECK(n >= 1);
	CHECK(one == ALIEN);
}

/* 2. and 3. With room it finds itself, and gives the handles back. */
static void finds_itself(void)
{
	RTM_ENTITY_HANDLE *handles = calloc(n, sizeof(*handles));
	RTM_ENTITY_INFO *infos = calloc(n, sizeof(*infos));
	UINT count = n, i, own = 0;

	OK(RtmGetRegisteredEntities(h, &count, handles, infos));
	EQUAL(n, count);
	for (i = 0; i < count; i++) {
		CHECK(handles[i]);
		own += infos[i].RtmInstanceId == 0 && infos[i].AddressFamily == AF_INET &&
		       infos[i].EntityId.EntityProtocolId == PROTO_IP_RIP &&
		       infos[i].EntityId.EntityInstanceId == SAMPLE_ID;
	}
	EQUAL(1, own);
	OK(RtmReleaseEntities(h, count, handles));
	IS(ERROR_INVALID_HANDLE, RtmReleaseEntities(h, count, handles));
	free(handles);
	free(infos);
}

/* 3. Leaves. */
static void leaves(void)
{
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "asks how many there are", asks_how_many },
		{ "finds itself among them", finds_itself },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
