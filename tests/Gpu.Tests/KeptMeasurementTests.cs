using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Cluster;
using Reranker.TestKit.Reference;

namespace Reranker.Gpu.Tests;

/// <summary>What a start of the CUDA engine leaves for the next one; skipped with the engine's own reason where it does not work.</summary>
public sealed class KeptMeasurementTests : IDisposable
{
    private const double Tolerance = 0.02;

    private static readonly ModelShape Shape =
        TinyCheckpoints.Shape(layers: 2, heads: 4, headSize: 32, feedForward: 256, vocabulary: 500, positions: 258);

    // More than 1,024 tokens: below, no kernel is chosen by measuring.
    private static readonly ReadOnlyMemory<int>[] Batch = [.. Enumerable.Range(0, 24).Select(i => new ReadOnlyMemory<int>([.. Enumerable.Range(0, 60 + i).Select(t => 4 + ((t * 31) + i) % 490)]))];

    private readonly TempFolder _temp = new();
    private readonly CapturingLoggerProvider _logs = new();

    public void Dispose()
    {
        _temp.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task A_second_start_multiplies_with_the_kernels_of_the_first_and_a_third_one_does_without_a_file_that_was_spoilt()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], Shape, seed: 17);
        var import = new ImportOptions { Precision = ModelPrecision.Fp16, Name = "tiny" };
        await CheckpointImporter.ImportAsync(_temp["checkpoint"], _temp["model"], import, null, TestContext.Current.CancellationToken);
        var first = StartAndScore();
        var folder = Assert.Single(Directory.GetDirectories(_temp["cuda"]));
        Assert.Equal(["costs.json", "kernels.json", "key.txt"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.DoesNotContain(_logs.Lines, Reuses);

        var second = StartAndScore();

        Assert.Contains(_logs.Lines, Reuses);
        Assert.Equal(first, second);
        foreach (var file in Directory.GetFiles(folder))
        {
            File.WriteAllText(file, File.ReadAllText(file)[..^40]);
        }

        _logs.Lines.Clear();
        var third = StartAndScore();

        Assert.DoesNotContain(_logs.Lines, Reuses);
        Assert.All(first.Zip(third), scores => Assert.Equal(scores.First, scores.Second, Tolerance));
    }

    private static bool Reuses(string line) => line.Contains(" kernels of matrix products that an earlier start chose", StringComparison.Ordinal);

    private float[] StartAndScore()
    {
        var options = new EngineOptions { Engine = EngineKind.Cuda, Cuda = new CudaOptions { MeasurementCache = _temp["cuda"] } };
        using var loggers = LoggerFactory.Create(b => b.AddProvider(_logs).SetMinimumLevel(LogLevel.Debug));
        try
        {
            using var engine = EngineFactory.CreateDefault(loggers).Load(ModelFolder.Open(_temp["model"]), options);
            using var lane = engine.CreateLane();
            var logits = new float[Batch.Length];
            lane.Run(Batch, logits);
            return logits;
        }
        catch (EngineUnavailableException e)
        {
            Assert.Skip(e.Reason);
            throw;
        }
    }
}
