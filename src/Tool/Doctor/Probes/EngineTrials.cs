using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Onnx.Synthesis;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Doctor.Probes;

/// <summary>
/// Starts an engine with a small model, as a server does: the files that it loads are not the whole of what can be wrong. Processors
/// run the bundled model; GPUs run one of random weights that is made for it, because the bundled one is INT8 for processors.
/// </summary>
internal static class EngineTrials
{
    private const int Seed = 1;
    private static readonly TimeSpan CalibrationTime = TimeSpan.FromSeconds(1);

    // What TensorRT builds grows with what it has to choose kernels for: one layer of every kind of operator, of which none is large.
    private static readonly ModelShape SmallShape = SyntheticShapes.Mini with { Layers = 1, Hidden = 64, Heads = 1, FeedForward = 64, Vocabulary = 1000, Positions = 66 };

    /// <summary>Starts an engine.</summary>
    /// <param name="engine">Its kind.</param>
    /// <param name="scratch">A folder for what is made, which the caller removes.</param>
    /// <param name="cancellationToken">Ends the making of the model.</param>
    public static async Task<TrialAnswer> RunAsync(string engine, string scratch, CancellationToken cancellationToken)
    {
        var kind = Enum.Parse<EngineKind>(engine);
        var folder = kind == EngineKind.Cpu ? Models.DefaultModel.Path : await MakeModelAsync(scratch, cancellationToken);
        var model = ModelFolder.Open(folder);
        var described = $"{model.Manifest.Name} {model.Manifest.Precision}";
        try
        {
            using var loaded = EngineFactory.CreateDefault(NullLoggerFactory.Instance).Load(model, CreateOptions(kind, scratch));
            return new TrialAnswer(
                engine, described, Problem: null, loaded.Description.Device, Math.Round(loaded.Cost.TokensPerSecond),
                Math.Round(loaded.Description.StartupTime.TotalSeconds, 1));
        }
        catch (EngineUnavailableException e)
        {
            return new TrialAnswer(engine, described, e.Reason, Device: null, 0, 0);
        }
    }

    private static EngineOptions CreateOptions(EngineKind kind, string scratch) => new()
    {
        Engine = kind,
        CalibrationTime = CalibrationTime,
        Devices = kind == EngineKind.Cpu ? [] : [0],
        TensorRt = new TensorRtOptions
        {
            EngineCache = Path.Combine(scratch, "engines"),
            BuilderLevel = 0,
            Profile = new ShapeProfile { OptRows = 4, OptLength = 32, MaxRows = 4, MaxLength = 64 },
        },
    };

    private static async Task<string> MakeModelAsync(string scratch, CancellationToken cancellationToken)
    {
        var (checkpoint, model) = (Path.Combine(scratch, "checkpoint"), Path.Combine(scratch, "model"));
        await CheckpointSynthesizer.WriteAsync(SmallShape, Seed, checkpoint, cancellationToken);
        await CheckpointImporter.ImportAsync(
            checkpoint, model, new ImportOptions { Name = "random", Precision = ModelPrecision.Fp16 }, progress: null, cancellationToken);
        return model;
    }
}
