using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Reranker.Gateway.Playground;

/// <summary>The files of the pages, which are in the program: nothing is built, fetched or read from a disk.</summary>
internal static class PageAssets
{
    private const string Prefix = "Pages/";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private static readonly Dictionary<string, Asset> Files = ReadFiles();

    /// <summary>The reply with a file; 404 for a name that is none.</summary>
    public static IResult CreateReply(string name) => Files.TryGetValue(name, out var file)
        ? Results.Bytes(file.Content, file.Type, entityTag: file.Tag)
        : Results.NotFound();

    private static Dictionary<string, Asset> ReadFiles()
    {
        var assembly = typeof(PageAssets).Assembly;
        var files = new Dictionary<string, Asset>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
            files.Add(name[Prefix.Length..], new Asset(content, Types[Path.GetExtension(name)], tag));
        }

        return files;
    }

    private sealed record Asset(byte[] Content, string Type, EntityTagHeaderValue Tag);
}
