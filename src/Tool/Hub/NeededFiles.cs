using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Tool.Hub;

/// <summary>Which files of a model are needed to make one of ours: its configuration, its tokenizer, and weights in safetensors.</summary>
internal static class NeededFiles
{
    /// <summary>The configuration, which says whether the rest is worth its download.</summary>
    public const string Config = "config.json";

    /// <summary>Weights in one file.</summary>
    public const string SingleWeights = "model.safetensors";

    /// <summary>Which file has which tensor, where there are several.</summary>
    public const string Index = "model.safetensors.index.json";

    /// <summary>Parts beside the encoder, in folders of their own.</summary>
    public const string Modules = "modules.json";

    /// <summary>Ends the names of weights.</summary>
    public const string WeightsEnd = ".safetensors";

    private const int MaxIndexBytes = 16 << 20;

    private static readonly string[] Tokenizers = ["tokenizer.json", "sentencepiece.bpe.model", "spm.model", "tokenizer.model", "vocab.txt", "vocab.json"];

    private static readonly string[] Settings =
    [
        .. Tokenizers, "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "sentence_bert_config.json",
        "config_sentence_transformers.json", Modules,
    ];

    private static readonly string[] PickleEnds = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    /// <summary>The small files of a model, those that say what else is needed among them.</summary>
    /// <exception cref="HubException">The model has none that can be read without running what is in it.</exception>
    public static IReadOnlyList<string> ListSettings(HubReference model, IReadOnlyCollection<string> files)
    {
        if (!files.Contains(Config))
        {
            throw new HubException($"{model} has no {Config}: it holds no model of the transformers library");
        }

        if (!files.Contains(SingleWeights) && !files.Contains(Index))
        {
            throw new HubException(files.FirstOrDefault(f => PickleEnds.Any(e => f.EndsWith(e, StringComparison.Ordinal))) is { } pickle
                ? $"{model} has its weights as pickle alone ({pickle}), which may run anything when it is read: take a revision or a copy with {SingleWeights}"
                : $"{model} has no weights: neither {SingleWeights} nor {Index}");
        }

        if (!Tokenizers.Any(files.Contains))
        {
            throw new HubException($"{model} has no tokenizer: none of {string.Join(", ", Tokenizers)}");
        }

        string[] small = files.Contains(SingleWeights) ? Settings : [.. Settings, Index];
        return [Config, .. small.Where(files.Contains)];
    }

    /// <summary>The weights of a model whose small files are in a folder.</summary>
    /// <exception cref="HubException">They name files that the model has not.</exception>
    public static IReadOnlyList<string> ListWeights(HubReference model, IReadOnlyCollection<string> files, string folder)
    {
        string[] encoder = files.Contains(SingleWeights) ? [SingleWeights] : ReadShards(model, Path.Combine(folder, Index));
        var missing = encoder.FirstOrDefault(f => !files.Contains(f));
        return missing is null
            ? [.. encoder, .. ListModuleFiles(model, files, folder)]
            : throw new HubException($"{model} names the file {missing} in {Index} and has it not");
    }

    private static string[] ReadShards(HubReference model, string index)
    {
        var shards = ReadJson(model, index, json => json.GetProperty("weight_map").EnumerateObject().Select(p => p.Value.GetString() ?? "").ToHashSet());
        return shards.FirstOrDefault(s => s != Path.GetFileName(s) || !s.EndsWith(WeightsEnd, StringComparison.Ordinal)) is { } other
            ? throw new HubException($"{model} names '{other}' in {Index}, which is no plain name of a safetensors file")
            : [.. shards.Order(StringComparer.Ordinal)];
    }

    private static string[] ListModuleFiles(HubReference model, IReadOnlyCollection<string> files, string folder)
    {
        var path = Path.Combine(folder, Modules);
        if (!File.Exists(path))
        {
            return [];
        }

        var folders = ReadJson(model, path, json => json.EnumerateArray().Select(m => m.GetProperty("path").GetString() ?? "").ToArray());
        return [.. folders.Where(f => f.Length > 0 && f == Path.GetFileName(f) && f is not ("." or ".."))
            .SelectMany(f => new[] { $"{f}/{Config}", $"{f}/{SingleWeights}" }).Where(files.Contains)];
    }

    private static T ReadJson<T>(HubReference model, string path, Func<JsonElement, T> read)
    {
        try
        {
            using var stream = PlainFile.OpenRead(path);
            using var json = stream.Length <= MaxIndexBytes ? JsonDocument.Parse(stream) : throw new JsonException("it is too large");
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HubException($"{Path.GetFileName(path)} of {model} is none: {e.Message}", e);
        }
        catch (ModelFolderException e)
        {
            throw new HubException($"{Path.GetFileName(path)} of {model} {e.Reason}", e);
        }
    }
}
