using System.Text.Json;

namespace Reranker.Tool.Input;

/// <summary>Pairs with the logits that a reference implementation gave.</summary>
internal static class GoldenPairs
{
    /// <summary>Reads a JSON object whose list <c>pairs</c> has objects with <c>ids</c> and <c>logit</c>.</summary>
    /// <exception cref="InputException">The file is no such object.</exception>
    public static IReadOnlyList<GoldenPair> Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var pairs = JsonSerializer.Deserialize<GoldenFile>(stream, JsonSerializerOptions.Web)?.Pairs;
            return pairs is { Count: > 0 } && pairs.All(p => p.Ids is { Length: > 0 })
                ? pairs
                : throw new InputException($"{path}: has no pairs with ids");
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
