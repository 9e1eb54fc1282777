using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Reranker.Inference.Costs;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Planning;
using Reranker.Tool.Input;

namespace Reranker.Tool.Arguments;

/// <summary>Options of a plan: what is asked of a fleet, and of which cards.</summary>
internal sealed class PlanArguments
{
    private const double MaxRate = 1_000_000;
    private const double MaxMilliseconds = 600_000;
    private const int MaxPassages = 10_000;
    private const int MaxQueryTokens = 256;
    private const double MaxMeanTokens = 100_000;
    private const int DeadlineFactor = 2;

    private static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(1);

    private readonly Option<double> _qps = CreateNumber("--qps", "Requests a second on average.", "N", 0.1, MaxRate);
    private readonly Option<int> _passages = new("--passages") { Description = "Passages of a request.", HelpName = "N", Required = true };
    private readonly Option<double> _p99 = CreateNumber("--p99", "99 of 100 answers must be there after so many milliseconds.", "MS", 1, MaxMilliseconds);
    private readonly Option<double?> _tokens = CreateOptional(
        "--tokens", "Tokens of a passage on average, the query not counted; lengths are log-normal. Default: 128.", "N", 1, MaxMeanTokens);
    private readonly Option<FileInfo?> _lengths = new("--lengths")
    {
        Description = "Instead: a file with the tokens of one of your passages in each line, from which lengths are drawn.",
        HelpName = "FILE",
    };

    private readonly Option<int> _queryTokens = new("--query-tokens") { Description = "Tokens of a query.", DefaultValueFactory = _ => 12, HelpName = "N" };
    private readonly Option<double?> _deadline = CreateOptional(
        "--deadline-ms", "Time that a request has: what cannot end by then is refused. Default: 1000, or twice --p99.", "MS", 1, MaxMilliseconds);
    private readonly Option<double?> _burst = CreateOptional(
        "--burst", "How many times as often as on average requests arrive in bursts of about half a second, a tenth of the time; 1 to 10. Default: 1, none.", "N", 1, 10);
    private readonly Option<double?> _maxBusy = CreateOptional(
        "--max-busy", "Percent of the time in which cards may run: the rest is for what differs from the plan. Default: 85.", "N", 10, 99);
    private readonly Option<string[]> _gpu = new("--gpu")
    {
        Description = $"Cards that were measured: {string.Join(", ", BuiltInCosts.Cards)}; several to compare. Default: all of them, where there is no --costs.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "NAME",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<FileInfo[]> _costs = new("--costs")
    {
        Description = "Other cards: files of 'reranker bench gpu --save-costs FILE', or the table that a TensorRT engine keeps beside it.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int> _perNode = new("--gpus-per-node") { Description = "Cards of a node: what is lost at once.", DefaultValueFactory = _ => 1, HelpName = "N" };
    private readonly Option<int?> _nodes = new("--nodes") { Description = "See what so many nodes do. Default: find the fewest that are enough.", HelpName = "N" };
    private readonly Option<int> _maxNodes = new("--max-nodes") { Description = "Most nodes that are tried.", DefaultValueFactory = _ => 256, HelpName = "N" };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of everything random; the same seed gives the same plan.", DefaultValueFactory = _ => 1, HelpName = "N" };

    public void AddTo(Command command)
    {
        _passages.Within(1, MaxPassages);
        _queryTokens.Within(1, MaxQueryTokens);
        _perNode.Within(1, 16);
        _nodes.Within(1, 1024);
        _maxNodes.Within(1, 1024);
        Option[] options = [_qps, _passages, _p99, _tokens, _lengths, _queryTokens, _deadline, _burst, _maxBusy, _gpu, _costs, _perNode, _nodes, _maxNodes, _seed];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_tokens) is not null && result.GetResult(_lengths) is not null)
            {
                result.AddError("--tokens and --lengths say the same thing: give one of them.");
            }
        });
    }

    /// <summary>What is asked of the fleet.</summary>
    /// <exception cref="InputException">It contradicts itself, or a file is wrong.</exception>
    public FleetDemand ReadDemand(ParseResult parsed)
    {
        var p99 = TimeSpan.FromMilliseconds(parsed.GetRequiredValue(_p99));
        var deadline = parsed.GetValue(_deadline) is { } milliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : TimeSpan.FromTicks(Math.Max(UsualDeadline.Ticks, DeadlineFactor * p99.Ticks));
        return deadline < p99
            ? throw new InputException("--deadline-ms is shorter than --p99: what is refused by then cannot be answered later")
            : new FleetDemand
            {
                RequestsPerSecond = parsed.GetRequiredValue(_qps),
                Passages = parsed.GetRequiredValue(_passages),
                MeanPassageTokens = parsed.GetValue(_tokens) ?? 128,
                PassageTokens = parsed.GetValue(_lengths) is { } file ? PassageLengths.ReadFile(file.FullName) : [],
                QueryTokens = parsed.GetValue(_queryTokens),
                P99 = p99,
                Deadline = deadline,
                Burst = parsed.GetValue(_burst) ?? 1,
                MaxUtilization = (parsed.GetValue(_maxBusy) ?? 85) / 100,
                CardsPerNode = parsed.GetValue(_perNode),
                Nodes = parsed.GetValue(_nodes),
                MaxNodes = parsed.GetValue(_maxNodes),
                Seed = parsed.GetValue(_seed),
            };
    }

    /// <summary>The cards to plan with.</summary>
    /// <exception cref="InputException">One was not measured, or a file holds no costs.</exception>
    public IReadOnlyList<CardCosts> ReadCosts(ParseResult parsed)
    {
        var (named, files) = (parsed.GetRequiredValue(_gpu), parsed.GetRequiredValue(_costs));
        IEnumerable<string> cards = named.Length > 0 ? named : files.Length > 0 ? [] : BuiltInCosts.Cards;
        return [.. files.Select(f => CostFiles.Read(f.FullName)), .. cards.SelectMany(FindMeasured)];
    }

    private static IReadOnlyList<CardCosts> FindMeasured(string card) => BuiltInCosts.FindMeasured(card) is { Count: > 0 } costs
        ? costs
        : throw new InputException(
            $"'{card}' was not measured, only {string.Join(" and ", BuiltInCosts.Cards)}; 'reranker bench gpu --save-costs FILE' on such a card measures it, and --costs FILE plans with that");

    private static Option<double> CreateNumber(string name, string description, string unit, double min, double max)
        => new(name) { Description = description, HelpName = unit, Required = true, CustomParser = result => ParseNumber(result, name, min, max) };

    private static Option<double?> CreateOptional(string name, string description, string unit, double min, double max)
        => new(name) { Description = description, HelpName = unit, CustomParser = result => ParseNumber(result, name, min, max) };

    private static double ParseNumber(ArgumentResult result, string name, double min, double max)
    {
        if (double.TryParse(result.Tokens[^1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        result.AddError(FormattableString.Invariant($"{name} takes a number from {min} to {max}."));
        return min;
    }
}
