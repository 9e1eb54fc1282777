#!/usr/bin/env bash
# A graph that somebody else made, on each engine: a padded graph of random weights, laid out as optimum does it, is imported as an ONNX file
# and has to give the logits of its import there.
#
#   bench/foreign-onnx.sh APP [ENGINE…]     APP: a published program. Engines: cpu cuda tensorrt, unless others are named.
set -euo pipefail
app=$(realpath "$1")
shift
engines=("$@")
[ ${#engines[@]} -gt 0 ] || engines=(cpu cuda tensorrt)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_CACHE_HOME=$work/cache
"$app/reranker" synth --like mini --out checkpoint
for precision in fp32 fp16; do
  "$app/reranker" import checkpoint --out "own-$precision" --precision $precision
  mkdir -p "optimum-$precision/onnx"
  cp "own-$precision/padded.onnx" "optimum-$precision/onnx/model.onnx"
  cp "own-$precision/weights.bin" "optimum-$precision/onnx/"
  cp checkpoint/config.json checkpoint/sentencepiece.bpe.model "optimum-$precision/"
  "$app/reranker" import "optimum-$precision" --out "foreign-$precision"
  for engine in "${engines[@]}"; do
    echo "== $precision on $engine"
    "$app/reranker" verify --model "foreign-$precision" --engine "$engine"
    "$app/reranker" rank "which city is the capital" - --model "foreign-$precision" --engine "$engine" <<<$'paris\nbread\na bridge'
  done
done
