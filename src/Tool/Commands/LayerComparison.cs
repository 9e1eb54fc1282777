using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using System.Text;
using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.Quantization.Choice;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Verification.Layers;
using Reranker.Onnx.Verification.Source;
using Reranker.Tool.Arguments;
using Reranker.Tool.Input;
using Reranker.Tool.Output;
using Spectre.Console;

namespace Reranker.Tool.Commands;

/// <summary>Two models layer by layer, and which values of the second to keep wide.</summary>
internal sealed class LayerComparison(EngineArguments engine, Option<string?> pairs, Option<int?> longest)
{
    private const int UsualPairs = 12;
    private const int UsualLongest = 128;
    private const int MostPairs = 4096;
    private const double UsualLoss = 0.005;

    private readonly Option<ModelPrecision?> _referencePrecision = ReferenceArguments.CreatePrecisionOption("Precision of A where it holds several; --precision is that of B.");

    private readonly Option<double?> _tolerance = new("--tolerance")
    {
        Description = "Signal to noise in dB that every value must have. Default: what is usual of the two precisions.",
        HelpName = "DB",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON; the table goes to standard error." };

    private readonly Option<FileInfo?> _html = new("--html") { Description = "Also write a page with plots.", HelpName = "FILE" };

    private readonly Option<string> _providers = new("--providers")
    {
        Description = "Where each of the two runs, such as cpu,cuda.",
        DefaultValueFactory = _ => "cpu,cpu",
        HelpName = "A,B",
    };

    private readonly Option<bool> _bisect = new("--bisect")
    {
        Description = "A is the checkpoint of B: find a small set of values to keep in FP16 for --max-ndcg-loss on --data, and what each costs.",
    };

    private readonly Option<double?> _maxLoss = ShareArguments.CreateOption("--max-ndcg-loss", "Loss of nDCG@10 that is allowed. Default: 0.5%.");

    private readonly Option<FileInfo> _data = new("--data") { Description = "Labelled queries, as for 'reranker quality'.", HelpName = "FILE" };

    private readonly CalibrationArguments _calibration = new();

    /// <summary>Adds the options of a comparison.</summary>
    public void AddTo(Command command)
    {
        _tolerance.NotNegative();
        _html.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (Directory.Exists(token.Value) || new FileInfo(token.Value).Directory is not { Exists: true }))
            {
                result.AddError($"{_html.Name} names a file in a folder that is there, and '{token.Value}' is none.");
            }
        });
        _providers.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && ParseProviders(token.Value) is null)
            {
                result.AddError($"'{token.Value}' is no value of --providers; it takes two of cpu and cuda, such as cpu,cuda.");
            }
        });
        foreach (var option in new Option[] { _referencePrecision, _providers, _tolerance, _json, _html, _bisect })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Refuses more built-in pairs than there are.</summary>
    public void RefuseMorePairs(CommandResult result)
    {
        var all = CalibrationPairs.BuiltIn.Pairs.Count;
        if (IsNumber(result.GetResult(pairs)?.Tokens is [var token] ? token.Value : null, out var count) && count > all)
        {
            result.AddError($"{pairs.Name} {count} asks for more than the {all} built-in pairs; name a file of pairs for more.");
        }
    }

    /// <summary>Refuses what a search has no use for.</summary>
    public void RefuseBesideSearch(CommandResult result)
    {
        foreach (var option in new Option[] { pairs, longest, _referencePrecision, _providers, _tolerance, _json, _html }.Where(o => result.GetResult(o) is { Implicit: false }))
        {
            result.AddError($"{option.Name} is for layers, and {_bisect.Name} searches by the ranking; leave one of the two out.");
        }
    }

    /// <summary>Adds the options of a search.</summary>
    public void AddSearchTo(Command command)
    {
        _data.AcceptExistingOnly();
        command.Options.Add(_data);
        command.Options.Add(_maxLoss);
        _calibration.AddTo(command);
    }

    /// <summary>Whether a search is asked for, while the command line is checked.</summary>
    public bool IsSearch(CommandResult result) => result.GetValue(_bisect);

    /// <summary>Compares, and searches where it was asked to; fails where something is beyond the tolerance.</summary>
    public async Task<int> RunAsync(string a, string b, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_bisect))
        {
            await BisectAsync(a, b, parsed, cancellationToken);
            return ExitCodes.Success;
        }

        var devices = ParseProviders(parsed.GetValue(_providers)!)!;
        var options = new SourceComparisonOptions
        {
            Longest = parsed.GetValue(longest) ?? UsualLongest,
            Tolerance = parsed.GetValue(_tolerance),
            ReferencePrecision = parsed.GetValue(_referencePrecision)?.Name,
            TestedPrecision = parsed.GetValue(engine.Precision)?.Name,
            ReferenceDevice = devices[0],
            TestedDevice = devices[1],
        };
        var texts = ReadTexts(parsed.GetValue(pairs), parsed.InvocationConfiguration.Error);
        var report = await Consoles.Error.Status().StartAsync(
            "comparing", _ => Task.Run(() => SourceComparison.CompareFolders(a, b, texts, options, cancellationToken), cancellationToken));
        ReportOutput.WriteReport($"{report.ToTable()}{DescribeForms((a, options.ReferencePrecision), (b, options.TestedPrecision))}\n", report.ToJson, parsed.GetValue(_json));
        if (parsed.GetValue(_html) is { } page)
        {
            await File.WriteAllTextAsync(page.FullName, LayerPage.Write(report), cancellationToken);
        }

        return report.FirstBeyond is null ? ExitCodes.Success : ExitCodes.Failure;
    }

    private async Task BisectAsync(string source, string model, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!SourceComparison.IsCheckpoint(source))
        {
            throw new InputException($"{source}: is no checkpoint; --bisect makes other forms of B from the one that it was made from");
        }

        var data = parsed.GetValue(_data) ?? throw new InputException("--bisect measures a ranking: name labelled queries with --data");
        var (queries, _) = await TextPairs.ReadQueriesAsync(data.FullName, cancellationToken);
        var folder = ModelFolder.Open(model);
        var manifest = (parsed.GetValue(engine.Precision) is { } precision ? folder.WithPrecision(precision.Name) : folder).Manifest;
        var texts = _calibration.ReadPairs(parsed);
        if (manifest.Quantization is { } made && made.TextSha256 == texts.Text.Sha256 && made.Pairs != texts.Text.Pairs)
        {
            parsed.InvocationConfiguration.Error.WriteLine(FormattableString.Invariant(
                $"{manifest.Name} was calibrated on {made.Pairs} pairs of {made.Text}, and the search calibrates on {texts.Text.Pairs}; --calibration-pairs takes as many"));
        }

        using var scratch = new ScratchFolder();
        var found = await Consoles.Error.Status().StartAsync("searching", context => KeptBisection.FindAsync(
            source, scratch.Path, manifest, texts, queries, parsed.GetValue(_maxLoss) ?? UsualLoss,
            new ImmediateProgress<string>(step => context.Status(Markup.Escape($"searching: {step}"))), cancellationToken));
        Console.Out.Write(WriteKept(found, manifest.Precision));
    }

    private static string WriteKept(KeptSearchResult found, string format)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"loss of nDCG@10 with nothing kept: {found.LossBefore:0.00 %}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"value",-34} {"|Δ logit| alone",16} {"time to keep it",16}");
        foreach (var value in found.Sensitivities)
        {
            var mark = found.Kept.Contains(value) ? "  <- keep" : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"{value.Value,-34} {value.Difference,16:0.0000} {value.Cost,16:+0.0 %}{mark}");
        }

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"loss with {found.Kept.Count} kept: {found.Loss:0.00 %}; time of the linear layers by operations: {found.Cost:0.00} of FP16's");
        text.AppendLine(found.Kept.Count == 0 ? "nothing has to be kept"
            : format == QuantizedFormat.Int8.Name ? string.Join(' ', found.Kept.Select(k => $"--keep '{k.Value}'"))
            : $"{format} keeps no values: 'reranker quantize' has --keep in {QuantizedFormat.Int8}, and other methods for {format}");
        return text.ToString();
    }

    private static IReadOnlyList<(string Query, string Passage)> ReadTexts(string? pairs, TextWriter told)
        => pairs is null ? [.. CalibrationPairs.BuiltIn.Pairs.Take(UsualPairs)]
            : IsNumber(pairs, out var count) ? [.. CalibrationPairs.BuiltIn.Pairs.Take((int)count)]
            : File.Exists(pairs) ? TextPairs.ReadCalibration(new FileInfo(pairs), MostPairs, told).Pairs
            : throw new InputException($"{pairs}: there is no such file");

    // The fused form has other values between its products, which have no counterpart.
    private static string DescribeForms(params (string Folder, string? Precision)[] sides)
    {
        string[] forms = [.. sides.Select(s => SourceComparison.IsCheckpoint(s.Folder) ? "the checkpoint's own pass" : "the padded graph")];
        var hasFused = sides.Any(s => !SourceComparison.IsCheckpoint(s.Folder) && HoldsFused(ModelFolder.ReadManifest(s.Folder), s.Precision));
        return $"compared: {forms[0]} of A with {forms[1]} of B"
            + (hasFused ? "; the fused graph, which most CPUs run, is not compared by its layers: 'reranker verify' runs the probes on it and on the padded one" : "");
    }

    private static bool HoldsFused(ModelManifest manifest, string? precision) => manifest.Precisions is { } several
        ? several.Any(p => (precision is null || p.Precision == precision) && p.Graphs.ContainsKey(GraphForms.Fused))
        : manifest.Graphs.ContainsKey(GraphForms.Fused);

    private static bool IsNumber(string? text, out BigInteger number) => BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static int?[]? ParseProviders(string text) => text.ToLowerInvariant().Split(',') switch
    {
        [var first, var second] when IsProvider(first) && IsProvider(second) => [FindDevice(first), FindDevice(second)],
        _ => null,
    };

    private static bool IsProvider(string name) => name is "cpu" or "cuda";

    private static int? FindDevice(string name) => name == "cuda" ? 0 : null;
}
