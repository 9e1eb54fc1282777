using System.Text.Json;

namespace Reranker.Tool.Input;

/// <summary>Pairs with the logits that a reference implementation gave.</summary>
internal static class GoldenPairs
{
    /// <summary>Reads a JSON object whose list <c>pairs</c> has objects with <c>ids</c> and <c>logit</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxTokens">Most tokens of a pair.</param>
    /// <param name="vocabulary">Rows of the model's embedding table.</param>
    /// <exception cref="InputException">The file is no such object, or of another model.</exception>
    public static IReadOnlyList<GoldenPair> ReadPairs(string path, int maxTokens, int vocabulary)
    {
        try
        {
            using var stream = DataFiles.OpenPlain(path);
            var pairs = JsonSerializer.Deserialize<GoldenFile>(stream, JsonSerializerOptions.Web)?.Pairs;
            if (pairs is not { Count: > 0 } || !pairs.All(p => p is { Ids.Length: > 0 }))
            {
                throw new InputException($"{path}: has no pairs with ids");
            }

            var wrong = pairs.Index().FirstOrDefault(p => p.Item.Ids.Length > maxTokens || p.Item.Ids.Any(id => id < 0 || id >= vocabulary), (-1, null!));
            return wrong.Index < 0
                ? pairs
                : throw new InputException($"{path}: pair {wrong.Index} is none of this model, which takes {maxTokens} tokens with ids below {vocabulary}");
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}: is no JSON with pairs of ids and logit", e);
        }
    }

    private sealed record GoldenFile(IReadOnlyList<GoldenPair>? Pairs);
}

/// <summary>A pair with its reference logit.</summary>
/// <param name="Ids">Token ids, special tokens included.</param>
/// <param name="Logit">The reference logit.</param>
internal sealed record GoldenPair(int[] Ids, float Logit);
