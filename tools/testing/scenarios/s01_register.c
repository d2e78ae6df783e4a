// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-01: a client registers, is told the limits of the table, and leaves.
 */
#include "scenario.h"

static RTM_ENTITY_HANDLE h;
static RTM_ENTITY_INFO info;

/* 1. The first registration. */
static void registers(void)
{
	info.RtmInstanceId = 0;
	info.AddressFamily = AF_INET;
	info.EntityId.EntityProtocolId = PROTO_IP_RIP;
	info.EntityId.EntityInstanceId = SAMPLE_ID;
	EQUAL(0x3FFF0008, SAMPLE_ID);
	OK(RtmRegisterEntity(&info, NULL, NULL, FALSE, &profile, &h));
	CHECK(h);
	EQUAL(BOTH, profile.ViewsSupported & BOTH);
	EQUAL(2, profile.NumberOfViews);
	EQUAL(profile.NumberOfViews, __builtin_popcount(profile.ViewsSupported));
	CHECK(profile.MaxNextHopsInRoute >= 1);
	CHECK(profile.MaxHandlesInEnum >= 1);
}

/* 2. A name is taken once, in each table. */
static void name_is_taken(void)
{
	RTM_ENTITY_HANDLE untouched = ALIEN, entity = NULL, instance = NULL, v6 = NULL;
	RTM_ENTITY_INFO other = info;

	IS(ERROR_ALREADY_EXISTS,
	   RtmRegisterEntity(&info, NULL, NULL, FALSE, &profile, &untouched));
	CHECK(untouched == ALIEN);
	other.EntityId.EntityInstanceId++;
	OK(RtmRegisterEntity(&other, NULL, NULL, FALSE, &profile, &entity));
	other = info;
	other.RtmInstanceId = 1;
	OK(RtmRegisterEntity(&other, NULL, NULL, FALSE, &profile, &instance));
	other = info;
	other.AddressFamily = AF_INET6;
	OK(RtmRegisterEntity(&other, NULL, NULL, FALSE, &profile, &v6));
	OK(RtmDeregisterEntity(entity));
	OK(RtmDeregisterEntity(instance));
	OK(RtmDeregisterEntity(v6));
}

/* 3. It leaves, once, and may come back. */
static void leaves_and_returns(void)
{
	OK(RtmDeregisterEntity(h));
	IS(ERROR_INVALID_HANDLE, RtmDeregisterEntity(h));
	OK(RtmRegisterEntity(&info, NULL, NULL, FALSE, &profile, &h));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "registers", registers },
		{ "a name is taken once in each table", name_is_taken },
		{ "leaves and returns", leaves_and_returns },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
