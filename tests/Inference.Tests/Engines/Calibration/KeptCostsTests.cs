using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.TestKit;
using Reranker.TestKit.Cluster;

namespace Reranker.Inference.Tests.Engines.Calibration;

public sealed class KeptCostsTests : IDisposable
{
    private static readonly (int Rows, int Length)[] Grid = [.. Enumerable.Range(1, 40).Select(rows => (rows, 128))];
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    private readonly TempFolder _temp = new();
    private readonly CapturingLoggerProvider _logs = new();
    private readonly ILogger _log;
    private double _speed = 1;
    private int _measured;

    public KeptCostsTests() => _log = _logs.CreateLogger("Costs");

    public void Dispose()
    {
        _temp.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public void A_second_start_measures_a_few_batches_of_the_whole_range_and_takes_the_kept_times()
    {
        var first = Load();
        Assert.Equal(Grid.Length, _measured);
        (_speed, _measured) = (1.1, 0);

        var second = Load();

        Assert.Equal(8, _measured);
        Assert.Equal(first.Points, second.Points);
        Assert.StartsWith("Debug Costs 1014: Model tiny takes the times of 40 batches", Assert.Single(_logs.Lines), StringComparison.Ordinal);
        Assert.Equal(["costs.json"], Files());
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.2)]
    [InlineData(0.8)]
    public void Times_that_another_power_limit_or_neighbour_made_wrong_are_measured_anew_and_replaced(double speed)
    {
        Load();
        _speed = speed;
        var kept = Create();

        var table = Load(kept);

        Assert.True(kept.WasOutdated);
        Assert.Equal(128 * speed, table.Points[0].Microseconds, 3);
        Assert.StartsWith("Information Costs 1013: The kept batch times of model tiny are measured anew, because 8 of 8 differ by more than 15", Assert.Single(_logs.Lines), StringComparison.Ordinal);
        _measured = 0;
        var next = Create();
        Assert.Equal(table.Points, Load(next).Points);
        Assert.Equal((8, false), (_measured, next.WasOutdated));
    }

    [Fact]
    public void A_stalled_run_or_two_are_no_reason_to_measure_anew()
    {
        Load();
        var calls = 0;

        var kept = Create();
        kept.LoadOrMeasure(Grid, CostForm.Packed, Budget, shapes => [.. Measure(shapes).Select(p => ++calls <= 2 ? p with { Microseconds = 9e6 } : p)], CreateTable);

        Assert.False(kept.WasOutdated);
        Assert.Equal(8, calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"key":"key","form":"Packed","points":[]}""")]
    [InlineData("""{"key":"key","form":"Packed","points":[{"rows":1,"length":128,"microseconds":0}]}""")]
    [InlineData("""{"key":"key","form":"Packed","points":[{"rows":1,"length":128,"microseconds":1e999}]}""")]
    [InlineData("""{"key":"key","form":"Packed","points":[{"rows":4096,"length":8192,"microseconds":128}]}""")]
    [InlineData("""{"key":"key","form":"Packed","points":[{"rows":1,"length":128,"microseconds":128},{"rows":1,"length":128,"microseconds":128}]}""")]
    [InlineData("""{"key":"key","form":"Packed","points":[null]}""")]
    public void A_file_that_is_spoilt_costs_a_measurement_and_is_replaced(string spoilt)
    {
        var right = Load();
        File.WriteAllText(_temp["cache/costs.json"], spoilt);
        _measured = 0;

        Assert.Equal(right.Points, Load().Points);

        Assert.Equal(Grid.Length, _measured);
        _measured = 0;
        Load();
        Assert.Equal(8, _measured);
    }

    [Fact]
    public void What_is_no_plain_file_or_far_too_large_is_no_table_and_ends_no_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there is a pipe a file.");
        using (var pipe = Process.Start("mkfifo", _temp["pipe"]))
        {
            pipe.WaitForExit();
        }

        using (var large = File.Create(_temp["large"]))
        {
            large.SetLength(1L << 40);
        }

        Directory.CreateDirectory(_temp["folder"]);
        Assert.True(File.Exists(_temp["pipe"]));
        Assert.All((string[])["pipe", "large", "folder", "none"], name => Assert.Null(CostTable.TryLoad(_temp[name], "key")));
    }

    [Fact]
    public void One_digit_that_was_damaged_is_noticed_though_its_batch_is_not_checked()
    {
        var right = Load();
        var path = _temp["cache/costs.json"];
        var text = File.ReadAllText(path);
        Assert.Contains("\"microseconds\": 256", text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace("\"microseconds\": 256", "\"microseconds\": 956", StringComparison.Ordinal));

        Assert.Equal(right.Points, Load().Points);
    }

    [Fact]
    public void What_was_measured_for_another_key_or_form_is_not_taken()
    {
        Load();
        _measured = 0;
        Load(Create("other"));
        Assert.Equal(Grid.Length, _measured);
        _measured = 0;
        Create("other").LoadOrMeasure(Grid, CostForm.Padded, Budget, Measure, (points, key) => CreateTable(points, key) with { Form = CostForm.Padded });
        Assert.Equal(Grid.Length, _measured);
    }

    [Fact]
    public void Without_time_to_measure_nothing_is_kept_and_what_is_kept_is_not_checked()
    {
        Create().LoadOrMeasure(Grid, CostForm.Packed, TimeSpan.Zero, Measure, CreateTable);
        Assert.Empty(Files());
        Load();
        _measured = 0;

        Create().LoadOrMeasure(Grid, CostForm.Packed, TimeSpan.Zero, Measure, CreateTable);

        Assert.Equal(0, _measured);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_one_warning()
    {
        File.WriteAllText(_temp["cache"], "a file where the folder should be");
        var folder = new MeasurementFolder(_temp["cache"], "tiny", _log, about: "about");

        Load(new KeptCosts(folder, "key", "tiny", _log));
        folder.TryWrite("other", static _ => Assert.Fail("It was tried again."));
        folder.TryForget("other");

        Assert.Equal(Grid.Length, _measured);
        Assert.StartsWith("Warning Costs 1012: What the start of model tiny measured is not kept in ", Assert.Single(_logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_is_full_leaves_what_was_there_and_nothing_else()
    {
        Load();
        var before = File.ReadAllText(_temp["cache/costs.json"]);

        new MeasurementFolder(_temp["cache"], "tiny", _log).TryWrite("costs.json", path => WholeFile.WriteFile(path, stream =>
        {
            stream.Write("half"u8);
            throw new IOException("No space left on device");
        }));

        Assert.Equal(before, File.ReadAllText(_temp["cache/costs.json"]));
        Assert.Equal(["costs.json"], Files());
        Assert.Contains("No space left on device", Assert.Single(_logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Engines_that_start_at_once_keep_one_whole_table()
    {
        Parallel.For(0, 16, _ => CreateTable([.. Grid.Select(s => new CostPoint(s.Rows, s.Length, 1))], "key").Save(_temp["costs.json"]));

        Assert.Equal(Grid.Length, CostTable.TryLoad(_temp["costs.json"], "key")!.Points.Count);
        Assert.Single(Directory.GetFiles(_temp.Path));
    }

    private KeptCosts Create(string key = "key") => new(new MeasurementFolder(_temp["cache"], "tiny", _log), key, "tiny", _log);

    private CostTable Load(KeptCosts? kept = null) => (kept ?? Create()).LoadOrMeasure(Grid, CostForm.Packed, Budget, Measure, CreateTable);

    private IReadOnlyList<CostPoint> Measure(IEnumerable<(int Rows, int Length)> shapes)
    {
        CostPoint[] points = [.. shapes.Select(s => new CostPoint(s.Rows, s.Length, s.Rows * s.Length * _speed))];
        _measured += points.Length;
        return points;
    }

    private static CostTable CreateTable(IReadOnlyList<CostPoint> points, string key) => new() { Key = key, Form = CostForm.Packed, Points = points };

    private IEnumerable<string?> Files() => Directory.Exists(_temp["cache"]) ? Directory.GetFiles(_temp["cache"]).Select(Path.GetFileName) : [];
}
