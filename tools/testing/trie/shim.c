// SPDX-License-Identifier: GPL-2.0-only
/*
 * As much of the kernel as the trie needs, for user space.
 *
 * How this file works: RCU is a counter for each thread, odd inside of a read section.
 * synchronize_rcu() waits for every odd one to change and then runs the callbacks that
 * were there when it began; nobody else does, so that a test decides when memory goes
 * away, and the address sanitizer sees who uses it after that.
 */
#include "shim.h"

#include <sched.h>

#define THREADS 16
#define PAGE	4096UL

struct kmem_cache {
	size_t size;
	size_t align;
	unsigned long objects;
};

void (*shim_on_store)(void);
void (*shim_on_load)(void);
bool shim_may_sleep = true;
size_t shim_align = SMP_CACHE_BYTES;
unsigned long shim_alloc_left = SHIM_UNLIMITED;
unsigned long shim_waits;
unsigned long shim_steps;
unsigned long shim_stores;
unsigned long shim_allocs;
unsigned long shim_alloc_bytes;

static unsigned long reader[THREADS];
static unsigned int readers;
static __thread unsigned long *self;
static __thread unsigned int depth;

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rcu_head *queue;

void might_sleep(void)
{
	assert(!depth);
}

void cond_resched(void)
{
	__atomic_fetch_add(&shim_steps, 1, __ATOMIC_RELAXED);
	might_sleep();
}

void mutex_init(struct mutex *lock)
{
	pthread_mutex_init(&lock->mutex, NULL);
	lock->held = false;
}

void mutex_lock(struct mutex *lock)
{
	pthread_mutex_lock(&lock->mutex);
	WRITE_ONCE(lock->held, true);
}

void mutex_unlock(struct mutex *lock)
{
	WRITE_ONCE(lock->held, false);
	pthread_mutex_unlock(&lock->mutex);
}

bool rcu_read_lock_held(void)
{
	return depth;
}

void rcu_read_lock(void)
{
	unsigned int i;

	if (!self) {
		i = __atomic_fetch_add(&readers, 1, __ATOMIC_SEQ_CST);
		assert(i < THREADS);
		self = &reader[i];
	}
	if (!depth++)
		__atomic_fetch_add(self, 1, __ATOMIC_SEQ_CST);
}

void rcu_read_unlock(void)
{
	if (!--depth)
		__atomic_fetch_add(self, 1, __ATOMIC_SEQ_CST);
}

void synchronize_rcu(void)
{
	struct rcu_head *head, *next;
	unsigned long seen;
	unsigned int i;

	might_sleep();
	shim_waits++;
	pthread_mutex_lock(&queue_lock);
	head = queue;
	queue = NULL;
	pthread_mutex_unlock(&queue_lock);

	for (i = 0; i < THREADS; i++) {
		seen = __atomic_load_n(&reader[i], __ATOMIC_SEQ_CST);
		while ((seen & 1) && __atomic_load_n(&reader[i], __ATOMIC_SEQ_CST) == seen)
			sched_yield();
	}
	for (; head; head = next) {
		next = head->next;
		head->func(head);
	}
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	head->func = func;
	pthread_mutex_lock(&queue_lock);
	head->next = queue;
	queue = head;
	pthread_mutex_unlock(&queue_lock);
}

static void *take(size_t size, size_t align, gfp_t gfp)
{
	void *p;

	assert(shim_may_sleep || !(gfp & GFP_KERNEL));
	if (!shim_alloc_left)
		return NULL;
	if (shim_alloc_left != SHIM_UNLIMITED)
		shim_alloc_left--;
	shim_allocs++;
	shim_alloc_bytes += size;
	p = aligned_alloc(align, ALIGN(size, align));
	return p ? memset(p, 0, size) : NULL;
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned int flags, void *ctor)
{
	struct kmem_cache *cache = calloc(1, sizeof(*cache));

	(void)name;
	(void)flags;
	(void)ctor;
	if (cache) {
		cache->size = size;
		cache->align = align;
	}
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	if (!cache)
		return;
	assert(!cache->objects);
	free(cache);
}

void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	void *p = take(cache->size, max(cache->align, shim_align), gfp);

	cache->objects += !!p;
	return p;
}

void kmem_cache_free(struct kmem_cache *cache, void *p)
{
	cache->objects--;
	free(p);
}

void *kvzalloc(size_t size, gfp_t gfp)
{
	return take(size, size < PAGE ? SMP_CACHE_BYTES : PAGE, gfp);
}
