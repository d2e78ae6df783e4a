// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three clients of <rtmv2.h>, one of which is killed with -9 in the middle.
 *
 * How this file works: a callee that exports a method, an invoker and an observer are
 * processes of their own, with all that a client can have: an event callback, a listener
 * for changes, a route at one and the same destination.  They do what the test asks for,
 * each call in a thread of its own, and write what came of it into a page that all
 * share; method and callback wait there to be let go.  A table brings the conversation
 * to each of its points, and each of the three is killed at each of them: the others end
 * what they had begun with what is documented, hear that the dead one has left, go on to
 * speak with each other, and leave; and nothing is left of any of them.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "rtm_rtmv2.h"

#define DEST		"10.0.0.0/8"
#define WORDS		"one two three four"
#define N_WORDS		sizeof(WORDS)
#define OUT_HEAD	offsetof(RTM_ENTITY_METHOD_OUTPUT, OutputData)
#define IN_HEAD		offsetof(RTM_ENTITY_METHOD_INPUT, InputData)

enum who { CALLEE, INVOKER, OBSERVER, N_WHO };

/* What a process can be asked to do. */
enum op { NOTHING, JOIN, LEAVE, ADD, INVOKE, BLOCK, RESUME, LOCK, UNLOCK, N_OPS };

/* What the method does beside answering with its input. */
enum style { PLAIN, HALF, LOCKS };

/* What does not end before it is let go. */
enum held { NOT_HELD, METHOD_HELD, CALLBACK_HELD };

#define UNKNOWN		77777u

/**
 * struct role - a process, in memory that it shares with the test
 * @pid: process, 0 once it has been waited for
 * @ask: pipe it is asked through, the test's end
 * @joined: it has registered
 * @held: which of its method and its callback does not end, NOT_HELD for neither
 * @in_method: its method has come to where it is held
 * @in_callback: so has its callback
 * @style: of its method
 * @went: set of those of whom it has heard that they left
 * @result: of each call, UNKNOWN while it has not ended
 */
struct role {
	pid_t pid;
	int ask;
	bool joined;
	atomic_uint held;
	atomic_bool in_method;
	atomic_bool in_callback;
	atomic_uint style;
	atomic_uint went;
	atomic_uint result[N_OPS];
};

static struct role *roles;

/*
 * In the processes
 */

static enum who me;
static RTM_ENTITY_HANDLE self;
static RTM_DEST_HANDLE dest;

static void wait_to_be_let_go(enum held held, atomic_bool *here)
{
	*here = true;
	while (roles[me].held == held)
		sleep_ms(5);
	*here = false;
}

/* Its answer is its input; one that is half done when it is held. */
static VOID method(RTM_ENTITY_HANDLE caller, RTM_ENTITY_HANDLE callee,
		   RTM_ENTITY_METHOD_INPUT *in, RTM_ENTITY_METHOD_OUTPUT *out)
{
	enum style style = roles[me].style;
	UINT half = style == HALF ? in->InputSize / 2 : 0;
	bool locked = false;

	(void)caller;
	if (in->InputSize > out->OutputSize) {
		out->MethodStatus = ERROR_INSUFFICIENT_BUFFER;
		return;
	}
	if (style == LOCKS)
		locked = RtmLockDestination(callee, dest, TRUE, TRUE) == NO_ERROR;
	memcpy(out->OutputData, in->InputData, half);
	wait_to_be_let_go(METHOD_HELD, &roles[me].in_method);
	memcpy(out->OutputData + half, in->InputData + half, in->InputSize - half);
	out->OutputSize = in->InputSize;
	if (locked)
		out->MethodStatus = RtmLockDestination(callee, dest, TRUE, FALSE);
}

static DWORD callback(RTM_ENTITY_HANDLE h, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	PRTM_ENTITY_INFO info = c2;

	(void)h;
	(void)c1;
	if (type == RTM_ENTITY_DEREGISTERED)
		roles[me].went |= 1u << info->EntityId.EntityInstanceId;
	if (type == RTM_CHANGE_NOTIFICATION)
		wait_to_be_let_go(CALLBACK_HELD, &roles[me].in_callback);
	return NO_ERROR;
}

static DWORD add(const char *text)
{
	RTM_ROUTE_INFO info = route_info(NULL, 10 + me);
	DWORD change = RTM_ROUTE_CHANGE_NEW;

	return put_route(self, text, &info, NULL, &change);
}

static DWORD join(void)
{
	RTM_ENTITY_EXPORT_METHODS methods = { .NumMethods = 1, .Methods = { method } };
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_NET_ADDRESS n = net(DEST);
	RTM_REGN_PROFILE profile;
	RTM_NOTIFY_HANDLE notify;
	RTM_DEST_INFO found;
	DWORD status;

	info.EntityId.EntityProtocolId = PROTO_IP_RIP;
	info.EntityId.EntityInstanceId = me;
	status = RtmRegisterEntity(&info, &methods, callback, FALSE, &profile, &self);
	if (!status)
		status = add(DEST);
	if (!status)
		status = RtmRegisterForChangeNotification(self, BOTH, RTM_CHANGE_TYPE_ALL, NULL,
							  &notify);
	if (!status)
		status = RtmGetExactMatchDestination(self, &n, RTM_BEST_PROTOCOL, 0, &found);
	dest = found.DestHandle;
	return status;
}

/* The callee's handle, for RtmReleaseEntities(); NULL where it is not registered. */
static RTM_ENTITY_HANDLE find_callee(void)
{
	RTM_ENTITY_HANDLE handles[N_WHO], found = NULL;
	RTM_ENTITY_INFO infos[N_WHO];
	UINT n = N_WHO, i;

	if (RtmGetRegisteredEntities(self, &n, handles, infos))
		return NULL;
	for (i = 0; i < n; i++) {
		if (infos[i].EntityId.EntityInstanceId == CALLEE)
			found = handles[i];
		else
			RtmReleaseEntities(self, 1, &handles[i]);
	}
	return found;
}

/* NO_ERROR if what comes back is right as well. */
static DWORD invoke(void)
{
	union {
		RTM_ENTITY_METHOD_INPUT head;
		unsigned char room[IN_HEAD + N_WORDS];
	} in = { .head = { .MethodType = 1, .InputSize = N_WORDS } };
	union {
		RTM_ENTITY_METHOD_OUTPUT head;
		unsigned char room[OUT_HEAD + N_WORDS];
	} out = { .head = { .MethodType = 0 } };
	RTM_ENTITY_HANDLE callee = find_callee();
	UINT size = sizeof(out);
	DWORD status;

	if (!callee)
		return ERROR_NOT_FOUND;
	memcpy(in.room + IN_HEAD, WORDS, N_WORDS);
	status = RtmInvokeMethod(self, callee, &in.head, &size, &out.head);
	if (!status && (size != OUT_HEAD + N_WORDS || out.head.MethodStatus ||
			memcmp(out.room + OUT_HEAD, WORDS, N_WORDS)))
		status = ERROR_INVALID_DATA;
	if (RtmReleaseEntities(self, 1, &callee))
		status = ERROR_INVALID_DATA;
	return status;
}

static DWORD perform(enum op op)
{
	switch (op) {
	case JOIN:
		return join();
	case LEAVE:
		return RtmDeregisterEntity(self);
	case ADD:
		return add("11.0.0.0/8");
	case INVOKE:
		return invoke();
	case BLOCK:
		return RtmBlockMethods(self, NULL, 0, RTM_BLOCK_METHODS);
	case RESUME:
		return RtmBlockMethods(self, NULL, 0, RTM_RESUME_METHODS);
	case LOCK:
		return RtmLockDestination(self, dest, TRUE, TRUE);
	case UNLOCK:
		return RtmLockDestination(self, dest, TRUE, FALSE);
	default:
		return UNKNOWN - 1;
	}
}

static void *perform_thread(void *arg)
{
	enum op op = (uintptr_t)arg;

	roles[me].result[op] = perform(op);
	return NULL;
}

static void role_main(enum who who, int fd)
{
	pthread_t thread;
	char op;

	me = who;
	while (read(fd, &op, 1) == 1) {
		if (pthread_create(&thread, NULL, perform_thread, (void *)(uintptr_t)op))
			_exit(1);
		pthread_detach(thread);
	}
	_exit(0);
}

/*
 * In the test
 */

FIXTURE(crash) {
	int watch;
	enum who victim;
};

FIXTURE_VARIANT(crash) {
	enum who victim;
};

FIXTURE_VARIANT_ADD(crash, callee) {
	.victim = CALLEE,
};

FIXTURE_VARIANT_ADD(crash, invoker) {
	.victim = INVOKER,
};

FIXTURE_VARIANT_ADD(crash, observer) {
	.victim = OBSERVER,
};

FIXTURE_SETUP(crash)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	self->watch = dev_open(O_RDONLY);
	ASSERT_LE(0, self->watch);
	self->victim = variant->victim;
	roles = mmap(NULL, N_WHO * sizeof(*roles), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, roles);
}

FIXTURE_TEARDOWN(crash)
{
	expect_clean(_metadata, self->watch, 1);
	close(self->watch);
}

static void role_start(struct __test_metadata *_metadata, enum who who)
{
	struct role *r = &roles[who];
	int ends[2];
	enum op op;
	pid_t pid;

	memset(r, 0, sizeof(*r));
	for (op = 0; op < N_OPS; op++)
		r->result[op] = UNKNOWN;
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	r->ask = ends[1];
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[1]);
		role_main(who, ends[0]);
	}
	close(ends[0]);
	r->pid = pid;
}

static void role_kill(struct __test_metadata *_metadata, enum who who)
{
	struct role *r = &roles[who];

	if (!r->pid)
		return;
	EXPECT_EQ(0, kill(r->pid, SIGKILL));
	EXPECT_EQ(r->pid, waitpid(r->pid, NULL, 0));
	close(r->ask);
	r->pid = 0;
}

static void begin(struct __test_metadata *_metadata, enum who who, enum op op)
{
	char byte = op;

	roles[who].result[op] = UNKNOWN;
	EXPECT_EQ(1, write(roles[who].ask, &byte, 1));
}

/* What came of it, within a minute. */
static unsigned int end(enum who who, enum op op)
{
	return wait_until(roles[who].result[op] != UNKNOWN) ? roles[who].result[op] : UNKNOWN;
}

static unsigned int call(struct __test_metadata *_metadata, enum who who, enum op op)
{
	begin(_metadata, who, op);
	return end(who, op);
}

static void join_all(struct __test_metadata *_metadata)
{
	enum who who;

	for (who = 0; who < N_WHO; who++) {
		ASSERT_EQ(NO_ERROR, call(_metadata, who, JOIN));
		roles[who].joined = true;
	}
}

static bool n_calls_are(int watch, unsigned int n)
{
	struct rtm_get_stats s;

	return !dev_stats(watch, &s) && s.calls == n;
}

static bool somebody_waits_for_a_lock(int watch)
{
	struct rtm_get_stats s;

	return !dev_stats(watch, &s) && s.locks_waiting == 1;
}

/* One that is not the victim. */
static enum who not_the(enum who victim)
{
	return victim == INVOKER ? OBSERVER : INVOKER;
}

/*
 * The points of a conversation
 */

static void to_unregistered(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	enum who who;

	for (who = 0; who < N_WHO; who++) {
		if (who == self->victim)
			continue;
		ASSERT_EQ(NO_ERROR, call(_metadata, who, JOIN));
		roles[who].joined = true;
	}
}

static void to_registered(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	(void)self;
	join_all(_metadata);
}

static void into_the_method(struct __test_metadata *_metadata, enum who who, enum style style)
{
	roles[CALLEE].style = style;
	roles[CALLEE].held = METHOD_HELD;
	begin(_metadata, who, INVOKE);
	EXPECT_TRUE(wait_until(roles[CALLEE].in_method));
}

static void to_method_entered(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	(void)self;
	join_all(_metadata);
	into_the_method(_metadata, INVOKER, PLAIN);
}

static void to_half_the_output(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	(void)self;
	join_all(_metadata);
	into_the_method(_metadata, INVOKER, HALF);
}

static void to_blocked(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	join_all(_metadata);
	ASSERT_EQ(NO_ERROR, call(_metadata, CALLEE, BLOCK));
	begin(_metadata, INVOKER, INVOKE);
	EXPECT_TRUE(wait_until(n_calls_are(self->watch, 1)));
}

/* The call has been told of, and nobody has fetched it. */
static void to_call_unread(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	join_all(_metadata);
	EXPECT_EQ(0, kill(roles[CALLEE].pid, SIGSTOP));
	begin(_metadata, INVOKER, INVOKE);
	EXPECT_TRUE(wait_until(n_calls_are(self->watch, 1)));
}

/* So has a change. */
static void to_event_unread(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	join_all(_metadata);
	EXPECT_EQ(0, kill(roles[self->victim].pid, SIGSTOP));
	EXPECT_EQ(NO_ERROR, call(_metadata, not_the(self->victim), ADD));
}

static void to_callback_running(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	join_all(_metadata);
	roles[self->victim].held = CALLBACK_HELD;
	EXPECT_EQ(NO_ERROR, call(_metadata, not_the(self->victim), ADD));
	EXPECT_TRUE(wait_until(roles[self->victim].in_callback));
}

/* The callee looks after one call, and the invoker's waits behind that. */
static void to_queued_behind(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	join_all(_metadata);
	into_the_method(_metadata, OBSERVER, PLAIN);
	begin(_metadata, INVOKER, INVOKE);
	EXPECT_TRUE(wait_until(n_calls_are(self->watch, 2)));
}

/* The end of the registration waits for the callback that runs. */
static void to_leaving(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	struct rtm_get_stats s;

	to_callback_running(_metadata, self);
	begin(_metadata, self->victim, LEAVE);
	EXPECT_TRUE(wait_until(!dev_stats(self->watch, &s) && s.entities == N_WHO - 1));
}

/* The same for the callee, which is wanted. */
static void to_callee_leaving(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	struct rtm_get_stats s;

	join_all(_metadata);
	into_the_method(_metadata, INVOKER, PLAIN);
	begin(_metadata, CALLEE, LEAVE);
	EXPECT_TRUE(wait_until(!dev_stats(self->watch, &s) && s.entities == N_WHO - 1));
}

/* The method has the destination, and the observer waits for that. */
static void to_lock_in_the_method(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	join_all(_metadata);
	into_the_method(_metadata, INVOKER, LOCKS);
	begin(_metadata, OBSERVER, LOCK);
	EXPECT_TRUE(wait_until(somebody_waits_for_a_lock(self->watch)));
}

/* The invoker has the destination, and the method waits for that. */
static void to_method_wants_a_lock(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self)
{
	join_all(_metadata);
	ASSERT_EQ(NO_ERROR, call(_metadata, INVOKER, LOCK));
	roles[CALLEE].style = LOCKS;
	begin(_metadata, INVOKER, INVOKE);
	EXPECT_TRUE(wait_until(somebody_waits_for_a_lock(self->watch)));
}

/**
 * struct outcome - what a call that was begun comes to, by who was killed
 * @who: made it; NOTHING there ends the list
 * @op: the call
 * @after: result if the callee, the invoker, the observer was killed
 */
struct outcome {
	enum who who;
	enum op op;
	unsigned int after[N_WHO];
};

#define WHATEVER	0
#define INVOKED_BY_INVOKER	\
	{ INVOKER, INVOKE, { ERROR_INVALID_HANDLE, WHATEVER, NO_ERROR } }
#define INVOKED_BY_OBSERVER	\
	{ OBSERVER, INVOKE, { ERROR_INVALID_HANDLE, NO_ERROR, WHATEVER } }

/**
 * struct action - something that a survivor does
 * @who: it
 * @op: does this, or NOTHING
 */
struct action {
	enum who who;
	enum op op;
};

/**
 * struct point - where a conversation stands when one of three is killed
 * @name: for people
 * @bring: brings it there
 * @outcomes: of what was begun
 * @left: the callee has left by itself
 * @before: without this nothing that was begun can end
 * @behind: and this is to be done when it has
 */
static const struct point {
	const char *name;
	void (*bring)(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self);
	struct outcome outcomes[3];
	bool left;
	struct action before;
	struct action behind;
} points[] = {
	{ .name = "unregistered", .bring = to_unregistered },
	{ .name = "registered", .bring = to_registered },
	{ "method entered", to_method_entered, { INVOKED_BY_INVOKER } },
	{ "half the output", to_half_the_output, { INVOKED_BY_INVOKER } },
	{ "blocked", to_blocked, { INVOKED_BY_INVOKER }, .before = { CALLEE, RESUME } },
	{ "call unread", to_call_unread, { INVOKED_BY_INVOKER } },
	{ .name = "event unread", .bring = to_event_unread },
	{ .name = "callback running", .bring = to_callback_running },
	{ "queued behind", to_queued_behind, { INVOKED_BY_INVOKER, INVOKED_BY_OBSERVER } },
	{ .name = "leaving", .bring = to_leaving },
	{ "callee leaving", to_callee_leaving,
	  { { INVOKER, INVOKE, { ERROR_INVALID_HANDLE, WHATEVER, ERROR_INVALID_HANDLE } },
	    { CALLEE, LEAVE, { WHATEVER, NO_ERROR, NO_ERROR } } }, .left = true },
	{ "lock in the method", to_lock_in_the_method,
	  { INVOKED_BY_INVOKER, { OBSERVER, LOCK, { NO_ERROR, NO_ERROR, WHATEVER } } },
	  .behind = { OBSERVER, UNLOCK } },
	{ "method wants a lock", to_method_wants_a_lock, { INVOKED_BY_INVOKER },
	  .before = { INVOKER, UNLOCK } },
};

/*
 * Afterwards
 */

/* Whoever is held or has been stopped goes on. */
static void let_go(void)
{
	enum who who;

	for (who = 0; who < N_WHO; who++) {
		roles[who].held = NOT_HELD;
		if (roles[who].pid)
			kill(roles[who].pid, SIGCONT);
	}
}

static bool survives(FIXTURE_DATA(crash) *self, enum who who)
{
	return who != self->victim;
}

static void follow(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self,
		   const struct action *a)
{
	if (a->op && survives(self, a->who))
		EXPECT_EQ(NO_ERROR, call(_metadata, a->who, a->op));
}

static void check_outcomes(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self,
			   const struct point *p)
{
	const struct outcome *o;

	follow(_metadata, self, &p->before);
	for (o = p->outcomes; o < p->outcomes + ARRAY_SIZE(p->outcomes) && o->op; o++) {
		if (survives(self, o->who))
			EXPECT_EQ(o->after[self->victim], end(o->who, o->op));
	}
	follow(_metadata, self, &p->behind);
}

static void check_heard(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self,
			const struct point *p)
{
	unsigned int went = roles[self->victim].joined ? 1u << self->victim : 0;
	enum who who;

	if (p->left)
		went |= 1u << CALLEE;
	for (who = 0; who < N_WHO; who++) {
		unsigned int others = went & ~(1u << who);

		if (!survives(self, who) || (p->left && who == CALLEE))
			continue;
		EXPECT_TRUE(wait_until((roles[who].went & others) == others))
			TH_LOG("%d has heard %#x, not %#x", who, roles[who].went, others);
		EXPECT_EQ(others, roles[who].went);
	}
}

/* They can speak with each other as before, and leave. */
static void check_survivors(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self,
			    const struct point *p)
{
	unsigned int want = self->victim == CALLEE || p->left ? ERROR_NOT_FOUND : NO_ERROR;
	enum who who;

	roles[CALLEE].style = PLAIN;
	EXPECT_EQ(want, call(_metadata, not_the(self->victim), INVOKE));
	for (who = 0; who < N_WHO; who++) {
		if (survives(self, who) && !(p->left && who == CALLEE))
			EXPECT_EQ(NO_ERROR, call(_metadata, who, LEAVE));
	}
}

static void try_point(struct __test_metadata *_metadata, FIXTURE_DATA(crash) *self,
		      const struct point *p)
{
	enum who who;

	for (who = 0; who < N_WHO; who++)
		role_start(_metadata, who);
	p->bring(_metadata, self);
	role_kill(_metadata, self->victim);
	/* the callee's end is known while its method still runs */
	if (self->victim == CALLEE || p->left)
		check_outcomes(_metadata, self, p);
	let_go();
	if (self->victim != CALLEE && !p->left)
		check_outcomes(_metadata, self, p);
	check_heard(_metadata, self, p);
	check_survivors(_metadata, self, p);
	for (who = 0; who < N_WHO; who++)
		role_kill(_metadata, who);
	expect_clean(_metadata, self->watch, 1);
}

TEST_F(crash, killed)
{
	const struct point *p;
	bool passed = true;

	for (p = points; p < points + ARRAY_SIZE(points); p++) {
		try_point(_metadata, self, p);
		if (passed && !_metadata->passed) {
			TH_LOG("at the point: %s", p->name);
			passed = false;
		}
	}
}

TEST_HARNESS_MAIN
