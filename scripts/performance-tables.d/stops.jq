# SPDX-License-Identifier: Apache-2.0
def figure: if . == null then "–" else tostring end;
(.stops // {}) as $all
| "| what | tasks | thousands of instructions, median | longest |", "|---|---|---|---|",
  ($all.global // [] | .[] | "| Global flip: all processors stand still | \(.of) | \(.p50) | \(.max) |"),
  ($all.perTaskAsleep // {} | "| PerTask with most tasks asleep: from its start to its end | \(.of | figure) | \(.p50 | figure) | \(.max | figure) |",
   "| the longest stop in it | \(.of | figure) | | \(.stop | figure) |")
