using System.Buffers.Binary;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Models;
using Reranker.TestKit;
using Reranker.TestKit.Reference;
using Reranker.Tool.Commands;
using Reranker.Tool.Models;
using Reranker.Tool.Tests.Triton.Wire;
using Reranker.Tool.Triton;

namespace Reranker.Tool.Tests.Triton;

public sealed class TritonExportTests : IDisposable
{
    private static readonly TritonOptions Options = new(MaxBatch: 24, MaxTokens: null, Instances: 2, TimeSpan.FromMicroseconds(100), UsesTensorRt: true);
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_bundled_model_becomes_a_repository_for_cpus_with_everything_that_its_config_names()
    {
        var error = new StringWriter();
        Assert.True(await ToolCommandLine.RunAsync(["export", "triton", _temp["repository"], "--instances", "2"], TextWriter.Null, error) == ExitCodes.Success, error.ToString());
        var folder = Path.Combine(_temp["repository"], "reranker-mini");

        var config = await ParseAsync(await File.ReadAllTextAsync(Path.Combine(folder, "config.pbtxt"), TestContext.Current.CancellationToken));

        Assert.Equal(("reranker-mini", "onnxruntime", "model.onnx", 1), (config.Name, config.Backend, config.DefaultModelFilename, config.MaxBatchSize));
        Assert.Equal(["input_ids", "attention_mask"], config.Input.Select(static input => input.Name));
        Assert.All(config.Input, static input => Assert.Equal((DataType.TypeInt64, -1), (input.DataType, Assert.Single(input.Dims))));
        Assert.Equal(("logits", DataType.TypeFp32, 1), (config.Output[0].Name, config.Output[0].DataType, config.Output[0].Dims[0]));
        Assert.Equal((2, ModelInstanceGroup.Types.Kind.Cpu), (config.InstanceGroup[0].Count, config.InstanceGroup[0].Kind));
        Assert.Null(config.Optimization);
        Assert.True(config.DynamicBatching.DefaultQueuePolicy.AllowTimeoutOverride);
        Assert.Equal(ModelFolder.ReadManifest(DefaultModel.Path).Identity, config.Parameters["reranker.identity"].StringValue);
        var model = ModelFolder.Open(DefaultModel.Path);
        Assert.Equal(await File.ReadAllBytesAsync(model.FindGraphPath("padded")!, TestContext.Current.CancellationToken), await ReadAsync(folder, "1", "model.onnx"));
        Assert.Equal(await File.ReadAllBytesAsync(model.WeightsPath, TestContext.Current.CancellationToken), await ReadAsync(folder, "1", "weights.bin"));
        var warmup = Assert.Single(config.ModelWarmup);
        foreach (var (name, input) in warmup.Inputs)
        {
            var bytes = await ReadAsync(folder, "warmup", input.InputDataFile);
            Assert.Equal(input.Dims[0] * sizeof(long), bytes.Length);
            Assert.Equal(name == "attention_mask" ? 1 : 0, BinaryPrimitives.ReadInt64LittleEndian(bytes));
        }
    }

    [Fact]
    public async Task Of_a_folder_with_several_precisions_the_named_one_comes_with_all_its_weights()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);
        Assert.Equal(ExitCodes.Success, await ToolCommandLine.RunAsync(
            ["import", _temp["checkpoint"], "--out", _temp["model"], "--precision", "fp32,fp16", "--gate", "skip", "--name", "tiny"], TextWriter.Null, TextWriter.Null));
        Assert.NotEqual(ExitCodes.Success, await ToolCommandLine.RunAsync(["export", "triton", _temp["repository"], "--model", _temp["model"]], TextWriter.Null, TextWriter.Null));

        Assert.Equal(ExitCodes.Success, await ToolCommandLine.RunAsync(
            ["export", "triton", _temp["repository"], "--model", _temp["model"], "--precision", "fp32"], TextWriter.Null, TextWriter.Null));

        using var session = new InferenceSession(Path.Combine(_temp["repository"], "tiny", "1", "model.onnx"));
        Assert.Equal(["logits"], session.OutputNames);
    }

    [Theory]
    [InlineData("fp16", "FP16", true)]
    [InlineData("fp32", "FP32", false)]
    [InlineData("int8-qdq", "INT8", false)]
    public async Task A_model_for_gpus_is_run_by_tensorrt_in_its_precision_and_within_its_profile(string precision, string mode, bool fallback)
    {
        var manifest = ModelFolder.ReadManifest(DefaultModel.Path) with { Precision = precision, OnePairPerRun = false, MaxPairTokens = 8192, Name = "a \"b\" ä\n" };

        var config = await ParseAsync(TritonConfig.Write(manifest, Options));

        var accelerator = Assert.Single(config.Optimization.ExecutionAccelerators.GpuExecutionAccelerator);
        Assert.Equal("tensorrt", accelerator.Name);
        Assert.Equal(mode, accelerator.Parameters["precision_mode"]);
        Assert.Equal(fallback, accelerator.Parameters.ContainsKey("trt_layer_norm_fp32_fallback"));
        Assert.Equal("input_ids:24x512,attention_mask:24x512", accelerator.Parameters["trt_profile_max_shapes"]);
        Assert.Equal(manifest.Name, config.Name);
        Assert.Equal((24, ModelInstanceGroup.Types.Kind.Gpu), (config.MaxBatchSize, config.InstanceGroup[0].Kind));
        Assert.Equal(100ul, config.DynamicBatching.MaxQueueDelayMicroseconds);
        Assert.Equal(24u, config.ModelWarmup[0].BatchSize);
        Assert.Equal(512, config.ModelWarmup[0].Inputs["input_ids"].Dims[0]);
    }

    [Fact]
    public async Task Without_tensorrt_no_accelerator_is_named()
    {
        var manifest = ModelFolder.ReadManifest(DefaultModel.Path) with { Precision = "fp16", OnePairPerRun = false };

        Assert.Null((await ParseAsync(TritonConfig.Write(manifest, Options with { UsesTensorRt = false }))).Optimization);
    }

    [Fact]
    public async Task The_parser_refuses_a_field_that_is_not_tritons()
    {
        var (config, error) = await Protoc.ParseAsync("name: \"a\"\nmax_batch: 3\n");

        Assert.Null(config);
        Assert.Contains("max_batch", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_there_is_not_overwritten_and_a_limit_beyond_the_models_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_temp["repository"], "reranker-mini"));
        var (first, second) = (new StringWriter(), new StringWriter());

        Assert.Equal(ExitCodes.Failure, await ToolCommandLine.RunAsync(["export", "triton", _temp["repository"]], TextWriter.Null, first));
        Assert.Equal(ExitCodes.Failure, await ToolCommandLine.RunAsync(["export", "triton", _temp["other"], "--max-tokens", "1000"], TextWriter.Null, second));

        Assert.Contains("is there already", first.ToString(), StringComparison.Ordinal);
        Assert.Contains("at most 512", second.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temp["other"]));
    }

    private static async Task<ModelConfig> ParseAsync(string text)
    {
        var (config, error) = await Protoc.ParseAsync(text);
        Assert.True(config is not null, error);
        return config;
    }

    private static Task<byte[]> ReadAsync(params string[] path) => File.ReadAllBytesAsync(Path.Combine(path), TestContext.Current.CancellationToken);
}
