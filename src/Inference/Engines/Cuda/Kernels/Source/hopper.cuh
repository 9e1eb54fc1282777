// Attention for heads of 64 with the tensor core instructions of Hopper, which four warps give together and which read keys and values
// from shared memory by themselves. All else is as in attention.cuh, and so is where everything lies: 128 bytes a row, turned by the row.
#pragma once
#include "attention.cuh"

// A matrix in shared memory as the instructions want it told: 128 bytes a row, turned, 1,024 bytes from eight rows to the next. These are the
// lower 32 bits, in units of 16 bytes; the upper ones, 0x40000040, are the same for all. All threads of a warp say the same, and the compiler
// knows it: what it takes to be different goes to the instruction by many others.
INLINE unsigned describe_matrix(unsigned address) {
    constexpr unsigned EightRows = 1024 >> 4;
    return shuffle_first(EightRows << 16 | (address & 0x3ffff) >> 4);
}

INLINE void fence_shared_writes() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }
INLINE void begin_products() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
INLINE void commit_products() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
INLINE void wait_for_products() { asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory"); }
INLINE void wait_for_group(int group) { asm volatile("bar.sync %0, 128;" ::"r"(group + 1) : "memory"); }

#define SUMS4(s, n) "+f"(s[n][0]), "+f"(s[n][1]), "+f"(s[n][2]), "+f"(s[n][3])
#define SUMS32(s) SUMS4(s, 0), SUMS4(s, 1), SUMS4(s, 2), SUMS4(s, 3), SUMS4(s, 4), SUMS4(s, 5), SUMS4(s, 6), SUMS4(s, 7)
#define NAMES32                                                                                                                             \
    "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, "   \
    "%28, %29, %30, %31}"

// sums [64 × 64] = or += a [64 × 16] · b [64 × 16]ᵀ, both in shared memory.
INLINE void multiply_shared(float (&sums)[8][4], unsigned a, unsigned b, int adds) {
    asm volatile(
        "{ .reg .pred p; .reg .b64 a, b; mov.b64 a, {%32, 0x40000040}; mov.b64 b, {%33, 0x40000040}; setp.ne.b32 p, %34, 0; "
        "wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 " NAMES32 ", a, b, p, 1, 1, 0, 0; }"
        : SUMS32(sums)
        : "r"(a), "r"(b), "n"(adds));
}

// sums [64 × 64] += a [64 × 16] in registers · b [16 × 64] in shared memory.
INLINE void multiply_registers(float (&sums)[8][4], const Quad& a, unsigned b) {
    asm volatile(
        "{ .reg .pred p; .reg .b64 b; mov.b64 b, {%36, 0x40000040}; setp.eq.b32 p, 0, 0; "
        "wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 " NAMES32 ", {%32, %33, %34, %35}, b, p, 1, 1, 1; }"
        : SUMS32(sums)
        : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b));
}

// A group of four warps takes 64 rows of a tile. One barrier a block of keys: it says that the block has come, and that all are done with the
// one before it, whose place the copies of the next one but one are begun into.
template <int Groups, int Stages, bool Fp8, bool Rotary = false>
struct HopperAttention {
    static_assert(Stages > 2, "a block comes while one is multiplied and one waits");
    static constexpr int Block = 64;
    using Common = Attention<64, 4 * Groups, 1, Block, Stages, Fp8, Rotary>;
    static constexpr int Rows = 64 * Groups;

    INLINE void run(
        const byte_t* qkv, const byte_t* work, byte_t* output, int heads, float exponent, float inverseScale, Sight sight, unsigned memory) {
        int block = block_index(), item = block / heads, head = block - item * heads;
        if (item >= *reinterpret_cast<const int*>(work)) {
            return;
        }

        Quad piece = load_quad(work + WorkHeader + item * sizeof(Tile));
        int start = piece.x, length = piece.y, first = piece.z, left = length - first;
        unsigned hidden = heads * 64, stride = 6 * hidden;
        const byte_t* k = qkv + static_cast<long long>(start) * stride + 2 * hidden + head * Common::RowBytes;
        unsigned queries = memory, stages = memory + Rows * Common::RowBytes;
        int blocks = (length + Block - 1) / Block, from = 0;
        Common::find_blocks(first, left < Rows ? left : Rows, sight.window, from, blocks);

        // What is copied ends where the pair does, or with the last block that a row here sees.
        int end = length;
        if constexpr (Rotary) {
            end = length < blocks * Block ? length : blocks * Block;
        }

        Common::template copy_turned_rows<Rows>(queries, k - 2 * hidden + static_cast<long long>(first) * stride, stride, left);
        int ahead = from;
        const byte_t* next = k + static_cast<long long>(from) * Block * stride;
#pragma nounroll
        for (; ahead < from + Stages - 1; ahead++) {
            copy_block(stages + (ahead - from) * Common::StageBytes, next, stride, hidden, end - ahead * Block);
        }

        int lane = thread_index() & 31, warp = thread_index() >> 5, group = warp >> 2, own = warp * 16, place = 0;
        bool isBusy = group * 64 < left, isFresh = true;
        float sums[1][8][4], most[2], total[1][2];
#pragma unroll
        for (int d = 0; d < 8; d++) {
            sums[0][d][0] = sums[0][d][1] = sums[0][d][2] = sums[0][d][3] = 0;
        }

        most[0] = most[1] = Rotary ? Lowest : -__builtin_inff();
        total[0][0] = total[0][1] = 0;
        for (int i = from; i < blocks; i++) {
            wait_for_copies<Stages - 2>();
            unsigned stage = stages + place * Common::StageBytes;
            if constexpr (Rotary) {
                if (i == from) {
                    Common::template turn_rows<Rows>(queries, first, sight.frequencies);
                }

                Common::template turn_rows<Block>(stage, i * Block, sight.frequencies);
            }

            fence_shared_writes();
            wait_for_block();

            // The place before this one: all have multiplied what was there.
            copy_block(stages + (place == 0 ? Stages - 1 : place - 1) * Common::StageBytes, next, stride, hidden, end - ahead * Block);
            ahead++;
            if (isBusy) {
                // All four warps of a group give an instruction together, so the group sees a block or does not.
                if (Common::is_seen(first + group * 64, 64, i * Block, sight.window)) {
                    add_block(
                        queries + group * 64 * Common::RowBytes, stage, length - i * Block, i * Block - first - own, sight.window, lane, exponent,
                        isFresh, sums[0], most, total[0]);
                    isFresh = false;
                }
            }

            place = place + 1 == Stages ? 0 : place + 1;
        }

        if (isBusy) {
            wait_for_group(group);
            unsigned wide = Fp8 ? 1 : 2;
            byte_t* to = output + (static_cast<long long>(start + first + own) * hidden + head * 64) * wide;
            Common::write_rows(queries + own * Common::RowBytes, to, hidden * wide, left - own, lane, inverseScale, sums, total);
        }
    }

    // Starts to copy a block of keys and values, of which so many are there, and goes on to the next one.
    INLINE void copy_block(unsigned to, const byte_t*& next, unsigned stride, unsigned hidden, int left) {
        if (left > 0) {
            Common::template copy_turned_rows<Block>(to, next, stride, left);
            Common::template copy_rows<Block>(to + Common::KeyBytes, next + 2 * hidden, stride, left);
            next += Block * stride;
        }

        commit_copies();
    }

    INLINE void add_block(
        unsigned queries, unsigned stage, int left, int distance, int window, int lane, float exponent, bool isFresh,
        float (&sums)[8][4], float (&most)[2], float (&total)[2]) {
        float scores[1][8][4];
        unsigned rows = describe_matrix(queries), keys = describe_matrix(stage), values = keys + (Common::KeyBytes >> 4);
        begin_products();
        multiply_shared(scores[0], rows, keys, 0);
        multiply_shared(scores[0], rows + 2, keys + 2, 1);
        multiply_shared(scores[0], rows + 4, keys + 4, 1);
        multiply_shared(scores[0], rows + 6, keys + 6, 1);
        commit_products();
        wait_for_products();
        if (left < Block) {
            Common::hide_missing(left - 2 * (lane & 3), scores);
        }

        Common::hide_far(distance, window, lane, scores);
#pragma unroll
        for (int r = 0; r < 2; r++) {
            float top = most[r];
#pragma unroll
            for (int n = 0; n < 8; n++) {
                top = largest(top, largest(scores[0][n][2 * r], scores[0][n][2 * r + 1]));
            }

            top = largest(top, shuffle_xor(top, 1));
            top = largest(top, shuffle_xor(top, 2));
            float shrink = power_of_two((most[r] - top) * exponent), base = top * exponent, sum = 0;
            most[r] = top;
#pragma unroll
            for (int n = 0; n < 8; n++) {
#pragma unroll
                for (int j = 2 * r; j < 2 * r + 2; j++) {
                    scores[0][n][j] = power_of_two(scores[0][n][j] * exponent - base);
                    sum += scores[0][n][j];
                }
            }

            total[r] = total[r] * shrink + sum;
            if (!isFresh) {
#pragma unroll
                for (int d = 0; d < 8; d++) {
                    sums[d][2 * r] *= shrink;
                    sums[d][2 * r + 1] *= shrink;
                }
            }
        }

        Quad weight[4];
#pragma unroll
        for (int n = 0; n < 4; n++) {
            weight[n].x = pack_halves(scores[0][2 * n][0], scores[0][2 * n][1]);
            weight[n].y = pack_halves(scores[0][2 * n][2], scores[0][2 * n][3]);
            weight[n].z = pack_halves(scores[0][2 * n + 1][0], scores[0][2 * n + 1][1]);
            weight[n].w = pack_halves(scores[0][2 * n + 1][2], scores[0][2 * n + 1][3]);
        }

        begin_products();
#pragma unroll
        for (int n = 0; n < 4; n++) {
            multiply_registers(sums, weight[n], values + n * (16 * Common::RowBytes >> 4));
        }

        commit_products();
        wait_for_products();
    }
};

#define HOPPER_ATTENTION(name, groups, stages, blocks, fp8)                                                                                 \
    KERNEL __launch_bounds__(128 * groups, blocks) name(                                                                                    \
        const byte_t* qkv, const byte_t* work, byte_t* output, int heads, float exponent, float inverseScale) {                             \
        wait_for_kernel_before();                                                                                                           \
        HopperAttention<groups, stages, fp8>::run(                                                                                          \
            qkv, work, output, heads, exponent, inverseScale, {nullptr, 0}, shared_address(memory));                                        \
    }

#define HOPPER_ROTARY_ATTENTION(name, groups, stages, blocks, fp8)                                                                          \
    KERNEL __launch_bounds__(128 * groups, blocks) name(                                                                                    \
        const byte_t* qkv, const byte_t* work, byte_t* output, int heads, float exponent, float inverseScale, const float* frequencies,     \
        int window) {                                                                                                                       \
        wait_for_kernel_before();                                                                                                           \
        HopperAttention<groups, stages, fp8, true>::run(                                                                                    \
            qkv, work, output, heads, exponent, inverseScale, {frequencies, window}, shared_address(memory));                               \
    }
