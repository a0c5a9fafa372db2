// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that a probe adds to a call of umask(2), counted by the time
 * stamp counter of a machine whose clock counts instructions. Each figure is
 * the least of nine rounds of 2,000 calls.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <elf.h>
#include <fcntl.h>
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
#define NATIVE_MODULE	"xk_native_0000000000000000"

static unsigned long umask_cost(void)
{
	unsigned long long least = ~0ULL;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		unsigned long long start, took;

		/* What RCU puts off until tasks are switched next would be paid for on each call. */
		usleep(1000);
		start = __rdtsc();
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

/* What makes the probe of a constant's one site act: a native module, or a program, run by the kernel or by xk-kfuncs. */
struct form {
	const char *name;
	int hosted;
	struct bpf_object *stub;
	struct bpf_link *link;
	const char *module;
};

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

/* A byte of the kernel's text, as it is. */
static unsigned char text_byte(unsigned long address)
{
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC), i;
	unsigned char byte;
	Elf64_Phdr part;
	Elf64_Ehdr head;

	if (fd < 0 || pread(fd, &head, sizeof(head), 0) != sizeof(head))
		die("kcore");
	for (i = 0; i < head.e_phnum; i++) {
		if (pread(fd, &part, sizeof(part), head.e_phoff + i * sizeof(part)) != sizeof(part))
			die("kcore");
		if (part.p_type == PT_LOAD && address - part.p_vaddr < part.p_memsz)
			break;
	}
	if (i == head.e_phnum ||
	    pread(fd, &byte, 1, part.p_offset + address - part.p_vaddr) != 1)
		die("kcore");
	close(fd);
	return byte;
}

/*
 * Lets the kernel make a jump of the probe, or keeps it from that. It calls a
 * probe optimised, and spares the second of its breakpoints, as soon as it
 * means to; the jump itself stands there only when every task has been seen
 * elsewhere.
 */
static void optimise(int on, unsigned long site)
{
	FILE *file = fopen("/proc/sys/debug/kprobes-optimization", "w");

	if (!file || fprintf(file, "%d", on) < 0 || fclose(file))
		die("kprobes-optimization");
	while (text_byte(site) != (on ? 0xe9 : 0xcc))
		usleep(10000);
}

/* The kernel gives a probe of BPF's up a little after its link is gone. */
static void no_probe(void)
{
	char line[256];
	int probes;

	do {
		FILE *file = fopen("/sys/kernel/debug/kprobes/list", "r");

		if (!file)
			die("kprobes/list");
		for (probes = 0; fgets(line, sizeof(line), file);)
			probes++;
		fclose(file);
		usleep(10000);
	} while (probes);
}

static void put(struct form *form, unsigned long site, unsigned int id)
{
	char parameter[32];
	int fd;

	if (form->hosted) {
		program_attach(id, bpf_program__fd(bpf_object__find_program_by_name(form->stub, "xk_site_0")));
		return;
	}
	if (form->stub) {
		form->link = attach(bpf_object__find_program_by_name(form->stub, "xk_site_0"), site);
		return;
	}
	snprintf(parameter, sizeof(parameter), "id=%u", id);
	fd = open(form->module, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, parameter, 0))
		die(form->module);
	close(fd);
}

static void take(struct form *form, unsigned int id)
{
	if (form->hosted)
		program_detach(id);
	else if (form->stub)
		bpf_link__destroy(form->link);
	else if (syscall(SYS_delete_module, NATIVE_MODULE, O_NONBLOCK))
		die("delete_module");
	no_probe();
}

/* What umask costs while a transition of this constant waits for a task that sleeps in its span. */
static unsigned long cost_between(unsigned int id, unsigned long long value)
{
	pid_t sleeper = sleeper_start();
	unsigned long cost;
	int fd;

	usleep(200000);
	fd = transition_begin(id, XK_MODE_PER_TASK, value, "__x64_sys_pause");
	usleep(200000);
	cost = umask_cost();
	sleeper_stop(sleeper);
	transition_end(fd);
	usleep(200000);
	return cost;
}

static void measure(struct form *form, const char *kind, unsigned long site, unsigned int id,
		    unsigned int other)
{
	unsigned long base = umask_cost(), inactive, idle, border, moving;

	put(form, site, id);
	optimise(!strcmp(kind, "jump"), site);
	inactive = umask_cost();
	flip(id, XK_ACTIVATE, 1);
	idle = umask_cost();

	/* A transition makes every system call look at its own stack: what that costs is no probe's. */
	border = cost_between(other, 1);
	moving = cost_between(id, 2);
	flip(id, XK_DEACTIVATE, 0);
	flip(other, XK_DEACTIVATE, 0);
	take(form, id);
	printf("HIT %s %s base=%lu inactive=%ld idle=%ld moving=%ld border=%ld\n", form->name, kind,
	       base, inactive - base, idle - base, moving - border + idle - base, border - idle);
}

void measure_hits(const char *stub, const char *module, unsigned long offset)
{
	unsigned long end, site = symbol("__x64_sys_umask", &end) + offset;
	unsigned int id = constant_new(site), other = constant_new(symbol("__x64_sys_alarm", &end));
	struct form forms[] = {
		{ .name = "bpf", .stub = load(stub, id), .hosted = 1 },
		{ .name = "linked" },
		{ .name = "native", .module = module },
	};
	unsigned int i;

	forms[1].stub = forms[0].stub;
	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		measure(&forms[i], "int3", site, id, other);
		measure(&forms[i], "jump", site, id, other);
	}
	bpf_object__close(forms[0].stub);
}
