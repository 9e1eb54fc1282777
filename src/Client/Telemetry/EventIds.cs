namespace Reranker.Client.Telemetry;

/// <summary>The event ids of this assembly's log messages.</summary>
internal static class EventIds
{
    public const int AttemptFailed = 3001;
    public const int AttemptOverdue = 3002;
    public const int UnexpectedFailure = 3003;
    public const int ScoreNotFinite = 3004;
    public const int NoSilo = 3005;
    public const int AttemptSlow = 3006;
    public const int ResendRefused = 3007;
}
