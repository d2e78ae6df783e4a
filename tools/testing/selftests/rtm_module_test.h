/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Modules that use the routing table manager, for the programs that test it.
 *
 * How this file works: the modules lie in /rtm-modules.  rtm_client_test.ko is told by a
 * parameter which case to run, and has another that says what was not as expected.
 */
#ifndef RTM_MODULE_TEST_H
#define RTM_MODULE_TEST_H

#include <linux/module.h>
#include <sys/syscall.h>

#include "rtm_test.h"

#define MODULES		"/rtm-modules/"
#define TESTER		"rtm_client_test"

static inline int module_load(const char *name, const char *options)
{
	char path[128];
	int fd, err;

	snprintf(path, sizeof(path), MODULES "%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, options, 0) ? -errno : 0;
	close(fd);
	return err;
}

static inline int module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

/* Write or read a parameter of a module: bytes, or a negative errno. */
static inline int module_param(const char *module, const char *name, int flags, char *text,
			       size_t size)
{
	char path[128];
	int fd, n;

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", module, name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = flags == O_WRONLY ? write(fd, text, size) : read(fd, text, size);
	if (n < 0)
		n = -errno;
	close(fd);
	return n;
}

static inline int run_case(char *name)
{
	char text[512];
	int n = module_param(TESTER, "run", O_WRONLY, name, strlen(name));

	if (n >= 0)
		return 0;
	if (n == -EPROTO) {
		int length = module_param(TESTER, "failure", O_RDONLY, text, sizeof(text) - 1);

		fprintf(stderr, "# %s: %.*s\n", name, length > 0 ? length : 0, text);
	}
	return n;
}

#endif /* RTM_MODULE_TEST_H */
