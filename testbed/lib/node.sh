# SPDX-License-Identifier: Apache-2.0
# One node: a virtual machine with a stock kernel. Its folder $state/nodes/NAME holds what makes it this node.

node_name() { # FLAVOUR -> node-amd64, node-cloud
  echo "node-${1%-amd64}"
}

node_names() { ls "$state/nodes"; }

need_node() {
  [ -d "$state/nodes/$1" ] || die "bed '$bed' has no node '$1'; it has: $(node_names | tr '\n' ' ')"
}

write_cni() { # FILE INDEX
  cat >"$1" <<EOF
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$(pod_range "$2")"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
}

# The node's own files, as a tar that the guest unpacks over the shared root.
write_node_config() { # NAME INDEX LABELS COUNT
  local name=$1 index=$2 labels=$3 count=$4 etc=$state/nodes/$1/tree/etc other routes=
  for ((other = 1; other <= count; other++)); do
    [ "$other" = "$index" ] || routes+="$(pod_range "$other")=$(node_address "$other") "
  done
  mkdir -p "$etc"/{kernelx-node,kubernetes,cni/net.d} "$state/nodes/$name/tree/root/.ssh"
  cp -r "$here/node/etc/." "$etc/"
  cp "$here/node/start" "$etc/kernelx-node/start"
  cat >"$etc/kernelx-node/env" <<EOF
NODE_NAME=$name
NODE_ADDRESS=$(node_address "$index")
NODE_LABELS=$labels
CONTROL_PLANE=$control_plane
POD_ROUTES="$routes"
EOF
  certificate "$name" "/O=system:nodes/CN=system:node:$name" "IP:$(node_address "$index"),DNS:$name"
  kubeconfig "$name" "$api" >"$etc/kubernetes/kubelet.kubeconfig"
  kubeconfig kube-proxy "$api" >"$etc/kubernetes/kube-proxy.kubeconfig"
  cp "$state/pki/ca.crt" "$etc/kubernetes/ca.crt"
  cp "$state/pki/$name.crt" "$etc/kubernetes/kubelet.crt"
  cp "$state/pki/$name.key" "$etc/kubernetes/kubelet.key"
  : >"$etc/kubernetes/resolv.conf"
  printf "%s" "$name-$bed" | md5sum | cut -c1-32 >"$etc/machine-id"
  printf '127.0.0.1 localhost\n%s %s\n' "$(node_address "$index")" "$name" >"$etc/hosts"
  echo "$name" >"$etc/hostname"
  write_cni "$etc/cni/net.d/10-pods.conflist" "$index"
  cp "$state/pki/node-login.pub" "$state/nodes/$name/tree/root/.ssh/authorized_keys"
  chmod -R go= "$state/nodes/$name/tree/root"
  tar -C "$state/nodes/$name/tree" --owner=0 --group=0 -cf "$state/nodes/$name/config.tar" .
}

# Everything but the process: folder, disks, tap. Called once per node of a bed.
add_node() { # FLAVOUR INDEX LABELS COUNT
  local flavour=$1 index=$2 labels=$3 count=$4 name tree release begin=()
  name=$(node_name "$flavour")
  tree=${trees[$flavour]}
  release=$(kernel_release "$tree")
  mkdir -p "$state/nodes/$name" "$scratch"
  write_node_config "$name" "$index" "$labels" "$count" >"$logs/$name.setup.log" 2>&1 ||
    part_failed "$name" "$logs/$name.setup.log" "its configuration could not be written"
  truncate -s 8G "$scratch/$name.kernelx"
  [ ! -d "${node_cache:-}/$name" ] || begin=(-d "$node_cache/$name")
  mkfs.ext4 -q -E lazy_itable_init=1,lazy_journal_init=1 "${begin[@]}" "$scratch/$name.kernelx"
  echo "$index" >"$state/nodes/$name/index"
  echo "$release" >"$state/nodes/$name/release"
  echo "${KERNELX_TESTBED_VMLINUZ:-$tree/boot/vmlinuz-$release}" >"$state/nodes/$name/vmlinuz"
  echo "${initramfs_of[$flavour]}" >"$state/nodes/$name/initramfs"
  add_tap "$index"
}

start_node() { # NAME
  local name=$1 folder=$state/nodes/$1 index port arguments
  index=$(cat "$folder/index")
  arguments=(
    # Emulation with one thread: several threads race with a guest that patches its own text. Without what costs most to
    # emulate: copies a byte at a time, and a fifth level of page tables.
    -name "$name" -accel tcg,thread=single -cpu max,-erms,-la57 -smp 2 -m "${memory:-3072}" -machine pc -nodefaults -display none
    -kernel "$(cat "$folder/vmlinuz")" -initrd "$(cat "$folder/initramfs")"
    -append "console=ttyS0 loglevel=4 panic=5 net.ifnames=0"
    -netdev "tap,id=net,ifname=tap$index,script=no,downscript=no"
    -device "virtio-net-pci,netdev=net,mac=52:54:00:80:00:$(printf %02x "$index"),romfile="
    -drive "if=none,id=root,file=$(cat "$state/root-image"),format=raw,readonly=on,file.locking=off"
    -device virtio-blk-pci,drive=root,serial=root
    -drive "if=none,id=config,file=$folder/config.tar,format=raw,readonly=on"
    -device virtio-blk-pci,drive=config,serial=config
    -drive "if=none,id=images,file=$(cat "$state/images-disk"),format=raw,snapshot=on,file.locking=off"
    -device virtio-blk-pci,drive=images,serial=images
    -drive "if=none,id=kernelx,file=$scratch/$name.kernelx,format=raw,cache=unsafe"
    -device virtio-blk-pci,drive=kernelx,serial=kernelx
    -chardev "socket,id=console,path=$folder/console,server=on,wait=off,logfile=$logs/$name.console.log,logappend=on"
    -serial chardev:console
    -monitor "unix:$folder/monitor,server=on,wait=off"
    -device virtio-serial-pci
  )
  for port in containerd kubelet kube-proxy dropbear; do
    arguments+=(-chardev "file,id=$port,path=$logs/$name.$port.log,append=on" -device "virtserialport,chardev=$port,name=$port")
  done
  if [ -s "$state/node-disk" ]; then
    arguments+=(-drive "if=none,id=extra,file=$(cat "$state/node-disk"),format=raw,readonly=on,file.locking=off"
      -device virtio-blk-pci,drive=extra,serial=extra)
  fi
  TMPDIR=$scratch spawn "$name" qemu-system-x86_64 "${arguments[@]}"
}

node_is_ready() { # NAME, since the start that is noted in its folder
  local ready=
  ready=$(in_cluster get node "$1" -o jsonpath='{.status.nodeInfo.bootID} {.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null) || return 1
  [[ $ready == *" True" ]] && [ "${ready% *}" != "$(cat "$state/nodes/$1/boot-id" 2>/dev/null)" ]
}

await_node() { # NAME
  local begun=$SECONDS log=$logs/$1.console.log
  until node_is_ready "$1"; do
    alive "$1" || { [ -s "$log" ] || log=$logs/$1.log; part_failed "$1" "$log" "its virtual machine ended"; }
    ((SECONDS - begun < ${node_timeout:-600})) || { [ ! -s "$logs/$1.kubelet.log" ] || log=$logs/$1.kubelet.log; part_failed "$1" "$log" "not Ready after $((SECONDS - begun)) s"; }
    sleep 1
  done
}

stop_node() { # NAME: as if its power went
  local id
  id=$(in_cluster get node "$1" -o jsonpath='{.status.nodeInfo.bootID}' 2>/dev/null) || true
  [ -z "$id" ] || echo "$id" >"$state/nodes/$1/boot-id"
  end "login-$1"
  end "$1"
}

# A shell or a command on a node. One connection per node is kept open: each new one costs an emulated guest seconds.
on_node() { # NAME [COMMAND...]
  local name=$1 address socket
  shift
  address=$(node_address "$(cat "$state/nodes/$name/index")")
  socket=$state/nodes/$name/login
  local options=(-F none -i "$state/pki/node-login" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
    -o LogLevel=ERROR -o ConnectTimeout=120 -o "ControlPath=$socket")
  (
    flock 9
    alive "$name" || die "$name is not running; start it with: testbed start $name --name $bed"
    if alive "login-$name" && [ -S "$socket" ]; then exit 0; fi
    end "login-$name"
    rm -f "$socket"
    spawn "login-$name" ssh "${options[@]}" -o ControlMaster=yes -o ServerAliveInterval=15 -N "root@$address" 9>&-
    await "login-$name" 180 test -S "$socket"
  ) 9>"$state/nodes/$name/login.lock" || return 1
  if [ $# = 0 ]; then
    ssh "${options[@]}" -t "root@$address"
  else
    ssh "${options[@]}" "root@$address" "PATH=/usr/local/sbin:/usr/local/bin:\$PATH $(printf '%q ' "$@")"
  fi
}
