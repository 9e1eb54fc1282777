// All kernels of the CUDA engine. Make the PTX anew with make-ptx.sh when a file here changes.
#include "attention.cuh"
#include "gated.cuh"
#include "rows.cuh"
#include "work.cuh"
#if defined(WITH_WGMMA)
#include "hopper.cuh"
#endif

// The names say: head size, output. A tile has 128 rows and a block 256 threads, but for the first two: there four blocks of half as many take
// turns in a multiprocessor, and a pair wastes less of its last tile. Where rows are turned, each block would turn all keys anew, which costs
// more than that. Heads of 32 are half a row of Hopper's layout, and stay with the instructions that all cards have.
#if defined(WITH_WGMMA)
HOPPER_ATTENTION(attention_64_f16, 1, 3, 4, false)
HOPPER_ATTENTION(attention_64_e4m3, 1, 3, 4, true)
HOPPER_ROTARY_ATTENTION(rotary_64_f16, 2, 3, 2, false)
HOPPER_ROTARY_ATTENTION(rotary_64_e4m3, 2, 3, 2, true)
#else
ATTENTION(attention_64_f16, 64, 8, 1, 64, 2, 2, false)
ROTARY_ATTENTION(rotary_64_f16, 64, 8, 1, 64, 2, 2, false)
#if defined(WITH_FP8)
ATTENTION(attention_64_e4m3, 64, 8, 1, 64, 2, 2, true)
ROTARY_ATTENTION(rotary_64_e4m3, 64, 8, 1, 64, 2, 2, true)
#endif
#endif
ATTENTION(attention_32_f16, 32, 8, 1, 64, 2, 2, false)
ROTARY_ATTENTION(rotary_32_f16, 32, 8, 1, 64, 2, 2, false)
#if defined(WITH_FP8)
ATTENTION(attention_32_e4m3, 32, 8, 1, 64, 2, 2, true)
ROTARY_ATTENTION(rotary_32_e4m3, 32, 8, 1, 64, 2, 2, true)
#endif

NORMALIZE(normalize_256_f16, 128, (normalize_rows<1, false>))
NORMALIZE(normalize_512_f16, 128, (normalize_rows<2, false>))
NORMALIZE(normalize_768_f16, 128, (normalize_rows<3, false>))
NORMALIZE(normalize_1024_f16, 128, (normalize_rows<4, false>))
NORMALIZE(normalize_long_f16, 256, normalize_long_rows<false>)

#if defined(WITH_FP8)
NORMALIZE(normalize_256_e4m3, 128, (normalize_rows<1, true>))
NORMALIZE(normalize_512_e4m3, 128, (normalize_rows<2, true>))
NORMALIZE(normalize_768_e4m3, 128, (normalize_rows<3, true>))
NORMALIZE(normalize_1024_e4m3, 128, (normalize_rows<4, true>))
NORMALIZE(normalize_long_e4m3, 256, normalize_long_rows<true>)
#endif

// The sum is kept, as encoders want it that normalize before a sublayer.
NORMALIZE(keep_256_f16, 128, (normalize_rows<1, false, true>))
NORMALIZE(keep_512_f16, 128, (normalize_rows<2, false, true>))
NORMALIZE(keep_768_f16, 128, (normalize_rows<3, false, true>))
NORMALIZE(keep_1024_f16, 128, (normalize_rows<4, false, true>))
NORMALIZE(keep_long_f16, 256, (normalize_long_rows<false, true>))
GATE(gate_f16, false)

#if defined(WITH_FP8)
NORMALIZE(keep_256_e4m3, 128, (normalize_rows<1, true, true>))
NORMALIZE(keep_512_e4m3, 128, (normalize_rows<2, true, true>))
NORMALIZE(keep_768_e4m3, 128, (normalize_rows<3, true, true>))
NORMALIZE(keep_1024_e4m3, 128, (normalize_rows<4, true, true>))
NORMALIZE(keep_long_e4m3, 256, (normalize_long_rows<true, true>))
GATE(gate_e4m3, true)
#endif
