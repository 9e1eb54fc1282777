using Microsoft.Extensions.Options;
using Reranker.Inference.Models;
using Reranker.ServiceDefaults.Configuration;
using Reranker.Silo.Settings;

namespace Reranker.Silo.Models;

/// <summary>Checks that every configured model is there, by its manifest; the files are hashed when they are loaded, which may take minutes.</summary>
internal sealed class ModelFoldersCheck(IOptions<RerankerSiloOptions> options) : IStartCheck
{
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
}
