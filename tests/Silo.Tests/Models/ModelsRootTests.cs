using Reranker.Inference.Models;
using Reranker.Silo.Models;
using Reranker.TestKit;

namespace Reranker.Silo.Tests.Models;

/// <summary>Nothing outside the root of models is reached, by whatever way, and nothing is said of it.</summary>
public sealed class ModelsRootTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ModelsRoot _root;

    public ModelsRootTests()
    {
        foreach (var folder in (string[])["root/model", "root/sub/model", "root-beside", "outside/model"])
        {
            Directory.CreateDirectory(_temp[folder]);
            File.WriteAllText(Path.Combine(_temp[folder], "manifest.json"), "{}");
        }

        Directory.CreateSymbolicLink(_temp["linked-root"], _temp["root"]);
        Directory.CreateSymbolicLink(_temp["root/within"], "sub/model");
        Directory.CreateSymbolicLink(_temp["root/within-absolute"], Path.Combine(_temp["linked-root"], "model"));
        Directory.CreateSymbolicLink(_temp["root/out"], _temp["outside/model"]);
        Directory.CreateSymbolicLink(_temp["root/out-relative"], "../outside/model");
        Directory.CreateSymbolicLink(_temp["root/out-by-parent"], "sub/up/../../outside/model");
        Directory.CreateSymbolicLink(_temp["root/sub/up"], "..");
        Directory.CreateSymbolicLink(_temp["root/nowhere"], _temp["outside/missing"]);
        Directory.CreateSymbolicLink(_temp["root/circle"], "circle");
        Directory.CreateDirectory(_temp["root/leaky"]);
        File.CreateSymbolicLink(_temp["root/leaky/manifest.json"], _temp["outside/model/manifest.json"]);
        Directory.CreateDirectory(_temp["root/shared"]);
        File.CreateSymbolicLink(_temp["root/shared/manifest.json"], "../model/manifest.json");
        _root = new ModelsRoot(_temp["linked-root"]);
    }

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("model", "root/model")]
    [InlineData("./sub//model/", "root/sub/model")]
    [InlineData("sub/../model", "root/model")]
    [InlineData("within", "root/sub/model")]
    [InlineData("within-absolute", "root/model")]
    [InlineData("sub/up/model", "root/model")]
    [InlineData("shared", "root/shared")]
    [InlineData("not-there", "root/not-there")]
    public void What_is_below_it_has_one_real_path(string folder, string real)
    {
        Assert.Equal(_temp[real], _root.ResolveFolder(folder));
        Assert.Equal(_temp[real], _root.ResolveFolder($"{_temp["root"]}/{folder}"));
        Assert.Equal(_temp[real], _root.ResolveFolder($"{_temp["linked-root"]}/{folder}"));
    }

    [Theory]
    [InlineData("/", "/missing")]
    [InlineData("/etc", "/etc-missing")]
    [InlineData("..", "../missing")]
    [InlineData("../outside/model", "../outside/missing")]
    [InlineData("../root/model", "../root/missing")]
    [InlineData("model/../../outside/model", "model/../../outside/missing")]
    [InlineData("out", "nowhere")]
    [InlineData("out/../model", "nowhere/../model")]
    [InlineData("out-relative", "out-by-parent")]
    [InlineData("leaky", "out")]
    [InlineData("/proc/self/root", "/proc/self/missing")]
    [InlineData("a\0b", "/a\0b")]
    public void What_is_outside_is_refused_in_the_same_words_whether_it_is_there_or_not(string there, string missing)
        => Assert.Equal(Refusal(there), Refusal(missing));

    [Fact]
    public void A_folder_beside_it_whose_name_starts_alike_is_outside()
        => Assert.Equal(Refusal(_temp["root-beside"]), Refusal(_temp["root-missing"]));

    [Fact]
    public void Links_in_a_circle_end() => Assert.Contains("too many links", Refusal("circle"), StringComparison.Ordinal);

    [Fact]
    public void Without_a_root_nothing_is_loaded()
        => Assert.Contains("Reranker:ModelsRoot", Assert.Throws<ModelFolderException>(() => new ModelsRoot(null).ResolveFolder("model")).Reason, StringComparison.Ordinal);

    // The words without the folder, which the caller knows.
    private string Refusal(string folder)
    {
        var refusal = Assert.Throws<ModelFolderException>(() => _root.ResolveFolder(folder));
        Assert.Equal(folder, refusal.File);
        Assert.DoesNotContain(_temp["outside"], refusal.Reason, StringComparison.Ordinal);
        return refusal.Reason;
    }
}
