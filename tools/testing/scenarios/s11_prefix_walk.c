// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-11: a client goes up the tree of prefixes.
 */
#include "scenario.h"

static RTM_ENTITY_HANDLE h;
static RTM_ROUTE_HANDLE root;

/* The prefixes from 10.1.2.3 up, with two buffers by turns. */
static const char *walk_up(void)
{
	RTM_NET_ADDRESS host = net("10.1.2.3/32");
	static char text[128];
	RTM_DEST_INFO info[2];
	DWORD status;
	int at = 0;

	*text = '\0';
	status = RtmGetMostSpecificDestination(h, &host, RTM_BEST_PROTOCOL, UCAST, &info[at]);
	while (OK(status)) {
		say_net(text, sizeof(text), &info[at].DestAddress);
		EQUAL(1, info[at].ViewInfo[0].NumRoutes);
		status = RtmGetLessSpecificDestination(h, info[at].DestHandle, RTM_BEST_PROTOCOL,
						       UCAST, &info[!at]);
		OK(RtmReleaseDestInfo(h, &info[at]));
		if (status == ERROR_NOT_FOUND)
			return text;
		at = !at;
	}
	return text;
}

/* All the way to the default route. */
static void with_root(void)
{
	h = enter();
	root = add_route(h, "0.0.0.0/0", NULL, 1);
	add_route(h, "10.0.0.0/8", NULL, 1);
	add_route(h, "10.1.0.0/16", NULL, 1);
	add_route(h, "10.1.2.0/24", NULL, 1);
	SAME("10.1.2.0/24 10.1.0.0/16 10.0.0.0/8 0.0.0.0/0", walk_up());
}

/* Without it the shortest prefix is the last. */
static void without_root(void)
{
	delete_route(h, root);
	SAME("10.1.2.0/24 10.1.0.0/16 10.0.0.0/8", walk_up());
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "walks up to the default route", with_root },
		{ "walks up where there is none", without_root },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
