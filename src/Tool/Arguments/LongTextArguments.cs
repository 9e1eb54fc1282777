using System.CommandLine;
using Reranker.Client;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;

namespace Reranker.Tool.Arguments;

/// <summary>What becomes of texts that are longer than a pair, as options of a command.</summary>
internal sealed class LongTextArguments
{
    private const int DefaultOverlap = 64;

    private readonly Option<int> _chunks = new("--max-chunks") { Description = "Most chunks of a document that is too long, the best of which counts; 1 cuts it.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _overlap = new("--chunk-overlap") { Description = "Tokens that neighbouring chunks share.", DefaultValueFactory = _ => DefaultOverlap };
    private readonly Option<bool> _atSentences = new("--chunk-at-sentences") { Description = "End chunks where sentences do, if one ends near." };
    private readonly Option<int?> _pairTokens = new("--max-pair-tokens") { Description = "Most tokens of a pair. Default: the model's limit.", HelpName = "N" };

    public void AddTo(Command command)
    {
        _chunks.Within(1, Limits.MaxChunks);
        _overlap.AtLeast(0);
        _pairTokens.AtLeast(PairLayout.MinPairTokens);
        command.Options.Add(_chunks);
        command.Options.Add(_overlap);
        command.Options.Add(_atSentences);
        command.Options.Add(_pairTokens);
    }

    public TruncationRule ReadRule(ParseResult parsed) => new(
        parsed.GetValue(_pairTokens) ?? int.MaxValue,
        MaxChunks: parsed.GetValue(_chunks),
        ChunkOverlap: parsed.GetValue(_overlap),
        AtSentences: parsed.GetValue(_atSentences));

    /// <summary>The rule in the words of a score map.</summary>
    public ScoreMapLongTexts DescribeRule(ParseResult parsed)
        => new(parsed.GetValue(_chunks), parsed.GetValue(_overlap), parsed.GetValue(_atSentences), parsed.GetValue(_pairTokens));
}
