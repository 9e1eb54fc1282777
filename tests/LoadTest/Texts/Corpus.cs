using System.Text;
using Reranker.Benchmarking.Workloads;
using Reranker.Inference.Models;

namespace Reranker.LoadTest.Texts;

/// <summary>Passages made of sentences, as long as asked for. Equal arguments give equal texts.</summary>
internal sealed class Corpus(IReadOnlyList<string> passages)
{
    /// <summary>The passages.</summary>
    public IReadOnlyList<string> Passages { get; } = passages;

    /// <summary>Makes passages whose pairs, with a query of mean length, have the wanted lengths.</summary>
    /// <param name="random">Chooses lengths and sentences.</param>
    /// <param name="count">Number of passages.</param>
    /// <param name="lengths">Lengths of pairs in tokens.</param>
    /// <param name="tokens">Tokens of the sentences.</param>
    public static Corpus Create(Random random, int count, LengthDistribution lengths, TextTokens tokens)
    {
        var beside = (int)Math.Round(tokens.Questions.Average()) + PairLayout.SpecialTokens;
        return new Corpus([.. lengths.ToLengths().DrawLengths(random, count).Select(n => Passage(random, Math.Max(1, n - beside), tokens))]);
    }

    private static string Passage(Random random, int length, TextTokens tokens)
    {
        var text = new StringBuilder();
        for (var left = length; left > 0;)
        {
            var next = random.Next(Sentences.Statements.Count);
            text.Append(text.Length > 0 ? " " : "").Append(Cut(Sentences.Statements[next], left, tokens.Statements[next]));
            left -= tokens.Statements[next];
        }

        return text.ToString();
    }

    // A sentence's beginning, at a word's end where the language has spaces.
    private static string Cut(string sentence, int left, int tokens)
    {
        if (left >= tokens)
        {
            return sentence;
        }

        var end = Math.Max(1, (int)Math.Round((double)sentence.Length * left / tokens));
        var space = sentence.IndexOf(' ', end);
        return space >= 0 && space - end < 8 ? sentence[..space] : sentence[..end];
    }
}
