# SPDX-License-Identifier: Apache-2.0
# Puts layers together into an archive as `docker save` writes it.
# shellcheck shell=bash
# shellcheck disable=SC2154

layer_digest() { # TAR: its sha256, remembered beside it; the file's time says when the layer was last of use
  [ -e "$1.sha256" ] && [ ! "$1" -nt "$1.sha256" ] || sha256sum "$1" | cut -d' ' -f1 >"$1.sha256"
  touch "$1.sha256"
  cat "$1.sha256"
}

archive() { # IMAGE LAYER...: prints the archive's path
  local image=$1 layer digest config out stage digests=() paths=()
  shift
  stage=$(mktemp -d "$cache/archive.XXXXXX")
  for layer in "$@"; do
    digest=$(layer_digest "$layer")
    mkdir -p "$stage/$digest"; ln -s "$layer" "$stage/$digest/layer.tar"
    digests+=("sha256:$digest"); paths+=("$digest/layer.tar")
  done
  config=$(jq -cS --args '. + {rootfs: {type: "layers", diff_ids: $ARGS.positional}}' "${digests[@]}" <"$here/$image/config.json")
  digest=$(sha256sum <<<"$config" | cut -d' ' -f1)
  out=$cache/kernelx-$image-${digest:0:12}.tar
  if [ ! -e "$out" ]; then
    printf '%s\n' "$config" >"$stage/$digest.json"
    jq -cn --arg config "$digest.json" --arg tag "localhost/kernelx/$image:dev" \
      --args '[{Config: $config, RepoTags: [$tag], Layers: $ARGS.positional}]' "${paths[@]}" >"$stage/manifest.json"
    find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=gnu --dereference \
      -C "$stage" -cf "$out.tmp" manifest.json "$digest.json" "${paths[@]%/layer.tar}"
    mv "$out.tmp" "$out"
    say "localhost/kernelx/$image:dev: $(($(stat -c %s "$out") / 1000000)) MB in $# layers"
    forget_old "$image"
  fi
  rm -rf "$stage"
  echo "$out"
}

forget_old() { # IMAGE: what is large and quickly made again; the newest four archives are kept, and of each layer four
  local old kind
  # shellcheck disable=SC2012
  ls -t "$cache/kernelx-$1"-*.tar | tail -n +5 | while read -r old; do rm -f "$old"; done
  for kind in "app-$1" "startup-$1"; do
    # shellcheck disable=SC2012
    ls -t "$cache/$kind"-*.tar.sha256 | tail -n +5 | while read -r old; do
      old=${old%.tar.sha256}
      rm -rf "$old" "$old.tar" "$old.tar.sha256"
    done
  done
}
