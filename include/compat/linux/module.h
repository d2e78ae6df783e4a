/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Since 6.13 the namespace of an import is a string; before it was a bare word.
 */
#ifndef _RTM_COMPAT_LINUX_MODULE_H
#define _RTM_COMPAT_LINUX_MODULE_H

#include <linux/version.h>
#include_next <linux/module.h>

#if LINUX_VERSION_IS_LESS(6, 13, 0)
#undef MODULE_IMPORT_NS
#define MODULE_IMPORT_NS(ns)	MODULE_INFO(import_ns, ns)
#endif

#endif /* _RTM_COMPAT_LINUX_MODULE_H */
