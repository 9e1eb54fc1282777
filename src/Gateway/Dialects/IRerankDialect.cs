using System.Buffers;
using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects;

/// <summary>
/// One wire format of reranking. A dialect is pure functions around the handler: fields to a call, a ranking to a body, and the
/// format of its errors. Authentication, limits, admission, deadlines and telemetry are the handler's, so no dialect can forget them.
/// </summary>
/// <remarks>
/// A dialect has a folder below this one, with its request, its reply and its errors, and a place in the table of routes.
/// </remarks>
internal interface IRerankDialect
{
    /// <summary>Its name in metrics and traces.</summary>
    string Name { get; }

    /// <summary>The shape of its errors.</summary>
    IErrorFormat Errors { get; }

    /// <summary>Whether a body is in this dialect, where several share a path.</summary>
    bool Recognizes(JsonFields fields);

    /// <summary>Reads a call.</summary>
    /// <exception cref="RequestFormatException">The body is not a request of this dialect.</exception>
    RerankCall ReadCall(JsonFields fields, GatewayOptions options);

    /// <summary>Writes the body of a success.</summary>
    void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply);

    /// <summary>Writes what goes behind the JSON of a success, where the request wants bytes; most dialects have none.</summary>
    void WriteAttached(IBufferWriter<byte> buffer, RerankCall call, RankedReply reply);

    /// <summary>Sets the headers of a success beside those that every reply has; most dialects have none.</summary>
    void SetHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply);
}
