# SPDX-License-Identifier: Apache-2.0
# The stock kernels of the nodes: by package name from the Debian archive, unpacked once into the cache.

kernel_source_package=linux-source-6.12

# The kernels must match the source that the archive offers, since constants are planned from that source.
kernel_version() { # -> 6.12.117-1~deb12u1
  local version
  version=$(apt-cache policy "$kernel_source_package" | awk '$1 == "Candidate:" {print $2}')
  [ -n "$version" ] && [ "$version" != "(none)" ] ||
    die "apt knows no package $kernel_source_package; run apt-get update, and check that Debian 12 with security updates is among the sources"
  echo "$version"
}

kernel_release() { # VERSION FLAVOUR -> 6.12.117+deb12-amd64
  echo "${1%%-*}+deb12-$2"
}

# All packages of one kernel that a node needs: image, headers, and what the headers need to build a module.
kernel_packages() { # VERSION FLAVOUR
  local base=${1%%-*}+deb12
  printf '%s\n' "linux-image-$base-$2" "linux-headers-$base-$2" "linux-headers-$base-common" "linux-kbuild-$base"
}

unpack_kernel() { # VERSION FLAVOUR OUT
  local version=$1 flavour=$2 out=$3 name release debs
  release=$(kernel_release "$version" "$flavour")
  debs=$cache/debs/$version
  mkdir -p "$debs" "$out"
  for name in $(kernel_packages "$version" "$flavour"); do
    if ! compgen -G "$debs/${name}_*.deb" >/dev/null; then
      (cd "$debs" && apt-get -q -o APT::Sandbox::User=root download "$name=$version")
    fi
    dpkg-deb -x "$debs/${name}"_*.deb "$out"
  done
  depmod -b "$out" "$release"
}

# The folder of an unpacked kernel: boot/vmlinuz-RELEASE, boot/config-RELEASE, lib/modules, usr/src, usr/lib.
kernel_tree() { # FLAVOUR
  local version
  version=${kernel_version:=$(kernel_version)}
  cached "kernels/$version-$1" "kernel $(kernel_release "$version" "$1")" unpack_kernel "$version" "$1"
  echo "$cache/kernels/$version-$1"
}

initramfs_modules() { # TREE RELEASE -> paths of the modules that reaching the root needs, in the order of loading
  local tree=$1 release=$2 module
  for module in virtio_blk virtio_net erofs overlay ext4; do
    modprobe -d "$tree" -S "$release" --show-depends "$module" | awk '$1 == "insmod" {print $2}'
  done | awk '!seen[$0]++'
}

make_initramfs() { # TREE RELEASE OUT
  local tree=$1 release=$2 out=$3 root module name
  root=$out.tree
  rm -rf "$root"
  mkdir -p "$root"/{bin,modules,proc,sys,dev,lower,rw,root}
  cp "$(command -v busybox)" "$root/bin/busybox"
  cp "$here/node/init" "$root/init"
  for module in $(initramfs_modules "$tree" "$release"); do
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

initramfs() { # FLAVOUR -> path
  local tree key place
  tree=$(kernel_tree "$1")
  key=$(cat "$here/node/init" "$here/lib/kernels.sh" | key_of)
  place=initramfs/$(basename "$tree")-$key
  cached "$place" "initramfs for $1" make_initramfs "$tree" "$(kernel_release "${kernel_version:=$(kernel_version)}" "$1")"
  echo "$cache/$place"
}
