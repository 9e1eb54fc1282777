#!/usr/bin/env bash
# Runs what the chart renders for a pool with TensorRT as processes of this machine: the job that builds engines, a silo, a gateway; then
# both again, which must find the engine. In two commands, since the machine with the GPU may have neither Helm nor a network:
#
#   bench/chart-tensorrt.sh render RENDERED.json             with helm (or HELM) and what tests/Chart.Drills/install-tools fetches
#   bench/chart-tensorrt.sh run RENDERED.json APP [MODELS]   with python3 and curl
#
# APP     a folder with self-contained silo, gateway and `reranker`, whose ONNX Runtime is the GPU build:
#           for p in Silo Tool Gateway; do dotnet publish src/$p -c Release -r linux-x64 --self-contained -p:Gpu=true -o APP; done
# MODELS  the volume of models; its folder named in VALUES is served. Without it, the model in APP, which must be one for TensorRT:
#           reranker import CHECKPOINT --precision int8-qdq --out APP/models/mini
#   VALUES    (render) values over the chart's own; default: a pool with the profile nvidia-gpu and engine TensorRt, a build job
#   WORK      (run) engines and logs; default: a temporary folder
#   PORT      (run) the first of six ports, 13600
#   ENGINE    (run) Cpu rehearses on a machine without a GPU: the job must say why it cannot build, and silos run on the CPU
# Ends with 0 when the job built, the gateway reranked, and the second start built nothing and was ready within 60 s.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/artifacts/tools
fail() { echo "$1" >&2; exit "${2:-1}"; }
usage() { sed -n '2,16s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

render() { # RENDERED
  local values=${VALUES:-} helm=${HELM:-$tools/helm-4/helm}
  [ -n "$values" ] || { values=$(mktemp); trap "rm -f '$values'" EXIT; cat >"$values" <<'END'; }
silo: { pools: { cpu: null, gpu: { profile: nvidia-gpu, engine: TensorRt, tensorRt: { maxRows: 32, maxLength: 256 } } } }
engineBuild: { enabled: true }
engineCache: { type: hostPath, hostPath: /var/lib/reranker }
gateway: { drainDelaySeconds: 1 }
END
  "$helm" template search "$root/helm/reranker" --namespace search --values "$values" |
    NODE_PATH=$tools/kubernetes-models/node_modules node -e '
      const documents = require("js-yaml").loadAll(require("fs").readFileSync(0, "utf8")).filter(d => d);
      console.log(JSON.stringify(documents));' >"$1"
  echo "$1: $(grep -o '"kind":"[A-Za-z]*"' "$1" | sort | uniq -c | tr -s ' \n' ' ')"
}

# Shell that sets `environment` and `command` to those of a rendered container, with the paths of this machine.
container() { # KIND NAME_PART
  python3 - "$rendered" "$1" "$2" "$work/engines" "$app" "${models:-$app/models}" <<'END'
import json, re, shlex, sys
rendered, kind, part, engines, app, models = sys.argv[1:]
found = [d for d in json.load(open(rendered)) if d["kind"] == kind and part in d["metadata"]["name"]]
if len(found) != 1:
    sys.exit(f"{rendered} has {len(found)} of {kind} {part}")
container = found[0]["spec"]["template"]["spec"]["containers"][0]
here = lambda text: re.sub(r"(?<![\w/])/(engines|app|models)(?=/|\s|\"|$)", lambda m: {"engines": engines, "app": app, "models": models}[m[1]], text)
def value(variable):
    source = variable.get("valueFrom")
    if source is None:
        return here(str(variable["value"]))
    if source.get("fieldRef", {}).get("fieldPath") == "status.podIP":
        return "127.0.0.1"
    sys.exit(f"{variable['name']} comes from a secret; render values without")
print("environment=(" + " ".join(shlex.quote(f"{v['name']}={value(v)}") for v in container["env"]) + ")")
print("command=(" + " ".join(shlex.quote(here(a)) for a in container.get("command", []) + container.get("args", [])) + ")")
END
}

start() { # KIND NAME_PART PROGRAM NAME=VALUE…: in the background, as pid
  local environment command settings
  settings=$(container "$1" "$2")
  eval "$settings"
  # Ports and the store are of this machine; everything else is the chart's.
  env "${environment[@]}" Reranker__Clustering=Localhost Reranker__Cluster__ConnectionString= Reranker__Cluster__PrimarySiloPort=$((port + 1)) \
    Reranker__Cluster__GatewayPort=$((port + 2)) "${@:4}" "$app/$3" >>"$work/$3.log" 2>&1 & pid=$!
}
ready() { # NAME URL PID SECONDS
  local i
  for ((i = 0; i < $4 * 5; i++)); do
    curl -sf -m 2 -o /dev/null "$2/health/ready" && return
    kill -0 "$3" 2>/dev/null || { tail -n 20 "$work"/*.log >&2; fail "$1 ended"; }
    sleep 0.2
  done
  tail -n 20 "$work"/*.log >&2
  fail "$1 was not ready within $4 s"
}
serve() { # SECONDS: starts both, reranks, and stops both
  local start=$SECONDS silo gateway answer override=()
  [ "$engine" = TensorRt ] || override=(Reranker__Engine="$engine")
  start Deployment -silo- Reranker.Silo ASPNETCORE_URLS="http://127.0.0.1:$((port + 3))" Reranker__Cluster__SiloPort=$((port + 1)) "${override[@]}"; silo=$pid
  pids+=("$silo")
  ready "the silo" "http://127.0.0.1:$((port + 3))" "$silo" "$1"
  echo "the silo was ready after $((SECONDS - start)) s: $(grep -m1 -oE '[^"{]* is ready on [^"{]*' "$work/Reranker.Silo.log" | head -n 1)"
  start Deployment -gateway Reranker.Gateway ASPNETCORE_URLS="http://127.0.0.1:$((port + 4))"; gateway=$pid
  pids+=("$gateway")
  ready "the gateway" "http://127.0.0.1:$((port + 4))" "$gateway" 60
  answer=$(curl -sf -m 30 "http://127.0.0.1:$((port + 4))/rerank" -H 'Content-Type: application/json' \
    -d '{"query": "when does the train leave", "texts": ["The train leaves at nine.", "A recipe for soup."]}') || fail "the gateway did not rerank"
  echo "$answer"
  [[ $answer == *'"score"'* ]] || fail "that is no ranking"
  kill -TERM "$gateway"; wait "$gateway" || fail "the gateway ended with $?"
  kill -TERM "$silo"; wait "$silo" || fail "the silo ended with $?"
}

run() { # RENDERED APP [MODELS]
  rendered=$1 app=$(cd "$2" && pwd) models=${3:+$(cd "$3" && pwd)}
  work=${WORK:-$(mktemp -d /tmp/reranker-chart-XXXX)} port=${PORT:-13600} engine=${ENGINE:-TensorRt}
  mkdir -p "$work/engines"
  pids=()
  trap 'for p in "${pids[@]}"; do kill -KILL "$p" 2>/dev/null || true; done' EXIT
  echo "== the job builds"
  local environment command settings start=$SECONDS
  settings=$(container Job -engine-)
  eval "$settings"
  if env "${environment[@]}" "${command[@]}" >"$work/job.log" 2>&1; then
    cat "$work/job.log"
    echo "the job took $((SECONDS - start)) s and left $(du -sm "$work/engines" | cut -f1) MB"
  else
    cat "$work/job.log"
    [ "$engine" != TensorRt ] || fail "the job failed"
    grep -q "TensorRt" "$work/job.log" || fail "the job does not say what it lacks"
    echo "no engine was built, as expected of a rehearsal"
  fi
  [ "$engine" != TensorRt ] || ls -A "$work/engines" | grep -q '^\.built-' || fail "the mark that silos wait for is not there"
  local built; built=$(find "$work/engines" -name '*.engine' -printf '%p %T@\n' | sort)
  for time in first second; do
    echo "== the $time start"
    serve 60
    [ "$built" = "$(find "$work/engines" -name '*.engine' -printf '%p %T@\n' | sort)" ] || fail "an engine was written by the $time start"
    ! grep -q "is being built" "$work/Reranker.Silo.log" || fail "the silo built an engine"
  done
  [ "$engine" != TensorRt ] || grep -q "is ready on TensorRT" "$work/Reranker.Silo.log" || fail "the silo does not run TensorRT"
  echo "passed; logs in $work"
}

case ${1:-} in
  render) [ $# -eq 2 ] || usage; render "$2" ;;
  run) [ $# -ge 3 ] || usage; run "${@:2}" ;;
  *) usage ;;
esac
