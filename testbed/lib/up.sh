# SPDX-License-Identifier: Apache-2.0
# One command up, one down. Whatever ends `up` before it is done (an error, Ctrl-C) takes down what stood already.

usage_up='testbed up [--name NAME] [--nodes amd64,cloud-amd64|none] [--image TAR]... [--label [NODE:]KEY=VALUE]...
             [--node-disk IMAGE] [--node-cache FOLDER] [--memory MIB] [--while PID]'

check_machine() {
  local program missing=()
  [ "$(id -u)" = 0 ] || die "needs root for namespaces, taps and loop mounts; run it with sudo"
  [ "$(uname -m)" = x86_64 ] || die "runs on x86-64 machines only, this one is $(uname -m)"
  for program in qemu-system-x86_64 mmdebstrap mkfs.erofs mkfs.ext4 openssl ssh ssh-keygen socat jq gcc busybox cpio xz modprobe depmod ip nsenter unshare; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  [ ${#missing[@]} = 0 ] || die "this machine lacks ${missing[*]}; install what testbed/packages lists with: testbed/bin/setup"
  [ -c /dev/net/tun ] || die "there is no /dev/net/tun; load the module tun (modprobe tun)"
}

labels_of() { # NODE, from the array labels -> k=v,k=v
  local label all=pool=storage
  for label in "${labels[@]}"; do
    case $label in
      "$1":*) all+=,${label#*:} ;;
      *:*) ;;
      *) all+=,$label ;;
    esac
  done
  echo "$all"
}

read_up_options() {
  nodes=amd64,cloud-amd64 images=() labels=() node_disk='' node_cache='' memory=3072 while_pid=''
  while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || die "$1 wants a value; usage: $usage_up"
    case $1 in
      --nodes) nodes=$2 ;;
      --image) [ -r "$2" ] || die "there is no image tar $2; build it first"; images+=("$(realpath "$2")") ;;
      --label) labels+=("$2") ;;
      --node-disk) [ -r "$2" ] || die "there is no disk image $2"; node_disk=$(realpath "$2") ;;
      --node-cache) [ -d "$2" ] || die "there is no folder $2"; node_cache=$(realpath "$2") ;;
      --memory) memory=$2 ;;
      --while) [ -e "/proc/$2" ] || die "there is no process $2"; while_pid=$2 ;;
      *) die "up knows no option $1; usage: $usage_up" ;;
    esac
    shift 2
  done
  [ "$nodes" != none ] || nodes=
  IFS=, read -r -a flavours <<<"$nodes"
  local flavour
  for flavour in "${flavours[@]}"; do
    [[ " ${node_flavours[*]} " == *" $flavour "* ]] || die "'$flavour' is no kernel of this bed; it has: ${node_flavours[*]}"
  done
}

claim_bed() {
  if [ -d "$state" ]; then
    ! keeper >/dev/null || die "bed '$bed' is up already; take it down with: testbed down --name $bed"
    remove_bed # a leftover of a machine that went down with its beds
  fi
  mkdir -p "$(dirname "$state")"
  mkdir -m 700 "$state" || die "bed '$bed' is just being started by someone else"
  mkdir "$logs" "$state/pids" "$state/nodes"
  echo "$$" >"$state/up.pid"
}

# One root image serves all nodes, so it has every kernel; an initramfs is made for those that boot.
prepare_kernels() {
  local flavour
  declare -gA trees=() initramfs_of=()
  for flavour in "${node_flavours[@]}"; do trees[$flavour]=$(kernel_tree "$flavour"); done
  for flavour in "${flavours[@]}"; do initramfs_of[$flavour]=$(initramfs "${trees[$flavour]}"); done
}

bed_up() {
  read_up_options "$@"
  check_machine
  claim_bed
  trap 'unwind' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  binaries=$("$here/binaries/build") || die "the cluster's programs could not be built"
  echo "$binaries" >"$state/binaries"
  if [ ${#flavours[@]} -gt 0 ]; then
    prepare_kernels
    node_image "$binaries" "${trees[@]}" >"$state/root-image"
    printf '%s\n' "${images[@]}" >"$state/images"
    images_disk "${images[@]}" >"$state/images-disk"
    printf '%s' "$node_disk" >"$state/node-disk"
  fi
  start_keeper "$while_pid"
  make_certificates >"$logs/pki.log" 2>&1 || part_failed certificates "$logs/pki.log" "could not be made"
  make_network >"$logs/network.log" 2>&1 || part_failed network "$logs/network.log" "could not be set up"
  say "namespaces, certificates, network"
  local flavour index=0
  for flavour in "${flavours[@]}"; do
    index=$((index + 1))
    add_node "$flavour" "$index" "$(labels_of "$(node_name "$flavour")")" "${#flavours[@]}"
    start_node "$(node_name "$flavour")"
  done
  [ "$index" = 0 ] || say "$index virtual machines started"
  start_control_plane
  start_forward
  for flavour in "${flavours[@]}"; do
    await_node "$(node_name "$flavour")"
    say "$(node_name "$flavour") is Ready on $(cat "$state/nodes/$(node_name "$flavour")/release")"
  done
  rm "$state/up.pid"
  trap - EXIT INT TERM HUP
  say "bed '$bed' is up; KUBECONFIG=$state/kubeconfig"
}

unwind() {
  local status=$?
  trap '' INT TERM HUP
  say "bed '$bed' did not come up: taking down what stands"
  remove_bed
  exit "$status"
}

# Ends every process of the bed and removes its files. Does its work from any state, and twice.
remove_bed() {
  local pid parent i
  if pid=$(keeper); then
    parent=$(awk '{print $4}' "/proc/$pid/stat")
    kill -KILL "$pid" 2>/dev/null || true
    for ((i = 0; i < 200; i++)); do
      kill -0 "$pid" 2>/dev/null || kill -0 "$parent" 2>/dev/null || break
      sleep 0.05
    done
  fi
  if [ -n "${KERNELX_TESTBED_LOGS:-}" ] && [ -d "$logs" ]; then
    mkdir -p "$KERNELX_TESTBED_LOGS" && cp -r "$logs/." "$KERNELX_TESTBED_LOGS/"
  fi
  rm -rf "$state" "$scratch"
  rmdir "$(dirname "$state")" 2>/dev/null || true
}

bed_down() {
  local pid
  [ -d "$state" ] || { say "bed '$bed' is not up"; return 0; }
  if pid=$(cat "$state/up.pid" 2>/dev/null) && [ "$pid" != "$$" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q 'testbed.* up'; then
    kill -TERM "$pid" # it unwinds by itself
    while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
  fi
  remove_bed
  say "bed '$bed' is down"
}
