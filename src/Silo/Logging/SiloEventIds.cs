namespace Reranker.Silo.Logging;

/// <summary>Every event id of this assembly; a number is never used again for something else.</summary>
internal static class SiloEventIds
{
    public const int ModelFound = 6001;
    public const int DevicesLost = 6002;
}
