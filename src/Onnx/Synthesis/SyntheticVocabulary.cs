using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;

namespace Reranker.Onnx.Synthesis;

/// <summary>
/// Writes a small valid SentencePiece Unigram model with XLM-RoBERTa's conventions: single characters of several scripts,
/// syllables and words made of them from the seed. Ids need only be below the rows of the embedding table.
/// </summary>
/// <remarks>Field numbers of sentencepiece_model.proto.</remarks>
internal static class SyntheticVocabulary
{
    private const int MaxPieces = 20_000;
    private const string Space = "\u2581";
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int Unigram = 1;

    private static readonly (char First, char Last)[] Scripts =
    [
        ('a', 'z'), ('A', 'Z'), ('!', '@'), ('\u00DF', '\u00FF'), ('\u03B1', '\u03C9'), ('\u0430', '\u044F'),
        ('\u05D0', '\u05EA'), ('\u0627', '\u064A'), ('\u3041', '\u3096'), ('\u4E00', '\u4EFF'), ('\uAC00', '\uAC7F'),
    ];

    /// <summary>Writes the model with at most <paramref name="maxPieces"/> pieces, special ones included.</summary>
    public static void Write(string path, int maxPieces, ulong seed)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        using var output = new CodedOutputStream(stream);
        var pieces = CreatePieces(seed).Take(Math.Min(maxPieces, MaxPieces)).ToList();
        foreach (var (text, score, type) in pieces)
        {
            WriteMessage(output, 1, piece =>
            {
                piece.WriteTag(1, WireFormat.WireType.LengthDelimited);
                piece.WriteString(text);
                piece.WriteTag(2, WireFormat.WireType.Fixed32);
                piece.WriteFloat(score);
                WriteInteger(piece, 3, type);
            });
        }

        WriteMessage(output, 2, trainer =>
        {
            WriteInteger(trainer, 3, Unigram);
            WriteInteger(trainer, 4, pieces.Count);
            WriteInteger(trainer, 40, 0);
            WriteInteger(trainer, 41, 1);
            WriteInteger(trainer, 42, 2);
            WriteInteger(trainer, 43, -1);
        });
        WriteMessage(output, 3, normalizer =>
        {
            normalizer.WriteTag(1, WireFormat.WireType.LengthDelimited);
            normalizer.WriteString("identity");
            normalizer.WriteTag(2, WireFormat.WireType.LengthDelimited);
            normalizer.WriteBytes(UnsafeByteOperations.UnsafeWrap(CreateEmptyCharsMap()));
            WriteInteger(normalizer, 3, 1);
            WriteInteger(normalizer, 4, 1);
            WriteInteger(normalizer, 5, 1);
        });
    }

    private static IEnumerable<(string Text, float Score, int Type)> CreatePieces(ulong seed)
    {
        yield return ("<unk>", 0, Unknown);
        yield return ("<s>", 0, Control);
        yield return ("</s>", 0, Control);
        yield return (Space, -3, Normal);
        var seen = new HashSet<string> { Space };
        foreach (var letter in Scripts.SelectMany(s => Enumerable.Range(s.First, s.Last - s.First + 1)).Select(c => ((char)c).ToString()))
        {
            seen.Add(letter);
            yield return (letter, -12, Normal);
        }

        var numbers = new SyntheticNumbers(seed);
        while (true)
        {
            var word = CreateWord(numbers);
            if (seen.Add(word))
            {
                // Unigram scores are log probabilities; later words are rarer, as in a trained vocabulary.
                yield return (word, -6 - (seen.Count * 0.0003f), Normal);
            }
        }
    }

    // A character map without rules, since tokenizers expect one: the trie's size, a Darts double array whose root has only
    // units with a label that no byte has, and the zero that ends the replacements.
    private static byte[] CreateEmptyCharsMap()
    {
        const int Children = 256;
        const uint NoLabel = 1u << 31;
        var units = new uint[2 * Children];
        Array.Fill(units, NoLabel);
        units[0] = Children << 10;
        var trie = MemoryMarshal.AsBytes(units.AsSpan());
        return [.. BitConverter.GetBytes((uint)trie.Length), .. trie, 0];
    }

    private static string CreateWord(SyntheticNumbers numbers)
    {
        const string Consonants = "bcdfghklmnprstvwz";
        const string Vowels = "aeiou";
        var word = new StringBuilder(numbers.Next(2) == 0 ? Space : "");
        var syllables = 1 + numbers.Next(4);
        for (var i = 0; i < syllables; i++)
        {
            word.Append(Consonants[numbers.Next(Consonants.Length)]).Append(Vowels[numbers.Next(Vowels.Length)]);
        }

        return word.ToString();
    }

    private static void WriteInteger(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var inner = new CodedOutputStream(memory, leaveOpen: true))
        {
            write(inner);
        }

        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(memory.ToArray()));
    }
}
