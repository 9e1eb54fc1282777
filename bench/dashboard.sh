#!/usr/bin/env bash
# Draws the chart's dashboard with the data of a cluster that has had a hard time: docs/dashboard.png, or PICTURE.
#   bench/dashboard.sh
# Two tenants at two gateways, one steady and one that floods; a silo that is killed and comes back, a device that fails some runs, a
# store that is gone for a while. A real Prometheus asks all of them. PHASE (45) is the length of each of its six parts in seconds; and what
# cluster-lib.sh says. Needs prometheus (Debian's package), and a python3 (PYTHON) with matplotlib (Debian's python3-matplotlib).
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
phase=${PHASE:-45} python=${PYTHON:-python3} picture=${PICTURE:-docs/dashboard.png}
[ -f "$loadtest" ] || { echo "build tests/LoadTest first" >&2; exit 2; }
command -v prometheus >/dev/null || { echo "prometheus is not installed" >&2; exit 2; }
"$python" -c 'import matplotlib' || exit 2
search=search-0123456789abcdef bulk=bulk-0123456789abcdef
export Reranker__Scripted__PairsPerSecond=400 Reranker__Scripted__BatchTime=00:00:00.002 Gateway__MinGateways=2
export Gateway__ApiKeys__0__Tenant=search Gateway__ApiKeys__0__Key=$search
export Gateway__ApiKeys__1__Tenant=bulk Gateway__ApiKeys__1__Key=$bulk Gateway__ApiKeys__1__TokensPerMinute=6000000 Gateway__ApiKeys__1__MaxConcurrentRequests=120

load() { # NAME SECONDS KEY OPTIONS…: in the background
  dotnet "$loadtest" --url "$(gateway_url 1)" --url "$(gateway_url 2)" --failover --api-key "$3" --duration "$2" --warmup 1 --passages 20-60 --length natural \
    --scripted --allow-refusals --model models/mini --json "$out/$1.json" "${@:4}" >"$out/$1.log" 2>&1 &
  pid[$1]=$!
}
# A caller of each of the other dialects, now and then.
ask_otherwise() {
  local n
  for ((n = 0; ; n++)); do
    curl -s -m 5 -o /dev/null -H "Authorization: Bearer $search" -d "{\"query\":\"q $n\",\"documents\":[\"one of $n\",\"two\"]}" "$(gateway_url 1)/v2/rerank" || true
    curl -s -m 5 -o /dev/null -H "Authorization: Bearer $search" -d "{\"query\":{\"text\":\"q $n\"},\"passages\":[{\"text\":\"one of $n\"}]}" "$(gateway_url 2)/v1/ranking" || true
    sleep 0.3
  done
}

start_store
for n in 1 3; do launch_silo $n; done
launch_silo 2 Reranker__Scripted__FailEvery=150 Reranker__Scripted__FaultyDevice=1
for n in 1 2; do launch_gateway $n; done
for n in 1 2 3; do ready "$(silo_url $n)"; done
for n in 1 2; do ready "$(gateway_url $n)"; done

targets() { for n in "$@"; do printf "'127.0.0.1:%d'," $((port + n)); done; }
cat >"$out/prometheus.yaml" <<END
global: {scrape_interval: 5s, scrape_timeout: 4s}
scrape_configs: [{job_name: reranker, static_configs: [{targets: [$(targets 301 302 303 401 402)], labels: {namespace: search}}]}]
END
prometheus --config.file="$out/prometheus.yaml" --storage.tsdb.path="$out/prometheus" --web.listen-address="127.0.0.1:$((port + 500))" >"$out/prometheus.log" 2>&1 &
pid[prometheus]=$!
start=$(date +%s)
load steady $((phase * 6)) $search --rate 24 --deadline-ms 2000
ask_otherwise & pid[other]=$!
sleep "$phase"; echo "a flood of another tenant"; load flood "$phase" $bulk --clients 80 --deadline-ms 2000
sleep "$phase"; sleep $((phase / 3)); echo "a silo is killed"; kill -KILL "${pid[silo3]}"
sleep $((phase * 2 / 3)); launch_silo 3; echo "it comes back"
sleep "$phase"; echo "the store is gone"; kill -KILL "$store"
sleep $((phase / 2)); start_store
sleep $((phase * 3 / 2))
wait "${pid[steady]}" || true
for name in steady flood; do
  jq -r --arg name $name '"\($name): \(.requests) answered, errors \(.errors | tostring), p99 \(.latency.p99) ms"' "$out/$name.json" || tail -5 "$out/$name.log"
done
"$python" bench/dashboard_picture.py --prometheus "http://127.0.0.1:$((port + 500))" --start "$start" --interval 5 --out "$picture"
