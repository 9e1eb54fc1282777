using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Reranker.TestKit.Reference;

/// <summary>
/// A small SentencePiece model in the making, right by default and wrong in whatever a test changes. Field numbers of
/// <c>sentencepiece_model.proto</c>.
/// </summary>
public sealed record SentencePieceModel
{
    /// <summary>Type of a piece of text.</summary>
    public const int Normal = 1;

    /// <summary>Type of the unknown piece.</summary>
    public const int Unknown = 2;

    /// <summary>Type of a piece that is in no text.</summary>
    public const int Control = 3;

    /// <summary>Type of a piece that the user added.</summary>
    public const int UserDefined = 4;

    /// <summary>Type of a piece that stands for a byte.</summary>
    public const int Byte = 6;

    /// <summary>The pieces with their scores and types.</summary>
    public IReadOnlyList<(string Text, float Score, int Type)> Pieces { get; init; } =
    [
        ("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control), ("\u2581", -2, Normal),
        .. Enumerable.Range('a', 26).Select(c => (((char)c).ToString(), -4f, Normal)), ("\u2581the", -1, Normal),
    ];

    /// <summary>1 Unigram, 2 BPE, 3 words, 4 characters.</summary>
    public int ModelType { get; init; } = 1;

    /// <summary>Ids of the unknown, the first and the last piece.</summary>
    public (int Unknown, int Begin, int End) SpecialIds { get; init; } = (0, 1, 2);

    /// <summary>Unknown characters become bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>White space ends a word instead of beginning it.</summary>
    public bool WhiteSpaceAsSuffix { get; init; }

    /// <summary>A space stands before the text.</summary>
    public bool DummyPrefix { get; init; } = true;

    /// <summary>Runs of white space become one.</summary>
    public bool RemoveExtraWhiteSpace { get; init; } = true;

    /// <summary>White space becomes U+2581.</summary>
    public bool EscapeWhiteSpace { get; init; } = true;

    /// <summary>The compiled normalization rules; empty leaves them out.</summary>
    public byte[] CharsMap { get; init; } = CharsMapOf(new Dictionary<char, int>());

    /// <summary>False leaves the trainer's settings out.</summary>
    public bool HasTrainer { get; init; } = true;

    /// <summary>
    /// A character map with one rule a letter: what replaces it, as a place in the replacements, which are a NUL-terminated
    /// "a". A place beyond them is what a damaged map has.
    /// </summary>
    public static byte[] CharsMapOf(IReadOnlyDictionary<char, int> rules)
    {
        const int Children = 256;
        const uint NoLabel = 1u << 31;
        const uint EndsHere = 1u << 8;
        var units = new uint[4 * Children];
        Array.Fill(units, NoLabel);
        units[0] = Children << 10;
        var value = 2 * Children;
        foreach (var (letter, place) in rules)
        {
            // A unit's children are at its own place XOR its offset; the value is the child without a label.
            var node = Children ^ letter;
            units[node] = (uint)((node ^ value) << 10) | EndsHere | letter;
            units[value] = NoLabel | (uint)place;
            value++;
        }

        var trie = MemoryMarshal.AsBytes(units.AsSpan());
        return [.. BitConverter.GetBytes((uint)trie.Length), .. trie, (byte)'a', 0];
    }

    /// <summary>The model as a file holds it.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (var (text, score, type) in Pieces)
            {
                Message(output, 1, piece =>
                {
                    piece.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    piece.WriteString(text);
                    piece.WriteTag(2, WireFormat.WireType.Fixed32);
                    piece.WriteFloat(score);
                    Integer(piece, 3, type);
                });
            }

            if (HasTrainer)
            {
                Message(output, 2, WriteTrainer);
            }

            Message(output, 3, WriteNormalizer);
        }

        return stream.ToArray();
    }

    private void WriteTrainer(CodedOutputStream trainer)
    {
        Integer(trainer, 3, ModelType);
        Integer(trainer, 24, WhiteSpaceAsSuffix ? 1 : 0);
        Integer(trainer, 35, ByteFallback ? 1 : 0);
        Integer(trainer, 40, SpecialIds.Unknown);
        Integer(trainer, 41, SpecialIds.Begin);
        Integer(trainer, 42, SpecialIds.End);
    }

    private void WriteNormalizer(CodedOutputStream normalizer)
    {
        if (CharsMap.Length > 0)
        {
            normalizer.WriteTag(2, WireFormat.WireType.LengthDelimited);
            normalizer.WriteBytes(UnsafeByteOperations.UnsafeWrap(CharsMap));
        }

        Integer(normalizer, 3, DummyPrefix ? 1 : 0);
        Integer(normalizer, 4, RemoveExtraWhiteSpace ? 1 : 0);
        Integer(normalizer, 5, EscapeWhiteSpace ? 1 : 0);
    }

    private static void Integer(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }

    private static void Message(CodedOutputStream output, int field, Action<CodedOutputStream> write)
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
