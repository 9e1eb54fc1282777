using System.Globalization;
using System.Text;
using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// <c>Precompiled</c>: the character map of a SentencePiece model, as Hugging Face's tokenizers apply it. A character with its marks that
/// has at most five bytes is looked up as a whole, and the shortest rule that it begins with replaces all of it; otherwise each of its
/// characters is looked up by itself. So what SentencePiece composes of longer ones, decomposed Hangul and kana with a voicing mark of
/// their own, stays as it is.
/// </summary>
internal sealed class PrecompiledNormalizer
{
    private const int MaxWholeBytes = 5;
    private const int Ascii = 0x80;

    private readonly CharsMap _rules;
    private readonly bool[] _isPlain = new bool[Ascii];

    /// <summary>Reads the rules.</summary>
    /// <param name="map">The compiled rules.</param>
    /// <param name="file">What errors call the file.</param>
    /// <exception cref="ModelFolderException">They are damaged, or make or take white space where a text is read in parts.</exception>
    public PrecompiledNormalizer(ReadOnlySpan<byte> map, string file)
    {
        _rules = new CharsMap(map, file);
        for (var c = '\0'; c < char.MaxValue; c++)
        {
            if (c < Ascii)
            {
                _isPlain[c] = c != '\r' && _rules.MatchShortest([c], out _) == 0;
            }

            var used = _rules.MatchShortest([c], out var replacement);
            if (TextSegments.IsWordEnd(c) && replacement is [.., (byte)' '])
            {
                throw new ModelFolderException(file, $"has a precompiled_charsmap that makes white space of U+{(int)c:X4}, which this tokenizer does not do");
            }

            if (TextSegments.IsBreak(c) && (used > 0 ? replacement is not [(byte)' ', ..] : c != ' '))
            {
                throw new ModelFolderException(file, $"has a precompiled_charsmap that makes no space of U+{(int)c:X4}, which this tokenizer does not do");
            }
        }
    }

    /// <summary>Applies them.</summary>
    public void Normalize(List<int> text)
    {
        // Most text: nothing in it is replaced, and nothing is written onto another.
        if (text.TrueForAll(c => c < Ascii && _isPlain[c]))
        {
            return;
        }

        var chars = new PooledChars(2 * text.Count);
        foreach (var c in text)
        {
            chars.Append(new Rune(c));
        }

        text.Clear();
        for (var rest = chars.Span; !rest.IsEmpty;)
        {
            var whole = rest[..StringInfo.GetNextTextElementLength(rest)];
            rest = rest[whole.Length..];
            if (Encoding.UTF8.GetByteCount(whole) <= MaxWholeBytes && _rules.MatchShortest(whole, out var replacement) > 0)
            {
                AddText(replacement, text);
            }
            else
            {
                AddEach(whole, text);
            }
        }

        chars.Dispose();
    }

    private void AddEach(ReadOnlySpan<char> text, List<int> output)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf16(text, out var rune, out var used);
            if (_rules.MatchShortest(text[..used], out var replacement) > 0)
            {
                AddText(replacement, output);
            }
            else
            {
                output.Add(rune.Value);
            }

            text = text[used..];
        }
    }

    private static void AddText(ReadOnlySpan<byte> text, List<int> output)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var used);
            output.Add(rune.Value);
            text = text[used..];
        }
    }
}
