namespace Reranker.Grains.Caching;

/// <summary>What a silo remembers of the scores it has given.</summary>
public sealed class ScoreCacheOptions
{
    /// <summary>
    /// Most scores that are kept, those used lately first; an entry takes about 180 bytes. 0, or from 3. Default 0: none.
    /// </summary>
    public int MaxEntries { get; set; }
}
