namespace Reranker.Silo.Hosting;

/// <summary>What a silo serves and with what; configuration section <c>Reranker</c>.</summary>
public sealed class RerankerSiloOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Reranker";

    /// <summary>Folders of imported models; the first is the default model. At least one.</summary>
    public string[] Models { get; set; } = [];

    /// <summary>False for a silo that tokenizes and plans but has no device. Default true.</summary>
    public bool Workers { get; set; } = true;

    /// <summary><c>auto</c>, <c>tensorrt</c>, <c>cuda</c>, <c>cpu</c> or <c>scripted</c>; naming one that cannot be had fails the start. Default <c>auto</c>.</summary>
    public string Engine { get; set; } = "auto";

    /// <summary>Threads of a CPU engine; null takes one a processor. Default null.</summary>
    public int? CpuThreads { get; set; }

    /// <summary>Threads that tokenize; null takes one a processor. Default null.</summary>
    public int? TokenizerThreads { get; set; }

    /// <summary>Longest time a stopping silo spends on the work it has. Default 120 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(120);
}
