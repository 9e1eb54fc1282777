namespace Reranker.ServiceDefaults.Logging;

/// <summary>How logs look; configuration section <c>Reranker</c>.</summary>
public sealed class LogSettings
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Reranker";

    /// <summary>Format of the lines. Default plain.</summary>
    public LogFormat Logs { get; set; } = LogFormat.Plain;
}
