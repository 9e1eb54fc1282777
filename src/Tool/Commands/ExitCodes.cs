using Reranker.Silo.Hosting;

namespace Reranker.Tool.Commands;

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    /// <summary>The command did what it was asked to.</summary>
    public const int Success = 0;

    /// <summary>The command was understood and failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>It was told to stop before it had ended, as shells report Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>The server lost its devices, and a new process may have them back.</summary>
    public const int DeviceLost = SiloExitCodes.DeviceLost;
}
