# SPDX-License-Identifier: Apache-2.0
[to_entries[] | select(.value | type == "object") | select(.value.command)] as $all
| "| key | command | machine | load | date | commit |", "|---|---|---|---|---|---|",
  ($all[] | "| `\(.key)` | `\(.value.command)` | \(.value.machine.cpu), \(.value.machine.cores) cores | \(.value.machine.load) | \(.value.date) | `\(.value.commit)` |"),
  ($all[] | select(.value.note) | "", "`\(.key)`: \(.value.note)")
