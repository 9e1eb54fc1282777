// The tiles that attention is cut into, longest sequences first, so that no long one is begun when all others are done. One block.
#pragma once
#include "attention.cuh"

constexpr int WorkThreads = 256;
constexpr int Buckets = 256;
constexpr int BucketTokens = 32;

INLINE int add_shared(unsigned to, int value) {
    int before;
    asm volatile("atom.shared.add.s32 %0, [%1], %2;" : "=r"(before) : "r"(to), "r"(value) : "memory");
    return before;
}

// The longest first: bucket 0 has what is longer than all others tell apart.
INLINE int find_bucket(int length) {
    int bucket = Buckets - 1 - length / BucketTokens;
    return bucket < 0 ? 0 : bucket;
}

KERNEL __launch_bounds__(WorkThreads) list_tiles(const int* starts, int sequences, int rows, byte_t* work, int capacity) {
    wait_for_kernel_before();
    __shared__ int places[Buckets];
    int thread = thread_index();
    places[thread] = 0;
    wait_for_block();
    unsigned shared = shared_address(places);
    for (int i = thread; i < sequences; i += WorkThreads) {
        int length = starts[i + 1] - starts[i];
        if (length > 0) {
            add_shared(shared + 4 * find_bucket(length), (length + rows - 1) / rows);
        }
    }

    wait_for_block();
    for (int step = 1; step < Buckets; step *= 2) {
        int before = thread >= step ? places[thread - step] : 0;
        wait_for_block();
        places[thread] += before;
        wait_for_block();
    }

    int end = places[thread], begin = thread > 0 ? places[thread - 1] : 0;
    wait_for_block();
    places[thread] = begin;
    if (thread == Buckets - 1) {
        *reinterpret_cast<int*>(work) = end < capacity ? end : capacity;
    }

    wait_for_block();
    for (int i = thread; i < sequences; i += WorkThreads) {
        int start = starts[i], length = starts[i + 1] - start;
        if (length > 0) {
            int tiles = (length + rows - 1) / rows, to = add_shared(shared + 4 * find_bucket(length), tiles);
            for (int t = 0; t < tiles && to + t < capacity; t++) {
                Quad tile = {static_cast<unsigned>(start), static_cast<unsigned>(length), static_cast<unsigned>(t * rows), 0};
                store_quad(work + WorkHeader + (to + t) * sizeof(Tile), tile);
            }
        }
    }
}
