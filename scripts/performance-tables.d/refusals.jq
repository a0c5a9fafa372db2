# SPDX-License-Identifier: Apache-2.0
def cell: gsub("\\|"; "\\|") | gsub("\\s+"; " ");
(.compiler.releases // {}) as $releases
| "| constant | kernels | reason | why |", "|---|---|---|---|",
  ([$releases | to_entries[] | .key as $release | .value.refusals[] | {constant, reason, message: (.message | split($release) | join("…")), $release}]
   | group_by(.constant, .reason)[]
   | "| `\(.[0].constant)` | \(if length == ($releases | length) then "all" else map(.release) | join(", ") end) | `\(.[0].reason)` | \(.[0].message | cell) |")
