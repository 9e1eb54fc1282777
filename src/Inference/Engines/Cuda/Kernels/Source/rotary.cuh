// Rotary positions: a column of a head's left half and the same column of its right half are a point of the plane, turned by the token's
// place in its sequence times the column's frequency. Attention does it to the rows that it has just copied to shared memory, which costs
// no pass over global memory; a thread turns what it copied itself, so that it waits for nobody.
#pragma once
#include "device.cuh"

struct Direction {
    float cosine, sine;
};

// Angles go into the thousands, and the approximations hold within half a turn.
INLINE Direction find_direction(float angle) {
    float turns, cosine, sine;
    asm("cvt.rni.f32.f32 %0, %1;" : "=f"(turns) : "f"(angle * 0.15915494309f));
    float rest = __builtin_fmaf(turns, 1.7484556e-7f, __builtin_fmaf(turns, -6.2831854820f, angle));
    asm("cos.approx.ftz.f32 %0, %1;" : "=f"(cosine) : "f"(rest));
    asm("sin.approx.ftz.f32 %0, %1;" : "=f"(sine) : "f"(rest));
    return {cosine, sine};
}

// Eight columns of either half; `frequencies` are those of the eight.
INLINE void turn_pieces(Quad& left, Quad& right, float place, const float* frequencies) {
    unsigned a[4] = {left.x, left.y, left.z, left.w}, b[4] = {right.x, right.y, right.z, right.w};
    Quad low = load_quad(frequencies), high = load_quad(frequencies + 4);
    const unsigned rates[8] = {low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        Floats x = unpack_halves(a[i]), y = unpack_halves(b[i]);
        Direction first = find_direction(place * as_float(rates[2 * i])), second = find_direction(place * as_float(rates[2 * i + 1]));
        a[i] = pack_halves(x.x * first.cosine - y.x * first.sine, x.y * second.cosine - y.y * second.sine);
        b[i] = pack_halves(y.x * first.cosine + x.x * first.sine, y.y * second.cosine + x.y * second.sine);
    }

    left = {a[0], a[1], a[2], a[3]};
    right = {b[0], b[1], b[2], b[3]};
}
