// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading, parameters, and the state of each network namespace.
 *
 * Loading makes what is shared first (caches, work queues), then the state of
 * every namespace, and the device node last.  Unloading goes backwards; it cannot
 * begin while a file is open, or another module uses this one, so only kept and held
 * entities can still have routes.  They are removed, and the FIB writer has taken them
 * out of the kernel's tables before a namespace's state goes.
 *
 * A namespace that is itself going away loses its FIB with everything in it, so
 * nothing is withdrawn there.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "rtm_chardev.h"
#include "rtm_debugfs.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_fib.h"
#include "rtm_kernel.h"
#include "rtm_limits.h"
#include "rtm_lock.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_notify.h"
#include "rtm_route.h"
#include "rtm_timer.h"
#include "rtm_trie.h"
#include "rtm_version.h"

static unsigned int rtm_net_id __read_mostly;

struct rtm_net *rtm_net_get(const struct net *net)
{
	return net_generic(net, rtm_net_id);
}

static int rtm_net_init(struct net *net)
{
	struct rtm_net *rnet = rtm_net_get(net);

	rnet->net = net;
	mutex_init(&rnet->lock);
	spin_lock_init(&rnet->call_lock);
	xa_init_flags(&rnet->tables, XA_FLAGS_ACCOUNT);
	rtm_quota_init(&rnet->quota, rtm_net_max);
	/* There its root may be anybody, and pays for destinations and trie, too. */
	rnet->account = net->user_ns == &init_user_ns ? 0 : __GFP_ACCOUNT | __GFP_RETRY_MAYFAIL;
	return rtm_fib_net_init(rnet);
}

static void stop_tables(struct rtm_net *rnet)
{
	mutex_lock(&rnet->lock);
	rnet->dying = true;
	mutex_unlock(&rnet->lock);
}

/*
 * Everything that uses the namespace's state has ended when this returns.  The
 * count of a namespace that goes away is zero; where it is not, the module is
 * being unloaded and the FIB has to be left clean.
 */
static void rtm_net_pre_exit(struct net *net)
{
	struct rtm_net *rnet = rtm_net_get(net);
	bool unload = check_net(net);

	stop_tables(rnet);
	if (!unload)
		rtm_fib_net_stop(rnet);
	rtm_entity_flush();
	rtm_entity_purge_all(rnet);
	rtm_lock_flush();
	rtm_timer_wq_flush();
	if (unload) {
		rtm_fib_sync(rnet, 0);
		rtm_fib_net_stop(rnet);
	}
}

static void rtm_net_exit(struct net *net)
{
	struct rtm_net *rnet = rtm_net_get(net);

	rtm_fib_net_exit(rnet);
	WARN_ON_ONCE(!xa_empty(&rnet->tables));
	WARN_ON_ONCE(!rtm_quota_empty(&rnet->quota));
	xa_destroy(&rnet->tables);
	mutex_destroy(&rnet->lock);
}

static struct pernet_operations rtm_net_ops = {
	.init = rtm_net_init,
	.pre_exit = rtm_net_pre_exit,
	.exit = rtm_net_exit,
	.id = &rtm_net_id,
	.size = sizeof(struct rtm_net),
};

/**
 * struct init_step - something to do at load and to undo at unload
 * @init: makes it; NULL where nothing can fail
 * @exit: undoes it
 */
struct init_step {
	int (*init)(void);
	void (*exit)(void);
};

static int net_init(void)
{
	return register_pernet_subsys(&rtm_net_ops);
}

/* Callbacks that free objects of the caches may still be pending afterwards. */
static void net_exit(void)
{
	unregister_pernet_subsys(&rtm_net_ops);
	rcu_barrier();
}

static const struct init_step steps[] = {
	{ rtm_trie_caches_init, rtm_trie_caches_exit },
	{ rtm_dest_caches_init, rtm_dest_caches_exit },
	{ rtm_nexthop_caches_init, rtm_nexthop_caches_exit },
	{ rtm_nhset_init, rtm_nhset_exit },
	{ rtm_route_caches_init, rtm_route_caches_exit },
	{ rtm_lock_init, rtm_lock_exit },
	{ rtm_timer_wq_init, rtm_timer_wq_exit },
	{ rtm_entity_init, rtm_entity_exit },
	{ rtm_notify_init, rtm_notify_exit },
	{ rtm_kernel_init, rtm_kernel_exit },
	{ net_init, net_exit },
	{ rtm_debugfs_init, rtm_debugfs_exit },
	{ rtm_chardev_init, rtm_chardev_exit },
};

static void undo_steps(size_t n)
{
	while (n--)
		steps[n].exit();
}

static int __init rtm_init(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		err = steps[i].init();
		if (err) {
			undo_steps(i);
			return err;
		}
	}
	return 0;
}

static void __exit rtm_exit(void)
{
	undo_steps(ARRAY_SIZE(steps));
}

module_init(rtm_init);
module_exit(rtm_exit);

MODULE_DESCRIPTION("Routing table manager with the semantics of RTMv2");
MODULE_AUTHOR("The rtm developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(RTM_VERSION);
