# SPDX-License-Identifier: Apache-2.0
"| key | command | machine | load | date | commit |", "|---|---|---|---|---|---|",
(to_entries[] | select(.value | type == "object") | select(.value.command)
  | "| `\(.key)` | `\(.value.command)` | \(.value.machine.cpu), \(.value.machine.cores) cores | \(.value.machine.load) | \(.value.date) | `\(.value.commit)` |")
