# SPDX-License-Identifier: Apache-2.0
def percent: if . == null then "–" else "\(. * 1000 | round / 10) %" end;
def seconds: if . == null then "–" else "\(. * 10 | round / 10) s" end;
def ratio: if . == null then "–" else "\(. * 10 | round / 10)" end;
(.compiler // {}) as $all | ($all.releases // {} | to_entries) as $releases
| ([{key: "together", value: $all}] + $releases) as $columns
| def row(name; f): "| \(name) | " + ([$columns[].value | f | tostring] | join(" | ")) + " |";
  "| | " + ([$columns[].key] | join(" | ")) + " |",
  "|---" * (($columns | length) + 1) + "|",
  row("constants"; .constants),
  row("planned"; "\(.planned) (\(if .constants then .planned / .constants else null end | percent))"),
  row("refused"; .refused),
  row("plans held against objdump"; .judged.plans),
  row("of them wrong"; .wrong),
  row("planned for a whole range at once"; .closed),
  row("plans that were timed"; "\(.timed.constants)\(if (.timed.earlier // []) == [] then "" else ", at " + (.timed.earlier | join(", ")) end)"),
  row("seconds to plan a constant, median"; .medianSeconds | seconds),
  row("the slowest"; .slowestSeconds | seconds),
  row("processor's seconds, median"; .medianCpuSeconds | seconds),
  row("processor's seconds of gcc alone, each unit once, median"; .gccMedianCpuSeconds | seconds),
  row("processor's seconds over gcc's, median"; .gccRatio | ratio),
  row("seconds to prove a new value, median"; .newValue.medianSeconds | seconds),
  row("processor's seconds of a new value over gcc's, median"; .newValue.gccRatio | ratio),
  row("new values that were refused"; .newValue.refused),
  row("seconds to unpack and prepare the tree, once"; .treeSeconds | seconds),
  row("sites"; .sites),
  row("of them jump-optimisable"; .jumpOptimisable.ofAll | percent),
  row("sites with any place where the kernel could make a jump"; .jumpOptimisable.withLegalPlace),
  row("of them jump-optimisable"; .jumpOptimisable.ofLegal | percent),
  row("of them stepped over, which costs a breakpoint"; .steppedOver | percent),
  row("jump-optimisable of those not stepped over"; .jumpOptimisableOfOthers | percent),
  row("sites whose number objdump confirms"; .judged.confirmedSites)
