#!/usr/bin/env bash
# What 'reranker doctor' says in four states of one GPU machine, made of the libraries that it finds.
#
#   bench/doctor.sh APP [OUT]     APP: a published program with ONNX Runtime's GPU build beside it. LD_LIBRARY_PATH names the folders of
#                                 CUDA, cuDNN and TensorRT where the system's loader does not know them. OUT: a folder for the JSON reports.
#
# no-gpu       the driver shows no GPU
# cuda         nothing of TensorRT
# no-builder   TensorRT without its builder library
# whole        all that there is
#
# Ends with 1 where a state has another exit code than it should have.
set -euo pipefail
app=$1
out=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# The folders of LD_LIBRARY_PATH, as links to all of their files but those that match.
shadow() {
  local name=$1 path= n=0 folder file
  shift
  IFS=: read -ra folders <<<"${LD_LIBRARY_PATH:-}"
  for folder in "${folders[@]}"; do
    [ -d "$folder" ] || continue
    n=$((n + 1))
    mkdir -p "$work/$name/$n"
    for file in "$folder"/*; do
      local wanted=1 pattern
      for pattern in "$@"; do
        # shellcheck disable=SC2053
        [[ $(basename "$file") == $pattern ]] && wanted=0
      done
      [ $wanted = 0 ] || ln -s "$(realpath "$file")" "$work/$name/$n/$(basename "$file")"
    done
    path=$path${path:+:}$work/$name/$n
  done
  echo "$path"
}

examine() {
  local name=$1 expected=$2 rc=0
  shift 2
  echo "== $name"
  env "$@" "$app/reranker" doctor || rc=$?
  echo "exit code $rc"
  if [ -n "$out" ]; then
    mkdir -p "$out"
    env "$@" "$app/reranker" doctor --json --quick >"$out/doctor-$name.json" || true
  fi
  if [ $rc != "$expected" ]; then
    echo "$name: the exit code should be $expected"
    failed=1
  fi
}

examine no-gpu 1 CUDA_VISIBLE_DEVICES=-1
examine cuda 0 LD_LIBRARY_PATH="$(shadow cuda 'libnvinfer*' 'libnvonnxparser*')"
examine no-builder 0 LD_LIBRARY_PATH="$(shadow no-builder 'libnvinfer_builder_resource*')"
examine whole 0 LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}"
exit $failed
