// SPDX-License-Identifier: Apache-2.0
/** What nodes share: the plan, its canonical JSON and digest, and the closed list of refusals. */
package io.kernelx.sie.plan;
