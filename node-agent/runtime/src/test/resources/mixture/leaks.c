// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel holds, before and after: objects of each slab cache, vmalloc
 * areas of our modules, BPF maps, programs and links.
 */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "soak.h"

#define CACHES_MAX 512

static struct cache {
	char name[64];
	unsigned long objects;
} before[CACHES_MAX];

static unsigned int caches;
static unsigned int areas, maps, programs, links;

/* What is kept for a reason, and what waits for a grace period, goes first. */
static void settle(void)
{
	FILE *file;
	int i;

	sync();
	for (i = 0; i < 3; i++) {
		sleep(1);
		file = fopen("/proc/sys/vm/drop_caches", "w");
		if (!file)
			die("drop_caches");
		fputs("3", file);
		fclose(file);
	}
	sleep(2);
}

static unsigned int bpf_count(int next)
{
	union bpf_attr attr = {};
	unsigned int count = 0;

	while (!syscall(SYS_bpf, next, &attr, sizeof(attr))) {
		attr.start_id = attr.next_id;
		count++;
	}
	return count;
}

/* Areas of which the kernel says this. */
static unsigned int area_count(const char *what)
{
	FILE *file = fopen("/proc/vmallocinfo", "r");
	unsigned int count = 0;
	char line[512];

	if (!file)
		die("vmallocinfo");
	while (fgets(line, sizeof(line), file))
		count += strstr(line, what) != NULL;
	fclose(file);
	return count;
}

static unsigned int slabs(struct cache *into)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	unsigned int count = 0, i;
	char line[512];

	if (!file)
		die("slabinfo");
	while (count < CACHES_MAX && fgets(line, sizeof(line), file))
		count += sscanf(line, "%63s %lu", into[count].name, &into[count].objects) == 2;
	fclose(file);
	/* Areas that were given back, stacks of tasks above all, are kept: till a purge, and in pools after it. */
	for (i = 0; i < count; i++)
		if (!strcmp(into[i].name, "vmap_area"))
			into[i].objects = area_count("0x") - area_count("unpurged");
	return count;
}

/** leaks_note - remember what is held now */
void leaks_note(void)
{
	settle();
	caches = slabs(before);
	areas = area_count("xk_");
	maps = bpf_count(BPF_MAP_GET_NEXT_ID);
	programs = bpf_count(BPF_PROG_GET_NEXT_ID);
	links = bpf_count(BPF_LINK_GET_NEXT_ID);
}

/**
 * leaks_tell - compare with what is held now
 * @transitions: how many there were in between; a cache that grew by more than
 *	a twentieth of that, and more than slabs come and go by, leaks
 */
void leaks_tell(unsigned int transitions)
{
	static struct cache after[CACHES_MAX];
	unsigned long limit = transitions / 20 > 400 ? transitions / 20 : 400;
	unsigned int i, j, now, leaks = 0;
	long most = 0;

	settle();
	now = slabs(after);
	for (i = 0; i < now; i++) {
		for (j = 0; j < caches && strcmp(before[j].name, after[i].name); j++)
			;
		if (j < caches) {
			long grown = (long)after[i].objects - (long)before[j].objects;

			most = grown > most ? grown : most;
			leaks += grown > (long)limit;
			if (grown > 100)
				printf("GROWN %s from %lu to %lu\n", after[i].name,
				       before[j].objects, after[i].objects);
		}
	}
	printf("HELD caches=%u leaks=%u most=%ld limit=%lu areas=%u:%u maps=%u:%u programs=%u:%u links=%u:%u\n",
	       caches, leaks, most, limit, areas, area_count("xk_"), maps,
	       bpf_count(BPF_MAP_GET_NEXT_ID), programs, bpf_count(BPF_PROG_GET_NEXT_ID), links,
	       bpf_count(BPF_LINK_GET_NEXT_ID));
}
