using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Tool.Hub;
using Reranker.Tool.Input;

namespace Reranker.Tool.Models;

/// <summary>From what a person names to a model folder.</summary>
/// <param name="name">A path, a name of the hub, or a known model's alias.</param>
/// <param name="precision">The precision that is asked for; null for the fastest of this machine.</param>
/// <param name="engine">The engine that is asked for.</param>
internal sealed class ModelFinder(string name, ModelPrecision? precision, EngineKind engine)
{
    private IReadOnlyList<ModelPrecision> Precisions => precision is null ? FastestPrecisions.List(engine) : [precision];

    /// <summary>The folder, of a model that is on this machine.</summary>
    /// <exception cref="InputException">It is a model of the hub that was not imported here, or no name of a model.</exception>
    public string FindFolder()
    {
        var named = ModelNaming.Parse(name, static _ => { });
        if (named.Folder is { } folder)
        {
            return !IsForeign(folder) ? folder : ImportedModels.FindLocal(folder) ?? throw new InputException(
                $"{folder} holds an ONNX file that was not imported: 'reranker import {folder} --out DIR' does it, and so do 'reranker serve' and 'reranker rank'");
        }

        return ImportedModels.Find(named.Hub!, Precisions) ?? throw new InputException(
            $"{named.Hub} is not on this machine in {string.Join(", ", Precisions)}: 'reranker serve --model {named.Hub}' or 'reranker rank' fetches and imports it");
    }

    /// <summary>Sees to it that <see cref="FindFolder"/> finds one: fetches and imports a model of the hub that is not here yet.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var named = ModelNaming.Parse(name, Console.Error.WriteLine);
        if (named.Folder is { } folder && IsForeign(folder) && ImportedModels.FindLocal(folder) is null)
        {
            await ImportedModels.ImportLocalAsync(folder, cancellationToken);
        }

        if (named.Hub is { } hub && ImportedModels.Find(hub, Precisions) is null)
        {
            var pulled = await HubModels.FindOrPullAsync(hub, cancellationToken);
            await ImportedModels.ImportAsync(pulled, Precisions, ChoosePrecisions(pulled), cancellationToken);
        }
    }

    private static bool IsForeign(string folder) => Directory.Exists(folder) && OnnxImporter.IsForeign(folder);

    private IReadOnlyList<ModelPrecision> ChoosePrecisions(PulledModel pulled)
        => precision is null && !ImportSupport.HasPackedGraphs(Path.Combine(pulled.Folder, NeededFiles.Config))
            ? FastestPrecisions.ListWithoutPacked(engine)
            : Precisions;
}
