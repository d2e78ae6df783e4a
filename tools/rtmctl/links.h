/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which link an address is on.
 */
#ifndef RTMCTL_LINKS_H
#define RTMCTL_LINKS_H

#include "common.h"

uint32_t link_of(const struct rtm_net_prefix *addr);
bool is_link_local(const struct rtm_net_prefix *addr);
void links_forget(void);

#endif /* RTMCTL_LINKS_H */
