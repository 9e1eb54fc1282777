#!/usr/bin/env bash
# What starts of an engine are spent on, on a machine with an NVIDIA GPU, without a network: the first one, those that find what it left, and
# those that find it spoilt, wrong, or cannot keep it. One table, in seconds.
#
#   bench/gpu-starts.sh APP_FOLDER MODEL_FOLDER [OPTION…]
#
# APP_FOLDER    a self-contained `reranker` whose ONNX Runtime is the GPU build; libraries are found through LD_LIBRARY_PATH
# MODEL_FOLDER  an imported model
# OPTION…       further ones of `reranker bench gpu`, such as --precision fp8
#
#   ENGINE  cuda, or cpu for a rehearsal, which keeps nothing      (default: cuda)
#   OUT     folder of the reports                                  (default: ./starts)
#
# Ends with 1 when a start failed, or did not do with what it found what it should. A minute on an H200.
set -uo pipefail
[ $# -ge 2 ] || { sed -n '2,14s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
app=$1/reranker model=$2 engine=${ENGINE:-cuda} out=${OUT:-starts}
shift 2
[ -x "$app" ] || { echo "$app is no program" >&2; exit 2; }
mkdir -p "$out" && out=$(cd "$out" && pwd)
rm -rf "$out"/cache "$out"/driver "$out"/*.json "$out"/*.log
export XDG_CACHE_HOME=$out/cache CUDA_CACHE_PATH=$out/driver
kept=$out/cache/reranker/cuda
failed=0

start() { # NAME [OPTION…]
  local name=$1
  shift
  "$app" bench gpu --model "$model" --engine "$engine" --start-only --json "$@" >"$out/$name.json" 2>"$out/$name.log" || {
    failed=1
    echo "FAILED: $name"
    tail -n 20 "$out/$name.log"
  }
}

expect() { # NAME WORDS — what the log of a start must say
  [ "$engine" != cuda ] || grep -q "$2" "$out/$1.log" || { failed=1; echo "FAILED: $1 does not say '$2': $out/$1.log"; }
}

nvidia-smi --query-gpu=name,driver_version,power.limit,clocks.max.sm --format=csv,noheader 2>/dev/null || echo "no NVIDIA GPU"
start first "$@"
start second "$@"
start third "$@"

rm -rf "$kept"
start nothing-kept "$@"

# Half of every file.
for file in "$kept"/*/*; do [ ! -f "$file" ] || truncate -s $(($(stat -c %s "$file") / 2)) "$file"; done
start spoilt "$@"

# Times of a card that is twice as fast.
for file in "$kept"/*/costs.json; do
  [ ! -f "$file" ] || python3 - "$file" <<'PYTHON'
import json, sys
table = json.load(open(sys.argv[1]))
table.pop("sha256", None)
for point in table["points"]:
    point["microseconds"] /= 2
json.dump(table, open(sys.argv[1], "w"))
PYTHON
done
start wrong-times "$@"
expect wrong-times 'are measured anew'
start after-that "$@"

rm -rf "$kept" && mkdir -p "$(dirname "$kept")" && touch "$kept"
start cannot-keep "$@"
expect cannot-keep 'is not kept in'

python3 - "$out" first second third nothing-kept spoilt wrong-times after-that cannot-keep <<'PYTHON' || failed=1
import json, sys
reports = {}
for name in sys.argv[2:]:
    try:
        reports[name] = json.load(open(f"{sys.argv[1]}/{name}.json"))
    except ValueError:
        pass
phases = list(dict.fromkeys(p for r in reports.values() for p in r["startPhases"]))
print("".join(["start".ljust(14), "all".rjust(8)] + [p.rjust(max(8, len(p) + 2)) for p in phases]))
for name, r in reports.items():
    print("".join([name.ljust(14), f"{r['startupSeconds']:8.2f}"] + [f"{r['startPhases'].get(p, 0):{max(8, len(p) + 2)}.2f}" for p in phases]))
PYTHON
exit $failed
