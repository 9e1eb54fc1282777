namespace Reranker.ServiceDefaults.Configuration;

/// <summary>Looks, before anything is loaded, whether the settings fit the machine: folders that are there, ports that are free.</summary>
public interface IStartCheck
{
    /// <summary>A sentence for each fault, which names the setting. Called only when all settings are valid.</summary>
    Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancellationToken);
}
