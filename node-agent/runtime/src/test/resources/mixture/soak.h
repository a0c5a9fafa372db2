/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the soak know of each other. */
#ifndef SOAK_H
#define SOAK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "xk_abi.h"
#include "xk_transition_abi.h"

#define ORIGINAL	10
#define READERS		8

/**
 * struct constant - a constant under test, and what may be read of it
 * @id: its ConstID
 * @reader: its letter in the test module
 * @spans: the text in which nobody may be
 * @span_count: number of them
 * @values: values in the order in which they were aimed at; one that was not
 *	reached is followed by the value before
 * @went_back: per value, how often a task read the one before after it
 * @settled: index of the newest value that is known to be everybody's
 * @newest: index of the newest value that anybody may read
 * @reached: per value, whether it became everybody's
 */
struct constant {
	unsigned int id;
	char reader;
	struct xk_span *spans;
	unsigned int span_count;
	uint32_t *values;
	atomic_uint *went_back;
	bool *reached;
	atomic_uint settled;
	atomic_uint newest;
};

/**
 * struct job - one transition to be made
 * @per_task: PerTask, or Global
 * @kill: begun by a process that is killed
 * @compiled: to the compiled value, or to @value
 * @value: what everybody reads when it has succeeded
 * @timeout_ms: the time it has, or 0
 * @delay_ms: for @kill: the longest time until then
 */
struct job {
	bool per_task;
	bool kill;
	bool compiled;
	uint32_t value;
	unsigned int timeout_ms;
	unsigned int delay_ms;
};

/* soak.c */
extern atomic_uint wrong_values;
void die(const char *what) __attribute__((noreturn));

/* spans.c */
void spans_of(struct constant *c);

/* move.c */
int open_transition(void);
struct xk_read state_of(const struct constant *c);
void move(const struct constant *c, const struct job *job, struct xk_status *last);
bool move_and_kill(int watch, const struct constant *c, const struct job *job,
		   struct xk_status *last, bool *killed);

/* passers.c: tasks that pass through the spans and check what they read. */
void passers_start(struct constant *constants, unsigned int count);
void passers_stop(void);
bool pass_reads(const struct constant *c, uint32_t value);
unsigned long passes(void);
unsigned int mixtures(void);

/* history.c: what may be read, and when. */
void history_new(struct constant *c, unsigned int transitions, uint32_t value);
void history_aim(struct constant *c, uint32_t value);
void history_end(struct constant *c, bool reached);
unsigned int history_check(const struct constant *c, unsigned int settled, uint32_t value,
			   unsigned int last);
void history_judge(const struct constant *c);

/* leaks.c: what the kernel holds. */
void leaks_note(void);
void leaks_tell(unsigned int transitions);

#endif /* SOAK_H */
