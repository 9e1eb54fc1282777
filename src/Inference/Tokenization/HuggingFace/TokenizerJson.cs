using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.Sentences;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// Reads <c>tokenizer.json</c>, the file of Hugging Face's fast tokenizers. Everything in it that could change an id is either done
/// or refused by name.
/// </summary>
internal static class TokenizerJson
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "tokenizer.json";

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFolderException">It is missing, damaged, or describes what this program does not do.</exception>
    public static FastTokenizer Load(string path) => Parse(TokenizerContent.Read(path), path);

    /// <summary>Reads a file's content.</summary>
    /// <param name="content">The content.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="ModelFolderException">It is damaged, or describes what this program does not do.</exception>
    public static FastTokenizer Parse(byte[] content, string file)
    {
        TokenizerContent.RequireContent(content, file);
        try
        {
            using var json = JsonDocument.Parse(content);
            return ReadTokenizer(file, json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new ModelFolderException(file, $"is no valid {FileName} ({e.Message})", e);
        }
    }

    // While the document is there, in which the value's place is looked for.
    private static FastTokenizer ReadTokenizer(string file, JsonElement root)
    {
        try
        {
            return new FastTokenizer(ReadParts(new TokenizerNode(file, root)));
        }
        catch (JsonKindException e)
        {
            throw new ModelFolderException(file, $"is no valid {FileName}: {e.Describe(root)}", e);
        }
    }

    private static TokenizerParts ReadParts(TokenizerNode root)
    {
        var model = root.GetObject("model");
        var vocabulary = WordModelReader.ReadVocabulary(model);
        var (special, raw, normalized) = ReadAddedTokens(root, vocabulary);
        var normalizer = TokenizerStepReader.ReadNormalizer(root);
        var splitting = TokenizerStepReader.ReadSplitting(root);
        model.Require(
            splitting.Prefix is null or { Always: true } || (raw.IsEmpty && normalized.IsEmpty), "has add_prefix_space beside added tokens, which this tokenizer does not do");
        model.Require(splitting.Prepare is null || normalized.IsEmpty, "has added tokens that are normalized beside Metaspace, which this tokenizer does not do");
        var (template, hasTwoSegments) = PairTemplateReader.ReadTemplate(root, special);
        return new TokenizerParts
        {
            Normalize = normalizer + splitting.Prepare,
            Split = splitting.Split,
            Prefix = splitting.Prefix,
            Ends = splitting.ModelType == TokenizerStepReader.UnigramType ? new Lazy<PieceEnds>(() => new PieceEnds(vocabulary)) : null,
            Model = WordModelReader.ReadModel(model, vocabulary, splitting.ModelType, special),
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
