// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that pass through the spans all the time, each in its own way, and
 * check what they read.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "soak.h"

/* How a reader's spans are passed: the kinds of mixture.c. */
static const struct way {
	char reader;
	unsigned int kind;
	unsigned int us;	/* the longest time inside */
	unsigned int pause;	/* the longest time outside */
} ways[] = {
	{ 'a', 0, 3000, 16000 },
	{ 'a', 3, 2000, 20000 },
	{ 'a', 4, 300, 16000 },
	{ 'b', 1, 10000, 5000 },
	{ 'c', 5, 10000, 5000 },
	{ 'd', 6, 10000, 5000 },
	{ 'e', 7, 10000, 5000 },
	{ 'f', 8, 10000, 5000 },
	{ 'g', 9, 10000, 5000 },
	{ 'h', 10, 10000, 5000 },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static struct passer {
	const struct constant *c;
	const struct way *way;
	pthread_t thread;
} passers[WAYS];

static atomic_bool over;
static atomic_ulong made;

static int open_device(void)
{
	int fd = open("/dev/xk_mixture", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("/dev/xk_mixture");
	return fd;
}

static void pass(int fd, unsigned int kind, unsigned int us, uint32_t values[2])
{
	if (pread(fd, values, 2 * sizeof(values[0]), (off_t)kind << 32 | us) !=
	    2 * sizeof(values[0]))
		die("pass");
}

static void *run(void *data)
{
	const struct passer *p = data;
	unsigned int seed = p->way - ways, last = 0, settled;
	int fd = open_device();
	uint32_t values[2];

	while (!over) {
		settled = atomic_load(&p->c->settled);
		pass(fd, p->way->kind, 1 + rand_r(&seed) % p->way->us, values);
		atomic_fetch_add(&made, 1);
		last = history_check(p->c, settled, values[0], last);
		if (values[1] != values[0])
			last = history_check(p->c, settled, values[1], last);
		usleep(1 + rand_r(&seed) % p->way->pause);
	}
	close(fd);
	return NULL;
}

/** passers_start - set tasks to work at each of these constants */
void passers_start(struct constant *constants, unsigned int count)
{
	unsigned int i, j;

	over = false;
	for (i = 0; i < WAYS; i++) {
		passers[i].c = NULL;
		for (j = 0; j < count; j++)
			if (constants[j].reader == ways[i].reader)
				passers[i].c = &constants[j];
		passers[i].way = &ways[i];
		if (passers[i].c &&
		    pthread_create(&passers[i].thread, NULL, run, &passers[i]))
			die("pthread_create");
	}
}

/** passers_stop - end them */
void passers_stop(void)
{
	unsigned int i;

	over = true;
	for (i = 0; i < WAYS; i++)
		if (passers[i].c)
			pthread_join(passers[i].thread, NULL);
}

/** pass_reads - whether a pass that begins now reads this value, twice */
bool pass_reads(const struct constant *c, uint32_t value)
{
	unsigned int i = 0;
	uint32_t values[2];
	int fd = open_device();

	while (ways[i].reader != c->reader)
		i++;
	pass(fd, ways[i].kind, 1, values);
	close(fd);
	return values[0] == value && values[1] == value;
}

/** passes - how many were made */
unsigned long passes(void)
{
	return made;
}

static unsigned int counter(const char *name)
{
	char path[128];
	unsigned int value;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/xk_mixture/parameters/%s", name);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%u", &value) != 1)
		die(path);
	fclose(file);
	return value;
}

/** mixtures - how many passes read two values, since the test module came */
unsigned int mixtures(void)
{
	return counter("mixtures") + counter("timer_mixtures");
}
