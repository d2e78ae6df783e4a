/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walks over what the kernel has, record by record.
 */
#ifndef RTMCTL_DUMP_H
#define RTMCTL_DUMP_H

#include "common.h"

/**
 * struct dump_scope - which part of the tables to walk
 * @flags: RTM_DUMP_*, 0 for everything
 * @prefix: goes with @flags; family AF_UNSPEC means "default", of each family
 * @instance: the RTM instance
 */
struct dump_scope {
	uint32_t flags;
	struct rtm_net_prefix prefix;
	uint16_t instance;
};

/* Called for each record; not 0 ends the walk. */
typedef int (*dump_fn)(const void *rec, void *ctx);

int dump_each(unsigned int cmd, int family, const struct dump_scope *scope, dump_fn fn, void *ctx);
int dump_families(unsigned int cmd, const struct dump_scope *scope, dump_fn fn, void *ctx);
int dump_all(unsigned int cmd, dump_fn fn, void *ctx);
int show_records(unsigned int cmd, const struct dump_scope *scope, dump_fn fn, void *ctx);
int dump_quietly(unsigned int cmd, dump_fn fn, void *ctx);

#endif /* RTMCTL_DUMP_H */
