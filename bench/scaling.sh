#!/usr/bin/env bash
# How much more N accelerators of one host score than one: as N workers of one process, and as N silo processes behind a gateway.
#
#   bench/scaling.sh APP_FOLDER MODEL
#
# APP_FOLDER  self-contained `reranker`, `Reranker.Silo`, `Reranker.Gateway` and `Reranker.LoadTest`; libraries are found through LD_LIBRARY_PATH
# MODEL       a model folder
#
#   MODES     which of: process silos                               (default: both)
#   COUNTS    how many devices                                      (default: 1 2 4 8, as far as DEVICES goes)
#   DEVICES   the devices; one may be listed several times          (default: all that nvidia-smi lists, else 0)
#   ENGINE    cuda, tensorrt, cpu, scripted or auto                 (default: cuda)
#   PASSAGES  passages of a request                                 (default: 100)
#   SECONDS_EACH  seconds that a measurement counts                 (default: 8)
#   PORT      first of 30 ports                                     (default: 18500)
#   OUT       folder of the reports                                 (default: ./scaling)
#
# Clients are doubled until they get less than 3 % more pairs a second; then requests arrive at random at 50, 70 and 85 % of that.
# A count takes about two minutes. Other settings come from the environment as Reranker__Name=value.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -eq 2 ] || { sed -n '2,20s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
app=$(realpath "$1") model=$(realpath "$2")
each=${SECONDS_EACH:-8} passages=${PASSAGES:-100} port=${PORT:-18500} out=${OUT:-scaling}
listed=${DEVICES:-$(nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null | paste -sd, - || true)}
IFS=, read -ra devices <<<"${listed:-0}"
mkdir -p "$out"
for program in reranker Reranker.Silo Reranker.Gateway Reranker.LoadTest; do
  [ -x "$app/$program" ] || { echo "$app/$program is no program" >&2; exit 2; }
done

export Reranker__Models__0=$model Reranker__Engine=${ENGINE:-cuda}
declare -A pid=()
start() { # NAME PROGRAM OPTION…
  local name=$1; shift
  "$app/$@" >>"$out/$name.log" 2>&1 & pid[$name]=$!
}
stop_all() {
  for p in "${pid[@]}"; do kill -TERM "$p" 2>/dev/null || true; done
  for p in "${pid[@]}"; do wait "$p" 2>/dev/null || true; done
  pid=()
}
trap 'for p in "${pid[@]}"; do kill -KILL "$p" 2>/dev/null || true; done' EXIT
ready() { # NAME URL
  until curl -sf -m 2 -o /dev/null "$2/health/ready"; do
    kill -0 "${pid[$1]}" 2>/dev/null || { echo "$1 ended before it was ready:" >&2; tail -n 5 "$out/$1.log" >&2; exit 1; }
    sleep 0.2
  done
}
url() { echo "http://127.0.0.1:$((port + $1))"; }

start_process() { # DEVICES
  start serve reranker serve --model "$model" --engine "$Reranker__Engine" --devices "$1" --urls "$(url 0)"
  ready serve "$(url 0)"
  metrics=("$(url 0)/metrics")
}

start_silos() { # DEVICES
  local list i
  IFS=, read -ra list <<<"$1"
  export Reranker__Clustering=Localhost Reranker__Cluster__PrimarySiloPort=$((port + 10))
  metrics=()
  for i in "${!list[@]}"; do
    Reranker__Devices=${list[$i]} Reranker__Cluster__SiloPort=$((port + 10 + i)) Reranker__Cluster__GatewayPort=$((port + 20 + i)) \
      ASPNETCORE_URLS=$(url $((1 + i))) start "silo$i" Reranker.Silo
    [ "$i" != 0 ] || ready silo0 "$(url 1)" # it holds the membership
    export "Reranker__Cluster__GatewayPorts__$i=$((port + 20 + i))"
    metrics+=("$(url $((1 + i)))/metrics")
  done
  for i in "${!list[@]}"; do ready "silo$i" "$(url $((1 + i)))"; done
  ASPNETCORE_URLS=$(url 0) start gateway Reranker.Gateway
  ready gateway "$(url 0)"
  for i in "${!list[@]}"; do unset "Reranker__Cluster__GatewayPorts__$i"; done
  unset Reranker__Clustering Reranker__Cluster__PrimarySiloPort
}

# Seconds of processors that each part has used, by the names of the programs' threads: "program:thread seconds" a line.
used() {
  local name
  for name in "${!pid[@]}"; do
    cat "/proc/${pid[$name]}/task/"*/stat 2>/dev/null | awk -v name="${name%%[0-9]*}" -v hz="$(getconf CLK_TCK)" '{
      thread = $0; sub(/^[0-9]+ \(/, "", thread); sub(/\).*/, "", thread); sub(/[-\/ ]?[0-9].*/, "", thread); gsub(/ /, "_", thread)
      sub(/.*\) /, ""); seconds[name ":" thread] += ($12 + $13) / hz
    } END { for (part in seconds) print part, seconds[part] }'
  done | awk '{ s[$1] += $2 } END { for (part in s) print part, s[part] }'
}

drive() { # NAME OPTION… — a load, and beside its report the processors that each part kept busy
  local name=$1 from watched=()
  shift
  for m in "${metrics[@]}"; do watched+=(--metrics "$m"); done
  used >"$out/before" && from=$(date +%s.%N)
  "$app/Reranker.LoadTest" --url "$(url 0)" "${watched[@]}" --model "$model" --passages "$passages" --length natural \
    --duration "$each" --warmup 2 --json "$out/$name.json" "$@" >"$out/$name.log" 2>&1 || { echo "$name:"; grep -E "errors|refused" "$out/$name.log" || tail -n 3 "$out/$name.log"; }
  used | join <(sort "$out/before") <(sort -) |
    awk -v passed="$(awk "BEGIN { print $(date +%s.%N) - $from }")" '{ printf "%s %.3f\n", $1, ($3 - $2) / passed }' >"$out/$name.cores"
}
field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$out/$1.json" "$2"; }

for mode in ${MODES:-process silos}; do
  for count in ${COUNTS:-1 2 4 8}; do
    [ "$count" -le ${#devices[@]} ] || continue
    list=$(IFS=,; echo "${devices[*]:0:$count}")
    echo "== $mode: $count device(s), $list"
    "start_$mode" "$list"
    best=0 clients=$((8 * count))
    while :; do
      drive "$mode-$count-full-$clients" --clients $clients
      pairs=$(field "$mode-$count-full-$clients" pairsPerSecond)
      echo "   $clients clients: $pairs pairs/s"
      awk "BEGIN { exit !($pairs > $best * 1.03) }" || break
      best=$pairs clients=$((2 * clients))
    done
    for share in 0.5 0.7 0.85; do
      drive "$mode-$count-open-$share" --rate "$(awk "BEGIN { print $best / $passages * $share }")"
      echo "   at $share: p99 $(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["latency"]["p99"])' "$out/$mode-$count-open-$share.json") ms"
    done
    stop_all
  done
done
python3 "$here/scaling_report.py" "$out" | tee "$out/table.txt"
