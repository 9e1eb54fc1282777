using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>Queries with passages that calibration runs.</summary>
public sealed class CalibrationPairs
{
    // Ranges do not grow with length, and what a pair takes does: 512 tokens of 24 layers' values are 350 MB.
    private const int MaxTokens = 512;

    private readonly IReadOnlyList<(string Query, string Passage)> _pairs;

    private CalibrationPairs(IReadOnlyList<(string Query, string Passage)> pairs, int available, string source, byte[] hash)
        => (_pairs, Available, Text) = (pairs, available, new CalibrationText(source, Convert.ToHexStringLower(hash), pairs.Count));

    /// <summary>The texts that come with the program: several languages, scripts and kinds of text.</summary>
    public static CalibrationPairs BuiltIn { get; } = CreateBuiltIn();

    /// <summary>The texts.</summary>
    public IReadOnlyList<(string Query, string Passage)> Pairs => _pairs;

    /// <summary>Pairs of the text that they were taken of.</summary>
    public int Available { get; }

    /// <summary>What they are, for the manifest.</summary>
    public CalibrationText Text { get; }

    /// <summary>
    /// Reads JSON lines. Each has a <c>query</c>, and a <c>passage</c> or <c>document</c>, or a list of <c>documents</c>, of which
    /// every one makes a pair.
    /// </summary>
    /// <param name="content">The whole file, decompressed.</param>
    /// <param name="name">Its name, for the manifest and for errors.</param>
    /// <param name="most">Most pairs that are taken: evenly spaced ones where there are more.</param>
    /// <exception cref="InvalidDataException">A line is no such object, or there are none; the message has no text of it.</exception>
    public static CalibrationPairs Parse(ReadOnlySpan<byte> content, string name, int most)
    {
        var hash = SHA256.HashData(content);
        var pairs = new List<(string, string)>();
        var number = 0;
        foreach (var line in content.Split((byte)'\n'))
        {
            number++;
            var text = content[line].Trim(" \t\r"u8);
            if (!text.IsEmpty)
            {
                AddPairs(pairs, text, $"{name}: line {number}");
            }
        }

        if (pairs.Count == 0)
        {
            throw new InvalidDataException($"{name}: has no pairs.");
        }

        var step = Math.Max(1, (double)pairs.Count / most);
        var taken = Enumerable.Range(0, Math.Min(most, pairs.Count)).Select(i => pairs[(int)(i * step)]).ToList();
        return new CalibrationPairs(taken, pairs.Count, name, hash);
    }

    /// <summary>The pairs in a model's own ids.</summary>
    internal IReadOnlyList<int[]> EncodePairs(ITextTokenizer tokenizer, ModelShape shape)
    {
        var longest = Math.Min(MaxTokens, shape.MaxPositions);
        return [.. _pairs.Select(pair => PairEncoding.EncodePair(tokenizer, pair.Query, pair.Passage, longest))];
    }

    private static CalibrationPairs CreateBuiltIn()
    {
        var pairs = CalibrationTexts.Pairs.ToList();
        var all = new StringBuilder();
        pairs.ForEach(p => all.Append(p.Query).Append('\n').Append(p.Passage).Append('\n'));
        return new CalibrationPairs(pairs, pairs.Count, "built-in", SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    private static void AddPairs(List<(string Query, string Passage)> pairs, ReadOnlySpan<byte> line, string place)
    {
        const string Wanted = "is no object with a \"query\" and a \"passage\", a \"document\" or a list of \"documents\"";
        CalibrationLine? read;
        string? wrong = null;
        try
        {
            read = JsonSerializer.Deserialize<CalibrationLine>(line, JsonSerializerOptions.Web);
        }
        catch (JsonException e)
        {
            // Its message quotes the text.
            (read, wrong) = (null, JsonPlace.FindKnown(e, "query", "passage", "document", "documents"));
        }

        IReadOnlyList<string?> passages = read?.Documents ?? [read?.Passage ?? read?.Document];
        if (read?.Query is not { } query || passages.Count == 0 || passages.Any(p => p is null))
        {
            throw new InvalidDataException($"{place} {Wanted}{(wrong is null ? "" : $": {wrong} is of another kind")}.");
        }

        pairs.AddRange(passages.Select(p => (query, p!)));
    }

    private sealed record CalibrationLine(string? Query, string? Passage, string? Document, IReadOnlyList<string?>? Documents);
}
