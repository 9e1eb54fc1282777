using System.CommandLine;
using System.CommandLine.Parsing;
using Reranker.Benchmarking.Workloads;
using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Texts;

namespace Reranker.LoadTest.Commands;

/// <summary>The command line.</summary>
internal sealed class LoadArguments
{
    public Option<Uri[]> Url { get; } = Addresses("--url", "Base address of a gateway. Several are taken in turn.", [new Uri("http://127.0.0.1:8080")]);
    public Option<bool> Failover { get; } = new("--failover") { Description = "Try the next gateway when one cannot be reached or answers 503." };
    public Option<int> Clients { get; } = new("--clients") { Description = "Closed loop: clients at once.", DefaultValueFactory = _ => 64 };
    public Option<double?> Rate { get; } = new("--rate") { Description = "Open loop: requests a second, Poisson arrivals; instead of --clients." };
    public Option<double?> Capacity { get; } = new("--capacity") { Description = "With --rate: requests a second that the target does when it is saturated; the report then says what these arrivals cost in a queue alone." };
    public Option<PassageRange> Passages { get; } = new("--passages")
    {
        Description = "Passages of a request: a number, or a range as 1-50.",
        HelpName = "N|MIN-MAX",
        DefaultValueFactory = _ => new PassageRange(1, 50),
        CustomParser = ParseRange,
    };
    public Option<LengthDistribution> Length { get; } = new("--length")
    {
        Description = "Tokens of a pair: a number, 'natural' (log-normal, mean 142, 24 to 512), or 'natural:MEAN'.",
        HelpName = "N|natural[:MEAN]",
        DefaultValueFactory = _ => LengthDistribution.Natural,
        CustomParser = ParseLength,
    };
    public Option<double> Duration { get; } = new("--duration") { Description = "Seconds that are counted.", DefaultValueFactory = _ => 60 };
    public Option<double> WarmUp { get; } = new("--warmup") { Description = "Seconds before anything is counted.", DefaultValueFactory = _ => 2 };
    public Option<double> Deadline { get; } = new("--deadline-ms") { Description = "Deadline of a request in milliseconds; answers within it are goodput.", DefaultValueFactory = _ => 60_000 };
    public Option<double?> GiveUp { get; } = new("--give-up-ms") { Description = "Give every request up after so many milliseconds, as a caller that goes away does." };
    public Option<int> Seed { get; } = new("--seed") { Description = "Seed of texts, arrivals and choices.", DefaultValueFactory = _ => 1 };
    public Option<int?> Pool { get; } = new("--pool") { Description = "Different passages. Default: 2000; 60 with --verify." };
    public Option<int> Queries { get; } = new("--queries") { Description = "Different queries, 16 at most.", DefaultValueFactory = _ => 8 };
    public Option<int> Bodies { get; } = new("--bodies") { Description = "Different requests, made before the run.", DefaultValueFactory = _ => 400 };
    public Option<double?> Verify { get; } = new("--verify") { Description = "Score every pair alone first, and count an answer with a logit that differs by more than this as an error.", HelpName = "TOLERANCE" };
    public Option<bool> Scripted { get; } = new("--scripted") { Description = "The engines are scripted: compute every score here, and count an answer that differs as an error. Needs --model." };
    public Option<DirectoryInfo?> Model { get; } = new("--model") { Description = "Folder of the served model: texts are then measured by its tokenizer, else by asking the server.", HelpName = "DIR" };
    public Option<Uri[]> Metrics { get; } = Addresses("--metrics", "A host's /metrics. Give those of all silos for tokens scored in vain and the devices' busy share.", []);
    public Option<bool> AllowRefusals { get; } = new("--allow-refusals") { Description = "Exit 0 though requests were refused with 429 or 503." };
    public Option<string?> ApiKey { get; } = new("--api-key") { Description = "API key." };
    public Option<FileInfo?> Export { get; } = new("--export") { Description = "Write the requests' queries and passages to this file and send nothing, so that another program can score the same.", HelpName = "FILE" };
    public Option<FileInfo?> Json { get; } = new("--json") { Description = "Write the report to this file.", HelpName = "FILE" };

    public ClusterArguments Cluster { get; } = new();

    public void AddTo(Command command)
    {
        Option[] all =
        [
            Url, Failover, Clients, Rate, Capacity, Passages, Length, Duration, WarmUp, Deadline, GiveUp, Seed, Pool, Queries, Bodies, Verify, Scripted,
            Model, Metrics, AllowRefusals, ApiKey, Export, Json,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        Cluster.AddTo(command, Url, Failover, ApiKey);
        foreach (var positive in (Option[])[Clients, Duration, Deadline, GiveUp, Pool, Queries, Bodies, Rate, Capacity])
        {
            positive.Validators.Add(result =>
            {
                if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, out var value) && !(value > 0))
                {
                    result.AddError($"{positive.Name} must be more than 0.");
                }
            });
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(Capacity) is not null && result.GetValue(Rate) is null)
            {
                result.AddError("--capacity says what random arrivals cost; give their rate, --rate.");
            }

            if (result.GetValue(Scripted) && result.GetValue(Model) is null)
            {
                result.AddError("--scripted needs the folder of the model that the script stands for, --model.");
            }

            if (result.GetValue(Scripted) && result.GetValue(Verify) is not null)
            {
                result.AddError("--scripted and --verify are two ways to know the right scores; give one.");
            }
        });
    }

    public LoadOptions Options(ParseResult parsed) => new()
    {
        Urls = parsed.GetRequiredValue(Url),
        Cluster = Cluster.Connection(parsed),
        Failover = parsed.GetValue(Failover),
        Clients = parsed.GetValue(Clients),
        Rate = parsed.GetValue(Rate),
        Capacity = parsed.GetValue(Capacity),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(Duration)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(WarmUp)),
        Seed = parsed.GetValue(Seed),
        Tolerance = parsed.GetValue(Verify) ?? ScriptedTolerance,
        Deadline = TimeSpan.FromMilliseconds(parsed.GetValue(Deadline)),
        GiveUp = parsed.GetValue(GiveUp) is { } giveUp ? TimeSpan.FromMilliseconds(giveUp) : null,
        ApiKey = parsed.GetValue(ApiKey),
    };

    // Scripted logits are written to the last digit; this is for the reader's rounding.
    private const double ScriptedTolerance = 1e-5;

    private static Option<Uri[]> Addresses(string name, string description, Uri[] defaults) => new(name)
    {
        Description = description,
        HelpName = "URL",
        DefaultValueFactory = _ => defaults,
        CustomParser = result =>
        {
            var urls = new List<Uri>();
            foreach (var token in result.Tokens)
            {
                if (Uri.TryCreate(token.Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                {
                    urls.Add(url);
                }
                else
                {
                    result.AddError($"'{token.Value}' is no absolute HTTP address.");
                }
            }

            return [.. urls];
        },
    };

    private static PassageRange? ParseRange(ArgumentResult result)
    {
        var range = PassageRange.Parse(result.Tokens[0].Value);
        if (range is null)
        {
            result.AddError($"'{result.Tokens[0].Value}' is no number of passages and no range such as 1-50.");
        }

        return range;
    }

    private static LengthDistribution? ParseLength(ArgumentResult result)
    {
        var length = LengthDistribution.Parse(result.Tokens[0].Value);
        if (length is null)
        {
            result.AddError($"'{result.Tokens[0].Value}' is no length: give 8 to 8192 tokens, 'natural' or 'natural:MEAN'.");
        }

        return length;
    }
}
