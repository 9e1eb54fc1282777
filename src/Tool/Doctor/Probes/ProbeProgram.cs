namespace Reranker.Tool.Doctor.Probes;

/// <summary>The program that children run: this one, with a command that nobody types.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">What stands before the arguments of a probe.</param>
internal sealed record ProbeProgram(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>The command.</summary>
    public const string Command = "doctor-probe";

    /// <summary>Begins the line of an answer. Native libraries write to standard output too.</summary>
    public const string Mark = "reranker-probe:";

    /// <summary>This program, however it was started: by itself, or by <c>dotnet</c>.</summary>
    public static ProbeProgram Own => Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? new ProbeProgram(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, $"{typeof(ProbeProgram).Assembly.GetName().Name}.dll"), Command])
        : new ProbeProgram(Environment.ProcessPath!, [Command]);
}
