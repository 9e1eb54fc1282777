using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cpu;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Selection;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines.Cpu;

public sealed class SharedSessionsTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Engines_of_one_model_share_a_session_until_the_last_one_ends()
    {
        var model = TinyModels.Import(_temp);
        var graph = model.FindGraphPath("padded")!;
        var sessions = new SharedSessions();
        var first = sessions.Open(model.Manifest.Identity, graph, OnnxSessions.CreateOptions);
        var second = sessions.Open(model.Manifest.Identity, graph, OnnxSessions.CreateOptions);

        Assert.Same(first.Session, second.Session);
        first.Dispose();
        first.Dispose();
        using (var third = sessions.Open(model.Manifest.Identity, graph, OnnxSessions.CreateOptions))
        {
            Assert.Same(second.Session, third.Session);
        }

        second.Dispose();
        using var later = sessions.Open(model.Manifest.Identity, graph, OnnxSessions.CreateOptions);
        Assert.NotSame(second.Session, later.Session);
    }

    /// <summary>A folder is replaced while engines still run what it held before: each scores with its own model.</summary>
    [Fact]
    public void A_model_that_took_the_place_of_another_one_is_not_run_as_that()
    {
        var factory = EngineFactory.CreateDefault(NullLoggerFactory.Instance);
        var options = new EngineOptions { Engine = EngineKind.Cpu, CpuThreads = 1, CalibrationTime = TimeSpan.Zero };
        int[] pair = [0, 5, 9, 2];
        using var before = factory.Load(TinyModels.Import(_temp, seed: 5), options);
        var expectedBefore = new ReferenceModel(TinyModels.Checkpoint(_temp)).Score(pair);
        var folder = _temp["model"];
        Directory.Move(folder, _temp["aside"]);
        Directory.Delete(TinyModels.Checkpoint(_temp), recursive: true);

        using var after = factory.Load(TinyModels.Import(_temp, seed: 6), options);
        var expectedAfter = new ReferenceModel(TinyModels.Checkpoint(_temp)).Score(pair);

        Assert.NotEqual(before.Description.ModelIdentity, after.Description.ModelIdentity);
        Assert.NotEqual(expectedBefore, expectedAfter, 1e-3);
        Assert.Equal(expectedBefore, Score(before, pair), 1e-3);
        Assert.Equal(expectedAfter, Score(after, pair), 1e-3);
    }

    private static float Score(IInferenceEngine engine, int[] pair)
    {
        using var lane = engine.CreateLane();
        return LaneCases.Score(lane, pair)[0];
    }
}
