using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// Reads <c>tokenizer.json</c>, the file of Hugging Face's fast tokenizers. Everything in it that could change an id is either done
/// or refused by name.
/// </summary>
internal static class TokenizerJson
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "tokenizer.json";

    private const long MaxFileBytes = 256L << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFolderException">It is missing, damaged, or describes what this program does not do.</exception>
    public static FastTokenizer Load(string path)
    {
        byte[] content;
        try
        {
            var bytes = new FileInfo(path).Length;
            content = bytes <= MaxFileBytes
                ? File.ReadAllBytes(path)
                : throw new ModelFolderException(path, $"has {bytes} bytes; a tokenizer is smaller");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFolderException(path, "cannot be read", exception);
        }

        return Parse(content, path);
    }

    /// <summary>Reads a file's content.</summary>
    /// <param name="content">The content.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="ModelFolderException">It is damaged, or describes what this program does not do.</exception>
    public static FastTokenizer Parse(byte[] content, string file)
    {
        if (GitLfsPointer.IsPointer(content))
        {
            throw new ModelFolderException(file, GitLfsPointer.Reason);
        }

        try
        {
            using var json = JsonDocument.Parse(content);
            return new FastTokenizer(ReadParts(new TokenizerNode(file, json.RootElement)));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new ModelFolderException(file, $"is no valid {FileName} ({e.Message})", e);
        }
    }

    private static TokenizerParts ReadParts(TokenizerNode root)
    {
        var model = root.GetObject("model");
        var vocabulary = WordModelReader.ReadVocabulary(model);
        var (special, raw, normalized) = ReadAddedTokens(root, vocabulary);
        var (split, addsPrefixSpace, isByteLevel) = TokenizerStepReader.ReadSplitter(root);
        var normalizer = TokenizerStepReader.ReadNormalizer(root);
        model.Require(!addsPrefixSpace || (raw.IsEmpty && normalized.IsEmpty), "has add_prefix_space beside added tokens, which this tokenizer does not do");
        var (template, hasTwoSegments) = PairTemplateReader.ReadTemplate(root, special);
        return new TokenizerParts
        {
            Normalize = normalizer,
            Split = split,
            AddsPrefixSpace = addsPrefixSpace,
            Model = WordModelReader.ReadModel(model, vocabulary, isByteLevel),
            RawTokens = raw,
            NormalizedTokens = normalized,
            Template = template,
            HasTwoSegments = hasTwoSegments,
            Vocabulary = vocabulary,
        };
    }

    // They may stand in the vocabulary of the model already, or behind it.
    private static (Dictionary<string, int> Special, AddedTokens Raw, AddedTokens Normalized) ReadAddedTokens(
        TokenizerNode root, Dictionary<string, int> vocabulary)
    {
        var (special, raw, normalized) = (new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<string, int>());
        foreach (var token in root.ListObjects("added_tokens"))
        {
            var (content, id) = (token.GetText("content"), token.GetInteger("id"));
            token.Require(content.Length > 0, "has an added token without a text");
            token.Require(vocabulary.TryAdd(content, id) || vocabulary[content] == id, $"gives '{content}' the id {id} and another in its vocab");
            if (token.IsTrue("special"))
            {
                special[content] = id;
                continue;
            }

            foreach (var rule in new[] { "lstrip", "rstrip", "single_word" })
            {
                token.Require(!token.IsTrue(rule), $"has the added token '{content}' with {rule}, which this tokenizer does not do");
            }

            token.Require(!TextSegments.HasBoundary(content), $"has the added token '{content}' with white space inside, which this tokenizer does not do");
            (token.IsTrue("normalized") ? normalized : raw)[content] = id;
        }

        return (special, new AddedTokens(raw), new AddedTokens(normalized));
    }
}
