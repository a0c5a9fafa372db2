// SPDX-License-Identifier: GPL-2.0-only
/*
 * The spans of a reader of the test module: its functions, the same again in
 * pieces that nest and overlap, and 200 more where nobody ever is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soak.h"

#define PADDING 200
#define SYMBOLS_MAX 4096

struct symbol {
	unsigned long address;
	bool wanted;
};

static int order(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static void add(struct constant *c, unsigned long start, unsigned long end)
{
	c->spans[c->span_count].start = start;
	c->spans[c->span_count++].end = end;
}

/** spans_of - find a constant's spans by its reader's letter */
void spans_of(struct constant *c)
{
	static struct symbol symbols[SYMBOLS_MAX];
	FILE *file = fopen("/proc/kallsyms", "r");
	char line[512], name[256], module[64];
	unsigned long address, end, third;
	unsigned int count = 0, i, next;
	char type;

	c->spans = calloc(PADDING + 4 * SYMBOLS_MAX, sizeof(*c->spans));
	if (!file || !c->spans)
		die("kallsyms");
	while (fgets(line, sizeof(line), file)) {
		int words = sscanf(line, "%lx %c %255s %63s", &address, &type, name, module);

		if (words == 3 && c->span_count < PADDING && !strncmp(name, "__pfx_", 6))
			add(c, address, address + 16);
		if (words != 4 || strcmp(module, "[xk_mixture]") || count == SYMBOLS_MAX)
			continue;
		symbols[count].address = address;
		symbols[count++].wanted = !strncmp(name, "xk_span_", 8) &&
					  name[strlen(name) - 2] == '_' &&
					  name[strlen(name) - 1] == c->reader;
	}
	fclose(file);
	qsort(symbols, count, sizeof(symbols[0]), order);
	for (i = 0; i < count; i++) {
		if (!symbols[i].wanted)
			continue;
		for (next = i; next < count && symbols[next].address == symbols[i].address; next++)
			;
		end = next < count ? symbols[next].address : symbols[i].address + 64;
		address = symbols[i].address;
		third = (end - address) / 3;
		add(c, address + third, end);
		add(c, address, end - third);
		add(c, address + third, end - third);
		add(c, address, address + 1);
	}
	if (c->span_count == PADDING)
		die("no span of this reader");
}
