// SPDX-License-Identifier: GPL-2.0-only
/*
 * controller ID EPOCH MODE VALUE TIMEOUT_MS START END [START END ...]: runs one
 * transition as a process of its own, which the kernel may be told to kill, and
 * prints how it ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "xk_abi.h"
#include "xk_transition_abi.h"

int main(int argc, char **argv)
{
	static struct xk_span spans[XK_SPANS_MAX];
	struct xk_status status = {};
	struct xk_start start = {
		.spans = (unsigned long)spans,
		.span_size = sizeof(spans[0]),
		.action = XK_ACTIVATE,
	};
	struct pollfd pollfd = { .events = POLLIN };
	int i;

	if (argc < 8)
		return 2;
	start.id = strtoul(argv[1], NULL, 0);
	start.epoch = strtoull(argv[2], NULL, 0);
	start.mode = strtoul(argv[3], NULL, 0);
	start.value = strtoull(argv[4], NULL, 0);
	start.timeout_ms = strtoul(argv[5], NULL, 0);
	for (i = 6; i + 1 < argc; i += 2) {
		spans[start.span_count].start = strtoull(argv[i], NULL, 0);
		spans[start.span_count++].end = strtoull(argv[i + 1], NULL, 0);
	}
	pollfd.fd = open("/dev/" XK_TRANSITION_DEVICE, O_RDWR | O_CLOEXEC);
	if (pollfd.fd < 0 || ioctl(pollfd.fd, XK_TIOC_START, &start)) {
		printf("start: %s\n", strerror(errno));
		return 1;
	}
	if (poll(&pollfd, 1, 60000) != 1 || ioctl(pollfd.fd, XK_TIOC_STATUS, &status)) {
		printf("no end: %s\n", strerror(errno));
		return 1;
	}
	printf("ended %u %u\n", status.state, status.reason);
	return 0;
}
