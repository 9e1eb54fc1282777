using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reranker.Grains.Models;
using Reranker.Inference.Models;
using Reranker.Silo.Models;
using Reranker.Silo.Settings;

namespace Reranker.Silo.Tests.Models;

/// <summary>A model is in the catalog exactly as long as it has its tokenizer and, where there are devices, its engines.</summary>
public sealed class ModelWorkerHostTests
{
    private static readonly string Identity = BundledModel.Manifest.Identity;

    private readonly ScriptedRuntime _runtime = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0", null)]
    [InlineData("products", "products")]
    public async Task A_configured_model_has_its_own_name_or_the_one_of_the_configuration(string key, string? name)
    {
        var host = Create((key, BundledModel.Folder));
        await host.StartAsync(Cancelled);

        name ??= BundledModel.Manifest.Name;
        Assert.Equal(name, host.DefaultName);
        Assert.Equal((name, Identity), (Assert.Single(host.Models).Name, host.Models[0].Identity));
        Assert.Equal([name], _runtime.Served);
        Assert.Single(host.Workers);

        await host.StopAsync(Cancelled);
        Assert.True(_runtime.IsStopped);
    }

    [Fact]
    public async Task A_model_is_configured_once_and_the_default_is_one_of_them()
    {
        var twice = Create(("one", BundledModel.Folder), ("other", BundledModel.Folder));
        Assert.Contains("another folder", (await Assert.ThrowsAsync<ModelFolderException>(() => twice.StartAsync(Cancelled))).Message, StringComparison.Ordinal);

        var missing = Create(new RerankerSiloOptions { DefaultModel = "other" }, ("one", BundledModel.Folder));
        Assert.Contains("default model", (await Assert.ThrowsAsync<ModelFolderException>(() => missing.StartAsync(Cancelled))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_without_devices_reads_texts_and_has_no_workers()
    {
        var host = Create(new RerankerSiloOptions { Workers = false }, ("0", BundledModel.Folder));
        await host.StartAsync(Cancelled);

        Assert.Single(host.Models);
        Assert.Empty(host.Workers);
        Assert.Empty(_runtime.Served);
    }

    [Fact]
    public async Task A_model_comes_and_goes_while_the_silo_runs_with_its_tokenizer()
    {
        var host = Create();
        var before = host.Models;
        Assert.Equal(Identity, host.ReadManifest("mini").Identity);

        await host.LoadAsync(new ModelPlacement(Identity, "later", "mini", 1), Cancelled);
        Assert.Equal("later", Assert.Single(host.Models).Name);
        Assert.Empty(before);
        Assert.Equal(["later"], _runtime.Served);

        await host.UnloadAsync(Identity, Cancelled);
        Assert.Empty(host.Models);
        Assert.Empty(_runtime.Tokenizers);
        await host.UnloadAsync(Identity, Cancelled);
    }

    [Fact]
    public async Task Of_a_model_that_cannot_be_run_nothing_is_left()
    {
        var host = Create();
        _runtime.Fault = new ModelFolderException("mini", "does not fit");

        await Assert.ThrowsAsync<ModelFolderException>(() => host.LoadAsync(new ModelPlacement(Identity, "later", "mini", 1), Cancelled));

        Assert.Empty(host.Models);
        Assert.Empty(_runtime.Tokenizers);
    }

    [Theory]
    [InlineData("mini", "0000", "holds")]
    [InlineData("missing", "0000", "no such folder")]
    [InlineData("..", "0000", "not below")]
    public async Task Only_the_model_that_was_asked_for_is_loaded_and_only_from_below_the_root(string folder, string identity, string reason)
    {
        var host = Create();

        var error = await Assert.ThrowsAsync<ModelFolderException>(() => host.LoadAsync(new ModelPlacement(identity, "later", folder, 1), Cancelled));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Empty(host.Models);
        Assert.Empty(_runtime.Tokenizers);
    }

    private ModelWorkerHost Create(params (string Name, string Folder)[] models) => Create(new RerankerSiloOptions(), models);

    private ModelWorkerHost Create(RerankerSiloOptions options, params (string Name, string Folder)[] models)
    {
        options.ModelsRoot = BundledModel.Root;
        foreach (var (name, folder) in models)
        {
            options.Models.Add(name, folder);
        }

        return new ModelWorkerHost(_runtime, Options.Create(options), NullLogger<ModelWorkerHost>.Instance);
    }
}
