// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole tables: loaded in batches, all of them in the kernel FIB, and gone again with
 * what they took.
 *
 * How this file works: where a directory with ipv4.txt and ipv6.txt is at hand
 * ($RTM_TABLES, or /rtm-tables), lines of "prefix nexthop", these are loaded, full
 * Internet tables or whatever they are.  Otherwise tables are made up, with prefixes
 * inside of prefixes, of a size the kernel at hand can be asked for.  They are shuffled,
 * as real feeds are in no order.  Next hops lie in 198.18.0.0/15 and 2001:2::/48.
 */
#include <ctype.h>
#include <dirent.h>

#include "rtm_fib_test.h"

#define N_HOPS		1024	/* slots of the table of next hops, a power of two */

/**
 * struct entry - a line of a table
 * @prefix: the destination
 * @hop: place of its next hop in table.hops
 */
struct entry {
	struct rtm_net_prefix prefix;
	__u32 hop;
};

/**
 * struct hop - a next hop of a table
 * @addr: its address, family 0 for an empty slot
 * @handle: its handle
 */
struct hop {
	struct rtm_net_prefix addr;
	__u64 handle;
};

/**
 * struct table - what is to be loaded
 * @family: AF_INET or AF_INET6
 * @entries: the routes
 * @count: their number
 * @room: room for so many
 * @hops: next hops, hashed by address
 */
struct table {
	int family;
	struct entry *entries;
	unsigned int count;
	unsigned int room;
	struct hop hops[N_HOPS];
};

static __u32 hop_slot(struct table *t, const struct rtm_net_prefix *addr)
{
	__u32 i = addr->addr[1] * 31 + addr->addr[2] * 257 + addr->addr[3] * 7 +
		  addr->addr[14] * 263 + addr->addr[15] * 11;

	for (;; i++) {
		struct hop *hop = &t->hops[i % N_HOPS];

		if (!hop->addr.family)
			hop->addr = *addr;
		if (!memcmp(&hop->addr, addr, sizeof(*addr)))
			return i % N_HOPS;
	}
}

static void table_add(struct table *t, const struct rtm_net_prefix *p,
		      const struct rtm_net_prefix *hop)
{
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 4096;
		t->entries = realloc(t->entries, t->room * sizeof(*t->entries));
		if (!t->entries)
			abort();
	}
	t->entries[t->count].prefix = *p;
	t->entries[t->count++].hop = hop_slot(t, hop);
}

/* False where there is no such file. */
static bool table_read(struct table *t)
{
	const char *dir = getenv("RTM_TABLES");
	char path[256], dest[64], hop[64];
	struct rtm_net_prefix p, h;
	FILE *f;

	snprintf(path, sizeof(path), "%s/ipv%c.txt", dir ? dir : "/rtm-tables",
		 t->family == AF_INET ? '4' : '6');
	f = fopen(path, "r");
	if (!f)
		return false;
	while (fscanf(f, "%63s %63s%*[^\n]", dest, hop) == 2) {
		p = prefix(dest);
		h = prefix(hop);
		table_add(t, &p, &h);
	}
	fclose(f);
	return true;
}

/* Number I of the prefixes of length LEN: all different as long as the bits last. */
static struct rtm_net_prefix made_prefix(int family, unsigned int i, unsigned int len)
{
	struct rtm_net_prefix p = prefix(family == AF_INET ? "32.0.0.0/3" : "2400::/12");
	unsigned int bits = len - (family == AF_INET ? 3 : 12);
	__u64 key, spread = i * 0x9e3779b1ull;
	unsigned int byte;

	/* odd, so this permutes the numbers of so many bits */
	if (bits < 64)
		spread &= (1ull << bits) - 1;
	key = spread << (64 - len);
	if (family == AF_INET)
		key = (spread << (32 - len)) << 32;
	for (byte = 0; byte < 8; byte++)
		p.addr[byte] |= key >> (56 - 8 * byte);
	p.len = len;
	return p;
}

static void table_make(struct table *t, unsigned int count)
{
	static const unsigned int lengths[2][4] = { { 24, 22, 20, 16 }, { 48, 44, 40, 32 } };
	const char *format = t->family == AF_INET ? "198.18.%u.%u" : "2001:2::%x:%x";
	const unsigned int *len = lengths[t->family != AF_INET];
	struct rtm_net_prefix p, hop;
	char text[64];
	unsigned int i;

	for (i = 0; i < count; i++) {
		/* of 16: ten of the longest, three, two, one */
		unsigned int kind = i % 16 < 10 ? 0 : i % 16 < 13 ? 1 : i % 16 < 15 ? 2 : 3;

		p = made_prefix(t->family, i / 16 * 10 + i % 16, len[kind]);
		snprintf(text, sizeof(text), format, i % 4, 1 + i % 50);
		hop = prefix(text);
		table_add(t, &p, &hop);
	}
}

static void shuffle(struct table *t)
{
	struct entry entry;
	unsigned int i, j;

	srand(4711);
	for (i = t->count; i > 1; i--) {
		j = ((__u64)rand() << 16 ^ rand()) % i;
		entry = t->entries[i - 1];
		t->entries[i - 1] = t->entries[j];
		t->entries[j] = entry;
	}
}

static void table_get(struct table *t, int family)
{
	memset(t, 0, sizeof(*t));
	t->family = family;
	if (!table_read(t))
		table_make(t, (family == AF_INET ? 20000 : 10000) / (slow_kernel() ? 8 : 1));
	shuffle(t);
}

FIXTURE(load) {
	struct env env;
	int fd;
	struct table table;
	__u64 entity;
};

FIXTURE_VARIANT(load) {
	int family;
};

FIXTURE_VARIANT_ADD(load, ipv4) {
	.family = AF_INET,
};

FIXTURE_VARIANT_ADD(load, ipv6) {
	.family = AF_INET6,
};

FIXTURE_SETUP(load)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, link_set("lo", true));
	ASSERT_EQ(0, link_add_dummy("dummy0"));
	ASSERT_EQ(0, link_set("dummy0", true));
	ASSERT_EQ(0, address_add("dummy0", "198.18.0.254/15"));
	ASSERT_EQ(0, address_add("dummy0", "2001:2::ffff/48"));
	table_get(&self->table, variant->family);
	ASSERT_LT(1000, self->table.count);
}

FIXTURE_TEARDOWN(load)
{
	free(self->table.entries);
	env_clean(_metadata, &self->env);
}

static void add_hops(struct __test_metadata *_metadata, FIXTURE_DATA(load) *self)
{
	__u32 ifindex = if_nametoindex("dummy0");
	char text[64];
	unsigned int i;

	for (i = 0; i < N_HOPS; i++) {
		struct hop *hop = &self->table.hops[i];

		if (!hop->addr.family)
			continue;
		inet_ntop(hop->addr.family, hop->addr.addr, text, sizeof(text));
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->entity, text, ifindex,
					     &hop->handle));
	}
}

/* Items FIRST and so on, as many as fit; the number of them. */
static unsigned int fill(struct table *t, struct rtm_route_item *items, unsigned int first)
{
	unsigned int i, n = t->count - first;

	if (n > RTM_MAX_BATCH)
		n = RTM_MAX_BATCH;
	memset(items, 0, n * sizeof(*items));
	for (i = 0; i < n; i++) {
		struct entry *e = &t->entries[first + i];

		items[i].dest = e->prefix;
		items[i].attrs = route_attrs(&t->hops[e->hop].handle, 1);
		items[i].status = 1;
	}
	return n;
}

static void run_batches(struct __test_metadata *_metadata, FIXTURE_DATA(load) *self,
			unsigned long cmd)
{
	struct rtm_route_item *items = guard_alloc(RTM_MAX_BATCH * sizeof(*items));
	struct rtm_route_batch arg;
	unsigned int first, i;

	for (first = 0; first < self->table.count; first += arg.count) {
		arg_init(&arg);
		arg.flags = 0;
		arg.entity = self->entity;
		arg.items = ptr_u64(items);
		arg.count = fill(&self->table, items, first);
		arg.deadline = 0;
		ASSERT_EQ(0, dev_call(self->fd, cmd, &arg));
		ASSERT_EQ(arg.count, arg.done);
		for (i = 0; i < arg.count; i++)
			ASSERT_EQ(0, items[i].status);
	}
	guard_free(items);
}

static void sync_fib(struct __test_metadata *_metadata, FIXTURE_DATA(load) *self)
{
	struct rtm_fib_sync sync;

	arg_init(&sync);
	sync.flags = 0;
	sync.deadline = 0;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_FIB_SYNC, &sync));
	EXPECT_EQ(0, sync.failed | sync.conflict | sync.unresolved);
}

static void say(FIXTURE_DATA(load) *self, const char *what, __u64 since)
{
	__u64 ms = (now_ns() - since) / NSEC_PER_MSEC;

	fprintf(stderr, "# %s: %u routes in %llu ms, %llu a second\n", what, self->table.count, ms,
		ms ? self->table.count * 1000ull / ms : 0);
}

/* Register, load all of it, wait for the FIB and count what is there. */
static void load(struct __test_metadata *_metadata, FIXTURE_DATA(load) *self,
		 const FIXTURE_VARIANT(load) *variant)
{
	__u64 start = now_ns();
	struct rtm_get_stats s;

	ASSERT_EQ(0, dev_register(self->fd, variant->family, PROTO_BGP, 1, 0, &self->entity));
	add_hops(_metadata, self);
	run_batches(_metadata, self, RTM_IOC_ADD_ROUTES);
	say(self, "table", start);
	sync_fib(_metadata, self);
	say(self, "with the FIB", start);
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(self->table.count, s.routes);
	EXPECT_EQ(self->table.count, s.dests);
	EXPECT_EQ(self->table.count, s.fib_wanted);
	EXPECT_EQ(self->table.count, s.fib_installed);
	EXPECT_EQ(0, s.fib_failed | s.fib_conflict | s.fib_pending);
	EXPECT_EQ(self->table.count, fib_count(variant->family, NULL));
	fprintf(stderr, "# %llu bytes in trie nodes, %llu messages\n", s.trie_bytes,
		s.fib_messages);
}

/*
 * Memory
 */

/* Kilobytes the kernel has in slabs it cannot take back. */
static unsigned long slab_kb(void)
{
	unsigned long kb = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "SUnreclaim: %lu kB", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

/* Give back slabs that are empty but kept for the next allocation. */
static void shrink_slabs(void)
{
	DIR *dir = opendir("/sys/kernel/slab");
	struct dirent *d;
	char path[300];
	int fd;

	while (dir && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", d->d_name);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (write(fd, "1", 1) != 1)
			fprintf(stderr, "# cannot shrink %s\n", d->d_name);
		close(fd);
	}
	if (dir)
		closedir(dir);
}

/* Of what was taken, no more than a twentieth may be left, and a little for noise. */
static bool memory_is_back(unsigned long before, unsigned long peak)
{
	shrink_slabs();
	return slab_kb() < before + (peak - before) / 20 + 2048;
}

TEST_F_TIMEOUT(load, deregister, 3600)
{
	unsigned long before, peak;
	__u64 start;

	shrink_slabs();
	before = slab_kb();
	load(_metadata, self, variant);
	peak = slab_kb();
	EXPECT_LT(before, peak);
	start = now_ns();
	ASSERT_EQ(0, dev_deregister(self->fd, self->entity));
	sync_fib(_metadata, self);
	say(self, "removal", start);
	EXPECT_EQ(0, fib_count(variant->family, NULL));
	expect_clean(_metadata, self->env.watch, 2);
	EXPECT_TRUE(wait_until(memory_is_back(before, peak)));
	fprintf(stderr, "# slabs: %lu kB, %lu kB with the table, %lu kB after it\n", before, peak,
		slab_kb());
}

/* The same, but the file is closed, which must not take long. */
TEST_F_TIMEOUT(load, close, 3600)
{
	unsigned long before, peak;

	self->table.count = (self->table.count + 3) / 4;
	shrink_slabs();
	before = slab_kb();
	load(_metadata, self, variant);
	peak = slab_kb();
	ASSERT_EQ(0, close(self->fd));
	self->env.fd = -1;
	expect_clean(_metadata, self->env.watch, 1);
	EXPECT_TRUE(wait_until(!fib_count(variant->family, NULL)));
	EXPECT_TRUE(wait_until(memory_is_back(before, peak)));
}

/* By key, in another order than they came. */
TEST_F_TIMEOUT(load, delete_each, 3600)
{
	self->table.count = (self->table.count + 3) / 4;
	load(_metadata, self, variant);
	shuffle(&self->table);
	run_batches(_metadata, self, RTM_IOC_DELETE_ROUTES);
	sync_fib(_metadata, self);
	EXPECT_EQ(0, fib_count(variant->family, NULL));
}

TEST_HARNESS_MAIN
