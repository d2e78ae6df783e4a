/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Quotas: how much of each resource an entity or a namespace has, and may have.
 */
#ifndef RTM_QUOTA_H
#define RTM_QUOTA_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <uapi/linux/rtm.h>

#include "rtm_types.h"

/**
 * enum rtm_quota_setter - whose limit it is
 * @RTM_QUOTA_ADMIN: the administrator's, of the namespace or by name
 * @RTM_QUOTA_OWN: the registration's own
 * @RTM_N_QUOTA_SETTERS: number of them
 */
enum rtm_quota_setter {
	RTM_QUOTA_ADMIN,
	RTM_QUOTA_OWN,
	RTM_N_QUOTA_SETTERS,
};

/**
 * struct rtm_quota - what one entity or one namespace uses
 * @max: limits of the module, one for each resource; NULL for none at all
 * @limits: limits that were set since, by setter; 0 where none was
 * @used: what is used; for RTM_RES_BYTES only what no other resource stands for
 * @refused: how often the limit was in the way
 *
 * All zero is a quota without limits.  There is no lock: see rtm_quota_take().
 */
struct rtm_quota {
	const u64 *max;
	u64 limits[RTM_N_QUOTA_SETTERS][RTM_N_RESOURCES];
	atomic64_t used[RTM_N_RESOURCES];
	atomic64_t refused[RTM_N_RESOURCES];
};

void rtm_quota_init(struct rtm_quota *q, const u64 *max);
int rtm_quota_take(struct rtm_quota *q, enum rtm_resource r, u64 n);
bool rtm_quota_over(const struct rtm_quota *q, enum rtm_resource r);
bool rtm_quota_empty(const struct rtm_quota *q);
u64 rtm_quota_used(const struct rtm_quota *q, enum rtm_resource r);
u64 rtm_quota_limit(const struct rtm_quota *q, enum rtm_resource r);
int rtm_quota_set(struct rtm_quota *q, enum rtm_quota_setter setter, u32 which,
		  const u64 *limits);
void rtm_quota_forget(struct rtm_quota *q, enum rtm_quota_setter setter);

int rtm_charge(struct rtm_entity *entity, enum rtm_resource r, u64 n);
void rtm_uncharge(struct rtm_entity *entity, enum rtm_resource r, u64 n);

/**
 * rtm_quota_add() - count what cannot be refused
 * @q: the quota
 * @r: resource
 * @n: how much of it
 */
static inline void rtm_quota_add(struct rtm_quota *q, enum rtm_resource r, u64 n)
{
	atomic64_add(n, &q->used[r]);
}

/**
 * rtm_quota_give() - give back what was taken or added
 * @q: the quota
 * @r: resource
 * @n: how much of it
 */
static inline void rtm_quota_give(struct rtm_quota *q, enum rtm_resource r, u64 n)
{
	atomic64_sub(n, &q->used[r]);
}

#endif /* RTM_QUOTA_H */
