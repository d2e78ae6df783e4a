/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forward declarations and limits that every part of the module shares.
 */
#ifndef RTM_TYPES_H
#define RTM_TYPES_H

#include <linux/gfp.h>
#include <linux/types.h>

struct rtm_client;
struct rtm_crash_policy;
struct rtm_dest;
struct rtm_entity;
struct rtm_fib;
struct rtm_holddown;
struct rtm_key;
struct rtm_match;
struct rtm_net;
struct rtm_nexthop;
struct rtm_nhset;
struct rtm_object;
struct rtm_prefix;
struct rtm_route;
struct rtm_route_extra;
struct rtm_route_list;
struct rtm_table;
struct rtm_trie;
struct rtm_trie_leaf;

/*
 * Memory that a client causes is charged to its memory control group.  Where that has
 * no more, the call fails; nobody is killed for it.
 */
#define RTM_GFP_CLIENT	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL)

/* Caps behind the module parameters; see rtm_limits.c for the parameters. */
#define RTM_MAX_INSTANCES	256	/* tables of one namespace, per family */
#define RTM_MAX_ENTITIES	256	/* registered entities of one table */

#endif /* RTM_TYPES_H */
