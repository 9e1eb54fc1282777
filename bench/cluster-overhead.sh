#!/usr/bin/env bash
# What a cluster adds to the work of its workers, request by request, on loopback: one client, one request at a time.
#   bench/cluster-overhead.sh [one|two|http]...
# one    a silo that plans and works
# two    a silo without workers takes the requests, another one works
# http   as one, through a gateway, for comparison: latency alone, replies over HTTP do not say what to subtract
# The engine is scripted: every batch takes BATCH_MS, and one batch holds a request. REPEAT (3) runs each; SECONDS_EACH (20),
# PASSAGES (100), LENGTH (128 tokens a pair), BATCH_MS (5), and what cluster-lib.sh says; no redis-server.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
seconds=${SECONDS_EACH:-20} repeat=${REPEAT:-3} passages=${PASSAGES:-100} length=${LENGTH:-128}

Reranker__Scripted__BatchTime=00:00:00.$(printf %03d "${BATCH_MS:-5}") && export Reranker__Scripted__BatchTime
export Reranker__Devices=0 Reranker__Clustering=Localhost Reranker__Cluster__PrimarySiloPort=$((port + 101))
unset Reranker__Cluster__ConnectionString Reranker__Cluster__AdvertisedAddress Reranker__TokenizerThreads
# A server GC that gives up heaps forgets what was allocated in them: the runtime's counter falls.
export DOTNET_GCDynamicAdaptationMode=0

load() {
  local name=$1
  shift
  dotnet "$loadtest" "$@" --clients 1 --passages "$passages" --length "$length" --duration "$seconds" --warmup 5 \
    --deadline-ms 10000 --scripted --model "$Reranker__Models__0" --json "$out/$name.json" >"$out/$name.log" 2>&1 || { cat "$out/$name.log"; exit 1; }
  jq -r --arg name "$name" --arg busy "$(cut -d' ' -f1 /proc/loadavg)" 'def ms: . * 100 | round / 100;
    "\($name): \(.requests) requests of \(.meanPairTokens | round) tokens a pair, latency p50 \(.latency.p50 | ms) p99 \(.latency.p99 | ms) ms"
    + (if .overhead then "; overhead p50 \(.overhead.p50 | ms) p90 \(.overhead.p90 | ms) p99 \(.overhead.p99 | ms) ms, of it outside the request grain p50 \(.overheadOutsideGrain.p50 | ms) ms" else "" end)
    + "; allocated a request " + ([.engines.allocatedBytesPerRequest | to_entries[] | "\(.key) \(.value / 1000 | round) kB"] | join(", ")) + " (load of the machine \($busy))"' "$out/$name.json"
}
each() { for ((run = 1; run <= repeat; run++)); do load "$1-$run" "${@:2}"; done; }

one() {
  launch_silo 1; ready "$(silo_url 1)"
  each one --cluster static --gateways 127.0.0.1:$((port + 201)) --metrics "$(silo_url 1)/metrics"
  stop silo1
}
# A client reaches silo 2 alone, and a silo keeps the requests that it is given: their count there, and that of the pairs
# on silo 1, show that each went from one to the other.
two() {
  launch_silo 1; ready "$(silo_url 1)"
  launch_silo 2 Reranker__Workers=false; ready "$(silo_url 2)"
  local elsewhere; elsewhere=$(metric "$(silo_url 1)" reranker_requests_total)
  each two --cluster static --gateways 127.0.0.1:$((port + 202)) --metrics "$(silo_url 2)/metrics" --metrics "$(silo_url 1)/metrics"
  [ "$(metric "$(silo_url 1)" reranker_requests_total)" = "$elsewhere" ] || { echo "two: silo 1 took requests itself, the figures mean nothing"; exit 1; }
  [ "$(metric "$(silo_url 2)" reranker_batch_pairs_total)" = 0 ] || { echo "two: silo 2 worked itself, the figures mean nothing"; exit 1; }
  stop silo2; stop silo1
}
http() {
  launch_silo 1; ready "$(silo_url 1)"
  export Reranker__Cluster__GatewayPorts__0=$((port + 201)); launch_gateway 1
  ready "$(gateway_url 1)"
  each http --url "$(gateway_url 1)" --metrics "$(silo_url 1)/metrics" --metrics "$(gateway_url 1)/metrics"
  stop gateway1; stop silo1
}

[ $# -gt 0 ] || set -- one two http
echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg); reports in $out"
for case in "$@"; do
  case $case in one | two | http) "$case" ;; *) echo "unknown case $case" >&2; exit 2 ;; esac
done
