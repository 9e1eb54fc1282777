namespace Reranker.Grains.Requests;

/// <summary>Activates a shard of the request grain without a request.</summary>
[Alias("reranker.shard-warm-up")]
internal interface IShardWarmUp : IGrainWithIntegerKey
{
    /// <summary>Does nothing; having been called is enough.</summary>
    [Alias("warm")]
    Task WarmAsync();
}
