using System.Text.Json;
using Reranker.Inference.Engines.Cuda.Kernels;
using Reranker.Simulation.Cards;
using Reranker.TestKit;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary><c>reranker plan</c> as a person and a program use it.</summary>
public sealed class PlanTests
{
    private static readonly string[] SmallLoad = ["plan", "--qps", "100", "--passages", "10", "--p99", "60"];

    [Fact]
    public async Task A_plan_says_how_many_cards_what_a_lost_node_does_and_where_costs_are_from()
    {
        var (code, output, error) = await RerankerProgram.RunAsync([.. SmallLoad, "--gpu", "H200"]);

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal("plan: simulating fleets of up to 256 nodes, of NVIDIA H200 fp8, NVIDIA H200 fp16", error.TrimEnd());
        Assert.Contains("the fewest that meet it are 1 node of 1 card", output, StringComparison.Ordinal);
        Assert.Contains("with it lost nothing is answered: N+1 is needed", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split("costs: measured on one H200").Length - 1);
        Assert.Equal(2, output.Split("measured: on 2026-11-30 by kernels d454183c744e; those of this program are others").Length - 1);
    }

    [Fact]
    public async Task A_plan_for_programs_is_the_same_every_time()
    {
        string[] arguments = [.. SmallLoad, "--gpu", "h200", "--burst", "2", "--json"];
        var (code, output, told) = await RerankerProgram.RunAsync(arguments);
        var (_, again, _) = await RerankerProgram.RunAsync(arguments);

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal(output, again);
        Assert.StartsWith("plan: simulating fleets of up to 256 nodes, of ", told, StringComparison.Ordinal);
        using var plan = JsonDocument.Parse(output);
        foreach (var choice in plan.RootElement.GetProperty("choices").EnumerateArray())
        {
            Assert.True(choice.GetProperty("isMet").GetBoolean());
            Assert.Equal("2026-11-30", choice.GetProperty("measuredOn").GetString());
            Assert.False(choice.GetProperty("kernelsAreCurrent").GetBoolean());
            Assert.InRange(choice.GetProperty("fewest").GetProperty("p99Milliseconds").GetDouble(), 1, 60);
            Assert.Equal(1, choice.GetProperty("oneLost").GetProperty("unansweredShare").GetDouble());
        }
    }

    [Theory]
    [InlineData("no number of them meets it", "--p99", "3")]
    [InlineData("it is not met by 1 node of 1 card", "--p99", "60", "--qps", "2000", "--nodes", "1")]
    [InlineData("2 nodes do not meet it", "--p99", "60", "--qps", "5000", "--max-nodes", "2")]
    public async Task A_plan_that_nothing_meets_fails_and_says_why(string reason, params string[] options)
    {
        string[] common = options.Contains("--qps") ? [] : ["--qps", "100"];
        var (code, output, _) = await RerankerProgram.RunAsync(["plan", "--passages", "10", "--gpu", "h100", .. common, .. options]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_takes_costs_and_lengths_from_files()
    {
        using var folder = new TempFolder();
        var costs = Path.Combine(folder.Path, "costs.json");
        var table = Path.Combine(folder.Path, "table.json");
        var lengths = Path.Combine(folder.Path, "lengths.txt");
        var measured = BuiltInCosts.FindMeasured("h200")[0] with { Device = "Some card", Source = "measured by a test", Kernels = KernelVersion.Find(90), Runtime = "ONNX Runtime 9" };
        measured.Save(costs);
        measured.Table.Save(table);
        await File.WriteAllLinesAsync(lengths, ["40", "90", "200"], TestContext.Current.CancellationToken);

        var (code, output, error) = await RerankerProgram.RunAsync([.. SmallLoad, "--costs", costs, table, "--lengths", lengths]);

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal("plan: simulating fleets of up to 256 nodes, of Some card fp8, unnamed unnamed", error.TrimEnd());
        Assert.Contains("Some card", output, StringComparison.Ordinal);
        Assert.Contains("measured by a test", output, StringComparison.Ordinal);
        Assert.Contains($"measured: on 2026-11-30 with ONNX Runtime 9, by kernels {KernelVersion.Find(90)}, which this program has", output, StringComparison.Ordinal);
        Assert.Contains("measured: on a day that is not told by kernels that are not told", output, StringComparison.Ordinal);
        Assert.Contains($"from {table}", output, StringComparison.Ordinal);
        Assert.Contains("110 tokens on average", output, StringComparison.Ordinal);
        Assert.DoesNotContain("H200", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'a100' was not measured, only h200 and h100; 'reranker bench gpu --save-costs FILE'", "--gpu", "a100")]
    [InlineData("--deadline-ms is shorter than --p99", "--deadline-ms", "20")]
    [InlineData("passages of 600 tokens on average do not fit: beside the query the engine on NVIDIA H200 takes 496", "--tokens", "600")]
    public async Task A_plan_that_cannot_be_made_says_why_in_a_sentence(string reason, params string[] options)
    {
        var (code, output, error) = await RerankerProgram.RunAsync([.. SmallLoad, .. options]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Empty(output);
        Assert.StartsWith($"reranker: {reason}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Costs_are_not_measured_for_a_folder_that_is_not_there()
    {
        var (code, output, error) = await RerankerProgram.RunAsync(["bench", "gpu", "--save-costs", "/nonexistent/costs.json"]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Empty(output);
        Assert.Equal("reranker: --save-costs: there is no folder /nonexistent", error.TrimEnd());
    }

    [Theory]
    [InlineData("", "is empty, or no regular file")]
    [InlineData("12\nmany\n", "line 2 is not the tokens of a passage")]
    [InlineData("12\n0\n", "line 2 is not the tokens of a passage")]
    [InlineData("12\n497\n", "1 of the lengths are above the 496 tokens")]
    public async Task A_file_of_lengths_that_is_wrong_is_refused(string content, string reason)
    {
        using var folder = new TempFolder();
        var lengths = Path.Combine(folder.Path, "lengths.txt");
        await File.WriteAllTextAsync(lengths, content, TestContext.Current.CancellationToken);

        var (code, _, error) = await RerankerProgram.RunAsync([.. SmallLoad, "--lengths", lengths]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "holds no costs")]
    [InlineData("[]", "holds no costs")]
    [InlineData("""{"key":"k","form":"Packed","points":[]}""", "holds no costs")]
    [InlineData("""{"key":"k","form":"Packed","points":[{"rows":1,"length":128,"microseconds":-1}]}""", "holds no costs")]
    [InlineData("""{"key":"k","form":"Padded","points":[{"rows":2000000000,"length":128,"microseconds":1}]}""", "holds no costs")]
    [InlineData("""{"key":"k","form":"PairSum","points":[{"rows":1,"length":128,"microseconds":9000}]}""", "is of a CPU")]
    public async Task A_file_of_costs_that_is_wrong_is_refused(string content, string reason)
    {
        using var folder = new TempFolder();
        var costs = Path.Combine(folder.Path, "costs.json");
        await File.WriteAllTextAsync(costs, content, TestContext.Current.CancellationToken);

        var (code, _, error) = await RerankerProgram.RunAsync([.. SmallLoad, "--costs", costs]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }
}
