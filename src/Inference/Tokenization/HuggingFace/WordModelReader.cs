using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Reads the model of a tokenizer's file: WordPiece, byte-level BPE or Unigram.</summary>
internal static class WordModelReader
{
    /// <summary>The vocabulary: each token once, each id once. A piece of text that is written as a special token is known as that one.</summary>
    public static Dictionary<string, int> ReadVocabulary(TokenizerNode model)
    {
        model.Require(
            model.Type is TokenizerStepReader.WordPieceType or TokenizerStepReader.BytePairType or TokenizerStepReader.UnigramType,
            $"has a model of type {model.Type}; WordPiece, byte-level BPE and Unigram are read");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in ListTokens(model))
        {
            model.Require(vocabulary.TryAdd(token, id) || model.Type == TokenizerStepReader.UnigramType, $"has the token '{token}' twice in its vocab");
        }

        model.Require(vocabulary.Count > 0 && vocabulary.Values.Min() >= 0, "has a vocab without tokens, or with an id below 0");
        model.Require(vocabulary.Values.Distinct().Count() == vocabulary.Count, "has an id twice in its vocab");
        return vocabulary;
    }

    /// <summary>The model over that vocabulary.</summary>
    /// <param name="model">Its description.</param>
    /// <param name="vocabulary">All tokens.</param>
    /// <param name="type">Type of the models that read what the pre-tokenizer gives.</param>
    /// <param name="special">The special tokens.</param>
    public static IWordModel ReadModel(TokenizerNode model, IReadOnlyDictionary<string, int> vocabulary, string type, IReadOnlyDictionary<string, int> special)
    {
        model.Require(model.Type == type, $"has a model of type {model.Type}, whose words are split for another");
        return type switch
        {
            TokenizerStepReader.WordPieceType => ReadWordPieces(model, vocabulary),
            TokenizerStepReader.BytePairType => ReadBytePairs(model, vocabulary),
            _ => ReadUnigram(model, special),
        };
    }

    // A list of pieces with their scores has its ids by place.
    private static IEnumerable<(string Token, int Id)> ListTokens(TokenizerNode model) => model.Type == TokenizerStepReader.UnigramType
        ? model.Element.GetMember("vocab").ListItems().Select((piece, id) => (piece.GetItem(0).ReadText(), id))
        : model.GetObject("vocab").Element.ListMembers().Select(token => (token.Name, token.Value.ReadInteger()));

    // Without the special tokens, so that no text becomes one by its normalization either.
    private static UnigramModel ReadUnigram(TokenizerNode model, IReadOnlyDictionary<string, int> special)
    {
        model.Require(!model.IsTrue("byte_fallback"), "has byte_fallback, which this tokenizer does not do");
        var pieces = model.Element.GetMember("vocab").ListItems().Select(p => (Text: p.GetItem(0).ReadText(), Score: p.GetItem(1).ReadNumber())).ToArray();
        var wrong = Array.FindIndex(pieces, p => p.Text.Length == 0 || !double.IsFinite(p.Score));
        model.Require(wrong < 0, $"has a piece ({wrong}) that is empty, or whose score is no number");
        var unknown = model.FindInteger("unk_id", -1);
        model.Require(unknown >= 0 && unknown < pieces.Length, "has no unk_id in its vocab");
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < pieces.Length; id++)
        {
            model.Require(
                id == unknown || special.ContainsKey(pieces[id].Text) || texts.TryAdd(pieces[id].Text, id), $"has the token '{pieces[id].Text}' twice in its vocab");
        }

        return new UnigramModel(texts, [.. pieces.Select(p => p.Score)], unknown);
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
        foreach (var merge in model.Element.GetMember("merges").ListItems())
        {
            // "a b", or since 2024 ["a", "b"].
            var pair = merge.ValueKind == JsonValueKind.String ? merge.ReadText().Split(' ') : [.. merge.ListItems().Select(p => p.ReadText())];
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
