using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.ClusterKit;

/// <summary>A model folder that a silo opens in no time: its tokenizer and limits are real, its scores come from the scripted engine.</summary>
public sealed class ScriptedModel : IAsyncLifetime
{
    private readonly TempFolder _temp = new();

    public string Folder => _temp["model"];

    public async ValueTask InitializeAsync()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(positions: 258), seed: 1);
        await CheckpointImporter.ImportAsync(
            _temp["checkpoint"], Folder, new ImportOptions { Precision = ModelPrecision.Fp32, Name = "tiny" }, progress: null, CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        _temp.Dispose();
        return ValueTask.CompletedTask;
    }
}
