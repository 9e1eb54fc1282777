using Reranker.Gateway.Admission;

namespace Reranker.Gateway.Admin;

/// <summary>Lets only the holder of the admin key through.</summary>
internal sealed class AdminKeyFilter(string key) : IEndpointFilter
{
    private readonly SecretKey _key = new(key);

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (HasAdminKey(context.HttpContext.Request))
        {
            return next(context);
        }

        context.HttpContext.Response.Headers.WWWAuthenticate = "Bearer";
        return ValueTask.FromResult<object?>(AdminResults.CreateError(StatusCodes.Status401Unauthorized, "The admin key is missing or wrong."));
    }

    private bool HasAdminKey(HttpRequest request)
    {
        Span<byte> hash = stackalloc byte[SecretKey.HashBytes];
        SecretKey.HashPresentedKey(AuthorizationHeader.FindBearerKey(request) ?? "", hash);
        return _key.Matches(hash);
    }
}
