# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the scripts that run in stages: each stage says its name, its time, and how it ended.

stage_names=() stage_times=()

stage() { # NAME COMMAND...
  local name=$1 begin=$SECONDS status=0
  shift
  printf '\n=== %s\n' "$name"
  "$@" || status=$?
  stage_names+=("$name")
  stage_times+=("$((SECONDS - begin))")
  if [ "$status" != 0 ]; then
    printf '=== %s: failed (exit %s) after %s s\n' "$name" "$status" "$((SECONDS - begin))" >&2
    stage_table
    exit "$status"
  fi
  printf '=== %s: %s s\n' "$name" "$((SECONDS - begin))"
}

stage_table() {
  local i
  printf '\n%-56s %8s\n' stage seconds
  for i in "${!stage_names[@]}"; do printf '%-56s %8s\n' "${stage_names[$i]}" "${stage_times[$i]}"; done
  printf '%-56s %8s\n' total "$SECONDS"
}

tagged() { # TAGS MODULE: the tests of these tags in a module and what it is built from
  mvn -B -ntp -am -pl "$2" test -Dgroups="$1" -Dtest.excludedGroups=none
}
