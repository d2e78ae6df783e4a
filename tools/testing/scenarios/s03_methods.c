// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-03: a client exports a method, and finds, invokes and blocks it.
 */
#include <uchar.h>

#include "scenario.h"

static RTM_ENTITY_HANDLE h, second;

/* What the method was given. */
static struct {
	RTM_ENTITY_HANDLE caller;
	RTM_ENTITY_HANDLE callee;
	UINT size;
	UCHAR bytes[64];
	atomic_uint runs;
} ran;

/* As in the sample: stores into the data, and leaves its length alone. */
static VOID WINAPI method(RTM_ENTITY_HANDLE caller, RTM_ENTITY_HANDLE callee,
			  RTM_ENTITY_METHOD_INPUT *in, RTM_ENTITY_METHOD_OUTPUT *out)
{
	ran.caller = caller;
	ran.callee = callee;
	ran.size = in->InputSize;
	memcpy(ran.bytes, in->InputData, in->InputSize);
	memset(out->OutputData, 0, 4);
	ran.runs++;
}

static const char16_t words[] = u"Hello world";

#define OUTPUT_SIZE	(offsetof(RTM_ENTITY_METHOD_OUTPUT, OutputData) + 4)

/**
 * struct talk - an invocation of the method
 * @h: by this entity
 * @in: what it is given
 * @out: what came back
 * @size: bytes of that
 */
struct talk {
	RTM_ENTITY_HANDLE h;
	union {
		RTM_ENTITY_METHOD_INPUT head;
		UCHAR room[offsetof(RTM_ENTITY_METHOD_INPUT, InputData) + sizeof(words)];
	} in;
	union {
		RTM_ENTITY_METHOD_OUTPUT head;
		UCHAR room[OUTPUT_SIZE];
	} out;
	UINT size;
};

static DWORD invoke(void *arg)
{
	struct talk *t = arg;

	t->in.head.MethodType = METHOD_TYPE_ALL_METHODS;
	t->in.head.InputSize = sizeof(words);
	memcpy(t->in.room + offsetof(RTM_ENTITY_METHOD_INPUT, InputData), words, sizeof(words));
	memset(&t->out, 0xcc, sizeof(t->out));
	t->size = OUTPUT_SIZE;
	return RtmInvokeMethod(t->h, h, &t->in.head, &t->size, &t->out.head);
}

/* 1. A number alone is no error. */
static void asks_how_many(void)
{
	RTM_ENTITY_EXPORT_METHODS methods = { .NumMethods = 1, .Methods = { method } };
	UINT n = 0;

	h = enter_with(PROTO_IP_RIP, SAMPLE_ID, &methods, NULL, FALSE);
	OK(RtmGetEntityMethods(h, h, &n, NULL));
	EQUAL(1, n);
}

/* 2. The method itself. */
static void finds_it(void)
{
	RTM_ENTITY_EXPORT_METHOD found = NULL;
	UINT n = 1;

	OK(RtmGetEntityMethods(h, h, &n, &found));
	EQUAL(1, n);
	CHECK(found);
}

static void invoke_from(RTM_ENTITY_HANDLE caller)
{
	struct talk t = { .h = caller };

	ran.runs = 0;
	OK(invoke(&t));
	EQUAL(1, ran.runs);
	CHECK(ran.caller == caller);
	CHECK(ran.callee == h);
	EQUAL(sizeof(words), ran.size);
	CHECK(!memcmp(words, ran.bytes, sizeof(words)));
	EQUAL(16, t.size);
	EQUAL(1, t.out.head.MethodType);
	EQUAL(NO_ERROR, t.out.head.MethodStatus);
	EQUAL(4, t.out.head.OutputSize);
	EQUAL(0, t.out.head.OutputData[0]);
}

/* 3. Invoked by its own entity. */
static void invokes_its_own(void)
{
	EQUAL(16, OUTPUT_SIZE);
	invoke_from(h);
}

/* 4. Invoked by another one. */
static void another_invokes(void)
{
	second = enter_as(PROTO_IP_OSPF, 1);
	invoke_from(second);
}

/* 4. Held back while blocked. */
static void blocks(void)
{
	struct talk t = { .h = second };
	struct caller c;

	OK(RtmBlockMethods(h, NULL, 0, RTM_BLOCK_METHODS));
	ran.runs = 0;
	call_begin(&c, invoke, &t);
	CHECK(call_waits(&c));
	EQUAL(0, ran.runs);
	OK(RtmBlockMethods(h, NULL, 0, RTM_RESUME_METHODS));
	EQUAL(NO_ERROR, call_end(&c));
	EQUAL(1, ran.runs);
	EQUAL(16, t.size);
}

/* 4. The callee leaves while somebody waits for it. */
static void leaves_meanwhile(void)
{
	struct talk t = { .h = second };
	struct caller c;

	OK(RtmBlockMethods(h, NULL, 0, RTM_BLOCK_METHODS));
	ran.runs = 0;
	call_begin(&c, invoke, &t);
	CHECK(call_waits(&c));
	OK(RtmDeregisterEntity(h));
	EQUAL(ERROR_INVALID_HANDLE, call_end(&c));
	EQUAL(0, ran.runs);
	OK(RtmDeregisterEntity(second));
}

int main(void)
{
	static const struct step steps[] = {
		{ "asks how many methods there are", asks_how_many },
		{ "finds the method", finds_it },
		{ "invokes it", invokes_its_own },
		{ "another entity invokes it", another_invokes },
		{ "an invoker waits while it is blocked", blocks },
		{ "an invoker is told that the callee has left", leaves_meanwhile },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
