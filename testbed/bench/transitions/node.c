// SPDX-License-Identifier: GPL-2.0-only
/*
 * transitions STUB MODULE OFFSET: what hits and transitions cost on this node, which
 * has both modules loaded. STUB is a stub and MODULE the file of a native module,
 * with one site each, for the instruction at OFFSET in the umask system call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static int device, keep;

void die(const char *what)
{
	fprintf(stderr, "transitions: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The address of a function of the kernel, and of the next symbol. */
unsigned long symbol(const char *name, unsigned long *end)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned long address, found = 0;
	char line[512], word[256], type;

	*end = 0;
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %c %255s", &address, &type, word) != 3)
			continue;
		if (!strcmp(word, name)) {
			found = address;
			break;
		}
	}
	rewind(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx", &address) == 1 && address > found &&
		    (!*end || address < *end))
			*end = address;
	fclose(file);
	if (!found)
		die(name);
	return found;
}

unsigned int constant_new(unsigned long site)
{
	struct xk_site one = { .addr = site };
	struct xk_create create = {
		.sites = (unsigned long)&one,
		.site_count = 1,
		.site_size = sizeof(one),
	};

	one.widths[XK_REG_ax] = XK_WIDTH_64;
	if (ioctl(device, XK_IOC_CREATE, &create))
		die("create");
	return create.id;
}

/* Has the module run a program at a constant's one site. */
void program_attach(unsigned int id, int program)
{
	struct xk_attach attach = { .id = id, .program = program };

	if (ioctl(device, XK_IOC_ATTACH, &attach))
		die("attach");
}

void program_detach(unsigned int id)
{
	struct xk_probes probes = { .id = id, .action = XK_PROBES_DETACH };

	if (ioctl(device, XK_IOC_PROBES, &probes))
		die("detach");
}

static unsigned long long epoch_of(unsigned int id)
{
	struct xk_read state = { .id = id };

	if (ioctl(device, XK_IOC_READ, &state))
		die("read");
	return state.epoch;
}

/* At once, as Immediate does. */
void flip(unsigned int id, unsigned int action, unsigned long long value)
{
	struct xk_flip flip = { .id = id, .action = action, .value = value, .epoch = epoch_of(id) };

	if (ioctl(device, XK_IOC_FLIP, &flip))
		die("flip");
}

/* Begins a transition whose one span is a function. */
int transition_begin(unsigned int id, unsigned int mode, unsigned long long value,
		     const char *function)
{
	unsigned long end;
	struct xk_span span = { .start = symbol(function, &end) };
	struct xk_start start = {
		.spans = (unsigned long)&span,
		.span_count = 1,
		.span_size = sizeof(span),
		.id = id,
		.action = XK_ACTIVATE,
		.value = value,
		.epoch = epoch_of(id),
		.mode = mode,
	};
	int fd = open("/dev/" XK_TRANSITION_DEVICE, O_RDWR | O_CLOEXEC);

	span.end = end;
	if (fd < 0 || ioctl(fd, XK_TIOC_START, &start))
		die("start");
	return fd;
}

/* Waits for its end. */
struct xk_status transition_end(int fd)
{
	struct xk_status status;

	do {
		status = (struct xk_status){ .wait_ms = 1000 };
		if (ioctl(fd, XK_TIOC_STATUS, &status))
			die("status");
	} while (status.state < XK_TRANSITION_DONE);
	if (status.state != XK_TRANSITION_DONE)
		die("the transition did not succeed");
	close(fd);
	return status;
}

/* A process that sleeps in pause(2). */
pid_t sleeper_start(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			syscall(SYS_pause);
	}
	return pid;
}

void sleeper_stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	unsigned long end;
	unsigned int id;

	if (argc != 4)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	device = open("/dev/" XK_DEVICE, O_RDWR | O_CLOEXEC);
	keep = open("/dev/" XK_TRANSITION_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || keep < 0)
		die("/dev");
	measure_hits(argv[1], argv[2], strtoul(argv[3], NULL, 0));
	id = constant_new(symbol("__x64_sys_getsid", &end));
	measure_stops(id, 10);
	measure_stops(id, 100);
	measure_stops(id, 1000);
	measure_per_task(id, 1000, 4);
	return 0;
}
