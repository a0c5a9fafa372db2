# SPDX-License-Identifier: Apache-2.0
# The root of every node: one read-only erofs with a minimal Debian, the cluster's node programs, and the modules,
# headers and configurations of all the kernels that nodes boot. What differs between nodes comes on a disk of its own.

node_packages=(
  # what kubelet, containerd, kube-proxy and the CNI plugins call
  runc iproute2 nftables iptables conntrack containernetworking-plugins mount util-linux kmod procps
  # what a test does on a node: a shell from outside, a load on block devices, a look at BPF
  dropbear-bin fio bpftool
)
node_flavours=(amd64 cloud-amd64)

make_node_base() { # OUT: the Debian part, as a tar
  mmdebstrap --quiet --mode=root --variant=minbase --include="$(IFS=,; echo "${node_packages[*]}")" \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/*' \
    --format=tar bookworm "$1"
}

make_node_image() { # BASE BINARIES OUT TREE...
  local base=$1 binaries=$2 out root
  shift 2
  out=${*: -1}
  root=$out.tree
  rm -rf "$root"
  mkdir -p "$root"
  tar -C "$root" -xf "$base"
  for tree in "${@:1:$#-1}"; do
    tar -C "$tree" -c usr boot | tar -C "$root" -x --keep-directory-symlink
  done
  rm -f "$root"/boot/vmlinuz-* "$root"/boot/System.map-*
  for name in containerd containerd-shim-runc-v2 ctr kubelet kube-proxy; do
    cp -L "$binaries/$name" "$root/usr/local/bin/$name"
  done
  mkdir -p "$root"/{lower,rw,var/lib/kubelet,var/lib/containerd,var/lib/kernelx,usr/src/linux-source,etc/cni/net.d,etc/kubernetes,root/.ssh,etc/dropbear}
  mkfs.erofs --quiet -T0 -Eforce-inode-compact "$out" "$root" || mkfs.erofs -T0 "$out" "$root"
  rm -rf "$root"
}

node_base() {
  local key
  key=$({ printf '%s\n' "${node_packages[@]}"; declare -f make_node_base; } | key_of)
  cached "node/base-$key.tar" "node image: Debian base" make_node_base
  echo "$cache/node/base-$key.tar"
}

node_image() { # BINARIES TREE... -> path of the erofs
  local binaries=$1 base key trees=("${@:2}")
  base=$(node_base)
  key=$({ echo "$base" "$binaries" "${trees[@]}"; declare -f make_node_image; } | key_of)
  cached "node/root-$key.erofs" "node image: erofs" make_node_image "$base" "$binaries" "${trees[@]}"
  echo "$cache/node/root-$key.erofs"
}
