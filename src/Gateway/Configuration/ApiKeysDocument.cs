using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.Files;

namespace Reranker.Gateway.Configuration;

/// <summary>The file of keys: <c>{"ApiKeys": [{"Tenant": "…", "Key": "…"}]}</c>, with the names and meanings of the setting.</summary>
internal sealed class ApiKeysDocument
{
    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    /// <summary>The entries.</summary>
    [JsonRequired]
    public IReadOnlyList<ApiKeyOptions?> ApiKeys { get; init; } = [];

    /// <summary>Reads the bytes of a file; null where it cannot be read.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="fault">Why it cannot be read, as a clause behind its name.</param>
    public static byte[]? ReadFile(string path, out string? fault)
    {
        try
        {
            var bytes = RegularFile.TryReadBytes(path, MaxBytes, out var clause);
            fault = clause is null ? null : $"{clause}.";
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = $"cannot be read: {exception.GetType().Name}.";
            return null;
        }
    }

    /// <summary>Reads the entries out of a file's bytes; null where they are broken. Nothing that stands in the file is repeated: it may be a key.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="fault">What is wrong, as a clause behind the file's name.</param>
    public static IReadOnlyList<ApiKeyOptions>? ParseKeys(ReadOnlySpan<byte> file, out string? fault)
    {
        try
        {
            var bom = "\uFEFF"u8;
            var document = JsonSerializer.Deserialize<ApiKeysDocument>(file.StartsWith(bom) ? file[bom.Length..] : file, Format);
            fault = document is null || document.ApiKeys is null || document.ApiKeys.Any(static key => key?.Tenant is null || key.Key is null)
                ? "must be an object with a list ApiKeys whose entries have a Tenant and a Key."
                : null;
            return fault is null ? [.. document!.ApiKeys!] : null;
        }
        catch (JsonException exception)
        {
            fault = exception.LineNumber is { } line
                ? $"is no JSON of keys, or has a name that no key has, at line {line + 1}."
                : "is no JSON of keys.";
            return null;
        }
    }
}
