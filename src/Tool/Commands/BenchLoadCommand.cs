using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Reranker.Benchmarking.Load;
using Reranker.Benchmarking.Workloads;
using Reranker.Inference.Engines.Selection;
using Reranker.Tool.Arguments;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker bench load</c>: a worker under load, without HTTP and without a cluster; it should have the device to itself.</summary>
internal static class BenchLoadCommand
{
    private static readonly LoadBenchmarkOptions Defaults = new();

    public static Command CreateCommand()
    {
        var model = new EngineArguments();
        var gpu = new GpuArguments();
        var passages = CreateNumber("--passages", "Passages of a request.", Defaults.Passages);
        var requests = CreateNumber("--requests", "Different requests; offline all of them are scored at once.", Defaults.Requests);
        var mean = CreateMeanLength();
        var job = CreateNumber("--job", "Passages of the large job.", Defaults.JobPassages);
        var shares = CreateNumbers("--shares", "Offered loads as shares of the offline rate.", Defaults.Shares);
        var delays = CreateNumbers("--delays", "Batch delays to compare, in milliseconds.", [.. Defaults.Delays.Select(d => d.TotalMilliseconds)]);
        var seconds = new Option<double>("--seconds") { Description = "Seconds that a row counts.", DefaultValueFactory = _ => Defaults.Seconds };
        var deadline = CreateNumber("--deadline-ms", "Deadline of a request in milliseconds.", (int)Defaults.Deadline.TotalMilliseconds);
        var target = new Option<double>("--target-ms") { Description = "Target time of a batch in milliseconds.", DefaultValueFactory = _ => Defaults.TargetBatchTime.TotalMilliseconds };
        var seed = new Option<int>("--seed") { Description = "Seed of lengths, ids and arrivals.", DefaultValueFactory = _ => Defaults.Seed };
        var json = new Option<bool>("--json") { Description = "Print JSON, and the table to standard error." };

        var command = new Command("load", "Latency, batches and throughput of a worker against offered load.")
        {
            passages, requests, mean, job, shares, delays, seconds, deadline, target, seed, json,
        };
        model.AddTo(command);
        gpu.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var loggers = ErrorLogs.Create();
            var options = new LoadBenchmarkOptions
            {
                Passages = parsed.GetValue(passages),
                Requests = parsed.GetValue(requests),
                Lengths = Defaults.Lengths with { Mean = parsed.GetValue(mean) },
                JobPassages = parsed.GetValue(job),
                Shares = parsed.GetRequiredValue(shares),
                Delays = [.. parsed.GetRequiredValue(delays).Select(TimeSpan.FromMilliseconds)],
                Seconds = parsed.GetValue(seconds),
                Deadline = TimeSpan.FromMilliseconds(parsed.GetValue(deadline)),
                TargetBatchTime = TimeSpan.FromMilliseconds(parsed.GetValue(target)),
                Seed = parsed.GetValue(seed),
            };
            var benchmark = new LoadBenchmark(options, TimeProvider.System);
            using var engine = EngineFactory.CreateDefault(loggers).Load(
                model.OpenOnePrecision(parsed),
                gpu.ReadOptions(parsed.GetValue(model.Engine), parsed) with { CpuThreads = parsed.GetValue(model.Threads) });
            var progress = new ImmediateProgress<LoadRow>(row => Console.Error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{row.Name}: {row.PairsPerSecond:F0} pairs/s, p99 {row.P99Milliseconds:F1} ms")));
            var report = await benchmark.RunAsync(engine, progress, cancellationToken);
            ReportOutput.WriteReport(LoadBenchmarkTable.FormatReport(report), report.ToJson, parsed.GetValue(json));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<double> CreateMeanLength()
    {
        var mean = new Option<double>("--mean-length") { Description = "Mean tokens of a pair; log-normal, 24 to 512.", DefaultValueFactory = _ => Defaults.Lengths.Mean };
        mean.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && LengthDistribution.ParseMean(token.Value) is null)
            {
                result.AddError($"--mean-length must be more than {LengthDistribution.Natural.Min} and less than {LengthDistribution.Natural.Max / 2}.");
            }
        });
        return mean;
    }

    private static Option<int> CreateNumber(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.AtLeast(1);
        return option;
    }

    private static Option<double[]> CreateNumbers(string name, string description, IReadOnlyList<double> defaults) => new(name)
    {
        Description = $"{description} Default: {string.Join(' ', defaults.Select(d => d.ToString(CultureInfo.InvariantCulture)))}.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [.. defaults],
        CustomParser = ParseNumbers,
    };

    private static double[]? ParseNumbers(ArgumentResult result)
    {
        var values = new List<double>();
        foreach (var token in result.Tokens)
        {
            if (!double.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) || !(value >= 0) || double.IsInfinity(value))
            {
                result.AddError($"'{token.Value}' is no number from 0.");
                return null;
            }

            values.Add(value);
        }

        return [.. values];
    }
}
