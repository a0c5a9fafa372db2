// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that a probe adds to a call of umask(2), counted by the time
 * stamp counter of a machine whose clock counts instructions. Each figure is
 * the least of nine rounds of 2,000 calls.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

#include "bench.h"

#define ROUNDS	9
#define CALLS	2000

static unsigned long umask_cost(void)
{
	unsigned long long least = ~0ULL;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		unsigned long long start = __rdtsc(), took;

		for (i = 0; i < CALLS; i++)
			syscall(SYS_umask, 022);
		took = __rdtsc() - start;
		least = took < least ? took : least;
	}
	return (least + CALLS / 2) / CALLS;
}

static int kprobe_type(void)
{
	FILE *file = fopen("/sys/bus/event_source/devices/kprobe/type", "r");
	int type;

	if (!file || fscanf(file, "%d", &type) != 1)
		die("kprobe type");
	fclose(file);
	return type;
}

static struct bpf_link *attach(struct bpf_program *program, unsigned long site)
{
	struct perf_event_attr attr = {
		.type = kprobe_type(),
		.size = sizeof(attr),
		.config2 = site,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	struct bpf_link *link;

	if (fd < 0)
		die("perf_event_open");
	link = bpf_program__attach_perf_event(program, fd);
	if (!link)
		die("attach");
	return link;
}

/* The stub, which is told its ConstID before it is loaded. */
static struct bpf_object *load(const char *stub, unsigned int id)
{
	struct bpf_object *object = bpf_object__open(stub);
	struct bpf_map *map;

	if (!object)
		die(stub);
	bpf_object__for_each_map(map, object)
		if (strstr(bpf_map__name(map), "rodata") &&
		    bpf_map__set_initial_value(map, &id, sizeof(id)))
			die("rodata");
	map = bpf_object__find_map_by_name(object, "xk_stats");
	if (!map || bpf_map__set_max_entries(map, 1) || bpf_object__load(object))
		die("load");
	return object;
}

/* Lets the kernel make a jump of the probe, or keeps it from that. */
static void optimise(int on)
{
	FILE *file = fopen("/proc/sys/debug/kprobes-optimization", "w");
	char line[256];
	int optimised = 0;

	if (!file || fprintf(file, "%d", on) < 0 || fclose(file))
		die("kprobes-optimization");
	for (;;) {
		file = fopen("/sys/kernel/debug/kprobes/list", "r");
		for (optimised = 0; file && fgets(line, sizeof(line), file);)
			optimised |= strstr(line, "umask") && strstr(line, "OPTIMIZED");
		if (!file)
			die("kprobes/list");
		fclose(file);
		if (optimised == on)
			return;
		usleep(10000);
	}
}

static void measure(const char *kind, struct bpf_object *object, unsigned long site,
		    unsigned int id, unsigned int other)
{
	unsigned long base = umask_cost(), inactive, idle, border, moving;
	struct bpf_link *link;
	pid_t sleeper;
	int fd;

	link = attach(bpf_object__find_program_by_name(object, "xk_site_0"), site);
	optimise(!strcmp(kind, "jump"));
	inactive = umask_cost();
	flip(id, XK_ACTIVATE, 1);
	idle = umask_cost();

	/* A transition makes every system call look at its own stack: what that costs is no probe's. */
	sleeper = sleeper_start();
	usleep(200000);
	fd = transition_begin(other, XK_MODE_PER_TASK, 1, "__x64_sys_pause");
	usleep(200000);
	border = umask_cost();
	sleeper_stop(sleeper);
	transition_end(fd);
	usleep(200000);

	sleeper = sleeper_start();
	usleep(200000);
	fd = transition_begin(id, XK_MODE_PER_TASK, 2, "__x64_sys_pause");
	usleep(200000);
	moving = umask_cost();
	sleeper_stop(sleeper);
	transition_end(fd);
	usleep(200000);
	flip(id, XK_DEACTIVATE, 0);
	flip(other, XK_DEACTIVATE, 0);
	bpf_link__destroy(link);
	printf("HIT %s base=%lu inactive=%ld idle=%ld moving=%ld border=%ld\n", kind, base,
	       inactive - base, idle - base, moving - border + idle - base, border - idle);
}

void measure_hits(const char *stub, unsigned long offset)
{
	unsigned long end, site = symbol("__x64_sys_umask", &end) + offset;
	unsigned int id = constant_new(site), other = constant_new(symbol("__x64_sys_alarm", &end));
	struct bpf_object *object = load(stub, id);

	measure("int3", object, site, id, other);
	measure("jump", object, site, id, other);
	bpf_object__close(object);
}
