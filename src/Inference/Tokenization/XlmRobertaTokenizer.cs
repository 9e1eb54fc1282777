using System.Runtime.InteropServices;
using Microsoft.ML.Tokenizers;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.Sentences;

namespace Reranker.Inference.Tokenization;

/// <summary>
/// The tokenizer of XLM-RoBERTa checkpoints: SentencePiece's Unigram segmentation (Kudo, 2018, arXiv:1804.10959) with the
/// ids of Hugging Face's vocabulary. Special tokens are never read from the text: "&lt;s&gt;" in a passage is text.
/// </summary>
/// <remarks>Thread-safe: nothing changes after loading.</remarks>
public sealed class XlmRobertaTokenizer : ITextTokenizer
{
    private const int PieceUnknown = 0;

    private readonly SentencePieceTokenizer _pieces;
    private readonly CharsMapNormalizer _normalizer;
    private readonly Lazy<PieceEnds> _ends;

    private XlmRobertaTokenizer(SentencePieceTokenizer pieces, CharsMapNormalizer normalizer, int pieceCount)
    {
        _pieces = pieces;
        _normalizer = normalizer;
        _ends = new Lazy<PieceEnds>(() => new PieceEnds(pieces.Vocabulary.Select(static p => KeyValuePair.Create(p.Key, p.Value + 1))));
        VocabularySize = pieceCount + 2;
    }

    /// <summary>Rows that the checkpoint's embedding table must have: the pieces, <c>&lt;pad&gt;</c> and <c>&lt;mask&gt;</c> (250,002 for XLM-RoBERTa).</summary>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public PairTemplate Template => PairTemplate.XlmRoberta;

    /// <inheritdoc/>
    public int? UnknownId => PairLayout.UnknownId;

    /// <summary>Loads <c>sentencepiece.bpe.model</c> from a file.</summary>
    /// <exception cref="ModelFolderException">The file is missing, damaged or of another kind.</exception>
    public static XlmRobertaTokenizer Load(string path) => Load(TokenizerContent.Read(path), path);

    /// <summary>Loads the model from a stream, which is read to its end.</summary>
    /// <param name="stream">The model's bytes.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ModelFolderException">The model is damaged or of another kind.</exception>
    public static XlmRobertaTokenizer Load(Stream stream, string name)
    {
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return Load(buffer.ToArray(), name);
    }

    /// <summary>The pieces of the model with their numbers; the id of a piece of text is one more.</summary>
    public IReadOnlyDictionary<string, int> Pieces => _pieces.Vocabulary;

    /// <summary>True when these are the compiled normalization rules that the tokenizer applies.</summary>
    public bool UsesCharsMap(ReadOnlySpan<byte> charsMap) => _normalizer.UsesCharsMap(charsMap);

    /// <summary>Tokenizes one text.</summary>
    /// <param name="text">Any UTF-16 text.</param>
    /// <param name="maxTokens">Most tokens to keep.</param>
    /// <param name="keepEnd">False keeps the beginning, true the end.</param>
    /// <remarks>
    /// A long text is read in growing slices from the end that is kept, until there are enough tokens and a margin: what
    /// follows a cut moves only the last tokens before it. The ids are those of the whole text, cut.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxTokens"/> is negative.</exception>
    public TokenizedText Encode(ReadOnlySpan<char> text, int maxTokens = int.MaxValue, bool keepEnd = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        var slices = new TextSlices(text.Length, maxTokens);
        var normalized = new PooledChars(Math.Min(slices.Length, text.Length) + 16);
        try
        {
            while (true)
            {
                var slice = slices.TakeSlice(text, keepEnd);
                var isWhole = slice.Length == text.Length;
                normalized.Clear();
                _normalizer.Normalize(slice, ref normalized);

                // A token covers at least one character, so fewer characters cannot be enough tokens.
                if (isWhole || normalized.Span.Length >= slices.TokensNeeded)
                {
                    var ids = EncodeNormalized(normalized.Span);
                    if (isWhole || ids.Length >= slices.TokensNeeded)
                    {
                        return KeepTokens(ids, maxTokens, keepEnd, slice.Length, text.Length);
                    }
                }

                slices.DoubleLength();
            }
        }
        finally
        {
            normalized.Dispose();
        }
    }

    /// <inheritdoc/>
    /// <remarks>Sentences that white space parts are tokenized one by one, which moves nothing: no piece reaches across white space.</remarks>
    public TokenizedText EncodeSentences(ReadOnlySpan<char> text, int maxTokens = int.MaxValue, bool keepEnd = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        var all = new SentenceCollector(text.Length, maxTokens, keepEnd);
        for (var (start, end) = (0, text.Length); !all.IsFull;)
        {
            var (from, to) = keepEnd ? (SentenceBreaks.FindSpacedStart(text, end), end) : (start, SentenceBreaks.FindSpacedEnd(text, start));
            all.AddPart(Encode(text[from..to], all.Room, keepEnd), to - from, isBreak: keepEnd ? from > 0 : to < text.Length);
            (start, end) = (to, from);
        }

        return all.CreateText((ids, ends) => _ends.Value.AddEnds(ids, ends));
    }

    private static XlmRobertaTokenizer Load(byte[] content, string file)
    {
        TokenizerContent.RequireContent(content, file);
        var model = SentencePieceModelFile.ParseModel(content, file);
        var normalizer = new CharsMapNormalizer(model, file);
        try
        {
            var pieces = SentencePieceTokenizer.Create(new MemoryStream(content), addBeginningOfSentence: false, addEndOfSentence: false);
            return new XlmRobertaTokenizer(pieces, normalizer, model.PieceCount);
        }
        catch (Exception exception)
        {
            throw new ModelFolderException(file, "damaged SentencePiece model", exception);
        }
    }

    private static TokenizedText KeepTokens(ReadOnlySpan<int> ids, int maxTokens, bool keepEnd, int read, int length)
    {
        var kept = Math.Min(ids.Length, maxTokens);
        var unread = (int)Math.Min(int.MaxValue / 2, Math.Ceiling((double)ids.Length * (length - read) / Math.Max(read, 1)));
        return new TokenizedText(
            (keepEnd ? ids[^kept..] : ids[..kept]).ToArray(), ids.Length - kept + unread, read == length, read);
    }

    /// <summary>Segments normalized text, fuses adjacent unknown tokens as SentencePiece does, and maps pieces to vocabulary ids.</summary>
    private ReadOnlySpan<int> EncodeNormalized(ReadOnlySpan<char> normalized)
    {
        if (normalized.IsEmpty)
        {
            return [];
        }

        var encoded = _pieces.EncodeToIds(
            normalized, addBeginningOfSentence: false, addEndOfSentence: false, considerPreTokenization: false, considerNormalization: false);
        var ids = CollectionsMarshal.AsSpan(encoded as List<int> ?? [.. encoded]);
        var count = 0;
        foreach (var piece in ids)
        {
            // Hugging Face put <pad> in: a piece's id is one more. Only the unknown piece moves, from 0 to 3.
            var id = piece == PieceUnknown ? PairLayout.UnknownId : piece + 1;
            if (id != PairLayout.UnknownId || count == 0 || ids[count - 1] != PairLayout.UnknownId)
            {
                ids[count++] = id;
            }
        }

        return ids[..count];
    }
}
