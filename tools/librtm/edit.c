// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What is being edited, and what the client does to next hops meanwhile.
 *
 * How this file works: a route or a next hop that a thread has locked exclusively is
 * being edited: its shadow is the client's, and is not read again until the lock has
 * gone.
 *
 * A client that edits the next hops of a route counts their references itself, as if
 * it wrote into the route: it releases what it takes out and references what it puts
 * in.  To the kernel the references of a route are the route's own, and the client's
 * are the client's.  So while a thread edits a route, its reference and release calls
 * are only noted.  The commit cancels one note for each next hop that left the route,
 * or came; what no commit has cancelled when the thread edits nothing any more was
 * meant for the client's own references, and is done then.  A client that counts and
 * one that does not are both right in the end.
 *
 * All of it is protected by the lock of the registration's shadows.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "rtm_private.h"

/**
 * struct rtmi_edit - an object that a thread has locked exclusively
 * @next: of the same registration
 * @handle: the route or next hop
 * @dest: of a route: its destination, whose lock it is
 * @thread: who
 * @depth: how often
 */
struct rtmi_edit {
	struct rtmi_edit *next;
	__u64 handle;
	__u64 dest;
	pid_t thread;
	unsigned int depth;
};

/**
 * struct rtmi_note - references of a next hop that a thread has put off
 * @next: of the same registration
 * @nexthop: the next hop
 * @thread: who
 * @count: references, less than 0 for releases
 */
struct rtmi_note {
	struct rtmi_note *next;
	__u64 nexthop;
	pid_t thread;
	long count;
};

static struct rtmi_edit **find_edit(struct rtmi_shadows *shadows, __u64 handle, pid_t thread)
{
	struct rtmi_edit **pos;

	for (pos = &shadows->edits; *pos; pos = &(*pos)->next) {
		if ((*pos)->handle == handle && (!thread || (*pos)->thread == thread))
			break;
	}
	return pos;
}

static bool edits_route(const struct rtmi_shadows *shadows, pid_t thread)
{
	const struct rtmi_edit *edit;

	for (edit = shadows->edits; edit; edit = edit->next) {
		if (edit->thread == thread && RTM_HANDLE_TYPE(edit->handle) == RTM_HANDLE_ROUTE)
			return true;
	}
	return false;
}

/**
 * rtmi_edit_active() - is an object being edited
 * @shadows: objects; the caller holds their lock
 * @handle: the object
 *
 * Return: true when some thread has it locked exclusively.
 */
bool rtmi_edit_active(struct rtmi_shadows *shadows, __u64 handle)
{
	return *find_edit(shadows, handle, 0);
}

/**
 * rtmi_edit_begin() - the calling thread has locked an object exclusively
 * @shadows: objects; the caller holds their lock
 * @handle: the object
 * @dest: of a route: its destination, else 0
 *
 * Return: 0 or -ENOMEM.
 */
int rtmi_edit_begin(struct rtmi_shadows *shadows, __u64 handle, __u64 dest)
{
	pid_t thread = gettid();
	struct rtmi_edit *edit = *find_edit(shadows, handle, thread);

	if (edit) {
		edit->depth++;
		return 0;
	}
	edit = calloc(1, sizeof(*edit));
	if (!edit)
		return -ENOMEM;
	edit->handle = handle;
	edit->dest = dest;
	edit->thread = thread;
	edit->depth = 1;
	edit->next = shadows->edits;
	shadows->edits = edit;
	return 0;
}

static void apply(struct rtmi_reg *reg, struct rtmi_note *note)
{
	for (; note->count > 0; note->count--)
		rtmi_handles_reference(rtmi_dev(reg), reg->handle, &note->nexthop, 1);
	for (; note->count < 0; note->count++)
		rtmi_handles_release(rtmi_dev(reg), reg->handle, RTM_HANDLE_NEXTHOP,
				     &note->nexthop, 1);
}

static void settle(struct rtmi_reg *reg, pid_t thread)
{
	struct rtmi_note **pos = &reg->shadows.notes;
	struct rtmi_note *note;

	while ((note = *pos)) {
		if (note->thread != thread) {
			pos = &note->next;
			continue;
		}
		*pos = note->next;
		apply(reg, note);
		free(note);
	}
}

/**
 * rtmi_edit_end() - an exclusive lock has gone
 * @reg: registration; the caller holds the lock of its objects
 * @handle: the object: that of the calling thread, else that of another
 *
 * Return: true when the object is not being edited any more.
 */
bool rtmi_edit_end(struct rtmi_reg *reg, __u64 handle)
{
	struct rtmi_edit **pos = find_edit(&reg->shadows, handle, gettid());
	struct rtmi_edit *edit;
	pid_t thread;

	if (!*pos)
		pos = find_edit(&reg->shadows, handle, 0);
	edit = *pos;
	if (!edit || --edit->depth)
		return !edit;
	*pos = edit->next;
	thread = edit->thread;
	free(edit);
	if (!edits_route(&reg->shadows, thread))
		settle(reg, thread);
	return true;
}

/**
 * rtmi_edit_beyond() - an edit that no lock stands for any more
 * @shadows: objects; the caller holds their lock
 * @dest: destination, not 0
 * @left: how often it is still locked exclusively
 *
 * One lock serves all routes of a destination, and any call for it or for one of them
 * may release it.  So there may be more edits than there is of the lock.
 *
 * Return: the route that was locked last of those, or 0.
 */
__u64 rtmi_edit_beyond(const struct rtmi_shadows *shadows, __u64 dest, __u64 left)
{
	const struct rtmi_edit *edit;
	__u64 newest = 0, sum = 0;

	for (edit = shadows->edits; edit; edit = edit->next) {
		if (edit->dest != dest)
			continue;
		if (!newest)
			newest = edit->handle;
		sum += edit->depth;
	}
	return sum > left ? newest : 0;
}

static struct rtmi_note *find_note(struct rtmi_shadows *shadows, __u64 nexthop, pid_t thread)
{
	struct rtmi_note *note = shadows->notes;

	while (note && (note->nexthop != nexthop || note->thread != thread))
		note = note->next;
	return note;
}

static int note_one(struct rtmi_shadows *shadows, __u64 nexthop, long count)
{
	pid_t thread = gettid();
	struct rtmi_note *note = find_note(shadows, nexthop, thread);

	if (!note) {
		note = calloc(1, sizeof(*note));
		if (!note)
			return -ENOMEM;
		note->nexthop = nexthop;
		note->thread = thread;
		note->next = shadows->notes;
		shadows->notes = note;
	}
	note->count += count;
	return 0;
}

static int note_all(struct rtmi_reg *reg, const __u64 *handles, size_t count, long by)
{
	size_t i;
	int err;

	for (i = 0; i < count; i++) {
		if (!rtmi_handle_is_alive(reg, handles[i]))
			return -EBADF;
	}
	for (i = 0; i < count; i++) {
		err = note_one(&reg->shadows, handles[i], by);
		if (err)
			return err;
	}
	return 0;
}

/**
 * rtmi_edit_defer() - put the references of next hops off
 * @reg: registration
 * @handles: handles; next hops, or it is no call to be put off
 * @count: their number
 * @by: 1 for references, -1 for releases
 *
 * Takes the lock of the registration's objects.
 *
 * Return: 0; -EBADF for a dead handle, nothing being noted; -ENOMEM; -EAGAIN when the
 * thread edits no route, or a handle is no next hop: the kernel is to be asked.
 */
int rtmi_edit_defer(struct rtmi_reg *reg, const void *handles, size_t count, long by)
{
	const __u64 *ids = handles;
	int err = -EAGAIN;
	size_t i;

	for (i = 0; i < count; i++) {
		if (RTM_HANDLE_TYPE(ids[i]) != RTM_HANDLE_NEXTHOP)
			return -EAGAIN;
	}
	pthread_mutex_lock(&reg->shadows.lock);
	if (reg->shadows.edits && edits_route(&reg->shadows, gettid()))
		err = note_all(reg, ids, count, by);
	pthread_mutex_unlock(&reg->shadows.lock);
	return err;
}

static long occurrences(const __u64 *set, unsigned int count, __u64 nexthop)
{
	long n = 0;

	while (count--)
		n += set[count] == nexthop;
	return n;
}

/**
 * rtmi_edit_commit() - a commit has moved next hops out of a route and into it
 * @shadows: objects; the caller holds their lock
 * @before: what the route had, each next hop as often as that
 * @n_before: entries of @before
 * @after: what it has now
 * @n_after: entries of @after
 */
void rtmi_edit_commit(struct rtmi_shadows *shadows, const __u64 *before, unsigned int n_before,
		      const __u64 *after, unsigned int n_after)
{
	struct rtmi_note *note;
	pid_t thread = gettid();
	long gone;

	for (note = shadows->notes; note; note = note->next) {
		if (note->thread != thread)
			continue;
		gone = occurrences(before, n_before, note->nexthop) -
		       occurrences(after, n_after, note->nexthop);
		if (gone > 0 && note->count < 0)
			note->count += gone < -note->count ? gone : -note->count;
		else if (gone < 0 && note->count > 0)
			note->count -= -gone < note->count ? -gone : note->count;
	}
}

/**
 * rtmi_edits_destroy() - forget all of it, for a registration that ends
 * @shadows: objects, which nobody uses any more
 */
void rtmi_edits_destroy(struct rtmi_shadows *shadows)
{
	struct rtmi_edit *edit;
	struct rtmi_note *note;

	while ((edit = shadows->edits)) {
		shadows->edits = edit->next;
		free(edit);
	}
	while ((note = shadows->notes)) {
		shadows->notes = note->next;
		free(note);
	}
}
