#!/usr/bin/env bash
# Loads one machine with an accelerator: its worker alone, then `reranker serve` over HTTP, beside sentence-transformers.
#
#   bench/gpu-load.sh APP_FOLDER MODEL
#
# APP_FOLDER  a self-contained `reranker` with `Reranker.LoadTest` beside it; libraries are found through LD_LIBRARY_PATH
# MODEL       a model folder
#
#   STEPS    which of: worker serve peer                           (default: all of them)
#   ENGINE   cuda, tensorrt, cpu, scripted or auto                 (default: cuda)
#   SECONDS_EACH  seconds that a measurement counts                (default: 6)
#   OPEN_SECONDS  seconds of an open loop, whose p99 needs many (default: SECONDS_EACH)
#   CLIENTS20, CLIENTS100  clients that saturate, 20 and 100 passages a request  (default: 96 and 24)
#   LIKE     the model's shape for the peer: v2-m3, base or mini   (default: v2-m3)
#   WORKER_OPTIONS  further options of `bench load`, e.g. "--target-ms 20 --engine-cache DIR"
#   SERVE_OPTIONS   further options of `serve`; its settings come from the environment as Reranker__Name=value
#   PORT     where serve listens                                   (default: 18471)
#   OUT      folder of the reports                                 (default: ./gpu-load)
#
# All of it takes about four minutes on an H100, models loaded twice. A step that fails is told at the end and does not stop
# the others.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -eq 2 ] || { sed -n '2,22s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
app=$1/reranker load=$1/Reranker.LoadTest model=$2
steps=" ${STEPS:-worker serve peer} "
engine=${ENGINE:-cuda}
each=${SECONDS_EACH:-6}
open=${OPEN_SECONDS:-$each}
out=${OUT:-gpu-load}
url=http://127.0.0.1:${PORT:-18471}
# shellcheck source=bench/steps-lib.sh
. "$here/steps-lib.sh"
serve_pid=
mkdir -p "$out"
for program in "$app" "$load"; do [ -x "$program" ] || { echo "$program is no program" >&2; exit 2; }; done

stop_serve() {
  [ -n "$serve_pid" ] || return 0
  kill "$serve_pid" 2>/dev/null
  for _ in $(seq 150); do kill -0 "$serve_pid" 2>/dev/null || break; sleep 0.1; done
  kill -KILL "$serve_pid" 2>/dev/null
  wait "$serve_pid" 2>/dev/null
  serve_pid=
}
trap stop_serve EXIT

ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$serve_pid/stat"; } # user and system time, in clock ticks

wait_ready() {
  for _ in $(seq 1200); do
    kill -0 "$serve_pid" 2>/dev/null || return 1
    curl -sf "$url/health/ready" >/dev/null && return
    sleep 0.25
  done
  return 1
}

drive() { # NAME OPTION… — one load, with the processors that serve used meanwhile beside its report
  local name=$1 before start after
  shift
  echo "== $name: $*"
  before=$(ticks) start=$(date +%s.%N)
  "$load" --url "$url" --metrics "$url/metrics" --model "$model" --warmup 2 --json "$out/http-$name.json" "$@" || failed+=("$name")
  after=$(ticks)
  awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v from="$start" -v to="$(date +%s.%N)" \
    'BEGIN { printf "%.3f\n", ticks / hz / (to - from) }' >"$out/http-$name.cores"
}

rate() { # NAME SHARE — that share of the requests a second of a finished run
  python3 -c 'import json, sys; print(round(json.load(open(sys.argv[1]))["requestsPerSecond"] * float(sys.argv[2]), 2) or 0.1)' "$out/http-$1.json" "$2"
}

nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null || echo "no NVIDIA GPU"
if wants worker; then
  # shellcheck disable=SC2086
  "$app" bench load --model "$model" --engine "$engine" --seconds "$each" --json ${WORKER_OPTIONS:-} >"$out/worker.json" 2>"$out/worker.log" || failed+=(worker)
  grep -v '^info' "$out/worker.log"
fi

if wants serve; then
  # shellcheck disable=SC2086
  "$app" serve --model "$model" --engine "$engine" --urls "$url" ${SERVE_OPTIONS:-} >"$out/serve.log" 2>&1 &
  serve_pid=$!
  if wait_ready; then
    grep -o '"execution_provider":"[^"]*"' <(curl -s "$url/info")
    drive one-8 --duration "$each" --clients 1 --passages 8
    for passages in 20 100; do
      clients=CLIENTS$passages
      [ $passages = 20 ] && default=96 || default=24
      drive "saturated-$passages" --duration "$each" --clients "${!clients:-$default}" --passages $passages
      for share in 0.5 0.7; do
        [ ! -s "$out/http-saturated-$passages.json" ] || drive "open-$passages-$share" --duration "$open" --rate "$(rate "saturated-$passages" $share)" --capacity "$(rate "saturated-$passages" 1)" --passages $passages
      done
    done
  else
    failed+=(serve)
    tail -n 20 "$out/serve.log"
  fi
  stop_serve
fi

if wants peer; then
  "$load" --model "$model" --passages 100 --bodies 10 --export "$out/texts.json" &&
    python3 "$here/peers/sentence_transformers_bench.py" --model "$model" --texts "$out/texts.json" --like "${LIKE:-v2-m3}" >"$out/peer.json" 2>"$out/peer.log" ||
    { failed+=(peer); tail -n 3 "$out/peer.log"; }
fi

python3 "$here/load_table.py" "$out" | tee "$out/table.txt"
finish
