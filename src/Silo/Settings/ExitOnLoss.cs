namespace Reranker.Silo.Settings;

/// <summary>When a process ends because its workers lost their devices.</summary>
public enum ExitOnLoss
{
    /// <summary>When the last worker is lost; until then the others serve on.</summary>
    Last,

    /// <summary>When any worker is lost, after the others have finished what they have.</summary>
    Any,

    /// <summary>Never: the process stays, not ready once no worker is left.</summary>
    Never,
}
