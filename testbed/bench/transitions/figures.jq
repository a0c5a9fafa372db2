# SPDX-License-Identifier: Apache-2.0
# Figures from the lines of the programs of this folder, and of the soak: NAME WORD... KEY=NUMBER...
def words: [splits(" ") | select(test("^[A-Za-z0-9]+=[0-9-]+$")) | split("=") | {key: .[0], value: (.[1] | tonumber)}] | from_entries;
[inputs] as $lines
| def all(name): [$lines[] | select(startswith(name + " "))];
  def hit(form; field): all("HIT " + form) | map({key: split(" ")[2], value: (words | .[field])}) | from_entries;
  def mode(name): all("MANY " + name) | map(words | {count, p50, p99, max, longestStop: .stop}) | .[0];
  if all("HIT") != [] then
    {perHit: {bpf: hit("bpf"; "idle"), native: hit("native"; "idle"), linked: hit("linked"; "idle"), compiledValue: hit("bpf"; "inactive"), moving: hit("bpf"; "moving"), nativeMoving: hit("native"; "moving"), wallSeconds: $seconds},
     stops: {global: (all("STOP") | map(words | {tasks, of, p50, max})), perTaskAsleep: (all("PERTASK") | map(words) | .[0])}}
  else
    (all("SOAK") | map(words) | .[0]) as $soak
    | {soak: ($soak | {transitions, done, inside, kills, wrongValues: (.wrongValues + .mixtures), kernelComplaints: (all("COMPLAINTS") | map(words) | .[0].count), passes, hotplugs, seconds}),
       transition: {perTask: mode("PerTask"), global: mode("Global")}}
  end
