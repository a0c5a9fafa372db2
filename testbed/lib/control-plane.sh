# SPDX-License-Identifier: Apache-2.0
# etcd, kube-apiserver, kube-controller-manager and kube-scheduler, on the bridge's address.

start_etcd() {
  spawn etcd "$binaries/etcd" --data-dir "$state/etcd" --listen-client-urls http://127.0.0.1:2379 \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync --log-level warn
}

start_apiserver() {
  local pki=$state/pki
  spawn kube-apiserver "$binaries/kube-apiserver" --etcd-servers http://127.0.0.1:2379 \
    --bind-address 0.0.0.0 --advertise-address "$control_plane" --secure-port 6443 \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --client-ca-file "$pki/ca.crt" \
    --service-cluster-ip-range "$service_range" --allow-privileged=true --authorization-mode Node,RBAC \
    --enable-admission-plugins NodeRestriction --enable-aggregator-routing=true --profiling=false \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$pki/sa.pub" \
    --service-account-signing-key-file "$pki/sa.key" \
    --kubelet-client-certificate "$pki/apiserver-kubelet-client.crt" --kubelet-client-key "$pki/apiserver-kubelet-client.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP
}

start_controllers() {
  local pki=$state/pki
  spawn kube-controller-manager "$binaries/kube-controller-manager" --kubeconfig "$pki/controller-manager.kubeconfig" \
    --authentication-kubeconfig "$pki/controller-manager.kubeconfig" --authorization-kubeconfig "$pki/controller-manager.kubeconfig" \
    --bind-address 127.0.0.1 --leader-elect=false --use-service-account-credentials=true --root-ca-file "$pki/ca.crt" \
    --service-account-private-key-file "$pki/sa.key" --profiling=false
  spawn kube-scheduler "$binaries/kube-scheduler" --kubeconfig "$pki/scheduler.kubeconfig" \
    --authentication-kubeconfig "$pki/scheduler.kubeconfig" --authorization-kubeconfig "$pki/scheduler.kubeconfig" \
    --bind-address 127.0.0.1 --leader-elect=false --profiling=false
}

in_cluster() { # kubectl with the administrator's rights, in the bed's network
  inside "$binaries/kubectl" --kubeconfig "$state/kubeconfig.inside" "$@"
}

start_control_plane() {
  local begun=$EPOCHREALTIME
  start_etcd
  await etcd 120 inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/2379'
  say "etcd ($(seconds_since "$begun") s)"
  begun=$EPOCHREALTIME
  start_apiserver
  await kube-apiserver 240 in_cluster get --raw /readyz
  say "kube-apiserver ($(seconds_since "$begun") s)"
  begun=$EPOCHREALTIME
  start_controllers
  await kube-controller-manager 180 in_cluster -n default get serviceaccount default
  await kube-scheduler 120 inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/10259'
  say "kube-controller-manager, kube-scheduler ($(seconds_since "$begun") s)"
}

# The API server on a port of this machine's loopback, so that programs outside the bed's network (a test's JVM, an
# operator run by hand) reach it with $state/kubeconfig. Two relays that meet at a socket file: one on each side.
start_forward() {
  local socket=$state/api.socket port
  spawn api-relay socat "UNIX-LISTEN:$socket,fork,mode=600" "TCP:$control_plane:6443"
  spawn --outside-network api-forward socat -d -d "TCP-LISTEN:0,bind=127.0.0.1,fork" "UNIX-CONNECT:$socket"
  await api-forward 60 grep -q 'listening on' "$logs/api-forward.log"
  port=$(sed -n 's/.*listening on.*:\([0-9]*\)$/\1/p;T;q' "$logs/api-forward.log")
  kubeconfig admin "https://127.0.0.1:$port" >"$state/kubeconfig"
  say "API server at https://127.0.0.1:$port"
}
