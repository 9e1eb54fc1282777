// Attention for heads of 64 with the tensor core instructions of Hopper, which four warps give together and which read keys and values
// from shared memory by themselves. All else is as in attention.cuh, and so is where everything lies: 128 bytes a row, turned by the row.
#pragma once
#include "attention.cuh"

// A matrix in shared memory as the instructions want it told: 128 bytes a row, turned, 1,024 bytes from eight rows to the next.
INLINE address_t describe_matrix(unsigned address) {
    constexpr address_t Turned128 = 1ull << 62;
    constexpr address_t EightRows = 1024 >> 4;
    return Turned128 | EightRows << 32 | EightRows << 16 | (address & 0x3ffff) >> 4;
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
INLINE void multiply_shared(float (&sums)[8][4], address_t a, address_t b, int adds) {
    asm volatile(
        "{ .reg .pred p; setp.ne.b32 p, %34, 0; wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 " NAMES32 ", %32, %33, p, 1, 1, 0, 0; }"
        : SUMS32(sums)
        : "l"(a), "l"(b), "r"(adds));
}

// sums [64 × 64] += a [64 × 16] in registers · b [16 × 64] in shared memory.
INLINE void multiply_registers(float (&sums)[8][4], const Quad& a, address_t b) {
    asm volatile(
        "{ .reg .pred p; setp.eq.b32 p, 0, 0; wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 " NAMES32 ", {%32, %33, %34, %35}, %36, p, 1, 1, 1; }"
        : SUMS32(sums)
        : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "l"(b));
}

template <int Groups, int Stages, bool Fp8, bool Rotary = false>
struct HopperAttention {
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
        long long hidden = static_cast<long long>(heads) * 64, stride = 6 * hidden;
        const byte_t* k = qkv + start * stride + 2 * hidden + head * Common::RowBytes;
        const byte_t* v = k + 2 * hidden;
        unsigned queries = memory, stages = memory + Rows * Common::RowBytes;
        int blocks = (length + Block - 1) / Block, from = 0;
        Common::find_blocks(first, left < Rows ? left : Rows, sight.window, from, blocks);

        Common::template copy_turned_rows<Rows>(queries, k - 2 * hidden + first * stride, stride, left);
        for (int i = from; i < from + Stages; i++) {
            if (i < blocks) {
                unsigned stage = stages + (i - from) * Common::StageBytes;
                Common::template copy_turned_rows<Block>(stage, k + i * Block * stride, stride, length - i * Block);
                Common::template copy_rows<Block>(stage + Common::KeyBytes, v + i * Block * stride, stride, length - i * Block);
            }

            commit_copies();
        }

        int lane = thread_index() & 31, warp = thread_index() >> 5, group = warp >> 2;
        bool isBusy = group * 64 < left;
        float sums[1][8][4], most[2], total[1][2];
#pragma unroll
        for (int d = 0; d < 8; d++) {
            sums[0][d][0] = sums[0][d][1] = sums[0][d][2] = sums[0][d][3] = 0;
        }

        most[0] = most[1] = Rotary ? Lowest : -__builtin_inff();
        total[0][0] = total[0][1] = 0;
        for (int i = from; i < blocks; i++) {
            wait_for_copies<Stages - 1>();
            unsigned stage = stages + ((i - from) % Stages) * Common::StageBytes;
            if constexpr (Rotary) {
                if (i == from) {
                    Common::template turn_rows<Rows>(queries, first, sight.frequencies);
                }

                Common::template turn_rows<Block>(stage, i * Block, sight.frequencies);
            }

            fence_shared_writes();
            wait_for_block();

            // All four warps of a group give an instruction together, so the group sees a block or does not.
            if (isBusy && Common::is_seen(first + group * 64, 64, i * Block, sight.window)) {
                add_block(
                    queries + group * 64 * Common::RowBytes, stage, stage + Common::KeyBytes, length - i * Block, i * Block - first - warp * 16, sight.window,
                    lane, exponent, sums[0], most, total[0]);
            }

            int next = i + Stages;
            if (next < blocks) {
                wait_for_block();
                Common::template copy_turned_rows<Block>(stage, k + next * Block * stride, stride, length - next * Block);
                Common::template copy_rows<Block>(stage + Common::KeyBytes, v + next * Block * stride, stride, length - next * Block);
            }

            commit_copies();
        }

        if (isBusy) {
            wait_for_group(group);
            int own = warp * 16, wide = Fp8 ? 1 : 2;
            byte_t* to = output + (start + first + own) * hidden * wide + head * 64 * wide;
            Common::write_rows(queries + own * Common::RowBytes, to, hidden * wide, left - own, lane, inverseScale, sums, total);
        }
    }

    INLINE void add_block(
        unsigned queries, unsigned keys, unsigned values, int left, int distance, int window, int lane, float exponent, float (&sums)[8][4],
        float (&most)[2], float (&total)[2]) {
        float scores[1][8][4];
        begin_products();
#pragma unroll
        for (int d = 0; d < 4; d++) {
            multiply_shared(scores[0], describe_matrix(queries) + 2 * d, describe_matrix(keys) + 2 * d, d);
        }

        commit_products();
        wait_for_products();
        if (left < Block) {
            Common::hide_missing(left, lane, scores);
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
#pragma unroll
            for (int d = 0; d < 8; d++) {
                sums[d][2 * r] *= shrink;
                sums[d][2 * r + 1] *= shrink;
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
            multiply_registers(sums, weight[n], describe_matrix(values) + n * (16 * Common::RowBytes >> 4));
        }

        commit_products();
        wait_for_products();
    }
};

#define HOPPER_ATTENTION(name, groups, stages, blocks, fp8)                                                                                 \
    KERNEL __launch_bounds__(128 * groups, blocks) name(                                                                                    \
        const byte_t* qkv, const byte_t* work, byte_t* output, int heads, float exponent, float inverseScale) {                             \
        HopperAttention<groups, stages, fp8>::run(                                                                                          \
            qkv, work, output, heads, exponent, inverseScale, {nullptr, 0}, shared_address(memory));                                        \
    }

#define HOPPER_ROTARY_ATTENTION(name, groups, stages, blocks, fp8)                                                                          \
    KERNEL __launch_bounds__(128 * groups, blocks) name(                                                                                    \
        const byte_t* qkv, const byte_t* work, byte_t* output, int heads, float exponent, float inverseScale, const float* frequencies,     \
        int window) {                                                                                                                       \
        HopperAttention<groups, stages, fp8, true>::run(                                                                                    \
            qkv, work, output, heads, exponent, inverseScale, {frequencies, window}, shared_address(memory));                               \
    }
