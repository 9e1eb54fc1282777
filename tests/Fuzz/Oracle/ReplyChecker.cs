using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Requests;
using Reranker.Fuzz.Sending;

namespace Reranker.Fuzz.Oracle;

/// <summary>Holds a reply against what it may be.</summary>
internal sealed class ReplyChecker(CaseTarget target, IPassageScorer scorer)
{
    // Those that may be sent again: the fleet has too much to do, or the deadline was too short.
    private static readonly int[] Passing = [429, 503, 504];

    private readonly BatchBodies _batches = new(target, scorer);

    /// <summary>What is wrong with it, in a sentence; null when nothing is.</summary>
    public async ValueTask<string?> FindFaultAsync(FuzzRequest request, Expected expected, Exchange exchange, CancellationToken cancellationToken)
    {
        if (exchange.Fault is { } fault)
        {
            return fault;
        }

        if (exchange.Reply is not { } reply)
        {
            return expected.MayEnd ? null : "The connection ended without a reply.";
        }

        if (reply.Status is >= 500 and not (501 or 503 or 504 or 505))
        {
            return $"Status {reply.Status} is a defect.";
        }

        if (expected.IsOpen)
        {
            return ErrorBodies.FindFault(reply, ReplyShape.Any, mayBeEmpty: true, isSuccessOpen: true);
        }

        if (reply.Status == 200 && expected.Lines is not null)
        {
            return IdFault(request, reply, expected) ?? await _batches.FindFaultAsync(expected, reply, cancellationToken);
        }

        if (reply.Status == expected.Success || (reply.Status == 200 && expected.Call is not null))
        {
            return expected.Call is { } call
                ? await FindScoringFaultAsync(request, expected, call, reply, cancellationToken)
                : SuccessBodies.FindFault(request, reply, target);
        }

        if (Passing.Contains(reply.Status) && request.Route.Kind != RouteKind.Unknown)
        {
            return ErrorBodies.FindFault(reply, expected.ErrorShape, mayBeEmpty: request.Method == "HEAD");
        }

        if (reply.Status == 405 && expected.Errors.Contains(405) && !request.HasOddHead && reply["Allow"] is null)
        {
            return "Status 405 that does not name the methods it takes.";
        }

        if (expected.Errors.Contains(reply.Status))
        {
            return ErrorBodies.FindFault(reply, expected.ErrorShape, expected.MayBeEmpty || request.Method == "HEAD", isSuccessOpen: true) ?? IdFault(request, reply, expected);
        }

        // A pair that is too long is known only from the tokens.
        if (expected.Call is { } tooLong && (reply.Status is 400 or 422) && (await scorer.ScoreAsync(tooLong, cancellationToken)).Logits is null)
        {
            return reply.Status == (expected.Shape == ReplyShape.Tei ? 422 : 400)
                ? ErrorBodies.FindFault(reply, expected.ErrorShape, mayBeEmpty: false)
                : $"Status {reply.Status} for a pair that is too long.";
        }

        var wanted = string.Join(", ", expected.Errors.Order());
        var right = expected.Call is not null ? "200 with scores" : expected.Success?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return $"Status {reply.Status} instead of {string.Join(" or ", new[] { right, wanted }.Where(static s => !string.IsNullOrEmpty(s)))}.";
    }

    private async ValueTask<string?> FindScoringFaultAsync(
        FuzzRequest request, Expected expected, ReferenceCall call, RawReply reply, CancellationToken cancellationToken)
    {
        var scored = await scorer.ScoreAsync(call, cancellationToken);
        if (scored.Logits is null)
        {
            return "Scores for a pair that is too long and must not be cut.";
        }

        if (IdFault(request, reply, expected) is { } idFault)
        {
            return idFault;
        }

        if (scored.Truncated != -1 && reply["X-Reranker-Truncated"] != scored.Truncated?.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            return $"X-Reranker-Truncated is {reply["X-Reranker-Truncated"] ?? "missing"} instead of {scored.Truncated?.ToString() ?? "missing"}.";
        }

        return ScoringBodies.FindFault(reply, expected, call, scored, target);
    }

    private static string? IdFault(FuzzRequest request, RawReply reply, Expected expected)
    {
        if (request.Route.Kind is not (RouteKind.Score or RouteKind.Batch) || expected.MayBeEmpty || request.Method != "POST")
        {
            return null;
        }

        var (sent, got) = (request.Header("X-Request-Id"), reply["X-Request-Id"]);
        var isSafe = sent is { Length: > 0 and <= 128 } && sent.All(IsSafe);
        return got is not { Length: > 0 and <= 128 } || !got.All(IsSafe) ? "X-Request-Id is missing or not safe."
            : isSafe && got != sent ? "X-Request-Id is not the one of the request."
            : null;

        static bool IsSafe(char c) => char.IsAsciiLetterOrDigit(c) || "-_.:".Contains(c);
    }
}
