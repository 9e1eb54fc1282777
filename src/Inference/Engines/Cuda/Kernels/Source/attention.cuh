// Attention over packed sequences. A row of the input is a token: all heads of q, then of k, then of v. A block takes one head of a
// tile of one sequence's rows, and goes over the keys of that sequence in blocks that are copied ahead of the sums, with the running
// maximum and sum of a softmax that never sees all scores at once (Dao et al., FlashAttention-2, 2023). What a row of scores is depends
// on its own sequence alone.
//
// With rotary positions queries and keys are turned in shared memory, and a token sees so many to either side: of the keys' blocks a tile
// goes over those alone that some of its rows see.
#pragma once
#include "device.cuh"
#include "rotary.cuh"

// One piece of work, as list_tiles writes it.
struct Tile {
    int start;   // first row of its sequence
    int length;  // rows of its sequence
    int first;   // first row of the tile in its sequence
    int unused;
};

constexpr int WorkHeader = 16;

// What a rotary model's attention knows beside the sequences: a frequency for each column of a head's half, and how far a token sees.
struct Sight {
    const float* frequencies;
    int window;
};

// Below every score, and finite: a row that sees no key of its first block keeps a difference that is a number.
constexpr float Lowest = -1e30f;

template <int Head, int Warps, int Tiles, int Block, int Stages, bool Fp8, bool Rotary = false>
struct Attention {
    static constexpr int Threads = 32 * Warps;
    static constexpr int Rows = 16 * Tiles * Warps;
    static constexpr int RowBytes = 2 * Head;
    static constexpr int Chunks = RowBytes / 16;
    static constexpr int Depth = Head / 16;
    static constexpr int Keys = Block / 8;
    static constexpr int KeyBytes = Block * RowBytes;
    static constexpr int StageBytes = 2 * KeyBytes;
    static constexpr int SharedBytes = Rows * RowBytes + Stages * StageBytes;

    // Where 16 bytes of a row lie: turned by the row, so that eight rows' pieces of one column are in different banks.
    INLINE unsigned place(unsigned row, unsigned chunk) {
        return row * RowBytes + ((chunk ^ (Chunks == 8 ? row & 7 : (row >> 1) & 3)) << 4);
    }

    // A thread copies the same piece of every row that is so many rows behind the one before: all but the row's own address is the same for all.
    template <int Count>
    INLINE void copy_rows(unsigned to, const byte_t* from, unsigned stride, int rows) {
        constexpr int Step = Threads / Chunks;
        static_assert(Step % 8 == 0 && Count % Step == 0, "all threads copy alike, and rows of one thread are turned alike");
        unsigned row = thread_index() / Chunks, chunk = thread_index() % Chunks;
        const byte_t* piece = from + (row * stride + chunk * 16);
        to += place(row, chunk);
#pragma unroll
        for (int i = 0; i < Count; i += Step) {
            copy_async(to + i * RowBytes, piece + i * stride, static_cast<int>(row) + i < rows);
        }
    }

    // Rows that are turned when they are there: a thread copies both pieces that it will turn against each other.
    template <int Count>
    INLINE void copy_turned_rows(unsigned to, const byte_t* from, unsigned stride, int rows) {
        if constexpr (!Rotary) {
            copy_rows<Count>(to, from, stride, rows);
        } else {
            for (unsigned i = thread_index(); i < Count * Chunks / 2; i += Threads) {
                unsigned row = i / (Chunks / 2), chunk = i % (Chunks / 2), other = chunk + Chunks / 2;
                const byte_t* piece = from + (row * stride + chunk * 16);
                bool isThere = static_cast<int>(row) < rows;
                copy_async(to + place(row, chunk), piece, isThere);
                copy_async(to + place(row, other), piece + Chunks / 2 * 16, isThere);
            }
        }
    }

    // Of the thread's own copies, when they have arrived. `first` is the place of the first row in its sequence.
    template <int Count>
    INLINE void turn_rows(unsigned at, int first, const float* frequencies) {
        for (unsigned i = thread_index(); i < Count * Chunks / 2; i += Threads) {
            unsigned row = i / (Chunks / 2), chunk = i % (Chunks / 2), other = chunk + Chunks / 2;
            Quad left = load_shared_quad(at + place(row, chunk)), right = load_shared_quad(at + place(row, other));
            turn_pieces(left, right, static_cast<float>(first + static_cast<int>(row)), frequencies + 8 * chunk);
            store_shared_quad(at + place(row, chunk), left);
            store_shared_quad(at + place(row, other), right);
        }
    }

    // The blocks of keys that rows from `first` on see, of which there are so many.
    INLINE void find_blocks(int first, int rows, int window, int& from, int& blocks) {
        if constexpr (Rotary) {
            from = first > window ? (first - window) / Block : 0;
            int end = (first + rows - 1 + window) / Block + 1;
            blocks = end < blocks ? end : blocks;
        }
    }

    // Whether any of `rows` rows from place `first` on sees a key of the block that begins at place `key`.
    INLINE bool is_seen(int first, int rows, int key, int window) {
        return !Rotary || (key <= first + rows - 1 + window && key + Block - 1 >= first - window);
    }

    INLINE void run(
        const byte_t* qkv, const byte_t* work, byte_t* output, int heads, float exponent, float inverseScale, Sight sight, unsigned memory) {
        int block = block_index(), item = block / heads, head = block - item * heads;
        int count = *reinterpret_cast<const int*>(work);
        if (item >= count) {
            return;
        }

        Quad piece = load_quad(work + WorkHeader + item * sizeof(Tile));
        int start = piece.x, length = piece.y, first = piece.z, left = length - first;
        long long hidden = static_cast<long long>(heads) * Head, stride = 6 * hidden;
        const byte_t* k = qkv + start * stride + 2 * hidden + head * RowBytes;
        const byte_t* v = k + 2 * hidden;
        unsigned queries = memory, stages = memory + Rows * RowBytes;
        int blocks = (length + Block - 1) / Block, from = 0;
        find_blocks(first, left < Rows ? left : Rows, sight.window, from, blocks);

        copy_turned_rows<Rows>(queries, k - 2 * hidden + first * stride, stride, left);
        for (int i = from; i < from + Stages; i++) {
            if (i < blocks) {
                unsigned stage = stages + (i - from) * StageBytes;
                copy_turned_rows<Block>(stage, k + i * Block * stride, stride, length - i * Block);
                copy_rows<Block>(stage + KeyBytes, v + i * Block * stride, stride, length - i * Block);
            }

            commit_copies();
        }

        int lane = thread_index() & 31, warp = thread_index() >> 5, own = warp * Tiles * 16;
        bool isBusy = own < left;
        float sums[Tiles][2 * Depth][4], most[Tiles][2], total[Tiles][2];
        Quad query[Tiles][Depth];
        for (int t = 0; t < Tiles; t++) {
            for (int d = 0; d < 2 * Depth; d++) {
                sums[t][d][0] = sums[t][d][1] = sums[t][d][2] = sums[t][d][3] = 0;
            }

            most[t][0] = most[t][1] = Rotary ? Lowest : -__builtin_inff();
            total[t][0] = total[t][1] = 0;
        }

        for (int i = from; i < blocks; i++) {
            wait_for_copies<Stages - 1>();
            unsigned stage = stages + ((i - from) % Stages) * StageBytes;
            if constexpr (Rotary) {
                if (i == from) {
                    turn_rows<Rows>(queries, first, sight.frequencies);
                }

                turn_rows<Block>(stage, i * Block, sight.frequencies);
            }

            wait_for_block();
            if (isBusy) {
                if (i == from) {
#pragma unroll
                    for (int t = 0; t < Tiles; t++) {
#pragma unroll
                        for (int d = 0; d < Depth; d++) {
                            query[t][d] = load_matrices(queries + place(own + t * 16 + (lane & 15), 2 * d + (lane >> 4)));
                        }
                    }
                }

                if (is_seen(first + own, 16 * Tiles, i * Block, sight.window)) {
                    add_block(stage, stage + KeyBytes, length - i * Block, i * Block - first - own, sight.window, lane, exponent, query, sums, most, total);
                }
            }

            int next = i + Stages;
            if (next < blocks) {
                wait_for_block();
                copy_turned_rows<Block>(stage, k + next * Block * stride, stride, length - next * Block);
                copy_rows<Block>(stage + KeyBytes, v + next * Block * stride, stride, length - next * Block);
            }

            commit_copies();
        }

        if (isBusy) {
            byte_t* to = output + (start + first + own) * hidden * (Fp8 ? 1 : 2) + head * Head * (Fp8 ? 1 : 2);
            write_rows(queries + own * RowBytes, to, hidden * (Fp8 ? 1 : 2), left - own, lane, inverseScale, sums, total);
        }
    }

    INLINE void add_block(
        unsigned keys, unsigned values, int left, int distance, int window, int lane, float exponent, const Quad (&query)[Tiles][Depth],
        float (&sums)[Tiles][2 * Depth][4], float (&most)[Tiles][2], float (&total)[Tiles][2]) {
        float scores[Tiles][Keys][4];
#pragma unroll
        for (int n = 0; n < Keys; n += 2) {
#pragma unroll
            for (int t = 0; t < Tiles; t++) {
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    scores[t][n][j] = scores[t][n + 1][j] = 0;
                }
            }

            if (n * 8 < left) {
#pragma unroll
                for (int d = 0; d < Depth; d++) {
                    Quad b = load_matrices(keys + place(n * 8 + (lane & 7) + ((lane >> 4) << 3), 2 * d + ((lane >> 3) & 1)));
#pragma unroll
                    for (int t = 0; t < Tiles; t++) {
                        multiply_add(scores[t][n], query[t][d], b.x, b.y);
                        multiply_add(scores[t][n + 1], query[t][d], b.z, b.w);
                    }
                }
            }
        }

        if (left < Block) {
            hide_missing(left - 2 * (lane & 3), scores);
        }

        hide_far(distance, window, lane, scores);
#pragma unroll
        for (int t = 0; t < Tiles; t++) {
#pragma unroll
            for (int r = 0; r < 2; r++) {
                float top = most[t][r];
#pragma unroll
                for (int n = 0; n < Keys; n++) {
                    top = largest(top, largest(scores[t][n][2 * r], scores[t][n][2 * r + 1]));
                }

                top = largest(top, shuffle_xor(top, 1));
                top = largest(top, shuffle_xor(top, 2));
                float shrink = power_of_two((most[t][r] - top) * exponent), base = top * exponent, sum = 0;
                most[t][r] = top;
#pragma unroll
                for (int n = 0; n < Keys; n++) {
#pragma unroll
                    for (int j = 2 * r; j < 2 * r + 2; j++) {
                        scores[t][n][j] = power_of_two(scores[t][n][j] * exponent - base);
                        sum += scores[t][n][j];
                    }
                }

                total[t][r] = total[t][r] * shrink + sum;
#pragma unroll
                for (int d = 0; d < 2 * Depth; d++) {
                    sums[t][d][2 * r] *= shrink;
                    sums[t][d][2 * r + 1] *= shrink;
                }
            }
        }

#pragma unroll
        for (int n = 0; n < Keys; n += 2) {
            if (n * 8 < left) {
                Quad weight[Tiles];
#pragma unroll
                for (int t = 0; t < Tiles; t++) {
                    weight[t].x = pack_halves(scores[t][n][0], scores[t][n][1]);
                    weight[t].y = pack_halves(scores[t][n][2], scores[t][n][3]);
                    weight[t].z = pack_halves(scores[t][n + 1][0], scores[t][n + 1][1]);
                    weight[t].w = pack_halves(scores[t][n + 1][2], scores[t][n + 1][3]);
                }

#pragma unroll
                for (int d = 0; d < 2 * Depth; d += 2) {
                    Quad b = load_matrices_turned(values + place(n * 8 + (lane & 15), d + (lane >> 4)));
#pragma unroll
                    for (int t = 0; t < Tiles; t++) {
                        multiply_add(sums[t][d], weight[t], b.x, b.y);
                        multiply_add(sums[t][d + 1], weight[t], b.z, b.w);
                    }
                }
            }
        }
    }

    // Keys behind the sequence's end weigh nothing. So many are left from the thread's first column on.
    INLINE void hide_missing(int left, float (&scores)[Tiles][Keys][4]) {
#pragma unroll
        for (int n = 0; n < Keys; n++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                if (n * 8 + (j & 1) >= left) {
#pragma unroll
                    for (int t = 0; t < Tiles; t++) {
                        scores[t][n][j] = -__builtin_inff();
                    }
                }
            }
        }
    }

    // Keys that a row does not see weigh nothing for it. The first key is so far behind the warp's first row.
    INLINE void hide_far(int distance, int window, int lane, float (&scores)[Tiles][Keys][4]) {
        if constexpr (Rotary) {
            if (distance >= 16 * Tiles - 1 - window && distance + Block - 1 <= window) {
                return;
            }

#pragma unroll
            for (int t = 0; t < Tiles; t++) {
#pragma unroll
                for (int n = 0; n < Keys; n++) {
#pragma unroll
                    for (int j = 0; j < 4; j++) {
                        int behind = distance + n * 8 + 2 * (lane & 3) + (j & 1) - (t * 16 + (j >> 1) * 8 + (lane >> 2));
                        if (behind > window || behind < -window) {
                            scores[t][n][j] = -__builtin_inff();
                        }
                    }
                }
            }
        }
    }

    // Through the warp's own rows of the queries' shared memory, which it has read long ago, to whole pieces of 16 bytes.
    INLINE void write_rows(
        unsigned scratch, byte_t* to, long long stride, int left, int lane, float inverseScale, float (&sums)[Tiles][2 * Depth][4], float (&total)[Tiles][2]) {
        wait_for_warp();
#pragma unroll
        for (int t = 0; t < Tiles; t++) {
#pragma unroll
            for (int r = 0; r < 2; r++) {
                float sum = total[t][r];
                sum += shuffle_xor(sum, 1);
                sum += shuffle_xor(sum, 2);
                float scale = inverse(sum) * (Fp8 ? inverseScale : 1.0f);
                int row = t * 16 + r * 8 + (lane >> 2);
#pragma unroll
                for (int d = 0; d < 2 * Depth; d++) {
                    float low = sums[t][d][2 * r] * scale, high = sums[t][d][2 * r + 1] * scale;
#if defined(WITH_FP8)
                    if (Fp8) {
                        store_shared_short(scratch + place(row, d >> 1) + ((d & 1) << 3) + ((lane & 3) << 1), pack_eights(low, high));
                        continue;
                    }
#endif
                    store_shared(scratch + place(row, d) + ((lane & 3) << 2), pack_halves(low, high));
                }
            }
        }

        wait_for_warp();
        constexpr int Pieces = Fp8 ? Chunks / 2 : Chunks;
#pragma unroll
        for (int i = lane; i < Tiles * 16 * Pieces; i += 32) {
            int row = i / Pieces, piece = i % Pieces;
            if (row < left) {
                store_quad(to + row * stride + piece * 16, load_shared_quad(scratch + place(row, piece)));
            }
        }
    }
};

// A turned row's place is told by its address, so that of the first one is a multiple of eight rows of 128 bytes.
extern __shared__ __attribute__((aligned(1024))) byte_t memory[];

#define ATTENTION(name, head, warps, tiles, block, stages, blocks, fp8)                                                                     \
    KERNEL __launch_bounds__(32 * warps, blocks) name(                                                                                      \
        const byte_t* qkv, const byte_t* work, byte_t* output, int heads, float exponent, float inverseScale) {                             \
        wait_for_kernel_before();                                                                                                           \
        Attention<head, warps, tiles, block, stages, fp8>::run(                                                              \
            qkv, work, output, heads, exponent, inverseScale, {nullptr, 0}, shared_address(memory));                                        \
    }

#define ROTARY_ATTENTION(name, head, warps, tiles, block, stages, blocks, fp8)                                                              \
    KERNEL __launch_bounds__(32 * warps, blocks) name(                                                                                      \
        const byte_t* qkv, const byte_t* work, byte_t* output, int heads, float exponent, float inverseScale, const float* frequencies,     \
        int window) {                                                                                                                       \
        wait_for_kernel_before();                                                                                                           \
        Attention<head, warps, tiles, block, stages, fp8, true>::run(                                                                       \
            qkv, work, output, heads, exponent, inverseScale, {frequencies, window}, shared_address(memory));                               \
    }
