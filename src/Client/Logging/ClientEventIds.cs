namespace Reranker.Client.Logging;

/// <summary>Every event id of this assembly; a number is never used again for something else.</summary>
internal static class ClientEventIds
{
    public const int AttemptLost = 3001;
    public const int AttemptOverdue = 3002;
    public const int RequestBroken = 3003;
    public const int ScoreNotFinite = 3004;
    public const int NoSilo = 3005;
    public const int AttemptWaiting = 3006;
    public const int ResendRefused = 3007;
    public const int HostNotResolved = 3008;
    public const int SiloRefused = 3009;
    public const int ModelWithoutMap = 3010;
    public const int PartsLost = 3011;
    public const int PartsWrong = 3012;
}
