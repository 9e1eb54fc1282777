#!/usr/bin/env bash
# What a cluster adds to the work of its workers, request by request, on loopback: one client, one request at a time.
#   bench/cluster-overhead.sh [one|two|http]...
# one    a silo that plans and works
# two    a silo without workers takes the requests, another one works
# http   as one, through a gateway, for comparison: latency alone, replies over HTTP do not say what to subtract
# Needs the Release build, curl and jq. The engine is scripted: every batch takes BATCH_MS, and one batch holds a request.
# REPEAT (3) runs each; SECONDS_EACH (20), PASSAGES (100), LENGTH (128 tokens a pair), BATCH_MS (5), OUT, PORT (14000).
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
seconds=${SECONDS_EACH:-20} repeat=${REPEAT:-3} passages=${PASSAGES:-100} length=${LENGTH:-128}
out=${OUT:-$(mktemp -d /tmp/cluster-overhead-XXXX)}
port=${PORT:-14000}
bin=$root/artifacts/bin
silo=$bin/Reranker.Silo/release/Reranker.Silo.dll
gateway=$bin/Reranker.Gateway/release/Reranker.Gateway.dll
loadtest=${LOADTEST:-$bin/Reranker.LoadTest/release/Reranker.LoadTest.dll}
mkdir -p "$out"

export Reranker__Models__0=$root/models/mini Reranker__Engine=Scripted
export Reranker__Scripted__PairsPerSecond=0 Reranker__Scripted__TokensPerSecond=0
Reranker__Scripted__BatchTime=00:00:00.$(printf %03d "${BATCH_MS:-5}") && export Reranker__Scripted__BatchTime
export Reranker__Clustering=Localhost Reranker__Cluster__PrimarySiloPort=$((port + 101))
export Gateway__DrainDelay=00:00:00.100
# A server GC that gives up heaps forgets what was allocated in them: the runtime's counter falls.
export DOTNET_GCDynamicAdaptationMode=0

declare -A pid=()
launch_silo() {
  env "${@:2}" Reranker__Cluster__SiloPort=$((port + 100 + $1)) Reranker__Cluster__GatewayPort=$((port + 200 + $1)) \
    ASPNETCORE_URLS="$(url "$1")" dotnet "$silo" >"$out/silo$1.log" 2>&1 & pid[silo$1]=$!
}
url() { echo "http://127.0.0.1:$((port + 300 + $1))"; }
ready() { until curl -sf -m 2 -o /dev/null "$1/health/ready"; do sleep 0.1; done; }
stop_all() {
  for p in "${pid[@]}"; do kill -TERM "$p" 2>/dev/null || true; done
  wait 2>/dev/null || true
  pid=()
}
trap stop_all EXIT

metric() { curl -s "$(url "$1")/metrics" | awk -v m="$2" 'index($1, m) == 1 {s += $2} END {print s + 0}'; }
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
  launch_silo 1; ready "$(url 1)"
  each one --cluster static --gateways 127.0.0.1:$((port + 201)) --metrics "$(url 1)/metrics"
  stop_all
}
# A client reaches silo 2 alone, and a silo keeps the requests that it is given: their count there, and that of the pairs
# on silo 1, show that each went from one to the other.
two() {
  launch_silo 1; ready "$(url 1)"
  launch_silo 2 Reranker__Workers=false; ready "$(url 2)"
  local elsewhere; elsewhere=$(metric 1 reranker_requests_total)
  each two --cluster static --gateways 127.0.0.1:$((port + 202)) --metrics "$(url 2)/metrics" --metrics "$(url 1)/metrics"
  [ "$(metric 1 reranker_requests_total)" = "$elsewhere" ] || { echo "two: silo 1 took requests itself, the figures mean nothing"; exit 1; }
  [ "$(metric 2 reranker_batch_pairs_total)" = 0 ] || { echo "two: silo 2 worked itself, the figures mean nothing"; exit 1; }
  stop_all
}
http() {
  launch_silo 1; ready "$(url 1)"
  Reranker__Cluster__GatewayPort=$((port + 201)) ASPNETCORE_URLS="$(url 9)" dotnet "$gateway" >"$out/gateway.log" 2>&1 & pid[gateway]=$!
  ready "$(url 9)"
  each http --url "$(url 9)" --metrics "$(url 1)/metrics" --metrics "$(url 9)/metrics"
  stop_all
}

[ $# -gt 0 ] || set -- one two http
echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg); reports in $out"
for case in "$@"; do
  case $case in one | two | http) "$case" ;; *) echo "unknown case $case" >&2; exit 2 ;; esac
done
