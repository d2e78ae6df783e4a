// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands from 32-bit programs.
 *
 * How this file works: the ABI is the same in 32 and in 64 bit, pointers are 64-bit
 * numbers, so the kernel's 32-bit entry must do exactly the same.  It is entered from
 * here, a 64-bit program, by the gate of old, with arguments in the first 4 GB.  The
 * debug kernel has no such gate.
 */
#include <setjmp.h>
#include <signal.h>

#include "rtm_world.h"

#define COMPAT_NR_IOCTL		54

FIXTURE(compat) {
	struct env env;
	struct world world;
	unsigned char *low;
};

FIXTURE_SETUP(compat)
{
	env_setup(_metadata, &self->env);
	world_setup(_metadata, &self->world, self->env.fd);
	self->low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	ASSERT_NE(MAP_FAILED, self->low);
}

FIXTURE_TEARDOWN(compat)
{
	munmap(self->low, 4096);
	world_end(&self->world);
	env_clean(_metadata, &self->env);
}

/* ioctl() of a 32-bit program: 0 or a negative errno. */
static int compat_ioctl(int fd, unsigned long cmd, void *arg)
{
	int err;

	asm volatile("int $0x80"
		     : "=a" (err)
		     : "a" (COMPAT_NR_IOCTL), "b" (fd), "c" ((__u32)cmd), "d" ((__u32)ptr_u64(arg))
		     : "memory", "r8", "r9", "r10", "r11");
	return err;
}

static sigjmp_buf no_gate;

static void segv(int sig __attribute__((unused)))
{
	siglongjmp(no_gate, 1);
}

static bool have_gate(void)
{
	struct sigaction action = { .sa_handler = segv }, old;
	bool have = false;

	sigaction(SIGSEGV, &action, &old);
	if (!sigsetjmp(no_gate, 1)) {
		compat_ioctl(-1, 0, NULL);
		have = true;
	}
	sigaction(SIGSEGV, &old, NULL);
	return have;
}

TEST_F(compat, version)
{
	struct rtm_get_version want;

	if (!have_gate())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_EQ(0, dev_version(self->env.fd, &want));
	memset(self->low, 0xcc, 4096);
	*(__u32 *)self->low = sizeof(want);
	EXPECT_EQ(0, compat_ioctl(self->env.fd, RTM_IOC_GET_VERSION, self->low));
	EXPECT_EQ(0, memcmp(&want, self->low, sizeof(want)));
	EXPECT_EQ(0xcc, self->low[sizeof(want)]);
}

TEST_F(compat, all_commands)
{
	const struct command *c;

	if (!have_gate())
		SKIP(return, "this kernel runs no 32-bit programs");
	for_each_command(c) {
		world_end(&self->world);
		world_setup(_metadata, &self->world, self->env.fd);
		memset(self->low, 0xcc, 4096);
		world_arg(&self->world, c->cmd, self->low);
		EXPECT_EQ(0, compat_ioctl(self->env.fd, c->cmd, self->low))
			TH_LOG("%s", c->name);
		EXPECT_EQ(0xcc, self->low[c->size]);
	}
}

TEST_F(compat, errors)
{
	const struct command *c;

	if (!have_gate())
		SKIP(return, "this kernel runs no 32-bit programs");
	EXPECT_EQ(-ENOTTY, compat_ioctl(self->env.fd, _IO(RTM_IOC_MAGIC, 0xff), self->low));
	for_each_command(c) {
		EXPECT_EQ(-EFAULT, compat_ioctl(self->env.fd, c->cmd, NULL));
		world_arg(&self->world, c->cmd, self->low);
		*(__u32 *)self->low = c->size - 1;
		EXPECT_EQ(-EINVAL, compat_ioctl(self->env.fd, c->cmd, self->low));
	}
}

TEST_HARNESS_MAIN
