namespace Reranker.Tool.Logging;

/// <summary>The event ids of this assembly's log messages.</summary>
internal static class ToolEventIds
{
    public const int Serving = 8001;
}
