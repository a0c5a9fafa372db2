// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/xkernel_transition: one open file is one transition.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kallsyms.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "xk_internal.h"

static int xk_copy_blockers(struct xk_transition *t, struct xk_status *req, u32 room)
{
	struct xk_blocker one;
	u32 i;

	if (!req->blocker_size || req->blocker_size > PAGE_SIZE)
		return -EINVAL;
	for (i = 0; i < min(room, req->blocker_count); i++) {
		const struct xk_blocked *blocked = &t->found.task[i];
		void __user *to = u64_to_user_ptr(req->blockers) + (u64)i * req->blocker_size;
		size_t known = min_t(size_t, req->blocker_size, sizeof(one));

		memset(&one, 0, sizeof(one));
		one.tid = task_pid_nr(blocked->task);
		one.address = blocked->address;
		get_task_comm(one.comm, blocked->task);
		if (blocked->address)
			snprintf(one.symbol, sizeof(one.symbol), "%ps", (void *)blocked->address);
		if (copy_to_user(to, &one, known) ||
		    clear_user(to + known, req->blocker_size - known))
			return -EFAULT;
	}
	return 0;
}

static int xk_status_of(struct xk_transition *t, struct xk_status *req)
{
	struct xk_status told;
	u32 room = req->blocker_count;
	int ret = 0;

	if (req->wait_ms && READ_ONCE(t->status.state) != XK_TRANSITION_IDLE) {
		if (wait_event_interruptible_timeout(t->changed,
						     xk_ended(READ_ONCE(t->status.state)),
						     msecs_to_jiffies(req->wait_ms)) < 0)
			return -ERESTARTSYS;
	}
	mutex_lock(&t->lock);
	told = t->status;
	if (told.state == XK_TRANSITION_RUNNING || told.state == XK_TRANSITION_REVERTING)
		told.elapsed_us = ktime_us_delta(ktime_get(), t->start);
	told.wait_ms = req->wait_ms;
	told.blockers = req->blockers;
	told.blocker_size = req->blocker_size;
	told.blocker_count = min_t(u32, t->found.count, XK_BLOCKERS_MAX);
	*req = told;
	if (req->blockers)
		ret = xk_copy_blockers(t, req, room);
	mutex_unlock(&t->lock);
	return ret;
}

static int xk_status_any(struct xk_transition *own, struct xk_status *req)
{
	struct xk_transition *t;
	int ret;

	if (!req->id)
		return own->status.state == XK_TRANSITION_IDLE ? -ENOENT :
								 xk_status_of(own, req);
	t = xk_transition_running(req->id);
	if (!t)
		return -ENOENT;
	ret = xk_status_of(t, req);
	xk_transition_put(t);
	return ret;
}

static int xk_start(struct xk_transition *t, const struct xk_start *req)
{
	int ret;

	mutex_lock(&t->lock);
	ret = xk_transition_start(t, req);
	mutex_unlock(&t->lock);
	return ret;
}

static long xk_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	union {
		struct xk_transition_version version;
		struct xk_start start;
		struct xk_status status;
	} req = {};
	static const u8 sizes[] = {
		[_IOC_NR(XK_TIOC_VERSION) & 0x3f] = sizeof(struct xk_transition_version),
		[_IOC_NR(XK_TIOC_START) & 0x3f] = sizeof(struct xk_start),
		[_IOC_NR(XK_TIOC_STATUS) & 0x3f] = sizeof(struct xk_status),
	};
	struct xk_transition *t = file->private_data;
	unsigned int nr = _IOC_NR(cmd), size = _IOC_SIZE(cmd), index = nr & 0x3f;
	void __user *user = (void __user *)arg;
	long ret;

	if (_IOC_TYPE(cmd) != 'x' || nr < 0xc0 || index >= ARRAY_SIZE(sizes))
		return -ENOTTY;
	if (size < sizeof(u64) || size > PAGE_SIZE)
		return -EINVAL;
	ret = copy_struct_from_user(&req, sizes[index], user, size);
	if (ret)
		return ret;
	switch (nr) {
	case _IOC_NR(XK_TIOC_VERSION):
		req.version.abi = XK_TRANSITION_ABI_VERSION;
		req.version.modes = BIT(XK_MODE_PER_TASK) | BIT(XK_MODE_GLOBAL);
		req.version.running = xk_transitions_running();
		req.version.slice = XK_SLICE;
		break;
	case _IOC_NR(XK_TIOC_START):
		ret = xk_start(t, &req.start);
		break;
	default:
		ret = xk_status_any(t, &req.status);
	}
	if (!ret && copy_to_user(user, &req, min_t(size_t, size, sizes[index])))
		ret = -EFAULT;
	return ret;
}

static __poll_t xk_poll(struct file *file, poll_table *wait)
{
	struct xk_transition *t = file->private_data;

	poll_wait(file, &t->changed, wait);
	return xk_ended(READ_ONCE(t->status.state)) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int xk_open(struct inode *inode, struct file *file)
{
	struct xk_transition *t;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	t = xk_transition_new();
	if (!t)
		return -ENOMEM;
	/* Whoever starts several keeps a file open: then only the first one waits. */
	ret = xk_exits_watch();
	if (ret) {
		xk_transition_put(t);
		return ret;
	}
	file->private_data = t;
	return 0;
}

static int xk_release(struct inode *inode, struct file *file)
{
	struct xk_transition *t = file->private_data;

	WRITE_ONCE(t->closed, true);
	wake_up_all(&t->changed);
	xk_transition_put(t);
	xk_exits_unwatch();
	return 0;
}

static const struct file_operations xk_fops = {
	.owner = THIS_MODULE,
	.open = xk_open,
	.release = xk_release,
	.poll = xk_poll,
	.unlocked_ioctl = xk_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice xk_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = XK_TRANSITION_DEVICE,
	.fops = &xk_fops,
	.mode = 0600,
};

module_misc_device(xk_misc);
MODULE_DESCRIPTION("KernelX: transitions from one value of a constant to another");
MODULE_LICENSE("GPL");
