// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which memory the trie's functions touch.
 *
 * How this file works: gcc -fsanitize=thread puts a call in front of each load and store
 * of optimized code which is not to a local variable.  Only the trie's files are compiled
 * that way, and here are the functions that are called: they write down what is touched.
 * So the code measured is the code itself, and not a copy of it that counts.
 */
#include "trace.h"

#include <assert.h>

static struct trace trace;
static bool tracing;

void trace_begin(void)
{
	trace.n = 0;
	tracing = true;
}

const struct trace *trace_end(void)
{
	tracing = false;
	return &trace;
}

static void touch(const volatile void *addr, size_t size, bool write, bool shared)
{
	if (!tracing)
		return;
	assert(trace.n < TRACE_MAX);
	trace.access[trace.n++] = (struct trace_access){
		.addr = (uintptr_t)addr,
		.size = size,
		.write = write,
		.shared = shared,
	};
}

/* What the compiler calls; it knows them without a declaration. */

void __tsan_init(void)
{
}

void __tsan_func_entry(void *pc)
{
	(void)pc;
}

void __tsan_func_exit(void)
{
}

void __tsan_read1(void *addr)
{
	touch(addr, 1, false, false);
}

void __tsan_write1(void *addr)
{
	touch(addr, 1, true, false);
}

void __tsan_read2(void *addr)
{
	touch(addr, 2, false, false);
}

void __tsan_write2(void *addr)
{
	touch(addr, 2, true, false);
}

void __tsan_read4(void *addr)
{
	touch(addr, 4, false, false);
}

void __tsan_write4(void *addr)
{
	touch(addr, 4, true, false);
}

void __tsan_read8(void *addr)
{
	touch(addr, 8, false, false);
}

void __tsan_write8(void *addr)
{
	touch(addr, 8, true, false);
}

void __tsan_read16(void *addr)
{
	touch(addr, 16, false, false);
}

void __tsan_write16(void *addr)
{
	touch(addr, 16, true, false);
}

void __tsan_read_range(void *addr, size_t size)
{
	touch(addr, size, false, false);
}

void __tsan_write_range(void *addr, size_t size)
{
	touch(addr, size, true, false);
}

uint8_t __tsan_atomic8_load(const volatile void *addr, int order)
{
	(void)order;
	touch(addr, 1, false, true);
	return __atomic_load_n((const uint8_t *)addr, __ATOMIC_ACQUIRE);
}

void __tsan_atomic8_store(volatile void *addr, uint8_t value, int order)
{
	(void)order;
	touch(addr, 1, true, true);
	__atomic_store_n((uint8_t *)addr, value, __ATOMIC_RELEASE);
}

uint64_t __tsan_atomic64_load(const volatile void *addr, int order)
{
	(void)order;
	touch(addr, 8, false, true);
	return __atomic_load_n((const uint64_t *)addr, __ATOMIC_ACQUIRE);
}

void __tsan_atomic64_store(volatile void *addr, uint64_t value, int order)
{
	(void)order;
	touch(addr, 8, true, true);
	__atomic_store_n((uint64_t *)addr, value, __ATOMIC_RELEASE);
}
