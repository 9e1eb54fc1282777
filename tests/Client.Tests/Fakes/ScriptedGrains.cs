using System.Collections.Concurrent;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client.Tests.Fakes;

/// <summary>A grain factory whose grains answer what a test scripts, by the number of the call.</summary>
internal sealed class ScriptedGrains : IGrainFactory
{
    private int _calls;

    /// <summary>Every call with its shard, in order.</summary>
    public ConcurrentQueue<(long Shard, RerankRequest Request, CancellationToken Token)> Calls { get; } = new();

    /// <summary>The answer to call 0, 1, …</summary>
    public Func<int, RerankRequest, CancellationToken, Task<RerankReply>> OnRerank { get; set; } =
        static (_, request, _) => Task.FromResult(Ok(request));

    /// <summary>The silo that says that it is there for a shard; null (default) when none does.</summary>
    public Func<long, string?> Present { get; set; } = static _ => null;

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

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        (TGrainInterface)(object)(IsConnected
            ? typeof(TGrainInterface) == typeof(IRerankGrain) ? new Shard(this, primaryKey) : new FleetGrain(this)
            : throw new ArgumentException("Could not find an implementation for the interface."));

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    private sealed class Shard(ScriptedGrains owner, long key) : IRerankGrain
    {
        public Task<RerankReply> RerankAsync(RerankRequest request, CancellationToken cancellationToken)
        {
            owner.Calls.Enqueue((key, request, cancellationToken));
            return owner.OnRerank(Interlocked.Increment(ref owner._calls) - 1, request, cancellationToken);
        }

        public Task<string> PresentAsync(CancellationToken cancellationToken) =>
            owner.Present(key) is { } silo ? Task.FromResult(silo) : Task.FromException<string>(new TimeoutException());
    }

    private sealed class FleetGrain(ScriptedGrains owner) : IFleetInfoGrain
    {
        public Task<FleetInfo> GetAsync(CancellationToken cancellationToken) => owner.OnFleet(cancellationToken);
    }
}
