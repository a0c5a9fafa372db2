# SPDX-License-Identifier: Apache-2.0
# A bed's place and its processes. All of a bed's processes on this machine live in one pid namespace and one network
# namespace, both held by one process, the keeper: when the keeper dies the kernel ends all of them, and the network
# (bridge, taps) goes with the last. Nothing has a name outside, so nothing can be left behind under one.

use_bed() { # NAME: sets the bed's paths
  bed=$1
  [[ $bed =~ ^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$ ]] || die "'$bed' is no name for a bed: lower-case letters, digits and dashes, at most 32"
  state=${XDG_RUNTIME_DIR:-/run}/kernelx-testbed/$bed
  scratch=/var/tmp/kernelx-testbed-$bed # large and sparse: disks that the guests write to
  logs=$state/logs
}

keeper() { # -> pid of the bed's keeper, if it lives
  local pid
  pid=$(cat "$state/keeper.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "kernelx-testbed-keeper $bed " || return 1
  echo "$pid"
}

need_bed() {
  keeper >/dev/null || die "bed '$bed' is not up; start it with: testbed up --name $bed"
}

# With a pid given, the keeper looks after that process and takes the bed down when it is gone.
start_keeper() { # [PID]
  # shellcheck disable=SC2016
  setsid unshare --net --pid --fork --kill-child bash -c '
      read -r pid _ </proc/self/stat
      echo "$pid" >"$2/keeper.pid"
      trap "exit 0" TERM
      while [ -z "$4" ] || [ -e "/proc/$4" ]; do sleep 5 & wait $!; done
      kill -KILL -1
      rm -rf "$2" "$3"
      rmdir "$(dirname "$2")"' \
    kernelx-testbed-keeper "$bed" "$state" "$scratch" "${1:-}" </dev/null >"$logs/keeper.log" 2>&1 &
  until [ -s "$state/keeper.pid" ] && keeper >/dev/null; do sleep 0.05; done
}

inside() { # COMMAND... in the bed's network, in the foreground
  nsenter --target "$(keeper)" --net -- "$@"
}

# Starts a process that lives as long as the bed; its output goes to the log of the same name.
spawn() { # [--outside-network] NAME COMMAND...
  local spaces=(--net --pid)
  if [ "$1" = --outside-network ]; then spaces=(--pid); shift; fi
  local name=$1
  shift
  # The shell in the middle ends at once, so that the keeper adopts the process; only its children are in the pid namespace.
  # shellcheck disable=SC2016
  nsenter --target "$(keeper)" "${spaces[@]}" --no-fork -- \
    bash -c 'pid=$1 log=$2; shift 2; "$@" >>"$log" 2>&1 </dev/null & echo $! >"$pid"' \
    spawn "$state/pids/$name" "$logs/$name.log" setsid "$@"
}

alive() { # NAME of a spawned process
  local pid
  pid=$(cat "$state/pids/$1" 2>/dev/null) && kill -0 "$pid" 2>/dev/null
}

end() { # NAME: ends one spawned process now
  local pid i
  pid=$(cat "$state/pids/$1" 2>/dev/null) || return 0
  kill -KILL "$pid" 2>/dev/null || true
  for i in {1..100}; do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
  rm -f "$state/pids/$1"
}

# Waits until COMMAND succeeds; fails as soon as the process NAME has ended.
await() { # NAME SECONDS COMMAND...
  local name=$1 limit=$2 begun=$SECONDS
  shift 2
  until "$@" >/dev/null 2>&1; do
    alive "$name" || part_failed "$name" "$logs/$name.log" "ended while the bed waited for it"
    ((SECONDS - begun < limit)) || part_failed "$name" "$logs/$name.log" "not ready after $limit s"
    sleep 0.25
  done
}
