// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader beside a writer that never rests.
 *
 * How this file works: the reader has a CPU of its own and looks up announced addresses in
 * rounds of the same time, which take turns: alone; beside a writer of another table, which
 * has no line in common with it, but cores often share their caches, or two CPUs a core;
 * and beside a writer of the same table.  The writer has another CPU, takes a thousand
 * prefixes out, waits for the reader once, and puts them in again.  What is reported is the
 * median of each kind, not the best, which would be one in which the writer had to wait for
 * its CPU.  It depends on the machine, and on what else that has to do: nothing is made of
 * it but a report.
 */
#include "readers.h"

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "sample.h"
#include "stream.h"

#define KEYS		(1u << 20)
#define BATCH		256
#define OUT		1024
#define ROUNDS		7
#define ROUND_SECONDS	0.5

/**
 * struct writer - the thread that writes
 * @thread: the thread
 * @t: what it changes
 * @stop: it shall end
 * @changes: prefixes it has taken out and put in
 */
struct writer {
	pthread_t thread;
	struct table *t;
	bool stop;
	unsigned long changes;
};

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	must(!sched_setaffinity(0, sizeof(set), &set));
}

static void *write_on(void *data)
{
	struct writer *w = data;
	struct table *t = w->t;
	u32 begin = 0, i;

	pin(1);
	mutex_lock(&t->lock);
	while (!READ_ONCE(w->stop)) {
		for (i = begin; i < begin + OUT; i++)
			rtm_trie_remove(&t->trie, &t->dest[t->order[i % t->n]].leaf);
		/* a reader may have met these until a grace period has passed */
		synchronize_rcu();
		for (i = begin; i < begin + OUT; i++)
			must(!rtm_trie_insert(&t->trie, &t->dest[t->order[i % t->n]].leaf));
		w->changes += 2 * OUT;
		begin = i % t->n;
	}
	mutex_unlock(&t->lock);
	return NULL;
}

/* Lookups a second. */
static double read_for(struct table *t, const struct rtm_prefix *key, double duration)
{
	double begin = seconds(), now;
	unsigned long n = 0;
	unsigned int i;

	do {
		rcu_read_lock();
		for (i = 0; i < BATCH; i++)
			rtm_trie_match(&t->trie, &key[n++ % KEYS]);
		rcu_read_unlock();
		now = seconds();
	} while (now - begin < duration);
	return n / (now - begin);
}

static int by_rate(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *rate)
{
	qsort(rate, ROUNDS, sizeof(*rate), by_rate);
	return rate[ROUNDS / 2];
}

static double read_beside(struct table *t, const struct rtm_prefix *key, struct writer *w)
{
	double rate;

	w->stop = false;
	must(!pthread_create(&w->thread, NULL, write_on, w));
	rate = read_for(t, key, ROUND_SECONDS);
	WRITE_ONCE(w->stop, true);
	pthread_join(w->thread, NULL);
	return rate;
}

void readers_report(struct table *t, const char *family)
{
	double alone[ROUNDS], beside_other[ROUNDS], beside[ROUNDS];
	struct rtm_prefix *key = stream_make(t, STREAM_ANNOUNCED, KEYS);
	struct writer w = { .t = t }, w_other;
	struct table other;
	unsigned int round;
	char what[64];

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return;
	table_copy(&other, t);
	w_other = (struct writer){ .t = &other };
	mutex_unlock(&t->lock);
	pin(0);
	for (round = 0; round < ROUNDS; round++) {
		alone[round] = read_for(t, key, ROUND_SECONDS);
		beside_other[round] = read_beside(t, key, &w_other);
		beside[round] = read_beside(t, key, &w);
	}
	mutex_lock(&t->lock);
	snprintf(what, sizeof(what), "%s.readers", family);
	report(what, "lookups_per_second", median(alone));
	report(what, "beside_writer_elsewhere", median(beside_other));
	report(what, "beside_writer", median(beside));
	report(what, "changes_per_second", w.changes / (ROUNDS * ROUND_SECONDS));
	mutex_lock(&other.lock);
	table_clear(&other);
	mutex_unlock(&other.lock);
	table_free(&other);
	free(key);
}
