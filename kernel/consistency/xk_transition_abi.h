/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The control interface of xk-consistency.ko: ioctls on an open file of
 * /dev/xkernel_transition. A file is one transition. Closing it while the
 * transition runs ends that one and no other: a Global one leaves everything
 * as it was, a PerTask one turns round by itself.
 *
 * poll() says EPOLLIN when the transition has ended. The structs grow like
 * those of xk_abi.h.
 */
#ifndef XK_TRANSITION_ABI_H
#define XK_TRANSITION_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define XK_TRANSITION_ABI_VERSION	1
#define XK_TRANSITION_DEVICE		"xkernel_transition"
#define XK_SPANS_MAX			65536
#define XK_BLOCKERS_MAX			32
/* A PerTask transition looks at no more stacks than this in one stop. */
#define XK_SLICE			64

/**
 * struct xk_transition_version - what the loaded module speaks
 * @abi: out: XK_TRANSITION_ABI_VERSION of the module
 * @modes: out: bit set of the enum xk_mode that it offers
 * @running: out: transitions that have not ended
 * @slice: out: the most stacks that a PerTask transition looks at in one stop
 */
struct xk_transition_version {
	__u32 abi;
	__u32 modes;
	__u32 running;
	__u32 slice;
};

/**
 * struct xk_span - a range of kernel text in which a task must not be
 * @start: address of the first byte
 * @end: address of the byte after the last
 */
struct xk_span {
	__u64 start;
	__u64 end;
};

/* xk_start.on_stall: what happens at the end of the time. */
enum xk_stall {
	XK_STALL_REVERT,	/* Global: give up; PerTask: moved tasks go back */
	XK_STALL_KEEP,		/* go on trying without an end */
};

/**
 * struct xk_start - start this file's transition
 * @spans: in: pointer to @span_count structs of @span_size bytes
 * @span_count: in: 1 to XK_SPANS_MAX
 * @span_size: in: sizeof(struct xk_span) of the caller
 * @id: in: the ConstID
 * @action: in: enum xk_action: to @value, or to the compiled value
 * @value: in: for XK_ACTIVATE
 * @epoch: in: the constant's epoch as the caller has read it
 * @mode: in: XK_MODE_PER_TASK or XK_MODE_GLOBAL
 * @on_stall: in: enum xk_stall
 * @timeout_ms: in: 0 is no end
 * @flags: in: zero
 *
 * EALREADY if the file has had its transition, ENOENT without such a constant,
 * EBUSY if another transition holds it, ESTALE for another epoch, EINVAL for
 * an empty span or one that is not in the kernel's half of the addresses.
 */
struct xk_start {
	__u64 spans;
	__u32 span_count;
	__u32 span_size;
	__u32 id;
	__u32 action;
	__u64 value;
	__u64 epoch;
	__u32 mode;
	__u32 on_stall;
	__u32 timeout_ms;
	__u32 flags;
};

/* xk_status.state; those from XK_TRANSITION_DONE on are ends. */
enum xk_transition_state {
	XK_TRANSITION_IDLE,		/* not started */
	XK_TRANSITION_RUNNING,
	XK_TRANSITION_REVERTING,	/* PerTask: moved tasks are going back */
	XK_TRANSITION_DONE,		/* everybody sees the new value */
	XK_TRANSITION_REVERTED,		/* everybody sees the old value, some saw the new one */
	XK_TRANSITION_FAILED,		/* nobody ever saw the new value */
};

/* xk_status.reason: why it did not end with XK_TRANSITION_DONE. */
enum xk_transition_reason {
	XK_REASON_NONE,
	XK_REASON_TIMEOUT,		/* tasks stayed inside; they are named */
	XK_REASON_CLOSED,		/* the file was closed */
	XK_REASON_NO_MEMORY,
};

/**
 * struct xk_blocker - a task that holds a transition up
 * @tid: its id in the initial namespace; 0 is the idle task
 * @reserved: zero
 * @address: where its frame is inside a span, or 0: its stack cannot be read whole
 * @comm: its name
 * @symbol: the function at @address, with its module
 */
struct xk_blocker {
	__u32 tid;
	__u32 reserved;
	__u64 address;
	char comm[16];
	char symbol[64];
};

/**
 * struct xk_status - how a transition stands
 * @id: in: 0 for this file's transition, or a ConstID whose running transition
 *	is meant, whoever started it; out: the ConstID
 * @wait_ms: in: wait so long for the end, if it has not ended
 * @state: out: enum xk_transition_state
 * @reason: out: enum xk_transition_reason
 * @tasks: out: tasks that were there at the start (PerTask), or at the last
 *	look (Global)
 * @pending: out: those of them that hold the transition up, or may
 * @inside_first: out: tasks found inside a span when first looked at
 * @stops: out: times that all CPUs were stopped
 * @stop_max_us: out: the longest of them, in microseconds
 * @mode: out: enum xk_mode
 * @elapsed_us: out: time since the start, until the end
 * @task_us_min: out: at the end of a PerTask transition: the least time from
 *	the start until a task moved, in microseconds
 * @task_us_p50: out: the median
 * @task_us_p99: out: the 99th percentile
 * @task_us_max: out: the longest
 * @epoch: out: the constant's epoch at the end
 * @blockers: in: where to write those that were inside at the last look (once it
 *	has turned back, at the last look before), or 0
 * @blocker_count: in: room there; out: how many there are, XK_BLOCKERS_MAX at most
 * @blocker_size: in: sizeof(struct xk_blocker) of the caller
 *
 * ENOENT if there is no such transition.
 */
struct xk_status {
	__u32 id;
	__u32 wait_ms;
	__u32 state;
	__u32 reason;
	__u32 tasks;
	__u32 pending;
	__u32 inside_first;
	__u32 stops;
	__u32 stop_max_us;
	__u32 mode;
	__u64 elapsed_us;
	__u32 task_us_min;
	__u32 task_us_p50;
	__u32 task_us_p99;
	__u32 task_us_max;
	__u64 epoch;
	__u64 blockers;
	__u32 blocker_count;
	__u32 blocker_size;
};

#define XK_TIOC_VERSION	_IOWR('x', 0xc0, struct xk_transition_version)
#define XK_TIOC_START	_IOWR('x', 0xc1, struct xk_start)
#define XK_TIOC_STATUS	_IOWR('x', 0xc2, struct xk_status)

#endif /* XK_TRANSITION_ABI_H */
