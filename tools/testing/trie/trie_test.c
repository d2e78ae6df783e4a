// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trie of the kernel module in user space: what KUnit has no time for.
 *
 * How this file works: each command prints one line of TAP per case and fails the
 * program if a case failed.
 *
 *	churn N		N random operations a family, the model asked after each
 *	steps N		the model asked after each single store of N operations
 *	memory N	N operations in which the k-th allocation fails
 *	shapes		the ones that are worst for a trie
 *	threads N	readers beside a writer for N seconds
 *	table [BITS]	a table from standard input, or one made up, in and out
 *
 * "steps" is how intermediate states are tested: a store that readers can see calls
 * back, and every question then has two right answers, with and without the prefix
 * that is on its way.
 */
#include "rtm_trie_rig.h"
#include "rtm_trie_node.h"
#include "table.h"

#include <linux/errno.h>
#include <time.h>
#include <unistd.h>

static unsigned int cases;
static unsigned int failures;

static void result(const char *wrong, const char *name, unsigned int bits, unsigned int number)
{
	cases++;
	if (wrong)
		printf("not ok %u - %s %u %u: %s\n", cases, name, bits, number, wrong);
	else
		printf("ok %u - %s %u %u\n", cases, name, bits, number);
	fflush(stdout);
	failures += !!wrong;
}

static void must(bool ok)
{
	if (!ok)
		abort();
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static const unsigned int widths[] = { 32, 128 };

static void churn(unsigned int ops)
{
	static const u32 rooms[] = { 6, 60, 1500 };
	unsigned int i, style, room;
	struct rtm_rig rig;
	const char *wrong;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		for (style = 0; style < RTM_RIG_STYLES; style++) {
			for (room = 0; room < ARRAY_SIZE(rooms); room++) {
				must(!rtm_rig_init(&rig, widths[i], rooms[room], ops + style));
				wrong = rtm_rig_churn(&rig, style, ops / 18, 1000);
				wrong = wrong ?: rtm_rig_exit(&rig);
				result(wrong, "churn", widths[i], style * 10 + room);
			}
		}
	}
}

/* The operation under way, for each_store(). */
static struct {
	struct rtm_rig *rig;
	struct rtm_prefix p;
	struct rtm_trie_leaf *leaf;
	const char *wrong;
	unsigned long stores;
} step;

static struct rtm_trie_leaf *plain(struct rtm_rig_leaf *leaf)
{
	return leaf ? &leaf->leaf : NULL;
}

/* The model has the leaf under way neither before it is in nor after it is out. */
static bool right_match(const struct rtm_prefix *p, struct rtm_trie_leaf *got)
{
	struct rtm_rig_leaf *without = rtm_rig_match(step.rig, p);

	if (got == plain(without))
		return true;
	return got == step.leaf && rtm_prefix_covers(&step.p, p) &&
	       (!without || without->p.len < step.p.len);
}

static bool right_next(const struct rtm_prefix *p, bool inclusive, struct rtm_trie_leaf *got)
{
	struct rtm_rig_leaf *without = rtm_rig_next(step.rig, p, inclusive);
	int cmp = rtm_prefix_cmp(&step.p, p);

	if (got == plain(without))
		return true;
	return got == step.leaf && (cmp > 0 || (!cmp && inclusive)) &&
	       (!without || rtm_prefix_cmp(&step.p, &without->p) < 0);
}

static const char *ask(const struct rtm_prefix *p)
{
	const struct rtm_trie *t = &step.rig->trie;
	struct rtm_trie_leaf *leaf;
	struct rtm_prefix up = *p;

	leaf = rtm_trie_match(t, p);
	if (!right_match(p, leaf))
		return "longest match between two stores";
	if (leaf && leaf->len) {
		up.len = leaf->len - 1;
		up.key = rtm_key_mask(p->key, up.len);
		if (leaf != step.leaf && !right_match(&up, rtm_trie_cover(t, leaf)))
			return "less specific between two stores";
	}
	if (!right_next(p, true, rtm_trie_next(t, p, true)) ||
	    !right_next(p, false, rtm_trie_next(t, p, false)))
		return "next between two stores";
	return NULL;
}

static void each_store(void)
{
	struct rtm_prefix p;
	unsigned int i;

	step.stores++;
	rcu_read_lock();
	for (i = 0; i < step.rig->n && !step.wrong; i++)
		step.wrong = ask(&step.rig->item[i]->p);
	if (!step.wrong)
		step.wrong = ask(&step.p);
	for (i = 0; i < 40 && !step.wrong; i++) {
		p = rtm_rig_prefix(step.rig, i % 2 ? RTM_RIG_NESTED : RTM_RIG_DENSE);
		step.wrong = ask(&p);
	}
	rcu_read_unlock();
}

static void drop_item(struct rtm_rig *rig, u32 at)
{
	rig->n--;
	memmove(&rig->item[at], &rig->item[at + 1], (rig->n - at) * sizeof(*rig->item));
}

/* One leaf in or out, all of it watched. */
static const char *one_step(struct rtm_rig *rig, enum rtm_rig_style style, bool in)
{
	struct rtm_rig_leaf *leaf;
	u32 at;

	step.wrong = NULL;
	step.rig = rig;
	if (in) {
		step.p = rtm_rig_prefix(rig, style);
		if (rtm_trie_exact(&rig->trie, &step.p))
			return NULL;
		leaf = rtm_rig_new(&step.p);
		step.leaf = &leaf->leaf;
		shim_on_store = each_store;
		must(!rtm_trie_insert(&rig->trie, step.leaf));
		shim_on_store = NULL;
		for (at = rig->n; at && rtm_prefix_cmp(&rig->item[at - 1]->p, &step.p) > 0; at--)
			rig->item[at] = rig->item[at - 1];
		rig->item[at] = leaf;
		rig->n++;
	} else {
		at = rtm_rig_random(rig, rig->n);
		leaf = rig->item[at];
		step.p = leaf->p;
		step.leaf = &leaf->leaf;
		drop_item(rig, at);
		shim_on_store = each_store;
		rtm_trie_remove(&rig->trie, step.leaf);
		shim_on_store = NULL;
		rtm_rig_free(leaf);
	}
	return step.wrong;
}

static void steps(unsigned int ops)
{
	unsigned int i, style, n;
	struct rtm_rig rig;
	const char *wrong;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		for (style = 0; style < RTM_RIG_STYLES; style++) {
			must(!rtm_rig_init(&rig, widths[i], 120, style + 1));
			wrong = NULL;
			mutex_lock(&rig.lock);
			for (n = 0; n < ops && !wrong; n++)
				wrong = one_step(&rig, style, rig.n < 2 ||
						 (rig.n < rig.room && (n / 150 % 2 ?
						  !rtm_rig_random(&rig, 4) :
						  rtm_rig_random(&rig, 4))));
			mutex_unlock(&rig.lock);
			wrong = wrong ?: rtm_rig_exit(&rig);
			result(wrong, "steps", widths[i], style);
		}
	}
	printf("# %lu stores\n", step.stores);
}

/* Insert with @left allocations to go: all or nothing. */
static const char *insert_short(struct rtm_rig *rig, struct rtm_rig_leaf *leaf,
				unsigned long left)
{
	const char *wrong;
	int err;

	mutex_lock(&rig->lock);
	shim_alloc_left = left;
	err = rtm_trie_insert(&rig->trie, &leaf->leaf);
	shim_alloc_left = SHIM_UNLIMITED;
	if (!err)
		rtm_trie_remove(&rig->trie, &leaf->leaf);
	mutex_unlock(&rig->lock);
	if (err && err != -ENOMEM && err != -EEXIST)
		return "error of insert";
	wrong = rtm_rig_verify(rig);
	synchronize_rcu();
	return wrong;
}

/* Remove without memory; the next changes have the shape to mend. */
static const char *remove_short(struct rtm_rig *rig, unsigned long left)
{
	struct rtm_prefix p = rig->item[rtm_rig_random(rig, rig->n)]->p;
	const char *wrong;

	shim_may_sleep = false;
	shim_alloc_left = left;
	wrong = rtm_rig_del(rig, &p);
	shim_alloc_left = SHIM_UNLIMITED;
	shim_may_sleep = true;
	return wrong ?: rtm_rig_verify(rig);
}

static const char *memory_one(struct rtm_rig *rig, enum rtm_rig_style style, unsigned int ops)
{
	struct rtm_rig_leaf *leaf;
	const char *wrong = NULL;
	struct rtm_prefix p;
	unsigned int n, k;

	for (n = 0; n < ops && !wrong; n++) {
		p = rtm_rig_prefix(rig, style);
		for (k = 0; k < 4 && !wrong; k++) {
			leaf = rtm_rig_new(&p);
			wrong = insert_short(rig, leaf, k);
			free(leaf);
		}
		if (rig->n < rig->room && n / 100 % 2 == 0)
			wrong = wrong ?: rtm_rig_add(rig, &p);
		else if (rig->n)
			wrong = wrong ?: remove_short(rig, n % 3);
	}
	return wrong;
}

static void memory(unsigned int ops)
{
	unsigned int i, style;
	struct rtm_rig rig;
	const char *wrong;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		for (style = 0; style < RTM_RIG_STYLES; style++) {
			must(!rtm_rig_init(&rig, widths[i], 200, style + 7));
			wrong = memory_one(&rig, style, ops);
			wrong = wrong ?: rtm_rig_exit(&rig);
			result(wrong, "memory", widths[i], style);
		}
	}
}

/* Readers beside a writer */

struct reader {
	pthread_t thread;
	const struct rtm_rig *rig;
	struct rtm_rig dice;
	unsigned long rounds;
	const char *wrong;
};

static bool stop;

/*
 * A reader that sleeps now and then on its way, while the ground is pulled from under
 * it.  The writer, which has the model to ask in the same time, does not.
 */
static __thread bool dawdles;

static void dawdle(void)
{
	static __thread unsigned int loads;

	if (dawdles && ++loads % 97 == 0)
		usleep(loads % 50);
}

static void *read_on(void *data)
{
	struct reader *r = data;

	dawdles = true;
	while (!READ_ONCE(stop) && !r->wrong) {
		r->wrong = rtm_rig_read(r->rig, &r->dice);
		if (!r->wrong && r->rounds++ % 64 == 0)
			r->wrong = rtm_rig_read_all(r->rig);
	}
	return NULL;
}

static void threads_one(unsigned int bits, unsigned int duration)
{
	struct reader readers[3] = {};
	double end = seconds() + duration;
	struct rtm_rig rig;
	const char *wrong;
	unsigned int i;

	must(!rtm_rig_init(&rig, bits, 600, bits));
	wrong = rtm_rig_churn(&rig, RTM_RIG_DENSE, 60, 60);
	must(!rtm_rig_fix(&rig));
	stop = false;
	shim_on_load = dawdle;
	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i].rig = &rig;
		readers[i].dice.bits = bits;
		readers[i].dice.state = i + 1;
		pthread_create(&readers[i].thread, NULL, read_on, &readers[i]);
	}
	while (!wrong && seconds() < end) {
		wrong = rtm_rig_churn(&rig, RTM_RIG_DENSE, 200, 100);
		synchronize_rcu();
	}
	WRITE_ONCE(stop, true);
	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		pthread_join(readers[i].thread, NULL);
		wrong = wrong ?: readers[i].wrong;
		printf("# reader %u: %lu rounds\n", i, readers[i].rounds);
	}
	shim_on_load = NULL;
	wrong = wrong ?: rtm_rig_exit(&rig);
	result(wrong, "threads", bits, duration);
}

static void threads(unsigned int duration)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(widths); i++)
		threads_one(widths[i], duration);
}

/* Shapes */

/* What is below a direct more-specific does not make a cover dearer. */
static const char *few_steps(struct rtm_rig *rig)
{
	struct rtm_prefix p = { .len = 8, .key.hi = 0x0a00000000000000ULL };
	const char *wrong = rtm_rig_add(rig, &p);
	unsigned long steps;
	unsigned int i;

	p.len = 24;
	for (i = 0; i < 5000 && !wrong; i++) {
		p.key.hi = 0x0a00000000000000ULL + ((u64)i << 40);
		wrong = rtm_rig_add(rig, &p);
	}
	p.len = 7;
	p.key.hi = 0x0a00000000000000ULL;
	steps = shim_steps;
	wrong = wrong ?: rtm_rig_add(rig, &p);
	wrong = wrong ?: rtm_rig_del(rig, &p);
	return wrong ?: shim_steps - steps > 20 ? "too many steps for a cover" : NULL;
}

static void shapes(void)
{
	struct rtm_rig rig;
	const char *wrong;
	unsigned int i, shape;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		for (shape = 0; shape < RTM_RIG_SHAPES; shape++) {
			must(!rtm_rig_init(&rig, widths[i], 20200, shape));
			wrong = rtm_rig_fill(&rig, shape, 20000);
			wrong = wrong ?: rtm_rig_verify(&rig);
			wrong = wrong ?: rtm_rig_exit(&rig);
			result(wrong, "shape", widths[i], shape);
		}
		must(!rtm_rig_init(&rig, widths[i], 6000, 1));
		wrong = few_steps(&rig);
		wrong = wrong ?: rtm_rig_exit(&rig);
		result(wrong, "steps of a cover", widths[i], 0);
	}
}

/* Whole tables */

/* Something like a routing table: blocks, most of them cut up, with holes. */
static bool make_up(struct rtm_rig *rig, struct rtm_prefix *p)
{
	static struct rtm_key block;
	unsigned int unit = rig->bits == 32 ? 24 : 48;
	struct rtm_key key;

	if (!rtm_rig_random(rig, 30))
		block = rtm_rig_prefix(rig, RTM_RIG_UNIFORM).key;
	key = rtm_rig_prefix(rig, RTM_RIG_UNIFORM).key;
	p->len = unit - (rtm_rig_random(rig, 5) < 3 ? 0 : rtm_rig_random(rig, 9));
	key.hi &= (1ULL << (64 - unit + 10)) - 1;
	key.hi |= rtm_key_mask(block, unit - 10).hi;
	p->key = rtm_key_mask(key, p->len);
	return true;
}

static int by_prefix(const void *a, const void *b)
{
	const struct rtm_rig_leaf *const *x = a;
	const struct rtm_rig_leaf *const *y = b;

	return rtm_prefix_cmp(&(*x)->p, &(*y)->p);
}

static void shuffle(struct rtm_rig *rig, struct rtm_rig_leaf **leaf)
{
	struct rtm_rig_leaf *swap;
	u32 i, j;

	for (i = rig->n; i > 1; i--) {
		j = rtm_rig_random(rig, i);
		swap = leaf[i - 1];
		leaf[i - 1] = leaf[j];
		leaf[j] = swap;
	}
}

/*
 * What is paid for lookups.  The limits are what the project has set itself for full
 * tables of the Internet; what a lookup touches is counted by tools/bench/counts.
 */
static const char *describe(struct rtm_rig *rig)
{
	double most = rig->bits == 32 ? 28 : 36;
	double bytes;
	void *root;

	mutex_lock(&rig->lock);
	root = root_get(&rig->trie);
	mutex_unlock(&rig->lock);

	bytes = (double)rig->trie.n_bytes / rig->n;
	printf("# %u prefixes, %.2f bytes each in nodes, root of %u bits\n", rig->n, bytes,
	       ref_is_node(root) ? ref_node(root)->bits : 0);
	return rig->n > 100000 && bytes > most ? "more bytes than there should be" : NULL;
}

static const char *table_in(struct rtm_rig *rig, struct rtm_rig_leaf **leaf)
{
	double begin = seconds(), worst = 0, before, took;
	unsigned long waits = shim_waits;
	u32 i;

	mutex_lock(&rig->lock);
	for (i = 0; i < rig->n; i++) {
		before = seconds();
		if (rtm_trie_insert(&rig->trie, &leaf[i]->leaf))
			return "insert";
		took = seconds() - before;
		worst = took > worst ? took : worst;
	}
	mutex_unlock(&rig->lock);
	printf("# in: %.0f ns each, the worst %.2f ms, %lu grace periods\n",
	       (seconds() - begin) / rig->n * 1e9, worst * 1e3, shim_waits - waits);
	if (rig->n > 100000 && (shim_waits == waits || shim_waits - waits > rig->n / 1000))
		return "grace periods waited for";
	return NULL;
}

static const char *table_out(struct rtm_rig *rig, struct rtm_rig_leaf **leaf)
{
	double begin = seconds(), worst = 0, before, took;
	u32 i;

	mutex_lock(&rig->lock);
	for (i = 0; i < rig->n; i++) {
		before = seconds();
		rtm_trie_remove(&rig->trie, &leaf[i]->leaf);
		took = seconds() - before;
		worst = took > worst ? took : worst;
	}
	mutex_unlock(&rig->lock);
	printf("# out: %.0f ns each, the worst %.2f ms\n", (seconds() - begin) / rig->n * 1e9,
	       worst * 1e3);
	if (rig->trie.n_leaves || rig->trie.n_bytes)
		return "something is left";
	return NULL;
}

/* What is in the model: sorted, without doubles. */
static void table_read(struct rtm_rig *rig, bool made_up)
{
	struct rtm_prefix p = {};
	u32 i, n;

	while (rig->n < (made_up ? 300000 : rig->room) &&
	       (made_up ? make_up(rig, &p) : table_read_line(&p, rig->bits)))
		rig->item[rig->n++] = rtm_rig_new(&p);
	qsort(rig->item, rig->n, sizeof(*rig->item), by_prefix);
	for (i = n = 0; i < rig->n; i++) {
		if (n && !rtm_prefix_cmp(&rig->item[n - 1]->p, &rig->item[i]->p))
			free(rig->item[i]);
		else
			rig->item[n++] = rig->item[i];
	}
	rig->n = n;
}

static void table(unsigned int bits, bool made_up)
{
	struct rtm_rig_leaf **leaf;
	struct rtm_rig rig;
	const char *wrong;
	u32 i;

	must(!rtm_rig_init(&rig, bits, 1 << 21, 1));
	table_read(&rig, made_up);
	leaf = malloc(rig.n * sizeof(*leaf));
	memcpy(leaf, rig.item, rig.n * sizeof(*leaf));
	shuffle(&rig, leaf);
	wrong = table_in(&rig, leaf);
	wrong = wrong ?: rtm_rig_verify(&rig);
	wrong = wrong ?: describe(&rig);
	shuffle(&rig, leaf);
	wrong = wrong ?: table_out(&rig, leaf);
	result(wrong, made_up ? "made up" : "read in", bits, rig.n);

	for (i = 0; i < rig.n; i++)
		free(rig.item[i]);
	free(rig.item);
	free(leaf);
	synchronize_rcu();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned int number = argc > 2 ? atoi(argv[2]) : 0;

	if (rtm_trie_caches_init())
		return 2;
	/* where each store is looked at, each node may be a root whose geometry is packed */
	if (!strcmp(what, "steps") || !strcmp(what, "memory") || !strcmp(what, "threads"))
		shim_align = RTM_TRIE_PACKED_ALIGN;
	if (!strcmp(what, "churn"))
		churn(number);
	else if (!strcmp(what, "steps"))
		steps(number);
	else if (!strcmp(what, "memory"))
		memory(number);
	else if (!strcmp(what, "shapes"))
		shapes();
	else if (!strcmp(what, "threads"))
		threads(number);
	else if (!strcmp(what, "table") && number)
		table(number, false);
	else if (!strcmp(what, "table"))
		for (number = 0; number < ARRAY_SIZE(widths); number++)
			table(widths[number], true);
	rtm_trie_caches_exit();
	printf("1..%u\n", cases);
	return !cases || failures;
}
