using System.Buffers.Binary;
using System.Collections;
using System.Text;
using System.Text.Unicode;
using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>
/// The compiled normalization rules of a SentencePiece model: a Darts double array over UTF-8, followed by its
/// zero-terminated replacements.
/// </summary>
internal sealed class CharsMap
{
    private const int Ascii = 0x80;

    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <summary>Reads the rules and walks through all of them.</summary>
    /// <exception cref="ModelFolderException">They are damaged.</exception>
    public CharsMap(ReadOnlySpan<byte> map, string file)
    {
        var trieBytes = map.Length > sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(map) : 0;
        if (trieBytes == 0 || trieBytes % sizeof(uint) != 0 || trieBytes >= map.Length - sizeof(uint) || map[^1] != 0)
        {
            throw new ModelFolderException(file, "the normalization rules are damaged");
        }

        var trie = map.Slice(sizeof(uint), (int)trieBytes);
        _units = new uint[trie.Length / sizeof(uint)];
        for (var i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(trie[(i * sizeof(uint))..]);
        }

        _replacements = map[(sizeof(uint) + trie.Length)..].ToArray();
        if (!HasOnlyValidRules())
        {
            throw new ModelFolderException(file, "the normalization rules are damaged");
        }
    }

    /// <summary>True when these bytes are the rules.</summary>
    public bool EqualsBytes(ReadOnlySpan<byte> charsMap)
    {
        if (charsMap.Length != sizeof(uint) + (_units.Length * sizeof(uint)) + _replacements.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(charsMap) != _units.Length * sizeof(uint))
        {
            return false;
        }

        var units = charsMap[sizeof(uint)..];
        for (var i = 0; i < _units.Length; i++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(units[(i * sizeof(uint))..]) != _units[i])
            {
                return false;
            }
        }

        return units[(_units.Length * sizeof(uint))..].SequenceEqual(_replacements);
    }

    /// <summary>Finds the longest rule at the start of the text: its UTF-16 length (0: none) and what replaces it.</summary>
    public int MatchLongest(ReadOnlySpan<char> text, out ReadOnlySpan<byte> replacement) => Match(text, takesFirst: false, out replacement);

    /// <summary>Finds the shortest rule at the start of the text: its UTF-16 length (0: none) and what replaces it.</summary>
    public int MatchShortest(ReadOnlySpan<char> text, out ReadOnlySpan<byte> replacement) => Match(text, takesFirst: true, out replacement);

    private int Match(ReadOnlySpan<char> text, bool takesFirst, out ReadOnlySpan<byte> replacement)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var best = 0;
        var bestValue = 0;
        var position = 0;
        var node = DecodeOffset(_units[0]);
        while (position < text.Length && !(takesFirst && best > 0))
        {
            Rune.DecodeFromUtf16(text[position..], out var rune, out var used);
            position += used;
            var length = rune.EncodeToUtf8(utf8);
            for (var i = 0; i < length; i++)
            {
                if (!TryFollowByte(ref node, utf8[i], out var value))
                {
                    goto Done;
                }

                if (value >= 0)
                {
                    (best, bestValue) = (position, value);
                }
            }
        }

    Done:
        replacement = best == 0 ? default : ReadReplacement(bestValue);
        return best;
    }

    /// <summary>Follows one byte in the double array; <paramref name="value"/> is -1 where no rule ends.</summary>
    private bool TryFollowByte(ref uint node, byte key, out int value)
    {
        value = -1;
        node ^= key;
        if (key == 0 || node >= (uint)_units.Length)
        {
            return false; // zero terminates keys in the array and is part of none
        }

        var unit = _units[node];
        if ((unit & 0x8000_00FF) != key)
        {
            return false;
        }

        node ^= DecodeOffset(unit);
        if ((unit & 0x100) != 0 && node < (uint)_units.Length)
        {
            value = (int)(_units[node] & 0x7FFF_FFFF);
        }

        return true;
    }

    private static uint DecodeOffset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    /// <summary>Walks the whole array: every rule must lead to a replacement, and every replacement must be text.</summary>
    private bool HasOnlyValidRules()
    {
        // Nodes may share their children, and a damaged array may lead in a circle: each unit is entered once.
        var entered = new BitArray(_units.Length);
        var pending = new Stack<uint>([DecodeOffset(_units[0])]);
        while (pending.TryPop(out var parent))
        {
            for (var key = 1; key <= byte.MaxValue; key++)
            {
                var node = parent;
                if (!TryFollowByte(ref node, (byte)key, out var value) || entered[(int)(parent ^ (uint)key)])
                {
                    continue;
                }

                entered[(int)(parent ^ (uint)key)] = true;
                if (value >= 0 && (value >= _replacements.Length || !Utf8.IsValid(ReadReplacement(value))))
                {
                    return false;
                }

                pending.Push(node);
            }
        }

        return true;
    }

    private ReadOnlySpan<byte> ReadReplacement(int place)
    {
        var rest = _replacements.AsSpan(place);
        return rest[..rest.IndexOf((byte)0)];
    }

    /// <summary>ASCII characters that no rule touches as long as the next character is ASCII too: most text takes this way.</summary>
    public bool[] FindPlainAscii()
    {
        var result = new bool[Ascii];
        for (var first = 0; first < Ascii; first++)
        {
            var node = DecodeOffset(_units[0]);
            if (!TryFollowByte(ref node, (byte)first, out var value))
            {
                result[first] = true;
                continue;
            }

            var plain = value < 0;
            for (var second = 1; second < Ascii && plain; second++)
            {
                var next = node;
                plain = !TryFollowByte(ref next, (byte)second, out _);
            }

            result[first] = plain;
        }

        return result;
    }
}
