// A gated feed-forward's middle, and the mean of a sequence's rows.
#pragma once
#include "rows.cuh"

// The exact GELU, by a formula for erf that is right within 2e-7 (Abramowitz and Stegun, 7.1.26).
INLINE float find_gelu(float x) {
    float far = __builtin_fabsf(x) * 0.70710678f, t = inverse(__builtin_fmaf(0.3275911f, far, 1.0f));
    float sum = __builtin_fmaf(t, 1.061405429f, -1.453152027f);
    sum = __builtin_fmaf(t, sum, 1.421413741f);
    sum = __builtin_fmaf(t, sum, -0.284496736f);
    sum = __builtin_fmaf(t, sum, 0.254829592f);
    float rest = 0.5f * t * sum * power_of_two(far * far * -1.44269504f);
    return x < 0 ? x * rest : x - x * rest;
}

// A row's left half through GELU, times its right half. Eight columns a thread.
template <bool Fp8>
INLINE void gate_rows(const byte_t* x, byte_t* output, int pieces, int columns, float inverseScale) {
    wait_for_kernel_before();
    int i = block_index() * block_threads() + thread_index();
    if (i < pieces) {
        int wide = columns / 8, row = i / wide, column = (i - row * wide) * 8;
        const byte_t* from = x + 2 * (2ll * row * columns + column);
        Quad active = load_quad(from), gate = load_quad(from + 2 * columns);
        const unsigned left[4] = {active.x, active.y, active.z, active.w}, right[4] = {gate.x, gate.y, gate.z, gate.w};
        float value[8];
#pragma unroll
        for (int j = 0; j < 4; j++) {
            Floats a = unpack_halves(left[j]), b = unpack_halves(right[j]);
            value[2 * j] = find_gelu(a.x) * b.x;
            value[2 * j + 1] = find_gelu(a.y) * b.y;
        }

        long long place = 8ll * i;
        if constexpr (Fp8) {
            write_eights(value, output + place, inverseScale);
        } else {
            write_piece<false>(value, output + 2 * place, nullptr, 1);
        }
    }
}

#define GATE(name, fp8)                                                                                                                     \
    KERNEL __launch_bounds__(256) name(const byte_t* x, byte_t* output, int pieces, int columns, float inverseScale) {                      \
        gate_rows<fp8>(x, output, pieces, columns, inverseScale);                                                                           \
    }

// A block takes 256 columns of a sequence, and a warp of it every eighth row. The mean of a sequence without rows is 0.
constexpr int MeanWarps = 8;
constexpr int Ahead = 4;

KERNEL __launch_bounds__(32 * MeanWarps) mean(const byte_t* x, const int* starts, float* output, int columns) {
    __shared__ float parts[MeanWarps][256];
    wait_for_kernel_before();
    int slices = (columns + 255) / 256, sequence = block_index() / slices, first = (block_index() - sequence * slices) * 256;
    int lane = thread_index() & 31, warp = thread_index() >> 5, column = first + lane * 8;
    int start = starts[sequence], end = starts[sequence + 1];
    float sums[8] = {};
    if (column < columns) {
        for (int row = start + warp; row < end; row += Ahead * MeanWarps) {
            Quad pieces[Ahead];
#pragma unroll
            for (int a = 0; a < Ahead; a++) {
                int at = row + a * MeanWarps;
                pieces[a] = {0, 0, 0, 0};
                if (at < end) {
                    pieces[a] = load_quad(x + 2 * (static_cast<long long>(at) * columns + column));
                }
            }

#pragma unroll
            for (int a = 0; a < Ahead; a++) {
                const unsigned halves[4] = {pieces[a].x, pieces[a].y, pieces[a].z, pieces[a].w};
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    Floats v = unpack_halves(halves[i]);
                    sums[2 * i] += v.x;
                    sums[2 * i + 1] += v.y;
                }
            }
        }
    }

#pragma unroll
    for (int i = 0; i < 8; i++) {
        parts[warp][lane * 8 + i] = sums[i];
    }

    wait_for_block();
    int own = first + thread_index();
    if (own < columns) {
        float sum = 0;
#pragma unroll
        for (int i = 0; i < MeanWarps; i++) {
            sum += parts[i][thread_index()];
        }

        output[static_cast<long long>(sequence) * columns + own] = sum / static_cast<float>(end > start ? end - start : 1);
    }
}
