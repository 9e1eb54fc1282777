#!/usr/bin/env bash
# What to run on a machine with an NVIDIA GPU, without a network, for the families besides XLM-RoBERTa: checks the kernels and that the CUDA
# engine agrees with the CPU and with transformers, then measures pairs/s at natural lengths beside sentence-transformers and transformers.
#
#   bench/families.sh APP_FOLDER
#
# APP_FOLDER  a self-contained `reranker` whose ONNX Runtime is the GPU build, with `Reranker.LoadTest` and `Reranker.Gpu.Tests` beside it;
#             libraries are found through LD_LIBRARY_PATH
#
#   MODELS  shapes, as of `reranker synth --like`                  (default: modernbert-tiny minilm-l6 modernbert-base)
#   STEPS   which of: kernels parity bench load peer torch         (default: all, in this order)
#   ENGINE  cuda, or cpu for a rehearsal of tiny shapes            (default: cuda)
#   PRECISIONS  of the measured models, beside fp32                (default: fp16 fp8)
#   OUT     folder of the reports                                  (default: ./families)
#   WORK    folder of models, 1.5 GB                               (default: /tmp/reranker-families)
#
# A rehearsal: MODELS=modernbert-tiny ENGINE=cpu PRECISIONS=fp16 STEPS="parity bench" bench/families.sh APP
# A step that fails is told at the end and does not stop the others. About five minutes on an H200.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -eq 1 ] || { sed -n '2,21s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
app=$1/reranker load=$1/Reranker.LoadTest kernels=$1/Reranker.Gpu.Tests
steps=" ${STEPS:-kernels parity bench load peer torch} "
engine=${ENGINE:-cuda}
precisions=${PRECISIONS:-fp16 fp8}
out=${OUT:-families}
work=${WORK:-/tmp/reranker-families}
# shellcheck source=bench/steps-lib.sh
. "$here/steps-lib.sh"
mkdir -p "$out" "$work"
[ -x "$app" ] || { echo "$app is no program" >&2; exit 2; }

make_model() { # NAME PRECISION
  [ -d "$work/$1" ] || "$app" synth --like "$1" --seed 1 --out "$work/$1" >&2 || return
  [ -d "$work/$1-$2" ] || "$app" import "$work/$1" --out "$work/$1-$2" --precision "$2" >&2
}

make_texts() { # NAME — a thousand pairs of natural lengths by the model's own tokenizer
  [ -s "$work/$1.texts.json" ] || "$load" --model "$work/$1-fp32" --passages 100 --bodies 10 --export "$work/$1.texts.json"
}

nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo "no NVIDIA GPU"
if wants kernels; then
  # Alone, so that what is wrong with a kernel is known before a model runs it; a skip says why, and is no success.
  if [ -x "$kernels" ]; then
    step kernels "$kernels" --no-ansi --filter-namespace 'Reranker.Gpu.Tests.Kernels*'
    ! grep -qE '^ *skipped: [1-9]' "$out/kernels.txt" || failed+=(kernels-skipped)
  else
    echo "$kernels is no program"
    failed+=(kernels)
  fi
fi

for name in ${MODELS:-modernbert-tiny minilm-l6 modernbert-base}; do
  make_model "$name" fp32 || { failed+=("model-$name"); continue; }
  texts=
  if wants parity || wants peer; then make_texts "$name" && texts=$work/$name.texts.json || failed+=("texts-$name"); fi
  if wants peer; then
    json "peer-$name" python3 "$here/peers/sentence_transformers_bench.py" --checkpoint "$work/$name" --texts "$texts" --logits "$out/logits-$name.json"
  fi

  for precision in $precisions; do
    make_model "$name" "$precision" || { failed+=("model-$name-$precision"); continue; }
    folder=$work/$name-$precision label=$name-$precision
    if wants parity; then
      # The CPU's FP32 is believed, pair by pair and among changing neighbours; then transformers' own forward pass, from texts.
      pairs=48 longest=512
      [ "$name" != modernbert-base ] || { pairs=16 longest=300; }
      step "parity-$label" "$app" compare --reference "$work/$name-fp32" --reference-engine cpu --model "$folder" --engine "$engine" --pairs $pairs --longest $longest
      [ ! -s "$out/logits-$name.json" ] || step "transformers-$label" python3 "$here/compare_logits.py" "$app" "$folder" "$engine" "$out/logits-$name.json"
    fi

    ! wants bench || json "bench-$label" "$app" bench gpu --model "$folder" --engine "$engine" --json
    ! wants load || json "load-$label" "$app" bench load --model "$folder" --engine "$engine" --seconds 2 --shares 0.7 --delays 2 --json
  done

  first=${precisions%% *}
  if wants torch && [ -s "$out/bench-$name-$first.json" ]; then
    json "torch-$name" python3 "$here/peers/torch_eager.py" --checkpoint "$work/$name" --shapes "$out/bench-$name-$first.json" --longest 512
  fi
done

echo
python3 "$here/families_table.py" "$out" | tee "$out/table.txt"
finish
