// SPDX-License-Identifier: Apache-2.0
/* The first process of every pod: holds the pod's namespaces and reaps what its containers leave behind. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void stop(int signal)
{
	(void)signal;
	_exit(0);
}

static void reap(int signal)
{
	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

int main(void)
{
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	signal(SIGCHLD, reap);
	for (;;)
		pause();
}
