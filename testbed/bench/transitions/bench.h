/* SPDX-License-Identifier: GPL-2.0-only */
/* What the measurements of transitions share. */
#ifndef BENCH_H
#define BENCH_H

#include <sys/types.h>

#include "xk_abi.h"
#include "xk_transition_abi.h"

/* node.c */
void die(const char *what) __attribute__((noreturn));
unsigned long symbol(const char *name, unsigned long *end);
unsigned int constant_new(unsigned long site);
void program_attach(unsigned int id, int program);
void program_detach(unsigned int id);
void flip(unsigned int id, unsigned int action, unsigned long long value);
int transition_begin(unsigned int id, unsigned int mode, unsigned long long value,
		     const char *function);
struct xk_status transition_end(int fd);
pid_t sleeper_start(void);
void sleeper_stop(pid_t pid);

/* hits.c, stops.c: each prints its figures as lines of NAME WORD=NUMBER... */
void measure_hits(const char *stub, const char *module, unsigned long offset);
void measure_stops(unsigned int id, unsigned int tasks);
void measure_per_task(unsigned int id, unsigned int asleep, unsigned int busy);

#endif /* BENCH_H */
