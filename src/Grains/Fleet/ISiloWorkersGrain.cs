using Orleans.Concurrency;

namespace Reranker.Grains.Fleet;

/// <summary>
/// Describes the workers of the silo that the key names. Orleans' silo metadata would not do: it is fixed when the
/// host is built and fetched while a silo is still joining, before its models are loaded, and a failed fetch is
/// remembered for minutes.
/// </summary>
[Alias("reranker.silo-workers")]
internal interface ISiloWorkersGrain : IGrainWithStringKey
{
    /// <summary>The silo's workers as they are now.</summary>
    [Alias("describe"), AlwaysInterleave]
    Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken);
}
