/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands.
 */
#ifndef RTMCTL_CMD_H
#define RTMCTL_CMD_H

#include "parse.h"

/**
 * struct verb - a command of an object
 * @name: its word
 * @run: does it.  Status.
 * @usage: what may follow, shown by "help"
 *
 * The first verb of an object is the one meant when none is given.
 */
struct verb {
	const char *name;
	int (*run)(struct args *args);
	const char *usage;
};

/* Each ends with an entry without a name. */
extern const struct verb entity_verbs[];
extern const struct verb nexthop_verbs[];
extern const struct verb route_verbs[];
extern const struct verb dest_verbs[];
extern const struct verb lock_verbs[];
extern const struct verb monitor_verbs[];
extern const struct verb notify_verbs[];
extern const struct verb limits_verbs[];
extern const struct verb stats_verbs[];
extern const struct verb fib_verbs[];
extern const struct verb method_verbs[];
extern const struct verb conf_verbs[];
extern const struct verb version_verbs[];

/* Those that have a file of their own. */
int cmd_route_add(struct args *args);
int cmd_route_replace(struct args *args);
int cmd_route_del(struct args *args);
int cmd_route_flush(struct args *args);
int cmd_route_load(struct args *args);
int cmd_lock_dest(struct args *args);
int cmd_dest_hold(struct args *args);
int cmd_entity_set(struct args *args);

#endif /* RTMCTL_CMD_H */
