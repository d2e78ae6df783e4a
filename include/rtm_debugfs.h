/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files for people who look into a running kernel; not an interface.
 */
#ifndef RTM_DEBUGFS_H
#define RTM_DEBUGFS_H

int rtm_debugfs_init(void);
void rtm_debugfs_exit(void);

#endif /* RTM_DEBUGFS_H */
