using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.Selection;

public sealed class PlaceholderScalesTests : IDisposable
{
    private static readonly EngineFactory Factory = EngineFactory.CreateDefault(NullLoggerFactory.Instance);

    private readonly TempFolder _temp = new();
    private readonly EngineOptions _options = new() { Engine = EngineKind.Cpu, CpuThreads = 1, CalibrationTime = TimeSpan.Zero };

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(EngineKind.Cpu)]
    [InlineData(EngineKind.Auto)]
    [InlineData(EngineKind.Scripted)]
    public void A_model_with_placeholder_scales_does_not_load(EngineKind kind)
    {
        var model = ImportWithPlaceholders();

        var error = Assert.Throws<ModelFolderException>(() => Factory.Load(model, _options with { Engine = kind }));

        Assert.Equal(model.Path, error.File);
        Assert.Contains("placeholders", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_benchmark_loads_it()
    {
        var model = ImportWithPlaceholders();

        using var engine = Factory.Load(model, _options with { AllowPlaceholderScales = true });

        Assert.Equal("int8-qdq", engine.Description.Precision);
    }

    // As builds made them that measured no ranges.
    private ModelFolder ImportWithPlaceholders()
    {
        var folder = TinyModels.Import(_temp, precision: ModelPrecision.Int8Qdq).Path;
        var file = Path.Combine(folder, "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(file))!;
        manifest["calibration"] = ModelManifest.PlaceholderCalibration;
        File.WriteAllText(file, manifest.ToJsonString());
        return ModelFolder.Open(folder);
    }
}
