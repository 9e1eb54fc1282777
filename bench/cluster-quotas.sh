#!/usr/bin/env bash
# Whether a tenant's quota holds over three gateways, and what another tenant notices: real processes, scripted engines.
#   bench/cluster-quotas.sh [alone|even|one|kill]...
# alone: the quiet tenant by itself, to compare its times with. In the others the loud tenant asks for ten times its quota of 600,000
# tokens a minute. even: at all gateways alike. one: at the first alone. kill: at all, while the silo that shares the quota out is
# killed with its account; the others find it dead after some seconds. Tokens are counted by the gateways' metrics over SECONDS (30)
# after ten seconds in which shares settle. The quiet tenant asks every 0.1 s at each gateway in turn. Exits 1 where the loud tenant
# gets more than 110 % of its quota, or less than 90 % with all silos there, or the quiet one is refused anything. See cluster-lib.sh
# for what else can be set.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
seconds=${SECONDS_COUNTED:-30}
loud=loud-0123456789abcdef quiet=quiet-0123456789abcdef
quota=600000
export Reranker__Scripted__TokensPerSecond=300000
export Gateway__ApiKeys__0__Tenant=loud Gateway__ApiKeys__0__Key=$loud Gateway__ApiKeys__0__TokensPerMinute=$quota Gateway__ApiKeys__0__TokenBurst=20000
export Gateway__ApiKeys__1__Tenant=quiet Gateway__ApiKeys__1__Key=$quiet
failed=0

# Tokens that were scored for the loud tenant, over all gateways.
count_tokens() {
  local g; for g in 1 2 3; do curl -s "$(gateway_url $g)/metrics"; done |
    awk '/^reranker_gateway_tenant_tokens_total\{/ && /tenant="loud"/ {s += $2} END {printf "%d\n", s}'
}
body='{"query":"when does the festival begin?","documents":["The harvest festival begins in the first week of autumn.","A bridge over the river."]}'
# One line of a status and a time for each quiet request, for so many seconds.
probe() { # SECONDS
  local end=$((SECONDS + $1)) i=0
  while [ $SECONDS -lt $end ]; do
    curl -s -m 30 -o /dev/null -w '%{http_code} %{time_total}\n' -H "Authorization: Bearer $quiet" -d "$body" "$(gateway_url $((i++ % 3 + 1)))/v1/rerank" || true
    sleep 0.1
  done
}
flood() { # NAME SECONDS URL…: in the background, 10 times the quota by tokens
  local urls=() u; for u in "${@:3}"; do urls+=(--url "$u"); done
  dotnet "$loadtest" "${urls[@]}" --api-key $loud --rate 125 --passages 8 --length 100 --deadline-ms 5000 --scripted --allow-refusals \
    --model models/mini --bodies 50 --pool 500 --warmup 1 --duration "$2" --json "$out/$1.json" >"$out/$1.log" 2>&1 & load=$!
}
judge() { # NAME LEAST_PERCENT TOKENS MILLISECONDS
  local percent; percent=$(awk -v t="$3" -v ms="$4" -v q=$quota 'BEGIN {printf "%.1f", t / (q * ms / 60000) * 100}')
  sort -k2 -n "$out/probe" | awk -v n="$1" -v p="$percent" '
    {c++; if ($1 == 200) {ok++; t[ok] = $2} else bad[$1]++}
    END {printf "%-5s loud tenant %s %% of its quota; quiet tenant %d of %d answered, p50 %.1f ms, p99 %.1f ms", n, p, ok, c, t[int((ok + 1) / 2)] * 1000, t[int(ok * 0.99 + 0.999)] * 1000
         for (s in bad) printf ", %d x %s", bad[s], s; print ""}'
  awk -v p="$percent" -v least="$2" 'BEGIN {exit !(p <= 110 && p >= least)}' || failed=1
  if grep -qv '^200 ' "$out/probe"; then failed=1; fi
}
run_alone() {
  probe "$seconds" >"$out/probe"
  judge alone 0 0 $((seconds * 1000))
}
run() { # NAME LEAST_PERCENT URL…
  flood "$1" $((seconds + 20)) "${@:3}"
  sleep 12
  if [ "$1" = kill ]; then kill -KILL "${pid[silo1]}"; fi
  local tokens ms; tokens=$(count_tokens); ms=$(now)
  probe "$seconds" >"$out/probe"
  tokens=$(($(count_tokens) - tokens)); ms=$(($(now) - ms))
  judge "$1" "$2" "$tokens" "$ms"
  wait "$load" || true
}

start_store
launch_silo 1; ready "$(silo_url 1)"
for g in 1 2 3; do launch_gateway $g; done
for g in 1 2 3; do ready "$(gateway_url $g)"; done
# The account is on the first silo, which was alone when the gateways first asked.
sleep 3
launch_silo 2; launch_silo 3; ready "$(silo_url 2)"; ready "$(silo_url 3)"
echo "reports in $out"
[ $# -gt 0 ] || set -- alone even one kill
for drill in "$@"; do
  case $drill in
    alone) run_alone ;;
    even) run even 90 "$(gateway_url 1)" "$(gateway_url 2)" "$(gateway_url 3)" ;;
    one) run one 90 "$(gateway_url 1)" ;;
    kill) run kill 0 "$(gateway_url 1)" "$(gateway_url 2)" "$(gateway_url 3)" ;;
    *) echo "unknown drill $drill" >&2; exit 2 ;;
  esac
done
exit $failed
