/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is looked up.
 */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include "table.h"

/**
 * enum stream - kinds of addresses
 * @STREAM_ANNOUNCED: inside of any prefix of the table, all prefixes being equal
 * @STREAM_ZIPF: of flows to such addresses; the r-th has 1/r of the first one's share
 * @STREAM_UNIFORM: any of all, or of 2000::/3
 * @STREAM_REPEAT: a few announced ones again and again, one by one replaced by another
 * @STREAM_MISS: outside of all prefixes
 * @STREAMS: how many there are
 */
enum stream {
	STREAM_ANNOUNCED,
	STREAM_ZIPF,
	STREAM_UNIFORM,
	STREAM_REPEAT,
	STREAM_MISS,
	STREAMS,
};

extern const char *const stream_name[STREAMS];

/**
 * stream_make() - the first addresses of a stream
 * @t: a table, filled
 * @which: which stream
 * @n: how many
 *
 * Return: an array of them, as prefixes of full length; the caller frees it.
 */
struct rtm_prefix *stream_make(struct table *t, enum stream which, u32 n);

#endif /* BENCH_STREAM_H */
