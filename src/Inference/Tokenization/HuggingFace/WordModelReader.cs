using System.Text.Json;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Reads the model of a tokenizer's file: WordPiece or byte-level BPE.</summary>
internal static class WordModelReader
{
    /// <summary>The vocabulary: each token once, each id once.</summary>
    public static Dictionary<string, int> ReadVocabulary(TokenizerNode model)
    {
        model.Require(model.Type is "WordPiece" or "BPE", $"has a model of type {model.Type}; WordPiece and byte-level BPE are read");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var token in model.GetObject("vocab").Element.EnumerateObject())
        {
            model.Require(vocabulary.TryAdd(token.Name, token.Value.GetInt32()), $"has the token '{token.Name}' twice in its vocab");
        }

        model.Require(vocabulary.Count > 0 && vocabulary.Values.Min() >= 0, "has a vocab without tokens, or with an id below 0");
        model.Require(vocabulary.Values.Distinct().Count() == vocabulary.Count, "has an id twice in its vocab");
        return vocabulary;
    }

    /// <summary>The model over that vocabulary.</summary>
    public static IWordModel ReadModel(TokenizerNode model, IReadOnlyDictionary<string, int> vocabulary, bool isByteLevel)
    {
        model.Require((model.Type == "BPE") == isByteLevel, $"has a model of type {model.Type}, whose words are split for another");
        return isByteLevel ? ReadBytePairs(model, vocabulary) : ReadWordPieces(model, vocabulary);
    }

    private static WordPieceModel ReadWordPieces(TokenizerNode model, IReadOnlyDictionary<string, int> vocabulary)
    {
        var unknown = model.FindText("unk_token") ?? "[UNK]";
        model.Require(vocabulary.ContainsKey(unknown), $"has no '{unknown}' in its vocab, which is its unk_token");
        var most = model.FindInteger("max_input_chars_per_word", 100);
        model.Require(most > 0, $"has the max_input_chars_per_word {most}");
        return new WordPieceModel(vocabulary, model.FindText("continuing_subword_prefix") ?? "##", vocabulary[unknown], most);
    }

    private static BytePairModel ReadBytePairs(TokenizerNode model, IReadOnlyDictionary<string, int> vocabulary)
    {
        foreach (var name in new[] { "byte_fallback", "ignore_merges" })
        {
            model.Require(!model.IsTrue(name), $"has {name}, which this tokenizer does not do");
        }

        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            model.Require(string.IsNullOrEmpty(model.FindText(name)), $"has a {name}, which byte-level BPE has not");
        }

        model.Require(!model.Element.TryGetProperty("dropout", out var dropout) || dropout.ValueKind == JsonValueKind.Null, "has a dropout: its ids would be random");
        var bytes = ByteLetters.List();
        var missing = Array.FindIndex(bytes, letter => !vocabulary.ContainsKey(letter.ToString()));
        model.Require(missing < 0, $"has no token of the byte {missing} in its vocab");
        return new BytePairModel(Array.ConvertAll(bytes, letter => vocabulary[letter.ToString()]), ReadMerges(model, vocabulary));
    }

    private static Dictionary<(int Left, int Right), (int Rank, int Id)> ReadMerges(TokenizerNode model, IReadOnlyDictionary<string, int> vocabulary)
    {
        var merges = new Dictionary<(int Left, int Right), (int Rank, int Id)>();
        var rank = 0;
        foreach (var merge in model.Element.GetProperty("merges").EnumerateArray())
        {
            // "a b", or since 2024 ["a", "b"].
            var pair = merge.ValueKind == JsonValueKind.String ? merge.GetString()!.Split(' ') : [.. merge.EnumerateArray().Select(p => p.GetString()!)];
            model.Require(pair.Length == 2, $"has a merge ({rank}) that is no pair");
            model.Require(
                vocabulary.TryGetValue(pair[0], out var left) & vocabulary.TryGetValue(pair[1], out var right) & vocabulary.TryGetValue(pair[0] + pair[1], out var id),
                $"merges '{pair[0]}' and '{pair[1]}', and its vocab has not all three");

            // Of one that stands twice the later counts.
            merges[(left, right)] = (rank++, id);
        }

        return merges;
    }
}
