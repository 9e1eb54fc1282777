namespace Reranker.Grains.Logging;

/// <summary>Every event id of this assembly; a number is never used again for something else.</summary>
internal static class GrainsEventIds
{
    public const int SiloDescribed = 2001;
    public const int SiloSilent = 2002;
    public const int MembershipLost = 2003;
    public const int LoadUnknown = 2004;
    public const int WorkersStarted = 2011;
    public const int WorkersStopped = 2012;
    public const int ShardsWarm = 2013;
    public const int ShardsCold = 2014;
    public const int AttemptLost = 2021;
    public const int AttemptFailed = 2022;
    public const int AttemptInvalid = 2023;
    public const int AttemptStuck = 2024;
    public const int SiloHung = 2025;
    public const int RequestRestarted = 2031;
    public const int RequestBroken = 2032;
    public const int ModelLoading = 2041;
    public const int ModelLoaded = 2042;
    public const int ModelFailed = 2043;
    public const int ModelRetiring = 2044;
    public const int ModelUnloaded = 2045;
    public const int ModelDisturbed = 2046;
    public const int ModelsTold = 2047;
    public const int AdminRefused = 2051;
}
