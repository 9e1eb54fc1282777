#!/usr/bin/env bash
# Loses all silos of a cluster at once, starts as many again, and prints how long it takes until requests are answered and what
# callers and probes are told meanwhile.
#   bench/cluster-lost.sh [new|same|silent]...
# new: they come back on other addresses, as new pods do. same: on the same ones. silent: on other addresses, and the lost ones do
# not refuse connections but leave them unanswered, as hosts without power do. ROUNDS (5) of each, RESTART_AFTER (0 s), and what
# cluster-lib.sh says. The engine is scripted; without a model to load, the first silo is warm within seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
rounds=${ROUNDS:-5} restart_after=${RESTART_AFTER:-0} limit=${LIMIT:-180}
deadline_ms=10000
body='{"query":"which train","texts":["the first train leaves at nine","a second one follows","cheese"]}'

# A caller asks each gateway four times a second, whatever becomes of the answers: start, status, seconds, Retry-After.
ask() { # GATEWAY
  local t; t=$(now)
  curl -s -m $((deadline_ms / 1000 + 5)) -o /dev/null -w "$t %{http_code} %{time_total} %header{retry-after}\n" -H 'Content-Type: application/json' \
    -H "X-Request-Timeout-Ms: $deadline_ms" -d "$body" "$(gateway_url "$1")/rerank" >>"$out/asked$1" || true
}
call() { while :; do for g in 1 2; do ask $g & done; sleep 0.25; done; }
# A probe asks for readiness ten times a second.
probe() { while :; do echo "$(now) $(curl -s -m 2 -o /dev/null -w '%{http_code}' "$(gateway_url "$1")/health/ready" || true)" >>"$out/ready$1"; sleep 0.1; done; }
# Lines of every log, once a second.
count_lines() { while :; do for f in "$out"/*.log; do echo "$(basename "$f") $(wc -l <"$f")"; done >>"$out/lines"; sleep 1; done; }
start_watch() {
  rm -f "$out"/asked* "$out"/ready* "$out/lines"; touch "$out"/{asked1,asked2,ready1,ready2,lines}
  call & watch=($!); probe 1 & watch+=($!); probe 2 & watch+=($!); count_lines & watch+=($!)
}
# Stops asking, and waits for what was asked.
end_watch() {
  [ ${#watch[@]} -gt 0 ] || return 0
  for p in "${watch[@]}"; do kill "$p" 2>/dev/null || true; done
  wait "${watch[@]}" 2>/dev/null || true; watch=(); sleep "${1:-0}"
}
trap 'end_watch; stop_all' EXIT
watch=()

since() { [ -n "${1:-}" ] && awk "BEGIN {printf \"%.1f\", ($1 - $2) / 1000}" || echo never; }
first_warm() { local n; for n in "$@"; do grep -q 'workers are ready after' "$out/silo$n.log" 2>/dev/null && return 0; done; return 1; }
first_answer() { awk -v lost="$1" '$1 > lost && $2 == 200 {t = $1 + $3 * 1000; if (!best || t < best) best = t} END {if (best) printf "%.0f", best}' "$out"/asked[12]; }
not_ready() { awk -v lost="$1" '$1 > lost && $2 != 200 {print $1; exit}' "$out/ready$2"; }
# The most lines that a log grew by in a second.
worst_lines() { awk -v kind="$1" 'index($1, kind) == 1 {if ($1 in last && $2 - last[$1] > most) most = $2 - last[$1]; last[$1] = $2} END {print most + 0}' "$out/lines"; }
all_ready() { local n; for n in "$@"; do curl -sf -m 2 -o /dev/null "$(silo_url "$n")/health/ready" || return 1; done; }

lose() { # CASE ROUND
  local case=$1 round=$2 old=("${silos[@]}") n lost warm='' answer='' ready=''
  start_watch; sleep 3
  for n in "${old[@]}"; do if [ "$case" = silent ]; then kill -STOP "${pid[silo$n]}"; else kill -KILL "${pid[silo$n]}"; fi; done
  lost=$(now)
  [ "$case" = silent ] || for n in "${old[@]}"; do wait "${pid[silo$n]}" 2>/dev/null || true; done
  for n in "${old[@]}"; do mv "$out/silo$n.log" "$out/$case$round-before-silo$n.txt"; done
  sleep "$restart_after"
  if [ "$case" != same ]; then silos=($((next)) $((next + 1)) $((next + 2))); next=$((next + 3)); fi
  for n in "${silos[@]}"; do launch_silo "$n"; done
  while [ $(($(now) - lost)) -lt $((limit * 1000)) ]; do
    [ -n "$warm" ] || { first_warm "${silos[@]}" && warm=$(now); } || true
    answer=$(first_answer "$lost")
    [ -z "$answer" ] || { all_ready "${silos[@]}" && { ready=$(now); break; }; } || true
    sleep 0.1
  done
  [ -z "$ready" ] || sleep 2
  end_watch $((deadline_ms / 1000 + 1)) # The last answers are due by then.
  report "$case" "$round" "$lost" "$warm" "$answer" "$ready"
  mkdir -p "$out/$case$round"; cp "$out"/{asked1,asked2,ready1,ready2,lines} "$out"/*.log "$out/$case$round/"
  for n in "${old[@]}"; do [ "$case" = same ] || { kill -KILL "${pid[silo$n]}" 2>/dev/null || true; wait "${pid[silo$n]}" 2>/dev/null || true; unset "pid[silo$n]"; rm -f "$out/silo$n.log"; }; done
  [ -n "$ready" ] || { echo "the cluster did not come back within $limit s"; exit 1; }
  sleep $((RANDOM % 5)) # So that rounds begin at different moments of the silos' beats.
}

report() { # CASE ROUND LOST WARM ANSWER READY
  local lost=$3 off1 off2
  off1=$(not_ready "$lost" 1) off2=$(not_ready "$lost" 2)
  echo "$1 $2: first answer $(since "$5" "${4:-$lost}") s after the first silo was warm ($(since "${4:-}" "$lost") s after the loss); all silos ready $(since "$6" "$lost") s after it;" \
    "gateways not ready $(since "$off1" "$lost") and $(since "$off2" "$lost") s after it; most log lines a second: silo $(worst_lines silo), gateway $(worst_lines gateway)"
  # What callers were told who asked between the loss and the first answer.
  awk -v lost="$lost" -v end="${5:-9999999999999}" '
    $1 > lost - 1 && $1 < end - 1 {
      kind = $2 == 503 ? ($4 != "" ? "503 with Retry-After" : "503 without") : $2 == "000" ? "no answer" : $2
      count[kind]++; if ($3 > slowest[kind]) slowest[kind] = $3
    }
    END {printf "  callers:"; for (k in count) printf " %d x %s (slowest %.2f s);", count[k], k, slowest[k]; print ""}' "$out"/asked[12]
}

start_store
silos=(1 2 3) next=4
for n in "${silos[@]}"; do launch_silo "$n"; done
for n in 1 2; do launch_gateway $n; done
for n in "${silos[@]}"; do ready "$(silo_url "$n")"; done
for n in 1 2; do ready "$(gateway_url $n)"; done
echo "3 silos, 2 gateways, 8 requests/s, deadline $((deadline_ms / 1000)) s; logs in $out"
[ $# -gt 0 ] || set -- new same silent
for case in "$@"; do
  case $case in new | same | silent) ;; *) echo "unknown case $case" >&2; exit 2 ;; esac
  for ((round = 1; round <= rounds; round++)); do lose "$case" "$round"; done
done
