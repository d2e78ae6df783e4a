// SPDX-License-Identifier: GPL-2.0-only
/*
 * What commands cost over the ioctl boundary, beside an empty one.
 *
 * How this file works: a program of the guest, with no library of ours between it and
 * the device.  Each figure is the time of one route or destination, the least of several
 * rounds over as many random prefixes.  System calls of a user-mode kernel take some
 * microseconds, so that ratios to the empty command (version) flatter what is done by
 * single calls; what a batch saves is to be seen all the same.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/rtm.h>

#define PREFIXES	20000u
#define BATCH		100u
#define ROUNDS		5
#define MAX_STEPS	16
#define INSTANCE	2
#define PROTOCOL	10006

static int fd;
static uint64_t entity;
static uint64_t nexthop;
static struct rtm_net_prefix prefix[PREFIXES];
static struct rtm_route_item items[BATCH];
static struct rtm_dest_item dests[BATCH];
static uint64_t handles[BATCH];

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void call(unsigned long number, void *arg, const char *what)
{
	if (!ioctl(fd, number, arg))
		return;
	printf("bench_ioctl: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void version(void)
{
	struct rtm_get_version arg = { .size = sizeof(arg) };
	unsigned int i;

	for (i = 0; i < PREFIXES; i++)
		call(RTM_IOC_GET_VERSION, &arg, "version");
}

static void add_single(void)
{
	unsigned int i;

	for (i = 0; i < PREFIXES; i++) {
		struct rtm_add_route arg = {
			.size = sizeof(arg),
			.flags = RTM_REQ_NO_HANDLE,
			.entity = entity,
			.dest = prefix[i],
			.attrs.nexthops = (uintptr_t)&nexthop,
			.attrs.n_nexthops = 1,
			.attrs.views = RTM_V_UCAST,
		};

		call(RTM_IOC_ADD_ROUTE, &arg, "add");
	}
}

static void delete_single(void)
{
	unsigned int i;

	for (i = 0; i < PREFIXES; i++) {
		struct rtm_delete_route arg = {
			.size = sizeof(arg),
			.entity = entity,
			.dest = prefix[i],
		};

		call(RTM_IOC_DELETE_ROUTE, &arg, "delete");
	}
}

static void batches(unsigned long number)
{
	struct rtm_route_batch arg = {
		.size = sizeof(arg),
		.entity = entity,
		.items = (uintptr_t)items,
		.count = BATCH,
	};
	unsigned int i, j;

	for (i = 0; i < PREFIXES; i += BATCH) {
		for (j = 0; j < BATCH; j++) {
			memset(&items[j], 0, sizeof(items[j]));
			items[j].dest = prefix[i + j];
			items[j].attrs.nexthops = (uintptr_t)&nexthop;
			items[j].attrs.n_nexthops = 1;
			items[j].attrs.views = RTM_V_UCAST;
		}
		call(number, &arg, "batch");
	}
}

static void add_batch(void)
{
	batches(RTM_IOC_ADD_ROUTES);
}

static void delete_batch(void)
{
	batches(RTM_IOC_DELETE_ROUTES);
}

static void release(unsigned int n)
{
	struct rtm_handles arg = {
		.size = sizeof(arg),
		.entity = entity,
		.handles = (uintptr_t)handles,
		.count = n,
	};

	call(RTM_IOC_RELEASE_HANDLES, &arg, "release");
}

static void lookup_single(void)
{
	unsigned int i;

	for (i = 0; i < PREFIXES; i++) {
		struct rtm_get_dest arg = {
			.size = sizeof(arg),
			.entity = entity,
			.prefix = prefix[i],
		};

		call(RTM_IOC_GET_MOST_SPECIFIC_DEST, &arg, "lookup");
		handles[0] = arg.dest;
		release(1);
	}
}

static void release_dests(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		handles[i] = dests[i].dest;
	release(n);
}

static void lookup_batch(void)
{
	unsigned int i;

	for (i = 0; i < PREFIXES; i += BATCH) {
		struct rtm_get_dests arg = {
			.size = sizeof(arg),
			.entity = entity,
			.prefixes = (uintptr_t)(prefix + i),
			.items = (uintptr_t)dests,
			.count = BATCH,
			.item_size = sizeof(*dests),
		};

		call(RTM_IOC_GET_DESTS, &arg, "lookups");
		release_dests(arg.count);
	}
}

static void enumerate(void)
{
	struct rtm_create_enum create = { .size = sizeof(create), .entity = entity };
	struct rtm_object_req end = { .size = sizeof(end), .entity = entity };
	struct rtm_get_enum arg;

	call(RTM_IOC_CREATE_DEST_ENUM, &create, "enumeration");
	do {
		arg = (struct rtm_get_enum){
			.size = sizeof(arg),
			.entity = entity,
			.handle = create.handle,
			.items = (uintptr_t)dests,
			.count = BATCH,
			.item_size = create.item_size,
		};
		call(RTM_IOC_GET_ENUM_DESTS, &arg, "enumerate");
		if (arg.count)
			release_dests(arg.count);
	} while (arg.count);
	end.handle = create.handle;
	call(RTM_IOC_DELETE_ENUM, &end, "end of enumeration");
}

/* In an order in which each finds what it needs. */
static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{ "version single", version },
	{ "add single", add_single },
	{ "lookup single", lookup_single },
	{ "lookup batch", lookup_batch },
	{ "enumerate batch", enumerate },
	{ "delete single", delete_single },
	{ "add batch", add_batch },
	{ "delete batch", delete_batch },
	{ NULL, NULL },
};

static void setup(void)
{
	struct rtm_register_entity arg = {
		.size = sizeof(arg),
		.id = { .family = AF_INET, .instance = INSTANCE, .protocol = PROTOCOL, .id = 1 },
	};
	struct rtm_nexthop_req nh = {
		.size = sizeof(nh),
		.attrs = { .addr = { .family = AF_INET, .len = 32, .addr = { 198, 18, 0, 1 } },
			   .ifindex = 1 },
	};
	uint32_t i, x;

	fd = open("/dev/rtm", O_RDWR);
	call(RTM_IOC_REGISTER_ENTITY, &arg, "register");
	entity = arg.entity;
	nh.entity = entity;
	call(RTM_IOC_ADD_NEXTHOP, &nh, "next hop");
	nexthop = nh.nexthop;
	/* an odd factor: all are different */
	for (i = 0; i < PREFIXES; i++) {
		prefix[i].family = AF_INET;
		prefix[i].len = 24;
		x = htonl((i * 2654435761u & 0xffffff) << 8);
		memcpy(prefix[i].addr, &x, sizeof(x));
	}
}

int main(void)
{
	uint64_t least[MAX_STEPS], begin, ns;
	unsigned int round, i;

	setup();
	memset(least, 0xff, sizeof(least));
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; steps[i].name; i++) {
			begin = now();
			steps[i].run();
			ns = now() - begin;
			if (ns < least[i])
				least[i] = ns;
		}
	}
	for (i = 0; steps[i].name; i++)
		printf("ipv4 ioctl %s ns %.3f\n", steps[i].name, (double)least[i] / PREFIXES);
	return 0;
}
