// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-12: clients keep pointers of their own in a destination.
 */
#include "scenario.h"

#define DEST	"10.0.0.0/8"

static RTM_ENTITY_HANDLE h, second, without;
static RTM_DEST_HANDLE dest, second_dest;
static PVOID slot;
static int *data;

/* 1. Locks it to change it. */
static void locks(void)
{
	h = enter_with(PROTO_IP_RIP, SAMPLE_ID, NULL, NULL, TRUE);
	second = enter_with(PROTO_IP_OSPF, 1, NULL, NULL, TRUE);
	without = enter_as(PROTO_IP_BGP, 1);
	add_route(h, DEST, NULL, 1);
	dest = find_dest(h, DEST);
	OK(RtmLockDestination(h, dest, TRUE, TRUE));
}

/* 2. Finds an empty slot, and puts something there. */
static void stores(void)
{
	OK(RtmGetOpaqueInformationPointer(h, dest, &slot));
	if (!CHECK(slot))
		exit(1);
	CHECK(!*(PVOID *)slot);
	data = malloc(sizeof(*data));
	*data = 4711;
	*(PVOID *)slot = data;
}

/* 3. Unlocks it, in the mode in which it was locked. */
static void unlocks(void)
{
	OK(RtmLockDestination(h, dest, TRUE, FALSE));
}

/* 4. Comes back to read it. */
static void reads(void)
{
	PVOID again = NULL;

	OK(RtmLockDestination(h, dest, FALSE, TRUE));
	OK(RtmGetOpaqueInformationPointer(h, dest, &again));
	CHECK(again == slot);
	CHECK(*(PVOID *)again == data);
	EQUAL(4711, *data);
	OK(RtmLockDestination(h, dest, FALSE, FALSE));
}

/* 5. Another client has another slot; it owns no route here. */
static void is_not_shared(void)
{
	PVOID other = NULL;

	second_dest = find_dest(second, DEST);
	OK(RtmLockDestination(second, second_dest, TRUE, TRUE));
	OK(RtmGetOpaqueInformationPointer(second, second_dest, &other));
	CHECK(other && other != slot);
	CHECK(!*(PVOID *)other);
	*(PVOID *)other = &second;
	OK(RtmLockDestination(second, second_dest, TRUE, FALSE));
	CHECK(*(PVOID *)slot == data);
}

/* 5. Who has reserved none has none. */
static void must_be_reserved(void)
{
	RTM_DEST_HANDLE mine = find_dest(without, DEST);
	PVOID untouched = ALIEN;

	IS(ERROR_NOT_FOUND, RtmGetOpaqueInformationPointer(without, mine, &untouched));
	CHECK(untouched == ALIEN);
	release_dest(without, mine);
}

/* What a slot points to is the client's to free. */
static void cleans_up(void)
{
	PVOID again = NULL;

	OK(RtmLockDestination(h, dest, TRUE, TRUE));
	OK(RtmGetOpaqueInformationPointer(h, dest, &again));
	CHECK(again == slot);
	free(*(PVOID *)again);
	*(PVOID *)again = NULL;
	OK(RtmLockDestination(h, dest, TRUE, FALSE));
	release_dest(h, dest);
	release_dest(second, second_dest);
	OK(RtmDeregisterEntity(without));
	OK(RtmDeregisterEntity(second));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "locks the destination", locks },
		{ "stores a pointer", stores },
		{ "unlocks the destination", unlocks },
		{ "reads the pointer", reads },
		{ "another client has its own", is_not_shared },
		{ "a slot must be reserved", must_be_reserved },
		{ "cleans up", cleans_up },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
