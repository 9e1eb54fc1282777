using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Benchmarking.Tests;

/// <summary>One checkpoint of a few thousand parameters, imported in two precisions.</summary>
public sealed class ImportedModels : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    public ModelFolder Fp32 => ModelFolder.Open(_folder[ModelPrecision.Fp32.Name]);

    public ModelFolder Fp16 => ModelFolder.Open(_folder[ModelPrecision.Fp16.Name]);

    public async ValueTask InitializeAsync()
    {
        TinyCheckpoints.Write(_folder["checkpoint"], TinyCheckpoints.Shape(), seed: 7);
        foreach (var precision in new[] { ModelPrecision.Fp32, ModelPrecision.Fp16 })
        {
            await CheckpointImporter.ImportAsync(
                _folder["checkpoint"], _folder[precision.Name], new ImportOptions { Precision = precision, Name = "tiny" }, progress: null, CancellationToken.None);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
