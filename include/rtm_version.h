/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The release of this project, for the module and its tools.
 */
#ifndef RTM_VERSION_H
#define RTM_VERSION_H

#define RTM_VERSION "0.1.0"

#endif /* RTM_VERSION_H */
