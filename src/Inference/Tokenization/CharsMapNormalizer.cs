using System.Collections;
using System.Text;
using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>
/// SentencePiece's text normalization (<c>normalizer.cc</c>): the longest rule of the model's character map that matches
/// is applied at each position, white space runs become one U+2581, and one stands before the text.
/// </summary>
/// <remarks>
/// Microsoft.ML.Tokenizers 2.0 keeps the characters that a rule deletes (U+0001…U+001F, U+007F and others). Removing them
/// from the text beforehand would join what they separate ("e", U+0001, U+0301 would become "é"), so the rules are applied here.
/// </remarks>
internal sealed class CharsMapNormalizer
{
    private const char WhiteSpace = '\u2581';

    private readonly CharsMap _rules;
    private readonly BitArray _codePoints;
    private readonly bool[] _plain;

    /// <summary>Reads the compiled rules.</summary>
    /// <exception cref="ModelFolderException">They are damaged.</exception>
    public CharsMapNormalizer(SentencePieceModelFile model, string file)
    {
        _rules = new CharsMap(model.CharsMap.Span, file);
        _codePoints = model.CodePoints;
        _plain = _rules.FindPlainAscii();
    }

    /// <summary>True when these bytes are the rules.</summary>
    public bool UsesCharsMap(ReadOnlySpan<byte> charsMap) => _rules.EqualsBytes(charsMap);

    /// <summary>
    /// Appends the normalized text. Of a run of characters that occur in no piece only the first is kept: they would be
    /// unknown tokens, and SentencePiece fuses those into one.
    /// </summary>
    public void Normalize(ReadOnlySpan<char> text, ref PooledChars output)
    {
        output.Append(WhiteSpace);
        var state = new EmitState { AfterSpace = true };
        var position = 0;
        while (position < text.Length)
        {
            var c = text[position];
            if (char.IsAscii(c) && _plain[c] && (position + 1 == text.Length || char.IsAscii(text[position + 1])))
            {
                EmitText(c, ref state, ref output);
                position++;
                continue;
            }

            var used = _rules.MatchLongest(text[position..], out var replacement);
            if (used == 0 && char.IsAscii(c))
            {
                EmitText(c, ref state, ref output);
                used = 1;
            }
            else if (used == 0)
            {
                // A lone surrogate decodes to U+FFFD, which is what it becomes in UTF-8.
                Rune.DecodeFromUtf16(text[position..], out var rune, out used);
                EmitText(rune, ref state, ref output);
            }
            else
            {
                EmitText(replacement, ref state, ref output);
            }

            position += used;
        }

        output.TrimEnd(WhiteSpace);
    }

    private void EmitText(char ascii, ref EmitState state, ref PooledChars output)
    {
        if (ascii == ' ')
        {
            if (!state.AfterSpace)
            {
                output.Append(WhiteSpace);
            }

            state = new EmitState { AfterSpace = true };
        }
        else if (_codePoints[ascii] || !state.AfterUnknown)
        {
            output.Append(ascii);
            state = new EmitState { AfterUnknown = !_codePoints[ascii] };
        }
    }

    private void EmitText(Rune rune, ref EmitState state, ref PooledChars output)
    {
        var known = _codePoints[rune.Value];
        if (known || !state.AfterUnknown)
        {
            output.Append(rune);
        }

        state = new EmitState { AfterUnknown = !known };
    }

    private void EmitText(ReadOnlySpan<byte> replacement, ref EmitState state, ref PooledChars output)
    {
        if (state.AfterSpace)
        {
            replacement = replacement.TrimStart((byte)' ');
        }

        while (!replacement.IsEmpty)
        {
            Rune.DecodeFromUtf8(replacement, out var rune, out var used);
            replacement = replacement[used..];
            if (rune.Value == ' ')
            {
                // Only the spaces in front of a replacement are dropped; those inside are its own.
                output.Append(WhiteSpace);
                state = new EmitState { AfterSpace = true };
            }
            else
            {
                EmitText(rune, ref state, ref output);
            }
        }
    }

    private record struct EmitState(bool AfterSpace, bool AfterUnknown);
}
