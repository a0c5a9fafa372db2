// SPDX-License-Identifier: GPL-2.0-only
/*
 * soak PERTASK GLOBAL KILLS SHORT HOTPLUGS SECONDS SEED LOAD ID:READER...
 *
 * Moves constants of the test module back and forth, all of them at once, each
 * by a thread of its own, while tasks pass through their spans: so many PerTask
 * and so many Global transitions together, in a random order. Of those KILLS
 * are begun by a process that is killed at a random moment, and SHORT have a
 * few milliseconds of time, so that some do not succeed. CPU 1 is taken away
 * and given back HOTPLUGS times meanwhile. LOAD, or "-", is a program that makes
 * other load and is killed at the end. After SECONDS nothing new is begun.
 *
 * Everybody's readings are checked (history.c), and each end: the constant's
 * value is the one before or the one that was aimed at. What the kernel holds is
 * compared (leaks.c) after a first tenth of the transitions and after the last.
 *
 * The exit code is 0 if all could be judged; the lines say what was seen.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

enum mode { PER_TASK, GLOBAL, MODES };

static const char *const mode_names[] = { "PerTask", "Global" };

/* What remains to be done, and what was done; under the lock. */
static struct {
	pthread_mutex_t lock;
	unsigned int left[MODES], later;
	unsigned int kills, brief;
	unsigned int seed;
	time_t until;
	struct made {
		unsigned int count, done, inside, stop_us;
		unsigned int *us;
	} made[MODES];
	unsigned int killed;
	time_t began;
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

atomic_uint wrong_values;
static atomic_uint next_value = 1000;

void die(const char *what)
{
	fprintf(stderr, "soak: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned int below(unsigned int limit)
{
	return limit ? rand_r(&all.seed) % limit : 0;
}

static enum mode mode_of(const struct job *job)
{
	return job->per_task ? PER_TASK : GLOBAL;
}

static bool draw(struct job *job)
{
	unsigned int left;
	bool brief;

	pthread_mutex_lock(&all.lock);
	left = all.left[PER_TASK] + all.left[GLOBAL];
	if (!left || time(NULL) >= all.until) {
		pthread_mutex_unlock(&all.lock);
		return false;
	}
	job->per_task = below(left) < all.left[PER_TASK];
	job->kill = below(left + all.later) < all.kills;
	brief = !job->kill && below(left + all.later) < all.brief;
	job->compiled = !below(3);
	job->delay_ms = below(40);
	job->timeout_ms = brief ? 1 + below(10) : 0;
	all.left[mode_of(job)]--;
	all.kills -= job->kill;
	all.brief -= brief;
	pthread_mutex_unlock(&all.lock);
	return true;
}

static void give_back(const struct job *job)
{
	pthread_mutex_lock(&all.lock);
	all.left[mode_of(job)]++;
	all.kills += job->kill;
	pthread_mutex_unlock(&all.lock);
}

static void count(const struct job *job, const struct xk_status *status, bool reached, bool killed)
{
	struct made *made = &all.made[mode_of(job)];
	unsigned int total;

	pthread_mutex_lock(&all.lock);
	/* How long one took that was killed is not known. */
	made->us[made->count++] = reached && !job->kill ? status->elapsed_us : 0;
	made->done += reached;
	made->inside += status->inside_first > 0;
	if (status->stop_max_us > made->stop_us)
		made->stop_us = status->stop_max_us;
	all.killed += killed;
	total = all.made[PER_TASK].count + all.made[GLOBAL].count;
	if (total % 250 == 0)
		printf("PROGRESS %u, %u left, in %ld s: done=%u killed=%u wrong=%u mixtures=%u\n",
		       total, all.left[PER_TASK] + all.left[GLOBAL], time(NULL) - all.began,
		       all.made[PER_TASK].done + all.made[GLOBAL].done, all.killed, wrong_values,
		       mixtures());
	pthread_mutex_unlock(&all.lock);
}

static void wrong(const struct constant *c, const char *what, unsigned long long is)
{
	printf("WRONG %c: %s %llu\n", c->reader, what, is);
	wrong_values++;
}

static void one(int watch, struct constant *c, struct job *job)
{
	struct xk_read before = state_of(c), after;
	struct xk_status status = {};
	bool reached, killed = false;

	/* From the compiled value there is no way to it. */
	job->compiled &= !!(before.state & XK_STATE_NEW);
	job->value = job->compiled ? ORIGINAL : next_value++;
	history_aim(c, job->value);
	if (!job->kill) {
		move(c, job, &status);
	} else if (!move_and_kill(watch, c, job, &status, &killed)) {
		history_end(c, false);
		give_back(job);
		return;
	}
	after = state_of(c);
	if (after.state & XK_STATE_MOVING)
		wrong(c, "still moving, state", after.state);
	reached = job->compiled ? !(after.state & XK_STATE_NEW) :
				  (after.state & XK_STATE_NEW) && after.new_value == job->value;
	if (!reached && ((after.state ^ before.state) & XK_STATE_NEW ||
			 ((before.state & XK_STATE_NEW) && after.new_value != before.new_value)))
		wrong(c, "neither the value before nor the new one", after.new_value);
	if (!job->kill && reached != (status.state == XK_TRANSITION_DONE))
		wrong(c, "its state is not its end", status.state);
	history_end(c, reached);
	if (!pass_reads(c, c->values[c->newest]))
		wrong(c, "a pass after the end does not read", c->values[c->newest]);
	count(job, &status, reached, killed);
}

static void *mover(void *data)
{
	struct constant *c = data;
	int watch = open_transition();
	struct job job;

	while (draw(&job))
		one(watch, c, &job);
	close(watch);
	return NULL;
}

static void switch_processor(bool on)
{
	int fd = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY);

	if (fd < 0 || write(fd, on ? "1" : "0", 1) != 1)
		die("cpu1");
	close(fd);
}

static void *hotplug(void *data)
{
	unsigned int *times = data, left = *times;

	for (*times = 0; left; left--, ++*times) {
		usleep(500000);
		switch_processor(false);
		usleep(200000);
		switch_processor(true);
	}
	return NULL;
}

static pid_t load_start(const char *load)
{
	pid_t pid;

	if (!strcmp(load, "-"))
		return 0;
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		execl(load, load, NULL);
		_exit(127);
	}
	setpgid(pid, pid);
	return pid;
}

static void load_stop(pid_t pid)
{
	if (pid) {
		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

static void run(struct constant *constants, unsigned int count, const char *load,
		unsigned int *hotplugs)
{
	pthread_t threads[READERS], plugger;
	pid_t pid = load_start(load);
	unsigned int i;

	passers_start(constants, count);
	if (*hotplugs && pthread_create(&plugger, NULL, hotplug, hotplugs))
		die("pthread_create");
	for (i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, mover, &constants[i]))
			die("pthread_create");
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	if (*hotplugs)
		pthread_join(plugger, NULL);
	passers_stop();
	load_stop(pid);
}

static int order(const void *a, const void *b)
{
	return *(const unsigned int *)a < *(const unsigned int *)b ? -1 : 1;
}

static void tell_mode(enum mode mode)
{
	unsigned int *us = all.made[mode].us, n = all.made[mode].count, none = 0;

	if (!n)
		return;
	qsort(us, n, sizeof(*us), order);
	while (none < n - 1 && !us[none])
		none++;
	us += none;
	n -= none;
	printf("MANY %s count=%u done=%u inside=%u p50=%u p99=%u max=%u stop=%u\n",
	       mode_names[mode], all.made[mode].count, all.made[mode].done, all.made[mode].inside, us[(n - 1) / 2], us[(n - 1) * 99 / 100], us[n - 1],
	       all.made[mode].stop_us);
}

static void constant_new(struct constant *c, const char *word, unsigned int transitions)
{
	struct xk_read state;

	c->id = strtoul(word, NULL, 0);
	c->reader = strchr(word, ':')[1];
	spans_of(c);
	state = state_of(c);
	history_new(c, transitions, state.state & XK_STATE_NEW ? state.new_value : ORIGINAL);
}

int main(int argc, char **argv)
{
	static struct constant constants[READERS];
	unsigned int i, count = argc - 9, left[MODES], hotplugs, none = 0, total, had;
	int keep;

	if (argc < 10 || count > READERS)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	left[PER_TASK] = strtoul(argv[1], NULL, 0);
	left[GLOBAL] = strtoul(argv[2], NULL, 0);
	total = left[PER_TASK] + left[GLOBAL];
	all.kills = strtoul(argv[3], NULL, 0);
	all.brief = strtoul(argv[4], NULL, 0);
	hotplugs = strtoul(argv[5], NULL, 0);
	all.began = time(NULL);
	all.until = all.began + strtoul(argv[6], NULL, 0);
	all.seed = strtoul(argv[7], NULL, 0);
	for (i = 0; i < count; i++)
		constant_new(&constants[i], argv[9 + i], total);
	for (i = 0; i < MODES; i++)
		all.made[i].us = calloc(total, sizeof(unsigned int));
	keep = open_transition();
	had = mixtures();

	if (total >= 1000) {
		/* The first ones fill the kernel's caches. */
		all.left[PER_TASK] = left[PER_TASK] / 10;
		all.left[GLOBAL] = left[GLOBAL] / 10;
		all.later = total - all.left[PER_TASK] - all.left[GLOBAL];
		run(constants, count, argv[8], &none);
		leaks_note();
	}
	all.later = 0;
	all.left[PER_TASK] = left[PER_TASK] - all.made[PER_TASK].count;
	all.left[GLOBAL] = left[GLOBAL] - all.made[GLOBAL].count;
	run(constants, count, argv[8], &hotplugs);
	if (total >= 1000)
		leaks_tell(total - total / 10);
	for (i = 0; i < count; i++)
		history_judge(&constants[i]);
	tell_mode(PER_TASK);
	tell_mode(GLOBAL);
	printf("SOAK transitions=%u done=%u inside=%u kills=%u wrongValues=%u mixtures=%u hotplugs=%u passes=%lu seconds=%ld\n",
	       all.made[PER_TASK].count + all.made[GLOBAL].count,
	       all.made[PER_TASK].done + all.made[GLOBAL].done,
	       all.made[PER_TASK].inside + all.made[GLOBAL].inside, all.killed, wrong_values,
	       mixtures() - had, hotplugs, passes(), time(NULL) - all.began);
	close(keep);
	return 0;
}
