# SPDX-License-Identifier: Apache-2.0
# The stock kernels of the nodes, fetched and unpacked once by testbed/vm/kernel, and a small initramfs for each.

# The folder of an unpacked kernel: boot/, usr/lib/modules/RELEASE, usr/src/linux-headers-*, usr/lib/linux-kbuild-*.
kernel_tree() { # FLAVOUR
  "$here/vm/kernel" "$1"
}

kernel_release() { # TREE -> 6.12.117+deb12-amd64
  cat "$1/release"
}

initramfs_modules() { # TREE RELEASE -> paths of the modules that reaching the root needs, in the order of loading
  local tree=$1 release=$2 module root
  root=$(mktemp -d)
  ln -s "$tree/usr/lib" "$root/lib" # where modprobe looks
  for module in virtio_blk virtio_net erofs overlay ext4; do
    modprobe -d "$root" -S "$release" --show-depends "$module" | awk '$1 == "insmod" {print $2}'
  done | awk '!seen[$0]++' | sed "s|^$root/lib/|$tree/usr/lib/|"
  rm -r "$root"
}

make_initramfs() { # TREE OUT
  local tree=$1 out=$2 root module name
  root=$out.tree
  rm -rf "$root"
  mkdir -p "$root"/{bin,modules,proc,sys,dev,lower,rw,root}
  cp "$(command -v busybox)" "$root/bin/busybox"
  cp "$here/node/init" "$root/init"
  for module in $(initramfs_modules "$tree" "$(kernel_release "$tree")"); do
    name=$(basename "${module%.xz}")
    case $module in
      *.xz) xz -dc "$module" >"$root/modules/$name" ;;
      *) cp "$module" "$root/modules/$name" ;;
    esac
    echo "$name" >>"$root/modules/order"
  done
  (cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc) | gzip -1 >"$out"
  rm -rf "$root"
}

initramfs() { # TREE -> path
  local place
  place=initramfs/$(basename "$1")-$(cat "$here/node/init" "$here/lib/kernels.sh" | key_of)
  cached "$place" "initramfs for $(kernel_release "$1")" make_initramfs "$1"
  echo "$cache/$place"
}
