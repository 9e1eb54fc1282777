namespace Reranker.ServiceDefaults.Configuration;

/// <summary>Settings that stop the start.</summary>
/// <param name="faults">A sentence for each, which names the setting and holds no secret.</param>
public sealed class SettingsException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>A sentence for each fault, which names the setting and holds no secret.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
