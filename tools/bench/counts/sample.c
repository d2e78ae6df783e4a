// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers of which the mean, the 99th percentile and the largest are of interest.
 *
 * How this file works: all are kept, as percentiles of counts are to be exact.
 */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "table.h"

void samples_init(struct samples *s, uint32_t room)
{
	s->value = must_alloc(room, sizeof(*s->value));
	s->n = 0;
	s->room = room;
}

void samples_add(struct samples *s, uint32_t value)
{
	must(s->n < s->room);
	s->value[s->n++] = value;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void report(const char *what, const char *detail, double value)
{
	printf("%s.%s %.10g\n", what, detail, value);
}

void samples_report(struct samples *s, const char *what, int worst)
{
	double sum = 0;
	uint32_t i;

	must(s->n);
	qsort(s->value, s->n, sizeof(*s->value), by_value);
	for (i = 0; i < s->n; i++)
		sum += s->value[i];
	report(what, "mean", sum / s->n);
	report(what, "p99", s->value[(uint64_t)s->n * 99 / 100]);
	if (worst)
		report(what, "worst", s->value[s->n - 1]);
	free(s->value);
}
