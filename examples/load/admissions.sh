#!/bin/sh
# Applies what the policy lets in, warns of and denies, as dry runs that leave nothing behind: the dashboard "Weir" moves.
#
#   examples/load/admissions.sh [NAMESPACE] [SECONDS]
#
# Uses the kubectl of PATH with its current context; the namespace has to be in an environment.
set -eu
namespace=${1:-shop-prod}
seconds=${2:-60}

service() { # NAME IMAGE MAX-SCALE
  cat <<YAML
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: $1}
spec:
  template:
    metadata:
      annotations: {autoscaling.knative.dev/max-scale: "$3"}
    spec:
      containers:
      - image: $2
YAML
}

try() {
  tried=$((tried + 1))
  if service "$@" | kubectl --namespace "$namespace" apply --dry-run=server --filename - >/dev/null 2>&1; then
    taken=$((taken + 1))
  fi
}

tried=0
taken=0
end=$(($(date +%s) + seconds))
while [ "$(date +%s)" -lt "$end" ]; do
  try load-good registry.example.com/shop/cart:1.4.2 20
  try load-many registry.example.com/shop/cart:1.4.2 500
  try load-foreign docker.io/someone/cart:latest 20
done
echo "$tried applied as dry runs to $namespace: $taken let in, $((tried - taken)) refused"
