// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes, on purpose, one mistake of each kind that the test machines must notice.
 *
 * How this file works: the module parameter "kinds" lists what to do while loading.
 * A checker that was left out of the kernel, or a pattern that splat.awk has lost,
 * then shows as a complaint that did not come.  Nothing here is part of rtm.ko.
 */
#include <linux/debugobjects.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

static char *kinds = "";
module_param(kinds, charp, 0444);
MODULE_PARM_DESC(kinds, "comma-separated list of mistakes to make");

static DEFINE_SPINLOCK(splat_spin);
static DEFINE_MUTEX(splat_first);
static DEFINE_MUTEX(splat_second);
static int __rcu *splat_pointer;

static void splat_warning(void)
{
	WARN(1, "on purpose\n");
}

static void splat_refcount(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

static void splat_kasan(void)
{
	char *object = kmalloc(24, GFP_KERNEL);
	char *stale = object;

	if (!object)
		return;
	OPTIMIZER_HIDE_VAR(stale);
	kfree(object);
	pr_info("splat: read %d from freed memory\n", stale[3]);
}

static void splat_kmemleak(void)
{
	int i;

	/* several, for the registers and the stack still show the last ones */
	for (i = 0; i < 16; i++)
		pr_info("splat: lost %p\n", kmalloc(96, GFP_KERNEL));
}

static void splat_ubsan(void)
{
	int bits = 40;

	OPTIMIZER_HIDE_VAR(bits);
	pr_info("splat: shifted to %d\n", 1 << bits);
}

static void splat_atomic_sleep(void)
{
	spin_lock(&splat_spin);
	might_sleep();
	spin_unlock(&splat_spin);
}

static void splat_rcu(void)
{
	pr_info("splat: %p without a lock\n", rcu_dereference(splat_pointer));
}

static void splat_rtnl(void)
{
	ASSERT_RTNL();
}

static void splat_debugobjects(void)
{
	struct delayed_work *work = kzalloc(sizeof(*work), GFP_KERNEL);

	if (!work)
		return;
	INIT_DELAYED_WORK(work, NULL);
	mod_timer(&work->timer, jiffies + 1000 * HZ);
	kfree(work);
}

static void splat_lockdep(void)
{
	mutex_lock(&splat_first);
	mutex_lock(&splat_second);
	mutex_unlock(&splat_second);
	mutex_unlock(&splat_first);

	mutex_lock(&splat_second);
	mutex_lock(&splat_first);
	mutex_unlock(&splat_first);
	mutex_unlock(&splat_second);
}

static unsigned long splat_counter;

static void splat_count(void)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end)) {
		splat_counter++;
		barrier();
		cond_resched();
	}
}

static void splat_count_work(struct work_struct *work)
{
	splat_count();
}

/* For a kernel with KCSAN and two CPUs. */
static void splat_kcsan(void)
{
	static DECLARE_WORK(work, splat_count_work);

	queue_work(system_unbound_wq, &work);
	splat_count();
	flush_work(&work);
}

static const struct {
	const char *kind;
	void (*make)(void);
} splats[] = {
	{ "warning", splat_warning },
	{ "refcount", splat_refcount },
	{ "kasan", splat_kasan },
	{ "kmemleak", splat_kmemleak },
	{ "ubsan", splat_ubsan },
	{ "atomic-sleep", splat_atomic_sleep },
	{ "rcu", splat_rcu },
	{ "rtnl", splat_rtnl },
	{ "debugobjects", splat_debugobjects },
	{ "lockdep", splat_lockdep },
	{ "kcsan", splat_kcsan },
};

static void splat_make(const char *kind)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(splats); i++)
		if (!strcmp(splats[i].kind, kind))
			splats[i].make();
}

static int __init splat_init(void)
{
	char *list = kstrdup(kinds, GFP_KERNEL);
	char *rest = list;
	char *kind;

	if (!list)
		return -ENOMEM;
	while ((kind = strsep(&rest, ",")))
		splat_make(kind);
	kfree(list);
	return 0;
}

static void __exit splat_exit(void)
{
}

module_init(splat_init);
module_exit(splat_exit);

MODULE_DESCRIPTION("Deliberate mistakes for the test machines of rtm");
MODULE_LICENSE("GPL");
