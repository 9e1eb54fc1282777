using System.CommandLine.Parsing;
using Reranker.Inference.Models;

namespace Reranker.Tool.Arguments;

/// <summary>Reads precisions by their names, in any case.</summary>
internal static class PrecisionNames
{
    /// <summary>One precision.</summary>
    public static ModelPrecision? ParseOne(ArgumentResult result) => Parse(result, result.Tokens[^1].Value);

    /// <summary>Precisions with commas between them, each once.</summary>
    public static IReadOnlyList<ModelPrecision> ParseList(ArgumentResult result)
    {
        var precisions = new List<ModelPrecision>();
        foreach (var name in result.Tokens[^1].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Parse(result, name) is not { } precision)
            {
                return [];
            }

            if (precisions.Contains(precision))
            {
                result.AddError($"{precision} is named twice.");
                return [];
            }

            precisions.Add(precision);
        }

        return precisions;
    }

    private static ModelPrecision? Parse(ArgumentResult result, string name)
    {
        var found = ModelPrecision.All.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));
        if (found is null)
        {
            result.AddError($"'{name}' is no precision; one of {string.Join(", ", ModelPrecision.All)}.");
        }

        return found;
    }
}
