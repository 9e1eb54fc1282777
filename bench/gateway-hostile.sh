#!/usr/bin/env bash
# What hostile callers do to a gateway: large bodies at once, slow senders, readers that take nothing, and a stop while they are there.
#   bench/gateway-hostile.sh [memory|serve|slow|stop]...
# memory  COUNT bodies of BYTES at once (200 of 30 MB) at a gateway and a silo: highest resident memory of both, answers, refusals
# serve   the same at `reranker serve`
# slow    p99 of a normal client alone, and beside 200 slow senders and 50 slow readers, PAIRS (5) times in turn
# stop    SIGTERM with all of them attached: how long gateway and serve take, whose grace is GRACE (10) seconds
# The engine is scripted. BIN is a folder of built programs to measure others than these; and what cluster-lib.sh says.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-lib.sh
count=${COUNT:-200} bytes=${BYTES:-30000000} passages=${PASSAGES:-100} pairs=${PAIRS:-5} grace=${GRACE:-10} seconds=${SECONDS_EACH:-15}
bin=${BIN:-$bin}
silo=$bin/Reranker.Silo/release/Reranker.Silo.dll gateway=$bin/Reranker.Gateway/release/Reranker.Gateway.dll tool=$bin/Reranker.Tool/release/reranker.dll
export Gateway__MaxBodyBytesInFlight=${GATEWAY_BYTES:-536870912} Reranker__RequestMemory__MaxBytes=${SILO_BYTES:-536870912}
export Gateway__DrainDelay=00:00:00 Gateway__ShutdownTimeout=00:00:$grace Reranker__ShutdownTimeout=00:00:$grace Reranker__Devices=0
export Reranker__Clustering=Localhost Reranker__Cluster__PrimarySiloPort=$((port + 101)) Reranker__Cluster__GatewayPorts__0=$((port + 201))
unset Reranker__Cluster__ConnectionString Reranker__Cluster__AdvertisedAddress

cluster() { launch_silo 1; ready "$(silo_url 1)"; launch_gateway 1; ready "$(gateway_url 1)"; }
serve() {
  Reranker__Clustering=InProcess dotnet "$tool" serve --urls "$(gateway_url 1)" --model "$Reranker__Models__0" --engine scripted >>"$out/serve.log" 2>&1 & pid[serve]=$!
  ready "$(gateway_url 1)"
}
megabytes() { awk -v key="$2" '$1 == key ":" {printf "%d", $2 / 1024}' "/proc/${pid[$1]}/status"; }
large() { # NAME PROCESS…
  local name=$1 p; shift
  for p in "$@"; do echo 5 >"/proc/${pid[$p]}/clear_refs"; done
  local idle=(); for p in "$@"; do idle+=("$p $(megabytes "$p" VmRSS)"); done
  dotnet "$loadtest" hostile large --url "$(gateway_url 1)" --count "$count" --bytes "$bytes" --passages "$passages" ${RETURN_TEXTS:+--return-texts} >"$out/$name.json" 2>"$out/$name.log" || { cat "$out/$name.log"; true; }
  local peaks=(); for p in "$@"; do peaks+=("$p $(megabytes "$p" VmHWM)"); done
  echo "$name: $count bodies of $bytes bytes in $passages passages, budgets $((Gateway__MaxBodyBytesInFlight >> 20)) and $((Reranker__RequestMemory__MaxBytes >> 20)) MiB: $(cat "$out/$name.json"); highest RSS in MiB: ${peaks[*]} (before: ${idle[*]})"
}
memory() { cluster; large memory gateway1 silo1; large again gateway1 silo1; stop gateway1; stop silo1; }
serve_() { serve; large serve serve; stop serve; }

attach() { # OPTIONS…: slow callers that stay
  dotnet "$loadtest" hostile slow --url "$(gateway_url 1)" "$@" >"$out/slow.log" 2>&1 & pid[slow]=$!
  until grep -q attached "$out/slow.log"; do kill -0 "${pid[slow]}" || { cat "$out/slow.log"; exit 1; }; sleep 0.2; done
}
detach() { kill -TERM "${pid[slow]}" 2>/dev/null || true; wait "${pid[slow]}" || true; unset "pid[slow]"; tail -1 "$out/slow.log"; }
normal() { # NAME: prints its p99
  dotnet "$loadtest" --url "$(gateway_url 1)" --rate 40 --passages 20 --length 128 --duration "$seconds" --warmup 3 --allow-refusals --model "$Reranker__Models__0" \
    --json "$out/$1.json" >"$out/$1.log" 2>&1 || true
  jq -r '"\(.latency.p99) \(.errors | tostring)"' "$out/$1.json"
}
slow() {
  cluster; normal warm >/dev/null
  local i alone beside; : >"$out/slow.txt"
  for ((i = 1; i <= pairs; i++)); do
    alone=$(normal alone$i)
    attach --senders 200 --readers 50
    beside=$(normal beside$i)
    detach
    echo "slow: pair $i: p99 alone $alone, beside 200 slow senders and 50 slow readers $beside"
    echo "${alone%% *} ${beside%% *}" >>"$out/slow.txt"
  done
  awk '{print $2 - $1, $1, $2}' "$out/slow.txt" | sort -n | awk '{d[NR] = $0} END {print "slow: median of the differences, with its pair:", d[int((NR + 1) / 2)], "ms"}'
  stop gateway1; stop silo1
}
stop_one() { # PROCESS
  attach --senders 200 --readers 50
  exec 9<>"/dev/tcp/127.0.0.1/$((port + 401))"; printf 'GET /health HTTP/1.1\r\nHos' >&9
  exec 8<>"/dev/tcp/127.0.0.1/$((port + 401))"; printf 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n' >&8
  local t status=0; t=$(now); kill -TERM "${pid[$1]}"; wait "${pid[$1]}" || status=$?
  echo "stop: $1 ended $(($(now) - t)) ms after SIGTERM with $status, of a grace of $grace s, callers attached"
  unset "pid[$1]"; exec 8>&- 9>&-; detach
}
stop_() { cluster; stop_one gateway1; stop silo1; serve; stop_one serve; }

[ $# -gt 0 ] || set -- memory serve slow stop
echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg); reports in $out"
for drill in "$@"; do
  case $drill in memory | slow) "$drill" ;; serve | stop) "${drill}_" ;; *) echo "unknown drill $drill" >&2; exit 2 ;; esac
done
