# SPDX-License-Identifier: Apache-2.0
# Container images for the nodes: tars in, one disk out, made once per set of tars.

make_pause() { # OUT
  local work
  work=$(mktemp -d)
  gcc -static -Os -s -Wall -Werror -o "$work/pause" "$here/images/pause.c"
  "$here/images/pack" "$work" kernelx.local/pause:1 /pause "$1"
  rm -rf "$work"
}

make_busybox() { # OUT
  local work applet
  work=$(mktemp -d)
  mkdir -p "$work"/{bin,tmp,etc}
  cp "$(command -v busybox)" "$work/bin/busybox"
  for applet in $("$work/bin/busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$work/bin/$applet"; done
  "$here/images/pack" "$work" kernelx.local/busybox:1 /bin/sh "$1"
  rm -rf "$work"
}

own_images() { # -> tars that every bed has
  local key
  key=$({ cat "$here"/images/{pause.c,pack}; declare -f make_pause make_busybox; dpkg-query -W busybox-static libc6-dev; } | key_of)
  cached "images/pause-$key.tar" "image: pause" make_pause
  cached "images/busybox-$key.tar" "image: busybox" make_busybox
  printf '%s\n' "$cache/images/pause-$key.tar" "$cache/images/busybox-$key.tar"
}

make_images_disk() { # TAR... OUT
  unshare --mount --pid --fork --kill-child --mount-proc "$here/images/import" "$binaries" "${*: -1}" "${@:1:$#-1}"
}

images_disk() { # TAR... -> path
  local tars=() own key
  own=$(own_images)
  mapfile -t tars <<<"$own"
  tars+=("$@")
  key=$({ sha256sum "${tars[@]}" | cut -d' ' -f1; cat "$here/images/import"; echo "$binaries"; } | key_of)
  cached "images/disk-$key" "images: disk with ${#tars[@]} of them" make_images_disk "${tars[@]}"
  touch "$cache/images/disk-$key"
  # Each change of an image makes a disk; only the latest are of use. Running nodes keep theirs open.
  find "$cache/images" -name 'disk-*' ! -name '*.new' -printf '%T@ %p\n' | sort -rn | tail -n +7 | cut -d' ' -f2- | xargs -r rm -f
  echo "$cache/images/disk-$key"
}
