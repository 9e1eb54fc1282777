namespace Reranker.Client.Attempts;

/// <summary>
/// Why an attempt is started, values of the metric's <c>reason</c> tag; beside these there are the reasons of
/// <see cref="Reranker.Attempts.TransportFaults"/>.
/// </summary>
internal static class AttemptReasons
{
    /// <summary>It is the request's first.</summary>
    public const string First = "first";

    /// <summary>Nobody answers for an earlier one, beside which it is started.</summary>
    public const string Overdue = "overdue";

    /// <summary>The silo of the one before found no worker.</summary>
    public const string Unavailable = "unavailable";
}
