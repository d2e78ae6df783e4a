/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel as the trie needs, for user space.
 *
 * The headers the trie includes are made by the Makefile; all of them include this
 * one.  Beyond standing in for the kernel's, what is here lets a test look behind the
 * scenes: at each store a reader can see, at memory that runs out, and at read
 * sections the kernel would not complain about without lockdep.
 */
#ifndef TRIE_SHIM_H
#define TRIE_SHIM_H

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
#define gfp_t unsigned int

#define U32_MAX UINT32_MAX

#define __rcu
#define noinline_for_stack
#define EXPORT_SYMBOL_IF_KUNIT(sym)
#define __aligned(x) __attribute__((__aligned__(x)))

#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)

#define BUILD_BUG_ON(cond) ((void)sizeof(char[1 - 2 * !!(cond)]))
#define WARN_ON_ONCE(cond) assert(!(cond))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#define pick(x, op, y) ({						\
	__auto_type __x = (x);						\
	__auto_type __y = (y);						\
	__x op __y ? __x : __y;						\
})
#define min(x, y) pick(x, <, y)
#define max(x, y) pick(x, >, y)
#define min_t(type, x, y) pick((type)(x), <, (type)(y))
#define round_down(x, y) ((x) & ~((y) - 1))
#define ALIGN(x, a) align_up(x, a)
#define IS_ALIGNED(x, a) (!((x) & ((a) - 1)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define SMP_CACHE_BYTES 64

#define be64_to_cpu(x) __builtin_bswap64(x)
#define cpu_to_be64(x) __builtin_bswap64(x)

static inline size_t align_up(size_t x, size_t a)
{
	return (x + a - 1) & ~(a - 1);
}

static inline int fls(u32 x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

#define likely(x)	__builtin_expect(!!(x), 1)

static inline u64 rol64(u64 word, unsigned int shift)
{
	return word << (shift & 63) | word >> (-shift & 63);
}

static inline u64 ror64(u64 word, unsigned int shift)
{
	return word >> (shift & 63) | word << (-shift & 63);
}

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

/* Scheduling: where the kernel may sleep, a test must be able to bear it. */
void might_sleep(void);
void cond_resched(void);

/* Nothing counts here, but a leaf has room for it. */
struct shim_refcount {
	int refs;
};

#define refcount_t	struct shim_refcount

/* Mutexes know whether they are held, for what lockdep would say. */
struct mutex {
	pthread_mutex_t mutex;
	bool held;
};

void mutex_init(struct mutex *lock);
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
#define lockdep_is_held(lock) READ_ONCE((lock)->held)
#define lockdep_assert_held(lock) assert(lockdep_is_held(lock))

/* RCU, with a slot for each thread; what is retired is freed by synchronize_rcu(). */
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

bool rcu_read_lock_held(void);
void rcu_read_lock(void);
void rcu_read_unlock(void);
void synchronize_rcu(void);
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
#define rcu_barrier() synchronize_rcu()

static inline unsigned long get_state_synchronize_rcu(void)
{
	return 0;
}

static inline unsigned long start_poll_synchronize_rcu(void)
{
	return 0;
}

static inline void cond_synchronize_rcu(unsigned long state)
{
	(void)state;
	synchronize_rcu();
}

/* SHIM_PLAIN: as a kernel without lockdep has it, for who measures what it costs. */
#ifdef SHIM_PLAIN
#define rcu_dereference_check(p, cond) READ_ONCE(p)
#else
#define rcu_dereference_check(p, cond) ({				\
	assert((cond) || rcu_read_lock_held());				\
	if (shim_on_load)						\
		shim_on_load();						\
	__atomic_load_n(&(p), __ATOMIC_ACQUIRE);			\
})
#endif
#define rcu_access_pointer(p) READ_ONCE(p)
#define RCU_INIT_POINTER(p, v) do {					\
	shim_stores++;							\
	WRITE_ONCE(p, v);						\
} while (0)
#define rcu_assign_pointer(p, v) do {					\
	shim_stores++;							\
	__atomic_store_n(&(p), (v), __ATOMIC_RELEASE);			\
	if (shim_on_store)						\
		shim_on_store();					\
} while (0)

/* Memory */
#define GFP_KERNEL 1u
#define GFP_NOWAIT 2u
#define __GFP_NOWARN 4u
#define __GFP_RETRY_MAYFAIL 8u

struct kmem_cache;

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned int flags, void *ctor);
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *p);
void *kvzalloc(size_t size, gfp_t gfp);
#define kvcalloc(n, size, gfp) kvzalloc((size_t)(n) * (size), gfp)
#define kmalloc_array(n, size, gfp) kvzalloc((size_t)(n) * (size), gfp)
#define kzalloc(size, gfp) kvzalloc(size, gfp)
#define kvfree(p) free(p)
#define kfree(p) free(p)

/*
 * shim_on_store: called after each store readers can see
 * shim_on_load: called before each load of something readers can see
 * shim_may_sleep: cleared where the caller must not wait for memory
 * shim_align: what nodes are aligned to at least
 * shim_alloc_left: allocations that succeed yet, or SHIM_UNLIMITED
 * shim_waits: grace periods waited for
 * shim_steps: calls of cond_resched(), which long loops make
 * shim_stores: slots and links written, readers could see them or not
 * shim_allocs: nodes allocated
 * shim_alloc_bytes: and their bytes
 */
#define SHIM_UNLIMITED (~0UL)
extern void (*shim_on_store)(void);
extern void (*shim_on_load)(void);
extern bool shim_may_sleep;
extern size_t shim_align;
extern unsigned long shim_alloc_left;
extern unsigned long shim_waits;
extern unsigned long shim_steps;
extern unsigned long shim_stores;
extern unsigned long shim_allocs;
extern unsigned long shim_alloc_bytes;

#endif /* TRIE_SHIM_H */
