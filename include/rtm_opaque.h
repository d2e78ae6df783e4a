/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opaque cells: one value per destination and entity that reserved a slot.
 */
#ifndef RTM_OPAQUE_H
#define RTM_OPAQUE_H

#include <linux/types.h>

#include "rtm_types.h"

int rtm_opaque_get(struct rtm_entity *entity, struct rtm_dest *dest, u64 *value);
int rtm_opaque_set(struct rtm_entity *entity, struct rtm_dest *dest, u64 value);
void rtm_opaque_purge(struct rtm_entity *entity);

#endif /* RTM_OPAQUE_H */
