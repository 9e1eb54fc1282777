namespace Reranker.Gateway.Configuration;

/// <summary>The keys of the configuration and of the file together.</summary>
internal static class ApiKeySources
{
    /// <summary>Reads all keys, or says as a clause behind the file's setting why they cannot be read.</summary>
    public static (IReadOnlyList<ApiKeyOptions>? Keys, string? Fault) ReadKeys(GatewayOptions options)
    {
        if (options.ApiKeysFile is not { } path || string.IsNullOrWhiteSpace(path))
        {
            return ([.. options.ApiKeys], null);
        }

        return ApiKeysDocument.ReadFile(path, out var fault) is { } bytes ? JoinKeys(options, bytes) : (null, fault);
    }

    /// <summary>The keys of the configuration and those of the file's bytes.</summary>
    public static (IReadOnlyList<ApiKeyOptions>? Keys, string? Fault) JoinKeys(GatewayOptions options, ReadOnlySpan<byte> file) =>
        ApiKeysDocument.ParseKeys(file, out var fault) is { } keys ? ([.. options.ApiKeys, .. keys], null) : (null, fault);
}
