namespace Reranker.ServiceDefaults.Logging;

/// <summary>The event ids of this assembly's log messages.</summary>
internal static class EventIds
{
    public const int NoStore = 5002;
    public const int LinesLeftOut = 5003;
    public const int FormerSelfStays = 5010;
}
