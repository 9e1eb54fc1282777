using System.Buffers.Binary;

namespace Reranker.Fuzz.Oracle;

/// <summary>Replies with tensors of scores: in the order of the passages, each that was asked for and no other.</summary>
internal static class TensorBodies
{
    private const double Tolerance = 1e-6;

    public static string? FindFault(JsonValue body, byte[] attached, ReferenceCall call, ScoredPassages scored, string model, string identity)
    {
        if (body["model_name"]?.Text != model || body["model_version"]?.Text != identity || body["outputs"] is not { Kind: JsonKind.List } outputs)
        {
            return "The reply has another model, or no outputs.";
        }

        if (!outputs.Items.Select(static output => output["name"]?.Text).SequenceEqual(call.Outputs))
        {
            return "The reply has other outputs.";
        }

        var read = 0;
        for (var at = 0; at < outputs.Items.Count; at++)
        {
            var isBinary = call.BinaryOutputs[at];
            if (Values(outputs.Items[at], isBinary ? attached.AsSpan(read) : null, call.Passages.Length, isBinary) is not { } values)
            {
                return "An output has another type, form or length.";
            }

            read += isBinary ? values.Length * sizeof(float) : 0;
            for (var index = 0; index < values.Length; index++)
            {
                double logit = scored.Logits![index];
                var wanted = call.Outputs[at] == "logits" ? logit : 1 / (1 + Math.Exp(-logit));
                if (!(Math.Abs(values[index] - wanted) <= Tolerance))
                {
                    return $"Passage {index} has the score {values[index]} instead of {wanted}.";
                }
            }
        }

        return read == attached.Length ? null : "The reply has more bytes than its outputs.";
    }

    private static double[]? Values(JsonValue output, ReadOnlySpan<byte> bytes, int count, bool isBinary)
    {
        if (output["datatype"]?.Text != "FP32")
        {
            return null;
        }

        if (!isBinary)
        {
            return output["data"] is { } data && data.Items.Count == count ? [.. data.Items.Select(static item => item.Number)] : null;
        }

        if (output["data"] is not null || output["parameters"]?["binary_data_size"]?.Number != count * sizeof(float) || bytes.Length < count * sizeof(float))
        {
            return null;
        }

        var values = new double[count];
        for (var index = 0; index < count; index++)
        {
            values[index] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(index * sizeof(float))..]);
        }

        return values;
    }
}
