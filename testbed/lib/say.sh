# SPDX-License-Identifier: Apache-2.0
# Progress and errors. Everything goes to stderr: stdout belongs to what a command prints.

started=$EPOCHREALTIME

seconds_since() { # EPOCHREALTIME -> seconds with one decimal
  local micros=$((${EPOCHREALTIME/./} - ${1/./}))
  printf '%d.%d' $((micros / 1000000)) $((micros / 100000 % 10))
}

say() { printf '%6s s  %s\n' "$(seconds_since "$started")" "$*" >&2; }

die() { # one sentence: what, where, the mend
  printf 'testbed: %s\n' "$*" >&2
  exit 1
}

# The failure of one part: its last log lines, then the sentence.
part_failed() { # PART LOG SENTENCE
  local part=$1 log=$2
  shift 2
  if [ -s "$log" ]; then
    printf -- '--- last lines of %s ---\n' "$log" >&2
    tail -n 25 "$log" | tr -d '\r' >&2
    printf -- '---\n' >&2
  fi
  die "$part: $*"
}

# Runs a step that takes long only when its result is not cached, and says how long it took.
step() { # DESCRIPTION LOG COMMAND...
  local description=$1 log=$2 begun=$EPOCHREALTIME
  shift 2
  say "$description ..."
  "$@" >"$log" 2>&1 </dev/null || part_failed "$description" "$log" "failed; the whole log is $log"
  say "$description: $(seconds_since "$begun") s"
}
