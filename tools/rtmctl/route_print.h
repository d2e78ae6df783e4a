/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A route as the user sees it.
 */
#ifndef RTMCTL_ROUTE_PRINT_H
#define RTMCTL_ROUTE_PRINT_H

#include "common.h"

struct json_object;

void route_text(const struct rtm_route_rec *r);
struct json_object *route_json(const struct rtm_route_rec *r);

#endif /* RTMCTL_ROUTE_PRINT_H */
