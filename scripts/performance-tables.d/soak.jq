# SPDX-License-Identifier: Apache-2.0
def ms: if . == null then "–" else "\(. / 1000 * 10 | round / 10) ms" end;
(.soak // {}) as $soak | (.transition // {}) as $all
| "| | PerTask | Global |", "|---|---|---|",
  "| transitions | \($all.perTask.count) | \($all.global.count) |",
  "| median | \($all.perTask.p50 | ms) | \($all.global.p50 | ms) |",
  "| 99th percentile | \($all.perTask.p99 | ms) | \($all.global.p99 | ms) |",
  "| longest | \($all.perTask.max | ms) | \($all.global.max | ms) |",
  "",
  "Of \($soak.transitions) transitions \($soak.inside) began with a task inside a span and \($soak.kills) with a process that was killed on the way; \($soak.done) reached the new value, the others went back to the one before. Wrong values: \($soak.wrongValues). Complaints of the kernel: \($soak.kernelComplaints)."
