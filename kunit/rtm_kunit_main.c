// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module that the suites are linked into.
 */
#include <linux/module.h>

MODULE_DESCRIPTION("KUnit suites of the routing table manager");
MODULE_AUTHOR("The rtm developers");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
