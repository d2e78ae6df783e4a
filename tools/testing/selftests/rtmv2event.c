// SPDX-License-Identifier: GPL-2.0-only
/*
 * Change notification and methods as clients of <rtmv2.h> use them.
 *
 * How this file works: callbacks run in the library's own thread and note what they were
 * told; the test waits for it.  Methods are invoked in this process and in a child,
 * which registers for itself as any other program would.
 */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/wait.h>

#include "rtm_rtmv2.h"

#define ALIEN		((HANDLE)0x123456789)
#define CONTEXT		((PVOID)0x4711)
#define CHILD_ID	77

/* What the callback has heard. */
static struct {
	RTM_ENTITY_HANDLE h;
	RTM_EVENT_TYPE type;
	PVOID context1;
	PVOID context2;
} heard;

static atomic_uint n_heard;
static sem_t hearing;

static DWORD hear(RTM_ENTITY_HANDLE h, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	if (type != RTM_CHANGE_NOTIFICATION)
		return NO_ERROR;
	heard.h = h;
	heard.type = type;
	heard.context1 = c1;
	heard.context2 = c2;
	atomic_fetch_add(&n_heard, 1);
	sem_post(&hearing);
	return NO_ERROR;
}

/* A minute at most. */
static bool hear_one(void)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 60;
	return !sem_timedwait(&hearing, &end);
}

FIXTURE(rtmv2event) {
	struct env env;
	RTM_ENTITY_HANDLE h;
	RTM_ENTITY_HANDLE other;
	RTM_REGN_PROFILE profile;
};

static DWORD enter_with(ULONG id, RTM_ENTITY_EXPORT_METHODS *methods, RTM_EVENT_CALLBACK callback,
			RTM_REGN_PROFILE *profile, RTM_ENTITY_HANDLE *h)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };

	info.EntityId.EntityProtocolId = PROTO_IP_RIP;
	info.EntityId.EntityInstanceId = id;
	return RtmRegisterEntity(&info, methods, callback, FALSE, profile, h);
}

FIXTURE_SETUP(rtmv2event)
{
	env_setup(_metadata, &self->env);
	sem_init(&hearing, 0, 0);
	atomic_store(&n_heard, 0);
	OK(enter_with(1, NULL, hear, &self->profile, &self->h));
	OK(enter(AF_INET, PROTO_IP_OSPF, 1, FALSE, &self->other));
}

FIXTURE_TEARDOWN(rtmv2event)
{
	IS(NO_ERROR, RtmDeregisterEntity(self->other));
	if (self->h)
		IS(NO_ERROR, RtmDeregisterEntity(self->h));
	sem_destroy(&hearing);
	env_clean(_metadata, &self->env);
}

/*
 * Change notification
 */

static void say_net(char *text, const RTM_NET_ADDRESS *n)
{
	char addr[64];

	inet_ntop(n->AddressFamily, n->AddrBits, addr, sizeof(addr));
	sprintf(text + strlen(text), "%s%s/%u", *text ? " " : "", addr, n->NumBits);
}

/* All that is pending, two elements a call, with the number of routes of each. */
static const char *drain(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h,
			 RTM_NOTIFY_HANDLE notify, UINT blocks)
{
	RTM_DEST_INFO *infos = guard_alloc(2 * RTM_SIZE_OF_DEST_INFO(blocks));
	static char text[512];
	UINT count, i;
	DWORD status;

	*text = 0;
	do {
		const RTM_DEST_INFO *info = infos;

		count = 2;
		status = RtmGetChangedDests(h, notify, &count, infos);
		for (i = 0; i < count; i++) {
			say_net(text, &info->DestAddress);
			if (blocks)
				sprintf(text + strlen(text), ":%u", info->ViewInfo[0].NumRoutes);
			info = (const void *)((const char *)info + RTM_SIZE_OF_DEST_INFO(blocks));
		}
		OK(RtmReleaseChangedDests(h, notify, count, infos));
	} while (status == NO_ERROR);
	EXPECT_EQ(ERROR_NO_MORE_ITEMS, status);
	EXPECT_EQ(0, count);
	guard_free(infos);
	return text;
}

static void drop(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, RTM_ROUTE_HANDLE route)
{
	DWORD change;

	OK(RtmDeleteRouteToDest(h, route, &change));
}

TEST_F(rtmv2event, change_callback)
{
	RTM_NOTIFY_HANDLE notify = NULL;
	RTM_ROUTE_HANDLE route;

	OK(RtmRegisterForChangeNotification(self->h, BOTH, RTM_CHANGE_TYPE_ALL, CONTEXT, &notify));
	route = add_route(_metadata, self->other, "10.0.0.0/8", NULL, 1);
	ASSERT_TRUE(hear_one());
	EXPECT_EQ(self->h, heard.h);
	EXPECT_EQ(RTM_CHANGE_NOTIFICATION, heard.type);
	EXPECT_EQ(notify, heard.context1);
	EXPECT_EQ(CONTEXT, heard.context2);
	EXPECT_STREQ("10.0.0.0/8:1", drain(_metadata, self->h, notify, 2));

	/* the next change calls again, whether or not anything was fetched */
	drop(_metadata, self->other, route);
	ASSERT_TRUE(hear_one());
	route = add_route(_metadata, self->other, "10.0.0.0/8", NULL, 2);
	ASSERT_TRUE(hear_one());
	EXPECT_STREQ("10.0.0.0/8:1", drain(_metadata, self->h, notify, 2));
	drop(_metadata, self->other, route);
	ASSERT_TRUE(hear_one());
	EXPECT_STREQ("10.0.0.0/8:0", drain(_metadata, self->h, notify, 2));

	OK(RtmDeregisterFromChangeNotification(self->h, notify));
	IS(ERROR_INVALID_HANDLE, RtmDeregisterFromChangeNotification(self->h, notify));
	route = add_route(_metadata, self->other, "10.0.0.0/8", NULL, 1);
	drop(_metadata, self->other, route);
	sleep_ms(200);
	EXPECT_EQ(4, atomic_load(&n_heard));
}

/* Without a callback the client asks; the caller's own changes count. */
TEST_F(rtmv2event, change_polled)
{
	RTM_NOTIFY_HANDLE notify;
	RTM_ROUTE_HANDLE one, two;

	OK(RtmRegisterForChangeNotification(self->other, RTM_VIEW_MASK_UCAST, RTM_CHANGE_TYPE_BEST,
					    NULL, &notify));
	EXPECT_STREQ("", drain(_metadata, self->other, notify, 1));
	one = add_route(_metadata, self->other, "10.0.0.0/8", NULL, 1);
	two = add_route(_metadata, self->other, "10.1.0.0/16", NULL, 1);
	EXPECT_STREQ("10.0.0.0/8:1 10.1.0.0/16:1", drain(_metadata, self->other, notify, 1));
	drop(_metadata, self->other, one);
	drop(_metadata, self->other, two);
	one = add_route(_metadata, self->other, "10.0.0.0/8", NULL, 2);
	EXPECT_STREQ("10.1.0.0/16:0 10.0.0.0/8:1", drain(_metadata, self->other, notify, 1));
	drop(_metadata, self->other, one);
	OK(RtmDeregisterFromChangeNotification(self->other, notify));
}

TEST_F(rtmv2event, change_wrong)
{
	RTM_NOTIFY_HANDLE n;
	union dest_room room;
	RTM_ENUM_HANDLE e;
	UINT count = 1;
	BOOL flag;

	IS(ERROR_INVALID_HANDLE, RtmRegisterForChangeNotification(ALIEN, 0, 1, NULL, &n));
	IS(ERROR_INVALID_PARAMETER, RtmRegisterForChangeNotification(self->h, 0, 1, NULL, NULL));
	IS(ERROR_INVALID_PARAMETER, RtmRegisterForChangeNotification(self->h, 0, 0, NULL, &n));
	IS(ERROR_INVALID_PARAMETER, RtmRegisterForChangeNotification(self->h, 0, 9, NULL, &n));
	IS(ERROR_INVALID_PARAMETER,
	   RtmRegisterForChangeNotification(self->h, 0, RTM_NOTIFY_ONLY_MARKED_DESTS, NULL, &n));
	IS(ERROR_NOT_SUPPORTED, RtmRegisterForChangeNotification(self->h, 4, 1, NULL, &n));
	OK(RtmRegisterForChangeNotification(self->h, BOTH, 1, NULL, &n));
	OK(RtmCreateDestEnum(self->h, BOTH, 0, NULL, 0, &e));
	IS(ERROR_INVALID_HANDLE, RtmGetChangedDests(ALIEN, n, &count, &room.info));
	IS(ERROR_INVALID_HANDLE, RtmGetChangedDests(self->h, ALIEN, &count, &room.info));
	IS(ERROR_INVALID_HANDLE, RtmGetChangedDests(self->h, e, &count, &room.info));
	IS(ERROR_INVALID_HANDLE, RtmGetChangedDests(self->other, n, &count, &room.info));
	IS(ERROR_INVALID_PARAMETER, RtmGetChangedDests(self->h, n, NULL, &room.info));
	IS(ERROR_INVALID_PARAMETER, RtmGetChangedDests(self->h, n, &count, NULL));
	count = 0;
	IS(ERROR_INVALID_PARAMETER, RtmGetChangedDests(self->h, n, &count, &room.info));
	count = self->profile.MaxHandlesInEnum + 1;
	IS(ERROR_INVALID_PARAMETER, RtmGetChangedDests(self->h, n, &count, &room.info));
	IS(ERROR_INVALID_PARAMETER, RtmReleaseChangedDests(self->h, n, 1, NULL));
	IS(ERROR_INVALID_HANDLE, RtmReleaseChangedDests(self->h, ALIEN, 0, NULL));
	IS(ERROR_INVALID_HANDLE, RtmReleaseChangedDests(ALIEN, n, 0, NULL));
	OK(RtmReleaseChangedDests(self->h, n, 0, NULL));
	IS(ERROR_INVALID_PARAMETER, RtmIgnoreChangedDests(self->h, n, 1, NULL));
	IS(ERROR_INVALID_HANDLE, RtmIgnoreChangedDests(self->h, ALIEN, 0, NULL));
	IS(ERROR_INVALID_PARAMETER, RtmGetChangeStatus(self->h, n, ALIEN, NULL));
	IS(ERROR_INVALID_HANDLE, RtmGetChangeStatus(self->h, n, ALIEN, &flag));
	IS(ERROR_INVALID_HANDLE, RtmMarkDestForChangeNotification(self->h, n, ALIEN, TRUE));
	IS(ERROR_INVALID_PARAMETER, RtmIsMarkedForChangeNotification(self->h, n, ALIEN, NULL));
	IS(ERROR_INVALID_HANDLE, RtmIsMarkedForChangeNotification(self->h, n, ALIEN, &flag));
	IS(ERROR_INVALID_HANDLE, RtmDeregisterFromChangeNotification(ALIEN, n));
	IS(ERROR_INVALID_HANDLE, RtmDeregisterFromChangeNotification(self->h, e));
	OK(RtmDeregisterFromChangeNotification(self->h, n));
	OK(RtmDeleteEnumHandle(self->h, e));
}

static BOOL pending(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, RTM_NOTIFY_HANDLE n,
		    RTM_DEST_HANDLE dest)
{
	BOOL status = 77;

	OK(RtmGetChangeStatus(h, n, dest, &status));
	return status;
}

TEST_F(rtmv2event, marks)
{
	RTM_ROUTE_HANDLE one, two;
	RTM_DEST_HANDLE dest, other;
	RTM_NOTIFY_HANDLE n;
	BOOL marked = 77;

	one = add_route(_metadata, self->other, "10.0.0.0/8", NULL, 1);
	two = add_route(_metadata, self->other, "11.0.0.0/8", NULL, 1);
	dest = find_dest(_metadata, self->h, "10.0.0.0/8");
	other = find_dest(_metadata, self->h, "11.0.0.0/8");
	OK(RtmRegisterForChangeNotification(self->h, RTM_VIEW_MASK_UCAST,
					    RTM_CHANGE_TYPE_ALL | RTM_NOTIFY_ONLY_MARKED_DESTS,
					    NULL, &n));
	OK(RtmIsMarkedForChangeNotification(self->h, n, dest, &marked));
	EXPECT_EQ(FALSE, marked);
	OK(RtmMarkDestForChangeNotification(self->h, n, dest, 2));
	OK(RtmIsMarkedForChangeNotification(self->h, n, dest, &marked));
	EXPECT_EQ(TRUE, marked);
	drop(_metadata, self->other, one);
	drop(_metadata, self->other, two);
	EXPECT_EQ(TRUE, pending(_metadata, self->h, n, dest));
	EXPECT_EQ(FALSE, pending(_metadata, self->h, n, other));
	OK(RtmIgnoreChangedDests(self->h, n, 1, &dest));
	EXPECT_EQ(FALSE, pending(_metadata, self->h, n, dest));
	EXPECT_STREQ("", drain(_metadata, self->h, n, 1));
	/* the mark has kept it, and it is the same when a route comes back */
	OK(release_dest(self->h, dest));
	one = add_route(_metadata, self->other, "10.0.0.0/8", NULL, 1);
	EXPECT_STREQ("10.0.0.0/8:1", drain(_metadata, self->h, n, 1));
	dest = find_dest(_metadata, self->h, "10.0.0.0/8");
	OK(RtmMarkDestForChangeNotification(self->h, n, dest, FALSE));
	drop(_metadata, self->other, one);
	EXPECT_STREQ("", drain(_metadata, self->h, n, 1));
	OK(release_dest(self->h, dest));
	OK(release_dest(self->h, other));
	OK(RtmDeregisterFromChangeNotification(self->h, n));
}

/* What each type of change tells. */
TEST_F(rtmv2event, change_types)
{
	static const RTM_NOTIFY_FLAGS types[] = {
		RTM_CHANGE_TYPE_ALL, RTM_CHANGE_TYPE_BEST, RTM_CHANGE_TYPE_FORWARDING,
	};
	RTM_NEXTHOP_HANDLE nh = add_nexthop(_metadata, self->other, "192.0.2.1");
	RTM_ROUTE_INFO info = route_info(NULL, 5);
	RTM_ROUTE_HANDLE best, worse = NULL;
	RTM_NOTIFY_HANDLE n[3];
	char got[4] = "", step;
	DWORD change = 0;
	int i;

	best = add_route(_metadata, self->other, "10.0.0.0/8", NULL, 5);
	for (i = 0; i < 3; i++)
		OK(RtmRegisterForChangeNotification(self->h, BOTH, types[i], NULL, &n[i]));
#define TOLD(_want)									\
	({										\
		for (i = 0; i < 3; i++)							\
			got[i] = *drain(_metadata, self->h, n[i], 2) ? "ABF"[i] : '-';	\
		EXPECT_STREQ(_want, got)						\
			TH_LOG("step %c", step);					\
	})
	step = '0';
	change = RTM_ROUTE_CHANGE_NEW;
	info = route_info(NULL, 9);
	OK(put_route(self->h, "10.0.0.0/8", &info, &worse, &change));
	TOLD("A--");
	step = '1';
	change = 0;
	info = route_info(NULL, 4);
	OK(put_route(self->other, "10.0.0.0/8", &info, &best, &change));
	TOLD("ABF");
	step = '2';
	info.Flags = RTM_ROUTE_FLAGS_REMOTE;
	OK(put_route(self->other, "10.0.0.0/8", &info, &best, &change));
	TOLD("AB-");
	step = '3';
	info.Flags |= RTM_ROUTE_FLAGS_BLACKHOLE;
	OK(put_route(self->other, "10.0.0.0/8", &info, &best, &change));
	TOLD("ABF");
	step = '4';
	info.NextHopsList.NumNextHops = 1;
	info.NextHopsList.NextHops[0] = nh;
	OK(put_route(self->other, "10.0.0.0/8", &info, &best, &change));
	TOLD("ABF");
	step = '5';
	info.EntitySpecificInfo = &step;
	OK(put_route(self->other, "10.0.0.0/8", &info, &best, &change));
	TOLD("A--");
	step = '6';
	drop(_metadata, self->other, best);
	TOLD("ABF");
	step = '7';
	best = add_route(_metadata, self->other, "10.0.0.0/8", NULL, 1);
	TOLD("ABF");
	step = '8';
	drop(_metadata, self->h, worse);
	TOLD("A--");
#undef TOLD
	drop(_metadata, self->other, best);
	OK(RtmReleaseNextHops(self->other, 1, &nh));
	for (i = 0; i < 3; i++)
		OK(RtmDeregisterFromChangeNotification(self->h, n[i]));
}

/*
 * Methods
 */

static struct {
	RTM_ENTITY_HANDLE caller;
	RTM_ENTITY_HANDLE callee;
	RTM_ENTITY_METHOD_TYPE type;
	UINT size;
	unsigned char data[16];
	unsigned int runs;
} ran;

/* As the sample's: writes four bytes and leaves OutputSize alone. */
static VOID note(RTM_ENTITY_HANDLE caller, RTM_ENTITY_HANDLE callee,
		 RTM_ENTITY_METHOD_INPUT *in, RTM_ENTITY_METHOD_OUTPUT *out)
{
	ran.caller = caller;
	ran.callee = callee;
	ran.type = in->MethodType;
	ran.size = in->InputSize;
	memcpy(ran.data, in->InputData, in->InputSize < 16 ? in->InputSize : 16);
	ran.runs++;
	if (out->OutputSize >= 4)
		memset(out->OutputData, 0, 4);
}

/* Echoes the input and says how long it was. */
static VOID echo(RTM_ENTITY_HANDLE caller, RTM_ENTITY_HANDLE callee,
		 RTM_ENTITY_METHOD_INPUT *in, RTM_ENTITY_METHOD_OUTPUT *out)
{
	UINT n = in->InputSize < out->OutputSize ? in->InputSize : out->OutputSize;

	(void)caller;
	(void)callee;
	memcpy(out->OutputData, in->InputData, n);
	out->OutputSize = n;
	out->MethodStatus = in->InputSize;
}

static VOID hang(RTM_ENTITY_HANDLE caller, RTM_ENTITY_HANDLE callee,
		 RTM_ENTITY_METHOD_INPUT *in, RTM_ENTITY_METHOD_OUTPUT *out)
{
	(void)caller;
	(void)callee;
	(void)in;
	(void)out;
	for (;;)
		pause();
}

/* Methods by name of their order; room for three. */
static RTM_ENTITY_EXPORT_METHODS *methods_of(UINT n, RTM_ENTITY_EXPORT_METHOD a,
					     RTM_ENTITY_EXPORT_METHOD b,
					     RTM_ENTITY_EXPORT_METHOD c)
{
	static union {
		RTM_ENTITY_EXPORT_METHODS m;
		unsigned char room[sizeof(RTM_ENTITY_EXPORT_METHODS) + 2 * sizeof(void *)];
	} u;
	RTM_ENTITY_EXPORT_METHOD *to = u.m.Methods;

	u.m.NumMethods = n;
	memcpy(to, &a, sizeof(a));
	memcpy(to + 1, &b, sizeof(b));
	memcpy(to + 2, &c, sizeof(c));
	return &u.m;
}

/**
 * struct talk - an invocation with its buffers
 * @in: head and data
 * @out: results, between guard bytes
 * @size: bytes used there
 */
struct talk {
	union {
		RTM_ENTITY_METHOD_INPUT head;
		unsigned char room[sizeof(RTM_ENTITY_METHOD_INPUT) + 64];
	} in;
	unsigned char *out;
	UINT size;
};

static DWORD talk(struct talk *t, RTM_ENTITY_HANDLE h, RTM_ENTITY_HANDLE callee, DWORD type,
		  const char *data, UINT room)
{
	DWORD ret;

	t->in.head.MethodType = type;
	t->in.head.InputSize = strlen(data) + 1;
	memcpy(t->in.head.InputData, data, strlen(data) + 1);
	t->out = guard_alloc(room);
	t->size = room;
	ret = RtmInvokeMethod(h, callee, &t->in.head, &t->size, (void *)t->out);
	return ret;
}

static RTM_ENTITY_METHOD_OUTPUT *result(struct talk *t, UINT at)
{
	return (void *)(t->out + at);
}

TEST_F(rtmv2event, own_method)
{
	RTM_ENTITY_EXPORT_METHOD got[2];
	RTM_ENTITY_HANDLE h;
	struct talk t;
	UINT n = 0;

	OK(enter_with(2, methods_of(1, note, NULL, NULL), NULL, &self->profile, &h));
	OK(RtmGetEntityMethods(h, h, &n, NULL));
	EXPECT_EQ(1, n);
	OK(RtmGetEntityMethods(h, h, &n, got));
	EXPECT_EQ(1, n);
	EXPECT_TRUE(got[0] == note);
	memset(&ran, 0, sizeof(ran));
	OK(talk(&t, h, h, METHOD_TYPE_ALL_METHODS, "hello", 16));
	EXPECT_EQ(1, ran.runs);
	EXPECT_EQ(h, ran.caller);
	EXPECT_EQ(h, ran.callee);
	EXPECT_EQ(1, ran.type);
	EXPECT_EQ(6, ran.size);
	EXPECT_EQ(0, strcmp("hello", (char *)ran.data));
	EXPECT_EQ(16, t.size);
	EXPECT_EQ(1, result(&t, 0)->MethodType);
	EXPECT_EQ(NO_ERROR, result(&t, 0)->MethodStatus);
	EXPECT_EQ(4, result(&t, 0)->OutputSize);
	guard_free(t.out);
	/* the input's head is the client's own */
	EXPECT_EQ(METHOD_TYPE_ALL_METHODS, t.in.head.MethodType);
	OK(RtmDeregisterEntity(h));
	IS(ERROR_INVALID_HANDLE, talk(&t, self->h, h, 1, "x", 16));
	guard_free(t.out);
}

/* Results one after the other, and what happens where they have no room. */
TEST_F(rtmv2event, several_methods)
{
	RTM_ENTITY_HANDLE h;
	struct talk t;

	OK(enter_with(2, methods_of(3, echo, note, echo), NULL, &self->profile, &h));
	memset(&ran, 0, sizeof(ran));
	OK(talk(&t, self->h, h, 5, "abcd", 64));
	EXPECT_EQ(0, ran.runs);
	EXPECT_EQ(1, result(&t, 0)->MethodType);
	EXPECT_EQ(5, result(&t, 0)->MethodStatus);
	EXPECT_EQ(5, result(&t, 0)->OutputSize);
	EXPECT_EQ(4, result(&t, 20)->MethodType);
	EXPECT_EQ(5, result(&t, 20)->OutputSize);
	EXPECT_EQ(37, t.size);
	guard_free(t.out);
	IS(ERROR_INSUFFICIENT_BUFFER, talk(&t, self->h, h, 5, "abcd", 31));
	EXPECT_EQ(17, t.size);
	EXPECT_EQ(5, result(&t, 0)->OutputSize);
	guard_free(t.out);
	/* what is written is clamped to what was offered */
	OK(talk(&t, self->h, h, 1, "abcd", 14));
	EXPECT_EQ(2, result(&t, 0)->OutputSize);
	EXPECT_EQ(14, t.size);
	guard_free(t.out);
	IS(ERROR_INSUFFICIENT_BUFFER, talk(&t, self->h, h, 1, "abcd", 11));
	EXPECT_EQ(0, t.size);
	guard_free(t.out);
	/* methods it has not */
	OK(talk(&t, self->h, h, 0x38, "abcd", 64));
	EXPECT_EQ(0, t.size);
	guard_free(t.out);
	OK(RtmDeregisterEntity(h));
}

TEST_F(rtmv2event, methods_wrong)
{
	RTM_ENTITY_METHOD_INPUT in = { .MethodType = 1 };
	RTM_ENTITY_EXPORT_METHODS too_many = { .NumMethods = 33 };
	RTM_ENTITY_EXPORT_METHODS none = { .NumMethods = 1 };
	RTM_ENTITY_METHOD_OUTPUT out;
	RTM_ENTITY_EXPORT_METHOD got;
	RTM_ENTITY_HANDLE h;
	UINT n = 1, size = sizeof(out);

	IS(ERROR_INVALID_PARAMETER, enter_with(3, &too_many, NULL, &self->profile, &h));
	IS(ERROR_INVALID_PARAMETER, enter_with(3, &none, NULL, &self->profile, &h));
	IS(ERROR_INVALID_HANDLE, RtmGetEntityMethods(ALIEN, self->h, &n, &got));
	IS(ERROR_INVALID_HANDLE, RtmGetEntityMethods(self->h, ALIEN, &n, &got));
	IS(ERROR_INVALID_PARAMETER, RtmGetEntityMethods(self->h, self->h, NULL, &got));
	IS(ERROR_INVALID_PARAMETER, RtmGetEntityMethods(self->h, self->h, &n, NULL));
	OK(RtmGetEntityMethods(self->h, self->other, &n, &got));
	EXPECT_EQ(0, n);
	IS(ERROR_INVALID_HANDLE, RtmInvokeMethod(ALIEN, self->h, &in, &size, &out));
	IS(ERROR_INVALID_HANDLE, RtmInvokeMethod(self->h, ALIEN, &in, &size, &out));
	IS(ERROR_INVALID_PARAMETER, RtmInvokeMethod(self->h, self->h, NULL, &size, &out));
	IS(ERROR_INVALID_PARAMETER, RtmInvokeMethod(self->h, self->h, &in, NULL, &out));
	IS(ERROR_INVALID_PARAMETER, RtmInvokeMethod(self->h, self->h, &in, &size, NULL));
	in.InputSize = 65537;
	IS(ERROR_INVALID_PARAMETER, RtmInvokeMethod(self->h, self->h, &in, &size, &out));
	IS(ERROR_INVALID_HANDLE, RtmBlockMethods(ALIEN, NULL, 0, RTM_BLOCK_METHODS));
	IS(ERROR_INVALID_HANDLE, RtmBlockMethods(self->h, ALIEN, 1, RTM_BLOCK_METHODS));
	IS(ERROR_INVALID_PARAMETER, RtmBlockMethods(self->h, NULL, 0, 2));
}

/**
 * struct invoker - a thread that invokes a method
 * @h: through this registration
 * @callee: of this entity
 * @status: what came of it, 77777 before
 * @t: the invocation
 */
struct invoker {
	RTM_ENTITY_HANDLE h;
	RTM_ENTITY_HANDLE callee;
	atomic_uint status;
	struct talk t;
};

static void *invoke(void *arg)
{
	struct invoker *inv = arg;

	inv->status = talk(&inv->t, inv->h, inv->callee, 1, "abc", 32);
	guard_free(inv->t.out);
	return NULL;
}

TEST_F(rtmv2event, blocked)
{
	struct invoker inv = { .h = self->h, .status = 77777 };
	pthread_t thread;
	struct talk t;

	OK(enter_with(2, methods_of(1, echo, NULL, NULL), NULL, &self->profile, &inv.callee));
	OK(RtmBlockMethods(inv.callee, NULL, 0, RTM_BLOCK_METHODS));
	/* the blocking thread itself may */
	OK(talk(&t, inv.callee, inv.callee, 1, "abc", 32));
	guard_free(t.out);
	ASSERT_EQ(0, pthread_create(&thread, NULL, invoke, &inv));
	sleep_ms(300);
	EXPECT_EQ(77777, inv.status);
	OK(RtmBlockMethods(inv.callee, NULL, 0, RTM_RESUME_METHODS));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(NO_ERROR, inv.status);
	/* the end of the callee ends the wait */
	OK(RtmBlockMethods(inv.callee, NULL, 0, RTM_BLOCK_METHODS));
	inv.status = 77777;
	ASSERT_EQ(0, pthread_create(&thread, NULL, invoke, &inv));
	sleep_ms(300);
	EXPECT_EQ(77777, inv.status);
	OK(RtmDeregisterEntity(inv.callee));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(ERROR_INVALID_HANDLE, inv.status);
}

/*
 * Another process
 */

/* A program of its own: registers with METHODS, says so, and lives until killed. */
static pid_t child_start(struct __test_metadata *_metadata, RTM_ENTITY_EXPORT_METHODS *methods)
{
	RTM_REGN_PROFILE profile;
	RTM_ENTITY_HANDLE h;
	int ready[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		DWORD ret = enter_with(CHILD_ID, methods, NULL, &profile, &h);

		byte = ret;
		if (write(ready[1], &byte, 1) != 1 || ret)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	ASSERT_EQ(0, byte);
	close(ready[0]);
	return pid;
}

static void child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Its handle here, for RtmReleaseEntities(). */
static RTM_ENTITY_HANDLE child_handle(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h)
{
	RTM_ENTITY_HANDLE handles[8], found = NULL;
	RTM_ENTITY_INFO infos[8];
	UINT n = 8, i;

	OK(RtmGetRegisteredEntities(h, &n, handles, infos));
	for (i = 0; i < n; i++) {
		if (infos[i].EntityId.EntityInstanceId == CHILD_ID)
			found = handles[i];
		else
			OK(RtmReleaseEntities(h, 1, &handles[i]));
	}
	return found;
}

TEST_F(rtmv2event, method_of_another_process)
{
	pid_t pid = child_start(_metadata, methods_of(2, note, echo, NULL));
	RTM_ENTITY_HANDLE child = child_handle(_metadata, self->h);
	RTM_ENTITY_EXPORT_METHOD got[2] = { NULL, NULL };
	struct talk t;
	UINT n = 1;

	ASSERT_NE(NULL, child);
	IS(ERROR_INSUFFICIENT_BUFFER, RtmGetEntityMethods(self->h, child, &n, got));
	EXPECT_EQ(1, n);
	n = 2;
	OK(RtmGetEntityMethods(self->h, child, &n, got));
	EXPECT_EQ(2, n);
	EXPECT_TRUE(got[0] && got[1] && got[0] != got[1]);
	memset(&ran, 0, sizeof(ran));
	/* the first one takes all the room it is offered */
	IS(ERROR_INSUFFICIENT_BUFFER, talk(&t, self->h, child, 3, "over there", 64));
	EXPECT_EQ(64, t.size);
	EXPECT_EQ(0, ran.runs);
	EXPECT_EQ(1, result(&t, 0)->MethodType);
	EXPECT_EQ(52, result(&t, 0)->OutputSize);
	guard_free(t.out);
	OK(talk(&t, self->h, child, 2, "over there", 64));
	EXPECT_EQ(2, result(&t, 0)->MethodType);
	EXPECT_EQ(11, result(&t, 0)->MethodStatus);
	EXPECT_EQ(11, result(&t, 0)->OutputSize);
	EXPECT_EQ(0, strcmp("over there", (char *)result(&t, 0)->OutputData));
	EXPECT_EQ(23, t.size);
	guard_free(t.out);
	IS(ERROR_INSUFFICIENT_BUFFER, talk(&t, self->h, child, 2, "x", 8));
	guard_free(t.out);
	child_end(pid);
	IS(ERROR_INVALID_HANDLE, talk(&t, self->h, child, 2, "x", 64));
	guard_free(t.out);
	OK(RtmReleaseEntities(self->h, 1, &child));
}

/* It is killed while its method runs: the invoker does not wait for ever. */
TEST_F(rtmv2event, killed_in_a_method)
{
	pid_t pid = child_start(_metadata, methods_of(1, hang, NULL, NULL));
	struct invoker inv = { .h = self->h, .status = 77777 };
	pthread_t thread;

	inv.callee = child_handle(_metadata, self->h);
	ASSERT_NE(NULL, inv.callee);
	ASSERT_EQ(0, pthread_create(&thread, NULL, invoke, &inv));
	sleep_ms(300);
	EXPECT_EQ(77777, inv.status);
	child_end(pid);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(ERROR_INVALID_HANDLE, inv.status);
	OK(RtmReleaseEntities(self->h, 1, &inv.callee));
}

/* Set in the child by the method "back": whom to call. */
static RTM_ENTITY_HANDLE back_to;

/* Invokes method 1 of the caller and hands on what that says. */
static VOID back(RTM_ENTITY_HANDLE caller, RTM_ENTITY_HANDLE callee,
		 RTM_ENTITY_METHOD_INPUT *in, RTM_ENTITY_METHOD_OUTPUT *out)
{
	struct talk t;

	back_to = caller;
	out->MethodStatus = talk(&t, callee, caller, 1, (char *)in->InputData, 64);
	if (!out->MethodStatus) {
		out->OutputSize = result(&t, 0)->OutputSize;
		memcpy(out->OutputData, result(&t, 0)->OutputData, out->OutputSize);
	}
	guard_free(t.out);
}

/* A method of theirs that invokes one of ours, while we wait for it. */
TEST_F(rtmv2event, methods_of_each_other)
{
	pid_t pid = child_start(_metadata, methods_of(1, back, NULL, NULL));
	RTM_ENTITY_HANDLE child = child_handle(_metadata, self->h), mine;
	struct talk t;

	ASSERT_NE(NULL, child);
	OK(enter_with(2, methods_of(1, echo, NULL, NULL), NULL, &self->profile, &mine));
	OK(talk(&t, mine, child, 1, "to and back", 64));
	EXPECT_EQ(NO_ERROR, result(&t, 0)->MethodStatus);
	EXPECT_EQ(12, result(&t, 0)->OutputSize);
	EXPECT_EQ(0, strcmp("to and back", (char *)result(&t, 0)->OutputData));
	guard_free(t.out);
	child_end(pid);
	OK(RtmReleaseEntities(self->h, 1, &child));
	OK(RtmDeregisterEntity(mine));
}

TEST_HARNESS_MAIN
