/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a lookup touches, and what it executes.
 */
#ifndef BENCH_LOOKUP_H
#define BENCH_LOOKUP_H

#include "table.h"

void lookup_trace(struct table *t, const char *family);
void lookup_run(struct table *t, const char *family);

#endif /* BENCH_LOOKUP_H */
