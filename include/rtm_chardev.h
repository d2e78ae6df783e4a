/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device node.
 */
#ifndef RTM_CHARDEV_H
#define RTM_CHARDEV_H

int rtm_chardev_init(void);
void rtm_chardev_exit(void);

#endif /* RTM_CHARDEV_H */
