/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watching how tasks sleep.
 *
 * How this file works: tasks_look() goes through all threads of the machine, kernel
 * threads included, and notes those in uninterruptible sleep.  Between two looks a task
 * may sleep so for a moment, wake and sleep again, which is fine: a short section waits
 * for another.  It is the same sleep when the task has not been switched to in
 * between.  The longest such sleep is what a test judges, and where it was: in the
 * module's functions that go into a destination's semaphore, or elsewhere in the
 * module.  There it may be a mutex, which takes as long as its holder does not get the
 * CPU; but whoever it is that keeps one for a user's sake is in the semaphore himself.
 * The scheduler's own functions are not shown in the stack of a task that sleeps.
 */
#ifndef RTM_TASKS_H
#define RTM_TASKS_H

#include <ctype.h>
#include <dirent.h>

#include "rtm_test.h"

#define MAX_SLEEPERS	64

/**
 * struct sleeper - a task in uninterruptible sleep
 * @tid: thread
 * @switches: context switches it had then
 * @since: time of the first look that saw it
 * @seen: number of the last look that saw it
 */
struct sleeper {
	pid_t tid;
	unsigned long long switches;
	__u64 since;
	unsigned int seen;
};

/**
 * struct tasks - what was seen so far
 * @sleeper: those of the last look
 * @looks: number of looks
 * @longest: longest uninterruptible sleep somewhere in the module, ns
 * @longest_sem: longest one on the way into a destination's semaphore
 * @longest_any: longest one anywhere in the kernel
 * @text: the task of the longest one, and its kernel stack
 * @text_sem: the same for @longest_sem
 * @text_any: the same for @longest_any
 */
struct tasks {
	struct sleeper sleeper[MAX_SLEEPERS];
	unsigned int looks;
	__u64 longest;
	__u64 longest_sem;
	__u64 longest_any;
	char text[512];
	char text_sem[512];
	char text_any[512];
};

static inline ssize_t task_read(pid_t pid, pid_t tid, const char *file, char *text, size_t room)
{
	char path[96];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, tid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	text[0] = '\0';
	if (fd < 0)
		return -1;
	n = read(fd, text, room - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n;
}

/* R, S, D, T, Z, I or 0 when there is no such task; @threads of its process. */
static inline char task_stat(pid_t pid, pid_t tid, unsigned int *threads)
{
	char text[512], *at;
	char state;
	int field;

	*threads = 1;
	if (task_read(pid, tid, "stat", text, sizeof(text)) <= 0)
		return 0;
	/* the name may contain anything */
	at = strrchr(text, ')');
	if (!at || at[1] != ' ')
		return 0;
	state = at[2];
	for (field = 2; at && field < 20; field++)
		at = strchr(at + 1, ' ');
	if (at)
		*threads = (unsigned int)strtoul(at, NULL, 10);
	return state;
}

static inline char task_state(pid_t pid, pid_t tid)
{
	unsigned int threads;

	return task_stat(pid, tid, &threads);
}

/* Where in the kernel the task sleeps: its stack, in one line. */
static inline void task_stack(pid_t pid, pid_t tid, char *text, size_t room)
{
	char *at;

	task_read(pid, tid, "stack", text, room);
	for (at = text; (at = strchr(at, '\n')); at++)
		*at = ' ';
}

static inline unsigned long long task_switches(pid_t pid, pid_t tid)
{
	unsigned long long voluntary = 0, forced = 0;
	char text[4096], *at;

	task_read(pid, tid, "status", text, sizeof(text));
	at = strstr(text, "\nvoluntary_ctxt_switches:");
	if (at)
		sscanf(at, "\nvoluntary_ctxt_switches: %llu nonvoluntary_ctxt_switches: %llu",
		       &voluntary, &forced);
	return voluntary + forced;
}

static inline void task_print(char *text, size_t room, pid_t pid, pid_t tid, const char *stack)
{
	char name[64];

	task_read(pid, tid, "comm", name, sizeof(name));
	name[strcspn(name, "\n")] = '\0';
	snprintf(text, room, "task %d (%s) in %s", tid, name, stack);
}

/* Whether the innermost function is one that takes the semaphore. */
static inline bool in_semaphore(const char *stack)
{
	static const char * const functions[] = {
		"enter_granted", "begin_granted", "rtm_lock_dest", "rtm_section_begin",
		"rtm_kernel_read_begin", "rtm_kernel_write_begin",
	};
	const char *name = strstr(stack, "] ");
	unsigned int i;

	for (i = 0; name && i < ARRAY_SIZE(functions); i++)
		if (!strncmp(name + 2, functions[i], strlen(functions[i])))
			return true;
	return false;
}

static inline void tasks_judge(struct tasks *t, const struct sleeper *s, pid_t pid)
{
	__u64 slept = now_ns() - s->since;
	char stack[1024];

	task_stack(pid, s->tid, stack, sizeof(stack));
	if (slept > t->longest_any)
		t->longest_any = slept;
	if (slept > t->longest && strstr(stack, "[rtm]")) {
		t->longest = slept;
		task_print(t->text, sizeof(t->text), pid, s->tid, stack);
	}
	if (slept > t->longest_sem && in_semaphore(stack)) {
		t->longest_sem = slept;
		task_print(t->text_sem, sizeof(t->text_sem), pid, s->tid, stack);
	}
	if (slept == t->longest_any)
		task_print(t->text_any, sizeof(t->text_any), pid, s->tid, stack);
}

/* A task is in uninterruptible sleep now: is it still the same one? */
static inline void tasks_note(struct tasks *t, pid_t pid, pid_t tid)
{
	unsigned long long switches = task_switches(pid, tid);
	struct sleeper *s, *unused = NULL;

	for (s = t->sleeper; s < t->sleeper + MAX_SLEEPERS; s++) {
		if (s->tid == tid && s->switches == switches && s->seen + 1 >= t->looks) {
			s->seen = t->looks;
			tasks_judge(t, s, pid);
			return;
		}
		if (!unused && s->seen + 1 < t->looks)
			unused = s;
	}
	if (unused)
		*unused = (struct sleeper){ tid, switches, now_ns(), t->looks };
}

static inline void tasks_look_at_threads(struct tasks *t, pid_t pid)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;
	pid_t tid;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		tid = atoi(entry->d_name);
		if (tid && tid != pid && task_state(pid, tid) == 'D')
			tasks_note(t, pid, tid);
	}
	if (dir)
		closedir(dir);
}

static inline void tasks_look_at(struct tasks *t, pid_t pid)
{
	unsigned int threads;

	if (task_stat(pid, pid, &threads) == 'D')
		tasks_note(t, pid, pid);
	if (threads > 1)
		tasks_look_at_threads(t, pid);
}

static inline void tasks_look(struct tasks *t)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (!t->looks++)
		t->looks = 2;
	while (dir && (entry = readdir(dir)))
		if (isdigit(entry->d_name[0]))
			tasks_look_at(t, atoi(entry->d_name));
	if (dir)
		closedir(dir);
}

#endif /* RTM_TASKS_H */
