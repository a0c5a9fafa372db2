# SPDX-License-Identifier: Apache-2.0
# The bed's certificates and kubeconfigs, made anew for each bed, valid for a week.

make_authority() {
  mkdir -p -m 700 "$state/pki"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=kernelx-testbed-$bed" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,digitalSignature \
    -keyout "$state/pki/ca.key" -out "$state/pki/ca.crt"
  openssl ecparam -name prime256v1 -genkey -noout -out "$state/pki/sa.key"
  openssl ec -in "$state/pki/sa.key" -pubout -out "$state/pki/sa.pub"
}

certificate() { # FILE SUBJECT [SUBJECT-ALT-NAMES]
  local file=$state/pki/$1 subject=$2 names=${3:-} kind=(ec -pkeyopt ec_paramgen_curve:P-256)
  [ "$1" != admin ] || kind=(rsa:2048) # people's clients: fabric8's reads no EC key without a library of its own
  openssl req -new -newkey "${kind[@]}" -nodes -subj "$subject" -keyout "$file.key" -out "$file.csr"
  openssl x509 -req -in "$file.csr" -CA "$state/pki/ca.crt" -CAkey "$state/pki/ca.key" -days 7 -out "$file.crt" \
    -extfile <(echo "extendedKeyUsage=clientAuth,serverAuth"; [ -z "$names" ] || echo "subjectAltName=$names")
  rm "$file.csr"
}

kubeconfig() { # USER SERVER [CREDENTIALS, else those of the certificate named like the user] -> text
  local file=$state/pki/$1 credentials=${3:-}
  [ -n "$credentials" ] ||
    credentials="{client-certificate-data: $(base64 -w0 "$file.crt"), client-key-data: $(base64 -w0 "$file.key")}"
  cat <<EOF
apiVersion: v1
kind: Config
clusters:
- name: $bed
  cluster: {server: "$2", certificate-authority-data: $(base64 -w0 "$state/pki/ca.crt")}
users:
- name: $1
  user: $credentials
contexts:
- name: $bed
  context: {cluster: $bed, user: $1}
current-context: $bed
EOF
}

make_certificates() {
  make_authority
  certificate apiserver /CN=kube-apiserver \
    "IP:$control_plane,IP:127.0.0.1,IP:$api_service,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
  certificate apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  certificate admin /O=system:masters/CN=admin
  certificate controller-manager /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate kube-proxy /CN=system:kube-proxy
  local name
  for name in controller-manager scheduler; do kubeconfig "$name" "$api" >"$state/pki/$name.kubeconfig"; done
  kubeconfig admin "$api" >"$state/kubeconfig.inside"
  ssh-keygen -q -t ed25519 -N '' -C "kernelx-testbed-$bed" -f "$state/pki/node-login"
}
