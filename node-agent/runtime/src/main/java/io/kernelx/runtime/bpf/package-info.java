// SPDX-License-Identifier: Apache-2.0
/** BPF programs, maps, links and their pins, through libbpf. */
package io.kernelx.runtime.bpf;
