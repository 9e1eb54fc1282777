using Microsoft.Extensions.Options;
using Reranker.Silo.Models;
using Reranker.Silo.Settings;
using Reranker.TestKit;

namespace Reranker.Silo.Tests.Models;

/// <summary>What a start says of folders before it reads a gigabyte: the key of the setting, and what is wrong with it.</summary>
public sealed class ModelFoldersCheckTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_folder_with_a_manifest_is_right()
        => Assert.Empty(await FindFaultsAsync(BundledModel.Folder));

    [Fact]
    public async Task A_folder_that_is_missing_or_holds_no_model_is_named_by_its_key()
    {
        Assert.Contains("no such folder", Assert.Single(await FindFaultsAsync(_temp["missing"])), StringComparison.Ordinal);
        var fault = Assert.Single(await FindFaultsAsync(_temp.Path));
        Assert.StartsWith("Reranker:Models:mini ", fault, StringComparison.Ordinal);
        Assert.Contains("manifest.json", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mini", 0)]
    [InlineData("other", 1)]
    public async Task The_default_model_is_one_of_them_by_name(string chosen, int faults)
        => Assert.Equal(faults, (await FindFaultsAsync(BundledModel.Folder, chosen)).Count);

    private static Task<IReadOnlyList<string>> FindFaultsAsync(string folder, string? chosen = null)
    {
        var options = new RerankerSiloOptions { DefaultModel = chosen };
        options.Models.Add("mini", folder);
        return new ModelFoldersCheck(Options.Create(options), new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()).FindFaultsAsync(TestContext.Current.CancellationToken);
    }
}
