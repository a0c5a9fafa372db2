// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm [SCRATCH]: load, until it is killed: processes that are forked and exit,
 * half of them right after a pass through a span, some with threads, some by
 * way of exec; loopback network; memory that is mapped, filled and given back;
 * with SCRATCH, a file that is written there again and again.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

static void *sleeper(void *unused)
{
	pause();
	return NULL;
}

static void child(int n, const char *self)
{
	pthread_t thread;
	unsigned int values[2];

	switch (n % 4) {
	case 0:
		execl(self, self, "exit", NULL);
		break;
	case 1:
		pthread_create(&thread, NULL, sleeper, NULL);
		break;
	default:
		if (pread(open("/dev/xk_mixture", O_RDWR), values, sizeof(values), 300) < 0)
			_exit(1);
	}
	_exit(0);
}

static void forks(const char *self)
{
	int i;

	for (;;) {
		for (i = 0; i < 4; i++)
			if (!fork())
				child(i, self);
		while (wait(NULL) > 0)
			;
		usleep(40000);
	}
}

static void echo(int fd, int first)
{
	char buffer[4096] = "";

	for (;;) {
		if (!first && read(fd, buffer, sizeof(buffer)) <= 0)
			_exit(0);
		first = 0;
		usleep(5000);
		if (write(fd, buffer, sizeof(buffer)) < 0)
			_exit(0);
	}
}

static void network(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;

	if (bind(listener, (void *)&at, size) || listen(listener, 1) ||
	    getsockname(listener, (void *)&at, &size))
		_exit(1);
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (void *)&at, size))
			_exit(1);
		echo(fd, 1);
	}
	echo(accept(listener, NULL, NULL), 0);
}

static void memory(void)
{
	size_t size = 2 << 20, i;

	for (;;) {
		char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				-1, 0);

		for (i = 0; at != MAP_FAILED && i < size; i += 4096)
			at[i] = 1;
		munmap(at, size);
		usleep(40000);
	}
}

static void traffic(const char *file)
{
	static char buffer[1 << 16];
	int i;

	for (;;) {
		int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);

		for (i = 0; i < 16; i++)
			if (write(fd, buffer, sizeof(buffer)) < 0)
				_exit(1);
		close(fd);
		usleep(50000);
	}
}

static int begun(void)
{
	if (fork())
		return 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return 1;
}

int main(int argc, char **argv)
{
	static char self[256];

	if (argc > 1 && !strcmp(argv[1], "exit"))
		return 0;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 1;
	if (begun())
		forks(self);
	if (begun())
		network();
	if (begun())
		memory();
	if (argc > 1 && begun())
		traffic(argv[1]);
	for (;;)
		pause();
}
