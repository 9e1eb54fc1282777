using System.Buffers;
using System.Buffers.Binary;
using Reranker.Client;

namespace Reranker.Gateway.Dialects.KServe;

/// <summary>A tensor that a request wants.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsBinary">Whether it is to come as bytes behind the JSON.</param>
internal readonly record struct KServeOutput(string Name, bool IsBinary)
{
    /// <summary>Its value for a passage.</summary>
    public float FindValue(in PassageScore passage) => Name == KServeTensors.Logits ? passage.Logit : (float)passage.Score;

    /// <summary>Writes it as bytes: the values one after another, little-endian.</summary>
    public void WriteBytes(IBufferWriter<byte> buffer, IReadOnlyList<PassageScore> passages)
    {
        foreach (var passage in passages)
        {
            BinaryPrimitives.WriteSingleLittleEndian(buffer.GetSpan(sizeof(float)), FindValue(passage));
            buffer.Advance(sizeof(float));
        }
    }
}
