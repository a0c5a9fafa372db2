# SPDX-License-Identifier: Apache-2.0
# The bed's network: a bridge with the control plane's address, one tap per node. The namespace has no way out.

network=10.80.0
control_plane=$network.1
api=https://$control_plane:6443
service_range=10.96.0.0/16
api_service=10.96.0.1

node_address() { echo "$network.$((10 + $1))"; } # INDEX from 1
pod_range() { echo "10.81.$1.0/24"; }            # INDEX from 1

make_network() {
  inside bash -ec "
    ip link set lo up
    ip link add bridge type bridge
    ip addr add $control_plane/24 dev bridge
    ip link set bridge up
    sysctl -qw net.ipv4.ip_forward=1 || true"
}

add_tap() { # INDEX
  inside bash -ec "
    ip tuntap add tap$1 mode tap
    ip link set tap$1 master bridge up
    ip route add $(pod_range "$1") via $(node_address "$1") dev bridge"
}
