// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients of other modules: what <rtm.h> declares.
 *
 * How this file works: a call goes the way of an ioctl, through the same table to the
 * same handlers, with the argument in kernel memory.  Events come the way they come to
 * poll(): the client's wait queue has one more entry, whose function queues work where
 * another would wake a task, and the work does what read() does and calls the module
 * with the result.  So nothing below this file knows of modules, no core lock is held
 * while one is called, and a module that sleeps costs what a reader that sleeps does.
 */
#include <linux/debug_locks.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "rtm.h"
#include "rtm_client.h"
#include "rtm_dispatch.h"
#include "rtm_event.h"
#include "rtm_kernel.h"

/* Events told before the worker looks after others. */
#define EVENTS_A_TURN	64

/* What cannot be told for want of memory or handles is tried again after that. */
#define RETRY_JIFFIES	HZ

/**
 * struct kernel_client - what a module has opened
 * @client: the client
 * @ops: the module's functions, or NULL
 * @priv: the module's
 * @wait: in the client's event_wait, if there is somebody to tell
 * @tell: takes events and tells them
 */
struct kernel_client {
	struct rtm_client client;
	const struct rtm_client_ops *ops;
	void *priv;
	struct wait_queue_entry wait;
	struct delayed_work tell;
};

static struct workqueue_struct *event_wq;

static struct kernel_client *to_kernel(const struct rtm_client *client)
{
	return container_of(client, struct kernel_client, client);
}

/* In place of waking a task: under the wait queue's lock, and locks of the core. */
static int event_woken(struct wait_queue_entry *wait, unsigned int mode, int flags, void *key)
{
	struct kernel_client *k = container_of(wait, struct kernel_client, wait);

	mod_delayed_work(event_wq, &k->tell, 0);
	return 0;
}

static void tell_work(struct work_struct *work)
{
	struct kernel_client *k = container_of(to_delayed_work(work), struct kernel_client, tell);
	struct rtm_event event;
	unsigned int i;
	ssize_t n;

	for (i = 0; i < EVENTS_A_TURN; i++) {
		n = rtm_event_read(&k->client, KERNEL_SOCKPTR(&event), sizeof(event));
		/* behind the others now */
		if (n == -ENOSPC)
			continue;
		if (n <= 0)
			break;
		k->ops->event(&k->client, &event);
	}
	/* one that could not be told has queued this work again, for now */
	if (n < 0)
		mod_delayed_work(event_wq, &k->tell, RETRY_JIFFIES);
	else if (n)
		mod_delayed_work(event_wq, &k->tell, 0);
}

/**
 * rtm_client_open() - begin to use the routing table manager
 * @net: namespace whose tables are used; the caller has a reference to it
 * @ops: the module's functions, valid until the client is closed; NULL: it is told
 *	nothing, and should not ask for events
 * @priv: for rtm_client_priv()
 *
 * The client is to a module what an open /dev/rtm is to a program.  It holds a reference
 * to @net until it is closed, so it must not wait for that namespace's end to close.
 * It may be used by any number of tasks at a time.
 *
 * Context: process, may sleep, RTNL not held.
 *
 * Return: the client, or an ERR_PTR(): -ENOMEM.
 */
struct rtm_client *rtm_client_open(struct net *net, const struct rtm_client_ops *ops,
				   void *priv)
{
	struct kernel_client *k = kzalloc(sizeof(*k), GFP_KERNEL);
	int err;

	if (!k)
		return ERR_PTR(-ENOMEM);
	err = rtm_client_init(&k->client, net, true);
	if (err) {
		kfree(k);
		return ERR_PTR(err);
	}
	k->ops = ops;
	k->priv = priv;
	INIT_DELAYED_WORK(&k->tell, tell_work);
	init_waitqueue_func_entry(&k->wait, event_woken);
	if (ops)
		add_wait_queue(&k->client.event_wait, &k->wait);
	return &k->client;
}
EXPORT_SYMBOL_GPL(rtm_client_open);

/**
 * rtm_client_close() - end a client with all it has
 * @client: from rtm_client_open(); no call is being made for it or will be, but by its
 *	own callback while that runs for the last time
 *
 * Does what closing a file does: registrations that are left end as their crash
 * policies say, their handles and locks with them.  When this returns the callback is
 * not running and will not run again.
 *
 * A callback that waits keeps this waiting.  What it waits for in the name of a
 * registration ends with that: rtm_client_deregister_entity() can be called before.
 *
 * Context: process, may sleep, RTNL not held, nothing held that the callback takes;
 * not the callback itself.
 */
void rtm_client_close(struct rtm_client *client)
{
	struct kernel_client *k = to_kernel(client);

	if (WARN_ON_ONCE(current_work() == &k->tell.work))
		return;
	if (k->ops)
		remove_wait_queue(&client->event_wait, &k->wait);
	cancel_delayed_work_sync(&k->tell);
	rtm_client_destroy(client);
	kfree(k);
}
EXPORT_SYMBOL_GPL(rtm_client_close);

/**
 * rtm_client_priv() - what the module knows of a client
 * @client: from rtm_client_open()
 *
 * Context: any.
 *
 * Return: what was given when it was opened.
 */
void *rtm_client_priv(const struct rtm_client *client)
{
	return to_kernel(client)->priv;
}
EXPORT_SYMBOL_GPL(rtm_client_priv);

/* A kernel that does not keep count of locks would say of each that it is held. */
static bool holds_rtnl(void)
{
	return IS_ENABLED(CONFIG_PROVE_LOCKING) && debug_locks && lockdep_rtnl_is_held();
}

/**
 * rtm_client_call() - make a call
 * @client: from rtm_client_open(); handles in the argument are those it was given
 * @number: RTM_IOC_*
 * @arg: the command's structure, in kernel memory, with its size in place; becomes the
 *	reply
 *
 * What the functions of <rtm.h> call, each with one command and its structure.
 *
 * Handles that the call gives out belong to the registration it is made for, one
 * reference for each time; rtm_client_release_handles() drops it, and so does the end
 * of the registration.
 *
 * Who holds a lock that rtm_client_lock_dest(), _lock_route() or _lock_nexthop() takes
 * is the calling task, through the registration: as a thread of a program does.  The
 * same task may lock it again, and is not kept out by what it holds; another task of
 * the module is, but may release it through the same registration.  A lock ends when it
 * is released, with its registration, and with its task: whoever waits for one of a
 * task that is gone gets it.  So a work item should not return with a lock.
 *
 * Context: process, may sleep, RTNL not held: the call may wait for a user's lock,
 * for another module's answer or for the worker that takes RTNL.  Waiting ends early
 * for a signal, where the task gets any.
 *
 * Return: 0, or a negative errno as the structure says.  -EINTR: a signal came.
 * -ENOTTY: there is no such command.
 */
int rtm_client_call(struct rtm_client *client, unsigned int number, void *arg)
{
	const struct rtm_ioctl_op *op = rtm_dispatch_find(number);
	int err;

	might_sleep();
	WARN_ON_ONCE(holds_rtnl());
	if (!op)
		return -ENOTTY;
	err = rtm_dispatch_call(op, client, rtm_ptr(arg));
	/* of use to nobody but to who returns to user space */
	return err == -ERESTARTSYS ? -EINTR : err;
}
EXPORT_SYMBOL_GPL(rtm_client_call);

/**
 * rtm_kernel_init() - be ready for modules
 *
 * Context: process, at load.
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_kernel_init(void)
{
	event_wq = alloc_workqueue("rtm_client", WQ_UNBOUND, 0);
	return event_wq ? 0 : -ENOMEM;
}

/**
 * rtm_kernel_exit() - undo rtm_kernel_init()
 *
 * No client is open: each module that has one holds this one.
 *
 * Context: process, at unload.
 */
void rtm_kernel_exit(void)
{
	destroy_workqueue(event_wq);
}
