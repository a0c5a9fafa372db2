// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long all processors stand still for a Global flip among so many tasks,
 * and how long a PerTask transition takes of which most sleep.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#define FLIPS		11
#define TASKS_MAX	2000

static unsigned long long value = 1;

static int order(const void *a, const void *b)
{
	return *(const unsigned int *)a < *(const unsigned int *)b ? -1 : 1;
}

static unsigned int one_more(unsigned int id, unsigned int mode, unsigned long long value,
			     struct xk_status *status)
{
	*status = transition_end(transition_begin(id, mode, value, "__x64_sys_umask"));
	return status->stop_max_us;
}

void measure_stops(unsigned int id, unsigned int tasks)
{
	unsigned int us[FLIPS], i;
	pid_t pids[TASKS_MAX];
	struct xk_status status;

	for (i = 0; i < tasks; i++)
		pids[i] = sleeper_start();
	sleep(1);
	for (i = 0; i < FLIPS; i++)
		us[i] = one_more(id, XK_MODE_GLOBAL, value++, &status);
	for (i = 0; i < tasks; i++)
		sleeper_stop(pids[i]);
	qsort(us, FLIPS, sizeof(us[0]), order);
	printf("STOP tasks=%u of=%u p50=%u max=%u\n", tasks, status.tasks, us[FLIPS / 2],
	       us[FLIPS - 1]);
}

static pid_t busy_start(void)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			syscall(SYS_umask, 022);
			usleep(500);
		}
	}
	return pid;
}

void measure_per_task(unsigned int id, unsigned int asleep, unsigned int busy)
{
	unsigned int us[FLIPS], stop = 0, one, i;
	struct xk_status status;
	pid_t pids[TASKS_MAX];

	for (i = 0; i < asleep + busy; i++)
		pids[i] = i < asleep ? sleeper_start() : busy_start();
	sleep(1);
	for (i = 0; i < FLIPS; i++) {
		one = one_more(id, XK_MODE_PER_TASK, value++, &status);
		stop = one > stop ? one : stop;
		us[i] = status.elapsed_us;
	}
	for (i = 0; i < asleep + busy; i++)
		sleeper_stop(pids[i]);
	qsort(us, FLIPS, sizeof(us[0]), order);
	printf("PERTASK asleep=%u of=%u p50=%u max=%u stops=%u stop=%u\n", asleep, status.tasks,
	       us[FLIPS / 2], us[FLIPS - 1], status.stops, stop);
}
