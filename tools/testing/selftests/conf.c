// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtm.conf: what becomes of the routes of a client of <rtmv2.h> that is killed.
 *
 * How this file works: a child registers as a protocol which the file names, adds its
 * routes and kills itself, so that nothing but the kernel can have seen to what it
 * leaves.  The file is one of the test's own, which the environment names; a program
 * with more rights than who started it is tried by starting this one again, setuid.
 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "rtm_leftover.h"

#include <librtm.h>
#include <rtmv2.h>

#define CONF		"/tmp/rtm-conf-test"
#define SETUID_COPY	"/tmp/rtm-conf-setuid"
#define ASK		"RTM_CONF_TEST_ASK"

/* So long that it is not over before the test is. */
#define LONG_S		"600"

/* Started with that in its environment the program only says what the file told it. */
__attribute__((constructor)) static void ask_and_exit(void)
{
	const struct rtm_entity_id id = { .family = AF_INET, .protocol = PROTO_RIP, .id = 1 };
	struct rtm_crash_policy policy;

	if (!getenv(ASK))
		return;
	if (rtm_conf_crash_policy(&id, &policy))
		_exit(100);
	_exit(policy.flags == RTM_REQ_KEEP ? 1 : policy.flags ? 2 : 0);
}

static bool write_conf(const char *text)
{
	FILE *file = fopen(CONF, "we");
	bool good;

	if (!file)
		return false;
	good = fputs(text, file) >= 0;
	return !fclose(file) && good;
}

FIXTURE(conf) {
	struct env env;
	int look;
};

FIXTURE_SETUP(conf)
{
	env_setup(_metadata, &self->env);
	self->look = self->env.watch;
	ASSERT_EQ(0, setenv("RTM_CONF", CONF, 1));
}

FIXTURE_TEARDOWN(conf)
{
	__u64 entity;

	unlink(CONF);
	unlink(SETUID_COPY);
	/* what a test left behind on purpose is taken over, and goes with the file */
	dev_register(self->env.fd, AF_INET, PROTO_RIP, 1, 0, &entity);
	env_clean(_metadata, &self->env);
}

static DWORD client_register(RTM_ENTITY_HANDLE *handle)
{
	RTM_ENTITY_INFO info = {
		.AddressFamily = AF_INET,
		.EntityId = { .EntityProtocolId = PROTO_RIP, .EntityInstanceId = 1 },
	};
	RTM_REGN_PROFILE profile;

	return RtmRegisterEntity(&info, NULL, NULL, FALSE, &profile, handle);
}

static RTM_NET_ADDRESS net(const char *text)
{
	struct rtm_net_prefix p = prefix(text);
	RTM_NET_ADDRESS n = { .AddressFamily = p.family, .NumBits = p.len };

	memcpy(n.AddrBits, p.addr, 4);
	return n;
}

/* One next hop, LEFT_ROUTES routes. */
static DWORD client_fill(RTM_ENTITY_HANDLE handle)
{
	RTM_NEXTHOP_INFO nexthop = { .NextHopAddress = net("192.0.2.1"), .InterfaceIndex = 1 };
	RTM_ROUTE_INFO route = { .BelongsToViews = RTM_VIEW_MASK_UCAST };
	DWORD change = 0, ret;
	char text[32];
	int i;

	route.NextHopsList.NumNextHops = 1;
	ret = RtmAddNextHop(handle, &nexthop, &route.NextHopsList.NextHops[0], &change);
	for (i = 0; !ret && i < LEFT_ROUTES; i++) {
		RTM_NET_ADDRESS dest;

		snprintf(text, sizeof(text), "10.%d.0.0/16", i);
		dest = net(text);
		change = 0;
		ret = RtmAddRouteToDest(handle, NULL, &dest, &route, INFINITE, NULL, 0, NULL,
					&change);
	}
	return ret;
}

/* A client that registers, does its work and dies, or @deregister before it does. */
static int client_dies(bool deregister)
{
	RTM_ENTITY_HANDLE handle;
	pid_t child = fork();
	int status;

	if (!child) {
		if (client_register(&handle) || client_fill(handle))
			_exit(1);
		if (deregister && RtmDeregisterEntity(handle))
			_exit(2);
		kill(getpid(), SIGKILL);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -ECHILD;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : -EPROTO;
}

static bool all_there(int fd)
{
	return counts_are(fd, 1, 1, LEFT_ROUTES, LEFT_ROUTES);
}

static bool all_gone(int fd)
{
	return counts_are(fd, 0, 0, 0, 0);
}

static void expect_left(struct __test_metadata *_metadata, int look, __u32 flags)
{
	struct rtm_entity_rec rec;

	ASSERT_TRUE(dev_entity_rec(look, 1, &rec));
	EXPECT_EQ(0, rec.registered);
	EXPECT_EQ(flags, rec.flags);
	EXPECT_TRUE(all_there(look));
}

TEST_F(conf, no_file_withdraws)
{
	ASSERT_EQ(0, client_dies(false));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

TEST_F(conf, withdraw)
{
	ASSERT_TRUE(write_conf("[protocol rip]\ncrash = withdraw\n[default]\ncrash = keep\n"));
	ASSERT_EQ(0, client_dies(false));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

TEST_F(conf, keep)
{
	ASSERT_TRUE(write_conf("[protocol rip]\ncrash = keep\n"));
	ASSERT_EQ(0, client_dies(false));
	expect_left(_metadata, self->look, RTM_REQ_KEEP);
}

TEST_F(conf, hold)
{
	ASSERT_TRUE(write_conf("[protocol 8]\ncrash = hold\nhold-time = " LONG_S "\n"));
	ASSERT_EQ(0, client_dies(false));
	expect_left(_metadata, self->look, RTM_REQ_HOLD);
}

TEST_F(conf, hold_ends)
{
	__u64 begun = now_ns();

	ASSERT_TRUE(write_conf("[protocol rip id 1]\ncrash = hold\nhold-time = 1\n"));
	ASSERT_EQ(0, client_dies(false));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
	EXPECT_LE(NSEC_PER_SEC, now_ns() - begun);
}

/* The next one of the name has them, and the policy of the file as it is by then. */
TEST_F(conf, next_client_takes_over)
{
	RTM_ENTITY_HANDLE handle;
	struct rtm_entity_rec rec;

	ASSERT_TRUE(write_conf("[protocol rip]\ncrash = hold\nhold-time = " LONG_S "\n"));
	ASSERT_EQ(0, client_dies(false));
	expect_left(_metadata, self->look, RTM_REQ_HOLD);
	ASSERT_TRUE(write_conf("[protocol rip]\ncrash = keep\n"));
	ASSERT_EQ(NO_ERROR, client_register(&handle));
	ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
	EXPECT_EQ(1, rec.registered);
	EXPECT_EQ(RTM_REQ_KEEP, rec.flags);
	EXPECT_EQ(0, rec.hold_ms);
	EXPECT_TRUE(all_there(self->look));
	EXPECT_EQ(NO_ERROR, RtmDeregisterEntity(handle));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

/* The policy is about death: who leaves as he should takes all along. */
TEST_F(conf, deregister_withdraws)
{
	ASSERT_TRUE(write_conf("[protocol rip]\ncrash = keep\n"));
	ASSERT_EQ(0, client_dies(true));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

/* The default, and not the half of the file that is right. */
TEST_F(conf, error_withdraws)
{
	ASSERT_TRUE(write_conf("[protocol rip]\ncrash = keep\n[protocol ospf]\ncrash = stay\n"));
	ASSERT_EQ(0, client_dies(false));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

static int ask(struct __test_metadata *_metadata, const char *program)
{
	pid_t child;
	int status;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		setenv(ASK, "1", 1);
		execl(program, program, NULL);
		_exit(101);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void copy_self(struct __test_metadata *_metadata)
{
	static char buf[65536];
	FILE *from = fopen("/proc/self/exe", "re"), *to = fopen(SETUID_COPY, "we");
	size_t n;

	ASSERT_NE(NULL, from);
	ASSERT_NE(NULL, to);
	while ((n = fread(buf, 1, sizeof(buf), from)))
		ASSERT_EQ(n, fwrite(buf, 1, n, to));
	fclose(from);
	ASSERT_EQ(0, fclose(to));
	ASSERT_EQ(0, chown(SETUID_COPY, 1000, 1000));
	ASSERT_EQ(0, chmod(SETUID_COPY, 0755));
}

/* Whoever starts a setuid program does not say which file it reads. */
TEST_F(conf, environment_of_setuid)
{
	ASSERT_TRUE(write_conf("[protocol rip]\ncrash = keep\n"));
	copy_self(_metadata);
	EXPECT_EQ(1, ask(_metadata, SETUID_COPY));
	ASSERT_EQ(0, chmod(SETUID_COPY, 04755));
	EXPECT_EQ(0, ask(_metadata, SETUID_COPY));
}

TEST_HARNESS_MAIN
