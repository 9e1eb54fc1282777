using System.Buffers.Binary;
using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Tool.Input;

namespace Reranker.Tool.Triton;

/// <summary>
/// Writes a model as an entry of a Triton model repository: <c>config.pbtxt</c>, the padded graph with its weights as version 1, and the
/// tensors of its warm-up.
/// </summary>
internal static class TritonExport
{
    /// <summary>The graph's file in a version.</summary>
    public const string GraphFile = "model.onnx";

    private const string Version = "1";
    private const string ConfigFile = "config.pbtxt";

    /// <summary>Writes it, and gives the folder that it made.</summary>
    /// <exception cref="InputException">The model is none that Triton could serve, or its folder is there already.</exception>
    public static async Task<string> WriteAsync(ModelFolder model, string repository, TritonOptions options, CancellationToken cancellationToken)
    {
        var manifest = model.Manifest;
        var graph = FindGraph(model);
        if (manifest.Name.Contains('/', StringComparison.Ordinal))
        {
            throw new InputException($"'{manifest.Name}' is a name with a slash, and in Triton's repository a name is a folder: import the model with another --name");
        }

        if (manifest.HasPlaceholderScales)
        {
            throw new InputException("the model's activation scales are placeholders: its scores are wrong, and it is not to be served");
        }

        if (options.MaxTokens > manifest.MaxPairTokens)
        {
            throw new InputException($"--max-tokens is {options.MaxTokens}, and the model takes at most {manifest.MaxPairTokens}");
        }

        var folder = Path.Combine(repository, manifest.Name);
        if (Directory.Exists(folder))
        {
            throw new InputException($"{folder} is there already");
        }

        // The configuration is last: without it there is no model for a Triton that watches the repository.
        var version = Directory.CreateDirectory(Path.Combine(folder, Version)).FullName;
        await CopyAsync(graph, Path.Combine(version, GraphFile), cancellationToken);
        foreach (var weights in new[] { manifest.Weights, manifest.SharedWeights }.OfType<string>())
        {
            await CopyAsync(Path.Combine(model.Path, weights), Path.Combine(version, weights), cancellationToken);
        }

        await WriteWarmupAsync(Path.Combine(folder, TritonConfig.WarmupFolder), TritonConfig.FindMaxTokens(manifest, options), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, ConfigFile), TritonConfig.Write(manifest, options), cancellationToken);
        return folder;
    }

    private static string FindGraph(ModelFolder model) => model.FindGraphPath(GraphForms.Padded)
        ?? throw new InputException($"the model has no graph of the form '{GraphForms.Padded}', the only one without operators of our own");

    private static async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        await using var source = PlainFile.OpenRead(from);
        await using var target = File.Create(to);
        await source.CopyToAsync(target, cancellationToken);
    }

    /// <summary>One pair of the largest length; Triton repeats it for the rows of a batch.</summary>
    private static async Task WriteWarmupAsync(string folder, int tokens, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var ids = Enumerable.Repeat(PairLayout.UnknownId, tokens).ToArray();
        (ids[0], ids[^1]) = (PairLayout.BeginId, PairLayout.EndId);
        await File.WriteAllBytesAsync(Path.Combine(folder, GraphTensors.InputIds), WriteNumbers(ids), cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(folder, GraphTensors.AttentionMask), WriteNumbers([.. Enumerable.Repeat(1, tokens)]), cancellationToken);
    }

    private static byte[] WriteNumbers(int[] values)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        for (var index = 0; index < values.Length; index++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(index * sizeof(long)), values[index]);
        }

        return bytes;
    }
}
