#!/usr/bin/env bash
# What a quiet tenant, and an idle model, notice of a flood: a cluster of real processes with scripted engines, two gateways.
#   bench/cluster-tenants.sh [flood|bulk|model]...
# flood: 200 connections of another tenant, 20 to 60 passages each, at the first gateway. bulk: two requests of 20,000 passages at a
# time. model: the flood asks for one model, the quiet requests for another on the same workers. Quiet requests have 2 passages and
# come every 0.1 s, at either gateway, with deadlines of 1, 5 and 60 s. PROBES (100) of each; and what cluster-lib.sh says.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
probes=${PROBES:-100}
tool=$bin/Reranker.Tool/release/reranker.dll
loud=loud-0123456789abcdef quiet=quiet-0123456789abcdef
capacity=216000
export Reranker__Scripted__TokensPerSecond=36000
export Gateway__ApiKeys__0__Tenant=loud Gateway__ApiKeys__0__Key=$loud Gateway__ApiKeys__1__Tenant=quiet Gateway__ApiKeys__1__Key=$quiet

# A second model, so that there is one beside the flooded one: what it scores does not matter here.
make_model() {
  [ -d "$out/other" ] && return
  dotnet "$tool" synth --like mini --seed 2 --out "$out/checkpoint" >"$out/synth.log" 2>&1
  [ -f "$out/checkpoint/sentencepiece.bpe.model" ] || cp models/mini/sentencepiece.bpe.model "$out/checkpoint/"
  dotnet "$tool" import "$out/checkpoint" --precision fp32 --name other --out "$out/other" >"$out/import.log" 2>&1
}

passage="The harvest festival of the valley begins in the first week of autumn, when the terraces are dry and the rivers are low, and it ends with a meal in the old granary."
body() { jq -nc --arg p "$passage" --arg m "$1" '{query: "when does the festival begin?", model: $m, documents: [$p, $p + " Visitors come by boat."]}'; }

# One line: how many were answered and what they took. GATEWAY DEADLINE_MS MODEL
probe() {
  local i text; text=$(body "$3")
  for ((i = 0; i < probes; i++)); do
    curl -s -m 70 -o /dev/null -w '%{http_code} %{time_total}\n' -H "Authorization: Bearer $quiet" -H "X-Request-Timeout-Ms: $2" \
      -d "$text" "$(gateway_url "$1")/v1/rerank" || true
    sleep 0.1
  done | sort -k2 -n | awk -v g="$1" -v d="$2" '
    {n++; if ($1 == 200) {ok++; t[ok] = $2} else other[$1]++}
    END {printf "gateway %s, deadline %2d s: %d of %d answered, p50 %5.1f ms, p99 %6.1f ms", g, d / 1000, ok, n, t[int(ok * 0.5) + (ok > 1 ? 0 : 1)] * 1000, t[int(ok * 0.99 + 0.999)] * 1000
         for (s in other) printf ", %d x %s", other[s], s; print ""}'
}
probe_all() { local g d; for g in 1 2; do for d in 1000 5000 60000; do echo "  $(probe $g $d "$1")"; done; done; }

flood() { # NAME CLIENTS PASSAGES DEADLINE_MS SECONDS: in the background
  rm -f "$out/$1.json"
  dotnet "$loadtest" --url "$(gateway_url 1)" --api-key $loud --clients "$2" --passages "$3" --length natural --deadline-ms "$4" --scripted \
    --allow-refusals --model models/mini --bodies "${BODIES:-100}" --pool "${POOL:-2000}" --warmup 3 --duration "$5" --json "$out/$1.json" >"$out/$1.log" 2>&1 & load=$!
}
report() { # NAME
  wait "$load" || true
  jq -r --argjson c $capacity '"  the flood: \(.pairsPerSecond * .meanPairTokens / $c * 1000 | round / 10) % of capacity, errors \(.errors | tostring)"' "$out/$1.json"
}
# As long as six rows of probes take, and what the requests themselves do.
seconds() { echo $((probes * 6 * 14 / 100 + 8)); }

run() { # NAME MODEL CLIENTS PASSAGES DEADLINE_MS
  echo "$1: nothing beside it"; probe_all "$2"
  flood "$1" "$3" "$4" "$5" "$(seconds)"
  sleep 6
  echo "$1: beside the flood"; probe_all "$2"
  report "$1"
}

start_store; make_model
export Reranker__Models__1=$out/other
for i in 1 2 3; do launch_silo $i; done; launch_gateway 1; launch_gateway 2
for i in 1 2 3; do ready "$(silo_url $i)"; done; ready "$(gateway_url 1)"; ready "$(gateway_url 2)"
echo "reports in $out"
[ $# -gt 0 ] || set -- flood bulk model
for drill in "$@"; do
  case $drill in
    flood) run flood reranker-mini 200 20-60 5000 ;;
    bulk) BODIES=2 POOL=20000 run bulk reranker-mini 2 20000 60000 ;;
    model) run model other 200 20-60 5000 ;;
    *) echo "unknown drill $drill" >&2; exit 2 ;;
  esac
done
