using System.Security.Cryptography;
using System.Text;

namespace Reranker.Gateway.Admin;

/// <summary>Lets only the holder of the admin key through; compared by hash and in constant time.</summary>
internal sealed class AdminKeyFilter(string key) : IEndpointFilter
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var header = context.HttpContext.Request.Headers.Authorization.ToString();
        var given = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        if (CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(given))))
        {
            return next(context);
        }

        context.HttpContext.Response.Headers.WWWAuthenticate = "Bearer";
        return ValueTask.FromResult<object?>(AdminResults.Error(StatusCodes.Status401Unauthorized, "The admin key is missing or wrong."));
    }
}
