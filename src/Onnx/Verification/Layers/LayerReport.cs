using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Onnx.Verification.Layers;

/// <summary>Two models, value by value.</summary>
/// <param name="Reference">The one that is believed.</param>
/// <param name="Tested">The other.</param>
/// <param name="Pairs">Pairs that both ran.</param>
/// <param name="Tolerance">Signal to noise of a token in the median, in dB, below which a value is beyond the tolerance; null where steps alone are judged.</param>
/// <param name="PairsWithOtherIds">Pairs of texts that the tested model's tokenizer gives other ids; both ran the reference's.</param>
/// <param name="Rows">The values in the order in which a pair meets them.</param>
public sealed record LayerReport(
    string Reference, string Tested, int Pairs, double? Tolerance, int PairsWithOtherIds, IReadOnlyList<LayerRow> Rows)
{
    /// <summary>The same of a step alone, which both work out from the same numbers; null where steps are not judged.</summary>
    public double? StepTolerance { get; init; }

    /// <summary>The tolerances, for people.</summary>
    [JsonIgnore]
    public string Limits => (Tolerance, StepTolerance) switch
    {
        ({ } whole, { } step) => string.Create(CultureInfo.InvariantCulture, $"{whole} dB, or {step} dB in a step of its own"),
        (null, { } step) => string.Create(CultureInfo.InvariantCulture, $"{step} dB in a step of its own"),
        var (whole, _) => string.Create(CultureInfo.InvariantCulture, $"{whole} dB"),
    };

    /// <summary>What differs first: the tokenizer, or the first value beyond the tolerance; null where nothing does.</summary>
    public string? FirstBeyond => PairsWithOtherIds > 0 ? "tokenizer" : Rows.FirstOrDefault(r => r.IsBeyond)?.Value;

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LayerJson.Default.LayerReport);

    /// <summary>The report as a table for people.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        var hasSteps = Rows.Any(r => r.StepSignalToNoise is not null);
        text.AppendLine(CultureInfo.InvariantCulture, $"{Tested} against {Reference}, {Pairs} pairs");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"value",-34} {"max",10} {"mean",10} {"relative",9} {"cosine",9} {"SQNR dB",8} {"median dB",9}{(hasSteps ? $" {"step dB",8}" : "")}");
        foreach (var row in Rows)
        {
            var mark = row.Value == FirstBeyond ? "  <- first beyond the tolerance" : row.IsBeyond ? "  <" : "";
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{row.Value,-34} {row.MaxError,10:0.00000} {row.MeanError,10:0.00000} {row.RelativeError,9:0.00000} {row.Cosine,9:0.000000} {row.SignalToNoise,8:0.0} {row.MedianSignalToNoise,9:0.0}{(hasSteps ? $" {row.StepSignalToNoise,8:0.0}" : "")}{mark}");
        }

        if (PairsWithOtherIds > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"the tokenizers differ: {PairsWithOtherIds} of {Pairs} pairs have other ids");
        }

        text.AppendLine(FirstBeyond is { } first
            ? $"first beyond {Limits}: {first}"
            : $"nothing is beyond {Limits}");
        return text.ToString();
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(LayerReport))]
internal sealed partial class LayerJson : JsonSerializerContext;
