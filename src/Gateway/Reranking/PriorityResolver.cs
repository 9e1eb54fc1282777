using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;
using Reranker.Gateway.Json;
using Reranker.Workers;

namespace Reranker.Gateway.Reranking;

/// <summary>
/// The class of a request's work: that of its key, or a lower one where the request asks for it. The header names the class; <c>priority</c>
/// is that of Cohere and vLLM, where 0 is the highest and larger numbers are of less worth.
/// </summary>
internal static class PriorityResolver
{
    private const string Field = "priority";

    /// <summary>The call with its class settled.</summary>
    /// <exception cref="RequestFormatException">The header names no class.</exception>
    public static RerankCall ResolvePriority(RerankCall call, JsonFields fields, HttpRequest request, WorkPriority ofKey)
    {
        var asked = ReadHeader(request) ?? (HasLowNumber(fields) ? WorkPriority.Low : null);
        return call with { Priority = asked is { } wish && RankClass(wish) < RankClass(ofKey) ? wish : ofKey };
    }

    /// <summary>Refuses a header that names no class, where the class is settled without it.</summary>
    /// <exception cref="RequestFormatException">It names none.</exception>
    public static void CheckHeader(HttpRequest request) => ReadHeader(request);

    private static WorkPriority? ReadHeader(HttpRequest request)
    {
        var header = request.Headers[RequestHeaders.Priority].ToString();
        if (header.Length == 0)
        {
            return null;
        }

        foreach (var priority in Enum.GetValues<WorkPriority>())
        {
            if (header.Equals(priority.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return priority;
            }
        }

        throw new RequestFormatException(GatewayError.CreateInvalid($"The header {RequestHeaders.Priority} must be high, normal or low.", RequestHeaders.Priority));
    }

    // Anything but a number is no wish: other servers ignore the field.
    private static bool HasLowNumber(JsonFields fields) =>
        fields.TryOpenField(Field, out var reader) && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && number > 0;

    private static int RankClass(WorkPriority priority) => priority switch
    {
        WorkPriority.High => 2,
        WorkPriority.Low => 0,
        _ => 1,
    };
}
