using Reranker.TestKit;
using Reranker.Tool.Models;

namespace Reranker.Tool.Tests.Hub;

public sealed class LocalModelsTests
{
    [Fact]
    public void A_folder_that_cannot_be_read_is_listed_with_its_fault_and_hides_no_other()
    {
        using var temp = new TempFolder();
        foreach (var name in new[] { "a-broken", "z-empty" })
        {
            Directory.CreateDirectory(temp[name]);
            File.WriteAllText(temp[$"{name}/manifest.json"], name == "z-empty" ? "" : """{"format": 1}""");
        }

        var listed = LocalModels.List(temp.Path);

        Assert.Contains(listed, m => m is { Kind: LocalModelKind.Bundled, Problem: null });
        Assert.Equal(["a-broken", "z-empty"], listed.Where(m => m.Kind == LocalModelKind.Folder).Select(m => m.Name));
        Assert.All(listed.Where(m => m.Kind == LocalModelKind.Folder), m => Assert.StartsWith(Path.Combine(m.Folder, "manifest.json"), m.Problem, StringComparison.Ordinal));
    }
}
