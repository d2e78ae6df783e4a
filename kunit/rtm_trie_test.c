// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite rtm_trie: the LC-trie against a model, in shapes that are hard on it, and
 * with readers beside a writer.
 *
 * How this file works: rtm_trie_rig.c has the model and the operations, which say in
 * words what went wrong.  Random numbers start from a seed that is printed; the module
 * parameter trie_seed makes them the same again.  The numbers of operations are chosen
 * for a kernel with KASAN under an emulator; tools/testing/trie runs millions, and stops
 * at every single store.
 */
#include "rtm_trie_rig.h"

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#define CHURN_OPS	1500
#define CHURN_ROOM	150
#define CHURN_VERIFY	100
#define COVERED		10000
#define HOSTS		1000
#define STRESS_READERS	2
#define STRESS_SECONDS	3

static u64 trie_seed;
module_param(trie_seed, ullong, 0444);
MODULE_PARM_DESC(trie_seed, "Seed of the random operations of suite rtm_trie, 0: any");

static struct rtm_rig *make_rig(struct kunit *test, unsigned int bits, u32 room)
{
	u64 seed = trie_seed ?: get_random_u64();
	struct rtm_rig *rig;

	rig = kunit_kzalloc(test, sizeof(*rig), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rig);
	KUNIT_ASSERT_EQ(test, rtm_rig_init(rig, bits, room, seed), 0);
	kunit_info(test, "trie_seed=%llu\n", seed);
	return rig;
}

/* Every test ends here, so that what it has done is undone in random order. */
static void finish(struct kunit *test, struct rtm_rig *rig, const char *wrong)
{
	KUNIT_EXPECT_STREQ(test, wrong ?: "", "");
	KUNIT_EXPECT_STREQ(test, rtm_rig_exit(rig) ?: "", "");
}

/**
 * struct variant - what a random test is about
 * @name: for the report
 * @kind: style or shape
 * @bits: width of an address
 */
struct variant {
	const char *name;
	unsigned int kind;
	unsigned int bits;
};

static const struct variant styles[] = {
	{ "uniform 32", RTM_RIG_UNIFORM, 32 },
	{ "uniform 128", RTM_RIG_UNIFORM, 128 },
	{ "dense 32", RTM_RIG_DENSE, 32 },
	{ "dense 128", RTM_RIG_DENSE, 128 },
	{ "nested 32", RTM_RIG_NESTED, 32 },
	{ "nested 128", RTM_RIG_NESTED, 128 },
	{ "hosts 32", RTM_RIG_HOSTS, 32 },
	{ "hosts 128", RTM_RIG_HOSTS, 128 },
	{ "one-sided 32", RTM_RIG_ONESIDED, 32 },
	{ "one-sided 128", RTM_RIG_ONESIDED, 128 },
	{ "mixed 32", RTM_RIG_MIXED, 32 },
	{ "mixed 128", RTM_RIG_MIXED, 128 },
};

static const struct variant shapes[] = {
	{ "chain 32", RTM_RIG_CHAIN, 32 },
	{ "chain 128", RTM_RIG_CHAIN, 128 },
	{ "comb 32", RTM_RIG_COMB, 32 },
	{ "comb 128", RTM_RIG_COMB, 128 },
	{ "network 32", RTM_RIG_NETWORK, 32 },
	{ "network 128", RTM_RIG_NETWORK, 128 },
	{ "cover 32", RTM_RIG_COVER, 32 },
	{ "cover 128", RTM_RIG_COVER, 128 },
	{ "dense nets 32", RTM_RIG_DENSE_NETS, 32 },
	{ "dense nets 128", RTM_RIG_DENSE_NETS, 128 },
	{ "seam 32", RTM_RIG_SEAM, 32 },
	{ "seam 128", RTM_RIG_SEAM, 128 },
	{ "hollow 32", RTM_RIG_HOLLOW, 32 },
	{ "hollow 128", RTM_RIG_HOLLOW, 128 },
};

static void variant_desc(const struct variant *v, char *desc)
{
	strscpy(desc, v->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(style, styles, variant_desc);
KUNIT_ARRAY_PARAM(shape, shapes, variant_desc);

static void churn(struct kunit *test)
{
	const struct variant *v = test->param_value;
	struct rtm_rig *rig = make_rig(test, v->bits, CHURN_ROOM);

	finish(test, rig, rtm_rig_churn(rig, v->kind, CHURN_OPS, CHURN_VERIFY));
}

static void shape(struct kunit *test)
{
	const struct variant *v = test->param_value;
	u32 n = v->kind == RTM_RIG_COVER && v->bits == 32 ? COVERED : HOSTS;
	struct rtm_rig *rig = make_rig(test, v->bits, n + 129);
	const char *wrong;

	wrong = rtm_rig_fill(rig, v->kind, n);
	finish(test, rig, wrong ?: rtm_rig_verify(rig));
}

/* Shorthand for what follows: 10.0.0.0/8 is v4(10, 0, 0, 0, 8). */
static struct rtm_prefix v4(u8 a, u8 b, u8 c, u8 d, u8 len)
{
	struct rtm_prefix p = { .len = len };

	p.key.hi = (u64)a << 56 | (u64)b << 48 | (u64)c << 40 | (u64)d << 32;
	return p;
}

static void insert(struct kunit *test, struct rtm_trie *t, struct rtm_trie_leaf *leaf,
		   struct rtm_prefix p, int want)
{
	leaf->key = p.key;
	leaf->len = p.len;
	mutex_lock(t->lock);
	KUNIT_EXPECT_EQ(test, rtm_trie_insert(t, leaf), want);
	mutex_unlock(t->lock);
}

static void expect_match(struct kunit *test, struct rtm_trie *t, struct rtm_prefix p,
			 struct rtm_trie_leaf *want)
{
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, rtm_trie_match(t, &p), want);
	rcu_read_unlock();
}

/* The picture in rtm_trie.c, and what it says of four addresses; no model here. */
static void picture(struct kunit *test)
{
	struct rtm_trie_leaf eight, sixteen, x128, x144, x192, dflt, twice;
	struct rtm_trie_leaf *order[] = { &dflt, &eight, &sixteen, &x128, &x144, &x192 };
	struct rtm_trie_leaf *at = NULL;
	struct rtm_prefix p;
	struct rtm_trie t;
	struct mutex lock;	/* for @t */
	unsigned int i;

	mutex_init(&lock);
	rtm_trie_init(&t, 32, &lock);
	expect_match(test, &t, v4(10, 0, 0, 0, 32), NULL);
	insert(test, &t, &sixteen, v4(10, 0, 0, 0, 16), 0);
	insert(test, &t, &x192, v4(10, 192, 0, 0, 10), 0);
	insert(test, &t, &eight, v4(10, 0, 0, 0, 8), 0);
	insert(test, &t, &x144, v4(10, 144, 0, 0, 12), 0);
	insert(test, &t, &x128, v4(10, 128, 0, 0, 16), 0);
	insert(test, &t, &twice, v4(10, 128, 0, 0, 16), -EEXIST);
	expect_match(test, &t, v4(10, 150, 1, 1, 32), &x144);
	expect_match(test, &t, v4(77, 150, 1, 1, 32), NULL);
	expect_match(test, &t, v4(10, 129, 0, 1, 32), &eight);
	expect_match(test, &t, v4(10, 65, 0, 1, 32), &eight);
	expect_match(test, &t, v4(10, 0, 0, 0, 15), &eight);
	expect_match(test, &t, v4(10, 0, 0, 0, 7), NULL);
	insert(test, &t, &dflt, v4(0, 0, 0, 0, 0), 0);
	insert(test, &t, &twice, v4(0, 0, 0, 0, 0), -EEXIST);
	expect_match(test, &t, v4(77, 150, 1, 1, 32), &dflt);
	expect_match(test, &t, v4(0, 0, 0, 0, 0), &dflt);

	mutex_lock(&lock);
	KUNIT_EXPECT_PTR_EQ(test, rtm_trie_cover(&t, &sixteen), &eight);
	KUNIT_EXPECT_PTR_EQ(test, rtm_trie_cover(&t, &eight), &dflt);
	KUNIT_EXPECT_NULL(test, rtm_trie_cover(&t, &dflt));
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		at = rtm_trie_next(&t, at ? &p : NULL, false);
		KUNIT_ASSERT_PTR_EQ(test, at, order[i]);
		p = (struct rtm_prefix){ .key = at->key, .len = at->len };
	}
	KUNIT_EXPECT_NULL(test, rtm_trie_next(&t, &p, false));
	for (i = 0; i < ARRAY_SIZE(order); i++)
		rtm_trie_remove(&t, order[i]);
	mutex_unlock(&lock);
	expect_match(test, &t, v4(10, 150, 1, 1, 32), NULL);
	rtm_trie_destroy(&t);
	synchronize_rcu();		/* the leaves are on this stack */
}

/**
 * struct reader - a thread that asks while another one changes
 * @task: the thread
 * @rig: what it reads
 * @dice: its random numbers
 * @rounds: what it has done
 * @wrong: what it has found
 */
struct reader {
	struct task_struct *task;
	struct rtm_rig *rig;
	struct rtm_rig dice;
	unsigned long rounds;
	const char *wrong;
};

static int read_on(void *data)
{
	struct reader *r = data;

	while (!kthread_should_stop()) {
		if (!r->wrong)
			r->wrong = rtm_rig_read(r->rig, &r->dice);
		if (!r->wrong && r->rounds++ % 16 == 0)
			r->wrong = rtm_rig_read_all(r->rig);
		if (r->wrong)
			schedule_timeout_interruptible(1);
		cond_resched();
	}
	return 0;
}

static const struct variant widths[] = {
	{ "32", 0, 32 },
	{ "128", 0, 128 },
};

KUNIT_ARRAY_PARAM(width, widths, variant_desc);

static void stress(struct kunit *test)
{
	const struct variant *v = test->param_value;
	struct rtm_rig *rig = make_rig(test, v->bits, 4 * CHURN_ROOM);
	struct reader readers[STRESS_READERS] = {};
	unsigned long end, turns = 0;
	const char *wrong;
	unsigned int i;

	wrong = rtm_rig_churn(rig, RTM_RIG_DENSE, 60, 60);
	KUNIT_ASSERT_EQ(test, rtm_rig_fix(rig), 0);
	for (i = 0; i < STRESS_READERS; i++) {
		readers[i].rig = rig;
		readers[i].dice.bits = v->bits;
		readers[i].dice.state = i + 1;
		readers[i].task = kthread_run(read_on, &readers[i], "rtm_reader/%u", i);
	}

	end = jiffies + STRESS_SECONDS * HZ;
	for (; !wrong && time_before(jiffies, end); turns++)
		wrong = rtm_rig_churn(rig, RTM_RIG_DENSE, 50, 50);

	for (i = 0; i < STRESS_READERS; i++) {
		KUNIT_EXPECT_FALSE(test, IS_ERR(readers[i].task));
		if (IS_ERR(readers[i].task))
			continue;
		kthread_stop(readers[i].task);
		KUNIT_EXPECT_STREQ(test, readers[i].wrong ?: "", "");
		KUNIT_EXPECT_GT(test, readers[i].rounds, 0UL);
		kunit_info(test, "reader %u: %lu rounds beside %lu turns of 50\n", i,
			   readers[i].rounds, turns);
	}
	finish(test, rig, wrong);
}

static struct kunit_case trie_cases[] = {
	KUNIT_CASE(picture),
	KUNIT_CASE_PARAM(churn, style_gen_params),
	KUNIT_CASE_PARAM(shape, shape_gen_params),
	KUNIT_CASE_PARAM(stress, width_gen_params),
	{}
};

static struct kunit_suite trie_suite = {
	.name = "rtm_trie",
	.test_cases = trie_cases,
};

kunit_test_suite(trie_suite);
