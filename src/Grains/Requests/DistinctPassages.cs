namespace Reranker.Grains.Requests;

/// <summary>The passages of a request without repetitions: equal texts are tokenized and scored once.</summary>
internal sealed class DistinctPassages
{
    private readonly int[]? _textOf;
    private readonly int[]? _firstOf;

    private DistinctPassages(string[] texts, int count, int[]? textOf, int[]? firstOf)
        => (Texts, Count, _textOf, _firstOf) = (texts, count, textOf, firstOf);

    /// <summary>The texts that differ, in the order of their first passage.</summary>
    public string[] Texts { get; private set; }

    /// <summary>Number of passages.</summary>
    public int Count { get; }

    /// <summary>Finds the texts that differ.</summary>
    public static DistinctPassages FindDistinct(string[] passages)
    {
        var known = new Dictionary<string, int>(passages.Length, StringComparer.Ordinal);
        var textOf = new int[passages.Length];
        var firstOf = new List<int>(passages.Length);
        for (var i = 0; i < passages.Length; i++)
        {
            if (known.TryAdd(passages[i], firstOf.Count))
            {
                firstOf.Add(i);
            }

            textOf[i] = known[passages[i]];
        }

        return firstOf.Count == passages.Length
            ? new DistinctPassages(passages, passages.Length, null, null)
            : new DistinctPassages([.. firstOf.Select(i => passages[i])], passages.Length, textOf, [.. firstOf]);
    }

    /// <summary>Forgets the texts, which nobody needs after they are tokenized.</summary>
    public void DropTexts() => Texts = [];

    /// <summary>The text of a passage, by index.</summary>
    public int GetTextIndex(int passage) => _textOf is null ? passage : _textOf[passage];

    /// <summary>The first passage that has a text.</summary>
    public int GetFirstPassage(int text) => _firstOf is null ? text : _firstOf[text];
}
