using System.Globalization;
using System.Text;
using Reranker.Inference.Models;

namespace Reranker.Tool.Output;

/// <summary>What a chooser tried, as a table for people.</summary>
internal static class ChoiceTable
{
    public static string Write(ManifestChoice choice)
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"FP32: nDCG@10 {choice.ReferenceNdcg:0.0000} on the {choice.Queries} queries that choose, {choice.HeldOutReferenceNdcg:0.0000} on the {choice.HeldOutQueries} others");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"format",-10} {"method",-16} {"smooth",6} {"kept",4} {"cost",5}  {"loss",7}  {"loss on the others",-27} {"overlap",7} {"|Δ logit|",9}");
        foreach (var trial in choice.Trials)
        {
            var others = string.Create(CultureInfo.InvariantCulture, $"{trial.HeldOutLoss:0.00 %} ({trial.HeldOutLossLow:0.00 %} to {trial.HeldOutLossHigh:0.00 %})");
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{trial.Format,-10} {trial.Method,-16} {trial.Smoothing,6:0.##} {trial.Kept.Count,4} {trial.Cost,5:0.00}  {trial.Loss,7:0.00 %}  {others,-27} {trial.Overlap,7:0.000} {trial.MeanDifference,9:0.0000}{(trial.IsChosen ? "  <- chosen" : "")}");
        }

        return text.ToString();
    }
}
