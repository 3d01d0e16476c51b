#!/bin/sh
# A burst that makes a service panic and scale, a pause in which it goes to zero, and one request that finds no pod: the
# dashboard "Knative services" shows requests, latency, pods wanted and there, and a cold start.
#
#   examples/load/requests.sh URL [REQUESTS] [CLIENTS] [PAUSE]
#   examples/load/requests.sh http://cart.shop-dev.example.com 2000 50 150
#
# Where the name leads nowhere, give the gateway's address, and the name as HOST:
#   HOST=cart.shop-dev.example.com examples/load/requests.sh http://127.0.0.1:8080
#
# Needs curl alone. For a load that a machine can bear longer, with percentiles: weir load URL --rps 50 --for 5m.
set -eu
url=$1
requests=${2:-2000}
clients=${3:-50}
pause=${4:-150} # seconds: the stable window (60), the grace period (30), and some time to spare

ask() { # prints status and seconds
  curl --silent --output /dev/null --max-time 60 ${HOST:+--header "Host: $HOST"} --write-out '%{http_code} %{time_total}\n' "$url" || true
}

if [ "${ONE_OF_MANY:-}" = yes ]; then
  ask
  exit
fi

echo "burst: $requests requests, $clients at once"
seq "$requests" | ONE_OF_MANY=yes xargs -P "$clients" -I _ "$0" "$url" | cut -d ' ' -f 1 | sort | uniq -c
echo "pause: $pause s, in which the service goes to zero unless its min-scale keeps it"
sleep "$pause"
echo "one request that finds no pod (status, seconds):"
ask
