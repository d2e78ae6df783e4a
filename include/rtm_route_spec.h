/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptions of routes that come from user space.
 */
#ifndef RTM_ROUTE_SPEC_H
#define RTM_ROUTE_SPEC_H

#include <uapi/linux/rtm.h>

#include "rtm_route.h"
#include "rtm_types.h"

int rtm_route_spec_from_user(struct rtm_client *client, struct rtm_entity *self,
			     const struct rtm_net_prefix *dest,
			     const struct rtm_route_attrs *attrs, struct rtm_route_spec *spec);
void rtm_route_spec_put(struct rtm_route_spec *spec);

#endif /* RTM_ROUTE_SPEC_H */
