using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Doctor;

/// <summary>Writes a report, for people and for bug reports. What might be a secret is left out of both.</summary>
internal static partial class DoctorText
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Lines below the names of their areas, then the verdict.</summary>
    public static string FormatText(DoctorReport report)
    {
        var text = new System.Text.StringBuilder();
        foreach (var area in report.Lines.GroupBy(l => l.Area))
        {
            text.Append(area.Key).Append('\n');
            foreach (var line in area)
            {
                text.Append($"  {line.State.ToString().ToLowerInvariant(),-5} {line.Text}\n");
                if (line.Next is { } next && line.State != LineState.Ok)
                {
                    text.Append($"        -> {next}\n");
                }
            }
        }

        text.Append($"\n{report.Verdict}\nnext: {report.Next}\n");
        return RemoveSecrets(text.ToString());
    }

    /// <summary>The report with all that it was made of.</summary>
    public static string FormatJson(DoctorReport report, MachineFacts facts) => RemoveSecrets(JsonSerializer.Serialize(
        new { Format = 1, report.Verdict, report.Next, Serves = EngineLines.FindBest(facts), report.HasMends, report.Lines, Machine = facts }, Readable));

    /// <summary>The same text without names and passwords in addresses, and without what has the form of a token.</summary>
    internal static string RemoveSecrets(string text) => Token().Replace(UserOfAddress().Replace(text, "://…@"), "…");

    // To the last sign of a word: a password that was not escaped may hold what ends one.
    [GeneratedRegex(@"://[^\s""]+@")]
    private static partial Regex UserOfAddress();

    [GeneratedRegex(@"\b(?:hf_|sk-|ghp_|rk_)[A-Za-z0-9_-]{8,}")]
    private static partial Regex Token();
}
