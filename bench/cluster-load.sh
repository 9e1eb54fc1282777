#!/usr/bin/env bash
# What a cluster of real processes does with more load than it can take, and with workers of unlike speed.
#   bench/cluster-load.sh [overload|mixed]...
# The engine is scripted: it waits as long as a model would take. ROUNDS (3), and what cluster-lib.sh says.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
rounds=${ROUNDS:-3}
passages=20-60 length=natural

load() { # NAME OPTIONS…: runs in the background; its report is $out/NAME.json
  local name=$1; shift
  rm -f "$out/$name.json"
  dotnet "$loadtest" --url "$(gateway_url 1)" --failover --passages $passages --length $length --scripted --allow-refusals \
    --model "$Reranker__Models__0" --json "$out/$name.json" "$@" >"$out/$name.log" 2>&1 & loads[$name]=$!
}
declare -A loads=()
# Ends with 1 when requests failed, which the reports count.
finish() { for name; do wait "${loads[$name]}" || true; [ -f "$out/$name.json" ] || { echo "$name failed:"; tail -3 "$out/$name.log"; exit 1; }; done; }
all_metrics() { local i; for i in "$@"; do echo "--metrics $(silo_url "$i")/metrics"; done; }

# Mean tokens of the requests, and so the tokens a second of a request a second.
sample() { load sample --clients 1 --duration 3; finish sample; jq '.meanPairTokens' "$out/sample.json"; }

# Three silos of two workers of 36,000 tokens/s. A base load of 60 % runs all the time; for 40 s in the middle 240 % come on top.
overload() {
  export Reranker__Scripted__TokensPerSecond=36000
  local i capacity=216000
  for i in 1 2 3; do launch_silo $i; done; launch_gateway 1
  for i in 1 2 3; do ready "$(silo_url $i)"; done; ready "$(gateway_url 1)"
  local per_request; per_request=$(awk "BEGIN {print $(sample) * 40}")
  for ((round = 1; round <= rounds; round++)); do
    local base extra most=0
    base=$(awk "BEGIN {print 0.6 * $capacity / $per_request}") extra=$(awk "BEGIN {print 2.4 * $capacity / $per_request}")
    load base --rate "$base" --deadline-ms 500 --warmup 5 --duration 80 --seed $((2 * round)) $(all_metrics 1 2 3)
    sleep 20
    load extra --rate "$extra" --deadline-ms 500 --warmup 3 --duration 40 --seed $((2 * round + 1)) $(all_metrics 1 2 3)
    while kill -0 "${loads[extra]}" 2>/dev/null; do
      local waiting=0; for i in 1 2 3; do waiting=$((waiting + $(metric "$(silo_url $i)" reranker_queue_tokens))); done
      most=$((waiting > most ? waiting : most)); sleep 1
    done
    finish base extra
    overload_report "$capacity" "$most"
    [ -z "${METRICS:-}" ] || for i in 1 2 3; do curl -s "$(silo_url $i)/metrics" >"$out/metrics$i-$round.txt"; done
  done
  for i in 1 2 3; do stop silo$i; done; stop gateway1
}

# When the extra load came and went is where the base load was first and last refused.
overload_report() {
  jq -rn --argjson capacity "$1" --argjson most "$2" --slurpfile b "$out/base.json" --slurpfile e "$out/extra.json" '
    $b[0] as $b | $e[0] as $e
    | ($b.timeline | map(select(.errors > 0) | .second)) as $refused
    | ($refused | min) as $from | ($refused | max) as $to
    | ($b.timeline | map(select(.second > $from + 2 and .second < $to - 1)) | (map(.pairs) | add) / length) as $base
    | ($b.timeline | map(select(.second > $to + 2)) | {errors: (map(.errors) | add), max: (map(.maxMilliseconds) | max)}) as $after
    | ($b.timeline | map(select(.second < $from - 1 and .second > 5)) | {errors: (map(.errors) | add), max: (map(.maxMilliseconds) | max)}) as $before
    | ($b.engines.wastedTokens - ($e.engines.scoredTokens - $e.engines.wastedTokens)) as $wasted
    | "overload: \($e.goodPairsPerSecond + $base | round) pairs/s in time, \(($e.goodPairsPerSecond + $base) * $e.meanPairTokens / $capacity * 1000 | round / 10) % of capacity; "
      + "scored in vain \($wasted / $b.engines.scoredTokens * 10000 | round / 100) %; refusals p99 \($e.refusals.p99) ms; most tokens waiting \($most); "
      + "errors \($e.errors | tostring); base load refused from second \($from) to \($to); "
      + "before: \($before.errors) refused, worst \($before.max) ms; more than 2 s after: \($after.errors) refused, worst \($after.max) ms"'
}

# A worker of 400 pairs/s on one silo and one of 100 on another; then two of 250; each filled, then at 60 %.
mixed() {
  unset Reranker__Scripted__TokensPerSecond
  export Reranker__Devices=0
  local fleet speeds i n
  for ((round = 1; round <= rounds; round++)); do
    for fleet in "400 100" "250 250"; do
      i=0; speeds=($fleet)
      for n in "${speeds[@]}"; do i=$((i + 1)); Reranker__Scripted__TokensPerSecond=0 Reranker__Scripted__PairsPerSecond=$n launch_silo $i; done
      launch_gateway 1; ready "$(silo_url 1)"; ready "$(silo_url 2)"; ready "$(gateway_url 1)"
      load full --clients 24 --duration 20 --warmup 3 --seed "$round"; finish full
      load part --rate 7.5 --duration 40 --warmup 3 --seed "$round"; finish part
      jq -rn --arg fleet "$fleet" --slurpfile f "$out/full.json" --slurpfile p "$out/part.json" '$f[0] as $f | $p[0] as $p
        | "mixed: workers of \($fleet) pairs/s: filled \($f.pairsPerSecond | round) pairs/s, p50 \($f.latency.p50) p99 \($f.latency.p99) ms; at 60 % p50 \($p.latency.p50) p99 \($p.latency.p99) worst \($p.latency.max) ms; errors \($f.errors | tostring) \($p.errors | tostring)"'
      stop silo1; stop silo2; stop gateway1
    done
  done
}

start_store
echo "reports in $out"
[ $# -gt 0 ] || set -- overload mixed
for drill in "$@"; do
  case $drill in overload | mixed) "$drill" ;; *) echo "unknown drill $drill" >&2; exit 2 ;; esac
done
