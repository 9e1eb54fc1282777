namespace Reranker.Onnx.HuggingFace;

/// <summary>
/// A tensor that graphs read, and the one that a checkpoint stores it as. Graphs of all families name a part of the encoder alike,
/// by the names that XLM-RoBERTa's checkpoints give it.
/// </summary>
/// <param name="Name">What graphs call it.</param>
/// <param name="Shape">Its shape, [out, in].</param>
/// <param name="Stored">What checkpoints call it.</param>
/// <param name="StoredShape">The shape that it has there.</param>
/// <param name="Convert">Makes the one of the other; null where only the name differs.</param>
internal sealed record TensorSource(
    string Name, long[] Shape, string Stored, long[] StoredShape, Func<StoredTensor, StoredTensor>? Convert = null)
{
    /// <summary>A tensor that checkpoints store as graphs read it.</summary>
    public static TensorSource Create(string name, long[] shape) => new(name, shape, name, shape);

    /// <summary>A tensor under another name.</summary>
    public static TensorSource Rename(string name, long[] shape, string stored) => new(name, shape, stored, shape);

    /// <summary>Takes the tensor out of a checkpoint's.</summary>
    public StoredTensor Take(IReadOnlyDictionary<string, StoredTensor> stored)
    {
        var tensor = stored[Stored];
        return Convert is not null ? Convert(tensor) : tensor.Name == Name ? tensor : tensor with { Name = Name };
    }
}
