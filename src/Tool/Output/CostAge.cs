using System.Globalization;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Cuda.Kernels;

namespace Reranker.Tool.Output;

/// <summary>When and with what the costs of a card were measured, so that nobody takes times of older kernels for those of now.</summary>
internal static class CostAge
{
    /// <summary>Says it in a sentence.</summary>
    public static string Describe(CardCosts costs)
    {
        var day = costs.MeasuredOn is { } date ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "a day that is not told";
        var runtime = costs.Runtime is { } version ? $" with {version}," : "";
        return $"on {day}{runtime} {DescribeKernels(costs)}";
    }

    /// <summary>Whether this program has the kernels that were measured; null where none of its own are told.</summary>
    public static bool? IsOfCurrentKernels(CardCosts costs) => costs.Kernels is { } kernels ? KernelVersion.IsCurrent(kernels) : null;

    private static string DescribeKernels(CardCosts costs) => IsOfCurrentKernels(costs) switch
    {
        null => "by kernels that are not told",
        true => $"by kernels {costs.Kernels}, which this program has",
        false => $"by kernels {costs.Kernels}; those of this program are others, and may take other times ('reranker bench gpu --save-costs FILE' measures them)",
    };
}
