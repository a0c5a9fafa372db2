/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The control interface of xk-kfuncs.ko: ioctls on /dev/xkernel.
 *
 * The interface only grows. A request carries the size of its struct in the
 * ioctl number (_IOC_SIZE); the kernel knows each request by _IOC_NR alone. A
 * struct shorter than the module's reads as if filled up with zeros; a longer
 * one is taken if what the module does not know is zero, and refused with
 * E2BIG otherwise. New fields go to the end, and zero means what was before.
 *
 * A ConstID is a number that names one changed constant. It is given out by the
 * module and not given out again before the next boot.
 */
#ifndef XK_ABI_H
#define XK_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * 3: XK_STATE_MOVING, transitions can hold a constant.
 * 4: native modules can have a constant's probes.
 * 5: the module runs programs itself.
 */
#define XK_ABI_VERSION	5
#define XK_DEVICE	"xkernel"
#define XK_SITES_MAX	1024

/* Registers, by the number that stubs and site grants use. */
enum xk_reg {
	XK_REG_ax,
	XK_REG_bx,
	XK_REG_cx,
	XK_REG_dx,
	XK_REG_si,
	XK_REG_di,
	XK_REG_bp,
	XK_REG_sp,		/* readable in a stub, never granted */
	XK_REG_r8,
	XK_REG_r9,
	XK_REG_r10,
	XK_REG_r11,
	XK_REG_r12,
	XK_REG_r13,
	XK_REG_r14,
	XK_REG_r15,
	XK_REG_flags,		/* CF PF AF ZF SF OF only */
	XK_REG_COUNT,
};

/* How wide a granted write may be: bits of xk_site.widths[]. */
#define XK_WIDTH_8	0x01
#define XK_WIDTH_16	0x02
#define XK_WIDTH_32	0x04
#define XK_WIDTH_64	0x08

/* What a granted memory operand may be used for: bits of xk_site.mem_access. */
#define XK_MEM_READ	0x01
#define XK_MEM_WRITE	0x02

/**
 * struct xk_site - a probed instruction and what may be written there
 * @addr: address of the probed instruction
 * @widths: per register (enum xk_reg) the widths granted, XK_WIDTH_*
 * @skip: since version 2: 0, or the length of the probed instruction, which may
 *	then be stepped over; the module keeps the kernel from making a jump of
 *	this probe, and EINVAL is the answer if the length is another one
 * @mem_access: since version 2: XK_MEM_*; 0 without a memory operand, and all of
 *	mem_* is zero then. Only with @skip
 * @mem_width: one of XK_WIDTH_*
 * @mem_base: 1 + enum xk_reg, or 0
 * @mem_index: 1 + enum xk_reg, not the stack pointer; or 0
 * @mem_scale: 1, 2, 4 or 8
 * @reserved: zero
 * @mem_disp: added to base + index * scale, modulo 2^64
 */
struct xk_site {
	__u64 addr;
	__u8 widths[24];
	__u8 skip;
	__u8 mem_access;
	__u8 mem_width;
	__u8 mem_base;
	__u8 mem_index;
	__u8 mem_scale;
	__u8 reserved[2];
	__u64 mem_disp;
};

/**
 * struct xk_version - what the loaded module speaks
 * @abi: out: XK_ABI_VERSION of the module
 * @site_size: out: sizeof(struct xk_site) of the module
 * @modes: out: bit set of the transition modes it offers
 * @constants: out: number of constants that exist
 * @denied: out: writes refused for an unknown ConstID since the module came
 */
struct xk_version {
	__u32 abi;
	__u32 site_size;
	__u32 modes;
	__u32 constants;
	__u64 denied;
};

/**
 * struct xk_create - make a constant, inactive
 * @sites: in: pointer to @site_count sites of @site_size bytes each
 * @site_count: in: 1 to XK_SITES_MAX
 * @site_size: in: sizeof(struct xk_site) of the caller
 * @id: out: the ConstID
 * @flags: in: zero
 *
 * EEXIST if another constant has a site at one of the addresses.
 */
struct xk_create {
	__u64 sites;
	__u32 site_count;
	__u32 site_size;
	__u32 id;
	__u32 flags;
};

/* xk_flip.action */
enum xk_action {
	XK_DEACTIVATE,		/* back to the compiled value */
	XK_ACTIVATE,		/* to xk_flip.value */
};

/* xk_flip.mode */
enum xk_mode {
	XK_MODE_IMMEDIATE,
	XK_MODE_PER_TASK,
	XK_MODE_GLOBAL,
};

/**
 * struct xk_flip - change what a constant's probes write
 * @id: in: the ConstID
 * @action: in: enum xk_action
 * @value: in: the new value for XK_ACTIVATE
 * @epoch: in: the epoch the caller has read; out: the epoch after the flip
 * @mode: in: enum xk_mode; EOPNOTSUPP for one that the module does not offer
 * @reserved: zero
 *
 * ESTALE if the epoch is another one: somebody else flipped in between. EBUSY
 * while a transition holds the constant, or a native module has not all of its
 * probes in place. When
 * the call returns, no probe acts on the value before any more.
 */
struct xk_flip {
	__u32 id;
	__u32 action;
	__u64 value;
	__u64 epoch;
	__u32 mode;
	__u32 reserved;
};

/**
 * struct xk_destroy - forget an inactive constant
 * @id: in: the ConstID
 * @reserved: zero
 *
 * EBUSY while it is active, a transition holds it, or a native module has its
 * probes.
 */
struct xk_destroy {
	__u32 id;
	__u32 reserved;
};

/* xk_read.flags, in */
#define XK_READ_NEXT	0x01	/* the first constant with this id or a higher one */

/* xk_read.state */
#define XK_STATE_OLD	0x01	/* @old_value was live, not the compiled value */
#define XK_STATE_NEW	0x02	/* @new_value is live, not the compiled value */
#define XK_STATE_MOVING	0x04	/* tasks go over one by one; each sees one of the two */

/**
 * struct xk_read - the state line of a constant
 * @id: in, out: the ConstID
 * @flags: in: XK_READ_*
 * @old_value: out: the value before the last flip
 * @new_value: out: the value since the last flip
 * @epoch: out: number of flips so far
 * @mode: out: enum xk_mode of the last flip
 * @state: out: XK_STATE_*
 * @denied: out: writes refused at this constant's sites
 * @sites: in: where to write the sites to, or 0
 * @site_count: in: room there; out: the number of sites
 * @site_size: in: sizeof(struct xk_site) of the caller
 */
struct xk_read {
	__u32 id;
	__u32 flags;
	__u64 old_value;
	__u64 new_value;
	__u64 epoch;
	__u32 mode;
	__u32 state;
	__u64 denied;
	__u64 sites;
	__u32 site_count;
	__u32 site_size;
};

/**
 * struct xk_attach - put a probe at a site, which runs a program
 * @id: in: the ConstID of an inactive constant
 * @site: in: the site's number
 * @program: in: file descriptor of a kprobe program, which is kept as long as
 *	the probe
 * @reserved: zero
 *
 * Since version 5. EOPNOTSUPP if the program has maps other than arrays, or may
 * sleep, or this kernel's programs cannot call the module: then it has to be
 * attached by the kernel's own means. EILSEQ if the kernel allows no probe
 * there. EEXIST if the site has one already. EBUSY while the constant is active,
 * a transition holds it, or a native module has its probes.
 */
struct xk_attach {
	__u32 id;
	__u32 site;
	__u32 program;
	__u32 reserved;
};

/* xk_probes.action */
enum xk_probes_action {
	XK_PROBES_READ,
	XK_PROBES_DETACH,	/* take them all away; EBUSY as for xk_attach */
};

/**
 * struct xk_probes - the probes that XK_IOC_ATTACH has put
 * @id: in: the ConstID
 * @action: in: enum xk_probes_action
 * @probes: out: number of them
 * @reserved: zero
 * @missed: out: how often they were missed
 *
 * Since version 5.
 */
struct xk_probes {
	__u32 id;
	__u32 action;
	__u32 probes;
	__u32 reserved;
	__u64 missed;
};

#define XK_IOC_VERSION	_IOWR('x', 0x80, struct xk_version)
#define XK_IOC_CREATE	_IOWR('x', 0x81, struct xk_create)
#define XK_IOC_FLIP	_IOWR('x', 0x82, struct xk_flip)
#define XK_IOC_DESTROY	_IOWR('x', 0x83, struct xk_destroy)
#define XK_IOC_READ	_IOWR('x', 0x84, struct xk_read)
#define XK_IOC_ATTACH	_IOWR('x', 0x85, struct xk_attach)
#define XK_IOC_PROBES	_IOWR('x', 0x86, struct xk_probes)

#endif /* XK_ABI_H */
