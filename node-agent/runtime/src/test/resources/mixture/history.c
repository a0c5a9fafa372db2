// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a task may read of a constant: while a transition runs the value before
 * or the one it leads to, and after its end nothing but what it ended with. A
 * task that has read the new value does not read the old one again, unless the
 * transition turned round.
 */
#include <stdio.h>
#include <stdlib.h>

#include "soak.h"

/** history_new - of a constant that has this value for everybody */
void history_new(struct constant *c, unsigned int transitions, uint32_t value)
{
	unsigned int room = 2 * transitions + 2;

	c->values = calloc(room, sizeof(*c->values));
	c->went_back = calloc(room, sizeof(*c->went_back));
	c->reached = calloc(room, sizeof(*c->reached));
	if (!c->values || !c->went_back || !c->reached)
		die("memory");
	c->values[0] = value;
	c->reached[0] = true;
	c->settled = c->newest = 0;
}

/** history_aim - before a transition begins */
void history_aim(struct constant *c, uint32_t value)
{
	unsigned int at = atomic_load(&c->newest) + 1;

	c->values[at] = value;
	atomic_store(&c->newest, at);
}

/** history_end - after it has ended */
void history_end(struct constant *c, bool reached)
{
	unsigned int at = atomic_load(&c->newest);

	c->reached[at] = reached;
	if (!reached) {
		c->values[at + 1] = c->values[at - 1];
		c->reached[at + 1] = true;
		atomic_store(&c->newest, ++at);
	}
	atomic_store(&c->settled, at);
}

/**
 * history_check - judge what a pass has read
 * @c: the constant
 * @settled: c->settled before the pass
 * @value: what it has read
 * @last: the index that was returned to this task before, 0 at first
 *
 * The compiled value comes up again and again; of several places the first
 * counts that is no step back.
 *
 * Return: the index of the value.
 */
unsigned int history_check(const struct constant *c, unsigned int settled, uint32_t value,
			   unsigned int last)
{
	unsigned int newest = atomic_load(&c->newest), back = 0, at;
	bool found = false;

	for (at = settled; at <= newest; at++) {
		if (c->values[at] != value)
			continue;
		if (at >= last)
			return at;
		found = true;
		back = at;
	}
	if (!found) {
		fprintf(stderr, "WRONG %c: read %u, which was left before it began\n", c->reader,
			value);
		atomic_fetch_add(&wrong_values, 1);
		return last;
	}
	if (c->values[last] != value)
		atomic_fetch_add(&c->went_back[last], 1);
	return back;
}

/** history_judge - count steps back that no turning round explains */
void history_judge(const struct constant *c)
{
	unsigned int i;

	for (i = 0; i <= c->newest; i++) {
		if (!c->reached[i] || !c->went_back[i])
			continue;
		fprintf(stderr, "WRONG %c: %u tasks went back from %u\n", c->reader,
			c->went_back[i], c->values[i]);
		atomic_fetch_add(&wrong_values, c->went_back[i]);
	}
}
