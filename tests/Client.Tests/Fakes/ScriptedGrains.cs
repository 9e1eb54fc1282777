using System.Collections.Concurrent;
using Reranker.Fleet;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Client.Tests.Fakes;

/// <summary>Grains that answer what a test scripts, by the number of the call.</summary>
internal sealed class ScriptedGrains
{
    private int _calls;
    private int _partQuestions;

    public ScriptedGrains() => Factory = FakeGrains.Create((grain, key) => IsConnected
        ? grain == typeof(IRerankGrain) ? new Shard(this, (long)key) : new FleetGrain(this)
        : throw new ArgumentException("Could not find an implementation for the interface."));

    /// <summary>What hands them out.</summary>
    public IGrainFactory Factory { get; }

    /// <summary>Every call with its shard, in order.</summary>
    public ConcurrentQueue<(long Shard, RerankRequest Request, CancellationToken Token)> Calls { get; } = new();

    /// <summary>The answer to call 0, 1, …</summary>
    public Func<int, RerankRequest, CancellationToken, Task<RerankReply>> OnRerank { get; set; } =
        static (_, request, _) => Task.FromResult(Ok(request));

    /// <summary>The silo that says that it is there for a shard; null (default) when none does.</summary>
    public Func<long, string?> Present { get; set; } = static _ => null;

    /// <summary>What a shard does that is asked who is there; by default it says what <see cref="Present"/> says.</summary>
    public Func<long, CancellationToken, Task<string>>? OnPresence { get; set; }

    /// <summary>What a shard does that is asked for parts, by their name; by default it is of a release that does not know the question.</summary>
    public Func<Guid, CancellationToken, Task<RerankParts>> OnParts { get; set; } =
        static (_, _) => Task.FromException<RerankParts>(new NotSupportedException("No such method."));

    /// <summary>Number of questions for parts.</summary>
    public int PartQuestions => Volatile.Read(ref _partQuestions);

    public Func<CancellationToken, Task<FleetInfo>> OnFleet { get; set; } =
        static _ => Task.FromResult(new FleetInfo { Models = [], Workers = [] });

    /// <summary>False: as with a client that has not reached its cluster, no grain has an implementation.</summary>
    public bool IsConnected { get; set; } = true;

    public static RerankReply Ok(RerankRequest request, FleetHint hint = default) => new()
    {
        Outcome = RerankOutcome.Ok,
        Logits = [.. request.Passages.Select(static passage => (float)passage.Length)],
        PairTokens = [.. request.Passages.Select(static passage => passage.Length + 4)],
        Model = "m",
        ModelIdentity = "id",
        Hint = hint,
    };

    public static Task<RerankReply> Never(CancellationToken cancellationToken)
    {
        var source = new TaskCompletionSource<RerankReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(() => source.TrySetCanceled(cancellationToken));
        return source.Task;
    }

    private sealed class Shard(ScriptedGrains owner, long key) : IRerankGrain
    {
        public Task<RerankReply> RerankAsync(RerankRequest request, CancellationToken cancellationToken)
        {
            owner.Calls.Enqueue((key, request, cancellationToken));
            return owner.OnRerank(Interlocked.Increment(ref owner._calls) - 1, request, cancellationToken);
        }

        public Task<RerankParts> AwaitPartsAsync(Guid partsId, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref owner._partQuestions);
            return owner.OnParts(partsId, cancellationToken);
        }

        public Task<string> ConfirmPresenceAsync(CancellationToken cancellationToken) =>
            owner.OnPresence?.Invoke(key, cancellationToken)
            ?? (owner.Present(key) is { } silo ? Task.FromResult(silo) : Task.FromException<string>(new TimeoutException()));
    }

    private sealed class FleetGrain(ScriptedGrains owner) : IFleetInfoGrain
    {
        public Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken) => owner.OnFleet(cancellationToken);
    }
}
