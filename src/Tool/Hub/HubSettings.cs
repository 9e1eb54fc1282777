using System.Globalization;
using Reranker.Inference.Engines;

namespace Reranker.Tool.Hub;

/// <summary>Where the hub is, who asks, and where its files are kept: the environment that Hugging Face's own programs read.</summary>
internal sealed record HubSettings
{
    /// <summary>Address of the hub: <c>HF_ENDPOINT</c>.</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>The address, without a slash at its end.</summary>
    public string Address => Endpoint.AbsoluteUri.TrimEnd('/');

    /// <summary>Token that is shown to the hub and to nobody else; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Folder of the cache: <c>HF_HUB_CACHE</c>, else <c>hub</c> in <c>HF_HOME</c>.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>True to take what the cache has and ask nobody: <c>HF_HUB_OFFLINE</c>.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Longest time with less than 1 KiB before a connection counts as stalled: <c>HF_HUB_DOWNLOAD_TIMEOUT</c>.</summary>
    public TimeSpan StallTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tries in a row that bring nothing before the last one's fault is the answer.</summary>
    public int MaxTries { get; init; } = 5;

    /// <summary>Pause before the second try; it doubles with each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause, also where the hub asks for a longer one: that ends the command instead.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Files that are fetched at the same time.</summary>
    public int ParallelFiles { get; init; } = 4;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Bytes that can still be written to the disk of a folder.</summary>
    public Func<string, long> ReadFreeBytes { get; init; } =
        static folder => new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;

    /// <summary>The proxy that a request to an address goes through: <c>HTTPS_PROXY</c> and its kin; null for none.</summary>
    public Func<Uri, Uri?> FindProxy { get; init; } =
        static url => HttpClient.DefaultProxy.IsBypassed(url) ? null : HttpClient.DefaultProxy.GetProxy(url);

    /// <summary>Makes a symbolic link; throws where that cannot be done.</summary>
    public Action<string, string> CreateLink { get; init; } = static (path, target) => File.CreateSymbolicLink(path, target);

    /// <summary>The settings of this process.</summary>
    public static HubSettings FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>Reads variables by their names.</summary>
    /// <exception cref="HubException">One of them has a value that it cannot have.</exception>
    public static HubSettings FromEnvironment(Func<string, string?> read)
    {
        var home = ReadText(read, "HF_HOME")
            ?? Path.Combine(UserCache.FindFolder(name => ReadText(read, name)), "huggingface");
        return new HubSettings
        {
            Endpoint = ReadEndpoint(read),
            Token = IsSet(read, "HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null : ReadToken(read, home),
            CacheFolder = Path.GetFullPath(ReadText(read, "HF_HUB_CACHE") ?? ReadText(read, "HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub")),
            IsOffline = IsSet(read, "HF_HUB_OFFLINE"),
            StallTime = ReadStallTime(read),
        };
    }

    private static Uri ReadEndpoint(Func<string, string?> read)
    {
        var text = ReadText(read, "HF_ENDPOINT") ?? "https://huggingface.co";
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Query.Length == 0
            ? uri
            : throw new HubException("HF_ENDPOINT is no address of a hub, such as https://huggingface.co");
    }

    private static string? ReadToken(Func<string, string?> read, string home)
    {
        if ((ReadText(read, "HF_TOKEN") ?? ReadText(read, "HUGGING_FACE_HUB_TOKEN")) is { } token)
        {
            return RequireToken(token, "HF_TOKEN");
        }

        var file = ReadText(read, "HF_TOKEN_PATH") ?? Path.Combine(home, "token");
        return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } text ? RequireToken(text, file) : null;
    }

    private static string RequireToken(string token, string from) => token.All(c => c is > ' ' and < '\x7f')
        ? token
        : throw new HubException($"{from} holds no token: it has white space or characters beyond ASCII in it");

    private static TimeSpan ReadStallTime(Func<string, string?> read)
    {
        if (ReadText(read, "HF_HUB_DOWNLOAD_TIMEOUT") is not { } text)
        {
            return TimeSpan.FromSeconds(30);
        }

        return double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new HubException($"HF_HUB_DOWNLOAD_TIMEOUT is '{text}', and it is a number of seconds");
    }

    private static bool IsSet(Func<string, string?> read, string name)
        => ReadText(read, name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private static string? ReadText(Func<string, string?> read, string name) => read(name)?.Trim() is { Length: > 0 } text ? text : null;
}
