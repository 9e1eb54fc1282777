using Reranker.Client;
using Reranker.Gateway.ApiDocs;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;
using Reranker.Models;

namespace Reranker.Gateway.Admin;

/// <summary>Loads, shares out and unloads models while the fleet runs, and says what tenants use; every path needs the admin key.</summary>
internal static class ModelAdminEndpoints
{
    public static void MapModelAdmin(this IEndpointRouteBuilder routes, string adminKey)
    {
        var admin = routes.MapGroup("/admin").AddEndpointFilter(new AdminKeyFilter(adminKey)).AddEndpointFilter<FaultFilter>();
        admin.MapUsage();
        admin.MapGetAndHead("/models", static async (IModelAdmin models, CancellationToken cancellationToken) =>
            AdminResults.FromReply(await models.GetModelsAsync(cancellationToken), StatusCodes.Status200OK)).WithMetadata(ApiOperation.FromName("admin-list"));
        admin.MapPost("/models", static async (HttpRequest request, BodyReader bodies, IModelAdmin models, CancellationToken cancellationToken) =>
            AdminResults.FromReply(
                await models.LoadModelAsync(await AdminBodies.ReadLoadAsync(bodies, request, cancellationToken), cancellationToken),
                StatusCodes.Status202Accepted)).WithMetadata(ApiOperation.FromName("admin-load"));
        admin.MapDelete("/models/{identity}", static async (string identity, HttpRequest request, IModelAdmin models, CancellationToken cancellationToken) =>
            AdminResults.FromReply(
                await models.UnloadModelAsync(new UnloadModel { Identity = identity, Force = IsForced(request) }, cancellationToken),
                StatusCodes.Status202Accepted)).WithMetadata(ApiOperation.FromName("admin-unload"));
        admin.MapPut("/routes/{name}", static async (string name, HttpRequest request, BodyReader bodies, IModelAdmin models, CancellationToken cancellationToken) =>
            AdminResults.FromReply(
                await models.SetSharesAsync(await AdminBodies.ReadRouteAsync(bodies, request, name, cancellationToken), cancellationToken),
                StatusCodes.Status200OK)).WithMetadata(ApiOperation.FromName("admin-route"));
    }

    // Read here and not by the route's binding, which answers a wrong value without a word.
    private static bool IsForced(HttpRequest request) =>
        !request.Query.TryGetValue("force", out var force) ? false
        : bool.TryParse(force, out var isForced) ? isForced
        : throw new RequestFormatException(GatewayError.CreateInvalid("'force' must be true or false.", "force"));

    /// <summary>Turns what went wrong into a status and a sentence.</summary>
    private sealed class FaultFilter : IEndpointFilter
    {
        public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            try
            {
                return await next(context);
            }
            catch (RequestFormatException exception)
            {
                if (exception.Error.RetryAfter is { } retryAfter)
                {
                    context.HttpContext.Response.Headers.RetryAfter = RetryAfterFormat.FormatSeconds(retryAfter);
                }

                return AdminResults.CreateError(ErrorStatus.FromKind(exception.Error.Kind), exception.Message);
            }
            catch (RerankException exception)
            {
                return AdminResults.CreateError(StatusCodes.Status503ServiceUnavailable, exception.Message);
            }
        }
    }
}
