using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Onnx.HuggingFace;

/// <summary>Reads the JSON files of a checkpoint: of a bounded size, whole, an object, and no name twice.</summary>
internal static class CheckpointJson
{
    /// <summary>A bound that no file of settings comes near.</summary>
    public const int MaxSettingsBytes = 1 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a file and gives its object to <paramref name="read"/>.</summary>
    /// <param name="path">The file, which is there.</param>
    /// <param name="maxBytes">Largest size that is read.</param>
    /// <param name="what">What the file should be, for the error.</param>
    /// <param name="read">Takes what it needs; what it meets of another kind is the file's fault.</param>
    /// <exception cref="CheckpointException">The file is too large, no JSON object, or holds values of other kinds.</exception>
    public static T ReadObject<T>(string path, long maxBytes, string what, Func<JsonElement, T> read)
    {
        return ReadRoot(path, maxBytes, what, root => root.ValueKind == JsonValueKind.Object
            ? read(root)
            : throw new CheckpointException(path, $"is no valid {what}: it is no JSON object"));
    }

    /// <summary>Reads a file that is a list, and gives each of its objects to <paramref name="read"/>.</summary>
    /// <inheritdoc cref="ReadObject"/>
    public static IReadOnlyList<T> ReadList<T>(string path, long maxBytes, string what, Func<JsonElement, T> read)
        => ReadRoot(path, maxBytes, what, root => root.ListItems().Select(read).ToList());

    private static T ReadRoot<T>(string path, long maxBytes, string what, Func<JsonElement, T> read)
    {
        // By the open file: a link, as caches of checkpoints have them, has a length of its own.
        using var file = CheckpointFile.OpenRead(path);
        if (file.Length > maxBytes)
        {
            throw new CheckpointException(path, $"has {file.Length} bytes; {what} has at most {maxBytes}");
        }

        var content = new byte[file.Length];
        file.ReadExactly(content);
        if (GitLfsPointer.IsPointer(content))
        {
            throw new CheckpointException(path, GitLfsPointer.Reason);
        }

        try
        {
            using var json = JsonDocument.Parse(content, Strict);
            return ReadFrom(path, what, json.RootElement, read);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CheckpointException(path, $"is no valid {what} ({e.Message})", e);
        }
    }

    // While the document is there, in which the value's place is looked for.
    private static T ReadFrom<T>(string path, string what, JsonElement root, Func<JsonElement, T> read)
    {
        try
        {
            return read(root);
        }
        catch (JsonKindException e)
        {
            throw new CheckpointException(path, $"is no valid {what}: {e.Describe(root)}", e);
        }
    }
}
