// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a routing table from a file.
 *
 * How this file works: a line is "prefix/len nexthop", and what follows on it is passed
 * over.  The lines come sorted, as no router gets them, so they are shuffled; the order
 * is the same in every run.
 */
#include <linux/inet.h>
#include <linux/kernel_read_file.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "bench.h"

#define SHUFFLE_SEED	20231201

static int parse_addr(const struct bench *b, const char *text, struct in6_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (b->family == AF_INET)
		return in4_pton(text, -1, addr->s6_addr, -1, NULL) ? 0 : -EINVAL;
	return in6_pton(text, -1, addr->s6_addr, -1, NULL) ? 0 : -EINVAL;
}

/* Neighbours in the table mostly have the same next hop, so the last one is asked first. */
static int nexthop_index(struct bench *b, const struct in6_addr *addr, u16 *index)
{
	u32 i;

	if (*index < b->n_nexthops && ipv6_addr_equal(&b->nexthops[*index], addr))
		return 0;
	for (i = 0; i < b->n_nexthops; i++)
		if (ipv6_addr_equal(&b->nexthops[i], addr))
			break;
	if (i == BENCH_MAX_NEXTHOPS)
		return -E2BIG;
	if (i == b->n_nexthops)
		b->nexthops[b->n_nexthops++] = *addr;
	*index = i;
	return 0;
}

static int parse_line(struct bench *b, char *line, u16 *nexthop)
{
	struct bench_route *route = &b->routes[b->n_routes];
	const char *addr = strsep(&line, "/");
	const char *len = strsep(&line, " ");
	const char *via = strsep(&line, " ");
	struct in6_addr gateway;
	int err;

	if (!via || kstrtou16(len, 10, &route->len) || route->len > b->bits)
		return -EINVAL;
	err = parse_addr(b, addr, &route->addr);
	if (!err)
		err = parse_addr(b, via, &gateway);
	if (!err)
		err = nexthop_index(b, &gateway, nexthop);
	if (err)
		return err;
	route->nexthop = *nexthop;
	b->n_routes++;
	return 0;
}

static u32 count_lines(const char *text)
{
	u32 n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

static int parse_text(struct bench *b, char *text)
{
	u16 nexthop = 0;
	char *line;
	int err;

	b->routes = vcalloc(count_lines(text) + 1, sizeof(*b->routes));
	if (!b->routes)
		return -ENOMEM;
	while ((line = strsep(&text, "\n")) && *line) {
		err = parse_line(b, line, &nexthop);
		if (err) {
			pr_err("rtm_bench: line %u is no route\n", b->n_routes + 1);
			return err;
		}
	}
	return b->n_routes ? 0 : -ENODATA;
}

static void shuffle(struct bench *b)
{
	u64 seed = SHUFFLE_SEED;
	u32 i, other;

	for (i = b->n_routes - 1; i; i--) {
		other = bench_random(&seed) % (i + 1);
		swap(b->routes[i], b->routes[other]);
	}
}

/**
 * bench_table_read() - read a table and shuffle it
 * @b: the bench
 * @path: file to read
 *
 * Return: 0 or a negative errno.
 */
int bench_table_read(struct bench *b, const char *path)
{
	void *data = NULL;
	ssize_t size;
	char *text;
	int err;

	size = kernel_read_file_from_path(path, 0, &data, INT_MAX, NULL, READING_UNKNOWN);
	if (size < 0)
		return size;
	text = vzalloc(size + 1);
	if (text)
		memcpy(text, data, size);
	vfree(data);
	if (!text)
		return -ENOMEM;
	err = parse_text(b, text);
	vfree(text);
	if (err)
		return err;
	shuffle(b);
	if (bench_limit && b->n_routes > bench_limit)
		b->n_routes = bench_limit;
	return 0;
}

/**
 * bench_table_free() - forget the table
 * @b: the bench
 */
void bench_table_free(struct bench *b)
{
	vfree(b->routes);
	b->routes = NULL;
	b->n_routes = 0;
	b->n_nexthops = 0;
}
