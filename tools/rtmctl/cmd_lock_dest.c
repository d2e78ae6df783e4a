// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl lock dest - run a command while a destination is locked.
 *
 * How this file works: like flock(1).  We register an entity of our own, named after
 * the process; for an exclusive lock with an opaque slot, which is the stake that it
 * takes and of which there are few.  The command runs in a child that does not inherit
 * the device file.  The lock is ours, not the child's: if we are killed it is gone, and
 * the child is told to end (SIGTERM), so that it cannot go on believing to be alone.
 * SIGTERM and SIGHUP sent to us go to the child; the keys of the terminal reach it
 * anyway.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"
#include "device.h"
#include "print.h"
#include "session.h"

#define EXIT_NO_COMMAND		127
#define EXIT_NOT_EXECUTABLE	126

struct lock_dest_args {
	struct wait_sel wait;
	struct rtm_net_prefix dest;
	char **command;
	int64_t instance;
	bool shared;
};

/* "--": all that follows is the command. */
static int kw_command(const struct keyword *kw, struct args *args, void *to)
{
	struct lock_dest_args *a = to;

	(void)kw;
	a->command = args->words;
	args->n = 0;
	return *a->command ? STATUS_OK : usage_error("the command after \"--\" is missing");
}

static const struct keyword lock_dest_keywords[] = {
	KW_TIMEOUT(struct lock_dest_args, wait),
	KW_NOWAIT(struct lock_dest_args, wait),
	{ "shared", kw_flag, offsetof(struct lock_dest_args, shared), 0, false },
	{ "instance", kw_id, offsetof(struct lock_dest_args, instance), UINT16_MAX, false },
	{ "--", kw_command, 0, 0, false },
	{ NULL, kw_prefix, offsetof(struct lock_dest_args, dest), 0, false },
};

static int parse_lock(struct args *args, struct lock_dest_args *a)
{
	int status = parse_keywords(args, lock_dest_keywords, a);

	if (status)
		return status;
	if (!a->dest.family)
		return usage_error("the destination is missing (\"default\" needs -4 or -6)");
	return a->command ? STATUS_OK : usage_error("\"-- COMMAND\" is missing");
}

/*
 * The lock.  0 or -errno, and the command it came from.
 */

static int take(struct session *s, const struct lock_dest_args *a, struct rtm_lock_dest *lock,
		unsigned int *cmd)
{
	struct rtm_get_dest find = {
		.size = sizeof(find),
		.flags = wait_flags(&a->wait),
		.entity = s->handle,
		.prefix = a->dest,
		.deadline = wait_deadline(&a->wait),
	};
	int ret;

	*cmd = RTM_IOC_GET_EXACT_DEST;
	ret = dev_call(DEV_CHANGE, *cmd, &find);
	if (ret)
		return ret;
	*lock = (struct rtm_lock_dest) {
		.size = sizeof(*lock),
		.flags = (a->shared ? 0 : RTM_REQ_EXCLUSIVE) | wait_flags(&a->wait),
		.entity = s->handle,
		.dest = find.dest,
		.deadline = find.deadline,
	};
	*cmd = RTM_IOC_LOCK_DEST;
	return dev_call(DEV_CHANGE, *cmd, lock);
}

static int release(struct rtm_lock_dest *lock)
{
	lock->flags &= RTM_REQ_EXCLUSIVE;
	lock->deadline = 0;
	return dev_call(DEV_CHANGE, RTM_IOC_UNLOCK_DEST, lock);
}

/*
 * The command
 */

/* In the child; @mask is what was blocked before the fork. */
static void become(char **command, pid_t parent, const sigset_t *mask)
{
	sigprocmask(SIG_SETMASK, mask, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* the parent may have gone before that */
	if (getppid() != parent)
		_exit(EXIT_NOT_EXECUTABLE);
	execvp(command[0], command);
	refused("cannot run %s: %s", command[0], strerror(errno));
	_exit(errno == ENOENT ? EXIT_NO_COMMAND : EXIT_NOT_EXECUTABLE);
}

static int exit_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Until the child has ended; its exit code, or -errno. */
static int attend(pid_t child, const sigset_t *signals)
{
	int sig, status;
	pid_t pid;

	for (;;) {
		sig = sigwaitinfo(signals, NULL);
		if (sig == SIGTERM || sig == SIGHUP)
			kill(child, sig);
		pid = waitpid(child, &status, WNOHANG);
		if (pid == child)
			return exit_code(status);
		if (pid < 0 && errno != EINTR)
			return -errno;
	}
}

/* Exit code of the command, or -errno. */
static int run_command(char **command)
{
	static const int waited_for[] = { SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT };
	pid_t parent = getpid(), child;
	sigset_t signals, old;
	int code;
	size_t i;

	/* if it is ignored, children vanish without an exit code */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&signals);
	for (i = 0; i < ARRAY_SIZE(waited_for); i++)
		sigaddset(&signals, waited_for[i]);
	sigprocmask(SIG_BLOCK, &signals, &old);
	fflush(NULL);
	child = fork();
	if (!child)
		become(command, parent, &old);
	code = child < 0 ? -errno : attend(child, &signals);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return code;
}

static int run_locked(const struct lock_dest_args *a, struct rtm_lock_dest *lock)
{
	int code = run_command(a->command);
	char buf[PREFIX_TEXT];
	int ret = release(lock);

	prefix_text(buf, sizeof(buf), &a->dest);
	if (code < 0)
		return refused("cannot run %s: %s", a->command[0], strerror(-code));
	if (ret)
		return cannot(RTM_IOC_UNLOCK_DEST, ret, "%s was not locked to the end", buf);
	return code ? STATUS_COMMAND + code : STATUS_OK;
}

int cmd_lock_dest(struct args *args)
{
	struct lock_dest_args a = { .wait = WAIT_SEL_NONE, .instance = -1 };
	struct rtm_lock_dest lock;
	char buf[PREFIX_TEXT];
	struct session *s;
	unsigned int cmd;
	int ret;

	ret = parse_lock(args, &a);
	if (!ret)
		ret = session_register_self(&a.dest, a.instance, a.shared ? 0 : RTM_REQ_OPAQUE_SLOT,
					    &s);
	if (ret)
		return ret;
	ret = take(s, &a, &lock, &cmd);
	if (ret)
		ret = cannot(cmd, ret, "cannot lock %s", prefix_text(buf, sizeof(buf), &a.dest));
	else
		ret = run_locked(&a, &lock);
	session_end(s);
	return ret;
}
