/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which memory the trie's functions touch.
 */
#ifndef BENCH_TRACE_H
#define BENCH_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_MAX	4096

/**
 * struct trace_access - one access to memory
 * @addr: first byte
 * @size: bytes
 * @write: not a read
 * @shared: with the means for what others change at the same time
 */
struct trace_access {
	uintptr_t addr;
	uint8_t size;
	bool write;
	bool shared;
};

/**
 * struct trace - what was touched between trace_begin() and trace_end()
 * @n: entries of @access
 * @access: in their order
 */
struct trace {
	unsigned int n;
	struct trace_access access[TRACE_MAX];
};

void trace_begin(void);
const struct trace *trace_end(void);

#endif /* BENCH_TRACE_H */
