using System.Text;
using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Sending;

namespace Reranker.Fuzz.Oracle;

/// <summary>Replies of a batch: a line for each line that is not empty, with the scores or the error of that line alone, and a summary last.</summary>
internal sealed class BatchBodies(CaseTarget target, IPassageScorer scorer)
{
    private static readonly string[] Known = ["line", "custom_id", "status", "response"];
    private static readonly int[] Passing = [429, 503, 504];
    private readonly byte[] _response = "\"response\":"u8.ToArray();

    public async ValueTask<string?> FindFaultAsync(Expected expected, RawReply reply, CancellationToken cancellationToken)
    {
        var lines = ReferenceLines.Split(reply.Body);
        if (reply["Content-Type"] != "application/x-ndjson" || lines.Count < 2 || lines[^1].Length > 0)
        {
            return "The reply has no lines, or its last one has no end.";
        }

        var answered = new HashSet<long>();
        var scored = 0;
        foreach (var line in lines[..^2])
        {
            var result = ReferenceJson.Parse(line);
            if (result["progress"] is not null)
            {
                continue;
            }

            var number = (long)(result["line"]?.Number ?? 0);
            if (result.Fields.Any(static field => !Known.Contains(field.Name)) || !answered.Add(number))
            {
                return $"Line {number} is answered twice, or with other fields.";
            }

            scored += result["status"]?.Number == 200 ? 1 : 0;
            if (!expected.IsCut && await FindLineFaultAsync(expected, number, result, line, reply, cancellationToken) is { } fault)
            {
                return $"Line {number}: {fault}";
            }
        }

        return FindSummaryFault(expected, ReferenceJson.Parse(lines[^2])["summary"], answered.Count, scored);
    }

    private static string? FindSummaryFault(Expected expected, JsonValue? summary, int answered, int scored)
    {
        if (summary is null || summary["scored"]?.Number != scored || summary["failed"]?.Number != answered - scored)
        {
            return "The last line is no summary of the others.";
        }

        return expected.IsCut
            ? summary["complete"]?.Text == "false" && summary["reason"] is not null ? null : "A body that was cut counts as complete."
            : summary["complete"]?.Text != "true" ? "A whole body does not count as complete."
            : summary["lines"]?.Number != expected.LineCount || answered != expected.Lines!.Count ? $"{answered} lines are answered, of {summary["lines"]?.Text}; there are {expected.Lines!.Count} of {expected.LineCount}."
            : null;
    }

    private async ValueTask<string?> FindLineFaultAsync(
        Expected expected, long number, JsonValue result, byte[] line, RawReply reply, CancellationToken cancellationToken)
    {
        var status = (int)(result["status"]?.Number ?? 0);
        if (!expected.Lines!.TryGetValue(number, out var wanted) || (wanted.Name is not null && result["custom_id"]?.Text != wanted.Name))
        {
            return "It is empty, or has another name.";
        }

        // As if it were a reply of its own.
        var start = line.AsSpan().IndexOf(_response) + _response.Length;
        var one = new RawReply(
            status,
            [("Content-Type", "application/json"), ("X-Reranker-Model", target.Identity), ("X-Request-Id", $"{reply["X-Request-Id"]}-{number}")],
            line[start..^1]);
        var scored = wanted.Call is null ? null : await scorer.ScoreAsync(wanted.Call, cancellationToken);
        if (status == 200)
        {
            return scored is null ? $"Status 200 instead of {string.Join(" or ", wanted.Errors)}."
                : scored.Logits is null ? "Scores for a pair that is too long and must not be cut."
                : ScoringBodies.FindFault(one, wanted, wanted.Call!, scored, target);
        }

        return Passing.Contains(status) || wanted.Errors.Contains(status) || (status == 400 && scored is { Logits: null })
            ? ErrorBodies.FindFault(one, ReplyShape.Cohere, mayBeEmpty: false)
            : $"Status {status} instead of {(scored is null ? string.Join(" or ", wanted.Errors) : "200")}: {Encoding.UTF8.GetString(one.Body)}";
    }
}
