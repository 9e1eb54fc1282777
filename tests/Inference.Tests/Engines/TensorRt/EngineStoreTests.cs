using Reranker.Inference.Engines;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.TensorRt;

public sealed class EngineStoreTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Every_part_of_the_key_makes_another_engine()
    {
        var key = Key();
        EngineKey[] others =
        [
            key with { ModelIdentity = "x" },
            key with { GraphSha256 = "x" },
            key with { OnnxRuntime = "x" },
            key with { TensorRt = "x" },
            key with { Driver = "x" },
            key with { Gpu = "x" },
            key with { Precision = "x" },
            key with { Profile = "x" },
            key with { Builder = "x" },
        ];

        Assert.Equal(typeof(EngineKey).GetProperties().Count(p => p.CanWrite), others.Length);
        Assert.Equal(others.Length + 1, others.Append(key).Select(k => k.Hash).Distinct().Count());
        Assert.Equal(key.Hash, Key().Hash);
    }

    [Fact]
    public void The_key_of_a_model_names_all_that_decides()
    {
        var model = TinyModels.Import(_temp);
        var key = EngineKey.CreateKey(model.Manifest, model.FindGraphPath("padded")!, "ONNX Runtime 1.31.1", "10.6.0", new FakeDriver().DescribeDevice(0), new ShapeProfile(), new TensorRtOptions { BuilderLevel = 5 });

        Assert.Equal(model.Manifest.Files.Single(f => f.Name == "padded.onnx").Sha256, key.GraphSha256);
        Assert.Contains("gpu NVIDIA H100 80GB HBM3\n", key.Text, StringComparison.Ordinal);
        Assert.Contains("profile 1x8 32x256 40x512\n", key.Text, StringComparison.Ordinal);
        Assert.Contains("builder level 5, workspace 0\n", key.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_counts_only_when_its_build_came_to_the_end()
    {
        var store = new EngineStore(_temp.Path, Key());
        store.CreateFolders();
        File.WriteAllText(Path.Combine(store.Folder, "a.engine"), "cut");
        Assert.False(store.HasEngine);

        store.MarkComplete();
        Assert.True(store.HasEngine);
        Assert.False(store.HasContext);

        File.WriteAllText(store.ContextGraph, "graph");
        Assert.True(store.HasContext);
        Assert.Equal(3, store.EngineBytes);

        store.DropContext();
        Assert.False(store.HasContext);
        Assert.True(store.HasEngine);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu NVIDIA")]
    public void A_mark_that_a_full_disk_has_cut_is_none(string written)
    {
        var store = new EngineStore(_temp.Path, Key());
        store.CreateFolders();
        File.WriteAllText(Path.Combine(store.Folder, "a.engine"), "cut");

        File.WriteAllText(Path.Combine(store.Folder, "key.txt"), written);

        Assert.False(store.HasEngine);
    }

    [Fact]
    public void What_a_killed_build_left_is_cleared_before_the_next_one()
    {
        var store = new EngineStore(_temp.Path, Key());
        store.CreateFolders();
        File.WriteAllText(Path.Combine(store.Folder, "a.engine"), "cut");

        store.CreateFolders();

        Assert.Empty(Directory.EnumerateFiles(store.Folder));
        Assert.True(Directory.Exists(store.TimingFolder));
    }

    [Fact]
    public void Preparing_keeps_a_whole_engine()
    {
        var store = new EngineStore(_temp.Path, Key());
        store.CreateFolders();
        File.WriteAllText(Path.Combine(store.Folder, "a.engine"), "whole");
        store.MarkComplete();

        store.CreateFolders();

        Assert.True(store.HasEngine);
    }

    [Fact]
    public void The_provider_gets_the_profile_for_every_input_and_the_places_of_its_caches()
    {
        var store = new EngineStore(_temp.Path, Key());
        var options = TensorRtProviderOptions.ForGraph(new FakeDriver().DescribeDevice(0), "fp16", new ShapeProfile(), store, new TensorRtOptions());

        Assert.Equal("input_ids:1x8,attention_mask:1x8", options["trt_profile_min_shapes"]);
        Assert.Equal("input_ids:32x256,attention_mask:32x256", options["trt_profile_opt_shapes"]);
        Assert.Equal("input_ids:40x512,attention_mask:40x512", options["trt_profile_max_shapes"]);
        Assert.Equal(("1", "0"), (options["trt_fp16_enable"], options["trt_int8_enable"]));
        Assert.Equal(store.ContextGraph, options["trt_ep_context_file_path"]);
        Assert.False(options.ContainsKey("trt_max_workspace_size"));
        Assert.False(options.ContainsKey("trt_engine_cache_path"));
        Assert.Equal("3", options["trt_builder_optimization_level"]);
    }

    [Fact]
    public void The_provider_gets_what_the_builder_may_do()
    {
        var limits = new TensorRtOptions { WorkspaceBytes = 4L << 30, BuilderLevel = 5 };
        var options = TensorRtProviderOptions.ForGraph(new FakeDriver().DescribeDevice(0), "fp16", new ShapeProfile(), new EngineStore(_temp.Path, Key()), limits);

        Assert.Equal("4294967296", options["trt_max_workspace_size"]);
        Assert.Equal("5", options["trt_builder_optimization_level"]);
    }

    [Theory]
    [InlineData("fp32", "0", "0")]
    [InlineData("fp16", "1", "0")]
    [InlineData("int8-qdq", "1", "1")]
    public void The_precision_of_the_graph_is_allowed_to_the_builder(string precision, string half, string eight)
    {
        var options = TensorRtProviderOptions.ForContext(new FakeDriver().DescribeDevice(0), precision);

        Assert.Equal((half, eight), (options["trt_fp16_enable"], options["trt_int8_enable"]));
    }

    private static EngineKey Key() => new()
    {
        ModelIdentity = "model",
        GraphSha256 = "graph",
        OnnxRuntime = "ONNX Runtime 1.31.1",
        TensorRt = "10.6.0",
        Driver = "580.95.05",
        Gpu = "NVIDIA H100 80GB HBM3",
        Precision = "fp16",
        Profile = "1x8 32x256 40x512",
        Builder = "level 3, workspace 0",
    };
}
