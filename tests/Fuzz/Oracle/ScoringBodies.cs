using System.Globalization;
using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Sending;

namespace Reranker.Fuzz.Oracle;

/// <summary>Replies with scores: every entry, in its place, with the score of that passage alone.</summary>
internal static class ScoringBodies
{
    private const double Tolerance = 1e-6;
    private const int DocumentsPerSearchUnit = 100;

    public static string? FindFault(RawReply reply, Expected expected, ReferenceCall call, ScoredPassages scored, CaseTarget target)
    {
        var isAttached = expected.Shape == ReplyShape.KServe && call.BinaryOutputs.Contains(true);
        if (reply["Content-Type"] != (isAttached ? "application/octet-stream" : "application/json"))
        {
            return $"The content type is {reply["Content-Type"]}.";
        }

        var textLength = reply.Body.Length;
        if (isAttached && (!int.TryParse(reply[Draft.TextLength], NumberStyles.None, CultureInfo.InvariantCulture, out textLength) || textLength > reply.Body.Length))
        {
            return $"{Draft.TextLength} is {reply[Draft.TextLength] ?? "missing"}.";
        }

        if (reply["X-Reranker-Model"] != target.Identity)
        {
            return "X-Reranker-Model is not the identity of the model.";
        }

        JsonValue body;
        try
        {
            body = ReferenceJson.Parse(reply.Body.AsSpan(0, textLength));
        }
        catch (FormatException e)
        {
            return $"The body is no JSON. {e.Message}";
        }

        return expected.Shape switch
        {
            ReplyShape.Tei when call.IsPairList is { } isList => FindLabelFault(body, isList, call, scored),
            ReplyShape.Tei => FindTeiFault(reply, body, call, scored),
            ReplyShape.KServe => TensorBodies.FindFault(body, reply.Body[textLength..], call, scored, target.Model, target.Identity),
            ReplyShape.Cohere or ReplyShape.Vllm => FindCohereFault(reply, body, expected, call, scored, target),
            var shape => FindListFault(shape, reply, body, call, scored, target),
        };
    }

    private static string? FindListFault(ReplyShape shape, RawReply reply, JsonValue body, ReferenceCall call, ScoredPassages scored, CaseTarget target)
    {
        var (list, score, wanted) = shape switch
        {
            ReplyShape.Nim => ("rankings", "logit", null),
            ReplyShape.Infinity => ("results", "relevance_score", "rerank"),
            ReplyShape.Voyage => ("data", "relevance_score", "list"),
            _ => ("data", "score", "list"),
        };
        if (body[list] is not { } entries || body["object"]?.Text != wanted)
        {
            return $"The reply has no {list}, or another object.";
        }

        if ((shape != ReplyShape.Nim && body["model"]?.Text != target.Model)
            || (shape is ReplyShape.Infinity or ReplyShape.Score && (body["id"]?.Text != reply["X-Request-Id"] || !(body["created"]?.Number > 0))))
        {
            return "The reply has another id, model or time.";
        }

        return FindEntryFault(entries, score, call, scored.Logits!, static entry => entry["document"], isSorted: shape != ReplyShape.Score)
            ?? FindNumberFault("total_tokens", body["usage"]?["total_tokens"]?.Text, scored.Tokens);
    }

    private static string? FindLabelFault(JsonValue body, bool isList, ReferenceCall call, ScoredPassages scored)
    {
        var lists = isList ? body.Items : [body];
        if (lists.Count != call.Passages.Length)
        {
            return $"The reply has {lists.Count} pairs instead of {call.Passages.Length}.";
        }

        for (var index = 0; index < lists.Count; index++)
        {
            var wanted = call.RawScores ? scored.Logits![index] : 1 / (1 + Math.Exp(-(double)scored.Logits![index]));
            if (lists[index].Items is not [var label] || label["label"]?.Text != "LABEL_0" || !(Math.Abs((label["score"]?.Number ?? double.NaN) - wanted) <= Tolerance))
            {
                return $"Pair {index} has no label with the score {wanted}.";
            }
        }

        return null;
    }

    private static string? FindTeiFault(RawReply reply, JsonValue body, ReferenceCall call, ScoredPassages scored)
    {
        var characters = call.Passages.Sum(static passage => (long)passage.Length) + ((long)call.Query.Length * call.Passages.Length);
        return FindEntryFault(body, "score", call, scored.Logits!, static entry => entry["text"])
            ?? FindNumberFault("x-compute-characters", reply["x-compute-characters"], characters)
            ?? FindNumberFault("x-compute-tokens", reply["x-compute-tokens"], scored.Tokens);
    }

    private static string? FindCohereFault(RawReply reply, JsonValue body, Expected expected, ReferenceCall call, ScoredPassages scored, CaseTarget target)
    {
        if (body["results"] is not { } results || body["meta"] is not { } meta || meta["warnings"] is not { Kind: JsonKind.List } warnings)
        {
            return "The reply has no results, or no meta with warnings.";
        }

        if (body["id"]?.Text != reply["X-Request-Id"] || body["model"]?.Text != target.Model || meta["api_version"]?["version"]?.Text != expected.Version)
        {
            return "The reply has another id, model or version.";
        }

        if (warnings.Items.Any(static w => w.Text.Contains("'instruction'", StringComparison.Ordinal)) != call.HasInstruction)
        {
            return "The warning about 'instruction' is there without it, or is missing.";
        }

        var units = (call.Passages.Length + DocumentsPerSearchUnit - 1) / DocumentsPerSearchUnit;
        return FindEntryFault(results, "relevance_score", call, scored.Logits!, static entry => entry["document"]?["text"], isWhole: call.Documents is not null)
            ?? FindNumberFault("total_tokens", body["usage"]?["total_tokens"]?.Text, scored.Tokens)
            ?? FindNumberFault("input_tokens", meta["tokens"]?["input_tokens"]?.Text, scored.Tokens)
            ?? FindNumberFault("search_units", meta["billed_units"]?["search_units"]?.Text, units);
    }

    private static string? FindNumberFault(string name, string? got, long? wanted) =>
        wanted is null || got == wanted.Value.ToString(CultureInfo.InvariantCulture) ? null : $"{name} is {got ?? "missing"} instead of {wanted}.";

    private static string? FindEntryFault(
        JsonValue entries, string score, ReferenceCall call, float[] logits, Func<JsonValue, JsonValue?> textOf, bool isSorted = true, bool isWhole = false)
    {
        // OrderBy keeps the order of equals: that of the request.
        int[] ranking = [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => isSorted ? logits[i] : 0).Take(call.Top ?? int.MaxValue)];
        if (entries.Kind != JsonKind.List || entries.Items.Count != ranking.Length)
        {
            return $"The reply has {entries.Items.Count} entries instead of {ranking.Length}.";
        }

        for (var place = 0; place < ranking.Length; place++)
        {
            var (entry, index) = (entries.Items[place], ranking[place]);
            if (entry["index"]?.Number != index)
            {
                return $"Place {place} has passage {entry["index"]?.Text} instead of {index}.";
            }

            var wanted = call.RawScores ? logits[index] : 1 / (1 + Math.Exp(-(double)logits[index]));
            if (entry[score] is not { Kind: JsonKind.Number } got || !(Math.Abs(got.Number - wanted) <= Tolerance))
            {
                return $"Passage {index} has the score {entry[score]?.Text} instead of {wanted}.";
            }

            if (isWhole && call.Documents![index] is { Kind: JsonKind.Object } whole)
            {
                if (entry["document"] is not { } document || !whole.IsSame(document))
                {
                    return $"Passage {index} does not come back whole.";
                }

                continue;
            }

            var text = textOf(entry);
            if (call.ReturnTexts ? text is not { Kind: JsonKind.Text } || text.Text != call.Passages[index] : text is not null)
            {
                return $"Passage {index} has {(call.ReturnTexts ? "another text" : "a text that nobody asked for")}.";
            }
        }

        return null;
    }
}
