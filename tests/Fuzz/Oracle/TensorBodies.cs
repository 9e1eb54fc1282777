namespace Reranker.Fuzz.Oracle;

/// <summary>Replies with tensors of scores: in the order of the passages, each that was asked for and no other.</summary>
internal static class TensorBodies
{
    private const double Tolerance = 1e-6;

    public static string? FindFault(JsonValue body, ReferenceCall call, ScoredPassages scored, string model, string identity)
    {
        if (body["model_name"]?.Text != model || body["model_version"]?.Text != identity || body["outputs"] is not { Kind: JsonKind.List } outputs)
        {
            return "The reply has another model, or no outputs.";
        }

        if (!outputs.Items.Select(static output => output["name"]?.Text).SequenceEqual(call.Outputs))
        {
            return "The reply has other outputs.";
        }

        foreach (var output in outputs.Items)
        {
            if (output["datatype"]?.Text != "FP32" || output["data"] is not { } data || data.Items.Count != call.Passages.Length)
            {
                return "An output has another type or length.";
            }

            for (var index = 0; index < data.Items.Count; index++)
            {
                double logit = scored.Logits![index];
                var wanted = output["name"]!.Text == "logits" ? logit : 1 / (1 + Math.Exp(-logit));
                if (!(Math.Abs(data.Items[index].Number - wanted) <= Tolerance))
                {
                    return $"Passage {index} has the score {data.Items[index].Text} instead of {wanted}.";
                }
            }
        }

        return null;
    }
}
