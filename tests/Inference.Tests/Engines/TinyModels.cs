using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines;

/// <summary>Imported models of a few thousand parameters.</summary>
internal static class TinyModels
{
    public static string Checkpoint(TempFolder temp) => temp["checkpoint"];

    public static ModelFolder Import(TempFolder temp, int seed = 5, ModelPrecision? precision = null, ModelShape? shape = null)
    {
        TinyCheckpoints.Write(Checkpoint(temp), shape ?? TinyCheckpoints.Shape(), seed);
        var options = new ImportOptions { Precision = precision ?? ModelPrecision.Fp32, Name = "tiny" };
        CheckpointImporter.ImportAsync(Checkpoint(temp), temp["model"], options, null, CancellationToken.None).GetAwaiter().GetResult();
        return ModelFolder.Open(temp["model"]);
    }
}
