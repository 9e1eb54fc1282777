#!/usr/bin/env bash
# Breaks a cluster of real processes under load, for minutes, and prints what requests noticed of it.
#   bench/cluster-soak.sh [kill|hang|roll|store|scale|cancel|all|steady]...
# steady, which is not among all, breaks nothing. Memory, descriptors, threads and heap of every process are recorded every 10 s, and their
# growth behind the first SETTLE seconds (300) is printed at the end, of every process that lived so long.
# The engine is scripted: it waits as long as a model would take. SECONDS_EACH (180), RATE (36), and what cluster-lib.sh says.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
. bench/resources.sh
trap 'stop_resources; stop_all' EXIT
seconds=${SECONDS_EACH:-180}

# Six workers of 400 pairs/s; 36 requests/s of 20 to 60 passages are 60 % of them.
export Reranker__Scripted__PairsPerSecond=400
rate=${RATE:-36} passages=20-60

restart_silo() { local t; t=$(now); launch_silo "$1"; list_processes; ready "$(silo_url "$1")"; restarts+=("$(($(now) - t))"); }
start_load() {
  dotnet "$loadtest" --url "$(gateway_url 1)" --url "$(gateway_url 2)" --failover --rate $rate --passages $passages --length 48 \
    --duration "$1" --warmup 3 --deadline-ms 1000 --scripted --model "$Reranker__Models__0" --json "$out/$2.json" >"$out/$2.log" 2>&1 & load=$!
  ticks=$(cpu_ticks) since=$(now)
}
end_load() {
  local used=$(($(cpu_ticks) - ticks)) passed=$(($(now) - since))
  wait "$load" || true
  [ -f "$out/$1.json" ] || { echo "$1: the load driver failed:"; tail -5 "$out/$1.log"; return; }
  jq -r --arg name "$1" --arg restarts "${restarts[*]:-none}" --arg cores "$(awk -v hz="$(getconf CLK_TCK)" "BEGIN {printf \"%.2f\", $used / hz * 1000 / $passed}")" '
    "\($name): \(.requests) answered, \([.errors[]] | add // 0) failed \(.errors | tostring), p50 \(.latency.p50) p99 \(.latency.p99) worst \(.latency.max) ms; restarts [\($restarts)] ms; all processes of the machine, the driver among them, kept \($cores) of its processors busy"' "$out/$1.json"
  restarts=()
}
loading() { kill -0 "$load" 2>/dev/null; }
restarts=()

kill_() { start_load "$seconds" kill; for ((n = 1; ; n = n % 3 + 1)); do sleep 20; loading || break; kill -KILL "${pid[silo$n]}"; restart_silo "$n"; done; end_load kill; }
hang() {
  start_load "$seconds" hang
  for ((n = 1; ; n = n % 3 + 1)); do
    sleep 15; loading || break
    kill -STOP "${pid[silo$n]}"; sleep 5; kill -CONT "${pid[silo$n]}"; sleep 2
    kill -0 "${pid[silo$n]}" 2>/dev/null || restart_silo "$n" # declared dead meanwhile: it ends by itself
  done
  end_load hang
}
roll() {
  start_load "$seconds" roll
  while loading; do
    for n in 1 2 3; do sleep 4; loading || break; stop silo$n; restart_silo "$n"; done
    for n in 1 2; do sleep 4; loading || break; stop gateway$n; launch_gateway "$n"; list_processes; ready "$(gateway_url "$n")"; done
  done
  end_load roll
}
store() {
  start_load $((seconds < 90 ? 90 : seconds)) store; sleep 10
  kill -KILL "$store"; wait "$store" 2>/dev/null || true; launch_silo 4; list_processes; sleep 60
  curl -sf -m 2 -o /dev/null "$(silo_url 4)/health/ready" && echo "store: silo 4 was ready without the store"
  start_store; list_processes; local t; t=$(now); ready "$(silo_url 4)"; echo "store: silo 4 joined $(($(now) - t)) ms after the store was back"
  end_load store; stop silo4
}
scale() {
  stop silo3
  rate=24 start_load 90 scale; sleep 15; launch_silo 3; launch_silo 4; list_processes; ready "$(silo_url 3)"; ready "$(silo_url 4)"
  for after in 5 60; do
    local before=() i; for i in 1 2 3 4; do before+=("$(metric "$(silo_url $i)" reranker_batch_pairs_total) $(metric "$(silo_url $i)" reranker_requests_total)"); done
    sleep 5
    for i in 1 2 3 4; do
      read -r p r <<<"${before[$((i - 1))]}"
      echo "scale: silo $i within $after s: $(awk "BEGIN {print $(metric "$(silo_url $i)" reranker_batch_pairs_total) - $p}") pairs, $(awk "BEGIN {print $(metric "$(silo_url $i)" reranker_requests_total) - $r}") requests in 5 s"
    done
    [ "$after" = 60 ] || sleep 50
  done
  end_load scale; stop silo4
}
waiting() { local sum=0 i; for i in 1 2 3; do sum=$((sum + $(metric "$(silo_url $i)" reranker_queue_tokens))); done; echo "$sum"; }
scored() { local sum=0 i; for i in 1 2 3; do sum=$((sum + $(metric "$(silo_url $i)" reranker_batch_pairs_total))); done; echo "$sum"; }
cancel() {
  local before; before=$(scored)
  dotnet "$loadtest" --url "$(gateway_url 1)" --url "$(gateway_url 2)" --rate 1000 --passages 20 --length 48 --duration 1 --warmup 0 \
    --give-up-ms 20 --deadline-ms 60000 --model "$Reranker__Models__0" --json "$out/cancel.json" >"$out/cancel.log" 2>&1
  local t; t=$(now); until [ "$(waiting)" = 0 ]; do sleep 0.05; done; t=$(($(now) - t)); sleep 2
  jq -r --argjson scored "$(($(scored) - before))" --argjson emptied "$t" '
    "cancel: \([.requests, .errors[]] | add) requests of 20 passages within a second, given up after 20 ms: \(.errors["given up"]) given up, \(.requests) answered before; "
    + "\($scored) of \([.requests, .errors[]] | add * 20) pairs scored, nothing waited \($emptied) ms after the driver ended"' "$out/cancel.json"
}

steady() { start_load "$seconds" steady; while loading; do sleep 1; done; end_load steady; }

start_store
for n in 1 2 3; do launch_silo $n; done
for n in 1 2; do launch_gateway $n; done
for n in 1 2 3; do ready "$(silo_url $n)"; done
for n in 1 2; do ready "$(gateway_url $n)"; done
start_resources
echo "3 silos x 2 workers, 2 gateways, $rate requests/s, deadline 1 s; reports in $out"
[ $# -gt 0 ] || set -- all
[ "$1" != all ] || set -- kill hang roll store scale cancel
for drill in "$@"; do
  case $drill in kill) kill_ ;; hang | roll | store | scale | cancel | steady) "$drill" ;; *) echo "unknown drill $drill" >&2; exit 2 ;; esac
done
stop_resources
report_resources "${SETTLE:-300}"
