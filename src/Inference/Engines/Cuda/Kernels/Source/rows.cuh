// What is done to rows: residual, LayerNorm and quantizing in one pass over memory.
#pragma once
#include "device.cuh"

INLINE float sum_of_warp(float value) {
#pragma unroll
    for (int mask = 16; mask > 0; mask /= 2) {
        value += shuffle_xor(value, mask);
    }

    return value;
}

INLINE void add_pieces(float (&sum)[8], const Quad& a, const Quad& b) {
    const unsigned left[4] = {a.x, a.y, a.z, a.w}, right[4] = {b.x, b.y, b.z, b.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        Floats x = unpack_halves(left[i]), y = unpack_halves(right[i]);
        sum[2 * i] = x.x + y.x;
        sum[2 * i + 1] = x.y + y.y;
    }
}

INLINE void write_eights(const float (&value)[8], byte_t* eights, float inverseScale) {
#if defined(WITH_FP8)
    unsigned pairs[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        pairs[i] = pack_eights(value[2 * i] * inverseScale, value[2 * i + 1] * inverseScale);
    }

    store_pair(eights, pairs[0] | pairs[1] << 16, pairs[2] | pairs[3] << 16);
#endif
}

template <bool Fp8>
INLINE void write_piece(const float (&value)[8], byte_t* output, byte_t* eights, float inverseScale) {
    Quad halves = {pack_halves(value[0], value[1]), pack_halves(value[2], value[3]), pack_halves(value[4], value[5]), pack_halves(value[6], value[7])};
    store_quad(output, halves);
    if (Fp8) {
        write_eights(value, eights, inverseScale);
    }
}

INLINE void scale_piece(float (&value)[8], float mean, float factor, const Quad& gain, const Quad& bias) {
    const unsigned left[4] = {gain.x, gain.y, gain.z, gain.w}, right[4] = {bias.x, bias.y, bias.z, bias.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        Floats g = unpack_halves(left[i]), b = unpack_halves(right[i]);
        value[2 * i] = (value[2 * i] - mean) * factor * g.x + b.x;
        value[2 * i + 1] = (value[2 * i + 1] - mean) * factor * g.y + b.y;
    }
}

constexpr int RowWarps = 4;

// What a piece of a row becomes. Where the sum is kept, which is what the next residual is, it is the first result and the normalized row
// in the other type the second one alone.
template <bool Fp8, bool Keeps>
INLINE void write_normalized(const float (&value)[8], byte_t* output, byte_t* second, long long place, float inverseScale) {
    if constexpr (Keeps && !Fp8) {
        write_piece<false>(value, second + 2 * place, nullptr, 1);
    } else if constexpr (Keeps) {
        write_eights(value, second + place, inverseScale);
    } else {
        write_piece<Fp8>(value, output + 2 * place, second + place, inverseScale);
    }
}

// Where the two rows come from that are added: from the same place of either matrix; or from tables, in places that tokens' ids and positions
// say. A place behind a table's end is its last row.
struct Lookup {
    const int* ids;
    const int* positions;
    int words, places;

    INLINE long long find_row(const Lookup& l, int row) { return l.ids == nullptr ? row : keep_inside(l.ids[row], l.words); }
    INLINE long long find_other(const Lookup& l, int row) { return l.ids == nullptr ? row : keep_inside(l.positions[row], l.places); }

private:
    INLINE int keep_inside(int at, int rows) { return static_cast<unsigned>(at) < static_cast<unsigned>(rows) ? at : rows - 1; }
};

// A warp a row, which stays in its registers; gain and bias are read once for all rows of a warp.
template <int Pieces, bool Fp8, bool Keeps = false>
INLINE void normalize_rows(
    const byte_t* x, const byte_t* residual, const byte_t* gain, const byte_t* bias, byte_t* output, byte_t* eights, int rows, int columns, float epsilon, float inverseScale,
    Lookup lookup) {
    int lane = thread_index() & 31, step = grid_blocks() * RowWarps;
    Quad gains[Pieces], biases[Pieces];
#pragma unroll
    for (int p = 0; p < Pieces; p++) {
        int column = (p * 32 + lane) * 8;
        if (column < columns) {
            gains[p] = load_quad(gain + 2 * column);
            biases[p] = load_quad(bias + 2 * column);
        }
    }

    // Gain and bias are the model's, and are there.
    wait_for_kernel_before();
    for (int row = block_index() * RowWarps + (thread_index() >> 5); row < rows; row += step) {
        long long offset = static_cast<long long>(row) * columns;
        const byte_t* first = x + 2 * columns * Lookup::find_row(lookup, row);
        const byte_t* other = residual + 2 * columns * Lookup::find_other(lookup, row);
        Quad left[Pieces], right[Pieces];
#pragma unroll
        for (int p = 0; p < Pieces; p++) {
            int column = (p * 32 + lane) * 8;
            if (column < columns) {
                left[p] = load_quad(first + 2 * column);
                right[p] = load_quad(other + 2 * column);
            }
        }

        float value[Pieces][8], sum = 0, squares = 0;
#pragma unroll
        for (int p = 0; p < Pieces; p++) {
            if ((p * 32 + lane) * 8 < columns) {
                add_pieces(value[p], left[p], right[p]);
                if (Keeps) {
                    write_piece<false>(value[p], output + 2 * (offset + (p * 32 + lane) * 8), nullptr, 1);
                }

#pragma unroll
                for (int i = 0; i < 8; i++) {
                    sum += value[p][i];
                }
            }
        }

        float mean = sum_of_warp(sum) / columns;
#pragma unroll
        for (int p = 0; p < Pieces; p++) {
            if ((p * 32 + lane) * 8 < columns) {
#pragma unroll
                for (int i = 0; i < 8; i++) {
                    squares += (value[p][i] - mean) * (value[p][i] - mean);
                }
            }
        }

        float factor = inverse_root(sum_of_warp(squares) / columns + epsilon);
#pragma unroll
        for (int p = 0; p < Pieces; p++) {
            int column = (p * 32 + lane) * 8;
            if (column < columns) {
                scale_piece(value[p], mean, factor, gains[p], biases[p]);
                write_normalized<Fp8, Keeps>(value[p], output, eights, offset + column, inverseScale);
            }
        }
    }
}

// A block a row, for rows that are too long for a warp's registers; the row is read three times, the last two times from a cache.
constexpr int LongRowThreads = 256;

INLINE float sum_of_block(float value, float* parts) {
    value = sum_of_warp(value);
    wait_for_block();
    if ((thread_index() & 31) == 0) {
        parts[thread_index() >> 5] = value;
    }

    wait_for_block();
    float sum = 0;
    for (int i = 0; i < LongRowThreads / 32; i++) {
        sum += parts[i];
    }

    return sum;
}

template <bool Fp8, bool Keeps = false>
INLINE void normalize_long_rows(
    const byte_t* x, const byte_t* residual, const byte_t* gain, const byte_t* bias, byte_t* output, byte_t* eights, int rows, int columns, float epsilon, float inverseScale,
    Lookup lookup) {
    __shared__ float parts[LongRowThreads / 32];
    wait_for_kernel_before();
    for (int row = block_index(); row < rows; row += grid_blocks()) {
        long long offset = static_cast<long long>(row) * columns;
        const byte_t* first = x + 2 * columns * Lookup::find_row(lookup, row);
        const byte_t* other = residual + 2 * columns * Lookup::find_other(lookup, row);
        float value[8], sum = 0, squares = 0;
        for (int column = thread_index() * 8; column < columns; column += LongRowThreads * 8) {
            add_pieces(value, load_quad(first + 2 * column), load_quad(other + 2 * column));
            if (Keeps) {
                write_piece<false>(value, output + 2 * (offset + column), nullptr, 1);
            }

            for (int i = 0; i < 8; i++) {
                sum += value[i];
            }
        }

        float mean = sum_of_block(sum, parts) / columns;
        for (int column = thread_index() * 8; column < columns; column += LongRowThreads * 8) {
            add_pieces(value, load_quad(first + 2 * column), load_quad(other + 2 * column));
            for (int i = 0; i < 8; i++) {
                squares += (value[i] - mean) * (value[i] - mean);
            }
        }

        float factor = inverse_root(sum_of_block(squares, parts) / columns + epsilon);
        for (int column = thread_index() * 8; column < columns; column += LongRowThreads * 8) {
            add_pieces(value, load_quad(first + 2 * column), load_quad(other + 2 * column));
            scale_piece(value, mean, factor, load_quad(gain + 2 * column), load_quad(bias + 2 * column));
            write_normalized<Fp8, Keeps>(value, output, eights, offset + column, inverseScale);
        }
    }
}

#define NORMALIZE(name, threads, body)                                                                                                      \
    KERNEL __launch_bounds__(threads) name(                                                                                                 \
        const byte_t* x, const byte_t* residual, const byte_t* gain, const byte_t* bias, byte_t* output, byte_t* eights, int rows,          \
        int columns, float epsilon, float inverseScale, const int* ids, const int* positions, int words, int places) {                      \
        body(x, residual, gain, bias, output, eights, rows, columns, epsilon, inverseScale, {ids, positions, words, places});               \
    }

#if defined(WITH_FP8)
// Eight numbers a thread.
KERNEL __launch_bounds__(256) quantize(const byte_t* x, byte_t* output, long long count, float inverseScale) {
    wait_for_kernel_before();
    long long i = (static_cast<long long>(block_index()) * block_threads() + thread_index()) * 8;
    if (i < count) {
        Quad four = load_quad(x + 2 * i);
        const unsigned halves[4] = {four.x, four.y, four.z, four.w};
        unsigned pairs[4];
#pragma unroll
        for (int j = 0; j < 4; j++) {
            Floats v = unpack_halves(halves[j]);
            pairs[j] = pack_eights(v.x * inverseScale, v.y * inverseScale);
        }

        store_pair(output + i, pairs[0] | pairs[1] << 16, pairs[2] | pairs[3] << 16);
    }
}
#endif
