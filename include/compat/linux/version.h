/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One readable word for "older than" in the other headers of this tree.
 *
 * How include/compat works: it mirrors the kernel's own include directory and
 * stands before it in the search path.  A header that differs between the
 * kernels we support has a twin of the same path here, which first includes the
 * real one by #include_next and then adds what that one is too old to have.
 * The module's sources are written for the newest kernel and contain no version
 * test at all.
 */
#ifndef _RTM_COMPAT_LINUX_VERSION_H
#define _RTM_COMPAT_LINUX_VERSION_H

#include_next <linux/version.h>

#define LINUX_VERSION_IS_LESS(major, minor, patch) \
	(LINUX_VERSION_CODE < KERNEL_VERSION(major, minor, patch))

#endif /* _RTM_COMPAT_LINUX_VERSION_H */
