namespace Reranker.Onnx.Weights;

/// <summary>Element types, with the values of <c>TensorProto.DataType</c>.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
    Float16 = 10,

    /// <summary>e4m3 without infinities: 4 bits of exponent, 3 of mantissa, at most 448.</summary>
    Float8E4M3 = 17,
}

internal static class OnnxTypeExtensions
{
    /// <summary>Bytes of one element.</summary>
    public static int GetElementSize(this OnnxType type) => type switch
    {
        OnnxType.UInt8 or OnnxType.Int8 or OnnxType.Float8E4M3 => 1,
        OnnxType.Float16 => 2,
        OnnxType.Float or OnnxType.Int32 => 4,
        OnnxType.Int64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
