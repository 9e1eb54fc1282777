using System.CommandLine;
using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Tool.Arguments;

/// <summary>What a ranking must hold, as options of a command.</summary>
internal sealed class QualityLimitArguments
{
    private readonly Option<double?> _minNdcg = ShareArguments.CreateOption("--min-ndcg", "Fail below this nDCG over all queries.");
    private readonly Option<double?> _maxLoss = ShareArguments.CreateOption("--max-ndcg-loss", "Fail when more of the reference's nDCG is lost, such as 0.5%.");
    private readonly Option<double?> _maxSetLoss = ShareArguments.CreateOption("--max-set-loss", "Fail when the whole paired 95 % interval of a set's loss lies beyond.");
    private readonly Option<double?> _minOverlap = ShareArguments.CreateOption("--min-overlap", "Fail below this mean overlap with the reference's best.");
    private readonly Option<double?> _minTau = ShareArguments.CreateOption("--min-tau", "Fail below this mean of Kendall's tau.");

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _minNdcg, _maxLoss, _maxSetLoss, _minOverlap, _minTau })
        {
            command.Options.Add(option);
        }
    }

    public QualityLimits ReadLimits(ParseResult parsed) => new()
    {
        MinNdcg = parsed.GetValue(_minNdcg),
        MaxLoss = parsed.GetValue(_maxLoss),
        MaxSetLoss = parsed.GetValue(_maxSetLoss),
        MinOverlap = parsed.GetValue(_minOverlap),
        MinTau = parsed.GetValue(_minTau),
    };
}
