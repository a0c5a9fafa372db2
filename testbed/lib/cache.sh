# SPDX-License-Identifier: Apache-2.0
# The cache: results live outside the tree in folders or files that are named by a key of everything they depend on,
# are made beside their place and renamed into it, so that what is there is whole.

cache=${KERNELX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kernelx}/testbed
mkdir -p "$cache"

key_of() { # text on stdin -> 12 hex digits
  sha256sum | cut -c1-12
}

# Makes $cache/PLACE by COMMAND, once. COMMAND gets as its last argument the path to make (file or folder).
cached() { # PLACE DESCRIPTION COMMAND... ; prints nothing
  local place=$cache/$1 description=$2
  shift 2
  [ ! -e "$place" ] || return 0
  mkdir -p "$(dirname "$place")" "$cache/logs"
  (
    exec 9>"$cache/.lock-$(basename "$place")"
    flock 9
    if [ -e "$place" ]; then exit 0; fi
    rm -rf "$place.new"*
    trap 'rm -rf "$place.new"*' EXIT
    step "$description" "$cache/logs/$(basename "$place").log" "$@" "$place.new" 9>&-
    mv "$place.new" "$place"
    rm -f "$cache/.lock-$(basename "$place")"
  )
}
