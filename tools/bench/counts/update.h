/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a prefix that comes or goes costs.
 */
#ifndef BENCH_UPDATE_H
#define BENCH_UPDATE_H

#include "table.h"

void update_in(struct table *t, const char *family);
void update_special(struct table *t, const char *family);
void update_out(struct table *t, const char *family);
void update_sorted(struct table *t, const char *family);

#endif /* BENCH_UPDATE_H */
