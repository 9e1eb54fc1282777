using Reranker.Inference.Models;

namespace Reranker.Grains.Models;

/// <summary>Loads and unloads models on this silo while it runs: its catalog has them then, and its workers their engines.</summary>
public interface IModelHost
{
    /// <summary>What a folder of this machine holds, by its manifest alone.</summary>
    /// <exception cref="ModelFolderException">There is no model, or none that may be loaded at run time.</exception>
    ModelManifest ReadManifest(string folder);

    /// <summary>Loads a model: an engine on every worker, ready and warm, then the catalog's entry. Takes seconds to minutes.</summary>
    /// <param name="placement">Where it is and what it must be.</param>
    /// <param name="cancellationToken">Cancelled when the silo stops.</param>
    /// <exception cref="Exception">It cannot be loaded; then nothing of it is left. The message names no text of requests.</exception>
    Task LoadAsync(ModelPlacement placement, CancellationToken cancellationToken);

    /// <summary>Unloads a model when its queued work is done; does nothing when it is not there.</summary>
    Task UnloadAsync(string identity, CancellationToken cancellationToken);
}
