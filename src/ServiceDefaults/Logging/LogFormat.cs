namespace Reranker.ServiceDefaults.Logging;

/// <summary>How log lines look on the console; configuration key <c>Reranker:Logs</c>.</summary>
public enum LogFormat
{
    /// <summary>One line of text an event.</summary>
    Plain,

    /// <summary>One JSON object an event.</summary>
    Json,
}
