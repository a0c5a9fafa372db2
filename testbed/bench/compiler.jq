# SPDX-License-Identifier: Apache-2.0
# The lines of testbed/bench/catalogue to the "compiler" key of docs/performance.json (jq -s).
# medianSeconds: cold plan of a planned constant, wall time. gccRatio: the processor's time of all its processes over that
# of gcc alone compiling the same units once; median. jumpOptimisable: shares of the planned sites that the kernel can make
# a jump: of all, and of those with any place where it could (JumpPlaces of the compiler), behind the seed and before the
# first reader; the obstacles of the others are counted.
def round3: . * 1000 | round / 1000;
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end | if . then round3 else . end;
def share(f): if length == 0 then null else (map(select(f)) | length) / length | round3 end;
# Times may be those of an earlier run; such a line has the commit of that run in "earlier" and counts for times only.
def figures:
  map(select(.outcome == "planned" and .gcc)) as $timed
  | map(select(.earlier | not))
  | map(select(.outcome == "planned")) as $planned
  | ($planned | map(.sites[])) as $sites
  | {constants: length,
     planned: ($planned | length),
     refused: (map(select(.outcome == "refused")) | length),
     wrong: (map(select((.judge.wrong // []) | length > 0)) | length),
     closed: ($planned | map(select(.closed)) | length),
     reasons: (map(select(.outcome == "refused").reason) | group_by(.) | map({(.[0]): length}) | add // {}),
     timed: {constants: ($timed | length), earlier: ($timed | map(.earlier // empty) | unique)},
     medianSeconds: ($timed | map(.seconds) | median),
     slowestSeconds: ($timed | map(.seconds) | max | if . then round3 else . end),
     medianCpuSeconds: ($timed | map(.cpu) | median),
     gccMedianCpuSeconds: ($timed | map(.gcc.cpu) | median),
     gccRatio: ($timed | map(.cpu / .gcc.cpu) | median),
     newValue: ($timed | {medianSeconds: (map(.newValue.seconds) | median),
       gccRatio: (map(.newValue.cpu / .gcc.cpu) | median),
       refused: (map(select(.newValue.outcome == "refused")) | length)}),
     stageShares: ($timed | map(.stages | to_entries[]) | group_by(.key) | map({key: .[0].key, value: (map(.value) | add)})
       | (map(.value) | add) as $all | sort_by(-.value) | map({(.key): (.value / $all | round3)}) | add // {}),
     sites: ($sites | length),
     jumpOptimisable: {ofAll: ($sites | share(.jump)), ofLegal: ($sites | map(select(.jumpPlace == "legal")) | share(.jump)),
       withLegalPlace: ($sites | map(select(.jumpPlace == "legal")) | length),
       obstacles: ($sites | map(select(.jumpPlace != "legal").jumpPlace) | group_by(.) | map({(.[0]): length}) | add // {})},
     steppedOver: ($sites | share(.skip)),
     jumpOptimisableOfOthers: ($sites | map(select(.skip | not)) | share(.jump)),
     judged: {plans: ($planned | map(select(.judge)) | length), confirmedSites: ($planned | map(.judge.confirmed // 0) | add // 0),
       unjudged: ($planned | map(.judge.unjudged // [] | length) | add // 0)}};
map(select(.constant)) as $lines
| (map(select(.treeSeconds)) | map({(.release): .treeSeconds}) | add // {}) as $trees
| ($lines | figures)
  + {releases: ($lines | group_by(.release) | map({(.[0].release):
      (figures + {treeSeconds: ($trees[.[0].release] | if . then round3 else . end),
        refusals: map(select(.outcome == "refused" and (.earlier | not)) | {constant, reason, message}),
        each: map({constant, earlier, outcome, seconds, cpu, gcc: .gcc.cpu, newValue: .newValue.seconds, sites: (.sites | length)}
          | del(..|nulls))})}) | add)}
