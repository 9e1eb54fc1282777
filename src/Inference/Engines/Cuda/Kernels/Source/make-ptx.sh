#!/usr/bin/env bash
# Makes the PTX that is embedded in the assembly from the kernels' source. Needs Debian's clang-19 and no CUDA toolkit.
#
#   src/Inference/Engines/Cuda/Kernels/Source/make-ptx.sh            writes Ptx/*.ptx beside this folder
#   src/Inference/Engines/Cuda/Kernels/Source/make-ptx.sh --check    fails when they are not what the source gives
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kept=$here/../Ptx
clang=${CLANG:-clang++-19}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# An image for the cards of each architecture and later ones; that of 9.0a is for Hopper alone.
make_image() { # ARCHITECTURE PTX_VERSION FLAGS…
  local architecture=$1 version=$2
  shift 2
  (cd "$here" && "$clang" -x cuda kernels.cu -std=c++17 --cuda-gpu-arch="$architecture" --cuda-device-only -nocudainc -nocudalib \
    -Xclang -target-feature -Xclang "+$version" -S -O3 "$@" -o "$made/kernels.$architecture.ptx")
  # Comments name the compiler's build and say nothing to the driver.
  sed -i -e 's|[ \t]*//.*$||' -e '/^[ \t]*$/d' "$made/kernels.$architecture.ptx"
}
make_image sm_80 ptx71
make_image sm_89 ptx81 -DWITH_FP8
make_image sm_90a ptx81 -DWITH_FP8 -DWITH_WGMMA

if [ "${1:-}" = --check ]; then
  diff -rq "$made" "$kept" || { echo "the embedded PTX is not what the source gives: run ${BASH_SOURCE[0]}" >&2; exit 1; }
else
  mkdir -p "$kept"
  cp "$made"/*.ptx "$kept/"
fi
