using Microsoft.Extensions.Primitives;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Http;

/// <summary>
/// Compressed bodies. ASP.NET Core's request decompression puts a decoding stream in place of the body and takes the header
/// away; what it does not know it leaves, and that is refused here. The body reader's limit is of what comes out.
/// </summary>
internal static class ContentDecoding
{
    private const string Identity = "identity";

    private static readonly object Decoded = new();

    /// <summary>Remembers which bodies are decoded, and has them decoded.</summary>
    public static void UseContentDecoding(this IApplicationBuilder app)
    {
        app.Use(static (context, next) =>
        {
            var header = context.Request.Headers.ContentEncoding;
            if (IsPlain(header))
            {
                context.Request.Headers.ContentEncoding = default;
            }
            else if (header.Count > 0)
            {
                context.Items[Decoded] = Decoded;
            }

            return next(context);
        });
        app.UseRequestDecompression();
    }

    // An empty header names no encoding, as a missing one does; clients that build their headers from settings send it.
    private static bool IsPlain(StringValues header) =>
        header.All(static value => string.IsNullOrWhiteSpace(value) || value.Trim().Equals(Identity, StringComparison.OrdinalIgnoreCase));

    /// <summary>True for a body that is decoded while it is read.</summary>
    public static bool IsDecoded(HttpRequest request) => request.HttpContext.Items.ContainsKey(Decoded);

    /// <summary>The error of a body that nothing here decodes.</summary>
    public static GatewayError? FindUnknownEncoding(HttpRequest request) => request.Headers.ContentEncoding.Count == 0
        ? null
        : new GatewayError(GatewayErrorKind.UnknownEncoding, "The body's Content-Encoding must be one of gzip, br, deflate and identity.");
}
