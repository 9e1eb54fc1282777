using System.Text.RegularExpressions;

namespace DocsSearch;

/// <summary>
/// BM25 over passages: a word counts more the fewer passages have it, and less with each repetition, more so in long passages. It finds words,
/// not meanings, which is what the reranker adds.
/// </summary>
public sealed partial class Bm25Index
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.75;

    private readonly IReadOnlyList<Passage> _passages;
    private readonly Dictionary<string, List<(int Passage, int Count)>> _postings = [];
    private readonly int[] _lengths;
    private readonly double _meanLength;

    /// <summary>Indexes passages.</summary>
    public Bm25Index(IReadOnlyList<Passage> passages)
    {
        _passages = passages;
        _lengths = new int[passages.Count];
        for (var i = 0; i < passages.Count; i++)
        {
            var words = SplitWords(passages[i].Text).ToList();
            _lengths[i] = words.Count;
            foreach (var word in words.CountBy(static w => w))
            {
                if (!_postings.TryGetValue(word.Key, out var list))
                {
                    _postings[word.Key] = list = [];
                }

                list.Add((i, word.Value));
            }
        }

        _meanLength = _lengths.Average();
    }

    /// <summary>The passages with the highest scores, the best first.</summary>
    public IReadOnlyList<Passage> Search(string question, int count)
    {
        var scores = new Dictionary<int, double>();
        foreach (var word in SplitWords(question).Distinct())
        {
            if (!_postings.TryGetValue(word, out var list))
            {
                continue;
            }

            var rarity = Math.Log(1 + ((_passages.Count - list.Count + 0.5) / (list.Count + 0.5)));
            foreach (var (passage, repetitions) in list)
            {
                var norm = Saturation * (1 - LengthWeight + (LengthWeight * _lengths[passage] / _meanLength));
                scores[passage] = scores.GetValueOrDefault(passage) + (rarity * repetitions * (Saturation + 1) / (repetitions + norm));
            }
        }

        return [.. scores.OrderByDescending(static s => s.Value).ThenBy(static s => s.Key).Take(count).Select(s => _passages[s.Key])];
    }

    private static IEnumerable<string> SplitWords(string text) => Word().Matches(text.ToLowerInvariant()).Select(static m => Stem(m.Value));

    /// <summary>A plural's end is no other word; more of a stemmer than this is more than the comparison needs.</summary>
    private static string Stem(string word) => word.Length > 3 && word[^1] == 's' && word[^2] != 's' ? word[..^1] : word;

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
