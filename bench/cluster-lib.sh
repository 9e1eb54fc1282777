# Processes of a cluster on loopback with scripted engines, for the scripts beside this one: source it from the repository's root.
# Needs the Release build (or another one, in BIN), redis-server, curl and jq. OUT (a temporary folder; JSON reports and logs stay there), PORT (13000).
out=${OUT:-$(mktemp -d /tmp/reranker-cluster-XXXX)}
port=${PORT:-13000}
bin=${BIN:-$PWD/artifacts/bin}
silo=$bin/Reranker.Silo/release/Reranker.Silo.dll
gateway=$bin/Reranker.Gateway/release/Reranker.Gateway.dll
loadtest=${LOADTEST:-$bin/Reranker.LoadTest/release/Reranker.LoadTest.dll}
for program in dotnet redis-server redis-cli curl jq; do command -v "$program" >/dev/null || { echo "$program is not installed" >&2; exit 2; }; done
mkdir -p "$out/redis"

export Reranker__Models__0=$PWD/models/mini Reranker__Engine=Scripted Reranker__Devices=0,1 Reranker__TokenizerThreads=1
export Reranker__Scripted__PairsPerSecond=0 Reranker__Scripted__TokensPerSecond=0 Reranker__Scripted__BatchTime=00:00:00
export Reranker__Clustering=Redis Reranker__Cluster__ConnectionString=127.0.0.1:$port
export Reranker__Cluster__AdvertisedAddress=127.0.0.1 Gateway__DrainDelay=00:00:02

start_store() {
  redis-server --port "$port" --bind 127.0.0.1 --dir "$out/redis" --appendonly yes --save "" >>"$out/redis.log" 2>&1 & store=$!
  until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.1; done
}
declare -A pid=()
launch_silo() { # NUMBER [NAME=VALUE…]
  env "${@:2}" Reranker__Cluster__SiloPort=$((port + 100 + $1)) Reranker__Cluster__GatewayPort=$((port + 200 + $1)) \
    ASPNETCORE_URLS=http://127.0.0.1:$((port + 300 + $1)) dotnet "$silo" >>"$out/silo$1.log" 2>&1 & pid[silo$1]=$!
}
launch_gateway() { ASPNETCORE_URLS=http://127.0.0.1:$((port + 400 + $1)) dotnet "$gateway" >>"$out/gateway$1.log" 2>&1 & pid[gateway$1]=$!; }
silo_url() { echo "http://127.0.0.1:$((port + 300 + $1))"; }
gateway_url() { echo "http://127.0.0.1:$((port + 400 + $1))"; }
ready() { until curl -sf -m 2 -o /dev/null "$1/health/ready"; do sleep 0.1; done; }
now() { date +%s%3N; }
stop() { kill -TERM "${pid[$1]}"; wait "${pid[$1]}" || echo "$1 ended with $?"; unset "pid[$1]"; }
stop_all() {
  for p in "${pid[@]}" ${store:-}; do kill -CONT "$p" 2>/dev/null || true; kill -KILL "$p" 2>/dev/null || true; done
  wait 2>/dev/null || true
}
trap stop_all EXIT

# The sum over a metric's series: URL NAME.
metric() { curl -s "$1/metrics" | awk -v m="$2" 'index($1, m) == 1 {s += $2} END {print s + 0}'; }
# Clock ticks in which the machine's processors were busy: of all processes, because those that were killed count too.
cpu_ticks() { awk '/^cpu / {print $2 + $3 + $4 + $7 + $8}' /proc/stat; }
