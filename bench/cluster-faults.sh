#!/usr/bin/env bash
# Puts a cluster of real processes under load, breaks what holds it together, and prints what it made of that.
#   bench/cluster-faults.sh [skew|emptied|partition|all]...
# skew: one silo's clock is AHEAD (+2h) of the others'; needs libfaketime. emptied: the store loses its data and a silo comes.
# partition: a silo is cut off, by a network namespace of its own where this user may make one, else by SIGSTOP.
# The engine is scripted: it waits as long as a model would take. What cluster-lib.sh says holds here too.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
export Reranker__Scripted__PairsPerSecond=400
silo=${SILO:-$silo} # that of another build, to compare
ahead=${AHEAD:-+2h}
faketime=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2>/dev/null | head -1 || true)

start_load() { # SECONDS NAME
  dotnet "$loadtest" --url "$(gateway_url 1)" --rate 20 --passages 20-60 --length 48 --duration "$1" --warmup 3 --deadline-ms 1000 \
    --scripted --model "$Reranker__Models__0" --json "$out/$2.json" >"$out/$2.log" 2>&1 & load=$!
}
end_load() {
  wait "$load" || true
  [ -f "$out/$1.json" ] || { echo "$1: the load driver failed:"; tail -5 "$out/$1.log"; return; }
  jq -r --arg name "$1" '"\($name): \(.requests) answered, \([.errors[]] | add // 0) failed \(.errors | tostring), p99 \(.latency.p99) worst \(.latency.max) ms"' "$out/$1.json"
}
workers() { curl -s -m 2 "$(gateway_url 1)/info" | jq -r '.workers | length' 2>/dev/null || echo 0; }
wait_workers() { local t; t=$(now); until [ "$(workers)" = "$1" ]; do [ $(($(now) - t)) -lt "${2:-60000}" ] || return 1; sleep 0.1; done; }
why() { curl -s -m 2 "$(silo_url "$1")/health/ready" | tail -n +2; }
# Waits until a silo says a text about its readiness: false when it ends, or says something else for 90 s.
until_says() {
  local t; t=$(now)
  until why "$1" | grep -q "$2"; do kill -0 "${pid[silo$1]}" 2>/dev/null && [ $(($(now) - t)) -lt 90000 ] || return 1; sleep 0.1; done
}
start_cluster() { # SILOS
  local n
  start_store
  for ((n = 1; n <= $1; n++)); do launch_silo "$n"; done
  launch_gateway 1
  for ((n = 1; n <= $1; n++)); do ready "$(silo_url "$n")"; done
  ready "$(gateway_url 1)"; wait_workers $((2 * $1))
}
end_cluster() { stop_all; pid=(); rm -rf "$out/redis"; mkdir -p "$out/redis"; }
alive() { local n list=(); for n in "$@"; do kill -0 "${pid[silo$n]}" 2>/dev/null && list+=("$n"); done; echo "${list[*]:-none}"; }

skew() {
  [ -n "$faketime" ] || { echo "skew: libfaketime is not installed" >&2; return; }
  local wrong=(LD_PRELOAD="$faketime" FAKETIME="$ahead" FAKETIME_DONT_FAKE_MONOTONIC=1) n t joined=0
  start_store; launch_silo 1 "${wrong[@]}"; ready "$(silo_url 1)"; launch_gateway 1; ready "$(gateway_url 1)"
  for n in 2 3 4; do
    launch_silo $n; t=$(now)
    until curl -sf -m 2 -o /dev/null "$(silo_url $n)/health/ready"; do kill -0 "${pid[silo$n]}" 2>/dev/null && [ $(($(now) - t)) -lt 60000 ] || break; sleep 0.1; done
    kill -0 "${pid[silo$n]}" 2>/dev/null && joined=$((joined + 1))
  done
  t=$(now); until_says 1 "clock is wrong" && echo "skew: the wrong one says after $(($(now) - t)) ms: $(why 1)" || echo "skew: the wrong one notices nothing"
  echo "skew: $joined of 3 silos joined beside a member whose clock is $ahead; alive: $(alive 1 2 3 4); workers at the gateway: $(workers)"
  start_load 30 skew
  sleep 10; kill -KILL "${pid[silo1]}"; wait "${pid[silo1]}" 2>/dev/null || true; launch_silo 1 "${wrong[@]}"
  until_says 1 "clock to be set right" && echo "skew: started again it says: $(why 1)" || echo "skew: started again the wrong one ended or joined"
  kill -KILL "${pid[silo1]}"; wait "${pid[silo1]}" 2>/dev/null || true
  launch_silo 1; t=$(now)
  until curl -sf -m 2 -o /dev/null "$(silo_url 1)/health/ready"; do kill -0 "${pid[silo1]}" 2>/dev/null || break; sleep 0.1; done
  kill -0 "${pid[silo1]}" 2>/dev/null && echo "skew: with the right time it was ready at its own address after $(($(now) - t)) ms" || echo "skew: with the right time it could not come back"
  end_load skew; end_cluster
}
emptied() {
  local t
  start_cluster 3; sleep 6
  start_load 40 emptied; sleep 10
  redis-cli -p "$port" flushall >/dev/null; t=$(now)
  launch_silo 4; ready "$(silo_url 4)"
  wait_workers 8 25000 && echo "emptied: the gateway has all 8 workers $(($(now) - t)) ms after the store was emptied" || echo "emptied: the gateway has $(workers) of 8 workers after 25 s"
  end_load emptied
  echo "emptied: alive $(alive 1 2 3 4); ready $(for n in 1 2 3 4; do curl -sf -m 2 -o /dev/null "$(silo_url $n)/health/ready" && echo -n "$n "; done); entries written again $(for n in 1 2 3 4; do metric "$(silo_url $n)" reranker_cluster_membership_restored; done | awk '{s += $1} END {print s}')"
  end_cluster
}
# Silo 3 in a namespace with two cables to this machine: one to silos and gateways, which is cut, and one to the store.
cut=rr$$
lay_cables() {
  [ "$(id -u)" = 0 ] && ip netns add "$cut" 2>/dev/null || return 1
  local n
  for n in 1 2; do
    ip link add "$cut-$n" type veth peer name "$cut-p$n"
    ip link set "$cut-p$n" netns "$cut"
    ip addr add "10.217.$n.1/24" dev "$cut-$n"; ip link set "$cut-$n" up
    ip -n "$cut" addr add "10.217.$n.2/24" dev "$cut-p$n"; ip -n "$cut" link set "$cut-p$n" up
  done
  ip -n "$cut" link set lo up
}
remove_cables() { ip link del "$cut-1" 2>/dev/null || true; ip link del "$cut-2" 2>/dev/null || true; ip netns del "$cut" 2>/dev/null || true; }
partition() {
  local how=namespace t dead code
  if lay_cables; then
    trap 'stop_all; remove_cables' EXIT
    export Reranker__Cluster__AdvertisedAddress=10.217.1.1
  else
    how=SIGSTOP
  fi
  start_store
  [ $how = SIGSTOP ] || redis-cli -p "$port" config set protected-mode no >/dev/null
  [ $how = SIGSTOP ] || redis-cli -p "$port" config set bind "127.0.0.1 10.217.2.1" >/dev/null
  launch_silo 1; launch_silo 2; ready "$(silo_url 1)"; ready "$(silo_url 2)"
  launch_third; launch_gateway 1; ready "$(gateway_url 1)"; wait_workers 6
  start_load 60 partition; sleep 5; t=$(now)
  if [ $how = namespace ]; then ip link set "$cut-1" down; else kill -STOP "${pid[silo3]}"; fi
  wait_workers 4 120000 || { echo "partition ($how): not declared dead within two minutes"; end_load partition; end_cluster; return; }
  dead=$(($(now) - t))
  [ $how = namespace ] || { sleep 2; kill -CONT "${pid[silo3]}"; t=$(($(now) - dead)); }
  code=0; wait "${pid[silo3]}" || code=$?
  echo "partition ($how): declared dead after $dead ms; $(($(now) - t - dead)) ms later its process had ended, with $code; stacks in its log: $(grep -c '   at ' "$out/silo3.log" || true)"
  [ $how = SIGSTOP ] || ip link set "$cut-1" up
  launch_third; wait_workers 6 && echo "partition ($how): started again it is a member"
  end_load partition; end_cluster; [ $how = SIGSTOP ] || remove_cables
}
launch_third() {
  if [ "$how" = SIGSTOP ]; then launch_silo 3; return; fi
  ip netns exec "$cut" env Reranker__Cluster__AdvertisedAddress=10.217.1.2 Reranker__Cluster__ConnectionString=10.217.2.1:$port \
    Reranker__Cluster__SiloPort=$((port + 103)) Reranker__Cluster__GatewayPort=$((port + 203)) ASPNETCORE_URLS=http://127.0.0.1:$((port + 303)) \
    dotnet "$silo" >>"$out/silo3.log" 2>&1 & pid[silo3]=$!
}

[ $# -gt 0 ] || set -- all
[ "$1" != all ] || set -- skew emptied partition
echo "2 workers a silo, 1 gateway; reports in $out"
for drill in "$@"; do
  case $drill in skew | emptied | partition) "$drill" ;; *) echo "unknown drill $drill" >&2; exit 2 ;; esac
done
