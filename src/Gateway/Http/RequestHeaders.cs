using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Http;

/// <summary>The headers that every dialect has.</summary>
internal static class RequestHeaders
{
    public const string RequestId = "X-Request-Id";
    public const string TimeoutMilliseconds = "X-Request-Timeout-Ms";
    public const string Priority = "X-Reranker-Priority";
    public const string MaxChunks = "X-Reranker-Max-Chunks";
    public const string ChunkOverlap = "X-Reranker-Chunk-Overlap";
    public const string ChunkAtSentences = "X-Reranker-Chunk-At-Sentences";
    public const string Truncated = "X-Reranker-Truncated";
    public const string Chunked = "X-Reranker-Chunked";
    public const string Model = "X-Reranker-Model";
    public const string ServerTiming = "Server-Timing";

    private const int MaxIdLength = 128;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <summary>The caller's id where it is one that is safe in logs and headers, else a new one.</summary>
    public static string ReadId(HttpRequest request)
    {
        var id = request.Headers[RequestId].ToString();
        var isUsable = id.Length is > 0 and <= MaxIdLength && id.AsSpan().IndexOfAnyExcept(IdCharacters) < 0;
        return isUsable ? id : Activity.Current?.TraceId.ToHexString() is { } trace && trace.AsSpan().ContainsAnyExcept('0') ? trace : Guid.NewGuid().ToString("N");
    }

    /// <summary>A whole number in a range; null without the header.</summary>
    /// <exception cref="RequestFormatException">The header is something else.</exception>
    public static int? ReadWholeNumber(HttpRequest request, string name, int min, int max)
    {
        var header = request.Headers[name].ToString();
        if (header.Length == 0)
        {
            return null;
        }

        return int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new RequestFormatException(GatewayError.CreateInvalid($"The header {name} must be a whole number from {min} to {max}.", name));
    }

    /// <summary>True or false; null without the header.</summary>
    /// <exception cref="RequestFormatException">The header is something else.</exception>
    public static bool? ReadSwitch(HttpRequest request, string name)
    {
        var header = request.Headers[name].ToString();
        return header.Length == 0 ? null
            : bool.TryParse(header, out var value) ? value
            : throw new RequestFormatException(GatewayError.CreateInvalid($"The header {name} must be true or false.", name));
    }

    /// <summary>The time the request may take: what it asks for, at most what the gateway allows.</summary>
    /// <exception cref="RequestFormatException">The header is no positive number.</exception>
    public static TimeSpan ReadDeadline(HttpRequest request, GatewayOptions options)
    {
        var header = request.Headers[TimeoutMilliseconds].ToString();
        if (header.Length == 0)
        {
            return options.DefaultDeadline;
        }

        return double.TryParse(header, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds >= 1 && double.IsFinite(milliseconds)
            ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, options.MaxDeadline.TotalMilliseconds))
            : throw new RequestFormatException(GatewayError.CreateInvalid($"The header {TimeoutMilliseconds} must be a number from 1.", TimeoutMilliseconds));
    }
}
