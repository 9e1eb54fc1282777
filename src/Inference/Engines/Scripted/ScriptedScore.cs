namespace Reranker.Inference.Engines.Scripted;

/// <summary>The logit of a scripted pair: a pure function of its ids, so that whoever has the ids can check the score.</summary>
public static class ScriptedScore
{
    private const uint OffsetBasis = 2_166_136_261;
    private const uint Prime = 16_777_619;
    private const int Bits = 24;
    private const float Range = 8;

    /// <summary>
    /// FNV-1a over the ids' four bytes (little-endian), mixed once more, and its upper 24 bits mapped to [-8, 8). Exact in
    /// a float, the same on every machine.
    /// </summary>
    public static float ComputeScore(ReadOnlySpan<int> ids)
    {
        var hash = OffsetBasis;
        foreach (var id in ids)
        {
            for (var shift = 0; shift < 32; shift += 8)
            {
                hash = (hash ^ (byte)(id >> shift)) * Prime;
            }
        }

        // FNV's upper bits follow the last byte too closely.
        hash = (hash ^ (hash >> 15)) * 0x2C1B3C6Du;
        hash ^= hash >> 12;
        return ((float)(hash >> (32 - Bits)) / (1 << (Bits - 1)) * Range) - Range;
    }
}
