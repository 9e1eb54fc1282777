// What the kernels need of the language and of the card, without CUDA's headers: Debian's clang makes PTX of them with no toolkit at
// hand, and nvcc takes them as well. Shared memory is spoken of by its 32-bit address, as the instructions want it.
#pragma once

#if defined(__clang__)
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __forceinline__ inline __attribute__((always_inline))
#endif

#define KERNEL extern "C" __global__ void
#define INLINE static __device__ __forceinline__

typedef unsigned char byte_t;
typedef unsigned long long address_t;

struct Quad {
    unsigned x, y, z, w;
};

struct Floats {
    float x, y;
};

INLINE unsigned thread_index() { unsigned v; asm("mov.u32 %0, %%tid.x;" : "=r"(v)); return v; }
INLINE int block_index() { int v; asm("mov.u32 %0, %%ctaid.x;" : "=r"(v)); return v; }
INLINE int block_threads() { int v; asm("mov.u32 %0, %%ntid.x;" : "=r"(v)); return v; }
INLINE int grid_blocks() { int v; asm("mov.u32 %0, %%nctaid.x;" : "=r"(v)); return v; }

// Launched before the kernel in front of it has ended, a kernel begins with this; nothing may be read or written sooner.
INLINE void wait_for_kernel_before() {
#if defined(WITH_WGMMA)
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

INLINE void wait_for_block() { asm volatile("bar.sync 0;" ::: "memory"); }
INLINE void wait_for_warp() { asm volatile("bar.warp.sync 0xffffffff;" ::: "memory"); }

INLINE float shuffle_xor(float value, int mask) {
    float other;
    asm volatile("shfl.sync.bfly.b32 %0, %1, %2, 31, 0xffffffff;" : "=f"(other) : "f"(value), "r"(mask));
    return other;
}

// What the first thread of a warp has.
INLINE unsigned shuffle_first(unsigned value) {
    unsigned first;
    asm volatile("shfl.sync.idx.b32 %0, %1, 0, 31, 0xffffffff;" : "=r"(first) : "r"(value));
    return first;
}

INLINE float as_float(unsigned bits) { return __builtin_bit_cast(float, bits); }

INLINE float largest(float a, float b) { float v; asm("max.f32 %0, %1, %2;" : "=f"(v) : "f"(a), "f"(b)); return v; }
INLINE float power_of_two(float x) { float v; asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(v) : "f"(x)); return v; }
INLINE float inverse(float x) { float v; asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(v) : "f"(x)); return v; }
INLINE float inverse_root(float x) { float v; asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(v) : "f"(x)); return v; }

// Two FP16 numbers in a register, the first one in its lower half.
INLINE unsigned pack_halves(float low, float high) {
    unsigned v;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(v) : "f"(high), "f"(low));
    return v;
}

INLINE Floats unpack_halves(unsigned pair) {
    Floats v;
    asm("{ .reg .b16 l, h; mov.b32 {l, h}, %2; cvt.f32.f16 %0, l; cvt.f32.f16 %1, h; }" : "=f"(v.x), "=f"(v.y) : "r"(pair));
    return v;
}

#if defined(WITH_FP8)
// Two e4m3 numbers, the first one in the lower byte; what is too large becomes the largest there is, 448.
INLINE unsigned pack_eights(float low, float high) {
    unsigned short v;
    asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(v) : "f"(high), "f"(low));
    return v;
}
#endif

INLINE Quad load_quad(const void* from) {
    Quad v;
    asm volatile("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(from));
    return v;
}

INLINE void store_quad(void* to, Quad v) {
    asm volatile("st.global.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"(to), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
}

INLINE void store_pair(void* to, unsigned x, unsigned y) {
    asm volatile("st.global.v2.u32 [%0], {%1, %2};" ::"l"(to), "r"(x), "r"(y) : "memory");
}

INLINE unsigned shared_address(void* of) {
    unsigned v;
    asm("{ .reg .u64 a; cvta.to.shared.u64 a, %1; cvt.u32.u64 %0, a; }" : "=r"(v) : "l"(of));
    return v;
}

INLINE Quad load_shared_quad(unsigned from) {
    Quad v;
    asm volatile("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "r"(from) : "memory");
    return v;
}

INLINE void store_shared_quad(unsigned to, Quad v) {
    asm volatile("st.shared.v4.u32 [%0], {%1, %2, %3, %4};" ::"r"(to), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
}

INLINE void store_shared(unsigned to, unsigned v) { asm volatile("st.shared.u32 [%0], %1;" ::"r"(to), "r"(v) : "memory"); }
INLINE void store_shared_short(unsigned to, unsigned v) { asm volatile("{ .reg .b16 l, h; mov.b32 {l, h}, %1; st.shared.b16 [%0], l; }" ::"r"(to), "r"(v) : "memory"); }

// Starts to copy 16 bytes from global to shared memory; zeros instead where isThere is false, and nothing is read then.
INLINE void copy_async(unsigned to, const void* from, bool isThere) {
    int bytes = isThere ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(bytes) : "memory");
}

INLINE void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Waits until at most so many of the last groups of this thread's copies are under way.
template <int Groups>
INLINE void wait_for_copies() { asm volatile("cp.async.wait_group %0;" ::"n"(Groups) : "memory"); }

// Four 8 × 8 matrices of FP16; each thread gives the address of one row.
INLINE Quad load_matrices(unsigned row) {
    Quad v;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "r"(row) : "memory");
    return v;
}

INLINE Quad load_matrices_turned(unsigned row) {
    Quad v;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "r"(row) : "memory");
    return v;
}

// sum += a · b for a [16 × 16] and b [16 × 8], FP16, summed in FP32.
INLINE void multiply_add(float (&sum)[4], const Quad& a, unsigned b0, unsigned b1) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
        : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b0), "r"(b1));
}
