# SPDX-License-Identifier: Apache-2.0
def figure: if . == null then "–" else tostring end;
(.perHit // {}) as $all
| "| added instructions | breakpoint | jump | goal |", "|---|---|---|---|",
  "| BPF stub, a value live | \($all.bpf.int3 | figure) | \($all.bpf.jump | figure) | 735, 320 |",
  "| BPF stub, the compiled value live | \($all.compiledValue.int3 | figure) | \($all.compiledValue.jump | figure) | |",
  "| BPF stub, while a PerTask transition runs | \($all.moving.int3 | figure) | \($all.moving.jump | figure) | |",
  "| BPF stub that a pinned link holds, a value live | \($all.linked.int3 | figure) | \($all.linked.jump | figure) | |",
  "| native module, a value live | \($all.native.int3 | figure) | \($all.native.jump | figure) | jump: 130 |",
  "| native module, while a PerTask transition runs | \($all.nativeMoving.int3 | figure) | \($all.nativeMoving.jump | figure) | |"
