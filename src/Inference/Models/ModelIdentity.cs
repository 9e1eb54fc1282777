using System.Security.Cryptography;
using System.Text;

namespace Reranker.Inference.Models;

/// <summary>
/// The identity of a model: SHA-256 over the lines below in UTF-8, each ended by a line feed. It covers all that decides
/// over a score or over which pairs are taken, and neither the name nor the file names.
/// <code>
/// reranker model 1
/// precision PRECISION
/// max_pair_tokens N
/// one_pair_per_run true|false
/// graph FORM SHA256      (one line a form, in ordinal order)
/// weights SHA256
/// shared_weights SHA256  (only where there are some)
/// tokenizer SHA256
/// </code>
/// </summary>
public static class ModelIdentity
{
    /// <summary>The identity of what a manifest describes; null when it does not list a file that it names.</summary>
    public static string? ComputeIdentity(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        string? HashOf(string file) => manifest.Files.FirstOrDefault(f => f.Name == file)?.Sha256.ToLowerInvariant();
        if (HashOf(manifest.Weights) is not { } weights || HashOf(manifest.Tokenizer) is not { } tokenizer)
        {
            return null;
        }

        var lines = new StringBuilder()
            .Append("reranker model 1\n")
            .Append("precision ").Append(manifest.Precision).Append('\n')
            .Append("max_pair_tokens ").Append(manifest.MaxPairTokens).Append('\n')
            .Append("one_pair_per_run ").Append(manifest.OnePairPerRun ? "true" : "false").Append('\n');
        foreach (var (form, file) in manifest.Graphs.OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (HashOf(file) is not { } graph)
            {
                return null;
            }

            lines.Append("graph ").Append(form).Append(' ').Append(graph).Append('\n');
        }

        lines.Append("weights ").Append(weights).Append('\n');
        if (manifest.SharedWeights is not null)
        {
            if (HashOf(manifest.SharedWeights) is not { } shared)
            {
                return null;
            }

            lines.Append("shared_weights ").Append(shared).Append('\n');
        }

        lines.Append("tokenizer ").Append(tokenizer).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }
}
