# SPDX-License-Identifier: Apache-2.0
# The layers of the images: each function prints the path of an uncompressed tar, made if the cache has none.
# shellcheck shell=bash
# shellcheck disable=SC2154

listed() { sed 's/#.*//; s/[[:space:]]*$//' "$1" | grep .; } # FILE: its lines without comments

key_of() { sha256sum | cut -c1-16; } # stdin -> a short key

pack() { # FOLDER TAR: reproducible
  find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=gnu -C "$1" -cf "$2.tmp" .
  mv "$2.tmp" "$2"
}

base_layer() { # IMAGE: Debian packages without what nobody reads
  local image=$1 key layer pattern variant=extract trims=() log
  key=$( (cat "$here/$image/packages" "$here/$image/trim"; declare -f base_layer) | key_of)
  layer=$cache/base-$image-$key.tar
  if [ ! -e "$layer" ]; then
    say "base of $image: $(listed "$here/$image/packages" | wc -l) Debian packages and what they need"
    while read -r pattern; do trims+=(--customize-hook="rm -rf \"\$1\"/$pattern"); done < <(listed "$here/$image/trim")
    if [ "$image" = agent ]; then
      variant=essential
      # kbuild's host compiler goes by the plain name; the stubs' compiler too.
      trims+=(--customize-hook='ln -sf gcc-12 "$1"/usr/bin/gcc' --customize-hook='ln -sf clang-14 "$1"/usr/bin/clang')
    fi
    log=$cache/base-$image.log
    mmdebstrap --quiet --variant="$variant" --architectures=amd64 --skip=output/dev \
      --aptopt='APT::Install-Recommends "false"' --include="$(listed "$here/$image/packages" | paste -sd,)" \
      --customize-hook='mkdir -p "$1"/tmp "$1"/etc && chmod 1777 "$1"/tmp' \
      --customize-hook='echo "hosts: files dns" >"$1"/etc/nsswitch.conf' \
      "${trims[@]}" --format=tar bookworm "$layer.tmp" \
      'deb http://deb.debian.org/debian bookworm main' 'deb http://deb.debian.org/debian-security bookworm-security main' \
      >"$log" 2>&1 || { tail -5 "$log" >&2; fail "cannot assemble the base of $image; the whole log is $log"; }
    mv "$layer.tmp" "$layer"
  fi
  echo "$layer"
}

java_home() { # a JDK 25, or a clear word
  "$root/scripts/find-jdk"
}

runtime_folder() { # the jlinked runtime, below a root
  local key folder home
  home=$(java_home)
  key=$( (cat "$here/jre.modules" "$home/release"; declare -f runtime_folder) | key_of)
  folder=$cache/runtime-$key
  if [ ! -e "$folder" ]; then
    say "Java runtime: $(listed "$here/jre.modules" | wc -l) modules"
    rm -rf "$folder.tmp"; mkdir -p "$folder.tmp/opt/kernelx"
    "$home/bin/jlink" --add-modules "$(listed "$here/jre.modules" | paste -sd,)" --strip-debug --no-man-pages \
      --no-header-files --compress zip-6 --output "$folder.tmp/opt/kernelx/jre" >&2
    pack "$folder.tmp" "$folder.tmp.tar"
    mv "$folder.tmp.tar" "$folder.tar"; mv "$folder.tmp" "$folder"
  fi
  echo "$folder"
}

runtime_layer() { echo "$(runtime_folder).tar"; }

stage_operator() { # FOLDER
  local jars
  jars=$("$here/package" operator)
  mkdir -p "$1/opt/kernelx/app"
  cp "$jars"/kernelx-operator-*-runner.jar "$1/opt/kernelx/app/kernelx-operator.jar"
  cp -r "$root/tunables" "$1/opt/kernelx/tunables"
  cat >"$1/opt/kernelx/app/java.args" <<'EOF'
-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xss512k
-Djava.util.logging.manager=org.jboss.logmanager.LogManager --add-opens=java.base/java.lang=ALL-UNNAMED
-cp /opt/kernelx/app/kernelx-operator.jar
EOF
}

stage_agent() { # FOLDER
  local jars folder path jar
  jars=$("$here/package" node-agent/agent)
  mkdir -p "$1/opt/kernelx/app/lib"
  cp "$jars"/kernelx-agent-*.jar "$1/opt/kernelx/app/kernelx-agent.jar"
  cp "$jars"/lib/*.jar "$1/opt/kernelx/app/lib/"
  only_linux_amd64 "$1"/opt/kernelx/app/lib/z3-turnkey-*.jar
  # The class path by name: the start-up cache holds for this very order only.
  path=/opt/kernelx/app/kernelx-agent.jar
  for jar in "$1"/opt/kernelx/app/lib/*.jar; do path+=:/opt/kernelx/app/lib/$(basename "$jar"); done
  cat >"$1/opt/kernelx/app/java.args" <<EOF
-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xss512k
--enable-native-access=ALL-UNNAMED
-cp $path
EOF
  for folder in bpf kernel tunables; do
    [ -d "$root/$folder" ] || continue
    (cd "$root" && git ls-files -z "$folder") | (cd "$root" && cpio -0pdm --quiet "$1/opt/kernelx")
  done
  install -D -m 755 "$here/agent/xkernel-tool" "$1/usr/bin/xkernel-tool"
}

only_linux_amd64() { # JAR: drops the solver's libraries for other systems, three quarters of its size
  local jar=$1 work jvm
  jvm=$(java_home)
  work=$(mktemp -d)
  (cd "$work" && "$jvm/bin/jar" --extract --file "$jar" &&
    rm -rf com/microsoft/z3/{osx,windows} com/microsoft/z3/linux/aarch64 && rm "$jar" &&
    "$jvm/bin/jar" --create --date "$(date -u -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)" --file "$jar" --manifest META-INF/MANIFEST.MF .)
  rm -rf "$work"
}

made_from() { # IMAGE: the sums of all that its application is made from
  local files=(pom.xml crds tunables images/package)
  case $1 in
    operator) files+=(operator) ;;
    agent) files+=(node-agent bpf kernel images/agent/xkernel-tool) ;;
  esac
  (cd "$root" && git ls-files -z --cached --others --exclude-standard -- "${files[@]}" ':!*/src/test/*' |
    xargs -0 sh -c 'for file; do [ ! -e "$file" ] || echo "$file"; done' sh | sort -u | xargs -d '\n' sha256sum)
  cat "$(java_home)/release"
  declare -f "stage_$1" only_linux_amd64 pack
}

app_folder() { # IMAGE: the application, below a root; kept by its sources, for Quarkus packs other bytes each time
  local image=$1 key folder stage
  key=$(made_from "$image" | key_of)
  folder=$cache/app-$image-$key
  if [ ! -e "$folder" ]; then
    stage=$cache/stage-$image; rm -rf "$stage"; mkdir -p "$stage"
    "stage_$image" "$stage"
    pack "$stage" "$folder.tar"
    mv "$stage" "$folder"
  fi
  echo "$folder"
}

app_layer() { echo "$(app_folder "$1").tar"; }

rehearsed_agent=(io.kernelx.agent.XkernelTool agent)
rehearsed_operator=(io.quarkus.runner.GeneratedMain)

startup_layer() { # IMAGE: what the virtual machine noted in a rehearsed start, so that real ones are short
  local image=$1 app runtime key layer
  app=$(app_folder "$image"); runtime=$(runtime_folder)
  key=$( (echo "$app" "$runtime"; declare -f startup_layer rehearse; cat "$here"/rehearsal/{Rehearsal.java,objects/*}) | key_of)
  layer=$cache/startup-$image-$key.tar
  if [ ! -e "$layer" ]; then
    say "start-up cache of $image"
    rehearse "$image" "$app" "$runtime"
    rm -rf "$layer.tree"; mkdir -p "$layer.tree/opt/kernelx/app"
    mv "$cache/rehearsal/start.aot" "$layer.tree/opt/kernelx/app/start.aot"
    pack "$layer.tree" "$layer"
    rm -rf "$layer.tree"
  fi
  echo "$layer"
}

rehearse() { # IMAGE APP RUNTIME: starts the program against a make-believe API server, for a while
  local image=$1 app=$2 work=$cache/rehearsal jvm java server i
  local -n main=rehearsed_$image
  jvm=$(java_home); java=$3/opt/kernelx/jre/bin/java
  rm -rf "$work"; mkdir -p "$work"
  "$jvm/bin/keytool" -genkeypair -alias k -keyalg EC -groupname secp256r1 -dname CN=localhost -ext san=dns:localhost \
    -validity 3650 -storetype PKCS12 -keystore "$work/keys" -storepass rehearsal >"$work/log" 2>&1
  "$jvm/bin/keytool" -exportcert -rfc -alias k -keystore "$work/keys" -storepass rehearsal >"$work/ca.crt" 2>>"$work/log"
  "$jvm/bin/java" "$here/rehearsal/Rehearsal.java" "$work/keys" "$here/rehearsal/objects" "$work/port" >>"$work/log" 2>&1 9>&- &
  server=$!
  for ((i = 0; i < 300; i++)); do [ ! -s "$work/port" ] || break; sleep 0.1; done
  cat >"$work/kubeconfig" <<EOF
{"apiVersion": "v1", "kind": "Config", "current-context": "c",
 "clusters": [{"name": "c", "cluster": {"server": "https://localhost:$(cat "$work/port")", "certificate-authority": "$work/ca.crt"}}],
 "users": [{"name": "u", "user": {"token": "rehearsal"}}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}
EOF
  sed "s#/opt/kernelx#$app/opt/kernelx#g" "$app/opt/kernelx/app/java.args" >"$work/java.args"
  (cd "$work" && env KUBECONFIG="$work/kubeconfig" KERNELX_CACHE="$work/cache" KERNELX_HOME="$app/opt/kernelx" \
    KERNELX_CATALOGUE="$app/opt/kernelx/tunables" KUBERNETES_HTTP2_DISABLE=true QUARKUS_HTTP_PORT=0 NODE_NAME=node \
    timeout -s TERM "${KERNELX_REHEARSAL_SECONDS:-20}" "$java" -XX:AOTMode=record "-XX:AOTConfiguration=$work/start.aotconf" \
    "@$work/java.args" "${main[@]}" >>"$work/log" 2>&1 9>&-) || true
  kill "$server" 2>/dev/null || true
  "$java" -XX:AOTMode=create "-XX:AOTConfiguration=$work/start.aotconf" "-XX:AOTCache=$work/start.aot" "@$work/java.args" \
    >>"$work/log" 2>&1 || { tail -5 "$work/log" >&2; fail "the start of $image cannot be rehearsed; the whole log is $work/log"; }
}
