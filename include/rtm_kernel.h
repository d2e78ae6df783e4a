/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients of other modules; what those see of it is <rtm.h>.
 */
#ifndef RTM_KERNEL_H
#define RTM_KERNEL_H

int rtm_kernel_init(void);
void rtm_kernel_exit(void);

#endif /* RTM_KERNEL_H */
