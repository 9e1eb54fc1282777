namespace Reranker.Inference.Tokenization;

/// <summary>
/// Puts a text together that is tokenized part by part from the end that is kept, and remembers behind which tokens its parts end.
/// </summary>
/// <param name="length">Characters of the whole text.</param>
/// <param name="maxTokens">Most tokens that are kept.</param>
/// <param name="keepEnd">Whether parts come from the end on.</param>
internal sealed class SentenceCollector(int length, int maxTokens, bool keepEnd)
{
    private readonly List<(int[] Ids, bool IsBreak)> _parts = [];
    private int _kept;
    private int _cut;
    private int _read;
    private int _seen;
    private bool _isCutInside;

    /// <summary>Tokens that may still come.</summary>
    public int Room => maxTokens - _kept;

    /// <summary>True when nothing more is to be read.</summary>
    public bool IsFull => _cut > 0 || _seen >= length;

    /// <summary>Takes the next part.</summary>
    /// <param name="part">Its tokens, of which at most <see cref="Room"/> were kept.</param>
    /// <param name="characters">Its characters.</param>
    /// <param name="isBreak">Whether a sentence ends where the part ends that comes first in the text.</param>
    public void AddPart(TokenizedText part, int characters, bool isBreak)
    {
        _parts.Add((part.Ids, isBreak));
        _kept += part.Ids.Length;
        _cut += part.CutTokens;
        _read += part.CharactersRead;
        _seen += characters;
        _isCutInside |= !part.IsExact;
    }

    /// <summary>The tokens, and the numbers of them behind which a sentence ends.</summary>
    /// <param name="addInner">Finds further ends among all ids, or null.</param>
    public TokenizedText CreateText(Action<int[], List<int>>? addInner)
    {
        if (keepEnd)
        {
            _parts.Reverse();
        }

        var (ids, ends, at) = (new int[_kept], new List<int>(), 0);
        for (var i = 0; i < _parts.Count; i++)
        {
            var (part, isBreak) = _parts[i];
            part.CopyTo(ids, at);

            // Told by the part before the place forwards, and by the one behind it backwards.
            if (keepEnd && isBreak && at > 0)
            {
                ends.Add(at);
            }

            at += part.Length;
            if (!keepEnd && isBreak && at < _kept)
            {
                ends.Add(at);
            }
        }

        addInner?.Invoke(ids, ends);

        // What was not seen has as many tokens a character as what was.
        var unseen = Math.Ceiling((_kept + (double)_cut) * (length - _seen) / Math.Max(_seen, 1));
        return new TokenizedText(ids, _cut + (int)Math.Min(int.MaxValue / 2, unseen), _seen >= length && !_isCutInside, _read)
        {
            SentenceEnds = [.. ends.Distinct().Order()],
        };
    }
}
