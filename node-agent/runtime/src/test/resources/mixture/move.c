// SPDX-License-Identifier: GPL-2.0-only
/*
 * One transition: begun, watched to its end, or begun by a process that is
 * killed on the way.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak.h"

/* A transition that takes longer is told of while it runs. */
#define LONG_SECONDS 10

static int device(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/" XK_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("/dev/" XK_DEVICE);
	return fd;
}

/** state_of - what the module says of a constant */
struct xk_read state_of(const struct constant *c)
{
	struct xk_read state = { .id = c->id };

	if (ioctl(device(), XK_IOC_READ, &state))
		die("read");
	return state;
}

/** open_transition - a file that can have one transition, and be asked of others */
int open_transition(void)
{
	int fd = open("/dev/" XK_TRANSITION_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("/dev/" XK_TRANSITION_DEVICE);
	return fd;
}

static void start(int fd, const struct constant *c, const struct job *job)
{
	struct xk_start start = {
		.spans = (unsigned long)c->spans,
		.span_count = c->span_count,
		.span_size = sizeof(c->spans[0]),
		.id = c->id,
		.action = job->compiled ? XK_DEACTIVATE : XK_ACTIVATE,
		.value = job->value,
		.epoch = state_of(c).epoch,
		.mode = job->per_task ? XK_MODE_PER_TASK : XK_MODE_GLOBAL,
		.timeout_ms = job->timeout_ms,
	};

	if (ioctl(fd, XK_TIOC_START, &start))
		die("start");
}

/* How a transition stands, after waiting for its end. Returns 0 or an error. */
static int status_of(int fd, unsigned int id, unsigned int wait_ms, struct xk_status *status)
{
	static __thread struct xk_blocker blockers[XK_BLOCKERS_MAX];

	*status = (struct xk_status){
		.id = id,
		.wait_ms = wait_ms,
		.blockers = (unsigned long)blockers,
		.blocker_count = XK_BLOCKERS_MAX,
		.blocker_size = sizeof(blockers[0]),
	};
	return ioctl(fd, XK_TIOC_STATUS, status) ? errno : 0;
}

static void tell_of(const struct constant *c, const struct xk_status *status)
{
	const struct xk_blocker *blocker = (void *)(unsigned long)status->blockers;
	unsigned int i;

	printf("LONG %c mode=%u state=%u tasks=%u pending=%u stops=%u elapsed=%llus\n", c->reader,
	       status->mode, status->state, status->tasks, status->pending, status->stops,
	       status->elapsed_us / 1000000);
	for (i = 0; i < status->blocker_count; i++)
		printf("LONG  %s[%u] in %s\n", blocker[i].comm, blocker[i].tid, blocker[i].symbol);
}

/* Waits for the end of a transition: the file's own, or the one of an id. */
static int await_end(int fd, const struct constant *c, unsigned int id, struct xk_status *last)
{
	unsigned int seconds = 0;
	struct xk_status status;

	while (!status_of(fd, id, 1000, &status)) {
		*last = status;
		if (status.state >= XK_TRANSITION_DONE)
			return 0;
		if (++seconds % LONG_SECONDS == 0)
			tell_of(c, &status);
	}
	return errno;
}

/**
 * move - run a transition to its end
 * @c: the constant
 * @job: what to do
 * @last: how it ended
 */
void move(const struct constant *c, const struct job *job, struct xk_status *last)
{
	int fd = open_transition();

	start(fd, c, job);
	if (await_end(fd, c, 0, last))
		die("status");
	close(fd);
}

/**
 * move_and_kill - let a process begin a transition, and kill it
 * @watch: a file to ask with
 * @c: the constant
 * @job: what to do
 * @last: how it stood when last seen
 * @killed: set if the process died of it, and had not ended before
 *
 * When it returns the transition has ended. Return: whether there was one.
 */
bool move_and_kill(int watch, const struct constant *c, const struct job *job,
		   struct xk_status *last, bool *killed)
{
	unsigned long long epoch = state_of(c).epoch;
	struct pollfd file = { .events = POLLIN };
	bool seen = false;
	unsigned int i;
	int how;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		file.fd = open_transition();
		start(file.fd, c, job);
		poll(&file, 1, -1);
		_exit(0);
	}
	for (i = 0; !seen && i <= job->delay_ms; i++) {
		seen = !status_of(watch, c->id, job->delay_ms, last);
		if (!seen)
			usleep(1000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &how, 0);
	*killed = WIFSIGNALED(how);
	await_end(watch, c, c->id, last);
	return seen || last->id || state_of(c).epoch != epoch;
}
