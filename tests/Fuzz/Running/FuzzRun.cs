using System.Collections.Concurrent;
using System.Text;
using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Oracle;
using Reranker.Fuzz.Requests;
using Reranker.Fuzz.Sending;

namespace Reranker.Fuzz.Running;

/// <summary>Sends cases over many connections and holds every reply against what it may be.</summary>
internal sealed class FuzzRun(Uri url, CaseSource cases, Reading reading, ReplyChecker checker, TimeSpan slack)
{
    private long _next;
    private long _done;
    private long _last;

    public FuzzCounts Counts { get; } = new();

    public ConcurrentQueue<FuzzFailure> Failures { get; } = new();

    public long Done => Interlocked.Read(ref _done);

    /// <summary>Sends the cases of a range.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="connections">How many at the same time.</param>
    /// <param name="mostFailures">Ends early after so many failures.</param>
    /// <param name="cancellationToken">Ends early; what is under way is dropped.</param>
    public async Task RunAsync(long first, long count, int connections, int mostFailures, CancellationToken cancellationToken)
    {
        (_next, _last) = (first - 1, first + count - 1);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => SendAsync(mostFailures, cancellationToken), cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task SendAsync(int mostFailures, CancellationToken cancellationToken)
    {
        using var sender = new RawSender(url, slack);
        for (long index; (index = Interlocked.Increment(ref _next)) <= _last && Failures.Count < mostFailures;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var request = cases.Create(index);
            var expected = reading.Read(request);
            var exchange = await sender.SendAsync(request, expected.Deadline, cancellationToken);
            Counts.Add(GroupOf(request, expected), exchange.Reply?.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none");
            if (await checker.FindFaultAsync(request, expected, exchange, cancellationToken) is { } fault)
            {
                Failures.Enqueue(new FuzzFailure(index, fault, string.Join(' ', request.Mutations), exchange.Bytes, Describe(exchange.Reply)));
            }

            Interlocked.Increment(ref _done);
        }
    }

    private static string GroupOf(FuzzRequest request, Expected expected) =>
        request.Flip is not null ? "any bytes"
        : request.Route.Kind != RouteKind.Score ? request.Route.Kind.ToString().ToLowerInvariant()
        : request.Route.Path + (expected.Shape == ReplyShape.Tei ? " texts" : "");

    private static string Describe(RawReply? reply) => reply is null
        ? "no reply"
        : $"{reply.Status}\n{string.Join('\n', reply.Headers.Select(static header => $"{header.Name}: {header.Value}"))}\n\n{Encoding.UTF8.GetString(reply.Body)}";
}
