namespace Reranker.Client.Connection;

/// <summary>Grains of a cluster that this process may not have reached yet.</summary>
internal static class GrainFactoryExtensions
{
    /// <summary>A grain by its key.</summary>
    /// <exception cref="SiloUnavailableException">The client has not reached its cluster: until then it knows no implementation of any grain.</exception>
    public static TGrain GetReachableGrain<TGrain>(this IGrainFactory grains, long key)
        where TGrain : IGrainWithIntegerKey
    {
        try
        {
            return grains.GetGrain<TGrain>(key);
        }
        catch (ArgumentException exception)
        {
            throw new SiloUnavailableException("The client has not reached its cluster yet.", exception);
        }
    }
}
