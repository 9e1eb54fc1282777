using System.Buffers;

namespace Reranker.Inference.Tokenization.Sentences;

/// <summary>Characters at the ends of sentences.</summary>
internal static class SentenceMarks
{
    // Full stops and question marks that mean nothing else: CJK (full and half width), Arabic and Urdu, Devanagari and its kin, Armenian,
    // Ethiopic, Khmer, Myanmar, Tibetan, Mongolian, Sinhala, Javanese, Cham, Meetei, Lisu, Vai, Bamum, Canadian syllabics, doubled marks.
    private static readonly SearchValues<char> Certain = SearchValues.Create(
        "\u3002\uFF61\uFF01\uFF1F\uFF0E\uFE52\uFE56\uFE57\u203C\u2047\u2048\u2049\u061F\u06D4\u0964\u0965\u0589\u1362\u1367\u1368"
        + "\u17D4\u17D5\u104B\u0F0D\u0F0E\u1803\u1809\u0DF4\uA9C9\uAA5D\uAA5E\uAA5F\uABEB\uA4FF\uA60E\uA60F\uA6F3\uA6F7\u166E\u2E2E\u0700\u0701\u0702");

    private static readonly SearchValues<char> Closers = SearchValues.Create(
        ")]}\"'\u00BB\u201D\u2019\u203A\uFF09\uFF3D\uFF5D\uFF63\u300D\u300F\u3011\u300B\u3009\u3015\u3017\u3019\u301E\u301F*_");

    // A chunk that ends at one that is missing here loses little.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Abbreviations = new HashSet<string>(
        [
            "dr", "mr", "mrs", "ms", "prof", "st", "sr", "jr", "rev", "gen", "col", "capt", "lt", "sgt", "hon", "vs", "cf", "ca", "al", "no", "nos", "fig", "figs", "eq",
            "eqs", "sec", "ch", "vol", "pp", "ed", "eds", "inc", "ltd", "corp", "dept", "approx", "est", "resp", "jan", "feb", "apr", "aug", "sept", "oct", "nov", "dec",
            "nr", "bzw", "abs", "bd", "hr", "fr", "str", "evtl", "ggf", "vgl", "mme", "mlle", "sra", "srta", "dott", "sig", "art", "tel", "\u0433", "\u0443\u043B",
            "\u0440\u0438\u0441", "\u0441\u0442\u0440", "\u0442\u0430\u0431\u043B",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>True of a mark that ends a sentence wherever it stands.</summary>
    public static bool IsCertain(char c) => Certain.Contains(c);

    /// <summary>True of what may stand between a mark and the end of its sentence.</summary>
    public static bool IsCloser(char c) => Closers.Contains(c);

    /// <summary>True of a letter of a script that has no spaces between sentences: Han, kana and their marks.</summary>
    public static bool IsWithoutSpaces(char c) => c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or '\u300C' or '\u300E' or '\u300A';

    /// <summary>True of a word whose full stop ends no sentence.</summary>
    public static bool IsAbbreviation(ReadOnlySpan<char> word) => Abbreviations.Contains(word);
}
