// SPDX-License-Identifier: GPL-2.0-only
/*
 * The benchmark module: what it is told to do, and how it says what came out.
 *
 * How this file works: a step is run by writing its name to the parameter "run", and
 * the write returns when the step is done, or fails with it.  Steps of one family build
 * upon each other; the guest looks at the kernel's memory statistics between them.
 *
 *	read	the table from the file
 *	rtm	the table into rtm
 *	fib	the table into the kernel's FIB
 *	lookup	both are asked, in turns
 *	rates	rtm's table is changed and read
 *	worst	single changes of it that cost the most
 *	end	the registration ends
 *
 * A figure is a line of the kernel log: "rtm_bench: FAMILY WHAT VALUE".
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "bench.h"

struct bench_symbols bench_sym;

static ulong kallsyms;
module_param(kallsyms, ulong, 0400);
MODULE_PARM_DESC(kallsyms, "Address of kallsyms_lookup_name(), from /proc/kallsyms");

static char *table4 = "/tables/ipv4";
module_param(table4, charp, 0400);
MODULE_PARM_DESC(table4, "File with the IPv4 table (default /tables/ipv4)");

static char *table6 = "/tables/ipv6";
module_param(table6, charp, 0400);
MODULE_PARM_DESC(table6, "File with the IPv6 table (default /tables/ipv6)");

static char *device = "dummy0";
module_param(device, charp, 0400);
MODULE_PARM_DESC(device, "Interface of all next hops (default dummy0)");

unsigned int bench_rounds = 9;
module_param_named(rounds, bench_rounds, uint, 0400);
MODULE_PARM_DESC(rounds, "Rounds of lookups (default 9)");

unsigned int bench_keys = 1 << 20;
module_param_named(keys, bench_keys, uint, 0400);
MODULE_PARM_DESC(keys, "Keys of a round (default 1048576)");

unsigned int bench_limit;
module_param_named(limit, bench_limit, uint, 0400);
MODULE_PARM_DESC(limit, "Routes taken from a table, 0 for all (default 0)");

static struct bench *bench;

/**
 * bench_result() - tell a figure
 * @b: the bench
 * @milli: the figure in thousandths
 * @fmt: what it is
 */
void bench_result(const struct bench *b, u64 milli, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	u32 rest;
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	milli = div_u64_rem(milli, 1000, &rest);
	pr_info("%s %pV %llu.%03u\n", b->family == AF_INET ? "ipv4" : "ipv6", &vaf, milli, rest);
	va_end(args);
}

static int bench_begin(u16 family, const char *path)
{
	struct net_device *dev;
	int err;

	if (bench)
		return -EBUSY;
	bench = vzalloc(sizeof(*bench));
	if (!bench)
		return -ENOMEM;
	bench->family = family;
	bench->bits = family == AF_INET ? 32 : 128;
	dev = dev_get_by_name(&init_net, device);
	if (dev) {
		bench->ifindex = dev->ifindex;
		dev_put(dev);
		err = bench_table_read(bench, path);
	} else {
		err = -ENODEV;
	}
	if (err) {
		bench_table_free(bench);
		vfree(bench);
		bench = NULL;
		return err;
	}
	bench_result(bench, bench->n_routes * 1000ULL, "table routes read number");
	return bench_rib_open(bench);
}

static int bench_end(struct bench *b)
{
	bench_rib_close(b);
	bench_table_free(b);
	vfree(b);
	bench = NULL;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct bench *b);
} steps[] = {
	{ "rtm", bench_rib_load },
	{ "fib", bench_fib_load },
	{ "lookup", bench_lookup },
	{ "rates", bench_rib_rates },
	{ "worst", bench_rib_worst },
	{ "end", bench_end },
};

static int run_step(const char *name)
{
	unsigned int i;

	if (sysfs_streq(name, "read4"))
		return bench_begin(AF_INET, table4);
	if (sysfs_streq(name, "read6"))
		return bench_begin(AF_INET6, table6);
	for (i = 0; i < ARRAY_SIZE(steps); i++)
		if (sysfs_streq(name, steps[i].name))
			return bench ? steps[i].run(bench) : -EINVAL;
	return -EINVAL;
}

static int set_run(const char *val, const struct kernel_param *kp)
{
	int err;

	err = run_step(val);
	if (err)
		pr_err("%s: error %d\n", val, err);
	return err;
}

static const struct kernel_param_ops run_ops = { .set = set_run };
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "Step to run: read4, read6, rtm, fib, lookup, rates, worst, end");

static int find_symbols(void)
{
	unsigned long (*lookup)(const char *name) = (void *)kallsyms;

#define FIND(name)						\
	bench_sym.name##_fn = (void *)lookup(#name);		\
	if (!bench_sym.name##_fn) {				\
		pr_err("no function " #name "\n");		\
		return -ENOENT;					\
	}
	BENCH_SYMBOLS(FIND)
	return 0;
}

static int __init bench_init(void)
{
	if (!kallsyms)
		return -EINVAL;
	return find_symbols();
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	if (bench)
		bench_end(bench);
}
module_exit(bench_exit);

MODULE_DESCRIPTION("Benchmarks of the routing table manager");
MODULE_LICENSE("GPL");
