/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of which the mean, the 99th percentile and the largest are of interest.
 */
#ifndef BENCH_SAMPLE_H
#define BENCH_SAMPLE_H

#include <stdint.h>

/**
 * struct samples - one number for each operation
 * @value: the numbers
 * @n: how many there are
 * @room: how many there can be
 */
struct samples {
	uint32_t *value;
	uint32_t n;
	uint32_t room;
};

void samples_init(struct samples *s, uint32_t room);
void samples_add(struct samples *s, uint32_t value);

/**
 * samples_report() - print what is of interest, and forget all
 * @s: the numbers; sorted by it
 * @what: begins each line
 * @worst: whether the largest one is of interest
 */
void samples_report(struct samples *s, const char *what, int worst);

/* One line of output: "what value". */
void report(const char *what, const char *detail, double value);

#endif /* BENCH_SAMPLE_H */
