/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A reader beside a writer that never rests.
 */
#ifndef BENCH_READERS_H
#define BENCH_READERS_H

#include "table.h"

void readers_report(struct table *t, const char *family);

#endif /* BENCH_READERS_H */
