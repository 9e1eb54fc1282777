using System.CommandLine;
using System.Globalization;
using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Tool.Arguments;

/// <summary>Options that say how ranges are found and what is not quantized.</summary>
internal sealed class QuantizationRuleArguments
{
    private readonly Option<RangeMethod?> _method = new("--method")
    {
        Description = "How ranges are found. Default: percentile for int8-qdq, max for fp8.",
        HelpName = "max|percentile|mse|entropy",
    };

    private readonly Option<double?> _percentile = new("--percentile")
    {
        Description = "Percentage of the values that --method percentile does not clip. Default: 99.99.",
        HelpName = "P",
    };

    private readonly Option<double?> _smooth = new("--smooth")
    {
        Description = "How much of the unevenness of activation channels goes into the weights, 0 to 1; int8-qdq alone. Default: nothing.",
        HelpName = "ALPHA",
    };

    private readonly Option<string[]> _keep = new("--keep")
    {
        Description = "Values that stay FP16, with * and ?, such as 'layer.3/*' or '*/gelu'; int8-qdq alone. May be given several times.",
        HelpName = "PATTERN",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        _method.CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (Enum.GetNames<RangeMethod>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name)
            {
                return Enum.Parse<RangeMethod>(name);
            }

            result.AddError($"'{text}' is no value of --method; one of max, percentile, mse, entropy.");
            return null;
        };
        RequireWithin(_percentile, 50, 100);
        RequireWithin(_smooth, 0, 1);
        command.Options.Add(_method);
        command.Options.Add(_percentile);
        command.Options.Add(_smooth);
        command.Options.Add(_keep);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_percentile) is not null && result.GetValue(_method) is { } method and not RangeMethod.Percentile)
            {
                result.AddError($"{_percentile.Name} belongs to {_method.Name} percentile, and {method.ToString().ToLowerInvariant()} was named.");
            }
        });
    }

    /// <summary>One of the options that was given, or null.</summary>
    public string? FindNamed(ParseResult parsed)
        => new Option[] { _method, _percentile, _smooth, _keep }.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false })?.Name;

    public QuantizationOptions ReadOptions(ParseResult parsed)
    {
        var percentile = parsed.GetValue(_percentile);
        var method = parsed.GetValue(_method) ?? (percentile is null ? null : RangeMethod.Percentile);
        return new QuantizationOptions
        {
            Rule = method is { } named ? new RangeRule(named, percentile ?? RangeRule.UsualPercentile) : null,
            Smoothing = parsed.GetValue(_smooth) is { } strength and > 0 ? (float)strength : null,
            Keep = parsed.GetValue(_keep)!,
        };
    }

    private static void RequireWithin(Option<double?> option, double low, double high) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && !(value >= low && value <= high))
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be from {low} to {high}."));
        }
    });
}
