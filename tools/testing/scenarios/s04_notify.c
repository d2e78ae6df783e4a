// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-04: a client without a callback registers for change notification.
 */
#include "scenario.h"

static RTM_ENTITY_HANDLE h;
static RTM_NOTIFY_HANDLE notify;

static VOID WINAPI method(RTM_ENTITY_HANDLE caller, RTM_ENTITY_HANDLE callee,
			  RTM_ENTITY_METHOD_INPUT *in, RTM_ENTITY_METHOD_OUTPUT *out)
{
	(void)caller;
	(void)callee;
	(void)in;
	(void)out;
}

/* 1. Asks for changes of the best route in one view. */
static void asks(void)
{
	RTM_ENTITY_EXPORT_METHODS methods = { .NumMethods = 1, .Methods = { method } };

	h = enter_with(PROTO_IP_RIP, SAMPLE_ID, &methods, NULL, FALSE);
	OK(RtmRegisterForChangeNotification(h, UCAST, RTM_CHANGE_TYPE_BEST, &h, &notify));
	CHECK(notify);
}

/* 2. Asks no more. */
static void asks_no_more(void)
{
	OK(RtmDeregisterFromChangeNotification(h, notify));
	IS(ERROR_INVALID_HANDLE, RtmDeregisterFromChangeNotification(h, notify));
}

/* 3. Leaves. */
static void leaves(void)
{
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "asks to be told of changes", asks },
		{ "asks no more", asks_no_more },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
