namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Texts that are one token wherever they stand: the leftmost is taken, and of those that begin there the longest.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<char, (string Text, int Id)[]> _byFirst;

    /// <param name="tokens">The texts with their ids.</param>
    public AddedTokens(IEnumerable<KeyValuePair<string, int>> tokens) => _byFirst = tokens.GroupBy(t => t.Key[0]).ToDictionary(
        g => g.Key, g => g.OrderByDescending(t => t.Key.Length).Select(t => (t.Key, t.Value)).ToArray());

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => _byFirst.Count == 0;

    /// <summary>Finds the first one in a text.</summary>
    public bool TryFindFirst(ReadOnlySpan<char> text, out int start, out int length, out int id)
    {
        for (start = 0; start < text.Length && !IsEmpty; start++)
        {
            foreach (var token in _byFirst.GetValueOrDefault(text[start]) ?? [])
            {
                if (text[start..].StartsWith(token.Text, StringComparison.Ordinal))
                {
                    (length, id) = (token.Text.Length, token.Id);
                    return true;
                }
            }
        }

        (length, id) = (0, 0);
        return false;
    }
}
