using Microsoft.Extensions.Options;
using Reranker.Inference.Models;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Configuration;
using Reranker.Silo.Settings;

namespace Reranker.Silo.Models;

/// <summary>Checks that every configured model is there, by its manifest; the files are hashed when they are loaded, which may take minutes.</summary>
internal sealed class ModelFoldersCheck(IOptions<RerankerSiloOptions> options, IConfiguration configuration) : IStartCheck
{
    private const string Precision = $"{RerankerSiloOptions.Section}:{nameof(RerankerSiloOptions.Precision)}";
    private const string Models = $"{RerankerSiloOptions.Section}:{nameof(RerankerSiloOptions.Models)}";

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var names = new List<string>();
        foreach (var (key, path) in options.Value.Models)
        {
            try
            {
                var manifest = ModelFolder.ReadManifest(path);
                names.Add(RerankerSiloOptions.IsPosition(key) ? manifest.Name : key);
                if (FindPrecisionFault(manifest, options.Value.FindPrecision(key)) is { } fault)
                {
                    faults.Add($"{Models}:{key} {fault}");
                }
            }
            catch (ModelFolderException) when (!Directory.Exists(path))
            {
                faults.Add($"{Models}:{key} is '{path}', and there is no such folder{(Path.IsPathRooted(path) ? "" : $" in {Directory.GetCurrentDirectory()}")}.");
            }
            catch (Exception e) when (e is ModelFolderException or IOException or UnauthorizedAccessException)
            {
                faults.Add($"{Models}:{key} cannot be used: {e.Message}.");
            }
        }

        if (faults.Count == 0 && options.Value.DefaultModel is { } chosen && !names.Contains(chosen))
        {
            faults.Add($"{RerankerSiloOptions.Section}:{nameof(RerankerSiloOptions.DefaultModel)} is '{chosen}', and the models are {string.Join(", ", names)}.");
        }

        return Task.FromResult<IReadOnlyList<string>>(faults);
    }

    // A name has one precision in a whole fleet: where each silo chose for itself, scores would depend on who answers.
    private string? FindPrecisionFault(ModelManifest manifest, string? asked)
    {
        string[] held = manifest.Precisions is { } several ? [.. several.Select(p => p.Precision)] : [manifest.Precision];
        if (asked is not null)
        {
            return held.Contains(asked) ? null : $"holds {string.Join(", ", held)} and not {asked}, which {Precision} asks for.";
        }

        return held.Length > 1 && (!options.Value.Workers || ClusterSettings.ReadSettings(configuration).Kind != ClusteringKind.InProcess)
            ? $"holds {string.Join(", ", held)}; {Precision} must say which one the cluster serves."
            : null;
    }
}
