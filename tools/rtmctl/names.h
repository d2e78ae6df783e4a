/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words for the ABI's numbers, both ways.
 */
#ifndef RTMCTL_NAMES_H
#define RTMCTL_NAMES_H

#include "common.h"

/* Tables of words end with an entry without a name. */
struct name {
	uint32_t value;
	const char *name;
};

extern const struct name protocol_names[];
extern const struct name view_names[];
extern const struct name route_flag_names[];
extern const struct name nexthop_flag_names[];

#define PROTO_STATIC	10006
#define PROTO_NETMGMT	3

const char *name_of(const struct name *names, uint32_t value);
bool value_of(const struct name *names, const char *word, uint32_t *value);

const char *fib_state_name(uint32_t state);
const char *object_state_name(uint32_t state);
const char *lock_state_name(uint32_t state);

#endif /* RTMCTL_NAMES_H */
