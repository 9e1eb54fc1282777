using System.Security.Cryptography;
using System.Text;
using Reranker.Inference.Models;

namespace Reranker.Onnx.Import;

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
/// tokenizer SHA256
/// </code>
/// </summary>
internal static class ModelIdentity
{
    public static string Compute(ModelManifest manifest)
    {
        var hashes = manifest.Files.ToDictionary(f => f.Name, f => f.Sha256);
        var lines = new StringBuilder()
            .Append("reranker model 1\n")
            .Append("precision ").Append(manifest.Precision).Append('\n')
            .Append("max_pair_tokens ").Append(manifest.MaxPairTokens).Append('\n')
            .Append("one_pair_per_run ").Append(manifest.OnePairPerRun ? "true" : "false").Append('\n');
        foreach (var (form, file) in manifest.Graphs.OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            lines.Append("graph ").Append(form).Append(' ').Append(hashes[file]).Append('\n');
        }

        lines.Append("weights ").Append(hashes[manifest.Weights]).Append('\n');
        lines.Append("tokenizer ").Append(hashes[manifest.Tokenizer]).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }
}
