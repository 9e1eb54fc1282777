#!/usr/bin/env bash
# What telemetry costs: a silo and a gateway as processes without it, and the same with a collector that takes traces and metrics and
# with a scrape of /metrics every 5 s, in turn, round by round.
#   bench/telemetry-cost.sh [SHARE]...
# SHARE  share of the requests that is traced (default: 0.01, the chart's, and 1, where nothing is set)
# The engine is scripted and takes no time, so that processors are what is used up: the dearest case. BLOCKS (2) starts all processes
# anew, loads each for WARM_UP (10) seconds, and runs ROUNDS (6, an even number) of SECONDS_EACH (5) for each variant; CLIENTS (16), PASSAGES (20), and what cluster-lib.sh says; no redis-server.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
blocks=${BLOCKS:-2} rounds=${ROUNDS:-6} seconds=${SECONDS_EACH:-5} clients=${CLIENTS:-16} passages=${PASSAGES:-20}
[ $# -gt 0 ] || set -- 0.01 1
variants=(off "$@")
export Reranker__Devices=0 Reranker__Clustering=Localhost
unset Reranker__Cluster__ConnectionString Reranker__Cluster__AdvertisedAddress
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_TRACES_SAMPLER=parentbased_traceidratio

start_variant() { # NUMBER VARIANT
  export Reranker__Cluster__PrimarySiloPort=$((port + 100 + $1)) Reranker__Cluster__GatewayPorts__0=$((port + 200 + $1))
  if [ "$2" = off ]; then
    unset OTEL_EXPORTER_OTLP_ENDPOINT; export OTEL_SDK_DISABLED=true
  else
    unset OTEL_SDK_DISABLED; export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$((port + 1)) OTEL_TRACES_SAMPLER_ARG=$2
  fi
  launch_silo "$1"; launch_gateway "$1"; ready "$(gateway_url "$1")"
}
scrape() { # NUMBER: until it is killed
  while sleep 5; do curl -s -o /dev/null "$(silo_url "$1")/metrics"; curl -s -o /dev/null "$(gateway_url "$1")/metrics"; done
}
ticks() { awk '{ sub(/.*\) /, ""); sum += $12 + $13 } END { print sum }' "/proc/${pid[silo$1]}/stat" "/proc/${pid[gateway$1]}/stat"; }
load() { # NUMBER VARIANT SECONDS NAME: leaves its rate and processor time in $measured
  local before scraper='' rate requests
  [ "$2" = off ] || { scrape "$1" & scraper=$!; }
  before=$(ticks "$1")
  dotnet "$loadtest" --url "$(gateway_url "$1")" --clients "$clients" --passages "$passages" --duration "$3" --warmup 1 \
    --model "$Reranker__Models__0" --json "$out/$4.json" >"$out/$4.log" 2>&1 || { cat "$out/$4.log"; exit 1; }
  rate=$(jq .requestsPerSecond "$out/$4.json")
  requests=$(awk -v rate="$rate" -v seconds="$3" 'BEGIN { print rate * (seconds + 1) }')
  [ -z "$scraper" ] || { kill "$scraper"; wait "$scraper" 2>/dev/null || true; }
  measured=$(awk -v t=$(($(ticks "$1") - before)) -v hz="$(getconf CLK_TCK)" -v n="$requests" -v rate="$rate" 'BEGIN { printf "%s\t%.4f", rate, 1000 * t / hz / n }')
}

echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg); reports in $out"
python3 bench/telemetry_receiver.py $((port + 1)) >"$out/receiver.log" & pid[receiver]=$!
for ((block = 1; block <= blocks; block++)); do
  for i in "${!variants[@]}"; do start_variant $((i + 1)) "${variants[i]}"; done
  for i in "${!variants[@]}"; do load $((i + 1)) "${variants[i]}" "${WARM_UP:-10}" "warm-$block-$i"; done
  for ((round = 1; round <= rounds; round++)); do
    for step in "${!variants[@]}"; do
      # Every other round backwards, so that what the machine does meanwhile favours none.
      i=$((round % 2 ? step : ${#variants[@]} - 1 - step))
      load $((i + 1)) "${variants[i]}" "$seconds" "$block-$round-$i"
      printf '%s\t%s\t%s\t%s\n' "$block" "$round" "${variants[i]}" "$measured" >>"$out/rounds.tsv"
    done
  done
  for i in "${!variants[@]}"; do stop "gateway$((i + 1))"; stop "silo$((i + 1))"; done
done
stop receiver; cat "$out/receiver.log"
grep -q 'received [1-9]' "$out/receiver.log" || { echo "no telemetry came: the figures mean nothing"; exit 1; }
python3 bench/telemetry_report.py "$out/rounds.tsv"
