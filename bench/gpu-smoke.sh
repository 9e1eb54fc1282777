#!/usr/bin/env bash
# What to run on a machine with an NVIDIA GPU, without a network: checks that both GPU engines load and agree with the CPU,
# then measures them beside PyTorch.
#
#   bench/gpu-smoke.sh APP_FOLDER [MODEL…]
#
# APP_FOLDER  a self-contained `reranker` whose ONNX Runtime is the GPU build; libraries are found through LD_LIBRARY_PATH
# MODEL       a model folder, or v2-m3, base or mini for one with random weights, made in WORK. Default: mini v2-m3
#
#   STEPS   which of: parity cuda forms torch varlen build trt int8 nobuilder   (default: all, in this order)
#   OUT     folder of the reports                                  (default: ./gpu-smoke)
#   WORK    folder of models and engines, several GB               (default: /tmp/reranker-smoke)
#   PROFILE further options of the TensorRT steps                  (default: none; e.g. "--max 128x512")
#
# A step that fails is told at the end and does not stop the others.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,17s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
app=$1/reranker
shift
[ $# -gt 0 ] || set -- mini v2-m3
steps=" ${STEPS:-parity cuda forms torch varlen build trt int8 nobuilder} "
out=${OUT:-gpu-smoke}
work=${WORK:-/tmp/reranker-smoke}
profile=${PROFILE:-}
# shellcheck source=bench/steps-lib.sh
. "$here/steps-lib.sh"
mkdir -p "$out" "$work"
[ -x "$app" ] || { echo "$app is no program" >&2; exit 2; }

model() { # NAME PRECISION — the folder of a model, made when it is a name and not there yet
  if [ -d "$1" ]; then echo "$1"; return; fi
  [ -d "$work/$1" ] || "$app" synth --like "$1" --seed 1 --out "$work/$1" >&2 || return
  [ -d "$work/$1-$2" ] || "$app" import "$work/$1" --out "$work/$1-$2" --precision "$2" --measured-forms >&2 || return
  echo "$work/$1-$2"
}

without_builder() { # COMMAND… — runs it where no folder of the library path holds TensorRT's builder library
  local clean=$work/no-builder path=
  rm -rf "$clean" && mkdir -p "$clean"
  local IFS=: n=0 dir
  for dir in ${LD_LIBRARY_PATH:-}; do
    [ -d "$dir" ] || continue
    if compgen -G "$dir/libnvinfer_builder_resource*" >/dev/null; then
      n=$((n + 1))
      mkdir "$clean/$n"
      find "$dir" -maxdepth 1 -mindepth 1 ! -name 'libnvinfer_builder_resource*' -exec ln -s -t "$clean/$n" {} +
      dir=$clean/$n
    fi
    path+=${path:+:}$dir
  done
  LD_LIBRARY_PATH=$path "$@"
}

refused() { # COMMAND… — it must fail with a message that names the builder library, and not crash
  local code=0 said
  said=$("$@" 2>&1) || code=$?
  printf '%s\n' "$said"
  [ $code -gt 0 ] && [ $code -lt 128 ] && [[ $said == *libnvinfer_builder_resource* ]] || { echo "exit code $code: not refused as it must be"; return 1; }
}

refuses_to_serve() { # MODEL — a model with placeholder scales must not get as far as listening
  local code=0 said
  said=$(timeout 60 "$app" serve --model "$1" --urls http://127.0.0.1:0 2>&1) || code=$?
  printf '%s\n' "$said"
  [ $code -gt 0 ] && [ $code -lt 124 ] && [[ $said == *placeholders* ]] || { echo "exit code $code: not refused as it must be"; return 1; }
}

on_cuda() { # NAME — the report of that step must come from CUDA
  grep '"provider": "CUDA"' "$out/$1.json"
}

nvidia-smi --query-gpu=name,driver_version,memory.total,memory.used --format=csv || failed+=(nvidia-smi)
for name in "$@"; do
  label=$(basename "$name")
  folder=$(model "$name" fp16) || { failed+=("model-$label"); continue; }
  like=$label
  case $label in v2-m3 | base | mini) ;; *) like=v2-m3 ;; esac

  if wants parity; then
    # The reference is FP32 where that is quick on a CPU; a large model is compared with its own FP16 graph there.
    reference=$folder pairs=12 longest=64
    [ "$name" != mini ] || { reference=$(model mini fp32) pairs=64 longest=512; }
    step "parity-cuda-$label" "$app" compare --reference "$reference" --reference-engine cpu --model "$folder" --engine cuda --pairs $pairs --longest $longest
    [ "$name" != mini ] || step "parity-cuda-fp32" "$app" compare --reference "$reference" --reference-engine cpu --model "$reference" --engine cuda --pairs $pairs --longest $longest
  fi

  ! wants cuda || json "cuda-$label" "$app" bench gpu --model "$folder" --engine cuda --json
  if wants forms; then
    for form in ${FORMS:-packed-bias packed-fused}; do
      json "cuda-$label-$form" "$app" bench gpu --model "$folder" --engine cuda --form $form --json
    done
  fi

  shapes=()
  [ ! -s "$out/cuda-$label.json" ] || shapes=(--shapes "$out/cuda-$label.json")
  ! wants torch || json "torch-$label" python3 "$here/peers/torch_eager.py" --like "$like" "${shapes[@]}"
  ! wants varlen || json "torch-varlen-$label" python3 "$here/peers/torch_eager.py" --like "$like" --varlen "${shapes[@]}"

  # shellcheck disable=SC2086
  if wants build || wants trt || wants nobuilder; then
    step "engine-$label" "$app" engine build --model "$folder" --engine-cache "$work/engines" $profile
  fi
  # shellcheck disable=SC2086
  if wants trt; then
    json "trt-$label" "$app" bench gpu --model "$folder" --engine tensorrt --engine-cache "$work/engines" $profile --ragged 4000 --json
    step "check-$label" "$app" engine check --no-scores --model "$folder" --engine-cache "$work/engines" $profile
    [ "$name" != mini ] || step "parity-trt-$label" "$app" compare --reference "$(model mini fp32)" --reference-engine cpu --model "$folder" --engine tensorrt --engine-cache "$work/engines" --pairs 64 --longest 512
  fi

  # shellcheck disable=SC2086
  if wants int8; then
    # The scales are placeholders: speed is what this shows. The FP16 numbers of the same run are in trt-$label.
    if eight=$(model "$name" int8-qdq) && [ "$eight" != "$name" ]; then
      step "refused-int8-$label" refuses_to_serve "$eight"
      step "engine-int8-$label" "$app" engine build --model "$eight" --precision int8 --out "$work/engines" $profile
      json "trt-int8-$label" "$app" bench gpu --model "$eight" --engine tensorrt --engine-cache "$work/engines" $profile --ragged 4000 --json
      [ "$name" != mini ] || step "parity-trt-int8-$label" "$app" compare --reference "$eight" --reference-engine cpu --model "$eight" --engine tensorrt --engine-cache "$work/engines" $profile --pairs 64 --longest 512
    else
      failed+=("model-int8-$label")
    fi
  fi

  # shellcheck disable=SC2086
  if wants nobuilder; then
    # Nothing is built yet in an empty cache: one readable line; the automatic choice needs none of it. What is built needs no builder.
    step "nobuilder-build-$label" refused without_builder "$app" engine build --model "$folder" --out "$work/empty" $profile
    step "nobuilder-named-$label" refused without_builder "$app" bench gpu --model "$folder" --engine tensorrt --engine-cache "$work/empty" $profile
    json "nobuilder-auto-$label" without_builder "$app" bench gpu --model "$folder" --engine auto --engine-cache "$work/empty" $profile --repetitions 3 --json
    step "nobuilder-fallback-$label" on_cuda "nobuilder-auto-$label"
    step "nobuilder-cached-$label" without_builder "$app" engine check --no-scores --model "$folder" --engine-cache "$work/engines" $profile
  fi
done

echo
finish
