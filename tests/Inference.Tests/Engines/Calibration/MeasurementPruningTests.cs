using Reranker.Inference.Engines.Calibration;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.Calibration;

/// <summary>What stays of a cache of measurements, and what goes.</summary>
public sealed class MeasurementPruningTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_key_that_nobody_used_for_long_goes_and_one_that_a_start_used_stays()
    {
        AddKey(1, days: 100);
        AddKey(2, days: 80);
        AddKey(3, days: 100);
        AddKey(4, days: 100);
        MeasurementPruning.MarkUsed(_temp[Name(3)], Now.AddDays(-1));

        Assert.Equal([Name(1)], Prune(Name(4)));
        Assert.Equal([Name(2), Name(3), Name(4)], ListNames());
        Assert.Equal("costs", File.ReadAllText(_temp[$"{Name(3)}/costs.json"]));
    }

    [Fact]
    public void Of_too_many_keys_those_go_that_were_used_first()
    {
        for (var i = 0; i < MeasurementPruning.MostKeys + 3; i++)
        {
            AddKey(i, days: 1 + (0.01 * i));
        }

        Assert.Equal([Name(256), Name(257), Name(258)], Prune(Name(0)).Order());
        Assert.Equal(MeasurementPruning.MostKeys, ListNames().Count());
        Assert.Empty(Prune(Name(0)));

        // The one in use counts, however long ago it was written.
        Assert.Equal([Name(255)], Prune("ffffffffffffffff"));
    }

    [Fact]
    public void What_no_start_wrote_is_left_alone()
    {
        AddKey(1, days: 400);
        File.WriteAllText(_temp[$"{Name(1)}/notes.txt"], "mine");
        Directory.CreateDirectory(_temp["my-own-folder"]);
        File.WriteAllText(_temp["my-own-folder/costs.json"], "mine");
        File.SetLastWriteTimeUtc(_temp["my-own-folder/costs.json"], Now.UtcDateTime.AddDays(-400));
        Directory.CreateDirectory(_temp[Name(2)]);
        AddKey(9, days: 400, "elsewhere");
        Directory.CreateSymbolicLink(_temp[Name(3)], _temp[$"elsewhere/{Name(9)}"]);

        Assert.Empty(Prune(Name(8)));
        Assert.True(File.Exists(_temp[$"{Name(1)}/costs.json"]) && File.Exists(_temp[$"elsewhere/{Name(9)}/costs.json"]));
    }

    [Fact]
    public void What_a_killed_writer_left_goes_and_what_one_writes_now_stays()
    {
        AddKey(1, days: 1);
        var (old, fresh, foreign) = (AddFile("costs.json.0123456789abcdef0123456789abcdef.tmp", 2), AddFile("kernels.json.0123456789abcdef0123456789abcdef.tmp", 0.5), AddFile("costs.json.mine.tmp", 2));

        Prune(Name(1));

        Assert.Equal((false, true, true), (File.Exists(old), File.Exists(fresh), File.Exists(foreign)));
        Assert.True(File.Exists(_temp[$"{Name(1)}/costs.json"]));
    }

    [Fact]
    public void A_cache_that_is_not_there_is_not_made()
    {
        Assert.Empty(MeasurementPruning.PruneUnused(_temp["none"], Name(1), Now));
        MeasurementPruning.MarkUsed(_temp["none"], Now);
        Assert.False(Directory.Exists(_temp["none"]));
    }

    private IReadOnlyList<string> Prune(string used) => MeasurementPruning.PruneUnused(_temp.Path, used, Now);

    private IEnumerable<string> ListNames() => Directory.EnumerateDirectories(_temp.Path).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    private static string Name(int key) => key.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    private string AddFile(string name, double hours)
    {
        var path = _temp[$"{Name(1)}/{name}"];
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, Now.UtcDateTime.AddHours(-hours));
        return path;
    }

    private void AddKey(int key, double days, string under = ".")
    {
        Directory.CreateDirectory(_temp[$"{under}/{Name(key)}"]);
        foreach (var (file, text) in new[] { ("costs.json", "costs"), ("key.txt", "key") })
        {
            File.WriteAllText(_temp[$"{under}/{Name(key)}/{file}"], text);
            File.SetLastWriteTimeUtc(_temp[$"{under}/{Name(key)}/{file}"], Now.UtcDateTime.AddDays(-days));
        }
    }
}
