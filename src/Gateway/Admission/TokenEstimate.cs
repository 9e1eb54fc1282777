using Reranker.Estimates;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Admission;

/// <summary>Tokens of one call before it is tokenized.</summary>
internal sealed class TokenEstimate
{
    // To find equal passages costs a look at every character, for what then takes far longer on a device.
    private const int ManyPassages = 256;

    private readonly RerankCall _call;
    private readonly double _rate;
    private readonly int? _maxPairTokens;
    private bool _isDistinct;

    /// <param name="call">The call.</param>
    /// <param name="tokensPerCharacter">Of its texts.</param>
    /// <param name="maxPairTokens">Most tokens of a pair of its model; null when that is not known.</param>
    public TokenEstimate(RerankCall call, double tokensPerCharacter, int? maxPairTokens)
    {
        (_call, _rate, _maxPairTokens) = (call, tokensPerCharacter, maxPairTokens);
        Tokens = EstimateTokens(call.Passages);

        // Equal passages of several queries are no equal pairs.
        _isDistinct = call.Queries is not null;
        if (call.Passages.Length >= ManyPassages)
        {
            CountEqualPassagesOnce();
        }
    }

    /// <summary>What the call will cost; equal passages count once where there are many, or since <see cref="CountEqualPassagesOnce"/>.</summary>
    public double Tokens { get; private set; }

    /// <summary>Characters of its texts, equal ones and those that are cut off included.</summary>
    public long Characters => _call.QueryCharacters + _call.PassageCharacters;

    /// <summary>Counts equal passages once, because they are scored once.</summary>
    public double CountEqualPassagesOnce()
    {
        if (!_isDistinct)
        {
            _isDistinct = true;
            var distinct = new HashSet<string>(_call.Passages, StringComparer.Ordinal);
            Tokens = distinct.Count < _call.Passages.Length ? EstimateTokens(distinct) : Tokens;
        }

        return Tokens;
    }

    private double EstimateTokens(IReadOnlyCollection<string> passages)
    {
        var longest = Math.Min(_call.Truncation.MaxPairTokens ?? int.MaxValue, _maxPairTokens ?? int.MaxValue);
        var inChunks = _call.Truncation.MaxChunks > 1 && _maxPairTokens is not null;
        var (tokens, at) = (0.0, 0);
        foreach (var passage in passages)
        {
            var query = (_call.Queries?[at++] ?? _call.Query).Length * _rate;

            // What is cut off costs nothing.
            tokens += inChunks
                ? EstimateChunkTokens(passage, query, longest)
                : Math.Min(query + (passage.Length * _rate) + TextTokens.SpecialTokensPerPair, longest);
        }

        return tokens;
    }

    // Every chunk has the query, and repeats some of the one before.
    private double EstimateChunkTokens(string passage, double query, int longest)
    {
        query = Math.Min(query, longest * 0.75);
        var room = Math.Max(1, longest - TextTokens.SpecialTokensPerPair - query);
        var overlap = Math.Min(_call.Truncation.ChunkOverlap, room / 2);
        var passageTokens = Math.Min(passage.Length * _rate, _call.Truncation.MaxPassageTokens ?? int.MaxValue);
        var needed = passageTokens <= room ? 1 : 1 + Math.Ceiling((passageTokens - room) / (room - overlap));
        var chunks = Math.Min(needed, _call.Truncation.MaxChunks);
        return Math.Min(passageTokens + ((chunks - 1) * overlap), chunks * room) + (chunks * (query + TextTokens.SpecialTokensPerPair));
    }
}
