using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Reranker.LoadTest;
using Spectre.Console;

var url = new Option<Uri>("--url")
{
    Description = "Base address of the gateway.",
    DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
    CustomParser = result =>
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var parsed))
        {
            return parsed;
        }

        result.AddError($"'{result.Tokens[0].Value}' is no absolute address.");
        return null;
    },
};
var clients = new Option<int>("--clients") { Description = "Closed loop: clients at once.", DefaultValueFactory = _ => 64 };
var rate = new Option<double?>("--rate") { Description = "Open loop: requests a second, Poisson arrivals; instead of --clients." };
var min = new Option<int>("--min-passages") { Description = "Fewest passages of a request.", DefaultValueFactory = _ => 1 };
var max = new Option<int>("--max-passages") { Description = "Most passages of a request.", DefaultValueFactory = _ => 50 };
var seconds = new Option<double>("--seconds") { Description = "How long to send.", DefaultValueFactory = _ => 60 };
var warmUp = new Option<double>("--warm-up") { Description = "Seconds before anything is counted.", DefaultValueFactory = _ => 2 };
var words = new Option<double>("--mean-words") { Description = "Mean words of a passage.", DefaultValueFactory = _ => 40 };
var pool = new Option<int>("--pool") { Description = "Different passages.", DefaultValueFactory = _ => 60 };
var queries = new Option<int>("--queries") { Description = "Different queries, 16 at most.", DefaultValueFactory = _ => 8 };
var seed = new Option<int>("--seed") { Description = "Seed of texts, arrivals and choices.", DefaultValueFactory = _ => 1 };
var verify = new Option<double?>("--verify") { Description = "Score every pair alone first, and fail when a logit under load differs by more than this." };
var deadline = new Option<double>("--deadline") { Description = "Deadline of a request in seconds.", DefaultValueFactory = _ => 60 };
var apiKey = new Option<string?>("--api-key") { Description = "API key." };
var json = new Option<FileInfo?>("--json") { Description = "Write the report to this file." };

var root = new RootCommand("Loads a reranker gateway over HTTP and reports latency, throughput, errors and wrong scores.")
{
    url, clients, rate, min, max, seconds, warmUp, words, pool, queries, seed, verify, deadline, apiKey, json,
};
root.SetAction(async (parsed, cancellationToken) =>
{
    var options = new LoadOptions
    {
        Url = parsed.GetRequiredValue(url),
        Clients = parsed.GetValue(clients),
        Rate = parsed.GetValue(rate),
        MinPassages = parsed.GetValue(min),
        MaxPassages = parsed.GetValue(max),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
        MeanWords = parsed.GetValue(words),
        Seed = parsed.GetValue(seed),
        Tolerance = parsed.GetValue(verify),
        Deadline = TimeSpan.FromSeconds(parsed.GetValue(deadline)),
        ApiKey = parsed.GetValue(apiKey),
    };
    var queryCount = Math.Clamp(parsed.GetValue(queries), 1, 16);
    var corpus = Corpus.Create(options.Seed, parsed.GetValue(pool), options.MeanWords);
    using var endpoint = new RerankEndpoint(options);

    PairsAlone? alone = null;
    if (options.Tolerance is not null)
    {
        AnsiConsole.WriteLine($"scoring {queryCount * corpus.Passages.Count} pairs alone");
        alone = await PairsAlone.ScoreAsync(endpoint, corpus, queryCount, new Progress<double>(), cancellationToken);
    }

    var report = await new LoadRun(options, endpoint, corpus, queryCount, alone).RunAsync(cancellationToken);
    Print(report);
    if (parsed.GetValue(json) is { } file)
    {
        await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(report, JsonSerializerOptions.Web), cancellationToken);
    }

    var wrong = options.Tolerance is { } tolerance && report.WorstDeviation > tolerance;
    return report.Errors.Count == 0 && !wrong ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();

static void Print(LoadReport report)
{
    var table = new Table().Border(TableBorder.Rounded).AddColumn("what").AddColumn(new TableColumn("figure").RightAligned());
    void Row(string what, FormattableString figure) => table.AddRow(what, Markup.Escape(FormattableString.Invariant(figure)));
    Row("loop", $"{report.Mode} {(report.Clients is { } c ? $"{c} clients" : $"{report.OfferedRequestsPerSecond} requests/s offered")}");
    Row("requests", $"{report.Requests} in {report.Seconds:0.0} s, {report.RequestsPerSecond:0.0}/s");
    Row("pairs", $"{report.Pairs}, {report.PairsPerSecond:0}/s");
    Row("latency p50 / p90 / p99 / max", $"{report.P50Milliseconds:0.0} / {report.P90Milliseconds:0.0} / {report.P99Milliseconds:0.0} / {report.MaxMilliseconds:0.0} ms");
    Row("errors", $"{(report.Errors.Count == 0 ? "none" : string.Join(", ", report.Errors.Select(e => $"{e.Key}: {e.Value.ToString(CultureInfo.InvariantCulture)}")))}");
    if (report.CheckedScores > 0)
    {
        Row("worst difference to a pair alone", $"{report.WorstDeviation:0.000000} logit over {report.CheckedScores} answers");
    }

    AnsiConsole.Write(table);
}
